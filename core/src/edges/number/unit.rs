//! The unit after a number: a sign, a word, a code, or a phrase.
//!
//! Always holds: a currency before other digits is no unit of the number before it. Not here: how
//! many units a number has, and the blank before one (`number`).

use super::{Found, LineView, UnitKind};
use crate::edges::below_zero::below_zero;
use crate::edges::shares::points;
use crate::edges::signs::{is_currency, is_gap, is_magnitude, is_symbol};
use crate::edges::units::{CODES, ERA_PHRASES, ERAS, IDEOGRAPHIC, PHRASES};
use crate::edges::words::{NumberWord, WordKind, number_word, short_magnitude, word_at_start};
use unicode_normalization::char::is_combining_mark;

impl LineView<'_> {
    /// The unit that begins at `from`. The number so far ends at `end`; `′` and `″` are units only
    /// directly after it.
    pub(super) fn unit(&self, end: usize, from: usize) -> Found {
        let first = self.at(from)?;
        if matches!(first, '°' | 'º') {
            let scale = self.at(from + 1).is_some_and(|c| matches!(c, 'C' | 'F' | 'K'));
            let ends = !self.at(from + 2).is_some_and(char::is_alphanumeric);
            return Some((from + if scale && ends { 2 } else { 1 }, UnitKind::Closed));
        }
        // Before other digits it belongs to those.
        let is_free = |to: usize| from == end || !self.is_of_next(from, to);
        if is_currency(first) {
            return is_free(from + 1).then_some((from + 1, UnitKind::Money));
        }
        let points = points((from..).map_while(|at| self.at(at)));
        if points > 0 {
            return Some((from + points, UnitKind::Closed));
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
        if let Some(end) = self.last_words(from) {
            return Some((end, UnitKind::Closed));
        }
        let signed = self.with_sign(from);
        let code = || self.code(from).filter(|(_, word)| word.kind == WordKind::Money);
        if let Some((to, _)) = signed.or_else(code)
            && !is_free(to)
        {
            return None;
        }
        let (to, word) = signed
            .or_else(|| self.listed(from))
            .or_else(|| self.short_magnitude(end, from))
            .or_else(|| self.code(from))?;
        Some((
            to,
            match word.kind {
                WordKind::Magnitude(_) | WordKind::Part => UnitKind::Open,
                WordKind::Money => UnitKind::Money,
                WordKind::Percent | WordKind::Measure => UnitKind::Closed,
                WordKind::Hundreds | WordKind::Tens | WordKind::Ones => return None,
            },
        ))
    }

    /// The index after a unit in Chinese, Japanese or Korean that begins at `from`, or `from`.
    pub(super) fn ideographic_unit(&self, from: usize) -> usize {
        let is_here = |unit: &&&str| {
            let mut letters = unit.chars().enumerate();
            letters.all(|(more, c)| self.at(from + more) == Some(c))
        };
        let length = |unit: &&str| unit.chars().count();
        // A measure in katakana is a whole word: of ミリシーベルト not ミリ, of トンネル not トン.
        let is_katakana = |c: char| matches!(c, '\u{30A1}'..='\u{30FA}' | 'ー');
        let is_whole = |unit: &&&str| {
            let after = self.at(from + unit.chars().count());
            !unit.ends_with(is_katakana) || !after.is_some_and(is_katakana)
        };
        let here = IDEOGRAPHIC.iter().filter(is_here).filter(is_whole);
        let found = here.map(length).max().unwrap_or(0);
        // Of 日本 the first sign is no day.
        let japan = found == 1 && self.at(from) == Some('日') && self.at(from + 1) == Some('本');
        if japan { from } else { from + found }
    }

    /// An era, or words for less than zero, that begin at `from`.
    pub(super) fn last_words(&self, from: usize) -> Option<usize> {
        if let Some(length) = self.phrase(ERA_PHRASES, from) {
            return Some(from + length);
        }
        let below = below_zero((from..).map_while(|at| self.at(at)));
        if below > 0 {
            return Some(from + below);
        }
        let is_letter = |at: &usize| self.at(*at).is_some_and(char::is_alphabetic);
        let end = (from..).take_while(is_letter).last().map_or(from, |last| last + 1);
        ERAS.contains(&self.word(from, end).as_str()).then_some(end)
    }

    /// A currency or a magnitude after a word between them: `5 milhões de reais`, `5 millions
    /// d'euros`.
    pub(super) fn connected(&self, from: usize) -> Found {
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
            let sign = |c| matches!(c, '/' | '²' | '³' | '\u{200C}' | '\u{200D}');
            let more = |c| sign(c) || is_combining_mark(c);
            // ש"ח
            let is_hebrew = |at: usize| self.at(at).is_some_and(|c| ('א'..='ת').contains(&c));
            let joins =
                |c: char| matches!(c, '"' | '״' | '”') && is_hebrew(*at - 1) && is_hebrew(*at + 1);
            let inside = |c| *at > from && (more(c) || joins(c));
            self.at(*at).is_some_and(|c| c.is_alphabetic() || inside(c))
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
        // One letter with an apostrophe after it is the beginning of another word; longer ones have
        // an ending there: km’ye.
        let is_apostrophe = |c: char| matches!(c, '\'' | '’');
        let is_elided = |end: usize| end == from + 1 && self.at(end).is_some_and(is_apostrophe);
        ends.into_iter().rev().filter(|end| !is_elided(*end)).find_map(|end| {
            let words = self.word(from, end).replace(is_gap, " ");
            let ending = match self.at(end).is_some_and(is_apostrophe) {
                true => self.letters(end + 1).saturating_sub(end),
                false => 0,
            };
            let to = if ending > 1 { end + ending } else { end };
            number_word(&words).map(|word| (to, word))
        })
    }

    /// A magnitude of Brazil after an amount with its currency before it: `R$ 4,5 bi`.
    fn short_magnitude(&self, digits: usize, from: usize) -> Option<(usize, NumberWord)> {
        let end = self.letters(from);
        let zeros = short_magnitude(&self.word(from, end))?;
        let is_amount =
            |at: &usize| self.at(*at).is_some_and(|c| c.is_ascii_digit() || matches!(c, '.' | ','));
        let begin = (0..digits).rev().take_while(is_amount).last()?;
        let gap = usize::from(begin > 0 && self.at(begin - 1).is_some_and(is_gap));
        let has_currency = self.at((begin - gap).checked_sub(1)?).is_some_and(is_currency);
        has_currency.then_some((end, NumberWord::plain(WordKind::Magnitude(zeros))))
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
