//! Append: drafts in, signed events out, all or nothing.
//!
//! Always holds: every event passes the judge that verifies before a byte is written; what was
//! signed is kept until it is acknowledged and is sent again as the same bytes. Not here: prompts
//! and previews (`cli`). Source: FORMAT.md sections 2, 6, 7, 9.

use crate::clock::Clock;
use crate::disk;
use crate::entropy::Entropy;
use crate::event::Entry;
use crate::event::body::MAX_DOCUMENT;
use crate::event::spelling;
use crate::hash::{Hash, Running};
use crate::key::SecretKey;
use crate::ledger::advice::told;
use crate::ledger::ahead;
use crate::ledger::desk::{Pending, WriterDesk};
use crate::ledger::draft::{Draft, DraftError, Input, Placed};
use crate::ledger::error::{LedgerError, Refusal};
use crate::ledger::outbox::{self, Kept};
use crate::ledger::outcome::{Fate, Outcome, Output, Refusals};
use crate::ledger::seal::{Slot, seal};
use crate::ledger::settle::{Settled, Settler};
use crate::ledger::writer::Writer;
use crate::time::Time;
use crate::verify::Follower;
use crate::verify::content::Asked;
use crate::verify::examine::examine;
use std::path::{Path, PathBuf};

/// Who signs, when, and with what randomness.
pub struct Signer<'a> {
    /// The editor's key.
    pub key: &'a SecretKey,
    /// The writer's clock.
    pub clock: &'a mut Clock,
    /// Where salts come from.
    pub entropy: &'a mut dyn Entropy,
}

/// Events that are signed and judged, and not yet written.
#[derive(Debug, Default)]
pub struct Prepared {
    /// The entries, in order.
    pub entries: Vec<Entry>,
    /// What they say.
    pub settled: Vec<Settled>,
    /// Documents that come with them.
    pub documents: Vec<(Hash, Vec<u8>)>,
    /// Position of the first one.
    pub first: u64,
    /// The file that keeps them until they are acknowledged.
    pub outbox: Option<PathBuf>,
}

/// What became of a submission.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// Position of the first event.
    pub first: u64,
    /// Number of events.
    pub count: u64,
    /// Whether they were in the record before.
    pub already: bool,
}

/// How far the writer's clock may be before or after the last event without a question.
const BACK: i64 = 5 * 60 * 1_000_000;
const AHEAD: i64 = 24 * 3_600 * 1_000_000;

/// Refuses a clock that is far off the last event's time.
pub fn check_clock(writer: &Writer, now: Time) -> Result<(), LedgerError> {
    let Some(last) = writer.judge.chain.at else { return Ok(()) };
    let ahead = now.micros() - last.micros();
    let days = |micros: i64| format!("{:.1} days", micros as f64 / AHEAD as f64);
    let minutes = |micros: i64| format!("{:.0} minutes", micros as f64 / 60e6);
    match ahead {
        far if far > AHEAD => Err(LedgerError::Clock(format!(
            "expected a time near the last event's, {last}; the clock says {now}, {} later",
            days(far)
        ))),
        back if back < -BACK => Err(LedgerError::Clock(format!(
            "expected a time after the last event's, {last}; the clock says {now}, {} earlier; if \
             the clock was ahead before, annals ledger retime mends it",
            minutes(-back)
        ))),
        _ => Ok(()),
    }
}

/// Answers a submission that was made before: in the record, or signed and never written.
/// `None` where it is new, or stale and must be signed again.
pub fn resume(
    writer: &mut Writer,
    drafts: &[Placed],
    signer: &mut Signer<'_>,
    folder: &Path,
) -> Result<Option<Resumed>, LedgerError> {
    let path = outbox_path(writer, drafts, signer, folder);
    let Some(kept) = outbox::read(&path)? else { return Ok(None) };
    match outbox::compare(&kept, writer)? {
        Kept::Recorded(first) => {
            let count = kept.len() as u64;
            Ok(Some(Resumed::Already(Receipt { first, count, already: true })))
        }
        Kept::Fits => {
            // The documents come again from the files that the drafts name: the outbox's own name
            // says that they are the same.
            let documents = documents(drafts, folder);
            let mut prepared = Prepared { first: writer.size(), documents, ..Prepared::default() };
            for entry in kept {
                prepared.entries.push(entry);
                if let Some(why) = judge_last(writer, &prepared)? {
                    let refusal = Refusal { line: None, name: None, why };
                    return Err(LedgerError::Refused(vec![refusal]));
                }
            }
            Ok(Some(Resumed::Again(prepared)))
        }
        Kept::Stale => Ok(None),
    }
}

