//! Events that are signed and judged, and not yet written; and the receipt of those that are.
//!
//! Always holds: what is unsigned is never written. Not here: how they are made (`batch`).

use crate::ledger::write::outbox::Keeping;
use crate::ledger::write::resolve::Resolved;
use annals_core::event::Entry;
use annals_core::hash::Hash;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// Events that are signed and judged, and not yet written.
#[derive(Debug, Default)]
pub struct Prepared {
    /// The entries, in order.
    pub entries: Vec<Entry>,
    /// What they say.
    pub resolved: Vec<Resolved>,
    /// Documents that come with them.
    pub documents: Vec<(Hash, Vec<u8>)>,
    /// Where each of them was read, if it was a file.
    pub places: BTreeMap<Hash, PathBuf>,
    /// Position of the first one.
    pub first: u64,
    /// What keeps them until they are acknowledged.
    pub keeping: Option<Keeping>,
    /// Whether they only show what would be signed: they are never written.
    pub unsigned: bool,
    /// What whoever signs them is to know: passages that other facts quote too, what a claim says
    /// and no quoted word does.
    pub notes: Vec<String>,
}

/// What became of a submission.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// Position of the first event.
    pub first: u64,
    /// Number of events.
    pub count: u64,
    /// Whether they were in the record before.
    pub already: bool,
}
