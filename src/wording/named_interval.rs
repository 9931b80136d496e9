//! The interval that words give which name its months, in any language: `від травня 2019 до лютого
//! 2021`, `del 3 al 5 de enero de 2022`.
//!
//! Always holds: it reads words that have nothing beside the two ends and the words that join them,
//! and the year of the last one. Not here: English (`worded_date`), intervals in figures
//! (`figured_date`), the names of months (`named_days`).

use crate::wording::figures::digit;
use crate::wording::named_days::{months, primary};
use jiff::civil::Date;
use unicode_segmentation::UnicodeSegmentation;

/// Words for *between*: after them a word for *and* joins the ends.
const BETWEENS: &str = "zwischen entre між между паміж между між między mezi medzi između među med \
                        mellem mellan mellom tussen tra fra între بين בין";
/// Words before the first end of an interval, articles, and words for a day or a year.
const BESIDE: &str = "am im in den dem der vom von ab seit le la les du de d des dès depuis el los \
                      del desde día días dia dias da do das dal dalla dall di o il lo gli od від з \
                      із зі с со от ад ze z w we у в во dne ve v i fra från från vanaf van den det \
                      de l року році рік р рр году года годах год г roku rok lat من שנת";
/// Words between the ends.
const TO: &str = "bis au à a al hasta até ao às alla до по do aż po til till tot إلى الى حتى עד";
/// Words that join the ends after a word for *between*.
const AND: &str = "und et y e и і й та i a och og en ו و și ja";

/// One end of an interval, as far as it is named.
#[derive(Clone, Copy, Default)]
struct End {
    day: Option<i8>,
    month: Option<i8>,
    year: Option<i16>,
}

fn is_in(list: &str, word: &str) -> bool {
    list.split_whitespace().any(|known| known == word)
}

/// The interval that the words give and nothing else, as EDTF; none in English.
pub fn stated(words: &str, lang: &str) -> Option<String> {
    let figures = words.chars().filter(|c| digit(*c).is_some()).count();
    if primary(lang) == "en" || figures < 4 {
        return None;
    }
    let lower = words.to_lowercase();
    let is_between = lower.unicode_words().next().is_some_and(|word| is_in(BETWEENS, word));
    let joints = lower
        .unicode_word_indices()
        .filter(|(_, word)| is_in(TO, word) || is_between && is_in(AND, word));
    let dashes = lower.match_indices(['-', '–', '—', '‑']);
    joints.chain(dashes).find_map(|(at, joint)| {
        let first = end(lower.get(..at)?, lang)?;
        let last = end(lower.get(at + joint.len()..)?, lang)?;
        interval(first, last)
    })
}

/// What these words name, if there is nothing else in them.
fn end(words: &str, lang: &str) -> Option<End> {
    let named = months(words, lang);
    let mut end = End { month: named.first().map(|it| it.month), ..End::default() };
    if named.len() > 1 {
        return None;
    }
    for word in words.unicode_words().flat_map(|word| word.split(['’', '\'', 'ʼ'])) {
        let digits: String = word.chars().map_while(digit).collect();
        let number = digits.parse::<i16>().ok();
        match (number, digits.len()) {
            (Some(year), 4) if end.year.is_none() && (1_000..3_000).contains(&year) => {
                end.year = Some(year);
            }
            (Some(day), 1 | 2) if end.day.is_none() && end.year.is_none() => {
                end.day = i8::try_from(day).ok();
            }
            (Some(_), _) => return None,
            (None, _) => {
                let is_month =
                    named.iter().any(|it| it.word.split(' ').any(|name| name.contains(word)));
                let is_small = word.is_empty() || is_in(BESIDE, word) || is_in(BETWEENS, word);
                if !is_month && !is_small {
                    return None;
                }
            }
        }
    }
    Some(end)
}

fn interval(first: End, last: End) -> Option<String> {
    let (month, year) = (last.month?, last.year?);
    let start_month = first.month.or(first.day.map(|_| month))?;
    let turns = first.year.is_none() && start_month > month;
    let start_year = first.year.unwrap_or(if turns { year.checked_sub(1)? } else { year });
    let (start, end) = match (first.day, last.day) {
        (Some(day), Some(end)) => {
            let start = Date::new(start_year, start_month, day).ok()?;
            let end = Date::new(year, month, end).ok()?;
            (start < end).then(|| (start.to_string(), end.to_string()))?
        }
        (None, None) => {
            let (start, end) = ((start_year, start_month), (year, month));
            let shown = |(year, month): (i16, i8)| format!("{year:04}-{month:02}");
            (start < end).then(|| (shown(start), shown(end)))?
        }
        _ => return None,
    };
    Some(format!("{start}/{end}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_months_or_days_are_an_interval_in_any_language() {
        for (words, lang, edtf) in [
            ("від травня 2019 до лютого 2021 року", "uk", "2019-05/2021-02"),
            ("між травнем 2019 та лютим 2021", "uk", "2019-05/2021-02"),
            ("з 3 до 5 січня 2022 року", "uk", "2022-01-03/2022-01-05"),
            ("с мая по июль 2020 года", "ru", "2020-05/2020-07"),
            ("zwischen Mai 2019 und Februar 2021", "de", "2019-05/2021-02"),
            ("vom 3. bis 5. Januar 2022", "de", "2022-01-03/2022-01-05"),
            ("3.–5. November 2026", "de", "2026-11-03/2026-11-05"),
            ("von November bis Februar 2021", "de", "2020-11/2021-02"),
            ("entre mai 2019 et février 2021", "fr", "2019-05/2021-02"),
            ("du 30 décembre au 2 janvier 2022", "fr", "2021-12-30/2022-01-02"),
            ("d’avril à juin 2020", "fr", "2020-04/2020-06"),
            ("entre mayo de 2019 y febrero de 2021", "es", "2019-05/2021-02"),
            ("del 3 al 5 de enero de 2022", "es", "2022-01-03/2022-01-05"),
            ("od maja 2019 do lutego 2021 roku", "pl", "2019-05/2021-02"),
            ("من مايو 2019 إلى فبراير 2021", "ar", "2019-05/2021-02"),
        ] {
            assert_eq!(stated(words, lang).as_deref(), Some(edtf), "{words}");
        }
        for (words, lang) in [
            ("between May 2019 and February 2021", "en"),
            ("im Mai 2019 und im Februar 2021", "de"),
            ("21. November 2026", "de"),
            ("vom 3. bis 5. Januar", "de"),
            ("von Mai 2019 bis zum Streik im Februar 2021", "de"),
            ("2019–2021", "de"),
            ("le 3 mai 2019", "fr"),
            ("з 5 до 3 січня 2022", "uk"),
        ] {
            assert_eq!(stated(words, lang), None, "{words}");
        }
    }
}
