//! Facets: the topics and the date of a fact, as words that no text has.
//!
//! ```text
//! topic   space, U+0002, the name of the topic as it is typed (`typed` in `search`)
//! date    space, U+0001, first day, last day, each of 8 digits: year, month, day;
//!         00000000 where the beginning is open, 99999999 where the end is; without a date, nothing
//! ```
//!
//! They stand in the runs of words, after the word of the facts whose words are unknown, and are
//! forgotten with the words of their event.
//!
//! Always holds: days are in order as their digits are; no word of a text is a facet. Not here:
//! looking facets up (`shortlist`), the bytes of a run (`word_runs`).

use annals_core::edtf::{Days, days};
use annals_core::event::body::Fact;
use annals_core::search::typed;
use jiff::civil::Date;

/// How a date begins.
pub(super) const DATE: &str = " \u{1}";
/// How a topic begins.
pub(super) const TOPIC: &str = " \u{2}";
/// The digits of a day.
pub(super) const DAY: usize = 8;
/// The first day where the beginning is open.
const NO_BEGINNING: &str = "00000000";
/// The last day where the end is open.
const NO_END: &str = "99999999";

/// Calls `each` with the facets of a fact.
pub(super) fn each_facet(fact: &Fact, each: &mut dyn FnMut(&str)) {
    let edtf = fact.when.as_ref().and_then(|when| when.edtf.as_deref());
    match edtf.and_then(days) {
        Some(days) => {
            let (first, last) = ends(&days);
            each(&format!("{DATE}{first}{last}"));
        }
        None => each(DATE),
    }
    for topic in fact.topics.iter().flatten() {
        each(&format!("{TOPIC}{}", typed(&topic.name)));
    }
}

/// Whether a word of a run is a facet.
pub(super) fn is_facet(word: &str) -> bool {
    word.starts_with(DATE) || word.starts_with(TOPIC)
}

/// The first and the last day, as they are compared.
pub(super) fn ends(days: &Days) -> (String, String) {
    let digits = |date: Date| format!("{:04}{:02}{:02}", date.year(), date.month(), date.day());
    let first = days.first.map_or_else(|| NO_BEGINNING.to_owned(), digits);
    (first, days.last.map_or_else(|| NO_END.to_owned(), digits))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Dates of every form that `days` reads, and some that it does not.
    const DATES: [&str; 24] = [
        "2022",
        "2022-01",
        "2022-01-26",
        "2022-02-28",
        "2022-03",
        "202X",
        "20XX",
        "2022-XX",
        "2022-01-XX",
        "2022-21",
        "2022?",
        "2022-01~",
        "0000",
        "9999",
        "0000-01-01",
        "9999-12-31",
        "../2022-01-26",
        "/2021",
        "2022-01-27/..",
        "2023/",
        "2021/2022",
        "2022-01-20/2022-02",
        "1999-12-31",
        "2022-01-25/2022-01-25",
    ];

    #[test]
    fn days_are_compared_as_digits_as_they_are_as_dates() {
        for one in DATES {
            for other in DATES {
                let (Some(one), Some(other)) = (days(one), days(other)) else {
                    panic!("{one} and {other} are dates");
                };
                let ((first, last), (from, until)) = (ends(&one), ends(&other));
                let together = first <= until && last >= from;
                assert_eq!(together, one.overlap(&other), "{one:?} {other:?}");
            }
        }
    }

    #[test]
    fn a_facet_is_no_word_and_comes_after_the_unknown() {
        for word in [DATE, TOPIC, " \u{2}nato", " \u{1}2022010120221231"] {
            assert!(is_facet(word) && word > crate::index::word_runs::UNKNOWN);
            let mut words = Vec::new();
            annals_core::search::each_word(word, &mut |word| words.push(word.to_owned()));
            assert!(words.iter().all(|word| !is_facet(word)), "{words:?}");
        }
        // A letter whose folded form begins with a space.
        annals_core::search::each_word("\u{37a}nato", &mut |word| assert!(!is_facet(word)));
    }
}
