//! Pins: created, compared, moved forward, never on a fault and never backwards.

use crate::auditor::desk::{Desk, ledger, signed};
use crate::support::files::{JOURNAL, MARKS, PIN};
use crate::support::tamper::replace;
use crate::support::texts::TEXT;
use crate::support::{Files, Ledger, acts};

#[test]
fn a_pin_is_made_holds_and_moves_forward() {
    let desk = Desk::with(&ledger(&[2, 3]).files());
    let made = desk.run("verify --pin pin --init-pin");
    assert_eq!((made.exit, made.err.as_str()), (0, ""), "{}", made.out);
    assert!(made.says("pin: made at size 3"), "{}", made.out);
    assert_eq!(desk.read("pin"), ledger(&[2, 3]).pin(3));
    let again = desk.run("verify --pin pin");
    assert!(again.says("pin: holds at size 3; nothing new is signed for"), "{}", again.out);
    desk.put(&ledger(&[2, 3, 4, 5]).files());
    let moved = desk.run("verify --pin pin");
    assert_eq!(moved.exit, 0, "{}", moved.out);
    assert!(moved.says("pin: holds at size 3, moved forward to 5"), "{}", moved.out);
    let anchored = "anchored: events 0 to 4 (by the pin of size 3 and the checkpoint of size 5)";
    assert!(moved.says(anchored), "{}", moved.out);
    assert_eq!(desk.read("pin"), ledger(&[2, 3, 4, 5]).pin(5));
    assert_eq!(desk.names(), ["ledger", "pin"]);
}

#[test]
fn init_pin_keeps_an_existing_pin_and_a_missing_pin_is_reported() {
    let desk = Desk::with(&ledger(&[2]).files());
    let missing = desk.run("verify --pin pin");
    assert_eq!(missing.exit, 2);
    assert_eq!(
        missing.err, "annals: no pin at pin; --init-pin makes it from what is here now\n",
        "{}",
        missing.out
    );
    std::fs::write(desk.path("pin"), "mine\n").unwrap();
    let there = desk.run("verify --pin pin --first");
    assert_eq!((there.exit, desk.read("pin").as_str()), (2, "mine\n"));
}

/// The record is sound: what was wrong is the pin.
#[test]
fn a_pin_that_is_damaged_or_of_another_record_blames_nobody_who_publishes() {
    let desk = Desk::with(&ledger(&[2, 3]).files());
    desk.run("verify --pin mine --init-pin");
    assert_eq!(desk.run("publish pub").exit, 0);
    let pin = desk.read("mine");
    std::fs::write(desk.path("mailed"), pin.replace('\n', "\r\n")).unwrap();
    std::fs::create_dir(desk.path("o")).unwrap();
    let place = "--ledger o/ledger --keys o/keys";
    let init = "init --origin other.org/x --title T --name X --no-passphrase";
    assert_eq!(desk.run(&format!("{init} {place}")).exit, 0);
    assert_eq!(desk.run(&format!("verify --pin other --init-pin {place}")).exit, 0);
    let damaged = "what to do: the pin is damaged: use a copy of it as it was written; a new one \
                   (--init-pin) trusts what is there now";
    let another = "what to do: name the pin of this record with --pin";
    let unsigned = "what to do: nothing signed vouches for FORMAT.md, VERIFY.html, VERIFY.txt, \
                    which anybody may have changed: run no command from them; ask who made the bag \
                    for one that the log key signed (tagmanifest-sha512.note)";
    assert_eq!(desk.run("export --to bag --unsigned").exit, 0);
    let other = "could not tell: the pin is of another record (other.org/x), in ";
    let told = "could not tell: something is damaged, in ";
    for (name, advice, last) in [("mailed", damaged, told), ("other", another, other)] {
        for place in ["pub", "ledger", "bag"] {
            let answer = desk.run(&format!("verify {place} --pin {name}"));
            let advised: Vec<&str> =
                answer.out.lines().filter(|line| line.starts_with("what to do: ")).collect();
            // Nothing was signed over the bag itself.
            let expected = [Some(advice), (place == "bag").then_some(unsigned)];
            let expected: Vec<&str> = expected.into_iter().flatten().collect();
            assert_eq!((answer.exit, advised), (2, expected), "{place}: {}", answer.out);
            assert!(answer.out.contains(&format!("\n{last}")), "{place}: {}", answer.out);
        }
    }
}

