//! The records that are asked, and the questions.
//!
//! Always holds: together they have every kind of thing that a record can have: what a command
//! enters, what only the format has (seals, redactions, refolds), and faults. Not here: the
//! comparison with the schemas (`answers`), bags, witnesses and agents (`elsewhere`).

use crate::cases::{self, Case};
use crate::schema::acts::Newsroom;
use crate::schema::answers::Answers;
use crate::schema::elsewhere;
use crate::support::disk;
use std::path::Path;
use tempfile::TempDir;

/// The questions to the newsroom; on the first day it has 20 events.
const QUESTIONS: [&str; 28] = [
    "--by ada",
    "blame 3",
    "blame 3 --as-of 8 --when 2022",
    "diff 3",
    "diff 4 --when 2022",
    "diff 7 9",
    "diff 9 18",
    "document list",
    "editor list",
    "find met",
    "find met --when 2022 --as-of 8",
    "find two --when 2022",
    "key list",
    "key show ada",
    "log",
    "log 5",
    "replay",
    "replay --as-of 8 --when 2022",
    "replay --state",
    "review --by cy",
    "show 1",
    "show 3",
    "show 4",
    "show 5 --as-of 8",
    "show 15",
    "status",
    "timeline --html page.html",
    "verify",
];

/// Good vectors that are read whole: what no command enters.
const READ: [&str; 8] = [
    "000-good-described-withheld",
    "000-good-every-type",
    "000-good-refold-cleared",
    "000-good-refold-set-aside",
    "000-good-refold-struck-in-turn",
    "000-good-seal-longest",
    "000-good-seal-released",
    "000-good-withheld",
];

/// The questions to these vectors.
const READING: [&str; 7] = [
    "replay",
    "replay --state",
    "log",
    "diff 0",
    "document list",
    "editor list",
    "prove 5 --output 5.proof",
];

/// Vectors that are verified, besides those above and all proofs.
const VERIFIED: [&str; 14] = [
    "000-good-cosigned",
    "000-good-pin-earlier",
    "000-good-published",
    "000-good-unfinished-commit",
    "000-good-version-later",
    "000-trust-ledger-quorum",
    "302-signature-explains",
    "701-checkpoint-form-none",
    "705-short",
    "707-behind-mark",
    "801-cut-below-pin",
    "802-forked-from-pin",
    "911-unreadable-mark",
    "973-tile-missing",
];

/// Asks all of them.
pub fn all(answers: &mut Answers<'_>) {
    let room = Newsroom::founded(answers);
    room.first_day(answers);
    ask(answers, room.folder.path());
    room.later(answers);
    ask(answers, room.folder.path());
    for case in cases::all() {
        let is_read = READ.contains(&case.name.as_str());
        if is_read || case.name.contains("proof") || VERIFIED.contains(&case.name.as_str()) {
            vector(answers, &case, is_read);
        }
    }
    elsewhere::all(answers, &room);
    unread_policy(answers);
}

/// A policy that cannot be read, beside a record and beside a proof.
fn unread_policy(answers: &mut Answers<'_>) {
    let cases = cases::all();
    for (part, lines) in [
        ("proof", &["verify proof"][..]),
        ("every-type", &["verify", "status", "verify --keys none"]),
    ] {
        let case =
            cases.iter().find(|case| case.name.starts_with("000") && case.name.contains(part));
        let folder = TempDir::new().unwrap();
        disk::write(folder.path(), &case.unwrap().files);
        std::fs::create_dir_all(folder.path().join("keys/policy")).unwrap();
        for line in lines {
            answers.run(folder.path(), &format!("{line} --format json"), &[]);
        }
    }
}

/// Every question, as JSON and as JSON Lines.
fn ask(answers: &mut Answers<'_>, folder: &Path) {
    for question in QUESTIONS {
        for format in ["json", "jsonl"] {
            let printed = answers.run(folder, &format!("{question} --format {format}"), &[]);
            assert_eq!(printed.exit, 0, "{question}: {}", printed.err);
        }
    }
}

/// A vector, verified, and read whole if that is asked for.
fn vector(answers: &mut Answers<'_>, case: &Case, is_read: bool) {
    let folder = TempDir::new().unwrap();
    disk::write(folder.path(), &case.files);
    let has = |name: &str| folder.path().join(name).exists();
    let what = ["published", "proof"].into_iter().find(|name| has(name)).unwrap_or("ledger");
    let mut line = format!("verify {what}");
    for option in ["pin", "policy"].into_iter().filter(|name| has(name)) {
        line.push_str(&format!(" --{option} {option}"));
    }
    let verified = answers.run(folder.path(), &format!("{line} --format json"), &[]);
    if has("ledger/journal") {
        answers.run(folder.path(), "status --format json", &[]);
    }
    if is_read {
        let verdict: serde_json::Value = serde_json::from_str(&verified.out).unwrap();
        let events = (0..verdict["size"].as_u64().unwrap()).map(|at| format!("show {at}"));
        for line in READING.map(str::to_owned).into_iter().chain(events) {
            answers.run(folder.path(), &format!("{line} --format json"), &[]);
        }
    }
}
