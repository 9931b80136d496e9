//! Evidence of a record that is not the pinned one: made from the record, verified, written.
//!
//! Always holds: a file is written only if verification confirms that it shows its claim; an
//! existing evidence file is never overwritten by another. Not here: its lines (`evidence`), its
//! verification (`verify::evidence`). Source: FORMAT.md section 9, "ForkEvidence".

use crate::disk::{self, FileMode, read_optional};
use crate::ledger::audit::options::Audit;
use crate::ledger::error::{LedgerError, chain};
use annals_core::event::args::Args;
use annals_core::event::record::{self, Reading};
use annals_core::evidence::{
    EarlierCheckpoint, ForkEvidence, ForkPoint, LogKeyChange, MAX_EVENTS, SignedCheckpoint,
};
use annals_core::hash::Hash;
use annals_core::merkle::{NodeCollector, Plan, Subtree, Tree, subtrees};
use annals_core::pin::{Pin, signed_by};
use annals_core::rule::Rule;
use annals_core::tlog::{Note, Signed as Said};
use annals_core::verify::anchors::Anchors;
use annals_core::verify::evidence::ShownFork;
use annals_core::verify::pinned::{events, first_difference};
use annals_core::verify::source::{Source, SourceError};
use annals_core::verify::{Report, evidence};
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// The result of keeping evidence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EvidenceFound {
    /// No evidence is needed.
    None,
    /// Written to this file.
    Written(PathBuf, annals_core::evidence::Claim),
    /// No evidence can be made; the reason.
    NotWritten(String),
}

/// Writes evidence where the record is not the pinned one, next to the pin or at the given path.
/// Evidence that cannot be made or written takes no verdict away.
pub fn keep(
    audit: &Audit,
    source: &dyn Source,
    anchors: &Anchors,
    report: &Report,
) -> EvidenceFound {
    let kept = made_and_written(audit, source, anchors, report);
    kept.unwrap_or_else(|error| EvidenceFound::NotWritten(chain(&error)))
}

fn made_and_written(
    audit: &Audit,
    source: &dyn Source,
    anchors: &Anchors,
    report: &Report,
) -> Result<EvidenceFound, LedgerError> {
    let accuses = |rule| matches!(rule, Rule::CutBelowPin | Rule::ForkedFromPin);
    let (Some(pin), Some(path)) = (anchors.pinned(), &audit.pin) else {
        return Ok(EvidenceFound::None);
    };
    if !report.faults.iter().any(|fault| accuses(fault.rule)) {
        return Ok(EvidenceFound::None);
    }
    let evidence = match make(&pin, source, anchors, report)? {
        Ok(evidence) => evidence,
        Err(why) => return Ok(EvidenceFound::NotWritten(why)),
    };
    if let ShownFork::NotShown(why) = evidence::verify_evidence(&evidence).shown {
        return Ok(EvidenceFound::NotWritten(why.join("; ")));
    }
    let text = evidence.write();
    let path = place(audit.evidence.as_deref(), path, &text)?;
    disk::replace(&path, text.as_bytes(), FileMode::Shared)?;
    Ok(EvidenceFound::Written(path, evidence.claim()))
}

/// A path where there is no file, or one with the same bytes.
fn place(named: Option<&Path>, pin: &Path, text: &str) -> Result<PathBuf, LedgerError> {
    let beside = |end: &str| {
        let mut name = OsString::from(pin);
        name.push(end);
        PathBuf::from(name)
    };
    let free = |path: &Path| -> Result<bool, LedgerError> {
        let there = read_optional(path, annals_core::evidence::MAX_EVIDENCE as u64)?;
        Ok(there.is_none_or(|there| there == text.as_bytes()))
    };
    if let Some(path) = named {
        return match free(path)? {
            true => Ok(path.to_owned()),
            false => Err(LedgerError::ThereAlready(path.to_owned())),
        };
    }
    let path = beside(".evidence");
    let digest = Hash::of(&[text.as_bytes()]);
    let other = || beside(&format!(".evidence-{}", digest.short()));
    Ok(if free(&path)? { path } else { other() })
}

type MadeEvidence = Result<ForkEvidence, String>;

/// The evidence, or the reason why there is none.
fn make(
    pin: &Pin,
    source: &dyn Source,
    anchors: &Anchors,
    report: &Report,
) -> Result<MadeEvidence, SourceError> {
    let first = SignedCheckpoint { note: pin.note.clone(), checkpoint: pin.checkpoint.clone() };
    let second = anchors.checkpoint.as_deref().and_then(Note::parse).and_then(SignedCheckpoint::of);
    let Some(second) = second else {
        return Ok(Err("the record has no checkpoint in form that contradicts the pin".to_owned()));
    };
    let keys = pin.log.last().into_iter().flat_map(|keys| keys.each());
    let both = |key: &annals_core::key::PublicKey| {
        signed_by(&second.note, &first.checkpoint.origin, key) == Said::Yes
    };
    let Some(key) = keys.into_iter().find(both) else {
        let why = "no log key of the pin signed the record's checkpoint, and what two keys signed \
                   contradicts neither";
        return Ok(Err(why.to_owned()));
    };
    let size = second.checkpoint.size;
    let of_record = report.heads.get(&size).is_some_and(|at| at.root == second.checkpoint.root);
    let grown = match of_record {
        true => Some(Grown::read(pin, source, size, report)?),
        false => None,
    };
    let forked_at = match fork_point(pin, &second, grown.as_ref()) {
        Ok(at) => at,
        Err(why) => return Ok(Err(why)),
    };
    let key_changes = grown.map(|grown| grown.key_changes(size)).unwrap_or_default();
    Ok(Ok(ForkEvidence { key, first, second, forked_at, key_changes }))
}

