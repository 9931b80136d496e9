//! The first line of a text form, `annals WORD vN`, where it names a later version.
//!
//! Always holds: a version that this program cannot read is distinguished from damage.
//! Not here: the forms themselves, each with its own first line (`pin`, `evidence`, `submission`,
//! `receipt`, `verify::proof`, `archive::bag`, `witness`).
//! Source: FORMAT.md section 9, "First lines".

use crate::tlog::decimal;

/// The version in the first line of a form with this word, if it is greater than 1.
///
/// ```
/// use annals_core::version_line::later;
/// assert_eq!(later(b"annals pin v2\n", "pin"), Some(2));
/// assert_eq!(later(b"annals pin v1\n", "pin"), None);
/// assert_eq!(later(b"annals pin v02\n", "pin"), None);
/// assert_eq!(later(b"annals pin v2", "pin"), None);
/// ```
pub fn later(bytes: &[u8], word: &str) -> Option<u64> {
    let end = bytes.iter().position(|byte| *byte == b'\n')?;
    let line = std::str::from_utf8(bytes.get(..end)?).ok()?;
    let version = line.strip_prefix("annals ")?.strip_prefix(word)?.strip_prefix(" v")?;
    decimal(version).filter(|version| *version > 1)
}
