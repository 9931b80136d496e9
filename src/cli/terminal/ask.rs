//! Questions: passphrases, the recovery key, lines, words of a list, yes or no.
//!
//! Always holds: a question is asked on a terminal only; a secret is never an argument and is never
//! shown; who leaves a question has written nothing. Not here: what the answers mean.

mod file;
pub mod hidden_input;

pub use crate::cli::terminal::ask::hidden_input::is_left;
use crate::cli::terminal::ask::hidden_input::leaving;
use crate::cli::terminal::exit::CliError;
use crate::cli::terminal::output::note;
use crate::keys::{RECOVERY_LINES, TRIES, check_recovery_line, read_recovery};
use annals_core::key::SecretKey;
use dialoguer::{Input, Select};
use std::io::{self, IsTerminal};
use zeroize::Zeroizing;

/// How often a question of yes or no is asked.
const ANSWERS: usize = 3;

/// A passphrase of fewer characters is soon guessed by who has the key file.
const SHORT: usize = 10;

/// Whether somebody is there to ask.
pub fn on_terminal() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// Asks whether to write; yes without a question where `--yes` is said or nobody is there.
pub fn may_write(yes: bool, question: &str) -> Result<(), CliError> {
    if yes || !on_terminal() {
        return Ok(());
    }
    if self::yes(question)? { Ok(()) } else { Err(CliError::Declined) }
}

/// Asks for a line, where somebody is there; else says which option gives it.
pub fn line(question: &str, option: &str, default: Option<&str>) -> Result<String, CliError> {
    if !on_terminal() {
        return match default {
            Some(default) => Ok(default.to_owned()),
            None => Err(CliError::usage(format!("{question}: give it with {option}"))),
        };
    }
    let mut input = Input::<String>::new().with_prompt(question);
    if let Some(default) = default {
        input = input.default(default.to_owned());
    }
    leaving(|| input.interact_text()).map_err(left)
}

/// A line that was given, or asked for.
pub fn given(value: Option<String>, question: &str, option: &str) -> Result<String, CliError> {
    match value {
        Some(value) => Ok(value),
        None => line(question, option, None),
    }
}

/// A line that may be empty, beginning with text that may be changed; on a terminal only.
pub fn line_from(question: &str, initial: &str) -> Result<String, CliError> {
    let input = Input::<String>::new().with_prompt(question).allow_empty(true);
    let typed = leaving(|| input.with_initial_text(initial).interact_text());
    typed.map(|typed| typed.trim().to_owned()).map_err(left)
}

/// Yes or no, as a whole line, to a question that is no without one; on a terminal only. What was
/// typed before the question is no answer to it, and what is neither is asked about again.
pub fn yes(question: &str) -> Result<bool, CliError> {
    for _ in 0..ANSWERS {
        let typed =
            match crate::cli::terminal::ask::hidden_input::line_shown(&format!("{question} [y/N]"))
            {
                Ok(typed) => typed.trim().to_lowercase(),
                Err(error) if error.kind() == io::ErrorKind::InvalidData => "?".to_owned(),
                Err(error) => return Err(left(error)),
            };
        match typed.as_str() {
            "y" | "yes" => return Ok(true),
            "" | "n" | "no" => return Ok(false),
            _ => note("expected y or yes, n or no, and return"),
        }
    }
    Err(CliError::Declined)
}

/// One of several, by its place among them; on a terminal only.
pub fn one_of<T: ToString>(question: &str, choices: &[T]) -> Result<usize, CliError> {
    let select =
        Select::new().with_prompt(question).items(choices.iter().map(T::to_string)).default(0);
    leaving(|| select.interact()).map_err(left)
}

/// A word of a closed list that was given, or is chosen where somebody is there to ask; else says
/// which option gives it.
pub fn word<T: Copy + ToString>(
    given: Option<T>,
    all: &[T],
    question: &str,
    option: &str,
) -> Result<T, CliError> {
    if let Some(given) = given {
        return Ok(given);
    }
    let missing = || {
        let words: Vec<String> = all.iter().map(T::to_string).collect();
        CliError::usage(format!("{question}: give it with {option}, one of {}", words.join(", ")))
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
            1 => file::text(path.as_ref(), "ANNALS_PASSPHRASE_FILE").map(Some),
            _ => Ok(None),
        };
    }
    if !on_terminal() {
        return Ok(None);
    }
    let again = if attempt > 1 { "that was wrong; " } else { "" };
    let prompt = format!("{again}passphrase of {name}");
    crate::cli::terminal::ask::hidden_input::line(&prompt).map(Some)
}

