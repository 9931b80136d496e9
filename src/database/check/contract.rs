//! What one server needs of its database, one promise after the other.
//!
//! Always holds: each promise is tried over two new connections, so that what one of them is told
//! is what another one sees; it begins at the present end of the record. Not here: many connections
//! at once (`contention`), and connections that are lost (`cuts`).

use super::group::{CheckGroup, MARK, digest, small_entries};
use super::report::{CheckPart, FoundFault, UnfinishedPart};
use super::{CheckRecord, Run, is_broken};
use crate::database::{Database, DatabaseError, RowGroup, RowsWritten};
use crate::store::StoreHead;
use annals_core::event::Entry;
use annals_core::hash::Hash;
use postgres::GenericClient;

/// The events of one commit that is larger than what is read at once.
const MANY: u64 = 200;
/// The largest record of an event, and its largest body, in bytes.
const LARGEST_RECORD: usize = 4_096;
const LARGEST_BODY: usize = 2 << 20;
/// A document of three parts.
const DOCUMENT: usize = 1_300_000;

/// The events that are committed here; their bytes, with the document, about; the rows of the
/// documents: three parts, and two that are whole.
pub(super) const EVENTS: u64 = 3 + 6 + MANY;
pub(super) const BYTES: u64 =
    (LARGEST_BODY + 4 * LARGEST_RECORD + DOCUMENT) as u64 + (3 + MANY) * super::group::EVENT_BYTES;
pub(super) const DOCUMENT_ROWS: u64 = 3 + 2;

/// A promise: what is expected, and what it means for a record if it is not so.
struct Promise {
    expected: &'static str,
    meaning: &'static str,
    hold: fn(&mut Trial<'_>) -> Result<(), Broken>,
}

/// In this order, because later ones read what earlier ones wrote.
const PROMISES: [Promise; 12] = [
    Promise {
        expected: "sessions with the limits that a server sets: lock_timeout 5s, \
                   idle_in_transaction_session_timeout 10s",
        meaning: "a server that hangs stops all others; a pool between must keep what SET says",
        hold: limits,
    },
    Promise {
        expected: "a new record without events and without a checkpoint",
        meaning: "a record cannot be moved into this database",
        hold: empty,
    },
    Promise {
        expected: "acknowledged events to be there at once, for every connection",
        meaning: "editors are told that events are written, and another server does not see them",
        hold: written,
    },
    Promise {
        expected: "a commit at another head to write nothing",
        meaning: "two servers write over each other",
        hold: outrun,
    },
    Promise {
        expected: "a second event at a position to be refused",
        meaning: "one position has two events",
        hold: one_event,
    },
    Promise {
        expected: "nothing of a transaction that was rolled back, or in which a statement failed",
        meaning: "a part of a submission is in the record",
        hold: nothing_in_part,
    },
    Promise {
        expected: "events that are not committed to be seen by no other connection",
        meaning: "readers are shown what may never be written",
        hold: unseen,
    },
    Promise {
        expected: "the smallest and the largest events to come back byte for byte",
        meaning: "signatures over these bytes are not valid any more",
        hold: bytes,
    },
    Promise {
        expected: "events in the order of their positions, from every position on",
        meaning: "the chain of the record does not hold",
        hold: order,
    },
    Promise {
        expected: "documents of several parts, and of none, to come back byte for byte",
        meaning: "quotations cannot be compared with their documents",
        hold: documents,
    },
    Promise {
        expected: "a checkpoint that is replaced by a larger one alone",
        meaning: "readers are shown a record that is shorter than the one that they know",
        hold: checkpoint,
    },
    Promise {
        expected: "a record that is kept elsewhere to be written to by nobody here",
        meaning: "a record that was moved goes on in two places",
        hold: kept_elsewhere,
    },
];

/// Why a promise does not hold, or could not be tried.
enum Broken {
    /// What was found, and the position that it is about.
    Found(String, Option<u64>),
    /// An error.
    Error(DatabaseError),
}

impl From<DatabaseError> for Broken {
    fn from(error: DatabaseError) -> Broken {
        Broken::Error(error)
    }
}

/// Tries each promise.
pub(super) fn check(run: &mut Run<'_>) -> Result<(), DatabaseError> {
    let start = StoreHead::EMPTY;
    for Promise { expected, meaning, hold } in PROMISES {
        run.report.contract.tried += 1;
        let held = Trial::begin(run).and_then(|mut trial| hold(&mut trial));
        let (position, found) = match held {
            Ok(()) => {
                run.report.contract.held += 1;
                run.step(CheckPart::Contract);
                continue;
            }
            Err(Broken::Found(found, position)) => (position, found),
            Err(Broken::Error(error)) if is_broken(&error) => (None, error.to_string()),
            Err(Broken::Error(error)) => {
                let why = format!("{expected}: not tried: {error}");
                run.report.unfinished.push(UnfinishedPart { part: CheckPart::Contract, why });
                continue;
            }
        };
        let expected = expected.to_owned();
        run.fault(CheckPart::Contract, FoundFault { position, expected, found, meaning });
    }
    run.compare(CheckPart::Contract, start)
}

/// Two connections, and the end of the record as it is when a promise is tried.
struct Trial<'a> {
    record: &'a CheckRecord,
    acknowledged: &'a mut super::Acknowledged,
    one: Database,
    other: Database,
    from: StoreHead,
}

