//! Random acts, legal and illegal, on the events of a ledger.
//!
//! Always holds: the same seed gives the same acts; most targets are of the right type, some not.
//! Not here: which acts are legal.

use super::acts::{self, Act};
use super::ledger::Ledger;
use super::tamper::Dice;
use super::texts;

/// Names that may sign or be named; the last three are not enrolled at first.
pub const NAMES: [&str; 9] = ["ada", "bo", "cy", "dan", "eve", "ada-2", "bo-2", "recovery", "log"];
const RELATIONS: [&str; 4] = ["supports", "contradicts", "same-as", "updates"];
const SEALS: [&str; 4] = ["null", "null", "\"by-hand\"", "\"2026-01-01T00:00:20.000000Z\""];

/// Positions of the events of these types, by their statements.
pub fn positions(ledger: &Ledger, kinds: &[&str]) -> Vec<u64> {
    let is = |line: &str| kinds.iter().any(|kind| line.contains(&format!("\"type\":\"{kind}\"")));
    let events = ledger.events.iter().zip(0u64..);
    events.filter(|(event, _)| is(&event.statement)).map(|(_, position)| position).collect()
}

fn target(ledger: &Ledger, dice: &mut Dice, kinds: &[&str]) -> u64 {
    let right = positions(ledger, kinds);
    match right.is_empty() || dice.below(12) == 0 {
        true => dice.below(ledger.events.len()) as u64,
        false => dice.pick(&right),
    }
}

/// A revision: mostly a late one, so that stale ones are the exception.
fn revision(ledger: &Ledger, dice: &mut Dice) -> u64 {
    let all = positions(ledger, &["fact.asserted", "fact.corrected"]);
    match dice.below(4) {
        0 => target(ledger, dice, &["fact.asserted", "fact.corrected"]),
        _ => all[all.len() - 1 - dice.below(all.len().min(4))],
    }
}

/// A signer and an act; documents that it needs are stored in the ledger.
pub fn act(ledger: &mut Ledger, dice: &mut Dice) -> (&'static str, Act) {
    let by = match dice.below(10) {
        0..=5 => NAMES[dice.below(4)],
        _ => dice.pick(&NAMES),
    };
    let document = target(ledger, dice, &["document.captured"]);
    let document = if dice.below(4) == 0 { document } else { 4 };
    let act = match dice.below(100) {
        0..=11 => acts::asserted_sealed(document, dice.pick(&SEALS)),
        12..=27 => acts::confirmed(revision(ledger, dice)),
        28..=37 => {
            let on = revision(ledger, dice);
            acts::disputed_in(on, if dice.below(2) == 0 { "record" } else { "document" })
        }
        38..=43 => acts::upheld(target(ledger, dice, &["fact.disputed"])),
        44..=52 => correction(ledger, dice, document),
        53..=57 => acts::retracted(revision(ledger, dice)),
        58..=62 => acts::reinstated(target(ledger, dice, &["fact.retracted"])),
        63..=67 => {
            let facts = ["fact.asserted"];
            let (from, to) = (target(ledger, dice, &facts), target(ledger, dice, &facts));
            acts::related(from, dice.pick(&RELATIONS), to)
        }
        68..=69 => acts::withdrawn(target(ledger, dice, &["fact.related"])),
        _ => return (by, administration(ledger, dice)),
    };
    (by, act)
}

fn correction(ledger: &Ledger, dice: &mut Dice, document: u64) -> Act {
    let on = revision(ledger, dice);
    let mut resolves: Vec<u64> =
        (0..dice.below(3)).map(|_| target(ledger, dice, &["fact.disputed"])).collect();
    resolves.sort_unstable();
    resolves.dedup();
    let reason = if dice.below(5) == 0 { "more-precise" } else { "wrong-figure" };
    acts::corrected_as(on, document, reason, &resolves, dice.pick(&SEALS))
}

fn administration(ledger: &mut Ledger, dice: &mut Dice) -> Act {
    let name = dice.pick(&NAMES);
    let roles = dice.pick(&[acts::BOTH, acts::EDITOR, acts::ADMIN, acts::EDITOR]);
    let anything = dice.below(ledger.events.len()) as u64;
    let sealable = ["fact.asserted", "document.captured", "fact.corrected"];
    match dice.below(30) {
        0..=2 => {
            let text = format!("{}{}", texts::TEXT, ledger.events.len() - dice.below(2));
            ledger.keep(&text);
            acts::captured_sealed(&text, dice.pick(&SEALS))
        }
        3..=4 => acts::described(target(ledger, dice, &["document.captured"]), acts::DESCRIPTION),
        5..=8 => acts::released(target(ledger, dice, &sealable)),
        9..=11 => acts::redacted(anything),
        12..=15 => acts::enrolled(name, roles),
        16..=18 => acts::roles(name, roles),
        19..=21 => acts::revoked(name, dice.pick(&["left", "lost"]), None),
        22..=27 => {
            let from = (ledger.events.len() - dice.below(ledger.events.len().min(12))) as u64;
            acts::revoked(name, dice.pick(&["lost", "compromised"]), Some(from.max(1) - 1))
        }
        28 => acts::changed(1 + dice.below(2) as u64),
        _ => acts::retimed(),
    }
}
