//! `annals store`: the tables of a database that keeps records.

mod check;

use crate::cli::commands::store::check::CheckStoreArgs;
use crate::cli::shared::WriteStatus;
use crate::cli::shared::database::database_address;
use crate::cli::terminal::{
    CliError, Command, Context, Exit, Format, Group, done_as, formats, json, note, out, visible,
};
use crate::database::{Database, init, statements};
use crate::ledger::error::LedgerError;
use clap::{Args, Subcommand};
use serde::Serialize;
use std::io::Write;

/// Make and check the tables of a PostgreSQL database that keeps records
///
/// The store that annals verify, status and repair name is another one: ledger/db, the second copy
/// of the events beside the journal, which the next writer makes by itself.
#[derive(Debug, Args)]
pub struct StoreArgs {
    #[command(subcommand)]
    command: StoreCommand,
}

#[derive(Debug, Subcommand)]
enum StoreCommand {
    /// Make the tables and the roles, or print the statements that do
    Init(InitStoreArgs),
    /// Whether a database can keep a record as it is, and, with --write, whether its engine keeps
    /// what it acknowledges
    Check(CheckStoreArgs),
}

#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
struct InitStoreArgs {
    /// The database, as a role that may make schemas and roles
    #[arg(value_name = "URL", required_unless_present = "print")]
    url: Option<String>,
    /// The role that annals serve connects as: it is given the rights of a server
    #[arg(long, value_name = "ROLE")]
    grant: Option<String>,
    /// Print the statements, and run none
    #[arg(long, conflicts_with_all = ["url", "grant"])]
    print: bool,
}

const AFTER_HELP: &str = "\
Two roles are made, which nobody logs in as. annals_server reads, adds events, and sets where the
record ends: it can change and delete no event. annals_eraser may remove a body, where the law asks
for it. A role that connects is made by the database's owner (CREATE ROLE desk LOGIN), and --grant
desk gives it the rights of annals_server. Tables that are there already stay as they are.";

/// The tables, for programs.
#[derive(Serialize)]
struct TablesMade {
    status: WriteStatus,
    database: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    granted: Option<String>,
}

/// The statements, for programs.
#[derive(Serialize)]
struct Statements {
    statements: &'static str,
}

impl Command for StoreArgs {
    const GROUP: Group = Group::SetUp;
    const IS_ABOUT_RECORD: bool = false;

    fn formats(&self) -> &'static [Format] {
        formats::OBJECT
    }

    fn run(self, context: &mut Context) -> Result<Exit, CliError> {
        match self.command {
            StoreCommand::Init(args) => make(context, args),
            StoreCommand::Check(args) => args.run(context),
        }
    }
}

fn make(context: &Context, args: InitStoreArgs) -> Result<Exit, CliError> {
    let Some(url) = args.url.filter(|_| !args.print) else {
        let (mut out, statements) = (out(context.format()), statements());
        match context.format() {
            Format::Text => write!(out, "{statements}")?,
            _ => json(&mut out, &Statements { statements })?,
        }
        out.flush()?;
        return Ok(Exit::Yes);
    };
    let address = database_address(&url)?;
    let mut database = Database::connect(&address).map_err(LedgerError::from)?;
    let is_made = init(&mut database, args.grant.as_deref()).map_err(LedgerError::from)?;
    let mut out = done_as(context.format());
    match (context.format(), is_made) {
        (Format::Text, true) => writeln!(out, "the tables were made in {address}")?,
        (Format::Text, false) => writeln!(out, "the tables were in {address} already")?,
        _ => {
            let status = if is_made { WriteStatus::Written } else { WriteStatus::Already };
            let (database, granted) = (address.to_string(), args.grant.clone());
            json(&mut out, &TablesMade { status, database, granted })?;
        }
    }
    out.flush()?;
    note(match &args.grant {
        Some(role) => format!("{} has the rights of annals_server", visible(role)),
        None => "annals store init --grant ROLE gives the rights of a server to a role that \
                 connects"
            .to_owned(),
    });
    Ok(Exit::Yes)
}
