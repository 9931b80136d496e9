//! The two clocks: dates compared with a day-by-day model, points at the change of the clock.

use crate::archivist::story::{retimed_story, story};
use annals_core::edtf::days;
use jiff::civil::Date;
use proptest::prelude::*;

const FIRST: i16 = 1995;
const LAST: i16 = 2024;

/// Every day of thirty years, as `YYYY-MM-DD`.
fn all_days() -> &'static [String] {
    static ALL: std::sync::LazyLock<Vec<String>> = std::sync::LazyLock::new(|| {
        let days = Date::new(FIRST, 1, 1).unwrap().series(jiff::Span::new().days(1));
        days.take_while(|day| day.year() <= LAST).map(|day| day.to_string()).collect()
    });
    &ALL
}

/// Whether a day is one that a date without interval may mean: each digit is equal or an X.
fn may_mean(date: &str, day: &str) -> bool {
    let date = date.trim_end_matches(['?', '~', '%']);
    let season = date.len() == 7 && ["21", "22", "23", "24"].iter().any(|s| date.ends_with(s));
    let date = if season { &date[..4] } else { date };
    date.chars().zip(day.chars()).all(|(wanted, found)| wanted == 'X' || wanted == found)
}

/// The days that a date or interval may mean, one by one.
fn meant<'a>(text: &str, all: &'a [String]) -> Vec<&'a str> {
    let of =
        |date: &str| all.iter().map(String::as_str).filter(|day| may_mean(date, day)).collect();
    let Some((left, right)) = text.split_once('/') else { return of(text) };
    let open = |side: &str| side.is_empty() || side == "..";
    let (lefts, rights): (Vec<&str>, Vec<&str>) = (of(left), of(right));
    let within = |day: &&str| {
        let after = open(left) || lefts.first().is_some_and(|first| first <= day);
        after && (open(right) || rights.last().is_some_and(|last| day <= last))
    };
    all.iter().map(String::as_str).filter(within).collect()
}

fn date() -> impl Strategy<Value = String> {
    let year = FIRST..=LAST;
    let month = 1..=12_i8;
    prop_oneof![
        year.clone().prop_map(|y| format!("{y}")),
        (year.clone(), month.clone()).prop_map(|(y, m)| format!("{y}-{m:02}")),
        (year.clone(), month.clone(), 1..=28_i8).prop_map(|(y, m, d)| format!("{y}-{m:02}-{d:02}")),
        (year.clone(), month.clone())
            .prop_map(|(y, m)| { Date::new(y, m, 1).unwrap().last_of_month().to_string() }),
        (year.clone(), 21..=24_i8).prop_map(|(y, s)| format!("{y}-{s}")),
        year.clone().prop_map(|y| format!("{y}-XX")),
        year.clone().prop_map(|y| format!("{y}-XX-XX")),
        (year, month).prop_map(|(y, m)| format!("{y}-{m:02}-XX")),
        prop::sample::select(vec!["200X", "201X", "20XX", "19XX"]).prop_map(str::to_owned),
    ]
}

fn edtf() -> impl Strategy<Value = String> {
    let marked = (date(), prop::sample::select(vec!["", "?", "~", "%"]));
    let interval = (date(), date()).prop_map(|(a, b)| format!("{a}/{b}"));
    let open = (date(), prop::sample::select(vec!["", ".."]), any::<bool>());
    let open =
        open.prop_map(|(d, o, left)| if left { format!("{o}/{d}") } else { format!("{d}/{o}") });
    prop_oneof![marked.prop_map(|(d, m)| format!("{d}{m}")), interval, open]
        .prop_filter("in the grammar", |text| days(text).is_some())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn overlap_is_a_day_in_common(one in edtf(), other in edtf()) {
        let all = all_days();
        let others: std::collections::BTreeSet<&str> = meant(&other, all).into_iter().collect();
        let common = meant(&one, all).iter().any(|day| others.contains(day));
        let (a, b) = (days(&one).unwrap(), days(&other).unwrap());
        prop_assert_eq!(a.overlap(&b), common, "{} and {}", one, other);
        prop_assert_eq!(b.overlap(&a), common);
    }
}

