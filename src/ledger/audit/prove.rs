//! Proofs: one file that shows that a fact, its acts and their signers are in the signed record.
//!
//! Always holds: bodies that are sealed or redacted now are left out, also as of an earlier point;
//! a proof is verified before it is returned; the journal is read three times, and only what the
//! proof needs is kept in memory. Not here: the file's form and its verification (`verify::proof`).
//! Source: FORMAT.md section 12.

use crate::index::IndexError;
use crate::ledger::error::LedgerError;
use crate::ledger::query::point::no_position;
use crate::ledger::query::{View, subjects_of, suspect_revocations};
use crate::ledger::reader::Record;
use crate::ledger::reader::source::EventSource;
use annals_core::event::Entry;
use annals_core::event::args::Seal;
use annals_core::event::record::{self, Reading};
use annals_core::event::vocabulary::Type;
use annals_core::fold::history::Act;
use annals_core::fold::operation::{EntryKind, Operation};
use annals_core::hash::Hash;
use annals_core::legal::context::Proposal;
use annals_core::merkle::{NodeCollector, Plan, Subtree};
use annals_core::rule::Rule;
use annals_core::state::State;
use annals_core::tlog::proof::TlogProof;
use annals_core::tlog::{Checkpoint, Note};
use annals_core::verify::proof::{LeftOut, Proof, ProofContext, ProofEvent, form, verify_proof};
use annals_core::verify::source::Source;
use std::collections::{BTreeMap, BTreeSet};

/// A record and the checkpoint that signs it.
struct SignedRecord {
    note: Note,
    checkpoint: Checkpoint,
}

/// Which documents a proof contains.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProofDocuments {
    /// None: a reader who checks the quotations has the documents from elsewhere.
    LeftOut,
    /// Those that the evidence of the fact cites.
    Included,
}

/// Makes the proof of a fact.
///
/// # Errors
/// There is no fact of that name; no checkpoint covers it; the proof of the record does not hold.
pub fn prove(record: &Record, fact: u64, documents: ProofDocuments) -> Result<Proof, LedgerError> {
    let size = signed(record)?.checkpoint.size;
    if record.index().is_ok() {
        // The redaction of an editor's words is about no fact, and a proof has it too.
        let view = View::with_redactions(record, size, &subjects_of(fact))?;
        // What the index cannot give, and every refusal, is of the whole record, if it may be read.
        if !view.is_folded() {
            let proof = prove_in(record, &view, fact, documents);
            if proof.is_ok() || record.is_bounded() {
                return proof;
            }
        }
    }
    prove_in(record, &View::open(record, size)?, fact, documents)
}

/// The proof of a fact by a view as of the checkpoint that has the fact and its acts.
fn prove_in(
    record: &Record,
    view: &View<'_>,
    fact: u64,
    documents: ProofDocuments,
) -> Result<Proof, LedgerError> {
    let signed = signed(record)?;
    is_fact(record, view, fact)?;
    let mut chosen = acts_on(view, fact);
    let mut named = BTreeSet::new();
    let positions: Vec<u64> = chosen.iter().copied().collect();
    view.at(&positions, &mut |event| {
        if let Ok(content) = view.content(event) {
            named.extend(content.evidence().iter().map(|evidence| evidence.document));
        }
    })?;
    let fallen = fallen_ends(view, fact, &chosen);
    chosen.extend(&fallen);
    surround(view, &named, &mut chosen);
    while let Some(admin) = missing_admin(view, &chosen) {
        chosen.insert(admin);
        surround(view, &named, &mut chosen);
    }
    if chosen.len() > form::MAX_EVENTS {
        return Err(LedgerError::ProofTooLarge(format!(
            "a proof has at most {} events, this one would have {}",
            form::MAX_EVENTS,
            chosen.len()
        )));
    }
    let mut events = shown(view, &signed.checkpoint, &chosen)?;
    for event in events.iter_mut().filter(|event| fallen.contains(&event.position)) {
        event.entry.body = None;
    }
    let SignedRecord { note, checkpoint } = signed;
    let documents = match documents {
        ProofDocuments::Included => captured(record, view, &events)?,
        ProofDocuments::LeftOut => BTreeMap::new(),
    };
    let mut proof = Proof { left_out: Vec::new(), fact, events, documents, note, checkpoint };
    proof.left_out = proof.missing_parts();
    checked(proof)
}

/// The C2SP text for one event of a proof.
pub fn c2sp(proof: &Proof, position: u64) -> Option<TlogProof> {
    let shown = proof.event(position)?;
    Some(TlogProof {
        extra: Some(shown.entry.record.clone()),
        index: position,
        path: shown.path.clone(),
        checkpoint: proof.note.clone(),
    })
}

/// Verifies a proof; an error carries the faults of the record.
fn checked(proof: Proof) -> Result<Proof, LedgerError> {
    let text = proof.write();
    if text.len() > form::MAX_PROOF {
        return Err(LedgerError::ProofTooLarge(format!(
            "a proof has at most {} bytes, this one would have {}; leave the documents out",
            form::MAX_PROOF,
            text.len()
        )));
    }
    let judged = verify_proof(text.as_bytes(), &ProofContext::default());
    match judged.faults.is_empty() {
        true => Ok(proof),
        false => Err(LedgerError::Faulty(judged.faults)),
    }
}

