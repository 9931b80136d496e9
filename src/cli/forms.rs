//! Forms: which of the answers that `--format` names a command has.
//!
//! Always holds: a form that a command has not is refused before the command does anything; a
//! command that gives one object gives it as a line too. Not here: how an answer is written.

use crate::cli::args::{Command, Format};
use crate::cli::exit::Failure;
use clap::{ArgMatches, ValueEnum};

/// Told for people, or always the same bytes.
pub const TEXT: &[Format] = &[Format::Text];
/// One answer, which is no table.
pub const OBJECT: &[Format] = &[Format::Text, Format::Json, Format::Jsonl];
/// Rows.
pub const TABLE: &[Format] = &[Format::Text, Format::Json, Format::Jsonl, Format::Csv];

impl Command {
    /// The forms that it answers in.
    fn forms(&self) -> &'static [Format] {
        use Command::*;
        match self {
            Find(_) | Log(_) | Review(_) | Show(_) => TABLE,
            Blame(_) | Status(_) | Verify(_) => OBJECT,
            Diff(args) => args.forms(),
            Document(args) => args.forms(),
            Editor(args) => args.forms(),
            Key(args) => args.forms(),
            Replay(args) => args.forms(),
            Timeline(args) => args.forms(),
            Witness(args) => args.forms(),
            Init(_) | Append(_) | Ledger(_) | Confirm(_) | Dispute(_) | Uphold(_) | Correct(_)
            | Retract(_) | Reinstate(_) | Relate(_) | Publish(_) | Export(_) | Import(_)
            | Prove(_) | Repair(_) | Completions(_) | Man(_) => TEXT,
        }
    }
}

/// Refuses a form that the command has not.
pub fn check(command: &Command, asked: Format, matches: &ArgMatches) -> Result<(), Failure> {
    let forms = command.forms();
    if forms.contains(&asked) {
        return Ok(());
    }
    let names: Vec<String> = forms.iter().map(|form| name(*form)).collect();
    let names = match names.split_last() {
        Some((last, [])) => format!("{last}, its only form"),
        Some((last, more)) => format!("{} or {last}", more.join(", ")),
        None => String::new(),
    };
    let (command, found) = (words(matches), name(asked));
    Err(Failure::usage(format!("{command}: expected --format {names}, found {found}")))
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
        inner = matches.subcommand();
    }
    words.join(" ")
}
