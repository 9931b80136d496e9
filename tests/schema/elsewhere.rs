//! Answers about more than one record: proofs, bags, copies, publications, repairs, forks,
//! witnesses, agents; and errors.
//!
//! Always holds: a process that this starts ends with it. Not here: the records (`records`).

use crate::bag::folders::copy;
use crate::schema::acts::Newsroom;
use crate::schema::answers::{Answers, Printed};
use crate::schema::served;
use serde_json::Value;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

const JOURNAL: &str = "ledger/journal/00000000000000000000.log";

/// All of them, of this newsroom.
pub fn all(answers: &mut Answers<'_>, room: &Newsroom) {
    review(answers);
    proofs(answers, room);
    bags(answers, room);
    repairs(answers, room);
    forks(answers, room);
    witnesses(answers, room);
    served::all(answers);
    agent(answers, room);
    errors(answers, room);
}

/// What a review on a terminal prints, as `editor::terminal` has it.
fn review(answers: &mut Answers<'_>) {
    let head = "0".repeat(64);
    let signed = format!(
        r#"{{"status":"written","position":8,"count":1,"head":"{head}","size":9,"parts":[{{"position":8,"status":"written","type":"fact.confirmed","fact":4,"revision":4}}]}}"#
    );
    for out in [signed, r#"{"status":"nothing","count":0}"#.to_owned()] {
        let printed = Printed { out, err: String::new(), exit: 0 };
        answers.check("review --ask --format json", &printed);
    }
}

fn proofs(answers: &mut Answers<'_>, room: &Newsroom) {
    for fact in [4, 5, 6] {
        room.does(answers, &format!("prove {fact} -o {fact}.proof --format json"));
        room.runs(answers, &format!("verify {fact}.proof --format json"));
    }
}

