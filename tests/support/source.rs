//! Verification of files by `verify`, with an outcome that can be compared.
//!
//! Always holds: the verdicts on one thread and on two are equal, or the test fails.

use super::acts::ORIGIN;
use super::files::{CHECKPOINT, Files, MARKS, PIN};
use super::published::{Below, PUBLISHED};
use super::splitter::{Split, split};
use annals::archive::published::PublishedSource;
use annals::keys::Mark;
use annals_core::hash::Hash;
use annals_core::rule::{Fault, Rule};
use annals_core::state::dump::dump;
use annals_core::verdict::Verdict;
use annals_core::verify::anchors::Anchors;
use annals_core::verify::explained::MarkedCheckpoint;
use annals_core::verify::source::{BATCH, Batch, Source, SourceError, Walk};
use annals_core::verify::{Options, Report, cosigned, verify};
use std::fmt;

const PUBLISHED_CHECKPOINT: &str = "published/checkpoint";

/// The exit code in FORMAT.md for a verdict, as in the vectors.
pub fn exit(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Yes => 0,
        Verdict::No => 1,
        Verdict::CouldNotTell => 2,
        Verdict::Conflict => 3,
        Verdict::Forked => 4,
        Verdict::TrustMissing => 5,
    }
}

struct Memory<'a> {
    split: Split,
    files: &'a Files,
}

impl Source for Memory<'_> {
    fn size(&self) -> u64 {
        self.split.entries.len() as u64
    }

    fn walk(&self, from: u64) -> Result<Walk<'_>, SourceError> {
        let firsts: Vec<u64> = match from >= self.size() {
            true => vec![from],
            false => (from..self.size()).step_by(BATCH).collect(),
        };
        Ok(Box::new(firsts.into_iter().map(move |first| Ok(self.span(first, from)))))
    }

    fn document(&self, digest: &Hash) -> Result<Option<Vec<u8>>, SourceError> {
        Ok(self.files.get(&format!("ledger/document/{digest}")).cloned())
    }

    fn changed(&self) -> Option<String> {
        let first = self.files.iter().find(|(name, _)| name.starts_with("ledger/journal/"));
        let line = first?.1.split_inclusive(|byte| *byte == b'\n').next()?;
        annals_core::transfer::changed(line).map(|how| how.to_string())
    }

    fn ignored_bytes(&self) -> u64 {
        self.split.ignored
    }
}

impl Memory<'_> {
    fn span(&self, first: u64, from: u64) -> Batch {
        let end = (first + BATCH as u64).min(self.size());
        let here = |counted: u64| {
            (counted > first || (first == from && counted == first)) && counted <= end
        };
        Batch {
            first,
            entries: self.split.entries[first.min(end) as usize..end as usize].to_vec(),
            commit_lines: self
                .split
                .commit_lines
                .iter()
                .filter(|c| here(c.counted))
                .cloned()
                .collect(),
            damage: self.split.damage.iter().filter(|d| here(d.counted)).cloned().collect(),
        }
    }
}

/// The outcome of verifying some files.
pub struct Outcome {
    pub exit: u8,
    /// Rule and position of every fault, in the order of the report.
    pub faults: Vec<(u16, Option<u64>)>,
    /// The state as JSON; `None` if a later format ends the verification.
    pub state: Option<String>,
    pub report: Report,
}

impl Outcome {
    /// SHA-256 of the state's JSON.
    pub fn state_sha256(&self) -> Option<String> {
        self.state.as_ref().map(|state| Hash::of(&[state.as_bytes()]).to_string())
    }

    /// The state as a tree of JSON values.
    pub fn json(&self) -> serde_json::Value {
        let text = self.state.as_deref().expect("there is a state");
        serde_json::from_str(text).expect("the state is JSON")
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "exit {}", self.exit)?;
        self.report.faults.iter().try_for_each(|fault| writeln!(f, "{fault}"))
    }
}

/// Verifies files, on one thread and on two.
pub fn judge(files: &Files) -> Outcome {
    let one = judge_with(files, 1);
    let two = judge_with(files, 2);
    assert_eq!(one.faults, two.faults, "the verdict depends on the number of threads");
    assert_eq!(one.state, two.state, "the state depends on the number of threads");
    one
}

/// Verifies files on this number of threads.
pub fn judge_with(files: &Files, jobs: usize) -> Outcome {
    let published = files.keys().any(|name| name.starts_with(PUBLISHED));
    let memory = Memory { split: split(files), files };
    let shelf = PublishedSource::open(Box::new(Below(files.clone()))).expect("memory can be read");
    let source: &dyn Source = if published { &shelf } else { &memory };
    let checkpoint = if published { PUBLISHED_CHECKPOINT } else { CHECKPOINT };
    let marks = files.get(MARKS).map_or(&[][..], Vec::as_slice);
    let mark = last_mark(marks, Some(ORIGIN));
    let ends = Anchors {
        checkpoint: files.get(checkpoint).cloned(),
        mark: mark.unwrap_or_default(),
        pin: files.get(PIN).cloned(),
    };
    let mut report = verify(source, &ends, Options::whole(jobs)).expect("memory can be read");
    // Every applied opening in these records has this origin.
    let origin = report.state.fold.ledger.as_ref().map(|ledger| ledger.origin.to_string());
    assert!(origin.as_deref().is_none_or(|origin| origin == ORIGIN));
    let judged = report.later_version.is_none() && (published || memory.changed().is_none());
    if judged && last_mark(marks, origin.as_deref()).is_err() {
        report.faults.push(Fault::of(Rule::Unreadable, "the last mark is not in form"));
        report.faults.sort();
    }
    let mut missing = Vec::new();
    if let Some(policy) = super::proof::policy(files) {
        let checkpoint = files.get(CHECKPOINT).map(Vec::as_slice);
        missing = cosigned::check(&policy, checkpoint, &mut report.faults).missing;
        report.faults.sort();
    }
    let faults = report.faults.iter().map(|f| (f.rule.number(), f.position)).collect();
    let bytes = dump(&report.state, report.size, report.head, &report.root);
    let state = String::from_utf8(bytes).expect("the state is UTF-8");
    let state = report.later_version.is_none().then_some(state);
    let exit = match exit(report.verdict()) {
        0 if !missing.is_empty() => 5,
        exit => exit,
    };
    Outcome { exit, faults, state, report }
}

/// The last mark of this origin; `Err` if a later line is malformed. Without an origin there is
/// none, but the last line must be well formed.
fn last_mark(bytes: &[u8], of: Option<&str>) -> Result<Option<MarkedCheckpoint>, ()> {
    let Some(end) = bytes.iter().rposition(|byte| *byte == b'\n') else { return Ok(None) };
    for line in bytes[..end].rsplit(|byte| *byte == b'\n') {
        match (mark(line).ok_or(())?, of) {
            (_, None) => return Ok(None),
            (mark, Some(of)) if *mark.origin == *of => return Ok(Some(mark.marked_checkpoint())),
            _ => {}
        }
    }
    Ok(None)
}

/// A well-formed line.
fn mark(line: &[u8]) -> Option<Mark> {
    Mark::parse(std::str::from_utf8(line).ok()?)
}
