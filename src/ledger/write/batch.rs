//! A batch: turns drafts into signed events, in order.
//!
//! Always holds: every event passes the verifier before a byte is written. Not here: refusals
//! (`outcome`), committing (`append`).

use crate::clock::Clock;
use crate::entropy::{Entropy, draw};
use crate::ledger::error::{LedgerError, Reasons, Unresolved};
use crate::ledger::write::draft::{Draft, Name};
use crate::ledger::write::draft_input::{LoadedDraft, LoadedInput};
use crate::ledger::write::hints::{advised, no_event, standing_advice, with_advice};
use crate::ledger::write::no_change;
use crate::ledger::write::notes;
use crate::ledger::write::notes::languages::LanguageCheck;
use crate::ledger::write::outcome::{BrokenRule, DraftResult, Outcome, Output, Refusals};
use crate::ledger::write::passages::claim_of;
use crate::ledger::write::pending::{Pending, WriterLookup};
use crate::ledger::write::prepared_batch::{NoteSubject, PreparedBatch};
use crate::ledger::write::repeats::{self, Repeats, WaitingPassages};
use crate::ledger::write::resolve::{ResolvedDraft, Resolver};
use crate::ledger::write::sign::{Slot, WrittenBody};
use crate::ledger::write::sign_thread::{Pace, SignedEvent, SigningQueue, UnsignedEvent};
use crate::ledger::write::writer::{VerifiedEvent, Writer};
use annals_core::event::args::Args;
use annals_core::event::body::Content;
use annals_core::event::vocabulary::Type;
use annals_core::hash::Hash;
use annals_core::key::{PublicKey, SigningKey};
use annals_core::rule::Fault;
use annals_core::state::State;
use annals_core::time::Time;
use annals_core::verify::examine::examine;
use std::collections::{BTreeSet, VecDeque};
use std::thread::Scope;

/// The signing key, the clock and the randomness of a batch.
pub struct Signer<'a> {
    /// The editor's key.
    pub key: &'a dyn SigningKey,
    /// The writer's clock.
    pub clock: &'a mut Clock,
    /// The source of salts.
    pub entropy: &'a mut dyn Entropy,
}

/// A batch of drafts: its writer, its signer, and its results so far.
///
/// Facts and confirmations may be under way to their signatures while the drafts after them are
/// resolved: no draft reads of the record what these change, but one that names them, which waits.
pub struct DraftBatch<'w, 'k, 's> {
    writer: &'w mut Writer,
    signer: &'w mut Signer<'k>,
    /// The public key of the signer.
    key: PublicKey,
    repeats: Repeats,
    /// What waits in the outbox of a copy of a server's record.
    pub waiting: WaitingPassages,
    output: Output,
    queue: SigningQueue<'s, 'k>,
    /// The drafts whose outcome is not accounted for yet, in order.
    under_way: VecDeque<DraftUnderWay<'w>>,
    refusals: Refusals,
    /// Whether there are more drafts than are shown one by one.
    is_long: bool,
}

/// A draft whose outcome is not accounted for yet.
struct DraftUnderWay<'w> {
    draft: &'w LoadedDraft,
    /// The position that it has or would have.
    position: u64,
    /// Why it has no event; `None` if it has one that is not verified yet.
    without_event: Option<DraftResult>,
}

/// The number of signatures from which on they are verified while the next events are signed: many
/// times eight, because the lanes verify up to eight at once, and few enough for one thread.
const CHECKED_TOGETHER: usize = 128;
/// Up to this many drafts the note of a confirmed fact is given, which is read for it.
const SHOWN_ONE_BY_ONE: usize = 20;
/// Of a longer input, the number of facts whose languages are compared with their words.
const LANGUAGES_CHECKED: u64 = 64;
/// The number of events after which the lock is renewed for those who wait for it.
const STEP: u64 = 1_024;

