//! Stories of stolen keys: events struck, events set aside, events still in force.

use crate::rules::dsl::{DOC, FACT, NEXT, given};
use crate::support::acts::{self, BOTH, EDITOR, Opening};
use crate::support::{Ledger, judge, keys};

const STRUCK: &str = "struck";
const ASIDE: &str = "set-aside";

fn undone(list: &[(u64, u64, &str)]) -> Vec<(u64, u64, String)> {
    list.iter().map(|(event, by, how)| (*event, *by, (*how).to_owned())).collect()
}

#[test]
fn a_stolen_key_is_undone() {
    let story = given(vec![("dan", acts::confirmed(FACT)), ("dan", acts::asserted(DOC))]);
    let state = story.when("ada", acts::stolen("dan", 6)).stands();
    assert_eq!(state.undone(), undone(&[(6, 8, STRUCK), (7, 8, STRUCK)]));
    assert_eq!(state.status(FACT), "asserted");
    assert_eq!(state.fact(7)["suspect"], true, "kept and shown as suspect");
    assert_eq!(state.row("roster", "enrolled", 3)["revoked"], 8);
}

#[test]
fn what_came_before_the_theft_stands() {
    let story = given(vec![("dan", acts::confirmed(FACT)), ("dan", acts::asserted(DOC))]);
    let state = story.when("ada", acts::stolen("dan", 7)).stands();
    assert_eq!(state.undone(), undone(&[(7, 8, STRUCK)]));
    assert_eq!(state.status(FACT), "confirmed");
}

#[test]
fn what_others_built_on_it_is_set_aside() {
    let story = given(vec![
        ("dan", acts::disputed(FACT)),
        ("bo", acts::upheld(6)),
        ("dan", acts::enrolled("eve", EDITOR)),
        ("eve", acts::confirmed(FACT)),
    ]);
    let state = story.when("ada", acts::stolen("dan", 6)).stands();
    let all = [(6, 10, STRUCK), (7, 10, ASIDE), (8, 10, STRUCK), (9, 10, ASIDE)];
    assert_eq!(state.undone(), undone(&all));
    assert_eq!(state.status(FACT), "asserted");
}

#[test]
fn a_suspect_fact_is_cleared_by_another_person_only() {
    let stolen = || vec![("dan", acts::asserted(DOC)), ("ada", acts::stolen("dan", 6))];
    assert_eq!(given(stolen()).when("bo", acts::confirmed(6)).stands().fact(6)["suspect"], false);
    let corrected = given(stolen()).when("bo", acts::corrected(6, DOC, &[])).stands();
    assert_eq!(corrected.fact(6)["suspect"], false);
    let mut again = stolen();
    again.push(("ada", acts::enrolled("dan-2", EDITOR)));
    let own = given(again).when("dan-2", acts::corrected(6, DOC, &[])).stands();
    assert_eq!(own.fact(6)["suspect"], true, "Dan's other key is Dan");
}

#[test]
fn a_thief_strikes_an_honest_admin_and_is_struck_in_turn() {
    let story = given(vec![("dan", acts::stolen("ada", 4))]);
    story.when("ada", acts::changed(2)).refused(403);
    story.when("ada", acts::stolen("dan", 6)).refused(403);
    let recovered = story.when("recovery", acts::stolen("dan", 6)).stands();
    assert_eq!(recovered.undone(), undone(&[(6, 7, STRUCK)]));
    assert_eq!(recovered.row("roster", "enrolled", 0)["revoked"], serde_json::Value::Null);
    assert_eq!(recovered.fact(FACT)["suspect"], false, "Ada's fact is hers again");
}

#[test]
fn a_suspicion_that_the_refold_refuses_is_dropped() {
    let story = given(vec![
        ("dan", acts::enrolled("eve", BOTH)),
        ("cy", acts::confirmed(FACT)),
        ("eve", acts::stolen("cy", 7)),
    ]);
    let state = story.when("ada", acts::stolen("dan", 6)).stands();
    assert_eq!(state.undone(), undone(&[(6, 9, STRUCK), (8, 9, ASIDE)]));
    assert_eq!(state.status(FACT), "confirmed", "Cy's confirmation stands again");
    assert_eq!(state.row("roster", "enrolled", 2)["revoked"], serde_json::Value::Null);
}

#[test]
fn a_key_that_left_is_found_stolen_later() {
    let story = given(vec![("bo", acts::confirmed(FACT)), ("ada", acts::left("bo"))]);
    let state = story.when("ada", acts::stolen("bo", 6)).stands();
    assert_eq!(state.status(FACT), "asserted");
    assert_eq!(state.row("roster", "enrolled", 1)["revoked"], 7, "revoked from where it was");
}

#[test]
fn the_last_admin_is_recovered() {
    let mut ledger = Ledger::opened_as(&Opening::default());
    ledger.sign("ada", acts::changed(2));
    let alone = ledger.clone();
    ledger.sign("recovery", acts::stolen("ada", 1));
    assert_eq!(judge(&ledger.files()).faults, [(408, Some(2))], "no admin would be left");
    let mut ledger = alone;
    ledger.sign("recovery", acts::enrolled("ada-2", BOTH));
    ledger.sign("recovery", acts::stolen("ada", 1));
    ledger.sign("ada-2", acts::changed(3));
    let outcome = judge(&ledger.files());
    assert!(outcome.faults.is_empty(), "{outcome}");
    assert_eq!(outcome.json()["confirmations"], 3);
    assert_eq!(outcome.json()["roster"][1]["key"], keys::key("ada-2"));
}

#[test]
fn releases_and_redactions_stand() {
    let story = given(vec![
        ("dan", acts::asserted_sealed(DOC, "\"by-hand\"")),
        ("dan", acts::released(6)),
        ("dan", acts::redacted(FACT)),
    ]);
    let state = story.when("ada", acts::stolen("dan", 6)).stands();
    assert_eq!(state.undone(), undone(&[(6, 9, STRUCK)]));
    assert_eq!(state.fact(6)["sealed"], false);
    assert_eq!(state.fact(FACT)["redacted"], true);
}

#[test]
fn what_was_undone_stays_undone_until_it_is_folded_again() {
    let story = given(vec![
        ("dan", acts::confirmed(FACT)),
        ("ada", acts::stolen("dan", 6)),
        ("bo", acts::confirmed(FACT)),
    ]);
    let state = story.when("cy", acts::confirmed(FACT)).stands();
    assert_eq!(state.undone(), undone(&[(6, 7, STRUCK)]));
    let again = story.when("ada", acts::stolen("bo", 8)).stands();
    assert_eq!(again.undone(), undone(&[(6, 7, STRUCK), (8, 9, STRUCK)]));
}

#[test]
fn a_struck_dispute_is_no_target_any_more() {
    let story = given(vec![("dan", acts::disputed(FACT)), ("ada", acts::stolen("dan", NEXT))]);
    story.when("bo", acts::upheld(6)).refused(501);
    story.when("bo", acts::redacted(6)).refused(404);
    story.when("ada", acts::redacted(6)).stands();
}
