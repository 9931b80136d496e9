//! The log key and its marks: one root for each size, whoever signs, and a key file that an
//! interrupted rekeying left.

use crate::faults::newsroom::{EVENTS, Newsroom, fact, newsroom, prepare};
use std::process::{Command, Stdio};
use std::time::Duration;

const REKEY: &str = "ledger rekey --reason rotated --statement Yearly.";

/// A copy of the ledger beside the first, with the same folder of keys.
fn twin() -> Newsroom {
    let room = newsroom();
    crate::faults::newsroom::copy_folder(&room.path("ledger"), &room.path("twin"));
    room.write("one.jsonl", fact("The first says this.", "Nothing was signed"));
    room.write("two.jsonl", fact("The second says that.", "Lavrov said"));
    room
}

fn marks(room: &Newsroom) -> Vec<(u64, String)> {
    let text = String::from_utf8(room.read("keys/log.marks")).unwrap();
    let words = text.lines().map(|line| line.split(' ').collect::<Vec<_>>());
    words.map(|words| (words[1].parse().unwrap(), words[2].to_owned())).collect()
}

/// No size has two marks with different roots.
fn expect_one_root_a_size(room: &Newsroom) {
    let marks = marks(room);
    for (size, root) in &marks {
        let others = marks.iter().filter(|(other, _)| other == size);
        assert!(others.clone().all(|(_, other)| other == root), "{marks:?}");
    }
}

#[test]
fn two_copies_with_one_folder_of_keys_never_sign_two_roots_of_one_size() {
    let room = twin();
    assert_eq!(room.run("append one.jsonl").exit, 0);
    let start = std::fs::read(room.path("twin/journal/00000000000000000000.log")).unwrap();
    let answer = room.run("append two.jsonl --ledger twin");
    assert_eq!(answer.exit, 4, "{answer:?}");
    assert!(
        answer.err.contains("the log key signed size 6 and the record has 5 events"),
        "{answer:?}"
    );
    let now = std::fs::read(room.path("twin/journal/00000000000000000000.log")).unwrap();
    assert_eq!(now, start, "nothing was written");
    expect_one_root_a_size(&room);
    room.expect_whole(EVENTS + 1);
}

/// Both writers have verified their record before either signs.
#[test]
fn writers_of_two_copies_at_once_never_sign_two_roots_of_one_size() {
    for _ in 0..6 {
        let room = twin();
        let start = |line: &str| {
            let mut command = Command::new(env!("CARGO_BIN_EXE_annals"));
            prepare(&mut command, room.folder.path());
            command.args(line.split(' ')).stdout(Stdio::piped()).stderr(Stdio::piped());
            command.spawn().unwrap()
        };
        let both = [start("append one.jsonl"), start("append two.jsonl --ledger twin")];
        let exits = both.map(|child| child.wait_with_output().unwrap().status.code());
        assert!(exits.contains(&Some(0)), "{exits:?}");
        expect_one_root_a_size(&room);
        let (first, second) = (room.run("verify"), room.run("verify --ledger twin"));
        assert!(first.exit != 1 && second.exit != 1, "{first:?} {second:?}");
        assert!(first.exit == 0 || second.exit == 0, "{first:?} {second:?}");
    }
}

#[test]
fn an_empty_file_of_a_log_key_is_passed_over_with_a_note() {
    let room = newsroom();
    let stray = "keys/log-0123456789abcdef.key";
    room.write(stray, "");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let only = std::fs::Permissions::from_mode(0o600);
        std::fs::set_permissions(room.path(stray), only).unwrap();
    }
    let answer = room.append(&fact("Lavrov spoke.", "Lavrov said"));
    assert_eq!(answer.exit, 0, "{answer:?}");
    assert!(
        answer.err.contains("note: a file that should be a log key was passed over"),
        "{answer:?}"
    );
    assert!(answer.err.contains("log-0123456789abcdef.key"), "{answer:?}");
    assert_eq!(room.run(REKEY).exit, 0);
    room.expect_whole(EVENTS + 2);
}

