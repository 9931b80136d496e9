//! Evidence: two signed checkpoints that can be shown to others, and what does not hold of them.
//!
//! Always holds: the file is the lines of FORMAT.md section 9 in this order and in one spelling;
//! what it claims is believed by nobody before it is judged. Not here: the judgement
//! (`verify::evidence`), the making of it (`ledger::audit`). Source: FORMAT.md section 9.

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
    /// The two checkpoints cannot both be of one append-only log.
    Forked,
    /// The second checkpoint is of fewer events; both can be of one log.
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

/// A checkpoint as it was signed, and what it says.
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

/// What the tree of a checkpoint was at a smaller or the same size.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EarlierCheckpoint {
    /// Its root there.
    pub root: Hash,
    /// The consistency proof from there to the checkpoint's root.
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

/// An evidence file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForkEvidence {
    /// The key that signed both.
    pub key: PublicKey,
    /// The checkpoint that was kept.
    pub first: SignedCheckpoint,
    /// The checkpoint that was found.
    pub second: SignedCheckpoint,
    /// Where they part: a size, and both trees there; `None` where the claim is a cut.
    pub parted: Option<(u64, EarlierCheckpoint, EarlierCheckpoint)>,
    /// The records that name the log keys, ascending.
    pub namings: Vec<LogKeyChange>,
}

impl ForkEvidence {
    /// What it claims.
    pub fn claim(&self) -> Claim {
        if self.parted.is_some() { Claim::Forked } else { Claim::Cut }
    }

    /// The file.
    pub fn write(&self) -> String {
        let claim = match self.claim() {
            Claim::Forked => "forked",
            Claim::Cut => "cut",
        };
        let mut lines = format!("{FIRST}claim {claim}\nkey {}\n", self.key);
        lines.push_str(&note_lines("first", &self.first.note));
        lines.push_str(&note_lines("second", &self.second.note));
        if let Some((size, first, second)) = &self.parted {
            lines.push_str(&format!("at {size}\n"));
            for EarlierCheckpoint { root, path } in [first, second] {
                lines.push_str(&format!("root {}\n{}", to_base64(&root.0), path_lines(path)));
            }
        }
        for LogKeyChange { position, record, path } in &self.namings {
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
        let parted = match claim {
            "forked" => {
                let size = decimal(lines.value("at")?)?;
                Some((size, before(&mut lines)?, before(&mut lines)?))
            }
            _ => None,
        };
        let mut namings = Vec::new();
        while let Some(position) = lines.value("event") {
            let position = decimal(position)?;
            let record = [lines.line()?, lines.line()?, lines.line()?, ""].join("\n").into_bytes();
            namings.push(LogKeyChange { position, record, path: path(&mut lines)? });
        }
        let evidence = ForkEvidence { key, first, second, parted, namings };
        (evidence.is_whole() && evidence.write().as_bytes() == bytes).then_some(evidence)
    }

    /// Whether the parts fit together.
    fn is_whole(&self) -> bool {
        let (first, second) = (&self.first.checkpoint, &self.second.checkpoint);
        let sizes = match &self.parted {
            Some((at, ..)) => *at > 0 && *at <= first.size && *at <= second.size,
            None => second.size > 0 && second.size < first.size,
        };
        let rise = self.namings.windows(2).all(|pair| pair[0].position < pair[1].position);
        let fit = |naming: &LogKeyChange| {
            naming.position < second.size && naming.record.len() <= MAX_RECORD
        };
        first.origin == second.origin
            && sizes
            && rise
            && self.namings.len() <= MAX_EVENTS
            && self.namings.iter().all(fit)
    }
}

/// Whether bytes say of themselves that they are evidence, in form or not.
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

fn before(lines: &mut PinLines<'_>) -> Option<EarlierCheckpoint> {
    Some(EarlierCheckpoint { root: hash_from_base64(lines.value("root")?)?, path: path(lines)? })
}
