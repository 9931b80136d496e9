//! Repeats: a fact that is entered again although the record or the same input has it.
//!
//! Always holds: two facts are the same if they quote overlapping passages of one document, or the
//! same words of two documents that were made from one, and their claims are equal except for case,
//! Unicode normalisation, spaces, the kind of quotation marks, apostrophes and dashes, and the
//! point at the end. The same fact is refused unless the user allows it, and so are the words that
//! a fact had before it was corrected, and a correction that makes one of two facts. The same
//! passage with another claim, and other words with the same claim, give a note. Not here: the
//! meaning of a claim.

use crate::index::quoted;
use crate::ledger::error::LedgerError;
use crate::ledger::write::home::entry_of;
use crate::ledger::write::outbox::{act_of, same_act, short_name, waiting};
use crate::ledger::write::outcome::Output;
use crate::ledger::write::passages::{Elsewhere, MOST_NAMED, Passage, Passages, claim_of};
use crate::ledger::write::resolve::ResolvedDraft;
use crate::ledger::write::writer::Writer;
use annals_core::event::Entry;
use annals_core::event::args::Args;
use annals_core::event::body::{Body, Content, Fact};
use annals_core::event::record::Reading;
use annals_core::event::vocabulary::Reason;
use annals_core::hash::Hash;
use annals_core::key::PublicKey;
use annals_core::state::Status;
use std::fmt;

/// The treatment of a fact that is entered again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Repeats {
    /// It is refused, with the position of the fact that it repeats.
    Refused,
    /// It is entered again, on request.
    Allowed,
}

/// Refuses a fact that repeats one of the record or an earlier draft of this input; a note for each
/// other fact that quotes the same passage, or makes the same claim of another one. `claim` is the
/// digest of the fact's claim ([`claim_of`]).
pub fn check(
    writer: &Writer,
    fact: &Fact,
    claim: Hash,
    repeats: Repeats,
    out: &mut Output,
) -> Result<Vec<String>, String> {
    let number = out.asserted;
    out.asserted += 1;
    let mut notes = Vec::new();
    if repeats == Repeats::Refused {
        if out.passages.alike(fact, claim).any(|passage| passage.claim == claim) {
            return Err("the same passage and the same claim are in an earlier draft of this \
                        input; leave one out, or say --again"
                .to_owned());
        }
        let mut named = 0;
        let mut more = writer.passages.document_cut_off(fact);
        for passage in writer.passages.alike(fact, claim) {
            let Some((position, status)) = present(writer, passage.by) else {
                if passage.claim == claim {
                    check_corrected(writer, passage.by, fact, claim)?;
                }
                continue;
            };
            let retracted = status == Status::Retracted;
            match (passage.claim == claim, retracted) {
                (true, false) => {
                    return Err(format!(
                        "the same passage and the same claim are fact {position} already, \
                         {status}; another person confirms it with annals confirm {position}; \
                         --again enters it once more"
                    ));
                }
                (true, true) => notes.push(format!(
                    "the same passage and the same claim are fact {position}, which is retracted; \
                     annals reinstate may be what is meant"
                )),
                (false, false) if named < MOST_NAMED => {
                    named += 1;
                    notes.push(format!(
                        "{} quotes a passage that fact {position} quotes too, with another claim",
                        shown(&fact.claim)
                    ));
                }
                (false, false) => more = more.or(quoted(fact).next().map(|quoted| quoted.document)),
                (false, true) => {}
            }
        }
        notes.extend(more.map(|document| {
            format!(
                "more facts quote this passage than are named here: annals blame {document} lists \
                 them"
            )
        }));
        for (document, passage) in writer.passages.apart(fact, claim) {
            match present(writer, passage.by) {
                Some((position, status)) if status != Status::Retracted && named < MOST_NAMED => {
                    named += 1;
                    notes.push(format!(
                        "the same claim is fact {position} too, of another passage of document \
                         {document}"
                    ));
                }
                _ => {}
            }
        }
        notes.extend(check_elsewhere(writer, fact, claim, out)?);
    }
    out.passages.add(number, fact, claim);
    Ok(notes)
}

/// Refuses a fact whose passage and claim another fact had until it was corrected. A fact that has
/// them again is found by its present words, and one that is retracted hinders nothing.
fn check_corrected(writer: &Writer, by: u64, fact: &Fact, claim: Hash) -> Result<(), String> {
    let Some(was) = CorrectedWords::of(writer, by) else { return Ok(()) };
    let has_again = |passage: &Passage| passage.by == was.by && passage.claim == claim;
    if was.status == Status::Retracted
        || writer.passages.alike(fact, claim).any(|passage| has_again(&passage))
    {
        return Ok(());
    }
    Err(format!("the same passage and the same claim {was}; --again enters them once more"))
}

