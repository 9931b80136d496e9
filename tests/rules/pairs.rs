//! For each rule of section 6 one story that is accepted and one that is refused by exactly this
//! rule.

use crate::rules::dsl::{DOC, FACT, NEXT, Step, given};
use crate::support::acts::{self, ADMIN, BOTH, EDITOR, Opening};
use crate::support::{Act, Ledger, judge, keys};
use annals_core::rule::Rule;
use std::collections::BTreeSet;

struct Pair {
    rule: u16,
    given: Vec<Step>,
    stands: Step,
    refused: Step,
}

fn pair(rule: u16, given: Vec<Step>, stands: Step, refused: Step) -> Pair {
    Pair { rule, given, stands, refused }
}

const BY_HAND: &str = "\"by-hand\"";

fn until(second: u64) -> String {
    format!("\"2036-01-01T00:00:{second:02}.000000Z\"")
}

fn wrong_possession() -> Act {
    let mut act = acts::rekeyed("log-2", "rotated");
    act.args = act.args.replacen(&keys::key("log-2"), &keys::key("log-3"), 1);
    act
}

fn of_keys() -> Vec<Pair> {
    let opening = acts::opened(&Opening::default());
    vec![
        pair(401, vec![], ("ada", acts::retimed()), ("ada", opening)),
        pair(402, vec![], ("bo", acts::confirmed(FACT)), ("eve", acts::confirmed(FACT))),
        pair(
            402,
            vec![],
            ("recovery", acts::enrolled("eve", BOTH)),
            ("recovery", acts::roles("bo", BOTH)),
        ),
        pair(
            403,
            vec![("ada", acts::left("bo"))],
            ("cy", acts::confirmed(FACT)),
            ("bo", acts::confirmed(FACT)),
        ),
        pair(404, vec![], ("bo", acts::left("bo")), ("bo", acts::left("cy"))),
        pair(
            404,
            vec![("ada", acts::roles("dan", ADMIN))],
            ("dan", acts::changed(2)),
            ("dan", acts::confirmed(FACT)),
        ),
        pair(
            405,
            vec![("ada", acts::left("bo"))],
            ("ada", acts::enrolled("bo-2", EDITOR)),
            ("ada", acts::enrolled("bo", EDITOR)),
        ),
        pair(
            406,
            vec![("ada", acts::roles("dan", EDITOR))],
            ("ada", acts::roles("ada", BOTH)),
            ("ada", acts::roles("ada", EDITOR)),
        ),
        pair(
            406,
            vec![("ada", acts::left("dan"))],
            ("ada", acts::left("bo")),
            ("ada", acts::left("ada")),
        ),
        pair(407, vec![], ("ada", acts::roles("bo", BOTH)), ("ada", acts::roles("eve", BOTH))),
        pair(
            407,
            vec![("ada", acts::left("bo"))],
            ("ada", acts::stolen("bo", NEXT)),
            ("ada", acts::left("bo")),
        ),
        pair(
            408,
            vec![],
            ("ada", acts::revoked("bo", "lost", Some(3))),
            ("ada", acts::revoked("bo", "rotated", Some(3))),
        ),
        pair(408, vec![], ("dan", acts::stolen("ada", 4)), ("dan", acts::stolen("ada", 3))),
        pair(
            408,
            vec![],
            ("recovery", acts::revoked("bo", "lost", Some(3))),
            ("recovery", acts::revoked("bo", "lost", None)),
        ),
        pair(
            411,
            vec![("ada", acts::upgraded(4))],
            ("ada", acts::upgraded(5)),
            ("ada", acts::upgraded(4)),
        ),
    ]
}

