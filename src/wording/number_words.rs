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

/// The numbers in English words, in order: `ninety-five`, `three hundred`, `two million`, `two and
/// a half`, `half a million`.
pub fn worded_figures(text: &str) -> Vec<Figure> {
    let mut figures: Vec<Figure> = Vec::new();
    let mut run: Vec<&str> = Vec::new();
    let words: Vec<&str> = text.unicode_words().collect();
    let mut at = 0;
    while let Some(word) = words.get(at) {
        let half = match run.is_empty() {
            true => half_before(&words[at..]),
            false => half_after(&words[at..]),
        };
        let is_part = small(word).is_some() || !run.is_empty() && large(word).is_some();
        let taken = if is_part { 1 } else { half };
        if taken == 0 {
            let figure = worded(&std::mem::take(&mut run));
            figures.extend(match is_per_cent(&words[at..]) {
                true => figure.map(Figure::per_cent),
                false => figure,
            });
        }
        run.extend(words.iter().skip(at).take(taken));
        at += taken.max(1);
    }
    figures.extend(worded(&run));
    figures
}

/// Whether a number before these words is one of per cent.
fn is_per_cent(words: &[&str]) -> bool {
    let is =
        |at: usize, known: &str| words.get(at).is_some_and(|it| it.eq_ignore_ascii_case(known));
    is(0, "percent") || is(0, "per") && is(1, "cent")
}

/// The number of words of a half that is added to the number before it: `two and a half`.
fn half_after(words: &[&str]) -> usize {
    const HALF: [&str; 3] = ["and", "a", "half"];
    let is_half = words.len() >= HALF.len()
        && words.iter().zip(HALF).all(|(word, known)| word.eq_ignore_ascii_case(known));
    if is_half { HALF.len() } else { 0 }
}

/// The number of words of a half before its magnitude: `half a` of `half a million`.
fn half_before(words: &[&str]) -> usize {
    match words {
        [half, a, magnitude, ..]
            if half.eq_ignore_ascii_case("half")
                && a.eq_ignore_ascii_case("a")
                && large(magnitude).is_some() =>
        {
            2
        }
        _ => 0,
    }
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
    // Both are counted in halves.
    let (mut whole, mut part) = (0_u64, 0_u64);
    // What a half is one of: after a million it is half a million.
    let mut unit = 1;
    for word in run {
        match (small(word), large(word)) {
            (Some(value), _) => {
                part = part.checked_add(2 * value)?;
                unit = 1;
            }
            (None, Some(100)) => part = part.checked_mul(100)?,
            (None, Some(large)) => {
                whole = whole.checked_add(part.checked_mul(large)?)?;
                part = 0;
                unit = large;
            }
            (None, None) if word.eq_ignore_ascii_case("half") => part = part.checked_add(unit)?,
            (None, None) => {}
        }
    }
    let halves = whole.checked_add(part)?;
    let decimals = if halves.is_multiple_of(2) { "" } else { ".5" };
    let value = format!("{}{decimals}", halves / 2);
    (halves > 0).then(|| Figure::in_words(run.join(" "), &value))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wording::figures::figures;

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
        assert_eq!(found("two and a half per cent, half a million men, one and a half million"), {
            ["two and a half: 2.5", "half a million: 500000", "one and a half million: 1500000"]
        });
        assert_eq!(found("one million and a half"), ["one million and a half: 1500000"]);
        let per_cent = worded_figures("It rose by two and a half per cent.").remove(0);
        assert!(figures("2.5%")[0].is(&per_cent) && !figures("2.5")[0].is(&per_cent));
        assert_eq!(found("Half a dozen of ten and a man; three and a"), ["ten: 10", "three: 3"]);
        assert_eq!(found("hundreds of people, a million, half of it"), [] as [&str; 0]);
    }
}
