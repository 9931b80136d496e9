//! One notation: every other way to write a place, a statement or a body is refused.

use crate::support::texts::{EXACT, TEXT, evidence, fact, spell};
use crate::support::{Act, Ledger, acts};
use annals_core::event::body::Body;
use annals_core::event::canonical;
use annals_core::event::record::{Place, Statement};

fn place(line: &str) -> bool {
    let read = canonical::read::<Place>(line.as_bytes());
    read.is_ok_and(|place| is_written_so(line, canonical::write(&place)))
}

fn statement(line: &str) -> bool {
    let read = Statement::parse(line.as_bytes());
    read.is_ok_and(|statement| is_written_so(line, statement.to_bytes()))
}

fn body(line: &str) -> bool {
    Body::parse(line.as_bytes()).is_ok_and(|body| is_written_so(line, body.to_bytes()))
}

/// What is read must be written as the same bytes.
fn is_written_so(line: &str, written: Vec<u8>) -> bool {
    assert_eq!(String::from_utf8_lossy(&written), line, "a line was read that is misspelled");
    true
}

/// The statement and the body of an act.
fn lines(act: Act) -> (String, String) {
    let mut ledger = Ledger::newsroom();
    ledger.sign("ada", act);
    let made = ledger.events.last().expect("an event");
    (made.statement.clone(), made.body.clone())
}

/// Every line that differs from a good one in white space, order, duplicates or escapes.
fn misspelled(line: &str) -> Vec<String> {
    let mut bad = vec![
        format!(" {line}"),
        format!("{line} "),
        format!("\u{feff}{line}"),
        format!("{line}\r"),
        line.replacen(':', ": ", 1),
        line.replacen(',', ", ", 1),
        line.replacen(",\"", ",\n\"", 1),
        line.replacen('{', "{ ", 1),
        line.replacen('{', "{\"\":0,", 1),
        line.replacen("\"", "'", 2),
        format!("{},\"more\":1}}", &line[..line.len() - 1]),
        format!("{},}}", &line[..line.len() - 1]),
        line[..line.len() - 1].to_owned(),
        format!("{line}{line}"),
        String::new(),
        "null".to_owned(),
        "{}".to_owned(),
        format!("[{line}]"),
    ];
    // The first field twice, the first field last, the first letter of its name escaped.
    let comma = line.find(',').expect("two fields");
    let first = &line[1..comma];
    bad.push(format!("{{{first},{}", &line[1..]));
    bad.push(format!("{{{},{first}}}", &line[comma + 1..line.len() - 1]));
    bad.push(line.replacen("\"s", "\"\\u0073", 1).replacen("\"v", "\"\\u0076", 1));
    bad
}

