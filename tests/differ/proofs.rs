//! Random changes of proofs: their events, their omissions, their text, their anchors.

use crate::differ::records::record;
use crate::differ::words::{nudged, nudged_bytes};
use crate::support::acts::ORIGIN;
use crate::support::files::PIN;
use crate::support::proof::{LOG_KEY, POLICY, Parts, cosignature, verifier_key};
use crate::support::tamper::Dice;
use crate::support::texts::TEXT;
use crate::support::{Files, random};

/// A proof of some fact with some events, with up to two changes.
pub fn changed(dice: &mut Dice) -> Files {
    let ledger = record(dice);
    let size = ledger.size();
    let facts = random::positions(&ledger, &["fact.asserted"]);
    let facts: Vec<u64> = facts.into_iter().filter(|at| *at < size).collect();
    let fact = if facts.is_empty() { 0 } else { dice.pick(&facts) };
    let all = dice.below(2) == 0;
    let events: Vec<u64> =
        (0..size).filter(|at| all || *at == 0 || *at == fact || dice.below(3) > 0).collect();
    let captured = random::positions(&ledger, &["document.captured"]);
    let shown = captured.iter().filter(|at| events.contains(at) && dice.below(4) > 0);
    let documents: Vec<(u64, &str)> = shown.map(|at| (*at, TEXT)).collect();
    let left: Vec<String> = left_out(&ledger, &events, &captured, &documents);
    let mut parts = Parts::of(&ledger, fact, &events, &documents);
    if !left.is_empty() {
        parts.left_out = left;
    }
    let mut beside = Vec::new();
    if dice.below(2) == 0 {
        beside.push((LOG_KEY, verifier_key(ORIGIN, 1, dice.pick(&["log", "log", "ada"]))));
    }
    if dice.below(3) == 0 {
        let witness = verifier_key("w1.example", 4, "w1");
        let policy = format!("witness w {witness}\nquorum {}\n", dice.pick(&["w", "none"]));
        beside.push((POLICY, policy));
        if dice.below(2) == 0 {
            let line = cosignature(&parts.checkpoint, "w1.example", "w1", 7);
            parts.checkpoint.push_str(&line);
        }
    }
    for _ in 0..dice.pick(&[0, 1, 1, 2]) {
        part(&mut parts, dice);
    }
    let mut files = parts.beside(&beside);
    if dice.below(3) == 0 {
        files.insert(PIN.to_owned(), crate::differ::files::pin(&ledger, dice));
    }
    if dice.below(3) == 0 {
        let proof = nudged_bytes(&files["proof"], dice);
        files.insert("proof".to_owned(), proof);
    }
    files
}

fn left_out(
    ledger: &crate::support::Ledger,
    events: &[u64],
    captured: &[u64],
    documents: &[(u64, &str)],
) -> Vec<String> {
    let withheld = events.iter().filter(|at| ledger.events[**at as usize].body == "-");
    let bodies = withheld.map(|at| format!("without body {at}"));
    let absent = captured
        .iter()
        .filter(|at| events.contains(at) && !documents.iter().any(|(shown, _)| shown == *at));
    bodies.chain(absent.map(|at| format!("without document {at}"))).collect()
}

/// One part is replaced.
fn part(parts: &mut Parts, dice: &mut Dice) {
    let events = parts.events.len();
    if events == 0 {
        return;
    }
    let (at, other) = (dice.below(events), dice.below(events));
    match dice.below(8) {
        0 => drop(parts.events.remove(at)),
        1 => parts.events.swap(at, other),
        2..=4 => parts.events[at] = nudged(&parts.events[at], dice),
        5 => parts.checkpoint = nudged(&parts.checkpoint, dice),
        6 => parts.fact = dice.below(events) as u64,
        _ => {
            let at = dice.below(parts.documents.len());
            if let Some(document) = parts.documents.get_mut(at) {
                *document = nudged(document, dice);
            }
        }
    }
}
