//! The index of words against a scan of every body: the same answers, and nothing of what is
//! redacted.
//!
//! Always holds: histories are random and legal, with words of many scripts, corrections, seals,
//! redactions and stolen keys; they are long enough for several runs and events after the last one.

use crate::index::{Clerk, entry, make, paths};
use crate::slice::{open, stamped};
use crate::support::acts::{self, Act};
use crate::support::random;
use crate::support::tamper::Dice;
use crate::support::texts::{TEXT, evidence, fact, spell};
use annals::index::IndexStatus;
use annals::ledger::paths::Paths;
use annals::ledger::query::scan::scan;
use annals::ledger::query::search::{Search, SearchEffort, search};
use annals::ledger::query::{View, no_fact};
use annals::ledger::reader::Record;
use annals::ledger::write::append::commit;
use annals::ledger::write::prepared_batch::PreparedBatch;
use annals::ledger::write::slice::Needs;
use annals::ledger::write::writer::Writer;
use annals_core::event::record::Reading;
use annals_core::search::{Phrase, WordMatch};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

/// Words that a search must not confuse: cases, accents in two spellings, ligatures, full width,
/// scripts without spaces, borders of words, letters after which a mark would join, words that are
/// broken at the end of a line or by what is invisible.
const WORDS: [&str; 45] = [
    "core",
    "Core",
    "CORE",
    "score",
    "principle",
    "principles",
    "Straße",
    "STRASSE",
    "café",
    "cafe\u{301}",
    "cafe",
    "oﬃce",
    "office",
    "ＮＡＴＯ",
    "NATO",
    "Σίσυφος",
    "ΣΊΣΥΦΟΣ",
    "МИД",
    "мид",
    "Україна",
    "України",
    "北京",
    "在北京的会谈",
    "東京タワー",
    "ตกลงกัน",
    "서울에서",
    "العربية",
    "العَرَبِيَّة",
    "עברית",
    "हिन्दी",
    "don't",
    "don’t",
    "l'Ukraine",
    "U.S.",
    "3,500.25",
    "a_b",
    "e-mail",
    "\u{301}x",
    "İstanbul",
    "ıstanbul",
    "prin\u{AD}ciple",
    "prin-\nciple",
    "co\u{200B}re",
    "core-\r\n principle",
    "ǆ",
];
const BETWEEN: [&str; 6] = [" ", " ", " ", ", ", "—", " “"];

fn claim(dice: &mut Dice) -> String {
    let mut claim = String::new();
    for _ in 0..1 + dice.below(7) {
        claim.push_str(dice.pick(&WORDS));
        claim.push_str(dice.pick(&BETWEEN));
    }
    claim.trim().to_owned()
}

/// A word of letters that stands for a number and is nowhere else.
fn mark(number: usize) -> String {
    // A word that begins like no other one is spelt out in the files.
    match number {
        77 => return "quodlibet".to_owned(),
        78 => return "jabberwock".to_owned(),
        290 => return "xylophone".to_owned(),
        291 => return "vignette".to_owned(),
        300 => return "kaleidoscope".to_owned(),
        _ => {}
    }
    let letters = format!("{number:05}")
        .bytes()
        .map(|digit| char::from(b'p' + digit - b'0'))
        .collect::<String>();
    format!("geheim{letters}")
}

