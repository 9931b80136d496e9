//! `annals store check`: whether a database can keep records, and whether it keeps them.
//!
//! Always holds: without `--write` nothing is written. Not here: what is tried (`database::check`).

use crate::cli::shared::database::database_address;
use crate::cli::terminal::progress::Progress;
use crate::cli::terminal::{
    CliError, Context, Exit, Format, counted, done_as, json, note, visible,
};
use crate::database::{
    CheckPart, CheckPlan, CheckRecord, CutMoment, Database, DatabaseAddress, EngineFault,
    EngineReport, KeptRecord, RowsLeft, UnfinishedPart, standby_warning,
};
use crate::ledger::error::LedgerError;
use clap::{Args, value_parser};
use serde::Serialize;
use std::io::Write;

const AFTER_HELP: &str = "\
With --write the check makes a record of its own, check- and a random number, and touches no other
one. It needs the rights of a server, which may delete nothing: what it wrote stays (with the
defaults about 1,200 events in 4 MB) until an owner of the tables runs the statements that it prints
at the end. It tries what a server needs of its database: commits alone and from several connections
at once; commits whose connection is cut before the COMMIT, at it and after it, by a proxy in this
program; a transaction that stands still, which takes 10 seconds; sessions that are ended. Then it
compares what is there with what was acknowledged.

The check makes nothing crash. Kill the engine and start it again, or let a standby take over, while
the check writes (--rounds 1000): it goes on, and compares as before.

Without it the events of each record are counted: exit 1 where one is missing below its end.

Exit: 0 what was acknowledged was kept · 1 it was not, or another promise does not hold · 2 a part
could not be tried to its end.";

#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct CheckStoreArgs {
    /// The database, as the role that annals serve connects as
    #[arg(value_name = "URL")]
    url: String,
    /// Write to a record of its own, and compare what is there with what was acknowledged
    #[arg(long)]
    write: bool,
    /// How many commits are cut, and how many groups of events each connection commits
    #[arg(long, value_name = "N", default_value_t = 60, requires = "write")]
    #[arg(value_parser = value_parser!(u32).range(3..=10_000))]
    rounds: u32,
    /// How many connections commit at the same time
    #[arg(long, value_name = "N", default_value_t = 4, requires = "write")]
    #[arg(value_parser = value_parser!(u32).range(2..=64))]
    connections: u32,
}

impl CheckStoreArgs {
    pub(super) fn run(self, context: &mut Context) -> Result<Exit, CliError> {
        let address = database_address(&self.url)?;
        let mut database = Database::connect(&address).map_err(LedgerError::from)?;
        database.expect_fit().map_err(LedgerError::from)?;
        let standbys = database.standbys().map_err(LedgerError::from)?;
        let exit = match self.write {
            true => self.try_out(context, &address)?,
            false => list(context, &address, &mut database, &standbys)?,
        };
        if let Some(warning) = standby_warning(&standbys) {
            note(warning);
        }
        Ok(exit)
    }

    /// Writes to a record of its own, and reports what the engine kept.
    fn try_out(&self, context: &mut Context, address: &DatabaseAddress) -> Result<Exit, CliError> {
        let plan = CheckPlan { rounds: self.rounds, connections: self.connections };
        let origin = CheckRecord::name(&mut *context.entropy).map_err(LedgerError::from)?;
        let most = plan.most_rows();
        note(format!(
            "writing to a new record, {origin}: at most {} will stay in {address} until an owner \
             of the tables removes them",
            rows(&most)
        ));
        let record = CheckRecord::make(address, &origin).map_err(LedgerError::from)?;
        let progress = Progress::new(most.events, "");
        let on_step = |part: CheckPart, done: u64| progress.step(part.name(), done);
        let report = record.check(&plan, &on_step);
        drop(progress);
        let exit = match (report.faults.is_empty(), report.is_whole()) {
            (false, _) => Exit::No,
            (true, false) => Exit::Unknown,
            (true, true) => Exit::Yes,
        };
        let mut out = done_as(context.format());
        match context.format() {
            Format::Text => {
                write_text(&mut out, &report)?;
                let left = report.left.as_ref().unwrap_or(&most);
                writeln!(
                    out,
                    "{} stay in {address}; an owner of the tables removes them with",
                    rows(left)
                )?;
                for statement in CheckRecord::removal(&origin) {
                    writeln!(out, "  {statement}")?;
                }
            }
            _ => {
                let left = report.left.unwrap_or(most);
                let left = Left::of(&left, CheckRecord::removal(&origin));
                let database = address.to_string();
                json(&mut out, &TriedEngine::of(&report, database, &origin, left, exit))?;
            }
        }
        out.flush()?;
        Ok(exit)
    }
}

