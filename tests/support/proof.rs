//! Proofs, policies and cosignatures, written by hand from a ledger, and their verification.
//!
//! Always holds: paths are those of RFC 6962's own recursion, not the crate's; nothing here checks
//! its output. Not here: the command (`tests/proof`). Source: FORMAT.md sections 11 and 12.

use super::files::{Files, base64, root};
use super::keys;
use super::ledger::{Ledger, Made};
use annals_core::hash::Hash;
use annals_core::tlog::policy::Policy;
use annals_core::tlog::{Note, VerifierKey};
use annals_core::verify::proof::{ProofContext, ProofOutcome, verify_proof};

/// The name of a proof among the files of a vector.
pub const PROOF: &str = "proof";
/// The name of a policy.
pub const POLICY: &str = "policy";
/// The name of a log key in its text form.
pub const LOG_KEY: &str = "log-key";

/// PATH(m, D[n]) of RFC 6962.
pub fn path(m: usize, leaves: &[Hash]) -> Vec<Hash> {
    if leaves.len() < 2 {
        return Vec::new();
    }
    let mut half = 1;
    while half * 2 < leaves.len() {
        half *= 2;
    }
    let (left, right) = leaves.split_at(half);
    let (mut hashes, beside) = match m < half {
        true => (path(m, left), root(right)),
        false => (path(m - half, right), root(left)),
    };
    hashes.push(beside);
    hashes
}

/// The six lines of an event of a proof, in a tree of `size`.
pub fn event(ledger: &Ledger, position: u64, size: u64) -> String {
    let leaves: Vec<Hash> = ledger.events[..size as usize].iter().map(Made::hash).collect();
    let made = &ledger.events[position as usize];
    let hashes = path(position as usize, &leaves);
    let hashes: String = hashes.iter().map(|hash| format!(" {}", base64(&hash.0))).collect();
    format!("event {position}\n{}{}\npath{hashes}\n", made.record(), made.body)
}

/// The parts of a proof; every part may be changed.
#[derive(Clone)]
pub struct Parts {
    pub left_out: Vec<String>,
    pub fact: u64,
    pub events: Vec<String>,
    pub documents: Vec<String>,
    pub checkpoint: String,
}

impl Parts {
    /// A complete proof by the present ledger, with these events and these documents (position,
    /// text).
    pub fn of(ledger: &Ledger, fact: u64, events: &[u64], documents: &[(u64, &str)]) -> Parts {
        let size = ledger.size();
        let document =
            |(at, text): &(u64, &str)| format!("document {at}\n{}\n", base64(text.as_bytes()));
        Parts {
            left_out: vec!["complete".to_owned()],
            fact,
            events: events.iter().map(|at| event(ledger, *at, size)).collect(),
            documents: documents.iter().map(document).collect(),
            checkpoint: ledger.checkpoint(size),
        }
    }

    /// The parts after a change.
    pub fn with(mut self, change: impl FnOnce(&mut Parts)) -> Parts {
        change(&mut self);
        self
    }

    /// The file.
    pub fn text(&self) -> String {
        let (left_out, fact) = (self.left_out.join("\n"), self.fact);
        let (events, documents) = (self.events.concat(), self.documents.concat());
        let checkpoint = &self.checkpoint;
        format!("annals proof v1\n{left_out}\nfact {fact}\n{events}{documents}\n{checkpoint}")
    }

    /// The file among the files of a vector, with others beside it.
    pub fn beside(&self, others: &[(&str, String)]) -> Files {
        let mut files = Files::new();
        files.insert(PROOF.to_owned(), self.text().into_bytes());
        for (name, text) in others {
            files.insert((*name).to_owned(), text.clone().into_bytes());
        }
        files
    }
}

/// The id of a key under a name: 01 a log's, 04 a witness's.
fn id(name: &str, kind: u8, key: &str) -> Vec<u8> {
    let public = keys::secret(key).public().0;
    Hash::of(&[name.as_bytes(), b"\n", &[kind], &public]).0[..4].to_vec()
}

/// The text form of the key of that name: kind 01 a log's, 04 a witness's.
pub fn verifier_key(name: &str, kind: u8, key: &str) -> String {
    let typed = [&[kind], &keys::secret(key).public().0[..]].concat();
    let digits = super::ledger::hex_of(&id(name, kind, key));
    format!("{name}+{digits}+{}", base64(&typed))
}

/// A signature line of a witness over the text of a note.
pub fn cosignature(note: &str, name: &str, key: &str, time: u64) -> String {
    let text = &note[..note.find("\n\n").expect("a note") + 1];
    let message = format!("cosignature/v1\ntime {time}\n{text}");
    let signature = keys::secret(key).sign(message.as_bytes()).0;
    let blob = [&id(name, 4, key), &time.to_be_bytes()[..], &signature].concat();
    format!("\u{2014} {name} {}\n", base64(&blob))
}

/// The verdict on a vector with a proof; `None` if it has none.
pub fn judged(files: &Files) -> Option<ProofOutcome> {
    let proof = files.get(PROOF)?;
    let text = |name: &str| files.get(name).map(|bytes| String::from_utf8_lossy(bytes));
    let key = text(LOG_KEY).map(|text| VerifierKey::parse(text.trim_end()).expect("a log key"));
    let given =
        ProofContext { pin: files.get("pin").cloned(), policy: policy(files), log_key: key };
    Some(verify_proof(proof, &given))
}

/// Exit, and rule and position of every fault, of a vector with a proof; `None` if it has none.
#[allow(clippy::type_complexity)]
pub fn judge_proof(files: &Files) -> Option<(u8, Vec<(u16, Option<u64>)>)> {
    Some(told(files, &judged(files)?))
}

/// Exit, and rule and position of every fault, of a verdict on these files.
pub fn told(files: &Files, judged: &ProofOutcome) -> (u8, Vec<(u16, Option<u64>)>) {
    if let Some(read) = &judged.proof {
        let written = read.write();
        assert_eq!(written.as_bytes(), files[PROOF], "a proof that was read is written the same");
        assert!(Note::parse(read.note.write().as_bytes()).is_some());
    }
    let faults = judged.faults.iter().map(|f| (f.rule.number(), f.position)).collect();
    (super::source::exit(judged.verdict()), faults)
}

/// The policy among the files of a vector.
pub fn policy(files: &Files) -> Option<Policy> {
    files.get(POLICY).map(|bytes| Policy::parse(bytes).expect("a policy in form"))
}
