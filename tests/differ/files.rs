//! Changes of a record's files: journal, commit lines, names, checkpoint, marks, pin, documents.
//!
//! Always holds: a ledger has a file in its journal, possibly empty. Not here: changes of a text as
//! such (`words`), proofs (`proofs`).

use crate::differ::records::record;
use crate::differ::words::{nudged, nudged_bytes};
use crate::support::acts::ORIGIN;
use crate::support::files::{
    CHECKPOINT, Files, JOURNAL, MARKS, PIN, closing, head_text, note, pin_with_sum,
};
use crate::support::proof::{POLICY, cosignature, verifier_key};
use crate::support::tamper::Dice;
use crate::support::{Ledger, tamper};
use annals_core::hash::Hash;

/// A ledger, with up to three changes.
pub fn ledger(dice: &mut Dice) -> Files {
    let ledger = record(dice);
    let mut files = ledger.files();
    around(&ledger, &mut files, dice);
    for _ in 0..dice.pick(&[0, 1, 1, 1, 2, 3]) {
        change(&ledger, &mut files, dice);
    }
    if !files.keys().any(|name| name.starts_with("ledger/journal/")) {
        files.insert(JOURNAL.to_owned(), Vec::new());
    }
    files
}

/// A published directory, with up to three changes.
pub fn published(dice: &mut Dice) -> Files {
    let mut ledger = record(dice);
    if dice.below(12) == 0 {
        while ledger.size() < 258 {
            ledger.sign("ada", crate::support::acts::changed(1 + ledger.size() % 9));
        }
    }
    let size = 1 + dice.below(ledger.events.len()) as u64;
    let last = size + dice.below(ledger.events.len() - size as usize + 1) as u64;
    let mut files = ledger.published(&[size, last]);
    if dice.below(3) == 0 {
        files.insert(PIN.to_owned(), pin(&ledger, dice));
    }
    for _ in 0..dice.pick(&[0, 1, 1, 2, 3]) {
        let names: Vec<String> = files.keys().cloned().collect();
        let name = dice.pick(&names);
        match dice.below(4) {
            0 => drop(files.remove(&name)),
            1 => {
                let other = files[&dice.pick(&names)].clone();
                files.insert(name, other);
            }
            2 => {
                let text = checkpoint(&ledger, dice);
                files.insert("published/checkpoint".to_owned(), text);
            }
            _ => {
                let bytes = nudged_bytes(&files[&name], dice);
                files.insert(name, bytes);
            }
        }
    }
    // Some of it is left, so that its kind can be recognized.
    files.entry("published/tile/0/999".to_owned()).or_default();
    files
}

/// The files that may be beside a ledger.
fn around(ledger: &Ledger, files: &mut Files, dice: &mut Dice) {
    if dice.below(2) == 0 {
        let marks: String = (1..=ledger.size()).map(|size| ledger.mark(size)).collect();
        files.insert(MARKS.to_owned(), marks.into_bytes());
    }
    if dice.below(2) == 0 {
        files.insert(PIN.to_owned(), pin(ledger, dice));
    }
    if dice.below(6) == 0 {
        let name = |n: usize| format!("w{n}.example");
        let key = |n: usize| verifier_key(&name(n), 4, &format!("w{n}"));
        let quorum = dice.pick(&["none", "g", "w1"]);
        let log = match dice.below(3) {
            0 => String::new(),
            _ => format!("log {}\n", verifier_key(ORIGIN, 1, dice.pick(&["log", "ada"]))),
        };
        let policy = format!(
            "{log}witness w1 {}\nwitness w2 {}\ngroup g any w1 w2\nquorum {quorum}\n",
            key(1),
            key(2)
        );
        files.insert(POLICY.to_owned(), policy.into_bytes());
        let mut text = ledger.checkpoint(ledger.size());
        for n in 1..=dice.below(3) {
            let signer = if dice.below(5) == 0 { "w9".to_owned() } else { format!("w{n}") };
            let line = cosignature(&text, &name(n), &signer, 7);
            // The id is of the named key, whoever signs.
            text += &line;
        }
        files.insert(CHECKPOINT.to_owned(), text.into_bytes());
    }
}

