//! Checkpoints: the text of a signed tree head.
//!
//! Always holds: three lines, each in its one spelling; a ledger's own checkpoint has no extension
//! lines; those of other logs are read and ignored.
//! Not here: signatures (`note`), roots (`merkle`). Source: C2SP tlog-checkpoint v1.0.0;
//! FORMAT.md section 9.

use crate::hash::Hash;
use crate::tlog::{decimal, hash_from_base64, to_base64};

/// A tree head: the text that the log key signs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// The ledger's name.
    pub origin: String,
    /// Number of events.
    pub size: u64,
    /// Root of the tree of that size.
    pub root: Hash,
}

impl Checkpoint {
    /// The signed text: three lines, each with its LF.
    pub fn text(&self) -> String {
        format!("{}\n{}\n{}\n", self.origin, self.size, to_base64(&self.root.0))
    }

    /// Reads exactly three lines.
    pub fn parse(text: &str) -> Option<Checkpoint> {
        Checkpoint::parse_extended(text).filter(|checkpoint| checkpoint.text() == text)
    }

    /// Reads three lines and any extension lines after them, none of which is empty.
    ///
    /// ```
    /// use annals_core::tlog::Checkpoint;
    /// let text = "example.org/log\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\nmore\n";
    /// assert_eq!(Checkpoint::parse_extended(text).unwrap().size, 0);
    /// assert_eq!(Checkpoint::parse(text), None);
    /// assert_eq!(Checkpoint::parse_extended(&format!("{text}\n")), None);
    /// ```
    pub fn parse_extended(text: &str) -> Option<Checkpoint> {
        let mut lines = text.strip_suffix('\n')?.split('\n');
        let origin = lines.next().filter(|origin| !origin.is_empty())?.to_owned();
        let size = decimal(lines.next()?)?;
        let root = hash_from_base64(lines.next()?)?;
        lines.all(|line| !line.is_empty()).then_some(Checkpoint { origin, size, root })
    }
}