/// A size at which the pinned tree and that of the record's checkpoint differ; `None` if the record
/// is only shorter.
fn fork_point(
    pin: &Pin,
    second: &SignedCheckpoint,
    grown: Option<&Grown>,
) -> Result<Option<ForkPoint>, String> {
    let (first, second) = (&pin.checkpoint, &second.checkpoint);
    if first.size == second.size {
        let end = |root| EarlierCheckpoint { root, path: Vec::new() };
        return match first.root == second.root {
            false => Ok(Some(ForkPoint {
                size: first.size,
                first: end(first.root),
                second: end(second.root),
            })),
            true => Err("the record's checkpoint is the pinned one: the record beside it is \
                         another, and nothing signed speaks for it"
                .to_owned()),
        };
    }
    let Some(grown) = grown else {
        return Err("the record's checkpoint is not of the record in hand".to_owned());
    };
    let at = match first_difference(pin, &grown.nodes) {
        None if second.size < first.size => return Ok(None),
        _ if second.size > first.size => first.size,
        Some(range) if range.end <= second.size => range.end,
        differs => {
            let differing = differs.map_or("the events that differ".to_owned(), |r| events(&r));
            return Err(format!("the record's checkpoint does not reach {differing}"));
        }
    };
    let peaks = pin.peaks.iter().take(at.count_ones() as usize).copied().collect();
    let kept: BTreeMap<Subtree, Hash> =
        subtrees(0..first.size).into_iter().zip(pin.peaks.iter().copied()).collect();
    let root = Tree::from_peaks(at, peaks).map(|tree| tree.root());
    let one = root.zip(path(at, first.size, |subtree| kept.get(&subtree).copied()));
    let other = grown.root(at).zip(path(at, second.size, |subtree| grown.nodes.get(subtree)));
    let before = |(root, path)| EarlierCheckpoint { root, path };
    match (one.map(before), other.map(before)) {
        (Some(first), Some(second)) => Ok(Some(ForkPoint { size: at, first, second })),
        _ => Err("the proofs cannot be computed from the record in hand".to_owned()),
    }
}

fn path(old: u64, new: u64, ask: impl Fn(Subtree) -> Option<Hash>) -> Option<Vec<Hash>> {
    Plan::consistency(old, new)?.hashes(|subtree| ask(subtree).ok_or(())).ok()
}

/// The record up to its checkpoint, read again with the hashes that the evidence needs.
struct Grown {
    nodes: NodeCollector,
    records: Vec<(u64, Vec<u8>)>,
}

impl Grown {
    fn read(
        pin: &Pin,
        source: &dyn Source,
        size: u64,
        report: &Report,
    ) -> Result<Grown, SourceError> {
        let mut grown = Grown { nodes: NodeCollector::default(), records: Vec::new() };
        let pinned = pin.checkpoint.size;
        let borders = (0..64).rev().map(|bit| pinned >> bit << bit).filter(|at| *at > 0);
        let mut plans = vec![Plan::root(pinned)];
        for at in borders {
            plans.extend(Plan::consistency(at, size));
            plans.push(Plan::root(at));
        }
        let changes = report.log.iter().map(|keys| keys.size - 1);
        let named: Vec<u64> =
            changes.filter(|position| *position < size).take(MAX_EVENTS).collect();
        plans.extend(named.iter().filter_map(|position| Plan::inclusion(*position, size)));
        plans.iter().for_each(|plan| grown.nodes.want(plan));
        for entry in source.entries(0)? {
            let (position, entry) = entry?;
            if position >= size {
                break;
            }
            grown.nodes.push(record::hash(&entry.record));
            if named.contains(&position) {
                grown.records.push((position, entry.record));
            }
        }
        Ok(grown)
    }

    fn root(&self, size: u64) -> Option<Hash> {
        let root = Plan::root(size).hashes(|subtree| self.nodes.get(subtree).ok_or(()));
        root.ok()?.first().copied()
    }

    /// The records that name a log key, with their inclusion proofs.
    fn key_changes(self, size: u64) -> Vec<LogKeyChange> {
        let Grown { nodes, records } = self;
        let names = |record: &[u8]| {
            let statement = Reading::of(record).statement;
            statement.is_some_and(|statement| {
                matches!(statement.args, Args::LedgerOpened(_) | Args::LedgerRekeyed(_))
            })
        };
        let records = records.into_iter().filter(|(_, record)| names(record));
        let naming = |(position, record)| {
            let plan = Plan::inclusion(position, size)?;
            let path = plan.hashes(|subtree| nodes.get(subtree).ok_or(())).ok()?;
            Some(LogKeyChange { position, record, path })
        };
        records.filter_map(naming).collect()
    }
}
