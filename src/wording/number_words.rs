//! Numbers in English words.
//!
//! Always holds: a number in words is equal to the same one in digits. Not here: other languages,
//! and figures in digits (`figures`).

use crate::wording::figures::Figure;
use unicode_segmentation::UnicodeSegmentation;

const SMALL: [&str; 20] = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
];
const TENS: [&str; 8] =
    ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];

/// The numbers in English words, in order: `ninety-five`, `three hundred`, `two million`.
pub fn worded_figures(text: &str) -> Vec<Figure> {
    let mut figures: Vec<Figure> = Vec::new();
    let mut run: Vec<&str> = Vec::new();
    let words = text.unicode_words().map(Some).chain([None]);
    for word in words {
        let part =
            word.filter(|word| small(word).is_some() || (!run.is_empty() && large(word).is_some()));
        match part {
            Some(part) => run.push(part),
            None => figures.extend(worded(&std::mem::take(&mut run))),
        }
    }
    figures
}

/// The value of a number word up to ninety, in any case.
fn small(word: &str) -> Option<u64> {
    let at = |words: &[&str]| words.iter().position(|known| known.eq_ignore_ascii_case(word));
    at(&SMALL).or_else(|| at(&TENS).map(|tens| 10 * (tens + 2))).map(|value| value as u64)
}

const LARGE: [(&str, u64); 4] =
    [("hundred", 100), ("thousand", 1_000), ("million", 1_000_000), ("billion", 1_000_000_000)];

/// The value of a number word from a hundred on, in any case.
fn large(word: &str) -> Option<u64> {
    let known = LARGE.iter().find(|(known, _)| known.eq_ignore_ascii_case(word));
    known.map(|(_, value)| *value)
}

fn worded(run: &[&str]) -> Option<Figure> {
    let (mut whole, mut part) = (0_u64, 0_u64);
    for word in run {
        match (small(word), large(word)) {
            (Some(value), _) => part = part.checked_add(value)?,
            (None, Some(100)) => part = part.checked_mul(100)?,
            (None, Some(large)) => {
                whole = whole.checked_add(part.checked_mul(large)?)?;
                part = 0;
            }
            (None, None) => {}
        }
    }
    let value = whole.checked_add(part)?.to_string();
    let figure = || Figure::in_words(run.join(" "), &value);
    (!run.is_empty() && value != "0").then(figure)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn english_numbers_in_words_have_their_value() {
        let found = |text: &str| {
            let shown = |figure: Figure| format!("{}: {}", figure.words, figure.value);
            worded_figures(text).into_iter().map(shown).collect::<Vec<_>>()
        };
        assert_eq!(found("Some ninety-five of two hundred came."), {
            ["ninety five: 95", "two hundred: 200"]
        });
        assert_eq!(found("three million, four"), ["three million four: 3000004"]);
        assert_eq!(found("hundreds of people, a million"), [] as [&str; 0]);
    }
}
