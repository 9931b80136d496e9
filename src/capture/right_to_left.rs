//! Lines that a page has drawn from left to right although they are read from right to left.
//!
//! Always holds: a line without letters of Hebrew or Arabic stays as it is; the forms that such
//! letters take beside others become the letters. Numbers and words of other scripts keep their
//! order. Not here: whether a page is drawn so (`pdf`). Source: Unicode Standard Annex 9, whose
//! order of display is undone.

use unicode_normalization::UnicodeNormalization;

/// The lines of a page, each in the order of reading.
pub(super) fn in_order_of_reading(page: &str) -> String {
    let is_turned = count(page, is_right_to_left) >= count(page, is_left_to_right);
    page.split('\n').map(|drawn| line(drawn, is_turned)).collect::<Vec<_>>().join("\n")
}

fn count(text: &str, of: fn(char) -> bool) -> usize {
    text.chars().filter(|c| of(*c)).count()
}

/// Whether a letter is read from right to left.
pub(super) fn is_right_to_left(c: char) -> bool {
    matches!(c, '\u{590}'..='\u{5FF}' | '\u{600}'..='\u{65F}' | '\u{66D}'..='\u{6EF}'
        | '\u{6FA}'..='\u{8FF}' | '\u{FB1D}'..='\u{FDFF}' | '\u{FE70}'..='\u{FEFE}')
        && !matches!(c, '٪' | '٫' | '٬')
}

/// A text in which the forms of letters beside others are these letters.
pub(super) fn letters(text: &str) -> String {
    let is_form = |c| matches!(c, '\u{FB1D}'..='\u{FDEF}' | '\u{FE70}'..='\u{FEFE}');
    if !text.contains(is_form) {
        return text.to_owned();
    }
    let mut letters = String::with_capacity(text.len());
    for c in text.chars() {
        match is_form(c) {
            true => letters.extend(std::iter::once(c).nfkc()),
            false => letters.push(c),
        }
    }
    letters
}

/// A line of a page that is read from right to left, or of another one.
fn line(drawn: &str, is_turned: bool) -> String {
    let chars: Vec<char> = drawn.chars().collect();
    let (right, left) = (count(drawn, is_right_to_left), count(drawn, is_left_to_right));
    if right == 0 {
        return drawn.to_owned();
    }
    if is_turned || right >= left {
        return letters(&reversed(&chars));
    }
    // Words from right to left in a line of another script.
    let (mut out, mut at) = (String::with_capacity(drawn.len()), 0);
    while let Some(c) = chars.get(at) {
        let end = if is_right_to_left(*c) { run(&chars, at) } else { at + 1 };
        match is_right_to_left(*c) {
            true => out.push_str(&reversed(&chars[at..end])),
            false => out.push(*c),
        }
        at = end;
    }
    letters(&out)
}

/// The end of the words from right to left that begin here, with what is between them.
fn run(chars: &[char], from: usize) -> usize {
    let rest = chars.iter().enumerate().skip(from);
    let mut words = rest.take_while(|(_, c)| !is_left_to_right(**c));
    words.by_ref().filter(|(_, c)| is_right_to_left(**c)).last().map_or(from, |(last, _)| last + 1)
}

/// Characters from the last one to the first, but words from left to right and numbers as they are.
fn reversed(chars: &[char]) -> String {
    let (mut parts, mut at) = (Vec::new(), 0);
    while let Some(c) = chars.get(at) {
        let end = left_to_right(chars, at).max(at + 1);
        parts.push(match end - at {
            1 => mirrored(*c).to_string(),
            _ => chars[at..end].iter().collect(),
        });
        at = end;
    }
    parts.into_iter().rev().collect()
}

/// The end of words from left to right, or of a number, that begin here; `from` where none do.
fn left_to_right(chars: &[char], from: usize) -> usize {
    let at = |index: usize| chars.get(index).copied();
    let digit = |index| at(index).is_some_and(char::is_numeric);
    let word = |index| at(index).is_some_and(is_left_to_right);
    // Beside Arabic letters the sign of a number is drawn on its other side.
    let is_arabic = chars.iter().copied().any(is_arabic);
    let sign = |index| !is_arabic && at(index).is_some_and(is_sign);
    let mut end = from;
    if word(from) {
        let mut next = from;
        while let Some(c) = at(next).filter(|c| !is_right_to_left(*c)) {
            next += 1;
            if is_left_to_right(c) || c.is_numeric() {
                end = next;
            }
        }
        return end;
    }
    if sign(end) && digit(end + 1) {
        end += 1;
    }
    while digit(end) {
        end += 1;
        let joins = at(end).is_some_and(|c| matches!(c, '.' | ',' | ':' | '/' | '٫' | '٬'))
            || !is_arabic && at(end).is_some_and(|c| matches!(c, '-' | '–' | '+'));
        end += usize::from(joins && digit(end + 1));
    }
    end + usize::from(end > from && sign(end))
}

fn is_left_to_right(c: char) -> bool {
    c.is_alphabetic() && !is_right_to_left(c)
}

/// Whether a letter is read from right to left and takes another form beside others.
pub(super) fn is_arabic(c: char) -> bool {
    is_right_to_left(c) && !is_hebrew(c)
}

fn is_hebrew(c: char) -> bool {
    matches!(c, '\u{590}'..='\u{5FF}' | '\u{FB1D}'..='\u{FB4F}')
}

fn is_sign(c: char) -> bool {
    matches!(c, '%' | '$' | '€' | '£' | '₪' | '°')
}

/// The sign that is drawn as the mirror image of this one.
fn mirrored(c: char) -> char {
    const PAIRS: &str = "()[]{}<>«»‹›";
    let Some(at) = PAIRS.chars().position(|sign| sign == c) else { return c };
    PAIRS.chars().nth(at ^ 1).unwrap_or(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_from_right_to_left_are_in_the_order_of_reading() {
        for (drawn, read) in [
            ("They met (twice) in 2022.", "They met (twice) in 2022."),
            (".\u{5D0}\u{5D1} \u{5D2}\u{5D3}", "\u{5D3}\u{5D2} \u{5D1}\u{5D0}."),
            (".ב 12.5% (35) א", "א (35) 12.5% ב."),
            ("בדגה BBC 24 הגדא", "אדגה BBC 24 הגדב"),
            ("ב 35-א", "א-35 ב"),
            ("ב 2022-01-27 א", "א 2022-01-27 ב"),
            // Beside Arabic the parts of such a date are drawn in the order of reading.
            ("ب 27-01-2022 ا", "ا 2022-01-27 ب"),
            ("ب %35 ا", "ا 35% ب"),
            ("He said בא דג twice.", "He said גד אב twice."),
            // Letters in the forms that they take beside others, and two in one.
            ("\u{FE8E}\u{FECC}\u{FE91}\u{631}\u{FEF7}\u{627}", "الأربعا"),
        ] {
            assert_eq!(in_order_of_reading(drawn), read, "{drawn}");
        }
    }
}
