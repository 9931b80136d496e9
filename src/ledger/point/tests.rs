//! Points against zones, days of 23 and 25 hours, leap days.

use super::*;

fn around(zone: &str, now: &str) -> Around {
    Around::new(zone, Time::parse(now).unwrap()).unwrap()
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
    let noon = both("2027-03-02T12:00:00Z", "2027-03-02T12:00:01Z");
    assert_eq!(within("2027-03-02T12:00", "UTC"), noon);
    assert_eq!(within("2027-03-02T12:00:00Z", "Europe/Berlin"), noon);
    assert_eq!(within("2027-03-02T13:00+01:00", "UTC"), noon);
    assert_eq!(within("2027-03-02T13:00", "Europe/Berlin"), noon);
    let exact = within("2027-03-02T12:00:00.000001Z", "UTC");
    assert_eq!(exact.1, "2027-03-02T12:00:00.000002Z");
}

#[test]
fn an_hour_that_came_twice_is_both_and_one_that_never_came_is_refused() {
    let twice = both("2026-10-25T00:30:00Z", "2026-10-25T01:30:01Z");
    assert_eq!(within("2026-10-25T02:30", "Europe/Berlin"), twice);
    let around = around("Europe/Berlin", "2027-03-29T10:00:00.000000Z");
    let never = Point::parse("2027-03-28T02:30", &around).unwrap_err().to_string();
    assert!(never.starts_with("expected a time that there was"), "{never}");
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
    for text in ["", "soon", "2027", "h:12", "h:xyzxyzxyz", "2027-03", "-1", "17 ago", "２"] {
        if text == "2027" {
            assert_eq!(Point::parse(text, &around).unwrap(), Point::Position(2027));
            continue;
        }
        let why = Point::parse(text, &around).unwrap_err().to_string();
        assert!(why.starts_with("expected a position (17)"), "{text}: {why}");
    }
    assert!(Around::new("Mars/Olympus", Time::EPOCH).is_err());
}