/// A writer that waits while another makes a new log key signs with the new one.
#[test]
fn a_writer_that_waits_for_a_rekeying_signs_with_the_new_key() {
    let room = newsroom();
    room.write("one.jsonl", fact("Lavrov spoke.", "Lavrov said"));
    let lock = annals::disk::lock::Lock::take(&room.path("ledger/lock"), Duration::from_secs(10));
    let lock = lock.unwrap();
    let mut command = room.command("append one.jsonl --wait 30s");
    let waiting = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    std::thread::sleep(Duration::from_millis(400));
    // The rekeying that held the lock meanwhile, done in a copy.
    let other = room.copy();
    assert_eq!(other.run(REKEY).exit, 0);
    for part in ["ledger/journal", "ledger/db", "ledger/checkpoint", "ledger/index", "keys"] {
        room.remove(part);
        match other.path(part).is_dir() {
            true => crate::faults::newsroom::copy_folder(&other.path(part), &room.path(part)),
            false => room.write(part, other.read(part)),
        }
    }
    #[cfg(unix)]
    for name in ["keys/ada.key", "keys/log.key"] {
        use std::os::unix::fs::PermissionsExt;
        let only = std::fs::Permissions::from_mode(0o600);
        std::fs::set_permissions(room.path(name), only).unwrap();
    }
    drop(lock);
    let answer = waiting.wait_with_output().unwrap();
    let err = String::from_utf8_lossy(&answer.stderr).into_owned();
    assert_eq!(answer.status.code(), Some(0), "{err}");
    room.expect_whole(EVENTS + 2);
}

/// A flipped bit in the last mark stops no writer if the checkpoint has the same content.
#[test]
fn a_flipped_bit_in_the_last_mark_is_put_right_from_the_checkpoint() {
    let whole = newsroom();
    let text = whole.read("keys/log.marks");
    let start = text[..text.len() - 1].iter().rposition(|byte| *byte == b'\n').unwrap() + 1;
    let mut mended = 0;
    for at in (start..text.len()).step_by(7).chain([text.len() - 1]) {
        let room = whole.copy();
        let mut damaged = text.clone();
        damaged[at] ^= 1 << (at % 7);
        room.write("keys/log.marks", &damaged);
        let verdict = room.run("verify");
        assert!([0, 2].contains(&verdict.exit), "byte {at}: {verdict:?}");
        let answer = room.append(&fact("Lavrov spoke.", "Lavrov said"));
        assert_eq!(answer.exit, 0, "byte {at}: {answer:?}");
        if answer.err.contains("put right from the checkpoint") {
            mended += 1;
            assert_eq!(room.read("keys/log.marks-aside-1"), damaged, "byte {at}");
            assert!(room.read("keys/log.marks").starts_with(&text), "byte {at}");
        }
        room.expect_whole(EVENTS + 1);
    }
    assert!(mended > 10, "{mended}");
}

/// How a program changes a text.
type Change = fn(&str) -> String;

/// The ends of lines of the marks, as programs change them, and what is found there.
const CHANGED: &[(Change, &str)] = &[
    (|text| format!("{text}\n"), "found an empty line"),
    (|text| format!("{text} \t\n"), "found a line of white space, \" \\t\""),
    (|text| text.replace('\n', "\r\n"), "found a mark with \"\\r\" behind it"),
    (|text| text.replace('\n', " \n"), "found a mark with \" \" behind it"),
    (|text| text.replace('\n', "\n "), "found a mark with \" \" before it"),
    (|text| format!("\u{FEFF}{}", text.replace('\n', "\n\n")), "found an empty line"),
];

/// An editor, a shell or a program for mail that changes the ends of lines stops no writer.
#[test]
fn changed_ends_of_lines_in_the_marks_are_put_right_from_the_checkpoint() {
    let whole = newsroom();
    let text = String::from_utf8(whole.read("keys/log.marks")).unwrap();
    for (change, found) in CHANGED {
        let room = whole.copy();
        let changed = change(&text);
        room.write("keys/log.marks", &changed);
        let verdict = room.run("verify");
        assert_eq!(verdict.exit, 2, "{changed:?}: {verdict:?}");
        let found = format!("{found}, which a writer puts right if the checkpoint is of that mark");
        assert!(verdict.out.contains(&found), "{changed:?}: {verdict:?}");
        let answer = room.append(&fact("Lavrov spoke.", "Lavrov said"));
        assert_eq!(answer.exit, 0, "{changed:?}: {answer:?}");
        assert!(answer.err.contains("put right from the checkpoint"), "{answer:?}");
        assert_eq!(room.read("keys/log.marks-aside-1"), changed.as_bytes());
        assert!(room.read("keys/log.marks").starts_with(text.as_bytes()), "{changed:?}");
        room.expect_whole(EVENTS + 1);
    }
}

