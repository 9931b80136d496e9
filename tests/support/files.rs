//! The files of a record: journal, documents, checkpoint, marks and pin, as bytes by name.
//!
//! Always holds: roots are computed by the recursion of RFC 6962, not by the crate's tree.
//! Not here: reading them again (`splitter`). Source: FORMAT.md section 9.

use super::acts::ORIGIN;
use super::keys;
use super::ledger::{Ledger, Made};
use annals_core::hash::Hash;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::collections::BTreeMap;

/// Files by name, from `ledger/`, `keys/` and `pin` on.
pub type Files = BTreeMap<String, Vec<u8>>;

/// The name of the first journal file.
pub const JOURNAL: &str = "ledger/journal/00000000000000000000.log";
/// The name of the checkpoint.
pub const CHECKPOINT: &str = "ledger/checkpoint";
/// The name of the marks.
pub const MARKS: &str = "keys/log.marks";
/// The name of the pin.
pub const PIN: &str = "pin";

/// Base64 as in format 1.
pub fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// The root of a list of leaves, by RFC 6962's own recursion.
pub fn root(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => Hash::of(&[]),
        [leaf] => *leaf,
        _ => {
            let mut half = 1;
            while half * 2 < leaves.len() {
                half *= 2;
            }
            let (left, right) = leaves.split_at(half);
            Hash::of(&[&[1], &root(left).0, &root(right).0])
        }
    }
}

/// The four lines of one event in a journal.
pub fn lines(event: &Made) -> String {
    format!("{}{}\n", event.record(), event.body)
}

/// A commit line over a commit's text.
pub fn closing(size: u64, root: &Hash, commit: &str) -> String {
    let sum = Hash::of(&[commit.as_bytes()]);
    format!("= {size} {} {}\n", base64(&root.0), base64(&sum.0))
}

impl Ledger {
    /// The root of the first `size` events.
    pub fn root(&self, size: u64) -> Hash {
        let leaves: Vec<Hash> = self.events[..size as usize].iter().map(Made::hash).collect();
        root(&leaves)
    }

    /// The journal: events and commit lines.
    pub fn journal(&self) -> String {
        let (mut text, mut commit) = (String::new(), String::new());
        for (event, count) in self.events.iter().zip(1u64..) {
            commit.push_str(&lines(event));
            if self.closes.contains(&count) {
                let line = closing(count, &self.root(count), &commit);
                text.push_str(&commit);
                text.push_str(&line);
                commit.clear();
            }
        }
        text + &commit
    }

    /// A checkpoint of `size` events, signed by the present log keys.
    pub fn checkpoint(&self, size: u64) -> String {
        note(&head_text(ORIGIN, size, &self.root(size)), &self.log)
    }

    /// One line of the marks of the log key, over `size` events.
    pub fn mark(&self, size: u64) -> String {
        let root = self.root(size);
        let blob = signature_blob(ORIGIN, &self.log[0], &head_text(ORIGIN, size, &root));
        format!("{ORIGIN} {size} {} {blob}\n", base64(&root.0))
    }

    /// Journal, documents and checkpoint.
    pub fn files(&self) -> Files {
        let mut files = Files::new();
        files.insert(JOURNAL.to_owned(), self.journal().into_bytes());
        files.insert(CHECKPOINT.to_owned(), self.checkpoint(self.size()).into_bytes());
        for (digest, bytes) in &self.documents {
            files.insert(format!("ledger/document/{digest}"), bytes.clone());
        }
        files
    }

    /// The same files with marks of every size and a pin of the last one.
    pub fn files_with_memory(&self) -> Files {
        let mut files = self.files();
        let marks: String = (1..=self.size()).map(|size| self.mark(size)).collect();
        files.insert(MARKS.to_owned(), marks.into_bytes());
        files.insert(PIN.to_owned(), self.pin(self.size()).into_bytes());
        files
    }
}

/// The lines of a pin with the digest that completes them.
pub fn pin_with_sum(lines: &str) -> String {
    format!("{lines}sum {}\n", Hash::of(&[lines.as_bytes()]))
}

/// The signed text of a checkpoint.
pub fn head_text(origin: &str, size: u64, root: &Hash) -> String {
    format!("{origin}\n{size}\n{}\n", base64(&root.0))
}

/// Base64 of key id and signature over `text`.
pub fn signature_blob(origin: &str, signer: &str, text: &str) -> String {
    let secret = keys::secret(signer);
    let id = Hash::of(&[origin.as_bytes(), b"\n", &[1], &secret.public().0]).0;
    base64(&[&id[..4], &secret.sign(text.as_bytes()).0].concat())
}

/// A signed note: text, empty line, one line for each signer under the ledger's name.
pub fn note(text: &str, signers: &[String]) -> String {
    let mut out = format!("{text}\n");
    for signer in signers {
        out.push_str(&format!("\u{2014} {ORIGIN} {}\n", signature_blob(ORIGIN, signer, text)));
    }
    out
}
