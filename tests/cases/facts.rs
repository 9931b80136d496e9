//! Vectors of rules 501–514: facts, disputes, retractions and relations.

use super::{Case, last};
use crate::support::{Act, Ledger, acts};

/// The newsroom (4 the document, 5 Ada's fact) with more acts; the last one is refused.
fn story(acts: Vec<(&str, Act)>) -> Ledger {
    let mut ledger = Ledger::newsroom();
    for (by, act) in acts {
        ledger.sign(by, act);
    }
    ledger
}

fn one(by: &str, act: Act) -> Ledger {
    story(vec![(by, act)])
}

pub fn cases() -> Vec<Case> {
    let mut out = targets();
    out.extend(retracted());
    out.extend(revisions());
    out.extend(disputes());
    out.extend(relations());
    out
}

fn targets() -> Vec<Case> {
    let set_aside = story(vec![
        ("dan", acts::asserted(4)),
        ("bo", acts::disputed(6)),
        ("ada", acts::upheld(7)),
        ("dan", acts::retracted(6)),
        ("ada", acts::stolen("dan", 6)),
        ("bo", acts::reinstated(9)),
    ]);
    let refused = story(vec![("dan", acts::asserted(4)), ("bo", acts::confirmed(4))]);
    let mut released = refused.clone();
    released.sign("ada", acts::redacted(7));
    let mut cases = vec![
        last("501-target-on", "A document is confirmed.", &one("bo", acts::confirmed(4))),
        last("501-target-dispute", "A fact is upheld.", &one("bo", acts::upheld(5))),
        last("501-target-retraction", "A fact is reinstated.", &one("bo", acts::reinstated(5))),
        last(
            "501-target-from",
            "A document is related.",
            &one("bo", acts::related(4, "supports", 5)),
        ),
        last(
            "501-target-to",
            "A fact supports a document.",
            &one("bo", acts::related(5, "supports", 4)),
        ),
        last("501-target-relation", "A fact is withdrawn.", &one("bo", acts::withdrawn(5))),
        last(
            "501-target-document",
            "A fact is described.",
            &one("bo", acts::described(5, acts::DESCRIPTION)),
        ),
        last("501-target-resolves", "A fact is resolved.", &one("bo", acts::corrected(5, 4, &[5]))),
        last(
            "501-target-struck",
            "A struck retraction is no retraction in the present fold.",
            &set_aside,
        ),
    ];
    cases.push(super::bad(
        "501-target-event",
        "An event that was not applied is redacted.",
        released.files(),
        &[(501, 7), (501, 8)],
    ));
    cases
}

fn retracted() -> Vec<Case> {
    let after = |by: &str, act: Act| {
        story(vec![("cy", acts::disputed(5)), ("dan", acts::retracted(5)), (by, act)])
    };
    vec![
        last(
            "502-retracted-confirmed",
            "A retracted fact is confirmed.",
            &after("bo", acts::confirmed(5)),
        ),
        last(
            "502-retracted-disputed",
            "A retracted fact is disputed.",
            &after("bo", acts::disputed(5)),
        ),
        last("502-retracted-upheld", "A retracted fact is upheld.", &after("bo", acts::upheld(6))),
        last(
            "502-retracted-corrected",
            "A retracted fact is corrected.",
            &after("bo", acts::corrected(5, 4, &[6])),
        ),
        last(
            "502-retracted-again",
            "A retracted fact is retracted.",
            &after("bo", acts::retracted(5)),
        ),
    ]
}

