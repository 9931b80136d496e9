//! Vectors of receipts with the submissions that they answer: rules 1111 to 1115.

use super::{Case, bad, good};
use crate::support::exchange::{Exchange, crowded, exact, free, longer, newsroom, next, opening};
use crate::support::files::{Files, PIN, base64, head_text, note, signature_blob};
use crate::support::ledger::{Made, time};
use crate::support::proof::{LOG_KEY, cosignature, verifier_key};
use crate::support::submission::{ReceiptParts, SubmissionParts};
use crate::support::{Ledger, acts};

type Row = (&'static str, &'static str, Files, u16);

pub fn cases() -> Vec<Case> {
    let mut out = goods();
    out.extend(unjudged());
    let rows = forms().into_iter().chain(others()).chain(places());
    let rows = rows.chain(checkpoints()).chain(proofs());
    out.extend(rows.map(|(name, about, files, rule)| bad(name, about, files, &[(rule, -1)])));
    out.into_iter().map(|case| Case { stateless: true, ..case }).collect()
}

fn goods() -> Vec<Case> {
    let (long, crowd) = (longer(), crowded());
    let at_once = Exchange {
        submission: SubmissionParts::unplaced("free 6", &crowd, &[7]),
        receipt: ReceiptParts::of(&first_of(&crowd), 6, &[6], 7),
        pin: Some(crowd.pin(6)),
    };
    let first = |placing| Exchange {
        submission: SubmissionParts::unplaced(placing, &long, &[0]),
        receipt: ReceiptParts::of(&long, 0, &[0], 1),
        pin: None,
    };
    let mut retimed = newsroom();
    retimed.sign("bo", acts::confirmed(5));
    retimed.clock = -3;
    retimed.sign("ada", acts::retimed());
    let retimed = Exchange {
        submission: SubmissionParts::exact(&retimed, 6),
        receipt: ReceiptParts::of(&retimed, 6, &[6, 7], 8),
        pin: Some(retimed.pin(6)),
    };
    let mut rotated = newsroom();
    let pin = Some(rotated.pin(6));
    rotated.sign("ada", acts::rekeyed("log-2", "rotated"));
    rotated.log = vec!["log-2".to_owned(), "log".to_owned()];
    let rotated = Exchange {
        submission: SubmissionParts::unplaced("next 6", &rotated, &[6]),
        receipt: ReceiptParts::of(&rotated, 6, &[6], 7),
        pin,
    };
    let new_key = rotated.files_with(&verifier_key(acts::ORIGIN, 1, "log-2"));
    let line = cosignature(&exact().receipt.checkpoint, "w1.example", "w1", 1_800_000_000);
    let witnessed = exact().answered(|receipt| receipt.checkpoint.push_str(&line));
    let all = [
        ("receipt-exact", "Three events, and a checkpoint of one more.", exact().files()),
        ("receipt-exact-0", "A whole record, where nothing was known.", opening().files()),
        ("receipt-next", "One event at the end of the record.", next().files()),
        ("receipt-next-0", "The opening.", first("next 0").files()),
        ("receipt-free", "Two events behind the one that another signed.", free().files()),
        ("receipt-free-first", "A free event at the base itself.", at_once.files()),
        ("receipt-free-0", "The opening, with a base that is its place.", first("free 0").files()),
        ("receipt-retimed", "The clock goes back at a ledger.retimed.", retimed.files()),
        ("receipt-rotated", "The log key before a rotation signs too.", rotated.files()),
        ("receipt-rotated-new", "The log key that the submission names.", new_key),
        ("receipt-witnessed", "A witness's line is ignored.", witnessed.files()),
    ];
    all.into_iter().map(|(name, about, files)| good(name, about, files)).collect()
}