#[test]
fn places_have_one_spelling() {
    let hash = "ab".repeat(32);
    let good = format!(r#"{{"seq":7,"prev":"{hash}","at":"2026-01-01T00:00:07.000000Z"}}"#);
    assert!(place(&good), "{good}");
    for bad in misspelled(&good) {
        assert!(!place(&bad), "{bad}");
    }
    let largest = good.replace(":7,", ":9007199254740991,");
    assert!(place(&largest) && place(&good.replace(&format!("\"{hash}\""), "null")));
    for number in ["9007199254740992", "18446744073709551615", "-0", "-1", "07", "7.0", "7e0"] {
        assert!(!place(&good.replace(":7,", &format!(":{number},"))), "{number}");
    }
    for number in ["1e3", "+7", "\"7\"", "null", "true", "[7]", "0x7", "99999999999999999999"] {
        assert!(!place(&good.replace(":7,", &format!(":{number},"))), "{number}");
    }
    for other in [hash.to_uppercase(), hash[1..].to_owned(), format!("{hash}0")] {
        assert!(!place(&good.replace(&hash, &other)), "{other}");
    }
    assert!(!place(&good.replace("Z\"", "z\"")) && !place(&good.replace('T', " ")));
    assert!(!place(&good.replace("\"at\"", "\"At\"")));
}

fn one_of_each() -> Vec<Act> {
    vec![
        acts::opened(&acts::Opening::default()),
        acts::changed(2),
        acts::rekeyed("log-2", "rotated"),
        acts::retimed(),
        acts::upgraded(2),
        acts::enrolled("eve", acts::EDITOR),
        acts::roles("bo", acts::BOTH),
        acts::stolen("bo", 3),
        acts::captured(TEXT),
        acts::described(4, acts::DESCRIPTION),
        acts::asserted(4),
        acts::confirmed(5),
        acts::disputed(5),
        acts::upheld(5),
        acts::corrected(5, 4, &[1, 2]),
        acts::retracted(5),
        acts::reinstated(5),
        acts::related(5, "same-as", 6),
        acts::withdrawn(5),
        acts::released(5),
        acts::redacted(5),
    ]
}

#[test]
fn statements_and_bodies_of_every_type_have_one_spelling() {
    let all = one_of_each();
    assert_eq!(all.len(), annals_core::event::vocabulary::Type::ALL.len());
    for act in all {
        let kind = act.kind.clone();
        let (said, written) = lines(act);
        assert!(statement(&said), "{kind}: {:?}", Statement::parse(said.as_bytes()));
        assert!(body(&written), "{kind}: {:?}", Body::parse(written.as_bytes()));
        for bad in misspelled(&said) {
            assert!(!statement(&bad), "{kind}: {bad}");
        }
        for bad in misspelled(&written) {
            assert!(!body(&bad), "{kind}: {bad}");
        }
    }
}

/// Every line that differs from a good one in one byte is refused, or is another good line.
#[test]
fn no_change_of_a_byte_is_read_as_another_spelling() {
    let mut all: Vec<(String, String)> = one_of_each().into_iter().map(lines).collect();
    all.push(lines(acts::asserted_fact(&full_fact(), r#""by-hand""#)));
    let odd = format!("\" \\ \u{8} \t \u{0} \u{1f} é 𝄞{EXACT}");
    all.push(lines(acts::asserted_fact(&fact("A.", &[evidence(4, &odd, EXACT)]), "null")));
    let letters = b"\"\\{}[],:0 19aAntu/-.\n\0";
    let judge = |line: Vec<u8>, of: fn(&str) -> bool| {
        if let Ok(line) = String::from_utf8(line) {
            of(&line);
        }
    };
    for (said, written) in all {
        for (line, of) in [(said, statement as fn(&str) -> bool), (written, body)] {
            assert!(of(&line));
            let line = line.into_bytes();
            for at in 0..line.len() {
                let (before, after) = (&line[..at], &line[at + 1..]);
                judge([before, after].concat(), of);
                judge([before, &[line[at], line[at]], after].concat(), of);
                for letter in letters {
                    judge([before, &[*letter], after].concat(), of);
                    judge([before, &[*letter, line[at]], after].concat(), of);
                }
            }
        }
    }
}

#[test]
fn statements_refuse_other_numbers_words_and_fields() {
    let (good, _) = lines(acts::corrected(5, 4, &[1, 2]));
    let changes = [
        (r#""v":1"#, r#""v":0"#),
        (r#""v":1"#, r#""v":2"#),
        (r#""v":1"#, r#""v":1.0"#),
        (r#""base":6"#, r#""base":-0"#),
        (r#""base":6"#, r#""base":6e0"#),
        (r#""base":6"#, r#""base":0"#),
        (r#""base":6"#, r#""base":9007199254740992"#),
        (r#""on":5"#, r#""on":"5""#),
        (r#""on":5"#, r#""on":null"#),
        (r#""on":5,"#, ""),
        (r#""on":5,"#, r#""on":5,"on":5,"#),
        ("[1,2]", "[2,1]"),
        ("[1,2]", "[1,1]"),
        ("[1,2]", "[1,2,]"),
        ("[1,2]", "null"),
        ("[1,2]", "[9007199254740992]"),
        ("wrong-figure", "Wrong-figure"),
        ("wrong-figure", "nonsense"),
        (r#""error_in":"record""#, r#""error_in":"both""#),
        (r#""sealed":null"#, r#""sealed":"2026-02-30T00:00:00.000000Z""#),
        (r#""sealed":null"#, r#""sealed":"by hand""#),
        (r#""sealed":null"#, r#""sealed":false"#),
        ("fact.corrected", "fact.retracted"),
        ("fact.corrected", "fact.Corrected"),
        ("fact.corrected", "fact\\u002ecorrected"),
    ];
    for (from, to) in changes {
        assert!(good.contains(from), "{from} stands in {good}");
        assert!(!statement(&good.replacen(from, to, 1)), "{from} -> {to}");
    }
    let list: Vec<String> = (1..=64).map(|n: u64| n.to_string()).collect();
    assert!(statement(&good.replace("[1,2]", &format!("[{}]", list.join(",")))));
    assert!(!statement(&good.replace("[1,2]", &format!("[{},65]", list.join(",")))));
    assert!(statement(&good.replace("[1,2]", "[]")));
    assert!(statement(&good.replace(r#""sealed":null"#, r#""sealed":"by-hand""#)));
}

#[test]
fn args_keep_their_bounds() {
    let cases = [
        (acts::opened(&acts::Opening::default()), r#""window":0"#, "window", 0, 65_536),
        (acts::opened(&acts::Opening::default()), r#""confirmations":1"#, "confirmations", 1, 9),
        (acts::changed(1), r#""confirmations":1"#, "confirmations", 1, 9),
        (acts::stolen("bo", 3), r#""suspect_from":3"#, "suspect_from", 1, 9_007_199_254_740_991),
    ];
    for (act, field, name, low, high) in cases {
        let (good, _) = lines(act);
        let with = |value: i64| statement(&good.replace(field, &format!("\"{name}\":{value}")));
        assert!(with(low) && with(high), "{name} {low}..={high}");
        assert!(!with(low - 1) && !with(high + 1), "{name} outside {low}..={high}");
    }
    let (good, _) = lines(acts::roles("bo", acts::BOTH));
    for bad in [r#"["editor","admin"]"#, r#"["admin","admin"]"#, "[]", r#"["Admin"]"#, "null"] {
        assert!(!statement(&good.replace(acts::BOTH, bad)), "{bad}");
    }
    let (opened, _) = lines(acts::opened(&acts::Opening::default()));
    assert!(!statement(&opened.replace(acts::BOTH, acts::EDITOR)), "a founder has admin");
    for reason in ["more-precise", "left"] {
        let (good, _) = lines(acts::disputed(5));
        assert!(!statement(&good.replace("contradicted", reason)), "{reason}");
    }
}

#[test]
fn strings_are_escaped_in_one_way() {
    let odd = "\" \\ \u{8} \t \n \u{c} \r \u{0} \u{1f} / \u{7f} \u{2028} é 𝄞";
    let text = format!("{odd}{EXACT}");
    let (start, end) = crate::support::texts::find(&text, EXACT);
    assert!(start > 0 && end > start);
    let (_, good) =
        lines(acts::asserted_fact(&fact("A claim.", &[evidence(4, &text, EXACT)]), "null"));
    assert!(body(&good), "{:?}", Body::parse(good.as_bytes()));
    for (from, to) in [
        ("\\\"", "\\u0022"),
        ("\\\\", "\\u005c"),
        ("\\b", "\\u0008"),
        ("\\t", "\\u0009"),
        ("\\t", "\t"),
        ("\\n", "\\u000a"),
        ("\\f", "\\u000c"),
        ("\\r", "\\u000d"),
        ("\\u001f", "\\u001F"),
        ("\\u001f", "\u{1f}"),
        ("\\u0000", "\0"),
        (" /", " \\/"),
        ("\u{7f}", "\\u007f"),
        ("\u{2028}", "\\u2028"),
        ("é", "\\u00e9"),
        ("𝄞", "\\ud834\\udd1e"),
        ("𝄞", "\\ud834"),
    ] {
        assert!(good.contains(from), "{from:?} stands in {good}");
        assert!(!body(&good.replacen(from, to, 1)), "{from:?} -> {to:?}");
    }
    let mut bytes = good.into_bytes();
    let at = bytes.windows(2).position(|pair| pair == "é".as_bytes()).expect("an é");
    bytes[at] = 0xff;
    assert!(Body::parse(&bytes).is_err(), "not UTF-8");
}

/// A fact with every optional field, to be changed.
fn full_fact() -> String {
    let good = evidence(4, TEXT, EXACT);
    let full = format!(
        r#"{},"reliability":"A","translation":{{"lang":"uk","text":"Так","by":"human"}}}}"#,
        &good[..good.len() - 1]
    );
    let plain = fact("She said yes.", &[full]);
    format!(
        r#"{},"attribution":[{{"agent":"She","agent_type":"person","act":"says","role":"minister","id":"https://example.org/she","unnamed_because":"Asked."}}],"when":{{"edtf":"2022-01","as_written":"in January","basis":"stated"}},"topics":[{{"name":"Yes","id":"urn:x"}}]}}"#,
        &plain[..plain.len() - 1]
    )
}

#[test]
fn optional_fields_have_content_or_are_left_out() {
    let (_, good) = lines(acts::asserted_fact(&full_fact(), "null"));
    assert!(body(&good), "{:?}", Body::parse(good.as_bytes()));
    let optional = [
        r#","reliability":"A""#,
        r#","translation":{"lang":"uk","text":"Так","by":"human"}"#,
        r#","role":"minister""#,
        r#","id":"https://example.org/she""#,
        r#","unnamed_because":"Asked.""#,
        r#","when":{"edtf":"2022-01","as_written":"in January","basis":"stated"}"#,
        r#","topics":[{"name":"Yes","id":"urn:x"}]"#,
        r#","id":"urn:x""#,
    ];
    for field in optional {
        assert!(good.contains(field), "{field} stands in {good}");
        assert!(body(&good.replace(field, "")), "{field} may be left out");
        let name = &field[..field.find(':').expect("a name") + 1];
        for empty in ["null", "\"\"", "[]", "{}"] {
            let bad = good.replace(field, &format!("{name}{empty}"));
            assert!(!body(&bad), "{name}{empty}");
        }
    }
    let changes = [
        (r#""edtf":"2022-01","as_written":"in January""#, r#""edtf":null,"as_written":null"#),
        (r#""edtf":"2022-01","#, ""),
        (r#""edtf":"2022-01""#, r#""edtf":"""#),
        (r#""as_written":"in January""#, r#""as_written":"""#),
        (r#""stance":"supports""#, r#""stance":"mentions""#),
        (r#""stance":"supports""#, r#""stance":"Supports""#),
        (r#","span":{"start":7,"end":23}"#, ""),
        (r#""start":7,"end":23"#, r#""end":23,"start":7"#),
        (r#""document":4"#, r#""document":1e3"#),
        (r#""reliability":"A""#, r#""reliability":"G""#),
        (r#""exact":"“Yes,” she said.""#, r#""exact":"""#),
        ("She said yes.", "She\u{200e} said yes."),
        ("She said yes.", ""),
    ];
    for (from, to) in changes {
        assert!(good.contains(from), "{from} stands in {good}");
        assert!(!body(&good.replacen(from, to, 1)), "{from} -> {to}");
    }
    let null_edtf = good.replace(r#""edtf":"2022-01""#, r#""edtf":null"#);
    assert!(body(&null_edtf), "one of the two may be null");
    let open = good.replace(r#""prefix":"Kyiv – ""#, r#""prefix":"""#);
    assert!(body(&open), "a prefix may be empty");
}

#[test]
fn empty_evidence_and_lists_beyond_64_are_refused() {
    let one = evidence(4, TEXT, EXACT);
    for (count, allowed) in [(0, false), (1, true), (64, true), (65, false)] {
        let list = vec![one.clone(); count];
        let (_, line) = lines(acts::asserted_fact(&fact("A claim.", &list), "null"));
        assert_eq!(body(&line), allowed, "{count} pieces of evidence in a fact");
        let (_, line) = lines(acts::confirmed_by(5, &list));
        assert_eq!(body(&line), allowed, "{count} pieces of evidence in a confirmation");
    }
    let (_, bare) = lines(acts::confirmed(5));
    assert!(body(&bare), "a body may have no field of its own");
    assert!(!body(&format!("{},}}", &bare[..bare.len() - 1])));
    assert!(!body(&bare.replace(r#""type":"fact.confirmed"}"#, r#""type":"fact.confirmed", }"#)));
}

#[test]
fn bounds_count_code_points() {
    let claim = |text: &str| fact(text, &[evidence(4, TEXT, EXACT)]);
    let asserted = |text: &str| lines(acts::asserted_fact(&claim(text), "null")).1;
    assert!(body(&asserted(&"é".repeat(4_000))) && !body(&asserted(&"é".repeat(4_001))));
    let named = |length: usize| {
        let mut act = acts::roles("bo", acts::BOTH);
        act.body = format!(r#","name":{}"#, spell(&"𝄞".repeat(length)));
        lines(act).1
    };
    assert!(body(&named(2_000)) && !body(&named(2_001)));
    let stated = |length: usize| {
        let mut act = acts::retimed();
        act.body = format!(r#","statement":{}"#, spell(&"w".repeat(length)));
        lines(act).1
    };
    assert!(body(&stated(20_000)) && !body(&stated(20_001)));
    let captured = |bytes: u64| {
        let mut act = acts::captured("x");
        act.body = act.body.replace("\"bytes\":1", &format!("\"bytes\":{bytes}"));
        lines(act).1
    };
    assert!(body(&captured(67_108_864)) && !body(&captured(67_108_865)));
}

#[test]
fn deep_nesting_is_refused_without_recursion() {
    for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
        let deep = format!("{}1{}", open.repeat(100_000), close.repeat(100_000));
        assert!(!place(&deep) && !statement(&deep) && !body(&deep));
        let (good, written) = lines(acts::asserted(4));
        assert!(!statement(&good.replace("\"sealed\":null", &format!("\"sealed\":{deep}"))));
        assert!(!body(&written.replace("\"document\":4", &format!("\"document\":{deep}"))));
    }
}

#[test]
fn words_of_ours_hold_no_invisible_character() {
    let ranges: [(u32, u32); 11] = [
        (0x00, 0x1F),
        (0x7F, 0x9F),
        (0x61C, 0x61C),
        (0x200E, 0x200F),
        (0x2028, 0x202E),
        (0x2066, 0x2069),
        (0xFEFF, 0xFEFF),
        (0xFFF9, 0xFFFF),
        (0xE0000, 0xE007F),
        (0xD800, 0xDFFF),
        (0x110000, 0x110000),
    ];
    for (low, high) in ranges {
        for code in [low, high, low.saturating_sub(1), high + 1] {
            let Some(c) = char::from_u32(code) else { continue };
            let hidden = ranges[..9].iter().any(|(low, high)| (*low..=*high).contains(&code));
            let mut act = acts::retimed();
            act.body = format!(r#","statement":{}"#, spell(&format!("a{c}b")));
            assert_eq!(body(&lines(act).1), !hidden, "U+{code:04X}");
            let text = format!("{c}{EXACT}");
            let (_, line) =
                lines(acts::asserted_fact(&fact("A.", &[evidence(4, &text, EXACT)]), "null"));
            assert!(body(&line), "U+{code:04X} in words of a document");
        }
    }
}
