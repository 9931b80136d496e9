//! Every act with its object: the person it names, each field with its value before, the events it
//! undid.

use crate::archivist::story::{Story, early_story, redact, story};
use serde_json::Value;

/// The story, and then each kind of act on the ledger and its editors by the command line:
/// 14 and 15 the threshold 2 and 1 again, 16 other words, 17 Bo is renamed and made an admin, 18 Dan
/// is enrolled, 19 Ada's second key, 20 a new log key, 21 a description anew, 22 the clock is set
/// back, 23 Bo's key is revoked as stolen from 8 on.
fn acts() -> Story {
    let story = story();
    let day = "2022-03-01T10:00:00Z";
    let by_ada = [
        "ledger change --confirmations 2",
        "ledger change --confirmations 1",
        "ledger change --title The_second --licence CC0 --corrections-policy Write_to_us.",
        "editor change bo --name Bo_Berger --role admin --role editor",
        "editor add keys/dan.request --role editor",
        "editor add keys/ada2.request --role editor --person-of ada",
        "ledger rekey --reason rotated --statement a_year_is_over",
        "document describe 3 --title Another_title --statement the_title_was_wrong",
    ];
    for key in ["key new dan --name Dan_Doe", "key new ada2 --name Ada_Example"] {
        say(&story, &format!("{key} --no-passphrase"), day);
    }
    for act in by_ada {
        say(&story, &format!("{act} --by ada"), day);
    }
    let retime = "ledger retime --statement the_clock_was_ahead --by ada";
    say(&story, retime, "2022-02-20T09:00:00Z");
    let revoke = "editor revoke Berger --reason compromised --suspect-from 8 --statement stolen";
    say(&story, &format!("{revoke} --by ada"), "2022-02-21T09:00:00Z");
    story
}

fn say(story: &Story, line: &str, clock: &str) {
    let answer =
        story.run_with(&format!("{line} --yes --clock-is-right"), &[("ANNALS_CLOCK", clock)]);
    assert_eq!(answer.exit, 0, "{line}: {}", answer.err);
}

