//! `--format json` of the commands that write files: what each of them wrote, exactly.
//!
//! Always holds: no secret is in a receipt. Not here: receipts of events (`editor::programs`).

use crate::people::desk::Desk;
use serde_json::{Value, json};
use std::fs;

/// The one object that a command prints.
fn receipt(desk: &Desk, line: &str) -> Value {
    let told = desk.told(&format!("{line} --format json"));
    assert_eq!(told.lines().count(), 1, "{line}: {told}");
    serde_json::from_str(&told).unwrap()
}

#[test]
fn a_new_ledger_has_a_receipt_and_its_recovery_key_is_beside_it() {
    let desk = Desk::empty();
    let init = "init --origin example.org/record --title Record --name Ada_Example --no-passphrase";
    let answer = desk.run(&format!("{init} --format json"));
    let told: Value = serde_json::from_str(&answer.out).unwrap();
    let expected = json!({
        "status": "written", "position": 0, "count": 1, "head": "<64>", "size": 1,
        "origin": "example.org/record", "folder": "ledger", "keys_folder": "./keys",
        "name": "ada", "holder": "Ada Example", "key": "<64>", "secret": "unencrypted",
    });
    assert_eq!((answer.exit, told), (0, expected));
    let paper: Vec<&str> = answer.err.lines().skip(2).take(5).map(str::trim).collect();
    assert!(paper[0].starts_with("annals-recovery-") && paper.len() == 5, "{}", answer.err);
    // What was on standard error is the recovery key.
    fs::write(desk.path("paper"), paper.join("\n")).unwrap();
    let file = desk.path("paper");
    let lost = "editor add keys/ada.request --role admin --recovery --dry-run";
    desk.told("key new eve --name Eve --no-passphrase");
    let lost = lost.replace("ada.request", "eve.request");
    let tried = desk.run_with(&lost, &[("ANNALS_RECOVERY_FILE", file.to_str().unwrap())]);
    assert_eq!(tried.exit, 0, "{}", tried.err);
}

#[test]
fn a_key_has_a_receipt_without_its_secret() {
    let desk = Desk::founded();
    let made = receipt(&desk, "key new bo --name Bo_Berg --no-passphrase");
    let expected = json!({
        "status": "written", "name": "bo", "key": "<64>", "secret": "unencrypted",
        "secret_file": "~/keys/bo.key", "public_file": "~/keys/bo.pub",
        "holder": "Bo Berg", "origin": "example.org/record",
        "request_file": "~/keys/bo.request",
    });
    assert_eq!(made, expected);
    let secret = fs::read_to_string(desk.path("keys/bo.key")).unwrap();
    let secret = secret.lines().nth(1).unwrap();
    assert!(!made.to_string().contains(secret));
    fs::write(desk.path("phrase"), "four words and more").unwrap();
    let (phrase, changes) = (desk.path("phrase"), "key passphrase bo --format json");
    let answer =
        desk.run_with(changes, &[("ANNALS_NEW_PASSPHRASE_FILE", phrase.to_str().unwrap())]);
    let expected = json!({
        "status": "written", "name": "bo", "key": "<64>", "secret": "encrypted",
        "secret_file": "~/keys/bo.key", "public_file": "~/keys/bo.pub",
    });
    assert_eq!(serde_json::from_str::<Value>(&answer.out).unwrap(), expected, "{}", answer.err);
    fs::copy(desk.path("keys/ada.key"), desk.path("zoe.pem")).unwrap();
    let taken = receipt(&desk, "key import zoe zoe.pem --no-passphrase");
    assert_eq!((&taken["name"], &taken["holder"]), (&json!("zoe"), &Value::Null));
}

