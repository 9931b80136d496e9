//! Audit: the whole verdict on a ledger, with everything around it that can contradict it.
//!
//! Always holds: nothing is written but the pin, and that only after a whole good verdict, and
//! evidence where the record is not the pinned one; the store is compared in a copy, so that
//! looking changes nothing. Not here: the judgement itself (`verify`), words for people (`cli`).
//! Source: FORMAT.md section 9.

pub mod evidence;
pub mod kept;
pub mod periods;

use crate::archive::published::Published;
use crate::hash::Hash;
use crate::index::{Builder, Built, Mode};
use crate::keys::{KeysError, Marks};
use crate::ledger::append::chain;
use crate::ledger::error::LedgerError;
use crate::ledger::record::Record;
use crate::rule::{Fault, Rule};
use crate::store::{Store, StoreError, sled};
use crate::tlog::policy::Policy;
use crate::verify::cosigned::{self, Witnessed};
use crate::verify::ends::Ends;
use crate::verify::source::{SPAN, Source};
use crate::verify::{Follower, Options, Report, verify};
pub use evidence::EvidenceFound;
pub use kept::PinFound;
use std::path::PathBuf;

/// What to compare a ledger with.
#[derive(Clone, Debug, Default)]
pub struct Audit {
    /// A pin's file.
    pub pin: Option<PathBuf>,
    /// Whether the pin is to be made.
    pub first: bool,
    /// Whether what the pin covers is not checked again.
    pub only_new: bool,
    /// Where evidence is written; else next to the pin.
    pub evidence: Option<PathBuf>,
    /// Whether the store is compared with the journal.
    pub store: bool,
    /// Whether the index is compared with one that is made anew.
    pub index: bool,
    /// Number of threads.
    pub jobs: usize,
    /// A policy that the checkpoint must meet.
    pub policy: Option<Policy>,
}

/// What became of the comparison with the store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StoreFound {
    /// It holds what the journal holds, so many events.
    Same(u64),
    /// Not compared, and why.
    NotCompared(String),
    /// It differs: see the faults.
    Differs,
}

/// The verdict and what stands around it.
pub struct Audited {
    /// The verdict.
    pub report: Report,
    /// The store.
    pub store: StoreFound,
    /// The index.
    pub index: Built,
    /// The pin.
    pub pin: PinFound,
    /// What can be shown to others.
    pub evidence: EvidenceFound,
    /// Whether the log key's memory was at hand.
    pub marked: bool,
    /// What the policy says of the checkpoint, where one was given.
    pub witnessed: Witnessed,
    /// Of a published record, how many tiles are right.
    pub tiles: Option<u64>,
}

impl Audited {
    /// The exit code: that of the report, else 5 where trust is missing.
    pub fn exit(&self) -> u8 {
        exit(&self.report, &self.witnessed)
    }
}

fn exit(report: &Report, witnessed: &Witnessed) -> u8 {
    match report.exit() {
        0 if !witnessed.missing.is_empty() => 5,
        other => other,
    }
}

/// Verifies a ledger whole.
pub fn audit(
    record: &Record,
    audit: &Audit,
    progress: Option<&(dyn Fn(u64) + Sync)>,
) -> Result<Audited, LedgerError> {
    let mark = last_mark(record)?;
    let known = mark.as_ref().ok().copied().flatten();
    let ends = Ends { checkpoint: record.checkpoint.clone(), mark: known, pin: kept::read(audit)? };
    let builder = Builder::open(&record.paths.ledger, record.journal.starts(), Mode::Check);
    let follower = Some(&builder as &dyn Follower).filter(|_| audit.index);
    let options = Options { follower, ..options(audit, &ends, progress) };
    let mut report = verify(&record.journal, &ends, options)?;
    report.faults.extend(unreadable(record, &report, mark.err()));
    let index = match audit.index {
        true => builder.found(),
        false => Built::Not("not asked".to_owned()),
    };
    if let Built::Differs(why) = &index {
        let why = format!("{why}; annals repair --index makes it again from the journal");
        report.faults.push(Fault::of(Rule::Index, why));
    }
    let store = match audit.store {
        true => compare_store(record, &mut report.faults)?,
        false => StoreFound::NotCompared("not asked".to_owned()),
    };
    Ok(Audited { index, ..conclude(audit, &record.journal, ends, (report, store))? })
}

/// Verifies a published record whole; of what is around it, a pin and a policy can be compared.
pub fn audit_published(
    published: &Published,
    audit: &Audit,
    progress: Option<&(dyn Fn(u64) + Sync)>,
) -> Result<Audited, LedgerError> {
    let checkpoint = published.checkpoint().map(<[u8]>::to_vec);
    let ends = Ends { checkpoint, mark: None, pin: kept::read(audit)? };
    let report = verify(published, &ends, options(audit, &ends, progress));
    let mut report = report.map_err(LedgerError::Elsewhere)?;
    set_pages_apart(&published.pages(), &mut report.faults);
    if report.exit() == 1
        && let Some(doubt) = published.doubt()
    {
        return Err(LedgerError::Elsewhere(doubt));
    }
    let store = StoreFound::NotCompared("a published record has none".to_owned());
    let tiles = Some(published.good_tiles());
    Ok(Audited { tiles, ..conclude(audit, published, ends, (report, store))? })
}

/// Where a server had pages of HTML in place of files, a body or a document that is missing is
/// unreadable, not missing: 911 instead of 604 and 605.
fn set_pages_apart(pages: &[String], faults: &mut [Fault]) {
    let Some(first) = pages.first() else { return };
    for fault in faults {
        if matches!(fault.rule, Rule::BodyMissing | Rule::DocumentMissing) {
            fault.rule = Rule::Unreadable;
            fault.why = format!(
                "{}; a page of HTML came in place of {}, the first: {first}",
                fault.why,
                match pages.len() {
                    1 => "1 file".to_owned(),
                    more => format!("{more} files"),
                }
            );
        }
    }
}

