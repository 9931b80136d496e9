//! The index against a new fold: every answer of the program is the same with it and without it.
//!
//! Always holds: histories are random and legal, with late corrections, disputes, retractions,
//! seals, redactions and stolen keys; they are long enough for the trees to grow and to have
//! several roots. Without an index the program folds the journal; that fold is compared with the
//! second implementation elsewhere (`second_implementation`).

mod topics_and_dates;
mod unlimited;
mod words;

use crate::support::acts::{self, Opening};
use crate::support::files::JOURNAL;
use crate::support::ledger::Made;
use crate::support::tamper::Dice;
use crate::support::texts::with_facets;
use crate::support::{Act, Ledger, random};
use annals::index::IndexStatus;
use annals::ledger::exchange::repair;
use annals::ledger::paths::Paths;
use annals::ledger::reader::Record;
use annals_core::event::Entry;
use annals_core::fold::operation::Operation;
use annals_core::legal::context::Proposal;
use annals_core::state::State;
use annals_core::verify::examine::examine;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// The state that decides which events are legal, in order.
pub struct Clerk {
    pub ledger: Ledger,
    pub state: State,
    pub dice: Dice,
}

pub fn entry(event: &Made) -> Entry {
    Entry { record: event.record().into_bytes(), body: Some(event.body.clone().into_bytes()) }
}

impl Clerk {
    pub fn new(seed: u64, confirmations: u64) -> Clerk {
        let opening = Opening { confirmations, ..Opening::default() };
        let ledger = Ledger::newsroom_as(&opening);
        let mut clerk = Clerk { ledger: ledger.clone(), state: State::default(), dice: Dice(seed) };
        for event in &ledger.events {
            assert!(clerk.takes(event), "the newsroom is legal");
        }
        clerk
    }

    /// Applies an event if it is legal.
    fn takes(&mut self, event: &Made) -> bool {
        let examined = examine(&entry(event));
        let (Some(place), Some(said)) = (examined.reading.place, examined.reading.statement) else {
            return false;
        };
        let operation = Operation::of(&said.args);
        let (position, at, by) = (place.seq, Some(place.at), said.by);
        let named = said.args.positions().iter().all(|named| *named < said.base);
        let proposal = Proposal { position, at, by, operation: &operation };
        if !named || self.state.check(&proposal).is_err() {
            return false;
        }
        self.state.apply(position, by, operation);
        true
    }

    /// Signs an act that is legal.
    pub fn sign(&mut self, by: &str, act: Act) {
        self.ledger.sign(by, act);
        let made = self.ledger.events.last().expect("an event").clone();
        assert!(self.takes(&made), "event {} is legal", self.ledger.events.len() - 1);
    }

    pub fn try_act(&mut self, by: &str, act: Act) -> bool {
        let mut next = self.ledger.clone();
        next.sign(by, act);
        let made = next.events.last().expect("an event").clone();
        let good = self.takes(&made);
        if good {
            self.ledger = next;
        }
        good
    }

    pub fn grow(&mut self, size: usize) {
        while self.ledger.events.len() < size {
            let mut scratch = self.ledger.clone();
            let (by, act) = random::act(&mut scratch, &mut self.dice);
            self.ledger.documents = scratch.documents;
            // A stolen key from time to time, not with every third event.
            let suspects =
                act.args.contains("\"suspect_from\":") && !act.args.contains("from\":null");
            if !suspects || self.dice.below(6) == 0 {
                let mut facets = Dice(self.ledger.events.len() as u64);
                let body = with_facets(&act.body, &mut facets);
                self.try_act(by, Act { body, ..act });
            }
        }
    }

    /// The ledger on a disk, its journal in several files.
    pub fn write(&self, folder: &Path) -> PathBuf {
        let mut files = self.ledger.files();
        let journal = String::from_utf8(files.remove(JOURNAL).expect("a journal")).expect("text");
        let (mut first, mut text) = (0, String::new());
        for line in journal.lines() {
            text.push_str(line);
            text.push('\n');
            let size = line.strip_prefix("= ").and_then(|rest| rest.split(' ').next());
            if let Some(size) = size.filter(|size| ["100", "256", "300"].contains(size)) {
                let whole = std::mem::take(&mut text).into_bytes();
                files.insert(format!("ledger/journal/{first:020}.log"), whole);
                first = size.parse().expect("a size");
            }
        }
        files.insert(format!("ledger/journal/{first:020}.log"), text.into_bytes());
        for (name, bytes) in files {
            let path = folder.join(name);
            fs::create_dir_all(path.parent().expect("a folder")).expect("made");
            fs::write(path, bytes).expect("written");
        }
        folder.join("ledger")
    }
}