/// The act, with other words where it has those of a fact.
fn with_claim(act: Act, claim: &str) -> Act {
    let body =
        act.body.replace(r#""claim":"She said yes.""#, &format!(r#""claim":{}"#, spell(claim)));
    Act { body, ..act }
}

/// Adds random acts until there are this many events.
fn grow(clerk: &mut Clerk, size: usize) {
    while clerk.ledger.events.len() < size {
        let mut scratch = clerk.ledger.clone();
        let (by, act) = random::act(&mut scratch, &mut clerk.dice);
        clerk.ledger.documents = scratch.documents;
        let suspects = act.args.contains("\"suspect_from\":") && !act.args.contains("from\":null");
        if suspects && clerk.dice.below(9) > 0 {
            continue;
        }
        let claim = format!("{} {}", claim(&mut clerk.dice), mark(clerk.ledger.events.len()));
        clerk.try_act(by, with_claim(act, &claim));
    }
}

fn phrases(dice: &mut Dice, size: usize) -> Vec<Phrase> {
    let matching = [WordMatch::Whole, WordMatch::Part][dice.below(2)];
    let mut phrases = Vec::new();
    while phrases.len() < 1 + dice.below(2) {
        let mut text = match dice.below(8) {
            0 => mark(dice.below(size)),
            1 => "she said".to_owned(),
            2 => ["no such word", "unnamed", "ge", "a"][dice.below(4)].to_owned(),
            3 => claim(dice),
            4 => format!("{} {}", dice.pick(&WORDS), dice.pick(&WORDS)),
            _ => dice.pick(&WORDS).to_owned(),
        };
        if dice.below(3) == 0 {
            let points: Vec<char> = text.chars().collect();
            let from = dice.below(points.len());
            text = points[from..from + 1 + dice.below(points.len() - from)].iter().collect();
        }
        if dice.below(3) == 0 {
            text = text.to_uppercase();
        }
        phrases.extend(Phrase::new(&text, matching));
    }
    phrases
}

/// Compares a search as of a point with a scan; returns the number of facts found.
fn compare(record: &Record, phrases: &[Phrase], size: u64) -> usize {
    let view = View::some(record, size, &no_fact).expect("a view");
    assert!(!view.is_folded());
    let expected = scan(&view, phrases, 1).expect("scanned");
    let found = search(&view, phrases, 1).expect("searched");
    assert_eq!(found, expected, "{phrases:?} as of {size}");
    // In pages, of which the last ones are scanned.
    for reads in [0, 3, 1_024] {
        let mut search = Search::new(&view, phrases, SearchEffort { jobs: 1, reads });
        let (mut facts, mut withheld) = (BTreeMap::new(), BTreeMap::new());
        loop {
            let page = search.next(2).expect("searched");
            let last = page.facts.len() < 2;
            let ascend = page.facts.keys().next() > facts.keys().next_back();
            assert!(ascend || last, "{phrases:?} as of {size}");
            facts.extend(page.facts);
            withheld.extend(page.withheld);
            if last {
                break;
            }
        }
        assert_eq!((&facts, &withheld), (&expected.facts, &expected.withheld), "{phrases:?}");
    }
    expected.facts.len()
}

fn record(ledger: &Path) -> Record {
    Record::open(paths(ledger)).expect("readable")
}

/// `ANNALS_HISTORIES` sets the number of further histories.
#[test]
fn a_search_by_the_index_finds_what_a_scan_finds() {
    let more = std::env::var("ANNALS_HISTORIES").ok().and_then(|text| text.parse().ok());
    let mut found = 0;
    for seed in 1..2 + more.unwrap_or(0_u64) {
        let mut clerk = Clerk::new(seed, 1);
        grow(&mut clerk, 560);
        let folder = tempfile::tempdir().expect("a folder");
        let ledger = clerk.write(folder.path());
        assert_eq!(make(&ledger), IndexStatus::Same { events: 560, wrote: true });
        assert_eq!(make(&ledger), IndexStatus::Same { events: 560, wrote: false });
        let record = record(&ledger);
        for _ in 0..120 {
            let size = if clerk.dice.below(2) == 0 { 560 } else { clerk.dice.below(561) as u64 };
            found += compare(&record, &phrases(&mut clerk.dice, 560), size);
        }
        assert_eq!(record.index_wrong(), None);
    }
    assert!(found > 100, "{found}");
}

/// The bytes of all files of the index, by name.
pub fn files(ledger: &Path) -> BTreeMap<String, Vec<u8>> {
    let files = fs::read_dir(ledger.join("index")).expect("an index");
    let read = |file: std::io::Result<fs::DirEntry>| {
        let path = file.expect("a file").path();
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        (name, fs::read(&path).expect("readable"))
    };
    files.map(read).collect()
}

/// The files of the index in which a text stands.
pub fn with_text(ledger: &Path, text: &str) -> Vec<String> {
    let has = |bytes: &Vec<u8>| memchr::memmem::find(bytes, text.as_bytes()).is_some();
    files(ledger).into_iter().filter(|(_, bytes)| has(bytes)).map(|(name, _)| name).collect()
}

/// A ledger of 300 events: a word of its own in every fact from 6 on.
pub fn marked() -> Clerk {
    let mut clerk = Clerk::new(5, 1);
    while clerk.ledger.events.len() < 300 {
        let words = format!("Words {}.", mark(clerk.ledger.events.len()));
        let body = fact(&words, &[evidence(4, TEXT, "she said")]);
        assert!(clerk.try_act("ada", acts::asserted_fact(&body, "null")));
    }
    clerk
}

/// Writes a legal act, which may quote the document at 4.
pub fn write(paths: &Paths, writer: &mut Writer, clerk: &mut Clerk, act: Act) {
    assert!(clerk.try_act("dan", act));
    let entry = entry(clerk.ledger.events.last().expect("an event"));
    let statement = Reading::of(&entry.record).statement.expect("a statement");
    let named = statement.args.positions().into_iter().chain([4]);
    writer.need(&Needs::positions(named)).expect("a slice");
    let (entries, first) = (vec![entry], writer.size());
    let prepared = PreparedBatch { entries, first, ..PreparedBatch::default() };
    let refused = annals::ledger::write::batch::verify_last(writer, &prepared).expect("judged");
    assert_eq!(refused, None, "{}", paths.ledger.display());
    commit(writer, &prepared).expect("a receipt");
}

pub fn whole(ledger: &Path, events: u64) {
    assert_eq!(make(ledger), IndexStatus::Same { events, wrote: false });
}

#[test]
fn a_word_of_a_redacted_body_is_in_no_file_after_the_commit() {
    let mut clerk = marked();
    let folder = tempfile::tempdir().expect("a folder");
    let paths = stamped(&clerk, folder.path());
    let ledger = paths.ledger.clone();
    assert_eq!(with_text(&ledger, &mark(77)), ["words"]);
    let before = files(&ledger);
    let mut writer = open(&paths);
    assert!(!writer.is_whole());
    write(&paths, &mut writer, &mut clerk, acts::redacted(77));
    assert_eq!(with_text(&ledger, &mark(77)), [""; 0], "while the writer is open");
    assert_eq!(with_text(&ledger, &mark(78)), ["words"]);
    // An event after the last run, and one of the run to come.
    write(&paths, &mut writer, &mut clerk, acts::redacted(290));
    write(&paths, &mut writer, &mut clerk, acts::redacted(78));
    drop(writer);
    assert_eq!(with_text(&ledger, &mark(78)), [""; 0]);
    whole(&ledger, 303);
    let mut writer = open(&paths);
    assert!(!writer.is_whole(), "the files are as their writer left them");
    while writer.size() < 520 {
        let number = clerk.ledger.events.len();
        let body = fact(&mark(number), &[evidence(4, TEXT, "she said")]);
        write(&paths, &mut writer, &mut clerk, acts::asserted_fact(&body, "null"));
    }
    drop(writer);
    assert_eq!(with_text(&ledger, &mark(290)), [""; 0]);
    assert_eq!(with_text(&ledger, &mark(291)), ["words"]);
    whole(&ledger, 520);
    fs::remove_dir_all(ledger.join("index")).expect("removed");
    assert_eq!(make(&ledger), IndexStatus::Same { events: 520, wrote: true });
    for redacted in [77, 78, 290] {
        assert_eq!(with_text(&ledger, &mark(redacted)), [""; 0], "made at once");
    }
    let made = files(&ledger);

    // A writer that was killed before it forgot: its files are those from before the redactions.
    for (name, bytes) in &before {
        fs::write(ledger.join("index").join(name), bytes).expect("written");
    }
    for name in ["events", "hashes", "tree", "terms", "sorted", "roots"] {
        fs::write(ledger.join("index").join(name), &made[name]).expect("written");
    }
    assert_eq!(with_text(&ledger, &mark(77)), ["words"]);
    let opened = open(&paths);
    assert!(opened.is_whole());
    drop(opened);
    assert_eq!(with_text(&ledger, &mark(77)), [""; 0]);
    whole(&ledger, 520);
}

/// What the program prints, without the line of the point, and its exit code.
pub fn told(ledger: &Path, line: &str) -> (String, String, Option<i32>) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_annals"));
    command.arg("--ledger").arg(ledger).args(line.split(' '));
    command.env("NO_COLOR", "1").env_remove("ANNALS_LEDGER").env_remove("ANNALS_KEYS");
    let done = command.output().expect("the program runs");
    let text = |bytes| String::from_utf8(bytes).expect("text");
    let mut out = text(done.stdout);
    if let Some(at) = out.find("as of position ") {
        out.truncate(at);
    }
    (out, text(done.stderr), done.status.code())
}

