//! The options of every command, and the formats of answers.
//!
//! Always holds: secrets are never arguments. Not here: the options of one command (`commands`).

use crate::archive::web::shown_address;
use crate::ledger::shell_word::shell_word;
use clap::builder::{PathBufValueParser, TypedValueParser};
use clap::parser::ValueSource;
use clap::{Arg, Args, Command, Error, ValueEnum};
use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

/// Options of every command.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Options of every command")]
pub struct Global {
    /// The ledger, or to read it a published directory or its http(s) address [default: the ledger
    /// that this folder is in, else the nearest folder `ledger` here or above]
    #[arg(long, global = true, env = "ANNALS_LEDGER", value_name = "DIR|URL")]
    #[arg(value_parser = PathOrUnset)]
    pub ledger: Option<PathBuf>,
    /// The keys [default: `keys` beside the ledger]
    #[arg(long, global = true, env = "ANNALS_KEYS", value_name = "DIR", value_parser = PathOrUnset)]
    pub keys: Option<PathBuf>,
    /// The editor whose key signs [default: the only secret key here that may sign]
    #[arg(long = "editor", visible_alias = "by", global = true, env = "ANNALS_EDITOR")]
    #[arg(value_name = "NAME")]
    pub editor: Option<String>,
    /// The form of the output; a command without it lists the forms that it has
    #[arg(long, global = true, value_enum, default_value = "text")]
    pub format: Format,
    /// The zone of dates without one and of displayed times, such as Europe/Berlin
    #[arg(long, global = true, default_value = "UTC", value_name = "ZONE")]
    pub tz: String,
    /// By which clock a date is looked up where the record's time was set back
    #[arg(long, global = true, default_value = "recorded", value_name = "CLOCK")]
    #[arg(value_parser = ["recorded", "corrected"])]
    pub clock: String,
    /// How long to wait for another writer while nothing moves, such as 10s
    #[arg(long, global = true, default_value = "10s", value_name = "TIME")]
    pub wait: String,
    /// Do not ask before writing
    #[arg(long, global = true)]
    pub yes: bool,
    /// Skip the check that the clock is not before the last event's time, nor a year after it
    #[arg(long, global = true)]
    pub clock_is_right: bool,
}

impl Global {
    /// The options without variables that are empty, which count as not set; `typed`: the editor
    /// was given as an option.
    pub fn set(mut self, typed: bool) -> Global {
        let is_set = |path: &PathBuf| !path.as_os_str().is_empty();
        self.ledger = self.ledger.filter(is_set);
        self.keys = self.keys.filter(is_set);
        self.editor = self.editor.filter(|editor| typed || !editor.is_empty());
        self
    }

    /// A command that is advised, such as `annals log 5`, with the record and the keys that this
    /// one names. What a variable names it names to the next command too.
    pub fn command(&self, words: &str) -> String {
        format!("annals {words}{}", self.places())
    }

    /// The options of the record and the keys that this command names, each after a blank.
    pub fn places(&self) -> String {
        let places =
            [("ledger", "ANNALS_LEDGER", &self.ledger), ("keys", "ANNALS_KEYS", &self.keys)];
        let options = places.into_iter().filter_map(|(option, variable, path)| {
            let path = path.as_ref().filter(|path| !is_set(variable, path.as_os_str()))?;
            Some(with_value(option, &shown_address(&path.to_string_lossy())))
        });
        options.collect()
    }

    /// A command that signs, by the key of this name, with the places that this command names.
    pub fn signing_command(&self, words: &str, by: Option<&str>) -> String {
        let by = by.filter(|by| !is_set("ANNALS_EDITOR", OsStr::new(by)));
        let by = by.map(|by| with_value("by", by));
        self.command(words) + &by.unwrap_or_default()
    }
}

/// An option with its value, after a blank; a value that begins with `-` would be an option.
fn with_value(option: &str, value: &str) -> String {
    let between = if value.starts_with('-') { '=' } else { ' ' };
    format!(" --{option}{between}{}", shell_word(value))
}

/// Whether a variable has this value.
fn is_set(variable: &str, value: &OsStr) -> bool {
    std::env::var_os(variable).is_some_and(|set| set == value)
}

/// A path, or an empty one from a variable that is empty.
#[derive(Clone)]
struct PathOrUnset;

impl TypedValueParser for PathOrUnset {
    type Value = PathBuf;

    fn parse_ref(
        &self,
        command: &Command,
        argument: Option<&Arg>,
        value: &OsStr,
    ) -> Result<PathBuf, Error> {
        PathBufValueParser::new().parse_ref(command, argument, value)
    }

    fn parse_ref_(
        &self,
        command: &Command,
        argument: Option<&Arg>,
        value: &OsStr,
        source: ValueSource,
    ) -> Result<PathBuf, Error> {
        match value.is_empty() && source == ValueSource::EnvVariable {
            true => Ok(PathBuf::new()),
            false => self.parse_ref(command, argument, value),
        }
    }
}

/// How answers are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people.
    Text,
    /// One JSON object.
    Json,
    /// One JSON object a line.
    Jsonl,
    /// Comma-separated values with a header.
    Csv,
}

impl Format {
    /// Whether errors have this format too.
    pub fn is_json(self) -> bool {
        matches!(self, Format::Json | Format::Jsonl)
    }

    /// The format that the words of a command line ask for, where they cannot all be read; text
    /// where they name none.
    pub fn of_words(words: impl Iterator<Item = OsString>) -> Format {
        let words: Vec<String> = words
            .map(|word| word.to_string_lossy().into_owned())
            .take_while(|word| word != "--")
            .collect();
        let attached = words.iter().filter_map(|word| word.strip_prefix("--format="));
        let apart = words.windows(2).filter_map(|pair| match pair {
            [option, value] if option == "--format" => Some(value.as_str()),
            _ => None,
        });
        attached
            .chain(apart)
            .find_map(|name| Format::from_str(name, false).ok())
            .unwrap_or(Format::Text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_that_begins_with_a_hyphen_is_joined_to_its_option() {
        for (value, expected) in [
            ("-l", " --ledger=-l"),
            ("-a l", " --ledger='-a l'"),
            ("l", " --ledger l"),
            ("a l", " --ledger 'a l'"),
        ] {
            assert_eq!(with_value("ledger", value), expected);
        }
    }
}