/// A passphrase for a new key, asked twice.
pub fn new_passphrase(name: &str) -> Result<Zeroizing<String>, CliError> {
    new_passphrase_in("ANNALS_PASSPHRASE_FILE", name)
}

/// A passphrase that is new: from the file that this variable names, or asked, twice.
pub fn new_passphrase_in(variable: &str, name: &str) -> Result<Zeroizing<String>, CliError> {
    if let Some(path) = std::env::var_os(variable) {
        let phrase = file::new_passphrase(path.as_ref(), variable).map_err(unread)?;
        warn_weak(&phrase);
        return Ok(phrase);
    }
    if !on_terminal() {
        return Err(CliError::usage(format!(
            "the key of {name} needs a passphrase: name a file that holds it in {variable}, or say \
             --no-passphrase on purpose"
        )));
    }
    loop {
        let typed =
            crate::cli::terminal::ask::hidden_input::line(&format!("new passphrase of {name}"))
                .map_err(left)?;
        if typed.is_empty() {
            note("expected at least one character");
        } else if let Some(found) = file::untypable(&typed) {
            note(format!("expected letters, digits and signs, found {found}"));
        } else if typed
            == crate::cli::terminal::ask::hidden_input::line("once more").map_err(left)?
        {
            warn_weak(&typed);
            return Ok(typed);
        } else {
            note("the two differ");
        }
    }
}

/// A word about a passphrase that is soon guessed; what it is to be is its owner's to decide.
fn warn_weak(phrase: &str) {
    if phrase.chars().count() < SHORT {
        note(format!(
            "warning: the passphrase has fewer than {SHORT} characters, and who has the file can \
             guess it; annals key passphrase gives it a longer one, such as four or more words"
        ));
    }
}

/// Whether a file is named that holds the recovery key, so that nobody is asked for it.
pub fn has_recovery_file() -> bool {
    std::env::var_os("ANNALS_RECOVERY_FILE").is_some()
}

/// The recovery key: from the file that `ANNALS_RECOVERY_FILE` names, or typed line by line from
/// the paper, unseen. A line is checked before the next one, so a slip loses that line alone.
pub fn recovery() -> Result<SecretKey, CliError> {
    if let Some(path) = std::env::var_os("ANNALS_RECOVERY_FILE") {
        let text = file::text(path.as_ref(), "ANNALS_RECOVERY_FILE").map_err(unread)?;
        return Ok(read_recovery(&text)?);
    }
    if !on_terminal() {
        return Err(CliError::usage(
            "--recovery: expected somebody to type the recovery key, found no terminal; name a \
             file that holds it in ANNALS_RECOVERY_FILE",
        ));
    }
    note("the recovery key, as it stands on the paper after its first line; it is not shown");
    let mut text = Zeroizing::new(String::with_capacity(256));
    text.push_str("annals-recovery-1");
    for line in 1..=RECOVERY_LINES {
        let typed = recovery_line(line)?;
        text.push('\n');
        text.push_str(&typed);
    }
    Ok(read_recovery(&text)?)
}

fn recovery_line(line: usize) -> Result<Zeroizing<String>, CliError> {
    let mut attempt = 1;
    loop {
        let prompt = format!("line {line} of {RECOVERY_LINES}");
        let typed = crate::cli::terminal::ask::hidden_input::line(&prompt).map_err(left)?;
        match check_recovery_line(line, &typed) {
            Ok(()) => return Ok(typed),
            Err(slip) if attempt == TRIES => return Err(slip.into()),
            Err(slip) => note(format!("{slip}; once more")),
        }
        attempt += 1;
    }
}

fn unread(error: io::Error) -> CliError {
    CliError::Usage(error.to_string())
}

fn left(error: io::Error) -> CliError {
    if is_left(&error) { CliError::Declined } else { CliError::Io(error) }
}
