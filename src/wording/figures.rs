//! Figures of a text: their value with sign, magnitude and per cent.
//!
//! Always holds: two figures of one value are equal, whatever their digits, separators and
//! magnitude words, unless both have a currency or a measure and these differ (`amounts`). Not
//! here: what is missing in a claim (`unquoted`); times of the day (`day_time`), English numbers in
//! words (`number_words`), magnitudes in words (`worded_magnitudes`).

use crate::wording::amounts::{KindPlace, kind_around};
use crate::wording::fractions::fraction_at;
use annals_core::edges::{
    below_zero, is_percent, magnitude, magnitude_of_money, minus_before, percent_before, points,
    zero_before,
};
use unicode_normalization::char::is_combining_mark;

/// A number of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figure {
    /// The number as it is written, with its sign and its magnitude.
    pub words: String,
    /// Its digits alone, with `.` before the decimals.
    pub digits: String,
    /// The same with the magnitude: `3 million` is `3000000`.
    pub value: String,
    /// Whether it is less than zero.
    pub is_negative: bool,
    /// Whether it is a part of a hundred.
    share: Share,
    /// Its currency or measure, and the number as it is written with it.
    kind: Option<(&'static str, String)>,
    /// The value and the share that the next figure gives it: `between 2 and 3 per cent`.
    shared: Option<(String, Share)>,
    /// Whether a sign, a magnitude or a per cent belongs to it.
    has_parts: bool,
}

/// Whether a figure is a part of a hundred.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Share {
    /// It is not.
    None,
    /// Per cent.
    Percent,
    /// Points: the difference of two figures in per cent.
    Points,
}

impl Figure {
    /// Whether both say the same amount.
    pub fn is(&self, other: &Figure) -> bool {
        self.may_be_of_kind(other) && self.has_value_of(other)
    }

    /// Whether no currency or measure of one is another one of the other.
    fn may_be_of_kind(&self, other: &Figure) -> bool {
        match (&self.kind, &other.kind) {
            (Some((one, _)), Some((other, _))) => one == other,
            _ => true,
        }
    }

    fn has_value_of(&self, other: &Figure) -> bool {
        let mut readings = self.readings();
        self.is_negative == other.is_negative
            && readings.any(|one| other.readings().any(|other| one == other))
    }

    /// Whether it is the other one, but for the currency or the measure.
    fn is_of_value(&self, other: &Figure) -> bool {
        self.has_value_of(other) || !other.has_parts && self.digits == other.digits
    }

    /// How a figure is named that is none of the quoted ones: with its currency or measure, if this
    /// is what differs.
    pub fn named(&self, quoted: &[Figure]) -> &str {
        match &self.kind {
            Some((_, amount)) if quoted.iter().any(|one| self.is_of_value(one)) => amount,
            _ => &self.words,
        }
    }

