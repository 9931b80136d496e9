//! Vectors of rules 516–520: seals, releases and redactions.

use super::{Case, bad, last};
use crate::support::texts::OTHER;
use crate::support::{Act, Ledger, acts};

fn story(acts: Vec<(&str, Act)>) -> Ledger {
    let mut ledger = Ledger::newsroom();
    for (by, act) in acts {
        ledger.sign(by, act);
    }
    ledger
}

/// A seal that ends this many seconds and ten years after the first event.
fn in_ten_years(second: u64) -> String {
    format!("\"2036-01-01T00:00:{second:02}.000000Z\"")
}

pub fn cases() -> Vec<Case> {
    let mut unknown = Ledger::newsroom();
    let act = acts::asserted_sealed(4, "\"by-hand\"");
    unknown.put(unknown.draft("eve", act).withheld());
    unknown.sign("eve", acts::captured_sealed(OTHER, "\"by-hand\""));
    let sealed = ("ada", acts::asserted_sealed(4, "\"by-hand\""));
    vec![
        bad(
            "402-signer-unknown-sealed",
            "A seal explains what is withheld also of events that were never applied.",
            unknown.files(),
            &[(402, 6), (402, 7)],
        ),
        last(
            "516-seal-bound",
            "A seal of ten years and a second.",
            &story(vec![("ada", acts::asserted_sealed(4, &in_ten_years(7)))]),
        ),
        last(
            "517-seal-late",
            "A sealed correction of open words.",
            &story(vec![("ada", acts::corrected_as(5, 4, "wrong-date", &[], "\"by-hand\""))]),
        ),
        last(
            "517-seal-late-released",
            "A sealed correction of words that were released.",
            &story(vec![
                sealed.clone(),
                ("bo", acts::released(6)),
                ("bo", acts::corrected_as(6, 4, "wrong-date", &[], "\"by-hand\"")),
            ]),
        ),
        last("518-release", "An open body is released.", &story(vec![("bo", acts::released(5))])),
        last(
            "518-release-redacted",
            "A redacted body is released.",
            &story(vec![sealed.clone(), ("dan", acts::redacted(6)), ("bo", acts::released(6))]),
        ),
        last(
            "518-release-type",
            "A body of a type that is never sealed is released.",
            &story(vec![("bo", acts::released(1))]),
        ),
        last(
            "519-redact-once",
            "A body is redacted twice.",
            &story(vec![("dan", acts::redacted(5)), ("dan", acts::redacted(5))]),
        ),
        last(
            "520-redact-own",
            "Ada redacts her own body, though Dan could.",
            &story(vec![("ada", acts::redacted(5))]),
        ),
    ]
}