/// Refuses a correction that gives a fact the claim of another one of the same passage; not where
/// it has that claim already.
pub fn check_correction(
    writer: &Writer,
    revision: u64,
    fact: &Fact,
    claim: Hash,
) -> Result<(), String> {
    let own = present(writer, revision).map(|(position, _)| position);
    let alike = || writer.passages.alike(fact, claim).filter(|passage| passage.claim == claim);
    if alike().any(|passage| passage.by == revision) {
        return Ok(());
    }
    for passage in alike() {
        let Some((position, status)) = present(writer, passage.by) else { continue };
        let Some(own) = own.filter(|own| *own != position) else { continue };
        if status != Status::Retracted {
            return Err(format!(
                "the same passage and the same claim are fact {position} already, {status}; \
                 annals retract {own} --reason duplicate takes this one back; --again corrects it \
                 all the same"
            ));
        }
    }
    Ok(())
}

/// The fact whose present words an event gave, and its status; a corrected fact counts with its
/// present words alone.
fn present(writer: &Writer, revision: u64) -> Option<(u64, Status)> {
    let state = &writer.verifier.chain.state;
    let known = state.fold.fact_of_revision(revision)?;
    (known.revision == revision).then(|| (known.position, state.status(known)))
}

/// The words of a fact that a correction took away.
struct CorrectedWords {
    /// The position of the fact.
    position: u64,
    status: Status,
    /// The event that gave the fact its present words.
    by: u64,
    /// Why, and the present claim, where they can be read.
    present: Option<(Reason, String)>,
}

impl CorrectedWords {
    /// The words that the event `revision` gave; `None` unless a later event corrected them.
    fn of(writer: &Writer, revision: u64) -> Option<CorrectedWords> {
        let state = &writer.verifier.chain.state;
        let known = state.fold.fact_of_revision(revision)?;
        let by = known.revision;
        let entry = entry_of(&*writer.home, by).ok().flatten();
        let present = entry.as_ref().and_then(act_of).and_then(|(statement, content)| {
            match (&statement.args, content) {
                (Args::FactCorrected(args), Content::FactCorrected(content)) => {
                    Some((args.reason, content.fact.claim.to_string()))
                }
                _ => None,
            }
        });
        let (position, status) = (known.position, state.status(known));
        (by > revision).then_some(CorrectedWords { position, status, by, present })
    }
}

impl fmt::Display for CorrectedWords {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let CorrectedWords { position, status, by, present } = self;
        let (why, claim) = match present {
            Some((reason, claim)) => (format!(" ({reason})"), format!(": {}", shown(claim))),
            None => (String::new(), String::new()),
        };
        write!(
            f,
            "were those of fact {position} until event {by} corrected them{why}; it has other \
             words now, {status}{claim}"
        )
    }
}

/// Refuses a fact whose words and claim are those of a fact of another text of the same page; a
/// note where they are of another page.
fn check_elsewhere(
    writer: &Writer,
    fact: &Fact,
    claim: Hash,
    out: &Output,
) -> Result<Vec<String>, String> {
    let of_one = |one: &Elsewhere| is_of_one(writer, one);
    if let Some(one) = out.passages.elsewhere(fact, claim).find(of_one) {
        return Err(format!(
            "the same words and the same claim are in an earlier draft of this input, of document \
             {}, another text of the same page; leave one out, or say --again",
            one.other
        ));
    }
    let state = &writer.verifier.chain.state;
    let mut notes = Vec::new();
    for one in writer.passages.elsewhere(fact, claim) {
        let Some(known) = state.fold.fact_of_revision(one.by) else { continue };
        if known.revision != one.by {
            let was = CorrectedWords::of(writer, one.by).filter(|_| notes.len() < MOST_NAMED);
            notes.extend(was.map(|was| {
                let other = one.other;
                format!("the same words of document {other} and the same claim {was}")
            }));
            continue;
        }
        let (position, other, status) = (known.position, one.other, state.status(known));
        let is_of_one = of_one(&one);
        match status {
            Status::Retracted => {}
            status if is_of_one => {
                return Err(format!(
                    "the same words and the same claim are fact {position} already, {status}, of \
                     document {other}, another text of the same page; another person confirms it \
                     with annals confirm {position}; --again enters it once more"
                ));
            }
            _ if notes.len() < MOST_NAMED => notes.push(format!(
                "the same words and the same claim are fact {position} too, of document {other}"
            )),
            _ => {}
        }
    }
    Ok(notes)
}

/// Whether two documents were made from one, such as two texts of a page.
fn is_of_one(writer: &Writer, one: &Elsewhere) -> bool {
    let library = &writer.verifier.contents.library;
    let (root, known) = library.derivation_root(one.document);
    known && library.derivation_root(one.other) == (root, true)
}

/// The passages of the facts that wait in the outbox of a copy of a server's record.
#[derive(Default)]
pub struct WaitingPassages {
    /// The names of what waits.
    names: Vec<String>,
    passages: Passages,
}

