//! Topics and dates by the index against a fold: the same answers, and nothing of what is redacted.
//!
//! Always holds: histories are random and legal, with topics and dates that touch, corrections,
//! seals, redactions and stolen keys; they are long enough for a run and events after the last one.

use crate::index::words::{told, with_text, write};
use crate::index::{Clerk, make, paths, same, words};
use crate::slice::{open, stamped};
use crate::support::acts;
use crate::support::tamper::Dice;
use crate::support::texts::{DATES, TEXT, TOPICS, evidence, fact};
use annals::index::{Facets, IndexStatus, RowKind, TreeKind};
use annals::ledger::answer::filter::has_topic;
use annals::ledger::query::View;
use annals::ledger::query::gather::gather;
use annals::ledger::query::names::Names;
use annals::ledger::reader::Record;
use annals_core::edtf::days;
use annals_core::event::args::Seal;
use std::collections::BTreeSet;
use std::fs;

/// A part of a topic's name, in some case.
fn topic(dice: &mut Dice) -> String {
    let points: Vec<char> = dice.pick(&TOPICS).chars().collect();
    let from = dice.below(points.len());
    let part: String = points[from..from + 1 + dice.below(points.len() - from)].iter().collect();
    let part = if dice.below(3) == 0 { part.to_uppercase() } else { part };
    // The questions are lines of words.
    part.split(' ').next().filter(|part| !part.is_empty()).unwrap_or("nato").to_owned()
}

/// Questions by topic and date about random points.
fn questions(size: usize, times: usize, dice: &mut Dice) -> Vec<Vec<String>> {
    let mut asked = Vec::new();
    for _ in 0..times {
        let (point, page) = (dice.below(size), 1 + dice.below(9));
        let (topic, when) = (topic(dice), dice.pick(&DATES));
        let format = ["text", "json", "jsonl", "csv"][dice.below(4)];
        let status = ["asserted", "confirmed", "disputed", "retracted"][dice.below(4)];
        let by = ["Ada", "Ben", "Dan"][dice.below(3)];
        let filter = match dice.below(3) {
            0 => format!("--topic {topic}"),
            1 => format!("--when {when}"),
            _ => format!("--topic {topic} --when {when}"),
        };
        let lines = [
            format!("replay {filter} --as-of {point} --format {format}"),
            format!("replay {filter} --limit {page} --format {format}"),
            format!("replay {filter} --status {status} --after {point}"),
            format!("replay {filter} --document 4 --limit {page} --by {by}"),
            format!("replay {filter} --document 4"),
            format!("find yes {filter} --as-of {point} --format {format}"),
            format!("find she {filter} --limit {page} --format {format}"),
            format!("timeline --html PAGE {filter} --limit {page}"),
            format!("timeline --html PAGE {filter} --from {point} --status {status}"),
            format!("blame 4 {filter} --limit {page}"),
            format!("blame 4 {filter} --as-of {point} --format json"),
            format!("review --by {by} --topic {topic} --limit {page}"),
            format!("review --by {by} --topic {topic} --all --document 4 --format json"),
            format!("log --topic {topic} --until {point} --format {format}"),
            format!("log --topic {topic} --newest --limit {page}"),
            format!("log --topic {topic} --document 4 --limit {page} --by {by}"),
            format!("log --document 4 --from {point} --format {format}"),
            format!("diff {point} {last} {filter}", last = size - 1),
        ];
        asked.extend(lines.map(words));
    }
    asked
}

/// `ANNALS_HISTORIES` sets the number of further histories.
#[test]
fn every_answer_by_topic_and_date_is_that_of_a_fresh_fold() {
    let more = std::env::var("ANNALS_HISTORIES").ok().and_then(|text| text.parse().ok());
    for seed in 31..32 + more.unwrap_or(0_u64) {
        let mut clerk = Clerk::new(seed, 1);
        clerk.grow(330);
        let folder = tempfile::tempdir().expect("a folder");
        let ledger = clerk.write(folder.path());
        assert_eq!(make(&ledger), IndexStatus::Same { events: 330, wrote: true });
        assert_eq!(make(&ledger), IndexStatus::Same { events: 330, wrote: false });
        same(&ledger, &questions(330, 2, &mut clerk.dice));
    }
}

