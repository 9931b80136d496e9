//! The dates that English words give, and those that they leave open.

use super::*;

/// The words and dates that a text gives in a document of Thursday, 27 January 2022.
fn found(text: &str) -> Vec<String> {
    let day = Date::constant(2022, 1, 27);
    let line = |date: WordedDate| format!("{}: {} {}", date.words, date.edtf, date.basis);
    dates(text, Some(day)).into_iter().map(line).collect()
}

#[test]
fn words_that_count_from_the_document_give_a_derived_date() {
    for (text, date) in [
        ("They met on Thursday.", "Thursday: 2022-01-27 derived"),
        ("They met on Wednesday.", "Wednesday: 2022-01-26 derived"),
        ("They met on Friday.", "Friday: 2022-01-21 derived"),
        ("last Thursday", "last Thursday: 2022-01-20 derived"),
        ("next Thursday", "next Thursday: 2022-02-03 derived"),
        ("It was yesterday evening.", "yesterday evening: 2022-01-26 derived"),
        ("Yesterday, they met", "Yesterday: 2022-01-26 derived"),
        ("the day before yesterday", "the day before yesterday: 2022-01-25 derived"),
        ("They meet tomorrow.", "tomorrow: 2022-01-28 derived"),
        ("last week", "last week: 2022-01-17/2022-01-23 derived"),
        ("last month", "last month: 2021-12 derived"),
        ("next year", "next year: 2023 derived"),
        ("three days ago", "three days ago: 2022-01-24 derived"),
        ("a week ago", "a week ago: 2022-01-20~ derived"),
        ("2 months ago", "2 months ago: 2021-11 derived"),
        ("on 27 January", "27 January: 2022-01-27 derived"),
        ("on December 17th", "December 17th: 2021-12-17 derived"),
        ("It will be on 3 Feb", "3 Feb: 2022-02-03 derived"),
        ("in December", "December: 2021-12 derived"),
    ] {
        assert_eq!(found(text), [date], "{text}");
    }
}

#[test]
fn what_stands_around_a_day_says_which_it_is() {
    for (text, date) in [
        ("met on Friday, 28 January 2022 with", "28 January 2022: 2022-01-28 stated"),
        ("on 28 January 2022, a Friday, they", "28 January 2022: 2022-01-28 stated"),
        ("on Wednesday, 26 January, they", "26 January: 2022-01-26 derived"),
        ("met on Wednesday last week", "Wednesday last week: 2022-01-19 derived"),
        ("on Monday of this week", "Monday of this week: 2022-01-24 derived"),
        ("they will meet on Monday", "Monday: 2022-01-31 derived"),
        ("he said on Monday that they will", "Monday: 2022-01-24 derived"),
        ("it will end, he said on Monday", "Monday: 2022-01-24 derived"),
        ("met from 3 to 5 January", "3 to 5 January: 2022-01-03/2022-01-05 derived"),
        ("met 3–5 January 2021", "3–5 January 2021: 2021-01-03/2021-01-05 stated"),
        ("between 30 December and 2 January", {
            "30 December and 2 January: 2021-12-30/2022-01-02 derived"
        }),
        ("met on January 3 to 5, 2021", "January 3 to 5, 2021: 2021-01-03/2021-01-05 stated"),
        ("from March to May 2021", "March to May 2021: 2021-03/2021-05 stated"),
        ("A meeting this coming Monday is set", "Monday: 2022-01-31 derived"),
        ("On Sunday they will vote again", "Sunday: 2022-01-30 derived"),
        ("On Sunday he said that they will", "Sunday: 2022-01-23 derived"),
        ("met on Monday and will go on", "Monday: 2022-01-24 derived"),
        ("The vote takes place on Sunday", "Sunday: 2022-01-30 derived"),
        ("On 5 May 2021, workers met", "5 May 2021: 2021-05-05 stated"),
        ("in 2014 his", "2014: 2014 stated"),
        ("On 27 January 1500 workers met", "27 January: 2022-01-27 derived"),
    ] {
        assert_eq!(found(text), [date], "{text}");
    }
    for text in [
        "met on Friday the 13th with",
        "met on 27 February with",
        "will meet on 20 January",
        "on 3 and 5 January",
        "from Monday to Wednesday",
        "in the Friday Mosque",
        "every Friday",
        "on Black Friday",
        "On 5 May 1500 workers went on strike",
        "in 1200 homes there",
        "In March 2000 people marched",
        "They met two weeks from Monday",
        "on the last Friday of January",
        "on the first Monday of March",
        "On 1/2 January they met",
    ] {
        assert_eq!(found(text), [] as [&str; 0], "{text}");
    }
}

#[test]
fn a_whole_date_is_stated_and_needs_no_document() {
    for (text, date) in [
        ("on 26 January 2022", "26 January 2022: 2022-01-26 stated"),
        ("January 26, 2022", "January 26, 2022: 2022-01-26 stated"),
        ("the 1st of May 2021", "1st of May 2021: 2021-05-01 stated"),
        ("on 2022-01-26", "2022-01-26: 2022-01-26 stated"),
        ("in January 2022", "January 2022: 2022-01 stated"),
        ("since 2014", "since 2014: 2014/.. stated"),
        ("closed since 5 May 2019", "since 5 May 2019: 2019-05-05/.. stated"),
    ] {
        assert_eq!(found(text), [date], "{text}");
        assert_eq!(dates(text, None).len(), 1, "{text}");
    }
}

