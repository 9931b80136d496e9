//! The state as JSON, in one spelling, so that two implementations can be compared.
//!
//! Always holds: fields and order are those of FORMAT.md section 8, "State as JSON".
//! Not here: output for people (`cli`). Source: FORMAT.md section 8.

use crate::event::args::Roles;
use crate::event::vocabulary::Relation;
use crate::hash::Hash;
use crate::key::PublicKey;
use crate::refold::Undone;
use crate::state::{State, Status};
use crate::text::Person;
use serde::{Serialize, Serializer};
use std::io::{self, Write};

#[derive(Serialize)]
struct Dump<'a, R, F, D, L> {
    size: u64,
    head: Option<Hash>,
    root: String,
    confirmations: Option<u8>,
    log_key: Option<PublicKey>,
    old_log_key: Option<PublicKey>,
    roster: R,
    facts: F,
    documents: D,
    relations: L,
    undone: &'a [Undone],
}

#[derive(Serialize)]
struct RosterRow<'a> {
    key: PublicKey,
    person: &'a Person,
    roles: Roles,
    enrolled: u64,
    revoked: Option<u64>,
}

#[derive(Serialize)]
struct FactRow<'a> {
    fact: u64,
    revision: u64,
    corrected: u32,
    status: Status,
    confirmed_by: Vec<&'a Person>,
    disputes: Vec<u64>,
    retraction: Option<u64>,
    sealed: bool,
    redacted: bool,
    suspect: bool,
    document_disputed: bool,
}

#[derive(Serialize)]
struct DocumentRow {
    document: u64,
    sealed: bool,
    redacted: bool,
    suspect: bool,
}

#[derive(Serialize)]
struct RelationRow {
    relation: u64,
    from: u64,
    rel: Relation,
    to: u64,
}

/// Rows that are created one by one as they are written: all of them together would take many times
/// the memory of the state.
struct Rows<M>(M);

impl<I: IntoIterator<Item: Serialize>, M: Fn() -> I> Serialize for Rows<M> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq((self.0)())
    }
}

/// Writes the state in its one spelling, without LF. `head` is the hash of the last event, `root`
/// the root of the tree.
pub fn write(
    out: &mut dyn Write,
    state: &State,
    size: u64,
    head: Option<Hash>,
    root: &Hash,
) -> io::Result<()> {
    let fold = &state.fold;
    let ledger = fold.ledger.as_ref();
    let roster = || {
        fold.roster.members().iter().map(|member| RosterRow {
            key: member.key,
            person: &member.person,
            roles: member.roles,
            enrolled: member.enrolled,
            revoked: member.revoked,
        })
    };
    let facts = || {
        fold.facts().iter().map(|fact| FactRow {
            fact: fact.position,
            revision: fact.revision,
            corrected: fact.corrected,
            status: state.status(fact),
            confirmed_by: fact.confirmed_by().iter().filter_map(|key| state.person(*key)).collect(),
            disputes: fact.disputes().iter().map(|dispute| dispute.position).collect(),
            retraction: fact.retraction(),
            sealed: fold.seal(fact.revision).is_some(),
            redacted: fold.is_redacted(fact.revision),
            suspect: fact.suspect,
            document_disputed: fact.disputes().iter().any(|dispute| dispute.in_document),
        })
    };
    let documents = || {
        fold.documents().iter().map(|document| DocumentRow {
            document: document.position,
            sealed: fold.seal(document.position).is_some(),
            redacted: fold.is_redacted(document.position),
            suspect: document.suspect,
        })
    };
    let relations = || {
        fold.relations().iter().map(|(relation, triple)| RelationRow {
            relation: *relation,
            from: triple.from,
            rel: triple.rel,
            to: triple.to,
        })
    };
    let dump = Dump {
        size,
        head,
        root: crate::tlog::to_base64(&root.0),
        confirmations: ledger.map(|ledger| ledger.confirmations),
        log_key: ledger.map(|ledger| ledger.log_key),
        old_log_key: ledger.and_then(|ledger| ledger.old_log_key),
        roster: Rows(roster),
        facts: Rows(facts),
        documents: Rows(documents),
        relations: Rows(relations),
        undone: state.undone(),
    };
    Ok(serde_json::to_writer(out, &dump)?)
}

/// The bytes that [`write()`] writes.
pub fn dump(state: &State, size: u64, head: Option<Hash>, root: &Hash) -> Vec<u8> {
    let mut out = Vec::new();
    // Writing to a vector does not fail, and JSON has every value of the state.
    let _ = write(&mut out, state, size, head, root);
    out
}
