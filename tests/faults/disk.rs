//! Full disks, and folders that cannot be written: refused with a clear message, nothing half
//! written, and a success once there is room.

use crate::faults::newsroom::{EVENTS, JOURNAL, Newsroom, WHOLE, fact, newsroom, prepare};
#[cfg(target_os = "linux")]
use crate::faults::newsroom::{may_trace, traced};
use annals::store::sled::segments::{create as create_segments, open as open_segments};
use annals::store::{Appended, Store, StoreHead};
use annals_core::event::record::Reading;
use std::process::Command;

const LAVROV: &str =
    r#"{"claim":"Lavrov spoke.","lang":"en","vouch":"said","quote":"Lavrov said"}"#;

/// The program in a shell with a limit of file size in blocks of 512 bytes; a write beyond it fails
/// with EFBIG, as one on a full disk fails with ENOSPC.
fn limited(room: &Newsroom, blocks: u64, line: &str) -> crate::faults::newsroom::Answer {
    let mut shell = Command::new("sh");
    prepare(&mut shell, room.folder.path());
    let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" {line}");
    shell.args(["-c", &script, env!("CARGO_BIN_EXE_annals")]);
    room.answer(shell.output().unwrap())
}

/// Whatever the limit: nothing is written, or everything, and the same drafts complete it.
#[test]
fn a_full_disk_refuses_the_whole_append_and_room_ends_it() {
    let long = fact(&"Lavrov spoke at length. ".repeat(160), "Lavrov said");
    let room = newsroom();
    room.write("drafts.jsonl", &long);
    let start = room.read(JOURNAL);
    let blocks = start.len() as u64 / 512;
    let mut refused = 0;
    for limit in [0, 1, 4, blocks, blocks + 1, blocks + 4, 64, 512] {
        let room = room.copy();
        let answer = limited(&room, limit, "append drafts.jsonl");
        let now = room.read(JOURNAL);
        assert!(now.starts_with(&start), "limit {limit}");
        let written = now.len() > start.len();
        match answer.exit {
            0 => assert!(written, "limit {limit}: {answer:?}"),
            2 => {
                refused += 1;
                let said = answer.told();
                // The failed operation and its reason, or a report that the events are written and
                // the rest is not done.
                assert_eq!(said.contains("written, not acknowledged"), written, "{said}");
                assert!(written || said.contains("File too large"), "limit {limit}: {said}");
                assert!(!said.contains("panicked"), "limit {limit}: {said}");
            }
            other => panic!("limit {limit}: exit {other}: {answer:?}"),
        }
        if !written {
            room.expect_whole(EVENTS);
        }
        let again = room.run("append drafts.jsonl");
        assert_eq!(again.exit, 0, "limit {limit}: {again:?}");
        room.expect_whole(EVENTS + 1);
        assert_eq!(room.facts().iter().filter(|(_, claim)| claim.contains("length")).count(), 1);
    }
    assert!(refused >= 5, "{refused}");
}

#[test]
fn a_store_that_may_not_be_written_is_not_called_damaged() {
    let room = newsroom();
    room.write("drafts.jsonl", LAVROV);
    let answer = limited(&room, 64, "append drafts.jsonl");
    let told = "annals: cannot open ledger/db\n  File too large (os error 27)\n";
    assert_eq!((answer.exit, &*answer.told()), (2, told));
}

