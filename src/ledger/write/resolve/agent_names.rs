//! The spellings of a name that differ in typographic marks alone: `O'Dea`, `O’Dea`.
//!
//! Always holds: letters and their case are never changed; the first spelling is the typed one. Not
//! here: which of them the record has (`resolve`).

use std::borrow::Cow;
use unicode_normalization::{UnicodeNormalization, is_nfc};

const APOSTROPHES: [char; 4] = ['\'', '’', 'ʼ', '‘'];
/// Quotation marks that stand around words.
const QUOTES: [[char; 2]; 5] = [['"', '"'], ['“', '”'], ['„', '“'], ['«', '»'], ['”', '”']];
const SPACES: [char; 2] = ['\u{A0}', '\u{202F}'];

/// A name with the marks that keyboards have, in composed letters.
pub fn plain(name: &str) -> Cow<'_, str> {
    if name.is_ascii() {
        return Cow::Borrowed(name);
    }
    let marks = name.nfc().map(|c| match c {
        c if APOSTROPHES.contains(&c) => '\'',
        c if QUOTES.as_flattened().contains(&c) => '"',
        c if SPACES.contains(&c) => ' ',
        c => c,
    });
    Cow::Owned(marks.collect())
}

/// The typed name, and the same with other marks of its kinds.
pub fn spellings(typed: &str) -> Vec<String> {
    let plain = plain(typed);
    let mut names = vec![typed.to_owned()];
    let apostrophes = if plain.contains('\'') { &APOSTROPHES[..3] } else { &['\''][..] };
    let quotes = if plain.matches('"').count() == 2 { &QUOTES[..] } else { &QUOTES[..1] };
    for apostrophe in apostrophes {
        for [open, close] in quotes {
            let mut is_open = false;
            let marks = plain.chars().map(|c| match c {
                '\'' => *apostrophe,
                '"' => {
                    is_open = !is_open;
                    if is_open { *open } else { *close }
                }
                c => c,
            });
            names.push(marks.collect());
        }
    }
    if !is_nfc(typed) || !typed.is_ascii() {
        let decomposed: Vec<String> = names.iter().map(|name| name.nfd().collect()).collect();
        names.extend(decomposed);
    }
    let mut seen = Vec::new();
    names.retain(|name| {
        let is_new = !seen.contains(name);
        seen.extend(is_new.then(|| name.clone()));
        is_new
    });
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_looked_for_with_other_marks() {
        assert_eq!(spellings("Ann Lee"), ["Ann Lee"]);
        assert_eq!(spellings("Ann O'Dea"), ["Ann O'Dea", "Ann O’Dea", "Ann OʼDea"]);
        assert_eq!(spellings("Ann O’Dea")[..2], ["Ann O’Dea", "Ann O'Dea"]);
        assert!(spellings("“Wolf” X").contains(&"\"Wolf\" X".to_owned()));
        assert!(spellings("ЗАТ «Луч»").contains(&"ЗАТ \"Луч\"".to_owned()));
        assert!(spellings("Rene\u{301}").contains(&"René".to_owned()));
        assert_eq!(plain("Ann\u{A0}O’Dea"), "Ann O'Dea");
    }
}
