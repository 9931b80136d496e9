//! Vectors of submissions alone: rules 1101 and 1102.

use super::{Case, bad, good};
use crate::support::acts;
use crate::support::exchange::{crowded, exact, free, longer, next};
use crate::support::files::Files;
use crate::support::submission::{SUBMISSION, SubmissionParts, summed};

type Row = (&'static str, &'static str, Files, u16);

pub fn cases() -> Vec<Case> {
    let rows = forms().into_iter().chain(places());
    let bad = rows.map(|(name, about, files, rule)| bad(name, about, files, &[(rule, -1)]));
    goods().into_iter().chain(bad).map(|case| Case { stateless: true, ..case }).collect()
}

fn goods() -> Vec<Case> {
    let long = longer();
    let alone = |parts: SubmissionParts| parts.files();
    let strange = exact().submission.with(|parts| {
        let lines: Vec<&str> = parts.events[1].split('\n').collect();
        parts.events[1] = format!("{}\n{}\n{}\nno JSON\n", lines[0], lines[1], "0".repeat(128));
    });
    let all = [
        (
            "submission-exact",
            "Four events that name each other.",
            alone(SubmissionParts::exact(&long, 6)),
        ),
        ("submission-next", "An event whose base is the position.", alone(next().submission)),
        ("submission-free", "Two events of one base.", alone(free().submission)),
        (
            "submission-not-judged",
            "Signature and body are judged with the record alone.",
            alone(strange.with(|parts| parts.events.truncate(2))),
        ),
    ];
    all.into_iter().map(|(name, about, files)| good(name, about, files)).collect()
}

/// The files of a submission whose lines are changed before the sum is made.
fn changed(parts: &SubmissionParts, from: &str, to: &str) -> Files {
    let lines = parts.lines();
    assert!(lines.contains(from), "{from} stands in the submission");
    submitted(summed(&lines.replacen(from, to, 1)))
}

fn submitted(text: impl Into<Vec<u8>>) -> Files {
    Files::from([(SUBMISSION.to_owned(), text.into())])
}

