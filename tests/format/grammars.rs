//! The closed grammars of section 1, each with a table of accepted and refused texts.

use crate::format::page::{page, rows, section};
use annals_core::edtf::days;
use annals_core::text::{Edtf, Lang, MediaType, Origin, Person, Uri};
use annals_core::time::Time;

fn check(name: &str, accepts: impl Fn(&str) -> bool, good: &[&str], bad: &[&str]) {
    for text in good {
        assert!(accepts(text), "{name} takes {text:?}");
    }
    for text in bad {
        assert!(!accepts(text), "{name} refuses {text:?}");
    }
}

#[test]
fn every_grammar_of_the_page_has_a_table_here() {
    let page = page();
    let table = rows(section(&page, "1 Spelling"));
    let names: Vec<&str> = table.iter().skip(1).map(|row| row[0].as_str()).collect();
    let known = [
        "time",
        "key",
        "digest",
        "signature",
        "person",
        "lang",
        "media type",
        "URI",
        "origin",
        "sealed",
        "roles",
        "edtf",
        "base64",
    ];
    assert_eq!(names, known);
}

#[test]
fn lang() {
    let long = format!("en{}", "-abcdefgh".repeat(300));
    let good = ["en", "kok", "pt-BR", "zh-Hant-TW", "en-u-ca".get(..2).unwrap(), "en-12"];
    let bad = [
        "",
        "e",
        "engl",
        "EN",
        "En",
        "en-",
        "-en",
        "en-u",
        "en_GB",
        "en-abcdefghi",
        "en--GB",
        "en GB",
        "é1",
        "e1",
        &long,
    ];
    check("lang", |text| Lang::new(text).is_ok(), &good, &bad);
}

#[test]
fn media_type() {
    let good = ["text/plain", "application/vnd.ms-excel", "image/svg+xml", "a/b", "1.+-/1.+-"];
    let bad = [
        "",
        "/",
        "text",
        "text/",
        "/plain",
        "text/plain/x",
        "Text/plain",
        "text/plain; x",
        "text/p_x",
        "text/ plain",
        "text/*",
    ];
    check("media type", |text| MediaType::new(text).is_ok(), &good, &bad);
    let long = |length: usize| MediaType::new(format!("a/{}", "b".repeat(length - 2))).is_ok();
    assert!(long(2_000) && !long(2_001));
}

#[test]
fn uri() {
    let good = ["a:b", "https://example.org/a?b#c", "urn:isbn:0", "x+.-9:~", "a::", "mailto:a@b"];
    let bad = [
        "",
        ":",
        "a:",
        ":b",
        "A:b",
        "9a:b",
        "aB:c",
        "a b:c",
        "a:b c",
        "a:é",
        "//example.org",
        "a:\u{7f}",
        "a:\n",
    ];
    check("URI", |text| Uri::new(text).is_ok(), &good, &bad);
    let long = |length: usize| Uri::new(format!("a:{}", "b".repeat(length - 2))).is_ok();
    assert!(long(2_000) && !long(2_001));
}

#[test]
fn origin() {
    let good = ["example.org", "example.org/record", "a.b/c.d/~e_f-g", ".", "1.2", "-.-/0"];
    let bad = [
        "",
        "localhost",
        "localhost/a.b",
        "Example.org",
        "example.org/",
        "example.org//a",
        "/a.b",
        "exa_mple.org",
        "example.org/A",
        "example.org/a b",
        "https://example.org",
        "example.org:80",
        "exámple.org",
    ];
    check("origin", |text| Origin::new(text).is_ok(), &good, &bad);
    let long = |length: usize| Origin::new(format!("a.b/{}", "c".repeat(length - 4))).is_ok();
    assert!(long(255) && !long(256));
}

#[test]
fn person() {
    let good = ["0123456789abcdef0123456789abcdef"];
    let bad = [
        "",
        "0123456789ABCDEF0123456789abcdef",
        "0123456789abcdef0123456789abcde",
        "0123456789abcdef0123456789abcdef0",
        "g123456789abcdef0123456789abcdef",
    ];
    check("person", |text| Person::new(text).is_ok(), &good, &bad);
}

