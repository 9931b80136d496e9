//! Every command with every format: it answers in it, or refuses it before any work.

use crate::archivist::story::{Story, story};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The words of every command without subcommands, from the program's own manual.
pub fn commands(story: &Story) -> Vec<String> {
    story.told("man --to pages");
    let pages = story.folder.path().join("pages");
    let name = |path: PathBuf| path.file_stem().unwrap().to_str().unwrap().to_owned();
    let files = std::fs::read_dir(&pages).unwrap().map(|entry| name(entry.unwrap().path()));
    let all: Vec<String> = files.filter(|name| name != "annals").collect();
    std::fs::remove_dir_all(&pages).unwrap();
    let whole = |name: &&String| {
        let below = format!("{name}-");
        !name.contains("-help") && !all.iter().any(|other| other.starts_with(&below))
    };
    let words = |name: &String| name.strip_prefix("annals-").unwrap().replace('-', " ");
    let mut commands: Vec<String> = all.iter().filter(whole).map(words).collect();
    commands.sort();
    commands
}

/// The arguments that a command requires; a new command gets a line here.
pub fn needed(command: &str) -> &'static str {
    match command {
        "append" => "article.txt",
        "blame" => "3",
        "clone" => "www copy",
        "completions" => "bash",
        "confirm" => "5 --how reread",
        "correct" => "5 --claim C --reason entry-error --statement S",
        "diff" => "3",
        "dispute" => "5 --reason entry-error --statement S",
        "document add" => "article.txt --title T --lang en",
        "document describe" => "3 --title T --statement S",
        "editor add" => "keys/ada.request --role editor",
        "editor change" => "bo --name Bo",
        "editor revoke" => "bo --reason left --statement S",
        "export" => "--to bag",
        "find" => "met",
        "import" => "bag --to other",
        "init" => "--no-passphrase",
        "key import" => "zoe key.pem",
        "key new" => "zoe --name Zoe --no-passphrase",
        "key passphrase" => "ada",
        "key show" => "ada",
        "ledger change" => "--title Other",
        "ledger rekey" => "--reason rotated --statement S",
        "ledger retime" => "--statement S",
        // Nothing listens there.
        "move" => "--to postgres://127.0.0.1:1/none",
        "outbox drop" => "0123456789abcdef",
        "prove" => "5 -o 5.proof",
        "publish" => "pub",
        "reinstate" => "11 --statement S",
        "relate" => "5 supports 4",
        "retract" => "5 --reason entry-error --statement S",
        "review" => "--by ada",
        // It ends at once: there is no such file.
        "serve" => "--listen 127.0.0.1:0 --tls-cert none.pem --tls-key none.pem",
        "show" => "4",
        "store check" => "postgres://127.0.0.1:1/none",
        "store init" => "--print",
        "tail" => "--count 1",
        "timeline" => "--html -",
        "unlock" => "--list",
        "uphold" => "12 --statement S",
        "witness add" => "one one.example+0 http://127.0.0.1:1/",
        "witness new" => "w --name one.example/w",
        "witness remove" => "one",
        "witness serve" => "--key w --for one.example+0 --state state",
        "document list" | "editor list" | "help" | "key list" | "lock" | "log" | "man"
        | "outbox send" | "pull" | "repair" | "replay" | "status" | "verify"
        | "witness collect" | "witness list" => "",
        other => panic!("{other} is a new command: say here what it needs"),
    }
}

/// Commands that write and answer in a form.
const WRITES: [&str; 31] = [
    "append",
    "clone",
    "confirm",
    "correct",
    "dispute",
    "document add",
    "document describe",
    "editor add",
    "editor change",
    "editor revoke",
    "export",
    "import",
    "init",
    "key import",
    "key new",
    "key passphrase",
    "lock",
    "ledger ",
    "move",
    "outbox ",
    "prove",
    "publish",
    "pull",
    "reinstate",
    "relate",
    "repair",
    "retract",
    "serve",
    "store ",
    "uphold",
    "witness ",
];

fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let (mut found, mut folders) = (BTreeMap::new(), vec![folder.to_owned()]);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => folders.push(path),
                false => drop(found.insert(path.clone(), std::fs::read(&path).unwrap())),
            }
        }
    }
    found
}

