//! Tests of points: time zones, days of 23 and 25 hours, leap days.

use crate::ledger::query::point::*;

fn around(zone: &str, now: &str) -> PointContext {
    PointContext::new(zone, Time::parse(now).unwrap()).unwrap()
}

fn within(text: &str, zone: &str) -> (String, String) {
    let around = around(zone, "2027-03-29T10:00:00.000000Z");
    match Point::parse(text, &around).unwrap() {
        Point::Within(start, end) => (start.to_string(), end.to_string()),
        other => panic!("{other:?}"),
    }
}

fn both(start: &str, end: &str) -> (String, String) {
    (start.to_owned(), end.to_owned())
}

#[test]
fn a_day_is_a_day_of_its_zone() {
    let utc = both("2027-03-02T00:00:00Z", "2027-03-03T00:00:00Z");
    assert_eq!(within("2027-03-02", "UTC"), utc);
    let berlin = both("2027-03-01T23:00:00Z", "2027-03-02T23:00:00Z");
    assert_eq!(within("2027-03-02", "Europe/Berlin"), berlin);
}

/// An address has a space where a `+` was written.
#[test]
fn a_plus_that_an_address_made_a_space_is_read() {
    for (time, plus) in [
        ("2026-11-30T14:34:40 02:00", "2026-11-30T14:34:40+02:00"),
        ("2026-11-30T14:34 02:00", "2026-11-30T14:34+02:00"),
        ("2026-11-30T14:34:40.5 05:30", "2026-11-30T14:34:40.5+05:30"),
    ] {
        assert_eq!(within(time, "UTC"), within(plus, "UTC"));
    }
    let around = around("UTC", "2027-03-29T10:00:00.000000Z");
    for text in ["2026-11-30 14:34 02:00", "2026-11-30T14:34:40 0200", "2026-11-30T14:34 xx:00"] {
        assert!(Point::parse(text, &around).is_err(), "{text}");
    }
}

#[test]
fn days_of_23_and_of_25_hours_and_one_that_begins_at_one() {
    let spring = both("2027-03-27T23:00:00Z", "2027-03-28T22:00:00Z");
    assert_eq!(within("yesterday", "Europe/Berlin"), spring);
    let autumn = both("2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z");
    assert_eq!(within("2026-10-25", "Europe/Berlin"), autumn);
    // In Santiago the clocks go forward at midnight: the day begins at 01:00.
    let santiago = both("2022-09-11T04:00:00Z", "2022-09-12T03:00:00Z");
    assert_eq!(within("2022-09-11", "America/Santiago"), santiago);
}

#[test]
fn the_last_day_ends_where_time_does() {
    let end = Timestamp::MAX.to_string();
    assert_eq!(within("9999-12-31", "UTC"), both(&end, &end));
    assert_eq!(within("9999-12-30", "UTC"), both("9999-12-30T00:00:00Z", &end));
    assert_eq!(within("9999-12-31", "Pacific/Kiritimati").1, end);
    assert_eq!(within("9999-12-29", "UTC").1, "9999-12-30T00:00:00Z");
    assert_eq!(earliest(Timestamp::MAX), None);
}

#[test]
fn leap_days_are_there_or_refused() {
    assert_eq!(within("2028-02-29", "UTC").0, "2028-02-29T00:00:00Z");
    let around = around("UTC", "2028-02-29T12:00:00.000000Z");
    assert!(Point::parse("2027-02-29", &around).is_err());
    let year = Point::parse("1 year ago", &around).unwrap();
    assert_eq!(year, Point::parse("2027-02-28", &around).unwrap());
}

#[test]
fn times_with_and_without_a_zone() {
    let minute = both("2027-03-02T12:00:00Z", "2027-03-02T12:01:00Z");
    assert_eq!(within("2027-03-02T12:00", "UTC"), minute);
    assert_eq!(within("2027-03-02T13:00+01:00", "UTC"), minute);
    assert_eq!(within("2027-03-02T13:00", "Europe/Berlin"), minute);
    let second = both("2027-03-02T12:00:00Z", "2027-03-02T12:00:01Z");
    assert_eq!(within("2027-03-02T12:00:00Z", "Europe/Berlin"), second);
    let hour = both("2027-03-02T12:00:00Z", "2027-03-02T13:00:00Z");
    assert_eq!(within("2027-03-02T13", "Europe/Berlin"), hour);
    let exact = within("2027-03-02T12:00:00.000001Z", "UTC");
    assert_eq!(exact.1, "2027-03-02T12:00:00.000002Z");
}