#[test]
fn other_words_give_none() {
    for text in [
        "They may meet.",
        "on 31 February",
        "in the March",
        "61 of 88 met",
        "ago",
        "",
        "Zwei Tage zuvor",
        "May",
        "the last days",
    ] {
        assert_eq!(found(text), [] as [&str; 0], "{text}");
    }
    assert_eq!(dates("on Wednesday", None), []);
    let two = ["Wednesday: 2022-01-26 derived", "yesterday: 2022-01-26 derived"];
    assert_eq!(found("on Wednesday, and yesterday"), two);
}

#[test]
fn two_whole_dates_are_the_ends_of_an_interval() {
    for (text, date) in [
        (
            "between May 2019 and February 2021",
            "May 2019 and February 2021: 2019-05/2021-02 stated",
        ),
        ("from May 2019 to February 2021", "May 2019 to February 2021: 2019-05/2021-02 stated"),
        ("from 3 May 2019 until 5 June 2020", {
            "3 May 2019 until 5 June 2020: 2019-05-03/2020-06-05 stated"
        }),
    ] {
        assert_eq!(found(text), [date], "{text}");
    }
    let two = ["May 2019: 2019-05 stated", "February 2021: 2021-02 stated"];
    assert_eq!(found("in May 2019 and February 2021"), two);
    assert_eq!(found("between May 2021 and February 2019").len(), 2);
}

#[test]
fn what_is_counted_or_compared_since_a_date_did_not_begin_then() {
    for text in [
        "below 2 per cent for the first time since 2019",
        "the highest since March 2021",
        "its lowest level in the city since 5 May 2019",
        "the only such case since 2014",
        "fell for the third time since 2019",
        "the 5th attack since 2019",
        "the most goals by a visitor since 2019",
    ] {
        assert_eq!(found(text), [""; 0], "{text}");
    }
    for text in
        ["has led it since 2019", "the west was shut since 2019", "first, he said since 2019"]
    {
        assert_eq!(found(text), ["since 2019: 2019/.. stated"], "{text}");
    }
}

#[test]
fn one_of_several_years_or_days_is_not_given() {
    for text in [
        "was paid in 2020 or 2021",
        "was paid in 2020 and 2021.",
        "in 2019, 2020 and 2021",
        "neither in 2020 nor 2021",
        "in 2019–2020",
        "in May 2020 or 2021",
        "on 3 or 5 January",
        "in March or May 2020",
    ] {
        assert_eq!(found(text), [""; 0], "{text}");
    }
    assert_eq!(found("in 2020 and 1200 people met"), ["2020: 2020 stated"]);
    assert_eq!(found("in 2020, and in 2021"), ["2020: 2020 stated", "2021: 2021 stated"]);
}

#[test]
fn a_weekday_of_what_is_to_come_is_the_next_one_or_left_open() {
    for (text, date) in [
        ("The strike begins at midnight on Sunday", "Sunday: 2022-01-30 derived"),
        ("The trial starts on Monday", "Monday: 2022-01-31 derived"),
        ("takes effect from Monday", "Monday: 2022-01-31 derived"),
        ("The court, which sits here, said on Monday", "Monday: 2022-01-24 derived"),
    ] {
        assert_eq!(found(text), [date], "{text}");
    }
    for text in [
        "The court sits again on Monday",
        "The court ruled on Monday week",
        "Parliament returns on Tuesday",
        "Leeds plays Derby on Saturday",
    ] {
        assert_eq!(found(text), [""; 0], "{text}");
    }
}

#[test]
fn a_date_directly_beside_a_passage_is_that_of_the_passage() {
    let beside = [
        ("Wednesday", "They met", "They met on Wednesday."),
        ("Wednesday", "They met", "They met in New York on Wednesday."),
        ("since 2019", "They live here", "They live here since 2019."),
        ("2019", "they met", "In 2019, they met"),
        ("Yesterday", "they met", "Yesterday they met"),
    ];
    for (date, passage, sentence) in beside {
        assert!(is_beside(date, passage, sentence), "{sentence}");
    }
    let apart = [
        ("2022", "Mr Pryce, 58", "Mr Pryce, 58, who left office in 2022, did not comment."),
        ("1971", "lives in Leeds", "He was born in 1971 and lives in Leeds."),
        ("2022", "Mr Pryce", "Mr Pryce left office in 2022."),
        ("1971", "he lives in Leeds", "Born in 1971, he lives in Leeds."),
    ];
    for (date, passage, sentence) in apart {
        assert!(!is_beside(date, passage, sentence), "{sentence}");
    }
}

#[test]
fn a_date_that_is_written_otherwise_is_answered_with_how_it_is_written() {
    for (text, why) in [
        ("26 November 2026", ": write 2026-11-26"),
        ("November 2026", ": write 2026-11"),
        ("26/11/2026", ": write 2026-11-26"),
        ("26-11-2026", ": write 2026-11-26"),
        ("18.11.2026", ": write 2026-11-18"),
        ("between 2019 and 2021", ": write 2019/2021"),
        ("05/06/2026", ": this may be two days: write 2026-06-05 or 2026-05-06"),
        ("Thursday", ""),
        ("met on 26 November 2026", ""),
        ("2026-02-30", ": 2026-02 has no day 30"),
    ] {
        assert_eq!(why_no_date(text), why, "{text}");
    }
}
