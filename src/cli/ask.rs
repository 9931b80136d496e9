//! Questions: passphrases, lines, words of a list, yes or no.
//!
//! Always holds: a question is asked on a terminal only; a passphrase is never an argument and is
//! never shown. Not here: what the answers mean.

use crate::cli::exit::Failure;
use dialoguer::{Confirm, Input, Password, Select};
use std::io::{self, IsTerminal};
use zeroize::Zeroizing;

/// Whether somebody is there to ask.
pub fn on_terminal() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// Asks whether to write; yes without a question where `--yes` is said or nobody is there.
pub fn may_write(yes: bool, question: &str) -> Result<(), Failure> {
    if yes || !on_terminal() {
        return Ok(());
    }
    let answer = Confirm::new().with_prompt(question).default(false).interact();
    match answer.map_err(asked)? {
        true => Ok(()),
        false => Err(Failure::Declined),
    }
}

/// Asks for a line, where somebody is there; else says which option gives it.
pub fn line(question: &str, option: &str, default: Option<&str>) -> Result<String, Failure> {
    if !on_terminal() {
        return match default {
            Some(default) => Ok(default.to_owned()),
            None => Err(Failure::usage(format!("{question}: give it with {option}"))),
        };
    }
    let mut input = Input::<String>::new().with_prompt(question);
    if let Some(default) = default {
        input = input.default(default.to_owned());
    }
    input.interact_text().map_err(asked)
}

/// A line that was given, or asked for.
pub fn given(value: Option<String>, question: &str, option: &str) -> Result<String, Failure> {
    match value {
        Some(value) => Ok(value),
        None => line(question, option, None),
    }
}

/// A line that may be empty, beginning with text that may be changed; on a terminal only.
pub fn line_from(question: &str, initial: &str) -> Result<String, Failure> {
    let input = Input::<String>::new().with_prompt(question).allow_empty(true);
    let typed = input.with_initial_text(initial).interact_text();
    typed.map(|typed| typed.trim().to_owned()).map_err(asked)
}

/// Yes or no; on a terminal only.
pub fn yes(question: &str, default: bool) -> Result<bool, Failure> {
    Confirm::new().with_prompt(question).default(default).interact().map_err(asked)
}

/// One of several, by its place among them; on a terminal only.
pub fn one_of<T: ToString>(question: &str, choices: &[T]) -> Result<usize, Failure> {
    let select =
        Select::new().with_prompt(question).items(choices.iter().map(T::to_string)).default(0);
    select.interact().map_err(asked)
}

/// A word of a closed list that was given, or is chosen where somebody is there to ask; else says
/// which option gives it.
pub fn word<T: Copy + ToString>(
    given: Option<T>,
    all: &[T],
    question: &str,
    option: &str,
) -> Result<T, Failure> {
    if let Some(given) = given {
        return Ok(given);
    }
    let missing = || {
        let words: Vec<String> = all.iter().map(T::to_string).collect();
        Failure::usage(format!("{question}: give it with {option}, one of {}", words.join(", ")))
    };
    if !on_terminal() {
        return Err(missing());
    }
    all.get(one_of(question, all)?).copied().ok_or_else(missing)
}

/// A passphrase for a key that is there: from the file that `ANNALS_PASSPHRASE_FILE` names, or
/// asked, up to three times. `None`: there is none to give.
pub fn passphrase(name: &str, attempt: usize) -> io::Result<Option<Zeroizing<String>>> {
    if let Some(path) = std::env::var_os("ANNALS_PASSPHRASE_FILE") {
        return match attempt {
            1 => from_file(path.as_ref()).map(Some),
            _ => Ok(None),
        };
    }
    if !on_terminal() {
        return Ok(None);
    }
    let again = if attempt > 1 { "that was wrong; " } else { "" };
    let prompt = format!("{again}passphrase of {name}");
    let typed = Password::new().with_prompt(prompt).allow_empty_password(true).interact();
    typed.map(|typed| Some(Zeroizing::new(typed))).map_err(io::Error::other)
}

/// A passphrase for a new key, asked twice.
pub fn new_passphrase(name: &str) -> Result<Zeroizing<String>, Failure> {
    if let Some(path) = std::env::var_os("ANNALS_PASSPHRASE_FILE") {
        return Ok(from_file(path.as_ref())?);
    }
    if !on_terminal() {
        return Err(Failure::usage(format!(
            "the key of {name} needs a passphrase: name a file that holds it in \
             ANNALS_PASSPHRASE_FILE, or say --no-passphrase on purpose"
        )));
    }
    let typed = Password::new()
        .with_prompt(format!("new passphrase of {name}"))
        .with_confirmation("once more", "the two differ")
        .interact();
    typed.map(Zeroizing::new).map_err(asked)
}

fn from_file(path: &std::path::Path) -> io::Result<Zeroizing<String>> {
    let read = std::fs::read_to_string(path);
    let text = read.map_err(|error| {
        io::Error::new(error.kind(), format!("ANNALS_PASSPHRASE_FILE {}: {error}", path.display()))
    })?;
    Ok(Zeroizing::new(text.trim_end_matches(['\n', '\r']).to_owned()))
}

fn asked(error: dialoguer::Error) -> Failure {
    let dialoguer::Error::IO(error) = error;
    match error.kind() {
        io::ErrorKind::Interrupted => Failure::Declined,
        _ => Failure::Io(error),
    }
}