impl<'a> Trial<'a> {
    fn begin<'r: 'a>(run: &'a mut Run<'r>) -> Result<Trial<'a>, Broken> {
        let record = run.record;
        let (mut one, other) = (record.connect()?, record.connect()?);
        let from = one.settled_head(record.id)?.head;
        Ok(Trial { record, acknowledged: &mut run.acknowledged, one, other, from })
    }

    /// Commits these entries over the first connection; both must then see them.
    fn commit(&mut self, entries: Vec<Entry>) -> Result<CheckGroup, Broken> {
        let id = self.record.id;
        let group = CheckGroup::of(self.from, entries);
        match self.one.commit(id, &group.rows())? {
            RowsWritten::Written => {}
            RowsWritten::Outrun(head) => {
                return Err(self.found(format!("a commit at the head outrun by {}", head.size)));
            }
        }
        self.acknowledged.keep(&group);
        self.expect_head(group.to)?;
        self.from = group.to;
        Ok(group)
    }

    /// Expects that the other connection finds the record to end so.
    fn expect_head(&mut self, head: StoreHead) -> Result<(), Broken> {
        let found = self.other.head(self.record.id)?.head;
        if found != head {
            let what = if found.size == head.size { "events that are others" } else { "events" };
            return Err(self.found(format!("{} {what}, expected {}", found.size, head.size)));
        }
        let last = self.other.event(self.record.id, head.size)?;
        match last {
            None => Ok(()),
            Some(_) => Err(self.found("an event after the end of the record")),
        }
    }

    fn found(&self, found: impl Into<String>) -> Broken {
        Broken::Found(found.into(), Some(self.from.size))
    }
}

fn limits(trial: &mut Trial<'_>) -> Result<(), Broken> {
    let failed = trial.one.failed("tell its limits");
    let limits = "SELECT current_setting('lock_timeout'), \
         current_setting('idle_in_transaction_session_timeout')";
    // Within a transaction, as a commit is.
    let mut work = trial.one.client.transaction().map_err(&failed)?;
    let row = work.query_one(limits, &[]).map_err(&failed)?;
    work.rollback().map_err(&failed)?;
    let (lock, idle): (String, String) =
        (row.try_get(0).map_err(&failed)?, row.try_get(1).map_err(&failed)?);
    match (lock.as_str(), idle.as_str()) {
        ("5s", "10s") => Ok(()),
        _ => Err(Broken::Found(format!("{lock} and {idle}"), None)),
    }
}

fn empty(trial: &mut Trial<'_>) -> Result<(), Broken> {
    let id = trial.record.id;
    let row = trial.other.head(id)?;
    if row.head != StoreHead::EMPTY || row.root != Hash::of(&[]) {
        return Err(trial.found(format!("{} events", row.head.size)));
    }
    if row.moved.as_deref() != Some(MARK) {
        return Err(trial.found(format!("one that is kept at {:?}", row.moved)));
    }
    match (trial.other.event(id, 0)?, trial.other.note(id)?) {
        (None, None) => Ok(()),
        (Some(_), _) => Err(trial.found("an event at 0")),
        (None, Some(_)) => Err(trial.found("a checkpoint")),
    }
}

fn written(trial: &mut Trial<'_>) -> Result<(), Broken> {
    let name = format!("{} first", trial.record.origin);
    let group = trial.commit(small_entries(&name, 3))?;
    let row = trial.other.head(trial.record.id)?;
    match row.root == group.rows().root {
        true => Ok(()),
        false => Err(trial.found("another root than the one that was committed")),
    }
}

