//! `annals editor`: who may sign, with which roles, from which event to which.
//!
//! Always holds: an admin holds another person's secret only where a desk shares a machine
//! (`--local`); the impact of a revocation is shown before the question. Not here: key files
//! (`key`).
//! Source: FORMAT.md sections 6 and 8.

mod add;
mod change;
mod list;
mod revoke;
mod names;

use crate::cli::terminal::{
    CliError, Command, Context, Exit, Format, Group, formats, until_written,
};
use clap::{Args, Subcommand};

/// Enrol, change, revoke and list editors
#[derive(Debug, Args)]
pub struct EditorArgs {
    #[command(subcommand)]
    command: EditorCommand,
}

#[derive(Debug, Subcommand)]
enum EditorCommand {
    /// Enrol a key by the request of its holder
    #[command(visible_alias = "enrol")]
    Add(add::EditorAddArgs),
    /// Revoke a key, from now on, or with what it signed from a point on
    Revoke(revoke::RevokeArgs),
    /// Set the roles or the name of a key
    Change(change::EditorChangeArgs),
    /// List who may sign, and who might
    List(list::EditorListArgs),
}

impl Command for EditorArgs {
    const GROUP: Group = Group::SetUp;

    fn formats(&self) -> &'static [Format] {
        match self.command {
            EditorCommand::List(_) => formats::TABLE,
            _ => formats::OBJECT,
        }
    }

    fn run(self, context: &mut Context) -> Result<Exit, CliError> {
        run(context, self)
    }
}

fn run(context: &mut Context, args: EditorArgs) -> Result<Exit, CliError> {
    match args.command {
        EditorCommand::Add(args) => until_written(context, |it| add::run(it, args.clone())),
        EditorCommand::Revoke(args) => until_written(context, |it| revoke::run(it, args.clone())),
        EditorCommand::Change(args) => until_written(context, |it| change::run(it, args.clone())),
        EditorCommand::List(args) => list::run(context, args),
    }
}
