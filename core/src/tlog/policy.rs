//! Policies: trusted logs and witnesses, and the quorum of witnesses that must cosign.
//!
//! Always holds: every name is defined before it is used and is a member of at most one group, so
//! that a witness counts once; no two logs and no two witnesses have the same key.
//! Not here: the file of a policy (`ledger`). Source: C2SP tlog-policy (a draft); FORMAT.md
//! section 11.

mod read;

use crate::tlog::cosignature::{Cosigned, cosigned_by};
use crate::tlog::{Note, Signed, VerifierKey};

/// The greatest number of bytes of a policy.
pub const MAX_POLICY: usize = 1 << 20;
/// The greatest number of logs, of witnesses and of groups, each.
pub const MAX_ENTRIES: usize = 1_024;

/// A trusted log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Log {
    /// Its origin and key (type 01).
    pub key: VerifierKey,
    /// Its address.
    pub url: Option<String>,
}

/// A known witness.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Witness {
    /// Its name in this policy, for people: bytes that are not UTF-8 are shown as U+FFFD.
    pub name: String,
    /// Its key (type 04).
    pub key: VerifierKey,
    /// Its address.
    pub url: Option<String>,
}

/// What a name defines. Indexes refer to earlier definitions.
#[derive(Clone, Debug, PartialEq, Eq)]
enum PolicyEntry {
    Witness(usize),
    Group { least: usize, members: Vec<usize> },
}

/// A policy that was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Policy {
    /// The logs, in order.
    pub logs: Vec<Log>,
    /// The witnesses, in order.
    pub witnesses: Vec<Witness>,
    entries: Vec<(Vec<u8>, PolicyEntry)>,
    /// `None` for `quorum none`.
    quorum: Option<usize>,
}

/// Why a policy is refused: the line, from 1, and what was expected and found.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {why}")]
pub struct PolicyError {
    /// The line, from 1; the last one if something is missing.
    pub line: usize,
    /// What was expected and found.
    pub why: String,
}

/// A note checked against a policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyOutcome {
    /// Names of the logs that signed it.
    pub logs: Vec<String>,
    /// Name and latest time (seconds since 1970) of each witness that cosigned it.
    pub witnesses: Vec<(String, u64)>,
    /// Number of lines of witnesses of the policy.
    pub lines: usize,
    /// Names of known logs and witnesses with a line that does not verify: the note is refused.
    pub refused: Vec<String>,
    /// Whether the witnesses that cosigned are a quorum.
    pub quorum: bool,
}

impl PolicyOutcome {
    /// The message of rule 1010: whose line does not verify; `None` if all do.
    pub fn refusal(&self) -> Option<String> {
        let names = self.refused.join(" and of ");
        (!self.refused.is_empty()).then(|| format!("a line of {names} does not verify"))
    }

    /// The message that the quorum is not met, with who cosigned; `None` if it is met.
    pub fn no_quorum(&self) -> Option<String> {
        let names: Vec<&str> = self.witnesses.iter().map(|(name, _)| name.as_str()).collect();
        let found = if names.is_empty() { "nobody".to_owned() } else { names.join(", ") };
        (!self.quorum).then(|| format!("the policy's quorum is not met: {found} cosigned"))
    }
}

impl Policy {
    /// Whether the policy requires no cosignature.
    pub fn needs_no_cosignature(&self) -> bool {
        self.quorum.is_none()
    }

    /// The origins of its logs, joined by commas, if it has logs and none is of this origin.
    pub fn other_origins(&self, origin: &str) -> Option<String> {
        let mut names: Vec<&str> = self.logs.iter().map(|log| log.key.name.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        (!names.is_empty() && !names.contains(&origin)).then(|| names.join(", "))
    }

    /// Whether these witnesses, by index, are a quorum.
    pub fn is_quorum(&self, has_cosigned: impl Fn(usize) -> bool) -> bool {
        let Some(quorum) = self.quorum else { return true };
        let mut held: Vec<bool> = Vec::with_capacity(self.entries.len());
        for (_, entry) in &self.entries {
            let holds = match entry {
                PolicyEntry::Witness(index) => has_cosigned(*index),
                PolicyEntry::Group { least, members } => {
                    let holding = members.iter().filter(|member| held.get(**member) == Some(&true));
                    holding.count() >= *least
                }
            };
            held.push(holds);
        }
        held.get(quorum) == Some(&true)
    }

    /// Checks the signature lines of a note; lines of unknown keys are ignored.
    pub fn check(&self, note: &Note) -> PolicyOutcome {
        let (mut logs, mut witnesses, mut refused) = (Vec::new(), Vec::new(), Vec::new());
        for Log { key, .. } in &self.logs {
            match note.signed_by(&key.name, key.accepted(), &key.public) {
                Signed::Yes => logs.push(key.name.clone()),
                Signed::Absent => {}
                Signed::Refused => refused.push(key.name.clone()),
            }
        }
        let mut has_cosigned = vec![false; self.witnesses.len()];
        let mut lines = 0;
        for (witness, has) in self.witnesses.iter().zip(&mut has_cosigned) {
            let (name, id) = (&witness.key.name, witness.key.id());
            let mine = |line: &&crate::tlog::NoteSignature| line.name == *name && line.id == id;
            lines += note.signatures.iter().filter(mine).count();
            match cosigned_by(note, &witness.key) {
                Cosigned::At(time) => {
                    *has = true;
                    witnesses.push((witness.name.clone(), time));
                }
                Cosigned::Absent => {}
                Cosigned::Refused => refused.push(name.clone()),
            }
        }
        let quorum = self.is_quorum(|index| has_cosigned.get(index) == Some(&true));
        PolicyOutcome { logs, witnesses, lines, refused, quorum }
    }
}
