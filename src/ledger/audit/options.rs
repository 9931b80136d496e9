//! The options of an audit.

use crate::ledger::audit::given_policy::GivenPolicy;
use annals_core::key::Way;
use std::path::PathBuf;

/// The anchors to compare a ledger with, and the depth of the comparison.
#[derive(Clone, Debug, Default)]
pub struct Audit {
    /// The path of the pin.
    pub pin: Option<PathBuf>,
    /// Whether the pin is created.
    pub init_pin: bool,
    /// Whether the events that the pin covers are not checked again.
    pub only_new: bool,
    /// The path for evidence; by default next to the pin.
    pub evidence: Option<PathBuf>,
    /// Whether the store is compared with the journal.
    pub store: bool,
    /// Whether the index is compared with one that is built anew.
    pub index: bool,
    /// Whether the files of the bodies of a published folder are compared with their names.
    pub body_files: bool,
    /// Number of threads.
    pub jobs: usize,
    /// How signatures are verified.
    pub way: Way,
    /// The policy that the checkpoint must meet.
    pub policy: GivenPolicy,
    /// That the folder of keys that was named is not there, if it is not.
    pub missing_keys: Option<String>,
}

impl Audit {
    /// Whether the policy or the folder of keys that was named cannot be read.
    pub fn is_trust_unread(&self) -> bool {
        self.policy.unread().is_some() || self.missing_keys.is_some()
    }
}
