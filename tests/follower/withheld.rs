//! What is sealed, released and redacted later is so in a copy too.

use crate::follower::{Desk, files};
use crate::support::{Ledger, acts};
use annals_core::hash::Hash;

/// Whether any file of a copy but the index's digests has these bytes.
fn has(desk: &Desk, copy: &str, text: &str) -> bool {
    let found = files(&desk.path(copy));
    found.values().any(|bytes| bytes.windows(text.len()).any(|window| window == text.as_bytes()))
}

#[test]
fn a_seal_a_release_and_a_redaction_reach_the_copy() {
    let mut ledger = Ledger::newsroom();
    let sealed = ledger.sign("ada", acts::asserted_sealed(4, "\"by-hand\""));
    let secret = ledger.events[sealed as usize].body.clone();
    let text = "A document that is to be forgotten by everybody.";
    let document = ledger.capture("ada", text, "null");
    let first = ledger.size();
    ledger.sign("ada", acts::changed(2));
    ledger.sign("ada", acts::released(sealed));
    let second = ledger.size();
    ledger.sign("dan", acts::redacted(document));
    ledger.sign("dan", acts::redacted(sealed));
    let third = ledger.size();
    ledger.sign("ada", acts::changed(3));
    let last = ledger.size();

    let desk = Desk::of(&ledger, first);
    desk.good(&["clone", "www", "copy"]);
    assert!(!has(&desk, "copy", &secret), "a sealed body is not published");
    assert!(has(&desk, "copy", text));
    desk.publish(&ledger, second);
    assert_eq!(desk.pulled("copy"), ("whole".to_owned(), second));
    assert!(has(&desk, "copy", &secret), "a released body came");
    desk.expect_as_fresh("copy", "www");
    desk.publish(&ledger, third);
    assert_eq!(desk.pulled("copy"), ("whole".to_owned(), third));
    assert!(!has(&desk, "copy", &secret), "a redacted body is in no file");
    assert!(!has(&desk, "copy", text), "a redacted document is in no file");
    let name = format!("document/{}", Hash::of(&[text.as_bytes()]));
    assert!(!desk.path("copy").join(name).exists());
    desk.expect_as_fresh("copy", "www");
    desk.publish(&ledger, last);
    assert_eq!(desk.pulled("copy"), ("new".to_owned(), last));
    desk.expect_as_fresh("copy", "www");
    for line in [&["show", "7"][..], &["log"], &["status"]] {
        let of = |place: &'static str| {
            let out = desk.good(&[line, &["--ledger", place]].concat());
            let lines = out.lines().map(str::to_owned);
            let own = ["copy of", "pulled ", "checkpoint", "store", "marks", "index"];
            lines.filter(|it| !own.iter().any(|own| it.starts_with(own))).collect::<Vec<_>>()
        };
        assert_eq!(of("copy"), of("www"), "{line:?}: a copy shows what the publisher does");
    }
}

#[test]
fn a_sealed_body_that_is_published_by_mistake_is_not_kept() {
    let mut ledger = Ledger::newsroom();
    let first = ledger.size();
    let sealed = ledger.sign("ada", acts::asserted_sealed(4, "\"by-hand\""));
    let body = ledger.events[sealed as usize].body.clone();
    let desk = Desk::of(&ledger, first);
    desk.good(&["clone", "www", "copy"]);
    desk.publish(&ledger, ledger.size());
    let name = format!("www/body/{}", Hash::of(&[body.as_bytes()]));
    std::fs::write(desk.path(&name), &body).unwrap();
    assert_eq!(desk.pulled("copy"), ("new".to_owned(), ledger.size()));
    desk.good(&["clone", "www", "other"]);
    for copy in ["copy", "other"] {
        assert!(!has(&desk, copy, &body));
        desk.good(&["verify", copy]);
    }
}

#[test]
fn a_copy_that_grows_event_by_event_is_a_fresh_one_whatever_the_acts_are() {
    let mut ledger = Ledger::newsroom();
    let fact = ledger.sign("bo", acts::asserted(4));
    ledger.sign("ada", acts::confirmed(fact));
    let disputed = ledger.sign("dan", acts::disputed(fact));
    ledger.sign("ada", acts::corrected(fact, 4, &[]));
    let rekeyed = ledger.sign("ada", acts::rekeyed("log-2", "rotated"));
    ledger.sign("ada", acts::retimed());
    let document = ledger.capture("bo", "Another text.", "null");
    ledger.sign("cy", acts::described(document, acts::DESCRIPTION));
    ledger.sign("ada", acts::left("bo"));
    ledger.sign("ada", acts::stolen("dan", disputed));
    let first = 6;
    let desk = Desk::of(&ledger, first);
    desk.good(&["clone", "www", "copy"]);
    for size in first + 1..=ledger.size() {
        if size > rekeyed {
            ledger.log = vec!["log".to_owned(), "log-2".to_owned()];
        }
        desk.publish(&ledger, size);
        let (verified, pulled) = desk.pulled("copy");
        assert_eq!(pulled, size);
        let strikes = size == ledger.size();
        assert_eq!(verified, if strikes { "whole" } else { "new" }, "{size}");
        desk.expect_as_fresh("copy", "www");
    }
}