/// The store is never evidence: if it cannot be copied for the comparison, the verdict is that of
/// the journal, and no part of a copy is left.
#[test]
fn a_store_that_cannot_be_copied_takes_no_verdict_away() {
    let room = newsroom();
    let temporary = room.path("tmp");
    std::fs::create_dir(&temporary).unwrap();
    room.write("file", "");
    let run = |folder: &str, line: &str| {
        let mut command = room.command(line);
        room.answer(command.env("TMPDIR", room.path(folder)).output().unwrap())
    };
    let left = || std::fs::read_dir(&temporary).unwrap().count();
    let unable = "store: not compared: it cannot be copied to be looked at: cannot ";
    for folder in ["file", "file/tmp", "none"] {
        let verified = run(folder, "verify");
        assert_eq!(verified.exit, 0, "{folder}: {verified:?}");
        assert!(verified.out.contains(unable), "{folder}: {verified:?}");
        assert!(verified.out.contains(WHOLE), "{folder}: {verified:?}");
        let repaired = run(folder, "repair");
        assert_eq!(repaired.exit, 0, "{folder}: {repaired:?}");
        assert!(repaired.out.contains("nothing was to be repaired\n"), "{repaired:?}");
        assert!(repaired.out.contains("verified: yes"), "{repaired:?}");
    }
    for blocks in [0, 1, 8, 64, 512] {
        let mut shell = Command::new("sh");
        prepare(&mut shell, room.folder.path());
        let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" verify");
        shell.args(["-c", &script, env!("CARGO_BIN_EXE_annals")]).env("TMPDIR", &temporary);
        let verified = room.answer(shell.output().unwrap());
        assert_eq!(verified.exit, 0, "{blocks}: {verified:?}");
        assert!(verified.out.contains(unable), "{blocks}: {verified:?}");
        assert_eq!(left(), 0, "{blocks}");
    }
    assert!(run("tmp", "verify").out.contains("store: 5 events, as in the journal\n"));
    assert_eq!(left(), 0);
    // A damaged journal is reported as such, even if the store could repair it.
    let mut journal = room.read(JOURNAL);
    let middle = journal.len() / 2;
    journal[middle] ^= 1;
    room.write(JOURNAL, &journal);
    assert_eq!(run("none", "verify").exit, run("tmp", "verify").exit);
}

/// A store of many events is copied a segment after the other: if the second one finds no room, the
/// store is as little at fault as if the first one finds none.
#[cfg(target_os = "linux")]
#[test]
fn a_segment_that_cannot_be_copied_takes_no_verdict_away() {
    let room = newsroom();
    let db = room.path("ledger/db");
    let entries = {
        let store = open_segments(&db, 1).unwrap();
        store.read(0..store.head().unwrap().size).unwrap()
    };
    std::fs::remove_dir_all(&db).unwrap();
    let mut store = create_segments(&db, 2).unwrap();
    let mut from = StoreHead::EMPTY;
    for entry in entries {
        let hash = Some(Reading::of(&entry.record).hash);
        let to = StoreHead { size: from.size + 1, hash };
        assert_eq!(store.append(&from, &to, &[entry]).unwrap(), Appended::Written);
        from = to;
    }
    drop(store);
    let small = room.path("small");
    std::fs::create_dir(&small).unwrap();
    let (mut copied_none, mut copied_some, mut copied_all) = (0, 0, 0);
    for size in (64..=4_096).step_by(192) {
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", &format!("size={size}k"), "tmpfs"]).arg(&small);
        if !mount.output().is_ok_and(|done| done.status.success()) {
            eprintln!("no file system may be mounted here; the limit of file size stands for it");
            return;
        }
        let _unmount = Unmount(small.clone());
        let run = |line: &str| {
            let mut command = room.command(line);
            room.answer(command.env("TMPDIR", &small).output().unwrap())
        };
        let verified = run("verify");
        assert_eq!(verified.exit, 0, "{size}: {verified:?}");
        match verified.out.contains("store: 5 events, as in the journal\n") {
            true => copied_all += 1,
            false => {
                let unable = "store: not compared: it cannot be copied to be looked at: cannot ";
                assert!(verified.out.contains(unable), "{size}: {verified:?}");
                match verified.out.contains("ledger/db/segments/") {
                    true => copied_none += 1,
                    false => copied_some += 1,
                }
            }
        }
        let repaired = run("repair");
        assert_eq!(repaired.exit, 0, "{size}: {repaired:?}");
        assert!(repaired.out.contains("nothing was to be repaired\n"), "{size}: {repaired:?}");
        assert_eq!(std::fs::read_dir(&small).unwrap().count(), 0, "{size}");
    }
    let counts = (copied_none, copied_some, copied_all);
    assert!(copied_none > 0 && copied_some > 0 && copied_all > 0, "{counts:?}");
}

