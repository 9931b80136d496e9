//! The dates that figures give in any language: `27/01/2022`, `2022年1月26日`, `2019–2021`, `the
//! 1990s`, `the 19th century`.
//!
//! Always holds: it reads figures of any script, and gives all dates that they may mean; where it
//! is not clear whether figures are a date, it gives none. Not here: dates in English words
//! (`worded_date`).

use crate::wording::figures::digit;
use annals_core::edtf::days;
use unicode_segmentation::UnicodeSegmentation;

/// Words between the ends of an interval of years.
const TO: [&str; 7] = ["to", "until", "till", "bis", "à", "до", "по"];
/// The same after a word for *between*; without it they join two years.
const AND: [&str; 4] = ["and", "und", "et", "y"];
const BETWEEN: [&str; 3] = ["between", "zwischen", "entre"];
/// Ends of the name of a decade: `1990s`, `1990er`.
const OF_DECADE: [&str; 6] = ["s", "’s", "'s", "er", "ern", "-х"];
/// Words before the common era, in lower case without spaces and points.
const BEFORE: [&str; 7] = ["bc", "bce", "vchr", "avjc", "донэ", "прнв", "公元前"];
/// Words that say which part of a year a figure counts.
const PARTS: [&str; 9] =
    ["week", "woche", "kw", "semaine", "semana", "недел", "quarter", "quartal", "trimest"];

/// Words for a month and a day after their figures, in Chinese, Japanese and Korean.
const MONTHS: [char; 2] = ['月', '월'];
const DAYS: [char; 4] = ['日', '号', '號', '일'];
/// What makes a number of months or days of such words: `3日間`, `3日前`.
const COUNTED: [char; 8] = ['間', '间', '前', '后', '後', 'ぶ', '内', '目'];

/// The dates that figures give.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FiguredDate {
    /// What they may mean, as EDTF.
    pub edtf: Vec<String>,
    /// Whether nothing else is in the words that could narrow it.
    pub is_all: bool,
}

/// A run of digits.
struct Run {
    digits: String,
    /// Where it begins and ends, in bytes.
    from: usize,
    to: usize,
}

impl Run {
    fn number(&self) -> Option<u32> {
        self.digits.parse().ok()
    }

    fn is_year(&self) -> bool {
        self.digits.len() == 4 && ("1000".."3000").contains(&&*self.digits)
    }

    fn is_small(&self) -> bool {
        self.digits.len() <= 2 && self.number().is_some_and(|number| (1..=31).contains(&number))
    }
}

fn runs(words: &str) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for (at, c) in words.char_indices() {
        let Some(digit) = digit(c) else { continue };
        let to = at + c.len_utf8();
        match runs.last_mut() {
            Some(run) if run.to == at => {
                run.digits.push(digit);
                run.to = to;
            }
            _ => runs.push(Run { digits: digit.to_string(), from: at, to }),
        }
    }
    runs
}

/// The date that the figures of these words give; `None` if it is not clear that they give one.
pub fn read(words: &str) -> Option<FiguredDate> {
    let runs = runs(words);
    let gap = |a: &Run, b: &Run| words.get(a.to..b.from).unwrap_or_default().trim();
    let edtf = match runs.as_slice() {
        [a, b, c] => parts([a, b, c], [gap(a, b), gap(b, c)])?,
        [year, month] if matches!(gap(year, month), "年" | "년") && year.is_year() => {
            vec![format!("{}-{:02}", year.digits, month.number()?)]
        }
        [first, last] if first.is_year() && last.is_year() && first.digits < last.digits => {
            let joint = gap(first, last).to_lowercase();
            let before = words.get(..first.from).unwrap_or_default().to_lowercase();
            let is_between =
                before.unicode_words().next_back().is_some_and(|it| BETWEEN.contains(&it));
            let joins = matches!(&*joint, "-" | "–" | "—" | "/")
                || TO.contains(&&*joint)
                || (is_between && AND.contains(&&*joint));
            joins.then(|| vec![format!("{}/{}", first.digits, last.digits)])?
        }
        [one] => vec![span(one, words.get(one.to..)?)?],
        _ => return None,
    };
    let edtf: Vec<String> = edtf.into_iter().filter(|text| days(text).is_some()).collect();
    let first = runs.first().map_or("", |run| words.get(..run.from).unwrap_or_default());
    let before = first.unicode_words().map(str::to_lowercase);
    let is_all = before.into_iter().all(|word| {
        matches!(&*word, "in" | "the" | "on" | "from" | "between" | "during" | "of" | "am" | "den")
    });
    (!edtf.is_empty()).then_some(FiguredDate { edtf, is_all })
}

/// The one date that these words give by their figures and nothing else, as EDTF.
pub fn stated(words: &str) -> Option<String> {
    let FiguredDate { mut edtf, is_all } = read(words)?;
    if is_all && edtf.len() == 1 { edtf.pop() } else { None }
}

