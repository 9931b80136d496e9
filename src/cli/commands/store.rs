//! `annals store`: the tables of a database that keeps records.

use crate::cli::shared::WriteStatus;
use crate::cli::shared::database::database_address;
use crate::cli::terminal::{
    CliError, Command, Context, Exit, Format, Group, done_as, formats, json, note, out, visible,
};
use crate::database::{Database, KeptRecord, init, standby_warning, statements};
use crate::ledger::error::LedgerError;
use clap::{Args, Subcommand};
use serde::Serialize;
use std::io::Write;

/// Make and check the tables of a PostgreSQL database that keeps records
#[derive(Debug, Args)]
pub struct StoreArgs {
    #[command(subcommand)]
    command: StoreCommand,
}

#[derive(Debug, Subcommand)]
enum StoreCommand {
    /// Make the tables and the roles, or print the statements that do
    Init(InitStoreArgs),
    /// Whether a database can keep a record as it is: settings, tables, rights
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

#[derive(Debug, Args)]
struct CheckStoreArgs {
    /// The database, as the role that annals serve connects as
    #[arg(value_name = "URL")]
    url: String,
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

/// A database that can keep records, for programs.
#[derive(Serialize)]
struct FitDatabase {
    database: String,
    /// The standbys that a commit waits for, as the setting has them; empty for none.
    standbys: String,
    records: Vec<RecordKept>,
}

#[derive(Serialize)]
struct RecordKept {
    origin: String,
    size: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    moved: Option<String>,
}

impl Command for StoreArgs {
    const GROUP: Group = Group::SetUp;

    fn formats(&self) -> &'static [Format] {
        formats::OBJECT
    }

    fn run(self, context: &mut Context) -> Result<Exit, CliError> {
        match self.command {
            StoreCommand::Init(args) => make(context, args),
            StoreCommand::Check(args) => check(context, &args),
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

fn check(context: &Context, args: &CheckStoreArgs) -> Result<Exit, CliError> {
    let address = database_address(&args.url)?;
    let mut database = Database::connect(&address).map_err(LedgerError::from)?;
    database.expect_fit().map_err(LedgerError::from)?;
    let standbys = database.standbys().map_err(LedgerError::from)?;
    let records = database.records().map_err(LedgerError::from)?;
    let mut out = done_as(context.format());
    match context.format() {
        Format::Text => {
            writeln!(out, "{address} can keep records")?;
            for KeptRecord { origin, row, .. } in &records {
                let moved = row.moved.as_ref().map(|to| format!(", moved to {}", visible(to)));
                let (origin, size) = (visible(origin), row.head.size);
                writeln!(out, "  {origin}: {size} events{}", moved.unwrap_or_default())?;
            }
        }
        _ => {
            let kept = |KeptRecord { origin, row, .. }: KeptRecord| RecordKept {
                origin,
                size: row.head.size,
                moved: row.moved,
            };
            let (database, records) =
                (address.to_string(), records.into_iter().map(kept).collect());
            json(&mut out, &FitDatabase { database, standbys: standbys.clone(), records })?;
        }
    }
    out.flush()?;
    if let Some(warning) = standby_warning(&standbys) {
        note(warning);
    }
    Ok(Exit::Yes)
}