fn of_facts() -> Vec<Pair> {
    let two: Vec<Step> = vec![("bo", acts::asserted(DOC))];
    let disputed: Vec<Step> = vec![("cy", acts::disputed(FACT))];
    let retracted: Vec<Step> = vec![("cy", acts::retracted(FACT))];
    let related = vec![("bo", acts::asserted(DOC)), ("bo", acts::related(FACT, "supports", NEXT))];
    let mut withdrawn = related.clone();
    withdrawn.push(("bo", acts::withdrawn(7)));
    let mut both = disputed.clone();
    both.extend([("cy", acts::asserted(DOC)), ("bo", acts::disputed(7))]);
    vec![
        pair(501, vec![], ("bo", acts::confirmed(FACT)), ("bo", acts::confirmed(DOC))),
        pair(502, retracted.clone(), ("bo", acts::reinstated(NEXT)), ("bo", acts::confirmed(FACT))),
        pair(
            503,
            vec![("cy", acts::corrected(FACT, DOC, &[]))],
            ("bo", acts::confirmed(NEXT)),
            ("bo", acts::confirmed(FACT)),
        ),
        pair(
            504,
            vec![("cy", acts::corrected(FACT, DOC, &[]))],
            ("ada", acts::confirmed(NEXT)),
            ("cy", acts::confirmed(NEXT)),
        ),
        pair(
            505,
            vec![("bo", acts::confirmed(FACT))],
            ("cy", acts::confirmed(FACT)),
            ("bo", acts::confirmed(FACT)),
        ),
        pair(
            507,
            vec![
                ("cy", acts::disputed(FACT)),
                ("cy", acts::disputed(FACT)),
                ("bo", acts::upheld(NEXT)),
            ],
            ("bo", acts::upheld(7)),
            ("bo", acts::upheld(NEXT)),
        ),
        pair(508, disputed.clone(), ("cy", acts::upheld(NEXT)), ("ada", acts::upheld(NEXT))),
        pair(
            509,
            both,
            ("bo", acts::corrected(FACT, DOC, &[6])),
            ("bo", acts::corrected(FACT, DOC, &[6, 8])),
        ),
        pair(
            509,
            disputed,
            ("bo", acts::corrected_as(FACT, DOC, "more-precise", &[], "null")),
            ("bo", acts::corrected_as(FACT, DOC, "more-precise", &[6], "null")),
        ),
        pair(
            511,
            vec![
                ("cy", acts::retracted(FACT)),
                ("bo", acts::reinstated(6)),
                ("cy", acts::retracted(FACT)),
            ],
            ("bo", acts::reinstated(8)),
            ("bo", acts::reinstated(6)),
        ),
        pair(512, retracted, ("bo", acts::reinstated(NEXT)), ("cy", acts::reinstated(NEXT))),
        pair(
            513,
            two.clone(),
            ("bo", acts::related(FACT, "same-as", NEXT)),
            ("bo", acts::related(NEXT, "same-as", FACT)),
        ),
        pair(
            513,
            two,
            ("bo", acts::related(NEXT, "part-of", FACT)),
            ("bo", acts::related(NEXT, "part-of", NEXT)),
        ),
        pair(
            514,
            related,
            ("bo", acts::related(NEXT, "supports", FACT)),
            ("bo", acts::related(FACT, "supports", NEXT)),
        ),
        pair(
            514,
            withdrawn,
            ("bo", acts::related(FACT, "supports", NEXT)),
            ("bo", acts::withdrawn(7)),
        ),
    ]
}

fn of_seals() -> Vec<Pair> {
    let sealed: Vec<Step> = vec![("ada", acts::asserted_sealed(DOC, BY_HAND))];
    let correct = |on| acts::corrected_as(on, DOC, "wrong-date", &[], BY_HAND);
    vec![
        pair(
            516,
            vec![],
            ("bo", acts::asserted_sealed(DOC, &until(6))),
            ("bo", acts::asserted_sealed(DOC, &until(7))),
        ),
        pair(517, sealed.clone(), ("bo", correct(NEXT)), ("bo", correct(FACT))),
        pair(518, sealed, ("bo", acts::released(NEXT)), ("bo", acts::released(FACT))),
        pair(
            519,
            vec![("dan", acts::redacted(FACT))],
            ("dan", acts::redacted(DOC)),
            ("dan", acts::redacted(FACT)),
        ),
        pair(520, vec![], ("dan", acts::redacted(FACT)), ("ada", acts::redacted(FACT))),
    ]
}

#[test]
fn each_rule_lets_one_pass_and_refuses_the_other() {
    let mut told = BTreeSet::from([410]);
    for Pair { rule, given: steps, stands, refused } in
        [of_keys(), of_facts(), of_seals()].into_iter().flatten()
    {
        let story = given(steps);
        story.when(stands.0, stands.1).stands();
        story.when(refused.0, refused.1).refused(rule);
        told.insert(rule);
    }
    let section = Rule::ALL.iter().map(|rule| rule.number()).filter(|n| (400..600).contains(n));
    assert_eq!(told, section.collect(), "every rule of section 6 has a story");
}

/// 410 alone: its good side changes who signs the checkpoint.
#[test]
fn a_new_log_key_proves_that_it_is_held() {
    given(vec![]).when("ada", wrong_possession()).refused(410);
    let mut ledger = Ledger::newsroom();
    ledger.sign("ada", acts::rekeyed("log-2", "rotated"));
    ledger.log = vec!["log-2".to_owned(), "log".to_owned()];
    let outcome = judge(&ledger.files());
    assert!(outcome.faults.is_empty(), "{outcome}");
    let json = outcome.json();
    assert_eq!(json["log_key"], keys::key("log-2"));
    assert_eq!(json["old_log_key"], keys::key("log"));
}

/// In section 6 only the first broken rule, by number, is reported.
#[test]
fn the_first_broken_rule_is_reported() {
    let story = given(vec![("cy", acts::retracted(FACT)), ("ada", acts::left("bo"))]);
    story.when("bo", acts::confirmed(FACT)).refused(403);
    story.when("ada", acts::confirmed(FACT)).refused(502);
    story.when("eve", acts::changed(2)).refused(402);
}
