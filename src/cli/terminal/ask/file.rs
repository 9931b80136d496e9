//! Files with a secret: a passphrase, a recovery key.
//!
//! Always holds: only a regular file is read, up to the maximum size of a secret; a new passphrase
//! is one line that can be typed; no message contains a part of one. Not here: which file.
//! Source: the maximum length of a terminal's line, termios(3).

use crate::cli::terminal::output::{note, shown_path};
use crate::disk::open::{Links, open};
use crate::ledger::file_kind::FileKind;
use crate::ledger::shell_word::shell_path;
use std::collections::BTreeSet;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use zeroize::Zeroizing;

/// The maximum size of a file with a secret, in bytes: a terminal accepts no longer line.
const MOST: usize = 4_096;

/// How a recovery key begins.
const RECOVERY: &[u8] = b"annals-recovery-";

/// The text of a file, without trailing line ends; `variable` names it in messages.
pub fn text(path: &Path, variable: &str) -> io::Result<Zeroizing<String>> {
    let text = whole(path, variable)?;
    Ok(Zeroizing::new(text.trim_end_matches(['\n', '\r']).to_owned()))
}

/// A new passphrase: the text of a file, without one line end, must be typeable.
pub fn new_passphrase(path: &Path, variable: &str) -> io::Result<Zeroizing<String>> {
    let whole = whole(path, variable)?;
    let line = whole.strip_suffix('\n').unwrap_or(&whole);
    let line = line.strip_suffix('\r').filter(|_| whole.ends_with('\n')).unwrap_or(line);
    match untypable(line) {
        Some(found) => Err(refused(
            path,
            variable,
            &format!("expected a passphrase of one line that can be typed, found {found}"),
        )),
        None => Ok(Zeroizing::new(line.to_owned())),
    }
}

/// The error for a file whose passphrase is not that of a key.
pub fn wrong(path: &Path, variable: &str, name: &str) -> io::Error {
    let found = match text(path, variable) {
        Ok(text) if text.is_empty() => "an empty file",
        Ok(text) => untypable(&text).unwrap_or(
            "another; name the file of this key, or leave the variable out and type the passphrase",
        ),
        Err(error) => return error,
    };
    refused(path, variable, &format!("expected the passphrase of the key {name}, found {found}"))
}

/// The first thing in a passphrase that cannot be typed at a prompt, if any.
pub fn untypable(text: &str) -> Option<&'static str> {
    if text.starts_with('\u{feff}') {
        return Some("a byte order mark at its beginning; save the file as UTF-8 without one");
    }
    if !text.is_empty() && text.trim().is_empty() {
        return Some("blanks alone");
    }
    text.chars().find_map(|letter| match letter {
        '\n' | '\u{2028}' | '\u{2029}' => Some("more than one line"),
        '\r' => Some("a carriage return inside"),
        '\0' => Some("a NUL byte"),
        '\u{feff}' => Some("a byte order mark inside"),
        '\u{a0}' | '\u{202f}' => Some("a no-break space, which looks like a space"),
        '\u{ad}'
        | '\u{61c}'
        | '\u{180e}'
        | '\u{200b}'
        | '\u{200e}'
        | '\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{2064}'
        | '\u{2066}'..='\u{206f}' => Some("a character that nobody sees"),
        letter if letter.is_control() => Some("a control character"),
        _ => None,
    })
}

fn whole(path: &Path, variable: &str) -> io::Result<Zeroizing<String>> {
    let io = |error: io::Error| {
        io::Error::new(error.kind(), format!("{variable} {}: {error}", path.display()))
    };
    let about = std::fs::metadata(path).map_err(io)?;
    if !about.is_file() {
        return Err(refused(path, variable, "expected a file, found something that is none"));
    }
    // Allocated at full size: a growing buffer would leave copies behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(MOST + 1));
    let file = open(path, Links::Follow).map_err(io)?;
    file.take(MOST as u64 + 1).read_to_end(&mut bytes).map_err(io)?;
    if let Some(kind) = other_kind(&bytes) {
        let why = format!("expected {}, found {}", expected(variable), kind.name());
        return Err(refused(path, variable, &why));
    }
    if bytes.len() > MOST {
        let why = format!("expected at most {MOST} bytes, found more");
        return Err(refused(path, variable, &why));
    }
    match std::str::from_utf8(&bytes) {
        Ok(text) => {
            warn_of_mode(path, variable, &about);
            Ok(Zeroizing::new(text.to_owned()))
        }
        Err(_) => Err(refused(path, variable, "expected UTF-8, found other bytes")),
    }
}

/// Warns once of a file that others may read. It is read all the same: a container gets its secrets
/// so, and the process has no other user there.
#[cfg(unix)]
fn warn_of_mode(path: &Path, variable: &str, about: &std::fs::Metadata) {
    use std::os::unix::fs::PermissionsExt;
    static WARNED: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());
    let mode = about.permissions().mode() & 0o777;
    let mut warned = WARNED.lock().unwrap_or_else(PoisonError::into_inner);
    if mode & 0o077 != 0 && warned.insert(path.to_owned()) {
        let (secret, shown, word) = (expected(variable), shown_path(path), shell_path(path));
        note(format!(
            "warning: expected {shown} to be open to its owner alone (mode 0600), found mode \
             {mode:04o}: who can read it has {secret}. Run: chmod 600 {word}"
        ));
    }
}

#[cfg(not(unix))]
fn warn_of_mode(_: &Path, _: &str, _: &std::fs::Metadata) {}

/// The kind of a file that plainly has no secret of this kind. Of one line, and of what has a
/// recovery key, nothing is copied.
fn other_kind(bytes: &[u8]) -> Option<FileKind> {
    let is_line = !bytes.trim_ascii_end().contains(&b'\n') && std::str::from_utf8(bytes).is_ok();
    let is_recovery = |part: &[u8]| part.eq_ignore_ascii_case(RECOVERY);
    if is_line || bytes.windows(RECOVERY.len()).any(is_recovery) {
        return None;
    }
    FileKind::of(bytes).filter(|kind| *kind != FileKind::Text)
}

/// What the file that a variable names has.
fn expected(variable: &str) -> &'static str {
    match variable {
        "ANNALS_RECOVERY_FILE" => "the recovery key",
        _ => "the passphrase",
    }
}

fn refused(path: &Path, variable: &str, why: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("{variable} {}: {why}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::untypable;

    #[test]
    fn what_nobody_sees_or_types_is_no_passphrase() {
        for text in ["correct horse", "пароль із слів", "می\u{200c}خواهم", "👩\u{200d}🚀", ""]
        {
            assert_eq!(untypable(text), None, "{text}");
        }
        for (text, found) in [
            ("a\u{200b}b", "a character that nobody sees"),
            ("cor\u{ad}rect", "a character that nobody sees"),
            ("\u{200f}correct", "a character that nobody sees"),
            ("correct\u{2060} horse", "a character that nobody sees"),
            ("correct\u{a0}horse", "a no-break space, which looks like a space"),
            ("    ", "blanks alone"),
            ("a\u{feff}b", "a byte order mark inside"),
        ] {
            assert_eq!(untypable(text), Some(found), "{text:?}");
        }
    }
}
