//! Unquoted words: figures, dates and names of a claim that no quoted text contains.
//!
//! Always holds: it is a hint for the signer and refuses nothing. Figures are compared by value,
//! whatever their digits and separators; names by their beginning, so that endings do not matter,
//! and only if claim and document are in one language. Not here: whether a claim is true, or what
//! its other words mean.

use crate::ledger::write::resolve::RecordLookup;
use annals_core::event::body::{Captured, Content, Described, Fact};
use annals_core::search::folded;
use memchr::memmem;
use std::cell::LazyCell;
use std::collections::BTreeSet;
use unicode_segmentation::UnicodeSegmentation;

/// The hints for the signer of an event.
pub fn notes(content: &Content, lookup: &mut dyn RecordLookup) -> Vec<String> {
    match content {
        Content::FactAsserted(content) => claim(&content.fact, lookup),
        Content::FactCorrected(content) => claim(&content.fact, lookup),
        Content::DocumentCaptured(Captured { media_type, published, .. })
        | Content::DocumentDescribed(Described { media_type, published, .. }) => {
            let written = published.as_ref().and_then(|published| published.as_written.as_deref());
            let written = written.filter(|_| &**media_type != "text/plain");
            let note = |words| {
                format!(
                    "published: the words “{words}” were not looked for in the document, which is \
                     {}",
                    &**media_type
                )
            };
            written.map(note).into_iter().collect()
        }
        _ => Vec::new(),
    }
}

fn claim(fact: &Fact, lookup: &mut dyn RecordLookup) -> Vec<String> {
    let mut languages = fact.evidence.iter().filter(|entry| entry.quote.is_some());
    let language = languages.find_map(|entry| lookup.document(entry.document).ok()?.1);
    let compared = language.map_or(Compare::Figures, |lang| Compare::of(&fact.lang, &lang));
    let missing = unquoted(fact, compared);
    if missing.is_empty() {
        return Vec::new();
    }
    let list: Vec<String> = missing.iter().map(|words| format!("“{words}”")).collect();
    vec![format!("in the claim “{}” and in no quoted word: {}", &*fact.claim, list.join(", "))]
}

fn primary(lang: &str) -> String {
    lang.split('-').next().unwrap_or_default().to_ascii_lowercase()
}

/// Which words of a claim are compared with the quoted text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compare {
    /// Figures: in any language.
    Figures,
    /// Names as well: if claim and document are in one language.
    FiguresAndNames,
}

impl Compare {
    /// What can be compared of a claim and a document of these languages.
    pub fn of(claim: &str, document: &str) -> Compare {
        match primary(claim) == primary(document) {
            true => Compare::FiguresAndNames,
            false => Compare::Figures,
        }
    }
}

/// The figures of a claim, and its names if they are compared, that no quoted text contains.
fn unquoted(fact: &Fact, compare: Compare) -> Vec<String> {
    let mut quoted: Vec<&str> = Vec::new();
    for entry in &fact.evidence {
        quoted.extend(entry.quote.as_ref().map(|quote| &*quote.exact));
        quoted.extend(entry.translation.as_ref().map(|translation| &*translation.text));
    }
    quoted.extend(fact.when.as_ref().and_then(|when| when.as_written.as_deref()));
    let agents = fact.attribution.iter().flatten().map(|hop| &*hop.agent).collect();
    Wording { claim: &fact.claim, lang: &fact.lang, quoted, agents }.unquoted(compare)
}

/// A claim, and the words that are quoted for it.
pub struct Wording<'a> {
    /// The claim.
    pub claim: &'a str,
    /// Its language.
    pub lang: &'a str,
    /// What is quoted.
    pub quoted: Vec<&'a str>,
    /// Whose words they are.
    pub agents: Vec<&'a str>,
}

impl Wording<'_> {
    /// The figures of the claim, and its names if they are compared, that no quoted word has.
    pub fn unquoted(mut self, compare: Compare) -> Vec<String> {
        let known = self.quoted.iter().flat_map(|words| figures(words));
        let known: BTreeSet<String> = known.map(|figure| figure.value).collect();
        let mut missing: Vec<String> = Vec::new();
        for figure in figures(self.claim) {
            if !known.contains(&figure.value) && !missing.contains(&figure.words) {
                missing.push(figure.words);
            }
        }
        if compare == Compare::FiguresAndNames {
            self.quoted.append(&mut self.agents);
            missing.extend(self.missing_names());
        }
        missing
    }
}

