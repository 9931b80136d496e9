//! Whole words of a text.
//!
//! Always holds: scripts that write words together have no borders of words here.

use memchr::memmem;

/// Whether a text has these letters as a whole word.
pub fn has_word(text: &str, word: &str) -> bool {
    let is_whole = |at: usize| !is_in_word(text, at) && !is_in_word(text, at + word.len());
    memmem::find_iter(text.as_bytes(), word).any(is_whole)
}

/// Whether a place is between two letters of a word, in a script that keeps words apart with spaces
/// and writes none together.
pub(super) fn is_in_word(text: &str, at: usize) -> bool {
    let is_part = |c: char| c.is_alphanumeric() && c < '\u{530}';
    let (before, after) = (text.get(..at), text.get(at..));
    before.is_some_and(|it| it.ends_with(is_part))
        && after.is_some_and(|it| it.starts_with(is_part))
}
