//! Random records: acts by random signers, and from time to time an event that is wrong in one
//! place but signed.
//! Always holds: `prev` of each event is right unless it is the wrong place. Not here: their files.

use crate::cases::every_type;
use crate::differ::words::nudged;
use crate::support::acts::{self, Opening};
use crate::support::ledger::time;
use crate::support::random::{self, NAMES};
use crate::support::tamper::Dice;
use crate::support::texts::{EXACT, OTHER, OTHER_EXACT, TEXT, evidence};
use crate::support::{Draft, Ledger};
use annals_core::hash::Hash;

/// A record, mostly of some dozens of events.
pub fn record(dice: &mut Dice) -> Ledger {
    let mut ledger = match dice.below(8) {
        0 => every_type(),
        1 => Ledger::opened(),
        _ => {
            let (window, confirmations) = (dice.below(4) as u64, 1 + dice.below(2) as u64);
            Ledger::newsroom_as(&Opening { window, confirmations, ..Opening::default() })
        }
    };
    let oddness = dice.pick(&[2, 8, 30, 1000]);
    for _ in 0..dice.pick(&[0, 0, 0, 3, 9, 25]) {
        if random::positions(&ledger, &["fact.asserted"]).is_empty() {
            let document = ledger.capture("ada", TEXT, "null");
            ledger.sign("ada", acts::asserted(document));
        }
        next(&mut ledger, oddness, dice);
    }
    if dice.below(2) == 0 {
        // Commits of more than one event.
        let last = ledger.size();
        ledger.closes.retain(|size| dice.below(3) > 0 || *size == last);
    }
    ledger
}

fn next(ledger: &mut Ledger, oddness: usize, dice: &mut Dice) {
    let (by, act) = match dice.below(14) {
        0 => (NAMES[dice.below(4)], independent(ledger, dice)),
        1 => {
            let text = dice.pick(&[TEXT, OTHER, "Odesa.\n"]);
            ledger.keep(text);
            let from = dice.below(ledger.events.len() + 2) as u64;
            ("ada", acts::derived(text, from))
        }
        2 => ("ada", acts::described(dice.below(12) as u64, acts::DESCRIPTION)),
        3 if dice.below(4) == 0 => {
            let name = dice.pick(&["log-2", "log-3"]);
            ledger.log = vec![name.to_owned()];
            ("ada", acts::rekeyed(name, dice.pick(&["rotated", "compromised"])))
        }
        4 if dice.below(6) == 0 => ("ada", acts::upgraded(1 + dice.below(3) as u64)),
        _ => random::act(ledger, dice),
    };
    let mut draft = ledger.draft(by, act);
    if dice.below(6) == 0 {
        draft.base = ledger.expected.saturating_sub(dice.below(4) as u64);
        draft.after = after(ledger, draft.base);
    }
    if dice.below(12) == 0 {
        draft = draft.withheld();
    }
    if dice.below(oddness) == 0 {
        draft = odd(ledger, draft, dice);
    }
    ledger.put(draft);
    if dice.below(oddness * 3) == 0 {
        let again = dice.pick(&ledger.events);
        let mut event = ledger.events.pop().expect("an event");
        (event.statement, event.signature, event.body) =
            (again.statement, again.signature, again.body);
        ledger.events.push(event);
    }
}

fn after(ledger: &Ledger, base: u64) -> Option<Hash> {
    let before = base.checked_sub(1)?;
    ledger.events.get(before as usize).map(|event| event.hash())
}

/// A confirmation that cites another document.
fn independent(ledger: &Ledger, dice: &mut Dice) -> acts::Act {
    let facts = random::positions(ledger, &["fact.asserted", "fact.corrected"]);
    let documents = random::positions(ledger, &["document.captured"]);
    let on = if facts.is_empty() { 5 } else { dice.pick(&facts) };
    let document = if documents.is_empty() { 4 } else { dice.pick(&documents) };
    let given: Vec<String> = (0..1 + dice.below(2))
        .map(|_| {
            let (text, exact) = dice.pick(&[(TEXT, EXACT), (OTHER, OTHER_EXACT)]);
            let given = evidence(document, text, exact);
            match dice.below(4) {
                0 => given.replace("supports", "mentions"),
                _ => given,
            }
        })
        .collect();
    acts::confirmed_by(on, &given)
}

/// The draft with one wrong place.
fn odd(ledger: &Ledger, mut draft: Draft, dice: &mut Dice) -> Draft {
    let other = dice.pick(&ledger.events);
    let near = (draft.seq + dice.below(5) as u64).saturating_sub(2);
    match dice.below(16) {
        0..=1 => draft.seq = near,
        2 => draft.prev = if dice.below(2) == 0 { None } else { Some(other.hash()) },
        3 => draft.at = time(dice.below(40) as i64),
        4 => draft.v = dice.below(4) as u64,
        5 => {
            draft.base = near;
            draft.after = after(ledger, near);
        }
        6 => draft.after = Some(other.hash()),
        7 => draft.digest = Some(Hash::of(&[other.body.as_bytes()]).to_string()),
        8 => draft.signer = dice.pick(&NAMES).to_owned(),
        9 => draft.edit_body = Some(Box::new(move |_| other.body)),
        10 => draft.body = nudged(&draft.body, dice).replace('\n', " "),
        11 => draft.act.args = nudged(&draft.act.args, dice).replace('\n', " "),
        12 => draft.edit_statement = edit(dice),
        13 => draft.edit_place = edit(dice),
        14 => draft.edit_signature = edit(dice),
        _ => draft.edit_body = edit(dice),
    }
    draft
}

/// A change of a line that leaves it one line.
#[allow(clippy::type_complexity)]
fn edit(dice: &mut Dice) -> Option<Box<dyn FnOnce(String) -> String>> {
    let mut own = Dice(dice.roll());
    Some(Box::new(move |line| nudged(&line, &mut own).replace('\n', " ")))
}
