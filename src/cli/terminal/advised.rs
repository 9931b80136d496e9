//! The commands that messages advise, with the ledger and the keys that this command names.
//!
//! Always holds: words in quotation marks stay as they are, and so does a message that names a
//! ledger itself. Not here: commands that are advised with their arguments (`options`).

use crate::cli::terminal::options::Global;
use std::borrow::Cow;
use std::path::Path;
use std::sync::{LazyLock, OnceLock};

/// The places that this command names and the next one needs.
static PLACES: OnceLock<AdvisedPlaces> = OnceLock::new();
/// The options of places where the ledger is the argument of the command.
static PLACES_OF_SUBJECT: OnceLock<String> = OnceLock::new();

/// What an advised command needs to name.
struct AdvisedPlaces {
    /// The options, each after a blank.
    options: String,
    /// The commands that need them, listed at the first message that advises any.
    commands: LazyLock<Vec<String>>,
}

/// Remembers the places that the options of a command name, and the commands that need them.
pub fn remember(global: &Global, commands: fn() -> Vec<String>) {
    let commands = LazyLock::new(commands);
    let _ = PLACES.set(AdvisedPlaces { options: global.places(), commands });
}

/// Remembers the ledger that is the argument of a command: what is advised from here on is about
/// it.
pub fn remember_subject(global: &Global, ledger: &Path) {
    let global = Global { ledger: Some(ledger.to_owned()), ..global.clone() };
    let _ = PLACES_OF_SUBJECT.set(global.places());
}

/// A message whose advised commands name the places that this command names.
pub fn with_places(message: &str) -> Cow<'_, str> {
    let Some(AdvisedPlaces { options, commands }) = PLACES.get() else { return message.into() };
    match PLACES_OF_SUBJECT.get().unwrap_or(options) {
        places if places.is_empty() => Cow::Borrowed(message),
        places => inserted(message, places, commands),
    }
}

fn inserted<'a>(message: &'a str, places: &str, commands: &LazyLock<Vec<String>>) -> Cow<'a, str> {
    const PROGRAM: &str = "annals ";
    if !message.contains(PROGRAM) || message.contains("--ledger") {
        return Cow::Borrowed(message);
    }
    let mut text = String::with_capacity(message.len() + places.len());
    // The mark that ends the words in quotation marks, inside of them.
    let (mut rest, mut closes) = (message, None);
    while let Some(c) = rest.chars().next() {
        let is_word_before = text.ends_with(|c: char| c.is_alphanumeric() || "-_/.".contains(c));
        if closes.is_none()
            && !is_word_before
            && let Some(after) = rest.strip_prefix(PROGRAM)
            && is_here(after, commands)
        {
            text.push_str("annals");
            text.push_str(places);
            text.push(' ');
            rest = after;
            continue;
        }
        let is_escaped = text.ends_with('\\');
        closes = match (closes, c) {
            (None, '“') => Some('”'),
            (None, '"') => Some('"'),
            (Some(mark), c) if mark == c && !is_escaped => None,
            (closes, _) => closes,
        };
        text.push(c);
        rest = rest.get(c.len_utf8()..).unwrap_or_default();
    }
    Cow::Owned(text)
}

/// What may follow `annals verify` where no place is named.
const VERIFIES: [&str; 7] = ["checks", "lists", "of", "says", "shows", "tells", "work"];

/// Whether what follows is a command about the record here.
fn is_here(after: &str, commands: &[String]) -> bool {
    let word = |text: &str| text.trim_end_matches([',', ';', ':', ')', '.', '`']).to_owned();
    let mut words = after.split_whitespace();
    let Some(command) = words.next() else { return false };
    let is_last = word(command) != command;
    let next = words.next().map(word).filter(|_| !is_last);
    let is_elsewhere = match (word(command).as_str(), next.as_deref()) {
        // Of a bag or a published record that is named.
        ("verify", Some(next)) => !VERIFIES.contains(&next),
        // What others enter, where they keep the record, and what an admin does there.
        ("append", Some("FILE")) | ("ledger", Some("rekey")) | ("editor", Some("add")) => true,
        _ => false,
    };
    commands.contains(&word(command)) && !is_elsewhere
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn advised_commands_name_the_places() {
        let commands = LazyLock::<Vec<String>>::new(|| {
            ["append", "log", "outbox", "repair", "verify"].map(str::to_owned).to_vec()
        });
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
            ("has \"a \\\"annals log\"; b", "has \"a \\\"annals log\"; b"),
            ("has “a \" annals log”: annals log", "has “a \" annals log”: annals --ledger l log"),
            ("annals verify x checks it", "annals verify x checks it"),
            ("look (annals verify)", "look (annals --ledger l verify)"),
            ("who enters it with annals append FILE", "who enters it with annals append FILE"),
            ("annals publish DIR --ledger m", "annals publish DIR --ledger m"),
            ("the annals of a town", "the annals of a town"),
            ("town-annals log", "town-annals log"),
        ] {
            assert_eq!(inserted(message, " --ledger l", &commands), expected);
        }
    }
}
