//! Facts and documents that do not stand: the enrolment of whoever signed them was undone.
//!
//! Always holds: they are shown with their words and with what undid them; every answer about a
//! point, or about two, agrees with `replay` as of it.

use crate::people::desk::Desk;
use crate::people::undone_acts::{append, part, revoke, two_facts};
use serde_json::{Value, json};
use std::collections::BTreeMap;

pub const ON_MONDAY: &str =
    r#"{"claim":"On Monday.","lang":"en","vouch":"said","document":2,"quote":"Monday"}"#;

pub fn json_of(desk: &Desk, line: &str) -> Value {
    serde_json::from_str(&desk.told(&format!("{line} --format json"))).unwrap()
}

/// 2 document, 3 and 4 facts; 5 Cem, an admin; by a stolen key: 6 Eve, whom nobody knows.
pub fn with_eve() -> Desk {
    let desk = two_facts();
    for name in ["cem", "eve"] {
        desk.told(&format!("key new {name} --name {name}_Example --no-passphrase"));
    }
    desk.told("editor add keys/cem.request --role admin --role editor --by ada");
    desk.told("editor add keys/eve.request --role editor --by cem");
    desk
}

/// And 7, a fact of Eve's; 8 Bo confirms it; 9 Cem retracts 4; 10 Ada revokes Cem from 6 on.
fn fallen() -> Desk {
    let desk = with_eve();
    append(&desk, ON_MONDAY, "eve");
    desk.told("confirm 7 --how reread --by bo");
    desk.told("retract 4 --reason duplicate --statement dup --by cem");
    revoke(&desk, "cem", 6, "ada");
    desk
}

#[test]
fn a_fact_that_does_not_stand_is_shown_without_a_status_and_with_its_words() {
    let desk = fallen();
    let show = desk.told("show 7");
    let expected = "fact 7: without a status: its assertion was undone by 10\n\n    On Monday.\n";
    assert!(show.starts_with(expected), "{show}");
    let vouched = "vouched for\n    that the document says so, not that it is so";
    assert_eq!(part(&show, "vouched for"), vouched);
    let fact = &json_of(&desk, "show 7")["fact"];
    assert_eq!(
        (&fact["status"], &fact["claim"], &fact["vouch"], &fact["revision"]),
        (&Value::Null, &"On Monday.".into(), &"said".into(), &7.into())
    );
    let csv = desk.told("show 7 --format csv");
    let columns: Vec<&str> = csv.lines().nth(1).unwrap().split(',').collect();
    assert_eq!(columns[4..8], ["", "On Monday.", "en", "said"]);
    let log = desk.told("log 7");
    assert!(log.contains("\n3 events, now without a status\n"), "{log}");
    let confirmation = desk.told("show 8");
    assert!(confirmation.contains("\n    on fact 7: annals show 7\n"), "{confirmation}");
}

#[test]
fn a_fact_that_stands_no_more_is_a_change() {
    let desk = fallen();
    let diff = desk.told("diff 9 10");
    let expected = "     4  asserted   undone; was retracted
                   They spoke.
                   undone: 9 retracted
                   10: undone by the revocation of cem Example (key <16>), compromised,
                   suspect from 6: “stolen” — Ada Example, 2027-03-01 08:11Z

     7  no status  undone; was confirmed
                   On Monday.
                   undone: 7 asserted, 8 confirmed
                   10: undone by the revocation of cem Example (key <16>), compromised,
                   suspect from 6: “stolen” — Ada Example, 2027-03-01 08:11Z
";
    assert!(diff.starts_with(expected), "{diff}");
    assert!(diff.contains("\n2 facts changed; 1 event between the points\n"), "{diff}");
    let change = &json_of(&desk, "diff 9 10")["facts"][1];
    let told = ["fact", "changes", "status_before", "status", "revision_before", "revision"]
        .map(|field| &change[field]);
    let expected =
        [json!(7), json!(["undone"]), json!("confirmed"), Value::Null, json!(7), json!(7)];
    assert_eq!(told, expected.each_ref());
    assert_eq!((&change["before"], &change["now"]["claim"]), (&Value::Null, &"On Monday.".into()));
    let unified = desk.told("diff 9 10 --unified");
    let removed = "--- a/fact/7\tas of 9\n+++ /dev/null\tas of 10\n@@ -1,9 +0,0 @@\n-fact: 7\n\
                   -status: confirmed\n";
    assert!(unified.contains(removed), "{unified}");
    // A fact that was asserted and undone between the points.
    let diff = desk.told("diff 6 10");
    assert_eq!(
        part(&diff, "     7"),
        "     7  no status  new, undone
                   On Monday.
                   7: asserted — eve Example, 2027-03-01 08:08Z, undone by 10
                   8: confirmed, reread — Bo Berg, 2027-03-01 08:09Z, undone by 10
                   10: undone by the revocation of cem Example (key <16>), compromised,
                   suspect from 6: “stolen” — Ada Example, 2027-03-01 08:11Z"
    );
}