#[test]
fn a_publication_a_bag_and_a_copy_have_receipts() {
    let desk = Desk::with_bo();
    let published = |status: &str, before: u64, files: u64| {
        json!({
            "status": status, "folder": "out", "size": 2, "before": before,
            "files_written": files, "files_removed": 0, "files_mended": 0, "collected": null,
        })
    };
    let first = receipt(&desk, "publish out");
    let files = first["files_written"].as_u64().unwrap();
    assert!(files > 3);
    assert_eq!(first, published("written", 0, files));
    assert_eq!(receipt(&desk, "publish out"), published("already", 2, 0));
    // What was missing there, as a cosignature may be, is written.
    fs::remove_file(desk.path("out/checkpoint")).unwrap();
    let anew = receipt(&desk, "publish out");
    assert_eq!((&anew["status"], &anew["files_written"]), (&json!("written"), &json!(1)));
    assert_eq!(receipt(&desk, "publish out"), published("already", 2, 0));
    let bag = receipt(&desk, "export --to bag");
    let files = bag["files"].clone();
    let expected = json!({
        "status": "written", "folder": "bag", "size": 2, "of": 2, "files": files,
        "checkpoint": {"size": 2}, "signed": true,
    });
    assert_eq!(bag, expected);
    let copy = |line: &str, expected: Value| assert_eq!(receipt(&desk, line), expected);
    let whole = json!({"status": "written", "folder": "one", "size": 2, "taken_over": false});
    copy("import bag --to one", whole);
    desk.told("export --to part --as-of 0");
    copy(
        "import part --to two",
        json!({"status": "written", "folder": "two", "size": 1, "part_of": 2,
               "taken_over": false}),
    );
    copy(
        "import bag --to three --take-over --keys none",
        json!({"status": "written", "folder": "three", "size": 2, "taken_over": true,
               "old_key": "<64>"}),
    );
    copy(
        "import out --to four",
        json!({"status": "written", "folder": "four", "size": 2, "taken_over": false}),
    );
}

#[test]
fn a_repair_has_its_steps_also_where_it_fails() {
    let desk = Desk::with_bo();
    fs::remove_dir_all(desk.path("ledger/db")).unwrap();
    let told = receipt(&desk, "repair");
    let expected = json!({
        "steps": [
            {"step": "found", "what": "journal", "state": "whole", "path": "~/ledger/journal",
             "size": 2},
            {"step": "found", "what": "store", "state": "absent", "path": "~/ledger/db"},
            {"step": "built", "what": "store", "from": "journal", "size": 2},
        ],
        "verdict": "yes: the record is whole", "exit": 0, "size": 2, "head": "<64>",
        "faults": [],
    });
    assert_eq!(told, expected);
    assert_eq!(receipt(&desk, "repair --index"), json!({"steps": [{"step": "nothing"}]}));
    fs::remove_dir_all(desk.path("ledger/db")).unwrap();
    fs::write(desk.path("ledger/journal/00000000000000000000.log"), "{").unwrap();
    let answer = desk.run("repair --format json");
    let told: Value = serde_json::from_str(&answer.out).unwrap();
    assert_eq!(told["steps"].as_array().unwrap().len(), 2, "{told}");
    assert_eq!(told["verdict"], Value::Null);
    let error: Value = serde_json::from_str(answer.err.lines().last().unwrap()).unwrap();
    assert_eq!((answer.exit, &error["exit"]), (2, &json!(2)));
}

#[test]
fn a_witness_has_receipts_and_a_refused_publication_its_answers() {
    let desk = Desk::with_bo();
    let made = receipt(&desk, "witness new w --name one.example/w");
    let verifier = made["verifier"].as_str().unwrap().to_owned();
    assert_eq!(made, json!({"status": "written", "name": "w", "verifier": verifier}));
    // A port that nobody listens at: it was free a moment ago.
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let url = format!("http://{free}/");
    let added = receipt(&desk, &format!("witness add one {verifier} {url}"));
    let expected = json!({
        "status": "written", "name": "one", "url": url, "verifier": verifier, "counts": true,
        "quorum": 1, "quorum_before": 0,
    });
    assert_eq!(added, expected);
    let listed = receipt(&desk, "witness list");
    assert_eq!(listed[0]["verifier"], verifier);
    let answer = desk.run("publish out --format json");
    let told: Value = serde_json::from_str(&answer.out).unwrap();
    assert_eq!((answer.exit, &told["status"]), (5, &json!("refused")), "{told}");
    assert_eq!(told["collected"]["quorum"], false);
    assert_eq!(told["collected"]["witnesses"][0]["name"], "one");
    let removed = receipt(&desk, "witness remove one");
    let expected = json!({"status": "written", "name": "one", "quorum": 0, "quorum_before": 1});
    assert_eq!(removed, expected);
}

