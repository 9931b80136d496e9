//! Vectors of rules 701–705, 707 and 801–804: checkpoint, marks and pin.

use super::{Case, bad, good};
use crate::support::files::{
    CHECKPOINT, Files, JOURNAL, MARKS, PIN, head_text, note, pin_with_sum, signature_blob,
};
use crate::support::tamper::replace;
use crate::support::{Ledger, acts, keys};
use annals_core::hash::Hash;

/// A vector under construction: its name, its subject, its files, its faults.
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
    out.extend(unreadable());
    out
}

/// There is no event, so no mark can be assigned to this ledger: the form of the last one is
/// checked.
fn unreadable() -> Vec<Case> {
    let nothing = |marks: String| {
        let mut files = with(MARKS, marks);
        files.insert(JOURNAL.to_owned(), Vec::new());
        files.remove(CHECKPOINT);
        files
    };
    let (mark, torn) = (ledger().mark(3), ledger().mark(3).replace(" 3 ", " 03 "));
    let foreign = mark.replace(acts::ORIGIN, "example.org/other");
    vec![
        bad(
            "701-checkpoint-form-mark",
            "No event is left, and a mark before the last one is not in form.",
            nothing(torn.clone() + &mark),
            &[(701, -1)],
        ),
        good(
            "mark-before",
            "A mark that is not in form stands before the last one of this ledger.",
            with(MARKS, format!("{torn}{mark}{foreign}")),
        ),
        bad(
            "911-unreadable-mark",
            "No event is left, and the last mark is not in form.",
            nothing(mark.clone() + &torn),
            &[(701, -1), (911, -1)],
        ),
        bad(
            "911-unreadable-mark-behind",
            "A mark that is not in form stands behind the last one of this ledger.",
            with(MARKS, format!("{mark}{torn}{foreign}")),
            &[(911, -1)],
        ),
        bad(
            "911-unreadable-mark-larger",
            "The same, and 707 is not judged though the mark before is of a larger size.",
            with(MARKS, format!("{}{torn}{foreign}", mark.replace(" 3 ", " 4 "))),
            &[(911, -1)],
        ),
        bad(
            "911-unreadable-mark-foreign",
            "No mark is of this ledger, and the first line is none.",
            with(MARKS, format!("{torn}{foreign}{foreign}")),
            &[(911, -1)],
        ),
    ]
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
    let raw = annals_core::tlog::from_base64(&blob).expect("base64");
    let short = annals_core::tlog::to_base64(&raw[..67]);
    let mut rotated = ledger();
    rotated.sign("ada", acts::rekeyed("log-2", "rotated"));
    rotated.log = vec!["log-2".to_owned()];
    let mut old = rotated.clone();
    old.log = vec!["log".to_owned()];
    let other = Hash::of(&[b"another root"]);
    let bads: [Row<'_>; 16] = [
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
            "702-checkpoint-origin-zero",
            "A checkpoint of another ledger and of size 0, where no log key is.",
            signed(note(&head_text("example.org/other", 0, &Hash::of(&[])), &log)),
            &[(702, -1), (703, -1)],
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
    replace(&mut damaged, PIN, "log 1", "log 2");
    let lines = whole.pin_lines(3);
    let edited = |from: &str, to: &str| {
        assert!(lines.contains(from), "{from:?} stands in the pin");
        with(PIN, pin_with_sum(&lines.replacen(from, to, 1)))
    };
    let none = note(&head_text(acts::ORIGIN, 0, &Hash::of(&[])), &["log".to_owned()]);
    let head = lines.find("peak ").expect("peaks");
    let log = lines.find("log ").expect("log keys");
    let end = lines.find("checkpoint ").expect("a checkpoint");
    let zero = format!("{}{}checkpoint 5\n{none}", &lines[..head], &lines[log..end]);
    let elsewhere = "example.org/other";
    let foreign = head_text(elsewhere, 3, &whole.root(3));
    let blob = signature_blob(elsewhere, "log", &foreign);
    let foreign =
        format!("{}checkpoint 5\n{foreign}\n\u{2014} {elsewhere} {blob}\n", &lines[..end]);
    let unsigned = note(&head_text(acts::ORIGIN, 3, &whole.root(3)), &["ada".to_owned()]);
    let unsigned = format!("{}checkpoint 5\n{unsigned}", &lines[..end]);
    let first_peak = lines[head..].lines().next().expect("a peak").to_owned() + "\n";
    let (genesis, last) = (whole.events[0].hash(), whole.events[2].hash());
    let again = format!("log 1 {} -\n", keys::key("log"));
    let longer = {
        let mut longer = ledger();
        longer.sign("ada", acts::changed(4));
        longer
    };
    let mut forked_cut = ledger();
    forked_cut.events.pop();
    let mut parted = Ledger::opened();
    parted.sign("ada", acts::changed(3));
    parted.sign("ada", acts::retimed());
    parted.sign("ada", acts::changed(4));
    let mut forked_cut = forked_cut.files();
    forked_cut.insert(PIN.to_owned(), parted.pin(3).into_bytes());
    let mut cut_four = ledger().files();
    cut_four.insert(PIN.to_owned(), longer.pin(4).into_bytes());
    let bads: [Row<'_>; 22] = [
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
        (
            "801-cut-below-pin-within",
            "The record ends within the pin's only complete subtree: nothing can be compared.",
            cut_four,
            &[(801, -1)],
        ),
        (
            "802-forked-from-pin-shorter",
            "The record is shorter than the pin, and its first two events are others.",
            forked_cut,
            &[(802, -1)],
        ),
        ("803-pin-damaged", "The pin's sum does not hold.", damaged, &[(803, -1)]),
        ("803-pin-damaged-zero", "A pin of size 0.", with(PIN, pin_with_sum(&zero)), &[(803, -1)]),
        (
            "803-pin-damaged-form",
            "A pin of another version.",
            edited("annals pin v1", "annals pin v2"),
            &[(803, -1)],
        ),
        (
            "803-pin-damaged-first",
            "The first line of the pin is damaged.",
            edited("annals pin v1", "annals pins v1"),
            &[(803, -1)],
        ),
        (
            "803-pin-damaged-head",
            "The size is odd and the last peak is not the head.",
            edited(&format!("head {last}"), &format!("head {genesis}")),
            &[(803, -1)],
        ),
        ("803-pin-damaged-peaks", "A peak is missing.", edited(&first_peak, ""), &[(803, -1)]),
        ("803-pin-damaged-log-none", "No log key.", edited(&again, ""), &[(803, -1)]),
        (
            "803-pin-damaged-log-late",
            "The first log key is of size 2.",
            edited("log 1 ", "log 2 "),
            &[(803, -1)],
        ),
        (
            "803-pin-damaged-log-again",
            "The sizes of the log keys do not rise.",
            edited(&again, &format!("{again}{again}")),
            &[(803, -1)],
        ),
        (
            "803-pin-damaged-count",
            "The number of lines of the checkpoint is not in its one spelling.",
            edited("checkpoint 5", "checkpoint 05"),
            &[(803, -1)],
        ),
        (
            "803-pin-damaged-signature",
            "The pin's checkpoint is not signed by its log key.",
            with(PIN, pin_with_sum(&unsigned)),
            &[(803, -1)],
        ),
        (
            "804-pin-origin",
            "The pin of another ledger.",
            with(PIN, pin_with_sum(&foreign)),
            &[(804, -1)],
        ),
    ];
    bads.into_iter().map(|(name, about, files, faults)| bad(name, about, files, faults)).collect()
}