    /// Its currency or measure.
    pub fn kind(&self) -> Option<&'static str> {
        self.kind.as_ref().map(|(kind, _)| *kind)
    }

    /// Whether it is digits alone, without sign, magnitude, per cent, currency or measure.
    pub fn is_bare(&self) -> bool {
        let is_whole = self.share == Share::None && self.kind.is_none();
        is_whole && !self.has_parts && !self.is_negative
    }

    fn readings(&self) -> impl Iterator<Item = (&str, Share)> {
        let shared = self.shared.iter().map(|(value, share)| (value.as_str(), *share));
        std::iter::once((self.value.as_str(), self.share)).chain(shared)
    }

    /// Whether it may say the amount of a quoted figure, if the words around that one are of a
    /// language that is not read: the digits are the same, and no other currency or measure is
    /// read.
    pub fn may_be(&self, quoted: &Figure) -> bool {
        self.may_be_of_kind(quoted) && self.is_of_value(quoted)
    }

    /// The further figures of this one, if it may be a time: of 4.35 the hour and the minute.
    fn time(&self) -> Vec<Figure> {
        let Some((hour, minute)) = self.digits.split_once('.').filter(|_| !self.has_parts) else {
            return Vec::new();
        };
        let number = |part: &str| part.parse::<u8>().ok().filter(|_| part.len() <= 2);
        match (number(hour), number(minute).filter(|_| minute.len() == 2)) {
            (Some(0..=24), Some(0..=59)) => [hour, minute].map(Figure::plain).into(),
            _ => Vec::new(),
        }
    }

    /// Both as one number, if the other one is smaller than the magnitude of this one, of so many
    /// zeros: `1兆` and `2,300億`.
    fn plus(&self, other: &Figure, zeros: usize) -> Option<Figure> {
        let (whole, decimals) = other.value.split_once('.').unwrap_or((&other.value, ""));
        let is_smaller = zeros > 0 && whole.len() <= zeros && !other.is_negative;
        let value = self.value.parse::<u128>().ok().filter(|_| is_smaller)?;
        let value = value.checked_add(whole.parse().ok()?)?.to_string();
        let value = if decimals.is_empty() { value } else { format!("{value}.{decimals}") };
        let with = |words: &str| format!("{}{words}", self.words);
        let kind = || other.kind.as_ref().map(|(kind, amount)| (*kind, with(amount)));
        Some(Figure {
            words: with(&other.words),
            digits: value.clone(),
            value,
            share: other.share,
            kind: self.kind.clone().or_else(kind),
            has_parts: true,
            ..self.clone()
        })
    }

    /// A number in words.
    pub fn in_words(words: String, value: &str) -> Figure {
        Figure { words, ..Figure::plain(value) }
    }

    /// The same number of per cent.
    pub fn per_cent(self) -> Figure {
        Figure { share: Share::Percent, has_parts: true, ..self }
    }

    /// A figure without a sign, a magnitude or a per cent.
    pub fn plain(digits: &str) -> Figure {
        let value = shifted(digits, 0);
        Figure {
            words: digits.to_owned(),
            digits: digits.to_owned(),
            value,
            is_negative: false,
            share: Share::None,
            kind: None,
            shared: None,
            has_parts: false,
        }
    }
}

/// The figures of quoted words: also those of the times that stand in them, with a point or with a
/// colon (`4.35 p.m.`, `16:35`).
pub fn quoted_figures(text: &str) -> Vec<Figure> {
    let mut found = figures(text);
    let times: Vec<Figure> = found.iter().flat_map(Figure::time).collect();
    found.extend(times);
    let joined = pairs(text).into_iter().filter(|pair| pair.words.contains(':'));
    found.extend(joined.map(|pair| Figure::plain(&format!("{}.{}", pair.first, pair.second))));
    found.extend(text.lines().flat_map(of_row));
    found
}

/// The figures of a row of a table with the per cent or the magnitude that its heading has in
/// brackets: `Vacancies (million)`, `0.28`.
fn of_row(row: &str) -> Vec<Figure> {
    let Some((heading, cells)) = row.split_once('\t') else { return Vec::new() };
    let unit = heading.rsplit_once('(').and_then(|(_, rest)| rest.split_once(')'));
    let Some((unit, _)) = unit else { return Vec::new() };
    let with_unit = |cell: &str| -> Option<Figure> {
        let [figure] = <[Figure; 1]>::try_from(figures(cell)).ok()?;
        let [whole] = <[Figure; 1]>::try_from(figures(&format!("{} {unit}", cell.trim()))).ok()?;
        (figure.is_bare() && whole.has_parts).then_some(whole)
    };
    cells.split('\t').filter_map(with_unit).collect()
}

/// Two figures that are joined by a colon or a dash, such as a score or a vote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pair {
    /// As it is written.
    pub words: String,
    /// The first figure.
    pub first: String,
    /// The second one.
    pub second: String,
}

