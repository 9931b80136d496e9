//! A policy that cannot be read: the verdict on the record is given without it.

use crate::auditor::desk::{Answer, Desk, ledger};
use crate::support::proof::verifier_key;
use crate::support::{Ledger, acts};
use serde_json::Value;
use std::fs;

/// The policies that are not read, and what is reported of each. A link leads nowhere.
const UNREAD: [(&str, &str); 7] = [
    ("none", "nothing at trust/none"),
    ("folder", "expected a file at trust/folder, found a folder"),
    ("pipe", "expected a file at trust/pipe, found a named pipe"),
    ("large", "trust/large has more than 1048576 bytes"),
    ("empty", "trust/empty: line 1: "),
    ("mailed", "trust/mailed: line 1: the policy is not read: its lines end with CR LF"),
    ("bytes", "trust/bytes: line 1: "),
];

/// A ledger with these policies beside it.
fn desk(ledger: &Ledger) -> Desk {
    let desk = Desk::with(&ledger.files());
    fs::create_dir_all(desk.path("trust/folder")).unwrap();
    let pipe = std::process::Command::new("mkfifo").arg(desk.path("trust/pipe")).status();
    assert!(pipe.unwrap().success());
    fs::write(desk.path("trust/large"), vec![b'#'; (1 << 20) + 1]).unwrap();
    fs::write(desk.path("trust/empty"), "").unwrap();
    fs::write(desk.path("trust/mailed"), policy().replace('\n', "\r\n")).unwrap();
    fs::write(desk.path("trust/bytes"), b"log \xff\xfe\n").unwrap();
    desk
}

fn policy() -> String {
    format!("log {}\nquorum none\n", verifier_key(acts::ORIGIN, 1, "log"))
}

/// The lines about a policy.
fn of_policy(answer: &Answer) -> Vec<&str> {
    answer.out.lines().filter(|line| line.contains("policy")).collect()
}

#[test]
fn a_policy_that_cannot_be_read_takes_no_verdict_away() {
    let desk = desk(&ledger(&[2, 3]));
    assert_eq!(desk.run("publish pub").exit, 0);
    assert_eq!(desk.run("export --to bag --unsigned").exit, 0);
    for (name, why) in UNREAD {
        for what in ["ledger", "pub", "bag"] {
            let answer = desk.run(&format!("verify {what} --policy trust/{name}"));
            let lines = of_policy(&answer);
            let [not_checked, advice, verdict] = lines[..] else { panic!("{}", answer.out) };
            let start = format!("policy: not checked: {why}");
            assert!(not_checked.starts_with(&start), "{what}: {}", answer.out);
            let put_right =
                "what to do: put right the policy, or name another with --policy, and verify again";
            assert_eq!(advice, put_right);
            let end = "could not tell: the record is whole, and the policy was not read, in ";
            assert!(verdict.starts_with(end), "{what}: {}", answer.out);
            assert_eq!((answer.exit, answer.err.as_str()), (2, ""), "{what}: {}", answer.out);
            assert!(answer.says("signature           3 signatures                  good"));
            assert!(answer.says("size 3, head "), "{}", answer.out);
        }
    }
    let json = desk.run("verify --policy trust/folder --format json");
    let report: Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!(report["policy_unread"], "expected a file at trust/folder, found a folder");
    assert_eq!((&report["exit"], &report["size"]), (&2.into(), &3.into()));
    // No pin is made or moved under trust that was not checked.
    let pinned = desk.run("verify --pin kept --init-pin --policy trust/empty");
    assert_eq!((pinned.exit, desk.path("kept").exists()), (2, false));
    assert!(pinned.says("pin: left as it was"), "{}", pinned.out);
}

/// Beside the keys, in every door, and with the verdicts that are graver.
#[test]
fn beside_the_keys_it_is_reported_and_a_graver_verdict_stays() {
    let desk = desk(&ledger(&[2, 3]));
    fs::create_dir_all(desk.path("keys/policy")).unwrap();
    let why = "keys/policy, found a folder";
    for line in ["verify", "verify ledger --html page.html"] {
        let answer = desk.run(line);
        let not_checked = |line: &&str| line.starts_with("policy: not checked: ");
        let line = answer.out.lines().find(not_checked).unwrap_or_default();
        assert!(line.ends_with(why), "{}", answer.out);
        assert_eq!(answer.exit, 2);
    }
    let page = desk.read("page.html");
    assert!(page.contains("Could not tell: the record is whole, and the policy was not read."));
    assert!(page.contains(why));
    let repaired = desk.run("repair");
    let verified = "verified: could not tell: the record is whole, and the policy was not read";
    assert!(repaired.says(verified), "{}{}", repaired.out, repaired.err);
    assert_eq!(repaired.exit, 2);
    let status = desk.run("status");
    assert!(status.says("policy        cannot be read: expected a file at "), "{}", status.out);
    assert!(status.out.contains(why), "{}", status.out);
    assert_eq!(status.exit, 0);
    let json: Value = serde_json::from_str(&desk.run("status --format json").out).unwrap();
    assert!(json["policy_unread"].as_str().unwrap().ends_with(why), "{json}");
    // A record that breaks its rules, and one behind its pin, are what they are.
    desk.run("verify --pin pin --init-pin --policy trust/none");
    fs::write(desk.path("pin"), ledger(&[2, 3]).pin(3)).unwrap();
    desk.put(&ledger(&[2]).files());
    let cut = desk.run("verify --pin pin");
    assert_eq!(cut.exit, 4, "{}", cut.out);
    assert!(cut.says("no: events that were seen before are missing here"), "{}", cut.out);
    assert!(cut.says("policy: not checked: expected a file"), "{}", cut.out);
    let mut wrong = Ledger::opened();
    let draft = wrong.draft("ada", acts::changed(3));
    wrong.put(draft.with(|draft| draft.signer = "bo".to_owned()));
    desk.put(&wrong.files());
    let fault = desk.run("verify");
    assert_eq!(fault.exit, 1, "{}", fault.out);
    assert!(fault.says("policy: not checked: expected a file"), "{}", fault.out);
}