#[test]
fn what_happened_since_says_undone_where_nobody_ended_anything() {
    let desk = fallen();
    desk.told("dispute 3 --reason wrong-figure --statement S. --by bo");
    revoke(&desk, "bo", 11, "ada");
    let last = |line: &str| desk.told(line).lines().last().unwrap().to_owned();
    let changed = "since then 2 of these changed in words or status: 4 undone, 7 undone";
    assert_eq!(last("replay --as-of 9"), changed);
    assert_eq!(
        last("show 7 --as-of 9"),
        "since then 1 of these changed in words or status: 7 undone"
    );
    assert_eq!(
        last("find Monday --as-of 9"),
        "since then 1 of these changed in words or status: 7 undone"
    );
    // The dispute was undone, so nobody closed it.
    assert_eq!(
        last("show 3 --as-of 11"),
        "since then 1 of these changed in words or status: 3 undone"
    );
    assert_eq!(
        json_of(&desk, "replay --as-of 9")["since"],
        json!([{"fact": 4, "became": ["undone"]}, {"fact": 7, "became": ["undone"]}])
    );
}

#[test]
fn a_revocation_says_which_facts_it_makes_fall() {
    let desk = fallen();
    let log = desk.told("log --type editor.revoked");
    let line = "undoes 4 events: 2 struck (6, 9), 2 set aside (7, 8); turns 2 facts: 4 asserted, \
                before retracted; 7 without a status, before confirmed";
    let flat = log.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(flat.contains(line), "{log}");
    assert_eq!(
        json_of(&desk, "log --type editor.revoked")["events"][0]["impact"]["facts"],
        json!([
            {"fact": 4, "before": "retracted", "after": "asserted", "suspect": false},
            {"fact": 7, "before": "confirmed", "after": null, "suspect": false},
        ])
    );
}

/// 5 Cem and 6 Dee, admins; 7 Eve, by Cem; 8 a fact of Eve's, 9 Bo confirms it; 10 Cem retracts 4;
/// 11 Dee revokes Cem from 7 on; 12 Ada revokes Dee from 11 on.
fn in_force_again() -> Desk {
    let desk = two_facts();
    for name in ["cem", "dee", "eve"] {
        desk.told(&format!("key new {name} --name {name}_Example --no-passphrase"));
    }
    for name in ["cem", "dee"] {
        desk.told(&format!("editor add keys/{name}.request --role admin --role editor --by ada"));
    }
    desk.told("editor add keys/eve.request --role editor --by cem");
    append(&desk, ON_MONDAY, "eve");
    desk.told("confirm 8 --how reread --by bo");
    desk.told("retract 4 --reason duplicate --statement dup --by cem");
    revoke(&desk, "cem", 7, "dee");
    revoke(&desk, "dee", 11, "ada");
    desk
}