#[test]
fn ends_are_exact() {
    let overlap = |a: &str, b: &str| days(a).unwrap().overlap(&days(b).unwrap());
    for (one, other, common) in [
        ("2022-01-31", "2022-02", false),
        ("2022-02-01", "2022-02", true),
        ("2024-02-29", "2024-02", true),
        ("2024-02-29/2024-03-01", "2024-02-28", false),
        ("../2021", "2021-12-31", true),
        ("../2021", "2022-01-01", false),
        ("2022/", "2021-12-31", false),
        ("/2021-06", "2021-06-30", true),
        ("/2021-06", "1900", true),
        ("2022/..", "9999-12-31", true),
        ("../2021", "2022/..", false),
        ("../2021", "/2000", true),
        ("201X", "2019-12-31", true),
        ("201X", "2020", false),
        ("2022-24", "2022-01-01", true),
        ("0000-02-29", "0000-02-XX", true),
    ] {
        assert_eq!(overlap(one, other), common, "{one} and {other}");
    }
}

#[test]
fn both_clocks_combine_and_the_date_is_resolved_to_a_position_that_is_printed() {
    let story = story();
    assert_eq!(story.facts("replay --when 2022-01-26 --status asserted"), [5, 9]);
    assert_eq!(story.facts("replay --when 2022-01-26 --status asserted --as-of 9"), [6, 7, 9]);
    let by_date = story.told("replay --when 2022-01-25 --as-of 2022-01-31");
    assert_eq!(by_date, story.told("replay --when 2022-01-25 --as-of 9"));
    let line = "as of position 9 (10 of 14 events), head \
                96893f2b6e98dcc95f23d697c8d63728dd211201d8f19f523bf07cd2113dd121";
    assert!(by_date.contains(line), "{by_date}");
    let answer = story.run("find met --when 26.1.2022");
    let why = "annals: --when: expected an EDTF date or interval such as 2022-01-26 or 2021/2022, \
               found \"26.1.2022\": write 2022-01-26\n";
    assert_eq!((answer.exit, answer.err.as_str()), (2, why));
}

#[test]
fn a_day_is_a_day_of_the_zone_for_every_reader() {
    let story = story();
    // 2022-02-01T09:00:00Z is the evening of that day in Kiritimati (+14) and the night before the
    // day in Honolulu (-10).
    for command in ["replay", "find met", "blame 3"] {
        let at = |zone: &str, day: &str| {
            let told = story.told(&format!("{command} --as-of {day} --tz {zone}"));
            let line = told.lines().find(|line| line.starts_with("as of position")).unwrap();
            line.split(' ').nth(3).unwrap().to_owned()
        };
        assert_eq!(at("Pacific/Kiritimati", "2022-01-31"), "9", "{command}");
        assert_eq!(at("Pacific/Kiritimati", "2022-02-01"), "13", "{command}");
        assert_eq!(at("Pacific/Honolulu", "2022-01-31"), "13", "{command}");
    }
    let told = story.told("diff 2022-01-26 2022-01-27 --tz Europe/Berlin --format jsonl");
    assert!(told.lines().all(|line| line.starts_with("{\"from\":2,")), "{told}");
}

/// Answers show times to the minute: a time as shown includes the event that it was shown of.
#[test]
fn an_hour_and_a_minute_are_periods_as_a_day_is() {
    let story = story();
    let at = |point: &str| {
        let told = story.told(&format!("replay --as-of {point}"));
        let line = told.lines().find(|line| line.starts_with("as of position")).unwrap();
        line.split(' ').nth(3).unwrap().to_owned()
    };
    // Events 10 to 13 were recorded from 09:00:00Z to 09:00:03Z, the one before on 27 January.
    for point in [
        "2022-02-01T09",
        "2022-02-01T09Z",
        "2022-02-01_09:00",
        "2022-02-01_09:00Z",
        "2022-02-01T0900",
        "2022-02-01T10:00+01:00",
    ] {
        assert_eq!(at(point), "13", "{point}");
    }
    for (point, position) in [
        ("2022-02-01T08", "9"),
        ("2022-02-01T08:59", "9"),
        ("2022-02-01T09:00:00", "10"),
        ("2022-02-01T09:00:01Z", "11"),
        ("2022-02-01T09:00:01.000000Z", "11"),
        ("2022-02-01T09:00:00.999999Z", "10"),
    ] {
        assert_eq!(at(point), position, "{point}");
    }
    let since = story.told("log --from 2022-02-01T09:00 --format jsonl");
    assert_eq!(since.lines().count(), 4, "{since}");
}

