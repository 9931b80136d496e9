//! Vectors without a fault: every type, windows, seals, log keys, later formats.

use super::{Case, good};
use crate::support::acts::Opening;
use crate::support::files::{MARKS, PIN};
use crate::support::texts::{OTHER, OTHER_EXACT, TEXT, evidence};
use crate::support::{Ledger, acts};

/// A ledger with an event of every type, 41 events.
pub fn every_type() -> Ledger {
    let mut l = Ledger::newsroom_as(&Opening { window: 3, confirmations: 2, ..Opening::default() });
    let by_hand = "\"by-hand\"";
    l.sign("bo", acts::confirmed(5)); // 6
    l.sign("cy", acts::confirmed(5));
    l.sign("ada", acts::changed(1)); // 8
    l.sign("bo", acts::disputed_in(5, "document"));
    l.sign("cy", acts::disputed(5)); // 10
    l.sign("dan", acts::upheld(9));
    l.sign("ada", acts::corrected(5, 4, &[10])); // 12
    l.sign("bo", acts::confirmed(12));
    l.sign("cy", acts::retracted(12)); // 14
    l.sign("bo", acts::reinstated(14));
    l.sign("bo", acts::asserted_sealed(4, by_hand)); // 16
    l.sign("bo", acts::related(5, "contradicts", 16));
    l.sign("cy", acts::withdrawn(17)); // 18
    l.sign("cy", acts::related(16, "updates", 5));
    l.sign("cy", acts::released(16)); // 20
    l.capture("bo", OTHER, by_hand);
    l.sign("ada", acts::described(4, acts::DESCRIPTION)); // 22
    l.sign("ada", acts::redacted(21));
    l.sign("ada", acts::enrolled("eve", acts::EDITOR)); // 24
    l.sign("ada", acts::roles("eve", acts::BOTH));
    l.sign("ada", acts::upgraded(2)); // 26
    l.sign("ada", acts::rekeyed("log-2", "rotated"));
    l.log = vec!["log-2".to_owned(), "log".to_owned()];
    l.sign("bo", acts::asserted(4)); // 28
    l.clock = -2;
    l.sign("ada", acts::retimed());
    l.sign("eve", acts::confirmed(28)); // 30
    l.sign("eve", acts::disputed(16));
    l.sign("eve", acts::asserted(4)); // 32
    l.sign("bo", acts::confirmed(32));
    l.sign("ada", acts::left("cy")); // 34
    l.sign("ada", acts::stolen("eve", 30));
    l.sign("bo", acts::corrected(32, 4, &[])); // 36
    l.sign("ada", acts::confirmed(36));
    l
}

pub fn cases() -> Vec<Case> {
    let mut out = vec![
        good("every-type", "An event of every type.", every_type().files_with_memory()),
        good("newsroom", "Four keys, a document, a fact.", Ledger::newsroom().files_with_memory()),
    ];
    let mut earlier = every_type().files();
    earlier.insert(PIN.to_owned(), every_type().pin(20).into_bytes());
    out.push(good("pin-earlier", "A pin of an earlier size holds.", earlier));
    let mut foreign = Ledger::newsroom().files_with_memory();
    let marks = String::from_utf8(foreign[MARKS].clone()).expect("text");
    let mark = Ledger::newsroom().mark(3).replace(acts::ORIGIN, "example.org/other");
    foreign.insert(MARKS.to_owned(), (marks + &mark.replace(" 3 ", " 99 ")).into_bytes());
    out.push(good("mark-foreign", "The last mark is of another ledger.", foreign));
    out.push(one_commit());
    out.extend(windows());
    out.extend(log_keys());
    out.extend(withheld());
    out.extend(versions());
    out.extend(seals());
    out
}

fn one_commit() -> Case {
    let mut ledger = Ledger::newsroom();
    ledger.closes = [2, 6].into();
    good("commits", "Six events in two commits.", ledger.files())
}

fn windows() -> Vec<Case> {
    let mut ledger = Ledger::newsroom_as(&Opening { window: 2, ..Opening::default() });
    let after = Some(ledger.events[5].hash());
    for by in ["bo", "cy", "dan"] {
        ledger.put(ledger.draft(by, acts::confirmed(5)).with(|d| {
            d.base = 6;
            d.after = after;
        }));
    }
    let said = {
        let mut ledger = Ledger::opened();
        ledger.put(
            ledger
                .draft("ada", acts::retimed())
                .with(|d| d.said = "1999-12-31T23:59:59.000000Z".to_owned()),
        );
        ledger
    };
    vec![
        good("window", "Three editors sign after the same event, the window is 2.", ledger.files()),
        good("said", "The editor's clock is a claim.", said.files()),
    ]
}

