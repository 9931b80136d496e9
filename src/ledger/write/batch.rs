//! A batch: turns drafts into signed events, in order.
//!
//! Always holds: every event passes the verifier before a byte is written. Not here: refusals
//! (`outcome`), committing (`append`).

use crate::clock::Clock;
use crate::entropy::Entropy;
use crate::ledger::error::LedgerError;
use crate::ledger::write::hints::with_advice;
use crate::ledger::write::loaded::LoadedDraft;
use crate::ledger::write::outcome::{DraftResult, Outcome, Output};
use crate::ledger::write::pending::{Pending, WriterLookup};
use crate::ledger::write::prepared::Prepared;
use crate::ledger::write::repeats::{self, Repeats};
use crate::ledger::write::resolve::fields::{Reasons, Unresolved};
use crate::ledger::write::resolve::{Resolved, Resolver};
use crate::ledger::write::sign::{Slot, seal};
use crate::ledger::write::unquoted;
use crate::ledger::write::writer::{VerifiedEvent, Writer};
use annals_core::event::body::Content;
use annals_core::key::SigningKey;
use annals_core::rule::Fault;
use annals_core::time::Time;
use annals_core::verify::examine::examine;

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
pub struct DraftBatch<'a, 'b> {
    writer: &'a mut Writer,
    signer: &'a mut Signer<'b>,
    repeats: Repeats,
    output: Output,
}

/// The number of events after which the lock is renewed for those who wait for it.
const STEP: u64 = 1_024;

impl<'a, 'b> DraftBatch<'a, 'b> {
    /// An empty batch after the last event of the writer.
    pub fn new(
        writer: &'a mut Writer,
        signer: &'a mut Signer<'b>,
        repeats: Repeats,
    ) -> DraftBatch<'a, 'b> {
        let mut output = Output::default();
        output.prepared.first = writer.size();
        output.prepared.unsigned = !signer.key.signs();
        DraftBatch { writer, signer, repeats, output }
    }

    /// The results so far.
    pub fn output(&mut self) -> &mut Output {
        &mut self.output
    }

    /// Position of the next event.
    pub fn position(&self) -> u64 {
        self.writer.size()
    }

    /// Resolves, signs and verifies a draft. An error concerns files, not the draft.
    pub fn add(&mut self, draft: &LoadedDraft) -> Result<Outcome, LedgerError> {
        let position = self.position();
        let result = match self.resolve(draft) {
            Err(Unresolvable::Failed(error)) => return Err(error),
            Err(Unresolvable::Refused(why)) => refused(draft, why),
            Ok(_) if !draft.unread.is_empty() => DraftResult::Repeats,
            Ok(resolved) => self.sign(resolved)?,
        };
        Ok(Outcome { position, result })
    }

    /// The events, in order.
    pub fn into_prepared(self) -> Prepared {
        self.output.prepared
    }

    /// Resolves the references and quotations of a draft; an error has the reasons of a refusal.
    fn resolve(&mut self, draft: &LoadedDraft) -> Result<Resolved, Unresolvable> {
        let file = draft.file.clone()?.map(|file| file.bytes);
        let (now, out) = (self.signer.clock.peek(), &mut self.output);
        let mut lookup = WriterLookup::new(self.writer, &out.prepared, &out.named, now);
        let resolved = Resolver::new(&mut lookup, &mut out.agents).resolve(&draft.draft, file)?;
        let notes = unquoted::notes(&resolved.content, &mut lookup);
        if let Content::FactAsserted(content) = &resolved.content {
            self.writer.compare(&content.fact).map_err(Unresolvable::Failed)?;
        }
        repeats::check(self.writer, &resolved, self.repeats, out)?;
        out.prepared.notes.extend(notes);
        Ok(resolved)
    }

    /// Signs a resolved draft for the next slot and verifies the event.
    fn sign(&mut self, resolved: Resolved) -> Result<DraftResult, LedgerError> {
        let (signer, prepared) = (&mut *self.signer, &mut self.output.prepared);
        let slot = slot(self.writer, signer.clock.now());
        prepared.entries.push(seal(&resolved, &slot, signer.key, signer.entropy)?);
        prepared.documents.extend(resolved.document.clone());
        prepared.resolved.push(resolved);
        let refusal = verify_last(self.writer, prepared)?;
        Ok(refusal.map_or(DraftResult::Good, |why| DraftResult::Refused(why.into())))
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

/// Why a draft is refused beside the fields of it that could not be read; nothing that only follows
/// from these.
fn refused(draft: &LoadedDraft, Reasons(mut why): Reasons) -> DraftResult {
    let follows =
        |why: &String| draft.unread.iter().any(|field| field == "type" || names_field(why, field));
    why.retain(|why| !follows(why));
    if why.is_empty() { DraftResult::Repeats } else { DraftResult::Refused(Reasons(why)) }
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

/// The next slot of a writer.
pub fn slot(writer: &Writer, now: Time) -> Slot {
    let chain = &writer.verifier.chain;
    Slot { position: chain.size(), head: chain.head, after: chain.at, now }
}

/// Verifies the last prepared event after those before it, whatever its source; returns its faults
/// as the reason for a refusal. Its signature is verified with those of the other events, by
/// [`Writer::check_signatures`].
pub fn verify_last(
    writer: &mut Writer,
    prepared: &Prepared,
) -> Result<Option<String>, LedgerError> {
    let faults = faults_of_last(writer, prepared)?;
    let faults: Vec<String> = faults.iter().map(with_advice).collect();
    Ok(Some(faults.join("; ")).filter(|why| !why.is_empty()))
}

/// The same; returns the faults.
pub fn faults_of_last(writer: &mut Writer, prepared: &Prepared) -> Result<Vec<Fault>, LedgerError> {
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