pub fn paths(ledger: &Path) -> Paths {
    Paths::new(ledger.to_owned(), None)
}

pub fn make(ledger: &Path) -> IndexStatus {
    repair::index(&paths(ledger), Duration::ZERO, None).expect("an index")
}

fn annals(ledger: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_annals"));
    command.arg("--ledger").arg(ledger).args(arguments).env("NO_COLOR", "1");
    command.env_remove("ANNALS_LEDGER").env_remove("ANNALS_KEYS");
    command.output().expect("the program runs")
}

/// Every output of the program for these questions.
fn says(ledger: &Path, asked: &[Vec<String>]) -> Vec<(Option<i32>, String, String)> {
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("text");
    let page = ledger.with_extension("html");
    let path = page.to_str().expect("text");
    let ask = |arguments: &Vec<String>| {
        let arguments: Vec<&str> = arguments
            .iter()
            .map(|word| if word == "PAGE" { path } else { word.as_str() })
            .collect();
        let output = annals(ledger, &arguments);
        let mut out = text(output.stdout);
        if let Ok(written) = fs::read_to_string(path) {
            out.push_str(&written);
            fs::remove_file(path).expect("removed");
        }
        let told = text(output.stderr).replace(path, "PAGE");
        (output.status.code(), out.replace(path, "PAGE"), told)
    };
    asked.iter().map(ask).collect()
}

/// Compares the answers with the index and without it.
pub fn same(ledger: &Path, asked: &[Vec<String>]) {
    let record = Record::open(paths(ledger)).expect("readable");
    assert!(record.index().is_ok(), "{:?}", record.index().err());
    let with = says(ledger, asked);
    let (folder, away) = (ledger.join("index"), ledger.join("index-away"));
    fs::rename(&folder, &away).expect("moved");
    let without = says(ledger, asked);
    fs::rename(&away, &folder).expect("moved back");
    for ((with, without), asked) in with.iter().zip(&without).zip(asked) {
        let asked = asked.join(" ");
        for (with, without) in with.1.lines().zip(without.1.lines()) {
            assert_eq!(with, without, "{asked}");
        }
        assert_eq!(with.1.len(), without.1.len(), "{asked}");
        assert_eq!((with.0, &with.2), (without.0, &without.2), "{asked}");
        assert!(with.0.is_some_and(|code| code < 3), "{asked}");
    }
}

pub fn words(line: String) -> Vec<String> {
    line.split(' ').map(str::to_owned).collect()
}

/// Questions about random events as of random points.
fn questions(size: usize, times: usize, dice: &mut Dice) -> Vec<Vec<String>> {
    let mut asked = Vec::new();
    for _ in 0..times {
        let (point, other) = (dice.below(size), dice.below(size));
        let (first, last) = (point.min(other), point.max(other));
        let event = dice.below(last + 1);
        let status = ["asserted", "confirmed", "disputed", "retracted"][dice.below(4)];
        let format = ["text", "json"][dice.below(2)];
        let page = 1 + dice.below(12);
        asked.extend([
            words(format!("show {event} --as-of {last} --format {format}")),
            words(format!("show {event} --format {format}")),
            words(format!("log {event} --until {last} --format {format}")),
            words(format!("log {event} --newest --format {format}")),
            words(format!("replay --as-of {point} --state")),
            words(format!("replay --as-of {point} --status {status} --format {format}")),
            words(format!("diff {first} {last} --format {format}")),
            words(format!("diff {point} {size} --format json", size = size - 1)),
            words(format!("diff {first} {last} --by Dan")),
            words(format!("diff {first} {last} --unified")),
            words(format!("log --from {first} --until {last} --format {format}")),
            words(format!("editor list --as-of {point} --format {format}")),
            words(format!("find yes --as-of {last} --format {format}")),
            words(format!("find yes --as-of {last} --format {format} --limit {page}")),
            words(format!("find she --status {status} --limit {page} --format {format}")),
            words(format!("find she --when 2022 --by Ada --limit {page}")),
            words(format!("document list --as-of {last} --format {format}")),
        ]);
    }
    asked
}