#[test]
fn an_hour_that_came_twice_or_never_is_refused_and_an_offset_says_which() {
    let around = around("Europe/Berlin", "2027-03-29T10:00:00.000000Z");
    let never = Point::parse("2027-03-28T02:30", &around).unwrap_err().to_string();
    assert!(never.starts_with("expected a time that there was"), "{never}");
    let twice = Point::parse("2026-10-25T02:30", &around).unwrap_err().to_string();
    let why = "expected a time that there was once, found \"2026-10-25T02:30\": in Europe/Berlin \
               the clocks were put back and showed it twice, as 2026-10-25T02:30:00+02:00 \
               (2026-10-25T00:30:00Z) and as 2026-10-25T02:30:00+01:00 (2026-10-25T01:30:00Z); \
               name one of the two with its offset";
    assert_eq!(twice, why);
    for (offset, start, end) in [
        ("+02:00", "2026-10-25T00:30:00Z", "2026-10-25T00:31:00Z"),
        ("+01:00", "2026-10-25T01:30:00Z", "2026-10-25T01:31:00Z"),
    ] {
        let named = within(&format!("2026-10-25T02:30{offset}"), "Europe/Berlin");
        assert_eq!(named, both(start, end));
    }
    for offset in ["+14:01", "-12:30", "+20:00"] {
        let text = format!("2026-10-25T02:30{offset}");
        let why = Point::parse(&text, &around).unwrap_err().to_string();
        assert_eq!(why, format!("expected an offset from -12:00 to +14:00, found \"{text}\""));
    }
    // One hour before and one hour after, the time is unambiguous.
    for hour in ["01:30", "03:30"] {
        within(&format!("2026-10-25T{hour}"), "Europe/Berlin");
    }
}

#[test]
fn a_zone_in_brackets_is_that_of_the_time() {
    let tokyo = both("2027-03-02T03:00:00Z", "2027-03-02T03:01:00Z");
    for text in [
        "2027-03-02T12:00[Asia/Tokyo]",
        "2027-03-02 12:00[!Asia/Tokyo]",
        "2027-03-02T12:00+09:00[Asia/Tokyo]",
        "2027-03-02T03:00Z[Asia/Tokyo]",
    ] {
        assert_eq!(within(text, "Europe/Berlin"), tokyo, "{text}");
    }
    let day = both("2027-03-01T15:00:00Z", "2027-03-02T15:00:00Z");
    assert_eq!(within("2027-03-02[Asia/Tokyo]", "UTC"), day);
    let around = around("UTC", "2027-03-29T10:00:00.000000Z");
    for (text, expected) in [
        ("2027-03-02T12:00[Nowhere/Land]", "expected a zone like Europe/Berlin alone in "),
        ("2027-03-02T12:00[Asia/Tokyo][u-ca=japanese]", "expected a zone like Europe/Berlin "),
        ("2027-03-02T12:00-09:00[Asia/Tokyo]", "expected a time whose offset is that of its zone"),
        ("2026-10-25T02:30[Europe/Berlin]", "expected a time that there was once"),
        ("17[Asia/Tokyo]", "expected a date or time before a zone in brackets, found \"17["),
    ] {
        let why = Point::parse(text, &around).unwrap_err().to_string();
        assert!(why.starts_with(expected), "{text}: {why}");
    }
}

#[test]
fn ago_means_a_day_for_days_and_a_time_for_hours() {
    assert_eq!(within("2 weeks ago", "UTC"), within("2027-03-15", "UTC"));
    assert_eq!(within("1 day ago", "UTC"), within("yesterday", "UTC"));
    let hours = both("2027-03-29T08:00:00Z", "2027-03-29T08:00:01Z");
    assert_eq!(within("2 hours ago", "UTC"), hours);
}

#[test]
fn what_is_no_point_says_what_is() {
    let around = around("UTC", "2027-03-29T10:00:00.000000Z");
    for text in
        ["", "soon", "h:12", "h:xyzxyzxyz", "2027-13", "-1", "17 ago", "２", "#", "#x", "event:+1"]
    {
        let why = Point::parse(text, &around).unwrap_err().to_string();
        assert!(why.starts_with("expected a position (17)"), "{text}: {why}");
    }
    assert!(PointContext::new("Mars/Olympus", Time::EPOCH).is_err());
}