#[test]
fn times_that_were_not_or_were_twice() {
    let story = story();
    let answer = story.run("replay --as-of 2022-03-27T02:30 --tz Europe/Berlin");
    assert_eq!(answer.exit, 2);
    let why = "annals: expected a time that there was, found \"2022-03-27T02:30\": there the clocks \
               were put forward past it; name a time before or after, or one with an offset\n";
    assert_eq!(answer.err, why);
    let answer = story.run("replay --as-of 2022-10-30T02:30 --tz Europe/Berlin");
    let twice = "annals: expected a time that there was once, found \"2022-10-30T02:30\": in \
                 Europe/Berlin the clocks were put back and showed it twice, as \
                 2022-10-30T02:30:00+02:00 (2022-10-30T00:30:00Z) and as \
                 2022-10-30T02:30:00+01:00 (2022-10-30T01:30:00Z); name one of the two with its \
                 offset\n";
    assert_eq!((answer.exit, answer.err.as_str()), (2, twice));
    let told = story.told("replay --as-of 2022-10-30T02:30+01:00 --tz Europe/Berlin");
    assert!(told.contains("as of position 13 "), "{told}");
    let answer = story.run("blame 3 --as-of 2022-02-30");
    assert!(answer.err.starts_with("annals: expected a position (17), a date"), "{}", answer.err);
    assert_eq!(story.run("find met --as-of 1 --tz Mars/Olympus").exit, 2);
}

const AS_OF: [&str; 5] =
    ["replay --as-of", "find met --as-of", "log --until", "blame 3 --as-of", "show 4 --as-of"];

/// The point in the last line of an answer.
fn point(told: &str) -> String {
    let line = told.lines().find(|line| line.starts_with("as of position")).unwrap();
    line.split(' ').nth(3).unwrap().to_owned()
}

#[test]
fn a_retiming_does_not_change_what_an_earlier_date_answered() {
    // The same record before event 14 set the time back from 1 February to 27 January 09:00.
    let (before, after) = (story(), retimed_story());
    for date in ["2022-01-26", "2022-01-27T08:30", "2022-01-27", "2022-01-31"] {
        // On the 26th there was no document.
        let commands = if date.ends_with("26") { &AS_OF[..3] } else { &AS_OF[..] };
        for command in commands {
            let asked = format!("{command} {date}");
            let (then, now) = (before.told(&asked), after.run(&asked));
            assert_eq!(point(&then), point(&now.out), "{asked}");
            assert_eq!(now.exit, 0);
            let differs = !date.ends_with("26") && !date.ends_with("08:30");
            assert_eq!(now.err.contains("a retiming lies between, event 14"), differs, "{asked}");
        }
    }
    let note = "note: \"2022-01-31\" is position 9 by the clock that the events were recorded by; a \
                retiming lies between, event 14: by the corrected clock it is position 14 (--clock \
                corrected)\n";
    assert_eq!(after.run("replay --as-of 2022-01-31").err, note);
    let answer = after.run("replay --as-of 2022-01-31 --clock corrected");
    assert_eq!(point(&answer.out), "14");
    let note = "note: \"2022-01-31\" is position 14 by the corrected clock; a retiming lies between, \
                event 14: by the clock that the events were recorded by it is position 9 (--clock \
                recorded)\n";
    assert_eq!(answer.err, note);
    // If both clocks agree there is no note.
    assert_eq!(after.run("replay --as-of 2022-02-01 --clock corrected").err, "");
    assert_eq!(after.run("replay --as-of 9 --clock corrected").err, "");
}

#[test]
fn a_bare_year_or_month_is_a_date_and_a_position_of_four_digits_has_a_sign() {
    let story = story();
    assert_eq!(point(&story.told("replay --as-of 2022")), "13");
    assert_eq!(point(&story.told("replay --as-of 2022-01")), "9");
    let first = story.run("replay --as-of 2021");
    assert!(first.out.contains("as of before the first event"), "{}", first.out);
    assert_eq!(point(&story.told("replay --as-of #9")), "9");
    assert_eq!(point(&story.told("replay --as-of event:9")), "9");
    let answer = story.run("replay --as-of #2026");
    assert_eq!(answer.err, "annals: expected a position from 0 to 13, found 2026\n");
    let told = story.told("diff 2022-01-26/2022-01-27 2022 --format jsonl");
    assert!(told.lines().all(|line| line.starts_with("{\"from\":9,")), "{told}");
}

