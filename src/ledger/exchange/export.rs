//! Export: a bag with the record, whole or up to a point, that can be opened without this program.
//!
//! ```text
//! verify ─► cut the journal ─► documents, checkpoints ─► derive from these ─► sign ─► name
//! ```
//!
//! Always holds: only a record that verifies completely and is covered by its checkpoint is
//! exported; no file contains redacted text; everything outside `ledger/` is derived from it; every
//! date comes from the record, so the same record, point and notes give the same bytes.
//! Not here: how a bag is written (`archive::bag`). Source: FORMAT.md section 14.

mod checkpoints;
mod claims;
mod csv;
pub mod derive;
pub mod fixed_commits;
pub mod info;
mod memento;
mod page;
mod premis;
mod rocrate;
pub mod part;
mod context;

use crate::archive::bag::note::BagText;
use crate::archive::bag::target::BagTarget;
use crate::archive::bag::{Bagger, INFO, PAYLOAD, oxum};
use crate::journal::{Copied, copy};
use crate::keys::Mark;
use crate::ledger::audit::audit;
use crate::ledger::audit::options::Audit;
use crate::ledger::error::LedgerError;
use crate::ledger::exchange::export::part::{Part, RecordEnd};
use crate::ledger::exchange::published_copy::PublishedCopy;
use crate::ledger::exchange::steps::Steps;
use crate::ledger::imported::ImportStatus;
use crate::ledger::paths::Paths;
use crate::ledger::reader::Record;
use crate::ledger::reader::source::RecordSource;
use annals_core::event::Entry;
use annals_core::event::body::{Body, Content};
use annals_core::hash::Hash;
use annals_core::key::SecretKey;
use annals_core::pin::LogKeys;
use annals_core::rule::{Fault, Rule};
use annals_core::tlog::{Note, NoteSignature};
use annals_core::verify::Report;
use annals_core::verify::source::Source;
pub use context::Derived;
pub use derive::derive;
use fixed_commits::FixedCommits;
use std::collections::BTreeSet;

/// The options of an export.
#[derive(Clone, Copy, Default)]
pub struct ExportOptions<'a> {
    /// The number of events, from the start.
    pub until: u64,
    /// The number of threads that verify.
    pub jobs: usize,
    /// Whether the bag may be unsigned if the log key is not available.
    pub unsigned: bool,
    /// Receives the progress.
    pub steps: Steps<'a>,
}

/// The result of an export.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExportReport {
    /// Number of events in the bag.
    pub size: u64,
    /// Number of events of the whole record.
    pub of: u64,
    /// Files of the payload.
    pub files: u64,
    /// Size of the checkpoint in the bag, if there is one.
    pub checkpoint: Option<u64>,
    /// Whether the log key signed the bag.
    pub signed: bool,
}

/// The faults of a copy as those of the published record that it was made of.
fn as_published(record: &Record, error: LedgerError) -> LedgerError {
    match (error, &record.source) {
        (LedgerError::Faulty(mut faults), RecordSource::Published(place, published)) => {
            published.set_unread_apart(&mut faults);
            LedgerError::FaultyPublished { place: place.to_string(), faults, seen: None }
        }
        (error, _) => error,
    }
}