/// The pairs of a text, in order: no date (`2022-01-27`), and no decimals.
pub fn pairs(text: &str) -> Vec<Pair> {
    let is_mark = |c: char| matches!(c, ':' | '-' | '‑' | '–' | '—' | '−' | '∶' | '：');
    let mut found = Vec::new();
    if !text.contains(is_mark) {
        return found;
    }
    let is_part = |c: char| is_mark(c) || digit(c).is_some() || matches!(c, '.' | ',' | '/');
    for run in text.split(|c: char| !is_part(c)) {
        let run = run.trim_matches(|c: char| digit(c).is_none());
        let parts: Vec<&str> = run.split(is_mark).collect();
        let [first, second] = parts[..] else { continue };
        let number = |part: &str| part.chars().map(digit).collect::<Option<String>>();
        if let (Some(first), Some(second)) = (number(first), number(second))
            && !first.is_empty()
            && !second.is_empty()
        {
            found.push(Pair { words: run.to_owned(), first, second });
        }
    }
    found
}

/// The figures in digits of any script, in order.
pub fn figures(text: &str) -> Vec<Figure> {
    let mut figures: Vec<Figure> = Vec::new();
    // The figures before a word for points that no word for per cent has.
    let mut of_points: Vec<usize> = Vec::new();
    if !text.chars().any(|c| digit(c).is_some()) {
        return figures;
    }
    let chars: Vec<char> = text.chars().collect();
    let digit = |at: usize| chars.get(at).copied().and_then(digit);
    let (mut at, mut last_end) = (0, 0);
    while at < chars.len() {
        let from = at;
        let grouped = indian_groups(&chars, from);
        let (mut value, mut words) = (String::new(), String::new());
        while let Some(found) = digit(at) {
            value.push(found);
            words.push(chars[at]);
            at += 1;
            let gap = [' ', '\u{A0}', '\u{2009}', '\u{202F}'];
            let mark = ['.', ',', '\'', '’', '٫', '٬'];
            let part = chars.get(at).is_some_and(|c| gap.contains(c) || mark.contains(c));
            let group = (1..=3).all(|more| digit(at + more).is_some()) && digit(at + 4).is_none()
                || at < grouped;
            let blank = chars.get(at).is_some_and(|c| c.is_whitespace());
            if part && digit(at + 1).is_some() && (group || !blank) && digit(at).is_none() {
                // Three digits after a separator are thousands; else they are decimals.
                if !group {
                    value.push('.');
                }
                words.push(chars[at]);
                at += 1;
            }
        }
        if !value.is_empty()
            && !value.contains('.')
            && let Some(fraction) = fraction_at(&chars[at..], value.len())
        {
            words.extend(&chars[at..at + fraction.length]);
            value = format!("{value}.{}", fraction.decimals);
            at += fraction.length;
        }
        let whole = value.trim_start_matches('0');
        if value.matches('.').count() > 1 {
            // The parts of a date: 24.12.2025.
            let parts = value.split('.').map(|part| part.trim_start_matches('0'));
            figures.extend(parts.filter(|part| !part.is_empty()).map(Figure::plain));
            last_end = at;
        } else if at > from && !whole.is_empty() {
            let around = Around { before: &chars[..from], after: &chars[at..] };
            let (figure, zeros) = around.figure(words, whole.to_owned());
            let between = chars.get(last_end..from).unwrap_or_default();
            if let Some(magnitude) = open_magnitude(between)
                && let Some(sum) = figures.last().and_then(|last| last.plus(&figure, magnitude))
            {
                figures.pop();
                figures.push(sum);
                last_end = at;
                continue;
            }
            if (zeros > 0 || figure.share != Share::None)
                && let Some(last) = figures.last_mut().filter(|last| !last.has_parts)
                && is_joined(between)
            {
                last.shared = Some((shifted(&last.digits, zeros), figure.share));
            }
            if figure.is_bare() && is_of_points("", &chars[at..]) {
                of_points.push(figures.len());
            }
            figures.push(figure);
            last_end = at;
        }
        at = at.max(from + 1);
    }
    // Beside a part of a hundred they may be points of it: `61.3%, up 4.1 points`.
    if figures.iter().any(|figure| figure.share != Share::None) {
        for at in of_points {
            if let Some(figure) = figures.get_mut(at) {
                figure.shared = Some((figure.value.clone(), Share::Points));
            }
        }
    }
    figures
}

