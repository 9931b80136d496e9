//! Numbers with their parts: separators, sign, currency, magnitude, unit.
//!
//! Always holds: characters and a list of words decide, in any language; in doubt the longer number
//! counts. Not here: its value. Source: Unicode's categories Nd, Nl and No; CLDR's number patterns.

use crate::edges::signs::{
    is_currency, is_gap, is_ideograph, is_magnitude, is_raised, is_separator, is_sign, is_symbol,
};
use crate::edges::units::{CODES, ERA_PHRASES, ERAS, IDEOGRAPHIC, PHRASES};
use crate::edges::words::{NumberWord, WordKind, number_word, word_at_start};
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
        if !line.is_digit(from) {
            from += 1;
            continue;
        }
        let end = line.digits(from);
        let (first, last) = (line.before(from), line.after(from, end));
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

/// What is a digit: also each of several numerals of Chinese and Japanese in a row.
fn digits_of(chars: &[(usize, char)]) -> Vec<bool> {
    let mut digits: Vec<bool> = chars.iter().map(|(_, c)| c.is_numeric()).collect();
    let is_numeral = |at: usize| chars.get(at).is_some_and(|(_, c)| is_ideographic_digit(*c));
    let mut at = 0;
    while at < chars.len() {
        let mut end = (at..).find(|end| !is_numeral(*end)).unwrap_or(at);
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
    c >= '〇' && "〇零一二三四五六七八九十百千万萬亿億兆".contains(c)
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
            // 2,345 that is broken at the end of a line.
            let broken = (end + 1..end + 3).take_while(|at| self.is_line_end(*at)).count();
            if broken > 0
                && matches!(separator, '.' | ',')
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
            let blank = (end + 1..).take_while(|at| matches!(self.at(*at), Some('\r' | '\n')));
            let after = blank.last().map(|last| last + 1);
            return after.filter(|after| self.is_digit(*after));
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
        // Turkish: %121.
        let hundredth = self.back(first).is_some_and(|c| matches!(c, '%' | '٪'));
        if hundredth && self.is_free(first - 1) {
            return first - 1;
        }
        let point = self.back(first).is_some_and(|c| matches!(c, '.' | ',' | '٫'));
        if point && self.is_free(first - 1) {
            first -= 1;
        }
        first = self.sign(first);
        let gap = usize::from(self.back(first).is_some_and(is_gap));
        let currency = self.currency_before(first - gap);
        match currency < first - gap {
            true => self.sign(currency),
            false => first,
        }
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
        let broken = (end + 1..end + 3).take_while(|at| self.is_line_end(*at)).count();
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
            while next < end + 3 && self.at(next).is_some_and(|c| c.is_whitespace()) {
                next += 1;
            }
            let found = match kind {
                // €5/kg, 5 kWh/m²
                _ if self.at(end) == Some('/') => self.unit(end + 1, end + 1),
                UnitKind::Open => self.unit(end, next).or_else(|| self.connected(next)),
                UnitKind::Money => None,
                UnitKind::Closed => self.era(next).map(|end| (end, UnitKind::Closed)),
            };
            let found = found.filter(|(after, _)| !(is_year && self.is_name(from, next, *after)));
            let Some((after, found)) = found else { break };
            if self.is_initial(next, after)
                || self.is_capital(next, after) && !is_year && self.is_name_of_two(next, after)
            {
                break;
            }
            kind = found;
            end = self.compound(after);
        }
        if end == digits && self.is_ordinal(from, digits) { digits + 1 } else { end }
    }

    /// Whether the mark of a note stands after the year that begins at `from`.
    fn is_note_mark(&self, from: usize, end: usize) -> bool {
        let is_raised = self.at(end).is_some_and(is_raised);
        let is_single = (end..end + 4).take_while(|at| self.is_digit(*at)).count() <= 2;
        is_raised && is_single && end == from + 4 && self.is_year(from, end)
    }

    fn is_line_end(&self, index: usize) -> bool {
        matches!(self.at(index), Some('\r' | '\n'))
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

    /// An era that begins at `from`.
    fn era(&self, from: usize) -> Option<usize> {
        if let Some(length) = self.phrase(ERA_PHRASES, from) {
            return Some(from + length);
        }
        let is_letter = |at: &usize| self.at(*at).is_some_and(char::is_alphabetic);
        let end = (from..).take_while(is_letter).last().map_or(from, |last| last + 1);
        ERAS.contains(&self.word(from, end).as_str()).then_some(end)
    }

    /// A currency or a magnitude after a word between them: `5 milhões de reais`, `5 millions
    /// d'euros`.
    fn connected(&self, from: usize) -> Found {
        let words = [("de ", 3), ("di ", 3), ("d'", 2), ("d’", 2), ("d'", 2)];
        let (_, length) = words.into_iter().find(|(word, length)| {
            self.word(from, from + length).replace('\u{A0}', " ").eq_ignore_ascii_case(word)
        })?;
        let (end, word) = self.listed(from + length)?;
        match word.kind {
            WordKind::Magnitude(_) => Some((end, UnitKind::Open)),
            WordKind::Money => Some((end, UnitKind::Money)),
            _ => None,
        }
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
        // 5 ft 11 in
        let begun = (0..end).rev().map_while(|at| self.at(at)).take_while(|c| c.is_alphabetic());
        if matches!(begun.collect::<String>().as_str(), "tf" | "teef" | "toof") {
            let digits = if self.at(end).is_some_and(is_gap) { self.digits(end + 1) } else { end };
            let inches: String = (digits + 1..)
                .map_while(|at| self.at(at))
                .take_while(|c| c.is_alphabetic())
                .collect();
            let is_inch = ["in", "inch", "inches"].contains(&inches.as_str());
            let goes_on = digits > end + 1 && self.at(digits).is_some_and(is_gap) && is_inch;
            return if goes_on { digits + 1 + inches.len() } else { end };
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

    /// The index after a unit in Chinese, Japanese or Korean that begins at `from`, or `from`.
    fn ideographic_unit(&self, from: usize) -> usize {
        let is_here = |unit: &&&str| {
            let mut letters = unit.chars().enumerate();
            letters.all(|(more, c)| self.at(from + more) == Some(c))
        };
        let length = |unit: &&str| unit.chars().count();
        let found = IDEOGRAPHIC.iter().filter(is_here).map(length).max().unwrap_or(0);
        // Of 日本 the first sign is no day.
        let japan = found == 1 && self.at(from) == Some('日') && self.at(from + 1) == Some('本');
        if japan { from } else { from + found }
    }

    /// The unit that begins at `from`. The number so far ends at `end`; `′` and `″` are units only
    /// directly after it.
    fn unit(&self, end: usize, from: usize) -> Found {
        let first = self.at(from)?;
        if matches!(first, '°' | 'º') {
            let scale = self.at(from + 1).is_some_and(|c| matches!(c, 'C' | 'F' | 'K'));
            let ends = !self.at(from + 2).is_some_and(char::is_alphanumeric);
            return Some((from + if scale && ends { 2 } else { 1 }, UnitKind::Closed));
        }
        if is_currency(first) {
            return Some((from + 1, UnitKind::Money));
        }
        if is_symbol(first) || (from == end && matches!(first, '′' | '″')) {
            return Some((from + 1, UnitKind::Closed));
        }
        if is_magnitude(first) {
            let more = (from..self.chars.len()).find(|at| !self.at(*at).is_some_and(is_magnitude));
            let to = more.unwrap_or(self.chars.len());
            return self.ends_in_korean(end, from, to).then_some((to, UnitKind::Open));
        }
        let ideographic = self.ideographic_unit(from);
        if ideographic > from {
            let ends = self.ends_in_korean(end, from, ideographic);
            return ends.then_some((ideographic, UnitKind::Closed));
        }
        if let Some(length) = self.phrase(PHRASES, from) {
            return Some((from + length, UnitKind::Closed));
        }
        if let Some(end) = self.era(from) {
            return Some((end, UnitKind::Closed));
        }
        let signed = self.with_sign(from);
        let (end, word) = signed.or_else(|| self.listed(from)).or_else(|| self.code(from))?;
        Some((
            end,
            match word.kind {
                WordKind::Magnitude(_) | WordKind::Part => UnitKind::Open,
                WordKind::Money => UnitKind::Money,
                WordKind::Percent | WordKind::Measure => UnitKind::Closed,
                WordKind::Tens | WordKind::Ones => return None,
            },
        ))
    }

    /// Whether a unit of Korean after a space, at `from..to`, is no beginning of another word.
    fn ends_in_korean(&self, end: usize, from: usize, to: usize) -> bool {
        let is_hangul = |c: char| matches!(c, '\u{AC00}'..='\u{D7A3}');
        let is_korean = from > end && self.back(to).is_some_and(is_hangul);
        let is_particle = |c: char| "에의을를이가은는도만로으과와까부동간여짜".contains(c);
        !is_korean || self.at(to).is_none_or(|c| !is_hangul(c) || is_particle(c))
    }

    /// The number of characters of the longest phrase that stands at `from`.
    fn phrase(&self, phrases: &[&str], from: usize) -> Option<usize> {
        let is_here = |words: &&&str| {
            let mut letters = words.chars().enumerate();
            letters.all(|(more, c)| match c {
                ' ' => self.at(from + more).is_some_and(is_gap),
                _ => self.at(from + more) == Some(c),
            })
        };
        phrases.iter().filter(is_here).map(|words| words.chars().count()).max()
    }

    /// The index after the letters that begin at `from`, with what stands inside of units.
    fn letters(&self, from: usize) -> usize {
        let letter = |at: &usize| {
            let inside = |c| matches!(c, '/' | '²' | '³' | '\u{200C}' | '\u{200D}');
            let more = |c| inside(c) || is_combining_mark(c);
            self.at(*at).is_some_and(|c| c.is_alphabetic() || (*at > from && more(c)))
        };
        (from..).find(|at| !letter(at)).unwrap_or(self.chars.len())
    }

    /// The longest of the known words and phrases that begin at `from`.
    fn listed(&self, from: usize) -> Option<(usize, NumberWord)> {
        /// The most words of a phrase.
        const WORDS: usize = 4;
        let first = self.at(from).filter(|c| c.is_alphabetic())?;
        if matches!(first, '\u{E00}'..='\u{109F}' | '\u{1780}'..='\u{17FF}') {
            let rest: Vec<char> = self.chars.iter().skip(from).take(24).map(|(_, c)| *c).collect();
            return word_at_start(&rest).map(|(length, word)| (from + length, word));
        }
        let mut ends = vec![self.letters(from)];
        while ends.len() < WORDS {
            let end = ends.last().copied().unwrap_or(from);
            let next = self.letters(end + 1);
            if !self.at(end).is_some_and(is_gap) || next == end + 1 {
                break;
            }
            ends.push(next);
        }
        // A word with an apostrophe after it is the beginning of another one.
        let is_elided = |end: usize| self.at(end).is_some_and(|c| matches!(c, '\'' | '’'));
        ends.into_iter().rev().filter(|end| !is_elided(*end)).find_map(|end| {
            let words = self.word(from, end).replace(is_gap, " ");
            number_word(&words).map(|word| (end, word))
        })
    }

    /// A currency with its sign: `12 k€`, `12 US$`.
    fn with_sign(&self, from: usize) -> Option<(usize, NumberWord)> {
        let end = self.letters(from);
        let is_short = (from + 1..=from + 3).contains(&end);
        let money = NumberWord::plain(WordKind::Money);
        (is_short && self.at(end).is_some_and(is_currency)).then_some((end + 1, money))
    }

    /// The code of a currency, or two measures with a stroke between them.
    fn code(&self, from: usize) -> Option<(usize, NumberWord)> {
        let end = self.letters(from);
        let word = self.word(from, end);
        let code = word.strip_prefix(['k', 'T', 'M']).unwrap_or(&word);
        if CODES.contains(&word.as_str()) || CODES.contains(&code) {
            return Some((end, NumberWord::plain(WordKind::Money)));
        }
        let (first, rest) = word.split_once('/')?;
        number_word(first)?;
        let last = if number_word(rest).is_some() { end } else { from + first.chars().count() };
        Some((last, NumberWord::plain(WordKind::Measure)))
    }
}
