//! `annals editor`: who may sign, with which roles, from where to where.
//!
//! Always holds: an admin holds nobody's secret but where a desk shares a machine (`--local`); what
//! a revocation undoes is shown before it is asked for. Not here: key files (`key`).
//! Source: FORMAT.md sections 6 and 8.

mod add;
mod change;
mod list;
mod revoke;

use crate::cli::terminal::command::{Command, Group};
use crate::cli::shared::admin::{called, digits};
use crate::cli::terminal::answers::until_written;
use crate::cli::terminal::options::Format;
use crate::cli::terminal::ask;
use crate::cli::terminal::context::Context;
use crate::cli::terminal::exit::{Exit, Failure};
use crate::cli::terminal::formats;
use crate::cli::commands::init::fit_name;
use crate::cli::terminal::output::visible;
use annals_core::key::SecretKey;
use crate::ledger::error::LedgerError;
use crate::ledger::write::editors::parameters;
use crate::ledger::reader::Record;
use crate::ledger::query::names::Names;
use crate::ledger::query::{View, no_fact};
use crate::ledger::write::writer::Writer;
use annals_core::text::Person;
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

impl Command for EditorArgs {
    const GROUP: Group = Group::SetUp;

    fn formats(&self) -> &'static [Format] {
        match self.command {
            EditorCommand::List(_) => formats::TABLE,
            _ => formats::TEXT,
        }
    }

    fn run(self, context: &mut Context) -> Result<Exit, Failure> {
        run(context, self)
    }
}

fn run(context: &mut Context, args: EditorArgs) -> Result<Exit, Failure> {
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

/// The recovery key of this record, typed or from its file.
fn recovery(context: &Context, writer: &Writer) -> Result<SecretKey, Failure> {
    let Some(digest) = parameters(writer)?.recovery else {
        let why = "--recovery: this record has no recovery key; event 0 names none";
        return Err(LedgerError::Key(why.to_owned()).into());
    };
    let key = context.answers.borrow_mut().key("the recovery key", ask::recovery)?;
    match key.public().digest() == digest {
        true => Ok(key),
        false => Err(LedgerError::Key(
            "expected the recovery key of this record, found the one of another; compare the \
             paper with the ledger"
                .to_owned(),
        )
        .into()),
    }
}