/// A pin of some size: of this record, or of one that forked from it.
pub fn pin(ledger: &Ledger, dice: &mut Dice) -> Vec<u8> {
    let mut ledger = ledger.clone();
    if dice.below(4) == 0 {
        let keep = 1 + dice.below(ledger.events.len());
        ledger.events.truncate(keep);
        for _ in 0..dice.below(4) {
            ledger.sign("ada", crate::support::acts::changed(2));
        }
    }
    let known = |event: &crate::support::ledger::Made| {
        serde_json::from_str::<serde_json::Value>(&event.statement).is_ok_and(|said| {
            said["args"]["log_key"].is_string() || said["type"] != "ledger.rekeyed"
        })
    };
    if !ledger.events.iter().all(known) || !names_known_keys(&ledger) {
        return b"annals pin v1\n".to_vec();
    }
    let size = match dice.below(2) {
        0 => ledger.size(),
        _ => 1 + dice.below(ledger.events.len()) as u64,
    };
    let lines = ledger.pin_lines(size);
    match dice.below(4) {
        0 => pin_with_sum(&nudged(&lines, dice)).into_bytes(),
        _ => pin_with_sum(&lines).into_bytes(),
    }
}

fn names_known_keys(ledger: &Ledger) -> bool {
    let known: Vec<String> =
        ["log", "log-2", "log-3", "log-4"].iter().map(|n| crate::support::keys::key(n)).collect();
    ledger.events.iter().enumerate().all(|(index, event)| {
        let said: serde_json::Value = serde_json::from_str(&event.statement).unwrap_or_default();
        let names = said["type"] == "ledger.opened" || said["type"] == "ledger.rekeyed";
        let key = said["args"]["log_key"].as_str().unwrap_or_default();
        (index > 0 || said["type"] == "ledger.opened") && (!names || known.iter().any(|k| k == key))
    })
}

/// A signed checkpoint with some size, root, origin and keys.
fn checkpoint(ledger: &Ledger, dice: &mut Dice) -> Vec<u8> {
    let size = dice.below(ledger.events.len() + 3) as u64;
    let root = match size <= ledger.size() && dice.below(4) > 0 {
        true => ledger.root(size),
        false => Hash::of(&[b"another root"]),
    };
    let origin = if dice.below(6) == 0 { "example.org/other" } else { ORIGIN };
    let signers: Vec<String> = match dice.below(4) {
        0 => vec!["log-2".to_owned(), "log".to_owned()],
        1 => vec!["ada".to_owned()],
        _ => ledger.log.clone(),
    };
    note(&head_text(origin, size, &root), &signers).into_bytes()
}

/// One change of one file.
fn change(ledger: &Ledger, files: &mut Files, dice: &mut Dice) {
    let journal = String::from_utf8_lossy(&files[&first_journal(files)]).into_owned();
    let size = ledger.events.len();
    let (at, other) = (dice.below(size), dice.below(size));
    let mut put = |name: &str, bytes: Vec<u8>| drop(files.insert(name.to_owned(), bytes));
    match dice.below(16) {
        0..=2 => put(JOURNAL, nudged_bytes(journal.as_bytes(), dice)),
        3 => put(JOURNAL, closings(&journal, dice)),
        4 if dice.below(2) == 0 => agree(files, dice),
        4 => split(files, dice),
        5 => put(CHECKPOINT, checkpoint(ledger, dice)),
        6 => {
            let marks = files.get(MARKS).cloned().unwrap_or_default();
            let foreign = ledger.mark(1 + at as u64).replace(ORIGIN, "example.org/other");
            let own = ledger.mark(1 + other as u64);
            let more = dice.pick(&[foreign, own, "junk\n".to_owned(), "junk".to_owned()]);
            let all = String::from_utf8_lossy(&marks).into_owned() + &more;
            let all = if dice.below(2) == 0 { nudged(&all, dice) } else { all };
            files.insert(MARKS.to_owned(), all.into_bytes());
        }
        7 => put(PIN, pin(ledger, dice)),
        8..=11 => {
            let whole = tamper::rearrange(ledger, |events| match dice.below(6) {
                0 => drop(events.remove(at)),
                1 => events.insert(other, events[at].clone()),
                2 => events.swap(at, other),
                3 => events[at].body = "-".to_owned(),
                4 => events[at].body = events[other].body.clone(),
                _ => events.truncate(at + 1),
            });
            files.insert(JOURNAL.to_owned(), whole[JOURNAL].clone());
        }
        12 => {
            let names: Vec<String> = files.keys().filter(|n| *n != JOURNAL).cloned().collect();
            files.remove(&dice.pick(&names));
        }
        _ => {
            let names: Vec<String> = files.keys().cloned().collect();
            let name = dice.pick(&names);
            if name != POLICY {
                let bytes = nudged_bytes(&files[&name], dice);
                files.insert(name, bytes);
            }
        }
    }
}

