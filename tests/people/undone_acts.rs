//! What is shown of acts that a suspect revocation undid: in each answer, and in a proof.

use crate::people::desk::Desk;

const FACTS: &str = concat!(
    r#"{"type":"document.captured","file":"article.txt","title":"A note","lang":"en","#,
    r#""media_type":"text/plain"}"#,
    "\n",
    r#"{"claim":"Two met.","lang":"en","vouch":"said","quote":"Two met on Monday"}"#,
    "\n",
    r#"{"claim":"They spoke.","lang":"en","vouch":"said","quote":"They spoke"}"#,
    "\n",
);

pub fn append(desk: &Desk, lines: &str, by: &str) {
    std::fs::write(desk.path("drafts.jsonl"), lines).unwrap();
    desk.told(&format!("append drafts.jsonl --by {by}"));
}

/// 0 opened, 1 Bo; Ada: 2 document, 3 and 4 facts.
pub fn two_facts() -> Desk {
    let desk = Desk::with_bo();
    std::fs::write(desk.path("article.txt"), "Two met on Monday. They spoke.").unwrap();
    append(&desk, FACTS, "ada");
    desk
}

pub fn revoke(desk: &Desk, name: &str, from: u64, by: &str) {
    let why = "--reason compromised --statement stolen";
    desk.told(&format!("editor revoke {name} {why} --suspect-from {from} --by {by}"));
}

/// The part of a text from a line that begins so to the next empty line.
pub fn part<'a>(text: &'a str, begin: &str) -> &'a str {
    let start = text.find(begin).unwrap_or_else(|| panic!("{begin}: {text}"));
    text[start..].split("\n\n").next().unwrap()
}

/// The lines of a proof about the fact.
fn fact_of(verdict: &str) -> &str {
    verdict.split("signers\n").next().unwrap()
}

/// Bo: 5 describes 2, 6 relates 3 and 4; Ada: 7 revokes Bo from 5 on.
fn forged() -> Desk {
    let desk = two_facts();
    desk.told("document describe 2 --title A_forged_title --statement x --by bo");
    desk.told("relate 3 contradicts 4 --by bo");
    revoke(&desk, "bo", 5, "ada");
    desk
}

#[test]
fn a_diff_lists_a_title_and_a_relation_that_were_undone() {
    let desk = forged();
    let diff = desk.told("diff 6 7");
    let expected = "editors

     7  2027-03-01 08:06Z  editor.revoked, Ada Example
        revoked Bo Berg (key <16>), suspect from 5: undoes 2 events: 5, 6
        compromised: stolen

undone

     5  2027-03-01 08:04Z  document.described 2, Bo Berg (undone by 7)
        x
        title “A forged title”, before “A note”
     6  2027-03-01 08:05Z  fact.related 3 contradicts 4, Bo Berg (undone by 7)
        contradicts

documents, by what was undone or is in force again

     2  title “A note”, before “A forged title”

no fact changed; 1 event between the points
";
    assert!(diff.starts_with(expected), "{diff}");
    let unified = desk.told("diff 6 7 --unified");
    let changed: Vec<&str> = unified.lines().filter(|line| line.starts_with(['-', '+'])).collect();
    let expected = [
        "--- a/editors\tas of 6",
        "+++ b/editors\tas of 7",
        "-editor: Bo Berg, editor, active, key <64>",
        "+editor: Bo Berg, editor, revoked by 7, key <64>",
        "--- a/document/2\tas of 6",
        "+++ b/document/2\tas of 7",
        "-title: A forged title",
        "+title: A note",
        "--- a/fact/3\tas of 6",
        "+++ b/fact/3\tas of 7",
        "-standing: the document was described anew by 5",
        "-relation: 6 3 contradicts 4 by Bo Berg",
        "--- a/fact/4\tas of 6",
        "+++ b/fact/4\tas of 7",
        "-standing: the document was described anew by 5",
        "-relation: 6 3 contradicts 4 by Bo Berg",
    ];
    assert_eq!(changed, expected);
    let json: serde_json::Value =
        serde_json::from_str(&desk.told("diff 6 7 --format json")).unwrap();
    assert_eq!(
        (&json["undone"][0]["position"], &json["undone"][1]["position"]),
        (&5.into(), &6.into())
    );
    let change =
        serde_json::json!({"field": "title", "before": "A forged title", "after": "A note"});
    assert_eq!(json["described"], serde_json::json!([{"document": 2, "changes": [change]}]));
    // Ada signed the revocation.
    assert_eq!(desk.told("diff 6 7 --by Ada_Example"), diff);
    assert!(desk.told("diff 6 7 --by Bo_Berg").starts_with("no fact changed"));
    // With a filter of facts only their relations are shown.
    let of_facts = desk.told("diff 6 7 --status asserted");
    assert!(of_facts.starts_with("undone\n\n     6  "), "{of_facts}");
    assert!(!of_facts.contains("document"), "{of_facts}");
}

