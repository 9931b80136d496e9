//! `annals editor revoke`: the end of a key, and the events that it undoes.

use crate::people::desk::Desk;
use crate::people::undone_enrolment::json_of;
use serde_json::json;

const FACTS: &str = r#"{"type":"document.captured","file":"article.txt","title":"Article","lang":"en","media_type":"text/plain"}
{"claim":"Two met.","lang":"en","vouch":"said","quote":"Two met on Monday"}
{"claim":"They spoke.","lang":"en","vouch":"said","quote":"They spoke"}
"#;

/// 0 opened, 1 Bo; Ada: 2 document, 3 and 4 facts; Bo: 5 confirms 3, 6 retracts 4, 7 asserts;
/// Ada: 8 reinstates 4.
fn stolen() -> Desk {
    let desk = Desk::with_bo();
    std::fs::write(desk.path("article.txt"), "Two met on Monday. They spoke.").unwrap();
    let append = |lines: &str, by: &str| {
        std::fs::write(desk.path("drafts.jsonl"), lines).unwrap();
        desk.told(&format!("append drafts.jsonl --by {by}"));
    };
    append(FACTS, "ada");
    append(r#"{"type":"fact.confirmed","fact":3,"how":"reread"}"#, "bo");
    append(
        r#"{"type":"fact.retracted","fact":4,"reason":"fabricated","statement":"untrue"}
{"claim":"Three met.","lang":"en","vouch":"so","document":2,"quote":"Two met"}"#,
        "bo",
    );
    append(r#"{"type":"fact.reinstated","retraction":6,"statement":"it is so"}"#, "ada");
    desk
}

const STATEMENT: &str = "--statement the_laptop_was_stolen";

#[test]
fn a_revocation_shows_what_it_undoes_before_and_after() {
    let desk = stolen();
    let revoke =
        format!("editor revoke bo --reason compromised --suspect-from 6 {STATEMENT} --by ada");
    let (exit, shown) = desk.refused(&format!("{revoke} --dry-run"));
    let expected = "revoke Bo Berg (key <16>): compromised, suspect from 6\n  \
                    struck, because the key signed it:\n    \
                    6 fact.retracted 4: untrue\n    \
                    7 fact.asserted: Three met.\n  \
                    set aside, because it rests on what is struck:\n    \
                    8 fact.reinstated 4: it is so\n  \
                    facts that change:\n    \
                    fact 7: asserted, as before, suspect\n\
                    one event would be written; nothing was\n";
    assert_eq!((exit, shown.as_str()), (0, expected));
    let told = "written at 9\n\
                head <64>, 10 events\n\
                revoked Bo Berg (key <16>): compromised, suspect from 6\n\
                struck: 6, 7\n\
                set aside: 8\n\
                fact 7: asserted, as before, suspect\n";
    assert_eq!(desk.told(&revoke), told);
    assert_eq!(desk.whole(), 10);
    let list = desk.told("editor list");
    let row = "    revoked by 9, 2027-03-01 08:08Z, Ada Example: compromised, suspect from 6\n";
    assert!(list.contains(row), "{list}");
}

#[test]
fn a_day_is_a_lower_bound() {
    let desk = stolen();
    desk.at("2027-03-02T07:00:00Z");
    let revoke = format!("editor revoke bo --reason lost {STATEMENT} --by ada --suspect-from");
    let told = desk.told(&format!("{revoke} yesterday"));
    assert!(told.contains("revoked Bo Berg (key <16>): lost, suspect from 1\n"), "{told}");
    assert!(told.contains("struck: 5, 6, 7\nset aside: 8\n"), "{told}");
    assert!(told.contains("fact 3: asserted, before confirmed\n"), "{told}");
    // A second one from a later point restores nothing: both are in force.
    let answer = desk.run(&format!("{revoke} 6"));
    let note = "note: the key of Bo Berg (key <16>) signed nothing from 6 on that is not undone\n";
    assert_eq!((answer.exit, answer.err.as_str()), (0, note));
    assert_eq!(desk.whole(), 11);
}

#[test]
fn a_point_after_which_nothing_was_signed() {
    let desk = stolen();
    let revoke = format!("editor revoke bo --reason lost {STATEMENT} --by ada --suspect-from");
    let answer = desk.run(&format!("{revoke} 8"));
    let note = "note: the key of Bo Berg (key <16>) signed nothing from 8 on that is not undone\n";
    assert_eq!((answer.exit, answer.err.as_str()), (0, note));
    let told = "written at 9\nhead <64>, 10 events\n\
                revoked Bo Berg (key <16>): lost, suspect from 8\n";
    assert_eq!(answer.out, told);
    let none = "annals: --suspect-from: expected a point with an event at it or after it, found \
                \"now\"; the last event is 9, so nothing is suspect from there on: leave it out, \
                or name an earlier point\n";
    assert_eq!(desk.refused(&format!("{revoke} now")), (2, none.to_owned()));
    let beyond = "annals: expected a position from 0 to 9, found 12\n";
    assert_eq!(desk.refused(&format!("{revoke} 12")), (2, beyond.to_owned()));
    let answer = desk.run(&format!("{revoke} 0"));
    assert!(answer.err.starts_with("note: event 0 is never undone; suspect from 1 on\n"));
    assert!(answer.out.contains("suspect from 1\nstruck: 5, 6, 7\n"), "{}", answer.out);
}

#[test]
fn a_revoked_key_signs_nothing_and_its_past_stands() {
    let desk = stolen();
    desk.told("editor revoke bo --reason left --statement Bo_has_left_us --by ada");
    let why = "annals: the key of bo is revoked since event 9 and signs nothing any more (rule \
               403)\n";
    assert_eq!(desk.refused("append drafts.jsonl --by bo"), (2, why.to_owned()));
    assert_eq!(desk.refused("editor change ada --name A --by bo"), (2, why.to_owned()));
    assert!(!desk.told("replay").contains("suspect"));
    let twice = "annals: editor.revoked is refused: rule 407 key-named: the key <64> is already \
                 revoked by event 9; nothing was written\n";
    let again = format!("editor revoke bo --reason left {STATEMENT} --by ada");
    assert_eq!(desk.refused(&again), (1, twice.to_owned()));
    // But it may turn out later that it was stolen.
    let told = desk.told(&format!(
        "editor revoke bo --reason compromised --suspect-from 7 {STATEMENT} --by ada"
    ));
    assert!(told.contains("struck: 7\n"), "{told}");
    assert_eq!(desk.whole(), 11);
}

#[test]
fn a_key_may_revoke_itself_and_no_other() {
    let desk = Desk::with_bo();
    let role = "annals: editor.revoked is refused: rule 404 signer-role: editor.revoked needs the \
                role admin, which the key <64> has not; nothing was written\n";
    let other = format!("editor revoke ada --reason left {STATEMENT} --by bo");
    assert_eq!(desk.refused(&other), (1, role.to_owned()));
    // On Bo's own machine there is no other key: it signs its own end.
    std::fs::remove_file(desk.path("keys/ada.key")).unwrap();
    let told = desk.told(&format!("editor revoke bo --reason lost {STATEMENT}"));
    assert!(told.ends_with("revoked Bo Berg (key <16>): lost\n"), "{told}");
    assert_eq!(desk.whole(), 3);
}

#[test]
fn the_last_admin_stays() {
    let desk = Desk::founded();
    let why = "annals: editor.revoked is refused: rule 406 last-admin: no admin would be left; \
               enrol another one first; nothing was written\n";
    let left = format!("editor revoke ada --reason left {STATEMENT}");
    assert_eq!(desk.refused(&left), (1, why.to_owned()));
    desk.told("editor add --local bo --name Bo --role editor --no-passphrase");
    let why = "annals: editor.revoked is refused: rule 408 suspect-from: in the record without \
               what this undoes, no admin would be left; enrol another one first; nothing was \
               written\n";
    let lost = format!("editor revoke ada --reason lost --suspect-from 1 {STATEMENT} --by ada");
    assert_eq!(desk.refused(&lost), (1, why.to_owned()));
}

#[test]
fn what_the_arguments_must_say() {
    let desk = Desk::with_bo();
    let why = "annals: editor.revoked is refused: rule 408 suspect-from: suspect_from needs the \
               reason lost or compromised, not left; nothing was written\n";
    let left = format!("editor revoke bo --reason left --suspect-from 1 {STATEMENT} --by ada");
    assert_eq!(desk.refused(&left), (1, why.to_owned()));
    let none = "annals: what happened to the key of Bo Berg (key <16>)? (for every reader): give \
                it with --statement\n";
    assert_eq!(desk.refused("editor revoke bo --reason lost --by ada"), (2, none.to_owned()));
    let unknown = "annals: expected an editor of this record (Ada Example, Bo Berg), found \
                   \"dee\"; annals editor list shows them\n";
    let dee = format!("editor revoke dee --reason lost {STATEMENT} --by ada");
    assert_eq!(desk.refused(&dee), (2, unknown.to_owned()));
    let (exit, why) = desk.refused("editor revoke bo --reason stolen --by ada");
    assert_eq!(exit, 2);
    assert!(why.contains("[possible values: left, rotated, lost, compromised]"), "{why}");
}

#[test]
fn a_name_of_two_keys_means_neither_where_it_matters() {
    let desk = Desk::with_bo();
    desk.told("key new two --name Bo_Berg --no-passphrase --keys else");
    desk.told("editor add else/two.request --role editor --person-of bo --by ada");
    let revoke = format!("editor revoke Berg --reason lost {STATEMENT} --by ada");
    let (exit, why) = desk.refused(&revoke);
    let two = "annals: expected a name of one key, found \"Berg\" for 2: Bo Berg <16>, Bo Berg \
               <16>; give 8 or more digits of the key that is meant\n";
    assert_eq!((exit, why.as_str()), (2, two));
    desk.told(&revoke.replace("Berg", "bo"));
    // One of the two is left: a plain revocation means that one, a suspect one still asks.
    let suspect = format!("{revoke} --suspect-from 1");
    assert_eq!(desk.refused(&suspect), (2, two.to_owned()));
    desk.told(&revoke);
    assert_eq!(desk.whole(), 5);
}

/// 0 opened, 1 Bo, 2 Eve, an admin; Eve: 3 revokes Bo, who left, 4 asks for two confirmations.
/// Ada revokes Eve's key from 3 on: Bo's signs again.
#[test]
fn a_revocation_shows_the_keys_that_sign_again() {
    let desk = Desk::with_bo();
    desk.told("key new eve --name Eve_Ash --no-passphrase");
    desk.told("editor add keys/eve.request --role admin --by ada");
    desk.told("editor revoke bo --reason left --statement Bo_has_left. --by eve");
    desk.told("ledger change --confirmations 2 --by eve");
    let revoke =
        format!("editor revoke eve --reason compromised --suspect-from 3 {STATEMENT} --by ada");
    let (exit, shown) = desk.refused(&format!("{revoke} --dry-run"));
    let expected = "revoke Eve Ash (key <16>): compromised, suspect from 3\n  \
                    struck, because the key signed it:\n    \
                    3 editor.revoked Bo Berg (key <16>): Bo has left.\n    \
                    4 ledger.changed: Record\n  \
                    keys that change:\n    \
                    Bo Berg (key <16>) signs again, as editor\n    \
                    revoke again what is not to sign\n  \
                    confirmations 1, before 2\n\
                    one event would be written; nothing was\n";
    assert_eq!((exit, shown.as_str()), (0, expected));
    let told = "written at 5\n\
                head <64>, 6 events\n\
                revoked Eve Ash (key <16>): compromised, suspect from 3\n\
                struck: 3, 4\n\
                Bo Berg (key <16>) signs again, as editor\n\
                confirmations 1, before 2\n";
    assert_eq!(desk.told(&revoke), told);
    let lines = "changes 1 key: Bo Berg (key <16>) signs again, as editor";
    for answer in ["log --from 5", "show 5", "diff 4 5"] {
        let told = desk.told(answer).split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(told.contains(lines) && told.contains("confirmations 1, before 2"), "{told}");
    }
    let impact = json_of(&desk, "show 5")["event"]["impact"].clone();
    let key = impact["keys"][0]["key"].clone();
    let keys = json!([{"name": "Bo Berg", "key": key, "before": null, "after": ["editor"]}]);
    let ledger = json!([{"field": "confirmations", "before": 2, "after": 1}]);
    assert_eq!((&impact["keys"], &impact["ledger"]), (&keys, &ledger));
    // The key that is revoked is none of them, and neither is one whose acts alone are undone.
    let impact = json_of(&desk, "show 3")["event"]["impact"].clone();
    assert_eq!(impact, json!(null));
}