/// Exports a record to a target.
///
/// Errors: the record does not verify completely, its checkpoint does not cover it, the point is
/// earlier than a redaction of an event in the part, the log key is not available and `unsigned` is
/// not set, or a file cannot be written. After an error there is no bag.
pub fn export(
    record: &Record,
    log_keys: &[SecretKey],
    options: &ExportOptions<'_>,
    target: &mut dyn BagTarget,
) -> Result<ExportReport, LedgerError> {
    if record.is_published() {
        // A bag holds a ledger: what is published becomes one first.
        let copy = PublishedCopy::of(record)?;
        let exported = export(&copy.record, log_keys, options, target);
        return exported.map_err(|error| as_published(record, error));
    }
    let steps = options.steps;
    let whole = verified(record, options)?;
    let part = part(record, whole, options.until)?;
    let known = checkpoints::known(record, &part)?;
    let checkpoint = match part.is_whole {
        true => record.checkpoint.clone(),
        false => checkpoints::choose(&part, &known, log_keys)?,
    };
    // First: what --unsigned does not help.
    if checkpoint.is_none() {
        return Err(no_checkpoint(record, &part));
    }
    let signer = part.keys(part.end.size).and_then(|keys| held(log_keys, keys));
    if signer.is_none() && !options.unsigned {
        return Err(no_signer(record, &part));
    }
    let folder = target.folder().join(PAYLOAD).join("ledger");
    let mut bag = Bagger::new(target);
    let documents = journal(record, &part, &known, &mut bag, steps)?;
    for digest in documents {
        if let Some(bytes) = record.source.document(&digest)? {
            bag.put(&format!("ledger/document/{digest}"), &bytes)?;
        }
    }
    if !known.is_empty() {
        let lines: String = known.iter().map(Mark::line).collect();
        bag.put("ledger/checkpoints", lines.as_bytes())?;
    }
    if let Some(checkpoint) = &checkpoint {
        bag.put("ledger/checkpoint", checkpoint)?;
    }
    bag.end()?;
    let cut = Record::open(Paths::new(folder, None))?;
    let (derived, _) = derive(&cut, &part.end, &mut bag, steps)?;
    let files = bag.filed().len() as u64;
    let exported = ExportReport {
        size: part.end.size,
        of: part.of,
        files,
        checkpoint: crate::ledger::reader::covered(checkpoint.as_deref()),
        signed: signer.is_some(),
    };
    finish(bag, &part, &derived, signer)?;
    Ok(exported)
}

/// The report on the whole record; an error unless it may be exported.
fn verified(record: &Record, options: &ExportOptions<'_>) -> Result<Report, LedgerError> {
    record.expect_events()?;
    let progress = |done| options.steps.jump("verify", done);
    let asked = Audit { jobs: options.jobs, ..Audit::default() };
    let report = audit(record, &asked, Some(&progress))?.report;
    if !report.faults.is_empty() {
        return Err(LedgerError::Faulty(report.faults));
    }
    if let Some((position, v)) = report.later_version {
        return Err(LedgerError::Later { position, v });
    }
    match &report.anchors.checkpoint {
        Some(checkpoint) if checkpoint.size == report.size => Ok(report),
        // A read-only copy never gets another signature.
        _ if matches!(ImportStatus::of(&record.paths)?, ImportStatus::ReadOnly(_)) => Ok(report),
        _ => Err(LedgerError::Usage(format!(
            "the checkpoint does not cover all {} events: a writer is at work, or was interrupted \
             and the next one signs; nothing was exported",
            report.size
        ))),
    }
}

/// The part up to a point. The state of the whole record is given up before that of the part is
/// folded: both may be large.
fn part(record: &Record, whole: Report, until: u64) -> Result<Part, LedgerError> {
    let ledger = whole.state.fold.ledger.as_ref();
    let origin = ledger.map(|ledger| ledger.origin.clone()).filter(|_| until > 0);
    let Some(origin) = origin else {
        let why = "before the first event there is nothing to export; name a later point";
        return Err(LedgerError::Usage(why.to_owned()));
    };
    let now: BTreeSet<u64> = whole.state.fold.redacted().collect();
    let (size, is_whole) = (whole.size, until >= whole.size);
    let report = match is_whole {
        true => whole,
        false => {
            drop(whole);
            record.state(until)?
        }
    };
    let redacted: BTreeSet<u64> = report.state.fold.redacted().collect();
    if let Some(event) = now.difference(&redacted).find(|event| **event < report.size) {
        return Err(LedgerError::Usage(format!(
            "the body of event {event} was redacted after this point: a bag of the point would \
             either tell it or not be whole; name a point after the redaction, or none"
        )));
    }
    let of = record.part_of.map_or(size, |of| of.max(size));
    let (end, log) = (RecordEnd::from(&report), report.log);
    Ok(Part { end, of, is_whole, origin, log, redacted })
}

/// The present log key of the part, if it is available.
fn held<'k>(log_keys: &'k [SecretKey], keys: &LogKeys) -> Option<&'k SecretKey> {
    log_keys.iter().find(|key| key.public() == keys.key)
}

