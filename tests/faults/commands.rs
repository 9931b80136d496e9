//! Every command that writes: it names whom it waits for, and reports what it did even if stdout
//! fails.
//!
//! Always holds: every command of the program is in one of the two lists here. Not here: what a
//! command writes.

use crate::faults::newsroom::{Newsroom, fact, newsroom};
use annals::disk::lock::Lock;
use std::fs::{File, OpenOptions};
use std::time::Duration;

/// A command that writes, what it waits for, and its receipt.
struct Writes {
    line: &'static str,
    waits: Waits,
    /// Its output in a prepared room; none if another command has the same.
    says: Option<&'static str>,
}

/// What makes it wait while another process is at work.
enum Waits {
    /// The lock of the ledger, or the one at this path.
    File(&'static str),
    /// This folder, locked itself.
    Folder(&'static str),
    /// Nothing: it writes a file of its own.
    Nothing,
}

const LEDGER: Waits = Waits::File("ledger/lock");

const fn writes(line: &'static str, waits: Waits, says: &'static str) -> Writes {
    Writes { line, waits, says: Some(says) }
}

/// An act on a fact: it ends as an append does.
const fn act(line: &'static str) -> Writes {
    Writes { line, waits: LEDGER, says: None }
}

const WRITING: [Writes; 40] = [
    writes("append drafts.jsonl", LEDGER, "written at 6\n"),
    writes("document add second.txt --title T --lang en", LEDGER, "written at 6\n"),
    act("document describe 1 --title T --statement S"),
    act("confirm 2 --how reread"),
    act("dispute 2 --reason wrong-date --statement S"),
    act("uphold 5 --statement S"),
    act("correct 2 --reason wrong-date --statement S --claim C"),
    act("retract 2 --reason wrong-date --statement S"),
    act("reinstate 5 --statement S"),
    act("relate 2 supports 3"),
    writes("ledger change --title New", LEDGER, "title: New, before Record\n"),
    writes("ledger rekey --reason rotated --statement S", LEDGER, "written at 6\n"),
    act("ledger retime --statement S"),
    writes("editor add bo.request --role editor", LEDGER, "enrolled Bo as editor, key "),
    writes("editor change cy --role admin", LEDGER, ": admin, before editor\n"),
    writes("editor revoke cy --reason left --statement S", LEDGER, "revoked Cy (key "),
    writes("repair", LEDGER, "size 6, head "),
    writes("repair --index", LEDGER, "index: whole, 6 events; nothing was to be repaired\n"),
    writes("publish out", Waits::Folder("out"), "published 6 events in out\n"),
    writes("export --to second", Waits::File(".second.partial/.lock"), "exported 6 of 6 events, "),
    writes("import bag --to copy", Waits::File(".copy.partial/.lock"), "imported 6 events to copy"),
    writes(
        "clone www new",
        Waits::File(".new.clone/lock"),
        "cloned 6 events of example.org/record",
    ),
    writes("pull --ledger old", Waits::File("old/lock"), "up to date: 6 events of "),
    writes(
        "init --origin a.example/b --title T --name B --no-passphrase --ledger l/ledger",
        Waits::Nothing,
        "made l",
    ),
    writes("key new dee --name D --no-passphrase", Waits::Nothing, "/dee.key: secret, "),
    writes("key import dee keys/cy.key --no-passphrase --name D", Waits::Nothing, "/dee.key"),
    writes("key passphrase cy --no-passphrase", Waits::Nothing, "cy.key: not encrypted"),
    writes("witness new w --name w.example/w", Waits::Nothing, "w.example/w+"),
    writes(
        "witness add w VKEY http://127.0.0.1:1",
        Waits::Nothing,
        "w is a witness of this record now\n",
    ),
    Writes { line: "witness remove w", waits: Waits::Nothing, says: None },
    Writes { line: "witness collect", waits: Waits::Nothing, says: None },
    Writes { line: "witness serve", waits: Waits::Nothing, says: None },
    Writes { line: "serve --listen 127.0.0.1:0", waits: LEDGER, says: None },
    Writes { line: "move --to postgres://127.0.0.1:1/none", waits: LEDGER, says: None },
    Writes { line: "store init", waits: Waits::Nothing, says: None },
    Writes { line: "store check", waits: Waits::Nothing, says: None },
    Writes { line: "outbox send", waits: Waits::Nothing, says: None },
    Writes { line: "outbox drop 0123456789abcdef", waits: Waits::Nothing, says: None },
    Writes { line: "timeline page.html", waits: Waits::Nothing, says: None },
    Writes { line: "review", waits: Waits::Nothing, says: None },
];

/// The others read, or write a file that a person names and that is made once.
const READING: [&str; 20] = [
    "status",
    "replay",
    "show",
    "log",
    "tail",
    "diff",
    "find",
    "blame",
    "verify",
    "prove",
    "completions",
    "man",
    "help",
    "unlock",
    "lock",
    "editor list",
    "key list",
    "key show",
    "document list",
    "witness list",
];

/// The newsroom with another editor, a request, a second document, a bag and drafts.
fn ready() -> Newsroom {
    let room = newsroom();
    room.write("drafts.jsonl", fact("Lavrov spoke.", "Lavrov said"));
    room.write("second.txt", "Another text.");
    for line in [
        "key new cy --name Cy --no-passphrase",
        "editor add keys/cy.request --role editor",
        "key new bo --name Bo --no-passphrase --keys else --for example.org/record",
        "export --to bag",
        "publish www",
        "clone www old",
    ] {
        let answer = room.run(line);
        assert_eq!(answer.exit, 0, "{line}: {answer:?}");
    }
    room.rename("else/bo.request", "bo.request");
    room.write("vkey", room.run("witness new of-another --name v.example/w").out);
    room
}

/// The commands in a help text.
fn listed(room: &Newsroom, line: &str) -> Vec<String> {
    let help = room.run(line).out;
    let commands = help.split("Commands:\n").nth(1).unwrap_or_default();
    let commands = commands.lines().take_while(|line| !line.trim().is_empty());
    let named = commands.filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    named.filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect()
}

#[test]
fn every_command_of_the_program_is_in_one_of_the_lists() {
    let room = newsroom();
    let top = listed(&room, "--help");
    assert!(top.len() > 20, "{top:?}");
    let is_known = |name: &str| {
        let begins = |line: &str| line == name || line.starts_with(&format!("{name} "));
        WRITING.iter().any(|writes| begins(writes.line)) || READING.iter().any(|it| begins(it))
    };
    for name in top {
        assert!(is_known(&name), "{name}");
        for inner in listed(&room, &format!("{name} --help")) {
            let inner = format!("{name} {inner}");
            assert!(inner.ends_with(" help") || is_known(&inner), "{inner}");
        }
    }
}

#[test]
fn every_command_that_waits_says_for_whom() {
    let room = ready();
    let ours = format!("waiting for another writer: process {}: ", std::process::id());
    for Writes { line, waits, .. } in &WRITING {
        let (lock, folder, said) = match waits {
            Waits::Nothing => continue,
            Waits::File(path) => {
                std::fs::create_dir_all(room.path(path).parent().unwrap()).unwrap();
                let lock = Lock::take(&room.path(path), Duration::ZERO).unwrap();
                (Some(lock), None, ours.as_str())
            }
            Waits::Folder(path) => {
                std::fs::create_dir_all(room.path(path)).unwrap();
                let folder = File::open(room.path(path)).unwrap();
                folder.lock().unwrap();
                (None, Some(folder), "waiting for another writer: another annals publish\n")
            }
        };
        let by = if line.starts_with("key") { "" } else { " --by ada" };
        let answer = room.run(&format!("{line}{by} --wait 400ms"));
        assert_eq!(answer.exit, 3, "{line}: {answer:?}");
        assert!(answer.told().starts_with(said), "{line}: {answer:?}");
        drop((lock, folder));
    }
}

/// Standard output fails: what readers wrote to files is there, and is said on stderr.
#[cfg(target_os = "linux")]
#[test]
fn what_readers_write_is_said_on_stderr_where_stdout_is_full() {
    let room = ready();
    let last = "annals: cannot write: on standard output: No space left on device (os error 28); \
                what was done is said here\n";
    for (line, file, says) in [
        ("timeline --html t.html", "t.html", "t.html: 3 facts, "),
        ("verify --pin p --init-pin", "p", "pin: made at size 6\n"),
        ("verify --html v.html", "v.html", "yes: the record is whole, in "),
        ("verify bag --html b.html", "b.html", "bag: the whole record of 6 events\n"),
    ] {
        let full = OpenOptions::new().write(true).open("/dev/full").unwrap();
        let output = room.command(line).stdout(full).output().unwrap();
        let answer = room.answer(output);
        assert_eq!(answer.exit, 2, "{line}: {answer:?}");
        assert!(room.has(file), "{line}: {answer:?}");
        assert!(answer.told().contains(says), "{line}: {answer:?}");
        assert!(answer.told().ends_with(last), "{line}: {answer:?}");
    }
}

/// A help that could not be printed is no success.
#[cfg(target_os = "linux")]
#[test]
fn a_help_that_is_not_printed_is_no_success() {
    let room = ready().copy();
    for line in ["--help", "--version", "append --help", "help", "help append", "help keys"] {
        let full = OpenOptions::new().write(true).open("/dev/full").unwrap();
        let answer = room.answer(room.command(line).stdout(full).output().unwrap());
        assert_eq!(answer.exit, 2, "{line}: {answer:?}");
        let told = "annals: cannot write: No space left on device (os error 28)\n";
        assert_eq!(answer.told(), told, "{line}");
    }
}

/// Standard output fails, or is closed: the receipt is printed on stderr.
#[cfg(target_os = "linux")]
#[test]
fn a_receipt_goes_to_stderr_where_stdout_is_closed() {
    let full = || OpenOptions::new().write(true).open("/dev/full").unwrap();
    let made = ready();
    let last = "annals: cannot write: on standard output: No space left on device (os error 28); \
                what was done is said here\n";
    for Writes { line, says, .. } in &WRITING {
        let Some(says) = says else { continue };
        let room = made.copy();
        std::fs::create_dir_all(room.path("l")).unwrap();
        let vkey = String::from_utf8(room.read("vkey")).unwrap();
        let line = line.replace("VKEY", vkey.trim());
        let by = if line.starts_with("init") { "" } else { " --by ada" };
        let output = room.command(&format!("{line}{by}")).stdout(full()).output().unwrap();
        let answer = room.answer(output);
        assert_eq!(answer.exit, 2, "{line}: {answer:?}");
        let told = answer.told();
        assert!(told.contains(says), "{line}: {told}");
        assert!(told.ends_with(last), "{line}: {told}");
        // A closed pipe is not an error, and the receipt is printed there too.
        let room = made.copy();
        std::fs::create_dir_all(room.path("l")).unwrap();
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let output = room.command(&format!("{line}{by}")).stdout(writer).output().unwrap();
        let answer = room.answer(output);
        assert_eq!(answer.exit, 0, "{line}: {answer:?}");
        assert!(answer.told().contains(says), "{line}: {answer:?}");
    }
}
