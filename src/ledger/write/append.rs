//! Append: drafts in, signed events out, all or nothing.
//!
//! Always holds: every event passes the verifier before a byte is written; signed events are kept
//! until they are acknowledged, and are submitted again as the same bytes. Not here: prompts and
//! previews (`cli`). Source: FORMAT.md sections 2, 6, 7, 9.

use crate::ledger::error::{KeptEvents, LedgerError, Refusal};
use crate::ledger::write::batch::{DraftBatch, Signer, slot, verify_last};
use crate::ledger::write::draft::PlacedDraft;
use crate::ledger::write::draft_input::{FileAccess, LoadedDraft, LoadedInput, Reach};
use crate::ledger::write::home::entry_of;
use crate::ledger::write::outbox::{KeptSubmission, PendingFit, Submission, is_late, short_name};
use crate::ledger::write::outcome::BrokenRule;
use crate::ledger::write::passages::claim_of;
use crate::ledger::write::prepared_batch::{PreparedBatch, Receipt};
use crate::ledger::write::repeats::{Repeats, WaitingPassages, written_since};
use crate::ledger::write::resolve::ResolvedDraft;
use crate::ledger::write::sign::Slot;
use crate::ledger::write::slice::Needs;
use crate::ledger::write::writer::{SentEvents, Writer};
use annals_core::event::Entry;
use annals_core::event::body::Body;
use annals_core::event::record::{self, Place, Reading};
use annals_core::event::vocabulary::Type;
use annals_core::key::{PublicKey, SigningKey};
use annals_core::rule::Rule;
use annals_core::time::Time;
use std::path::{Path, PathBuf};
use std::thread;

/// How far the writer's clock may be before the last event's time, in microseconds.
const BACK: i64 = 5 * 60 * 1_000_000;
const DAY: i64 = 24 * 3_600 * 1_000_000;
/// How far it may be after it: a record may rest for a weekend or a season; a clock that is years
/// ahead would take the order of dates from every later event.
const AHEAD: i64 = 366 * DAY;

/// A clock that is far from the last event's time, and the words for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FarClock {
    /// It is before that time.
    Before(String),
    /// It is a day and more after it: the record rested.
    After(String),
    /// It is more than a year after it: the record rested long, or the clock is wrong.
    LongAfter(String),
}

/// How a clock is far from the last event's time, if it is.
pub fn far_clock(writer: &Writer, now: Time) -> Option<FarClock> {
    let last = writer.verifier.chain.at?;
    // A day and more in days, less in minutes, on both sides.
    let apart = |micros: i64| match micros >= DAY {
        true => format!("{:.1} days", micros as f64 / DAY as f64),
        false => format!("{:.0} minutes", micros as f64 / 60e6),
    };
    match now.micros() - last.micros() {
        far if far > AHEAD => Some(FarClock::LongAfter(format!(
            "expected a time within a year of the last event's, {last}; the clock says {now}, {} \
             later",
            apart(far)
        ))),
        far if far > DAY => Some(FarClock::After(format!(
            "the last event is of {last}; the clock says {now}, {} later",
            apart(far)
        ))),
        back if back < -BACK => Some(FarClock::Before(format!(
            "expected a time after the last event's, {last}; the clock says {now}, {} earlier; {}",
            apart(-back),
            match writer.server_address() {
                Some(_) => "set the clock of this machine, if it is behind",
                None => "if the clock was ahead before, annals ledger retime mends it",
            }
        ))),
        _ => None,
    }
}

/// Refuses a clock that is before the last event's time, or more than a year after it; returns the
/// words for one that is days after it.
pub fn check_clock(writer: &Writer, now: Time) -> Result<Option<String>, LedgerError> {
    match far_clock(writer, now) {
        None => Ok(None),
        Some(FarClock::After(rested)) => Ok(Some(rested)),
        Some(FarClock::Before(why) | FarClock::LongAfter(why)) => Err(LedgerError::Clock(why)),
    }
}

