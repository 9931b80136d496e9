//! Vectors of rules 201–207: place, link, base, time and format.

use super::{Case, bad, last};
use crate::support::acts::Opening;
use crate::support::texts::{OTHER, TEXT};
use crate::support::{Act, Ledger, acts};

fn windowed(window: u64) -> Ledger {
    Ledger::newsroom_as(&Opening { window, ..Opening::default() })
}

pub fn cases() -> Vec<Case> {
    let mut out = Vec::new();
    let mut skip = windowed(1);
    skip.put(skip.draft("bo", acts::confirmed(5)).with(|d| d.seq = 7));
    out.push(bad(
        "201-place-skipped",
        "Position 6 is skipped, and the event at 7 is applied.",
        skip.files(),
        &[(201, 7)],
    ));
    let mut again = windowed(1);
    let after = Some(again.events[4].hash());
    again.put(again.draft("bo", acts::confirmed(4)).with(|d| {
        d.seq = 5;
        d.base = 5;
        d.after = after;
    }));
    out.push(bad(
        "201-place-again",
        "Position 5 stands twice, and the second one is not applied.",
        again.files(),
        &[(201, 5)],
    ));
    let mut link = Ledger::opened();
    link.sign("ada", acts::changed(2));
    let first = link.events[0].hash();
    link.put(link.draft("ada", acts::retimed()).with(|d| d.prev = Some(first)));
    out.push(last("202-link", "Prev is the hash of an event before the one before.", &link));
    let mut null = Ledger::opened();
    null.put(null.draft("ada", acts::retimed()).with(|d| d.prev = None));
    out.push(last("202-link-null", "Prev is null though there is an event before.", &null));
    out.extend(base());
    let mut own = Ledger::newsroom();
    own.sign("bo", acts::confirmed(6));
    out.push(last("204-named-position", "A confirmation of itself.", &own));
    let mut ahead = windowed(3);
    ahead.sign("bo", acts::disputed(5));
    let after = Some(ahead.events[5].hash());
    ahead.put(ahead.draft("cy", acts::upheld(6)).with(|d| {
        d.base = 6;
        d.after = after;
    }));
    out.push(last(
        "204-named-position-unseen",
        "An event is named that the signer had not before her.",
        &ahead,
    ));
    out.push(repeated());
    out.extend(time());
    let mut version = Ledger::opened();
    version.put(version.draft("ada", acts::retimed()).with(|d| d.v = 2));
    out.push(last("207-version", "Format 2 without an upgrade that announced it.", &version));
    let mut higher = Ledger::opened();
    higher.sign("ada", acts::upgraded(2));
    higher.put(higher.draft("ada", acts::retimed()).with(|d| d.v = 3));
    out.push(last("207-version-higher", "Format 3 after an upgrade to format 2.", &higher));
    out
}

fn base() -> Vec<Case> {
    let late = |window: u64, back: u64, by: &str, act: Act| {
        let mut ledger = windowed(window);
        ledger.sign("cy", acts::disputed(5));
        ledger.sign("dan", acts::disputed(5));
        let base = ledger.expected - back;
        let after = Some(ledger.events[base as usize - 1].hash());
        ledger.put(ledger.draft(by, act).with(|d| {
            d.base = base;
            d.after = after;
        }));
        ledger
    };
    let mut wrong = Ledger::newsroom();
    let other = Some(wrong.events[4].hash());
    wrong.put(wrong.draft("bo", acts::confirmed(5)).with(|d| d.after = other));
    let mut beyond = Ledger::newsroom();
    beyond.put(beyond.draft("bo", acts::confirmed(5)).with(|d| d.base = 7));
    vec![
        last(
            "203-base-window",
            "A statement stands 2 after its base, the window is 1.",
            &late(1, 2, "bo", acts::confirmed(5)),
        ),
        last(
            "203-base-exact",
            "A change of the ledger stands 1 after its base, though the window is 2.",
            &late(2, 1, "ada", acts::changed(2)),
        ),
        last("203-base-after", "After is not the hash of the event before the base.", &wrong),
        last("203-base-later", "The base is larger than the position.", &beyond),
    ]
}

fn repeated() -> Case {
    let mut ledger = windowed(2);
    let first = ledger.draft("bo", acts::confirmed(5));
    let (base, after, said, body) =
        (first.base, first.after, first.said.clone(), first.body.clone());
    ledger.put(first);
    ledger.put(ledger.draft("bo", acts::confirmed(5)).with(|d| {
        d.base = base;
        d.after = after;
        d.said = said;
        d.body = body;
    }));
    bad(
        "205-repeated-statement",
        "A signed statement stands twice, and with it its body.",
        ledger.files(),
        &[(205, 7), (603, 7)],
    )
}

fn time() -> Vec<Case> {
    let mut same = Ledger::opened();
    same.put(
        same.draft("ada", acts::changed(2))
            .with(|d| d.at = "2026-01-01T00:00:00.000000Z".to_owned()),
    );
    let mut back = Ledger::opened();
    back.clock = -1;
    back.expected = 1;
    back.sign("ada", acts::changed(2));
    let mut refused = Ledger::newsroom();
    refused.clock = -5;
    refused.sign("bo", acts::retimed());
    let mut retold = Ledger::opened();
    retold.capture("ada", TEXT, "null");
    retold.clock = -2;
    retold.capture("ada", OTHER, "null");
    retold.sign("ada", acts::asserted(1));
    vec![
        last("206-time-same", "An event at the time of the one before.", &same),
        last("206-time-before-retiming", "An event a second too early, not a retiming.", &back),
        bad(
            "206-time-refused-retiming",
            "A retiming that is refused explains no step back.",
            refused.files(),
            &[(206, 6), (404, 6)],
        ),
        bad(
            "206-time-goes-on",
            "After a step back the next event is compared with it, not with the latest time.",
            retold.files(),
            &[(206, 2)],
        ),
    ]
}
