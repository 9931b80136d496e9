//! `annals editor`: who may sign, with which roles, from where to where.
//!
//! Always holds: an admin holds nobody's secret but where a desk shares a machine (`--local`); what
//! a revocation undoes is shown before it is asked for. Not here: key files (`key`).
//! Source: FORMAT.md sections 6 and 8.

mod add;
mod change;
mod list;
mod revoke;

use crate::cli::act::{called, digits};
use crate::cli::answers::until_written;
use crate::cli::args::Format;
use crate::cli::context::Context;
use crate::cli::exit::{Exit, Failure};
use crate::cli::forms;
use crate::cli::init::fit_name;
use crate::cli::output::visible;
use crate::ledger::record::Record;
use crate::ledger::view::names::Names;
use crate::ledger::view::{View, no_fact};
use crate::ledger::writer::Writer;
use crate::text::Person;
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
    Add(add::AddArgs),
    /// Revoke a key, from now on, or with what it signed from a point on
    Revoke(revoke::RevokeArgs),
    /// Set the roles or the name of a key
    Change(change::ChangeArgs),
    /// List who may sign, and who might
    List(list::ListArgs),
}

impl EditorArgs {
    /// The forms of its answer.
    pub fn forms(&self) -> &'static [Format] {
        match self.command {
            EditorCommand::List(_) => forms::TABLE,
            _ => forms::TEXT,
        }
    }
}

pub fn run(context: &mut Context, args: EditorArgs) -> Result<Exit, Failure> {
    match args.command {
        EditorCommand::Add(args) => until_written(context, |it| add::run(it, args.clone())),
        EditorCommand::Revoke(args) => until_written(context, |it| revoke::run(it, args.clone())),
        EditorCommand::Change(args) => until_written(context, |it| change::run(it, args.clone())),
        EditorCommand::List(args) => list::run(context, args),
    }
}

/// What a writer has committed, open for reading, and the names in it.
fn reading(writer: &Writer) -> Result<(Record, Names), Failure> {
    let record = Record::open(writer.paths.clone())?;
    let names = Names::read(&View::some(&record, record.size(), &no_fact)?)?;
    Ok((record, names))
}

/// Refuses a name that nobody may be given, and that of another person unless it is meant.
fn check_name(
    names: &Names,
    name: &str,
    person: Option<&Person>,
    namesakes: Namesakes,
) -> Result<(), Failure> {
    fit_name("--name", name)?;
    let taken = match namesakes {
        Namesakes::Meant => None,
        Namesakes::Refused => names.taken_by(name, person).into_iter().next(),
    };
    let Some(key) = taken else { return Ok(()) };
    let other = called(names.plain(&key).unwrap_or_default(), &key);
    Err(Failure::usage(format!(
        "expected a name that no other person has, found {}, which a reader takes for {other}; \
         another key of that person is enrolled with --person-of {}, and another person of that \
         name with --same-name",
        visible(name),
        digits(&key)
    )))
}

/// What becomes of a name that looks like another person's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Namesakes {
    Refused,
    Meant,
}
