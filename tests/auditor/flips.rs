//! Flips every byte of a small record, of its checkpoint and of a pin in turn.
//!
//! Always holds: the verdict is never yes for other bytes than the signed ones, and always names a
//! specific rule; bytes that are ignored by rule are counted as ignored. Not here: the comparison
//! with the second implementation (`second_implementation`).

use crate::auditor::desk::Desk;
use crate::support::files::{CHECKPOINT, Files, JOURNAL, MARKS, PIN, head_text, note};
use crate::support::published::PUBLISHED;
use crate::support::source::judge_with;
use crate::support::texts::TEXT;
use crate::support::{Ledger, Outcome, acts};

/// Opened, a document, a quotation of it; the checkpoint carries a line of an unknown key.
fn small() -> Files {
    let mut ledger = Ledger::opened();
    ledger.capture("ada", TEXT, "null");
    ledger.sign("ada", acts::asserted(1));
    let mut files = ledger.files();
    let text = head_text(acts::ORIGIN, 3, &ledger.root(3));
    let signers = ["log".to_owned(), "a witness".to_owned()];
    files.insert(CHECKPOINT.to_owned(), note(&text, &signers).into_bytes());
    files.insert(PIN.to_owned(), ledger.pin(3).into_bytes());
    files
}

fn flipped(files: &Files, name: &str, at: usize) -> (Files, Outcome) {
    let mut changed = files.clone();
    // The lowest bit of a digit gives another digit, the highest gives invalid text.
    let bit = if at.is_multiple_of(3) { 0x80 } else { 0x01 };
    changed.get_mut(name).unwrap()[at] ^= bit;
    let outcome = judge_with(&changed, 1);
    (changed, outcome)
}

fn rules(outcome: &Outcome) -> Vec<u16> {
    outcome.faults.iter().map(|(rule, _)| *rule).collect()
}

/// The part of the journal that a byte belongs to: place, statement, signature, body or commit
/// line.
fn parts(journal: &[u8]) -> Vec<&'static str> {
    let (mut parts, mut line) = (Vec::new(), 0);
    for bytes in journal.split_inclusive(|byte| *byte == b'\n') {
        let part = match bytes.starts_with(b"= ") {
            true => "closing",
            false => ["place", "statement", "signature", "body"][line % 4],
        };
        line = if part == "closing" { 0 } else { line + 1 };
        parts.extend(bytes.iter().map(|byte| if *byte == b'\n' { "end" } else { part }));
    }
    parts
}

#[test]
fn a_flipped_byte_of_the_journal_breaks_the_rule_of_its_line() {
    let files = small();
    let parts = parts(&files[JOURNAL]);
    for (at, part) in parts.iter().enumerate() {
        let (_, outcome) = flipped(&files, JOURNAL, at);
        let found = rules(&outcome);
        let expected = |rule: &u16| match *part {
            // Another time that is later than the one before breaks only the tree.
            "place" => matches!(rule, 102 | 201 | 202 | 206 | 704),
            "statement" => matches!(rule, 103 | 207 | 301 | 302),
            "signature" => matches!(rule, 105 | 302),
            "body" => *rule == 601,
            // A damaged commit line leaves events without an end.
            "closing" => matches!(rule, 705 | 706 | 910),
            _ => (101..=910).contains(rule),
        };
        assert!(found.iter().any(expected), "byte {at}, {part}: {outcome}");
        assert_ne!(outcome.exit, 0, "byte {at}, {part}");
    }
    assert!(parts.len() > 2_000);
}

#[test]
fn a_flipped_byte_of_a_document_is_606_and_of_a_pin_803() {
    let files = small();
    let document = files.keys().find(|name| name.starts_with("ledger/document/")).unwrap();
    for at in 0..files[document].len() {
        let (_, outcome) = flipped(&files, document, at);
        assert_eq!(outcome.faults, [(606, Some(1))], "byte {at}: {outcome}");
    }
    for at in 0..files[PIN].len() {
        let (_, outcome) = flipped(&files, PIN, at);
        assert_eq!((outcome.exit, outcome.faults), (2, vec![(803, None)]), "byte {at}");
    }
}

