//! What each of several suspect revocations undid, put in force again, or turned: every answer
//! names the revocation that did it, with the index and without.

use crate::people::desk::Desk;
use crate::people::undone_acts::{append, part, revoke, two_facts};
use crate::people::undone_enrolment::{ON_MONDAY, json_of, page, with_eve};
use serde_json::{Value, json};

/// 2 document, 3 and 4 facts; then these persons, admins all.
fn with_admins(names: &[&str]) -> Desk {
    let desk = two_facts();
    for name in names {
        desk.told(&format!("key new {name} --name {name}_Example --no-passphrase"));
        desk.told(&format!("editor add keys/{name}.request --role admin --role editor --by ada"));
    }
    desk
}

/// Calls `check` with the index, and without it.
fn both(desk: &Desk, check: &dyn Fn(&str)) {
    check("with the index");
    std::fs::remove_dir_all(desk.path("ledger/index")).unwrap();
    check("without the index");
}

fn positions(answer: &Value) -> Vec<u64> {
    let rows = answer["events"].as_array().unwrap();
    rows.iter().map(|row| row["position"].as_u64().unwrap()).collect()
}

/// 5 Cem; 6 a fact of Bo's; 7 Cem revokes Bo, 8 Ada revokes Cem: 6 is free of suspicion again. 9
/// Dee; 10 Dee asks for two confirmations, 11 Ada revokes Dee.
#[test]
fn a_log_of_a_fact_has_what_turned_it_for_a_while() {
    let desk = with_admins(&["cem"]);
    append(&desk, ON_MONDAY, "bo");
    revoke(&desk, "bo", 6, "cem");
    revoke(&desk, "cem", 7, "ada");
    let turned = "undoes 1 event: 7; in force again: 1 event: 6; turns 1 fact: 6 asserted, as \
                  before, no longer suspect";
    let flat = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    desk.told("key new dee --name Dee_Example --no-passphrase");
    desk.told("editor add keys/dee.request --role admin --by ada");
    desk.told("confirm 6 --how reread --by ada");
    desk.told("ledger change --confirmations 2 --by dee");
    revoke(&desk, "dee", 11, "ada");
    both(&desk, &|index| {
        for line in ["log 6", "log --document 2 --from 6"] {
            assert_eq!(positions(&json_of(&desk, line)), [6, 7, 8, 10, 11, 12], "{index}: {line}");
        }
        assert!(flat(&desk.told("log 6")).contains(turned), "{index}");
        let events = json_of(&desk, "log 6");
        let impact = |event: usize| events["events"][event]["impact"]["facts"].clone();
        let cleared = json!([{
            "fact": 6, "before": "asserted", "after": "asserted", "suspect": false, "cleared": true
        }]);
        assert_eq!(impact(2), cleared, "{index}");
        assert_eq!(events["events"][1]["impact"], Value::Null, "{index}");
    });
}

/// 5 Cem, 6 Tom; Bo: 7 relates, 8 describes; 9 Tom revokes Bo, 10 Cem enrols Dee, 11 Ada revokes
/// Tom.
#[test]
fn a_difference_of_a_person_has_what_others_put_in_force_again_under_their_names_alone() {
    let desk = with_admins(&["cem", "tom"]);
    desk.told("relate 3 contradicts 4 --by bo");
    desk.told("document describe 2 --title Better --statement Right. --by bo");
    revoke(&desk, "bo", 7, "tom");
    desk.told("key new dee --name Dee_Example --no-passphrase");
    desk.told("editor add keys/dee.request --role editor --by cem");
    revoke(&desk, "tom", 9, "ada");
    both(&desk, &|index| {
        let whole = json_of(&desk, "diff 9 11");
        let of = |name: &str| json_of(&desk, &format!("diff 9 11 --by {name}"));
        assert_eq!(of("ada_example")["restored"], whole["restored"], "{index}");
        assert_eq!(whole["restored"].as_array().unwrap().len(), 2, "{index}");
        let cem = of("cem_example");
        assert_eq!(cem["editors"].as_array().unwrap().len(), 1, "{index}");
        for field in ["restored", "undone", "described"] {
            assert_eq!(cem.get(field), None, "{index}: {field}");
        }
        let heading =
            "documents, by what was undone or is in force again\n\n     2  title “Better”";
        assert!(desk.told("diff 9 11").contains(heading), "{index}");
    });
}

