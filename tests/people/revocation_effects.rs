//! What a revocation turned is listed of what it turned, and nothing else is.

use crate::people::desk::Desk;
use crate::people::undone_acts::{append, part, revoke, two_facts};
use crate::people::undone_enrolment::{ON_MONDAY, json_of, page, with_eve};
use serde_json::{Value, json};

fn positions(answer: &Value) -> Vec<u64> {
    let rows = answer["events"].as_array().unwrap();
    rows.iter().map(|row| row["position"].as_u64().unwrap()).collect()
}

fn log(desk: &Desk, options: &str) -> Vec<u64> {
    positions(&json_of(desk, &format!("log {options}")))
}

const WITH_TOPIC: &str = r#"{"claim":"On Monday.","lang":"en","vouch":"said","document":2,"quote":"Monday","topics":["Days"]}"#;

/// 2 document, 3 and 4 facts; 5 a fact with a topic; Bo: 6 disputes 5, 7 describes 2, 8 confirms
/// 3; 9 Ada revokes Bo from 6 on.
fn turned() -> Desk {
    let desk = two_facts();
    append(&desk, WITH_TOPIC, "ada");
    desk.told("dispute 5 --reason wrong-figure --statement Tuesday. --by bo");
    desk.told("document describe 2 --title Hacked --statement x --by bo");
    desk.told("confirm 3 --how reread --by bo");
    revoke(&desk, "bo", 6, "ada");
    desk
}

#[test]
fn a_log_of_a_topic_a_document_or_a_fact_has_the_revocation_that_undid_an_act_on_it() {
    let desk = turned();
    let days = [5, 6, 9];
    assert_eq!(log(&desk, "5"), days);
    assert_eq!(log(&desk, "--topic days"), days);
    assert_eq!(log(&desk, "--topic days --newest"), [9, 6, 5]);
    assert_eq!(log(&desk, "--topic days --from 7"), [9]);
    assert_eq!(log(&desk, "--topic days --until 8"), [5, 6]);
    assert_eq!(log(&desk, "--topic days --by bo"), [6]);
    assert_eq!(log(&desk, "3"), [3, 8, 9]);
    assert_eq!(log(&desk, "4"), [4]);
    assert_eq!(log(&desk, "2"), [2, 7, 9]);
    assert_eq!(log(&desk, "--document 2 --from 7"), [7, 8, 9]);
    std::fs::remove_dir_all(desk.path("ledger/index")).unwrap();
    assert_eq!(log(&desk, "--topic days"), days);
    assert_eq!(log(&desk, "2"), [2, 7, 9]);
    desk.told("ledger change --confirmations 2 --by ada");
    assert_eq!(log(&desk, "--topic days"), days);
}

#[test]
fn a_log_of_a_topic_has_the_change_of_the_number_of_confirmations() {
    let desk = two_facts();
    append(&desk, WITH_TOPIC, "ada");
    desk.told("confirm 5 --how reread --by bo");
    desk.told("ledger change --confirmations 2 --by ada");
    assert_eq!(log(&desk, "--topic days"), [5, 6, 7]);
}

/// Where the index fails while it answers, the journal has every act too.
#[test]
fn a_log_of_a_topic_over_a_damaged_index_has_every_act() {
    let desk = two_facts();
    append(&desk, WITH_TOPIC, "ada");
    desk.told("dispute 5 --reason wrong-figure --statement Tuesday. --by bo");
    desk.told("key new cy --name Cy_Cole --no-passphrase");
    desk.told("editor add keys/cy.request --role editor --by ada");
    desk.told("uphold 6 --statement No. --by cy");
    desk.told("retract 5 --reason duplicate --statement Twice. --by ada");
    desk.told("reinstate 9 --statement Once. --by bo");
    desk.told("relate 5 contradicts 4 --by bo");
    desk.told("relate --withdraw 11 --statement No. --by ada");
    let whole = [5, 6, 8, 9, 10, 11, 12];
    assert_eq!(log(&desk, "--topic days"), whole);
    let tree = std::fs::read(desk.path("ledger/index/tree")).unwrap();
    for place in (0..tree.len()).step_by(211) {
        let mut damaged = tree.clone();
        damaged[place] ^= 1;
        std::fs::write(desk.path("ledger/index/tree"), damaged).unwrap();
        assert_eq!(log(&desk, "--topic days"), whole, "byte {place}");
    }
}