#[test]
fn a_description_that_was_undone_is_none_in_the_list_of_documents() {
    let desk = forged();
    let list = desk.told("document list");
    let expected = "     2  A note
        en, text/plain, 30 bytes
        sha256 <64>
        — Ada Example, 2027-03-01 08:03Z

1 document
";
    assert!(list.starts_with(expected), "{list}");
    let before = desk.told("document list --as-of 6");
    assert!(before.contains("        described anew\n"), "{before}");
    let csv = desk.told("document list --format csv");
    assert!(csv.lines().nth(1).unwrap().contains(",0,false,false,false,Ada Example,"), "{csv}");
}

#[test]
fn a_reinstatement_that_was_undone_is_shown_with_the_retraction_that_stands_again() {
    let desk = two_facts();
    desk.told("retract 3 --reason duplicate --statement dup --by ada");
    desk.told("reinstate 5 --statement Not_so. --by bo");
    revoke(&desk, "bo", 6, "ada");
    let show = desk.told("show 3");
    assert_eq!(
        part(&show, "retractions\n"),
        "retractions
    5 (stands; reinstated by 6: “Not so.” — Bo Berg, 2027-03-01 08:05Z, undone by 7): duplicate,
    error in the record: “dup” — Ada Example, 2027-03-01 08:04Z"
    );
    assert_eq!(part(&show, "\nundone\n"), "\nundone\n    6 fact.reinstated was undone by 7");
    let diff = desk.told("diff 4 7");
    assert_eq!(
        part(&diff, "     3  "),
        "     3  retracted  retracted, undone; was asserted
                   Two met.
                   5: retracted, duplicate, error in the record: “dup” — Ada Example, 2027-03-01
                   08:04Z
                   6: reinstated, ends retraction 5: “Not so.” — Bo Berg, 2027-03-01 08:05Z, undone
                   by 7
                   7: undone by the revocation of Bo Berg (key <16>), compromised,
                   suspect from 6: “stolen” — Ada Example, 2027-03-01 08:06Z"
    );
    // As of a point before the revocation nothing is undone.
    let show = desk.told("show 3 --as-of 6");
    assert!(show.contains("    5 (reinstated by 6: “Not so.” — Bo Berg,"), "{show}");
}

#[test]
fn a_fact_whose_assertion_was_undone_is_shown_so_though_another_confirmed_it() {
    let desk = two_facts();
    append(
        &desk,
        r#"{"claim":"On Monday.","lang":"en","vouch":"said","document":2,"quote":"Monday"}"#,
        "bo",
    );
    desk.told("confirm 5 --how reread --by ada");
    desk.told("editor change bo --name Bo_Cole --by ada");
    revoke(&desk, "bo", 5, "ada");
    let blame = desk.told("blame 2");
    let told: Vec<&str> =
        blame.lines().filter_map(|line| line.split_once("│ ")).map(|(_, note)| note).collect();
    let expected = [
        "3 asserted, Ada Example",
        "5 confirmed, Bo Berg (now Bo",
        "   Cole), undone by 8; confirmed",
        "   by Ada Example",
        "4 asserted, Ada Example",
    ];
    assert_eq!(told, expected);
    let json: serde_json::Value =
        serde_json::from_str(&desk.told("blame 2 --format json")).unwrap();
    assert_eq!(
        (&json["facts"][2]["by"], &json["facts"][2]["undone_by"]),
        (&"Bo Berg".into(), &8.into())
    );
    // It is among what changed, though its state is the same.
    let diff = desk.told("diff 7 8");
    assert!(diff.starts_with("     5  confirmed  undone\n"), "{diff}");
}

