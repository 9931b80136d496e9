//! Append: drafts in, signed events out, all or nothing.
//!
//! Always holds: every event passes the judge that verifies before a byte is written; what was
//! signed is kept until it is acknowledged and is sent again as the same bytes. Not here: prompts
//! and previews (`cli`). Source: FORMAT.md sections 2, 6, 7, 9.

use crate::clock::Clock;
use crate::entropy::Entropy;
use crate::ledger::error::{LedgerError, Refusal};
use crate::ledger::write::draft::{Input, Placed};
use crate::ledger::write::hints::told;
use crate::ledger::write::loaded::{Files, LoadedDraft, LoadedInput, Reach};
use crate::ledger::write::outbox::{Keeping, Kept, Submission};
use crate::ledger::write::outcome::{Fate, Outcome, Output, Refusals};
use crate::ledger::write::pending::{Pending, WriterDesk};
use crate::ledger::write::pipeline;
use crate::ledger::write::repeats::{self, Repeats};
use crate::ledger::write::resolve::{Settled, Settler};
use crate::ledger::write::sign::{Slot, seal};
use crate::ledger::write::unquoted;
use crate::ledger::write::writer::Writer;
use annals_core::event::Entry;
use annals_core::event::body::{Body, Content};
use annals_core::event::record::Reading;
use annals_core::hash::Hash;
use annals_core::key::{Keys, PublicKey, SigningKey};
use annals_core::time::Time;
use annals_core::verify::Follower;
use annals_core::verify::content::Asked;
use annals_core::verify::examine::{Examined, examine, examine_whole};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Who signs, when, and with what randomness.
pub struct Signer<'a> {
    /// The editor's key.
    pub key: &'a dyn SigningKey,
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
    /// Where each of them was read, if it was a file.
    pub places: BTreeMap<Hash, PathBuf>,
    /// Position of the first one.
    pub first: u64,
    /// What keeps them until they are acknowledged.
    pub keeping: Option<Keeping>,
    /// Whether they only show what would be signed: they are never written.
    pub unsigned: bool,
    /// What whoever signs them is to know: passages that other facts quote too, what a claim says
    /// and no quoted word does.
    pub notes: Vec<String>,
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

/// After how many events those who wait for the lock are told that the work goes on.
const STEP: u64 = 1_024;

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
pub fn resume(
    writer: &mut Writer,
    input: &LoadedInput,
    signer: &Signer<'_>,
) -> Result<Resumed, LedgerError> {
    let submission = Submission::of(writer, input, &signer.key.public());
    match submission.find(writer)? {
        Kept::Nothing => Ok(Resumed::New),
        Kept::Damaged(why) => Ok(Resumed::Damaged { path: submission.set_aside()?, why }),
        Kept::Recorded(first) => {
            let count = input.drafts.len() as u64;
            Ok(Resumed::Already(Receipt { first, count, already: true }))
        }
        Kept::Fits(kept) => {
            let (first, documents) = (writer.size(), input.documents());
            let keeping = submission.keeping(first, &kept, signer.key);
            let places = input.places();
            let mut prepared =
                Prepared { first, documents, places, keeping, ..Prepared::default() };
            for entry in kept {
                prepared.settled.extend(said_by(&entry));
                prepared.entries.push(entry);
                if let Some(why) = judge_last(writer, &prepared)? {
                    let why = format!("{why}; --again signs the drafts anew");
                    let refusal = Refusal { line: None, name: None, why };
                    return Err(LedgerError::Refused(vec![refusal]));
                }
            }
            Ok(Resumed::Again(Box::new(prepared)))
        }
    }
}

/// What became of an earlier submission of the same drafts by this key, as far as can be said
/// without the secret: its receipt, or whether its events wait to be written.
pub fn before(
    writer: &Writer,
    input: &LoadedInput,
    key: &PublicKey,
) -> Result<Before, LedgerError> {
    Ok(match Submission::of(writer, input, key).find(writer)? {
        Kept::Recorded(first) => {
            let count = input.drafts.len() as u64;
            Before::Written(Receipt { first, count, already: true })
        }
        Kept::Fits(_) => Before::Signed,
        Kept::Nothing | Kept::Damaged(_) => Before::New,
    })
}