/// Day, month and year in figures; both readings of `03/04/2022`.
fn parts([a, b, c]: [&Run; 3], gaps: [&str; 2]) -> Option<Vec<String>> {
    let date = |year: &Run, month: &Run, day: &Run| {
        Some(format!("{}-{:02}-{:02}", year.digits, month.number()?, day.number()?))
    };
    match gaps {
        ["年" | "년", "月" | "월"] if a.is_year() => Some(vec![date(a, b, c)?]),
        ["." | "/" | "-", "." | "/" | "-"] if gaps[0] == gaps[1] => {
            match (a.is_year(), c.is_year()) {
                (true, false) => Some(vec![date(a, b, c)?]),
                // With points the day comes first, wherever that is a date.
                (false, true) if gaps[0] == "." => {
                    let day_first = date(c, b, a)?;
                    let is_date = days(&day_first).is_some();
                    Some(vec![if is_date { day_first } else { date(c, a, b)? }])
                }
                (false, true) => Some(vec![date(c, b, a)?, date(c, a, b)?]),
                _ => None,
            }
        }
        _ => None,
    }
}

/// A decade or a century, by what follows its figure.
fn span(run: &Run, after: &str) -> Option<String> {
    let next = after.split_whitespace().next().unwrap_or_default().to_lowercase();
    if run.is_year() && run.digits.ends_with('0') && after.starts_with(|c: char| !c.is_whitespace())
    {
        let decade = next.trim_end_matches(|c: char| !c.is_alphanumeric());
        return OF_DECADE
            .contains(&decade)
            .then(|| format!("{}X", run.digits.get(..3).unwrap_or_default()));
    }
    let ordinal = ["st", "nd", "rd", "th"].iter().find_map(|end| after.strip_prefix(end));
    let is_century = ordinal.is_some_and(|rest| {
        rest.trim_start_matches([' ', '-']).to_lowercase().starts_with("century")
    });
    let number = run.number().filter(|number| is_century && (2..=30).contains(number))?;
    Some(format!("{:02}XX", number - 1))
}

/// Whether the words name a year before the common era.
pub fn is_before_era(words: &str) -> bool {
    let runs = runs(words);
    let Some(last) = runs.last() else { return false };
    let letters = |text: &str| -> String {
        text.to_lowercase().chars().filter(|c| c.is_alphabetic()).collect()
    };
    let (before, after) = words.split_at_checked(last.to).unwrap_or((words, ""));
    let after = letters(after);
    BEFORE.contains(&&*after) || letters(before).starts_with("公元前")
}

/// The figures that may be the day of a month, if the words have one year and no figure that counts
/// something else.
pub fn days_of_month(words: &str) -> Vec<u32> {
    let years = runs(words).iter().filter(|run| run.is_year()).count();
    if years == 1 { days_beside_month(words) } else { Vec::new() }
}

/// The figures that may be the day of the month that the words name, if no figure counts something
/// else.
pub fn days_beside_month(words: &str) -> Vec<u32> {
    let lower = words.to_lowercase();
    if PARTS.iter().any(|part| lower.contains(part)) {
        return Vec::new();
    }
    let runs = runs(words);
    let counts = |run: &Run, signs: &[char]| {
        words.get(run.to..).is_some_and(|rest| rest.trim_start().starts_with(signs))
    };
    let small = || runs.iter().filter(|run| run.is_small() && !counts(run, &MONTHS));
    let mut days: Vec<u32> =
        small().filter(|run| counts(run, &DAYS)).filter_map(Run::number).collect();
    if days.is_empty() {
        days = small().filter_map(Run::number).collect();
    }
    days
}

/// The one day of a month that figures give in Chinese, Japanese or Korean, without its month.
pub fn day_alone(words: &str) -> Option<u32> {
    if !words.contains(['日', '일']) {
        return None;
    }
    let runs = runs(words);
    let is_day = |run: &&Run| {
        let rest = words.get(run.to..).and_then(|rest| rest.strip_prefix(['日', '일']));
        run.is_small() && rest.is_some_and(|rest| !rest.starts_with(COUNTED))
    };
    let mut days = runs.iter().filter(is_day);
    days.next().filter(|_| days.next().is_none())?.number()
}

/// The months that figures give in Chinese, Japanese or Korean, with their words: `11月`.
pub fn named_months(text: &str) -> Vec<(String, i8)> {
    if !text.contains(MONTHS) {
        return Vec::new();
    }
    let month = |run: Run| {
        let rest = text.get(run.to..)?;
        let sign = rest.chars().next().filter(|sign| MONTHS.contains(sign))?;
        let is_counted = rest.chars().nth(1).is_some_and(|c| matches!(c, '間' | '间'));
        let month = run.number().and_then(|number| i8::try_from(number).ok())?;
        let word = text.get(run.from..run.to + sign.len_utf8())?;
        ((1..=12).contains(&month) && !is_counted).then(|| (word.to_owned(), month))
    };
    runs(text).into_iter().filter_map(month).collect()
}