/// The index after the digits that begin here, if they are in groups of two before a last one of
/// three, as in India: `12,34,567`; otherwise this index.
fn indian_groups(chars: &[char], from: usize) -> usize {
    let count =
        |at: usize| chars.iter().skip(at).take(4).take_while(|c| digit(**c).is_some()).count();
    let mut at = from + count(from);
    if !(1..=2).contains(&(at - from)) || chars.get(at) != Some(&',') || count(at + 1) != 2 {
        return from;
    }
    while chars.get(at) == Some(&',') {
        match count(at + 1) {
            2 => at += 3,
            3 => return at + 4,
            _ => return from,
        }
    }
    from
}

/// The zeros of the magnitude between two figures, if a smaller number after it is added to the one
/// before it: `12万8000`, `3 bin 450`, `5 crore 20 lakh`.
fn open_magnitude(between: &[char]) -> Option<usize> {
    const ADDED_TO: &[&str] =
        &["bin", "milyon", "milyar", "lakh", "crore", "हजार", "हज़ार", "लाख", "करोड़"];
    const LONGEST: usize = 8;
    let first = between.iter().find(|c| !c.is_whitespace())?;
    if between.len() > LONGEST || !first.is_alphabetic() {
        return None;
    }
    let word: String = between.iter().collect();
    let word = word.trim();
    let is_of_signs = || word.chars().all(|sign| zeros_of_sign(sign).is_some());
    (ADDED_TO.contains(&word) || is_of_signs()).then(|| zeros_of(word))
}

/// Whether the words between two figures make one amount of both: `2 to 3 million`.
fn is_joined(between: &[char]) -> bool {
    const JOINS: &[&str] = &[
        "-", "–", "—", "and", "to", "or", "und", "bis", "oder", "à", "et", "ou", "y", "a", "o",
        "e", "до", "и", "і", "й", "та", "или", "або", "i", "do", "en", "tot", "och", "til", "till",
    ];
    const LONGEST: usize = 8;
    if between.len() > LONGEST {
        return false;
    }
    let words: String = between.iter().filter(|c| !"$€£¥₽₴".contains(**c)).collect();
    JOINS.contains(&words.trim())
}

/// How many characters after a number words for its sign stand in.
const NEAR: usize = 24;

/// What stands around the digits of a number.
struct Around<'a> {
    before: &'a [char],
    after: &'a [char],
}

