//! What an audit is asked to do.

use annals_core::tlog::policy::Policy;
use std::path::PathBuf;

/// What to compare a ledger with.
#[derive(Clone, Debug, Default)]
pub struct Audit {
    /// A pin's file.
    pub pin: Option<PathBuf>,
    /// Whether the pin is to be made.
    pub init_pin: bool,
    /// Whether what the pin covers is not checked again.
    pub only_new: bool,
    /// Where evidence is written; else next to the pin.
    pub evidence: Option<PathBuf>,
    /// Whether the store is compared with the journal.
    pub store: bool,
    /// Whether the index is compared with one that is made anew.
    pub index: bool,
    /// Number of threads.
    pub jobs: usize,
    /// A policy that the checkpoint must meet.
    pub policy: Option<Policy>,
}