/// A bag, a part, a copy of the part, and a bag in which the record is damaged and then lost.
fn bags(answers: &mut Answers<'_>, room: &Newsroom) {
    room.does(answers, "export --to bag --format json");
    room.does(answers, "export --to part --as-of 5 --format json");
    fs::create_dir(room.path("copy")).unwrap();
    room.does(answers, "import part --to copy/ledger --format json");
    // Beside the newsroom's own keys a part is older than the log key's memory.
    for question in ["status", "verify"] {
        room.runs(answers, &format!("{question} --ledger copy/ledger --keys keys --format json"));
    }
    room.does(answers, "import bag --to copy/goes-on --take-over --keys none --format json");
    for _ in 0..2 {
        room.does(answers, "publish out --format json");
    }
    following(answers, room);
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

/// A copy of what is published, up to date, and one whose mark has no time and that has no checkpoint.
fn following(answers: &mut Answers<'_>, room: &Newsroom) {
    let cache = room.path("cache");
    let own = [("ANNALS_CACHE", cache.to_str().unwrap())];
    let status = "status --ledger follower --format json";
    for line in ["clone out follower --format json", "pull --ledger follower --format json", status]
    {
        let printed = answers.run(room.folder.path(), line, &own);
        assert_eq!(printed.exit, 0, "{line}: {}", printed.err);
    }
    let whole = "pull --ledger follower --verify-first --format json";
    assert_eq!(answers.run(room.folder.path(), whole, &own).exit, 0);
    room.put("follower/following.evidence", "");
    let verify = "verify follower --format json";
    for line in [status, verify, "--ledger follower --format json"] {
        assert_eq!(answers.run(room.folder.path(), line, &own).exit, 0, "{line}");
    }
    room.put("follower/following", "annals following v1\nplace /nowhere\n");
    fs::remove_file(room.path("follower/checkpoint")).unwrap();
    answers.run(room.folder.path(), status, &own);
}

/// A record without its store; one whose end and one of whose documents are damaged, and a copy.
fn repairs(answers: &mut Answers<'_>, room: &Newsroom) {
    for name in ["hurt", "whole"] {
        copy(&room.path("ledger"), &room.path(name).join("ledger"));
        copy(&room.path("keys"), &room.path(name).join("keys"));
        let documents = fs::read_dir(room.path(name).join("ledger/document")).unwrap();
        let mut documents: Vec<_> = documents.map(|entry| entry.unwrap().path()).collect();
        documents.sort();
        // The copy lacks one document, the record both.
        let lost = if name == "hurt" { 2 } else { 1 };
        documents.iter().take(lost).for_each(|document| fs::remove_file(document).unwrap());
    }
    room.does(answers, "repair --index --format json");
    fs::write(room.path("hurt").join(JOURNAL), "{").unwrap();
    room.runs(answers, "repair --ledger hurt/ledger --from whole/ledger --format json");
    fs::remove_dir_all(room.path("hurt/ledger/db")).unwrap();
    fs::write(room.path("hurt").join(JOURNAL), "{").unwrap();
    assert_eq!(room.runs(answers, "repair --ledger hurt/ledger --format json").exit, 2);
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
    let unwritten = "verify --pin none/pin --init-pin --format json";
    assert_eq!(room.runs(answers, unwritten).exit, 2);
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

/// A server in a process of its own, and what it printed first.
pub struct Serving(Child, pub String);

impl Serving {
    /// Starts a command in a folder, and waits for its first line.
    pub fn start(folder: &Path, words: &[&str], environment: &[(&str, &str)]) -> Serving {
        let mut command = Command::new(env!("CARGO_BIN_EXE_annals"));
        command.current_dir(folder).args(words).env_remove("ANNALS_KEYS");
        command.envs(environment.iter().copied()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut serving = Serving(command.spawn().unwrap(), String::new());
        let out = serving.0.stdout.take().unwrap();
        BufReader::new(out).read_line(&mut serving.1).unwrap();
        serving
    }

    /// The address that it printed as JSON.
    pub fn url(&self) -> String {
        let printed: Value = serde_json::from_str(&self.1).unwrap();
        printed["url"].as_str().unwrap().to_owned()
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A witness that answers and one that does not.
fn witnesses(answers: &mut Answers<'_>, room: &Newsroom) {
    let other = tempfile::tempdir().unwrap();
    let other = other.path();
    let init = "init --origin b.example/record --title T --name B --no-passphrase";
    assert_eq!(answers.run(other, init, &[]).exit, 0);
    let new = |answers: &mut Answers<'_>, name: &str| {
        let line = format!("witness new {name} --name w.example/{name} --format json");
        let made: Value = serde_json::from_str(&answers.run(other, &line, &[]).out).unwrap();
        made["verifier"].as_str().unwrap().to_owned()
    };
    let (one, two) = (new(answers, "w1"), new(answers, "w2"));
    let nowhere = "http://127.0.0.1:9";
    room.does(answers, &format!("witness add one {one} {nowhere} --format json"));
    room.does(answers, &format!("witness add two {two} {nowhere} --format json"));
    assert_eq!(room.runs(answers, "publish out --format json").exit, 5);
    let policy = fs::read_to_string(room.path("keys/policy")).unwrap();
    let log = policy.lines().find_map(|line| line.strip_prefix("log ")).unwrap();
    let (_serving, url) = serve(answers, other, log);
    room.does(answers, "witness remove one --format json");
    room.does(answers, &format!("witness add one {one} {url}"));
    for line in ["witness collect", "witness list", "verify"] {
        for format in ["json", "jsonl"] {
            room.runs(answers, &format!("{line} --format {format}"));
        }
    }
}

/// Starts the first witness; its process and its address.
fn serve(answers: &mut Answers<'_>, folder: &Path, log: &str) -> (Serving, String) {
    let line = "witness serve --listen 127.0.0.1:0 --key w1 --state state --first --format json";
    let words: Vec<&str> = line.split(' ').chain(["--for", log]).collect();
    let serving = Serving::start(folder, &words, &[]);
    answers.check(line, &Printed { out: serving.1.clone(), err: String::new(), exit: 0 });
    let url = serving.url();
    (serving, url)
}

/// An agent that has a key for a while.
fn agent(answers: &mut Answers<'_>, room: &Newsroom) {
    fs::create_dir(room.path("run")).unwrap();
    room.put("phrase", "four words and more");
    let (run, phrase) = (room.path("run"), room.path("phrase"));
    let owner = std::os::unix::fs::PermissionsExt::from_mode(0o600);
    fs::set_permissions(&phrase, owner).unwrap();
    let text = |path: &Path| path.to_str().unwrap().to_owned();
    let (run, phrase) = (text(&run), text(&phrase));
    let environment = [("XDG_RUNTIME_DIR", &*run), ("ANNALS_PASSPHRASE_FILE", &*phrase)];
    let unlocked = ["unlock dee --format json", "unlock --list --format json"];
    for line in ["key new dee --name Dee"].into_iter().chain(unlocked).chain(["lock --format json"])
    {
        let printed = answers.run(room.folder.path(), line, &environment);
        assert_eq!(printed.exit, 0, "{line}: {}", printed.err);
    }
}

/// Drafts that are not written; errors with drafts, with causes, with advice; keys without a record.
fn errors(answers: &mut Answers<'_>, room: &Newsroom) {
    fs::create_dir_all(room.path("keys/drafts")).unwrap();
    room.put("keys/drafts/kept.jsonl", "");
    room.does(answers, "--by cy --format json");
    room.put("bad.csv", "ref,quote,claim,vouch\nF1,two hours,C.,yes\n");
    let drafts = [
        r#"{"ref":"F1","claim":"C.","quote":"nowhere there"}"#,
        r#"{"claim":"C.","stance":"mentions"}"#,
    ];
    room.put("bad.jsonl", &drafts.join("\n"));
    for drafts in ["bad.csv", "bad.jsonl"] {
        let line = format!("append {drafts} --by ada --format json");
        assert_eq!(room.runs(answers, &line).exit, 1);
    }
    assert_eq!(room.runs(answers, "show x --format json").exit, 2);
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
