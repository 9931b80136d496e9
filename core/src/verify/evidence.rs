//! The verification of an evidence file by itself: does it show what it claims?
//!
//! Always holds: only signatures and hashes that are computed here count; a claim that does not
//! follow from them is reported as not shown. Not here: its lines
//! (`evidence`), messages for people (`cli`). Source: FORMAT.md section 9, "Evidence".

use crate::event::args::Args;
use crate::event::record::{self, Reading};
use crate::evidence::{
    Claim, EarlierCheckpoint, ForkEvidence, ForkPoint, LogKeyChange, SignedCheckpoint,
};
use crate::key::{Possession, PublicKey, possession_bytes};
use crate::merkle::{Consistency, Inclusion};
use crate::pin::signed_by;
use crate::tlog;
use crate::verdict::Verdict;

/// What an evidence file shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ShownFork {
    /// Its key signed two trees that cannot both belong to one append-only log.
    Contradiction,
    /// Its key signed a larger and a smaller tree, which can both belong to one log.
    Nothing,
    /// It does not show what it claims; the reasons.
    NotShown(Vec<String>),
}

/// The verdict on an evidence file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EvidenceVerdict {
    /// What it shows.
    pub shown: ShownFork,
    /// The event of the second tree that names its key as log key.
    pub named_by: Option<u64>,
}

impl EvidenceVerdict {
    /// The verdict: forked where two signed trees contradict each other, no where the claim is not
    /// shown.
    pub fn verdict(&self) -> Verdict {
        match self.shown {
            ShownFork::Contradiction => Verdict::Forked,
            ShownFork::Nothing => Verdict::CouldNotTell,
            ShownFork::NotShown(_) => Verdict::No,
        }
    }
}

/// Verifies an evidence file by its content alone.
pub fn verify_evidence(evidence: &ForkEvidence) -> EvidenceVerdict {
    let mut not_shown = Vec::new();
    let ForkEvidence { key, first, second, forked_at, key_changes } = evidence;
    for (which, signed) in [("first", first), ("second", second)] {
        if signed_by(&signed.note, &signed.checkpoint.origin, key) != tlog::Signed::Yes {
            not_shown.push(format!("the {which} checkpoint is not signed by the key {key}"));
        }
    }
    if let Some(ForkPoint { size: at, first: one, second: other }) = forked_at {
        for (which, signed, before) in [("first", first, one), ("second", second, other)] {
            if !extends(*at, before, signed) {
                not_shown
                    .push(format!("the {which} root of size {at} does not lead to its checkpoint"));
            }
        }
        if one.root == other.root {
            not_shown.push(format!("both trees have one root at size {at}"));
        }
    }
    let mut named_by = None;
    for change in key_changes {
        match named_key(change, second) {
            Ok(named) if named == *key => named_by = named_by.or(Some(change.position)),
            Ok(_) => {}
            Err(why) => not_shown.push(format!("event {}: {why}", change.position)),
        }
    }
    let shown = match evidence.claim() {
        _ if !not_shown.is_empty() => ShownFork::NotShown(not_shown),
        Claim::Forked => ShownFork::Contradiction,
        Claim::Cut => ShownFork::Nothing,
    };
    EvidenceVerdict { shown, named_by }
}

/// Whether the checkpoint's tree extends the tree of size `at`.
fn extends(at: u64, before: &EarlierCheckpoint, signed: &SignedCheckpoint) -> bool {
    let EarlierCheckpoint { root, path } = before;
    let proof = Consistency { old: at, new: signed.checkpoint.size, path: path.clone() };
    proof.holds(root, &signed.checkpoint.root)
}

/// The log key that a record of the second tree names, if the record holds.
fn named_key(change: &LogKeyChange, second: &SignedCheckpoint) -> Result<PublicKey, String> {
    let checkpoint = &second.checkpoint;
    let LogKeyChange { position, record, path } = change;
    let proof = Inclusion { index: *position, size: checkpoint.size, path: path.clone() };
    if !proof.holds(&record::hash(record), &checkpoint.root) {
        return Err("it is not shown to stand in the second tree".to_owned());
    }
    let reading = Reading::of(record);
    let message = reading.signed_bytes();
    let (Some(statement), Some(signature)) = (&reading.statement, reading.signature) else {
        return Err("its record is not in form".to_owned());
    };
    if !statement.by.accept().is_some_and(|by| by.verifies(&message, &signature)) {
        return Err(format!("it is not signed by {}", statement.by));
    }
    match &statement.args {
        Args::LedgerOpened(args) if *position == 0 => match *args.origin == *checkpoint.origin {
            true => Ok(args.log_key),
            false => Err(format!("it opens {}, not {}", args.origin, checkpoint.origin)),
        },
        Args::LedgerRekeyed(args) => {
            let key = args.log_key;
            let bytes =
                possession_bytes(Possession::Log, &checkpoint.origin, &key, &checkpoint.origin);
            match key.accept().is_some_and(|held| held.verifies(&bytes, &args.possession)) {
                true => Ok(key),
                false => Err(format!("the possession of {key} is not proven")),
            }
        }
        _ => Err("it names no log key".to_owned()),
    }
}
