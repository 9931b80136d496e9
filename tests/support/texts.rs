//! Documents and quotations, by a naive implementation of FORMAT.md section 3.
//!
//! Always holds: [`anchor`] counts occurrences code point by code point and tries every width from
//! 32 up; it is slow and simple on purpose, the reference for `quote`.

use crate::support::tamper::Dice;

/// The document of FORMAT.md section 10.
pub const TEXT: &str = "Kyiv – “Yes,” she said.\n";
/// The quoted words of it.
pub const EXACT: &str = "“Yes,” she said.";
/// A second document.
pub const OTHER: &str = "Lviv – “No,” he said.\n";
/// The quoted words of the second document.
pub const OTHER_EXACT: &str = "“No,” he said.";

/// Prefix and suffix of a span, in code points; `None` if it is not in the text.
pub fn anchor(text: &str, start: usize, end: usize) -> Option<(String, String, String)> {
    let points: Vec<char> = text.chars().collect();
    if start >= end || end > points.len() {
        return None;
    }
    let mut width = 32;
    loop {
        let (from, to) = (start.saturating_sub(width), (end + width).min(points.len()));
        let needle = &points[from..to];
        let found = points.windows(needle.len()).filter(|window| *window == needle).count();
        if found == 1 {
            let cut = |from: usize, to: usize| points[from..to].iter().collect::<String>();
            return Some((cut(start, end), cut(from, start), cut(end, to)));
        }
        width += 1;
    }
}

/// The code points of the first occurrence of `exact` in `text`.
pub fn find(text: &str, exact: &str) -> (usize, usize) {
    let byte = text.find(exact).expect("the words stand in the text");
    let start = text[..byte].chars().count();
    (start, start + exact.chars().count())
}

/// A string in the notation of FORMAT.md section 1.
pub fn spell(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\u{8}' => out.push_str("\\b"),
            '\t' => out.push_str("\\t"),
            '\n' => out.push_str("\\n"),
            '\u{c}' => out.push_str("\\f"),
            '\r' => out.push_str("\\r"),
            c if c < ' ' => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// One piece of evidence: `exact` as in `text`, of the document at `position`.
pub fn evidence(position: u64, text: &str, exact: &str) -> String {
    let (start, end) = find(text, exact);
    let (exact, prefix, suffix) = anchor(text, start, end).expect("the span is in the text");
    format!(
        r#"{{"document":{position},"stance":"supports","quote":{{"exact":{},"prefix":{},"suffix":{}}},"span":{{"start":{start},"end":{end}}}}}"#,
        spell(&exact),
        spell(&prefix),
        spell(&suffix)
    )
}

/// A fact with this evidence.
pub fn fact(claim: &str, evidence: &[String]) -> String {
    format!(
        r#"{{"claim":{},"lang":"en","vouch":"said","evidence":[{}]}}"#,
        spell(claim),
        evidence.join(",")
    )
}

/// Topics that a search must not confuse: cases, parts of others, letters that grow in lower case.
pub const TOPICS: [&str; 12] = [
    "NATO",
    "nato",
    "NATO summit",
    "Straße",
    "STRASSE",
    "İstanbul",
    "Σίσυφος",
    "ΣΊΣΥΦΟΣ",
    "北京",
    "talks; Kyiv",
    "t",
    "e\u{301}",
];

/// Dates of every form, open at one end, and years that touch.
pub const DATES: [&str; 20] = [
    "2022-01-26",
    "2022-01-27",
    "2022-01",
    "2022",
    "202X",
    "19XX",
    "2022-XX",
    "2022-02-XX",
    "2022-22",
    "2022?",
    "2021-12-31~",
    "../2022-01-26",
    "/2021",
    "2022-01-26/..",
    "2023-06/",
    "2021/2023",
    "2022-01-20/2022-02",
    "0000",
    "9999-12-31",
    "1999-12-31/2000-01-01",
];

/// The body of a fact, as an act has it, with a date and topics, or without some.
pub fn with_facets(body: &str, dice: &mut Dice) -> String {
    let Some(rest) = body.strip_suffix('}').filter(|_| body.contains(r#""fact":{"#)) else {
        return body.to_owned();
    };
    let when = match dice.below(4) {
        0 => String::new(),
        1 => r#","when":{"edtf":null,"as_written":"yesterday","basis":"inferred"}"#.to_owned(),
        _ => {
            let edtf = dice.pick(&DATES);
            format!(r#","when":{{"edtf":"{edtf}","as_written":null,"basis":"derived"}}"#)
        }
    };
    let count = dice.below(4);
    let topic = |_| format!(r#"{{"name":{}}}"#, spell(dice.pick(&TOPICS)));
    let topics: Vec<String> = (0..count).map(topic).collect();
    match topics.is_empty() {
        true => format!("{rest}{when}}}"),
        false => format!(r#"{rest}{when},"topics":[{}]}}"#, topics.join(",")),
    }
}

/// The fact of FORMAT.md section 10, quoting the document at `position`.
pub fn yes(position: u64) -> String {
    fact("She said yes.", &[evidence(position, TEXT, EXACT)])
}
