//! Numbers with their parts: separators, sign, currency, magnitude, unit.
//!
//! Always holds: characters and a list of words decide, whatever the language of the text; in doubt
//! the longer number counts. Not here: the value of a number.
//! Source: Unicode's general categories Nd, Nl and No; CLDR's number patterns.

use crate::edges::units::{ABBREVIATED, CODES, ERAS, IDEOGRAPHIC, PHRASES, is_unit};
use std::ops::Range;
use unicode_normalization::char::is_combining_mark;

/// The byte range of the number that contains the byte offset `at`.
pub(super) fn around(text: &str, at: usize) -> Option<Range<usize>> {
    if !text.contains(char::is_numeric) {
        return None;
    }
    let chars: Vec<(usize, char)> = text.char_indices().collect();
    let line = LineView { chars: &chars, length: text.len() };
    let mut from = 0;
    while from < chars.len() {
        if !line.is_digit(from) {
            from += 1;
            continue;
        }
        let end = line.digits(from);
        let (first, last) = (line.before(from), line.after(end));
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

struct LineView<'a> {
    chars: &'a [(usize, char)],
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
        self.at(index).is_some_and(char::is_numeric)
    }

    /// The index after the digits that begin here, with their separators.
    fn digits(&self, from: usize) -> usize {
        let mut end = from;
        let (mut group, mut spaced) = (from, true);
        loop {
            while self.is_digit(end) {
                end += 1;
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
            let joins = is_separator(separator) && self.is_digit(end + 1);
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

    /// The index after the number whose digits end here, with its magnitudes and units.
    fn after(&self, digits: usize) -> usize {
        let mut end = digits;
        // 5-year-old
        let hyphen = |at: usize| self.at(at).is_some_and(|c| matches!(c, '-' | '‐' | '‑'));
        if hyphen(end) && self.at(end + 1).is_some_and(char::is_alphabetic) {
            let joined = |at: &usize| {
                let letter =
                    self.at(*at).is_some_and(|c| c.is_alphabetic() || is_combining_mark(c));
                letter || hyphen(*at) && self.at(at + 1).is_some_and(char::is_alphabetic)
            };
            return (end..).take_while(joined).last().map_or(end, |last| last + 1);
        }
        for _ in 0..3 {
            // An abbreviated magnitude may have a point: `3 тис. тонн`.
            let mut from = end + usize::from(self.is_abbreviated(end));
            while from < end + 3 && self.at(from).is_some_and(|c| c.is_whitespace()) {
                from += 1;
            }
            let next = match self.unit(end, from) {
                // €5/kg, 5 kWh/m²
                next if next == from && from == end && self.at(end) == Some('/') => {
                    match self.unit(end + 1, end + 1) {
                        after if after == end + 1 => break,
                        after => after,
                    }
                }
                next if next == from => break,
                next => next,
            };
            end = self.compound(next);
        }
        end
    }

    /// Whether the point at this index belongs to a magnitude before it.
    fn is_abbreviated(&self, index: usize) -> bool {
        if self.at(index) != Some('.') {
            return false;
        }
        let before = (0..index).rev().take(5).map_while(|at| self.at(at));
        let mut letters: Vec<char> = before.take_while(|c| c.is_alphabetic()).collect();
        letters.reverse();
        let word: String = letters.into_iter().flat_map(char::to_lowercase).collect();
        ABBREVIATED.contains(&word.as_str())
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
                Some(c) if is_magnitude(c) => self.unit(digits, digits),
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

    /// The index after the unit that begins at `from`, or `from`. The number so far ends at `end`;
    /// `′` and `″` are units only directly after it.
    fn unit(&self, end: usize, from: usize) -> usize {
        let Some(first) = self.at(from) else { return from };
        if matches!(first, '°' | 'º') {
            let scale = self.at(from + 1).is_some_and(|c| matches!(c, 'C' | 'F' | 'K'));
            let ends = !self.at(from + 2).is_some_and(char::is_alphanumeric);
            return from + if scale && ends { 2 } else { 1 };
        }
        if is_symbol(first) || is_currency(first) || (from == end && matches!(first, '′' | '″'))
        {
            return from + 1;
        }
        if is_magnitude(first) {
            let more = (from..self.chars.len()).find(|at| !self.at(*at).is_some_and(is_magnitude));
            return more.unwrap_or(self.chars.len());
        }
        let ideographic = self.ideographic_unit(from);
        if ideographic > from {
            return ideographic;
        }
        let phrase = |words: &&&str| {
            let mut letters = words.chars().enumerate();
            letters.all(|(more, c)| match c {
                ' ' => self.at(from + more).is_some_and(is_gap),
                _ => self.at(from + more) == Some(c),
            })
        };
        let length = |words: &&str| words.chars().count();
        if let Some(length) = PHRASES.iter().filter(phrase).map(length).max() {
            return from + length;
        }
        let letter = |at: &usize| {
            let inside = |c| matches!(c, '/' | '²' | '³');
            let more = |c| inside(c) || is_combining_mark(c);
            self.at(*at).is_some_and(|c| c.is_alphabetic() || (*at > from && more(c)))
        };
        let end = (from..self.chars.len()).find(|at| !letter(at)).unwrap_or(self.chars.len());
        let word: String = (from..end).filter_map(|at| self.at(at)).collect();
        // `12 k€`, `12 US$`.
        if self.at(end).is_some_and(is_currency) && end - from <= 3 {
            return end + 1;
        }
        let elided = self.at(end).is_some_and(|c| matches!(c, '\'' | '’'));
        if let Some((first, rest)) = word.split_once('/').filter(|_| !is_unit(&word)) {
            return match (is_unit(first), is_unit(rest)) {
                (false, _) => from,
                (true, true) => end,
                (true, false) => from + first.chars().count(),
            };
        }
        if elided || !is_unit(&word) {
            return from;
        }
        let two = matches!(word.as_str(), "per" | "pour" | "por");
        let second: String = (end + 1..).map_while(|at| self.at(at)).take(7).collect();
        match ["centum", "cento", "ciento", "cent"].iter().find(|word| second.starts_with(**word)) {
            Some(cent) if two => end + 1 + cent.len(),
            None if two => from,
            _ => end,
        }
    }
}

fn is_separator(c: char) -> bool {
    matches!(
        c,
        '.' | ','
            | '\''
            | '’'
            | ':'
            | '/'
            | '⁄'
            | '·'
            | '٫'
            | '٬'
            | '^'
            | '_'
            | '×'
            | '⁻'
            | '₋'
            | '-'
            | '‐'..='―' | '−' | '，' | '．' | '：' | '～' | '〜'
    )
}

/// The spaces between thousands, and between a number and its currency or unit.
fn is_gap(c: char) -> bool {
    matches!(c, ' ' | '\u{A0}' | '\u{2006}'..='\u{200A}' | '\u{202F}')
}

fn is_sign(c: char) -> bool {
    matches!(
        c,
        '+' | '-'
            | '−'
            | '–'
            | '‑'
            | '±'
            | '∓'
            | '~'
            | '≈'
            | '<'
            | '>'
            | '≤'
            | '≥'
            | '﹣'
            | '－'
            | '＋'
    )
}

fn is_currency(c: char) -> bool {
    matches!(c, '$' | '¢'..='¥' | '\u{58F}' | '\u{60B}' | '\u{9F2}' | '\u{9F3}' | '\u{E3F}'
        | '\u{20A0}'..='\u{20CF}' | '\u{FDFC}' | '＄' | '￠' | '￡' | '￥' | '￦')
}

fn is_symbol(c: char) -> bool {
    matches!(c, '%' | '‰' | '‱' | '٪' | '％' | '\u{2103}' | '\u{2109}' | '\u{3371}'..='\u{33DF}')
}

/// Magnitudes and currencies after the digits in Chinese, Japanese and Korean.
fn is_magnitude(c: char) -> bool {
    "十百千万萬亿億兆元円圓원십백천만억조".contains(c)
}

fn is_ideograph(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7A3}')
}
