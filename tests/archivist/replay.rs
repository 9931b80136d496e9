//! `annals replay` as text: now, as of the past, and with every filter.

use crate::archivist::story::{dark_story, story};
use serde_json::Value;

const HEAD: &str = "2813f6aafd76c986e877d1ad83e7e8154013631218f0962b9dee84ca0a5d3327";

#[test]
fn replay_shows_every_fact_with_its_acts() {
    let expected = format!(
        "     4  confirmed  Two answers were given.
                   — Ada Example, 2022-01-27 08:00Z

     5  asserted   Sullivan met Grushko in Moscow on Wednesday.
                   corrected ×1
                   before: “Sullivan met Grushko in Moscow.” (wrong-date)
                   — Ada Example, 2022-01-27 08:00Z; corrected by Bo Berg, 2022-02-01 09:00Z

     6  retracted  The talks lasted two hours.
                   retracted by 11: unverifiable, error in the record: “nobody can say how long” (Bo
                   Berg, 2022-02-01 09:00Z)
                   — Ada Example, 2022-01-27 08:00Z

     7  disputed   The core question was not answered.
                   the document is disputed
                   disputed by 12: misquotation, error in the document: “he said it otherwise” (Bo
                   Berg, 2022-02-01 09:00Z)
                   — Ada Example, 2022-01-27 08:00Z

     9  asserted   They met.
                   — Cy Cole, 2022-01-27 08:00Z

5 facts
as of position 13 (14 of 14 events), head {HEAD}, recorded 2022-02-01T09:00:03Z
"
    );
    assert_eq!(story().told("replay"), expected);
}

#[test]
fn as_of_the_past_the_answer_is_the_old_one_and_ends_with_what_became_of_it() {
    let story = story();
    let expected = "     5  asserted   Sullivan met Grushko in Moscow.
                   — Ada Example, 2022-01-27 08:00Z

1 fact
as of position 9 (10 of 14 events), head \
96893f2b6e98dcc95f23d697c8d63728dd211201d8f19f523bf07cd2113dd121, recorded 2022-01-27T08:00:06Z
since then 1 of these changed in words or status: 5 corrected
";
    assert_eq!(story.told("replay --topic sullivan --as-of 9"), expected);
    for point in ["2022-01-27", "2022-01-27T08:00:06Z", "h:96893f2b", "2022-01-31T23:59"] {
        assert_eq!(story.told(&format!("replay --topic sullivan --as-of {point}")), expected);
    }
    let all = story.told("replay --as-of 9");
    let last = all.lines().last();
    let changed =
        "since then 3 of these changed in words or status: 5 corrected, 6 retracted, 7 disputed";
    assert_eq!(last, Some(changed));
}

#[test]
fn relative_dates_ask_the_set_clock_and_the_zone() {
    let story = story();
    let clock = [("ANNALS_CLOCK", "2022-02-10T12:00:00Z")];
    let answer = story.run_with("replay --as-of 2_weeks_ago", &clock);
    assert_eq!(answer.exit, 0, "{}", answer.err);
    assert!(answer.out.contains("as of position 9 (10 of 14 events)"), "{}", answer.out);
    assert!(answer.err.starts_with("note: the clock is set to 2022-02-10T12:00:00"));
    let east = "replay --as-of 2022-02-01T17:59 --tz Asia/Tokyo";
    assert!(story.told(east).contains("as of position 9 "));
    let east = "replay --as-of 2022-02-01T18:00:03 --tz Asia/Tokyo";
    assert!(story.told(east).contains("as of position 13 "));
}

#[test]
fn the_last_day_of_the_calendar_is_a_day() {
    let story = story();
    let now = story.told("replay");
    for point in ["9999-12-31", "9999-12-30", "2999-01-01"] {
        assert_eq!(story.run(&format!("replay --as-of {point}")).out, now);
    }
    assert_eq!(story.run("log --from 2022-02-01 --until 9999-12-31 --type fact.related").out, {
        story.told("log --from 2022-02-01 --type fact.related")
    });
    assert_eq!(story.run("replay --as-of 10000-01-01").exit, 2);
}

#[test]
fn replay_before_the_first_event_reports_an_empty_record() {
    let answer = story().run("replay --as-of 2021-12-31");
    let out = "no fact\nas of before the first event (0 of 14 events)\n\
               since then none of these changed in words or status\n";
    assert_eq!((answer.exit, answer.out.as_str()), (0, out));
    let note = "note: at that point the record had not begun; event 0 came later, \
                2022-01-26T12:00:00Z\n";
    assert_eq!(answer.err, note);
}

#[test]
fn filters() {
    let story = story();
    assert_eq!(story.facts("replay --status retracted"), [6]);
    assert_eq!(story.facts("replay --status asserted"), [5, 9]);
    assert_eq!(story.facts("replay --topic GRUSHKO"), [5]);
    assert_eq!(story.facts("replay --by ada"), [4, 5, 6, 7]);
    assert_eq!(story.facts("replay --by Bo_Berg"), [5]);
    assert_eq!(story.facts("replay --by cole"), [9]);
    assert_eq!(story.facts("replay --document 3"), [4, 5, 6, 7, 9]);
    assert_eq!(story.facts("replay --when 2022-01-26"), [5, 4, 6, 7, 9]);
    assert_eq!(story.facts("replay --when 2022-01-25"), [4, 6, 7, 9]);
    assert_eq!(story.facts("replay --when 2022-01-25 --as-of 9"), [5, 4, 6, 7, 9]);
}