/// The crowded ledger as if event 7 had come first.
fn first_of(ledger: &Ledger) -> Ledger {
    let mut out = ledger.clone();
    out.events.truncate(6);
    let (prev, made) = (out.head().expect("an event"), &ledger.events[7]);
    let place = format!(r#"{{"seq":6,"prev":"{prev}","at":"{}"}}"#, time(6));
    out.events.push(Made { place, ..made.clone() });
    out
}

/// Receipts without what they are judged with.
fn unjudged() -> Vec<Case> {
    let without = |name: &str| {
        let mut files = exact().files();
        files.remove(name).expect("the file is there");
        files
    };
    let other = Exchange { pin: Some(longer().pin(5)), ..exact() };
    let rows = [
        ("receipt-no-pin", "Without a pin a receipt is not judged.", without(PIN)),
        ("receipt-no-log-key", "Without a log key a receipt is not judged.", without(LOG_KEY)),
        ("receipt-other-pin", "A pin of another size says nothing of a receipt.", other.files()),
    ];
    let rows = rows.into_iter().map(|(name, about, files)| good(name, about, files));
    rows.map(|case| Case { exit: 2, ..case }).collect()
}

fn forms() -> Vec<Row> {
    let form = |name, about, from: &str, to: &str| (name, about, exact().replaced(from, to), 1111);
    let change = |name, about, change: &dyn Fn(&mut ReceiptParts)| {
        (name, about, exact().answered(change).files(), 1111)
    };
    let hash = base64(&[0; 32]);
    vec![
        form(
            "1111-receipt-form-version",
            "A receipt of a later version.",
            "receipt v1",
            "receipt v2",
        ),
        form(
            "1111-receipt-form-first",
            "The first line is damaged.",
            "annals receipt",
            "annals reciept",
        ),
        form("1111-receipt-form-origin", "A name that is no origin.", acts::ORIGIN, "example"),
        form("1111-receipt-form-from", "A number with a leading zero.", "from 6", "from 06"),
        form("1111-receipt-form-first-number", "A number with a sign.", "first 6", "first +6"),
        form("1111-receipt-form-place", "A place with a space in it.", "{\"seq\":7", "{\"seq\": 7"),
        form(
            "1111-receipt-form-length",
            "The line with the number of hashes is missing.",
            "proof ",
            "",
        ),
        form(
            "1111-receipt-form-checkpoint",
            "The checkpoint's size has a leading zero.",
            "\n10\n",
            "\n010\n",
        ),
        form("1111-receipt-form-dash", "A signature line with a hyphen.", "\n\u{2014}", "\n-"),
        form("1111-receipt-form-crlf", "A line that ends with CR LF.", "from 6\n", "from 6\r\n"),
        change("1111-receipt-form-none", "No place.", &|parts| parts.places.clear()),
        change("1111-receipt-form-more", "More places than the count.", &|parts| {
            parts.count = Some("2".to_owned())
        }),
        change("1111-receipt-form-count", "A count over 4,096.", &|parts| {
            parts.count = Some("4097".to_owned())
        }),
        change("1111-receipt-form-hashes", "More hashes than the line says.", &|parts| {
            parts.length = Some("1".to_owned())
        }),
        change("1111-receipt-form-hash", "A hash of 31 bytes.", &|parts| {
            parts.proof[0] = base64(&[0; 31])
        }),
        change("1111-receipt-form-bits", "Base64 whose unused bits are not zero.", &|parts| {
            parts.proof[0] = format!("{}B=", "A".repeat(42));
        }),
        change("1111-receipt-form-long", "A proof of 64 hashes.", &|parts| {
            parts.proof = vec![hash.clone(); 64]
        }),
        change("1111-receipt-form-unsigned", "A checkpoint without a signature line.", &|parts| {
            let end = parts.checkpoint.find("\n\n").expect("a note") + 2;
            parts.checkpoint.truncate(end);
        }),
        change("1111-receipt-form-end", "A line behind the checkpoint.", &|parts| {
            parts.checkpoint.push('\n')
        }),
        change("1111-receipt-form-gap", "No empty line before the checkpoint.", &|parts| {
            parts.proof.push(parts.checkpoint.clone());
            parts.checkpoint.clear();
            parts.length = Some((parts.proof.len() - 1).to_string());
        }),
    ]
}

fn others() -> Vec<Row> {
    let change = |name, about, change: &dyn Fn(&mut ReceiptParts)| {
        (name, about, exact().answered(change).files(), 1112)
    };
    let elsewhere = "example.org/other";
    let text = head_text(elsewhere, 10, &longer().root(10));
    let blob = signature_blob(elsewhere, "log", &text);
    let foreign = format!("{text}\n\u{2014} {elsewhere} {blob}\n");
    vec![
        change("1112-receipt-other-origin", "A receipt of another record.", &|parts| {
            parts.origin = elsewhere.to_owned()
        }),
        change("1112-receipt-other-from", "A receipt for another size.", &|parts| {
            parts.from = "5".to_owned()
        }),
        change("1112-receipt-other-count", "A receipt for fewer events.", &|parts| {
            drop(parts.places.pop())
        }),
        change("1112-receipt-other-checkpoint", "The checkpoint of another record.", &|parts| {
            parts.checkpoint = foreign.clone()
        }),
    ]
}

fn places() -> Vec<Row> {
    let row = |name, about, exchange: Exchange| (name, about, exchange.files(), 1113);
    let place = |exchange: Exchange, index: usize, from: &str, to: &str| {
        exchange.answered(|receipt| {
            let place = &receipt.places[index];
            assert!(place.contains(from), "{from} stands in {place}");
            receipt.places[index] = place.replacen(from, to, 1);
        })
    };
    let zeros = "0".repeat(64);
    let prev = |ledger: &Ledger, at: usize| ledger.events[at].hash().to_string();
    let (long, crowd) = (longer(), crowded());
    // Two events in which the second has the time of the first.
    let mut still = newsroom();
    let after = still.head();
    for (by, act) in [("cy", acts::disputed(5)), ("dan", acts::asserted(4))] {
        let draft = still.draft(by, act);
        still.put(draft.with(|draft| (draft.base, draft.after, draft.at) = (6, after, time(6))));
    }
    let still = Exchange {
        submission: SubmissionParts::unplaced("free 6", &still, &[6, 7]),
        receipt: ReceiptParts::of(&still, 6, &[6, 7], 8),
        pin: Some(still.pin(6)),
    };
    let before = crowd.clone();
    let earlier = Exchange {
        submission: SubmissionParts::unplaced("free 7", &later_base(), &[7]),
        receipt: ReceiptParts::of(&before, 7, &[6], 10),
        pin: Some(later_base().pin(7)),
    };
    let other = {
        let mut other = crowded();
        other.events.truncate(8);
        other.expected = 8;
        let after = newsroom().head();
        let draft = other.draft("dan", acts::retracted(5));
        other.put(draft.with(|draft| (draft.base, draft.after) = (6, after)));
        free().asking(|parts| {
            *parts = SubmissionParts::unplaced("free 6", &other, &[8, 7]);
        })
    };
    vec![
        row(
            "1113-receipt-place-seq",
            "The second place is not the one behind the first.",
            place(exact(), 1, "\"seq\":7", "\"seq\":8"),
        ),
        row(
            "1113-receipt-place-first",
            "The first place is not what first says.",
            free().answered(|receipt| receipt.first = "8".to_owned()),
        ),
        row(
            "1113-receipt-place-exact",
            "A place of another time than the submitted one.",
            place(exact(), 2, "08.000000Z", "08.000001Z"),
        ),
        row(
            "1113-receipt-place-exact-later",
            "Events of exact behind another event.",
            later_exact(),
        ),
        row("1113-receipt-place-next", "The next event is not at the end.", later_next()),
        row("1113-receipt-place-free", "A free event before its base.", earlier),
        row(
            "1113-receipt-place-link",
            "A prev that is not the hash of the event before.",
            place(free(), 1, &prev(&crowd, 7), &zeros),
        ),
        row("1113-receipt-place-statement", "Other events than those of the submission.", other),
        row(
            "1113-receipt-place-head",
            "The first event does not follow the known head.",
            place(next(), 0, &prev(&long, 8), &zeros),
        ),
        row(
            "1113-receipt-place-head-pin",
            "The first event follows another head than the pinned one.",
            Exchange { pin: Some(forked().pin(9)), ..next() },
        ),
        row(
            "1113-receipt-place-head-0",
            "An event before the first one.",
            place(first_next(), 0, "\"prev\":null", &format!("\"prev\":\"{zeros}\"")),
        ),
        row("1113-receipt-place-time", "The second event has the time of the first.", still),
    ]
}

/// The crowded ledger whose event 7 has base 7.
fn later_base() -> Ledger {
    let mut ledger = crowded();
    ledger.events.truncate(7);
    ledger.expected = 7;
    ledger.sign("cy", acts::disputed(5));
    ledger
}

/// The opening in `next`.
fn first_next() -> Exchange {
    let ledger = newsroom();
    Exchange {
        submission: SubmissionParts::unplaced("next 0", &ledger, &[0]),
        receipt: ReceiptParts::of(&ledger, 0, &[0], 1),
        pin: None,
    }
}

/// An event of base 6 that was submitted as `next`, behind another one.
fn later_next() -> Exchange {
    let ledger = crowded();
    Exchange {
        submission: SubmissionParts::unplaced("next 6", &ledger, &[7]),
        receipt: ReceiptParts::of(&ledger, 6, &[7], 10),
        pin: Some(ledger.pin(6)),
    }
}

/// The first of the exact events, in the place behind its own.
fn later_exact() -> Exchange {
    let mut ledger = newsroom();
    ledger.sign("dan", acts::disputed(5));
    let submission = SubmissionParts::exact(&longer(), 6).with(|parts| parts.events.truncate(1));
    let made = longer().events[6].clone();
    let prev = ledger.head().expect("an event");
    let place = format!(r#"{{"seq":7,"prev":"{prev}","at":"{}"}}"#, time(7));
    ledger.events.push(Made { place, ..made });
    let receipt = ReceiptParts::of(&ledger, 6, &[7], 8);
    Exchange { submission, receipt, pin: Some(ledger.pin(6)) }
}

/// The longer ledger with another event 8.
fn forked() -> Ledger {
    let mut ledger = longer();
    ledger.events.truncate(8);
    ledger.expected = 8;
    ledger.sign("dan", acts::upheld(7));
    ledger.sign("ada", acts::changed(2));
    ledger
}

fn checkpoints() -> Vec<Row> {
    let row = |name, about, files| (name, about, files, 1114);
    let long = longer();
    let smaller = ReceiptParts::of(&long, 6, &[6, 7, 8], 8);
    let smaller = exact().answered(|receipt| *receipt = smaller);
    let signed = |signers: &[&str]| {
        let signers: Vec<String> = signers.iter().map(|name| (*name).to_owned()).collect();
        let text = head_text(acts::ORIGIN, 10, &long.root(10));
        exact().answered(|receipt| receipt.checkpoint = note(&text, &signers)).files()
    };
    let head = head_text(acts::ORIGIN, 10, &long.root(10));
    let wrong = signature_blob(acts::ORIGIN, "log", &head_text(acts::ORIGIN, 9, &long.root(9)));
    let wrong = format!("{head}\n\u{2014} {} {wrong}\n", acts::ORIGIN);
    let line = wrong.lines().last().expect("a line").to_owned() + "\n";
    let one_of_two = exact().answered(|receipt| receipt.checkpoint.push_str(&line));
    let other_name = exact().files_with(&verifier_key("example.org/other", 1, "log"));
    let other_key = exact().files_with(&verifier_key(acts::ORIGIN, 1, "ada"));
    vec![
        row(
            "1114-receipt-checkpoint-size",
            "A checkpoint without the last event.",
            smaller.files(),
        ),
        row("1114-receipt-checkpoint-signer", "An editor signed the checkpoint.", signed(&["ada"])),
        row(
            "1114-receipt-checkpoint-signature",
            "The log key's signature is over another checkpoint.",
            exact().answered(|receipt| receipt.checkpoint = wrong).files(),
        ),
        row(
            "1114-receipt-checkpoint-line",
            "A second line of the log key does not verify.",
            one_of_two.files(),
        ),
        row("1114-receipt-checkpoint-key", "Another log key is expected.", other_key),
        row("1114-receipt-checkpoint-name", "The log key is that of another record.", other_name),
    ]
}

fn proofs() -> Vec<Row> {
    let row = |name, about, exchange: Exchange| (name, about, exchange.files(), 1115);
    let hash = base64(&[7; 32]);
    let other_root = {
        let text = head_text(acts::ORIGIN, 10, &forked().root(10));
        exact().answered(|receipt| receipt.checkpoint = note(&text, &["log".to_owned()]))
    };
    let other_known = {
        let mut other = newsroom();
        other.events.truncate(5);
        other.expected = 5;
        other.sign("dan", acts::asserted(4));
        Exchange { pin: Some(other.pin(6)), ..free() }
    };
    let last = |receipt: &mut ReceiptParts| drop(receipt.proof.pop());
    vec![
        row("1115-receipt-consistency-short", "The last hash is missing.", exact().answered(last)),
        row(
            "1115-receipt-consistency-none",
            "No hash.",
            exact().answered(|receipt| receipt.proof.clear()),
        ),
        row(
            "1115-receipt-consistency-more",
            "A hash too many.",
            exact().answered(|receipt| receipt.proof.push(hash.clone())),
        ),
        row(
            "1115-receipt-consistency-0",
            "A hash where nothing was known.",
            opening().answered(|receipt| receipt.proof.push(hash.clone())),
        ),
        row(
            "1115-receipt-consistency-order",
            "Two hashes change places.",
            exact().answered(|receipt| receipt.proof.swap(0, 1)),
        ),
        row("1115-receipt-consistency-root", "The log key signed another root.", other_root),
        row("1115-receipt-consistency-known", "The known record was another one.", other_known),
    ]
}
