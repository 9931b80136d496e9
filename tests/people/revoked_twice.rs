//! Keys that are revoked more than once: what an earlier revocation undid stays undone in every
//! answer, and each revocation is shown with its own reason.

use crate::people::desk::Desk;
use crate::people::undone_acts::{append, revoke, two_facts};
use serde_json::{Value, json};

fn json_of(desk: &Desk, line: &str) -> Value {
    serde_json::from_str(&desk.told(&format!("{line} --format json"))).unwrap()
}

/// Bo: 5 describes 2; Ada: 6 revokes Bo from 5 on, 7 describes 2, 8 revokes Bo from 4 on.
#[test]
fn a_description_is_compared_with_the_one_that_stood_when_it_was_signed() {
    let desk = two_facts();
    desk.told("document describe 2 --title Hacked_title --publisher Evil --statement x --by bo");
    revoke(&desk, "bo", 5, "ada");
    desk.told("document describe 2 --title Second_title --statement Right. --by ada");
    let line = "        title “Second title”, before “A note”\n";
    let before = desk.told("log 2");
    revoke(&desk, "bo", 4, "ada");
    for index in [true, false] {
        if !index {
            std::fs::remove_dir_all(desk.path("ledger/index")).unwrap();
        }
        let log = desk.told("log 2");
        for log in [&before, &log] {
            assert!(log.contains(line) && !log.contains("before “Hacked"), "{log}");
        }
        assert!(desk.told("show 7").contains("\n    title “Second title”, before “A note”\n"));
        let log = json_of(&desk, "log 2");
        let described = log["events"].as_array().unwrap().iter().find(|row| row["position"] == 7);
        let effect = &described.unwrap()["changes"];
        let title = json!({"field": "title", "before": "A note", "after": "Second title"});
        assert_eq!(effect, &json!([title]));
    }
}

/// Bo, an admin: 5 renames Cy; Ada: 6 revokes Bo from 5 on; Cy: 7 a fact; Ada: 8 revokes Bo again.
#[test]
fn a_proof_has_no_name_that_an_earlier_revocation_undid() {
    let desk = Desk::founded();
    std::fs::write(desk.path("article.txt"), "Two met on Monday. They spoke.").unwrap();
    for name in ["bo", "cy"] {
        desk.told(&format!("key new {name} --name {name} --no-passphrase"));
        let roles = "--role admin --role editor";
        desk.told(&format!("editor add keys/{name}.request {roles} --by ada"));
    }
    desk.told("document add article.txt --title A_note --lang en --by ada");
    desk.told("editor change cy --name Mallory --by bo");
    revoke(&desk, "bo", 4, "ada");
    append(
        &desk,
        r#"{"claim":"Two met.","lang":"en","vouch":"said","document":3,"quote":"Two met"}"#,
        "cy",
    );
    revoke(&desk, "bo", 3, "ada");
    assert!(desk.told("show 6").contains("asserted — cy, "));
    desk.told("prove 6 --output p");
    let verdict = desk.run("verify p");
    assert!(verdict.out.contains("asserted by cy, "), "{}", verdict.out);
    assert!(!verdict.out.contains("asserted by Mallory"), "{}", verdict.out);
}

#[test]
fn each_revocation_of_a_key_is_listed_with_its_own_reason() {
    let desk = two_facts();
    append(
        &desk,
        r#"{"claim":"On Monday.","lang":"en","vouch":"said","document":2,"quote":"Monday"}"#,
        "bo",
    );
    desk.told("editor revoke bo --reason left --statement gone --by ada");
    revoke(&desk, "bo", 5, "ada");
    desk.told("editor revoke bo --reason lost --suspect-from 6 --statement backup --by ada");
    let list = desk.told("editor list");
    let bo = list.split("Bo Berg").nth(1).unwrap();
    let expected = ", editor, revoked
    key <64>
    enrolled by 1, 2027-03-01 08:02Z, Ada Example
    revoked by 6, 2027-03-01 08:05Z, Ada Example: left
    and by 7, 2027-03-01 08:06Z, Ada Example: compromised, suspect from 5
    and by 8, 2027-03-01 08:07Z, Ada Example: lost, suspect from 6
2 keys, 1 active
";
    assert!(bo.starts_with(expected), "{list}");
    let row = &json_of(&desk, "editor list")["editors"][1];
    assert_eq!((&row["revoked"]["event"], &row["reason"]), (&json!(6), &json!("left")));
    assert_eq!(row["suspect_from"], 5);
    let listed: Vec<_> = row["revocations"].as_array().unwrap().iter().collect();
    let listed: Vec<_> = listed
        .iter()
        .map(|row| json!([row["event"], row["reason"], row["suspect_from"]]))
        .collect();
    let expected = [json!([6, "left", null]), json!([7, "compromised", 5]), json!([8, "lost", 6])];
    assert_eq!(listed, expected);
}

