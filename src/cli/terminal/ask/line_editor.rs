//! The line editor of questions: keys of a line, history of this command's answers, completion.
//!
//! Always holds: an answer is one line; a line break that is pasted is a space; a terminal that
//! cannot edit a line reads a plain one. Not here: secrets (`hidden_input`), the questions.
//! Source: the key bindings of readline(3), as rustyline has them.

use crate::cli::terminal::ask::hidden_input::{self, OpenPrompt};
use crate::cli::terminal::output::note;
use crate::ledger::answer::visible::visible;
use rustyline::completion::Completer;
use rustyline::config::Config;
use rustyline::error::ReadlineError;
use rustyline::highlight::Highlighter;
use rustyline::hint::Hinter;
use rustyline::history::MemHistory;
use rustyline::validate::Validator;
use rustyline::{Behavior, CompletionType, Editor, Helper};
use serde::{Deserialize, Serialize};
use std::cell::RefCell;
use std::io;

/// How many answers the history has.
const HISTORY: usize = 200;

/// Whether a line is an answer, or why it is not.
pub type LineCheck<'a> = dyn Fn(&str) -> Result<(), String> + 'a;

/// A question for a line.
#[derive(Clone, Copy, Default)]
pub struct LineQuestion<'a> {
    /// The question, without its colon.
    pub(super) question: &'a str,
    /// What the line begins with.
    pub(super) initial: &'a str,
    /// The values that Tab completes.
    pub(super) offered: &'a [String],
    /// What stands between several values of one line.
    pub(super) separator: Option<char>,
    /// The option that answers it where there is no terminal.
    pub(super) option: Option<&'a str>,
    /// Whether an empty line is no answer.
    pub(super) is_filled: bool,
    /// What else a line must pass.
    pub(super) check: Option<&'a LineCheck<'a>>,
}

impl<'a> LineQuestion<'a> {
    /// A question for any line, which may be empty; on a terminal only.
    pub fn new(question: &'a str) -> LineQuestion<'a> {
        LineQuestion { question, ..LineQuestion::default() }
    }

    /// The line begins with this text.
    pub fn initial(self, initial: &'a str) -> LineQuestion<'a> {
        LineQuestion { initial, ..self }
    }

    /// Tab completes these values.
    pub fn offer(self, offered: &'a [String]) -> LineQuestion<'a> {
        LineQuestion { offered, ..self }
    }

    /// Tab completes the value after the last of these marks.
    pub fn separator(self, separator: char) -> LineQuestion<'a> {
        LineQuestion { separator: Some(separator), ..self }
    }

    /// Without a terminal, the error names this option. The line is not empty.
    pub fn option(self, option: &'a str) -> LineQuestion<'a> {
        LineQuestion { option: Some(option), ..self }.filled()
    }

    /// The line is not empty.
    pub fn filled(self) -> LineQuestion<'a> {
        LineQuestion { is_filled: true, ..self }
    }

    /// This question with a check: a line that does not pass is offered again, to be changed, after
    /// the reason is printed.
    pub fn check(self, check: &'a LineCheck<'a>) -> LineQuestion<'a> {
        LineQuestion { check: Some(check), ..self }
    }
}

/// A line that was being typed when its question was left.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnfinishedLine {
    /// The question.
    pub question: String,
    /// What was typed.
    pub text: String,
    /// The answer of the drafts that it is of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub open: Option<OpenAnswer>,
}

/// An answer of drafts whose question was left.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenAnswer {
    /// The index of the draft.
    pub fact: usize,
    /// The index of the answer among those of a fact.
    pub answer: usize,
    /// Whether the questions after it were not asked either.
    pub goes_on: bool,
}

/// The values that Tab completes, the separator between two of them, and the present line.
#[derive(Default)]
struct Offers {
    values: Vec<String>,
    separator: Option<char>,
    line: RefCell<String>,
}

impl Completer for Offers {
    type Candidate = String;

    fn complete(
        &self,
        line: &str,
        cursor: usize,
        _: &rustyline::Context<'_>,
    ) -> rustyline::Result<(usize, Vec<String>)> {
        let typed = line.get(..cursor).unwrap_or_default();
        let after = |separator: char| typed.rfind(separator).map(|at| at + separator.len_utf8());
        let from = self.separator.and_then(after).unwrap_or(0);
        let rest = typed.get(from..).unwrap_or_default();
        let from = from + rest.len() - rest.trim_start().len();
        let wanted = rest.trim_start().to_lowercase();
        let fits = |value: &&String| value.to_lowercase().starts_with(&wanted);
        Ok((from, self.values.iter().filter(fits).cloned().collect()))
    }
}

/// There are no hints; the editor shows the line here after each key.
impl Hinter for Offers {
    type Hint = String;

    fn hint(&self, line: &str, _: usize, _: &rustyline::Context<'_>) -> Option<String> {
        line.clone_into(&mut self.line.borrow_mut());
        None
    }
}
impl Highlighter for Offers {}
impl Validator for Offers {}
impl Helper for Offers {}

type LineEditor = Editor<Offers, MemHistory>;

thread_local! {
    /// The editor of this command: its history is that of the command's answers.
    static EDITOR: RefCell<Option<LineEditor>> = const { RefCell::new(None) };
    /// The line of the question that was left last, or of one that is asked again.
    static UNFINISHED: RefCell<Option<UnfinishedLine>> = const { RefCell::new(None) };
}

/// The line of the question that was left, if something was typed.
pub fn take_unfinished() -> Option<UnfinishedLine> {
    UNFINISHED.take()
}