#[test]
fn time() {
    let good = [
        "1970-01-01T00:00:00.000000Z",
        "9999-12-31T23:59:59.999999Z",
        "2024-02-29T12:00:00.000001Z",
        "2000-02-29T00:00:00.000000Z",
    ];
    let bad = [
        "",
        "1969-12-31T23:59:59.999999Z",
        "2023-02-29T00:00:00.000000Z",
        "1900-02-29T00:00:00.000000Z",
        "2024-13-01T00:00:00.000000Z",
        "2024-00-01T00:00:00.000000Z",
        "2024-01-00T00:00:00.000000Z",
        "2024-04-31T00:00:00.000000Z",
        "2024-01-01T24:00:00.000000Z",
        "2024-01-01T00:60:00.000000Z",
        "2024-01-01T00:00:60.000000Z",
        "2024-01-01T00:00:00.00000Z",
        "2024-01-01T00:00:00.0000000Z",
        "2024-01-01T00:00:00Z",
        "2024-01-01T00:00:00.000000",
        "2024-01-01T00:00:00.000000z",
        "2024-01-01 00:00:00.000000Z",
        "2024-01-01T00:00:00,000000Z",
        "+024-01-01T00:00:00.000000Z",
        "２024-01-01T00:00:00.000Z",
        "2024-01-01T00:00:00.000000Z ",
    ];
    check("time", |text| Time::parse(text).is_some(), &good, &bad);
    for text in good {
        let time = Time::parse(text).expect("good");
        assert_eq!(Time::from_micros(time.micros()), Some(time), "{text}");
    }
}

#[test]
fn the_seal_bound_is_ten_years_as_text() {
    let bound = |text: &str| Time::parse(text).and_then(|time| time.seal_bound());
    assert_eq!(bound("2026-01-01T00:00:00.000000Z"), Time::parse("2036-01-01T00:00:00.000000Z"));
    assert_eq!(bound("9989-12-31T23:59:59.999999Z"), Time::parse("9999-12-31T23:59:59.999999Z"));
    assert_eq!(bound("9990-01-01T00:00:00.000000Z"), None, "no bound from 9990 on");
    let leap = bound("2028-02-29T00:00:00.000000Z").expect("a bound");
    assert_eq!(leap.as_str(), "2038-02-29T00:00:00.000000Z", "text, though no such day");
}

#[test]
fn edtf() {
    let good = [
        "2022",
        "0000",
        "9999",
        "2022-01",
        "2022-12",
        "2022-01-26",
        "2024-02-29",
        "0000-02-29",
        "2022-21",
        "2022-24",
        "202X",
        "20XX",
        "2022-XX",
        "2022-XX-XX",
        "2022-02-XX",
        "2022?",
        "2022~",
        "2022%",
        "2022-01-26?",
        "2022-21~",
        "20XX%",
        "2022-XX-XX?",
        "2022/2023",
        "2022/2022",
        "2022-01/2022",
        "2022/..",
        "../2022",
        "2022/",
        "/2022",
        "202X/2021",
        "2022-12/2022-21",
        "2022-24/2022-01",
        "20XX/2000",
        "2022-01-26/2022-01-26",
    ];
    let bad = [
        "",
        "22",
        "02022",
        "2022-13",
        "2022-00",
        "2022-20",
        "2022-25",
        "2022-1",
        "2022-01-32",
        "2023-02-29",
        "1900-02-29",
        "2022-01-1",
        "2XXX",
        "XXXX",
        "X022",
        "20X2",
        "2022-X1",
        "2022-1X",
        "2022-XX-01",
        "2022-01-0X",
        "2022-21-01",
        "2022-21-XX",
        "202X-01",
        "20XX-XX",
        "2022??",
        "2022?~",
        "?2022",
        "2022-01?-26",
        "/",
        "..",
        "../..",
        "/..",
        "../",
        "2023/2022",
        "2022-02/2022-01",
        "2022?/2023",
        "2022/2023~",
        "2022/2023/2024",
        "2022-01-26T00:00:00",
        "-2022",
        "Y12022",
        "2022 ",
        " 2022",
        "2022/ 2023",
        "２022",
        "[2022]",
        "{2022}",
        "2022S2",
        "2022-00-XX",
        "2022-13-XX",
        "2022/...",
        "2022.",
        "open",
    ];
    check("edtf", |text| Edtf::new(text).is_ok(), &good, &bad);
}