#[test]
fn facts_without_a_date_are_counted_and_stand_apart() {
    let told = story().told("replay --when 2022-01 --status asserted");
    let expected = "     5  asserted   Sullivan met Grushko in Moscow on Wednesday.
                   corrected ×1
                   before: “Sullivan met Grushko in Moscow.” (wrong-date)
                   — Ada Example, 2022-01-27 08:00Z; corrected by Bo Berg, 2022-02-01 09:00Z

1 fact when 2022-01

1 fact without a date, which may be of any time:

     9  asserted   They met.
";
    assert!(told.starts_with(expected), "{told}");
}

#[test]
fn the_editor_of_the_environment_signs_and_does_not_filter() {
    let environment = [("ANNALS_EDITOR", "nobody")];
    let answer = story().run_with("replay", &environment);
    assert_eq!(answer.exit, 0);
    assert!(answer.out.contains("\n5 facts\n"));
    let answer = story().run("replay --by nobody");
    assert_eq!(answer.exit, 2);
    let why = "annals: --by: expected an editor of this record (Ada Example, Bo Berg, Cy Cole), \
               found \"nobody\"\n";
    assert_eq!(answer.err, why);
}

#[test]
fn suspect_and_redacted_facts_say_so_also_as_of_an_earlier_point() {
    let story = dark_story();
    let answer = story.run("replay");
    let undone = "note: undone: 1 event, by 14 (Ada Example): Cy Cole (key ed4928c628d1c2c6) \
                  compromised, suspect from 9\n";
    assert_eq!((answer.exit, answer.err.as_str()), (0, undone));
    let told = answer.out;
    assert!(told.contains("     9  asserted   They met.\n                   suspect\n"), "{told}");
    assert!(told.contains("     7  disputed   [the words are redacted]\n"), "{told}");
    let past = story.told("replay --as-of 9");
    assert!(past.contains("     7  asserted   [the words are redacted]\n"), "{past}");
    let since = "since then 4 of these changed in words or status: 5 corrected, 6 retracted, 7 disputed and redacted, \
                 9 suspect\n";
    assert!(past.ends_with(since), "{past}");
    let asked = story.run("replay --topic sullivan");
    let unasked = "note: 1 fact could not be matched: its words are withheld\n";
    assert_eq!(asked.err, format!("{unasked}{undone}"));
}

#[test]
fn points_that_lead_nowhere() {
    let story = story();
    let cases = [
        ("99", "annals: expected a position from 0 to 13, found 99\n"),
        (
            "h:00000000",
            "annals: expected the beginning of the hash of an event here, found none that begins \
             00000000 among 14 events\n",
        ),
    ];
    for (point, why) in cases {
        let answer = story.run(&format!("replay --as-of {point}"));
        assert_eq!((answer.exit, answer.err.as_str(), answer.out.as_str()), (2, why, ""));
    }
    let answer = story.run("replay --as-of soon");
    assert!(answer.err.starts_with("annals: expected a position (17), a date"), "{}", answer.err);
    let answer = story.run("replay --document 4");
    let why = "annals: --document: expected the position of a document (3), found 4\n";
    assert_eq!((answer.exit, answer.err.as_str()), (2, why));
}

#[test]
fn a_page_of_facts_says_that_there_are_more_and_how_to_get_them() {
    let story = story();
    let page = |line: &str| serde_json::from_str::<Value>(&story.told(line)).unwrap();
    let facts = |page: &Value| -> Vec<u64> {
        page["facts"].as_array().unwrap().iter().map(|row| row["fact"].as_u64().unwrap()).collect()
    };
    let all = page("replay --format json");
    assert_eq!(all["more"], false);
    let first = page("replay --limit 2 --format json");
    assert_eq!((facts(&first), &first["more"]), (facts(&all)[..2].to_vec(), &Value::from(true)));
    let last = facts(&first)[1];
    let rest = page(&format!("replay --after {last} --format json"));
    assert_eq!((facts(&rest), &rest["more"]), (facts(&all)[2..].to_vec(), &Value::from(false)));
    let text = story.told("replay --limit 2");
    let more = format!("2 facts\nthere are more after {last} (--after {last})\nas of position 13 ");
    assert!(text.contains(&more), "{text}");
    let text = story.told(&format!("replay --after {last} --limit 3"));
    assert!(text.contains("\n3 facts\nas of position 13 "), "{text}");
    // Events are paged by points.
    let log = page("log --limit 3 --format json");
    assert_eq!((log["events"].as_array().unwrap().len(), &log["more"]), (3, &Value::from(true)));
    assert_eq!(page("log --from 3 --format json")["more"], false);
    let said = story.run("log --limit 3");
    assert!(said.out.contains("\n3 events\n"), "{}", said.out);
    assert_eq!(said.err, "note: there are more (--from 3)\n");
    let said = story.run("log --newest --limit 3");
    assert_eq!(said.err, "note: there are more (--until 10)\n");
}
