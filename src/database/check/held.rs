//! Connections that stop before their COMMIT: one that says nothing more, and some whose sessions
//! are ended.
//!
//! Always holds: what such a connection is told of its commit afterwards is compared as every other
//! acknowledgement. Not here: connections that are cut (`cuts`).

use super::group::CheckGroup;
use super::report::{CheckPart, FoundFault, UnfinishedPart};
use super::{ENDED, PATIENCE, Run, is_broken};
use crate::database::{Database, DatabaseError, RowsWritten};
use std::sync::mpsc;
use std::time::{Duration, Instant};

const HANGS: &str = "a server that hangs stops all others; a pool between must keep what SET says \
                     of lock_timeout and idle_in_transaction_session_timeout";

/// A transaction stands still before its COMMIT, with the lock of the row: another connection
/// commits once the engine has ended it.
pub(super) fn stand_still(run: &mut Run<'_>) -> Result<(), DatabaseError> {
    let record = run.record;
    let start = record.settled()?.head;
    let (mut standing, mut other) = (record.connect()?, record.connect()?);
    let mine = CheckGroup::small(start, &format!("{} stands still", record.origin));
    let next = CheckGroup::small(start, &format!("{} goes on", record.origin));
    let (told, heard) = mpsc::channel();
    // How long the other connection waited, if it had an answer while the first one stood still.
    let mut waited = None;
    let (mine_done, next_done) = std::thread::scope(|scope| {
        let (id, next, mut answer) = (record.id, &next, None);
        let mine_done = standing.commit_with(id, &mine.rows(), || {
            let begun = Instant::now();
            scope.spawn(move || told.send(commit_once_free(&mut other, id, next)));
            answer = heard.recv_timeout(PATIENCE).ok();
            waited = answer.is_some().then(|| begun.elapsed());
        });
        // If it waited in vain, it goes on now; it was not begun if the first one never stood.
        (mine_done, answer.or_else(|| heard.recv().ok()))
    });
    if let Ok(RowsWritten::Written) = mine_done {
        run.acknowledged.keep(&mine);
    }
    if let Some(Ok(RowsWritten::Written)) = next_done {
        run.acknowledged.keep(&next);
    }
    let found = match (next_done, waited) {
        (Some(Ok(RowsWritten::Written)), Some(_)) => {
            run.report.standing.waited = waited;
            None
        }
        (Some(Ok(RowsWritten::Outrun(_))), Some(_)) => Some("another head, which nobody committed"),
        (Some(Err(error)), _) if !is_broken(&error) => return Err(error),
        // It had no answer in time, or was refused until then.
        (Some(_), _) => Some("its lock of the record, still held"),
        (None, _) => mine_done.map(|_| Some("another head, which nobody committed"))?,
    };
    if let Some(found) = found {
        let seconds = PATIENCE.as_secs();
        let fault = FoundFault {
            position: Some(start.size),
            expected: format!("a transaction that stands still to be ended within {seconds} s"),
            found: found.to_owned(),
            meaning: HANGS,
        };
        run.fault(CheckPart::Standing, fault);
    }
    run.step(CheckPart::Standing);
    run.compare(CheckPart::Standing, start)
}

/// Commits as soon as the lock of the row is free.
fn commit_once_free(
    database: &mut Database,
    id: i32,
    group: &CheckGroup,
) -> Result<RowsWritten, DatabaseError> {
    let begun = Instant::now();
    loop {
        match database.commit(id, &group.rows()) {
            // It waits for the lock as long as it may, and is refused.
            Err(error) if is_broken(&error) && begun.elapsed() < PATIENCE => {}
            done => return done,
        }
    }
}

/// Sessions are ended before their COMMIT: no such commit is acknowledged, and none is there.
pub(super) fn end_sessions(run: &mut Run<'_>) -> Result<(), DatabaseError> {
    let record = run.record;
    let start = record.settled()?.head;
    let mut from = start;
    for round in 0..ENDED {
        let (mut database, mut other) = (record.connect()?, record.connect()?);
        let session = session(&mut database)?;
        let group = CheckGroup::small(from, &format!("{} ended {round}", record.origin));
        let mut ended = Ok(());
        let committed = database.commit_with(record.id, &group.rows(), || {
            ended = end(&mut other, session);
        });
        let is_acknowledged = matches!(committed, Ok(RowsWritten::Written));
        from = record.settled()?.head;
        let is_there = from == group.to;
        match is_there || is_acknowledged {
            true => run.acknowledged.keep(&group),
            false => run.acknowledged.lose(&group),
        }
        if let Err(error) = ended {
            // The commit went on.
            let why = format!("the role of a server may not end its own sessions: {error}");
            run.report.unfinished.push(UnfinishedPart { part: CheckPart::Ended, why });
            break;
        }
        run.report.ended.sessions += 1;
        match (is_acknowledged, is_there) {
            (false, false) => run.report.ended.refused += 1,
            _ => run.fault(
                CheckPart::Ended,
                FoundFault {
                    position: Some(group.from.size),
                    expected: "no commit of a session that was ended before it".to_owned(),
                    found: match is_acknowledged {
                        true => "an acknowledgement".to_owned(),
                        false => "its events".to_owned(),
                    },
                    meaning: "the engine commits for a session that is no more",
                },
            ),
        }
        run.step(CheckPart::Ended);
    }
    run.compare(CheckPart::Ended, start)
}

/// The number of the session that answers a connection.
fn session(database: &mut Database) -> Result<i32, DatabaseError> {
    let failed = database.failed("name its session");
    let row = database.client.query_one("SELECT pg_backend_pid()", &[]).map_err(&failed)?;
    row.try_get(0).map_err(&failed)
}

/// Ends a session of the same role, and waits until it is gone.
fn end(database: &mut Database, session: i32) -> Result<(), DatabaseError> {
    let failed = database.failed("end a session");
    let begun = Instant::now();
    database.client.query_one("SELECT pg_terminate_backend($1)", &[&session]).map_err(&failed)?;
    let there = "SELECT 1 FROM pg_stat_activity WHERE pid = $1";
    while database.client.query_opt(there, &[&session]).map_err(&failed)?.is_some() {
        if begun.elapsed() > PATIENCE {
            let why = format!("it is there still after {} s", PATIENCE.as_secs());
            return Err(database.unknown("end a session", &why));
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    Ok(())
}