/// Finds an earlier submission of the same drafts: recorded, or signed and not written.
pub fn find_earlier(
    writer: &mut Writer,
    input: &LoadedInput,
    signer: &Signer<'_>,
) -> Result<EarlierWork, LedgerError> {
    writer.need(&Needs::of(input))?;
    let submission = Submission::of(&writer.paths, &writer.verifier, input, &signer.key.public());
    match submission.find(&writer.verifier, &*writer.home)? {
        KeptSubmission::Nothing => Ok(EarlierWork::New),
        KeptSubmission::Damaged(why) => {
            Ok(EarlierWork::Damaged { path: submission.set_aside()?, why })
        }
        KeptSubmission::Recorded(first) => {
            if writer.server.is_some() {
                submission.prune_placed(&*writer.home)?;
            }
            let count = input.drafts.len() as u64;
            Ok(EarlierWork::Already(Receipt { first, count, already: true }))
        }
        KeptSubmission::Same(first) => {
            let entries: Vec<Entry> = entry_of(&*writer.home, first)?.into_iter().collect();
            if let Some(keeping) = submission.keeping(first, &entries, signer.key)? {
                keeping.prune_to_records(&entries)?;
            }
            Ok(EarlierWork::Already(Receipt { first, count: 1, already: true }))
        }
        // Here another writer may have refused it meanwhile: it is signed anew. A server may have
        // placed it, or may yet: the same statement is sent again.
        KeptSubmission::Pending { fit: PendingFit::Movable, .. } if writer.server.is_none() => {
            Ok(EarlierWork::New)
        }
        KeptSubmission::Pending { entries, fit: PendingFit::AtEnd }
            if writer.server.is_some() && is_late(&entries, signer.clock.peek()) =>
        {
            submission.supersede()?;
            Ok(EarlierWork::New)
        }
        KeptSubmission::Pending { entries, fit: PendingFit::AtEnd } => {
            prepare_again(writer, entries, input, &submission, signer)
        }
        KeptSubmission::Pending { entries, fit: PendingFit::Movable } => {
            let at = slot(writer, signer.clock.peek());
            let entries = entries.into_iter().map(|entry| moved(entry, &at)).collect();
            prepare_again(writer, entries, input, &submission, signer)
        }
    }
}

/// Verifies events that were signed and not written, to commit the same bytes.
fn prepare_again(
    writer: &mut Writer,
    entries: Vec<Entry>,
    input: &LoadedInput,
    submission: &Submission,
    signer: &Signer<'_>,
) -> Result<EarlierWork, LedgerError> {
    for entry in &entries {
        if let Some(why) = written_since(writer, entry)? {
            return Err(kept_repeats(&why, submission));
        }
    }
    let (first, documents, places) = (writer.size(), input.documents(), input.places());
    let keeping = submission.keeping(first, &entries, signer.key)?;
    let mut prepared =
        PreparedBatch { first, documents, places, keeping, ..PreparedBatch::default() };
    for entry in entries {
        if let Some(resolved) = content_of(&entry) {
            prepared.keep_standing(&writer.verifier.chain.state, &resolved.args);
            prepared.resolved.push(resolved);
        }
        prepared.entries.push(entry);
        if let Some(BrokenRule { why, .. }) = verify_last(writer, &prepared)? {
            writer.take_back();
            return Ok(EarlierWork::Refused(why));
        }
    }
    match writer.check_signatures() {
        Err(LedgerError::NotAllowed { why, .. }) => {
            writer.take_back();
            Ok(EarlierWork::Refused(why))
        }
        Err(error) => Err(error),
        Ok(()) => Ok(EarlierWork::Again(Box::new(prepared))),
    }
}

/// An event moved to another slot: its statement, signature and body stay, its place line changes.
fn moved(entry: Entry, slot: &Slot) -> Entry {
    let Reading { statement, signature, .. } = Reading::of(&entry.record);
    let (Some(statement), Some(signature)) = (statement, signature) else { return entry };
    let place = Place { seq: slot.position, prev: slot.head, at: slot.at() };
    Entry { record: record::write(&place, &statement.to_bytes(), &signature), body: entry.body }
}

/// A kept submission repeats what the record has by now.
fn kept_repeats(why: &str, submission: &Submission) -> LedgerError {
    let name = submission.name();
    let why = format!(
        "{why}; --again enters it once more, annals outbox drop {} gives up what was signed before",
        short_name(&name)
    );
    LedgerError::Refused(vec![Refusal::of(why)])
}

/// The state of an earlier submission of the same drafts by this key, as far as it is known without
/// the secret key: its receipt, or whether its events wait to be written.
pub fn earlier_submission(
    writer: &Writer,
    input: &LoadedInput,
    key: &PublicKey,
) -> Result<EarlierSubmission, LedgerError> {
    Ok(
        match Submission::of(&writer.paths, &writer.verifier, input, key)
            .find(&writer.verifier, &*writer.home)?
        {
            KeptSubmission::Recorded(first) | KeptSubmission::Same(first) => {
                let count = input.drafts.len() as u64;
                EarlierSubmission::Written(Receipt { first, count, already: true })
            }
            KeptSubmission::Pending { fit: PendingFit::Movable, .. } if writer.server.is_none() => {
                EarlierSubmission::New
            }
            KeptSubmission::Pending { .. } => EarlierSubmission::Signed,
            KeptSubmission::Nothing | KeptSubmission::Damaged(_) => EarlierSubmission::New,
        },
    )
}