fn signed(record: &Record) -> Result<SignedRecord, LedgerError> {
    record.expect_events()?;
    let note = record.checkpoint.as_deref().and_then(Note::parse);
    let checkpoint = note.as_ref().and_then(|note| Checkpoint::parse(&note.text));
    let (Some(note), Some(checkpoint)) = (note, checkpoint) else {
        return Err(LedgerError::Untrusted(format!(
            "no checkpoint in form at {}: nothing says that the record was signed; the next \
             writer signs it",
            record.paths.checkpoint().display()
        )));
    };
    match checkpoint.size <= record.size() {
        true => Ok(SignedRecord { note, checkpoint }),
        false => Err(LedgerError::NotFound(format!(
            "the checkpoint covers {} events, the record has {}: events are missing here; \
             annals verify lists all faults",
            checkpoint.size,
            record.size()
        ))),
    }
}

/// Checks that `fact` is a fact among the signed events.
fn is_fact(record: &Record, view: &View<'_>, fact: u64) -> Result<(), LedgerError> {
    let (signed, size) = (view.as_of().size, record.size());
    if fact >= size {
        return Err(no_position(fact, record));
    }
    if fact >= signed {
        return Err(LedgerError::Untrusted(format!(
            "event {fact} is not yet signed: the checkpoint covers the first {signed} events; \
             the next writer signs the rest"
        )));
    }
    let kind = view.state().history.act(fact).map(|act| act.operation.kind());
    if kind == Some(Type::FactAsserted) {
        return Ok(());
    }
    let fold = &view.state().fold;
    let of =
        fold.fact_of_revision(fact).map(|fact| format!(", a revision of fact {}", fact.position));
    let found = kind.map_or("an event that was not applied".to_owned(), |kind| kind.to_string());
    Err(LedgerError::NotFound(format!(
        "expected the position of a fact, found {found}{} at {fact}",
        of.unwrap_or_default()
    )))
}

/// The fact, and every applied event that acts on it.
fn acts_on(view: &View<'_>, fact: u64) -> BTreeSet<u64> {
    let mut own = BTreeSet::from([fact]);
    for act in view.state().history.acts() {
        let on = match &act.operation {
            Operation::Upheld { dispute } => Some(*dispute),
            Operation::Reinstated { retraction } => Some(*retraction),
            Operation::Withdrawn { relation } => Some(*relation),
            Operation::Related(triple) => {
                let of_it = [triple.from, triple.to].contains(&fact);
                of_it.then_some(fact)
            }
            operation => operation.on(),
        };
        if on.is_some_and(|on| own.contains(&on)) {
            own.insert(act.position);
        }
    }
    own
}

/// The facts at the other ends of chosen relations that do not stand: without their assertions a
/// reader would take such a relation as standing. Their words are no part of the proof.
fn fallen_ends(view: &View<'_>, fact: u64, chosen: &BTreeSet<u64>) -> BTreeSet<u64> {
    let State { history, fold, .. } = view.state();
    let acts = history.acts().iter().filter(|act| chosen.contains(&act.position));
    let ends = acts.flat_map(|act| match &act.operation {
        Operation::Related(triple) => vec![triple.from, triple.to],
        _ => Vec::new(),
    });
    ends.filter(|end| *end != fact && fold.fact(*end).is_none()).collect()
}

/// Adds the events that the chosen events need: documents, releases and redactions, the opening,
/// changes of the number of confirmations, log keys, and every event that names a key that signed
/// one of them, until none is missing.
fn surround(view: &View<'_>, documents: &BTreeSet<u64>, chosen: &mut BTreeSet<u64>) {
    let history = &view.state().history;
    let stands = |act: &Act| view.undone_by(act.position).is_none();
    loop {
        let signed = |act: &&Act| chosen.contains(&act.position);
        let keys: BTreeSet<_> =
            history.acts().iter().filter(signed).filter_map(|act| history.key(act.by)).collect();
        let needed = |act: &&Act| match &act.operation {
            Operation::Opened(_) => true,
            Operation::Rekeyed(_) | Operation::Changed { .. } => stands(act),
            Operation::Captured => documents.contains(&act.position),
            Operation::Sealed(entry) => {
                entry.kind == EntryKind::Document && documents.contains(&act.position)
            }
            Operation::Described { document } => documents.contains(document),
            Operation::Released { event } | Operation::Redacted { event } => chosen.contains(event),
            Operation::Enrolled(enrolled) => keys.contains(&enrolled.key),
            Operation::RolesChanged(change) => keys.contains(&change.key),
            Operation::Revoked(revoked) => keys.contains(&revoked.key),
            _ => false,
        };
        let more: Vec<u64> = history.acts().iter().filter(needed).map(|act| act.position).collect();
        let before = chosen.len();
        chosen.extend(more);
        if chosen.len() == before {
            return;
        }
    }
}

