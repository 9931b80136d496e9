//! The small words of languages (articles, pronouns, conjunctions), and which languages have one.
//!
//! Always holds: nothing is made when a process starts; a word is looked up in one sorted table of
//! bytes. Not here: what a text's small words say about its language (`written_language`).
//! Source: the table that `build.rs` makes of the lists of `stop-words`.

use std::cmp::Ordering;

/// The languages in a line, then in each line a word, a tab, and the set of its languages.
const TABLE: &str = include_str!(concat!(env!("OUT_DIR"), "/small_words"));

/// The languages that have a word in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LanguageSet(u64);

impl LanguageSet {
    /// How many they are; at least one.
    pub fn count(self) -> u32 {
        self.0.count_ones()
    }

    /// Their codes, in the order of [`languages`].
    pub fn iter(self) -> impl Iterator<Item = &'static str> {
        languages().enumerate().filter(move |(at, _)| self.0 >> at & 1 == 1).map(|(_, code)| code)
    }
}

/// The codes (ISO 639-1) of all languages whose small words are known.
pub fn languages() -> impl Iterator<Item = &'static str> {
    TABLE.lines().next().unwrap_or_default().split(' ')
}

/// The languages that have this small word, which is in lower case; `None` if it is one of none.
///
/// ```
/// use annals::wording::small_words::languages_of;
/// let der = languages_of("der").map(|languages| languages.iter().collect::<Vec<_>>());
/// assert_eq!(der, Some(vec!["da", "de", "nl", "no"]));
/// assert_eq!(languages_of("minister"), None);
/// ```
pub fn languages_of(word: &str) -> Option<LanguageSet> {
    let (_, mut lines) = TABLE.split_once('\n')?;
    while !lines.is_empty() {
        // The line in the middle, and what is before and after it.
        let bytes = lines.as_bytes();
        let (before, after) = bytes.split_at_checked(bytes.len() / 2)?;
        let start = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        let end = after.iter().position(|byte| *byte == b'\n');
        let end = end.map_or(bytes.len(), |at| before.len() + at);
        let (found, set) = lines.get(start..end)?.split_once('\t')?;
        lines = match word.cmp(found) {
            Ordering::Equal => return u64::from_str_radix(set, 16).ok().map(LanguageSet),
            Ordering::Less => lines.get(..start.saturating_sub(1))?,
            Ordering::Greater => lines.get(end + 1..).unwrap_or_default(),
        };
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_of_the_table_is_found_with_its_languages() {
        let lines: Vec<&str> = TABLE.lines().skip(1).collect();
        assert!(lines.len() > 10_000 && lines.is_sorted_by_key(|line| line.split('\t').next()));
        for line in lines {
            let (word, set) = line.split_once('\t').unwrap();
            let set = LanguageSet(u64::from_str_radix(set, 16).unwrap());
            assert_eq!(languages_of(word), Some(set), "{word}");
            assert_eq!(set.iter().count(), set.count() as usize);
            assert_eq!(languages_of(&format!("{word}\u{1}")), None);
        }
        assert_eq!((languages_of(""), languages_of("\u{10FFFF}")), (None, None));
    }

    #[test]
    fn each_list_is_in_the_table() {
        assert!(languages().eq(stop_words::available_languages().iter().copied()));
        for language in languages() {
            for word in stop_words::lookup(language).unwrap() {
                let found = languages_of(word).unwrap();
                assert!(found.iter().any(|it| it == language), "{language} {word}");
            }
        }
        let uk = languages_of("не").unwrap();
        assert!(uk.iter().any(|it| it == "uk"));
    }
}
