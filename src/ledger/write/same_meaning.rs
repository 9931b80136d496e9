//! Drafts that say what other drafts or the record say, in whatever form they were typed.
//!
//! Always holds: drafts are compared by what they resolve to: the document's own words, and the
//! fact that is acted on. Nothing is judged, signed or written. Not here: refusals of repeats
//! (`repeats`), submissions of the same drafts (`outbox`).

use crate::ledger::error::LedgerError;
use crate::ledger::write::draft_input::LoadedInput;
use crate::ledger::write::home::entry_of;
use crate::ledger::write::outbox::act_of;
use crate::ledger::write::outcome::Refs;
use crate::ledger::write::passages::claim_of;
use crate::ledger::write::pending::WriterLookup;
use crate::ledger::write::prepared_batch::PreparedBatch;
use crate::ledger::write::resolve::{Agents, Resolver};
use crate::ledger::write::slice::Needs;
use crate::ledger::write::writer::Writer;
use annals_core::event::args::Args;
use annals_core::event::body::Content;
use annals_core::fold::operation::Operation;
use annals_core::key::PublicKey;
use annals_core::state::State;
use annals_core::time::Time;

/// Arguments and content of a draft; an act on a fact names the fact, not one of its revisions.
#[derive(PartialEq)]
struct Meaning {
    args: Args,
    content: Content,
}

/// Whether each of some drafts is among others that were written. Drafts that cannot be resolved
/// are among none.
pub fn are_among(
    writer: &mut Writer,
    drafts: &LoadedInput,
    written: &LoadedInput,
    now: Time,
) -> Result<bool, LedgerError> {
    let Some(drafts) = meanings(writer, drafts, now)? else { return Ok(false) };
    let Some(written) = meanings(writer, written, now)? else { return Ok(false) };
    Ok(drafts.iter().all(|draft| written.contains(draft)))
}

/// Whether the record has each of these facts, confirmations and disputes already, the acts by the
/// person who has this key.
pub fn are_recorded(
    writer: &mut Writer,
    drafts: &LoadedInput,
    key: &PublicKey,
    now: Time,
) -> Result<bool, LedgerError> {
    let Some(drafts) = meanings(writer, drafts, now)? else { return Ok(false) };
    for draft in &drafts {
        let is_recorded = match &draft.content {
            Content::FactAsserted(_) => has_fact(writer, &draft.content)?,
            Content::FactConfirmed(_) | Content::FactDisputed(_) => has_act(writer, draft, key)?,
            _ => false,
        };
        if !is_recorded {
            return Ok(false);
        }
    }
    Ok(!drafts.is_empty())
}

fn has_fact(writer: &mut Writer, content: &Content) -> Result<bool, LedgerError> {
    let Content::FactAsserted(asserted) = content else { return Ok(false) };
    let (fact, claim) = (&asserted.fact, claim_of(&asserted.fact));
    writer.compare(fact, claim)?;
    let alike = writer.passages.alike(fact, claim).filter(|passage| passage.claim == claim);
    for passage in alike {
        let entry = entry_of(&*writer.home, passage.by)?;
        if entry.as_ref().and_then(act_of).is_some_and(|(_, recorded)| recorded == *content) {
            return Ok(true);
        }
    }
    Ok(false)
}

fn has_act(writer: &mut Writer, draft: &Meaning, key: &PublicKey) -> Result<bool, LedgerError> {
    let Meaning { args, content } = draft;
    writer.need_all()?;
    let state = &writer.verifier.chain.state;
    let Some(member) = state.fold.roster.member(key) else { return Ok(false) };
    for act in state.history.acts().iter().rev() {
        let (Operation::Confirmed { on } | Operation::Disputed { on }) = act.operation else {
            continue;
        };
        let is_on_fact = fact_of(state, on) == args_on(args);
        let is_theirs = state.history.person(act.by) == Some(&member.person);
        if !is_on_fact || !is_theirs || state.undone_by(act.position).is_some() {
            continue;
        }
        let Some((statement, recorded)) =
            entry_of(&*writer.home, act.position)?.as_ref().and_then(act_of)
        else {
            continue;
        };
        // However it was confirmed, a person confirms the words of a fact once.
        let is_same =
            matches!(content, Content::FactConfirmed(_)) || on_fact(state, statement.args) == *args;
        if is_same && recorded == *content {
            return Ok(true);
        }
    }
    Ok(false)
}

/// What drafts resolve to over the record as it is; `None` if one of them does not.
fn meanings(
    writer: &mut Writer,
    drafts: &LoadedInput,
    now: Time,
) -> Result<Option<Vec<Meaning>>, LedgerError> {
    if !drafts.unread.is_empty() {
        return Ok(None);
    }
    writer.need(&Needs::of(drafts))?;
    let prepared = PreparedBatch { first: writer.size(), ..PreparedBatch::default() };
    let (named, mut agents) = (Refs::default(), Agents::default());
    let mut meanings = Vec::new();
    for draft in &drafts.drafts {
        let Ok(file) = &draft.file else { return Ok(None) };
        let file = file.as_ref().map(|file| file.bytes.clone());
        let mut lookup = WriterLookup::new(writer, &prepared, &named, now);
        let resolved = Resolver::new(&mut lookup, &mut agents).resolve(&draft.draft, file);
        let Ok(resolved) = resolved else { return Ok(None) };
        let args = on_fact(&writer.verifier.chain.state, resolved.args);
        meanings.push(Meaning { args, content: resolved.content });
    }
    Ok(Some(meanings))
}

/// The arguments with the fact in place of its revision.
fn on_fact(state: &State, mut args: Args) -> Args {
    let on = match &mut args {
        Args::FactConfirmed(args) => &mut args.on,
        Args::FactDisputed(args) => &mut args.on,
        Args::FactCorrected(args) => &mut args.on,
        Args::FactRetracted(args) => &mut args.on,
        _ => return args,
    };
    *on = fact_of(state, *on).unwrap_or(*on);
    args
}

/// The fact that an act is on, by its arguments.
fn args_on(args: &Args) -> Option<u64> {
    match args {
        Args::FactConfirmed(args) => Some(args.on),
        Args::FactDisputed(args) => Some(args.on),
        _ => None,
    }
}

fn fact_of(state: &State, revision: u64) -> Option<u64> {
    Some(state.fold.fact_of_revision(revision)?.position)
}
