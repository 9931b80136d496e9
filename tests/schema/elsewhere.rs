//! Answers about more than one record: proofs, bags, copies, forks, witnesses, agents; and errors.
//!
//! Always holds: a process that this starts ends with it. Not here: the records (`records`).

use crate::bag::folders::copy;
use crate::schema::acts::Newsroom;
use crate::schema::answers::Answers;
use crate::witness::killed::Process;
use std::fs;
use std::path::Path;

const JOURNAL: &str = "ledger/journal/00000000000000000000.log";

/// All of them, of this newsroom.
pub fn all(answers: &mut Answers<'_>, room: &Newsroom) {
    proofs(answers, room);
    bags(answers, room);
    forks(answers, room);
    witnesses(answers, room);
    agent(answers, room);
    errors(answers, room);
}

fn proofs(answers: &mut Answers<'_>, room: &Newsroom) {
    for fact in [4, 5, 6] {
        room.does(answers, &format!("prove {fact} -o {fact}.proof"));
        room.runs(answers, &format!("verify {fact}.proof --format json"));
    }
}

/// A bag, a part, a copy of the part, and a bag in which the record is damaged and then lost.
fn bags(answers: &mut Answers<'_>, room: &Newsroom) {
    room.does(answers, "export --to bag");
    room.does(answers, "export --to part --as-of 5");
    fs::create_dir(room.path("copy")).unwrap();
    room.does(answers, "import part --to copy/ledger");
    room.does(answers, "verify bag --format json");
    room.does(answers, "verify part --format json");
    for question in ["status", "verify", "log", "replay"] {
        room.does(answers, &format!("{question} --ledger copy/ledger --format json"));
    }
    fs::write(room.path("bag/data").join(JOURNAL), "").unwrap();
    assert_ne!(room.runs(answers, "verify bag --format json").exit, 0);
    fs::remove_file(room.path("bag/data").join(JOURNAL)).unwrap();
    fs::remove_dir(room.path("bag/data/ledger/journal")).unwrap();
    assert_ne!(room.runs(answers, "verify bag --format json").exit, 0);
}

/// Two records that the log key signed, and what is left of one of them.
fn forks(answers: &mut Answers<'_>, room: &Newsroom) {
    for fork in ["fork", "lost"] {
        copy(&room.path("ledger"), &room.path(fork).join("ledger"));
        copy(&room.path("keys"), &room.path(fork).join("keys"));
    }
    room.does(answers, "ledger change --title One --by ada");
    room.does(answers, "verify --pin pin --init-pin --format json");
    room.does(answers, "verify --pin pin --format json");
    room.does(answers, "ledger change --title Two --ledger fork/ledger --by ada");
    let verify = "verify --ledger fork/ledger --pin pin --format json";
    assert_eq!(room.runs(answers, verify).exit, 4);
    assert_eq!(room.runs(answers, "verify pin.evidence --format json").exit, 4);
    let damaged = fs::read_to_string(room.path("pin.evidence")).unwrap() + "more\n";
    room.put("pin.evidence", &damaged);
    assert_eq!(room.runs(answers, "verify pin.evidence --format json").exit, 2);
    fs::remove_file(room.path("pin.evidence")).unwrap();
    fs::remove_file(room.path("fork/ledger/checkpoint")).unwrap();
    assert_eq!(room.runs(answers, verify).exit, 4);
    lost(answers, room);
}

/// A record whose memory of the log key cannot be read, and one whose end is lost.
fn lost(answers: &mut Answers<'_>, room: &Newsroom) {
    let status = "status --ledger lost/ledger --format json";
    let marks = fs::read(room.path("lost/keys/log.marks")).unwrap();
    fs::write(room.path("lost/keys/log.marks"), "other\n").unwrap();
    room.runs(answers, status);
    fs::write(room.path("lost/keys/log.marks"), marks).unwrap();
    let journal = fs::read(room.path("lost").join(JOURNAL)).unwrap();
    fs::write(room.path("lost").join(JOURNAL), &journal[..journal.len() - 30]).unwrap();
    assert_eq!(room.runs(answers, status).exit, 2);
    // The words of the only description are not those that were signed.
    let text = String::from_utf8(journal).unwrap().replace("The article again", "Another article");
    fs::write(room.path("lost").join(JOURNAL), text).unwrap();
    room.runs(answers, "document list --ledger lost/ledger --format json");
}

/// A witness that answers and one that does not.
fn witnesses(answers: &mut Answers<'_>, room: &Newsroom) {
    let other = tempfile::tempdir().unwrap();
    let other = other.path();
    let init = "init --origin b.example/record --title T --name B --no-passphrase";
    assert_eq!(answers.run(other, init, &[]).exit, 0);
    let new = |answers: &mut Answers<'_>, name: &str| {
        let line = format!("witness new {name} --name w.example/{name}");
        answers.run(other, &line, &[]).out.trim_end().to_owned()
    };
    let (one, two) = (new(answers, "w1"), new(answers, "w2"));
    let nowhere = "http://127.0.0.1:9";
    room.does(answers, &format!("witness add one {one} {nowhere}"));
    room.does(answers, &format!("witness add two {two} {nowhere}"));
    let policy = fs::read_to_string(room.path("keys/policy")).unwrap();
    let log = policy.lines().find_map(|line| line.strip_prefix("log ")).unwrap();
    let process = Process::start(other, log, true);
    room.does(answers, "witness remove one");
    room.does(answers, &format!("witness add one {one} http://{}", process.address));
    for line in ["witness collect", "witness list", "verify"] {
        for format in ["json", "jsonl"] {
            room.runs(answers, &format!("{line} --format {format}"));
        }
    }
}

/// An agent that has a key for a while.
fn agent(answers: &mut Answers<'_>, room: &Newsroom) {
    fs::create_dir(room.path("run")).unwrap();
    room.put("phrase", "four words and more");
    let (run, phrase) = (room.path("run"), room.path("phrase"));
    let text = |path: &Path| path.to_str().unwrap().to_owned();
    let (run, phrase) = (text(&run), text(&phrase));
    let environment = [("XDG_RUNTIME_DIR", &*run), ("ANNALS_PASSPHRASE_FILE", &*phrase)];
    for line in ["key new dee --name Dee", "unlock dee", "unlock --list --format json", "lock"] {
        let printed = answers.run(room.folder.path(), line, &environment);
        assert_eq!(printed.exit, 0, "{line}: {}", printed.err);
    }
}

/// Errors with drafts, with causes, with advice; and keys without a record.
fn errors(answers: &mut Answers<'_>, room: &Newsroom) {
    room.put("bad.csv", "ref,quote,claim,vouch\nF1,two hours,C.,yes\n");
    room.put("bad.jsonl", "{\"ref\":\"F1\",\"claim\":\"C.\",\"quote\":\"nowhere there\"}\n");
    for drafts in ["bad.csv", "bad.jsonl"] {
        let line = format!("append {drafts} --by ada --format json");
        assert_eq!(room.runs(answers, &line).exit, 1);
    }
    assert_eq!(room.runs(answers, "timeline --html none/page.html --format json").exit, 2);
    let alone = tempfile::tempdir().unwrap();
    copy(&room.path("keys"), &alone.path().join("keys"));
    for line in ["key list --keys keys --format json", "key list --keys keys --format jsonl"] {
        assert_eq!(answers.run(alone.path(), line, &[]).exit, 0);
    }
    fs::remove_file(room.path(JOURNAL)).unwrap();
    fs::create_dir(room.path(JOURNAL)).unwrap();
    assert_eq!(room.runs(answers, "log --format json").exit, 2);
}