/// The question of this line, when it is asked, begins with what was typed.
pub fn go_on_with(line: UnfinishedLine) {
    UNFINISHED.set(Some(line));
}

/// What the question begins with: where it was left, what was typed then.
fn initial(question: &LineQuestion<'_>) -> String {
    let is_same = |line: &mut UnfinishedLine| line.question == question.question;
    let unfinished = UNFINISHED.with_borrow_mut(|kept| kept.take_if(is_same));
    unfinished.map_or_else(|| question.initial.to_owned(), |line| line.text)
}

/// Asks for a line on the terminal. Ctrl-C and Ctrl-D are an error (`hidden_input::is_left`).
pub fn line(question: &LineQuestion<'_>) -> io::Result<String> {
    let prompt = format!("{}: ", visible(question.question));
    let initial = initial(question);
    until_text(|| {
        if std::env::var_os("TERM").is_none_or(|term| term == "dumb") {
            return plain_line(&prompt, &initial);
        }
        edited_line(question, &prompt, &initial)
    })
}

/// Asks again while what is typed is no UTF-8.
pub(super) fn until_text<T>(mut ask: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    loop {
        match ask() {
            Err(error) if error.kind() == io::ErrorKind::InvalidData => {
                note("expected UTF-8, found other bytes: the terminal sends another character set");
            }
            answer => return answer,
        }
    }
}

fn edited_line(question: &LineQuestion<'_>, prompt: &str, initial: &str) -> io::Result<String> {
    EDITOR.with_borrow_mut(|kept| {
        let editor = match kept {
            Some(editor) => editor,
            None => kept.insert(new_editor().map_err(failure)?),
        };
        let (values, separator) = (question.offered.to_vec(), question.separator);
        editor.set_helper(Some(Offers { values, separator, line: RefCell::default() }));
        hidden_input::drop_typed_ahead()?;
        let _open = OpenPrompt::new()?;
        let typed = editor.readline_with_initial(prompt, (initial, ""));
        if matches!(typed, Err(ReadlineError::Interrupted)) {
            let line = editor.helper().map(|offers| offers.line.take()).unwrap_or_default();
            leave(question, one_line(&line));
        }
        let line = one_line(&typed.map_err(failure)?);
        if !line.is_empty() {
            editor.add_history_entry(&line).map_err(failure)?;
        }
        Ok(line)
    })
}

/// Keeps the line of a question that is left, and shows it in one piece.
fn leave(question: &LineQuestion<'_>, text: String) {
    if !text.is_empty() && text != question.initial {
        note(format!("note: your unsaved answer: {}", visible(&text)));
        let question = question.question.to_owned();
        UNFINISHED.set(Some(UnfinishedLine { question, text, open: None }));
    }
}

fn new_editor() -> rustyline::Result<LineEditor> {
    let config = Config::builder()
        .behavior(Behavior::PreferTerm)
        .completion_type(CompletionType::List)
        .max_history_size(HISTORY)?
        .history_ignore_dups(true)?
        .build();
    let history = MemHistory::with_config(&config);
    Editor::with_history(config, history)
}

/// The answer that is an empty one, on a terminal without cursor keys.
const EMPTY: &str = "-";

/// The line on a terminal without cursor keys; an empty one keeps what the question begins with,
/// and what an empty answer means has one of its own.
fn plain_line(prompt: &str, initial: &str) -> io::Result<String> {
    if initial.is_empty() {
        return Ok(one_line(&hidden_input::line_shown(prompt.trim_end())?));
    }
    let prompt = prompt.replace("empty:", &format!("{EMPTY}:"));
    note(format!(
        "{prompt}now “{}”; an empty line keeps it, {EMPTY} leaves it out",
        visible(initial)
    ));
    let typed = one_line(&hidden_input::line_shown(prompt.trim_end())?);
    Ok(match typed.as_str() {
        "" => initial.to_owned(),
        EMPTY => String::new(),
        _ => typed,
    })
}

/// The words of an answer in one line.
fn one_line(typed: &str) -> String {
    let lines = typed.split(['\n', '\r']).map(str::trim).filter(|line| !line.is_empty());
    lines.collect::<Vec<_>>().join(" ").replace('\t', " ")
}

fn failure(error: ReadlineError) -> io::Error {
    match error {
        ReadlineError::Io(error) => error,
        ReadlineError::Eof => io::ErrorKind::UnexpectedEof.into(),
        ReadlineError::Interrupted => io::ErrorKind::Interrupted.into(),
        other => io::Error::other(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pasted_line_break_is_a_space() {
        assert_eq!(one_line("  They met\r\n in Moscow.\n\n"), "They met in Moscow.");
        assert_eq!(one_line("a\tb"), "a b");
    }

    #[test]
    fn tab_completes_the_value_after_the_last_separator() {
        let values = ["John Sullivan", "Joan", "Moscow"].map(str::to_owned).to_vec();
        let offers = Offers { values, separator: Some(','), line: RefCell::default() };
        let history = MemHistory::new();
        let context = rustyline::Context::new(&history);
        let complete = |line: &str| offers.complete(line, line.len(), &context).unwrap();
        assert_eq!(complete("jo"), (0, vec!["John Sullivan".to_owned(), "Joan".to_owned()]));
        assert_eq!(complete("Moscow, joh"), (8, vec!["John Sullivan".to_owned()]));
        assert_eq!(complete("x"), (0, Vec::new()));
    }
}
