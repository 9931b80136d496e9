//! Whether the engine behind an address keeps what it acknowledges, tried out on a record that is
//! made for it.
//!
//! A check writes as the server of a record does, over the same functions: alone (`contract`), from
//! many connections at once (`contention`), over connections that are cut around a COMMIT (`cuts`,
//! `proxy`), beside a transaction that stands still and in sessions that are ended (`held`). What
//! was acknowledged is compared with what is there (`acknowledged`).
//!
//! Always holds: only the record of the check is written to; it is never one that is kept here, so
//! no server takes it for its own. What did not run to its end is reported as such. Not here: an
//! engine, a machine or a disk that fails; settings, tables and rights (`fitness`).

mod acknowledged;
mod contention;
mod contract;
mod cuts;
mod group;
mod held;
mod proxy;
mod report;

pub use report::{
    CheckPart, ContentionCounts, ContractCounts, CutCounts, CutMoment, EndedCounts, EngineFault,
    EngineReport, StandingCounts, UnfinishedPart,
};

use super::{Database, DatabaseAddress, DatabaseError, HeadRow, KeptRecord};
use crate::entropy::{Entropy, EntropyError, draw};
use crate::store::StoreHead;
use acknowledged::Acknowledged;
use annals_core::hash::Hash;
use group::{CheckGroup, GROUP, MARK};
use std::time::{Duration, Instant};

/// How many commits of a session that was ended are tried.
const ENDED: u32 = 10;
/// How long the engine is asked what became of a commit, and the pause between two questions.
const PATIENCE: Duration = Duration::from_secs(30);
const PAUSE: Duration = Duration::from_millis(250);
/// The bytes of a row beside its values, about.
const ROW: u64 = 64;

/// What a check does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CheckPlan {
    /// How many commits are cut, and how many groups each connection commits: at least 1.
    pub rounds: u32,
    /// How many connections commit at the same time: at least 2.
    pub connections: u32,
}

/// What a check leaves in the database.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RowsLeft {
    /// The rows of events.
    pub events: u64,
    /// All other rows.
    pub others: u64,
    /// The bytes of all of them, about.
    pub bytes: u64,
}

impl CheckPlan {
    /// The most rows that a check leaves, where every commit succeeds.
    pub fn most_rows(&self) -> RowsLeft {
        let (rounds, connections) = (u64::from(self.rounds), u64::from(self.connections));
        let groups = rounds * connections + cuts::SAMPLES + rounds + 2 + u64::from(ENDED);
        let small = groups * GROUP;
        let events = contract::EVENTS + small;
        let bytes = contract::BYTES + small * group::EVENT_BYTES;
        let others = 2 + contract::DOCUMENT_ROWS;
        RowsLeft { events, others, bytes: bytes + (events + others) * ROW }
    }
}

/// A record that is made for a check, and the address at which it is made.
pub struct CheckRecord {
    address: DatabaseAddress,
    id: i32,
    origin: String,
}

impl CheckRecord {
    /// A name for the record of a check.
    ///
    /// Errors: there are no random bytes.
    pub fn name(entropy: &mut dyn Entropy) -> Result<String, EntropyError> {
        Ok(format!("check-{:016x}", u64::from_be_bytes(draw(entropy)?)))
    }

    /// Whether a record was made for a check.
    pub fn is_one(record: &KeptRecord) -> bool {
        record.row.moved.as_deref() == Some(MARK)
    }

    /// The statements with which an owner of the tables removes the record of this name.
    pub fn removal(origin: &str) -> Vec<String> {
        let name = origin.replace('\'', "''");
        let rows = |table: &str| {
            format!(
                "DELETE FROM annals.{table} WHERE ledger = (SELECT id FROM annals.ledger WHERE \
                 origin = '{name}');"
            )
        };
        let mut statements: Vec<String> =
            ["event", "document", "whole", "checkpoint"].map(rows).into();
        statements.push(format!("DELETE FROM annals.ledger WHERE origin = '{name}';"));
        statements
    }

    /// Makes the record.
    ///
    /// Errors: the database cannot keep records, or has one of this name.
    pub fn make(address: &DatabaseAddress, origin: &str) -> Result<CheckRecord, DatabaseError> {
        let mut database = Database::connect(address)?;
        database.expect_fit()?;
        let id = database.add_record(origin, &Hash::of(&[]), MARK)?;
        Ok(CheckRecord { address: address.clone(), id, origin: origin.to_owned() })
    }

    /// Runs the whole check. `on_step` is called with each part and the number of events committed
    /// so far, from several threads.
    pub fn check(
        &self,
        plan: &CheckPlan,
        on_step: &(dyn Fn(CheckPart, u64) + Sync),
    ) -> EngineReport {
        let mut run = Run {
            record: self,
            plan: *plan,
            on_step,
            report: EngineReport::default(),
            acknowledged: Acknowledged::default(),
        };
        run.part(CheckPart::Contract, contract::check);
        run.part(CheckPart::Contention, contention::check);
        run.part(CheckPart::Cuts, cuts::check);
        run.part(CheckPart::Standing, held::stand_still);
        run.part(CheckPart::Ended, held::end_sessions);
        run.part(CheckPart::ReadAgain, read_again);
        run.report
    }

