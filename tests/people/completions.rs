//! Completion: what a shell is offered for the values of arguments.

use crate::people::desk::Desk;
use std::fs;
use std::path::Path;
use std::process::Command;

const PROGRAM: &str = env!("CARGO_BIN_EXE_annals");

/// A document and three facts of Ada's.
fn desk() -> Desk {
    let desk = Desk::founded();
    fs::write(desk.path("text"), "The bridge was closed on Monday, and opened on Friday.\n")
        .unwrap();
    desk.told("document add text --media-type text/plain --title A_text --lang en --by ada");
    for (quote, claim, topic) in [
        ("Monday", "The_bridge_was_closed.", "John_Bridge"),
        ("Friday", "It_was_opened.", "Bridge"),
    ] {
        let line = format!("append --quote {quote} --claim {claim} --topic {topic} --by ada --yes");
        desk.told(&line);
    }
    desk
}

/// What is offered for the last word: each value and what stands beside it.
fn offered(desk: &Desk, words: &[&str]) -> Vec<String> {
    let mut asked = Command::new(PROGRAM);
    asked.current_dir(desk.folder.path()).env("ANNALS_COMPLETE", "fish").args(["--", "annals"]);
    for name in ["LEDGER", "KEYS", "EDITOR"] {
        asked.env_remove(format!("ANNALS_{name}"));
    }
    let done = asked.args(words).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&done.stderr), "", "{words:?}");
    let lines = String::from_utf8(done.stdout).unwrap();
    lines.lines().map(|line| line.trim_end().to_owned()).collect()
}

/// Without the options, which come after the values.
fn values(desk: &Desk, words: &[&str]) -> Vec<String> {
    offered(desk, words).into_iter().filter(|line| !line.starts_with('-')).collect()
}

#[test]
fn positions_are_offered_with_their_claims_and_titles() {
    let desk = desk();
    let facts = ["3\tasserted: It was opened.", "2\tasserted: The bridge was closed."];
    for words in [
        ["show", ""].as_slice(),
        &["log", ""],
        &["prove", ""],
        &["reinstate", ""],
        &["confirm", ""],
        &["confirm", "2", ""],
        &["correct", ""],
        &["dispute", ""],
        &["retract", ""],
        &["relate", ""],
        &["relate", "2", "supports", ""],
    ] {
        assert_eq!(values(&desk, words), facts, "{words:?}");
    }
    assert_eq!(values(&desk, &["show", "2"]), facts[1..]);
    let documents = ["1\tA text"];
    for words in
        [["blame", ""].as_slice(), &["replay", "--document", ""], &["append", "--document", ""]]
    {
        assert_eq!(values(&desk, words), documents, "{words:?}");
    }
}

#[test]
fn statuses_topics_keys_and_pages_are_offered() {
    let desk = desk();
    let statuses = ["asserted", "confirmed", "disputed", "retracted"];
    assert_eq!(values(&desk, &["replay", "--status", ""]), statuses);
    assert_eq!(values(&desk, &["find", "--status", "c"]), ["confirmed"]);
    let topics = ["Bridge", "John Bridge"];
    for command in ["replay", "find", "log", "review", "append", "diff"] {
        assert_eq!(values(&desk, &[command, "--topic", ""]), topics, "{command}");
    }
    assert_eq!(values(&desk, &["replay", "--topic", "john"]), ["John Bridge"]);
    desk.told("key new bo --name Bo_Berg --no-passphrase");
    for words in [
        ["--by", ""].as_slice(),
        &["append", "--editor", ""],
        &["replay", "--by", ""],
        &["unlock", ""],
        &["key", "show", ""],
        &["key", "passphrase", ""],
        &["editor", "revoke", ""],
        &["editor", "change", ""],
    ] {
        assert_eq!(values(&desk, words), ["ada", "bo"], "{words:?}");
    }
    assert_eq!(values(&desk, &["document", "add", "--encoding", "koi"]), ["KOI8-R", "KOI8-U"]);
    let pages = values(&desk, &["help", "key"]);
    assert_eq!(pages[0], "key\tMake, import, list and show keys");
    assert!(pages[1].starts_with("keys\tKeys: "), "{pages:?}");
    // Commands and options, too; those that are hidden are not.
    assert!(values(&desk, &["unl"])[0].starts_with("unlock\t"));
    assert!(!values(&desk, &[""]).iter().any(|line| line.starts_with("agent")));
    assert!(offered(&desk, &["unlock", "--f"])[0].starts_with("--for\t"));
}