fn log_keys() -> Vec<Case> {
    let mut rotated = Ledger::newsroom();
    rotated.sign("ada", acts::rekeyed("log-2", "rotated"));
    rotated.log = vec!["log-2".to_owned(), "log".to_owned()];
    let mut stolen = Ledger::newsroom();
    stolen.sign("ada", acts::rekeyed("log-2", "compromised"));
    stolen.log = vec!["log-2".to_owned()];
    let mut twice = rotated.clone();
    twice.sign("dan", acts::rekeyed("log-3", "rotated"));
    twice.log = vec!["log-3".to_owned(), "log-2".to_owned(), "ada".to_owned()];
    vec![
        good("rekeyed-rotated", "The old log key signs too.", rotated.files_with_memory()),
        good("rekeyed-compromised", "The old log key signs no more.", stolen.files_with_memory()),
        good(
            "rekeyed-twice",
            "The third log key, the second, and a line of another.",
            twice.files(),
        ),
    ]
}

fn withheld() -> Vec<Case> {
    let by_hand = "\"by-hand\"";
    let mut ledger = Ledger::newsroom();
    ledger.put(ledger.draft("ada", acts::asserted_sealed(4, by_hand)).withheld());
    ledger.put(ledger.draft("ada", acts::captured_sealed(OTHER, by_hand)).withheld());
    ledger.put(ledger.draft("bo", acts::disputed(5)).withheld());
    ledger.sign("dan", acts::redacted(8));
    let mut document = Ledger::newsroom();
    document.sign("ada", acts::captured_sealed(OTHER, by_hand));
    let mut quoted = Ledger::newsroom();
    let position = quoted.capture("bo", OTHER, "null");
    quoted.sign("bo", acts::confirmed_by(5, &[evidence(position, OTHER, OTHER_EXACT)]));
    quoted.sign("ada", acts::redacted(position));
    quoted.documents.retain(|_, bytes| bytes == TEXT.as_bytes());
    vec![
        good("withheld", "Two sealed bodies and a redacted one are withheld.", ledger.files()),
        good(
            "withheld-document",
            "The document of a sealed capture is not there.",
            document.files(),
        ),
        good(
            "withheld-quoted",
            "A redacted document is gone, so its quotation cannot be checked.",
            quoted.files(),
        ),
    ]
}

fn versions() -> Vec<Case> {
    let mut ledger = Ledger::newsroom();
    ledger.sign("ada", acts::upgraded(2));
    let announced = good("version-announced", "Format 2 is announced.", ledger.files());
    ledger.put(ledger.draft("ada", acts::changed(2)).with(|d| d.v = 2));
    ledger.put(ledger.draft("eve", acts::changed(2)).with(|d| d.v = 1));
    let mut later = good(
        "version-later",
        "Format 2 begins, and format 1 cannot tell any more.",
        ledger.files(),
    );
    later.exit = 2;
    later.stateless = true;
    vec![announced, later]
}

fn seals() -> Vec<Case> {
    let mut longest = Ledger::newsroom();
    longest.sign("ada", acts::asserted_sealed(4, "\"2036-01-01T00:00:06.000000Z\""));
    longest.sign(
        "ada",
        acts::corrected_as(6, 4, "more-precise", &[], "\"2036-01-01T00:00:07.000000Z\""),
    );
    let mut released = Ledger::newsroom();
    released.sign("ada", acts::asserted_sealed(4, "\"2026-01-01T00:00:07.000000Z\""));
    let mut act = acts::released(6);
    act.body.clear();
    released.sign("bo", act);
    let mut again = Ledger::newsroom();
    again.sign("dan", acts::redacted(4));
    again.sign("bo", acts::captured(TEXT));
    let mut alone = Ledger::opened();
    alone.capture("ada", TEXT, "null");
    alone.sign("ada", acts::redacted(1));
    let mut far = Ledger::opened();
    far.put(
        far.draft("ada", acts::captured_sealed(TEXT, "\"9999-12-31T23:59:59.999999Z\""))
            .with(|d| d.at = "9990-01-01T00:00:00.000000Z".to_owned()),
    );
    far.keep(TEXT);
    vec![
        good("seal-longest", "Seals of exactly ten years.", longest.files()),
        good("seal-released", "Released in its own second, without a reason.", released.files()),
        good("captured-again", "A redacted document is captured again.", again.files()),
        good("redact-own-alone", "The only admin redacts her own body.", alone.files()),
        good("seal-9990", "No bound from year 9990 on.", far.files()),
    ]
}