fn no_signer(record: &Record, part: &Part) -> LedgerError {
    let key = part.keys(part.end.size).map(|keys| keys.key.to_string()).unwrap_or_default();
    LedgerError::Key(format!(
        "expected the log key {key} in {}, which is not there: it signs the bag, and the \
         checkpoint of a point that has none; --unsigned leaves these signatures out",
        record.paths.keys.display()
    ))
}

/// The error for a part of which no checkpoint is known: a bag without any breaks rule 701.
fn no_checkpoint(record: &Record, part: &Part) -> LedgerError {
    let size = part.end.size;
    LedgerError::Usage(format!(
        "expected a checkpoint of the first {size} events, or of fewer, to put into the bag; found \
         none in {}: nothing was exported; export the whole record, or export this point where \
         the log key is",
        record.paths.ledger.display()
    ))
}

/// Writes the journal of the part; returns the digests of the documents that it may contain.
fn journal(
    record: &Record,
    part: &Part,
    known: &[Mark],
    bag: &mut Bagger<'_>,
    steps: Steps<'_>,
) -> Result<BTreeSet<Hash>, LedgerError> {
    let mut documents = BTreeSet::new();
    let mut marks = known.iter().peekable();
    let journal = FixedCommits(&record.source);
    let copied = copy::<LedgerError>(&journal, part.end.size, &mut |copied| {
        match copied {
            Copied::File(name) => bag.begin(&format!("ledger/{name}"))?,
            Copied::Commit(bytes) => bag.add(bytes)?,
            Copied::Entry(position, entry) if part.redacted.contains(&position) => {
                entry.body = None;
            }
            Copied::Entry(_, entry) => documents.extend(captured(entry)),
            Copied::Root(size, tree) => {
                steps.at("journal", size);
                while let Some(mark) = marks.next_if(|mark| mark.size <= size) {
                    if mark.size == size && mark.root != tree.root() {
                        return Err(contradicted(mark, part));
                    }
                }
            }
        }
        Ok(())
    })?;
    bag.end()?;
    match copied == (part.end.size, part.end.root) {
        true => Ok(documents),
        false => Err(LedgerError::Usage(
            "the journal was changed while it was read; nothing was exported, try again".to_owned(),
        )),
    }
}

/// The error for a mark with another root than that of the record at its size.
fn contradicted(mark: &Mark, part: &Part) -> LedgerError {
    let marked = mark.marked_checkpoint();
    match marked.is_damaged(&part.log) {
        true => LedgerError::Faulty(vec![Fault::of(Rule::Unreadable, marked.damage())]),
        false => LedgerError::BehindMark { marked: mark.size, size: part.of },
    }
}

fn captured(entry: &Entry) -> Option<Hash> {
    match Body::parse(entry.body.as_deref()?).ok()?.content {
        Content::DocumentCaptured(captured) => Some(captured.sha256),
        _ => None,
    }
}

/// Writes the tag files, signs the bag, and gives it its name.
fn finish(
    bag: Bagger<'_>,
    part: &Part,
    derived: &Derived,
    signer: Option<&SecretKey>,
) -> Result<(), LedgerError> {
    let info = info::lines(&part.end, part.of, derived, &oxum(bag.filed()));
    let html = page::html();
    let tags: [(&str, &[u8]); 4] = [
        ("FORMAT.md", page::FORMAT.as_bytes()),
        ("VERIFY.html", html.as_bytes()),
        ("VERIFY.txt", page::TEXT.as_bytes()),
        (INFO, info.as_bytes()),
    ];
    bag.finish::<LedgerError>(&tags, &|digest| {
        let Some(key) = signer else { return Ok(None) };
        let (origin, RecordEnd { size, root, .. }) = (part.origin.to_string(), part.end.clone());
        let digest = digest.to_owned();
        let text = BagText { origin, size, of: part.of, root, digest }.write();
        let signatures = vec![NoteSignature::sign(&text, &part.origin, key)];
        Ok(Some(Note { text, signatures }.write()))
    })
}
