//! The C2SP text of an inclusion proof: what other tools of transparency logs read.
//!
//! Always holds: what is written here is read back as the same values. Not here: a fact with its
//! acts and signers (`verify::proof`). Source: C2SP tlog-proof (a draft); FORMAT.md section 12.

use crate::hash::Hash;
use crate::tlog::{Note, decimal, from_base64, hash_from_base64, to_base64};

const FIRST: &str = "c2sp.org/tlog-proof@v1\n";

/// An entry of a log, shown to be in a signed tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlogProof {
    /// Bytes beside the proof that nothing vouches for: here the record, to be hashed.
    pub extra: Option<Vec<u8>>,
    /// Position of the entry.
    pub index: u64,
    /// The inclusion proof, from the leaf's sibling up.
    pub path: Vec<Hash>,
    /// The checkpoint as it was signed and cosigned.
    pub checkpoint: Note,
}

impl TlogProof {
    /// The text.
    pub fn write(&self) -> String {
        let extra = self.extra.as_ref().map(|bytes| format!("extra {}\n", to_base64(bytes)));
        let path: String = self.path.iter().map(|hash| to_base64(&hash.0) + "\n").collect();
        let (extra, checkpoint) = (extra.unwrap_or_default(), self.checkpoint.write());
        format!("{FIRST}{extra}index {}\n{path}\n{checkpoint}", self.index)
    }

    /// Reads the text; `None` if it is not in form.
    pub fn parse(bytes: &[u8]) -> Option<TlogProof> {
        let rest = std::str::from_utf8(bytes).ok()?.strip_prefix(FIRST)?;
        let (head, checkpoint) = rest.split_once("\n\n")?;
        let mut lines = head.split('\n').peekable();
        let extra = match lines.next_if(|line| line.starts_with("extra ")) {
            None => None,
            Some(line) => Some(from_base64(line.strip_prefix("extra ")?)?),
        };
        let index = decimal(lines.next()?.strip_prefix("index ")?)?;
        let path = lines.map(hash_from_base64).collect::<Option<Vec<Hash>>>()?;
        let checkpoint = Note::parse(checkpoint.as_bytes())?;
        Some(TlogProof { extra, index, path, checkpoint })
    }
}
