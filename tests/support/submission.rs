//! Submissions and receipts, written by hand from a ledger, and their verification.
//!
//! Always holds: sums, proofs and lines are written here, not by the crate; every part may be
//! changed. Not here: vectors (`cases::submissions`). Source: FORMAT.md section 17.

use super::acts::ORIGIN;
use super::files::{Files, PIN, base64, root};
use super::ledger::{Ledger, Made};
use super::proof::LOG_KEY;
use annals_core::hash::Hash;
use annals_core::pin::Pin;
use annals_core::tlog::VerifierKey;
use annals_core::{KnownRecord, ReceiptText, SubmissionText};

/// The name of a submission among the files of a vector.
pub const SUBMISSION: &str = "submission";
/// The name of a receipt.
pub const RECEIPT: &str = "receipt";

/// PROOF(m, D[n]) of RFC 6962, section 2.1.2.
pub fn consistency(m: usize, leaves: &[Hash]) -> Vec<Hash> {
    match m {
        0 => Vec::new(),
        m => subproof(m, leaves, true),
    }
}

fn subproof(m: usize, leaves: &[Hash], whole: bool) -> Vec<Hash> {
    if m == leaves.len() {
        return if whole { Vec::new() } else { vec![root(leaves)] };
    }
    let mut half = 1;
    while half * 2 < leaves.len() {
        half *= 2;
    }
    let (left, right) = leaves.split_at(half);
    let (mut hashes, beside) = match m <= half {
        true => (subproof(m, left, whole), root(right)),
        false => (subproof(m - half, right, false), root(left)),
    };
    hashes.push(beside);
    hashes
}

/// The parts of a submission.
#[derive(Clone)]
pub struct SubmissionParts {
    pub origin: String,
    pub placing: String,
    /// What the line `count` says, if it is not the number of events.
    pub count: Option<String>,
    /// The lines of each event.
    pub events: Vec<String>,
}

impl SubmissionParts {
    /// `exact`: the events of a ledger from a position on.
    pub fn exact(ledger: &Ledger, from: u64) -> SubmissionParts {
        let whole = |made: &Made| format!("{}{}\n", made.record(), made.body);
        let events = ledger.events[from as usize..].iter().map(whole).collect();
        SubmissionParts::of(format!("exact {from}"), events)
    }

    /// `next` or `free`: these events of a ledger, without their places.
    pub fn unplaced(placing: &str, ledger: &Ledger, events: &[u64]) -> SubmissionParts {
        let signed = |at: &u64| {
            let made = &ledger.events[*at as usize];
            format!("{}\n{}\n{}\n", made.statement, made.signature, made.body)
        };
        SubmissionParts::of(placing.to_owned(), events.iter().map(signed).collect())
    }

    fn of(placing: String, events: Vec<String>) -> SubmissionParts {
        SubmissionParts { origin: ORIGIN.to_owned(), placing, count: None, events }
    }

    /// The parts after a change.
    pub fn with(mut self, change: impl FnOnce(&mut SubmissionParts)) -> SubmissionParts {
        change(&mut self);
        self
    }

    /// All lines but the sum.
    pub fn lines(&self) -> String {
        let count = self.count.clone().unwrap_or(self.events.len().to_string());
        let (origin, placing, events) = (&self.origin, &self.placing, self.events.concat());
        format!("annals submission v1\norigin {origin}\n{placing}\ncount {count}\n{events}")
    }

    /// The file.
    pub fn text(&self) -> String {
        summed(&self.lines())
    }

    /// The file among the files of a vector.
    pub fn files(&self) -> Files {
        Files::from([(SUBMISSION.to_owned(), self.text().into_bytes())])
    }
}

/// Lines with the sum that completes them.
pub fn summed(lines: &str) -> String {
    format!("{lines}sum {}\n", Hash::of(&[lines.as_bytes()]))
}

/// The parts of a receipt.
#[derive(Clone)]
pub struct ReceiptParts {
    pub origin: String,
    pub from: String,
    pub first: String,
    /// What the line `count` says, if it is not the number of places.
    pub count: Option<String>,
    pub places: Vec<String>,
    /// What the line `proof` says, if it is not the number of hashes.
    pub length: Option<String>,
    pub proof: Vec<String>,
    pub checkpoint: String,
}

impl ReceiptParts {
    /// The receipt for the events at these positions, of a submission from `from`, by the ledger's
    /// checkpoint of `size`.
    pub fn of(ledger: &Ledger, from: u64, places: &[u64], size: u64) -> ReceiptParts {
        let leaves: Vec<Hash> = ledger.events[..size as usize].iter().map(Made::hash).collect();
        let proof = consistency(from as usize, &leaves);
        let place = |at: &u64| ledger.events[*at as usize].place.clone();
        ReceiptParts {
            origin: ORIGIN.to_owned(),
            from: from.to_string(),
            first: places[0].to_string(),
            count: None,
            places: places.iter().map(place).collect(),
            length: None,
            proof: proof.iter().map(|hash| base64(&hash.0)).collect(),
            checkpoint: ledger.checkpoint(size),
        }
    }

    /// The file.
    pub fn text(&self) -> String {
        let lines =
            |lines: &[String]| -> String { lines.iter().map(|line| format!("{line}\n")).collect() };
        let ReceiptParts { origin, from, first, checkpoint, .. } = self;
        let count = self.count.clone().unwrap_or(self.places.len().to_string());
        let length = self.length.clone().unwrap_or(self.proof.len().to_string());
        format!(
            "annals receipt v1\norigin {origin}\nfrom {from}\nfirst {first}\ncount {count}\n\
             {}proof {length}\n{}\n{checkpoint}",
            lines(&self.places),
            lines(&self.proof)
        )
    }
}

/// Exit, and rule and position of every fault.
type Judged = (u8, Vec<(u16, Option<u64>)>);

/// The verdict on a vector with a submission; `None` if it has none.
pub fn judge_submission(files: &Files) -> Option<Judged> {
    let bytes = files.get(SUBMISSION)?;
    let submission = match SubmissionText::parse(bytes) {
        Ok(submission) => submission,
        Err(fault) => return Some((1, vec![(fault.rule.number(), fault.position)])),
    };
    assert_eq!(submission.text(), *bytes, "a submission that was read is written the same");
    let Some(receipt) = files.get(RECEIPT) else { return Some((0, Vec::new())) };
    let Some(known) = known(files, &submission) else { return Some((2, Vec::new())) };
    let judged = ReceiptText::parse(receipt).and_then(|parsed| {
        assert_eq!(parsed.text(), *receipt, "a receipt that was read is written the same");
        parsed.judge(&submission, &known)
    });
    Some(match judged {
        Ok(()) => (0, Vec::new()),
        Err(fault) => (1, vec![(fault.rule.number(), fault.position)]),
    })
}

/// What the files say that the asker knows; `None` if that is not enough to judge a receipt.
fn known(files: &Files, submission: &SubmissionText) -> Option<KnownRecord> {
    let text = String::from_utf8_lossy(files.get(LOG_KEY)?);
    let log_key = VerifierKey::parse(text.trim_end()).expect("a log key");
    if submission.from == 0 {
        return Some(KnownRecord::empty(log_key));
    }
    let pin = Pin::parse(files.get(PIN)?)?;
    let fits = pin.checkpoint.size == submission.from
        && pin.checkpoint.origin == submission.origin.to_string();
    fits.then(|| KnownRecord::of_pin(&pin, log_key))
}