/// A random history of this seed, and all questions about it.
fn history(seed: u64) {
    let mut clerk = Clerk::new(seed, 1 + seed % 2);
    clerk.grow(330);
    let folder = tempfile::tempdir().expect("a folder");
    let ledger = clerk.write(folder.path());
    assert_eq!(make(&ledger), IndexStatus::Same { events: 330, wrote: true });
    let mut asked = questions(330, 2, &mut clerk.dice);
    let point = clerk.dice.below(330);
    asked.extend([
        words(format!("replay --as-of {point} --format json")),
        words("replay".to_owned()),
        words("replay --state".to_owned()),
        words("log --newest --format jsonl".to_owned()),
        words("show 999".to_owned()),
        words(format!("replay --document {point}")),
        words("replay --document 4 --format json".to_owned()),
        words("document list --format csv".to_owned()),
        words("status".to_owned()),
        words("status --format json".to_owned()),
    ]);
    for by in ["Ada", "Ben", "Dan"] {
        asked.push(words(format!("review --by {by}")));
        asked.push(words(format!("review --by {by} --all --format json")));
        let page = 1 + clerk.dice.below(9);
        asked.push(words(format!("review --by {by} --limit {page}")));
        asked.push(words(format!("review --by {by} --all --limit {page} --format json")));
        asked.push(words(format!("review --by {by} --topic t --limit {page}")));
    }
    asked.push(words(format!("timeline --html PAGE --as-of {point} --by Dan")));
    let page = 1 + clerk.dice.below(9);
    for line in [
        format!("--status disputed --limit {page} --as-of {point}"),
        "--status disputed".to_owned(),
        format!("--from {point}"),
        format!("--from {point} --as-of 300 --by Ada --limit {page}"),
        format!("--limit {page} --format json"),
        format!("--topic t --limit {page}"),
        "--when 2022 --by Ben --status confirmed".to_owned(),
    ] {
        asked.push(words(format!("timeline --html PAGE {line}")));
    }
    let documents = clerk.state.fold.documents().iter().map(|document| document.position);
    for document in documents.take(2) {
        asked.extend([
            words(format!("blame {document} --as-of {point} --format json")),
            words(format!("blame {document}")),
            words(format!("blame {document} --limit 2 --format json")),
            words(format!("blame {document} --status confirmed --document 4")),
            words(format!("review --by Dan --document {document}")),
            words(format!("review --by Dan --document {document} --limit 2")),
            words(format!("timeline --html PAGE --document {document}")),
            words(format!("timeline --html PAGE --document {document} --from {point} --limit 3")),
            words(format!("replay --document {document} --as-of {point}")),
        ]);
    }
    same(&ledger, &asked);
    let stolen = !clerk.state.undone().is_empty();
    assert!(stolen || seed > 3, "a key was stolen in history {seed}");
}

/// What an editor wrote whose enrolment is undone is set aside, and redacted after that.
#[test]
fn what_was_set_aside_and_is_redacted_is_told_with_its_redaction() {
    let mut clerk = Clerk::new(1, 1);
    for (by, act) in [
        ("dan", acts::enrolled("eve", acts::EDITOR)),
        ("eve", acts::captured("It rained on Monday.")),
        ("eve", acts::asserted(4)),
        ("ada", acts::stolen("dan", 6)),
        ("ada", acts::redacted(8)),
        ("ada", acts::redacted(7)),
    ] {
        clerk.sign(by, act);
    }
    let stands = |position| clerk.state.fold.fact(position).is_some();
    assert_eq!((stands(5), stands(8)), (true, false));
    let folder = tempfile::tempdir().expect("a folder");
    let ledger = clerk.write(folder.path());
    assert_eq!(make(&ledger), IndexStatus::Same { events: 12, wrote: true });
    let mut asked = Vec::new();
    for event in 0..12 {
        for format in ["text", "json"] {
            asked.push(words(format!("log {event} --format {format}")));
            asked.push(words(format!("show {event} --format {format}")));
            asked.push(words(format!("show {event} --as-of 10 --format {format}")));
        }
        asked.push(words(format!("diff {event} 11")));
    }
    same(&ledger, &asked);
    let log = annals(&ledger, &["log", "8"]);
    let log = String::from_utf8(log.stdout).expect("text");
    let events: Vec<&str> = log.lines().filter(|line| line.starts_with("    ")).collect();
    assert!(events.iter().any(|line| line.contains("body.redacted")), "{log}");
}

