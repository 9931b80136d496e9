//! A batch: drafts on their way to be events, one after the other.
//!
//! Always holds: every event passes the verifier before a byte is written. Not here: refusals
//! (`outcome`), committing (`append`).

use crate::clock::Clock;
use crate::entropy::Entropy;
use crate::ledger::error::LedgerError;
use crate::ledger::write::hints::told;
use crate::ledger::write::loaded::LoadedDraft;
use crate::ledger::write::outcome::DraftResult;
use crate::ledger::write::outcome::Output;
use crate::ledger::write::pending::Pending;
use crate::ledger::write::pending::WriterLookup;
use crate::ledger::write::prepared::Prepared;
use crate::ledger::write::repeats;
use crate::ledger::write::repeats::Repeats;
use crate::ledger::write::resolve::Resolved;
use crate::ledger::write::resolve::Resolver;
use crate::ledger::write::resolve::fields::Reasons;
use crate::ledger::write::sign::Slot;
use crate::ledger::write::unquoted;
use crate::ledger::write::writer::Writer;
use annals_core::event::Entry;
use annals_core::key::SigningKey;
use annals_core::key::ThreadKeys;
use annals_core::time::Time;
use annals_core::verify::Follower;
use annals_core::verify::content::CheckDepth;
use annals_core::verify::examine::Examined;
use annals_core::verify::examine::examine;
use annals_core::verify::examine::examine_whole;

/// Who signs, when, and with what randomness.
pub struct Signer<'a> {
    /// The editor's key.
    pub key: &'a dyn SigningKey,
    /// The writer's clock.
    pub clock: &'a mut Clock,
    /// Where salts come from.
    pub entropy: &'a mut dyn Entropy,
}

/// Who signs, and who is told how many drafts are done.
pub struct DraftBatch<'a, 'b, 'c> {
    /// Who signs.
    pub signer: &'a mut Signer<'b>,
    /// Told after each draft, or after many.
    pub done: &'c mut dyn FnMut(u64),
    /// What becomes of facts that are entered once more.
    pub repeats: Repeats,
}

/// After how many events those who wait for the lock are told that the work goes on.
pub const STEP: u64 = 1_024;

/// A draft with its file, settled.
pub fn settle(
    writer: &mut Writer,
    loaded: &LoadedDraft,
    around: &mut DraftBatch<'_, '_, '_>,
    out: &mut Output,
) -> Result<Resolved, Reasons> {
    let file = loaded.file.clone()?.map(|file| file.bytes);
    let now = around.signer.clock.peek();
    let mut desk = WriterLookup::new(writer, &out.prepared, &out.named, now);
    let settled = Resolver::new(&mut desk, &mut out.agents).settle(&loaded.draft, file)?;
    let notes = unquoted::notes(&settled.content, &mut desk);
    repeats::check(writer, &settled, around.repeats, out)?;
    out.prepared.notes.extend(notes);
    Ok(settled)
}

/// A signed draft on its way to the judge.
pub struct SignedDraft {
    /// What it says.
    pub settled: Resolved,
    /// Its bytes.
    pub entry: Entry,
    /// The entry, its signature checked.
    pub examined: Option<Examined>,
}

/// Adds a signed event to the prepared ones and lets the judge take it.
pub fn take(
    writer: &mut Writer,
    signed: SignedDraft,
    prepared: &mut Prepared,
) -> Result<DraftResult, LedgerError> {
    let SignedDraft { settled, entry, examined } = signed;
    prepared.entries.push(entry);
    prepared.documents.extend(settled.document.clone());
    prepared.settled.push(settled);
    let refused = |why: String| DraftResult::Refused(why.into());
    Ok(judge(writer, prepared, examined)?.map_or(DraftResult::Good, refused))
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
pub fn examine_one(writer: &Writer, entry: &Entry, unsigned: bool) -> Option<Examined> {
    if unsigned {
        return Some(examine(entry));
    }
    examine_whole(std::slice::from_ref(entry), &mut ThreadKeys::new(&writer.keyring)).pop()
}

/// Lets the judge take the last prepared event, which was examined whole.
pub fn judge(
    writer: &mut Writer,
    prepared: &Prepared,
    examined: Option<Examined>,
) -> Result<Option<String>, LedgerError> {
    let Some(examined) = examined else { return Ok(None) };
    if (prepared.entries.len() as u64).is_multiple_of(STEP) {
        writer.step();
    }
    let pending = Pending::new(&writer.journal, &writer.recent, prepared);
    let judged = writer.judge.event(&examined, &pending, CheckDepth::All)?;
    writer.index.event(&writer.judge.chain.state, &examined, &judged);
    let faults = std::mem::take(&mut writer.judge.faults);
    let told: Vec<String> = faults.iter().map(told).collect();
    Ok(Some(told.join("; ")).filter(|why| !why.is_empty()))
}
