//! Placing: events that editors signed elsewhere, judged and written by the writer of the record.
//!
//! ```text
//! each submission ─► already there? ─► the position ─► documents ─► the verifier of append and
//!                    verify
//! all together    ─► signatures ─► one commit ─► receipts
//! ```
//!
//! Always holds: a submission is written whole or not at all, and once: the same bytes always
//! have the same positions. No secret of an editor is needed here. Not here: queues, HTTP
//! (`serve`), the text forms (`annals_core::submission`, `annals_core::receipt`).
//! Source: FORMAT.md section 17.

use crate::ledger::error::LedgerError;
use crate::ledger::exchange::publish::served::ServedRecord;
use crate::ledger::write::batch::{faults_of_last, slot};
use crate::ledger::write::hints::with_advice;
use crate::ledger::write::prepared_batch::PreparedBatch;
use crate::ledger::write::slice::{Needs, add_named};
use crate::ledger::write::writer::Writer;
use annals_core::event::Entry;
use annals_core::event::args::Args;
use annals_core::event::body::{Body, Content};
use annals_core::event::record::{Place, Reading};
use annals_core::event::vocabulary::Type;
use annals_core::hash::Hash;
use annals_core::receipt::ReceiptText;
use annals_core::rule::{Fault, Rule};
use annals_core::submission::{Placing, SubmissionText, SubmittedEvent};
use annals_core::time::Time;
use std::collections::BTreeSet;

/// How far the times of a submission that brings its places may be from the server's clock, in
/// microseconds.
const APART: i64 = 10_000_000;

/// Why a submission was not placed. Nothing of it was written, but for [`PlacingError::Failed`].
#[derive(Debug)]
pub enum PlacingError {
    /// It is of another record.
    OtherOrigin {
        /// The name of this record.
        expected: String,
        /// The name in the submission.
        found: String,
    },
    /// The record went on: it was signed for another end.
    Outrun {
        /// The end that it was signed for.
        from: u64,
        /// The size of the record.
        size: u64,
    },
    /// A time in it is far from the clock here.
    Clock {
        /// The time.
        at: Time,
        /// The time by the clock here.
        now: Time,
    },
    /// Documents that it captures are not here.
    DocumentsMissing(Vec<Hash>),
    /// A rule refuses it.
    Refused {
        /// The number of the event in the submission, from 0, if it is known.
        event: Option<u64>,
        /// The rule.
        rule: Option<Rule>,
        /// The words of the command.
        why: String,
    },
    /// The record could not be read or written: whether the events are in it is not known.
    Failed(LedgerError),
}

impl<E: Into<LedgerError>> From<E> for PlacingError {
    fn from(error: E) -> PlacingError {
        PlacingError::Failed(error.into())
    }
}

/// Where a submission is in the record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlacedEvents {
    /// Position of the first event.
    pub first: u64,
    /// Whether it was there before.
    pub already: bool,
}

/// What became of a submission.
pub type PlacingResult = Result<PlacedEvents, PlacingError>;

/// Documents that were sent and that no event of the record names yet.
pub trait SentDocuments {
    /// The document of this digest; `None` if it was not sent.
    ///
    /// Errors: it cannot be read.
    fn sent(&self, digest: &Hash) -> Result<Option<Vec<u8>>, LedgerError>;
}

/// What a submission is judged with.
pub struct PlacingContext<'a> {
    /// The record as of its last checkpoint, which is that of the writer.
    pub record: &'a ServedRecord,
    /// The documents that were sent.
    pub sent: &'a dyn SentDocuments,
    /// The clock of the server.
    pub now: Time,
}