impl<'w, 'k, 's> DraftBatch<'w, 'k, 's> {
    /// An empty batch after the last event of the writer.
    pub fn new(
        scope: &'s Scope<'s, 'k>,
        writer: &'w mut Writer,
        signer: &'w mut Signer<'k>,
        repeats: Repeats,
        input: &LoadedInput,
    ) -> DraftBatch<'w, 'k, 's> {
        let mut output = Output::default();
        output.prepared.first = writer.size();
        output.prepared.unsigned = !signer.key.signs();
        let key = signer.key.public();
        let queue = SigningQueue::new(scope, signer.key, slot(writer, signer.clock.peek()));
        let (under_way, refusals) = (VecDeque::new(), Refusals::of(input));
        let waiting = WaitingPassages::default();
        let is_long = input.drafts.len() > SHOWN_ONE_BY_ONE;
        DraftBatch {
            writer,
            signer,
            key,
            repeats,
            waiting,
            output,
            queue,
            under_way,
            refusals,
            is_long,
        }
    }

    /// Resolves a draft and gives it to be signed; verifies what is signed. An error concerns
    /// files, not the draft.
    pub fn add(&mut self, draft: &'w LoadedDraft) -> Result<(), LedgerError> {
        if self.waits(&draft.draft) {
            self.verify_signed(Pace::Settled)?;
        }
        let without_event = match self.refusals.reach(&draft.draft) {
            true => Some(DraftResult::Repeats),
            false => match self.resolve(draft) {
                Err(Unresolvable::Failed(error)) => return Err(error),
                Err(Unresolvable::Refused(why)) => Some(refused(draft, why)),
                Ok(_) if !draft.unread.is_empty() => Some(DraftResult::Repeats),
                Ok(resolved) => return self.sign(draft, resolved),
            },
        };
        let position = self.position();
        self.under_way.push_back(DraftUnderWay { draft, position, without_event });
        Ok(())
    }

    /// The events, in order, if no draft is refused.
    pub fn into_prepared(mut self) -> Result<PreparedBatch, LedgerError> {
        self.verify_signed(Pace::Settled)?;
        self.account();
        self.refusals.end()?;
        Ok(self.output.prepared)
    }

    /// Position of the next event.
    fn position(&self) -> u64 {
        let events = self.under_way.iter().filter(|one| one.without_event.is_none());
        self.writer.size() + events.count() as u64
    }

    /// Whether a draft names an event that is not verified yet.
    fn waits(&self, draft: &Draft) -> bool {
        let verified = self.writer.size();
        draft.names().any(|name| match name {
            Name::Position(position) => *position >= verified,
            Name::Ref(_) => true,
        })
    }

    /// Resolves the references and quotations of a draft; an error has the reasons of a refusal.
    fn resolve(&mut self, draft: &LoadedDraft) -> Result<ResolvedDraft, Unresolvable> {
        // What else is wrong is reported beside a file that cannot be read.
        let (file, unread) = match draft.file.clone() {
            Ok(Some(file)) if file.bytes.is_empty() => {
                let why = "expected at least one byte, found an empty file";
                (Some(Vec::new()), Some(Unresolved::at("file", why)))
            }
            Ok(file) => (file.map(|file| file.bytes), None),
            Err(why) => (Some(Vec::new()), Some(why)),
        };
        let position = self.position();
        let (now, out) = (self.signer.clock.peek(), &mut self.output);
        let mut lookup = WriterLookup::new(self.writer, &out.prepared, &out.named, now);
        let resolved = Resolver::new(&mut lookup, &mut out.agents).resolve(&draft.draft, file);
        if let Some(unread) = unread {
            let others = resolved.err().unwrap_or_default().0;
            return Err(Reasons([vec![unread], others].concat()).into());
        }
        let resolved = resolved?;
        no_event(&resolved.args, lookup.size())?;
        no_change::check(&draft.draft, &resolved, &lookup)?;
        // A wrong language is that of the whole input.
        let languages = match self.is_long && out.asserted > LANGUAGES_CHECKED {
            true => LanguageCheck::Off,
            false => LanguageCheck::On,
        };
        // Many confirmations are not shown one by one.
        let is_one_of_many = resolved.args.kind() == Type::FactConfirmed && self.is_long;
        let mut notes = match is_one_of_many {
            true => Vec::new(),
            false => notes::of_event(&resolved, &mut lookup, languages),
        };
        notes.extend(suspect_documents(&self.writer.verifier.chain.state, &resolved.content));
        if let Content::FactAsserted(content) = &resolved.content {
            let (fact, claim) = (&content.fact, claim_of(&content.fact));
            self.writer.compare(fact, claim).map_err(Unresolvable::Failed)?;
            if self.repeats == Repeats::Refused && self.writer.passages.has(fact, claim) {
                // A refusal and a note say how the other fact stands now.
                self.verify_signed(Pace::Settled).map_err(Unresolvable::Failed)?;
            }
            let out = &mut self.output;
            let mut others = repeats::check(self.writer, fact, claim, self.repeats, out)?;
            if self.repeats == Repeats::Refused {
                others.extend(self.waiting.notes(fact, claim));
            }
            out.prepared.add_notes(position, NoteSubject::OtherFacts, others);
        }
        if let (Content::FactCorrected(content), Args::FactCorrected(args)) =
            (&resolved.content, &resolved.args)
            && self.repeats == Repeats::Refused
        {
            let (fact, claim) = (&content.fact, claim_of(&content.fact));
            self.writer.compare(fact, claim).map_err(Unresolvable::Failed)?;
            repeats::check_correction(self.writer, args.on, fact, claim)?;
        }
        if self.repeats == Repeats::Refused {
            let same = repeats::same_dispute(self.writer, &resolved, &self.key);
            if let Some(why) = same.map_err(Unresolvable::Failed)? {
                return Err(Unresolvable::Refused(why.into()));
            }
        }
        self.output.prepared.add_notes(position, NoteSubject::Wording, notes);
        self.output.prepared.keep_standing(&self.writer.verifier.chain.state, &resolved.args);
        Ok(resolved)
    }

    /// Gives a resolved draft to be signed, and verifies what was signed before it.
    fn sign(&mut self, draft: &'w LoadedDraft, resolved: ResolvedDraft) -> Result<(), LedgerError> {
        let pace = match resolved.args.kind() {
            Type::FactAsserted | Type::FactConfirmed => Pace::Ahead,
            _ => Pace::Settled,
        };
        let position = self.position();
        let (now, salt) = (self.signer.clock.now(), Hash(draw(self.signer.entropy)?));
        self.under_way.push_back(DraftUnderWay { draft, position, without_event: None });
        let body = WrittenBody::of(&resolved, &self.key, &salt);
        self.queue.put(UnsignedEvent { resolved, body, now })?;
        self.verify_signed(pace)
    }

    /// Verifies the signed events that are to be taken at this pace.
    fn verify_signed(&mut self, pace: Pace) -> Result<(), LedgerError> {
        while let Some(SignedEvent { resolved, entry }) = self.queue.take(pace)? {
            let prepared = &mut self.output.prepared;
            prepared.entries.push(entry);
            prepared.documents.extend(resolved.document.clone());
            prepared.resolved.push(resolved);
            let refusal = verify_last(self.writer, prepared)?;
            let result = refusal.map_or(DraftResult::Good, DraftResult::Illegal);
            self.account();
            if let Some(DraftUnderWay { draft, position, .. }) = self.under_way.pop_front() {
                let outcome = Outcome { position, result };
                self.refusals.account(draft, &outcome, &mut self.output.named);
            }
        }
        if pace == Pace::Settled {
            self.account();
        }
        if !self.output.prepared.unsigned && self.writer.unchecked_signatures() >= CHECKED_TOGETHER
        {
            self.writer.check_signatures()?;
        }
        Ok(())
    }

    /// Accounts for the drafts without an event before the next one with one.
    fn account(&mut self) {
        let is_without = |one: &mut DraftUnderWay<'_>| one.without_event.is_some();
        while let Some(one) = self.under_way.pop_front_if(is_without) {
            let DraftUnderWay { draft, position, without_event } = one;
            let result = without_event.unwrap_or(DraftResult::Repeats);
            let outcome = Outcome { position, result };
            self.refusals.account(draft, &outcome, &mut self.output.named);
        }
    }
}