#[test]
fn a_fact_in_force_again_is_shown_with_the_acts_that_are() {
    let desk = in_force_again();
    let diff = desk.told("diff 11 12");
    let step = "                   12: in force again by the revocation of dee Example (key <16>),
                   compromised, suspect from 11: “stolen” — Ada Example, 2027-03-01 08:14Z";
    assert_eq!(
        part(&diff, "     4"),
        format!(
            "     4  retracted  in force again; was asserted
                   They spoke.
                   in force again: 10 retracted
{step}"
        )
    );
    assert_eq!(
        part(&diff, "     8"),
        format!(
            "     8  confirmed  in force again
                   On Monday.
                   in force again: 8 asserted, 9 confirmed
{step}"
        )
    );
    let flat = diff.split_whitespace().collect::<Vec<_>>().join(" ");
    let turns = "turns 2 facts: 4 retracted, before asserted; 8 confirmed, before without a status";
    assert!(flat.contains(turns), "{diff}");
    let unified = desk.told("diff 11 12 --unified");
    assert!(unified.contains("--- /dev/null\tas of 11\n+++ b/fact/8\tas of 12\n"), "{unified}");
    let show = desk.told("show 8 --as-of 11");
    assert!(
        show.ends_with("\nsince then 1 of these changed in words or status: 8 in force again\n"),
        "{show}"
    );
    let change = &json_of(&desk, "diff 11 12")["facts"][1];
    assert_eq!(
        (&change["changes"], &change["status_before"], &change["restored"][1]["event"]),
        (&json!(["restored"]), &Value::Null, &9.into())
    );
}

/// 7 is a document of Eve's, 8 a fact of Ada's that rests on it; 9 Ada revokes Cem from 6 on.
fn document_set_aside() -> Desk {
    let desk = with_eve();
    std::fs::write(desk.path("arches.txt"), "The bridge has 3 arches.\n").unwrap();
    desk.told("document add arches.txt --title Arches --lang en --by eve");
    append(
        &desk,
        concat!(
            r#"{"claim":"Three arches.","lang":"en","vouch":"said","document":7,"#,
            r#""quote":"3 arches"}"#
        ),
        "ada",
    );
    revoke(&desk, "cem", 6, "ada");
    desk
}

#[test]
fn a_document_that_was_set_aside_is_read_and_suspect_for_good() {
    let desk = document_set_aside();
    let blame = desk.told("blame 7");
    assert!(blame.starts_with("document 7: Arches (suspect)\n"), "{blame}");
    let replay = desk.told("replay --document 7");
    let fact = "     8  asserted   Three arches.\n                   document 7 is suspect\n";
    assert!(replay.contains(fact), "{replay}");
    assert!(desk.told("show 8").starts_with("fact 8: asserted, document 7 is suspect\n"));
    assert!(desk.told("show 7").starts_with("document 7, suspect, set aside\n"));
    assert_eq!(json_of(&desk, "show 8")["fact"]["suspect_documents"], json!([7]));
    let diff = desk.told("diff 8 9");
    let documents = "documents, by what was undone or is in force again\n\n     7  suspect true, \
                     before false\n";
    assert!(diff.contains(documents), "{diff}");
    // All three count it: facts may cite it still.
    assert_eq!(json_of(&desk, "status")["documents"], 2);
    assert!(desk.told("document list").contains("\n2 documents\n"));
    // So does a proof of a fact on it.
    desk.told("prove 8 --output p");
    let verdict = desk.run("verify p").out.replace("\n    ", " ");
    let suspect = "document 7 (Arches), suspect: its capture rests on a stolen or lost key";
    assert!(verdict.contains(suspect), "{verdict}");
    // A new fact on it is taken, with a note.
    let quote = "append --document 7 --quote The_bridge --claim A_bridge. --by bo";
    let note = "note: document 7 is suspect: its capture was set aside by 9\n";
    assert!(desk.run(quote).err.starts_with(note));
}

#[test]
fn nobody_is_advised_to_vouch_for_a_document_that_was_set_aside() {
    let desk = document_set_aside();
    let add = "document add arches.txt --title Arches --lang en --by bo";
    let note = "note: these bytes are document 7, whose capture was undone by 9, because the key \
                may be stolen: it stays suspect, and facts can cite it (--document 7)";
    let (exit, why) = desk.refused(add);
    assert_eq!(exit, 1);
    assert!(why.replace('\n', " ").starts_with(note), "{why}");
    let (exit, why) = desk.refused("document describe 7 --title T --statement S. --by bo");
    let told = "rule 501 target: event 7 is no document.captured; its capture was set aside by 9: \
                facts can cite it, and it stays suspect\n";
    assert_eq!(exit, 1);
    assert!(why.ends_with(told), "{why}");
}