impl Around<'_> {
    /// The figure of these digits, and the zeros of its magnitude.
    fn figure(&self, mut words: String, digits: String) -> (Figure, usize) {
        let mut is_negative = self.is_negative();
        if is_negative {
            words.insert(0, '−');
        }
        /// The most letters of an abbreviated magnitude.
        const LONGEST_WITH_POINT: usize = 4;
        let (mut zeros, mut share, mut rest) = (0, Share::None, self.after);
        let mut is_crown = false;
        let mut has_parts = is_negative;
        // As accounts write less than zero: (18.8)%.
        let is_in_brackets = self.before.last() == Some(&'(') && rest.first() == Some(&')');
        if is_in_brackets && rest.get(1).is_some_and(|c| is_percent_sign(&c.to_string())) {
            rest = rest.get(1..).unwrap_or_default();
        }
        let mut other_zeros = None;
        // A magnitude, then a per cent.
        for _ in 0..2 {
            let Some((word, length)) = next_word(rest) else { break };
            let percent = is_percent_sign(&word);
            let is_amount = || kind_around(self.before, &[], None).is_some();
            // After a space `m` is a metre, and `k` no thousand; but `5 M€`, `5 M €` and `5 k$`.
            // `Md` is a milliard before a currency alone.
            let mut after = rest.iter().skip(length).take(2).skip_while(|c| c.is_whitespace());
            let is_money = after.next().is_some_and(|c| "$€£¥₽₴".contains(*c));
            let is_short = matches!(word.as_str(), "m" | "k") && length > 1 && !is_money;
            let more = match word.as_str() {
                _ if percent || is_short => 0,
                "md" if is_money => 9,
                // Of an English bill that has a number or a year before it.
                "bill" if rest.get(length) != Some(&'.') => 0,
                // Of Czech, Romanian and others with a point; else a thousand of Spanish.
                "mil" if rest.get(length) == Some(&'.') => {
                    let after = rest.get(length + 1..).unwrap_or_default();
                    let next = after.iter().find(|c| !c.is_whitespace());
                    let goes_on = next.is_some_and(|c| c.is_lowercase())
                        || kind_around(&[], after, None).is_some();
                    other_zeros = (!goes_on).then_some(3);
                    6
                }
                word => match magnitude_of_money(word).filter(|_| is_amount()) {
                    Some(zeros) => zeros,
                    None => zeros_of(word),
                },
            };
            if !percent && more == 0 {
                break;
            }
            words.extend(rest.iter().take(length));
            (zeros, has_parts) = (zeros + more, true);
            rest = rest.get(length..).unwrap_or_default();
            if percent {
                share = if is_of_points(&word, rest) { Share::Points } else { Share::Percent };
                break;
            }
            is_crown = matches!(word.as_str(), "mkr" | "tkr" | "mdkr");
            // An abbreviated magnitude may have a point: `12 Mio. Euro`.
            let is_short = word.chars().count() <= LONGEST_WITH_POINT && rest.first() == Some(&'.');
            if is_short && rest.get(1).is_some_and(|c| c.is_whitespace()) {
                rest = rest.get(1..).unwrap_or_default();
                break;
            }
        }
        if share == Share::None && zeros == 0 {
            let before = percent_before(self.before.iter().rev().copied());
            if before > 0 {
                let first = self.before.iter().skip(self.before.len() - before);
                words = first.copied().chain(words.chars()).collect();
                let is_points = next_word(rest).is_some_and(|(word, _)| word.starts_with("puan"));
                share = if is_points { Share::Points } else { Share::Percent };
                has_parts = true;
            }
        }
        if !is_negative && self.is_below_zero(rest) {
            words.insert(0, '−');
            (is_negative, has_parts) = (true, true);
        }
        let mut value = shifted(&digits, zeros);
        if zeros == 0 && share == Share::None && self.is_decade(&digits) {
            words.push('s');
            value.push('s');
            has_parts = true;
        }
        let last = self.after.len().checked_sub(rest.len() + 1).and_then(|at| self.after.get(at));
        let kind = kind_around(self.before, rest, last.copied()).map(|(kind, place)| {
            let (before, after) = match place {
                KindPlace::Before(length) => (length, 0),
                KindPlace::After(length) => (0, length),
            };
            let first = self.before.iter().skip(self.before.len().saturating_sub(before));
            let last = rest.iter().take(after);
            (kind, first.copied().chain(words.chars()).chain(last.copied()).collect())
        });
        let kind = kind.or_else(|| is_crown.then(|| ("crown", words.clone())));
        // At the end of a sentence the point may be that of the sentence.
        let shared = other_zeros.map(|zeros| (shifted(&digits, zeros), share));
        (Figure { words, digits, value, is_negative, share, kind, shared, has_parts }, zeros)
    }

    /// Whether what follows makes a decade of a year: `1990s`, `1990er`, `1990-х`.
    fn is_decade(&self, digits: &str) -> bool {
        const ENDS: [&str; 12] =
            ["s", "'s", "’s", "er", "ern", "-х", "-е", "-ті", "-тих", "-ых", "年代", "년대"];
        let is_year = digits.len() == 4 && digits.ends_with('0');
        let follows = |end: &&str| {
            let length = end.chars().count();
            let is_end = end.chars().eq(self.after.iter().take(length).copied());
            let is_cjk = end.contains(['年', '년']);
            is_end && (is_cjk || !self.after.get(length).is_some_and(|c| c.is_alphabetic()))
        };
        is_year && ENDS.iter().any(follows)
    }

    /// Whether a minus stands before the digits: as a word, or as a sign directly before them or
    /// before their currency, and after no letter or digit.
    fn is_negative(&self) -> bool {
        let currency = self.before.iter().rev().skip_while(|c| "$€£¥₽₴".contains(**c));
        let is_from_zero = || zero_before(self.before.iter().rev().copied());
        if minus_before(currency.copied()) > 0 && !is_from_zero() {
            return true;
        }
        let mut before = self.before.iter().rev().skip_while(|c| "$€£¥₽₴".contains(**c));
        let sign = before.next().is_some_and(|c| matches!(c, '−' | '-' | '–' | '－'));
        // After a noun of Chinese it is a hyphen: 东风-41.
        let is_free = |c: &char| {
            c.is_whitespace() || "([“\"«=:为為至到达達是约約了はがをにでとも".contains(*c)
        };
        sign && before.next().is_none_or(is_free)
    }

    /// Whether words for less than zero stand after the digits, in Hindi also before them.
    fn is_below_zero(&self, after: &[char]) -> bool {
        if zero_before(self.before.iter().rev().copied()) {
            let words: String = after.iter().take(NEAR).collect();
            return words.split_whitespace().take(2).any(|word| word == "नीचे");
        }
        is_below_zero(after)
    }
}