/// Judges submissions and writes them in one commit, in this order, each whole or not at all: what
/// became of each. None of the results is [`PlacingError::Failed`].
///
/// Errors: the record could not be read or written: whether any of them is in it is not known.
pub fn place_group(
    writer: &mut Writer,
    submissions: &[&SubmissionText],
    context: &PlacingContext<'_>,
) -> Result<Vec<PlacingResult>, LedgerError> {
    need(writer, submissions)?;
    let mut group = PlacedGroup::default();
    group.judge(writer, submissions, context, SignatureCheck::Later)?;
    if writer.signature_fault()?.is_some() {
        // The signatures of each are verified by themselves, so that no other one falls.
        writer.take_back();
        group = PlacedGroup::default();
        group.judge(writer, submissions, context, SignatureCheck::Each)?;
    }
    let PlacedGroup { prepared, results } = group;
    if !prepared.entries.is_empty() {
        writer.commit(&prepared.entries, &prepared.documents)?;
    }
    Ok(results)
}

/// When the signatures of submissions are verified.
#[derive(Clone, Copy, PartialEq, Eq)]
enum SignatureCheck {
    /// All together, after all are judged.
    Later,
    /// Those of each after it is judged.
    Each,
}

/// Submissions that are written together.
#[derive(Default)]
struct PlacedGroup {
    prepared: PreparedBatch,
    /// What became of each so far.
    results: Vec<PlacingResult>,
}

impl PlacedGroup {
    /// Judges each submission after those before it; what is refused is taken back. An error is one
    /// of the record.
    fn judge(
        &mut self,
        writer: &mut Writer,
        submissions: &[&SubmissionText],
        context: &PlacingContext<'_>,
        check: SignatureCheck,
    ) -> Result<(), LedgerError> {
        self.prepared.first = writer.size();
        for (submission, number) in submissions.iter().zip(0..) {
            let same = submissions.iter().take(number).position(|earlier| earlier == submission);
            let result = match same.and_then(|same| self.results.get(same)) {
                Some(Ok(placed)) => Ok(PlacedEvents { first: placed.first, already: true }),
                _ => self.add(writer, submission, context, check),
            };
            match result {
                Err(PlacingError::Failed(LedgerError::IndexFailed(_))) if !writer.is_whole() => {
                    writer.need_all()?;
                    *self = PlacedGroup::default();
                    return self.judge(writer, submissions, context, check);
                }
                Err(PlacingError::Failed(error)) => return Err(error),
                result => self.results.push(result),
            }
        }
        Ok(())
    }

    fn add(
        &mut self,
        writer: &mut Writer,
        submission: &SubmissionText,
        context: &PlacingContext<'_>,
        check: SignatureCheck,
    ) -> Result<PlacedEvents, PlacingError> {
        expect_origin(submission, context.record)?;
        if let Some(first) = placed_before(submission, context.record)? {
            return Ok(PlacedEvents { first, already: true });
        }
        expect_at_end(submission, writer, context.now)?;
        expect_no_log_key(submission)?;
        expect_may_revoke(submission, writer)?;
        let first = writer.size();
        let (events, documents) = (writer.uncommitted(), self.prepared.documents.len());
        let sent = self::documents(submission, &self.prepared, writer, context)?;
        self.prepared.documents.extend(sent);
        let judged = self.events(writer, submission, context.now);
        let judged = match (judged, check) {
            (Ok(()), SignatureCheck::Each) => expect_signatures(writer),
            (judged, _) => judged,
        };
        if judged.is_err() {
            writer.take_back_to(events);
            self.prepared.entries.truncate(events);
            self.prepared.documents.truncate(documents);
        }
        judged.map(|()| PlacedEvents { first, already: false })
    }

    /// Gives each event its place and verifies it after those before it, but for its signature.
    fn events(
        &mut self,
        writer: &mut Writer,
        submission: &SubmissionText,
        now: Time,
    ) -> Result<(), PlacingError> {
        for (event, number) in submission.events.iter().zip(0..) {
            let place = event.place().copied();
            let place = place.unwrap_or_else(|| next_place(writer, event, now));
            self.prepared.entries.push(event.entry(&place));
            let faults = faults_of_last(writer, &self.prepared)?;
            if let Some(fault) = faults.first() {
                let why: Vec<String> = faults.iter().map(with_advice).collect();
                let (event, rule) = (Some(number), Some(fault.rule));
                return Err(PlacingError::Refused { event, rule, why: why.join("; ") });
            }
        }
        Ok(())
    }
}

