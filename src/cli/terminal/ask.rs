//! Prompts: passphrases, the recovery key, lines, words of a list, yes or no.
//!
//! Always holds: a question is asked on a terminal only; a secret is never an argument and is never
//! shown; leaving a question writes nothing. Not here: the meaning of the answers.

mod file;
pub mod hidden_input;
mod line_editor;
pub mod unsaved_answers;

pub use crate::cli::terminal::ask::hidden_input::is_left;
use crate::cli::terminal::ask::line_editor::until_text;
pub use crate::cli::terminal::ask::line_editor::{
    LineQuestion, OpenAnswer, UnfinishedLine, go_on_with, take_unfinished,
};
use crate::cli::terminal::exit::CliError;
use crate::cli::terminal::output::{note, whole_words};
use crate::keys::{RECOVERY_LINES, TRIES, check_recovery_line, read_recovery};
use annals_core::key::SecretKey;
use std::ffi::OsString;
use std::io::{self, IsTerminal};
use std::path::PathBuf;
use zeroize::Zeroizing;

/// The number of attempts at a question of yes or no.
const ANSWERS: usize = 3;

/// The length below which a passphrase is easy to guess for a holder of the key file.
const SHORT: usize = 10;

/// Whether there is a terminal to ask on.
pub fn on_terminal() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// Asks whether to write; yes without a question with `--yes` or without a terminal.
pub fn confirm_write(yes: bool, question: &str) -> Result<(), CliError> {
    if yes || !on_terminal() {
        return Ok(());
    }
    if self::yes(question)? { Ok(()) } else { Err(CliError::Declined) }
}

impl LineQuestion<'_> {
    /// A given value, or the answer.
    pub fn given_or_ask(self, value: Option<String>) -> Result<String, CliError> {
        value.map_or_else(|| self.ask(), Ok)
    }

    /// The answer.
    pub fn ask(self) -> Result<String, CliError> {
        if let Some(option) = self.option.filter(|_| !on_terminal()) {
            return Err(no_answer(self.question, format!("give it with {option}")));
        }
        let mut begun = self.initial.to_owned();
        loop {
            if let Some(typed) = self.next_answer(&mut begun)? {
                if typed != self.initial {
                    unsaved_answers::add(self.question, &typed);
                }
                return Ok(typed);
            }
            note(format!(
                "expected an answer, found {BACK}: no question before this one can be changed; \
                 Ctrl-C leaves, and nothing is written"
            ));
        }
    }

    /// The answer; `None` is the way back, on an empty line or after the initial text.
    pub fn ask_or_back(self) -> Result<Option<String>, CliError> {
        self.next_answer(&mut self.initial.to_owned())
    }

    /// Asks until a line passes, or is the way back. `begun` is what the line begins with: after a
    /// line that does not pass, that line.
    fn next_answer(&self, begun: &mut String) -> Result<Option<String>, CliError> {
        loop {
            let question = LineQuestion { initial: begun, ..*self };
            let typed = line_editor::line(&question).map_err(cli_error)?;
            if is_back(&typed, begun) {
                return Ok(None);
            }
            let passed = match self.check {
                _ if typed.is_empty() && self.is_filled => {
                    Err("expected at least one character".to_owned())
                }
                Some(check) => check(&typed),
                None => Ok(()),
            };
            match passed {
                Ok(()) => return Ok(Some(typed)),
                Err(why) => note(why),
            }
            *begun = typed;
        }
    }
}

/// The error of a question without a terminal.
fn no_answer(question: &str, advice: String) -> CliError {
    CliError::NoAnswer { question: question.to_owned(), advice }
}

/// Whether an answer is the way back: alone, or after the text that the question began with.
fn is_back(typed: &str, initial: &str) -> bool {
    typed.strip_suffix(BACK).is_some_and(|before| {
        let before = before.trim();
        before.is_empty() || before == initial.trim()
    })
}

/// Asks for yes or no, as a whole line, with no as default; on a terminal only. Input typed before
/// the question is discarded, and an invalid answer repeats the question.
pub fn yes(question: &str) -> Result<bool, CliError> {
    let prompt = format!("{question} [y/N]");
    let meant = |typed: &str| match typed {
        "y" | "yes" => Some(true),
        "" | "n" | "no" => Some(false),
        _ => None,
    };
    decision(&prompt, "expected y or yes, n or no, and return", &meant)
}

/// An answer to a question of yes or no that has a way back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Consent {
    /// Yes.
    Yes,
    /// No.
    No,
    /// What was answered before is to be changed.
    Back,
}

