//! A ledger that may be read, whose folder of keys, log key or index may not: an auditor's answers.
//!
//! Where the tests run as root, the reader is another user; elsewhere the owner, who may not read
//! either. Not here: files of the record that may not be read (`input`).

use crate::faults::newsroom::{Answer, Newsroom, newsroom, prepare};
use std::ffi::OsStr;
use std::fs::{Permissions, set_permissions};
use std::os::unix::fs::{PermissionsExt, chown};
use std::process::Command;

/// Another user, as Linux and others call nobody.
const NOBODY: u32 = 65_534;

fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

/// A newsroom that everybody may read, but for this file or folder, and a place `desk` to write to.
fn closed(name: &str) -> Newsroom {
    let room = newsroom();
    set_permissions(room.folder.path(), Permissions::from_mode(0o755)).unwrap();
    std::fs::create_dir(room.path("desk")).unwrap();
    if is_root() {
        chown(room.path("desk"), Some(NOBODY), Some(NOBODY)).unwrap();
    }
    set_permissions(room.path(name), Permissions::from_mode(0o000)).unwrap();
    room
}

/// What a reader of the ledger is answered.
fn read(room: &Newsroom, line: &str) -> Answer {
    let program = OsStr::new(env!("CARGO_BIN_EXE_annals"));
    let ids = [format!("--reuid={NOBODY}"), format!("--regid={NOBODY}")];
    let mut command = match is_root() {
        true => Command::new("setpriv"),
        false => Command::new(program),
    };
    if is_root() {
        command.args(ids).arg("--clear-groups").arg(program);
    }
    prepare(&mut command, &room.path("desk"));
    command.env("ANNALS_CACHE", room.path("desk/cache"));
    command.args(line.split(' ')).args(["--ledger", "../ledger"]);
    let answer = room.answer(command.output().unwrap());
    // So that the folder can be removed.
    Answer { err: answer.told(), ..answer }
}

fn open(room: &Newsroom, name: &str) {
    set_permissions(room.path(name), Permissions::from_mode(0o700)).unwrap();
}

const READING: &[&str] = &[
    "status",
    "replay",
    "show 3",
    "find Moscow",
    "log 3",
    "prove 3 -o proof",
    "editor list",
    "blame 1",
    "diff 1 4",
    "timeline --html page.html",
];

/// What is in a folder that nobody else may look into is not at hand; the record is.
#[test]
fn a_private_folder_of_keys_closes_the_ledger_to_nobody() {
    let room = closed("keys");
    let verdict = read(&room, "verify");
    let note = "note: this user may not read ../keys: neither the log key's memory nor a policy in \
                it was compared\n";
    assert_eq!((verdict.exit, verdict.err.as_str()), (0, note), "{}", verdict.out);
    for line in ["no external checkpoint was compared (see --pin)\n", "yes: the record is whole"] {
        assert!(verdict.out.contains(line), "{line}: {}", verdict.out);
    }
    for line in READING {
        let answer = read(&room, line);
        assert_eq!(answer.exit, 0, "{line}: {answer:?}");
        for word in ["denied", "keys", "damage", "warning"] {
            assert!(!answer.err.contains(word), "{line}: {word}: {answer:?}");
        }
    }
    let marks = "marks         cannot be read: this user may not read the folder of keys\n";
    assert!(read(&room, "status").out.contains(marks));
    // So it is in the answer to no command, and whose facts are reviewed can be said.
    let home = read(&room, "--tz UTC");
    assert_eq!((home.exit, home.err.as_str()), (0, ""), "{}", home.out);
    let you = "\nyou     a reader: this user may not read the folder of keys\n";
    assert!(home.out.contains(you), "{}", home.out);
    let review = read(&room, "review");
    let who = "annals: no key here can review; name an enrolled editor with --by\n";
    assert_eq!((review.exit, review.err.as_str()), (2, who));
    // Who writes needs what is in it.
    let refused = read(&room, "confirm 3 --how reread");
    assert_eq!(refused.exit, 2, "{refused:?}");
    assert!(refused.err.contains("ermission denied"), "{refused:?}");
    open(&room, "keys");
    room.expect_whole(5);
}