fn first_journal(files: &Files) -> String {
    let mut names = files.keys().filter(|name| name.starts_with("ledger/journal/"));
    names.next().expect("a journal").clone()
}

/// Commit lines are made again, some of them wrong in one value.
fn closings(journal: &str, dice: &mut Dice) -> Vec<u8> {
    let (mut out, mut commit) = (String::new(), String::new());
    for line in journal.split_inclusive('\n') {
        let words: Vec<&str> = line.trim_end().split(' ').collect();
        let (["=", size, root, _], true) = (words.as_slice(), dice.below(4) > 0) else {
            commit += line;
            continue;
        };
        let size = size.parse::<u64>().unwrap_or(0) + dice.below(4) as u64 / 3;
        let root = annals_core::tlog::hash_from_base64(root).unwrap_or(Hash::of(&[]));
        let wrong = if dice.below(6) == 0 { "x" } else { "" };
        let line = closing(size, &root, &(commit.clone() + wrong));
        out += &std::mem::take(&mut commit);
        out += &line;
    }
    (out + &commit).into_bytes()
}

/// The journal in two files, split after a line, mostly a commit line.
fn split(files: &mut Files, dice: &mut Dice) {
    let name = first_journal(files);
    let bytes = files[&name].clone();
    let ends: Vec<(usize, bool)> = {
        let mut at = 0;
        let lines = bytes.split_inclusive(|byte| *byte == b'\n');
        lines
            .map(|line| {
                at += line.len();
                (at, line.starts_with(b"= "))
            })
            .collect()
    };
    let wanted: Vec<(usize, bool)> = match dice.below(5) {
        0 => ends,
        _ => ends.into_iter().filter(|(_, closes)| *closes).collect(),
    };
    if wanted.is_empty() {
        return;
    }
    let (at, _) = dice.pick(&wanted);
    let before = &bytes[..at];
    let last = before[..at - 1].rsplit(|byte| *byte == b'\n').next().unwrap_or_default();
    let said = String::from_utf8_lossy(last).into_owned();
    let said = said.split(' ').nth(1).and_then(|size| size.parse::<u64>().ok()).unwrap_or(3);
    let first = match dice.below(4) {
        0 => said + 1,
        1 => dice.below(12) as u64,
        _ => said,
    };
    files.insert(name, before.to_vec());
    files.insert(format!("ledger/journal/{first:020}.log"), bytes[at..].to_vec());
}

/// The journal in two files that agree on one event more than there is, by their names and all
/// commit lines from the first file's last one on.
fn agree(files: &mut Files, dice: &mut Dice) {
    let name = first_journal(files);
    let journal = String::from_utf8_lossy(&files[&name]).into_owned();
    let lines: Vec<&str> = journal.split_inclusive('\n').collect();
    let closes: Vec<usize> = (0..lines.len()).filter(|at| lines[*at].starts_with("= ")).collect();
    if closes.is_empty() {
        return;
    }
    let last = dice.pick(&closes);
    let (mut parts, mut first) = ([String::new(), String::new()], 0);
    for (at, line) in lines.iter().enumerate() {
        let part = &mut parts[usize::from(at > last)];
        let words: Vec<&str> = line.split(' ').collect();
        match (words.get(1).and_then(|size| size.parse::<u64>().ok()), line.starts_with("= ")) {
            (Some(size), true) if at >= last => {
                first = if at == last { size + 1 } else { first };
                *part += &line.replacen(&format!(" {size} "), &format!(" {} ", size + 1), 1);
            }
            _ => *part += line,
        }
    }
    let [one, other] = parts;
    files.insert(name, one.into_bytes());
    files.insert(format!("ledger/journal/{first:020}.log"), other.into_bytes());
}