/// The years of the common calendar that words have, in four digits, each once.
pub fn years(words: &str) -> Vec<String> {
    let mut years: Vec<String> = Vec::new();
    for run in runs(words).into_iter().filter(Run::is_year) {
        if !years.contains(&run.digits) {
            years.push(run.digits);
        }
    }
    years
}

/// The months that dates in figures of a text may have: `24.12.2025`, `2025-12-24`, `12月24日`.
pub fn months(text: &str) -> Vec<i8> {
    let runs = runs(text);
    let gap = |a: &Run, b: &Run| text.get(a.to..b.from).unwrap_or_default().trim();
    let is_joint = |gap: &str| matches!(gap, "." | "/" | "-" | "年" | "년");
    let mut months: Vec<i8> = named_months(text).into_iter().map(|(_, month)| month).collect();
    for pair in runs.windows(2) {
        let [one, other] = pair else { continue };
        let gap = gap(one, other);
        let month = |run: &Run| {
            let number = run.number().filter(|_| run.is_small())?;
            i8::try_from(number).ok().filter(|month| *month <= 12)
        };
        // With points the day comes first.
        let found = match gap {
            "." if month(other).is_some() => [None, month(other)],
            gap if is_joint(gap) => [month(one), month(other)],
            _ => continue,
        };
        for month in found.into_iter().flatten() {
            if !months.contains(&month) {
                months.push(month);
            }
        }
    }
    months
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_as(words: &str) -> Option<(String, bool)> {
        read(words).map(|found| (found.edtf.join(" "), found.is_all))
    }

    #[test]
    fn figures_that_are_a_date_give_it() {
        for (words, edtf) in [
            ("27/01/2022", "2022-01-27"),
            ("03.04.2022", "2022-04-03"),
            ("3. 2. 2025", "2025-02-03"),
            ("11.30.2026", "2026-11-30"),
            ("03/04/2022", "2022-04-03 2022-03-04"),
            ("27. 01. 2022", "2022-01-27"),
            ("2022/01/27", "2022-01-27"),
            ("٢٧/٠١/٢٠٢٢", "2022-01-27"),
            ("2022年1月26日", "2022-01-26"),
            ("2022年1月", "2022-01"),
            ("2022년 1월 26일", "2022-01-26"),
            ("Between 2019 and 2021", "2019/2021"),
            ("2019–2021", "2019/2021"),
            ("the 1990s", "199X"),
            ("in den 1990er Jahren", "199X"),
            ("the 19th century", "18XX"),
        ] {
            assert_eq!(read_as(words), Some((edtf.to_owned(), true)), "{words}");
        }
        assert_eq!(read_as("the early 1990s"), Some(("199X".to_owned(), false)));
        for words in ["2022", "the 19th", "5 of 2022", "1990", "12.5 of 2022", "14:30, 2022", ""] {
            assert_eq!(read_as(words), None, "{words}");
        }
        for words in ["2019 and 2021", "in 2019 or 2021", "2019 und 2021"] {
            assert_eq!(read_as(words), None, "{words}");
        }
    }

    #[test]
    fn years_before_the_era_and_days_are_told() {
        for words in ["44 BC", "in 44 B.C.", "44 v. Chr.", "公元前44年"] {
            assert!(is_before_era(words), "{words}");
        }
        assert!(!is_before_era("44 AD") && !is_before_era("BC 2022 report"));
        assert_eq!(days_of_month("27 січня 2022 року"), [27]);
        assert_eq!(days_of_month("٢٧ يناير ٢٠٢٢"), [27]);
        assert_eq!(days_of_month("KW 4 2022"), [0; 0]);
        assert_eq!(days_of_month("2019, 5, 2022"), [0; 0]);
        assert_eq!(days_beside_month("le 1er mars"), [1]);
        assert_eq!(years("2019, 5, 2022, 2019"), ["2019", "2022"]);
        assert_eq!(months("am 24.12.2025 um 20 Uhr"), [12]);
        assert_eq!(months("3. 2. 2025, 05.11.2026, 11.30.2026"), [2, 11]);
        assert_eq!(months("03/04/2022, 9.2022"), [3, 4, 9]);
        assert_eq!(months("2022年1月26日"), [1]);
        assert_eq!(months("5 of 12"), [0; 0]);
        assert_eq!(months("11月18日と12월"), [11, 12]);
        assert_eq!(named_months("3月间, 3个月, 11月18日"), [("11月".to_owned(), 11)]);
        assert_eq!(days_beside_month("11月18日午後3時"), [18]);
        assert_eq!(days_beside_month("11월 18일"), [18]);
        assert_eq!(
            (day_alone("18日に"), day_alone("3日間"), day_alone("3日前")),
            (Some(18), None, None)
        );
    }
}