fn expect_signatures(writer: &mut Writer) -> Result<(), PlacingError> {
    match writer.signature_fault()? {
        None => Ok(()),
        Some(LedgerError::NotAllowed { why, .. }) => {
            Err(PlacingError::Refused { event: None, rule: Some(Rule::Signature), why })
        }
        Some(error) => Err(PlacingError::Failed(error)),
    }
}

/// The receipt of a submission whose first event is at this position.
///
/// Errors: the record cannot be read.
pub fn receipt(
    submission: &SubmissionText,
    first: u64,
    record: &ServedRecord,
) -> Result<ReceiptText, LedgerError> {
    let entries = record.entries(first..first + submission.events.len() as u64)?;
    let places = entries.iter().filter_map(|entry| Reading::of(&entry.record).place).collect();
    let proof = record.consistency(submission.from)?.unwrap_or_default();
    let checkpoint = record.checkpoint().clone();
    let (origin, from) = (submission.origin.clone(), submission.from);
    Ok(ReceiptText { origin, from, first, places, proof, checkpoint })
}

fn expect_origin(submission: &SubmissionText, record: &ServedRecord) -> Result<(), PlacingError> {
    match *submission.origin == *record.origin() {
        true => Ok(()),
        false => Err(PlacingError::OtherOrigin {
            expected: record.origin().to_owned(),
            found: submission.origin.to_string(),
        }),
    }
}

/// Where these very statements are, if they are in the record at places that the submission may
/// have.
pub fn placed_before(
    submission: &SubmissionText,
    record: &ServedRecord,
) -> Result<Option<u64>, LedgerError> {
    let digests: Vec<Hash> = submission.events.iter().map(SubmittedEvent::digest).collect();
    let Some(event) = submission.events.first() else { return Ok(None) };
    // A body is in one event at most (603).
    let Some(first) = record.position(&event.digest(), &event.statement().body)? else {
        return Ok(None);
    };
    // What was placed after its base is no answer to a submission for the base alone.
    let is_there = match submission.placing {
        Placing::Exact | Placing::Next => first == submission.from,
        Placing::Free => first >= submission.from,
    };
    let end = first.saturating_add(digests.len() as u64);
    if !is_there || end > record.size() {
        return Ok(None);
    }
    let digest = |entry: &Entry| Reading::of(&entry.record).statement_digest;
    let there: Vec<Hash> = record.entries(first..end)?.iter().map(digest).collect();
    Ok((there == digests).then_some(first))
}

/// Refuses a submission that was signed for another end of the record, or whose times are far from
/// the clock here.
fn expect_at_end(
    submission: &SubmissionText,
    writer: &Writer,
    now: Time,
) -> Result<(), PlacingError> {
    let (from, size) = (submission.from, writer.size());
    let ledger = writer.verifier.chain.state.fold.ledger.as_ref();
    let window = ledger.map_or(0, |ledger| ledger.window);
    let is_at_end = match submission.placing {
        Placing::Exact | Placing::Next => from == size,
        // Rule 203: no more than the window between its base and its position.
        Placing::Free => {
            let last = size + (submission.events.len() as u64).saturating_sub(1);
            from <= size && last <= from.saturating_add(window)
        }
    };
    if !is_at_end {
        return Err(PlacingError::Outrun { from, size });
    }
    let far = |at: &Time| (at.micros() - now.micros()).abs() > APART;
    let mut times = submission.events.iter().filter_map(|event| event.place()).map(|it| it.at);
    match times.find(far) {
        Some(at) => Err(PlacingError::Clock { at, now }),
        None => Ok(()),
    }
}