/// 5 Cem; Bo: 6 confirms 3, 7 relates, 8 describes; 9 Ada revokes Bo from 6 on; 10 Cem from 5 on.
#[test]
fn a_second_revocation_of_a_key_undoes_nothing_that_the_first_one_undid() {
    let desk = with_admins(&["cem"]);
    desk.told("confirm 3 --how reread --by bo");
    desk.told("relate 3 contradicts 4 --by bo");
    desk.told("document describe 2 --title Better --statement Right. --by bo");
    revoke(&desk, "bo", 6, "ada");
    revoke(&desk, "bo", 5, "cem");
    both(&desk, &|index| {
        let whole = json_of(&desk, "diff 8 10");
        let by: Vec<&Value> = whole["undone"].as_array().unwrap().iter().collect();
        let by: Vec<&Value> = by.iter().map(|row| &row["undone_by"]).collect();
        assert_eq!(by, [9, 9], "{index}");
        let ada = json_of(&desk, "diff 8 10 --by ada_example");
        for field in ["facts", "undone", "described"] {
            assert_eq!(ada[field], whole[field], "{index}: {field}");
        }
        let cem = json_of(&desk, "diff 8 10 --by cem_example");
        assert_eq!(cem["facts"], json!([]), "{index}");
        assert_eq!((cem.get("undone"), cem.get("described")), (None, None), "{index}");
        let acts: Vec<&Value> = whole["facts"][0]["acts"].as_array().unwrap().iter().collect();
        assert_eq!(acts.iter().map(|act| &act["event"]).collect::<Vec<_>>(), [9], "{index}");
    });
}