/// Bo: 5 document; Ada: 6 fact that rests on it; 7 Cy; Ada: 8 revokes Bo from 5 on.
fn suspect_document() -> Desk {
    let desk = two_facts();
    std::fs::write(desk.path("two.txt"), "Second paper: the plane landed.").unwrap();
    let capture = concat!(
        r#"{"type":"document.captured","file":"two.txt","title":"Two","#,
        r#""lang":"en","media_type":"text/plain"}"#
    );
    append(&desk, capture, "bo");
    append(
        &desk,
        concat!(
            r#"{"claim":"It landed.","lang":"en","vouch":"said","document":5,"#,
            r#""quote":"the plane landed"}"#
        ),
        "ada",
    );
    desk.told("key new cy --name Cy_Cole --no-passphrase");
    desk.told("editor add keys/cy.request --role editor --by ada");
    revoke(&desk, "bo", 5, "ada");
    desk
}

#[test]
fn a_suspect_document_is_shown_wherever_a_fact_rests_on_it() {
    let desk = suspect_document();
    let below = "                   document 5 is suspect\n";
    assert!(desk.told("show 6").starts_with("fact 6: asserted, document 5 is suspect\n"));
    for command in ["replay", "find landed", "review --by cy"] {
        let told = desk.told(command);
        assert_eq!(told.matches(below).count(), 1, "{command}: {told}");
    }
    let blame = desk.told("blame 5");
    assert!(blame.starts_with("document 5: Two (suspect)\n"), "{blame}");
    assert!(blame.contains("6 asserted, Ada Example;\n"), "{blame}");
    assert!(blame.contains("document 5 is suspect\n"), "{blame}");
    let diff = desk.told("diff 7 8");
    assert!(diff.contains("\n     5  suspect true, before false\n"), "{diff}");
    for (command, place) in [("replay", "/facts/2"), ("show 6", "/fact")] {
        let json = desk.told(&format!("{command} --format json"));
        let json: serde_json::Value = serde_json::from_str(&json).unwrap();
        let fact = json.pointer(place).unwrap();
        assert_eq!(fact["suspect_documents"], serde_json::json!([5]), "{command}");
    }
    let write = "append --document 5 --quote Second_paper --claim It_is_the_second. --by cy";
    let written = desk.run(write);
    let note = "note: document 5 is suspect: the key that captured it was stolen or lost\n";
    assert!(written.err.contains(note), "{}", written.err);
    // Another person who describes it anew vouches for it.
    desk.told("document describe 5 --title Two --statement Compared. --by ada");
    assert!(!desk.told("replay").contains("suspect"));
}