/// A signal at each step of a copy, beside the thread that goes on with it.
#[cfg(target_os = "linux")]
#[test]
fn a_signal_leaves_nothing_of_a_copy() {
    let room = newsroom();
    if !may_trace(&room) {
        return;
    }
    std::fs::create_dir(room.path("tmp")).unwrap();
    let mut ended = 0;
    for signal in ["INT", "TERM", "HUP"] {
        for step in 1..=8 {
            let inject = format!("inject=mkdir,mkdirat:signal={signal}:when={step}");
            let mut command = traced(&room, &["-e", &inject], "verify");
            let output = command.env("TMPDIR", room.path("tmp")).output().unwrap();
            ended += usize::from(output.status.code().is_none());
            let left: Vec<_> = std::fs::read_dir(room.path("tmp")).unwrap().collect();
            assert!(left.is_empty(), "{signal} {step}: {left:?}");
        }
    }
    assert!(ended >= 3, "{ended}");
}

/// Files of a killed process are removed by the next one.
#[test]
fn what_a_killed_process_left_of_a_copy_is_removed() {
    let room = newsroom();
    let left = room.path("tmp/annals-store-4194305-0");
    std::fs::create_dir_all(left.join("db")).unwrap();
    room.write("tmp/annals-store-4194305-0/lock", "");
    room.write("tmp/annals-store-4194305-0/db/db", "pages");
    room.write("tmp/annals-store-notes", "kept");
    let mut command = room.command("verify");
    let verified = room.answer(command.env("TMPDIR", room.path("tmp")).output().unwrap());
    assert_eq!(verified.exit, 0, "{verified:?}");
    assert!(!left.exists() && room.has("tmp/annals-store-notes"));
}

/// A small file system, where the test may mount one, filled to the last blocks: each step of a
/// commit in turn finds no room.
#[cfg(target_os = "linux")]
#[test]
fn a_file_system_without_room_refuses_and_goes_on_when_there_is_some() {
    let room = newsroom();
    let small = room.path("small");
    std::fs::create_dir(&small).unwrap();
    let mut mount = Command::new("mount");
    mount.args(["-t", "tmpfs", "-o", "size=1600k", "tmpfs"]).arg(&small);
    if !mount.output().is_ok_and(|done| done.status.success()) {
        eprintln!("no file system may be mounted here; the file size limit stands for it");
        return;
    }
    let _unmount = Unmount(small.clone());
    room.write("drafts.jsonl", fact(&"Lavrov spoke at length. ".repeat(160), "Lavrov said"));
    let (mut refused, mut cut_back) = (0, 0);
    for free in [0, 4, 8, 12, 16, 20, 24, 28, 40, 80] {
        for name in ["ledger", "keys"] {
            let _ = std::fs::remove_dir_all(small.join(name));
            crate::faults::newsroom::copy_folder(&room.path(name), &small.join(name));
        }
        let fill = small.join("filling");
        fill_but(&fill, free << 10);
        let answer = room.run("append drafts.jsonl --ledger small/ledger");
        let log = room.run("log --format jsonl --ledger small/ledger");
        let events = log.out.lines().count() as u64;
        assert_eq!(log.exit, 0, "{free} free: {log:?}");
        match answer.exit {
            0 => assert_eq!(events, EVENTS + 1, "{free} free"),
            2 => {
                refused += 1;
                let said = answer.told();
                cut_back += u32::from(said.starts_with("annals: cannot append to small/ledger"));
                let written = said.contains("written, not acknowledged");
                assert_eq!(events, EVENTS + u64::from(written), "{free} free: {said}");
                assert!(said.contains("No space left on device"), "{free} free: {said}");
                assert!(!said.contains("damaged") && !said.contains("panicked"), "{said}");
            }
            other => panic!("{free} free: exit {other}: {answer:?}"),
        }
        std::fs::remove_file(&fill).unwrap();
        let again = room.run("append drafts.jsonl --ledger small/ledger");
        assert_eq!(again.exit, 0, "{free} free: {answer:?}, then {again:?}");
        let verified = room.run("verify --ledger small/ledger");
        assert_eq!(verified.exit, 0, "{free} free: {verified:?}");
        assert!(verified.out.contains("store: 6 events, as in the journal\n"), "{verified:?}");
    }
    assert!(refused >= 2 && cut_back >= 1, "{refused} refused, {cut_back} cut back");
}

