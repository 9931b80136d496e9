//! The judgement of an evidence file, alone: does it show what it claims?
//!
//! Always holds: nothing is believed that is not computed here from signatures and hashes; a
//! claim that does not follow is told as not shown, whoever made the file. Not here: its lines
//! (`evidence`), words for people (`cli`). Source: FORMAT.md section 9, "Evidence".

use crate::event::args::Args;
use crate::event::record::{self, Reading};
use crate::evidence::{Claim, EarlierCheckpoint, ForkEvidence, LogKeyChange, SignedCheckpoint};
use crate::key::{Possession, PublicKey, possession_bytes};
use crate::merkle::{Consistency, Inclusion};
use crate::pin::signed_by;
use crate::tlog;
use crate::verdict::Verdict;

/// What an evidence file comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ShownFork {
    /// Its key signed two trees that cannot both be of one append-only log.
    Contradiction,
    /// Its key signed a larger and a smaller tree; both can be of one log.
    Nothing,
    /// It does not show what it claims, and why not.
    NotShown(Vec<String>),
}

/// The verdict on an evidence file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EvidenceVerdict {
    /// What it comes to.
    pub shown: ShownFork,
    /// The event of the second tree that names its key as log key.
    pub named_by: Option<u64>,
}

impl EvidenceVerdict {
    /// What it comes to: forked where two signed trees contradict each other, no where the claim is
    /// not shown.
    pub fn verdict(&self) -> Verdict {
        match self.shown {
            ShownFork::Contradiction => Verdict::Forked,
            ShownFork::Nothing => Verdict::CouldNotTell,
            ShownFork::NotShown(_) => Verdict::No,
        }
    }
}

/// Judges an evidence file by what is in it.
pub fn judge(evidence: &ForkEvidence) -> EvidenceVerdict {
    let mut not = Vec::new();
    let ForkEvidence { key, first, second, parted, namings } = evidence;
    for (which, signed) in [("first", first), ("second", second)] {
        if signed_by(&signed.note, &signed.checkpoint.origin, key) != tlog::Signed::Yes {
            not.push(format!("the {which} checkpoint is not signed by the key {key}"));
        }
    }
    if let Some((at, one, other)) = parted {
        for (which, signed, before) in [("first", first, one), ("second", second, other)] {
            if !leads(*at, before, signed) {
                not.push(format!("the {which} root of size {at} does not lead to its checkpoint"));
            }
        }
        if one.root == other.root {
            not.push(format!("both trees have one root at size {at}"));
        }
    }
    let mut named_by = None;
    for naming in namings {
        match names(naming, second) {
            Ok(named) if named == *key => named_by = named_by.or(Some(naming.position)),
            Ok(_) => {}
            Err(why) => not.push(format!("event {}: {why}", naming.position)),
        }
    }
    let shown = match evidence.claim() {
        _ if !not.is_empty() => ShownFork::NotShown(not),
        Claim::Forked => ShownFork::Contradiction,
        Claim::Cut => ShownFork::Nothing,
    };
    EvidenceVerdict { shown, named_by }
}

/// Whether a tree of this root at size `at` grew into the checkpoint's.
fn leads(at: u64, before: &EarlierCheckpoint, signed: &SignedCheckpoint) -> bool {
    let EarlierCheckpoint { root, path } = before;
    let proof = Consistency { old: at, new: signed.checkpoint.size, path: path.clone() };
    proof.holds(root, &signed.checkpoint.root)
}

/// The log key that a record of the second tree names, if it is all that it must be.
fn names(naming: &LogKeyChange, second: &SignedCheckpoint) -> Result<PublicKey, String> {
    let checkpoint = &second.checkpoint;
    let LogKeyChange { position, record, path } = naming;
    let proof = Inclusion { index: *position, size: checkpoint.size, path: path.clone() };
    if !proof.holds(&record::hash(record), &checkpoint.root) {
        return Err("it is not shown to stand in the second tree".to_owned());
    }
    let reading = Reading::of(record);
    let message = reading.signed_bytes();
    let (Some(said), Some(signature)) = (&reading.statement, reading.signature) else {
        return Err("its record is not in form".to_owned());
    };
    if !said.by.accept().is_some_and(|by| by.verifies(&message, &signature)) {
        return Err(format!("it is not signed by {}", said.by));
    }
    match &said.args {
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