/// What publishes and verifies by a policy is content with less where its quorum is lowered.
#[test]
fn a_quorum_that_asks_for_fewer_is_reported() {
    let desk = Desk::with_bo();
    let verifiers: Vec<String> = ["one", "two", "three"]
        .map(|name| {
            let made = receipt(&desk, &format!("witness new {name} --name {name}.example/w"));
            made["verifier"].as_str().unwrap().to_owned()
        })
        .to_vec();
    let add = |n: usize, end: &str| {
        let (name, key) = (["one", "two", "three"][n], &verifiers[n]);
        format!("witness add {name} {key} http://127.0.0.1:9/{end}")
    };
    let fewer = |before, now| {
        format!(
            "warning: the policy's quorum asked for {before} cosignatures, and asks for {now} from \
             now on; annals witness add … --quorum N sets it\n"
        )
    };
    let group = |desk: &Desk| {
        let policy = desk.read("keys/policy");
        policy.lines().find(|line| line.starts_with("group")).unwrap_or_default().to_owned()
    };
    for (line, warning, policy) in [
        (add(0, ""), None, "group witnesses all one"),
        (add(1, ""), None, "group witnesses all one two"),
        // Each removal from "all" asks for one less.
        ("witness remove two".to_owned(), Some((2, 1)), "group witnesses all one"),
        (add(1, " --quorum 2"), None, "group witnesses 2 one two"),
        (add(2, ""), None, "group witnesses 2 one two three"),
        // Enough are left.
        ("witness remove three".to_owned(), None, "group witnesses 2 one two"),
        ("witness remove one".to_owned(), Some((2, 1)), "group witnesses 1 two"),
        // As before: one.
        (add(2, ""), None, "group witnesses 1 two three"),
        ("witness remove three".to_owned(), None, "group witnesses 1 two"),
        (add(0, " --quorum 2"), None, "group witnesses 2 two one"),
        (add(2, " --quorum any"), Some((2, 1)), "group witnesses any two one three"),
        ("witness remove one".to_owned(), None, "group witnesses any two three"),
        ("witness remove three".to_owned(), None, "group witnesses any two"),
        ("witness remove two".to_owned(), Some((1, 0)), ""),
    ] {
        let answer = desk.run(&line);
        assert_eq!(answer.exit, 0, "{line}: {}", answer.err);
        let (before, now) = warning.unwrap_or_default();
        let expected = fewer(before, now);
        assert_eq!(answer.err.contains("warning: "), warning.is_some(), "{line}: {}", answer.err);
        assert!(warning.is_none() || answer.err.contains(&expected), "{line}: {}", answer.err);
        assert_eq!(group(&desk), policy, "{line}");
        let more =
            "note: the policy's quorum asked for 1 cosignature, and asks for 2 from now on\n";
        assert_eq!(answer.err.contains(more), policy == "group witnesses all one two", "{line}");
    }
}

#[test]
fn a_lock_leaves_no_key_unlocked() {
    let desk = Desk::founded();
    fs::create_dir(desk.path("run")).unwrap();
    let place = desk.path("run");
    let place = [("XDG_RUNTIME_DIR", place.to_str().unwrap())];
    for line in ["lock --format json", "unlock --list --format json"] {
        let answer = desk.run_with(line, &place);
        let told: Value = serde_json::from_str(&answer.out).unwrap();
        assert_eq!((answer.exit, &told["keys"]), (0, &json!([])), "{}", answer.err);
    }
    let answer = desk.run_with("lock --format json", &place);
    assert_eq!(answer.out, "{\"status\":\"already\",\"keys\":[]}\n");
}