/// Drafts that may not be listed take no answer away.
#[test]
fn a_closed_folder_of_drafts_is_a_note() {
    let room = closed("keys/log.key");
    std::fs::create_dir_all(room.path("keys/drafts")).unwrap();
    set_permissions(room.path("keys"), Permissions::from_mode(0o755)).unwrap();
    set_permissions(room.path("keys/drafts"), Permissions::from_mode(0o000)).unwrap();
    let home = read(&room, "--tz UTC");
    open(&room, "keys/drafts");
    assert_eq!(home.exit, 0, "{home:?}");
    assert!(
        home.err
            .contains("note: drafts are not listed: cannot list ../keys/drafts: Permission denied"),
        "{home:?}"
    );
    assert!(home.out.ends_with("\nhelp    annals --help\n"), "{home:?}");
}

/// A bag without the log key's signatures needs no log key, and so not its memory.
#[test]
fn an_unsigned_bag_needs_nothing_that_is_private() {
    for (name, why) in [
        ("keys", "could not list ../keys: Permission denied (os error 13)"),
        ("keys/log.key", "could not read ../keys/log.key: Permission denied (os error 13)"),
    ] {
        let room = closed(name);
        let refused = read(&room, "export --to bag");
        assert_eq!((refused.exit, refused.out.as_str()), (2, ""), "{refused:?}");
        assert!(!room.has("desk/bag"));
        let made = read(&room, "export --to bag --unsigned");
        let note = format!("note: the log key is not at hand ({why}): the bag is not signed\n");
        assert_eq!((made.exit, made.err), (0, note), "{}", made.out);
        let verdict = read(&room, "verify bag");
        assert_eq!(verdict.exit, 0, "{verdict:?}");
        open(&room, name);
    }
}

/// An index that may not be read is not known to be damaged.
#[test]
fn an_index_that_may_not_be_read_is_nothing_to_repair() {
    let room = closed("ledger/index/events");
    let answer = read(&room, "replay");
    assert_eq!(answer.exit, 0, "{answer:?}");
    let note = "; the answer is from the journal; permission is denied, and nothing is known to be \
                damaged: ask the owner of the files, or let them be read\n";
    assert!(answer.err.contains(note), "{answer:?}");
    assert!(!answer.err.contains("repair"), "{answer:?}");
    let verdict = read(&room, "verify");
    assert!(!verdict.out.contains("repair"), "{verdict:?}");
    assert_eq!(verdict.exit, 0, "{verdict:?}");
}

/// A journal, a document or a checkpoint that may not be read is not known to be damaged either.
#[test]
fn a_record_that_may_not_be_read_is_nothing_to_repair() {
    let room = newsroom();
    let digest = std::fs::read_dir(room.path("ledger/document")).unwrap().next().unwrap().unwrap();
    let document = format!("ledger/document/{}", digest.file_name().to_str().unwrap());
    for name in ["ledger/journal/00000000000000000000.log", &document, "ledger/checkpoint"] {
        let room = closed(name);
        let verdict = read(&room, "verify");
        assert_eq!(verdict.exit, 2, "{name}: {verdict:?}");
        let advice = verdict.out.lines().filter(|line| line.starts_with("what to do: "));
        assert_eq!(advice.count(), 1, "{name}: {verdict:?}");
        // A repair builds nothing in its place, and moves nothing.
        let before = std::fs::read_dir(room.path("ledger")).unwrap().count();
        let repaired = read(&room, "repair");
        assert_eq!(repaired.exit, 2, "{name}: {repaired:?}");
        assert_eq!(std::fs::read_dir(room.path("ledger")).unwrap().count(), before, "{name}");
        for line in [
            "\nwhat to do: ask the owner of the files, or let them be read (chmod, chown)",
            "\ncould not tell: permission to read a part of it is denied, in ",
        ] {
            assert!(verdict.out.contains(line), "{name}: {line}: {verdict:?}");
        }
        open(&room, name);
        room.expect_whole(5);
    }
}