#[test]
fn a_zone_is_checked_always_and_shown_with_every_time() {
    let story = story();
    for command in ["status", "replay", "log", "show 4", "verify", "editor list", "key list"] {
        let answer = story.run(&format!("{command} --tz Mars/Olympus"));
        let why =
            "annals: --tz: expected a zone like UTC or Europe/Berlin, found \"Mars/Olympus\"\n";
        assert_eq!((answer.exit, answer.err.as_str(), answer.out.as_str()), (2, why, ""));
    }
    let berlin = "--tz Europe/Berlin";
    let log = story.told(&format!("log --from 5 --until 5 {berlin}"));
    assert!(log.starts_with("     5  2022-01-27 09:00+01:00  fact.asserted"), "{log}");
    assert!(log.contains("recorded 2022-01-27T09:00:02+01:00"), "{log}");
    for (command, time) in [
        ("show 5", "2022-01-27 09:00+01:00"),
        ("show 3", "2022-01-27T08:00:00+01:00"),
        ("show 1", "2022-01-26T13:00:"),
        ("diff 9 13", "2022-02-01 10:00+01:00"),
        ("editor list", "2022-01-26 13:00+01:00"),
        ("blame 3", "recorded 2022-02-01T10:00:03+01:00"),
        ("status", "recorded 2022-02-01T10:00:03+01:00"),
        ("verify", "recorded 2022-02-01T10:00:03+01:00"),
        ("document list", "2022-01-27 09:00+01:00"),
    ] {
        let told = story.told(&format!("{command} {berlin}"));
        assert!(told.contains(time), "{command}: {told}");
    }
    // Programs read the record's own times, whatever zone is displayed.
    for command in ["log --format csv", "replay --format json", "status --format json"] {
        assert_eq!(story.told(command), story.told(&format!("{command} {berlin}")), "{command}");
    }
}

#[test]
fn now_has_every_event_also_after_a_clock_that_ran_ahead() {
    let after = retimed_story();
    let answer = after.run("replay --as-of now");
    assert_eq!((point(&answer.out), answer.err.as_str()), ("14".to_owned(), ""));
    assert_eq!(answer.out, after.told("replay --as-of head"));
}

#[test]
fn what_is_wrong_with_a_date_is_named() {
    let story = story();
    let when = "annals: --when: expected an EDTF date or interval such as 2022-01-26 or 2021/2022, \
                found ";
    for (date, why) in [
        ("2022-02-29", "2022-02 has no day 29"),
        ("2022-06/2022-01", "the interval ends before it begins"),
        ("-0044", "years are 0000 to 9999"),
    ] {
        let answer = story.run(&format!("replay --when {date}"));
        assert_eq!((answer.exit, answer.err), (2, format!("{when}\"{date}\": {why}\n")));
    }
    let answer = story.run("replay --as-of 2026-02-30");
    assert!(
        answer.err.ends_with("found \"2026-02-30\": 2026-02 has no day 30\n"),
        "{}",
        answer.err
    );
}

/// Nobody takes the answer of today for that of a day that is still to come.
#[test]
fn a_time_that_is_still_to_come_is_answered_with_what_is_recorded_now() {
    let story = story();
    let now = story.told("replay");
    for text in ["9000", "9000-03", "9000-03-02T12:00Z"] {
        let answer = story.run(&format!("replay --as-of {text}"));
        let note = format!(
            "note: \"{text}\" is still to come, by the clock of this machine: this is the record as \
             it stands now\n"
        );
        assert_eq!((answer.exit, answer.err, &answer.out), (0, note, &now), "{text}");
    }
    // The present year and day are not over either, and are no note's matter.
    assert_eq!(story.run("replay --as-of today --tz UTC").out, now);
    let year = jiff::Timestamp::now().strftime("%Y").to_string();
    assert_eq!(story.told(&format!("replay --as-of {year}")), now);
}
