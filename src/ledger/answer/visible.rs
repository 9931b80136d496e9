//! Text of strangers with every character visible.
//!
//! Always holds: control, bidirectional and invisible characters of a text never reach a reader as
//! such. Not here: writers that do this for all that they write (`cli`).

use annals_core::text::{is_invisible, is_unseen};

/// Text of strangers in one line: ⏎ is the end of a line and ⇥ a tab, such as stands between the
/// cells of a table; other control, bidirectional and invisible characters are shown by number.
pub fn visible(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut before = None;
    for c in text.chars() {
        match c {
            '\n' => out.push('⏎'),
            '\t' => out.push('⇥'),
            c => push_seen(&mut out, before, c),
        }
        before = Some(c);
    }
    out
}

/// Adds a character that follows `before`, or its number where it would not be seen.
pub fn push_seen(out: &mut String, before: Option<char>, c: char) {
    match is_invisible(c) || is_unseen(before, c) {
        true => out.push_str(&format!("\\u{{{:04x}}}", u32::from(c))),
        false => out.push(c),
    }
}