#[test]
fn completions_read_the_named_ledger_and_are_empty_without_one() {
    let desk = desk();
    let elsewhere = Desk::empty();
    let ledger = desk.path("ledger");
    let ledger = ledger.to_str().unwrap();
    let joined = format!("--ledger={ledger}");
    for words in [["--ledger", ledger, "show", "3"].as_slice(), &[&joined, "show", "3"]] {
        assert_eq!(values(&elsewhere, words), ["3\tasserted: It was opened."], "{words:?}");
    }
    for words in [["show", ""], ["blame", ""], ["unlock", ""]] {
        assert_eq!(values(&elsewhere, &words), [""; 0], "{words:?}");
    }
    assert_eq!(fs::read_dir(elsewhere.folder.path()).unwrap().count(), 0);
    // A record without its index is folded, and nothing is written.
    fs::remove_dir_all(desk.path("ledger/index")).unwrap();
    assert_eq!(values(&desk, &["show", ""]).len(), 2);
    assert!(!desk.path("ledger/index").exists());
}

#[test]
fn the_script_of_bash_offers_words_that_can_be_typed() {
    let desk = desk();
    const SCRIPT: &str = r#"
        source <(annals completions bash)
        COMP_WORDS=(annals replay --topic "$1") COMP_CWORD=3 COMP_TYPE=9
        _clap_complete_annals annals "$1" --topic
        printf '%s\n' "${COMPREPLY[@]}""#;
    let path = Path::new(PROGRAM).parent().unwrap().to_str().unwrap();
    let path = format!("{path}:{}", std::env::var("PATH").unwrap());
    let offers = |typed: &str| {
        let mut bash = Command::new("bash");
        bash.current_dir(desk.folder.path()).env("PATH", &path);
        let done = bash.args(["-c", SCRIPT, "bash", typed]).output().unwrap();
        String::from_utf8(done.stdout).unwrap()
    };
    assert_eq!(offers(""), "Bridge\nJohn\\ Bridge\n");
    // Where the values are listed, each has its claim beside it; a single one is only the value.
    let listed = |typed: &str, kind: &str| {
        let script = SCRIPT
            .replace(
                "(annals replay --topic \"$1\") COMP_CWORD=3",
                "(annals show \"$1\") COMP_CWORD=2",
            )
            .replace("annals \"$1\" --topic", "annals \"$1\" show")
            .replace("COMP_TYPE=9", &format!("COMP_TYPE={kind}"));
        let mut bash = Command::new("bash");
        bash.current_dir(desk.folder.path()).env("PATH", &path);
        let done = bash.args(["-c", &script, "bash", typed]).output().unwrap();
        let lines = String::from_utf8(done.stdout).unwrap();
        let is_value = |line: &&str| !line.starts_with('-');
        lines.lines().filter(is_value).map(str::to_owned).collect::<Vec<_>>()
    };
    let facts = ["3  asserted: It was opened.", "2  asserted: The bridge was closed."];
    assert_eq!(listed("", "63"), facts);
    assert_eq!(listed("", "33"), facts);
    assert_eq!(listed("", "9"), ["3", "2"]);
    assert_eq!(listed("3", "63"), ["3"]);
    assert_eq!(offers("John\\ B"), "John\\ Bridge\n");
    for shell in ["zsh", "fish", "elvish", "powershell"] {
        assert!(desk.told(&format!("completions {shell}")).contains("ANNALS_COMPLETE"), "{shell}");
    }
    let mut wrong = desk.command("status", &[("ANNALS_COMPLETE", "cmd")]);
    assert_eq!(wrong.output().unwrap().status.code(), Some(2));
}