struct Figure {
    words: String,
    value: String,
}

/// The figures of a text: as written, and their digits with `.` before the decimals.
fn figures(text: &str) -> Vec<Figure> {
    let mut figures = Vec::new();
    if !text.chars().any(|c| digit(c).is_some()) {
        return figures;
    }
    let chars: Vec<char> = text.chars().collect();
    let digit = |at: usize| chars.get(at).copied().and_then(digit);
    let mut at = 0;
    while at < chars.len() {
        let from = at;
        let (mut value, mut words) = (String::new(), String::new());
        while let Some(found) = digit(at) {
            value.push(found);
            words.push(chars[at]);
            at += 1;
            let gap = [' ', '\u{A0}', '\u{2009}', '\u{202F}'];
            let mark = ['.', ',', '\'', '’', '٫', '٬'];
            let part = chars.get(at).is_some_and(|c| gap.contains(c) || mark.contains(c));
            let group = (1..=3).all(|more| digit(at + more).is_some()) && digit(at + 4).is_none();
            let blank = chars.get(at).is_some_and(|c| c.is_whitespace());
            if part && digit(at + 1).is_some() && (group || !blank) && digit(at).is_none() {
                // Three digits after a separator are thousands; else they are decimals.
                if !group {
                    value.push('.');
                }
                words.push(chars[at]);
                at += 1;
            }
        }
        let whole = value.trim_start_matches('0');
        if at > from && !whole.is_empty() {
            figures.push(Figure { words, value: whole.to_owned() });
        }
        at = at.max(from + 1);
    }
    figures
}

/// The digit zero of each script with positional numbers.
const ZEROS: &[u32] = &[
    0x30, 0x660, 0x6F0, 0x7C0, 0x966, 0x9E6, 0xA66, 0xAE6, 0xB66, 0xBE6, 0xC66, 0xCE6, 0xD66,
    0xE50, 0xED0, 0xF20, 0x1040, 0x17E0, 0x1810, 0xFF10,
];

/// The ASCII digit of a digit of any script.
fn digit(c: char) -> Option<char> {
    if c < '\u{660}' {
        return c.is_ascii_digit().then_some(c);
    }
    let zero = ZEROS.iter().find(|zero| (**zero..**zero + 10).contains(&u32::from(c)))?;
    char::from_digit(u32::from(c) - zero, 10)
}

impl Wording<'_> {
    /// Runs of capitalised words of a claim of which no quoted word is.
    fn missing_names(&self) -> Vec<String> {
        // German and its neighbours write every noun with a capital.
        if matches!(primary(self.lang).as_str(), "de" | "lb" | "gsw") {
            return Vec::new();
        }
        // Most names stand as they are in what is quoted, and then its words need not be folded.
        let quoted: LazyCell<Vec<String>, _> = LazyCell::new(|| {
            let words = self.quoted.iter().flat_map(|words| words.unicode_words());
            let mut words: Vec<String> = words.map(folded).collect();
            words.sort_unstable();
            words
        });
        let stands = |word: &str| {
            if self.quoted.iter().any(|quoted| begins_a_word(quoted, word)) {
                return true;
            }
            let word = folded(word);
            let letters = word.chars().count();
            // A word of five letters and more may have another ending.
            let kept = if letters < 5 { letters } else { letters - 2 };
            let stem: String = word.chars().take(kept).collect();
            let next = quoted.partition_point(|known| *known < stem);
            quoted.get(next).is_some_and(|known| known.starts_with(&stem))
        };
        let mut names: Vec<String> = Vec::new();
        let mut open = false;
        let words: Vec<&str> = self.claim.unicode_words().collect();
        for (at, word) in words.iter().enumerate() {
            let mut letters = word.chars().filter(|c| c.is_alphabetic());
            let capital = letters.next().is_some_and(char::is_uppercase);
            let acronym = capital && letters.next().is_some_and(char::is_uppercase);
            let next = words.get(at + 1).and_then(|word| word.chars().next());
            // The first word of a sentence has a capital whatever it is.
            let name = capital && (at > 0 || acronym || next.is_some_and(char::is_uppercase));
            let missing = name && word.chars().count() > 1 && !stands(word);
            match (missing, open, names.last_mut()) {
                (true, true, Some(last)) => *last = format!("{last} {word}"),
                (true, ..) => names.push((*word).to_owned()),
                _ => {}
            }
            open = missing;
        }
        names.dedup();
        names
    }
}

