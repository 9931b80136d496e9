//! Numbers with their parts: separators, sign, currency, magnitude, unit.
//!
//! Always holds: characters and a list of words decide, in any language; in doubt the longer number
//! counts. Not here: its value. Source: Unicode's categories Nd, Nl and No; CLDR's number patterns.

mod unit;

use crate::edges::below_zero::{below_zero, minus_before};
use crate::edges::shares::percent_before;
use crate::edges::signs::{
    is_currency, is_gap, is_ideograph, is_magnitude, is_raised, is_separator, is_sign,
};
use crate::edges::units::{CODES, ERAS};
use crate::edges::words::{WordKind, number_word};
use std::ops::Range;
use unicode_normalization::char::is_combining_mark;

/// The byte range of the number that contains the byte offset `at`.
pub(super) fn around(text: &str, at: usize) -> Option<Range<usize>> {
    if !text.contains(|c: char| c.is_numeric() || is_ideographic_digit(c)) {
        return None;
    }
    let chars: Vec<(usize, char)> = text.char_indices().collect();
    let digits = digits_of(&chars);
    let line = LineView { chars: &chars, digits: &digits, length: text.len() };
    let mut from = 0;
    while from < chars.len() {
        if !line.is_digit(from) || line.is_of_word(from) {
            from += 1;
            while from < chars.len() && line.is_digit(from) && line.is_digit(from - 1) {
                from += 1;
            }
            continue;
        }
        let date = line.spaced_date(from);
        let end = date.unwrap_or_else(|| line.digits(from));
        let (first, last) = match date {
            Some(end) => (from, end),
            None => (line.before(from), line.after(from, end)),
        };
        let found = line.byte(first)..line.byte(last);
        if found.start < at && at < found.end {
            return Some(found);
        }
        from = end;
    }
    None
}

/// The most characters of an exponent in parentheses.
const MOST_OF_EXPONENT: usize = 40;

/// Units, and the smaller ones in which a measure goes on.
const COMPOUNDS: &[(&[&str], &[&str])] = &[
    (&["ft", "feet", "foot"], &["in", "ins", "inch", "inches"]),
    (&["lb", "lbs"], &["oz"]),
    (&["st", "stone"], &["lb", "lbs"]),
    (&["h", "Uhr"], &["min", "mn", "Min"]),
];

/// The most letters of the first unit of a compound.
const LONGEST_OF_COMPOUND: usize = 5;

/// The most spaces between a number and its unit.
const MOST_OF_BLANK: usize = 3;