#[test]
fn a_proof_says_what_was_undone_and_what_acts_are_about() {
    let desk = two_facts();
    append(
        &desk,
        concat!(
            r#"{"claim":"On Monday.","lang":"en","vouch":"said","document":2,"#,
            r#""quote":"Monday","attribution":[{"agent":"Daily Rumour","#,
            r#""agent_type":"organization","act":"says"}],"when":{"edtf":"2019","#,
            r#""as_written":"Monday","basis":"derived"}}"#
        ),
        "bo",
    );
    desk.told("dispute 5 --reason wrong-figure --statement No. --by ada");
    desk.told("uphold 6 --statement S. --by ada");
    desk.told("retract 5 --reason entry-error --statement Wrong. --by bo");
    desk.told("reinstate 8 --statement Right. --by ada");
    desk.told("relate 3 contradicts 5 --by ada");
    desk.told("relate 4 supports 5 --by bo");
    desk.told("document describe 2 --title A_forgery --statement D. --by ada");
    revoke(&desk, "bo", 5, "ada");
    desk.told("prove 5 --output p");
    let verdict = desk.run("verify p");
    let expected = "\
fact 5: asserted, suspect (event 13), by the acts in this file; later ones may exist
  asserted by Bo Berg, 2027-03-01T08:04:00Z, undone by event 13
    On Monday.
    according to the document: Daily Rumour says that …
    vouched for: that the document says so, not that it is so
    when it was so: 2019 (“Monday”, derived)
    supports: Monday — document 2 (A forgery, before “A note”), described anew by 12, sha256
    <64>
  6: disputed by Ada Example, 2027-03-01T08:05:00Z: wrong-figure, “No.”
  7: upheld by Ada Example, 2027-03-01T08:06:00Z: dispute 6, “S.”
  8: retracted by Bo Berg, 2027-03-01T08:07:00Z: entry-error, “Wrong.”, undone by event 13
  9: reinstated by Ada Example, 2027-03-01T08:08:00Z: retraction 8, “Right.”, undone by event 13
  10: related by Ada Example, 2027-03-01T08:09:00Z: 3 contradicts 5
  11: related by Bo Berg, 2027-03-01T08:10:00Z: 4 supports 5, undone by event 13
  13: the key of Bo Berg revoked: compromised, suspect from 5 on
";
    assert_eq!(fact_of(&verdict.out), expected);
    let json: serde_json::Value =
        serde_json::from_str(&desk.run("verify p --format json").out).unwrap();
    let undone = serde_json::json!([
        {"event": 5, "by": 13}, {"event": 8, "by": 13}, {"event": 9, "by": 13},
        {"event": 11, "by": 13}
    ]);
    assert_eq!(json["undone"], undone);
    let related = serde_json::json!([{"event": 10, "from": 3, "rel": "contradicts", "to": 5}]);
    assert_eq!(json["related"], related);
    assert_eq!((&json["vouch"], &json["when"]["edtf"]), (&"said".into(), &"2019".into()));
    assert_eq!(json["attribution"][0]["agent"], "Daily Rumour");
    let document = &json["documents"][0];
    assert_eq!(
        (&document["title"], &document["described_anew"][0]),
        (&"A forgery".into(), &12.into())
    );
}

#[test]
fn a_proof_shows_a_suspect_document_and_no_name_that_was_undone() {
    let desk = suspect_document();
    desk.told("prove 6 --output p");
    let verdict = desk.run("verify p");
    let expected = concat!(
        "    supports: the plane landed — document 5 (Two), suspect: its capture rests on a ",
        "stolen or lost\n    key, sha256 <64>\n",
        "  8: the key of Bo Berg revoked: compromised, suspect from 5 on\n",
    );
    assert!(fact_of(&verdict.out).ends_with(expected), "{}", verdict.out);
}

#[test]
fn a_revocation_that_was_undone_is_shown_so_in_a_proof_and_its_acts_are_in_force_again() {
    let desk = two_facts();
    for name in ["cy", "dan"] {
        desk.told(&format!("key new {name} --name {name} --no-passphrase"));
        let roles = "--role admin --role editor";
        desk.told(&format!("editor add keys/{name}.request {roles} --by ada"));
    }
    append(
        &desk,
        r#"{"claim":"On Monday.","lang":"en","vouch":"said","document":2,"quote":"Monday"}"#,
        "cy",
    );
    desk.told("relate 3 supports 7 --by cy");
    desk.told("document describe 2 --title Checked --statement S. --by cy");
    revoke(&desk, "cy", 7, "ada");
    revoke(&desk, "ada", 10, "dan");
    desk.told("prove 7 --output p");
    let verdict = desk.run("verify p");
    let expected = "  8: related by cy, 2027-03-01T08:09:00Z: 3 supports 7
  10: the key of cy revoked: compromised, suspect from 7 on, undone by event 11
  11: the key of Ada Example revoked: compromised, suspect from 10 on
";
    assert!(fact_of(&verdict.out).ends_with(expected), "{}", verdict.out);
    let diff = desk.told("diff 10 11");
    assert_eq!(part(&diff, "in force again\n"), "in force again");
    assert!(
        diff.contains(
            "in force again

     8  2027-03-01 08:09Z  fact.related 3 supports 7, cy
        supports
     9  2027-03-01 08:10Z  document.described 2, cy
        S.
        title “Checked”, before “A note”

documents, by what was undone or is in force again

     2  title “Checked”, before “A note”
"
        ),
        "{diff}"
    );
}