/// Asks for yes or no, as [`yes`] does, with a way back.
pub fn yes_or_back(question: &str) -> Result<Consent, CliError> {
    let prompt = format!("{question} [y/N/b: back]");
    let meant = |typed: &str| match typed {
        "y" | "yes" => Some(Consent::Yes),
        "" | "n" | "no" => Some(Consent::No),
        "b" | "back" | BACK => Some(Consent::Back),
        _ => None,
    };
    decision(&prompt, "expected y or yes, n or no, b or back, and return", &meant)
}

fn decision<T>(
    prompt: &str,
    expected: &str,
    meant: &dyn Fn(&str) -> Option<T>,
) -> Result<T, CliError> {
    for _ in 0..ANSWERS {
        let typed = match hidden_input::line_shown(prompt) {
            Ok(typed) => typed.trim().to_lowercase(),
            Err(error) if error.kind() == io::ErrorKind::InvalidData => "?".to_owned(),
            Err(error) => return Err(cli_error(error)),
        };
        match meant(&typed) {
            Some(answer) => return Ok(answer),
            None => note(expected),
        }
    }
    Err(CliError::Declined)
}

/// The answer that goes back to the question before, where there is one.
pub const BACK: &str = "<";

/// A question for one of several choices; on a terminal only.
#[derive(Clone, Copy)]
pub struct ChoiceQuestion<'a, T> {
    question: &'a str,
    choices: &'a [T],
}

impl<'a, T: ToString> ChoiceQuestion<'a, T> {
    /// A question for one of these.
    pub fn new(question: &'a str, choices: &'a [T]) -> ChoiceQuestion<'a, T> {
        ChoiceQuestion { question, choices }
    }

    /// The index of the answer.
    pub fn ask(self) -> Result<usize, CliError> {
        let ChoiceQuestion { question, choices } = self;
        loop {
            if let Some(chosen) = (ChoiceQuestion { question, choices }).ask_or_back()? {
                return Ok(chosen);
            }
            note(expected_choice(choices.len()));
        }
    }

    /// The index of the answer; `None` is the way back.
    pub fn ask_or_back(self) -> Result<Option<usize>, CliError> {
        let words = list(self.choices);
        loop {
            let line = LineQuestion::new(self.question).offer(&words);
            let Some(typed) = line.ask_or_back()? else { return Ok(None) };
            match choice(&typed, &words) {
                Some(chosen) => return Ok(Some(chosen)),
                None => note(expected_choice(words.len())),
            }
        }
    }
}

impl<T: Copy + ToString> ChoiceQuestion<'_, T> {
    /// The chosen word; `None` is the way back.
    pub fn word_or_back(self) -> Result<Option<T>, CliError> {
        let all = self.choices;
        Ok(self.ask_or_back()?.and_then(|chosen| all.get(chosen).copied()))
    }
}

/// Lists choices by their numbers, and gives their words. Those without words can be chosen too.
fn list<T: ToString>(choices: &[T]) -> Vec<String> {
    let words: Vec<String> = choices.iter().map(T::to_string).collect();
    let mut number = 1;
    for alike in words.chunk_by(|one, next| one.is_empty() && next.is_empty()) {
        let word = alike.first().map(|word| word.replace('\n', "⏎")).unwrap_or_default();
        let last = number + alike.len() - 1;
        let numbered = match word.is_empty() {
            true => format!("{number:>3} to {last}: not listed"),
            false => format!("{number:>3}  {word}"),
        };
        note(textwrap::fill(&numbered, whole_words("").subsequent_indent("     ")));
        number = last + 1;
    }
    words
}

/// The choice that a number, a word or its beginning means, if it means one.
fn choice(typed: &str, words: &[String]) -> Option<usize> {
    if let Ok(number) = typed.parse::<usize>() {
        return number.checked_sub(1).filter(|at| *at < words.len());
    }
    let begins = |word: &String| word.to_lowercase().starts_with(&typed.to_lowercase());
    let exact = words.iter().position(|word| word == typed);
    let mut found = words.iter().enumerate().filter(|(_, word)| !typed.is_empty() && begins(word));
    let first = found.next().map(|(at, _)| at);
    exact.or(first.filter(|_| found.next().is_none()))
}

/// What is expected of an answer to a list.
fn expected_choice(count: usize) -> String {
    format!("expected a number from 1 to {count}, or the beginning of one of these")
}