/// What a search of the first two facts prints.
pub fn found(ledger: &Path, words: &str) -> (String, String) {
    let (out, err, exit) = told(ledger, &format!("find --limit 2 {words}"));
    assert_eq!(exit, Some(0), "{err}");
    (out, err)
}

/// The words of an event beyond the page are other ones than were signed: nobody reads them.
#[test]
fn what_is_beyond_a_page_is_not_read() {
    let clerk = marked();
    let folder = tempfile::tempdir().expect("a folder");
    let ledger = clerk.write(folder.path());
    make(&ledger);
    let file = ledger.join(format!("journal/{:020}.log", 100));
    let mut bytes = fs::read(&file).expect("a file");
    let at = memchr::memmem::find(&bytes, mark(150).as_bytes()).expect("the words of 150");
    bytes[at] ^= 1;
    fs::write(&file, bytes).expect("written");
    let page = folder.path().join("page.html");
    let page = page.to_str().expect("text");
    let cases = [
        ("find words".to_owned(), "--limit 2", "--limit all"),
        ("review --by Dan".to_owned(), "--limit 2", "--limit all"),
        (format!("timeline --html {page}"), "--limit 2", "--limit 5000"),
        (format!("timeline --html {page} --as-of 295"), "--from 290", "--from 150"),
        (format!("timeline --html {page} --by Ada"), "--limit 2", "--limit 200"),
    ];
    for (line, part, whole) in cases {
        let (_, err, exit) = told(&ledger, &format!("{line} {part}"));
        assert_eq!((exit, err.as_str()), (Some(0), ""), "{line} {part}");
        let (_, err, exit) = told(&ledger, &format!("{line} {whole}"));
        assert!(exit == Some(1) && err.contains("not as signed"), "{line} {whole}: {err}");
    }
}