#[test]
fn a_difference_of_a_person_has_what_they_signed() {
    let desk = turned();
    let diff = |options: &str| {
        let told = desk.told(&format!("diff 5 8 {options}"));
        told.lines().filter(|line| line.starts_with("     ")).map(|l| l[..7].to_owned()).collect()
    };
    let numbers = |options: &str| -> Vec<u64> {
        let rows: Vec<String> = diff(options);
        rows.iter().filter_map(|row| row.trim().parse().ok()).collect()
    };
    assert_eq!(numbers("--by Bo_Berg"), [3, 5, 7]);
    assert_eq!(numbers("--by Ada_Example"), [0; 0]);
    assert_eq!(numbers("--by Bo_Berg --topic days"), [5]);
    // Ada signed the revocation, and what it undid is shown with it.
    let told = desk.told("diff 8 9 --by Ada_Example");
    for line in ["\neditors\n\n     9  ", "\nundone\n\n     7  ", "\n     3  ", "     5  "] {
        assert!(format!("\n{told}").contains(line), "{line}: {told}");
    }
    assert!(desk.told("diff 8 9 --by Bo_Berg").starts_with("no fact changed; "));
}

#[test]
fn a_description_is_marked_against_the_one_before_it() {
    let desk = two_facts();
    desk.told("document describe 2 --title Hacked --statement x --by bo");
    desk.told("document describe 2 --title By_Ada --statement y --by ada");
    revoke(&desk, "bo", 5, "ada");
    let changed = "        title “By Ada”, before “Hacked”\n";
    for line in ["show 2", "log 2", "show 6"] {
        let told = desk.told(line);
        let flat = told.replace("\n    title", "\n        title");
        assert!(flat.contains(changed), "{line}: {told}");
    }
    let expected = json!([{"field": "title", "before": "Hacked", "after": "By Ada"}]);
    assert_eq!(json_of(&desk, "show 2")["document"]["described"][1]["changes"], expected);
}

#[test]
fn what_an_honest_key_signed_is_not_called_stolen() {
    let desk = with_eve();
    append(&desk, ON_MONDAY, "eve");
    desk.told("dispute 7 --reason wrong-figure --statement No. --by bo");
    revoke(&desk, "cem", 6, "ada");
    let undone = "    undone by 9, which revoked a stolen or lost key\n";
    assert!(desk.told("show 8").contains(undone));
    let page = std::fs::read_to_string("src/cli/commands/timeline/page.js").unwrap();
    assert!(!page.contains("the key was stolen or lost"));
}

/// 6 Eve, whose enrolment is undone; 7 a fact of hers, which 8 corrects; 9 undoes all of it.
#[test]
fn a_fact_that_fell_has_the_words_of_its_assertion_in_a_proof_too() {
    let desk = with_eve();
    append(&desk, ON_MONDAY, "eve");
    desk.told("correct 7 --claim On_a_Monday. --reason more-precise --statement S. --by ada");
    revoke(&desk, "cem", 6, "ada");
    desk.told("prove 7 --output p");
    let json: Value = serde_json::from_str(&desk.run("verify p --format json").out).unwrap();
    assert_eq!((&json["revision"], &json["claim"]), (&7.into(), &"On Monday.".into()));
    let told = desk.run("verify p").out;
    assert!(told.contains("\n    On Monday.\n") && !told.contains("as corrected by"), "{told}");
    let show = &json_of(&desk, "show 7")["fact"];
    assert_eq!((&show["revision"], &show["claim"]), (&json["revision"], &json["claim"]));
}

#[test]
fn two_persons_of_one_name_are_told_apart_where_one_revoked_the_other() {
    let desk = two_facts();
    desk.told("key new bo2 --name Bo_Berg --no-passphrase");
    desk.told("editor add keys/bo2.request --role admin --role editor --by ada --same-name");
    desk.told("confirm 3 --how reread --by bo");
    revoke(&desk, "bo", 6, "bo2");
    let line = "1 event, by 7 (Bo Berg (key <16>)): Bo Berg (key <16>) compromised, suspect from 6";
    desk.told("export --to bag");
    for told in [desk.told("status"), desk.told("verify"), desk.told("verify bag")] {
        let flat = told.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(flat.contains(line), "{told}");
    }
}

/// 5 an honest description of 6, which Bo captured; 8 undoes the capture alone.
#[test]
fn a_description_that_stands_is_no_effect_of_a_revocation() {
    let desk = two_facts();
    std::fs::write(desk.path("two.txt"), "Omega one met psi two.").unwrap();
    desk.told("document add two.txt --title Second --lang en --by bo");
    desk.told("ledger change --title Another --by ada");
    desk.told("document describe 5 --title Better --statement Right. --by ada");
    revoke(&desk, "bo", 5, "ada");
    let diff = desk.told("diff 6 8");
    assert!(part(&diff, "documents\n").len() > 1, "{diff}");
    assert!(!diff.contains("by what was undone"), "{diff}");
    assert_eq!(json_of(&desk, "diff 6 8").get("described"), None);
}