/// Whether a word for a part of a hundred is one for points, by itself or with the word after it.
fn is_of_points(word: &str, after: &[char]) -> bool {
    const NEXT: &[&str] = &["point", "points", "punkte", "punkten", "bodů", "bodu", "bod"];
    let is_next = |next: String| {
        NEXT.contains(&next.as_str())
            || ["пункт", "punkt", "ポイント", "포인트", "puan"]
                .iter()
                .any(|it| next.starts_with(it))
    };
    points(word.chars()) > 0 || next_word(after).is_some_and(|(next, _)| is_next(next))
}

/// Whether words for less than zero follow, at once or after a unit of one or two words.
fn is_below_zero(after: &[char]) -> bool {
    let mut rest = after;
    for _ in 0..3 {
        let blank = usize::from(rest.first().is_some_and(|c| c.is_whitespace()));
        rest = rest.get(blank..).unwrap_or_default();
        if below_zero(rest.iter().copied()) > 0 {
            return true;
        }
        let word = rest.iter().take_while(|c| c.is_alphabetic() || matches!(c, '°' | 'º')).count();
        if word == 0 {
            return false;
        }
        rest = rest.get(word..).unwrap_or_default();
    }
    false
}

/// The next word, phrase for a part of a hundred, or sign after at most one space, folded, and the
/// number of characters up to its end.
fn next_word(text: &[char]) -> Option<(String, usize)> {
    let blank = usize::from(text.first().is_some_and(|c| c.is_whitespace()));
    let rest = text.get(blank..)?;
    let first = rest.first()?;
    if is_percent_sign(first.encode_utf8(&mut [0; 4])) {
        return Some((first.to_string(), blank + 1));
    }
    // In Chinese and Japanese the next word follows at once.
    let signs = rest.iter().take_while(|c| zeros_of_sign(**c).is_some()).count();
    if signs > 0 {
        return Some((rest.iter().take(signs).collect(), blank + signs));
    }
    let of_hundred = points(rest.iter().copied());
    let percent = || {
        PERCENTS
            .iter()
            .find(|word| rest.iter().take(word.chars().count()).copied().eq(word.chars()))
    };
    let of_hundred = match of_hundred {
        0 => percent().map_or(0, |word| word.chars().count()),
        length => length,
    };
    if of_hundred > 0 {
        let word = rest.iter().take(of_hundred).flat_map(|c| c.to_lowercase()).collect();
        return Some((word, blank + of_hundred));
    }
    let is_letter =
        |at: &usize| rest.get(*at).is_some_and(|c| c.is_alphabetic() || is_combining_mark(*c));
    let word_end = |from: usize| (from..).find(|at| !is_letter(at)).unwrap_or(from);
    let words =
        |to: usize| -> String { rest.iter().take(to).flat_map(|c| c.to_lowercase()).collect() };
    let end = word_end(0);
    let (second, third) = (word_end(end + 1), word_end(word_end(end + 1) + 1));
    // What follows a comma or a point is no word of the phrase.
    for to in [third, second].into_iter().filter(|to| is_letter(&to.saturating_sub(1))) {
        if is_percent(&words(to)) || words(to) == "pro cent" {
            return Some((words(to), blank + to));
        }
    }
    (end > 0).then(|| (words(end), blank + end))
}