/// What is not the checkpoint's mark is put right by nobody.
#[test]
fn changed_ends_of_lines_behind_another_mark_stop_every_writer() {
    let room = newsroom();
    let text = String::from_utf8(room.read("keys/log.marks")).unwrap();
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    for changed in [format!("{}\r\n", lines[0].trim_end()), format!("{text}garbage\r\n")] {
        room.write("keys/log.marks", &changed);
        let answer = room.append(&fact("Lavrov spoke.", "Lavrov said"));
        assert_eq!(answer.exit, 2, "{changed:?}: {answer:?}");
        assert!(answer.err.contains("sign nothing until then"), "{answer:?}");
        assert_eq!(room.read("keys/log.marks"), changed.as_bytes());
    }
}

#[test]
fn a_memory_that_ends_before_the_checkpoint_is_reported() {
    let room = newsroom();
    let text = String::from_utf8(room.read("keys/log.marks")).unwrap();
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    room.write("keys/log.marks", lines[..lines.len() - 1].concat());
    let short = "ends at size 4, and the checkpoint is of size 5: the file";
    let why = "is an older copy or was cut; put back the newer one, if there is one\n";
    let verdict = room.run("verify");
    assert_eq!(verdict.exit, 0, "{verdict:?}");
    let line = format!("memory: {short} of marks {why}");
    assert!(verdict.out.contains(&line), "{verdict:?}");
    let json = room.run("verify --format json").out;
    assert!(json.contains("\"memory_later\":null,\"memory_earlier\":4,"), "{json}");
    let status = room.run("status").out;
    assert!(status.contains(&format!("marks         {short} {why}")), "{status}");
    let answer = room.append(&fact("Lavrov spoke.", "Lavrov said"));
    assert_eq!(answer.exit, 0, "{answer:?}");
    let said = "warning: the log key's memory ends at size 4, and the checkpoint is of size 5: \
                keys/log.marks is an older copy";
    assert!(answer.err.contains(said), "{answer:?}");
    room.expect_whole(EVENTS + 1);
}

/// Missing altogether it shows less than an older copy does.
#[test]
fn a_memory_that_is_not_there_beside_its_log_key_is_reported() {
    let room = newsroom();
    room.remove("keys/log.marks");
    let missing = "is not there, and the log key signed a checkpoint of size 5: put back ";
    let verdict = room.run("verify");
    assert_eq!(verdict.exit, 0, "{verdict:?}");
    assert!(
        verdict.out.contains(&format!("memory: the log key's memory {missing}")),
        "{verdict:?}"
    );
    let json = room.run("verify --format json").out;
    assert!(json.contains("\"memory_missing\":true,"), "{json}");
    // The keys of another record say nothing of this one.
    let other = "init --origin example.org/other --title O --name Oo --no-passphrase --ledger \
                 other/ledger --keys other/keys";
    std::fs::create_dir(room.path("other")).unwrap();
    assert_eq!(room.run(other).exit, 0);
    for line in ["verify --keys other/keys", "status --keys other/keys"] {
        let answer = room.run(line);
        assert!(!answer.out.contains("put back "), "{line}: {answer:?}");
    }
    let status = room.run("status").out;
    assert!(status.contains(&format!("marks         absent: the log key's memory {missing}")));
    let answer = room.append(&fact("Lavrov spoke.", "Lavrov said"));
    assert_eq!(answer.exit, 0, "{answer:?}");
    let said = format!("warning: the log key's memory {missing}keys/log.marks, if there is a copy");
    assert!(answer.err.contains(&said), "{answer:?}");
    room.expect_whole(EVENTS + 1);
    // Where the log key is not either, as in a reader's copy, nothing is to be put back.
    for secret in ["keys/log.key", "keys/log.marks"] {
        room.remove(secret);
    }
    let status = room.run("status").out;
    assert!(status.contains("marks         absent: the log key's memory is not here\n"));
}