fn outrun(trial: &mut Trial<'_>) -> Result<(), Broken> {
    let (id, present) = (trial.record.id, trial.from);
    let name = format!("{} outrun", trial.record.origin);
    // A shorter record, a longer one, and another one of the same size.
    let longer = StoreHead { size: present.size + 1, hash: present.hash };
    let another = StoreHead { size: present.size, hash: Some(digest(b"another")) };
    for from in [StoreHead::EMPTY, longer, another] {
        let group = CheckGroup::small(from, &name);
        let written = trial.one.commit(id, &group.rows())?;
        if written != RowsWritten::Outrun(present) {
            let found = format!("at a head of {} events: {written:?}", from.size);
            return Err(trial.found(found));
        }
        trial.expect_head(present)?;
    }
    Ok(())
}

/// Adds events without looking at the head.
fn insert(
    work: &mut impl GenericClient,
    id: i32,
    first: u64,
    entries: &[Entry],
) -> Result<u64, postgres::Error> {
    let query = "INSERT INTO annals.event (ledger, position, record, body) \
         VALUES ($1, $2, $3, $4)";
    for (position, entry) in (first as i64..).zip(entries) {
        work.execute(query, &[&id, &position, &entry.record, &entry.body])?;
    }
    Ok(entries.len() as u64)
}

fn one_event(trial: &mut Trial<'_>) -> Result<(), Broken> {
    let (id, size) = (trial.record.id, trial.from.size);
    let entry = small_entries("a second event", 1);
    for position in [0, size.saturating_sub(1)] {
        let before = trial.other.event(id, position)?;
        let done = insert(&mut trial.one.client, id, position, &entry);
        if done.is_ok() || trial.other.event(id, position)? != before {
            return Err(Broken::Found("it was taken".to_owned(), Some(position)));
        }
    }
    Ok(())
}

fn nothing_in_part(trial: &mut Trial<'_>) -> Result<(), Broken> {
    let (id, from) = (trial.record.id, trial.from);
    let failed = trial.one.failed("roll back");
    let group = CheckGroup::small(from, &format!("{} rolled back", trial.record.origin));
    let mut work = trial.one.client.transaction().map_err(&failed)?;
    insert(&mut work, id, from.size, &group.entries).map_err(&failed)?;
    work.execute(
        "UPDATE annals.ledger SET root = $2 WHERE id = $1",
        &[&id, &group.rows().root.0.as_slice()],
    )
    .map_err(&failed)?;
    work.rollback().map_err(&failed)?;
    trial.expect_head(from)?;
    if trial.other.head(id)?.root == group.rows().root {
        return Err(trial.found("the root of a transaction that was rolled back"));
    }
    // A good event, then one at a position that is taken: the COMMIT must not keep the first one.
    trial.one.client.batch_execute("BEGIN").map_err(&failed)?;
    insert(&mut trial.one.client, id, from.size, &group.entries).map_err(&failed)?;
    let second = insert(&mut trial.one.client, id, 0, &group.entries);
    let _ = trial.one.client.batch_execute("COMMIT");
    match second {
        Ok(_) => Err(trial.found("a second event at 0 that was taken")),
        Err(_) => trial.expect_head(from),
    }
}

fn unseen(trial: &mut Trial<'_>) -> Result<(), Broken> {
    let (id, from) = (trial.record.id, trial.from);
    let failed = trial.one.failed("add events");
    let group = CheckGroup::small(from, &format!("{} unseen", trial.record.origin));
    let RowGroup { to, root, .. } = group.rows();
    let mut work = trial.one.client.transaction().map_err(&failed)?;
    insert(&mut work, id, from.size, &group.entries).map_err(&failed)?;
    let (size, head) = (to.size as i64, to.hash.map(|hash| hash.0.to_vec()));
    work.execute(
        "UPDATE annals.ledger SET size = $2, head = $3, root = $4 WHERE id = $1",
        &[&id, &size, &head, &root.0.as_slice()],
    )
    .map_err(&failed)?;
    let seen = (trial.other.head(id)?.head, trial.other.event(id, from.size)?);
    work.rollback().map_err(&failed)?;
    match seen == (from, None) {
        true => trial.expect_head(from),
        false => Err(trial.found("they were seen")),
    }
}