fn revisions() -> Vec<Case> {
    let after = |by: &str, act: Act| story(vec![("bo", acts::corrected(5, 4, &[])), (by, act)]);
    let twice = story(vec![("bo", acts::confirmed(5)), ("bo", acts::confirmed(5))]);
    let second_key = story(vec![
        ("ada", acts::enrolled("bo-2", acts::EDITOR)),
        ("bo", acts::confirmed(5)),
        ("bo-2", acts::confirmed(5)),
    ]);
    let own_key =
        story(vec![("ada", acts::enrolled("ada-2", acts::EDITOR)), ("ada-2", acts::confirmed(5))]);
    vec![
        last("503-stale-confirmed", "Old words are confirmed.", &after("cy", acts::confirmed(5))),
        last("503-stale-disputed", "Old words are disputed.", &after("cy", acts::disputed(5))),
        last(
            "503-stale-corrected",
            "Old words are corrected.",
            &after("cy", acts::corrected(5, 4, &[])),
        ),
        last("503-stale-retracted", "Old words are retracted.", &after("cy", acts::retracted(5))),
        last("504-own-words", "Ada confirms her own fact.", &one("ada", acts::confirmed(5))),
        last("504-own-words-key", "Ada confirms her own fact with another key.", &own_key),
        last(
            "504-own-words-correction",
            "Bo confirms his own correction.",
            &after("bo", acts::confirmed(6)),
        ),
        last("505-confirmed-twice", "Bo confirms twice.", &twice),
        last("505-confirmed-twice-key", "Bo confirms twice with two keys.", &second_key),
    ]
}

fn disputes() -> Vec<Case> {
    let disputed = |acts: Vec<(&'static str, Act)>| {
        let mut all = vec![("cy", acts::disputed(5))];
        all.extend(acts);
        story(all)
    };
    let other = disputed(vec![
        ("bo", acts::asserted(4)),
        ("cy", acts::disputed(7)),
        ("bo", acts::corrected(5, 4, &[8])),
    ]);
    let closed = disputed(vec![("bo", acts::upheld(6)), ("bo", acts::corrected(5, 4, &[6]))]);
    let precise = disputed(vec![("bo", acts::corrected_as(5, 4, "more-precise", &[6], "null"))]);
    let author = disputed(vec![("bo", acts::corrected(5, 4, &[])), ("bo", acts::upheld(6))]);
    let ended = story(vec![
        ("dan", acts::retracted(5)),
        ("bo", acts::reinstated(6)),
        ("cy", acts::reinstated(6)),
    ]);
    let own = story(vec![("dan", acts::retracted(5)), ("dan", acts::reinstated(6))]);
    vec![
        last(
            "507-dispute-closed",
            "A dispute is upheld twice.",
            &disputed(vec![("bo", acts::upheld(6)), ("dan", acts::upheld(6))]),
        ),
        last(
            "508-uphold-own",
            "Ada upholds her own fact.",
            &disputed(vec![("ada", acts::upheld(6))]),
        ),
        last("508-uphold-own-revision", "Bo upholds his own correction.", &author),
        last("509-resolves-other", "The dispute of another fact is resolved.", &other),
        last("509-resolves-closed", "A closed dispute is resolved.", &closed),
        last(
            "509-resolves-more-precise",
            "Nothing was wrong, and a dispute is resolved.",
            &precise,
        ),
        last("511-retraction-standing", "A retraction is ended twice.", &ended),
        last("512-reinstate-own", "Dan ends his own retraction.", &own),
    ]
}

fn relations() -> Vec<Case> {
    let pair = |acts: Vec<(&'static str, Act)>| {
        let mut all = vec![("bo", acts::asserted(4))];
        all.extend(acts);
        story(all)
    };
    let act = acts::related;
    vec![
        last(
            "513-relation-ends-same",
            "A fact supports itself.",
            &one("bo", act(5, "supports", 5)),
        ),
        last(
            "513-relation-ends-same-as",
            "Same-as from the later fact to the earlier.",
            &pair(vec![("bo", act(6, "same-as", 5))]),
        ),
        last(
            "513-relation-ends-contradicts",
            "Contradicts from the later fact to the earlier.",
            &pair(vec![("bo", act(6, "contradicts", 5))]),
        ),
        last(
            "514-relation-standing",
            "The same relation twice.",
            &pair(vec![("bo", act(6, "updates", 5)), ("cy", act(6, "updates", 5))]),
        ),
        last(
            "514-relation-standing-withdrawn",
            "A relation is withdrawn twice.",
            &pair(vec![
                ("bo", act(6, "updates", 5)),
                ("cy", acts::withdrawn(7)),
                ("bo", acts::withdrawn(7)),
            ]),
        ),
    ]
}