/// A text without line breaks in sentences.
fn flat(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The text of each of these events in every place where it is shown.
const SAYS: [(u64, &[&str]); 10] = [
    (14, &["confirmations 2, before 1", "turns 1 fact: 4 asserted, before confirmed"]),
    (15, &["confirmations 1, before 2", "turns 1 fact: 4 confirmed, before asserted"]),
    (
        16,
        &[
            "title “The second”, before “The record”",
            "licence “CC0”, before “CC-BY-4.0”",
            "corrections policy “Write to us.”",
        ],
    ),
    (
        17,
        &[
            "Bo Berg (key 8139770ea87d175f) is now called Bo Berger",
            "roles admin and editor, before editor",
        ],
    ),
    (18, &["enrolled Dan Doe (key ", ": roles editor"]),
    (19, &["enrolled Ada Example (key ", "keys of this person: c700321a18cde7c1, "]),
    (20, &["log key ", ", before "]),
    (21, &["title “Another title”, before “The article”"]),
    (22, &["the record's time 2022-02-20T09:00:00Z, before 2022-03-01T10:00:00"]),
    (
        23,
        &[
            "revoked Bo Berger (key 8139770ea87d175f), suspect from 8: undoes 5 events: 8, 10, 11, \
             12, 13",
            "turns 4 facts: 4 asserted, before confirmed; 5 asserted, as before, with the words of \
             5; 6 asserted, before retracted",
        ],
    ),
];

#[test]
fn each_act_is_shown_with_its_object_from_and_to() {
    let story = acts();
    let rows = story.run("log --format csv").out;
    let mut table = csv::Reader::from_reader(rows.as_bytes());
    let headers = table.headers().unwrap().clone();
    let effect = headers.iter().position(|name| name == "effect").unwrap();
    let cells: Vec<String> =
        table.records().map(|row| row.unwrap().get(effect).unwrap().to_owned()).collect();
    for (event, says) in SAYS {
        let log = flat(&story.run(&format!("log --from {event} --until {event}")).out);
        let newest = flat(&story.run("log --newest").out);
        let show = flat(&story.run(&format!("show {event}")).out);
        let diff = flat(&story.run(&format!("diff {} {event}", event - 1)).out);
        for said in says {
            for (place, text) in [("log", &log), ("newest", &newest), ("diff", &diff)] {
                assert!(text.contains(said), "{place} {event}: {said}\n{text}");
            }
            assert!(cells[event as usize].contains(said), "{}", cells[event as usize]);
            // A document described anew has a page of its own at its first event.
            let page = if event == 21 { flat(&story.run("show 3").out) } else { show.clone() };
            assert!(page.contains(said), "show {event}: {said}\n{page}");
        }
    }
}

#[test]
fn json_has_the_object_and_both_values_of_each_field() {
    let story = acts();
    let rows: Vec<Value> = story
        .run("log --from 14 --format jsonl")
        .out
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let change = |row: &Value, field: &str| {
        let changes = row["changes"].as_array().unwrap().clone();
        let found = changes.into_iter().find(|change| change["field"] == field).unwrap();
        (found["before"].clone(), found["after"].clone())
    };
    assert_eq!(change(&rows[0], "confirmations"), (1.into(), 2.into()));
    assert_eq!(rows[0]["impact"]["facts"][0]["fact"], 4);
    assert_eq!(rows[0]["impact"]["facts"][0]["before"], "confirmed");
    assert_eq!(change(&rows[2], "title"), ("The record".into(), "The second".into()));
    assert_eq!(change(&rows[3], "name"), ("Bo Berg".into(), "Bo Berger".into()));
    assert_eq!(rows[3]["subject"]["name"], "Bo Berg");
    assert_eq!(rows[3]["subject"]["name_now"], "Bo Berger");
    assert_eq!(rows[9]["subject"]["name"], "Bo Berger");
    assert_eq!(rows[9]["impact"]["struck"], serde_json::json!([8, 10, 11, 12, 13]));
    let (old, new) = change(&rows[6], "log_key");
    assert!(old.is_string() && new.is_string() && old != new);
    let (old, new) = change(&rows[8], "at");
    assert!(old.as_str().unwrap() > new.as_str().unwrap());
}

#[test]
fn the_life_of_a_fact_has_what_turned_it_without_being_about_it() {
    let life = acts().run("log 4 --format jsonl").out;
    let events: Vec<u64> = life
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["position"].as_u64().unwrap())
        .collect();
    assert_eq!(events, [4, 8, 13, 14, 15, 23]);
}

#[test]
fn what_was_undone_set_back_or_turned_is_counted_in_status_and_verify() {
    let story = acts();
    let lines = [
        (
            "undone",
            "5 events, by 23 (Ada Example): Bo Berger (key 8139770ea87d175f) compromised, \
                    suspect from 8",
        ),
        ("retimed", "1 time, by 22 (Ada Example)"),
        ("threshold", "changed 2 times, last by 15 (Ada Example): confirmations 1, before 2"),
    ];
    let (status, verify) = (story.run("status").out, story.run("verify").out);
    for (label, line) in lines {
        assert!(flat(&status).contains(&format!("{label} {line} ")), "{status}");
        assert!(verify.contains(&format!("{label}: {line}\n")), "{verify}");
    }
    for command in ["status", "verify"] {
        let json = story.run(&format!("{command} --format json")).out;
        let told: Value = serde_json::from_str(&json).unwrap();
        assert_eq!(told["undone"][0]["event"], 23, "{command}");
        assert_eq!(told["undone"][0]["events"], 5, "{command}");
        assert_eq!(told["retimed"][0]["event"], 22, "{command}");
        assert_eq!(told["thresholds"][1]["after"], 1, "{command}");
    }
    let replay = story.run("replay");
    assert!(replay.err.starts_with("note: undone: 5 events, by 23 "), "{}", replay.err);
    let replay = story.run("replay --format json");
    let told: Value = serde_json::from_str(&replay.out).unwrap();
    assert_eq!(told["undone"][0]["events"], 5);
    // As of a point before the revocation no event was undone.
    assert_eq!(story.run("replay --as-of 22").err, "");
}