/// Asks for one of these keys, each with its action in words, until one is pressed; on a terminal
/// only.
pub fn key(question: &str, keys: &[(char, &str)]) -> Result<char, CliError> {
    let all: Vec<String> = keys.iter().map(|(key, does)| format!("{key} {does}")).collect();
    let prompt = format!("{question}: {}", all.join(", "));
    loop {
        let pressed =
            hidden_input::key(&prompt).map_err(cli_error)?.map(|key| key.to_ascii_lowercase());
        let does = keys.iter().find(|(key, _)| Some(*key) == pressed);
        note(does.map_or("?", |(_, does)| does));
        match does {
            Some((key, _)) => return Ok(*key),
            None => note("expected one of these keys"),
        }
    }
}

/// A given word of a closed list, or one chosen on a terminal; otherwise an error that names the
/// option.
pub fn closed_word<T: Copy + ToString>(
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
        no_answer(question, format!("give it with {option}, one of {}", words.join(", ")))
    };
    if !on_terminal() {
        return Err(missing());
    }
    all.get(ChoiceQuestion::new(question, all).ask()?).copied().ok_or_else(missing)
}

/// The file that a variable names; one that is empty counts as not set.
fn named_file(variable: &str) -> Option<OsString> {
    std::env::var_os(variable).filter(|path| !path.is_empty())
}

/// The files with a passphrase or a recovery key that variables name.
pub fn secret_files() -> Vec<PathBuf> {
    const NAMING: [&str; 3] =
        ["ANNALS_PASSPHRASE_FILE", "ANNALS_NEW_PASSPHRASE_FILE", "ANNALS_RECOVERY_FILE"];
    NAMING.into_iter().filter_map(named_file).map(PathBuf::from).collect()
}

/// The passphrase of an existing key: from the file that `ANNALS_PASSPHRASE_FILE` names, or from a
/// prompt, up to three times. `None`: there is none.
pub fn passphrase(name: &str, attempt: usize) -> io::Result<Option<Zeroizing<String>>> {
    if let Some(path) = named_file("ANNALS_PASSPHRASE_FILE") {
        return match attempt {
            1 => file::text(path.as_ref(), "ANNALS_PASSPHRASE_FILE").map(Some),
            _ => Err(file::wrong(path.as_ref(), "ANNALS_PASSPHRASE_FILE", name)),
        };
    }
    if !on_terminal() {
        return Ok(None);
    }
    let again = if attempt > 1 { "that was wrong; " } else { "" };
    let prompt = format!("{again}passphrase of {name}");
    hidden_line(&prompt).map(Some)
}

/// Reads a hidden line; repeats the question until the line is UTF-8.
fn hidden_line(prompt: &str) -> io::Result<Zeroizing<String>> {
    until_text(|| hidden_input::line(prompt))
}

/// A passphrase for a new key, typed twice.
pub fn new_passphrase(name: &str) -> Result<Zeroizing<String>, CliError> {
    new_passphrase_in("ANNALS_PASSPHRASE_FILE", name)
}

/// A new passphrase: from the file that this variable names, or from a prompt, typed twice.
pub fn new_passphrase_in(variable: &str, name: &str) -> Result<Zeroizing<String>, CliError> {
    if let Some(path) = named_file(variable) {
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
        let typed = hidden_line(&format!("new passphrase of {name}")).map_err(cli_error)?;
        if typed.is_empty() {
            note("expected at least one character");
        } else if let Some(found) = file::untypable(&typed) {
            note(format!("expected letters, digits and signs, found {found}"));
        } else if typed == hidden_line("once more").map_err(cli_error)? {
            warn_weak(&typed);
            return Ok(typed);
        } else {
            note("the two differ");
        }
    }
}

/// Warns of a passphrase that is easy to guess; its owner decides.
fn warn_weak(phrase: &str) {
    if phrase.chars().count() < SHORT {
        note(format!(
            "warning: the passphrase has fewer than {SHORT} characters, and who has the file can \
             guess it; annals key passphrase gives it a longer one, such as four or more words"
        ));
    }
}

/// Whether a file with the recovery key is named, so that no prompt is needed.
pub fn has_recovery_file() -> bool {
    named_file("ANNALS_RECOVERY_FILE").is_some()
}

/// The recovery key: from the file that `ANNALS_RECOVERY_FILE` names, or typed line by line from
/// the paper, hidden. A line is checked before the next one, so an error costs one line only.
pub fn recovery() -> Result<SecretKey, CliError> {
    if let Some(path) = named_file("ANNALS_RECOVERY_FILE") {
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
        let typed = hidden_line(&prompt).map_err(cli_error)?;
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

fn cli_error(error: io::Error) -> CliError {
    if is_left(&error) { CliError::Declined } else { CliError::Io(error) }
}