/// The command that drops what waits of an earlier submission of the same drafts by this key, which
/// are refused now.
pub fn drop_command(writer: &Writer, input: &LoadedInput, key: &PublicKey) -> Option<String> {
    let submission = Submission::of(&writer.paths, &writer.verifier, input, key);
    let name = submission.waits().then(|| submission.name())?;
    Some(format!("annals outbox drop {}", short_name(&name)))
}

/// The state of an earlier submission.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EarlierSubmission {
    /// It is in the record.
    Written(Receipt),
    /// It was signed for the record's present end, and is not written.
    Signed,
    /// Neither.
    New,
}

/// The resolved draft of a signed event, without its document.
fn content_of(entry: &Entry) -> Option<ResolvedDraft> {
    let args = Reading::of(&entry.record).statement?.args;
    let content = Body::parse(entry.body.as_deref()?).ok()?.content;
    Some(ResolvedDraft { args, content, document: None })
}

/// The state of an earlier submission, ready to continue.
#[derive(Debug)]
pub enum EarlierWork {
    /// There is none, or the record continued without it: the drafts are to be signed.
    New,
    /// Its file is damaged and was moved aside: the drafts are to be signed.
    Damaged {
        /// The new path.
        path: PathBuf,
        /// The damage.
        why: String,
    },
    /// It is in the record.
    Already(Receipt),
    /// It was signed and not written, and the record refuses it by now; the reason.
    Refused(String),
    /// It was signed and not written: the same bytes, ready to commit.
    Again(Box<PreparedBatch>),
}

/// Loads, resolves, signs and verifies drafts, whatever they repeat. On a fault the error names
/// every bad draft, and nothing is kept.
pub fn prepare(
    writer: &mut Writer,
    drafts: &[PlacedDraft],
    signer: &mut Signer<'_>,
    folder: &Path,
) -> Result<PreparedBatch, LedgerError> {
    let keys = writer.paths.keys.clone();
    let reach = Reach { folder, keys: &keys, secrets: &[], files: FileAccess::default() };
    let input = LoadedInput::of(drafts.iter().map(|placed| LoadedDraft::read(placed, reach)));
    prepare_input(writer, &input, signer, Repeats::Allowed, &mut |_| {})
}

/// As [`prepare`], for a loaded input of which some drafts could not be read: the error names those
/// too. `done` is called with the number of drafts processed.
pub fn prepare_input(
    writer: &mut Writer,
    input: &LoadedInput,
    signer: &mut Signer<'_>,
    repeats: Repeats,
    done: &mut dyn FnMut(u64),
) -> Result<PreparedBatch, LedgerError> {
    writer.need(&Needs::of(input))?;
    let prepared = match prepare_after(writer, input, signer, repeats, done) {
        Err(LedgerError::IndexFailed(_)) if !writer.is_whole() => {
            writer.need_all()?;
            prepare_after(writer, input, signer, repeats, done)
        }
        prepared => prepared,
    };
    if prepared.is_err() {
        writer.take_back();
    }
    prepared
}

/// Prepares drafts as [`prepare_input`] does, by the events that the writer has read: it reads no
/// more of the record, and does not undo what was prepared before an error.
fn prepare_after(
    writer: &mut Writer,
    input: &LoadedInput,
    signer: &mut Signer<'_>,
    repeats: Repeats,
    done: &mut dyn FnMut(u64),
) -> Result<PreparedBatch, LedgerError> {
    let key = signer.key;
    let submission = Submission::of(&writer.paths, &writer.verifier, input, &key.public());
    let waiting = WaitingPassages::of(writer, &submission.name())?;
    let mut prepared = thread::scope(|scope| {
        let mut batch = DraftBatch::new(scope, writer, signer, repeats, input);
        batch.waiting = waiting;
        for (draft, number) in input.drafts.iter().zip(1..) {
            batch.add(draft)?;
            done(number);
        }
        batch.into_prepared()
    })?;
    if !prepared.unsigned {
        writer.check_signatures()?;
    }
    prepared.places = input.places();
    prepared.keeping = submission.keeping(prepared.first, &prepared.entries, key)?;
    Ok(prepared)
}