    fn connect(&self) -> Result<Database, DatabaseError> {
        Database::connect(&self.address)
    }

    /// Where the record ends, asked of a new connection under the lock of its row, until there is
    /// an answer.
    ///
    /// Errors: there was none in time; the row is not there.
    fn settled(&self) -> Result<HeadRow, DatabaseError> {
        let begun = Instant::now();
        loop {
            let asked = self.connect().and_then(|mut database| database.settled_head(self.id));
            let is_answer = match &asked {
                Ok(_) | Err(DatabaseError::Damaged { .. }) => true,
                // The lock may be held for a while by a connection that is gone.
                Err(_) => false,
            };
            if is_answer || begun.elapsed() > PATIENCE {
                return asked;
            }
            std::thread::sleep(PAUSE);
        }
    }

    /// The present host of the address: the first one that can be written to.
    ///
    /// Errors: there is none.
    fn host(&self) -> Result<DatabaseAddress, DatabaseError> {
        let mut last = None;
        for host in self.address.hosts() {
            match Database::connect(&host) {
                Ok(_) => return Ok(host),
                Err(error) => last = Some(error),
            }
        }
        Err(last.unwrap_or_else(|| DatabaseError::Address {
            found: self.address.to_string(),
            why: "it names no host".to_owned(),
        }))
    }

    /// Whether a group is at its place.
    fn has(&self, database: &mut Database, group: &CheckGroup) -> Result<bool, DatabaseError> {
        Ok(database.event(self.id, group.from.size)?.as_ref() == group.entries.first())
    }
}

/// Whether an error is an answer of the engine that breaks a promise, rather than none.
fn is_broken(error: &DatabaseError) -> bool {
    match error {
        DatabaseError::Damaged { .. }
        | DatabaseError::NoRecord(_)
        | DatabaseError::KeptElsewhere(_) => true,
        DatabaseError::Failed { lost, .. } => !lost,
        _ => false,
    }
}

/// A check at work.
struct Run<'a> {
    record: &'a CheckRecord,
    plan: CheckPlan,
    on_step: &'a (dyn Fn(CheckPart, u64) + Sync),
    report: EngineReport,
    acknowledged: Acknowledged,
}

impl Run<'_> {
    /// Runs a part. An error that is an answer of the engine is a fault; any other one ends the
    /// part.
    fn part(&mut self, part: CheckPart, run: fn(&mut Self) -> Result<(), DatabaseError>) {
        self.step(part);
        // An engine that is away by now is not waited for in every part.
        let there = self.record.connect().map(drop);
        match there.and_then(|()| run(self)) {
            Ok(()) => {}
            Err(error) if is_broken(&error) => self.report.faults.push(EngineFault {
                part,
                position: None,
                expected: "the statements of a server to be run".to_owned(),
                found: error.to_string(),
                meaning: "a server cannot keep its record here; a pool between must give each \
                          connection a session of its own",
            }),
            Err(error) => {
                self.report.unfinished.push(UnfinishedPart { part, why: error.to_string() });
            }
        }
    }

    fn step(&self, part: CheckPart) {
        (self.on_step)(part, self.acknowledged.events());
    }

    fn fault(&mut self, part: CheckPart, fault: report::FoundFault) {
        self.report.faults.push(fault.of(part));
    }

    /// Compares what was acknowledged with what is there, from a head on.
    fn compare(&mut self, part: CheckPart, from: StoreHead) -> Result<(), DatabaseError> {
        let faults = self.acknowledged.compare(self.record, from)?;
        faults.into_iter().for_each(|fault| self.fault(part, fault));
        Ok(())
    }
}

/// Compares all of the record, and counts the rows that stay.
fn read_again(run: &mut Run<'_>) -> Result<(), DatabaseError> {
    run.compare(CheckPart::ReadAgain, StoreHead::EMPTY)?;
    run.report.groups = run.acknowledged.groups();
    run.report.left = Some(rows_left(&mut run.record.connect()?, run.record.id)?);
    Ok(())
}

/// The rows of a record.
fn rows_left(database: &mut Database, id: i32) -> Result<RowsLeft, DatabaseError> {
    let failed = database.failed("count its rows");
    let mut count = |query: &str| -> Result<(u64, u64), DatabaseError> {
        let row = database.client.query_one(query, &[&id]).map_err(&failed)?;
        let number = |column: usize| -> Result<u64, DatabaseError> {
            let number: i64 = row.try_get(column).map_err(&failed)?;
            Ok(u64::try_from(number).unwrap_or(0))
        };
        Ok((number(0)?, number(1)?))
    };
    let (events, in_events) = count(
        "SELECT count(*), coalesce(sum(octet_length(record) + \
         coalesce(octet_length(body), 0)), 0)::bigint FROM annals.event WHERE ledger = $1",
    )?;
    let (parts, in_parts) = count(
        "SELECT count(*), coalesce(sum(octet_length(bytes)), 0)::bigint \
         FROM annals.document WHERE ledger = $1",
    )?;
    let (whole, _) = count("SELECT count(*), 0::bigint FROM annals.whole WHERE ledger = $1")?;
    // The record's own row, and that of its checkpoint.
    let others = parts + whole + 2;
    let bytes = in_events + in_parts + (events + others) * ROW;
    Ok(RowsLeft { events, others, bytes })
}
