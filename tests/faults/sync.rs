//! A writer dies before the journal is on stable storage, or its sync fails: the next one writes
//! the bytes again, and syncs them, before any file names them.
//!
//! Uses `strace`, if it is available and may trace.

use crate::faults::newsroom::{Answer, EVENTS, JOURNAL, Newsroom, may_trace, newsroom, traced};

const NEW: &str = "Another text. The core question is still open, said one of them.";
const DRAFTS: &str = r#"{"type":"document.captured","file":"second.txt","title":"Second","lang":"en","media_type":"text/plain","captured_at":"2022-01-27T07:00:00.000000Z","ref":"second"}
{"claim":"The question is open.","lang":"en","vouch":"said","quote":"The core question is still open","document":"second"}
"#;

/// The calls of a trace in order: their names and their files.
fn calls(room: &Newsroom) -> Vec<String> {
    let trace = String::from_utf8(room.read("trace")).unwrap();
    trace.lines().map(str::to_owned).collect()
}

fn first(calls: &[String], name: &str, about: &str) -> usize {
    let is = |call: &&String| {
        call.split_once(' ').is_some_and(|(_, call)| call.trim_start().starts_with(name))
            && call.contains(about)
    };
    let found = calls.iter().position(|call| is(&call));
    found.unwrap_or_else(|| panic!("no {name} of {about} in {calls:#?}"))
}

/// The same command again: written again in place, and synced, before store, mark and checkpoint.
fn expect_written_again(room: &Newsroom) {
    let kinds = "trace=pwrite64,write,fsync,fdatasync,rename,renameat,renameat2";
    let output = traced(room, &["-e", kinds], "append drafts.jsonl").output().unwrap();
    let answer = Answer::of(output);
    assert_eq!(answer.exit, 0, "{answer:?}");
    assert!(answer.out.starts_with("already at 5 to 6 (2 events)\n"), "{answer:?}");
    let calls = calls(room);
    let document = annals_core::hash::Hash::of(&[NEW.as_bytes()]).to_string();
    let again = first(&calls, "pwrite64", JOURNAL);
    let synced = first(&calls, "fsync", JOURNAL);
    let named = first(&calls, "fsync", "ledger/journal>");
    assert!(again < synced && synced < named, "{calls:#?}");
    let text = first(&calls, "pwrite64", &document);
    let text_synced = first(&calls, "fsync", &document);
    assert!(text < text_synced && text_synced < again, "{calls:#?}");
    let said: Vec<usize> = ["keys/log.marks", "ledger/checkpoint"]
        .iter()
        .map(|about| calls.iter().position(|call| call.contains(about)).unwrap())
        .collect();
    assert!(said.iter().all(|at| *at > named), "{said:?} of {calls:#?}");
    room.expect_whole(EVENTS + 2);
}

fn room() -> Newsroom {
    let room = newsroom();
    room.write("second.txt", NEW);
    room.write("drafts.jsonl", DRAFTS);
    room
}

#[test]
fn after_a_failed_sync_the_bytes_are_written_again() {
    let room = room();
    if !may_trace(&room) {
        return;
    }
    let journal = room.path(JOURNAL);
    let inject = ["-P", journal.to_str().unwrap(), "-e", "inject=fdatasync:error=EIO:when=1"];
    let output = traced(&room, &inject, "append drafts.jsonl").output().unwrap();
    let answer = Answer::of(output);
    assert_eq!(answer.exit, 2, "{answer:?}");
    assert!(answer.err.contains("it is not known what is on disk"), "{answer:?}");
    assert!(answer.err.contains("run the same command again"), "{answer:?}");
    expect_written_again(&room);
}

#[test]
fn after_a_kill_before_the_sync_the_bytes_are_written_again() {
    let room = room();
    if !may_trace(&room) {
        return;
    }
    let journal = room.path(JOURNAL);
    let inject = ["-P", journal.to_str().unwrap(), "-e", "inject=fdatasync:signal=KILL:when=1"];
    let output = traced(&room, &inject, "append drafts.jsonl").output().unwrap();
    assert_eq!(output.status.code(), None, "{output:?}");
    expect_written_again(&room);
}

/// The first event likewise: an init is interrupted before its sync.
#[test]
fn the_first_event_is_written_again() {
    let room = newsroom();
    if !may_trace(&room) {
        return;
    }
    let init = "init --origin example.org/other --title Other --name Bo --no-passphrase --ledger \
                other/ledger";
    std::fs::create_dir(room.path("other")).unwrap();
    let journal = room.path(&format!("other/{JOURNAL}"));
    let kill = ["-P", journal.to_str().unwrap(), "-e", "inject=fdatasync:signal=KILL:when=1"];
    let output = traced(&room, &kill, init).output().unwrap();
    assert_eq!(output.status.code(), None, "{output:?}");
    let document = "document add article.txt --title Article --lang en --ledger other/ledger";
    let kinds = "trace=pwrite64,write,fsync,fdatasync,rename,renameat,renameat2";
    let output = traced(&room, &["-e", kinds], document).output().unwrap();
    let answer = Answer::of(output);
    assert_eq!(answer.exit, 0, "{answer:?}");
    let calls = calls(&room);
    let other = format!("other/{JOURNAL}");
    let (again, synced) = (first(&calls, "pwrite64", &other), first(&calls, "fsync", &other));
    let named = first(&calls, "fsync", "/other>");
    let marked = calls.iter().position(|call| call.contains("keys/log.marks")).unwrap();
    assert!(again < synced && synced < marked && named < marked, "{calls:#?}");
}

/// What was made is whole and in its place, and the sync of the folder above it fails: the error
/// says that it is there, and verify agrees.
#[test]
fn what_is_made_and_whose_name_cannot_be_synced_is_said_to_be_there() {
    let room = newsroom();
    if !may_trace(&room) {
        return;
    }
    assert_eq!(room.run("publish pub").exit, 0);
    assert_eq!(room.run("export --to bag").exit, 0);
    let folder = room.folder.path().to_str().unwrap().to_owned();
    for (line, made) in [
        ("import bag --to made", "made"),
        ("export --to made", "made"),
        ("clone pub made", "made"),
        ("prove 2 -o made", "made"),
    ] {
        // The syncs before it are of names that are made on the way.
        for number in 1..20 {
            let inject = format!("inject=fsync:error=EIO:when={number}");
            let output = traced(&room, &["-P", &folder, "-e", &inject], line).output().unwrap();
            let answer = Answer::of(output);
            if !room.path(made).exists() {
                assert_eq!(answer.exit, 2, "{line}: {answer:?}");
                // What it was made in, so that the next one makes the same calls.
                for entry in room.folder.path().read_dir().unwrap().flatten() {
                    if entry.file_name().to_string_lossy().starts_with(".made") {
                        std::fs::remove_dir_all(entry.path()).unwrap();
                    }
                }
                continue;
            }
            let told = format!(
                "annals: {made} is there and whole, but a power cut may take it away: the folder \
                 above it could not be synced; run sync, or copy it to another disk\n  \
                 Input/output error (os error 5)\n"
            );
            assert_eq!((answer.exit, &*answer.out, &*answer.told()), (2, "", &*told), "{line}");
            break;
        }
        // A proof alone is trusted by nobody.
        let exit = if line.starts_with("prove") { 5 } else { 0 };
        let verified = room.run(&format!("verify {made} --keys pub"));
        assert_eq!(verified.exit, exit, "{line}: {verified:?}");
        match room.path(made).is_dir() {
            true => std::fs::remove_dir_all(room.path(made)).unwrap(),
            false => room.remove(made),
        }
    }
}
