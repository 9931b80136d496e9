//! Vectors of rules 701–705, 707 and 801–804: checkpoint, marks and pin.

use super::{Case, bad};
use crate::support::files::{
    CHECKPOINT, Files, JOURNAL, MARKS, PIN, head_text, note, pin_with_sum, signature_blob,
};
use crate::support::tamper::replace;
use crate::support::{Ledger, acts};
use annals::hash::Hash;

/// A vector to be: its name, what it is about, its files, the faults it has.
type Row<'a> = (&'a str, &'static str, Files, &'a [(u16, i64)]);

fn ledger() -> Ledger {
    let mut ledger = Ledger::opened();
    ledger.sign("ada", acts::changed(2));
    ledger.sign("ada", acts::retimed());
    ledger
}

/// The files of the ledger with another checkpoint.
fn signed(checkpoint: String) -> Files {
    let mut files = ledger().files();
    files.insert(CHECKPOINT.to_owned(), checkpoint.into_bytes());
    files
}

/// The ledger without its last event, with the checkpoint of the whole or of what is left.
fn cut(honest: bool) -> Files {
    let mut short = ledger();
    let checkpoint = short.checkpoint(3);
    short.events.pop();
    let mut files = short.files();
    if honest {
        files.insert(CHECKPOINT.to_owned(), checkpoint.into_bytes());
    }
    files
}

pub fn cases() -> Vec<Case> {
    let mut out = checkpoints();
    out.extend(memory());
    out
}

fn checkpoints() -> Vec<Case> {
    let whole = ledger();
    let root = whole.root(3);
    let log = ["log".to_owned()];
    let text = head_text(acts::ORIGIN, 3, &root);
    let mut none = whole.files();
    none.remove(CHECKPOINT);
    let line = |blob: &str| format!("{text}\n\u{2014} {} {blob}\n", acts::ORIGIN);
    let blob = signature_blob(acts::ORIGIN, "log", &text);
    let wrong = signature_blob(acts::ORIGIN, "log", "other\n");
    let raw = annals::tlog::from_base64(&blob).expect("base64");
    let short = annals::tlog::to_base64(&raw[..67]);
    let mut rotated = ledger();
    rotated.sign("ada", acts::rekeyed("log-2", "rotated"));
    rotated.log = vec!["log-2".to_owned()];
    let mut old = rotated.clone();
    old.log = vec!["log".to_owned()];
    let other = Hash::of(&[b"another root"]);
    let bads: [Row<'_>; 15] = [
        ("701-checkpoint-form-none", "There is no checkpoint.", none, &[(701, -1)]),
        (
            "701-checkpoint-form-lines",
            "The text has four lines.",
            signed(note(&format!("{text}more\n"), &log)),
            &[(701, -1)],
        ),
        (
            "701-checkpoint-form-zero",
            "The size has a leading zero.",
            signed(note(&text.replace("\n3\n", "\n03\n"), &log)),
            &[(701, -1)],
        ),
        (
            "701-checkpoint-form-unsigned",
            "There is no signature line.",
            signed(format!("{text}\n")),
            &[(701, -1)],
        ),
        (
            "701-checkpoint-form-dash",
            "A signature line begins with a hyphen.",
            signed(line(&blob).replace('\u{2014}', "-")),
            &[(701, -1)],
        ),
        (
            "702-checkpoint-origin",
            "A checkpoint of another ledger under this one's key.",
            signed(note(&head_text("example.org/other", 3, &root), &log)),
            &[(702, -1)],
        ),
        (
            "703-checkpoint-signature-other",
            "Signed by an editor and not by the log key.",
            signed(note(&text, &["ada".to_owned()])),
            &[(703, -1)],
        ),
        (
            "703-checkpoint-signature-wrong",
            "The log key's line does not verify.",
            signed(line(&wrong)),
            &[(703, -1)],
        ),
        (
            "703-checkpoint-signature-both",
            "One line of the log key verifies, one does not.",
            signed(line(&blob) + &format!("\u{2014} {} {wrong}\n", acts::ORIGIN)),
            &[(703, -1)],
        ),
        (
            "703-checkpoint-signature-short",
            "The log key's signature has 63 bytes.",
            signed(line(&short)),
            &[(703, -1)],
        ),
        (
            "703-checkpoint-signature-name",
            "The log key signs under another name.",
            signed(
                line(&blob).replace("\u{2014} example.org/record", "\u{2014} example.org/other"),
            ),
            &[(703, -1)],
        ),
        (
            "703-checkpoint-signature-old",
            "After a rotation the old log key is missing.",
            rotated.files(),
            &[(703, -1)],
        ),
        (
            "703-checkpoint-signature-new",
            "After a rotation the new log key is missing.",
            old.files(),
            &[(703, -1)],
        ),
        (
            "704-checkpoint-root",
            "The log key signed another root.",
            signed(note(&head_text(acts::ORIGIN, 3, &other), &log)),
            &[(704, -1)],
        ),
        ("705-short", "The last event is missing.", cut(true), &[(705, -1)]),
    ];
    bads.into_iter().map(|(name, about, files, faults)| bad(name, about, files, faults)).collect()
}

