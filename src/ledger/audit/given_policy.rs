//! The policy that a verification is given: a file that was named, or the one beside the keys.
//!
//! Always holds: a policy that cannot be read takes no verdict away; the reason is kept, and what
//! it asks for counts as not checked. Not here: the meaning of a policy (`tlog::policy`), editing
//! one (`exchange::policy_file`). Source: FORMAT.md sections 11 and 12.

use crate::disk::{DiskError, read_optional};
use crate::ledger::error::chain;
use annals_core::tlog::policy::{MAX_POLICY, Policy};
use std::path::Path;

/// The policy that a checkpoint must meet.
#[derive(Clone, Debug, Default)]
pub enum GivenPolicy {
    /// None was given.
    #[default]
    None,
    /// It was read.
    Read(Policy),
    /// It cannot be read; the reason, with the path.
    Unread(String),
}

impl GivenPolicy {
    /// The policy in a file that was named: a missing one is not read.
    pub fn named(path: &Path) -> GivenPolicy {
        match read_optional(path, MAX_POLICY as u64) {
            Ok(None) => GivenPolicy::Unread(format!("nothing at {}", path.display())),
            found => GivenPolicy::of(path, found),
        }
    }

    /// The policy in a folder of keys, if there is one.
    pub fn beside(keys: &Path) -> GivenPolicy {
        let path = keys.join("policy");
        GivenPolicy::of(&path, read_optional(&path, MAX_POLICY as u64))
    }

    fn of(path: &Path, found: Result<Option<Vec<u8>>, DiskError>) -> GivenPolicy {
        let bytes = match found {
            Ok(Some(bytes)) => bytes,
            Ok(None) => return GivenPolicy::None,
            Err(error) => return GivenPolicy::Unread(chain(&error)),
        };
        match Policy::parse(&bytes) {
            Ok(policy) => GivenPolicy::Read(policy),
            Err(error) => GivenPolicy::Unread(format!("{}: {error}", path.display())),
        }
    }

    /// The policy, if it was read.
    pub fn policy(&self) -> Option<&Policy> {
        match self {
            GivenPolicy::Read(policy) => Some(policy),
            GivenPolicy::None | GivenPolicy::Unread(_) => None,
        }
    }

    /// Why it was not read.
    pub fn unread(&self) -> Option<&str> {
        match self {
            GivenPolicy::Unread(why) => Some(why),
            GivenPolicy::None | GivenPolicy::Read(_) => None,
        }
    }
}
