//! The schema of drafts, and what `annals append` reads.
//!
//! Always holds: the fields of both are the same, and a line that one of them refuses for its form
//! is refused by the other. Not here: what a draft means (`editor`).

use crate::schema::acts::{ARTICLE, FACTS};
use crate::schema::schemas::{Coverage, Schemas};
use annals::ledger::write::draft::{DraftForm, FIELDS, json_lines, template};
use serde_json::Value;
use std::collections::BTreeSet;

/// Lines with every field that the template leaves out, in all of its forms.
const MORE: &str = r#"{"type":"fact.asserted","ref":"A","claim":"C.","lang":"en","vouch":"so","quote":{"exact":"x","prefix":"","suffix":""},"nth":1,"exact_edges":true,"stance":"supports","reliability":"A","according_to":["a","b"],"agent_type":["person",null],"act":["says"],"role":"r","when":"2022","as_written":"then","basis":"stated","topics":"T","document":3}
{"type":"fact.asserted","claim":"C.","evidence":[{"document":"A","stance":"mentions","quote":"x","nth":2,"exact_edges":false,"span":{"start":0,"end":1},"reliability":"F","translation":{"lang":"de","text":"t","by":"machine"}}],"attribution":["a",{"agent":"b","agent_type":"document","act":"says","role":"r","id":"https://a.example/","unnamed_because":"u"}],"when":{"edtf":"2022","as_written":"then","basis":"inferred"},"topics":["T",{"name":"T","id":"https://t.example/"}]}
{"type":"fact.asserted","claim":"C.","quote":"x","according_to":"a","agent_type":"person","act":"says","role":["r"],"attribution":null}
{"type":"fact.confirmed","on":4,"how":"direct-contact"}
{"type":"fact.disputed","fact":"A","reason":"fabricated","error_in":"document","statement":"S."}
{"type":"fact.corrected","fact":4,"reason":"duplicate","statement":"S.","resolves":[5,"B"],"topics":[],"attribution":"a"}
{"type":"fact.upheld","dispute":5,"statement":"S."}
{"type":"fact.reinstated","retraction":6,"statement":"S."}
{"type":"fact.related","from":4,"rel":"part-of","to":"A"}
{"type":"relation.withdrawn","relation":7,"statement":"S."}
{"type":"document.captured","file":"a.txt","title":"T","lang":"en","media_type":"text/plain","captured_at":"2022-01-27T07:00:00.000000Z","derived_from":3,"method":"m","url":"https://a.example/","publisher":"P","authors":"A","published":"2022","archived_at":"https://b.example/","rights":"R"}
{"type":"document.described","document":3,"title":"T","lang":"en","statement":"S.","authors":["A"],"published":{"edtf":"2022","as_written":"then"}}
"#;

/// Lines that are no drafts.
const REFUSED: [&str; 9] = [
    r#"{"claims":"C."}"#,
    r#"{"claim":1}"#,
    r#"{"vouch":"yes"}"#,
    r#"{"quote":{"exact":"x","after":"y"}}"#,
    r#"{"evidence":{"quote":"x"}}"#,
    r#"{"fact":-1}"#,
    r#"{"nth":"2"}"#,
    r#"{"topics":[1]}"#,
    r#"{"when":{"date":"2022"}}"#,
];

#[test]
fn a_draft_has_the_fields_of_its_schema_and_no_other() {
    let schemas = Schemas::read();
    let fields: BTreeSet<&str> =
        FIELDS.iter().filter_map(|field| field.name.split('.').next()).collect();
    let properties = schemas.files["draft.json"]["properties"].as_object().unwrap();
    assert_eq!(properties.keys().map(String::as_str).collect::<BTreeSet<&str>>(), fields);
    let (mut coverage, place) = (Coverage::of(&schemas), ["draft.json#".to_owned()]);
    let template = template(DraftForm::JsonLines).unwrap();
    let lines = [&template, FACTS, ARTICLE, MORE].map(str::lines).into_iter().flatten();
    for line in lines.filter(|line| !line.is_empty()) {
        json_lines(line).unwrap_or_else(|why| panic!("{line}: {why:?}"));
        let draft: Value = serde_json::from_str(line).unwrap();
        coverage.check(&place, &draft).unwrap_or_else(|why| panic!("{line}: {why}"));
    }
    let missed = coverage.missed(|place| place.starts_with("draft.json"));
    assert!(missed.is_empty(), "{missed:?}");
    for line in REFUSED {
        assert!(json_lines(line).is_err(), "{line}");
        let draft: Value = serde_json::from_str(line).unwrap();
        assert!(coverage.check(&place, &draft).is_err(), "{line}");
    }
}
