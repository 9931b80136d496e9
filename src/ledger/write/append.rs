//! Append: drafts in, signed events out, all or nothing.
//!
//! Always holds: every event passes the judge that verifies before a byte is written; what was
//! signed is kept until it is acknowledged and is sent again as the same bytes. Not here: prompts
//! and previews (`cli`). Source: FORMAT.md sections 2, 6, 7, 9.

use crate::ledger::error::{LedgerError, Refusal};
use crate::ledger::write::batch::{
    DraftBatch, SignedDraft, Signer, examine_one, judge_last, settle, slot, take,
};
use crate::ledger::write::draft::{Input, Placed};
use crate::ledger::write::loaded::{FileAccess, LoadedDraft, LoadedInput, Reach};
use crate::ledger::write::outbox::{KeptSubmission, Submission};
use crate::ledger::write::outcome::{DraftResult, Outcome, Output, Refusals};
use crate::ledger::write::pipeline;
use crate::ledger::write::prepared::{Prepared, Receipt};
use crate::ledger::write::repeats::Repeats;
use crate::ledger::write::resolve::Resolved;
use crate::ledger::write::resolve::fields::Reasons;
use crate::ledger::write::sign::seal;
use crate::ledger::write::writer::Writer;
use annals_core::event::Entry;
use annals_core::event::body::{Body, Content};
use annals_core::event::record::Reading;
use annals_core::key::PublicKey;
use annals_core::time::Time;
use std::path::{Path, PathBuf};

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
pub fn resume(
    writer: &mut Writer,
    input: &LoadedInput,
    signer: &Signer<'_>,
) -> Result<Resumed, LedgerError> {
    let submission = Submission::of(&writer.paths, &writer.judge, input, &signer.key.public());
    match submission.find(&writer.judge, &writer.journal)? {
        KeptSubmission::Nothing => Ok(Resumed::New),
        KeptSubmission::Damaged(why) => Ok(Resumed::Damaged { path: submission.set_aside()?, why }),
        KeptSubmission::Recorded(first) => {
            let count = input.drafts.len() as u64;
            Ok(Resumed::Already(Receipt { first, count, already: true }))
        }
        KeptSubmission::Fits(kept) => {
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
                    let refusal = Refusal { place: None, name: None, why };
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
) -> Result<EarlierSubmission, LedgerError> {
    Ok(
        match Submission::of(&writer.paths, &writer.judge, input, key)
            .find(&writer.judge, &writer.journal)?
        {
            KeptSubmission::Recorded(first) => {
                let count = input.drafts.len() as u64;
                EarlierSubmission::Written(Receipt { first, count, already: true })
            }
            KeptSubmission::Fits(_) => EarlierSubmission::Signed,
            KeptSubmission::Nothing | KeptSubmission::Damaged(_) => EarlierSubmission::New,
        },
    )
}

/// What an earlier submission came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EarlierSubmission {
    /// It is in the record.
    Written(Receipt),
    /// It was signed for the record's present end, and not written.
    Signed,
    /// Neither.
    New,
}

/// What a signed event says, without its document.
fn said_by(entry: &Entry) -> Option<Resolved> {
    let args = Reading::of(&entry.record).statement?.args;
    let content = Body::parse(entry.body.as_deref()?).ok()?.content;
    Some(Resolved { args, content, document: None })
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

/// Loads, settles, signs and judges drafts, whatever they repeat. Every bad one is told; then
/// nothing is kept.
pub fn prepare(
    writer: &mut Writer,
    drafts: &[Placed],
    signer: &mut Signer<'_>,
    folder: &Path,
) -> Result<Prepared, LedgerError> {
    let input = Input { drafts: drafts.to_vec(), ..Input::default() };
    let keys = writer.paths.keys.clone();
    let input =
        LoadedInput::read(&input, Reach { folder, keys: &keys, files: FileAccess::default() });
    let repeats = Repeats::Allowed;
    prepare_input(writer, &input, DraftBatch { signer, done: &mut |_| {}, repeats })
}

/// The same for an input that is loaded, of which some drafts could not be read: they are told
/// with the others.
pub fn prepare_input(
    writer: &mut Writer,
    input: &LoadedInput,
    around: DraftBatch<'_, '_, '_>,
) -> Result<Prepared, LedgerError> {
    prepare_by(writer, input, around, pipeline::WORTH)
}

/// The same, with the number of plain drafts that are worth another thread.
fn prepare_by(
    writer: &mut Writer,
    input: &LoadedInput,
    mut around: DraftBatch<'_, '_, '_>,
    worth: usize,
) -> Result<Prepared, LedgerError> {
    let submission =
        Submission::of(&writer.paths, &writer.judge, input, &around.signer.key.public());
    let mut out = Output::default();
    out.prepared.first = writer.size();
    out.prepared.unsigned = !around.signer.key.signs();
    out.prepared.places = input.places();
    let mut refusals = Refusals::of(input);
    let mut rest = input.drafts.as_slice();
    while let Some(next) = rest.first() {
        let outcomes = if refusals.reach(&next.draft) {
            vec![Outcome { position: writer.size(), fate: DraftResult::Repeats }]
        } else if !next.unread.is_empty() {
            vec![unread(writer, next, &mut around, &mut out)]
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

/// What else is wrong with a draft of which some fields could not be read. It is refused for these,
/// and for what is wrong with the others.
fn unread(
    writer: &mut Writer,
    draft: &LoadedDraft,
    around: &mut DraftBatch<'_, '_, '_>,
    out: &mut Output,
) -> Outcome {
    let position = writer.size();
    let follows = |why: &String| draft.unread.iter().any(|field| names_field(why, field));
    let fate = match settle(writer, draft, around, out) {
        Err(Reasons(mut why)) if !draft.unread.iter().any(|field| field == "type") => {
            why.retain(|why| !follows(why));
            if why.is_empty() { DraftResult::Repeats } else { DraftResult::Refused(Reasons(why)) }
        }
        _ => DraftResult::Repeats,
    };
    Outcome { position, fate }
}

/// Whether a reason may only follow from a field that could not be read; a field without a name may
/// be any that is missing.
fn names_field(why: &str, field: &str) -> bool {
    let field = field.rsplit('.').next().unwrap_or(field);
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    match field {
        "" => why.contains(" needs the field "),
        field => why.split(|c| !is_word(c)).any(|word| word == field),
    }
}

/// One draft, settled, signed and judged.
fn one(
    writer: &mut Writer,
    draft: &LoadedDraft,
    around: &mut DraftBatch<'_, '_, '_>,
    out: &mut Output,
) -> Result<Outcome, LedgerError> {
    let position = writer.size();
    let fate = match settle(writer, draft, around, out) {
        Err(why) => DraftResult::Refused(why),
        Ok(settled) => {
            let signer = &mut *around.signer;
            let slot = slot(writer, signer.clock.now());
            let entry = seal(&settled, &slot, signer.key, signer.entropy)?;
            let examined = examine_one(writer, &entry, out.prepared.unsigned);
            take(writer, SignedDraft { settled, entry, examined }, &mut out.prepared)?
        }
    };
    Ok(Outcome { position, fate })
}

#[cfg(test)]
mod tests;
