//! The commands that messages advise, with the ledger and the keys that this command names.
//!
//! Always holds: words in quotation marks stay as they are, and so does a message that names a
//! ledger itself. Not here: commands that are advised with their arguments (`options`).

use crate::cli::terminal::options::Global;
use std::borrow::Cow;
use std::sync::OnceLock;

/// The options of places that this command has and the next one needs.
static PLACES: OnceLock<String> = OnceLock::new();

/// The commands that are about the record and the keys here.
const HERE: [&str; 32] = [
    "append",
    "blame",
    "confirm",
    "correct",
    "diff",
    "dispute",
    "document",
    "editor",
    "export",
    "find",
    "key",
    "ledger",
    "log",
    "move",
    "outbox",
    "prove",
    "publish",
    "pull",
    "reinstate",
    "relate",
    "repair",
    "replay",
    "retract",
    "review",
    "show",
    "status",
    "store",
    "tail",
    "timeline",
    "uphold",
    "verify",
    "witness",
];

/// Remembers the places that the options of a command name.
pub fn remember(global: &Global) {
    let _ = PLACES.set(global.places());
}

/// A message whose advised commands name the places that this command names.
pub fn with_places(message: &str) -> Cow<'_, str> {
    match PLACES.get() {
        Some(places) if !places.is_empty() => inserted(message, places),
        _ => Cow::Borrowed(message),
    }
}

fn inserted<'a>(message: &'a str, places: &str) -> Cow<'a, str> {
    const PROGRAM: &str = "annals ";
    if !message.contains(PROGRAM) || message.contains("--ledger") {
        return Cow::Borrowed(message);
    }
    let mut text = String::with_capacity(message.len() + places.len());
    let (mut rest, mut is_quoted) = (message, false);
    while let Some(c) = rest.chars().next() {
        let is_word_before = text.ends_with(|c: char| c.is_alphanumeric() || "-_/.".contains(c));
        if !is_quoted
            && !is_word_before
            && let Some(after) = rest.strip_prefix(PROGRAM)
            && is_here(after)
        {
            text.push_str("annals");
            text.push_str(places);
            text.push(' ');
            rest = after;
            continue;
        }
        is_quoted = match c {
            '“' => true,
            '”' => false,
            '"' => !is_quoted,
            _ => is_quoted,
        };
        text.push(c);
        rest = rest.get(c.len_utf8()..).unwrap_or_default();
    }
    Cow::Owned(text)
}

/// Whether what follows is a command about the record here, and no file.
fn is_here(after: &str) -> bool {
    let word = |text: &str| text.trim_end_matches([',', ';', ':', ')', '.', '`']).to_owned();
    let mut words = after.split_whitespace();
    let Some(command) = words.next().map(word) else { return false };
    let is_of_file = words.next().is_some_and(|word| word.contains('/'));
    HERE.contains(&command.as_str()) && !(command == "verify" && is_of_file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn advised_commands_name_the_places() {
        for (message, expected) in [
            (
                "the record has a fault; annals verify lists all, annals repair builds it",
                "the record has a fault; annals --ledger l verify lists all, annals --ledger l \
                 repair builds it",
            ),
            ("it waits (annals outbox)", "it waits (annals --ledger l outbox)"),
            ("annals init makes one", "annals init makes one"),
            ("found “annals log” here", "found “annals log” here"),
            ("found \"annals log\" here", "found \"annals log\" here"),
            ("annals verify x/y checks it", "annals verify x/y checks it"),
            ("annals publish DIR --ledger m", "annals publish DIR --ledger m"),
            ("the annals of a town", "the annals of a town"),
            ("town-annals log", "town-annals log"),
        ] {
            assert_eq!(inserted(message, " --ledger l"), expected);
        }
    }
}
