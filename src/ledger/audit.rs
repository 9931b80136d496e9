//! Audit: the whole verdict on a ledger, with everything around it that can contradict it.
//!
//! Always holds: nothing is written but the pin, and that only after a whole good verdict; the
//! store is compared in a copy, so that looking changes nothing. Not here: the judgement itself
//! (`verify`), words for people (`cli`). Source: FORMAT.md section 9.

use crate::archive::published::Published;
use crate::disk::{self, Mode};
use crate::keys::Marks;
use crate::ledger::append::chain;
use crate::ledger::error::LedgerError;
use crate::ledger::record::{Record, read_if_there};
use crate::pin::Pin;
use crate::rule::{Fault, Rule};
use crate::store::{Store, StoreError, sled};
use crate::tlog::policy::Policy;
use crate::verify::cosigned::{self, Witnessed};
use crate::verify::ends::Ends;
use crate::verify::source::{SPAN, Source};
use crate::verify::{Options, Report, verify};
use std::path::{Path, PathBuf};

/// What to compare a ledger with.
#[derive(Clone, Debug, Default)]
pub struct Audit {
    /// A pin's file.
    pub pin: Option<PathBuf>,
    /// Whether the pin is to be made.
    pub first: bool,
    /// Whether the store is compared with the journal.
    pub store: bool,
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

/// What became of the pin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PinFound {
    /// None was given.
    None,
    /// Made.
    Made(u64),
    /// Held, and moved forward from one size to another.
    Moved(u64, u64),
    /// It does not hold, or the record does not: left as it was.
    Left,
}

/// The verdict and what stands around it.
pub struct Audited {
    /// The verdict.
    pub report: Report,
    /// The store.
    pub store: StoreFound,
    /// The pin.
    pub pin: PinFound,
    /// Whether the log key's memory was at hand.
    pub marked: bool,
    /// Of a published record, how many tiles are right.
    pub tiles: Option<u64>,
    /// What the policy says of the checkpoint, where one was given.
    pub witnessed: Witnessed,
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
    let mut unreadable = Vec::new();
    let mark = last_mark(record, &mut unreadable)?;
    let ends = Ends { checkpoint: record.checkpoint.clone(), mark, pin: read_pin(audit)? };
    let options = Options { progress, ..Options::whole(audit.jobs) };
    let mut report = verify(&record.journal, &ends, options)?;
    report.faults.extend(unreadable);
    let store = match audit.store {
        true => compare_store(record, &mut report.faults)?,
        false => StoreFound::NotCompared("not asked".to_owned()),
    };
    let witnessed = judge_policy(audit, record.checkpoint.as_deref(), &mut report);
    report.faults.sort();
    let pin = pin_after(audit, &ends, (&report, &witnessed))?;
    Ok(Audited { report, store, pin, marked: mark.is_some(), tiles: None, witnessed })
}

/// Verifies a published record whole; of what is around it, a pin and a policy can be compared.
pub fn audit_published(
    published: &Published,
    audit: &Audit,
    progress: Option<&(dyn Fn(u64) + Sync)>,
) -> Result<Audited, LedgerError> {
    let checkpoint = published.checkpoint().map(<[u8]>::to_vec);
    let ends = Ends { checkpoint, mark: None, pin: read_pin(audit)? };
    let options = Options { progress, ..Options::whole(audit.jobs) };
    let mut report = verify(published, &ends, options).map_err(LedgerError::Elsewhere)?;
    let witnessed = judge_policy(audit, published.checkpoint(), &mut report);
    report.faults.sort();
    let pin = pin_after(audit, &ends, (&report, &witnessed))?;
    let store = StoreFound::NotCompared("a published record has none".to_owned());
    let tiles = Some(published.good_tiles());
    Ok(Audited { report, store, pin, marked: false, tiles, witnessed })
}

