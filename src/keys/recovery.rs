//! The recovery key as text on paper.
//!
//! ```text
//! annals-recovery-1
//! 0a41 5f0c 9c1e 77d3  5b2e      four lines: 8 bytes of the seed in four groups,
//! …                              and their check in the fifth
//! ```
//!
//! Always holds: the check of line *n* (1–4) is the first 2 bytes of SHA-256(`annals-recovery-1` ‖
//! the byte *n* ‖ its 8 bytes), so an error identifies its line, and lines cannot be exchanged. The
//! reader accepts any spaces, dashes, line breaks and case, and o, i and l for the digits that they
//! resemble, because none of them is a hex digit; no other error is accepted or corrected.
//! Not here: whether it is the key of this record: compare its digest with event 0 (`recovery`).
//! Source: ours; hex, so that it can be dictated in any language.

use crate::keys::error::{KeysError, shown};
use annals_core::hash::Hash;
use annals_core::key::SecretKey;
use zeroize::Zeroizing;

const FIRST: &str = "annals-recovery-1";
/// [`FIRST`] after letters that look like digits are replaced by them.
const FIRST_READ: &str = "anna1srec0very1";
/// Hex digits of a line: 16 of the seed, 4 of the check.
const LINE: usize = 20;
/// The number of lines of digits after the first line.
pub const RECOVERY_LINES: usize = 4;

/// The text of a recovery key: five lines, each with its LF. Shown once; wiped when dropped.
///
/// ```
/// use annals_core::key::SecretKey;
/// use annals::keys::{read_recovery, write_recovery};
/// let secret = SecretKey::from_seed([7; 32]);
/// let text = write_recovery(&secret);
/// assert!(text.starts_with("annals-recovery-1\n0707 0707 0707 0707  "));
/// assert_eq!(read_recovery(&text.to_uppercase())?.public(), secret.public());
/// # Ok::<(), annals::keys::KeysError>(())
/// ```
pub fn write_recovery(secret: &SecretKey) -> Zeroizing<String> {
    let seed = secret.seed();
    // Allocated at full size: a growing string would leave copies behind.
    let mut out = Zeroizing::new(String::with_capacity(160));
    out.push_str(FIRST);
    for (index, part) in seed.chunks(8).enumerate() {
        for (place, byte) in part.iter().chain(&check(index, part)).enumerate() {
            out.push_str(match place {
                0 => "\n",
                8 => "  ",
                even if even % 2 == 0 => " ",
                _ => "",
            });
            for digit in [byte >> 4, byte & 15] {
                out.push(char::from_digit(u32::from(digit), 16).unwrap_or('0'));
            }
        }
    }
    out.push('\n');
    out
}

/// Parses the text from the paper.
pub fn read_recovery(text: &str) -> Result<SecretKey, KeysError> {
    let typed = plain(text);
    let Some(rest) = typed.strip_prefix(FIRST_READ) else {
        // The text may be the secret itself, so it is not shown.
        return Err(refuse("`annals-recovery-1` at the beginning", "something else".to_owned()));
    };
    let digits = digits(rest)?;
    if digits.len() != LINE * RECOVERY_LINES {
        let found = format!("{} digits", digits.len());
        return Err(refuse("4 lines of 5 groups of 4, 80 digits in all", found));
    }
    seed_of(&digits)
}

/// Whether a recovery key stands in a text, whatever is around it: four lines of digits whose check
/// groups hold.
pub(super) fn holds_recovery_key(text: &str) -> bool {
    let text = plain(text);
    let begins = text.match_indices(FIRST_READ).map(|(at, first)| at + first.len());
    begins.filter_map(|at| text.get(at..at + LINE * RECOVERY_LINES)).any(|found| {
        let is_seed = |found: Zeroizing<Vec<u8>>| seed_of(&found).is_ok();
        digits(found).is_ok_and(is_seed)
    })
}

