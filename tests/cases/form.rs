//! Vectors of rules 101–105: malformed lines.

use super::{Case, bad, last};
use crate::support::{Ledger, acts};

pub fn cases() -> Vec<Case> {
    let mut out = vec![];
    let retimed = |change: fn(&mut crate::support::Draft)| {
        let mut ledger = Ledger::opened();
        ledger.put(ledger.draft("ada", acts::retimed()).with(change));
        ledger
    };
    let long = retimed(|d| d.edit_signature = Some(Box::new(|line| line.repeat(32))));
    out.push(bad(
        "101-record-form",
        "A record of more than 4,096 bytes breaks 101, and 105 by its long third line.",
        long.files(),
        &[(101, 1), (105, 1)],
    ));
    let spaced = |line: String| line.replacen(':', ": ", 1);
    out.push(last(
        "102-place-form-space",
        "A space after a colon of the place is another spelling.",
        &retimed(|d| d.edit_place = Some(Box::new(|line| line.replacen(':', ": ", 1)))),
    ));
    assert_eq!(spaced("a:b".to_owned()), "a: b");
    out.push(last(
        "102-place-form-month",
        "A time on the 30th of February is no time.",
        &retimed(|d| d.at = "2026-02-30T00:00:00.000000Z".to_owned()),
    ));
    out.push(last(
        "102-place-form-order",
        "The fields of the place stand in another order.",
        &retimed(|d| {
            d.edit_place = Some(Box::new(|line| {
                let (seq, rest) = line[1..line.len() - 1].split_once(',').expect("two fields");
                format!("{{{rest},{seq}}}")
            }))
        }),
    ));
    let statement = |from: &'static str, to: &'static str| {
        let mut ledger = Ledger::opened();
        ledger.put(ledger.draft("ada", acts::retimed()).replace(from, to));
        ledger
    };
    out.push(last(
        "103-statement-form-type",
        "A type that is not in the table of section 4.",
        &statement("ledger.retimed", "ledger.rewound"),
    ));
    out.push(last(
        "103-statement-form-field",
        "A field that the args of the type have not.",
        &statement("\"args\":{}", "\"args\":{\"why\":1}"),
    ));
    out.push(last(
        "103-statement-form-version-zero",
        "Format 0 never was, and is no later format either.",
        &statement("\"v\":1", "\"v\":0"),
    ));
    out.push(last(
        "103-statement-form-exponent",
        "An integer with an exponent is another spelling.",
        &statement("\"v\":1,", "\"v\":1e0,"),
    ));
    let mut after = Ledger::opened();
    after.put(after.draft("ada", acts::retimed()).with(|d| d.after = None));
    out.push(last("103-statement-form-after", "After is null though base is 1.", &after));
    out.push(body_form("104-body-form-space", "A space in the body.", |body| {
        body.replacen(':', ": ", 1)
    }));
    out.push(body_form("104-body-form-empty", "A statement without a code point.", |body| {
        body.replace("For a reason.", "")
    }));
    out.push(body_form(
        "104-body-form-invisible",
        "A right-to-left mark in words of ours.",
        |body| body.replace("For a", "For\u{200f}a"),
    ));
    out.push(body_form(
        "104-body-form-fields",
        "A body of the type that it names has other fields.",
        |body| body.replace("statement", "remark"),
    ));
    out.push(last(
        "105-signature-form-capitals",
        "A signature in capital hex.",
        &retimed(|d| d.edit_signature = Some(Box::new(|line| line.to_uppercase()))),
    ));
    out.push(last(
        "105-signature-form-short",
        "A signature of 126 hex.",
        &retimed(|d| d.edit_signature = Some(Box::new(|line| line[2..].to_owned()))),
    ));
    out
}

fn body_form(name: &str, about: &'static str, change: fn(String) -> String) -> Case {
    let mut ledger = Ledger::opened();
    let draft = ledger.draft("ada", acts::retimed());
    ledger.put(draft.with(|d| d.body = change(std::mem::take(&mut d.body))));
    last(name, about, &ledger)
}