/// A number of rows, and their bytes.
fn rows(rows: &RowsLeft) -> String {
    let RowsLeft { events, others, bytes } = rows;
    let tenths = bytes.div_ceil(100_000);
    format!("{events} events and {others} other rows, about {}.{} MB,", tenths / 10, tenths % 10)
}

fn write_text(out: &mut dyn Write, report: &EngineReport) -> Result<(), CliError> {
    let EngineReport { contract, contention, cuts, standing, ended, groups, .. } = report;
    let mut line = |name: &str, text: String| writeln!(out, "  {name:<12} {text}");
    line("contract", format!("{} of {} promises hold", contract.held, contract.tried))?;
    let mut text = format!(
        "{} connections: {} groups acknowledged, {} outrun",
        contention.connections, contention.acknowledged, contention.outrun
    );
    for (count, what) in [(contention.refused, "refused"), (contention.unanswered, "unanswered")] {
        if count > 0 {
            text.push_str(&format!(", {count} {what}"));
        }
    }
    line("contention", text)?;
    for (moment, cut) in CutMoment::ALL.iter().zip(cuts) {
        let text = format!(
            "{} commits: {} acknowledged, {} unanswered and there, {} unanswered and not there",
            cut.rounds, cut.acknowledged, cut.kept, cut.lost
        );
        line(&format!("cut {}", moment.name()), text)?;
    }
    let text = match standing.waited.map(|waited| waited.as_millis() / 100) {
        Some(tenths) => {
            format!("another connection committed after {}.{} s", tenths / 10, tenths % 10)
        }
        None => "no other connection committed".to_owned(),
    };
    line("standing", text)?;
    let text = format!("{} sessions: {} commits refused", ended.sessions, ended.refused);
    line("ended", text)?;
    line("read again", format!("{groups} groups, each at its place"))?;
    for fault in &report.faults {
        let EngineFault { part, position, expected, found, meaning } = fault;
        let at = position.map(|position| format!(", event {position}")).unwrap_or_default();
        let (part, found) = (part.name(), visible(found));
        writeln!(out, "{part}{at}: expected {expected}; found {found}: {meaning}")?;
    }
    for UnfinishedPart { part, why } in &report.unfinished {
        writeln!(out, "{}: not tried to its end: {}", part.name(), visible(why))?;
    }
    let verdict = match (report.faults.len(), report.is_whole()) {
        (0, true) => "the engine kept what it acknowledged; the check itself makes nothing crash",
        (0, false) => "no fault was found, and not all was tried",
        _ => "the engine did not keep what a record needs: keep none in it",
    };
    writeln!(out, "{verdict}")?;
    Ok(())
}

/// The settings and the records.
fn list(
    context: &Context,
    address: &DatabaseAddress,
    database: &mut Database,
    standbys: &str,
) -> Result<Exit, CliError> {
    let mut records = Vec::new();
    for record in database.records().map_err(LedgerError::from)? {
        let missing = database.missing(record.id, record.row.head.size);
        records.push((record, missing.map_err(LedgerError::from)?));
    }
    let exit = match records.iter().all(|(_, missing)| *missing == 0) {
        true => Exit::Yes,
        false => Exit::No,
    };
    let mut out = done_as(context.format());
    match context.format() {
        Format::Text => {
            writeln!(out, "{address} can keep records")?;
            for (record, missing) in &records {
                let KeptRecord { origin, row, .. } = record;
                let lost = match missing {
                    0 => String::new(),
                    some => format!(
                        ", of which {some} cannot be found: annals move --to puts back what is \
                         missing from a copy"
                    ),
                };
                let note = match &row.moved {
                    _ if CheckRecord::is_one(record) => ", left by a check".to_owned(),
                    Some(to) => format!(", moved to {}", visible(to)),
                    None => String::new(),
                };
                let events = counted(row.head.size, "event");
                writeln!(out, "  {}: {events}{note}{lost}", visible(origin))?;
            }
        }
        _ => {
            let kept = |(KeptRecord { origin, row, .. }, missing): (KeptRecord, u64)| RecordKept {
                origin,
                size: row.head.size,
                missing,
                moved: row.moved,
            };
            let (database, records) =
                (address.to_string(), records.into_iter().map(kept).collect());
            json(&mut out, &FitDatabase { database, standbys: standbys.to_owned(), records })?;
        }
    }
    out.flush()?;
    Ok(exit)
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
    /// The number of events below the end that are not there.
    missing: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    moved: Option<String>,
}