impl WaitingPassages {
    /// What waits in the outbox, but for the submission `own` and what the record has by now. A
    /// writer that keeps the record itself has nothing that waits.
    pub fn of(writer: &Writer, own: &str) -> Result<WaitingPassages, LedgerError> {
        let mut found = WaitingPassages::default();
        if writer.server.is_none() {
            return Ok(found);
        }
        let origin = writer.verifier.chain.state.fold.ledger.as_ref().map(|it| &*it.origin);
        let mut files = waiting(&writer.paths)?;
        files.retain_of(origin.unwrap_or_default());
        for kept in files.waiting.iter().filter(|kept| kept.name() != own) {
            for entry in &kept.entries {
                let Some((_, Content::FactAsserted(content))) = act_of(entry) else { continue };
                if same_act(entry, &*writer.home)?.is_none() {
                    let number = found.names.len() as u64;
                    found.names.push(kept.name());
                    found.passages.add(number, &content.fact, claim_of(&content.fact));
                }
            }
        }
        Ok(found)
    }

    /// A note for each fact that waits and quotes the same passage.
    pub fn notes(&self, fact: &Fact, claim: Hash) -> Vec<String> {
        let alike = self.passages.alike(fact, claim).map(|passage| {
            let with = match passage.claim == claim {
                true => "a passage that a fact in the outbox quotes too, with the same claim",
                false => "a passage that a fact in the outbox quotes too, with another claim",
            };
            (passage.by, with)
        });
        let elsewhere = self.passages.elsewhere(fact, claim);
        let elsewhere = elsewhere.map(|one| {
            (one.by, "words that a fact in the outbox quotes of another text, with the same claim")
        });
        let note = |(by, what): (u64, &str)| {
            let name = short_name(self.names.get(usize::try_from(by).ok()?)?);
            Some(format!(
                "{} quotes {what}; it is signed and waits: annals outbox drop {name} gives it up",
                shown(&fact.claim)
            ))
        };
        alike.chain(elsewhere).take(MOST_NAMED).filter_map(note).collect()
    }
}

/// How many of a key's open disputes of a fact are compared with a new one, the newest first.
const COMPARED: usize = 64;

/// The reason if a draft repeats an open dispute: one by the same key of the same fact, with the
/// same words. `None` if it repeats none, or is no dispute.
pub fn same_dispute(
    writer: &Writer,
    resolved: &ResolvedDraft,
    key: &PublicKey,
) -> Result<Option<String>, LedgerError> {
    let Args::FactDisputed(args) = &resolved.args else { return Ok(None) };
    let state = &writer.verifier.chain.state;
    let Some(fact) = state.fold.fact_of_revision(args.on) else { return Ok(None) };
    let may_be_theirs = |position: u64| {
        let act = state.history.act(position);
        act.is_none_or(|act| state.history.key(act.by) == Some(*key))
    };
    let theirs = fact.disputes().iter().rev().filter(|open| may_be_theirs(open.position));
    for dispute in theirs.take(COMPARED) {
        let Some(entry) = entry_of(&*writer.home, dispute.position)? else { continue };
        let Some((statement, content)) = act_of(&entry) else { continue };
        if (&statement.by, &statement.args, &content) == (key, &resolved.args, &resolved.content) {
            return Ok(Some(format!(
                "the same dispute of fact {} is event {} already, and open; --again writes it \
                 once more",
                fact.position, dispute.position
            )));
        }
    }
    Ok(None)
}

/// Why a signed fact is one that another submission brought to the record after its signer last saw
/// it; `None` if it is not, or is no fact. What stood when it was signed was entered again on
/// request.
pub fn written_since(writer: &mut Writer, entry: &Entry) -> Result<Option<String>, LedgerError> {
    let base = Reading::of(&entry.record).statement.map(|statement| statement.base);
    let body = entry.body.as_deref().and_then(|body| Body::parse(body).ok());
    let (Some(base), Some(Content::FactAsserted(content))) = (base, body.map(|body| body.content))
    else {
        return Ok(None);
    };
    let (fact, claim) = (&content.fact, claim_of(&content.fact));
    writer.compare(fact, claim)?;
    let state = &writer.verifier.chain.state;
    let mut later = writer
        .passages
        .alike(fact, claim)
        .filter(|passage| passage.claim == claim && passage.by >= base);
    let found = later.find_map(|passage| {
        let known = state.fold.fact_of_revision(passage.by)?;
        let status = state.status(known);
        let stands = known.revision == passage.by && status != Status::Retracted;
        stands.then_some((known.position, status))
    });
    Ok(found.map(|(position, status)| {
        format!(
            "the same passage and the same claim are fact {position} since, {status}; another \
             person confirms it with annals confirm {position}"
        )
    }))
}

/// A claim in quotation marks, truncated if it is long.
fn shown(claim: &str) -> String {
    const MOST: usize = 60;
    let mut start: String = claim.chars().take(MOST).collect();
    if start.len() < claim.len() {
        start.push('…');
    }
    format!("“{start}”")
}