/// Dee and Cem are admins; 7 relates 3 and 4; 8 Cem withdraws it; 9 Ada revokes Cem from 8 on; 10 Bo
/// withdraws it again; 11 Dee revokes Ada from 9 on, so 8 counts again and 10 does not.
#[test]
fn what_ended_an_act_is_the_end_in_force() {
    let desk = two_facts();
    for name in ["cem", "dee"] {
        desk.told(&format!("key new {name} --name {name}_Example --no-passphrase"));
        desk.told(&format!("editor add keys/{name}.request --role admin --role editor --by ada"));
    }
    desk.told("relate 3 contradicts 4 --by dee");
    desk.told("relate --withdraw 7 --statement No. --by cem");
    revoke(&desk, "cem", 8, "ada");
    desk.told("relate --withdraw 7 --statement No,_no. --by bo");
    assert!(desk.told("show 7").contains("\n    ended by 10: "));
    revoke(&desk, "ada", 9, "dee");
    let shown = desk.told("show 7");
    assert!(shown.contains("\n    ended by 8: ") && !shown.contains("by 10"), "{shown}");
    let relation = json_of(&desk, "show 3")["fact"]["relations"][0].clone();
    assert_eq!((&relation["stands"], &relation["ended"]["event"]), (&false.into(), &8.into()));
    assert_eq!(relation["other_ends"][0]["event"], 10);
    assert_eq!(relation["other_ends"][0]["undone_by"], 11);
}

#[test]
fn a_name_that_two_persons_had_is_not_one_of_them() {
    let desk = two_facts();
    desk.told("key new cem --name cem_Example --no-passphrase");
    desk.told("editor add keys/cem.request --role editor --by ada");
    desk.told("confirm 3 --how reread --by bo");
    assert_eq!(log(&desk, "--by Bo_Berg"), [6]);
    desk.told("editor change bo --name Bo_Dahl --by ada");
    assert_eq!(log(&desk, "--by Bo_Berg"), [6]);
    desk.told("editor change cem --name Bo_Berg --by ada --same-name");
    for line in ["log --by Bo_Berg", "replay --by Bo_Berg", "diff 5 8 --by bo_berg"] {
        let (exit, why) = desk.refused(line);
        let expected = "annals: --by: expected digits of a key, found \"";
        let names = "which may be Bo Berg (key <16>) or Bo Dahl (key <16>)\n";
        assert!(exit == 2 && why.starts_with(expected) && why.ends_with(names), "{line}: {why}");
    }
    assert_eq!(log(&desk, "--by Bo_Dahl"), [6]);
}

#[test]
fn a_timeline_from_a_point_has_no_fact_that_fell_before_it() {
    let desk = with_eve();
    append(&desk, ON_MONDAY, "eve");
    revoke(&desk, "cem", 6, "ada");
    append(&desk, WITH_TOPIC, "bo");
    // A second revocation from the same event on turns nothing.
    desk.told("editor revoke cem --reason lost --statement x --suspect-from 6 --by ada");
    let facts = |from: u64| -> Vec<u64> {
        let page = page(&desk, &format!(" --from {from}"));
        let facts = page["facts"].as_array().unwrap();
        facts.iter().map(|fact| fact["fact"].as_u64().unwrap()).collect()
    };
    for indexed in [true, false] {
        assert_eq!(facts(8), [7, 9], "{indexed}");
        assert_eq!(facts(9), [9], "{indexed}");
        assert_eq!(facts(10), [0; 0], "{indexed}");
        if indexed {
            std::fs::remove_dir_all(desk.path("ledger/index")).unwrap();
        }
    }
}

/// Two persons share a machine: each has a last look of her own.
#[test]
fn a_look_of_one_person_is_none_of_another_ones() {
    let desk = two_facts();
    let since = |by: &str| {
        let told = desk.told(&format!("--by {by}"));
        told.lines().find(|line| line.starts_with("since ")).unwrap().to_owned()
    };
    let first = since("ada");
    assert!(since("ada").contains("nothing new since"), "{first}");
    assert_eq!(since("bo"), first);
    assert!(since("bo").contains("nothing new since"));
}