/// Why a draft does not resolve.
enum Unresolvable {
    /// It is at fault.
    Refused(Reasons),
    /// The record could not be read.
    Failed(LedgerError),
}

impl From<Reasons> for Unresolvable {
    fn from(why: Reasons) -> Unresolvable {
        Unresolvable::Refused(why)
    }
}

impl From<Unresolved> for Unresolvable {
    fn from(why: Unresolved) -> Unresolvable {
        Unresolvable::Refused(why.into())
    }
}

impl From<String> for Unresolvable {
    fn from(why: String) -> Unresolvable {
        Unresolvable::Refused(why.into())
    }
}

/// Why a draft is refused beside the fields of it that could not be read; nothing that only follows
/// from these.
fn refused(draft: &LoadedDraft, Reasons(mut why): Reasons) -> DraftResult {
    let follows = |why: &Unresolved| {
        draft.unread.iter().any(|field| field == "type" || why.may_follow_from(field))
    };
    why.retain(|why| !follows(why));
    if why.is_empty() { DraftResult::Repeats } else { DraftResult::Refused(Reasons(why)) }
}

/// The next slot of a writer.
pub fn slot(writer: &Writer, now: Time) -> Slot {
    let chain = &writer.verifier.chain;
    Slot { position: chain.size(), head: chain.head, after: chain.at, now }
}