/// Takes all space of a file system except this many bytes.
#[cfg(target_os = "linux")]
fn fill_but(file: &std::path::Path, free: usize) {
    let mut room = 2_usize << 20;
    while std::fs::write(file, vec![1; room]).is_err() {
        room -= 4_096;
    }
    std::fs::write(file, vec![1; room.saturating_sub(free)]).unwrap();
}

struct Unmount(std::path::PathBuf);

impl Drop for Unmount {
    fn drop(&mut self) {
        // A failure is ignored; the folder is temporary.
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

/// Read-only media: a bind mount where the test may make one, permissions if it is not root.
#[cfg(unix)]
#[test]
fn a_ledger_that_cannot_be_written_is_read_and_not_written() {
    let room = newsroom();
    room.write("drafts.jsonl", LAVROV);
    let Some(_guard) = ReadOnly::make(&room) else {
        eprintln!("nothing can be made read-only here");
        return;
    };
    let before = room.snapshot();
    for reading in ["verify", "status", "log", "replay", "show 2", "log 2"] {
        let answer = room.run(reading);
        assert_eq!(answer.exit, 0, "{reading}: {answer:?}");
    }
    let answer = room.run("append drafts.jsonl");
    assert_eq!(answer.exit, 2, "{answer:?}");
    let said = answer.told();
    assert!(said.starts_with("annals: cannot write to ledger/lock\n"), "{said}");
    let causes = ["Read-only file system", "Permission denied"];
    assert!(causes.iter().any(|cause| said.contains(cause)), "{said}");
    let repair = room.run("repair");
    assert_eq!(repair.exit, 2, "{repair:?}");
    assert!(room.snapshot() == before);
}

/// A ledger's folder that is read-only until this is dropped.
#[cfg(unix)]
enum ReadOnly {
    Mounted(#[expect(dead_code, reason = "it is dropped")] Unmount),
    Permitted(Vec<std::path::PathBuf>),
}

#[cfg(unix)]
impl ReadOnly {
    fn make(room: &Newsroom) -> Option<ReadOnly> {
        use std::os::unix::fs::PermissionsExt;
        let ledger = room.path("ledger");
        let done = |command: &mut Command| command.output().is_ok_and(|o| o.status.success());
        if done(Command::new("mount").arg("--bind").arg(&ledger).arg(&ledger)) {
            let mounted = ReadOnly::Mounted(Unmount(ledger.clone()));
            let only = done(Command::new("mount").args(["-o", "remount,bind,ro"]).arg(&ledger));
            return only.then_some(mounted);
        }
        let folders: Vec<_> =
            ["", "journal", "document", "db"].iter().map(|name| ledger.join(name)).collect();
        std::fs::remove_file(ledger.join("lock")).unwrap();
        for folder in &folders {
            std::fs::set_permissions(folder, PermissionsExt::from_mode(0o555)).unwrap();
        }
        // Root can write nevertheless.
        let held = std::fs::write(ledger.join("try"), "").is_err();
        let made = ReadOnly::Permitted(folders);
        held.then_some(made)
    }
}

#[cfg(unix)]
impl Drop for ReadOnly {
    fn drop(&mut self) {
        use std::os::unix::fs::PermissionsExt;
        if let ReadOnly::Permitted(folders) = self {
            for folder in folders {
                let _ = std::fs::set_permissions(folder, PermissionsExt::from_mode(0o755));
            }
        }
    }
}
