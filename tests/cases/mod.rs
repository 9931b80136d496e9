//! The generator of the vectors: the content of each record, and its verdict by FORMAT.md.
//!
//! Always holds: expected faults are literals, written from FORMAT.md; the state's digest is the
//! program's, to be confirmed by the second implementation. Not here: running them (`vectors`).

mod chain;
mod content;
mod anchors;
mod explained;
mod facts;
mod form;
mod good;
mod journal;
mod points;
mod proofs;
mod published;
mod receipts;
mod refold;
mod seals;
pub mod signatures;
mod signers;
mod submissions;

use crate::support::proof::{judged, told};
use crate::support::submission::judge_submission;
use crate::support::{Files, Ledger, judge};
use base64::Engine;
pub use good::every_type;
use serde::Serialize;
use std::collections::BTreeMap;

/// One vector.
pub struct Case {
    pub name: String,
    pub rule: Option<u16>,
    pub about: &'static str,
    pub files: Files,
    pub exit: u8,
    pub faults: Vec<(u16, Option<u64>)>,
    /// Whether a later format leaves no state.
    pub stateless: bool,
}

/// A vector that breaks its rule, named `NNN-name`; `-1` is no position.
pub fn bad(name: &str, about: &'static str, files: Files, faults: &[(u16, i64)]) -> Case {
    let rule = name.split('-').next().and_then(|n| n.parse().ok()).expect("a rule's number");
    let faults: Vec<(u16, Option<u64>)> =
        faults.iter().map(|(rule, at)| (*rule, u64::try_from(*at).ok())).collect();
    let exit = exit(&faults);
    Case { name: name.to_owned(), rule: Some(rule), about, files, exit, faults, stateless: false }
}

/// A ledger whose last event alone breaks the rule of the name.
pub fn last(name: &str, about: &'static str, ledger: &Ledger) -> Case {
    let rule = name[..3].parse().expect("a rule's number");
    bad(name, about, ledger.files(), &[(rule, ledger.size() as i64 - 1)])
}

/// A vector without a fault.
pub fn good(name: &str, about: &'static str, files: Files) -> Case {
    let name = format!("000-good-{name}");
    Case { name, rule: None, about, files, exit: 0, faults: Vec::new(), stateless: false }
}

/// Section 9: any fork 4, else any fault 1, else any damage 2, else 0.
fn exit(faults: &[(u16, Option<u64>)]) -> u8 {
    let fork = |rule: u16| matches!(rule, 707 | 801 | 802);
    let damage = |rule: u16| matches!(rule, 705 | 803 | 804 | 901 | 902 | 910 | 911 | 971..=973);
    match faults {
        [] => 0,
        all if all.iter().any(|(rule, _)| fork(*rule)) => 4,
        all if all.iter().any(|(rule, _)| !damage(*rule)) => 1,
        _ => 2,
    }
}

/// Every vector, in the order of FORMAT.md.
pub fn all() -> Vec<Case> {
    let parts = [
        form::cases(),
        chain::cases(),
        signatures::cases(),
        signers::cases(),
        facts::cases(),
        seals::cases(),
        content::cases(),
        anchors::cases(),
        explained::cases(),
        journal::cases(),
        good::cases(),
        refold::cases(),
        proofs::cases(),
        published::cases(),
        submissions::cases(),
        receipts::cases(),
    ];
    parts.into_iter().flatten().collect()
}

/// Exit, rules and positions of faults, digest of the state if there is one.
pub type Outcome = (u8, Vec<(u16, Option<u64>)>, Option<String>);

/// The counts of a report, by the names that both programs write.
#[derive(Serialize)]
#[serde(untagged)]
pub enum Counts {
    Record {
        bodies: u64,
        documents: u64,
        quotations: u64,
        not_checkable: u64,
        closing_lines: u64,
        ignored_bytes: u64,
    },
    Proof {
        quotations: u64,
        not_checkable: u64,
    },
    Submission {},
}

/// Exit, faults and the digest of the state of a vector's files, and what was counted: FORMAT.md
/// section 9, "Counts", and section 12.
pub fn judged_whole(files: &Files) -> (Outcome, Counts) {
    if let Some(judged) = judged(files) {
        let (quotations, not_checkable) = (judged.quotations, judged.not_checkable);
        let (exit, faults) = told(files, &judged);
        return ((exit, faults, None), Counts::Proof { quotations, not_checkable });
    }
    if let Some((exit, faults)) = judge_submission(files) {
        return ((exit, faults, None), Counts::Submission {});
    }
    let outcome = judge(files);
    let digest = outcome.state_sha256();
    let annals_core::verify::content::Counts { bodies, documents, quotations, not_checkable } =
        outcome.report.counts;
    let (closing_lines, ignored_bytes) =
        (outcome.report.commit_lines, outcome.report.ignored_bytes);
    let counts = Counts::Record {
        bodies,
        documents,
        quotations,
        not_checkable,
        closing_lines,
        ignored_bytes,
    };
    ((outcome.exit, outcome.faults, digest), counts)
}

/// Exit, faults and the digest of the state of a vector's files.
pub fn outcome(files: &Files) -> Outcome {
    judged_whole(files).0
}

/// What is counted of a vector's files.
pub fn counts(files: &Files) -> Counts {
    judged_whole(files).1
}

#[derive(Serialize)]
struct Vector<'a> {
    name: &'a str,
    rule: Option<u16>,
    about: &'a str,
    files: BTreeMap<&'a str, FileText>,
    expect: Expect,
}

#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
enum FileText {
    Text(String),
    Base64(String),
}

#[derive(Serialize)]
struct Expect {
    exit: u8,
    faults: Vec<FaultRow>,
    state_sha256: Option<String>,
    counts: Counts,
}

#[derive(Serialize)]
struct FaultRow {
    rule: u16,
    position: Option<u64>,
}

impl Case {
    /// The vector's file.
    pub fn to_json(&self) -> String {
        let as_text = |bytes: &Vec<u8>| match String::from_utf8(bytes.clone()) {
            Ok(text) => FileText::Text(text),
            Err(_) => FileText::Base64(base64::engine::general_purpose::STANDARD.encode(bytes)),
        };
        let files = self.files.iter().map(|(name, bytes)| (name.as_str(), as_text(bytes)));
        let rows = self.faults.iter().map(|(rule, at)| FaultRow { rule: *rule, position: *at });
        let ((_, _, state_sha256), counts) = judged_whole(&self.files);
        let vector = Vector {
            name: &self.name,
            rule: self.rule,
            about: self.about,
            files: files.collect(),
            expect: Expect { exit: self.exit, faults: rows.collect(), state_sha256, counts },
        };
        serde_json::to_string_pretty(&vector).expect("a vector is JSON") + "\n"
    }
}
