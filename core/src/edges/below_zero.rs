//! Words for less than zero: `minus` before a number, `below zero` after it.
//!
//! Always holds: `al menos 14` and `plus ou moins 14` are not less than zero. Not here: signs
//! (`signs`), and what else belongs to a number (`number`).

use unicode_normalization::char::is_combining_mark;

/// Words that stand before a number, as words of their own.
const MINUS: &[&str] = &[
    "minus",
    "moins",
    "menos",
    "meno",
    "mínus",
    "miinus",
    "mínusz",
    "минус",
    "мінус",
    "eksi",
    "âm",
];

/// The same of two words, as they are written small.
const MINUS_OF_TWO: &[[&str; 2]] = &[["sıfırın", "altında"], ["शून्य", "से"]];

/// Words that other letters may stand before.
const MINUS_AT_END: &[&str] = &["מינוס", "منفی", "ناقص", "マイナス", "零下", "영하"];

/// Words of Spanish, Portuguese, French and Italian that make *at least* and *more or less* of the
/// next one.
const BEFORE_LESS: &[&str] =
    &["al", "lo", "por", "o", "no", "ni", "pelo", "ao", "ou", "au", "du", "le", "il", "e", "non"];

/// Words of Hindi for *from zero*.
const FROM_ZERO: &str = "शून्य से";

/// Words that stand after a number or its degrees.
const BELOW: &[&str] = &[
    "below zero",
    "below freezing",
    "unter null",
    "unter Null",
    "sous zéro",
    "au-dessous de zéro",
    "en dessous de zéro",
    "bajo cero",
    "sotto zero",
    "sotto lo zero",
    "abaixo de zero",
    "onder nul",
    "under noll",
    "under null",
    "under nul",
    "poniżej zera",
    "mrozu",
    "pod nulou",
    "нижче нуля",
    "морозу",
    "ниже нуля",
    "мороза",
    "تحت الصفر",
    "מתחת לאפס",
    "υπό το μηδέν",
    "nolla alatt",
];

/// The number of characters of a word for minus, and of the space after it, at the end of what
/// stands before a number; 0 if there is none. `before` has the characters backwards.
///
/// ```
/// use annals_core::edges::minus_before;
/// assert_eq!(minus_before("fell to minus ".chars().rev()), 6);
/// assert_eq!(minus_before("al menos ".chars().rev()), 0);
/// ```
pub fn minus_before(before: impl Iterator<Item = char> + Clone) -> usize {
    const LONGEST: usize = 12;
    let spaces = before.clone().take_while(|c| c.is_whitespace() && *c != '\n').take(2).count();
    let word = |from: usize| -> String {
        let letters = before.clone().skip(from);
        let letters = letters.take_while(|c| c.is_alphabetic() || is_combining_mark(*c));
        let mut letters: Vec<char> = letters.take(LONGEST).collect();
        letters.reverse();
        letters.into_iter().flat_map(char::to_lowercase).collect()
    };
    let last = word(spaces);
    if let Some([first, last]) = MINUS_OF_TWO.iter().find(|[_, second]| *second == last) {
        let begin = spaces + last.chars().count() + 1;
        return if word(begin) == *first { begin + first.chars().count() } else { 0 };
    }
    let is_minus = MINUS.contains(&last.as_str());
    let found = match is_minus {
        true => Some(last.as_str()),
        false => MINUS_AT_END.iter().copied().find(|minus| last.ends_with(minus)),
    };
    let Some(found) = found else { return 0 };
    let length = spaces + found.chars().count();
    let is_less = matches!(found, "moins" | "menos" | "meno")
        && BEFORE_LESS.contains(&word(length + 1).as_str());
    if is_less { 0 } else { length }
}

/// Whether words for *from zero* stand at the end of what is before a number, which then is below
/// zero or above it by the words after it. `before` has the characters backwards.
///
/// ```
/// use annals_core::edges::zero_before;
/// assert!(zero_before("तापमान शून्य से ".chars().rev()));
/// ```
pub fn zero_before(before: impl Iterator<Item = char>) -> bool {
    before.skip_while(|c| *c == ' ').take(FROM_ZERO.chars().count()).eq(FROM_ZERO.chars().rev())
}

/// The number of characters of words for less than zero that a text begins with; 0 if it does not.
pub fn below_zero(text: impl Iterator<Item = char> + Clone) -> usize {
    let is_here = |words: &&&str| {
        let mut letters = text.clone();
        let stands = words.chars().all(|c| match letters.next() {
            Some(' ' | '\u{A0}') => c == ' ',
            next => next == Some(c),
        });
        stands && !letters.next().is_some_and(char::is_alphabetic)
    };
    BELOW.iter().find(is_here).map_or(0, |words| words.chars().count())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn at_least_is_not_less_than_zero() {
        let minus = |text: &str| minus_before(text.chars().rev());
        assert_eq!(
            ["es waren minus ", "気温マイナス", "Minus\u{A0}", "à moins "].map(minus),
            { [6, 4, 6, 6] }
        );
        assert_eq!(["sıfırın altında ", "शून्य से "].map(minus), [16, 9]);
        assert_eq!(["yolun altında ", "घर से "].map(minus), [0, 0]);
        for text in ["al menos ", "más o menos ", "plus ou moins ", "au moins ", "tâm ", "", " "]
        {
            assert_eq!(minus(text), 0, "{text}");
        }
        assert_eq!(below_zero("bajo cero.".chars()), 9);
        assert_eq!(below_zero("мороза".chars()), 6);
        assert_eq!(below_zero("below zeros".chars()), 0);
    }
}