/// What an earlier submission came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Before {
    /// It is in the record.
    Written(Receipt),
    /// It was signed for the record's present end, and not written.
    Signed,
    /// Neither.
    New,
}

/// What a signed event says, without its document.
fn said_by(entry: &Entry) -> Option<Settled> {
    let args = Reading::of(&entry.record).statement?.args;
    let content = Body::parse(entry.body.as_deref()?).ok()?.content;
    Some(Settled { args, content, document: None })
}

/// What was found of an earlier submission.
#[derive(Debug)]
pub enum Resumed {
    /// Nothing, or what the record went on without: the drafts are to be signed.
    New,
    /// What was kept is damaged and was moved aside: the drafts are to be signed.
    Damaged {
        /// Where it is now.
        path: PathBuf,
        /// What is wrong.
        why: String,
    },
    /// It is in the record.
    Already(Receipt),
    /// It was signed and not written: the same bytes, ready to commit.
    Again(Box<Prepared>),
}

/// Who signs, and who is told how many drafts are done.
pub struct Around<'a, 'b, 'c> {
    /// Who signs.
    pub signer: &'a mut Signer<'b>,
    /// Told after each draft, or after many.
    pub done: &'c mut dyn FnMut(u64),
    /// What becomes of facts that are entered once more.
    pub repeats: Repeats,
}

/// Loads, settles, signs and judges drafts, whatever they repeat. Every bad one is told; then
/// nothing is kept.
pub fn prepare(
    writer: &mut Writer,
    drafts: &[Placed],
    signer: &mut Signer<'_>,
    folder: &Path,
) -> Result<Prepared, LedgerError> {
    let input = Input { drafts: drafts.to_vec(), unread: Vec::new() };
    let keys = writer.paths.keys.clone();
    let input = LoadedInput::read(&input, Reach { folder, keys: &keys, files: Files::default() });
    let repeats = Repeats::Allowed;
    prepare_input(writer, &input, Around { signer, done: &mut |_| {}, repeats })
}

/// The same for an input that is loaded, of which some drafts could not be read: they are told
/// with the others.
pub fn prepare_input(
    writer: &mut Writer,
    input: &LoadedInput,
    around: Around<'_, '_, '_>,
) -> Result<Prepared, LedgerError> {
    prepare_by(writer, input, around, pipeline::WORTH)
}

/// The same, with the number of plain drafts that are worth another thread.
fn prepare_by(
    writer: &mut Writer,
    input: &LoadedInput,
    mut around: Around<'_, '_, '_>,
    worth: usize,
) -> Result<Prepared, LedgerError> {
    let submission = Submission::of(writer, input, &around.signer.key.public());
    let mut out = Output::default();
    out.prepared.first = writer.size();
    out.prepared.unsigned = !around.signer.key.signs();
    out.prepared.places = input.places();
    let mut refusals = Refusals::of(&input.unread);
    let mut rest = input.drafts.as_slice();
    while let Some(next) = rest.first() {
        let outcomes = if refusals.reach(&next.draft) {
            vec![Outcome { position: writer.size(), fate: Fate::Repeats }]
        } else if pipeline::is_worth(rest, worth, &out.agents) {
            pipeline::run(writer, rest, &mut around, &mut out)?
        } else {
            vec![one(writer, next, &mut around, &mut out)?]
        };
        for (loaded, outcome) in rest.iter().zip(&outcomes) {
            refusals.account(loaded, outcome, &mut out.named);
        }
        rest = rest.get(outcomes.len()..).unwrap_or_default();
        (around.done)((input.drafts.len() - rest.len()) as u64);
    }
    refusals.end()?;
    let Prepared { first, entries, .. } = &out.prepared;
    out.prepared.keeping = submission.keeping(*first, entries, around.signer.key);
    Ok(out.prepared)
}

