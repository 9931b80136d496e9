//! Magnitudes in words of any language: `a million`, `hundreds of thousands`.
//!
//! Always holds: a word counts from a thousand on. Not here: the figures that stand before one
//! (`figures`).

use crate::wording::figures::digit;
use annals_core::edges::magnitude;
use unicode_segmentation::UnicodeSegmentation;

/// A magnitude in words: `a million`, `hundreds of thousands`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WordedMagnitude {
    /// The word as it is written.
    pub word: String,
    /// Its zeros, at least three.
    pub zeros: usize,
    /// Whether digits stand before it.
    pub is_of_digits: bool,
}

/// The magnitudes of a thousand and more in words of any language, in order.
pub fn worded_magnitudes(text: &str) -> Vec<WordedMagnitude> {
    let mut found = Vec::new();
    let mut is_of_digits = false;
    for word in text.unicode_words() {
        // Without digits before it an English bill is a draft of a law, and no short *Billion*.
        let is_other = !is_of_digits && word.eq_ignore_ascii_case("bill");
        match magnitude(word).filter(|zeros| *zeros >= 3 && !is_other) {
            Some(zeros) => {
                found.push(WordedMagnitude { word: word.to_owned(), zeros, is_of_digits });
            }
            None => is_of_digits = word.chars().any(|c| digit(c).is_some()),
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bill_counts_only_after_digits() {
        let found = |text: &str| {
            let all = worded_magnitudes(text).into_iter();
            all.map(|it| (it.word, it.is_of_digits)).collect::<Vec<_>>()
        };
        assert_eq!(found("The bill passed with 219 votes. A million saw the bill."), {
            [("million".to_owned(), false)]
        });
        assert_eq!(found("rund 2 Bill. Euro"), [("Bill".to_owned(), true)]);
    }
}
