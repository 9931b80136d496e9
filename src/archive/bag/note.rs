//! The text that the log key signs for a bag: record, part, and tag manifest.
//!
//! Always holds: the text differs from a checkpoint (its first line is not an origin, its second
//! not a size) and from every other text that a log key signs, so that none can stand for another.
//! Not here: notes (`tlog`), keys. Source: FORMAT.md section 14.

use annals_core::hash::{Hash, read_hex};
use annals_core::tlog::{decimal, hash_from_base64, to_base64};

const FIRST: &str = "annals bag v1";
const DIGEST: &str = "tagmanifest-sha512 ";

/// The text of a note over a bag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BagText {
    /// The ledger's name.
    pub origin: String,
    /// Number of events in the bag.
    pub size: u64,
    /// Number of events of the record that it was taken from.
    pub of: u64,
    /// Root of the tree of `size`.
    pub root: Hash,
    /// SHA-512 of the tag manifest, 128 hex digits.
    pub digest: String,
}

impl BagText {
    /// The text: six lines, each with its LF.
    ///
    /// ```
    /// use annals::archive::bag::note::BagText;
    /// use annals_core::{hash::Hash, tlog::Checkpoint};
    /// let (origin, digest) = ("example.org/record".to_owned(), "0".repeat(128));
    /// let text = BagText { origin, size: 3, of: 5, root: Hash::of(&[]), digest };
    /// assert_eq!(BagText::parse(&text.write()), Some(text.clone()));
    /// assert_eq!(Checkpoint::parse(&text.write()), None);
    /// ```
    pub fn write(&self) -> String {
        let BagText { origin, size, of, root, digest } = self;
        let root = to_base64(&root.0);
        format!("{FIRST}\n{origin}\n{size}\n{of}\n{root}\n{DIGEST}{digest}\n")
    }

    /// Parses the text; `None` if it is not in the canonical notation.
    pub fn parse(text: &str) -> Option<BagText> {
        let mut lines = text.split('\n');
        if lines.next() != Some(FIRST) {
            return None;
        }
        let origin = lines.next()?.to_owned();
        let (size, of) = (decimal(lines.next()?)?, decimal(lines.next()?)?);
        let root = hash_from_base64(lines.next()?)?;
        let digest = lines.next()?.strip_prefix(DIGEST)?.to_owned();
        read_hex::<64>(&digest)?;
        let end = lines.next() == Some("") && lines.next().is_none();
        end.then_some(BagText { origin, size, of, root, digest })
    }
}
