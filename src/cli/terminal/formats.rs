//! Formats: which values of `--format` a command supports.
//!
//! Always holds: an unsupported format is refused before the command does anything; a command that
//! returns one object supports JSON lines too. Not here: writing an answer.

use crate::cli::terminal::exit::CliError;
use crate::cli::terminal::options::Format;
use clap::{ArgMatches, ValueEnum};

/// Text for people, or bytes of one fixed form.
pub const TEXT: &[Format] = &[Format::Text];
/// One answer, not a table.
pub const OBJECT: &[Format] = &[Format::Text, Format::Json, Format::Jsonl];
/// Rows that come one by one, without an end.
pub const LINES: &[Format] = &[Format::Text, Format::Jsonl];
/// Rows.
pub const TABLE: &[Format] = &[Format::Text, Format::Json, Format::Jsonl, Format::Csv];

/// Refuses a format that the command does not support.
///
/// `formats`: those of the command, at least one; `matches` names the command in the error.
pub fn check(formats: &[Format], format: Format, matches: &ArgMatches) -> Result<(), CliError> {
    if formats.contains(&format) {
        return Ok(());
    }
    let names: Vec<String> = formats.iter().map(|format| name(*format)).collect();
    let names = match names.split_last() {
        Some((last, [])) => format!("{last}, its only form"),
        Some((last, more)) => format!("{} or {last}", more.join(", ")),
        None => String::new(),
    };
    let (command, found) = (words(matches), name(format));
    Err(CliError::usage(format!("{command}: expected --format {names}, found {found}")))
}

fn name(form: Format) -> String {
    form.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
}

/// The words of the command, such as `key show`.
fn words(matches: &ArgMatches) -> String {
    let mut words = Vec::new();
    let mut inner = matches.subcommand();
    while let Some((word, matches)) = inner {
        words.push(word);
        // The whole state has fewer forms than the list of facts.
        if matches!(matches.try_get_one::<bool>("state"), Ok(Some(true))) {
            words.push("--state");
        }
        inner = matches.subcommand();
    }
    words.join(" ")
}
