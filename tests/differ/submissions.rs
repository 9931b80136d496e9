//! Random changes of submissions and receipts: their parts, their text, what they are judged with.

use crate::differ::words::{nudged, nudged_bytes};
use crate::support::Files;
use crate::support::exchange::{crowded, exact, free, next, opening};
use crate::support::files::{PIN, base64, head_text, note};
use crate::support::proof::LOG_KEY;
use crate::support::submission::{RECEIPT, ReceiptParts, SUBMISSION, SubmissionParts, summed};
use crate::support::tamper::Dice;

/// A submission with its receipt, with up to two changes.
pub fn changed(dice: &mut Dice) -> Files {
    let mut exchange = match dice.below(4) {
        0 => exact(),
        1 => next(),
        2 => free(),
        _ => opening(),
    };
    let changes = dice.pick(&[0, 1, 1, 1, 2]);
    let asking = dice.below(3) == 0;
    for _ in 0..changes {
        match asking {
            true => ask(&mut exchange.submission, dice),
            false => answer(&mut exchange.receipt, dice),
        }
    }
    let mut files = exchange.files();
    if dice.below(8) == 0 {
        let (name, text) = match asking {
            true => (SUBMISSION, exchange.submission.text()),
            false => (RECEIPT, exchange.receipt.text()),
        };
        files.insert(name.to_owned(), nudged_bytes(text.as_bytes(), dice));
    }
    if dice.below(6) == 0 {
        // Any line may change, under a sum that holds.
        let lines = nudged(&exchange.submission.lines(), dice);
        files.insert(SUBMISSION.to_owned(), summed(&lines).into_bytes());
    }
    match dice.below(30) {
        0 => drop(files.remove(RECEIPT)),
        1 => drop(files.remove(LOG_KEY)),
        2 => drop(files.remove(PIN)),
        3 => drop(files.insert(PIN.to_owned(), crowded().pin(6).into_bytes())),
        _ => {}
    }
    files
}

/// One part of a submission is replaced.
fn ask(parts: &mut SubmissionParts, dice: &mut Dice) {
    let (at, other) = (dice.below(parts.events.len()), dice.below(parts.events.len()));
    match dice.below(10) {
        0 => parts.origin = nudged(&parts.origin, dice),
        1..=3 => parts.placing = placing(parts, dice),
        4 => parts.count = Some(dice.pick(&["0", "1", "2", "3", "03", "4096", "4097"]).to_owned()),
        5 => parts.events.swap(at, other),
        6 if parts.events.len() > 1 => drop(parts.events.remove(at)),
        7 => parts.events.insert(at, parts.events[other].clone()),
        _ => parts.events[at] = nudged(&parts.events[at], dice),
    }
}

fn placing(parts: &SubmissionParts, dice: &mut Dice) -> String {
    let (word, number) = parts.placing.split_once(' ').unwrap_or(("exact", "0"));
    match dice.below(3) {
        0 => format!("{} {number}", dice.pick(&["exact", "next", "free", "last", ""])),
        1 => format!("{word} {}", dice.pick(&["0", "5", "6", "7", "06", "-1", ""])),
        _ => nudged(&parts.placing, dice),
    }
}

/// One part of a receipt is replaced.
fn answer(parts: &mut ReceiptParts, dice: &mut Dice) {
    let (at, other) = (dice.below(parts.places.len()), dice.below(parts.places.len()));
    let hash = dice.below(parts.proof.len());
    match dice.below(16) {
        0 => parts.origin = nudged(&parts.origin, dice),
        1 => parts.from = dice.pick(&["0", "5", "6", "7", "9", "06"]).to_owned(),
        2 => parts.first = dice.pick(&["0", "5", "6", "7", "9", "+6"]).to_owned(),
        3 => parts.count = Some(dice.pick(&["0", "1", "2", "3", "6"]).to_owned()),
        4 => parts.places.swap(at, other),
        5 if parts.places.len() > 1 => drop(parts.places.remove(at)),
        6..=8 => parts.places[at] = nudged(&parts.places[at], dice),
        9 => parts.proof.insert(hash, base64(&[dice.below(9) as u8; 32])),
        10 if !parts.proof.is_empty() => drop(parts.proof.remove(hash)),
        11 if !parts.proof.is_empty() => parts.proof[hash] = nudged(&parts.proof[hash], dice),
        12 => parts.length = Some(dice.pick(&["0", "1", "2", "3", "64"]).to_owned()),
        13 => {
            let ledger = crowded();
            let size = dice.below(11) as u64;
            let text = head_text(&parts.origin, size, &ledger.root(size));
            parts.checkpoint = note(&text, &[dice.pick(&["log", "log", "ada"]).to_owned()]);
        }
        _ => parts.checkpoint = nudged(&parts.checkpoint, dice),
    }
}