/// 5 Cy, an admin; 6 Cy revokes Bo, who left; 7 Ada revokes Cy from 6 on.
#[test]
fn a_key_that_came_back_is_listed_with_what_brought_it_back() {
    let desk = two_facts();
    desk.told("key new cy --name Cy_Cole --no-passphrase");
    desk.told("editor add keys/cy.request --role admin --by ada");
    desk.told("editor revoke bo --reason left --statement gone --by cy");
    revoke(&desk, "cy", 6, "ada");
    let list = desk.told("editor list");
    let words: Vec<&str> = list.split_whitespace().collect();
    let bo = words.join(" ");
    let bo = bo.split("Bo Berg").nth(1).unwrap();
    assert!(bo.starts_with(", editor, active key <64> enrolled by 1, "), "{list}");
    assert!(bo.contains(" not revoked by 6, "), "{list}");
    assert!(bo.contains(", Cy Cole: left; undone by 7, "), "{list}");
    let row = &json_of(&desk, "editor list")["editors"][1];
    assert_eq!((&row["revoked"], &row["revocations"]), (&json!(null), &json!([])));
    let undone = &row["undone_revocations"][0];
    let told = [&undone["event"], &undone["by"], &undone["reason"], &undone["undone_by"]["event"]];
    assert_eq!(told, [&json!(6), &json!("Cy Cole"), &json!("left"), &json!(7)]);
    let before = desk.told("editor list --as-of 6");
    assert!(before.contains("    revoked by 6, "), "{before}");
}

/// 5 Bo corrects 3, 6 Ada corrects 5; 7 Ada revokes Bo from 5 on.
#[test]
fn a_correction_is_compared_with_the_revision_that_it_corrects() {
    let desk = two_facts();
    let correct = "correct 3 --reason entry-error --statement S.";
    desk.told(&format!("{correct} --claim Three_met. --topic NATO --by bo"));
    desk.told(&format!("{correct} --claim Four_met. --topic NATO --by ada"));
    let marked = "[-Three-]{+Four+} met.";
    let before = desk.told("log 3");
    assert!(before.contains(&format!("        now: “{marked}”\n")), "{before}");
    revoke(&desk, "bo", 5, "ada");
    let log = desk.told("log 3");
    assert!(log.contains(&format!("        now: “{marked}”\n")), "{log}");
    let show = desk.told("show 3");
    let revision = show.split("    6: corrected").nth(1).unwrap().split("\n\n").next().unwrap();
    assert!(revision.contains(&format!("\n        {marked}")), "{show}");
    assert!(!revision.contains("topics: "), "{show}");
}

/// Bo left by an act of Cy that was undone later: while it counted, Bo might not sign.
#[test]
fn a_report_lists_when_a_key_might_sign_and_when_not() {
    let desk = Desk::founded();
    for name in ["bo", "cy", "dora"] {
        desk.told(&format!("key new {name} --name {name} --no-passphrase"));
    }
    desk.told("editor add keys/bo.request --role editor --by ada"); // 1
    desk.told("editor add keys/cy.request --role admin --role editor --by ada"); // 2
    desk.told("editor revoke bo --reason left --statement Left. --by cy"); // 3
    desk.told("editor add keys/dora.request --role editor --by cy"); // 4
    revoke(&desk, "cy", 3, "ada"); // 5 undoes 3 and 4
    revoke(&desk, "cy", 2, "ada"); // 6 undoes 2, and turns nothing of Bo and Dora
    let periods = |desk: &Desk, name: &str| -> Vec<Value> {
        let verdict = json_of(desk, "verify");
        let rows = verdict["roster"].as_array().unwrap().iter();
        rows.filter(|row| row["name"] == name)
            .map(|row| {
                let border = |end: &Value| json!([end["event"], end["what"]]);
                json!([border(&row["from"]), border(&row["until"])])
            })
            .collect()
    };
    let bo = [json!([[1, "enrolled"], [3, "left"]]), json!([[5, "restored"], [null, null]])];
    assert_eq!(periods(&desk, "bo"), bo);
    assert_eq!(periods(&desk, "dora"), [json!([[4, "enrolled"], [5, "undone"]])]);
    assert_eq!(periods(&desk, "cy"), [json!([[2, "enrolled"], [5, "compromised"]])]);
    desk.told("verify --html v.html");
    let page = std::fs::read_to_string(desk.path("v.html")).unwrap();
    assert!(page.contains("event 5 (restored)"), "{page}");
}