fn forms() -> Vec<Row> {
    let (exact, next, free) = (exact().submission, next().submission, free().submission);
    let row = |name, about, files| (name, about, files, 1101);
    let text = exact.text();
    let counted = |count: &str| exact.clone().with(|parts| parts.count = Some(count.to_owned()));
    let end = text.rfind("sum ").expect("a sum");
    let upper = format!("{}{}", &text[..end + 4], text[end + 4..].to_uppercase());
    let no_text = {
        let mut bytes = next.lines().into_bytes();
        let at = bytes.len() - 3;
        bytes[at] = 0xFF;
        let sum = annals_core::Hash::of(&[&bytes]);
        [bytes, format!("sum {sum}\n").into_bytes()].concat()
    };
    let withheld = next.clone().with(|parts| {
        let end = parts.events[0].trim_end().rfind('\n').expect("a body");
        parts.events[0].replace_range(end + 1.., "-\n");
    });
    let three = exact.clone().with(|parts| parts.events[1] = free.events[0].clone());
    let four = next.clone().with(|parts| {
        parts.events[0] = format!("{}\n{}", longer().events[9].place, parts.events[0]);
    });
    vec![
        row(
            "1101-submission-form-version",
            "A submission of a later version.",
            changed(&exact, "submission v1", "submission v2"),
        ),
        row(
            "1101-submission-form-first",
            "The first line is damaged.",
            changed(&exact, "annals submission", "annals submision"),
        ),
        row(
            "1101-submission-form-origin",
            "A name that is no origin.",
            changed(&exact, acts::ORIGIN, "Example.org"),
        ),
        row(
            "1101-submission-form-no-origin",
            "No origin.",
            changed(&exact, "origin example.org/record\n", ""),
        ),
        row(
            "1101-submission-form-placing",
            "A placing of another name.",
            changed(&exact, "exact 6", "last 6"),
        ),
        row(
            "1101-submission-form-placing-none",
            "A placing without a position.",
            changed(&exact, "exact 6", "exact"),
        ),
        row(
            "1101-submission-form-zero",
            "A position with a leading zero.",
            changed(&exact, "exact 6", "exact 06"),
        ),
        row(
            "1101-submission-form-most",
            "A position over the greatest integer.",
            changed(&next, "next 9", "next 9007199254740992"),
        ),
        row(
            "1101-submission-form-none",
            "No event.",
            exact.clone().with(|parts| parts.events.clear()).files(),
        ),
        row("1101-submission-form-fewer", "Fewer events than the count.", counted("4").files()),
        row("1101-submission-form-more", "More events than the count.", counted("2").files()),
        row("1101-submission-form-count", "A count over 4,096.", counted("4097").files()),
        row(
            "1101-submission-form-three-lines",
            "An event without its place in exact.",
            three.files(),
        ),
        row("1101-submission-form-four-lines", "An event with its place in next.", four.files()),
        row(
            "1101-submission-form-place",
            "A place with a space in it.",
            changed(&exact, "{\"seq\":7", "{\"seq\": 7"),
        ),
        row(
            "1101-submission-form-statement",
            "A statement with a base that has a leading zero.",
            changed(&next, "\"base\":9", "\"base\":09"),
        ),
        row(
            "1101-submission-form-later",
            "A statement of a later format.",
            changed(&next, "{\"v\":1", "{\"v\":2"),
        ),
        row(
            "1101-submission-form-signature",
            "A signature of 127 digits.",
            changed(&next, &longer().events[9].signature, &longer().events[9].signature[1..]),
        ),
        row("1101-submission-form-withheld", "A body that is withheld.", withheld.files()),
        row("1101-submission-form-utf-8", "A body that is not UTF-8.", submitted(no_text)),
        row(
            "1101-submission-form-sum",
            "A sum of other lines.",
            submitted(text.replacen("{\"seq\":6", "{\"seq\":7", 1)),
        ),
        row("1101-submission-form-sum-upper", "A sum in capitals.", submitted(upper)),
        row("1101-submission-form-no-sum", "No sum.", submitted(exact.lines())),
        row("1101-submission-form-end", "A line behind the sum.", submitted(format!("{text}\n"))),
        row("1101-submission-form-lf", "The last LF is missing.", submitted(text.trim_end())),
        row(
            "1101-submission-form-crlf",
            "Lines that end with CR LF.",
            submitted(summed(&exact.lines().replace('\n', "\r\n"))),
        ),
        row(
            "1101-submission-form-mark",
            "A byte order mark at the start.",
            submitted(summed(&format!("\u{feff}{}", exact.lines()))),
        ),
    ]
}

fn places() -> Vec<Row> {
    let (exact, next, free) = (exact().submission, next().submission, free().submission);
    let row = |name, about, parts: SubmissionParts| (name, about, parts.files(), 1102);
    let ledger = longer();
    let left_out = exact.clone().with(|parts| drop(parts.events.remove(1)));
    let prev = ledger.events[6].hash().to_string();
    let unlinked = exact.clone().with(|parts| {
        parts.events[1] = parts.events[1].replacen(&prev, &"0".repeat(64), 1);
    });
    let signature = &ledger.events[6].signature;
    let other = exact.clone().with(|parts| {
        parts.events[0] = parts.events[0].replacen(signature.as_str(), &"0".repeat(128), 1);
    });
    let two = SubmissionParts::unplaced("next 6", &crowded(), &[7, 8]);
    vec![
        row(
            "1102-submission-place-first",
            "The first place is not the position.",
            exact.with(|parts| parts.placing = "exact 5".to_owned()),
        ),
        row("1102-submission-place-gap", "A place is left out.", left_out),
        row(
            "1102-submission-place-link",
            "A prev that is not the hash of the event before.",
            unlinked,
        ),
        row(
            "1102-submission-place-signature",
            "Another signature makes another record before.",
            other,
        ),
        row("1102-submission-place-next", "Two events in next.", two),
        row(
            "1102-submission-place-next-base",
            "A base before the position.",
            next.with(|parts| parts.placing = "next 10".to_owned()),
        ),
        row(
            "1102-submission-place-free-base",
            "A second event of another base.",
            free.with(|parts| {
                parts
                    .events
                    .push(SubmissionParts::unplaced("free 9", &crowded(), &[9]).events.remove(0))
            }),
        ),
    ]
}