/// A published file that may not be read is not a wrong one.
#[test]
fn a_published_file_that_may_not_be_read_is_nothing_to_publish_again() {
    for name in ["pub/checkpoint", "pub/tile/entries/000.p/5"] {
        let room = newsroom();
        assert_eq!(room.run("publish pub --no-witness").exit, 0);
        set_permissions(room.folder.path(), Permissions::from_mode(0o755)).unwrap();
        std::fs::create_dir(room.path("desk")).unwrap();
        if is_root() {
            chown(room.path("desk"), Some(NOBODY), Some(NOBODY)).unwrap();
        }
        set_permissions(room.path(name), Permissions::from_mode(0o000)).unwrap();
        let verdict = read(&room, "verify ../pub");
        assert_eq!(verdict.exit, 2, "{name}: {verdict:?}");
        let advice = "\nwhat to do: ask the owner of the files, or let them be read";
        let said = "\ncould not tell: permission to read a part of it is denied, in ";
        assert!(verdict.out.contains(advice) && verdict.out.contains(said), "{name}: {verdict:?}");
        assert!(!verdict.out.contains("publishes again"), "{name}: {verdict:?}");
        open(&room, name);
    }
}

/// A process that may open few files says so, and calls nothing damaged.
#[test]
fn a_limit_of_open_files_is_no_damage() {
    let room = newsroom();
    let (mut limited, mut good) = (0, 0);
    for line in ["verify", "status", "find Moscow", "repair", "publish pub --no-witness"] {
        for files in 5..40 {
            let mut shell = Command::new("sh");
            prepare(&mut shell, room.folder.path());
            let script = format!("ulimit -n {files}; exec \"$0\" {line}");
            shell.args(["-c", &script, env!("CARGO_BIN_EXE_annals")]);
            let answer = Answer::of(shell.output().unwrap());
            let told = format!("{}{}", answer.out, answer.err);
            match answer.exit {
                // Too few for the libraries that the system loads first.
                127 => continue,
                0 => good += 1,
                _ => {
                    limited += 1;
                    assert_eq!(answer.exit, 2, "{line}: {files}: {answer:?}");
                    assert!(told.contains("ulimit -n"), "{line}: {files}: {answer:?}");
                }
            }
            for word in ["something is damaged", "annals repair --", "tampered"] {
                assert!(!told.contains(word), "{line}: {files}: {answer:?}");
            }
        }
    }
    room.expect_whole(5);
    assert!(limited > 9 && good > 40, "{limited} {good}");
}

/// Where nothing may be written, the advice is about writing.
#[test]
fn a_ledger_that_may_not_be_written_is_not_one_to_be_read() {
    let room = newsroom();
    set_permissions(room.folder.path(), Permissions::from_mode(0o755)).unwrap();
    std::fs::create_dir(room.path("desk")).unwrap();
    if is_root() {
        chown(room.path("desk"), Some(NOBODY), Some(NOBODY)).unwrap();
        chown(room.path("keys/ada.key"), Some(NOBODY), Some(NOBODY)).unwrap();
    }
    std::fs::create_dir(room.path("closed")).unwrap();
    for name in ["ledger/lock", "closed"] {
        set_permissions(room.path(name), Permissions::from_mode(0o555)).unwrap();
    }
    for line in [
        "confirm 3 --how reread --by ada",
        "retract 3 --reason wrong-date --statement no --by ada",
        "repair",
        "repair --index",
        "timeline --html ../closed/t.html",
        "prove 3 -o ../closed/3.proof",
        "publish ../closed/pub",
        "export --unsigned --to ../closed/bag",
    ] {
        let answer = read(&room, line);
        assert_eq!((answer.exit, answer.out.as_str()), (2, ""), "{line}: {answer:?}");
        let advice = "\n  permission to write is denied, and nothing is known to be damaged: ask the \
                      owner of the files, or let this user write there (chmod, chown), and run the \
                      same command again\n";
        assert!(answer.err.ends_with(advice), "{line}: {answer:?}");
    }
    for name in ["ledger/lock", "closed"] {
        open(&room, name);
    }
}
