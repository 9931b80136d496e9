//! The declarations of a command beside its arguments: its help group, its formats, its operation.
//!
//! Always holds: a command is declared in its own file alone. Not here: the list of commands
//! (`cli`).

use crate::cli::terminal::context::Context;
use crate::cli::terminal::exit::{CliError, Exit};
use crate::cli::terminal::formats;
use crate::cli::terminal::options::Format;
use clap::Arg;

/// The group under which help lists a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// Ledger, keys, editors, the program itself.
    SetUp,
    /// Entering and reviewing facts.
    Editor,
    /// Verifying and proving.
    Auditor,
    /// Reading, publishing and exporting.
    Archivist,
}

impl Group {
    /// All groups, in the order of the help, each with its heading.
    pub const ALL: [(Group, &str); 4] = [
        (Group::SetUp, "Set up:"),
        (Group::Editor, "Editor:"),
        (Group::Auditor, "Auditor:"),
        (Group::Archivist, "Archivist:"),
    ];
}

/// The meaning of `--editor` for a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EditorOption {
    /// The editor who signs; `ANNALS_EDITOR` may name the editor.
    Signs,
    /// A filter of the answer, if typed; `ANNALS_EDITOR` is ignored.
    Filters,
    /// No meaning: the answer does not depend on an editor.
    Unused,
}

/// `--editor` of a command in which it does not sign, in place of the global option.
pub fn editor_argument(option: EditorOption) -> Option<Arg> {
    let argument = Arg::new("editor").long("editor").visible_alias("by").value_name("NAME");
    match option {
        EditorOption::Signs => None,
        EditorOption::Filters => Some(argument.help("Only what this person signed")),
        EditorOption::Unused => Some(argument.hide(true)),
    }
}

/// A command; implemented by the type of its arguments.
pub trait Command: clap::Args {
    /// Its group in the help.
    const GROUP: Group;
    /// The meaning of `--editor`.
    const EDITOR: EditorOption = EditorOption::Signs;
    /// Whether it is about the record and the keys here, so that a message which advises it names
    /// them as the present command does.
    const IS_ABOUT_RECORD: bool = true;

    /// The formats of its answer: another `--format` is refused before anything is done.
    fn formats(&self) -> &'static [Format] {
        formats::TEXT
    }

    /// Runs the command.
    fn run(self, context: &mut Context) -> Result<Exit, CliError>;
}
