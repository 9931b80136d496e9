//! The legality list of the fact model, one test for each sentence that no rule states.

use crate::rules::dsl::{DOC, FACT, NEXT, given, given_two};
use crate::support::acts::{self, BOTH, EDITOR};
use crate::support::{Ledger, judge, keys};

#[test]
fn a_revoked_keys_earlier_events_stay_valid() {
    let state = given(vec![("bo", acts::confirmed(FACT))]).when("ada", acts::left("bo")).stands();
    assert_eq!(state.status(FACT), "confirmed");
    let bo = state.row("roster", "enrolled", 1);
    assert_eq!((&bo["key"], &bo["revoked"]), (&keys::key("bo").into(), &7.into()));
}

#[test]
fn a_key_may_revoke_itself_without_a_role_for_it() {
    given(vec![]).when("bo", acts::left("bo")).stands();
    given(vec![]).when("bo", acts::revoked("bo", "compromised", Some(3))).stands();
}

#[test]
fn a_person_with_two_keys_is_one_person() {
    let two =
        || vec![("ada", acts::enrolled("ada-2", BOTH)), ("ada", acts::enrolled("cy-2", EDITOR))];
    given(two()).when("ada-2", acts::confirmed(FACT)).refused(504);
    let mut disputed = two();
    disputed.push(("cy", acts::disputed(FACT)));
    given(disputed.clone()).when("ada-2", acts::upheld(8)).refused(508);
    disputed.push(("cy", acts::retracted(FACT)));
    given(disputed).when("cy-2", acts::reinstated(9)).refused(512);
    given(two()).when("ada-2", acts::redacted(FACT)).refused(520);
}

#[test]
fn one_person_with_two_admin_keys_may_redact_her_own() {
    let story =
        given(vec![("ada", acts::roles("dan", EDITOR)), ("ada", acts::enrolled("ada-2", BOTH))]);
    story.when("ada", acts::redacted(FACT)).stands();
}

#[test]
fn a_confirmed_fact_takes_confirmations_of_persons_in_their_order() {
    let story = given_two(vec![("cy", acts::confirmed(FACT))]);
    let state = story.when("bo", acts::confirmed(FACT)).stands();
    let persons = [keys::person("cy"), keys::person("bo")];
    assert_eq!(state.fact(FACT)["confirmed_by"], serde_json::json!(persons));
}

#[test]
fn confirmations_are_set_at_once_and_for_all_facts() {
    let story = given(vec![("bo", acts::confirmed(FACT))]);
    assert_eq!(story.when("ada", acts::changed(2)).stands().status(FACT), "asserted");
    let two = given_two(vec![("bo", acts::confirmed(FACT))]);
    assert_eq!(two.when("ada", acts::changed(1)).stands().status(FACT), "confirmed");
}

#[test]
fn a_dispute_stays_open_over_corrections_that_do_not_name_it() {
    let story = given(vec![("cy", acts::disputed(FACT)), ("bo", acts::corrected(FACT, DOC, &[]))]);
    let state = story.when("ada", acts::confirmed(7)).stands();
    assert_eq!(state.status(FACT), "disputed");
    assert_eq!(state.fact(FACT)["disputes"], serde_json::json!([6]));
    assert_eq!(story.when("dan", acts::upheld(6)).stands().status(FACT), "asserted");
}

#[test]
fn who_disputed_may_uphold_but_neither_asserter_nor_author_may() {
    let story = given(vec![("cy", acts::disputed(FACT)), ("bo", acts::corrected(FACT, DOC, &[]))]);
    story.when("cy", acts::upheld(6)).stands();
    story.when("bo", acts::upheld(6)).refused(508);
    story.when("ada", acts::upheld(6)).refused(508);
}

#[test]
fn a_self_resolved_dispute_leaves_words_that_another_person_confirms() {
    let story =
        given(vec![("cy", acts::disputed(FACT)), ("ada", acts::corrected(FACT, DOC, &[6]))]);
    story.when("ada", acts::confirmed(7)).refused(504);
    assert_eq!(story.when("cy", acts::confirmed(7)).stands().status(FACT), "confirmed");
}

#[test]
fn any_editor_may_correct_or_retract_any_fact() {
    given(vec![("ada", acts::left("dan"))]).when("bo", acts::corrected(FACT, DOC, &[])).stands();
    given(vec![]).when("cy", acts::retracted(FACT)).stands();
}

#[test]
fn a_retracted_fact_is_related_released_and_redacted() {
    let story =
        given(vec![("bo", acts::asserted_sealed(DOC, "\"by-hand\"")), ("cy", acts::retracted(6))]);
    story.when("bo", acts::related(FACT, "updates", 6)).stands();
    story.when("bo", acts::released(6)).stands();
    let state = story.when("dan", acts::redacted(6)).stands();
    let fact = state.fact(6);
    assert_eq!((&fact["sealed"], &fact["redacted"]), (&false.into(), &true.into()));
}

#[test]
fn a_dispute_of_the_document_is_shown_beside_the_status() {
    let story = given(vec![("cy", acts::disputed_in(FACT, "document"))]);
    let state = story.when("cy", acts::disputed(FACT)).stands();
    assert_eq!(state.fact(FACT)["document_disputed"], true);
    let state = story.when("bo", acts::upheld(6)).stands();
    assert_eq!(state.fact(FACT)["document_disputed"], false);
}

#[test]
fn a_seal_ends_only_by_release_or_redaction() {
    let story = given(vec![("ada", acts::asserted_sealed(DOC, "\"2026-01-01T00:00:07.000000Z\""))]);
    let state = story.when("bo", acts::confirmed(6)).stands();
    assert_eq!(state.fact(6)["sealed"], true, "also when its time has passed");
    assert_eq!(story.when("bo", acts::released(6)).stands().fact(6)["sealed"], false);
}

#[test]
fn a_corrected_fact_shows_the_seal_of_its_present_words() {
    let story = given(vec![("ada", acts::asserted_sealed(DOC, "\"by-hand\""))]);
    assert_eq!(story.when("bo", acts::corrected(6, DOC, &[])).stands().fact(6)["sealed"], false);
    let sealed = acts::corrected_as(6, DOC, "wrong-date", &[], "\"by-hand\"");
    assert_eq!(story.when("bo", sealed).stands().fact(6)["sealed"], true);
}

#[test]
fn every_body_can_be_redacted_but_not_by_the_event_itself() {
    let story = given(vec![("bo", acts::disputed(FACT))]);
    for event in [0, 1, 2, 3, 4, 5] {
        story.when("dan", acts::redacted(event)).stands();
    }
    story.when("ada", acts::redacted(6)).stands();
    story.when("dan", acts::redacted(7)).refused(204);
}

#[test]
fn the_state_of_a_prefix_is_the_state_at_that_time() {
    let mut ledger = Ledger::newsroom();
    ledger.sign("dan", acts::confirmed(FACT));
    let before = judge(&ledger.files()).state;
    ledger.sign("ada", acts::stolen("dan", 6));
    ledger.sign("bo", acts::confirmed(FACT));
    let mut cut = ledger.clone();
    cut.events.truncate(NEXT as usize + 1);
    assert_eq!(judge(&cut.files()).state, before, "answers as of earlier do not change");
}