fn options<'a>(
    audit: &Audit,
    ends: &Ends,
    progress: Option<&'a (dyn Fn(u64) + Sync)>,
) -> Options<'a> {
    let known = ends.pinned().filter(|_| audit.only_new).map_or(0, |pin| pin.checkpoint.size);
    Options { progress, known, ..Options::whole(audit.jobs) }
}

/// What follows from a verdict: the policy's, the pin's, and evidence.
fn conclude(
    audit: &Audit,
    source: &dyn Source,
    ends: Ends,
    (mut report, store): (Report, StoreFound),
) -> Result<Audited, LedgerError> {
    let witnessed = match &audit.policy {
        Some(policy) => cosigned::judge(policy, ends.checkpoint.as_deref(), &mut report.faults),
        None => Witnessed::default(),
    };
    report.ends.ignored_lines = report.ends.ignored_lines.saturating_sub(witnessed.lines);
    report.faults.sort();
    let pin = match exit(&report, &witnessed) {
        5 if audit.pin.is_some() => PinFound::Left,
        _ => kept::move_on(audit, &ends, &report)?,
    };
    let evidence = evidence::keep(audit, source, (&ends, &report))?;
    let marked = ends.mark.is_some();
    let index = Built::Absent;
    Ok(Audited { report, store, index, pin, evidence, marked, witnessed, tiles: None })
}

/// Size and root of the last mark of the origin that event 0 says; the inner error is rule 911.
fn last_mark(record: &Record) -> Result<Result<Option<(u64, Hash)>, KeysError>, LedgerError> {
    let marks = Marks::at(record.paths.marks());
    let first = record.event(0)?.and_then(|event| event.reading.statement);
    let origin = first.and_then(|statement| match statement.args {
        crate::event::args::Args::LedgerOpened(args) => Some(args.origin),
        _ => None,
    });
    let last = origin.map_or(Ok(None), |origin| marks.last_for(&origin));
    Ok(last.map(|mark| mark.map(|mark| (mark.size, mark.root))))
}

/// Rule 911 of the marks. Without an applied opening no mark is known to be this record's, but the
/// last one is in form or it is not; where the verdict ended early its end is not judged.
fn unreadable(record: &Record, report: &Report, found: Option<KeysError>) -> Option<Fault> {
    let found = match &report.state.fold.ledger {
        Some(_) => found,
        None => Marks::at(record.paths.marks()).last().err(),
    };
    let of_form = |error: &KeysError| matches!(error, KeysError::MarkForm { .. });
    let told = found.filter(|error| report.later_version.is_none() || !of_form(error));
    told.map(|error| Fault::of(Rule::Unreadable, chain(&error)))
}

fn compare_store(record: &Record, faults: &mut Vec<Fault>) -> Result<StoreFound, LedgerError> {
    let folder = record.paths.store();
    if folder.symlink_metadata().is_err() {
        let why = "there is none here; it is made from the journal when it is needed";
        return Ok(StoreFound::NotCompared(why.to_owned()));
    }
    if crate::disk::lock::is_held(&record.paths.lock()) {
        return Ok(StoreFound::NotCompared("a writer holds it".to_owned()));
    }
    let store = match sled::open_copy(&folder, &free_name()) {
        Ok(store) => store,
        Err(StoreError::Disk(error)) => return Err(error.into()),
        Err(error) => {
            let why = format!("{}; annals repair rebuilds it", chain(&error));
            faults.push(Fault::of(Rule::Unreadable, why));
            return Ok(StoreFound::Differs);
        }
    };
    match differs(record, &store) {
        Ok(None) => Ok(StoreFound::Same(record.size())),
        Ok(Some(fault)) => {
            faults.push(fault);
            Ok(StoreFound::Differs)
        }
        Err(error) => {
            let why = format!("{}; annals repair rebuilds it", chain(&error));
            faults.push(Fault::of(Rule::Unreadable, why));
            Ok(StoreFound::Differs)
        }
    }
}

/// Where a copy may be made. A process that was killed left its own behind, and its number may be
/// ours now.
fn free_name() -> PathBuf {
    let name = |n: u32| format!("annals-store-{}-{n}", std::process::id());
    let named = (0..).map(|n| std::env::temp_dir().join(name(n)));
    let mut free = named.filter(|path| path.symlink_metadata().is_err());
    free.next().unwrap_or_else(std::env::temp_dir)
}

/// The first difference between store and journal.
fn differs(record: &Record, store: &dyn Store) -> Result<Option<Fault>, LedgerError> {
    let size = store.head()?.size;
    let repair = "annals repair rebuilds it from the journal";
    if size != record.size() {
        let journal = record.size();
        let why = format!("it holds {size} events, the journal {journal}; {repair}");
        return Ok(Some(Fault::at(size.min(journal), Rule::Store, why)));
    }
    for span in record.journal.walk(0)? {
        let span = span?;
        for (chunk, first) in span.entries.chunks(SPAN).zip((span.first..).step_by(SPAN)) {
            let stored = store.read(first..first + chunk.len() as u64)?;
            if stored != chunk {
                let same = stored.iter().zip(chunk).take_while(|(a, b)| a == b).count();
                let position = first + same as u64;
                let why = format!("it holds another event {position}; {repair}");
                return Ok(Some(Fault::at(position, Rule::Store, why)));
            }
        }
    }
    Ok(None)
}