#[test]
fn a_page_of_many_facts_and_a_word_that_is_redacted() {
    let mut clerk = marked();
    let folder = tempfile::tempdir().expect("a folder");
    let paths = stamped(&clerk, folder.path());
    let (out, told) = found(&paths.ledger, "words");
    assert_eq!(told, "");
    let lines: Vec<&str> = out.lines().collect();
    let first = format!("     6  asserted   ⟦Words⟧ {}.", mark(6));
    assert_eq!(lines.first(), Some(&first.as_str()), "{out}");
    let end = "2 facts are shown, there are more: --limit 4, or --limit all";
    assert_eq!(lines.last(), Some(&end), "{out}");
    let one = "    77  asserted   Words ⟦quodlibet⟧.
                   — Ada Example, 2026-01-01 00:01Z

1 fact
";
    assert_eq!(found(&paths.ledger, "quodlibet"), (one.to_owned(), String::new()));
    let mut writer = open(&paths);
    write(&paths, &mut writer, &mut clerk, acts::redacted(77));
    drop(writer);
    let note = "note: 1 fact could not be matched: its words are withheld\n";
    let expected = ("no fact\n".to_owned(), note.to_owned());
    assert_eq!(found(&paths.ledger, "quodlibet"), expected);
    assert_eq!(with_text(&paths.ledger, &mark(77)), [""; 0]);
}