/// A pin that a mail program changed is damaged as before; the line says how.
#[test]
fn a_pin_that_mail_changed_says_how() {
    let desk = Desk::with(&ledger(&[2, 3]).files());
    desk.run("verify --pin mine --init-pin");
    let pin = desk.read("mine");
    let quoted = pin.trim_end().replace('\n', "\n> ");
    let cases = [
        (pin.replace('\u{2014}', "--"), "the dash before its signatures is another sign"),
        (format!("{pin}\n--\nBest\n"), "text stands after its end, which is no part of it"),
        (format!("Hello,\n\n{pin}"), "other text, marks or letters stand at its start"),
        (format!("{pin}\nBo wrote:\n> {quoted}\n"), "it stands there more than once"),
    ];
    for (text, why) in cases {
        std::fs::write(desk.path("mailed"), text).unwrap();
        let answer = desk.run("verify --pin mailed");
        let line = format!(
            "damage: rule 803 pin-damaged: the pin is not in form or its sum does not hold: {why}; \
             a mail program may have changed it: have it sent as an attachment, or in an archive\n"
        );
        assert!(answer.exit == 2 && answer.out.contains(&line), "{}", answer.out);
    }
}

/// A verdict that was reached is printed, whatever cannot be written beside it.
#[test]
fn a_pin_that_cannot_be_written_takes_no_verdict_away() {
    let desk = Desk::with(&ledger(&[2, 3]).files());
    let answer = desk.run("verify --pin none/pin --init-pin");
    let why = "cannot make none/pin: No such file or directory (os error 2)";
    // A script that asked for a pin does not go on without one.
    assert_eq!(answer.exit, 2, "{}", answer.out);
    assert!(answer.says(&format!("pin: could not be written: {why}")), "{}", answer.out);
    let last = "what to do: the pin was not written: name a file that can be written with --pin, \
                or let this one be written, and verify again\n\
                yes: the record is whole; but the pin was not written, in ";
    assert!(answer.out.contains(last), "{}", answer.out);
    assert_eq!(answer.err, format!("warning: the pin could not be written: {why}\n"));
    // The same of a page.
    let page = desk.run("verify --html none/page");
    assert_eq!(page.exit, 0, "{}", page.out);
    assert_eq!(
        page.err,
        "warning: no page: cannot make none/page: No such file or directory (os \
                          error 2)\n"
    );
    assert_eq!(desk.names(), ["ledger"]);
}

/// The same of evidence: a fork that is found is reported as one.
#[test]
fn evidence_that_cannot_be_written_takes_no_verdict_away() {
    let desk = Desk::with(&ledger(&[2, 3, 4]).files());
    desk.run("verify --pin pin --init-pin");
    std::fs::write(desk.path("mine"), "mine\n").unwrap();
    desk.put(&ledger(&[2]).files());
    for (file, why) in [
        ("none/e", "cannot make none/e: No such file or directory (os error 2)"),
        ("mine", "mine is there already; nothing was changed"),
    ] {
        let answer = desk.run(&format!("verify --pin pin --evidence {file}"));
        assert_eq!((answer.exit, answer.err.as_str()), (4, ""), "{}", answer.out);
        let line = format!("no evidence file: {why}; keep the pin");
        assert!(answer.says(&line), "{line}: {}", answer.out);
        let end = "no: events that were seen before are missing here";
        assert!(answer.says(end), "{}", answer.out);
        let advice = "what to do: keep the pin and a copy of this record as they are; a copy that \
                      is older than the pin has fewer events, which is no evidence against the \
                      publisher: take a newer one";
        assert!(answer.says(advice), "{}", answer.out);
    }
    assert_eq!(desk.names(), ["ledger", "mine", "pin"]);
}

/// Without its opening a record does not name itself, and no memory is missing.
#[test]
fn the_memory_of_a_record_that_lost_its_events_is_not_called_missing() {
    let record = ledger(&[2, 3]);
    let mut files = record.files();
    files.insert(MARKS.to_owned(), record.mark(3).into_bytes());
    let desk = Desk::with(&files);
    assert_eq!(desk.run("verify --pin pin --init-pin").exit, 0);
    std::fs::write(desk.path(JOURNAL), "").unwrap();
    let answer = desk.run("verify --pin pin");
    let line = "the log key's own memory was not compared: the record here does not name itself";
    assert!(answer.says(line), "{}", answer.out);
    let status = desk.run("status");
    let line = "marks         not compared: the record here does not name itself";
    assert!(status.says(line), "{}{}", status.out, status.err);
}