/// The words of a relation belong to both of its facts, and so does their redaction.
#[test]
fn the_redaction_of_a_relation_is_told_of_both_facts() {
    let mut clerk = Clerk::new(1, 1);
    for (by, act) in [
        ("bo", acts::asserted(4)),
        ("cy", acts::related(5, "contradicts", 6)),
        ("ada", acts::redacted(7)),
    ] {
        clerk.sign(by, act);
    }
    let folder = tempfile::tempdir().expect("a folder");
    let ledger = clerk.write(folder.path());
    assert_eq!(make(&ledger), IndexStatus::Same { events: 9, wrote: true });
    let mut asked = vec![words("replay --format json".to_owned())];
    for fact in [5, 6] {
        asked.push(words(format!("show {fact}")));
        asked.push(words(format!("log {fact}")));
        asked.push(words(format!("replay --document 4 --limit {fact}")));
    }
    same(&ledger, &asked);
    let replay = annals(&ledger, &["replay", "--format", "json"]);
    let replay: serde_json::Value = serde_json::from_slice(&replay.stdout).expect("JSON");
    for index in 0..2 {
        let bodies = &replay["facts"][index]["bodies"];
        let of: Vec<_> = bodies.as_array().expect("a list").iter().map(|row| &row["of"]).collect();
        assert_eq!(of, [7], "{index}: {bodies}");
    }
}

/// A record in which one fact has this many disputes, some of them ended, the length of its index's
/// rows, and its ledger.
fn disputed(disputes: usize, folder: &Path) -> (PathBuf, u64, usize) {
    let mut clerk = Clerk::new(1, 1);
    let mut last = 0;
    for number in 0..disputes {
        clerk.sign(["bo", "cy", "dan"][number % 3], acts::disputed(5));
        last = clerk.ledger.events.len() as u64 - 1;
        if number % 7 == 3 {
            clerk.sign("dan", acts::upheld(last));
        }
    }
    clerk.sign("ada", acts::stolen("cy", last / 2));
    let ledger = clerk.write(folder);
    let events = clerk.ledger.events.len();
    assert_eq!(make(&ledger), IndexStatus::Same { events: events as u64, wrote: true });
    let rows = fs::metadata(ledger.join("index/tree")).expect("the rows").len();
    (ledger, rows, events)
}

/// Each dispute makes a row of its fact: the rows of many disputes must not have all of them.
#[test]
fn the_rows_of_a_fact_with_many_disputes_stay_small_and_say_the_same() {
    let folders = [(); 2].map(|()| tempfile::tempdir().expect("a folder"));
    let (_, few, _) = disputed(300, folders[0].path());
    let (ledger, many, events) = disputed(600, folders[1].path());
    assert!(many * 10 < few * 25, "twice the disputes: {few} and {many} bytes");
    let mut asked = Vec::new();
    for point in [70, 300, 401, events - 2, events - 1] {
        asked.push(words(format!("show 5 --as-of {point} --format json")));
        asked.push(words(format!("replay --as-of {point} --state")));
        asked.push(words(format!("diff {point} 500 --format json")));
    }
    asked.push(words("log 5 --newest".to_owned()));
    asked.push(words("status --format json".to_owned()));
    same(&ledger, &asked);
}