#[test]
fn a_key_whose_enrolment_was_undone_is_told_to_be_made_anew() {
    let desk = with_eve();
    revoke(&desk, "cem", 6, "ada");
    let (exit, why) = desk.refused("append --quote Monday --claim M. --by eve");
    let told = "annals: the enrolment of the key of eve, event 6, was undone by 7, and a key is \
                enrolled once (rule 405); annals key new NAME makes another one, an admin enrols it\n";
    assert_eq!((exit, why.as_str()), (2, told));
    let revoked = "editor revoke eve --reason left --statement x --by ada --dry-run";
    let told = "annals: expected an editor of this record (Ada Example, Bo Berg, cem Example), \
                found \"eve\"; annals editor list shows them\n";
    assert_eq!(desk.refused(revoked).1, told);
}

/// The data of a timeline's page.
pub fn page(desk: &Desk, options: &str) -> Value {
    let page = desk.told(&format!("timeline --html -{options}"));
    let data = page.split("id=\"data\">").nth(1).unwrap().split("</script>").next().unwrap();
    serde_json::from_str(data).unwrap()
}

/// The facts of a page as of a position, by the frames up to it: each with its status, what
/// describes its documents anew, and which of them are suspect; and the titles of all documents.
fn framed(page: &Value, position: u64) -> (BTreeMap<u64, Value>, BTreeMap<u64, String>) {
    let (mut facts, mut titles) = (BTreeMap::new(), BTreeMap::new());
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    for frame in list(&page["frames"]) {
        if frame["position"].as_u64().unwrap() > position {
            break;
        }
        for fact in list(&frame["changed"]) {
            let state = ["status", "described_anew", "suspect_documents"].map(|name| &fact[name]);
            facts.insert(fact["fact"].as_u64().unwrap(), json!(state));
        }
        for gone in list(&frame["gone"]) {
            assert!(facts.remove(&gone.as_u64().unwrap()).is_some(), "{gone}");
        }
        for document in list(&frame["documents"]) {
            let all = list(&page["documents"]);
            let of = all.iter().find(|row| row["document"] == document["document"]).unwrap();
            let about = list(&of["descriptions"]);
            let about = about.iter().find(|row| row["event"] == document["described_by"]).unwrap();
            let title = about["title"].as_str().unwrap().to_owned();
            titles.insert(document["document"].as_u64().unwrap(), title);
        }
    }
    (facts, titles)
}

/// A page of a timeline shows at each event what `replay` answers as of it.
fn shows_what_replay_answers(desk: &Desk) -> Value {
    let page = page(desk, "");
    for position in 0..page["as_of"]["size"].as_u64().unwrap() {
        let replay = json_of(desk, &format!("replay --as-of {position}"));
        let (facts, titles) = framed(&page, position);
        let mut expected = BTreeMap::new();
        for fact in replay["facts"].as_array().unwrap() {
            let suspect = fact.get("suspect_documents").cloned().unwrap_or_else(|| json!([]));
            let state = json!([fact["status"], fact["described_anew"], suspect]);
            expected.insert(fact["fact"].as_u64().unwrap(), state);
            for evidence in fact["evidence"].as_array().unwrap() {
                let document = evidence["document"].as_u64().unwrap();
                assert_eq!(evidence["title"], titles[&document].as_str(), "{position}");
            }
        }
        assert_eq!(facts, expected, "{position}");
    }
    page
}