/// Every fact that passes is in the list, and of what is in a run nothing that does not.
#[test]
fn a_shortlist_has_the_facts_that_pass_and_no_others() {
    let mut clerk = Clerk::new(41, 1);
    clerk.grow(600);
    let folder = tempfile::tempdir().expect("a folder");
    let ledger = clerk.write(folder.path());
    make(&ledger);
    let record = Record::open(paths(&ledger)).expect("readable");
    let index = record.index().expect("an index");
    let mut listed = 0;
    for number in 0..18 {
        let size = if number % 2 == 0 { 600 } else { clerk.dice.below(601) as u64 };
        let wanted = Facets {
            topic: (number % 3 > 0).then(|| topic(&mut clerk.dice).to_lowercase()),
            when: (number % 3 < 2).then(|| days(clerk.dice.pick(&DATES)).expect("a date")),
        };
        let slot = index.snapshot(size).expect("a point");
        let list = wanted.list(&slot).expect("readable").expect("a list");
        let found = list.facts(&slot, &[RowKind::Facts]).expect("readable");
        let view = View::open(&record, size).expect("folded");
        let names = Names::read(&view).expect("names");
        let rows = gather(&view, &names, &|_| true).expect("rows").facts;
        let mut expected = BTreeSet::new();
        for (of, row) in rows {
            let Some(present) = view.state().fold.fact(of) else { continue };
            let when = row.words.when.as_ref().and_then(|when| when.edtf.as_deref());
            let when = when.and_then(days);
            let passes = wanted.topic.as_ref().is_none_or(|part| has_topic(&row.words, part))
                && wanted.when.is_none_or(|days| when.is_none_or(|when| when.overlap(&days)));
            let event = view.event(present.revision).expect("readable").expect("an event");
            let is_known = event.statement().is_some_and(|it| it.args.sealed() == Seal::Open)
                && row.words.withheld.is_none()
                && present.revision < 512;
            if passes || !is_known {
                expected.insert(of);
            }
        }
        assert_eq!(found, expected, "{wanted:?} as of {size}");
        listed += found.len();
        let rows = slot.positions(RowKind::Facts).expect("readable");
        for of in rows {
            let row = slot.get(TreeKind::Standing, of).expect("readable").expect("a row");
            let is_listed = row.revision().is_some_and(|event| list.has(event));
            assert_eq!(is_listed, found.contains(&of), "{of}");
        }
    }
    assert!(listed > 150, "{listed}");
}

/// A ledger of 300 events: a topic and a date of its own in every fact from 6 on.
fn marked() -> Clerk {
    let mut clerk = Clerk::new(5, 1);
    while clerk.ledger.events.len() < 300 {
        let number = clerk.ledger.events.len();
        assert!(clerk.try_act("ada", acts::asserted_fact(&marked_fact(number), "null")));
    }
    clerk
}

/// The year and the month of an event's fact.
fn month(number: usize) -> String {
    format!("{}-{:02}", 1900 + number / 12, 1 + number % 12)
}

fn marked_fact(number: usize) -> String {
    let body = fact("Words.", &[evidence(4, TEXT, "she said")]);
    let when =
        format!(r#""when":{{"edtf":"{}","as_written":null,"basis":"derived"}}"#, month(number));
    let rest = body.strip_suffix('}').expect("an object");
    format!(r#"{rest},{when},"topics":[{{"name":"Topic n{number}."}}]}}"#)
}

#[test]
fn a_topic_and_a_date_of_a_redacted_body_are_in_no_file_after_the_commit() {
    let mut clerk = marked();
    let folder = tempfile::tempdir().expect("a folder");
    let paths = stamped(&clerk, folder.path());
    let ledger = paths.ledger.clone();
    // Of the first of a run its whole facet is spelt out.
    let of_run = "\u{2}topic n10.";
    assert_eq!(with_text(&ledger, of_run), ["words"]);
    let (out, _, exit) = told(&ledger, &format!("find words --when {}", month(10)));
    assert!(exit == Some(0) && out.ends_with("1 fact when 1900-11\n"), "{out}");
    let mut writer = open(&paths);
    write(&paths, &mut writer, &mut clerk, acts::redacted(10));
    drop(writer);
    assert_eq!(with_text(&ledger, of_run), [""; 0]);
    let day = "1900110119001130";
    assert_eq!(with_text(&ledger, day), [""; 0]);
    let note = "note: 1 fact could not be matched: its words are withheld\n";
    let (out, err, _) = told(&ledger, "replay --limit 5 --topic n10.");
    assert_eq!((out.as_str(), err.as_str()), ("no fact\n", note));
    assert_eq!(make(&ledger), IndexStatus::Same { events: 301, wrote: false });
}

/// The words of an event with another topic are other ones than were signed: nobody reads them.
#[test]
fn what_has_another_topic_or_date_is_not_read() {
    let clerk = marked();
    let folder = tempfile::tempdir().expect("a folder");
    let ledger = clerk.write(folder.path());
    make(&ledger);
    let file = ledger.join(format!("journal/{:020}.log", 100));
    let mut bytes = fs::read(&file).expect("a file");
    let at = memchr::memmem::find(&bytes, b"Topic n150.").expect("the topic of 150");
    bytes[at] ^= 1;
    fs::write(&file, bytes).expect("written");
    let page = folder.path().join("page.html");
    let page = page.to_str().expect("text");
    let (before, after) = (month(140), month(160));
    for line in [
        "replay".to_owned(),
        "replay --limit 200".to_owned(),
        "find words --limit 200".to_owned(),
        "find words --format json".to_owned(),
        format!("timeline --html {page}"),
        "blame 4 --limit 200".to_owned(),
    ] {
        for (part, whole) in [
            ("--topic n14".to_owned(), "--topic n1".to_owned()),
            (format!("--when {before}"), format!("--when {before}/{after}")),
            (format!("--when /{before}"), format!("--when {before}/")),
        ] {
            let (_, err, exit) = told(&ledger, &format!("{line} {part}"));
            assert_eq!((exit, err.as_str()), (Some(0), ""), "{line} {part}");
            let (_, err, _) = told(&ledger, &format!("{line} {whole}"));
            assert_ne!(err, "", "{line} {whole}");
        }
    }
    for line in ["review --by Dan --limit all", "log --format json"] {
        let (_, err, exit) = told(&ledger, &format!("{line} --topic n14"));
        assert_eq!((exit, err.as_str()), (Some(0), ""), "{line}");
    }
}
