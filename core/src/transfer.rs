//! Transfer: how mail programs, editors and version control change a text in transfer.
//!
//! Always holds: no text form of format 1 has lines that end with CR LF, begins with a byte order
//! mark, or is UTF-16; each ends with a line end, and none with an empty line. A text that does not
//! was changed in transfer and is not reported as false. Not here: the forms themselves.
//! Source: FORMAT.md section 9, "Changed on the way".

use std::fmt;

/// How a text was changed in transfer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Changed {
    /// Lines end with CR LF.
    LineEnds,
    /// Lines end with CR.
    Cr,
    /// A byte order mark was put before it.
    Mark,
    /// It was written as UTF-16.
    Utf16,
    /// It ends within a line, after this number of bytes, or before its signatures.
    Cut(usize),
    /// Empty lines were put after its end.
    More,
    /// White space was put in an empty line.
    Spaces,
    /// Its long lines were broken.
    Folded,
}

/// How a text form of format 1 was changed in transfer, if it was.
///
/// ```
/// use annals_core::transfer::{Changed, changed};
/// assert_eq!(changed(b"annals pin v1\n"), None);
/// assert_eq!(changed(b"annals pin v1\r\n"), Some(Changed::LineEnds));
/// assert_eq!(changed(b"annals pin v1\rgenesis\r"), Some(Changed::Cr));
/// assert_eq!(changed(b"\xef\xbb\xbfannals pin v1\n"), Some(Changed::Mark));
/// assert_eq!(changed(b"\xff\xfea\0n\0"), Some(Changed::Utf16));
/// assert_eq!(changed(b"\0a\0n\0n"), Some(Changed::Utf16));
/// ```
pub fn changed(bytes: &[u8]) -> Option<Changed> {
    match bytes {
        [0xEF, 0xBB, 0xBF, ..] => Some(Changed::Mark),
        bytes if wide(bytes).is_some() => Some(Changed::Utf16),
        bytes if has_line_ends(bytes) => match bytes.contains(&b'\n') {
            true => Some(Changed::LineEnds),
            false => Some(Changed::Cr),
        },
        _ => None,
    }
}

/// A text with the other ends of lines: LF in place of each CR LF, or CR LF in place of each LF
/// where there is no CR LF; `None` if it has one line.
///
/// ```
/// use annals_core::transfer::with_other_line_ends;
/// assert_eq!(with_other_line_ends(b"a\r\nb\r").as_deref(), Some(&b"a\nb\r"[..]));
/// assert_eq!(with_other_line_ends(b"a\nb\n").as_deref(), Some(&b"a\r\nb\r\n"[..]));
/// assert_eq!(with_other_line_ends(b"a"), None);
/// ```
pub fn with_other_line_ends(bytes: &[u8]) -> Option<Vec<u8>> {
    let lines = || bytes.split(|byte| *byte == b'\n');
    let last = lines().count() - 1;
    let has_cr = lines().take(last).any(|line| line.ends_with(b"\r"));
    let mut text = Vec::with_capacity(bytes.len() + last);
    for (at, line) in lines().enumerate() {
        match has_cr {
            true if at < last => text.extend(line.strip_suffix(b"\r").unwrap_or(line)),
            _ => text.extend(line),
        }
        if at < last {
            text.extend_from_slice(if has_cr { b"\n" } else { b"\r\n" });
        }
    }
    (last > 0).then_some(text)
}

/// How a text form that is not in form was changed in transfer, if it was: as [`changed`] has it,
/// or at its ends.
///
/// ```
/// use annals_core::transfer::{Changed, changed_text};
/// assert_eq!(changed_text(b"annals pin v1\norigin"), Some(Changed::Cut(20)));
/// assert_eq!(changed_text(b"junk"), None);
/// assert_eq!(changed_text("a\n\n\u{2014} name c2ln\n\n".as_bytes()), Some(Changed::More));
/// assert_eq!(changed_text(b"a\n"), None);
/// ```
pub fn changed_text(bytes: &[u8]) -> Option<Changed> {
    if let Some(changed) = changed(bytes) {
        return Some(changed);
    }
    let Some(rest) = bytes.strip_suffix(b"\n") else {
        return bytes.contains(&b'\n').then_some(Changed::Cut(bytes.len()));
    };
    let is_empty = |line: &[u8]| line.iter().all(|byte| matches!(byte, b' ' | b'\t'));
    let lines = || rest.split(|byte| *byte == b'\n');
    let last = lines().next_back().unwrap_or_default();
    let is_signed = lines().any(is_signature);
    if is_empty(last) && (is_signed || last_words(rest).starts_with(SUM)) {
        return Some(Changed::More);
    }
    lines().any(|line| !line.is_empty() && is_empty(line)).then_some(Changed::Spaces)
}

/// How a proof that is not in form was changed in transfer, if it was: every proof in form has a
/// line that is longer than mail programs leave it, and a signature.
pub fn changed_proof(bytes: &[u8]) -> Option<Changed> {
    let lines = || bytes.split(|byte| *byte == b'\n');
    let longest = lines().map(<[u8]>::len).max().unwrap_or_default();
    let long = lines().filter(|line| line.len() >= LONG).count();
    // A signature line with another dash, or a damaged one, is an end too, and is judged.
    let last = last_words(bytes);
    let word = last.rsplit(|byte| *byte == b' ').next().unwrap_or_default();
    let is_other = last.starts_with(b"path ") || last.starts_with(b"{");
    let is_alike = word.len() >= LONG && word.len() < last.len() && !is_other;
    let has_end = || is_alike || lines().any(is_signature);
    let cut = || (!has_end()).then_some(Changed::Cut(bytes.len()));
    match changed_text(bytes) {
        None if longest <= LONGEST && long >= FOLDS => Some(Changed::Folded),
        other => other.or_else(cut),
    }
}

/// How long lines are that mail programs broke, in bytes.
const LONG: usize = 60;
const LONGEST: usize = 80;
/// How many lines of that length show it.
const FOLDS: usize = 3;
/// The start of the last line of a pin and of evidence.
const SUM: &[u8] = b"sum ";
/// Whether a line begins as the signatures of a note do.
fn is_signature(line: &[u8]) -> bool {
    line.starts_with("\u{2014} ".as_bytes())
}

/// The last line that is not empty.
fn last_words(text: &[u8]) -> &[u8] {
    let text = text.trim_ascii_end();
    text.rsplit(|byte| *byte == b'\n').next().unwrap_or_default()
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
            Changed::Cr => "its lines end with CR",
            Changed::Mark => "it begins with a byte order mark",
            Changed::Utf16 => "it is UTF-16",
            Changed::Cut(_) => "it ends early",
            Changed::More => "an empty line stands after its end",
            Changed::Spaces => "white space stands in an empty line of it",
            Changed::Folded => "its long lines are broken",
        }
    }
}

/// A description with the likely cause, to follow the name of the file.
impl fmt::Display for Changed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let by = match self {
            Changed::LineEnds | Changed::Cr | Changed::Folded => "a mail program",
            Changed::Utf16 => "an editor or a shell",
            Changed::Mark | Changed::More | Changed::Spaces => "an editor or a mail program",
            Changed::Cut(bytes) => {
                return write!(
                    f,
                    "it ends early, after {bytes} bytes; a download or an editor may have cut it: \
                     have it sent again, as an attachment, or in an archive"
                );
            }
        };
        let what = self.what();
        write!(
            f,
            "{what}; {by} may have changed it: have it sent as an attachment, or in an archive"
        )
    }
}