/// What was found of an earlier submission.
#[derive(Debug)]
pub enum Resumed {
    /// It is in the record.
    Already(Receipt),
    /// It was signed and not written: the same bytes, ready to commit.
    Again(Prepared),
}

/// The folder that files are relative to, and who is told how many drafts are done.
pub struct Watch<'a> {
    /// The folder.
    pub folder: &'a Path,
    /// Told after each draft, or after many.
    pub done: &'a mut dyn FnMut(u64),
}

/// Who signs, and what stands around the drafts.
pub struct Around<'a, 'b, 'c> {
    /// Who signs.
    pub signer: &'a mut Signer<'b>,
    /// The folder, and who is told.
    pub watch: Watch<'c>,
}

/// Settles, signs and judges drafts. Every bad one is told; then nothing is kept.
pub fn prepare(
    writer: &mut Writer,
    drafts: &[Placed],
    signer: &mut Signer<'_>,
    folder: &Path,
) -> Result<Prepared, LedgerError> {
    let around = Around { signer, watch: Watch { folder, done: &mut |_| {} } };
    prepare_by(writer, (drafts, &[]), around, ahead::WORTH)
}

/// The same for an input of which some drafts could not be read: they are told with the others.
pub fn prepare_input(
    writer: &mut Writer,
    input: &Input,
    signer: &mut Signer<'_>,
    watch: Watch<'_>,
) -> Result<Prepared, LedgerError> {
    prepare_by(writer, (&input.drafts, &input.unread), Around { signer, watch }, ahead::WORTH)
}

/// The same, with the number of plain drafts that are worth another thread.
fn prepare_by(
    writer: &mut Writer,
    (drafts, unread): (&[Placed], &[DraftError]),
    mut around: Around<'_, '_, '_>,
    worth: usize,
) -> Result<Prepared, LedgerError> {
    let mut out = Output::default();
    out.prepared.first = writer.size();
    let mut refusals = Refusals::of(unread);
    let mut rest = drafts;
    while let Some(next) = rest.first() {
        let outcomes = if refusals.reach(&next.draft) {
            vec![Outcome { position: writer.size(), fate: Fate::Repeats }]
        } else if ahead::is_worth(rest, worth, &out.agents) {
            ahead::run(writer, rest, &mut around, &mut out)?
        } else {
            vec![one(writer, &next.draft, &mut around, &mut out)?]
        };
        for (placed, outcome) in rest.iter().zip(&outcomes) {
            refusals.account(placed, outcome, &mut out.named);
        }
        rest = rest.get(outcomes.len()..).unwrap_or_default();
        (around.watch.done)((drafts.len() - rest.len()) as u64);
    }
    refusals.end()?;
    out.prepared.outbox = Some(outbox_path(writer, drafts, around.signer, around.watch.folder));
    Ok(out.prepared)
}

/// Writes prepared events: kept in the outbox first, so that a lost receipt loses nothing.
pub fn commit(writer: &mut Writer, prepared: &Prepared) -> Result<Receipt, LedgerError> {
    if let Some(path) = &prepared.outbox {
        outbox::keep(path, &prepared.entries)?;
    }
    writer.commit(&prepared.entries, &prepared.documents)?;
    let count = prepared.entries.len() as u64;
    Ok(Receipt { first: prepared.first, count, already: false })
}