/// FORMAT.md section 12: a proof has every redaction of an event that it has.
#[test]
fn a_proof_has_the_redaction_of_an_editors_words_with_an_index_as_without_one() {
    let mut clerk = Clerk::new(1, 1);
    for (by, act) in [("bo", acts::asserted(4)), ("dan", acts::redacted(1))] {
        clerk.sign(by, act);
    }
    let folder = tempfile::tempdir().expect("a folder");
    let ledger = clerk.write(folder.path());
    let proof = folder.path().join("6.proof");
    let path = proof.to_str().expect("text");
    let prove = || {
        let made = annals(&ledger, &["prove", "6", "-o", path]);
        assert!(made.status.success(), "{made:?}");
        let text = fs::read_to_string(&proof).expect("a proof");
        fs::remove_file(&proof).expect("removed");
        text
    };
    let without = prove();
    assert_eq!(make(&ledger), IndexStatus::Same { events: 8, wrote: true });
    assert_eq!(prove(), without);
    let events: Vec<&str> = without.lines().filter(|line| line.starts_with("event ")).collect();
    assert_eq!(events, ["event 0", "event 1", "event 3", "event 4", "event 6", "event 7"]);
}

/// `ANNALS_HISTORIES` sets the number of further histories.
#[test]
fn every_answer_of_a_first_history_is_that_of_a_fresh_fold() {
    let more = std::env::var("ANNALS_HISTORIES").ok().and_then(|text| text.parse().ok());
    for seed in [1].into_iter().chain(4..4 + more.unwrap_or(0_u64)) {
        history(seed);
    }
}

#[test]
fn every_answer_of_a_second_history_is_that_of_a_fresh_fold() {
    history(2);
}

#[test]
fn every_answer_of_a_third_history_is_that_of_a_fresh_fold() {
    history(3);
}

/// Every command that reads a record for people, in each form that uses the index.
fn readings(size: usize, dice: &mut Dice) -> Vec<Vec<String>> {
    let (one, other) = (dice.below(size - 60) + 20, dice.below(40) + 1);
    let (event, past) = (dice.below(one), size - other);
    let lines = [
        "replay".to_owned(),
        format!("replay --as-of {one} --format json"),
        "replay --status confirmed --format csv".to_owned(),
        format!("replay --as-of {past} --state"),
        format!("show {event} --format json"),
        format!("show {event} --as-of {one}"),
        "log --format json".to_owned(),
        format!("log {event}"),
        format!("log --newest --from {one}"),
        "find yes --format json".to_owned(),
        format!("find yes --as-of {one}"),
        format!("diff {one} --format json"),
        format!("diff {one} {past} --unified"),
        format!("diff {event} {one} --by Ada"),
        "replay --as-of 2022-02-01 --format json".to_owned(),
        "blame 20".to_owned(),
        "status --format json".to_owned(),
        "timeline --html PAGE".to_owned(),
        "document list --format json".to_owned(),
        format!("editor list --as-of {one} --format json"),
        "review --by Dan".to_owned(),
        "review --by Dan --limit 3".to_owned(),
        format!("find she --limit 4 --as-of {past} --format json"),
        "review --by Dan --document 20".to_owned(),
        format!("blame 20 --as-of {past} --format json"),
        "replay --document 20".to_owned(),
        "timeline --html PAGE --document 20".to_owned(),
        format!("timeline --html PAGE --from {past} --limit 2"),
    ];
    lines.into_iter().map(words).collect()
}

/// The number of events of the ledger whose index is damaged: enough for a root, and more after it.
const SIZE: usize = 262;

const FILES: [&str; 10] = annals::index::NAMES;

/// A file, and its damaged bytes.
type Damage = (String, Option<Vec<u8>>);

/// Flipped bits, truncations, zeros: `flips` of each, at places spread over the file.
fn damages(bytes: &[u8], flips: usize) -> Vec<Damage> {
    let mut all = vec![("missing".to_owned(), None), ("empty".to_owned(), Some(Vec::new()))];
    let mut add = |what: String, bytes: Vec<u8>| all.push((what, Some(bytes)));
    let length = bytes.len();
    for at in (0..length).step_by(length / flips.min(length) + usize::from(flips < length)) {
        let mut flipped = bytes.to_vec();
        flipped[at] ^= 1 << (at % 8);
        add(format!("byte {at} flipped"), flipped);
    }
    for part in 1..=(flips / 8).max(1) {
        let at = length * part / (flips / 8 + 2);
        add(format!("cut to {at}"), bytes[..at].to_vec());
        for count in [64, 4_096, length] {
            let mut zeros = bytes.to_vec();
            zeros[at..(at + count).min(length)].fill(0);
            add(format!("{count} zeros from {at}"), zeros);
        }
    }
    add("cut by one".to_owned(), bytes[..length - 1].to_vec());
    add("zeros beyond".to_owned(), [bytes, &[0; 5_000]].concat());
    add("bytes beyond".to_owned(), [bytes, &bytes[..length / 2]].concat());
    all
}