/// A tab between two cells, or the end of a line.
fn is_end_of_part(c: char) -> bool {
    matches!(c, '\t'..='\r' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// What is a digit: also each of several numerals of Chinese and Japanese in a row.
fn digits_of(chars: &[(usize, char)]) -> Vec<bool> {
    let mut digits: Vec<bool> = chars.iter().map(|(_, c)| c.is_numeric()).collect();
    let is_numeral = |at: usize| chars.get(at).is_some_and(|(_, c)| is_ideographic_digit(*c));
    let mut at = 0;
    while at < chars.len() {
        let mut end = (at..).find(|end| !is_numeral(*end)).unwrap_or(at);
        // A part of a whole: 四分之三, 百分之七.
        let is_part = |at: usize| {
            let between = chars.get(at..at + 2).into_iter().flatten().map(|(_, c)| *c);
            between.eq("分之".chars()) && is_numeral(at + 2)
        };
        if end > at && is_part(end) {
            end = (end + 2..).find(|end| !is_numeral(*end)).unwrap_or(end);
            digits[at..end].fill(true);
            at = end + 1;
            continue;
        }
        // Words that begin with a numeral: 百姓, 百货, 千克, 万分.
        let after = chars.get(end).map(|(_, c)| *c);
        if end > at && after.is_some_and(|c| "姓货貨科度克瓦分".contains(c)) {
            end -= 1;
        }
        if end > at + 1 {
            digits[at..end].fill(true);
        }
        at = end.max(at) + 1;
    }
    digits
}

fn is_ideographic_digit(c: char) -> bool {
    c >= '〇' && "〇零一二两兩三四五六七八九十百千万萬亿億兆".contains(c)
}

/// What ends a number so far.
#[derive(Clone, Copy, PartialEq, Eq)]
enum UnitKind {
    /// A magnitude, or a word that needs another one: more belongs to the number.
    Open,
    /// A currency.
    Money,
    /// A measure, a year, a part of a hundred: at most what it is measured by and an era follow.
    Closed,
}

/// A unit: the index after it, and what it is.
type Found = Option<(usize, UnitKind)>;

struct LineView<'a> {
    chars: &'a [(usize, char)],
    digits: &'a [bool],
    length: usize,
}

impl LineView<'_> {
    fn at(&self, index: usize) -> Option<char> {
        self.chars.get(index).map(|(_, c)| *c)
    }

    fn back(&self, index: usize) -> Option<char> {
        self.at(index.checked_sub(1)?)
    }

    fn byte(&self, index: usize) -> usize {
        self.chars.get(index).map_or(self.length, |(byte, _)| *byte)
    }

    fn is_digit(&self, index: usize) -> bool {
        self.digits.get(index).copied().unwrap_or_default()
    }

    /// Whether figures belong to the letters before them: `MI6`, `IPv4`; not to a currency
    /// (`R500`) or to *circa*, nor to what begins with a figure (`10x15`). Other scripts have words
    /// without a space there.
    fn is_of_word(&self, from: usize) -> bool {
        const FREE: &[&str] = &[
            "R", "Rs", "Rp", "RM", "N", "P", "Tk", "Le", "Sh", "Shs", "Ksh", "KSh", "Ush", "USh",
            "Tsh", "TSh", "GH", "GHS", "c", "ca",
        ];
        const LAST_SPACED: char = '\u{52F}';
        let is_letter = |c: char| c.is_alphabetic() && c <= LAST_SPACED;
        let letters = (0..from).rev().map_while(|at| self.at(at)).take_while(|c| is_letter(*c));
        let first = from - letters.count();
        let word = self.word(first, from);
        let is_money = number_word(&word).is_some_and(|word| word.kind == WordKind::Money);
        first < from
            && self.back(first).is_none_or(|c| !c.is_alphanumeric())
            && self.currency_before(from) == from
            && !is_money
            && !FREE.contains(&word.as_str())
    }

    /// The index after the digits that begin here, with their separators.
    fn digits(&self, from: usize) -> usize {
        let mut end = from;
        let (mut group, mut spaced) = (from, true);
        loop {
            while self.is_digit(end) && !self.is_note_mark(group, end) {
                end += 1;
            }
            if self.is_note_mark(group, end) {
                return end;
            }
            let Some(separator) = self.at(end) else { return end };
            if let Some(after) = self.exponent(end) {
                (end, group, spaced) = (after, after, false);
                continue;
            }
            if let Some(more) = self.further(from, end, spaced) {
                (end, group, spaced) = (more, more, false);
                continue;
            }
            // 5.², 2019.¹
            let is_end =
                matches!(separator, '.' | ',' | ':') && self.at(end + 1).is_some_and(is_raised);
            let joins = is_separator(separator) && self.is_digit(end + 1) && !is_end;
            // 2,345 that is broken at the end of a line; a point there ends a sentence.
            let broken = self.line_break(end + 1);
            if broken > 0
                && separator == ','
                && (1..=3).contains(&(end - group))
                && (1..=3).all(|more| self.is_digit(end + broken + more))
                && !self.is_digit(end + broken + 4)
            {
                end += 1 + broken;
                (group, spaced) = (end, false);
                continue;
            }
            let thousands = spaced
                && is_gap(separator)
                && (1..=3).contains(&(end - group))
                && (1..=3).all(|more| self.is_digit(end + more))
                && !self.is_digit(end + 4);
            if !joins && !thousands {
                return end;
            }
            end += 1;
            (group, spaced) = (end, thousands);
        }
    }

    /// The index after a date with points and spaces that begins here: `3. 2. 2025`.
    fn spaced_date(&self, from: usize) -> Option<usize> {
        let number = |from: usize, most: usize| {
            let digit = |at: &usize| self.at(*at).is_some_and(|c| c.is_ascii_digit());
            let to = (from..=from + most).take_while(digit).last()? + 1;
            let value = self.word(from, to).parse::<u32>().ok()?;
            (to <= from + most).then_some((value, to))
        };
        let point = |at: usize| {
            let after = (self.at(at) == Some('.')).then_some(at + 1)?;
            Some(after + usize::from(self.at(after).is_some_and(is_gap)))
        };
        let is_apart = self.back(from).is_none_or(|c| !c.is_alphanumeric() && !".,".contains(c));
        let (day, to) = number(from, 2).filter(|_| is_apart)?;
        let (month, to) = number(point(to)?, 2)?;
        let year = point(to)?;
        let (_, end) = number(year, 4).filter(|(value, _)| (1_000..3_000).contains(value))?;
        ((1..=31).contains(&day) && (1..=12).contains(&month)).then_some(end)
    }

    /// The index after what goes on with the digits `from..end`, where that is more than a
    /// separator with digits: a fraction, an exponent, the end of a range, the rest of a telephone
    /// number.
    fn further(&self, from: usize, end: usize, spaced: bool) -> Option<usize> {
        let is_dash = |at: usize| self.at(at).is_some_and(|c| matches!(c, '-' | '–' | '—' | '−'));
        let digits_from = |at: usize| (at..at + 4).take_while(|at| self.is_digit(*at)).count();
        let next = self.at(end)?;
        if !self.back(end).is_some_and(char::is_numeric) {
            return None;
        }
        // 1e-6
        if matches!(next, 'e' | 'E') {
            let sign = self.at(end + 1).is_some_and(|c| matches!(c, '+' | '-' | '−'));
            return (sign && self.is_digit(end + 2)).then_some(end + 2);
        }
        // $5-$7, and 5.–7. of dates; 5,– and 5.- of prices.
        if is_dash(end) && self.at(end + 1).is_some_and(is_currency) && self.is_digit(end + 2) {
            return Some(end + 2);
        }
        if matches!(next, '.' | ',') && is_dash(end + 1) {
            let is_range = next == '.' && self.is_digit(end + 2);
            let is_price = next == ',' || self.at(end + 1) == Some('-');
            let ends = !self.at(end + 2).is_some_and(char::is_alphanumeric);
            return (is_range || is_price && ends).then_some(end + 2);
        }
        // 10-20 that is broken at the end of a line.
        if matches!(next, '-' | '‐' | '‑' | '–') {
            let after = end + 1 + self.line_break(end + 1);
            return (after > end + 1 && self.is_digit(after)).then_some(after);
        }
        if !is_gap(next) {
            return None;
        }
        // 3 1/2, 5 ½
        let whole = spaced && (from..end).all(|at| self.is_digit(at)) && end - from <= 3;
        let count = digits_from(end + 1);
        let bar = self.at(end + 1 + count);
        let parted = matches!(bar, Some('/' | '⁄')) && (1..=2).contains(&count);
        if whole && parted && (1..=2).contains(&digits_from(end + 2 + count)) {
            return Some(end + 1);
        }
        let is_part = |c: char| matches!(c, '¼'..='¾' | '\u{2150}'..='\u{215E}');
        if whole && self.at(end + 1).is_some_and(is_part) {
            return Some(end + 2);
        }
        // 5 ± 2
        let around = self.at(end + 1) == Some('±') && self.at(end + 2).is_some_and(is_gap);
        if around && self.is_digit(end + 3) {
            return Some(end + 3);
        }
        // +49 30 1234567
        let calls = self.back(from) == Some('+') && digits_from(from) <= 3;
        (calls && self.is_digit(end + 1) && self.is_digit(end + 2)).then_some(end + 1)
    }

    /// The index after an exponent in parentheses that begins here: `^(0.5)`, `^(n+1)`.
    fn exponent(&self, from: usize) -> Option<usize> {
        if self.at(from) != Some('^') || self.at(from + 1) != Some('(') {
            return None;
        }
        let end = (from + 2..from + 2 + MOST_OF_EXPONENT).find(|at| self.at(*at) == Some(')'))?;
        Some(end + 1)
    }

    /// The first index of the number whose digits begin here.
    fn before(&self, digits: usize) -> usize {
        let mut first = digits;
        // Turkish: %121, yüzde 40; Chinese: 百分之7.3.
        let hundredth = self.back(first).is_some_and(|c| matches!(c, '%' | '٪'));
        if hundredth && self.is_free(first - 1) {
            return first - 1;
        }
        let share = percent_before((0..first).rev().map_while(|at| self.at(at)));
        if share > 0 {
            return first - share;
        }
        let point = self.back(first).is_some_and(|c| matches!(c, '.' | ',' | '٫'));
        if point && self.is_free(first - 1) {
            first -= 1;
        }
        first = self.sign(first);
        let gap = usize::from(self.back(first).is_some_and(is_gap));
        let currency = self.currency_before(first - gap);
        let first = match currency < first - gap && self.is_of_next(currency, first - gap) {
            true => self.sign(currency),
            false => first,
        };
        first - minus_before((0..first).rev().map_while(|at| self.at(at)))
    }

    /// Whether the currency `from..to` belongs to the digits after it, and not to a number before
    /// it: `24 £20 notes`, `in 2024 EUR 5m`; not `24 € 20 people`.
    fn is_of_next(&self, from: usize, to: usize) -> bool {
        let gap = usize::from(self.at(to).is_some_and(is_gap));
        if !self.is_digit(to + gap) {
            return false;
        }
        let blank = self.back(from).is_some_and(is_gap);
        if gap == 0 || !blank && self.back(from).is_some_and(char::is_whitespace) {
            return true;
        }
        // A sign before a space is directly after its number, or has a space on both sides.
        let last = from - usize::from(blank);
        let last = last - usize::from(last > 0 && self.is_abbreviated(last - 1));
        if self.back(last).is_some_and(char::is_alphabetic) {
            let letters = (0..last).rev().map_while(|at| self.at(at));
            let count = letters.take_while(|c| c.is_alphabetic()).count();
            let word = number_word(&self.word(last - count, last));
            return !word.is_some_and(|word| matches!(word.kind, WordKind::Magnitude(_)));
        }
        let digits = (0..last).rev().take_while(|at| self.is_digit(*at)).count();
        digits == 0 || self.is_year(last - digits, last)
    }

    /// The index of the sign before this index, or this index.
    fn sign(&self, first: usize) -> usize {
        let signed = self.back(first).is_some_and(is_sign);
        if signed && self.is_free(first - 1) { first - 1 } else { first }
    }

    /// Whether a sign or a point can begin a number here: not after a letter, a digit or a closing
    /// mark.
    fn is_free(&self, index: usize) -> bool {
        self.back(index).is_none_or(|c| {
            let opens = "([{\"'“‘«„‚=:;/~≈±<>≤≥（「".contains(c);
            c.is_whitespace() || opens || is_currency(c) || is_sign(c)
        })
    }

    fn currency_before(&self, end: usize) -> usize {
        let letters = |mut at: usize, most: usize| {
            let from = at;
            while from - at < most && self.back(at).is_some_and(|c| c.is_ascii_uppercase()) {
                at -= 1;
            }
            at
        };
        if self.back(end).is_some_and(is_currency) {
            let start = letters(end - 1, 3);
            let word = self.back(start).is_some_and(char::is_alphanumeric);
            return if word { end - 1 } else { start };
        }
        let start = letters(end, 3);
        let code: String = (start..end).filter_map(|index| self.at(index)).collect();
        let word = self.back(start).is_some_and(char::is_alphanumeric);
        let is_known = CODES.contains(&code.as_str()) || ERAS.contains(&code.as_str());
        if !word && is_known { start } else { end }
    }

    /// The index after the number whose digits are `from..digits`, with its magnitudes and units.
    fn after(&self, from: usize, digits: usize) -> usize {
        let mut end = digits;
        // 5-year-old
        let hyphen = |at: usize| self.at(at).is_some_and(|c| matches!(c, '-' | '‐' | '‑'));
        // The hyphen may end a line.
        let broken = self.line_break(end + 1);
        if hyphen(end) && self.at(end + 1 + broken).is_some_and(char::is_alphabetic) {
            let joined = |at: &usize| {
                let letter =
                    self.at(*at).is_some_and(|c| c.is_alphabetic() || is_combining_mark(c));
                letter || hyphen(*at) && self.at(at + 1).is_some_and(char::is_alphabetic)
            };
            let from = end + 1 + broken;
            return (from..).take_while(joined).last().map_or(end, |last| last + 1);
        }
        // 第3章
        if self.back(from) == Some('第') && self.at(end).is_some_and(is_ideograph) {
            return end + 1;
        }
        let (mut kind, is_year) = (UnitKind::Open, self.is_year(from, digits));
        for _ in 0..3 {
            // An abbreviated magnitude may have a point: `3 тис. тонн`.
            let mut next = end + usize::from(self.is_abbreviated(end));
            next += self.blank(from, next);
            let found = match kind {
                // €5/kg, 5 kWh/m²
                _ if self.at(end) == Some('/') => self.unit(end + 1, end + 1),
                UnitKind::Open => self.unit(end, next).or_else(|| self.connected(next)),
                UnitKind::Money => None,
                UnitKind::Closed => self.last_words(next).map(|end| (end, UnitKind::Closed)),
            };
            let found = found.filter(|(after, found)| {
                // In 2024 $5bn was spent, in 2024 Rs 500.
                let is_amount = *found == UnitKind::Money && next > end && {
                    self.is_digit(after + usize::from(self.at(*after).is_some_and(is_gap)))
                };
                !is_year || !is_amount && !self.is_name(from, next, *after)
            });
            let Some((after, found)) = found else { break };
            if self.is_initial(next, after)
                || self.is_capital(next, after) && !is_year && self.is_name_of_two(next, after)
            {
                break;
            }
            kind = found;
            end = self.compound(after);
        }
        if end > digits {
            return end;
        }
        if let Some(below) = self.degrees_below(digits) {
            return below;
        }
        if self.is_ordinal(from, digits) { digits + 1 } else { end }
    }

    /// The smaller units in which a measure goes on whose unit ends here: 5 ft 11 in, 7lb 3oz.
    fn smaller_units(&self, end: usize) -> Option<&'static [&'static str]> {
        let letters = (0..end).rev().map_while(|at| self.at(at)).take_while(|c| c.is_alphabetic());
        let length = letters.take(LONGEST_OF_COMPOUND + 1).count();
        let unit = self.word(end - length, end);
        let known = COMPOUNDS.iter().find(|(units, _)| units.contains(&unit.as_str()))?;
        Some(known.1)
    }

    /// The index after a further number with one of these units, which begins at `end`, with a
    /// space or without one; or `end`.
    fn smaller_part(&self, end: usize, units: &[&str]) -> usize {
        let begin = end + usize::from(self.at(end).is_some_and(is_gap));
        if !self.is_digit(begin) {
            return end;
        }
        let digits = self.digits(begin);
        let unit = digits + usize::from(self.at(digits).is_some_and(is_gap));
        let letters = (unit..).take_while(|at| self.at(*at).is_some_and(char::is_alphabetic));
        let after = letters.last().map_or(unit, |last| last + 1);
        if units.contains(&self.word(unit, after).as_str()) {
            return after;
        }
        // 20 h 30, 20 Uhr 30
        let is_minute = digits == begin + 2 && self.at(begin).is_some_and(|c| c <= '5');
        if is_minute && units.contains(&"min") { digits } else { end }
    }

    /// Whether the mark of a note stands after the year that begins at `from`.
    fn is_note_mark(&self, from: usize, end: usize) -> bool {
        let is_raised = self.at(end).is_some_and(is_raised);
        let is_single = (end..end + 4).take_while(|at| self.is_digit(*at)).count() <= 2;
        is_raised && is_single && end == from + 4 && self.is_year(from, end)
    }

    /// The index after a word that is no unit here and words for less than zero: `14 grados bajo
    /// cero`.
    fn degrees_below(&self, digits: usize) -> Option<usize> {
        let begin = digits + usize::from(self.at(digits).is_some_and(is_gap));
        let letters = (begin..).take_while(|at| self.at(*at).is_some_and(char::is_alphabetic));
        let after = letters.last()? + 2;
        let is_apart = begin > digits && self.at(after - 1).is_some_and(is_gap);
        let below = below_zero((after..).map_while(|at| self.at(at)));
        (is_apart && below > 0).then_some(after + below)
    }

    /// The number of characters of the end of a line here; 0 if there is none, or if an empty line
    /// follows, which ends a paragraph.
    fn line_break(&self, index: usize) -> usize {
        let length = match (self.at(index), self.at(index + 1)) {
            (Some('\r'), Some('\n')) => 2,
            (Some('\r' | '\n'), _) => 1,
            _ => 0,
        };
        if length > 0 && self.is_line_end(index + length) { 0 } else { length }
    }

    fn is_line_end(&self, index: usize) -> bool {
        matches!(self.at(index), Some('\r' | '\n'))
    }

    /// The number of blank characters between a number, whose digits begin at `from`, and its unit:
    /// spaces, or the end of a line of running text. Tabs are between the cells of a table.
    fn blank(&self, from: usize, index: usize) -> usize {
        let is_space = |c: char| c.is_whitespace() && !is_end_of_part(c);
        let spaces = |at: usize| {
            let here = |at: &usize| self.at(*at).is_some_and(is_space);
            (at..at + MOST_OF_BLANK).take_while(here).count()
        };
        let before = spaces(index);
        let line_break = self.line_break(index + before);
        let begin = index + before + line_break;
        match line_break > 0 && self.is_running_text(from) {
            true => before + line_break + spaces(begin),
            false => before,
        }
    }

    /// Whether the line so far is long enough for one of running text, and has no cells: what is
    /// shorter is an item of a list, a heading or a cell.
    fn is_running_text(&self, index: usize) -> bool {
        const SHORTEST: usize = 25;
        let line = (0..index).rev().map_while(|at| self.at(at));
        let mut line = line.take_while(|c| !matches!(c, '\r' | '\n')).take(2 * SHORTEST);
        let mut length = 0;
        let has_cells = line.any(|c| {
            length += 1;
            c == '\t'
        });
        !has_cells && length >= SHORTEST
    }

    /// Whether digits look like a year.
    fn is_year(&self, from: usize, digits: usize) -> bool {
        let is_plain = (from..digits).all(|at| self.at(at).is_some_and(|c| c.is_ascii_digit()));
        let first = self.at(from).is_some_and(|c| matches!(c, '1' | '2'));
        let money = self.back(from).is_some_and(is_currency);
        digits - from == 4 && is_plain && first && !money
    }

    /// The word `from..to`.
    fn word(&self, from: usize, to: usize) -> String {
        (from..to).filter_map(|at| self.at(at)).collect()
    }

    /// Whether `from..to` is a capital with a point after it, as before a name: `M. Macron`.
    fn is_initial(&self, from: usize, to: usize) -> bool {
        to == from + 1 && self.at(from).is_some_and(char::is_uppercase) && self.at(to) == Some('.')
    }

    /// Whether `from..to` is a word with a capital first and small letters after it.
    fn is_capital(&self, from: usize, to: usize) -> bool {
        let mut letters = (from..to).filter_map(|at| self.at(at));
        to > from + 2
            && letters.next().is_some_and(char::is_uppercase)
            && letters.all(|c| !c.is_uppercase())
    }

    /// Whether a word with a capital, which is no noun of German, stands before another one.
    fn is_name_of_two(&self, from: usize, to: usize) -> bool {
        let word = number_word(&self.word(from, to));
        let is_measure =
            word.is_some_and(|word| !word.is_noun && !matches!(word.kind, WordKind::Magnitude(_)));
        let next =
            self.at(to).is_some_and(is_gap) && self.at(to + 1).is_some_and(char::is_uppercase);
        is_measure && next
    }

    /// Whether the word `next..after` after a year, whose digits begin at `from`, is a name or
    /// another word than that of a number.
    fn is_name(&self, from: usize, next: usize, after: usize) -> bool {
        let word = self.word(next, after);
        // Words of German and Italian: am, she.
        if ["bin", "lei"].contains(&word.as_str()) {
            return true;
        }
        let known = number_word(&word);
        // T-Mobile, ft.com, м. Донецьк: a year has no tonnes, feet or metres.
        let is_short = after <= next + 2 && known.is_some_and(|it| it.kind == WordKind::Measure);
        let follows = |at: usize| self.at(at).is_some_and(char::is_alphabetic);
        let goes_on = match self.at(after) {
            Some('-' | '‑') => follows(after + 1),
            Some('.') => {
                let rest = after + 1 + usize::from(self.at(after + 1).is_some_and(is_gap));
                follows(rest)
                    && (rest == after + 1 || self.at(rest).is_some_and(char::is_uppercase))
            }
            _ => false,
        };
        if is_short && goes_on {
            return true;
        }
        let is_noun = known.is_some_and(|word| word.is_noun);
        let before = self.word(from.saturating_sub(3), from);
        let is_in = matches!(before.trim_start(), "In " | "in ");
        self.is_capital(next, after) && (!is_noun || is_in)
    }

    /// Whether a point after digits makes an ordinal of them: `20. Januar`, `20. století`.
    fn is_ordinal(&self, from: usize, digits: usize) -> bool {
        const MONTHS: &[&str] = &[
            "Januar",
            "Jänner",
            "Februar",
            "März",
            "April",
            "Mai",
            "Juni",
            "Juli",
            "August",
            "September",
            "Oktober",
            "November",
            "Dezember",
            "Jahrhundert",
            "Jahrhunderts",
        ];
        let begin = digits + 2;
        if digits - from > 2
            || self.at(digits) != Some('.')
            || !self.at(digits + 1).is_some_and(is_gap)
        {
            return false;
        }
        let is_letter = |at: &usize| self.at(*at).is_some_and(char::is_alphabetic);
        let end = (begin..).take_while(is_letter).last().map_or(begin, |last| last + 1);
        let word = self.word(begin, end);
        word.starts_with(char::is_lowercase) || MONTHS.contains(&word.as_str())
    }

    /// Whether the point at this index belongs to a magnitude before it.
    fn is_abbreviated(&self, index: usize) -> bool {
        if self.at(index) != Some('.') {
            return false;
        }
        let before = (0..index).rev().take(5).map_while(|at| self.at(at));
        let mut letters: Vec<char> = before.take_while(|c| c.is_alphabetic()).collect();
        letters.reverse();
        let word: String = letters.into_iter().collect();
        number_word(&word).is_some_and(|word| word.is_abbreviated)
    }

    /// The index after the further parts of a number whose first unit ends here: the minutes after
    /// degrees, the month and the day after a year.
    fn compound(&self, mut end: usize) -> usize {
        if let Some(smaller) = self.smaller_units(end) {
            return self.smaller_part(end, smaller);
        }
        let mut is_angle = false;
        for _ in 0..4 {
            let last = self.back(end);
            is_angle |= last.is_some_and(|c| matches!(c, '°' | 'º' | '′' | '″'));
            if is_angle
                && self.at(end).is_some_and(|c| matches!(c, 'N' | 'S' | 'E' | 'W' | 'O'))
                && !self.at(end + 1).is_some_and(char::is_alphanumeric)
            {
                return end + 1;
            }
            if !is_angle && !last.is_some_and(is_ideograph) {
                return end;
            }
            let gap = usize::from(self.at(end).is_some_and(is_gap));
            if !self.is_digit(end + gap) {
                return end;
            }
            let digits = self.digits(end + gap);
            let next = match self.at(digits) {
                Some(c) if is_magnitude(c) => {
                    self.unit(digits, digits).map_or(digits, |(end, _)| end)
                }
                Some('′' | '″' | '\'' | '"' | '’' | '”') if is_angle => digits + 1,
                _ => self.ideographic_unit(digits),
            };
            match (gap, next > digits) {
                // After a space only a part with a unit goes on with the same number.
                (1, false) => return end,
                _ => end = next,
            }
        }
        end
    }
}