#[test]
fn a_fault_leaves_the_pin_where_it_was() {
    let desk = Desk::with(&ledger(&[2]).files());
    desk.run("verify --pin pin --first");
    let mut files = ledger(&[2, 3, 4]).files();
    replace(&mut files, JOURNAL, "\"title\":\"", "\"title\":\"O");
    desk.put(&files);
    let answer = desk.run("verify --pin pin");
    assert_eq!(answer.exit, 1, "{}", answer.out);
    assert!(answer.says("pin: left as it was"), "{}", answer.out);
    assert_eq!(desk.read("pin"), ledger(&[2]).pin(2));
}

#[test]
fn events_that_are_not_signed_for_are_not_pinned_and_a_pin_never_moves_back() {
    let whole = ledger(&[2, 3, 4, 5]);
    let desk = Desk::with(&signed(&whole, ledger(&[2, 3, 4]).checkpoint(4)));
    let made = desk.run("verify --pin pin --first");
    assert!(made.says("pin: made at size 4"), "{}", made.out);
    assert!(made.says("anchored: events 0 to 3 (by the checkpoint of size 4)"), "{}", made.out);
    assert!(made.says("unanchored: event 4: neither a pin nor"), "{}", made.out);
    assert_eq!(desk.read("pin"), ledger(&[2, 3, 4]).pin(4));
    desk.put(&signed(&whole, ledger(&[2, 3]).checkpoint(3)));
    let older = desk.run("verify --pin pin");
    assert_eq!(older.exit, 0, "{}", older.out);
    let both = "anchored: events 0 to 3 (by the pin of size 4 and the checkpoint of size 3)";
    assert!(older.says("pin: holds at size 4") && older.says(both), "{}", older.out);
    assert_eq!(desk.read("pin"), ledger(&[2, 3, 4]).pin(4));
}

#[test]
fn a_damaged_pin_and_a_pin_of_another_ledger_accuse_nobody() {
    let desk = Desk::with(&ledger(&[2, 3]).files());
    let other = ledger(&[4, 5, 6]).pin(4);
    let damaged = other.replacen("genesis ", "genesis 0", 1);
    std::fs::write(desk.path("pin"), &damaged).unwrap();
    let answer = desk.run("verify --pin pin");
    assert_eq!(answer.exit, 2, "{}", answer.out);
    assert!(answer.says("damage: rule 803 pin-damaged"), "{}", answer.out);
    assert_eq!((desk.read("pin"), desk.names().len()), (damaged, 2));
}

/// A pin of a later version is not damaged, and nobody is advised to give it away.
#[test]
fn a_pin_of_a_later_version_is_kept_for_a_newer_program() {
    let ledger = ledger(&[2, 4]);
    let desk = Desk::with(&ledger.files());
    assert_eq!(desk.run("verify --pin pin --init-pin").exit, 0);
    let later = desk.read("pin").replacen("annals pin v1", "annals pin v2", 1);
    std::fs::write(desk.path("pin"), &later).unwrap();
    let answer = desk.run("verify --pin pin");
    assert_eq!(answer.exit, 2, "{}", answer.out);
    let advice = "what to do: keep the pin, and verify again with a newer program\n";
    assert!(answer.out.contains(advice), "{}", answer.out);
    assert!(!answer.out.contains("--init-pin"), "{}", answer.out);
    assert_eq!(desk.read("pin"), later);
}

#[test]
fn a_pin_keeps_the_log_keys_by_size() {
    let mut twice = ledger(&[2]);
    twice.sign("ada", acts::rekeyed("log-2", "rotated"));
    twice.sign("ada", acts::changed(3));
    twice.sign("ada", acts::rekeyed("log-3", "rotated"));
    twice.sign("ada", acts::rekeyed("log-4", "compromised"));
    for (size, log) in [
        (3, vec!["log-2", "log"]),
        (4, vec!["log-2", "log"]),
        (5, vec!["log-3", "log-2"]),
        (6, vec!["log-4"]),
    ] {
        let mut short = twice.clone();
        short.events.truncate(size);
        short.log = log.into_iter().map(str::to_owned).collect();
        let desk = Desk::with(&short.files());
        let made = desk.run("verify --pin pin --first");
        assert_eq!(made.exit, 0, "{}", made.out);
        assert_eq!(desk.read("pin"), short.pin(size as u64));
        assert!(desk.read("pin").contains(&format!("checkpoint {}\n", 4 + short.log.len())));
    }
}

