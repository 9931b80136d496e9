//! Commits whose connection is cut: before the COMMIT, at moments that are spread over the time of
//! a commit, and after it.
//!
//! After each cut a new connection asks under the lock of the row what became of the commit. That
//! answer must stay true: the next commit continues the head that was found, and in the end the
//! whole record is compared.
//!
//! Always holds: a commit of which no byte passed is not there. Not here: how a connection is cut
//! (`proxy`).

use super::group::CheckGroup;
use super::proxy::{ArmedCut, CuttingProxy};
use super::report::{CheckPart, CutCounts, CutMoment, FoundFault};
use super::{CheckRecord, Run};
use crate::database::{Database, DatabaseError, RowsWritten};
use crate::store::StoreHead;
use std::time::{Duration, Instant};

/// How many commits are measured first.
pub(super) const SAMPLES: u64 = 9;

const PLACED_TWICE: &str = "after a lost answer a server would believe another state than the one \
                            that the record has: events would be placed twice, or not at all";

/// Cuts the connections, and compares.
pub(super) fn check(run: &mut Run<'_>) -> Result<(), DatabaseError> {
    let start = run.record.settled()?.head;
    let (mut from, spread) = measure(run, start)?;
    let rounds = run.plan.rounds;
    for round in 0..rounds {
        let number = round as usize % CutMoment::ALL.len();
        let moment = CutMoment::ALL[number];
        let cut = match moment {
            CutMoment::Before => ArmedCut::Before,
            CutMoment::At => ArmedCut::At(spread * 2 * round / rounds),
            CutMoment::After => ArmedCut::After,
        };
        let group = CheckGroup::small(from, &format!("{} cut {round}", run.record.origin));
        let committed = cut_commit(run.record, &group, cut)?;
        from = judge(run, &group, moment, committed)?;
        run.step(CheckPart::Cuts);
    }
    run.compare(CheckPart::Cuts, start)
}

/// Commits a few groups, and returns the head after them and the median time of a COMMIT.
fn measure(run: &mut Run<'_>, from: StoreHead) -> Result<(StoreHead, Duration), DatabaseError> {
    let record = run.record;
    let mut database = record.connect()?;
    let (mut from, mut times) = (from, Vec::new());
    for number in 0..SAMPLES {
        let group = CheckGroup::small(from, &format!("{} measured {number}", record.origin));
        let mut begun = Instant::now();
        let done = database.commit_with(record.id, &group.rows(), || begun = Instant::now())?;
        times.push(begun.elapsed());
        match done {
            RowsWritten::Written => {
                run.acknowledged.keep(&group);
                from = group.to;
            }
            RowsWritten::Outrun(head) => from = head,
        }
    }
    times.sort_unstable();
    Ok((from, times[times.len() / 2]))
}

/// Commits a group over a connection that is cut.
///
/// Errors: no connection could be made. The result of the commit is in the value.
fn cut_commit(
    record: &CheckRecord,
    group: &CheckGroup,
    cut: ArmedCut,
) -> Result<Result<RowsWritten, DatabaseError>, DatabaseError> {
    let unreachable =
        |why: String| DatabaseError::Unreachable { address: record.address.to_string(), why };
    let host = record.host()?;
    let place = host.place().ok_or_else(|| unreachable("no host".to_owned()))?;
    let proxy = CuttingProxy::before(place)
        .map_err(|error| unreachable(format!("no proxy before it could be made: {error}")))?;
    let mut database = Database::connect(&host.through(proxy.port))?;
    let mut asking = record.connect()?;
    Ok(std::thread::scope(|scope| {
        database.commit_with(record.id, &group.rows(), || {
            proxy.arm(cut);
            if cut == ArmedCut::After {
                // The lock of the row is free once the engine is done with the commit.
                scope.spawn(|| {
                    let _ = asking.settled_head(record.id);
                    proxy.cut();
                });
            }
        })
    }))
}

/// Asks what became of a commit, compares it with what was said, and returns the present head.
fn judge(
    run: &mut Run<'_>,
    group: &CheckGroup,
    moment: CutMoment,
    committed: Result<RowsWritten, DatabaseError>,
) -> Result<StoreHead, DatabaseError> {
    let head = run.record.settled()?.head;
    let is_there = head == group.to;
    let mut fault = |expected: String, found: String, meaning: &'static str| {
        let position = Some(group.from.size);
        run.fault(CheckPart::Cuts, FoundFault { position, expected, found, meaning });
    };
    let of = |head: &StoreHead| match head.hash {
        Some(hash) => format!("{} events that end in {hash}", head.size),
        None => "no events".to_owned(),
    };
    let mut counts = CutCounts { rounds: 1, ..CutCounts::default() };
    match &committed {
        Ok(RowsWritten::Outrun(found)) => {
            let expected = format!("{}, as after the cut before this one", of(&group.from));
            fault(expected, of(found), PLACED_TWICE);
        }
        _ if !is_there && head != group.from => {
            let expected = format!("{} or {}", of(&group.from), of(&group.to));
            fault(expected, of(&head), PLACED_TWICE);
        }
        Ok(RowsWritten::Written) if !is_there => {
            let expected = "events that were acknowledged before the connection was cut";
            let meaning = "editors were told that these events are written, and the record has \
                           not got them";
            fault(expected.to_owned(), "none there".to_owned(), meaning);
        }
        _ if is_there && moment == CutMoment::Before => {
            let expected = "no events of a commit that never reached the engine";
            let meaning = "the engine commits what it was not asked to commit";
            fault(expected.to_owned(), "they are there".to_owned(), meaning);
        }
        Ok(RowsWritten::Written) => counts.acknowledged = 1,
        Err(_) if is_there => counts.kept = 1,
        Err(_) => counts.lost = 1,
    }
    match is_there {
        true => run.acknowledged.keep(group),
        false => run.acknowledged.lose(group),
    }
    run.report.cuts[moment as usize].add(&counts);
    Ok(head)
}