#[test]
fn a_timeline_shows_a_fact_until_it_falls() {
    let desk = fallen();
    let page = shows_what_replay_answers(&desk);
    assert_eq!(framed(&page, 9).0[&7], json!(["confirmed", [], []]));
    assert!(!framed(&page, 10).0.contains_key(&7));
    let facts: Vec<&Value> =
        page["facts"].as_array().unwrap().iter().map(|fact| &fact["fact"]).collect();
    assert_eq!(facts, [3, 4, 7]);
    // Also where facts are chosen; not where a status is asked for.
    let chosen = |options: &str| -> Vec<u64> {
        let page = self::page(&desk, options);
        page["facts"].as_array().unwrap().iter().map(|row| row["fact"].as_u64().unwrap()).collect()
    };
    assert_eq!(chosen(" --by eve"), [7]);
    assert_eq!(chosen(" --document 2"), [3, 4, 7]);
    assert_eq!(chosen(" --from 8"), [4, 7]);
    assert_eq!(chosen(" --status asserted"), [3, 4]);
    assert_eq!(chosen(" --as-of 6"), [3, 4]);
    std::fs::remove_dir_all(desk.path("ledger/index")).unwrap();
    assert_eq!(chosen(""), [3, 4, 7]);
    assert_eq!(chosen(" --by eve"), [7]);
    assert_eq!(chosen(" --from 8"), [4, 7]);
    assert_eq!(self::page(&desk, "")["frames"], page["frames"]);
}

#[test]
fn a_timeline_shows_a_fact_that_fell_and_is_in_force_again() {
    let page = shows_what_replay_answers(&in_force_again());
    assert!(!framed(&page, 11).0.contains_key(&8));
    assert_eq!(framed(&page, 12).0[&8], json!(["confirmed", [], []]));
}

#[test]
fn a_timeline_shows_the_title_of_then_and_which_documents_are_suspect() {
    let page = shows_what_replay_answers(&document_set_aside());
    assert_eq!(framed(&page, 8).0[&8], json!(["asserted", [], []]));
    assert_eq!(framed(&page, 9).0[&8], json!(["asserted", [], [7]]));
    let desk = two_facts();
    desk.told("document describe 2 --title Forged --statement S. --by bo");
    desk.told("document describe 2 --title Again --statement S. --by ada");
    revoke(&desk, "bo", 5, "ada");
    desk.told("document describe 2 --title Mended --statement S. --by ada");
    let page = shows_what_replay_answers(&desk);
    let titles = [4, 5, 6, 7, 8].map(|position| framed(&page, position).1[&2].clone());
    assert_eq!(titles, ["A note", "Forged", "Again", "Again", "Mended"]);
    let states = [4, 5, 6, 7, 8].map(|position| framed(&page, position).0[&3][1].clone());
    assert_eq!(states, [json!([]), json!([5]), json!([5, 6]), json!([6]), json!([6, 8])]);
}

/// The facts of a page from a position on, with the index and without it.
fn from(desk: &Desk, first: u64, more: &str) -> Vec<u64> {
    let facts = || -> Vec<u64> {
        let page = page(desk, &format!(" --from {first}{more}"));
        let facts = page["facts"].as_array().unwrap().iter();
        facts.map(|fact| fact["fact"].as_u64().unwrap()).collect()
    };
    let with = facts();
    let (index, away) = (desk.path("ledger/index"), desk.path("index-away"));
    std::fs::rename(&index, &away).unwrap();
    assert_eq!(facts(), with, "from {first}{more}, without the index");
    std::fs::rename(away, index).unwrap();
    with
}

#[test]
fn a_page_from_a_point_on_has_the_facts_that_a_revocation_or_a_threshold_turned() {
    let desk = fallen();
    assert_eq!(from(&desk, 10, ""), [4, 7]);
    assert_eq!(from(&desk, 10, " --document 2"), [4, 7]);
    desk.told("confirm 3 --how reread --by bo");
    desk.told("ledger change --confirmations 2 --by ada");
    assert_eq!(from(&desk, 12, ""), [3]);
    assert_eq!(from(&desk, 12, " --document 2"), [3]);
    assert_eq!(from(&desk, 12, " --status confirmed"), [0; 0]);
    desk.told("ledger change --title Other --by ada");
    assert_eq!(from(&desk, 13, ""), [0; 0]);
}