fn with(name: &str, text: String) -> Files {
    let mut files = ledger().files();
    files.insert(name.to_owned(), text.into_bytes());
    files
}

fn memory() -> Vec<Case> {
    let whole = ledger();
    let mut other = Ledger::opened();
    other.sign("ada", acts::changed(3));
    other.sign("ada", acts::retimed());
    let mut begun = Ledger::empty();
    let opening = acts::Opening { confirmations: 2, ..acts::Opening::default() };
    begun.sign("ada", acts::opened(&opening));
    let mut cut_marks = cut(false);
    cut_marks.insert(MARKS.to_owned(), whole.mark(3).into_bytes());
    let mut cut_pin = cut(false);
    cut_pin.insert(PIN.to_owned(), whole.pin(3).into_bytes());
    let mut nothing = cut_pin.clone();
    nothing.insert(JOURNAL.to_owned(), Vec::new());
    nothing.insert(
        CHECKPOINT.to_owned(),
        note(&head_text(acts::ORIGIN, 0, &Hash::of(&[])), &["log".to_owned()]).into_bytes(),
    );
    let mut begun_pin = with(PIN, begun.pin(1));
    let mut damaged = with(PIN, whole.pin(3));
    replace(&mut damaged, PIN, "size 3", "size 2");
    let lines = |text: String| text.split("sum ").next().unwrap_or_default().to_owned();
    let zero = pin_with_sum(&lines(whole.pin(3)).replace("size 3", "size 0"));
    let foreign = pin_with_sum(&lines(whole.pin(3)).replace(acts::ORIGIN, "example.org/other"));
    let order = pin_with_sum(&lines(whole.pin(3)).replacen("annals pin v1", "annals pin v2", 1));
    let bads: [Row<'_>; 12] = [
        (
            "707-behind-mark",
            "The log key signed more events than there are.",
            cut_marks,
            &[(707, -1)],
        ),
        (
            "707-behind-mark-root",
            "The log key signed another record of this size.",
            with(MARKS, other.mark(3)),
            &[(707, -1)],
        ),
        (
            "707-behind-mark-past",
            "The log key signed another record of a smaller size.",
            with(MARKS, other.mark(2)),
            &[(707, -1)],
        ),
        ("801-cut-below-pin", "The record is shorter than the pin.", cut_pin, &[(801, -1)]),
        (
            "801-cut-below-pin-nothing",
            "Nothing is left, and no log key is known.",
            nothing,
            &[(703, -1), (801, -1)],
        ),
        ("802-forked-from-pin", "Another event was pinned.", with(PIN, other.pin(3)), &[(802, -1)]),
        (
            "802-forked-from-pin-past",
            "Another event before the last was pinned.",
            with(PIN, other.pin(2)),
            &[(802, -1)],
        ),
        (
            "802-forked-from-pin-genesis",
            "Another event 0 was pinned.",
            std::mem::take(&mut begun_pin),
            &[(802, -1)],
        ),
        ("803-pin-damaged", "The pin's sum does not hold.", damaged, &[(803, -1)]),
        ("803-pin-damaged-zero", "A pin of size 0.", with(PIN, zero), &[(803, -1)]),
        ("803-pin-damaged-form", "A pin of another version.", with(PIN, order), &[(803, -1)]),
        ("804-pin-origin", "The pin of another ledger.", with(PIN, foreign), &[(804, -1)]),
    ];
    bads.into_iter().map(|(name, about, files, faults)| bad(name, about, files, faults)).collect()
}