/// What is proposed has the hour and the zone that were typed, and can be read.
#[test]
fn a_point_in_another_form_is_proposed_as_it_is_written_here() {
    let around = around("UTC", "2027-03-29T10:00:00.000000Z");
    let nine = "2026-10-26T09:00";
    for (text, meant) in [
        ("2026-10-26T09:00 Europe/Berlin", "2026-10-26T09:00[Europe/Berlin]"),
        ("2026-10-26 9:00 Europe/Berlin", "2026-10-26T09:00[Europe/Berlin]"),
        ("2026-10-26T9:00[Europe/Berlin]", "2026-10-26T09:00[Europe/Berlin]"),
        ("26 October 2026 Europe/Berlin", "2026-10-26[Europe/Berlin]"),
        ("2026-10-26 9:00", nine),
        ("2026-10-26T9:00", nine),
        ("2026-10-26 9am", nine),
        ("2026-10-26 9 a.m.", nine),
        ("2026-10-26 9.30 pm", "2026-10-26T21:30"),
        ("2026-10-26 12am", "2026-10-26T00:00"),
        ("2026-10-26, 9 Uhr", nine),
        ("2026-10-26 9h30", "2026-10-26T09:30"),
        ("26.10.2026", "2026-10-26"),
        ("26.10.2026 09:00", nine),
        ("10/26/2026", "2026-10-26"),
        ("10/26/2026 9:00 UTC+2", "2026-10-26T09:00+02:00"),
        ("26 October 2026", "2026-10-26"),
        ("October 26, 2026", "2026-10-26"),
        ("26 October 2026 at 9am", nine),
        ("2026-10-26 09:00 +02:00", "2026-10-26T09:00+02:00"),
        ("2026-10-26T09:00+2", "2026-10-26T09:00+02:00"),
        ("2026-10-26 09:00 -0530", "2026-10-26T09:00-05:30"),
        ("2026-10-26 09:00 UTC", "2026-10-26T09:00Z"),
        ("2026-10-26T24:00", "2026-10-27T00:00"),
        ("2026-W44-1", "2026-10-26"),
        ("2026-W44-1T09:00", nine),
        ("2026-W44", "2026-10-26/2026-11-01"),
        ("2026-299", "2026-10-26"),
    ] {
        let why = Point::parse(text, &around).map(|_| ()).unwrap_err().to_string();
        let end = format!("found {}: write {meant}", in_quotes(text));
        assert!(why.ends_with(&end), "{text}: {why}");
        assert!(matches!(Point::parse(meant, &around), Ok(Point::Within(..))), "{meant}");
    }
    for (text, end) in [
        ("2026-10-26T25:00", ": there is no hour 25: hours are 00 to 23"),
        ("2026-10-26 09:61", ": there is no minute 61: minutes are 00 to 59"),
        ("2026-10-26 13pm", ": am and pm have the hours 1 to 12, not 13"),
        ("2026-02-29 9:00", ": 2026-02 has no day 29"),
        ("10/11/2026", ": this may be two days: write 2026-11-10 or 2026-10-11"),
        (
            "2026-10-26 09:00 CET",
            ": write 2026-10-26T09:00 and the zone behind it as an offset or by its name, as in \
             +01:00 or [Europe/Berlin]: CET is the zone of several places",
        ),
        ("soon", "found \"soon\""),
        ("2026-10-26 about 9", "found \"2026-10-26 about 9\""),
        ("2026-10-26 NOON", "found \"2026-10-26 NOON\""),
        ("2026 OCT", "found \"2026 OCT\""),
    ] {
        let why = Point::parse(text, &around).map(|_| ()).unwrap_err().to_string();
        assert!(why.ends_with(end), "{text}: {why}");
    }
    for (position, meant) in [
        (20_261_026, Some("for the date, write 2026-10-26")),
        (202_610, Some("for the date, write 2026-10")),
        (202_610_260_900, Some("for the date, write 2026-10-26T09:00")),
        (20_261_332, None),
        (202_613, None),
        (202_621, None),
        (100_001, None),
        (12_345, None),
    ] {
        assert_eq!(meant_by_digits(position).as_deref(), meant, "{position}");
    }
}

#[test]
fn a_number_of_four_digits_is_a_year_and_a_date_is_read_as_when_reads_it() {
    let berlin = "Europe/Berlin";
    let year = both("2025-12-31T23:00:00Z", "2026-12-31T23:00:00Z");
    assert_eq!(within("2026", berlin), year);
    assert_eq!(within("2026?", berlin), year);
    assert_eq!(within("2026-XX", berlin), year);
    assert_eq!(within("2026-11", "UTC"), both("2026-11-01T00:00:00Z", "2026-12-01T00:00:00Z"));
    let decade = both("2020-01-01T00:00:00Z", "2030-01-01T00:00:00Z");
    assert_eq!(within("202X", "UTC"), decade);
    let stretch = both("2026-01-01T00:00:00Z", "2026-04-01T00:00:00Z");
    assert_eq!(within("2026-01/2026-03", "UTC"), stretch);
    let open = both(&Timestamp::MIN.to_string(), "2026-04-01T00:00:00Z");
    assert_eq!(within("../2026-03", "UTC"), open);
    let around = around("UTC", "2027-03-29T10:00:00.000000Z");
    for (text, position) in
        [("17", 17), ("999", 999), ("#2026", 2026), ("event:2026", 2026), ("10000", 10_000)]
    {
        assert_eq!(Point::parse(text, &around).unwrap(), Point::Position(position), "{text}");
    }
}
