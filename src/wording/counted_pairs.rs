//! Two counts that one small word joins: `19 votes to 6`, `19 voix contre 6`.
//!
//! Always holds: only whole figures are counts, and at most one word stands between the first one
//! and the small word. Not here: pairs with a dash or a colon (`figures`).

use crate::wording::figures::Pair;

/// The words that join two counts, in the languages that records are mostly written in.
const JOINING: [&str; 20] = [
    "to",
    "against",
    "versus",
    "vs",
    "contre",
    "à",
    "contra",
    "a",
    "contro",
    "zu",
    "gegen",
    "tegen",
    "mot",
    "mod",
    "przeciw",
    "przeciwko",
    "do",
    "проти",
    "против",
    "к",
];

/// The pairs of counts of a text, in order.
///
/// ```
/// use annals::wording::counted_pairs::counted_pairs;
/// let pairs = counted_pairs("It passed by 19 votes to 6, after 3 hours.");
/// assert_eq!(pairs.len(), 1);
/// assert_eq!((&*pairs[0].first, &*pairs[0].second), ("19", "6"));
/// assert_eq!(pairs[0].words, "19 votes to 6");
/// ```
pub fn counted_pairs(text: &str) -> Vec<Pair> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let pair = |from: usize| {
        let first = count(words.get(from)?.trim_start_matches(is_mark))?;
        let is_joining = |at: usize| words.get(at).is_some_and(|word| joins(word));
        let joint = match (is_joining(from + 1), is_joining(from + 2)) {
            (true, _) => from + 1,
            (false, true) if is_word(words.get(from + 1)?) => from + 2,
            _ => return None,
        };
        let last = words.get(joint + 1)?.trim_end_matches(is_mark);
        let second = count(last)?;
        let shown = [&[first], words.get(from + 1..=joint)?, &[last]].concat().join(" ");
        Some(Pair { words: shown, first: first.to_owned(), second: second.to_owned() })
    };
    (0..words.len()).filter_map(pair).collect()
}

fn count(word: &str) -> Option<&str> {
    let is_count = !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit());
    is_count.then_some(word)
}

fn joins(word: &str) -> bool {
    let word = word.trim_end_matches('.').to_lowercase();
    JOINING.contains(&&*word)
}

/// Whether it is a word after which nothing ends.
fn is_word(word: &str) -> bool {
    word.chars().all(|c| c.is_alphabetic() || matches!(c, '-' | '’' | '\''))
}

/// Marks around words, which are no part of a count.
fn is_mark(c: char) -> bool {
    matches!(c, '(' | ')' | '[' | ']' | ',' | '.' | ';' | ':' | '!' | '?')
        || matches!(c, '"' | '“' | '”' | '„' | '«' | '»')
}