/// Refuses a new log key: its secret would not be here, and no checkpoint could be signed.
fn expect_no_log_key(submission: &SubmissionText) -> Result<(), PlacingError> {
    let rekeys = |event: &SubmittedEvent| event.statement().kind == Type::LedgerRekeyed;
    match submission.events.iter().zip(0..).find(|(event, _)| rekeys(event)) {
        None => Ok(()),
        Some((_, number)) => Err(PlacingError::Refused {
            event: Some(number),
            rule: None,
            why: "a new log key is made and held where the server runs: annals ledger rekey says \
                  it there, while annals serve does not run"
                .to_owned(),
        }),
    }
}

/// Whether an event with these arguments is judged on the whole record: it revokes a key as
/// suspect.
fn needs_history(args: &Args) -> bool {
    matches!(args, Args::EditorRevoked(revoked) if revoked.suspect_from.is_some())
}

/// Whether the signer of a revocation may have a role for it: rule 404.
fn may_revoke(writer: &Writer, event: &SubmittedEvent) -> bool {
    let by = event.statement().by;
    match writer.verifier.chain.state.fold.roster.member(&by) {
        Some(member) => member.roles.admin || event.statement().args.key() == Some(by),
        None => true,
    }
}

/// Refuses a revocation of a key as suspect by who has not the role, before the whole record is
/// judged for it.
fn expect_may_revoke(submission: &SubmissionText, writer: &Writer) -> Result<(), PlacingError> {
    let is_bad = |event: &SubmittedEvent| {
        needs_history(&event.statement().args) && !may_revoke(writer, event)
    };
    match submission.events.iter().zip(0..).find(|(event, _)| is_bad(event)) {
        None => Ok(()),
        Some((event, number)) => {
            let why = format!("expected a key with the role admin, found {}", event.statement().by);
            let rule = Rule::SignerRole;
            let why = with_advice(&Fault::at(writer.size() + number, rule, why));
            Err(PlacingError::Refused { event: Some(number), rule: Some(rule), why })
        }
    }
}

/// The documents that a submission captures, and neither the record nor what is prepared before it
/// has.
fn documents(
    submission: &SubmissionText,
    before: &PreparedBatch,
    writer: &Writer,
    context: &PlacingContext<'_>,
) -> Result<Vec<(Hash, Vec<u8>)>, PlacingError> {
    let (mut found, mut missing) = (Vec::new(), Vec::new());
    for digest in captured(submission) {
        if before.documents.iter().any(|(known, _)| *known == digest) {
            continue;
        }
        match context.sent.sent(&digest)? {
            Some(bytes) => found.push((digest, bytes)),
            None if writer.has_document(&digest)? => {}
            None => missing.push(digest),
        }
    }
    match missing.is_empty() {
        true => Ok(found),
        false => Err(PlacingError::DocumentsMissing(missing)),
    }
}

/// The documents that a submission captures.
pub fn captured(submission: &SubmissionText) -> BTreeSet<Hash> {
    let captured = |event: &SubmittedEvent| match Body::parse(event.body()).ok()?.content {
        Content::DocumentCaptured(captured) => Some(captured.sha256),
        _ => None,
    };
    submission.events.iter().filter_map(captured).collect()
}

/// Makes sure that the writer has what these events name.
fn need(writer: &mut Writer, submissions: &[&SubmissionText]) -> Result<(), LedgerError> {
    let mut named = BTreeSet::new();
    for event in submissions.iter().flat_map(|submission| &submission.events) {
        let args = &event.statement().args;
        if needs_history(args) && may_revoke(writer, event) {
            return writer.need_all();
        }
        named.extend(args.positions());
        if let Ok(body) = Body::parse(event.body()) {
            add_named(&body.content, &mut named);
        }
    }
    writer.need(&Needs::positions(named))
}

/// The next place of the record, for an event that brings none.
fn next_place(writer: &Writer, event: &SubmittedEvent, now: Time) -> Place {
    let mut slot = slot(writer, now);
    if event.statement().kind == Type::LedgerRetimed {
        slot.after = None;
    }
    Place { seq: slot.position, prev: slot.head, at: slot.at() }
}
