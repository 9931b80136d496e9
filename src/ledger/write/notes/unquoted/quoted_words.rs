//! The words that a fact quotes, with which its claim is compared.
//!
//! Always holds: words that a line breaks are also there without the hyphen.

use annals_core::event::body::Fact;

/// What a fact quotes, with its translations and the words of its date.
pub(super) fn quoted_words(fact: &Fact) -> Vec<&str> {
    let mut quoted: Vec<&str> = Vec::new();
    for entry in &fact.evidence {
        quoted.extend(entry.quote.as_ref().map(|quote| &*quote.exact));
        quoted.extend(entry.translation.as_ref().map(|translation| &*translation.text));
    }
    quoted.extend(fact.when.as_ref().and_then(|when| when.as_written.as_deref()));
    quoted
}

/// Quoted words without the hyphens that break a word at the end of a line (`Ja-⏎pan`), if there
/// are any.
pub(super) fn rejoined(words: &str) -> Option<String> {
    const HYPHENS: [char; 4] = ['-', '‐', '‑', '\u{AD}'];
    if !words.contains('\n') {
        return None;
    }
    let (mut joined, mut is_broken) = (String::with_capacity(words.len()), false);
    let mut lines = words.split('\n').peekable();
    while let Some(line) = lines.next() {
        let bare = line.trim_end_matches('\r').trim_end_matches(HYPHENS);
        let has_hyphen = line.trim_end_matches('\r').ends_with(HYPHENS);
        let goes_on = lines.peek().is_some_and(|next| next.starts_with(char::is_alphabetic));
        match has_hyphen && goes_on && bare.ends_with(char::is_alphabetic) {
            true => {
                joined.push_str(bare);
                is_broken = true;
            }
            false => {
                joined.push_str(line);
                joined.push('\n');
            }
        }
    }
    is_broken.then_some(joined)
}