/// Checks that an answer has the requested format.
fn in_form(format: &str, out: &str) {
    match format {
        "json" => {
            serde_json::from_str::<Value>(out).unwrap();
            assert_eq!(out.lines().count(), 1, "{out}");
        }
        "jsonl" => {
            let lines = out.lines().map(serde_json::from_str::<Value>);
            lines.for_each(|line| assert!(line.unwrap().is_object()));
        }
        _ => {
            let mut table = csv::Reader::from_reader(out.as_bytes());
            assert!(table.headers().unwrap().len() > 5, "{out}");
            table.records().for_each(|row| drop(row.unwrap()));
        }
    }
}

/// Whether a command refused a format, as text or, where JSON was asked for, as an object.
pub fn is_refused(command: &str, format: &str, err: &str) -> bool {
    let refused = format!("{command}: expected --format ");
    let found = format!(", found {format}");
    match format {
        "csv" => err.starts_with(&format!("annals: {refused}")) && err.trim().ends_with(&found),
        _ => err.lines().last().is_some_and(|last| {
            let error: Value = serde_json::from_str(last).unwrap_or_default();
            let message = error["message"].as_str().unwrap_or_default();
            message.starts_with(&refused) && message.ends_with(&found)
        }),
    }
}

#[test]
fn every_command_answers_in_a_form_or_refuses_it_before_any_work() {
    let story = story();
    let (commands, before) = (commands(&story), files(story.folder.path()));
    // A writer that is refused may have built the store already.
    let writable = crate::archivist::story::story();
    assert!(commands.len() > 40, "{commands:?}");
    // No agent but one of this folder is asked.
    let own = [("XDG_RUNTIME_DIR", writable.folder.path().to_str().unwrap())];
    let mut answered = Vec::new();
    for command in &commands {
        let line = format!("{command} {}", needed(command));
        for format in ["json", "jsonl", "csv"] {
            let writes = WRITES.iter().any(|words| command.starts_with(words));
            let place = if writes && format != "csv" { &writable } else { &story };
            let answer = place.run_with(&format!("{} --format {format}", line.trim()), &own);
            if is_refused(command, format, &answer.err) {
                assert_eq!((answer.exit, answer.out.as_str()), (2, ""), "{line} {format}");
                // The refusal needs no ledger.
                let elsewhere = ["--ledger nowhere", "--format", format].join(" ");
                let again = story.run(&format!("{} {elsewhere}", line.trim()));
                assert_eq!(again.err, answer.err, "{line} {format}");
                continue;
            }
            // What writes may be refused here, for the clock or a file: an error has the form too.
            if writes && answer.exit != 0 && answer.out.is_empty() {
                let last = answer.err.lines().last().unwrap();
                let error: Value = serde_json::from_str(last).unwrap();
                assert_eq!((answer.out.as_str(), &error["exit"]), ("", &answer.exit.into()));
                continue;
            }
            assert!(writes || answer.exit == 0, "{line} {format}: {}", answer.err);
            in_form(format, &answer.out);
            answered.push(format!("{command} {format}"));
        }
    }
    assert!(before == files(story.folder.path()), "something was written");
    for form in ["blame json", "diff jsonl", "log csv", "show csv", "review csv", "verify json"] {
        assert!(answered.contains(&form.to_owned()), "{form}: {answered:?}");
    }
    let refused = ["completions json", "help json", "man json", "timeline json"];
    for form in refused {
        assert!(!answered.contains(&form.to_owned()), "{form}");
    }
    for form in ["blame csv", "diff csv", "verify csv", "status csv"] {
        assert!(!answered.contains(&form.to_owned()), "{form}");
    }
}

#[test]
fn a_page_of_any_event_is_a_row_too() {
    let story = story();
    for (position, column) in [("4", "claim"), ("3", "media_type"), ("1", "effect"), ("8", "on")] {
        let table = story.told(&format!("show {position} --format csv"));
        in_form("csv", &table);
        let header = table.lines().next().unwrap();
        assert!(header.split(',').any(|name| name == column), "{position}: {header}");
    }
    // A unified diff is text.
    let answer = story.run("diff 9 --unified --format json");
    let error: Value = serde_json::from_str(&answer.err).unwrap();
    assert_eq!((answer.exit, &error["expected"]), (2, &"--format text, its only form".into()));
}