/// Rule 1010, and what of the policy is not met.
fn judge_policy(audit: &Audit, checkpoint: Option<&[u8]>, report: &mut Report) -> Witnessed {
    let witnessed = match &audit.policy {
        Some(policy) => cosigned::judge(policy, checkpoint, &mut report.faults),
        None => Witnessed::default(),
    };
    report.ends.ignored_lines = report.ends.ignored_lines.saturating_sub(witnessed.lines);
    witnessed
}

fn last_mark(
    record: &Record,
    faults: &mut Vec<Fault>,
) -> Result<Option<(u64, crate::hash::Hash)>, LedgerError> {
    let marks = Marks::at(record.paths.marks());
    let first = record.event(0)?.and_then(|event| event.reading.statement);
    let origin = first.and_then(|statement| match statement.args {
        crate::event::args::Args::LedgerOpened(args) => Some(args.origin),
        _ => None,
    });
    let Some(origin) = origin else { return Ok(None) };
    match marks.last_for(&origin) {
        Ok(mark) => Ok(mark.map(|mark| (mark.size, mark.root))),
        Err(error) => {
            faults.push(Fault::of(Rule::Unreadable, chain(&error)));
            Ok(None)
        }
    }
}

fn read_pin(audit: &Audit) -> Result<Option<Vec<u8>>, LedgerError> {
    let Some(path) = &audit.pin else { return Ok(None) };
    let there = read_if_there(path, 1 << 20)?;
    match (there, audit.first) {
        (Some(_), true) => Err(LedgerError::ThereAlready(path.clone())),
        (None, false) => Err(LedgerError::NotFound(format!(
            "no pin at {}; --first makes it from what is here now",
            path.display()
        ))),
        (there, _) => Ok(there),
    }
}

/// What becomes of the pin after a verdict.
fn pin_after(
    audit: &Audit,
    ends: &Ends,
    verdict: (&Report, &Witnessed),
) -> Result<PinFound, LedgerError> {
    match exit(verdict.0, verdict.1) {
        0 => move_pin(audit, ends, verdict.0),
        _ if audit.pin.is_some() => Ok(PinFound::Left),
        _ => Ok(PinFound::None),
    }
}

/// Moves the pin forward, never on a fault.
fn move_pin(audit: &Audit, ends: &Ends, report: &Report) -> Result<PinFound, LedgerError> {
    let Some(path) = &audit.pin else { return Ok(PinFound::None) };
    let Some(pin) = pin_of(report).filter(|_| report.exit() == 0) else {
        return Ok(PinFound::Left);
    };
    let old = ends.pin.as_deref().and_then(Pin::parse);
    disk::replace(path, pin.write().as_bytes(), Mode::Shared)?;
    Ok(match old {
        Some(old) => PinFound::Moved(old.size, pin.size),
        None => PinFound::Made(pin.size),
    })
}

/// What an auditor keeps of a verified record.
pub fn pin_of(report: &Report) -> Option<Pin> {
    let ledger = report.state.fold.ledger.as_ref()?;
    Some(Pin {
        origin: ledger.origin.to_string(),
        genesis: report.genesis?,
        size: report.size,
        head: report.head?,
        root: report.root,
        log_key: ledger.log_key,
    })
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
    let copy = std::env::temp_dir().join(format!("annals-store-{}", std::process::id()));
    let store = match sled::open_copy(&folder, &copy) {
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

/// The first difference between store and journal.
fn differs(record: &Record, store: &dyn Store) -> Result<Option<Fault>, LedgerError> {
    let size = store.head()?.size;
    let repair = "annals repair rebuilds it from the journal";
    if size != record.size() {
        let journal = record.size();
        let repair = match size > journal {
            true => "annals repair builds the journal from it, if it is whole",
            false => repair,
        };
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

/// Whether a path is the file of a pin, for messages.
pub fn is_pin(path: &Path) -> bool {
    read_if_there(path, 1 << 20).ok().flatten().is_some_and(|bytes| Pin::parse(&bytes).is_some())
}
