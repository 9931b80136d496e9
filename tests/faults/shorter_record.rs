//! A record that ends before the size in its checkpoint: every command that reads reports it.

use crate::faults::newsroom::{EVENTS, JOURNAL, newsroom};

const READING: [&str; 11] = [
    "replay",
    "show 2",
    "log",
    "log 2",
    "find Moscow",
    "diff 1 2",
    "blame 1",
    "timeline --html page.html",
    "document list",
    "editor list",
    "status",
];

#[test]
fn a_reader_warns_of_events_that_are_missing() {
    let room = newsroom();
    let text = room.journal();
    let end = text.match_indices("\n= ").nth(1).unwrap().0 + 1;
    let end = end + text[end..].find('\n').unwrap() + 1;
    room.write(JOURNAL, &text[..end]);
    // The marks of the log key would report it too, but are not available everywhere.
    room.remove("keys/log.marks");
    let told = format!(
        "warning: the checkpoint covers {EVENTS} events, here are 3: events are missing; \
         annals verify lists all faults\n"
    );
    for command in READING {
        let answer = room.run(command);
        assert_eq!((answer.exit, &*answer.told()), (2, &*told), "{command}: {answer:?}");
        assert!(!answer.out.is_empty(), "{command}");
    }
    let status = room.run("status").out;
    let line = "checkpoint    covers 5 events, but only 3 are here: events are missing (annals \
                verify lists all faults)\n";
    assert!(status.contains(line), "{status}");
}

#[test]
fn a_reader_warns_of_a_misnamed_journal_and_still_answers() {
    let room = newsroom();
    room.rename(JOURNAL, "ledger/journal/00000000000000000007.log");
    let told = "warning: the record has 1 fault; annals verify lists all faults\n";
    for command in READING {
        let answer = room.run(command);
        assert_eq!((answer.exit, &*answer.told()), (1, told), "{command}: {answer:?}");
        assert!(!answer.out.is_empty(), "{command}");
    }
    assert_eq!(room.run("verify").exit, 2);
}

#[test]
fn threads_are_bounded() {
    let room = newsroom();
    for (jobs, exit) in [("1", 0), ("256", 0), ("0", 2), ("257", 2), ("18446744073709551615", 2)] {
        let answer = room.run(&format!("verify --jobs {jobs}"));
        assert_eq!(answer.exit, exit, "{jobs}: {answer:?}");
        let told = match jobs {
            "0" | "257" => format!("expected a whole number from 1 to 256, found {jobs:?}"),
            _ => format!("expected a smaller number, found {jobs:?}"),
        };
        let told = format!("annals: --jobs <N>: {told}\n");
        assert!(exit == 0 || answer.err == told, "{jobs}: {answer:?}");
    }
}

/// The marks are as they were: they show that the journal is not.
#[test]
fn marks_of_a_journal_that_was_cut_are_not_called_damaged() {
    let room = newsroom();
    let text = room.journal();
    room.write(JOURNAL, &text[..text.len() - 100]);
    let status = room.run("status");
    let line = "marks         the log key signed 5 events, here are 4: events are missing at the \
                end (annals verify lists all faults)\n";
    assert!(status.out.contains(line), "{status:?}");
    assert_eq!(status.exit, 2, "{status:?}");
    let json: serde_json::Value =
        serde_json::from_str(&room.run("status --format json").out).unwrap();
    assert_eq!(json["marks"], serde_json::json!({"short": 5}));
    // No signature of the checkpoint is judged, so none is called unknown.
    let verdict = room.run("verify");
    assert!(verdict.out.contains("the record has 4: event 4 is missing\n"), "{verdict:?}");
    assert!(!verdict.out.contains("ignored: 1 signature"), "{verdict:?}");
}
