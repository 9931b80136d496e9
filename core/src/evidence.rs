//! Evidence: two signed checkpoints of one log that contradict each other, as a file for others.
//!
//! Always holds: the file has the lines of FORMAT.md section 9 in this order and in one spelling;
//! its claim counts only after verification. Not here: its verification (`verify::evidence`), how
//! it is made (`ledger::audit`). Source: FORMAT.md section 9.

use crate::event::record::MAX_RECORD;
use crate::hash::Hash;
use crate::key::PublicKey;
use crate::merkle::MAX_PATH;
use crate::pin::{PinLines, note_lines, with_sum};
use crate::tlog::{Checkpoint, Note, decimal, hash_from_base64, to_base64};
use serde::Serialize;
use std::fmt;

/// The greatest number of bytes of an evidence file.
pub const MAX_EVIDENCE: usize = 8 << 20;
/// The greatest number of events in it.
pub const MAX_EVENTS: usize = 1_024;

const FIRST: &str = "annals evidence v1\n";

/// What an evidence file claims.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Claim {
    /// The two checkpoints cannot both belong to one append-only log.
    Forked,
    /// The second checkpoint has fewer events; both can belong to one log.
    Cut,
}

impl fmt::Display for Claim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Claim::Forked => "forked",
            Claim::Cut => "cut",
        })
    }
}

/// A signed checkpoint: the note and its values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedCheckpoint {
    /// The note.
    pub note: Note,
    /// Its origin, size and root.
    pub checkpoint: Checkpoint,
}

impl SignedCheckpoint {
    /// Reads a note; `None` if it is not a checkpoint in form.
    pub fn of(note: Note) -> Option<SignedCheckpoint> {
        let checkpoint = Checkpoint::parse(&note.text)?;
        Some(SignedCheckpoint { note, checkpoint })
    }
}

/// The tree of a checkpoint at a smaller or the same size.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EarlierCheckpoint {
    /// Its root at that size.
    pub root: Hash,
    /// The consistency proof from that size to the checkpoint's root.
    pub path: Vec<Hash>,
}

/// A record of the second tree that names a log key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogKeyChange {
    /// Its position.
    pub position: u64,
    /// Its three lines.
    pub record: Vec<u8>,
    /// Its inclusion proof in the second checkpoint's tree.
    pub path: Vec<Hash>,
}

/// A size at which two trees of one log differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForkPoint {
    /// The size.
    pub size: u64,
    /// The tree of the first checkpoint at that size.
    pub first: EarlierCheckpoint,
    /// The tree of the second checkpoint at that size.
    pub second: EarlierCheckpoint,
}

/// An evidence file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForkEvidence {
    /// The key that signed both.
    pub key: PublicKey,
    /// The checkpoint that was kept.
    pub first: SignedCheckpoint,
    /// The checkpoint that was found.
    pub second: SignedCheckpoint,
    /// A size at which the two trees differ; `None` where the claim is a cut.
    pub forked_at: Option<ForkPoint>,
    /// The records that name the log keys, ascending.
    pub key_changes: Vec<LogKeyChange>,
}

impl ForkEvidence {
    /// What the file proves: a fork if it has a size at which the trees differ, else a cut.
    pub fn claim(&self) -> Claim {
        if self.forked_at.is_some() { Claim::Forked } else { Claim::Cut }
    }

    /// The text of the evidence file, as FORMAT.md defines it.
    pub fn write(&self) -> String {
        let mut lines = format!("{FIRST}claim {}\nkey {}\n", self.claim(), self.key);
        lines.push_str(&note_lines("first", &self.first.note));
        lines.push_str(&note_lines("second", &self.second.note));
        if let Some(ForkPoint { size, first, second }) = &self.forked_at {
            lines.push_str(&format!("at {size}\n"));
            for EarlierCheckpoint { root, path } in [first, second] {
                lines.push_str(&format!("root {}\n{}", to_base64(&root.0), path_lines(path)));
            }
        }
        for LogKeyChange { position, record, path } in &self.key_changes {
            let record = String::from_utf8_lossy(record);
            lines.push_str(&format!("event {position}\n{record}{}", path_lines(path)));
        }
        with_sum(lines)
    }

    /// Reads the file; `None` if it is not in form or its sum does not hold.
    pub fn parse(bytes: &[u8]) -> Option<ForkEvidence> {
        let mut lines = PinLines::of(bytes, FIRST, MAX_EVIDENCE)?;
        let claim = lines.value("claim")?;
        let key = PublicKey::parse(lines.value("key")?)?;
        let first = SignedCheckpoint::of(lines.note("first")?)?;
        let second = SignedCheckpoint::of(lines.note("second")?)?;
        let forked_at = match claim {
            "forked" => {
                let size = decimal(lines.value("at")?)?;
                let (first, second) = (earlier(&mut lines)?, earlier(&mut lines)?);
                Some(ForkPoint { size, first, second })
            }
            _ => None,
        };
        let mut key_changes = Vec::new();
        while let Some(position) = lines.value("event") {
            let position = decimal(position)?;
            let record = [lines.line()?, lines.line()?, lines.line()?, ""].join("\n").into_bytes();
            key_changes.push(LogKeyChange { position, record, path: path(&mut lines)? });
        }
        let evidence = ForkEvidence { key, first, second, forked_at, key_changes };
        (evidence.is_whole() && evidence.write().as_bytes() == bytes).then_some(evidence)
    }

    /// Whether the parts fit together.
    fn is_whole(&self) -> bool {
        let (first, second) = (&self.first.checkpoint, &self.second.checkpoint);
        let sizes = match &self.forked_at {
            Some(at) => at.size > 0 && at.size <= first.size && at.size <= second.size,
            None => second.size > 0 && second.size < first.size,
        };
        let rise = self.key_changes.windows(2).all(|pair| pair[0].position < pair[1].position);
        let fit = |change: &LogKeyChange| {
            change.position < second.size && change.record.len() <= MAX_RECORD
        };
        first.origin == second.origin
            && sizes
            && rise
            && self.key_changes.len() <= MAX_EVENTS
            && self.key_changes.iter().all(fit)
    }
}

/// Whether bytes begin as an evidence file, in form or not.
pub fn is_evidence(bytes: &[u8]) -> bool {
    bytes.starts_with(b"annals evidence ")
}

fn path_lines(path: &[Hash]) -> String {
    path.iter().map(|hash| format!("path {}\n", to_base64(&hash.0))).collect()
}

fn path(lines: &mut PinLines<'_>) -> Option<Vec<Hash>> {
    let mut found = Vec::new();
    while let Some(hash) = lines.value("path") {
        found.push(hash_from_base64(hash).filter(|_| found.len() < MAX_PATH)?);
    }
    Some(found)
}

fn earlier(lines: &mut PinLines<'_>) -> Option<EarlierCheckpoint> {
    Some(EarlierCheckpoint { root: hash_from_base64(lines.value("root")?)?, path: path(lines)? })
}