/// Checks a line of digits against its check group; `line` is 1 to [`RECOVERY_LINES`]. So an error
/// is reported before the next line is typed.
pub fn check_recovery_line(line: usize, text: &str) -> Result<(), KeysError> {
    let digits = digits(&plain(text))?;
    if digits.len() != LINE {
        let found = format!("{} digits", digits.len());
        return Err(refuse("5 groups of 4, 20 digits", found));
    }
    let index = line.saturating_sub(1);
    match holds(index, &digits) {
        true => Ok(()),
        false => Err(KeysError::RecoveryLines { lines: named(index, &digits) }),
    }
}

fn refuse(expected: &'static str, found: String) -> KeysError {
    KeysError::RecoveryForm { expected, found }
}

/// Whether a person may have typed it for the hyphens of a recovery key.
pub(super) fn is_dash(c: char) -> bool {
    matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}')
}

/// The text without spaces, dashes of any length and the mark that editors put before a file, in
/// lower case, with digits for letters that look like them.
fn plain(text: &str) -> Zeroizing<String> {
    let mut typed = Zeroizing::new(String::with_capacity(text.len()));
    let is_left_out = |c: char| c.is_whitespace() || is_dash(c) || c == '\u{feff}';
    let kept = text.chars().filter(|c| !is_left_out(*c));
    typed.extend(kept.map(|letter| match letter.to_ascii_lowercase() {
        'o' => '0',
        'i' | 'l' => '1',
        other => other,
    }));
    typed
}

fn digits(text: &str) -> Result<Zeroizing<Vec<u8>>, KeysError> {
    let mut digits = Zeroizing::new(Vec::with_capacity(text.len()));
    for (index, letter) in text.chars().enumerate() {
        let Some(digit) = letter.to_digit(16) else {
            let found = format!("{} at digit {}", shown(&letter.to_string()), index + 1);
            return Err(refuse("the digits 0-9 and a-f", found));
        };
        digits.push(digit as u8);
    }
    Ok(digits)
}

/// A line whose check does not hold, and the likely group of the error.
fn named(index: usize, line: &[u8]) -> String {
    match likely_group(index, line) {
        Some(group) => format!("line {} (likely group {group})", index + 1),
        None => format!("line {}", index + 1),
    }
}

/// The seed of 80 digits whose checks hold; otherwise an error with the lines whose checks do not.
fn seed_of(digits: &[u8]) -> Result<SecretKey, KeysError> {
    let mut seed = Zeroizing::new([0; 32]);
    let mut wrong = Vec::new();
    for (index, line) in digits.chunks(LINE).enumerate() {
        let bytes = bytes_of(line);
        seed[8 * index..8 * index + 8].copy_from_slice(&bytes[..8]);
        if !holds(index, line) {
            wrong.push(named(index, line));
        }
    }
    match wrong.is_empty() {
        true => Ok(SecretKey::from_seed(*seed)),
        false => Err(KeysError::RecoveryLines { lines: wrong.join(", ") }),
    }
}

/// The group in which one changed digit makes the line right, if there is exactly one such group.
fn likely_group(index: usize, line: &[u8]) -> Option<usize> {
    let mut groups = Vec::new();
    let mut tried = Zeroizing::new([0; LINE]);
    for place in 0..LINE {
        for digit in 0..16 {
            tried.copy_from_slice(line);
            tried[place] = digit;
            if holds(index, &*tried) {
                groups.push(place / 4 + 1);
            }
        }
    }
    groups.dedup();
    match groups[..] {
        [group] => Some(group),
        _ => None,
    }
}

fn holds(index: usize, line: &[u8]) -> bool {
    let bytes = bytes_of(line);
    check(index, &bytes[..8]) == bytes[8..]
}

fn bytes_of(line: &[u8]) -> Zeroizing<[u8; LINE / 2]> {
    let mut bytes = Zeroizing::new([0; LINE / 2]);
    for (byte, pair) in bytes.iter_mut().zip(line.chunks(2)) {
        *byte = pair.iter().fold(0, |sum, digit| sum << 4 | digit);
    }
    bytes
}

fn check(index: usize, part: &[u8]) -> [u8; 2] {
    let digest = Hash::of(&[FIRST.as_bytes(), &[index as u8 + 1], part]).0;
    [digest[0], digest[1]]
}
