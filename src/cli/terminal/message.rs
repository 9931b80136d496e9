//! The parts of an error message: where, what was expected, what was found, what to do.
//!
//! Always holds: a message has the form `[WHERE: ]expected X, found Y[; HINT]`, and these are its
//! parts; a part that a message does not have is absent, and words in quotation marks are never
//! divided. Not here: the wording of messages. Source: CONTRIBUTING.md, rule 6.

use serde::Serialize;

/// The parts of a message.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct MessageParts {
    /// The option, field or file that the message is about.
    #[serde(rename = "where")]
    pub place: Option<String>,
    /// What was expected.
    pub expected: Option<String>,
    /// What was found.
    pub found: Option<String>,
    /// What to do.
    pub hint: Option<String>,
}

const EXPECTED: &str = "expected ";
/// The clause of a message that reports what was left as it was, not what to do.
const UNCHANGED: &str = "nothing ";

impl MessageParts {
    /// The parts of a message.
    pub fn of(message: &str) -> MessageParts {
        let mut clauses = clauses(message).into_iter();
        let first = clauses.next().unwrap_or_default();
        let rest: Vec<&str> = clauses.collect();
        if let Some((place, wanted)) = wanted(first) {
            let place = place.map(str::to_owned);
            return match (cut(wanted, ", found "), rest.split_first()) {
                (Some((expected, found)), _) => {
                    let (found, advice) = advised(found);
                    let clauses: Vec<&str> = advice.into_iter().chain(rest).collect();
                    MessageParts {
                        place,
                        expected: Some(expected.to_owned()),
                        found: Some(unquoted(found)),
                        hint: hint(&clauses),
                    }
                }
                (None, Some((second, more))) if second.starts_with("found ") => {
                    let (found, advice) = advised(second.strip_prefix("found ").unwrap_or(second));
                    let clauses: Vec<&str> =
                        advice.into_iter().chain(more.iter().copied()).collect();
                    MessageParts {
                        place,
                        expected: Some(wanted.to_owned()),
                        found: Some(unquoted(found)),
                        hint: hint(&clauses),
                    }
                }
                (None, _) => MessageParts {
                    place,
                    expected: Some(wanted.to_owned()),
                    found: None,
                    hint: hint(&rest),
                },
            };
        }
        // "unknown word `x`, expected `y`": what a library reads has this order.
        if let Some((found, expected)) = cut(message, ", expected ") {
            let (expected, found) = (Some(expected.to_owned()), Some(found.to_owned()));
            return MessageParts { expected, found, ..MessageParts::default() };
        }
        MessageParts { hint: hint(&rest), ..MessageParts::default() }
    }
}

/// How advice begins that stands behind a colon.
const ADVICE: [&str; 5] = ["give ", "name ", "put ", "write ", "ask for "];

/// What was found, and the advice that stands behind it and a colon.
fn advised(found: &str) -> (&str, Option<&str>) {
    match cut(found, ": ") {
        Some((found, after)) if ADVICE.iter().any(|verb| after.starts_with(verb)) => {
            (found, Some(after))
        }
        _ => (found, None),
    }
}

/// Where the clause says it is about, and what it expects.
fn wanted(clause: &str) -> Option<(Option<&str>, &str)> {
    match clause.strip_prefix(EXPECTED) {
        Some(wanted) => Some((None, wanted)),
        None => cut(clause, ": expected ").map(|(place, wanted)| (Some(place), wanted)),
    }
}

/// The clauses that say what to do.
fn hint(clauses: &[&str]) -> Option<String> {
    let advice = |clause: &&str| match clause.starts_with(UNCHANGED) {
        true => cut(clause, ": ").map(|(_, advice)| advice.to_owned()),
        false => Some((*clause).to_owned()),
    };
    let advice: Vec<String> = clauses.iter().filter_map(advice).collect();
    (!advice.is_empty()).then(|| advice.join("; "))
}

/// A value without the quotation marks in which a message shows it.
fn unquoted(found: &str) -> String {
    let inner = found.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    match inner {
        Some(inner) if cut(found, " ").is_none() => {
            inner.replace("\\\"", "\"").replace("\\\\", "\\")
        }
        _ => found.to_owned(),
    }
}

/// The clauses of a message.
fn clauses(message: &str) -> Vec<&str> {
    let (mut clauses, mut rest) = (Vec::new(), message);
    while let Some((clause, after)) = cut(rest, "; ") {
        clauses.push(clause);
        rest = after;
    }
    clauses.push(rest);
    clauses
}

/// The text before and after the first such words that are outside of quotation marks.
fn cut<'a>(text: &'a str, words: &str) -> Option<(&'a str, &'a str)> {
    let (mut quoted, mut escaped) = (false, false);
    for (index, c) in text.char_indices() {
        if !quoted && let Some(after) = text.get(index..)?.strip_prefix(words) {
            return Some((text.get(..index)?, after));
        }
        quoted ^= c == '"' && !escaped;
        escaped = c == '\\' && quoted && !escaped;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_has_the_parts_that_it_has() {
        let rows: [(&str, [Option<&str>; 4]); 9] = [
            (
                "--for: expected a span of time from 1s to 24h, found \"25h\"",
                [Some("--for"), Some("a span of time from 1s to 24h"), Some("25h"), None],
            ),
            (
                "expected a key file at a.key, found none; `annals key new HANDLE` makes one",
                [
                    None,
                    Some("a key file at a.key"),
                    Some("none"),
                    Some("`annals key new HANDLE` makes one"),
                ],
            ),
            (
                "--for: expected a log's key, of type 01; found a witness's, of type 04",
                [
                    Some("--for"),
                    Some("a log's key, of type 01"),
                    Some("a witness's, of type 04"),
                    None,
                ],
            ),
            (
                "expected \"a; b, found c\", found \"; \\\"x\"; nothing was written: name another",
                [None, Some("\"a; b, found c\""), Some("; \"x"), Some("name another")],
            ),
            (
                "unknown word `yes`, expected `said` or `so`",
                [None, Some("`said` or `so`"), Some("unknown word `yes`"), None],
            ),
            (
                "another writer was faster; nothing was written; run the same command again",
                [None, None, None, Some("run the same command again")],
            ),
            (
                "expected a bag at x, found none: name a bag that annals export wrote",
                [
                    None,
                    Some("a bag at x"),
                    Some("none"),
                    Some("name a bag that annals export wrote"),
                ],
            ),
            ("one draft is refused; nothing was written", [None; 4]),
            ("cannot read x", [None; 4]),
        ];
        for (message, [place, expected, found, hint]) in rows {
            let owned = |part: Option<&str>| part.map(str::to_owned);
            let parts = MessageParts {
                place: owned(place),
                expected: owned(expected),
                found: owned(found),
                hint: owned(hint),
            };
            assert_eq!(MessageParts::of(message), parts, "{message}");
        }
    }
}
