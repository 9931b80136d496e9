//! What a command declares beside its arguments: its help group, its formats, what it does.
//!
//! Always holds: a command is known by its own file alone. Not here: the list of commands (`cli`).

use crate::cli::terminal::context::Context;
use crate::cli::terminal::exit::{CliError, Exit};
use crate::cli::terminal::formats;
use crate::cli::terminal::options::Format;

/// The group under which help lists a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// Ledger, keys, editors, the program itself.
    SetUp,
    /// Entering and judging facts.
    Editor,
    /// Verifying and proving.
    Auditor,
    /// Reading, publishing and handing on.
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

/// What `--editor` means to a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EditorOption {
    /// The editor who signs; `ANNALS_EDITOR` may name it.
    Signs,
    /// A filter of the answer, where it is typed; `ANNALS_EDITOR` is not read.
    Filters,
}

/// A command: its arguments are the type that implements this.
pub trait Command: clap::Args {
    /// Where help lists it.
    const GROUP: Group;
    /// What `--editor` means.
    const EDITOR: EditorOption = EditorOption::Signs;

    /// The formats of its answer: `--format` with another one is refused before anything is done.
    fn formats(&self) -> &'static [Format] {
        formats::TEXT
    }

    /// Does it.
    fn run(self, context: &mut Context) -> Result<Exit, CliError>;
}