fn bytes(trial: &mut Trial<'_>) -> Result<(), Broken> {
    let id = trial.record.id;
    let every = |count: usize| (0..count).map(|byte| (byte * 31 % 256) as u8).collect::<Vec<u8>>();
    let named = |text: &str| format!("{} {text}", trial.record.origin).into_bytes();
    let entries = vec![
        Entry { record: vec![0], body: None },
        Entry { record: named("an empty body"), body: Some(Vec::new()) },
        Entry { record: every(LARGEST_RECORD), body: None },
        Entry { record: named("every byte"), body: Some(every(LARGEST_RECORD)) },
        Entry { record: named("no UTF-8"), body: Some(vec![0, 0xff, 0xfe, b'\\', b'\'', 0]) },
        Entry { record: named("the largest body"), body: Some(every(LARGEST_BODY)) },
    ];
    let group = trial.commit(entries)?;
    let read = trial.other.events(id, group.from.size)?;
    for (position, entry) in (group.from.size..).zip(&group.entries) {
        let one = trial.one.event(id, position)?;
        let among = read.get((position - group.from.size) as usize);
        if one.as_ref() != Some(entry) || among != Some(entry) {
            return Err(Broken::Found("other bytes".to_owned(), Some(position)));
        }
    }
    Ok(())
}

fn order(trial: &mut Trial<'_>) -> Result<(), Broken> {
    let id = trial.record.id;
    let name = format!("{} many", trial.record.origin);
    let group = trial.commit(small_entries(&name, MANY))?;
    for skipped in [0, 1, MANY / 3, MANY - 1, MANY] {
        let from = group.from.size + skipped;
        let read = trial.other.events(id, from)?;
        let expected = &group.entries[skipped as usize..];
        if read != expected {
            let differs = read.iter().zip(expected).position(|(found, of)| found != of);
            let position = differs.unwrap_or(read.len().min(expected.len())) as u64;
            let found = format!("{} events from {from} on, or others", read.len());
            return Err(Broken::Found(found, Some(from + position)));
        }
    }
    Ok(())
}

fn documents(trial: &mut Trial<'_>) -> Result<(), Broken> {
    let id = trial.record.id;
    let large: Vec<u8> = (0..DOCUMENT).map(|byte| (byte * 7 % 251) as u8).collect();
    let documents = [(digest(&large), large), (digest(b""), Vec::new())];
    // The second time they are there already.
    for _ in 0..2 {
        trial.one.keep(id, &documents)?;
        for (digest, bytes) in &documents {
            match trial.other.document(id, digest)? {
                Some(found) if found == *bytes => {}
                Some(_) => return Err(Broken::Found("other bytes".to_owned(), None)),
                None => return Err(Broken::Found("no document".to_owned(), None)),
            }
        }
    }
    match trial.other.document(id, &digest(b"none"))? {
        None => Ok(()),
        Some(_) => Err(Broken::Found("one that was never kept".to_owned(), None)),
    }
}

fn checkpoint(trial: &mut Trial<'_>) -> Result<(), Broken> {
    let id = trial.record.id;
    // The size and the note that are put, and those that are there then.
    for (size, note, expected) in [(2, "two", (2, "two")), (1, "one", (2, "two"))] {
        trial.one.put_note(id, size, note.as_bytes())?;
        expect_note(trial, expected.0, expected.1)?;
    }
    // The other connection sees what the first one put, and replaces it.
    trial.other.put_note(id, 3, b"three")?;
    trial.one.put_note(id, 3, b"another three")?;
    expect_note(trial, 3, "three")
}

fn expect_note(trial: &mut Trial<'_>, size: u64, note: &str) -> Result<(), Broken> {
    let found = trial.other.note(trial.record.id)?;
    match found == Some((size, note.as_bytes().to_vec())) {
        true => Ok(()),
        false => {
            let size = found.map(|(size, _)| size);
            Err(Broken::Found(format!("after it the checkpoint of {size:?}"), None))
        }
    }
}

fn kept_elsewhere(trial: &mut Trial<'_>) -> Result<(), Broken> {
    let (id, from) = (trial.record.id, trial.from);
    let another = StoreHead { size: from.size, hash: Some(digest(b"another")) };
    if trial.one.move_record(id, &another, Some(MARK), None).is_ok() {
        return Err(trial.found("one of another head that was moved"));
    }
    // The record of a check is never one that is kept here.
    let group = CheckGroup::small(from, &format!("{} elsewhere", trial.record.origin));
    let here = RowGroup { kept: None, ..group.rows() };
    match trial.one.commit(id, &here) {
        Err(DatabaseError::KeptElsewhere(_)) => {}
        Err(error) => return Err(error.into()),
        Ok(written) => return Err(trial.found(format!("{written:?}"))),
    }
    trial.one.move_record(id, &from, Some(MARK), Some("another place"))?;
    let refused = trial.one.commit(id, &group.rows());
    trial.one.move_record(id, &from, Some("another place"), Some(MARK))?;
    match refused {
        Err(DatabaseError::KeptElsewhere(_)) => trial.expect_head(from),
        Err(error) => Err(error.into()),
        Ok(written) => Err(trial.found(format!("{written:?}"))),
    }
}
