//! Vectors of "What accuses nobody": differences that the record explains by its own faults, and
//! others that it does not.

use super::{Case, bad};
use crate::support::files::{
    CHECKPOINT, Files, JOURNAL, MARKS, PIN, head_text, root, signature_blob,
};
use crate::support::ledger::Made;
use crate::support::tamper::{rearrange, replace};
use crate::support::{Ledger, acts};
use annals_core::hash::Hash;

fn of(confirmations: &[u64]) -> Ledger {
    let mut ledger = Ledger::opened();
    for number in confirmations {
        ledger.sign("ada", acts::changed(*number));
    }
    ledger
}

fn ledger() -> Ledger {
    of(&[2, 3, 4])
}

/// Marks of the first events of a ledger and a pin of them, in place of those of some files.
fn watch(files: &mut Files, by: &Ledger, size: u64) {
    let marks: String = (1..=size).map(|size| by.mark(size)).collect();
    files.insert(MARKS.to_owned(), marks.into_bytes());
    files.insert(PIN.to_owned(), by.pin(size).into_bytes());
}

/// The watched ledger with a text of its journal replaced.
fn damaged(from: &str, to: &str) -> Files {
    let mut files = ledger().files();
    watch(&mut files, &ledger(), 4);
    replace(&mut files, JOURNAL, from, to);
    files
}

/// A text with its last digit changed into another, as one flipped bit does.
fn digit(text: &str) -> String {
    let at = text.rfind(|c: char| c.is_ascii_digit()).expect("a digit");
    let other = if text.as_bytes()[at] == b'6' { "7" } else { "6" };
    format!("{}{other}{}", &text[..at], &text[at + 1..])
}

pub fn cases() -> Vec<Case> {
    let mut out = reported_by_their_own_rules();
    out.extend(shorter());
    out.extend(not_explained());
    out.extend(marks());
    out.extend(changed_on_their_way());
    out
}

fn reported_by_their_own_rules() -> Vec<Case> {
    let Made { place, signature, .. } = ledger().events[3].clone();
    let second = ledger().events[1].signature.clone();
    let first = ledger().events[0].clone();
    let opening = first.statement.replace("\"origin\":\"e", "\"origin\":\"d");
    let closed_again = {
        let mut files = rearrange(&ledger(), |events| {
            let event = &mut events[3];
            event.statement = event.statement.replace(":4}", ":5}");
        });
        watch(&mut files, &ledger(), 4);
        files
    };
    vec![
        bad(
            "706-closing-explains",
            "The time of the last event has another digit: the closing line says so.",
            damaged(&place, &place.replace(":03.000000Z", ":03.000001Z")),
            &[(704, -1), (706, 4)],
        ),
        bad(
            "302-signature-explains",
            "A signature has another digit, and mark and pin are of what was written.",
            damaged(&second, &digit(&second)),
            &[(704, -1), (302, 1), (202, 2), (203, 2), (706, 2)],
        ),
        bad(
            "105-signature-form-explains",
            "The last signature lacks its first digit.",
            damaged(&signature, &signature[1..]),
            &[(704, -1), (105, 3), (706, 4)],
        ),
        bad(
            "302-signature-explains-opening",
            "The origin in event 0 has another letter, so nothing was opened.",
            damaged(&first.statement, &opening),
            &[
                (703, -1),
                (704, -1),
                (302, 0),
                (202, 1),
                (203, 1),
                (401, 1),
                (706, 1),
                (401, 2),
                (401, 3),
            ],
        ),
        bad(
            "302-signature-explains-closed",
            "A statement was changed and every commit closed again: its signature says so.",
            closed_again,
            &[(704, -1), (302, 3)],
        ),
    ]
}

fn shorter() -> Vec<Case> {
    let text = ledger().journal();
    let closing = text.lines().rfind(|line| line.starts_with("= ")).expect("a closing line");
    let unsigned = |from: &str, to: &str, without: &str| {
        let mut files = damaged(from, to);
        files.insert(CHECKPOINT.to_owned(), ledger().checkpoint(3).into_bytes());
        files.remove(without);
        files
    };
    let Made { place, signature, .. } = ledger().events[3].clone();
    let torn = |without| unsigned(&signature, &digit(&signature), without);
    vec![
        bad(
            "705-short-mark",
            "The last commit is damaged, so no part of the record, and the log key signed it.",
            torn(PIN),
            &[(705, -1)],
        ),
        bad("705-short-pin", "The same, and it was pinned.", torn(MARKS), &[(705, -1)]),
        bad(
            "705-short-line",
            "The last closing line is none any more, and mark and pin are of its commit.",
            unsigned(closing, &closing.replace("= ", "< "), ""),
            &[(705, -1)],
        ),
        bad(
            "705-short-framing",
            "Two lines of an event became one, so there is an event less.",
            damaged(&format!("{place}\n"), &format!("{place} ")),
            &[(705, -1), (706, 3), (910, 3)],
        ),
    ]
}