/// 5 Cem, 6 Eve by Cem; Eve: 7 a fact, 8 confirms 3; 9 Ada revokes Cem; 10 Bo confirms 3; 11 Ada
/// revokes Bo.
#[test]
fn what_was_set_aside_stays_undone_by_the_revocation_that_did_it() {
    let desk = with_eve();
    append(&desk, ON_MONDAY, "eve");
    desk.told("confirm 3 --how reread --by eve");
    revoke(&desk, "cem", 6, "ada");
    desk.told("confirm 3 --how reread --by bo");
    revoke(&desk, "bo", 10, "ada");
    desk.told("prove 7 --output p");
    let verdict = desk.run("verify p");
    assert!(verdict.out.contains("2027-03-01T08:08:00Z, undone by event 9\n"), "{}", verdict.out);
    both(&desk, &|index| {
        let log = json_of(&desk, "log --from 6");
        let events = log["events"].as_array().unwrap().iter();
        let by: Vec<Value> = events.map(|row| row["undone_by"].clone()).collect();
        assert_eq!(json!(by), json!([9, 9, 9, null, 11, null]), "{index}");
        let show = desk.told("show 7");
        let first = "fact 7: without a status: its assertion was undone by 9\n";
        assert!(show.starts_with(first), "{index}: {show}");
        assert_eq!(part(&show, "\nundone\n"), "\nundone\n    7 fact.asserted was undone by 9");
        let counts = |answer: Value| -> Vec<Value> {
            let rows = answer["undone"].as_array().unwrap().iter();
            rows.map(|row| json!([row["event"], row["events"]])).collect()
        };
        let expected = [json!([9, 3]), json!([11, 1])];
        for line in ["status", "verify", "replay"] {
            assert_eq!(counts(json_of(&desk, line)), expected, "{index}: {line}");
        }
        // The state names the newest one: FORMAT.md says so.
        let state = desk.told("replay --state");
        assert!(state.contains(r#"{"event":7,"by":11,"how":"set-aside"}"#), "{index}: {state}");
    });
}

#[test]
fn a_fact_of_which_an_act_was_undone_is_not_called_suspect() {
    let desk = two_facts();
    desk.told("confirm 3 --how reread --by bo");
    revoke(&desk, "bo", 5, "ada");
    let show = desk.told("show 3");
    assert!(show.contains("\n\nundone\n    5 fact.confirmed was undone by 6\n\nproof\n"), "{show}");
    assert!(!show.contains("suspect"), "{show}");
}

/// 5 Bo revokes herself from 2 on; 6 Ada revokes Bo from 4 on, which undoes 5.
#[test]
fn a_report_has_the_suspicion_of_the_revocation_that_stands() {
    let desk = two_facts();
    desk.told("editor revoke bo --reason lost --statement L. --suspect-from 2 --by bo");
    revoke(&desk, "bo", 4, "ada");
    let row = |name: &str| {
        let rows = json_of(&desk, "verify")["roster"].as_array().unwrap().clone();
        let row = rows.into_iter().find(|row| row["name"] == name).unwrap();
        json!([row["until"]["event"], row["suspect_from"]])
    };
    assert_eq!(row("Bo Berg"), json!([5, 4]));
    let list = desk.told("editor list");
    assert!(
        list.contains("revoked by 6, 2027-03-01 08:05Z, Ada Example: compromised, suspect from 4")
    );
}

/// 5 Cem, an admin; 6 Ada, whose key was stolen, confirms Bo's 7; she revokes herself.
#[test]
fn a_proof_has_the_admin_who_is_left_after_a_revocation() {
    let desk = with_admins(&["cem"]);
    append(&desk, ON_MONDAY, "bo");
    desk.told("confirm 6 --how reread --by ada");
    append(&desk, &ON_MONDAY.replace("On", "Late on"), "ada");
    revoke(&desk, "ada", 7, "ada");
    both(&desk, &|index| {
        for (fact, status, suspect) in [(6, "asserted", false), (8, "asserted", true)] {
            desk.told(&format!("prove {fact} --output p{fact}"));
            std::fs::rename(desk.path(&format!("p{fact}")), desk.path("p")).unwrap();
            let verdict = desk.run("verify p --format json");
            let verdict: Value = serde_json::from_str(&verdict.out).unwrap();
            let found = (&verdict["status"], &verdict["suspect"]);
            assert_eq!(found, (&json!(status), &json!(suspect)), "{index}: {fact}");
        }
        let verdict = desk.run("verify p");
        assert!(verdict.out.contains("fact 8: asserted, suspect (event 9), by"), "{}", verdict.out);
    });
}

/// The recovery key enrols Cem, and revokes Ada.
#[test]
fn a_proof_has_the_admin_whom_the_recovery_key_enrolled() {
    let desk = two_facts();
    desk.told("confirm 3 --how reread --by bo");
    desk.told("key new cem --name Cem_Example --no-passphrase");
    let paper = desk.path("paper");
    let recovery = [("ANNALS_RECOVERY_FILE", paper.to_str().unwrap())];
    for line in [
        "editor add keys/cem.request --role admin --recovery",
        "editor revoke ada --reason lost --statement L. --suspect-from 4 --recovery",
    ] {
        let answer = desk.run_with(line, &recovery);
        assert_eq!(answer.exit, 0, "{}", answer.err);
    }
    desk.told("prove 4 --output p");
    let verdict = desk.run("verify p");
    assert!(verdict.out.contains("fact 4: asserted, suspect (event 7), by"), "{}", verdict.out);
}

/// 5 Bo confirms 3, 6 Bo is renamed, 7 a new title: it changed no fact.
#[test]
fn a_new_name_of_a_confirmer_is_no_change_of_a_fact_in_the_timeline() {
    let desk = two_facts();
    desk.told("confirm 3 --how reread --by bo");
    desk.told("editor change bo --name Bo_Dahl --by ada");
    desk.told("ledger change --title Another --by ada");
    let page = page(&desk, "");
    let frames = page["frames"].as_array().unwrap().iter();
    let frames: Vec<Value> = frames
        .flat_map(|frame| frame["changed"].as_array().unwrap().iter().map(move |row| (frame, row)))
        .filter(|(_, row)| row["fact"] == 3)
        .map(|(frame, row)| json!([frame["position"], row["confirmed_by"]]))
        .collect();
    assert_eq!(frames, [json!([3, []]), json!([5, ["Bo Berg (now Bo Dahl)"]])]);
}

/// 3 is recorded a day later than 2; 4 sets the clock back; 5 is on the day of 2 again.
#[test]
fn the_day_of_a_step_of_the_timeline_is_that_of_a_question_by_date() {
    let desk = Desk::founded();
    std::fs::write(desk.path("article.txt"), "Two met on Monday. They spoke.").unwrap();
    desk.at("2027-03-01T09:00:00Z");
    desk.told("document add article.txt --title A_note --lang en --by ada");
    append(&desk, &ON_MONDAY.replace("\"document\":2", "\"document\":1"), "ada");
    desk.at("2027-03-02T09:00:00Z");
    desk.told("ledger change --title Another --by ada");
    desk.at("2027-03-01T12:00:00Z");
    desk.told("ledger retime --statement It_was_ahead. --by ada");
    desk.told("document describe 1 --title Better --statement Right. --by ada");
    let page = page(&desk, "");
    let steps = page["steps"].as_array().unwrap().iter();
    let days: Vec<String> = steps
        .map(|step| {
            let day = |field: &str| step[field].as_str().unwrap().get(8..10).unwrap().to_owned();
            format!("{} {}", day("at"), day("latest"))
        })
        .collect();
    assert_eq!(days, ["01 01", "01 01", "01 01", "02 02", "01 02", "01 02"]);
    assert_eq!(json_of(&desk, "replay --as-of 2027-03-01")["as_of"], 2);
}

/// 5 Tom; Bo: 6 disputes 3; 7 Tom revokes Bo, 8 Ada revokes Tom: 6 is in force again.
#[test]
fn a_difference_says_what_a_revocation_did_to_the_acts_on_a_fact() {
    let desk = with_admins(&["tom"]);
    desk.told("dispute 3 --reason entry-error --statement A_typo. --by bo");
    revoke(&desk, "bo", 6, "tom");
    revoke(&desk, "tom", 7, "ada");
    let line = |from: u64, to: u64| {
        let diff = desk.told(&format!("diff {from} {to}"));
        let lines = diff.lines().filter(|line| line.contains("by the revocation of"));
        lines.map(|line| line.trim().split(" (key").next().unwrap().to_owned()).collect::<Vec<_>>()
    };
    both(&desk, &|index| {
        let again = "8: in force again by the revocation of tom Example";
        assert_eq!(line(5, 8), [again], "{index}");
        assert_eq!(line(7, 8), [again], "{index}");
        assert_eq!(line(6, 7), ["7: undone by the revocation of Bo Berg"], "{index}");
    });
}

/// 5 and 6 name other log keys; the owner of a pin sees both.
#[test]
fn a_new_log_key_is_said_by_whoever_verifies() {
    let desk = two_facts();
    desk.told("verify --pin pin --init-pin");
    desk.told("ledger rekey --reason rotated --statement Yearly. --by ada");
    desk.told("ledger rekey --reason compromised --statement Stolen. --by ada");
    both(&desk, &|index| {
        let lines = [
            "<16>, by 5 (Ada Example), rotated: before <16>",
            "<16>, by 6 (Ada Example), compromised: before <16>, which signs no more",
        ];
        for (command, label) in [("verify --pin pin", "log key: "), ("status", "log key       ")] {
            let told = desk.told(command);
            for line in lines {
                assert!(told.contains(&format!("{label}{line}\n")), "{index}: {command}: {told}");
            }
        }
        let rekeyed = json_of(&desk, "verify")["rekeyed"].clone();
        assert_eq!(rekeyed, json_of(&desk, "status")["rekeyed"], "{index}");
        assert_eq!(rekeyed[0]["key"], rekeyed[1]["before"], "{index}");
        assert_eq!(rekeyed[1]["reason"], "compromised", "{index}");
    });
}

/// 5 and 6 documents of Bo's; 7 Ada revokes Bo; 8 Ada describes 6, which is suspect no more.
#[test]
fn a_status_counts_suspect_documents() {
    let desk = two_facts();
    for name in ["one.txt", "two.txt"] {
        std::fs::write(desk.path(name), format!("Omega met psi in {name}.")).unwrap();
        desk.told(&format!("document add {name} --title Second --lang en --by bo"));
    }
    assert_eq!(json_of(&desk, "status")["suspect_documents"], 0);
    revoke(&desk, "bo", 5, "ada");
    desk.told("document describe 6 --title Read --statement Right. --by ada");
    both(&desk, &|index| {
        assert_eq!(json_of(&desk, "status")["suspect_documents"], 1, "{index}");
        let lines = "\ndocuments     3\n              1 suspect\n";
        assert!(desk.told("status").contains(lines), "{index}");
    });
}

/// 5 Bo left; 6 her key was stolen from 3 on.
#[test]
fn a_table_of_editors_names_the_revocation_of_a_suspicion() {
    let desk = two_facts();
    desk.told("editor revoke bo --reason left --statement Gone. --by ada");
    revoke(&desk, "bo", 3, "ada");
    let table = desk.told("editor list --format csv");
    let bo = table.lines().find(|line| line.contains("Bo Berg")).unwrap();
    assert!(table.lines().next().unwrap().ends_with(",reason,suspect_from,suspect_by"), "{table}");
    assert!(bo.ends_with(",5,2027-03-01T08:04:00.000000Z,Ada Example,left,3,6"), "{bo}");
}

/// 5 Cem; 6 a document of Bo's, which 7 cites; 8 Ada revokes Bo; 9 Cem describes 6.
#[test]
fn a_proof_has_no_suspicion_of_a_document_that_another_person_described() {
    let desk = with_admins(&["cem"]);
    std::fs::write(desk.path("two.txt"), "Omega met psi.").unwrap();
    desk.told("document add two.txt --title Second --lang en --by bo");
    let fact =
        r#"{"claim":"They met.","lang":"en","vouch":"said","document":6,"quote":"Omega met"}"#;
    append(&desk, fact, "ada");
    revoke(&desk, "bo", 6, "ada");
    let is_suspect = |name: &str| {
        desk.told(&format!("prove 7 --output {name}"));
        let verdict = desk.run(&format!("verify {name} --format json"));
        let verdict: Value = serde_json::from_str(&verdict.out).unwrap();
        verdict["documents"][0]["suspect"].clone()
    };
    assert_eq!(is_suspect("before"), true);
    desk.told("document describe 6 --title Read --statement Right. --by cem");
    assert_eq!(is_suspect("after"), false);
}

#[test]
fn a_person_who_renames_herself_signs_in_a_proof_by_the_earlier_name() {
    let desk = two_facts();
    desk.told("editor change ada --name Ada_Berg --by ada");
    desk.told("prove 3 --output p");
    let verdict = desk.run("verify p --format json");
    let verdict: Value = serde_json::from_str(&verdict.out).unwrap();
    let events = verdict["events"].as_array().unwrap();
    let renames = events.iter().find(|event| event["event"] == 5).unwrap();
    assert_eq!(renames["name"], "Ada Example");
}

#[test]
fn a_timeline_of_points_that_are_turned_round_is_refused() {
    let desk = two_facts();
    let (exit, why) = desk.refused("timeline --html t --from 3 --as-of 1");
    let expected = "annals: expected --from a point that is not after that of --as-of, found \"3\" \
                    after \"1\"; say the two the other way round\n";
    assert_eq!((exit, why.as_str()), (2, expected));
    assert!(!desk.path("t").exists());
}

#[test]
fn the_page_of_chosen_facts_says_what_they_were_chosen_by() {
    let desk = two_facts();
    let sentence = |options: &str| {
        let page = desk.told(&format!("timeline --html -{options}"));
        let line = page.lines().find(|line| line.starts_with("<p>This page has facts that were"));
        line.map(str::to_owned)
    };
    assert_eq!(sentence(""), None);
    let expected = "<p>This page has facts that were chosen, by topic “X”, status “asserted”, \
                    document 2, signer “ada”, what happened from “3”; the record may have \
                    others.</p>";
    let options = " --topic X --status asserted --document 2 --by ada --from 3";
    assert_eq!(sentence(options).as_deref(), Some(expected));
}

/// Two names from right to left with signs alone between them.
#[test]
fn a_name_in_a_sentence_of_the_report_keeps_its_own_direction() {
    let desk = two_facts();
    desk.told("editor change ada --name داليا --by ada");
    desk.told("editor change bo --name سمير --by ada");
    desk.told("confirm 3 --how reread --by bo");
    revoke(&desk, "bo", 7, "ada");
    desk.told("verify --html v.html");
    let page = desk.read("v.html");
    let line = "<dd>1 event, by 8 (<bdi>داليا</bdi>): <bdi>سمير</bdi> (key ";
    assert!(page.contains(line), "{page}");
}