/// Writes prepared events where their record is: here, or on the server of which this is a copy.
/// They are kept in the outbox first, so that a lost receipt loses nothing.
///
/// Errors: as [`commit`]; after [`LedgerError::Outrun`] the writer has the record as it is now, and
/// the events must be prepared again.
pub fn submit(
    writer: &mut Writer,
    prepared: &PreparedBatch,
    key: &dyn SigningKey,
) -> Result<Receipt, LedgerError> {
    let Some(server) = writer.server.take() else { return commit(writer, prepared) };
    expect_signed(prepared)?;
    if let Err(error) = server.expect_sendable(&SentEvents::of(prepared)) {
        writer.take_back();
        writer.server = Some(server);
        return Err(error);
    }
    if let Some(keeping) = &prepared.keeping {
        keeping.keep(&prepared.entries)?;
    }
    writer.take_back();
    match (server.place(&SentEvents::of(prepared), Some(key)), &prepared.keeping) {
        (Ok(first), keeping) => {
            // A file that cannot be pruned is found by its statements.
            let _ = keeping.as_ref().map(|keeping| keeping.prune_to_records(&prepared.entries));
            *writer = server.writer()?;
            Ok(Receipt { first, count: prepared.entries.len() as u64, already: false })
        }
        (Err(LedgerError::NotSent { address, why, reached, .. }), keeping) => {
            writer.server = Some(server);
            let kept = match keeping {
                None => KeptEvents::Nowhere,
                Some(_) => resend_way(&prepared.entries),
            };
            Err(LedgerError::NotSent { address, why, reached, kept })
        }
        (Err(LedgerError::Outrun(why)), _) => {
            *writer = server.writer()?;
            Err(LedgerError::Outrun(why))
        }
        (Err(error), keeping) => {
            writer.server = Some(server);
            Err(match (error, keeping) {
                // The record here has the key: the server may learn of it, and place them later.
                (LedgerError::ServerRefused { address, status, rule, why }, Some(_))
                    if rule == Some(Rule::SignerUnknown.number()) =>
                {
                    let again = match resend_way(&prepared.entries) {
                        KeptEvents::ByOutbox => "annals outbox send sends the same bytes again",
                        _ => "run the same command again",
                    };
                    let why = format!("{why}; it is signed and kept: {again}");
                    LedgerError::ServerRefused { address, status, rule, why }
                }
                (LedgerError::ReceiptBroken { address, why, kept: None }, Some(_)) => {
                    let why = format!("{why}; what was signed is kept (annals outbox)");
                    LedgerError::ReceiptBroken { address, why, kept: None }
                }
                (error @ LedgerError::ServerRefused { .. }, Some(keeping)) => {
                    keeping.forget()?;
                    error
                }
                (error, _) => error,
            })
        }
    }
}

/// Removes prepared events from the outbox, after others were first each time.
pub fn forget(prepared: &PreparedBatch) -> Result<(), LedgerError> {
    prepared.keeping.as_ref().map_or(Ok(()), |keeping| Ok(keeping.forget()?))
}

/// What sends these events again, which are kept.
pub fn resend_way(entries: &[Entry]) -> KeptEvents {
    let captures = |entry: &Entry| {
        let kind = Reading::of(&entry.record).statement.map(|statement| statement.kind);
        kind == Some(Type::DocumentCaptured)
    };
    match entries {
        [only] if !captures(only) => KeptEvents::ByOutbox,
        _ => KeptEvents::ByCommand,
    }
}

/// Refuses events that only show what would be signed.
fn expect_signed(prepared: &PreparedBatch) -> Result<(), LedgerError> {
    match prepared.unsigned {
        false => Ok(()),
        true => {
            let why = "these events are not signed; they show what would be, and are never written";
            Err(LedgerError::Usage(why.to_owned()))
        }
    }
}

/// Writes prepared events. They are kept in the outbox first, so that a lost receipt loses nothing.
pub fn commit(writer: &mut Writer, prepared: &PreparedBatch) -> Result<Receipt, LedgerError> {
    expect_signed(prepared)?;
    if let Some(keeping) = &prepared.keeping {
        keeping.keep(&prepared.entries)?;
    }
    writer.commit(&prepared.entries, &prepared.documents)?;
    if let Some(keeping) = &prepared.keeping {
        // The events are written and signed: a file that cannot be pruned is left to the next
        // writer.
        let _ = keeping.prune();
    }
    for (resolved, position) in prepared.resolved.iter().zip(prepared.first..) {
        let Some(fact) = resolved.content.fact() else { continue };
        if resolved.content.kind() == Type::FactAsserted {
            writer.passages.add(position, fact, claim_of(fact));
        }
        writer.keep_agents(fact);
    }
    let count = prepared.entries.len() as u64;
    Ok(Receipt { first: prepared.first, count, already: false })
}

#[cfg(test)]
mod tests;