/// What was tried, for programs.
#[derive(Serialize)]
struct TriedEngine<'a> {
    database: String,
    record: &'a str,
    exit: Exit,
    contract: TriedContract,
    contention: TriedContention,
    cuts: Vec<TriedCuts>,
    standing: TriedStanding,
    ended: TriedEnded,
    groups: u64,
    faults: Vec<ShownFault<'a>>,
    unfinished: Vec<ShownUnfinished<'a>>,
    left: Left,
}

#[derive(Serialize)]
struct TriedContract {
    held: u32,
    tried: u32,
}

#[derive(Serialize)]
struct TriedContention {
    connections: u32,
    acknowledged: u64,
    outrun: u64,
    refused: u64,
    unanswered: u64,
}

#[derive(Serialize)]
struct TriedCuts {
    moment: &'static str,
    rounds: u32,
    acknowledged: u32,
    there: u32,
    not_there: u32,
}

#[derive(Serialize)]
struct TriedStanding {
    waited_ms: Option<u64>,
}

#[derive(Serialize)]
struct TriedEnded {
    sessions: u32,
    refused: u32,
}

#[derive(Serialize)]
struct ShownFault<'a> {
    part: &'static str,
    position: Option<u64>,
    expected: &'a str,
    found: &'a str,
    meaning: &'a str,
}

#[derive(Serialize)]
struct ShownUnfinished<'a> {
    part: &'static str,
    why: &'a str,
}

#[derive(Serialize)]
struct Left {
    events: u64,
    other_rows: u64,
    bytes: u64,
    removal: Vec<String>,
}

impl Left {
    fn of(rows: &RowsLeft, removal: Vec<String>) -> Left {
        let RowsLeft { events, others, bytes } = *rows;
        Left { events, other_rows: others, bytes, removal }
    }
}

impl<'a> TriedEngine<'a> {
    fn of(
        report: &'a EngineReport,
        database: String,
        record: &'a str,
        left: Left,
        exit: Exit,
    ) -> TriedEngine<'a> {
        let EngineReport { contract, contention, standing, ended, groups, .. } = report;
        let cuts = CutMoment::ALL.iter().zip(&report.cuts).map(|(moment, cuts)| TriedCuts {
            moment: moment.name(),
            rounds: cuts.rounds,
            acknowledged: cuts.acknowledged,
            there: cuts.kept,
            not_there: cuts.lost,
        });
        let faults = report.faults.iter().map(|fault| ShownFault {
            part: fault.part.name(),
            position: fault.position,
            expected: &fault.expected,
            found: &fault.found,
            meaning: fault.meaning,
        });
        let unfinished = report
            .unfinished
            .iter()
            .map(|UnfinishedPart { part, why }| ShownUnfinished { part: part.name(), why });
        TriedEngine {
            database,
            record,
            exit,
            contract: TriedContract { held: contract.held, tried: contract.tried },
            contention: TriedContention {
                connections: contention.connections,
                acknowledged: contention.acknowledged,
                outrun: contention.outrun,
                refused: contention.refused,
                unanswered: contention.unanswered,
            },
            cuts: cuts.collect(),
            standing: TriedStanding {
                waited_ms: standing.waited.map(|waited| waited.as_millis() as u64),
            },
            ended: TriedEnded { sessions: ended.sessions, refused: ended.refused },
            groups: *groups,
            faults: faults.collect(),
            unfinished: unfinished.collect(),
            left,
        }
    }
}