/// The enrolment of an admin without whom a chosen suspect revocation would not count: the status
/// of a proof is that of its own events, where a revocation that leaves no admin breaks rule 408.
fn missing_admin(view: &View<'_>, chosen: &BTreeSet<u64>) -> Option<u64> {
    let history = &view.state().history;
    if !suspect_revocations(view.state()).iter().any(|at| chosen.contains(at)) {
        return None;
    }
    let (mut whole, mut proof) = (State::default(), State::default());
    for act in history.acts() {
        let (position, at, operation) = (act.position, None, &act.operation);
        let Some(by) = history.key(act.by) else { continue };
        whole.apply(position, by, operation.clone());
        if !chosen.contains(&position) {
            continue;
        }
        match proof.check(&Proposal { position, at, by, operation }) {
            Ok(()) => proof.apply(position, by, operation.clone()),
            Err(broken) if broken.rule == Rule::SuspectFrom => {
                let mut admins = whole.fold.roster.admins().map(|admin| admin.enrolled);
                let missing = admins.find(|enrolled| !chosen.contains(enrolled));
                if missing.is_some() {
                    return missing;
                }
            }
            Err(_) => {}
        }
    }
    None
}

/// The chosen events with their inclusion paths, in one pass over the leaves.
fn shown(
    view: &View<'_>,
    checkpoint: &Checkpoint,
    chosen: &BTreeSet<u64>,
) -> Result<Vec<ProofEvent>, LedgerError> {
    let size = checkpoint.size;
    let plans: BTreeMap<u64, Plan> =
        chosen.iter().filter_map(|at| Some((*at, Plan::inclusion(*at, size)?))).collect();
    let index = view.record.index().ok().filter(|_| !view.is_folded());
    let mut wanted = NodeCollector::default();
    let mut entries: BTreeMap<u64, Entry> = BTreeMap::new();
    if let Some(index) = index {
        for position in chosen {
            let unread = |why: IndexError| LedgerError::IndexFailed(why.to_string());
            let place = index.event(*position).map_err(unread)?.place;
            entries.extend(
                view.record.source.fetch(*position, place)?.map(|entry| (*position, entry)),
            );
        }
    } else {
        plans.values().for_each(|plan| wanted.want(plan));
        walk_to(view, size, chosen, &mut wanted, &mut entries)?;
    }
    let node = |subtree: Subtree| match index {
        Some(index) => index.subtree(subtree).ok(),
        None => wanted.get(subtree),
    };
    let fold = &view.present().fold;
    let withheld = |at: u64, entry: &Entry| {
        let statement = Reading::of(&entry.record).statement;
        let promised = statement.map_or(Seal::Open, |statement| statement.args.sealed());
        fold.is_redacted(at) || fold.sealed_now(at, promised).is_some()
    };
    let mut shown = Vec::new();
    for (position, mut entry) in entries {
        let Some(plan) = plans.get(&position) else { continue };
        let missing = |_| LedgerError::NotFound(format!("event {position} could not be read"));
        let path: Vec<Hash> =
            plan.hashes(|subtree| node(subtree).ok_or(subtree)).map_err(missing)?;
        if withheld(position, &entry) {
            entry.body = None;
        }
        shown.push(ProofEvent { position, entry, path });
    }
    Ok(shown)
}

/// Walks the first `size` events: collects the wanted nodes of their tree, and the chosen entries.
fn walk_to(
    view: &View<'_>,
    size: u64,
    chosen: &BTreeSet<u64>,
    wanted: &mut NodeCollector,
    entries: &mut BTreeMap<u64, Entry>,
) -> Result<(), LedgerError> {
    for entry in view.record.source.entries(0)? {
        let (position, entry) = entry?;
        if position >= size {
            break;
        }
        wanted.push(record::hash(&entry.record));
        if chosen.contains(&position) {
            entries.insert(position, entry);
        }
    }
    Ok(())
}

/// The documents captured by the events of a proof that may be shown and are present.
fn captured(
    record: &Record,
    view: &View<'_>,
    events: &[ProofEvent],
) -> Result<BTreeMap<u64, Vec<u8>>, LedgerError> {
    let mut found = BTreeMap::new();
    let positions: Vec<u64> = events
        .iter()
        .filter(|shown| shown.entry.body.is_some())
        .map(|shown| shown.position)
        .collect();
    let mut digests = Vec::new();
    view.at(&positions, &mut |event| {
        use annals_core::event::body::Content;
        if let Ok(Content::DocumentCaptured(captured)) = view.content(event) {
            digests.push((event.position, captured.sha256));
        }
    })?;
    for (position, digest) in digests {
        if let Some(bytes) = record.source.document(&digest)? {
            found.insert(position, bytes);
        }
    }
    Ok(found)
}

/// A sentence about what a proof leaves out; `None` if it leaves out nothing.
pub fn left_out(proof: &Proof) -> Option<String> {
    let sentence = |left_out: &LeftOut| match left_out {
        LeftOut::Body(position) => format!("the body of event {position}"),
        LeftOut::Document(position) => format!("the bytes of document {position}"),
    };
    let all: Vec<String> = proof.left_out.iter().map(sentence).collect();
    (!all.is_empty()).then(|| all.join(", "))
}