/// Every string of the closed grammar without an interval, and its neighbours, from small parts.
fn edtf_strings() -> Vec<String> {
    let years = ["0000", "1900", "2000", "2022", "2024", "202X", "20XX", "2X22", "9999", "202"];
    let tails = [
        "", "-01", "-02", "-12", "-13", "-00", "-21", "-24", "-25", "-XX", "-1", "-01-01",
        "-01-31", "-02-28", "-02-29", "-02-30", "-04-31", "-12-32", "-01-00", "-01-XX", "-XX-XX",
        "-XX-01", "-01-1",
    ];
    let marks = ["", "?", "~", "%", "??"];
    let mut all = Vec::new();
    for year in years {
        for tail in tails {
            all.extend(marks.iter().map(|mark| format!("{year}{tail}{mark}")));
        }
    }
    let ends =
        ["", "..", "2000", "2022-01", "2022-02-28", "2023-02-29", "2024-02-29", "9999-12-31"];
    for left in ends {
        all.extend(ends.iter().map(|right| format!("{left}/{right}")));
    }
    all
}

/// The `edtf` crate implements levels 0 and 1 completely. It and format 1 must agree wherever
/// format 1 only restricts: what format 1 accepts is EDTF level 1, and format 1 accepts the plain
/// dates and intervals of level 0 that EDTF accepts, except an interval that ends before it begins.
#[test]
fn edtf_agrees_with_another_implementation() {
    let (mut taken, mut refused) = (0, 0);
    for text in edtf_strings() {
        let ours = days(&text).is_some();
        let theirs = edtf::level_1::Edtf::parse(&text).is_ok();
        let backwards = text.split_once('/').is_some_and(|(left, right)| {
            let day = |side: &str| days(side).map(|days| (days.first, days.last));
            matches!((day(left), day(right)), (Some(l), Some(r)) if l.0 > r.1)
        });
        if ours {
            assert!(theirs, "{text} is in format 1, so it is EDTF");
            taken += 1;
        } else {
            assert!(!theirs || backwards, "{text} is EDTF and in the grammar's parts");
            refused += 1;
        }
    }
    assert!(taken > 200 && refused > 200, "{taken} taken, {refused} refused");
}

#[test]
fn the_first_and_last_day_that_a_date_may_mean() {
    for (text, first, last) in [
        ("2022", "2022-01-01", "2022-12-31"),
        ("2022-02", "2022-02-01", "2022-02-28"),
        ("2024-02-XX", "2024-02-01", "2024-02-29"),
        ("2022-21", "2022-01-01", "2022-12-31"),
        ("202X", "2020-01-01", "2029-12-31"),
        ("20XX~", "2000-01-01", "2099-12-31"),
        ("2022-XX-XX", "2022-01-01", "2022-12-31"),
        ("2022-01-26%", "2022-01-26", "2022-01-26"),
        ("202X/2021", "2020-01-01", "2021-12-31"),
    ] {
        let days = days(text).unwrap_or_else(|| panic!("{text} is in the grammar"));
        let show = |day: Option<jiff::civil::Date>| day.map(|day| day.to_string());
        assert_eq!(show(days.first).as_deref(), Some(first), "{text}");
        assert_eq!(show(days.last).as_deref(), Some(last), "{text}");
    }
}