/// Writes prepared events: kept in the outbox first, so that a lost receipt loses nothing.
pub fn commit(writer: &mut Writer, prepared: &Prepared) -> Result<Receipt, LedgerError> {
    if prepared.unsigned {
        let why = "these events are not signed; they show what would be, and are never written";
        return Err(LedgerError::Usage(why.to_owned()));
    }
    if let Some(keeping) = &prepared.keeping {
        keeping.keep(&prepared.entries)?;
    }
    writer.commit(&prepared.entries, &prepared.documents)?;
    if let Some(keeping) = &prepared.keeping {
        // Written and signed for: what cannot be pruned is left to the next writer.
        let _ = keeping.prune();
    }
    for (settled, position) in prepared.settled.iter().zip(prepared.first..) {
        if let Content::FactAsserted(content) = &settled.content {
            writer.passages.add(position, &content.fact);
        }
    }
    let count = prepared.entries.len() as u64;
    Ok(Receipt { first: prepared.first, count, already: false })
}

/// One draft, settled, signed and judged.
fn one(
    writer: &mut Writer,
    draft: &LoadedDraft,
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
            let examined = examine_one(writer, &entry, out.prepared.unsigned);
            take(writer, Signed { settled, entry, examined }, &mut out.prepared)?
        }
    };
    Ok(Outcome { position, fate })
}

/// A draft with its file, settled.
pub(super) fn settle(
    writer: &mut Writer,
    loaded: &LoadedDraft,
    around: &mut Around<'_, '_, '_>,
    out: &mut Output,
) -> Result<Settled, String> {
    let file = loaded.file.clone()?.map(|file| file.bytes);
    let now = around.signer.clock.peek();
    let mut desk = WriterDesk::new(writer, &out.prepared, &out.named, now);
    let settled = Settler::new(&mut desk, &mut out.agents).settle(&loaded.draft, file)?;
    let notes = unquoted::notes(&settled.content, &mut desk);
    repeats::check(writer, &settled, around.repeats, out)?;
    out.prepared.notes.extend(notes);
    Ok(settled)
}

/// A signed draft on its way to the judge.
pub(super) struct Signed {
    pub settled: Settled,
    pub entry: Entry,
    /// The entry, its signature checked.
    pub examined: Option<Examined>,
}

/// Adds a signed event to the prepared ones and lets the judge take it.
pub(super) fn take(
    writer: &mut Writer,
    signed: Signed,
    prepared: &mut Prepared,
) -> Result<Fate, LedgerError> {
    let Signed { settled, entry, examined } = signed;
    prepared.entries.push(entry);
    prepared.documents.extend(settled.document.clone());
    prepared.settled.push(settled);
    Ok(judge(writer, prepared, examined)?.map_or(Fate::Good, Fate::Refused))
}

/// The next slot of a writer.
pub fn slot(writer: &Writer, now: Time) -> Slot {
    let chain = &writer.judge.chain;
    Slot { position: chain.size(), head: chain.head, after: chain.at, now }
}

/// Lets the judge take the last prepared event, its signature included, wherever it came from; its
/// faults are why it is refused.
pub fn judge_last(writer: &mut Writer, prepared: &Prepared) -> Result<Option<String>, LedgerError> {
    let unsigned = prepared.unsigned;
    let examined = prepared.entries.last().and_then(|entry| examine_one(writer, entry, unsigned));
    judge(writer, prepared, examined)
}

/// An entry, examined: whole, unless it only shows what would be signed.
fn examine_one(writer: &Writer, entry: &Entry, unsigned: bool) -> Option<Examined> {
    if unsigned {
        return Some(examine(entry));
    }
    examine_whole(std::slice::from_ref(entry), &mut Keys::new(&writer.keyring)).pop()
}

/// Lets the judge take the last prepared event, which was examined whole.
fn judge(
    writer: &mut Writer,
    prepared: &Prepared,
    examined: Option<Examined>,
) -> Result<Option<String>, LedgerError> {
    let Some(examined) = examined else { return Ok(None) };
    if (prepared.entries.len() as u64).is_multiple_of(STEP) {
        writer.step();
    }
    let pending = Pending::new(&writer.journal, &writer.recent, prepared);
    let judged = writer.judge.event(&examined, &pending, Asked::All)?;
    writer.index.event(&writer.judge.chain.state, &examined, &judged);
    let faults = std::mem::take(&mut writer.judge.faults);
    let told: Vec<String> = faults.iter().map(told).collect();
    Ok(Some(told.join("; ")).filter(|why| !why.is_empty()))
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

#[cfg(test)]
mod tests;
