//! Transfer: how mail programs, editors and version control change a text in transfer.
//!
//! Always holds: no text form of format 1 has lines that end with CR LF, begins with a byte order
//! mark, or is UTF-16. A text that does was changed in transfer and is not reported as false. Not
//! here: the forms themselves. Source: FORMAT.md section 9, "Changed on the way".

use std::fmt;

/// How a text was changed in transfer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Changed {
    /// Lines end with CR LF, or with CR.
    LineEnds,
    /// A byte order mark was put before it.
    Mark,
    /// It was written as UTF-16.
    Utf16,
}

/// How a text form of format 1 was changed in transfer, if it was.
///
/// ```
/// use annals_core::transfer::{Changed, changed};
/// assert_eq!(changed(b"annals pin v1\n"), None);
/// assert_eq!(changed(b"annals pin v1\r\n"), Some(Changed::LineEnds));
/// assert_eq!(changed(b"\xef\xbb\xbfannals pin v1\n"), Some(Changed::Mark));
/// assert_eq!(changed(b"\xff\xfea\0n\0"), Some(Changed::Utf16));
/// assert_eq!(changed(b"\0a\0n\0n"), Some(Changed::Utf16));
/// ```
pub fn changed(bytes: &[u8]) -> Option<Changed> {
    match bytes {
        [0xEF, 0xBB, 0xBF, ..] => Some(Changed::Mark),
        bytes if wide(bytes).is_some() => Some(Changed::Utf16),
        bytes if has_line_ends(bytes) => Some(Changed::LineEnds),
        _ => None,
    }
}

/// Whether at least half of the lines end with CR LF, or lines end with CR. One CR alone can come
/// from a flipped bit.
fn has_line_ends(bytes: &[u8]) -> bool {
    let carried = memchr::memchr_iter(b'\r', bytes).count();
    match memchr::memchr_iter(b'\n', bytes).count() {
        0 => carried > 1,
        lines => {
            let ends = memchr::memmem::find_iter(bytes, b"\r\n").count();
            ends > 0 && 2 * ends >= lines
        }
    }
}

/// The start of a text as it was before the change, to recognise its form.
pub fn start(bytes: &[u8]) -> Vec<u8> {
    let plain: Vec<u8> = match (changed(bytes), wide(bytes)) {
        (Some(Changed::Mark), _) => bytes.get(3..).unwrap_or_default().to_vec(),
        (_, Some(wide)) => wide.ascii(bytes),
        _ => bytes.to_vec(),
    };
    plain.into_iter().filter(|byte| *byte != b'\r').collect()
}

/// The layout of a text in UTF-16.
#[derive(Clone, Copy)]
struct Wide {
    /// Length of its byte order mark in bytes.
    mark: usize,
    /// Which byte of a pair has the ASCII letter.
    letter: usize,
}

impl Wide {
    /// Its ASCII letters, up to the first other letter.
    fn ascii(self, bytes: &[u8]) -> Vec<u8> {
        let pairs = bytes.get(self.mark..).unwrap_or_default().chunks_exact(2);
        let letter = |pair: &[u8]| pair.get(self.letter).copied();
        pairs.map_while(letter).take_while(|letter| *letter != 0).collect()
    }
}

fn wide(bytes: &[u8]) -> Option<Wide> {
    let ascii = |byte: &u8| (9..127).contains(byte);
    match bytes {
        [0xFF, 0xFE, ..] => Some(Wide { mark: 2, letter: 0 }),
        [0xFE, 0xFF, ..] => Some(Wide { mark: 2, letter: 1 }),
        [a, 0, b, 0, ..] if ascii(a) && ascii(b) => Some(Wide { mark: 0, letter: 0 }),
        [0, a, 0, b, ..] if ascii(a) && ascii(b) => Some(Wide { mark: 0, letter: 1 }),
        _ => None,
    }
}

impl Changed {
    /// A short description.
    pub fn what(self) -> &'static str {
        match self {
            Changed::LineEnds => "its lines end with CR LF",
            Changed::Mark => "it begins with a byte order mark",
            Changed::Utf16 => "it is UTF-16",
        }
    }
}

/// A description with the likely cause, to follow the name of the file.
impl fmt::Display for Changed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let by = match self {
            Changed::LineEnds => "a mail program",
            Changed::Mark => "an editor or a mail program",
            Changed::Utf16 => "an editor or a shell",
        };
        let what = self.what();
        write!(
            f,
            "{what}; {by} may have changed it: have it sent as an attachment, or in an archive"
        )
    }
}
