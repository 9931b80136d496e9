//! Many connections that commit to one record at the same time.
//!
//! Always holds: a commit that was outrun, or refused, is tried again at the present head; one
//! without an answer is asked for under the lock of the row. Not here: the comparison
//! (`acknowledged`).

use super::acknowledged::Acknowledged;
use super::group::CheckGroup;
use super::report::{CheckPart, ContentionCounts};
use super::{CheckRecord, Run, is_broken};
use crate::database::{Database, DatabaseError, RowsWritten};
use crate::store::StoreHead;
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicU64, Ordering};

/// How often in a row a commit may fail otherwise than by being outrun.
const TRIES: u32 = 40;

/// Commits the groups of each connection, and compares.
pub(super) fn check(run: &mut Run<'_>) -> Result<(), DatabaseError> {
    let (record, plan, on_step) = (run.record, run.plan, run.on_step);
    let start = record.settled()?.head;
    let connect = |number| Writer::connect(record, number, start);
    let writers: Vec<Writer<'_>> = (0..plan.connections).map(connect).collect::<Result<_, _>>()?;
    let done = AtomicU64::new(run.acknowledged.events());
    let on_written = |events: u64| {
        let before = done.fetch_add(events, Ordering::Relaxed);
        on_step(CheckPart::Contention, before + events);
    };
    let write = |mut writer| {
        let ended = Writer::write_all(&mut writer, plan.rounds, &on_written);
        (writer, ended)
    };
    let written: Vec<(Writer<'_>, Result<(), DatabaseError>)> = std::thread::scope(|scope| {
        let start = |writer| scope.spawn(move || write(writer));
        let threads: Vec<_> = writers.into_iter().map(start).collect();
        let threads = threads.into_iter();
        threads.map(|thread| thread.join().unwrap_or_else(|panic| resume_unwind(panic))).collect()
    });
    run.report.contention.connections = plan.connections;
    let mut ended = Ok(());
    for (writer, its_end) in written {
        run.report.contention.add(&writer.counts);
        // What one that failed was told before counts too.
        run.acknowledged.add(writer.acknowledged);
        ended = ended.and(its_end);
    }
    run.compare(CheckPart::Contention, start)?;
    ended
}

/// One connection, and what it was told.
struct Writer<'a> {
    record: &'a CheckRecord,
    number: u32,
    database: Database,
    /// The head that it knows.
    from: StoreHead,
    counts: ContentionCounts,
    acknowledged: Acknowledged,
}

impl<'a> Writer<'a> {
    fn connect(
        record: &'a CheckRecord,
        number: u32,
        from: StoreHead,
    ) -> Result<Writer<'a>, DatabaseError> {
        let (counts, acknowledged) = (ContentionCounts::default(), Acknowledged::default());
        let database = record.connect()?;
        Ok(Writer { record, number, database, from, counts, acknowledged })
    }

    /// Commits this many groups, one after the other as fast as it can.
    ///
    /// Errors: one of them failed too often.
    fn write_all(
        &mut self,
        rounds: u32,
        on_written: &(dyn Fn(u64) + Sync),
    ) -> Result<(), DatabaseError> {
        for round in 0..rounds {
            let (record, number) = (self.record, self.number);
            let name = format!("{} connection {number}, group {round}", record.origin);
            on_written(self.write(&name)?);
        }
        Ok(())
    }

    /// Commits a group, after however many others; returns the number of its events.
    ///
    /// Errors: it failed too often.
    fn write(&mut self, name: &str) -> Result<u64, DatabaseError> {
        let id = self.record.id;
        let mut tries = 0;
        loop {
            let group = CheckGroup::small(self.from, name);
            match self.database.commit(id, &group.rows()) {
                Ok(RowsWritten::Written) => {
                    self.counts.acknowledged += 1;
                    let written = self.keep(&group);
                    return self.read_back(&group).map(|()| written);
                }
                Ok(RowsWritten::Outrun(head)) => {
                    self.counts.outrun += 1;
                    self.from = head;
                }
                Err(DatabaseError::Unknown { .. }) => {
                    self.counts.unanswered += 1;
                    self.from = self.record.settled()?.head;
                    self.database = self.record.connect()?;
                    if self.record.has(&mut self.database, &group)? {
                        return Ok(self.keep(&group));
                    }
                }
                Err(error) => {
                    tries += 1;
                    if tries >= TRIES || matches!(error, DatabaseError::KeptElsewhere(_)) {
                        return Err(error);
                    }
                    self.counts.refused += 1;
                    if !is_broken(&error) {
                        self.from = self.record.settled()?.head;
                        self.database = self.record.connect()?;
                        continue;
                    }
                    self.from = self.database.head(id)?.head;
                }
            }
        }
    }

    /// Reads the first event of an acknowledged group at once, as a server reads what others wrote:
    /// without a transaction around it.
    ///
    /// Errors: it is not there, or the engine cannot say.
    fn read_back(&mut self, group: &CheckGroup) -> Result<(), DatabaseError> {
        let position = group.from.size;
        match self.database.event(self.record.id, position) {
            Ok(found) if found.as_ref() == group.entries.first() => Ok(()),
            Ok(found) => {
                let expected = format!("the event at {position}, which was acknowledged");
                let found = if found.is_some() { "another one" } else { "none" };
                Err(self.database.damaged(expected, found))
            }
            Err(error) if is_broken(&error) => Err(error),
            // The next commit finds the connection lost, and makes another one.
            Err(_) => Ok(()),
        }
    }

    /// Notes that a group is there; returns the number of its events.
    fn keep(&mut self, group: &CheckGroup) -> u64 {
        self.acknowledged.keep(group);
        self.from = group.to;
        group.to.size - group.from.size
    }
}