fn with_document() -> Ledger {
    let mut ledger = ledger(&[2]);
    ledger.capture("ada", TEXT, "null");
    ledger.sign("ada", acts::asserted(2));
    ledger
}

/// The files of a ledger without its documents.
fn without_documents(ledger: &Ledger) -> Files {
    let mut files = ledger.files();
    files.retain(|name, _| !name.starts_with("ledger/document/"));
    files
}

#[test]
fn only_new_checks_what_is_newer_says_so_and_leaves_the_pin() {
    let old = with_document();
    let desk = Desk::with(&old.files());
    desk.run("verify --pin pin --first");
    let mut new = old.clone();
    new.sign("ada", acts::changed(5));
    // The document of an old event is missing: only a complete verification detects that.
    desk.put(&without_documents(&new));
    let whole = desk.run("verify --pin pin");
    assert_eq!(whole.exit, 1, "{}", whole.out);
    assert!(whole.says("fault: event 2: rule 605 document-missing"), "{}", whole.out);
    let only = desk.run("verify --pin pin --only-new");
    assert_eq!(only.exit, 0, "{}", only.out);
    assert!(only.says("signature           1 signatures"), "{}", only.out);
    assert!(only.says("content             1 bodies"), "{}", only.out);
    let known = "only what is new: signatures, bodies, documents and quotations of the first 4 ";
    assert!(only.says(known), "{}", only.out);
    assert!(only.says("yes: what is new since the pin is whole"), "{}", only.out);
    assert!(only.says("pin: holds at size 4; left there"), "{}", only.out);
    assert_eq!(desk.read("pin"), old.pin(4));
}

#[test]
fn only_new_sees_what_is_wrong_with_what_is_new() {
    let old = with_document();
    let desk = Desk::with(&old.files());
    desk.run("verify --pin pin --first");
    let mut new = old.clone();
    // A new quotation of the old document, checked in its bytes.
    new.sign("ada", acts::asserted(2));
    new.put(new.draft("ada", acts::changed(4)).with(|d| d.signer = "bo".to_owned()));
    desk.put(&new.files());
    let only = desk.run("verify --pin pin --only-new");
    assert_eq!(only.exit, 1, "{}", only.out);
    assert!(only.says("quotation           1 quotations                  good"), "{}", only.out);
    assert!(only.says("fault: event 5: rule 302 signature"), "{}", only.out);
    assert!(!only.says("fault: event 4"), "{}", only.out);
    // The chain protects older events: a record that differs below the pin is reported.
    let mut forked = ledger(&[3]);
    forked.capture("ada", TEXT, "null");
    forked.sign("ada", acts::asserted(2));
    desk.put(&forked.files());
    let forked = desk.run("verify --pin pin --only-new");
    assert_eq!(forked.exit, 4, "{}", forked.out);
    assert!(forked.says("fork: rule 802 forked-from-pin: forked: at size 4"), "{}", forked.out);
    std::fs::write(desk.path(PIN), "annals pin v1\n").unwrap();
    let damaged = desk.run("verify --pin pin --only-new");
    assert_eq!(damaged.exit, 2, "{}", damaged.out);
    assert!(damaged.says("signature           4 signatures"), "{}", damaged.out);
}

/// Of a published folder the checkpoint alone says how many events there are.
#[test]
fn a_published_folder_whose_checkpoint_is_not_read_is_not_called_cut() {
    let desk = Desk::with(&ledger(&[2, 3]).files());
    desk.run("verify --pin pin --init-pin");
    desk.put(&ledger(&[2, 3]).published(&[3]));
    let checkpoint = desk.path("published/checkpoint");
    let text = std::fs::read_to_string(&checkpoint).unwrap();
    std::fs::write(&checkpoint, text.replace('\n', "\r\n")).unwrap();
    let changed = desk.run("verify published --pin pin");
    std::fs::remove_file(&checkpoint).unwrap();
    let missing = desk.run("verify published --pin pin");
    assert_eq!((changed.exit, missing.exit), (2, 1), "{}{}", changed.out, missing.out);
    for answer in [changed, missing] {
        let line = "pin: not compared, for no event could be read; left as it was";
        assert!(answer.says(line), "{}", answer.out);
        assert!(!answer.out.contains("rule 80"), "{}", answer.out);
    }
}