/// What one revocation undid stays undone for what came after it, also once a second revocation of
/// the same key undoes it too.
#[test]
fn a_name_and_a_title_that_were_undone_do_not_come_back_by_a_second_revocation() {
    let desk = two_facts();
    desk.told("key new cem --name Cem_Example --no-passphrase");
    desk.told("editor add keys/cem.request --role admin --role editor --by ada");
    desk.told("editor change bo --name Hacked_Name --by cem");
    desk.told("ledger change --title Hacked_title --confirmations 2 --by cem");
    revoke(&desk, "cem", 6, "ada");
    desk.told("confirm 3 --how reread --by bo");
    desk.told("ledger change --title New_title --confirmations 3 --by ada");
    let first = desk.told("log --from 9 --until 10");
    assert!(first.contains("fact.confirmed 3, Bo Berg\n"), "{first}");
    let title = "confirmations 3, before 1; title “New title”, before “Record”";
    assert!(first.contains(title), "{first}");
    revoke(&desk, "cem", 5, "ada");
    let again = desk.told("log --from 9 --until 10");
    let events = |log: &str| log.split("2 events").next().unwrap().to_owned();
    assert_eq!(events(&again), events(&first));
    assert!(desk.told("show 3").contains("confirmed, reread — Bo Berg, "));
}

#[test]
fn a_relation_that_fell_with_the_other_fact_is_shown_so_in_a_proof() {
    let desk = two_facts();
    for (name, roles, by) in
        [("cem", "--role admin --role editor", "ada"), ("eve", "--role editor", "cem")]
    {
        desk.told(&format!("key new {name} --name {name} --no-passphrase"));
        desk.told(&format!("editor add keys/{name}.request {roles} --by {by}"));
    }
    append(
        &desk,
        r#"{"claim":"On Monday.","lang":"en","vouch":"said","document":2,"quote":"Monday"}"#,
        "eve",
    );
    desk.told("relate 3 supports 7 --by bo");
    desk.told("relate 3 supports 4 --by bo");
    // Eve was enrolled by Cem: her fact is no longer there.
    revoke(&desk, "cem", 6, "ada");
    let show = desk.told("show 3");
    assert!(show.contains("\n    8: supports 7 “On Monday.” (does not stand) — Bo Berg"), "{show}");
    let made = desk.run("prove 3 --output p");
    assert!(
        made.err.contains("\nleft out: the body of event 7, the bytes of document 2\n"),
        "{}",
        made.err
    );
    let verdict = desk.run("verify p");
    let expected = "  8: related by Bo Berg, 2027-03-01T08:09:00Z: 3 supports 7, undone by event 10
  9: related by Bo Berg, 2027-03-01T08:10:00Z: 3 supports 4
  10: the key of cem revoked: compromised, suspect from 6 on
";
    assert!(fact_of(&verdict.out).ends_with(expected), "{}", verdict.out);
    let json: serde_json::Value =
        serde_json::from_str(&desk.run("verify p --format json").out).unwrap();
    assert_eq!(json["undone"], serde_json::json!([{"event": 8, "by": 10}]));
    let related = serde_json::json!([{"event": 9, "from": 3, "rel": "supports", "to": 4}]);
    assert_eq!(json["related"], related);
}