/// Whatever the damage of an index, each answer is that of the folded record. `ANNALS_FLIPS` sets
/// how many bytes of each file are flipped, or `all`, and then every question is repeated each
/// time; by default a part.
#[test]
fn no_answer_over_a_damaged_index_is_another_one() {
    let mut clerk = Clerk::new(7, 2);
    clerk.grow(200);
    let fork = |seed: u64| {
        let (ledger, state) = (clerk.ledger.clone(), clerk.state.clone());
        let mut other = Clerk { ledger, state, dice: Dice(seed) };
        other.grow(SIZE);
        other
    };
    let folder = tempfile::tempdir().expect("a folder");
    let made = |clerk: &Clerk, name: &str| {
        let folder = folder.path().join(name);
        let ledger = clerk.write(&folder);
        make(&ledger);
        ledger
    };
    let mut this = fork(11);
    let others = [made(&clerk, "before"), made(&fork(12), "fork")];
    let ledger = made(&this, "this");
    let index = ledger.join("index");
    let whole = |name: &str| fs::read(index.join(name)).expect("a file");
    let asked = readings(SIZE, &mut this.dice);
    let bare = this.write(&folder.path().join("bare"));
    let folded = says(&bare, &asked);
    for (answer, asked) in folded.iter().zip(&asked) {
        assert_eq!(answer.0, Some(0), "{}: {}", asked.join(" "), answer.2);
    }

    let flips = std::env::var("ANNALS_FLIPS").ok();
    let every = if flips.is_some() { 1 } else { 9 };
    let flips = match flips.as_deref() {
        None => 3,
        Some("all") => usize::MAX,
        Some(count) => count.parse().expect("a number"),
    };
    let mut cases: Vec<(&str, Damage)> = Vec::new();
    for name in FILES {
        cases.extend(damages(&whole(name), flips).into_iter().map(|damage| (name, damage)));
        for other in FILES.iter().filter(|other| **other != name) {
            cases.push((name, (format!("is {other}"), Some(whole(other)))));
        }
        for other in &others {
            let bytes = fs::read(other.join("index").join(name)).expect("a file");
            cases.push((name, (format!("is that of {}", other.display()), Some(bytes))));
        }
    }
    let next = AtomicUsize::new(0);
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for number in 0..threads {
            let place = folder.path().join(format!("thread-{number}"));
            let (cases, next, asked, folded) = (&cases, &next, &asked, &folded);
            let (this, whole) = (&this, &whole);
            scope.spawn(move || {
                let ledger = this.write(&place);
                make(&ledger);
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    let Some((name, (what, bytes))) = cases.get(number) else { break };
                    let path = ledger.join("index").join(name);
                    match bytes {
                        Some(bytes) => fs::write(&path, bytes).expect("written"),
                        None => fs::remove_file(&path).expect("removed"),
                    }
                    let part = (number % every..asked.len()).step_by(every);
                    let part: Vec<usize> = part.collect();
                    let questions: Vec<_> = part.iter().map(|at| asked[*at].clone()).collect();
                    for (answer, at) in says(&ledger, &questions).iter().zip(&part) {
                        let folded = &folded[*at];
                        let asked = asked[*at].join(" ");
                        let case = format!("{name} {what}: {asked}: {}", answer.2);
                        assert_eq!(answer.0, folded.0, "{case}");
                        assert!(answer.1 == folded.1, "{case}");
                        let told = answer.2.replace(&folded.2, "");
                        let note = format!(
                            "; the answer is from the journal; annals --ledger {} repair --index \
                             rebuilds the index\n",
                            ledger.display()
                        );
                        let noted = told.starts_with("note: the index ") && told.ends_with(&note);
                        assert!(told.is_empty() || noted, "{case}");
                    }
                    fs::write(&path, whole(name)).expect("written back");
                }
            });
        }
    });
}