/// Whether these letters are the beginning of a word of a text, as they are. A fast check: `true`
/// is certain, `false` is not.
fn begins_a_word(text: &str, letters: &str) -> bool {
    // After a blank a word begins, and an ASCII character does not change the letter before it.
    let text = text.as_bytes();
    let stands = |at: usize| {
        let before = at.checked_sub(1).and_then(|before| text.get(before));
        let after = text.get(at + letters.len());
        before.is_none_or(|byte| *byte == b' ') && after.is_none_or(u8::is_ascii)
    };
    letters.bytes().all(|byte| byte.is_ascii_alphabetic())
        && memmem::find_iter(text, letters).any(stands)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn missing(quoted: &str, claim: &str, lang: &str) -> Vec<String> {
        let quote = json!({ "exact": quoted, "prefix": "", "suffix": "" });
        let span = json!({ "start": 0, "end": 1 });
        let fact = json!({
            "claim": claim,
            "lang": lang,
            "vouch": "said",
            "evidence": [{ "document": 3, "stance": "supports", "quote": quote, "span": span }],
            "attribution": [{ "agent": "Kommersant", "agent_type": "organization", "act": "says" }],
        });
        unquoted(&serde_json::from_value(fact).unwrap(), Compare::FiguresAndNames)
    }

    #[test]
    fn figures_are_compared_by_value() {
        let none: [&str; 0] = [];
        let quoted = "1\u{202F}000 of 61, or 9,8";
        assert_eq!(missing(quoted, "It has 1,000 of 61, or 9.8.", "en"), none);
        assert_eq!(missing("٣٥ شخصا", "It was 35.", "en"), none);
        assert_eq!(missing("9.8 million", "It cost 98 million.", "en"), ["98"]);
        assert_eq!(missing("61 of 88", "61 of 8 went.", "en"), ["8"]);
        assert_eq!(missing("on 26 January", "On 2022-01-26.", "en"), ["2022", "01"]);
        assert_eq!(missing("two answers", "The 2 answers.", "en"), ["2"]);
    }

    #[test]
    fn what_begins_a_word_as_it_is_is_the_beginning_of_a_folded_word() {
        let text = "Cafe\u{301} in Kyiv, Lviv’s Cafe and McDonald MOSKVA-Kyiv москва Sullivan2";
        let begins = |letters| begins_a_word(text, letters);
        let known = ["Kyiv", "Kyi", "Cafe", "McD", "MOSKVA", "Sullivan"];
        assert_eq!(known.map(begins), [true; 6]);
        let others = ["Donald", "yiv", "Kyiv,", "kyiv", "москва", "MOSKVA-", "Lviv"];
        assert_eq!(others.map(begins), [false; 7]);
        assert!(!begins_a_word("Cafe\u{301} in Kyiv", "Cafe"));
        let words: Vec<String> = text.unicode_words().map(folded).collect();
        for start in 0..text.len() {
            let rest = text.get(start..).unwrap_or_default();
            let letters: String = rest.chars().take(4).collect();
            let is_one = words.iter().any(|word| word.starts_with(&folded(&letters)));
            assert!(!begins_a_word(text, &letters) || is_one, "{letters}");
        }
    }

    #[test]
    fn names_are_compared_by_their_beginning() {
        let none: [&str; 0] = [];
        let claim = "Two diplomats met in Moscow, Kommersant says.";
        assert_eq!(missing("they met in Moscow", claim, "en"), none);
        assert_eq!(missing("they met", claim, "en"), ["Moscow"]);
        assert_eq!(missing("he met her", "They say John Sullivan met NATO.", "en"), {
            ["John Sullivan", "NATO"]
        });
        assert_eq!(missing("Путіна не було", "Там був Лавров.", "uk"), ["Лавров"]);
        assert_eq!(missing("Москви не було", "Там була Москва.", "uk"), none);
        assert_eq!(missing("北京的会谈", "会谈在北京。", "zh"), none);
        assert_eq!(missing("sie traf ihn", "Sie traf den Minister.", "de"), none);
    }
}