fn not_explained() -> Vec<Case> {
    let other = of(&[2, 5, 4]);
    let (mut body, mut behind, mut line) = (ledger().files(), ledger().files(), ledger().files());
    let old = &ledger().events[1].body;
    replace(&mut body, JOURNAL, old, &digit(old));
    watch(&mut body, &other, 4);
    let last = ledger().events[3].signature.clone();
    replace(&mut behind, JOURNAL, &last, &digit(&last));
    watch(&mut behind, &other, 3);
    let text = ledger().journal();
    let first = text.lines().find(|line| line.starts_with("= ")).expect("a closing line");
    let words: Vec<&str> = first.split(' ').collect();
    replace(&mut line, JOURNAL, first, &format!("= 1 {} {}", words[3], words[3]));
    watch(&mut line, &other, 4);
    vec![
        bad(
            "707-behind-mark-body",
            "Another record was signed, and a body here is damaged, which no root holds.",
            body,
            &[(707, -1), (802, -1), (601, 1), (706, 2)],
        ),
        bad(
            "707-behind-mark-before",
            "Another record was signed up to event 2, and the fault here is behind it.",
            behind,
            &[(704, -1), (707, -1), (802, -1), (302, 3), (706, 4)],
        ),
        bad(
            "707-behind-mark-line",
            "Another record was signed, and only a closing line is damaged here.",
            line,
            &[(707, -1), (802, -1), (706, 1)],
        ),
    ]
}

fn marks() -> Vec<Case> {
    let with = |mark: String| {
        let mut files = ledger().files();
        files.insert(MARKS.to_owned(), mark.into_bytes());
        files
    };
    let base64 = |root: Hash| annals_core::tlog::to_base64(&root.0);
    let mark = ledger().mark(4);
    let (own, another) = (base64(ledger().root(4)), Hash::of(&[b"another root"]));
    let foreign = {
        let root = root(&[another]);
        let blob = signature_blob(acts::ORIGIN, "log-2", &head_text(acts::ORIGIN, 1, &root));
        format!("{} 1 {} {blob}\n", acts::ORIGIN, base64(root))
    };
    vec![
        bad(
            "911-unreadable-mark-root",
            "The root in the last mark is another, and its signature says so.",
            with(mark.replace(&own, &base64(another))),
            &[(911, -1)],
        ),
        bad(
            "911-unreadable-mark-count",
            "The size in the last mark is another, and its signature says so.",
            with(mark.replace(" 4 ", " 5 ")),
            &[(911, -1)],
        ),
        bad(
            "707-behind-mark-key",
            "A log key that this record does not name signed another record.",
            with(foreign),
            &[(707, -1)],
        ),
    ]
}

/// Changes of a text by mail programs, editors and version control: they are not reported as false.
fn changed_on_their_way() -> Vec<Case> {
    let carried = |name: &str, end: &str| {
        let mut files = ledger().files();
        watch(&mut files, &ledger(), 4);
        let text = String::from_utf8(files[name].clone()).expect("text");
        files.insert(name.to_owned(), text.replace('\n', end).into_bytes());
        files
    };
    let text = String::from_utf8(ledger().files()[CHECKPOINT].clone()).expect("text");
    let checkpoint = |name: &str, about: &'static str, text: String| {
        let mut files = ledger().files();
        files.insert(CHECKPOINT.to_owned(), text.into_bytes());
        bad(&format!("911-unreadable-changed-checkpoint-{name}"), about, files, &[(911, -1)])
    };
    vec![
        checkpoint("cut", "The checkpoint ends within a line.", text[..text.len() / 2].to_owned()),
        checkpoint("more", "An empty line stands behind the checkpoint.", format!("{text}\n")),
        checkpoint("mark", "It begins with a byte order mark.", format!("\u{feff}{text}")),
        bad(
            "911-unreadable-changed-journal",
            "All lines of the journal end with CR LF, and mark and pin are of what was written.",
            carried(JOURNAL, "\r\n"),
            &[(911, -1)],
        ),
        bad(
            "911-unreadable-changed-journal-cr",
            "All lines of the journal end with CR alone, and mark and pin are of what was written.",
            carried(JOURNAL, "\r"),
            &[(911, -1)],
        ),
        bad(
            "911-unreadable-changed-checkpoint",
            "The lines of the checkpoint end with CR LF.",
            carried(CHECKPOINT, "\r\n"),
            &[(911, -1)],
        ),
        bad(
            "803-pin-damaged-changed",
            "The lines of a pin end with CR LF.",
            carried(PIN, "\r\n"),
            &[(803, -1)],
        ),
    ]
}