#[test]
fn a_flipped_byte_of_a_checkpoint_is_reported_or_counted_as_ignored() {
    let files = small();
    let text = String::from_utf8(files[CHECKPOINT].clone()).unwrap();
    let unknown = text.rfind('\u{2014}').unwrap();
    let mut ignored = 0;
    for at in 0..text.len() {
        let (_, outcome) = flipped(&files, CHECKPOINT, at);
        match rules(&outcome).as_slice() {
            [] => {
                ignored += 1;
                assert!(at > unknown, "byte {at} is signed, and a yes was said about another");
                assert_eq!(outcome.report.anchors.ignored_lines, 1, "byte {at}");
            }
            rules => {
                // Without its last LF it is one that was cut.
                let cut = at + 1 == text.len() && rules == [911];
                let told = rules.iter().all(|rule| (701..=706).contains(rule));
                assert!(told || cut, "{at}: {outcome}");
                let own = outcome.report.anchors.checkpoint_holds;
                assert!(!own, "byte {at}: {outcome}");
            }
        }
    }
    // Most of the unknown line's base64 is still base64 after a flip.
    assert!(ignored > 20, "{ignored}");
}

/// The small record with all marks; its checkpoint of all events, or the one before.
fn marked(signed: u64) -> Files {
    let mut files = small();
    let mut ledger = Ledger::opened();
    ledger.capture("ada", TEXT, "null");
    ledger.sign("ada", acts::asserted(1));
    let marks: String = (1..=3).map(|size| ledger.mark(size)).collect();
    files.insert(MARKS.to_owned(), marks.into_bytes());
    files.insert(CHECKPOINT.to_owned(), ledger.checkpoint(signed).into_bytes());
    files
}

/// Every byte, with the checkpoint of all events and with the one before: a writer that was killed
/// just before it replaced the checkpoint leaves the latter.
#[test]
fn a_flipped_byte_accuses_nobody() {
    for signed in [3, 2] {
        let files = marked(signed);
        assert_eq!(judge_with(&files, 1).exit, 0);
        for name in [JOURNAL, MARKS] {
            // The verdicts before the last commit are those with the whole checkpoint.
            let step = if signed == 3 { 1 } else { 5 };
            for at in (0..files[name].len()).step_by(step) {
                let (_, outcome) = flipped(&files, name, at);
                assert_ne!(outcome.exit, 4, "byte {at} of {name}, {signed} signed: {outcome}");
                // Without a valid mark of this record the previous mark counts.
                assert!(name == MARKS || outcome.exit > 0, "byte {at} of {name}: {outcome}");
            }
        }
    }
}

#[test]
fn a_flipped_byte_of_a_published_bundle_accuses_nobody() {
    let mut ledger = Ledger::opened();
    ledger.sign("ada", acts::changed(2));
    let mut files = ledger.published(&[2]);
    files.insert(PIN.to_owned(), ledger.pin(2).into_bytes());
    assert_eq!(judge_with(&files, 1).exit, 0);
    let bundle = format!("{PUBLISHED}tile/entries/000.p/2");
    for at in 0..files[&bundle].len() {
        let (_, outcome) = flipped(&files, &bundle, at);
        assert!(matches!(outcome.exit, 1 | 2), "byte {at}: {outcome}");
    }
}

/// No command reports a flipped byte as another record that somebody signed.
#[test]
fn no_command_accuses_anybody_of_a_flipped_byte() {
    let commands = [
        "verify --pin pin",
        "verify",
        "status",
        "log",
        "export --to bag --unsigned",
        "publish pub --no-witness",
        "repair",
        "append nothing.jsonl --by ada --yes",
        "prove 2",
    ];
    for signed in [3, 2] {
        let files = marked(signed);
        let length = files[JOURNAL].len();
        // The last signature, the time of the last place, a body, the last commit line.
        let text = String::from_utf8(files[JOURNAL].clone()).unwrap();
        let time = text.rfind(".000000Z\"}\n").unwrap() + 6;
        for at in [length - 3, length - 95, length - 400, time, 700] {
            for command in commands {
                let desk = Desk::with(&files);
                std::fs::write(desk.path("nothing.jsonl"), "").unwrap();
                let mut bytes = files[JOURNAL].clone();
                bytes[at] ^= 1;
                std::fs::write(desk.path(JOURNAL), bytes).unwrap();
                let answer = desk.run(command);
                let said = format!("{}{}", answer.out, answer.err);
                let found = format!("{command}, byte {at}, {signed} signed: {said}");
                assert_ne!(answer.exit, 4, "{found}");
                assert!(!said.contains("fork") && !said.contains("evidence ("), "{found}");
                assert!(!desk.path("pin.evidence").exists(), "{found}");
            }
        }
    }
}