/// One draft, settled, signed and judged.
fn one(
    writer: &mut Writer,
    draft: &Draft,
    around: &mut Around<'_, '_, '_>,
    out: &mut Output,
) -> Result<Outcome, LedgerError> {
    let position = writer.size();
    let fate = match settle(writer, draft, around, out) {
        Err(why) => Fate::Refused(why),
        Ok(settled) => {
            let signer = &mut *around.signer;
            let slot = slot(writer, signer.clock.now());
            let entry = seal(&settled, &slot, signer.key, signer.entropy)?;
            take(writer, (settled, entry), &mut out.prepared)?
        }
    };
    Ok(Outcome { position, fate })
}

/// A draft with its file, settled.
pub(super) fn settle(
    writer: &mut Writer,
    draft: &Draft,
    around: &mut Around<'_, '_, '_>,
    out: &mut Output,
) -> Result<Settled, String> {
    let file = read_file(draft, around.watch.folder)?;
    let now = around.signer.clock.peek();
    let mut desk = WriterDesk::new(writer, &out.prepared, &out.named, now);
    Settler::new(&mut desk, &mut out.agents).settle(draft, file)
}

/// Adds a signed event to the prepared ones and lets the judge take it.
pub(super) fn take(
    writer: &mut Writer,
    signed: (Settled, Entry),
    prepared: &mut Prepared,
) -> Result<Fate, LedgerError> {
    let (settled, entry) = signed;
    prepared.entries.push(entry);
    prepared.documents.extend(settled.document.clone());
    prepared.settled.push(settled);
    Ok(judge_last(writer, prepared)?.map_or(Fate::Good, Fate::Refused))
}

/// The next slot of a writer.
pub fn slot(writer: &Writer, now: Time) -> Slot {
    let chain = &writer.judge.chain;
    Slot { position: chain.size(), head: chain.head, after: chain.at, now }
}

/// Lets the judge take the last prepared event; its faults are why it is refused.
pub fn judge_last(writer: &mut Writer, prepared: &Prepared) -> Result<Option<String>, LedgerError> {
    let Some(entry) = prepared.entries.last() else { return Ok(None) };
    let examined = examine(entry);
    let pending = Pending::new(&writer.journal, &writer.recent, prepared);
    let judged = writer.judge.event(&examined, &pending, Asked::All)?;
    writer.index.event(&writer.judge.chain.state, &examined, &judged);
    let faults = std::mem::take(&mut writer.judge.faults);
    let told: Vec<String> = faults.iter().map(told).collect();
    Ok(Some(told.join("; ")).filter(|why| !why.is_empty()))
}

fn read_file(draft: &Draft, folder: &Path) -> Result<Option<Vec<u8>>, String> {
    let Some(file) = &draft.file else { return Ok(None) };
    let path = folder.join(file);
    let bytes = disk::read(&path, MAX_DOCUMENT);
    bytes.map(Some).map_err(|error| format!("file: {}", chain(&error)))
}

/// The documents that drafts bring.
fn documents(drafts: &[Placed], folder: &Path) -> Vec<(Hash, Vec<u8>)> {
    let files = drafts.iter().filter_map(|placed| read_file(&placed.draft, folder).ok()?);
    files.map(|bytes| (Hash::of(&[&bytes]), bytes)).collect()
}

/// An error and its causes, in one line.
pub fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        text.push_str(&format!(": {inner}"));
        cause = inner.source();
    }
    text
}

/// The file that keeps this submission: named by ledger, key, drafts and the files they name.
fn outbox_path(writer: &Writer, drafts: &[Placed], signer: &Signer<'_>, folder: &Path) -> PathBuf {
    let mut whole = Running::default();
    if let Some(ledger) = &writer.judge.chain.state.fold.ledger {
        whole.add(ledger.origin.as_bytes());
    }
    whole.add(&signer.key.public().0);
    for placed in drafts {
        whole.add(&spelling::write(&placed.draft));
        if let Ok(Some(bytes)) = read_file(&placed.draft, folder) {
            whole.add(&Hash::of(&[&bytes]).0);
        }
    }
    writer.paths.outbox().join(whole.finish().to_string())
}

#[cfg(test)]
mod tests;
