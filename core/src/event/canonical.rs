//! One spelling: a line of JSON is read as its type and must equal what that type writes.
//!
//! Always holds: [`read`] accepts a line only if [`write()`] returns the same bytes for its value;
//! so order, white space, escapes, duplicates and absent fields need no rules of their own. Not
//! here: the fields (`args`, `body`, `record`). Source: FORMAT.md section 1; `serde_json`, whose
//! compact writer escapes exactly what format 1 escapes.

use crate::event::spelling;
use serde::de::{Deserializer, Error};
use serde::{Deserialize, Serialize};
use std::io::{self, Write};

/// The greatest integer in format 1: 2^53 − 1.
pub const MAX_INTEGER: u64 = (1 << 53) - 1;

/// The length in bytes that most lines do not exceed.
pub(super) const USUAL: usize = 1_024;

/// Why a line is refused, as text.
pub type FormError = String;

/// Parses a line and compares it with its own spelling.
pub fn read<'a, T: Deserialize<'a> + Serialize>(line: &'a [u8]) -> Result<T, FormError> {
    let text = std::str::from_utf8(line).map_err(|error| format!("not UTF-8: {error}"))?;
    if let Some(value) = spelling::read(text) {
        return Ok(value);
    }
    let value: T = serde_json::from_str(text).map_err(|error| error.to_string())?;
    compare(&value, line)?;
    Ok(value)
}

/// Refuses a line that is not the spelling of `value`, naming the first byte that differs.
pub fn compare<T: Serialize>(value: &T, line: &[u8]) -> Result<(), FormError> {
    let mut comparison = Comparison { expected: line, at: 0 };
    let written = serde_json::to_writer(&mut comparison, value);
    if written.is_err() || comparison.at != line.len() {
        return Err(format!("not in its one spelling: differs from byte {}", comparison.at));
    }
    Ok(())
}

/// The one spelling of a value, without a newline. Empty if the value cannot be written, which does
/// not happen for the types of the format.
pub fn write<T: Serialize>(value: &T) -> Vec<u8> {
    let mut out = Vec::with_capacity(USUAL);
    append(value, &mut out);
    out
}

/// Adds the one spelling of a value to `out`, as [`write()`] gives it.
pub(super) fn append<T: Serialize>(value: &T, out: &mut Vec<u8>) {
    let before = out.len();
    if serde_json::to_writer(&mut *out, value).is_err() {
        out.truncate(before);
    }
}

/// Compares written bytes with expected bytes, and stops at the first difference.
struct Comparison<'a> {
    expected: &'a [u8],
    at: usize,
}

impl Write for Comparison<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let rest = &self.expected[self.at..];
        if rest.starts_with(bytes) {
            self.at += bytes.len();
            return Ok(bytes.len());
        }
        self.at += rest.iter().zip(bytes).take_while(|(a, b)| a == b).count();
        Err(io::Error::other("differs"))
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Deserialises an integer of format 1: 0 to 2^53 − 1.
pub fn integer<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    bounded(u64::deserialize(deserializer)?)
}

/// Deserialises an integer or null.
pub fn integer_or_null<'de, D: Deserializer<'de>>(d: D) -> Result<Option<u64>, D::Error> {
    Option::<u64>::deserialize(d)?.map(bounded).transpose()
}

fn bounded<E: Error>(value: u64) -> Result<u64, E> {
    if value > MAX_INTEGER {
        return Err(E::custom(format!("integer {value} is over 9007199254740991")));
    }
    Ok(value)
}

/// Deserialises a list of 1 to 64 values: arrays of format 1 are not empty.
pub fn list<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    let list = Vec::<T>::deserialize(deserializer)?;
    if list.is_empty() || list.len() > 64 {
        return Err(D::Error::custom(format!("expected 1 to 64 entries, found {}", list.len())));
    }
    Ok(list)
}

/// Deserialises an optional list: left out, or 1 to 64 values.
pub fn optional_list<'de, D, T>(deserializer: D) -> Result<Option<Vec<T>>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    list(deserializer).map(Some)
}