#[test]
fn a_retiming_that_was_undone_counts_for_nothing() {
    let story = story();
    let enrol = "editor change bo --role admin --role editor --by ada";
    say(&story, enrol, "2022-03-01T10:00:00Z");
    let bo = annals_core::key::SecretKey::from_seed([2; 32]);
    story.keep_key("bo", &bo);
    let retime = "ledger retime --statement ahead --by bo";
    say(&story, retime, "2022-02-20T09:00:00Z");
    let revoke = "editor revoke bo --reason compromised --suspect-from 15 --statement stolen";
    say(&story, &format!("{revoke} --by ada"), "2022-02-21T09:00:00Z");
    let status = story.run("status").out;
    assert!(status.contains("\nundone        1 event, by 16 (Ada Example): "), "{status}");
    assert!(!status.contains("retimed"), "{status}");
    assert!(!story.run("verify").out.contains("retimed"));
}

#[test]
fn a_document_described_anew_under_a_fact_is_seen_at_the_fact() {
    let story = acts();
    let overlay = "the document was described anew by 21";
    for command in ["replay", "show 4", "diff 20 21 --unified"] {
        let told = flat(&story.run(command).out);
        assert!(told.contains(overlay) || command.starts_with("diff"), "{command}: {told}");
    }
    let before = story.run("show 4 --as-of 20").out;
    assert!(!before.contains("described anew"), "{before}");
}

#[test]
fn a_signer_has_the_name_of_that_time() {
    let story = story();
    let rename = "editor change bo --name Bo_Berger --by ada";
    say(&story, rename, "2022-03-01T10:00:00Z");
    let both = "Bo Berg (now Bo Berger)";
    for command in ["log 5", "show 5", "diff 9", "log --newest", "show 12"] {
        let told = flat(&story.run(command).out);
        assert!(told.contains(both), "{command}: {told}");
    }
    // As of an earlier point the later name is unknown.
    for command in ["log 5 --as-of 13", "show 5 --as-of 13", "diff 9 13", "replay --as-of 13"] {
        let told = flat(&story.run(command).out);
        assert!(!told.contains("(now "), "{command}: {told}");
    }
    let line = story.run("log 12 --format jsonl").out;
    let rows: Vec<Value> = line.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((&rows[1]["by"], &rows[1]["by_now"]), (&"Bo Berg".into(), &"Bo Berger".into()));
    // Both names work as filters.
    for name in ["Bo_Berg", "Bo_Berger"] {
        let told = story.run(&format!("log --by {name} --format jsonl")).out;
        assert_eq!(told.lines().count(), 5, "{name}");
    }
}

#[test]
fn a_signer_s_clock_far_from_the_ledger_s_is_seen() {
    let story = early_story();
    let said = "signed 2019-01-01 00:00Z by the signer's clock, 1127 days before it was recorded";
    for command in ["log --from 14", "show 14", "show 4", "diff 13 14"] {
        let told = flat(&story.run(command).out);
        assert!(told.contains(said), "{command}: {told}");
    }
    assert!(!story.run("log --until 13").out.contains("by the signer's clock"));
}

fn json(story: &Story, line: &str) -> Value {
    serde_json::from_str(&story.run(line).out).unwrap()
}

/// 14 and 15 change the ledger and describe 3, and are redacted; 18 and 19 do so again.
#[test]
fn nothing_is_before_what_follows_withheld_words() {
    let story = story();
    let day = "2022-03-01T10:00:00Z";
    say(&story, "ledger change --title The_second --by ada", day);
    say(&story, "document describe 3 --title Another --statement x --by ada", day);
    redact(&story, 14, day);
    redact(&story, 15, day);
    say(&story, "ledger change --title The_third --by ada", day);
    say(&story, "document describe 3 --title A_third --lang en --statement x --by ada", day);
    for (event, title) in [(18, "The third"), (19, "A third")] {
        let answer = json(&story, &format!("log --from {event} --until {event} --format json"));
        let changes = answer["events"][0]["changes"].as_array().unwrap().clone();
        let of_title = changes.iter().find(|change| change["field"] == "title").unwrap();
        assert_eq!((&of_title["before"], &of_title["after"]), (&Value::Null, &title.into()));
    }
    let show = json(&story, "show 3 --format json");
    let changes = show["document"]["described"][1]["changes"].as_array().unwrap();
    let of_title = changes.iter().find(|change| change["field"] == "title").unwrap();
    assert_eq!((&of_title["before"], &of_title["after"]), (&Value::Null, &"A third".into()));
}
