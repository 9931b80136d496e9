//! What a correction changes beside the words that a short line shows is shown all the same: before
//! signing, in `show`, in `diff` and in the unified diff.

use crate::people::desk::Desk;
use crate::people::undone_acts::append;

const FACT: &str = concat!(
    r#"{"claim":"Two met.","lang":"en","vouch":"said","evidence":[{"document":2,"#,
    r#""stance":"supports","quote":"Two met","translation":{"lang":"de","text":"Zwei trafen sich","#,
    r#""by":"human"}}],"topics":[{"name":"NATO"}],"according_to":"Kommersant","#,
    r#""agent_type":"organization"}"#
);

/// The corrections of fact 3, each with what it changes, as `diff` and as the unified diff show it.
const CORRECTIONS: [(&str, &[&str], &[&str]); 4] = [
    (
        concat!(
            r#""evidence":[{"document":2,"stance":"supports","quote":"Two met","#,
            r#""translation":{"lang":"de","text":"Niemand kam","by":"machine"}}]"#
        ),
        &[
            "evidence: document 2 supports at 0 to 7: “Two met”, in de, by a human: “Zwei trafen",
            "sich” → document 2 supports at 0 to 7: “Two met”, in de, by a machine: “Niemand kam”",
        ],
        &[
            "-evidence: document 2 supports at 0 to 7: “Two met”, in de, by a human: “Zwei trafen \
             sich”",
            "+evidence: document 2 supports at 0 to 7: “Two met”, in de, by a machine: “Niemand \
             kam”",
        ],
    ),
    (
        r#""topics":[{"name":"NATO","id":"https://example.org/nato"}]"#,
        &["topics: NATO → NATO (https://example.org/nato)"],
        &["-topic: NATO", "+topic: NATO (https://example.org/nato)"],
    ),
    (
        concat!(
            r#""attribution":[{"agent":"Kommersant","agent_type":"person","act":"says","#,
            r#""id":"https://example.org/k"}]"#
        ),
        &[
            "according to: Kommersant (organization) says → Kommersant (person,",
            "https://example.org/k) says",
        ],
        &[
            "-according to: Kommersant (organization) says",
            "+according to: Kommersant (person, https://example.org/k) says",
        ],
    ),
    (
        concat!(
            r#""evidence":[{"document":2,"stance":"supports","quote":"Two met","#,
            r#""reliability":"F"}]"#
        ),
        &[
            "evidence: document 2 supports at 0 to 7: “Two met”, in de, by a machine: “Niemand",
            "kam” → document 2 supports at 0 to 7: “Two met”, reliability F",
        ],
        &[
            "-evidence: document 2 supports at 0 to 7: “Two met”, in de, by a machine: “Niemand \
             kam”",
            "+evidence: document 2 supports at 0 to 7: “Two met”, reliability F",
        ],
    ),
];

#[test]
fn a_correction_of_a_translation_an_identifier_or_a_grade_is_shown() {
    let desk = Desk::with_bo();
    std::fs::write(desk.path("article.txt"), "Two met on Monday. They spoke.").unwrap();
    desk.told("document add article.txt --title A_note --lang en --by ada");
    append(&desk, FACT, "ada");
    let flat = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    for (number, (fields, shown, unified)) in CORRECTIONS.iter().enumerate() {
        let line = format!(
            r#"{{"type":"fact.corrected","fact":3,"reason":"entry-error","statement":"S.",{fields}}}"#
        );
        append(&desk, &line, "ada");
        let (before, after) = (number + 3, number + 4);
        let diff = desk.told(&format!("diff {before} {after}"));
        let shown = flat(&shown.join(" "));
        assert!(flat(&diff).contains(&shown), "{diff}");
        assert!(flat(&desk.told("show 3")).contains(&shown));
        let told = desk.told(&format!("diff {before} {after} --unified"));
        let changed = |line: &&str| line.starts_with(['-', '+']) && !line.contains("revision: ");
        let lines: Vec<&str> = told.lines().filter(changed).skip(2).collect();
        let lines: Vec<&&str> = lines.iter().filter(|line| !line.contains("corrected")).collect();
        assert_eq!(lines, unified.iter().collect::<Vec<_>>(), "{told}");
    }
}

#[test]
fn the_corrections_policy_is_in_the_unified_diff() {
    let desk = Desk::founded();
    desk.told("ledger change --corrections-policy We_say_so. --by ada");
    let told = desk.told("diff 0 1 --unified");
    assert!(told.contains("\n+corrections policy: We say so.\n"), "{told}");
}