#[test]
fn sealed_words_are_in_no_file() {
    let mut clerk = marked();
    let body = fact(&mark(300), &[evidence(4, TEXT, "she said")]);
    assert!(clerk.try_act("ada", acts::asserted_fact(&body, "\"by-hand\"")));
    grow(&mut clerk, 520);
    let folder = tempfile::tempdir().expect("a folder");
    let ledger = clerk.write(folder.path());
    make(&ledger);
    assert_eq!(with_text(&ledger, &mark(300)), [""; 0]);
    let phrase = [Phrase::new(&mark(300), WordMatch::Whole).expect("a word")];
    compare(&record(&ledger), &phrase, 520);
}

/// The index of a longer record: it leaves out what only that one redacts.
#[test]
fn what_only_a_longer_record_redacts_is_found_and_the_next_index_has_it() {
    let clerk = marked();
    let (ledger, state, dice) = (clerk.ledger.clone(), clerk.state.clone(), Dice(1));
    let mut longer = Clerk { ledger, state, dice };
    assert!(longer.try_act("dan", acts::redacted(77)));
    let folder = tempfile::tempdir().expect("a folder");
    let (here, there) =
        (clerk.write(&folder.path().join("here")), longer.write(&folder.path().join("there")));
    make(&here);
    make(&there);
    let expected = files(&here);
    for (name, bytes) in files(&there) {
        fs::write(here.join("index").join(name), bytes).expect("written");
    }
    let phrase = [Phrase::new(&mark(77), WordMatch::Whole).expect("a word")];
    assert_eq!(compare(&record(&here), &phrase, 300), 1);
    assert_eq!(make(&here), IndexStatus::Same { events: 300, wrote: true });
    assert!(files(&here) == expected);
}

/// Whatever byte of the files is another one, the answer is that of a scan.
#[test]
fn a_flipped_byte_of_the_words_changes_no_answer() {
    let mut clerk = Clerk::new(9, 1);
    grow(&mut clerk, 280);
    let folder = tempfile::tempdir().expect("a folder");
    let ledger = clerk.write(folder.path());
    make(&ledger);
    let asked: Vec<Vec<Phrase>> = (0..6).map(|_| phrases(&mut clerk.dice, 256)).collect();
    let expected: Vec<_> = {
        let record = record(&ledger);
        let view = View::some(&record, 280, &no_fact).expect("a view");
        asked.iter().map(|phrases| scan(&view, phrases, 1).expect("scanned")).collect()
    };
    // A search opens the files of words anew; the record stays open.
    let record = record(&ledger);
    let view = View::some(&record, 280, &no_fact).expect("a view");
    for name in ["words", "runs", "redacted"] {
        let path = ledger.join("index").join(name);
        let bytes = fs::read(&path).expect("a file");
        for at in 0..bytes.len() {
            let mut flipped = bytes.clone();
            flipped[at] ^= 1 << (at % 8);
            fs::write(&path, &flipped).expect("written");
            let number = at % asked.len();
            let found = search(&view, &asked[number], 1).expect("searched");
            assert_eq!(found, expected[number], "{name}, byte {at}: {:?}", asked[number]);
        }
        fs::write(&path, &bytes).expect("written back");
    }
    assert!(record.index_wrong().is_some(), "the files were read");
}