/// Version control changes line endings on some systems: one fault for all of it, with advice.
#[test]
fn a_ledger_with_other_line_ends_is_one_line_of_damage() {
    let files = marked(3);
    let desk = Desk::with(&files);
    for name in [JOURNAL, CHECKPOINT] {
        let text = String::from_utf8(files[name].clone()).unwrap().replace('\n', "\r\n");
        std::fs::write(desk.path(name), text).unwrap();
    }
    // Another one, with the line ends of old systems.
    let other = Desk::with(&files);
    let text = String::from_utf8(files[JOURNAL].clone()).unwrap().replace('\n', "\r");
    std::fs::write(other.path(JOURNAL), text).unwrap();
    let answer = other.run("verify --pin pin");
    let told: Vec<&str> = answer.out.lines().filter(|line| line.starts_with("damage")).collect();
    assert_eq!((answer.exit, told.len()), (2, 1), "{}", answer.out);
    assert!(told[0].contains("its lines end with CR; if git did it"), "{}", answer.out);
    let answer = desk.run("verify --pin pin");
    assert_eq!(answer.exit, 2, "{}", answer.out);
    let told: Vec<&str> = answer.out.lines().filter(|line| line.starts_with("damage")).collect();
    assert_eq!(told.len(), 1, "{}", answer.out);
    assert!(told[0].contains("its lines end with CR LF"), "{}", answer.out);
    assert!(told[0].contains(".gitattributes") && told[0].contains("* -text"), "{}", answer.out);
    assert!(!answer.out.contains("fork") && !desk.path("pin.evidence").exists());
    for command in ["status", "log", "export --to bag --unsigned", "publish pub --no-witness"] {
        let answer = desk.run(command);
        assert_eq!(answer.exit, 2, "{command}: {}{}", answer.out, answer.err);
        assert!(answer.err.contains("its lines end with CR LF"), "{command}: {}", answer.err);
    }
}

/// What to do is about the journal: the checkpoint is as it was.
#[test]
fn a_journal_with_other_line_ends_is_built_from_the_store() {
    let files = marked(3);
    let desk = Desk::with(&files);
    let text = String::from_utf8(files[JOURNAL].clone()).unwrap().replace('\n', "\r\n");
    std::fs::write(desk.path(JOURNAL), text).unwrap();
    let answer = desk.run("verify");
    let advice: Vec<&str> =
        answer.out.lines().filter(|line| line.starts_with("what to do: ")).collect();
    let expected = "what to do: annals repair builds a damaged journal from the store, if that is \
                    whole; annals repair --from COPY takes it from another copy";
    assert_eq!(advice, [expected], "{}", answer.out);
}

#[test]
fn a_damaged_event_of_a_pinned_record_is_named() {
    let mut ledger = Ledger::opened();
    for number in 1..80 {
        ledger.sign("ada", acts::changed(1 + number % 9));
    }
    let mut files = ledger.files();
    files.insert(PIN.to_owned(), ledger.pin(80).into_bytes());
    let time = "00:00:20.000000Z\"}";
    crate::support::tamper::replace(&mut files, JOURNAL, time, "00:00:20.000001Z\"}");
    let outcome = judge_with(&files, 1);
    assert_eq!(outcome.exit, 1, "{outcome}");
    let said = "at size 80 the record is not the pinned one: event 20 is not as it was written";
    assert_eq!(outcome.report.anchors.explained, [said]);
}