/// Verifies the last prepared event after those before it, whatever its source; returns the rules
/// that refuse it. Its signature is verified with those of the other events, by
/// [`Writer::check_signatures`].
pub fn verify_last(
    writer: &mut Writer,
    prepared: &PreparedBatch,
) -> Result<Option<BrokenRule>, LedgerError> {
    let faults = faults_of_last(writer, prepared)?;
    let state = &writer.verifier.chain.state;
    let args = prepared.resolved.last().map(|resolved| &resolved.args);
    let Some(rule) = faults.first().map(|fault| fault.rule) else { return Ok(None) };
    let faults = faults.iter().map(|fault| {
        let standing = args.and_then(|args| standing_advice(fault.rule, args, state));
        standing.map_or_else(|| with_advice(fault), |advice| advised(fault, &advice))
    });
    let faults: Vec<String> = faults.collect();
    Ok(Some(BrokenRule { rule, why: faults.join("; ") }))
}

/// Verifies the last prepared event, as [`verify_last`] does; returns its faults.
pub fn faults_of_last(
    writer: &mut Writer,
    prepared: &PreparedBatch,
) -> Result<Vec<Fault>, LedgerError> {
    let Some(entry) = prepared.entries.last() else { return Ok(Vec::new()) };
    let examined = examine(entry);
    if (prepared.entries.len() as u64).is_multiple_of(STEP) {
        writer.step();
    }
    let slice = writer.slice.as_ref();
    if let (Some(slice), Some(local)) = (slice, writer.home.local()) {
        slice.before(local.journal(), &mut writer.verifier, &examined)?;
    }
    let pending = Pending::new(&*writer.home, prepared, slice);
    let verified = VerifiedEvent::verify(&mut writer.verifier, examined, &pending)?;
    writer.uncommitted.push(verified);
    Ok(std::mem::take(&mut writer.verifier.faults))
}

/// The hints that documents which an event cites were captured by a key that was stolen or lost.
fn suspect_documents(state: &State, content: &Content) -> Vec<String> {
    let cited: BTreeSet<u64> = content.evidence().iter().map(|entry| entry.document).collect();
    let note = |position: u64| match (state.fold.document(position), state.undoing(position)) {
        (Some(document), _) => document.suspect.then(|| {
            format!("document {position} is suspect: the key that captured it was stolen or lost")
        }),
        (None, Some(by)) => {
            Some(format!("document {position} is suspect: its capture was set aside by {by}"))
        }
        (None, None) => None,
    };
    cited.into_iter().filter_map(note).collect()
}