/// Words for per cent that have no space after them.
const PERCENTS: &[&str] = &["パーセント", "퍼센트"];

fn is_percent_sign(word: &str) -> bool {
    matches!(word, "%" | "٪" | "％" | "pro cent")
        || PERCENTS.contains(&word)
        || is_percent(word)
        || points(word.chars()) > 0
}

/// The zeros of a magnitude in one character of Chinese, Japanese or Korean.
fn zeros_of_sign(sign: char) -> Option<usize> {
    match sign {
        '十' | '십' => Some(1),
        '百' | '백' => Some(2),
        '千' | '천' => Some(3),
        '万' | '萬' | '만' => Some(4),
        '亿' | '億' | '억' => Some(8),
        '兆' | '조' => Some(12),
        _ => None,
    }
}

/// The number of zeros that a word adds to the number before it; 0 if it is no magnitude.
fn zeros_of(word: &str) -> usize {
    match word {
        "k" => 3,
        "m" => 6,
        _ => match word.chars().map_while(zeros_of_sign).sum() {
            0 => magnitude(word).unwrap_or_default(),
            zeros => zeros,
        },
    }
}

/// Digits with so many zeros more: `9.8` with six is `9800000`.
fn shifted(digits: &str, zeros: usize) -> String {
    let (whole, decimals) = digits.split_once('.').unwrap_or((digits, ""));
    let padded = format!("{decimals:0<zeros$}");
    let (more, rest) = padded.split_at(zeros);
    let whole = format!("{whole}{more}");
    let (whole, rest) = (whole.trim_start_matches('0'), rest.trim_end_matches('0'));
    match rest.is_empty() {
        true => whole.to_owned(),
        false => format!("{whole}.{rest}"),
    }
}

/// The digit zero of each script with positional numbers.
const ZEROS: &[u32] = &[
    0x30, 0x660, 0x6F0, 0x7C0, 0x966, 0x9E6, 0xA66, 0xAE6, 0xB66, 0xBE6, 0xC66, 0xCE6, 0xD66,
    0xE50, 0xED0, 0xF20, 0x1040, 0x17E0, 0x1810, 0xFF10,
];

/// The ASCII digit of a digit of any script.
pub fn digit(c: char) -> Option<char> {
    if c < '\u{660}' {
        return c.is_ascii_digit().then_some(c);
    }
    let zero = ZEROS.iter().find(|zero| (**zero..**zero + 10).contains(&u32::from(c)))?;
    char::from_digit(u32::from(c) - zero, 10)
}

#[cfg(test)]
mod tests;
