//! Fractions that follow a whole number: `2½`, `5 ¾`, `3 1/2`.
//!
//! Always holds: only a fraction with finite decimals is read; of `2⅓` the value is that of `2`.
//! One that stands alone is none: *half* and 1/2 are not read either. Not here: the number before
//! it (`figures`). Source: Unicode, compatibility decompositions of the vulgar fractions.

use unicode_normalization::UnicodeNormalization;

/// A fraction in a text.
#[derive(Debug, PartialEq, Eq)]
pub struct Fraction {
    /// Its decimals: `5` of one half.
    pub decimals: String,
    /// The number of characters that it stands in, with the space before it.
    pub length: usize,
}

/// The most digits of a number before a fraction in figures: of `In 2022 1/4` it is a year.
const MOST_DIGITS: usize = 3;

/// The fraction at the beginning of a text that follows a whole number of so many digits; `None` if
/// there is none.
pub fn fraction_at(text: &[char], digits: usize) -> Option<Fraction> {
    let is_gap = |c: &&char| matches!(c, ' ' | '\u{A0}' | '\u{2009}' | '\u{202F}');
    let gap = text.iter().take(1).filter(is_gap).count();
    let rest = text.get(gap..)?;
    if let Some(c) = rest.first().filter(|c| is_fraction(**c)) {
        let parts: String = [*c].into_iter().nfkc().collect();
        let (numerator, denominator) = parts.split_once('\u{2044}')?;
        let decimals = decimals(numerator.parse().ok()?, denominator.parse().ok()?)?;
        return Some(Fraction { decimals, length: gap + 1 });
    }
    let [numerator, '/' | '\u{2044}', denominator, after @ ..] = rest else { return None };
    let goes_on = after.first().is_some_and(|c| c.is_numeric() || *c == '/');
    if gap == 0 || goes_on || digits > MOST_DIGITS {
        return None;
    }
    let decimals = decimals(numerator.to_digit(10)?, denominator.to_digit(10)?)?;
    Some(Fraction { decimals, length: gap + 3 })
}

/// Whether a character is a fraction, such as `½`.
fn is_fraction(c: char) -> bool {
    matches!(c, '\u{BC}'..='\u{BE}' | '\u{2150}'..='\u{215E}')
}

/// The decimals of a fraction below one, if they end.
fn decimals(numerator: u32, denominator: u32) -> Option<String> {
    let thousandths = (1_000 * numerator).checked_div(denominator)?;
    let is_exact = thousandths * denominator == 1_000 * numerator;
    let is_part = (1..denominator).contains(&numerator);
    let digits = format!("{thousandths:03}");
    (is_exact && is_part).then(|| digits.trim_end_matches('0').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fraction_has_its_decimals() {
        for (text, decimals, length) in [
            ("½%", "5", 1),
            (" ¾ of", "75", 2),
            (" 1/2 per cent", "5", 4),
            (" 1/2p", "5", 4),
            ("\u{A0}3⁄8", "375", 4),
            ("⅝", "625", 1),
        ] {
            let text: Vec<char> = text.chars().collect();
            let expected = Fraction { decimals: decimals.to_owned(), length };
            assert_eq!(fraction_at(&text, 2), Some(expected), "{text:?}");
        }
        for text in ["⅓", "1/2", " 1/3", " 1/22", " 1/2/2026", " 3/2", " 0/2", " 2/0", "", " x"] {
            let text: Vec<char> = text.chars().collect();
            assert_eq!(fraction_at(&text, 1), None, "{text:?}");
        }
        let year: Vec<char> = " 1/4 of voters".chars().collect();
        assert_eq!(fraction_at(&year, 4), None);
    }
}
