//! What a database does without a server of a record: the same bytes in bare transactions, and by
//! COPY.
//!
//! Always holds: they go through the same library, over the same kind of connection, into the same
//! tables, with statements that are prepared once. Nothing is judged, signed or copied.

use crate::newsroom::desk::Desk;
use crate::postgres::Postgres;
use annals::clock::Clock;
use annals::entropy::Seeded;
use annals::ledger::write::sign::{Slot, sign_draft};
use annals_core::event::Entry;
use postgres::binary_copy::BinaryCopyInWriter;
use postgres::types::Type;
use postgres::{Client, NoTls, Statement};
use std::time::Instant;

/// The number of the row of a record that is no record.
const ID: i32 = 1_000;
const COPY: &str = "COPY annals.event (ledger, position, record, body) FROM STDIN BINARY";

/// A connection that writes bare rows.
pub struct Bare {
    client: Client,
    lock: Statement,
    insert: Statement,
    update: Statement,
    entries: Vec<Entry>,
    /// The number of rows so far.
    size: i64,
}

impl Bare {
    /// Connects as a server's role, and adds a row of its own.
    pub fn open(desk: &Desk, server: &Postgres) -> Result<Bare, String> {
        server.run(&format!(
            "INSERT INTO annals.ledger (id, origin, size, root) \
             VALUES ({ID}, 'bare', 0, sha256(''))"
        ))?;
        let entries = entries(desk);
        Bare::connect(server, entries).map_err(|error| error.to_string())
    }

    fn connect(server: &Postgres, entries: Vec<Entry>) -> Result<Bare, postgres::Error> {
        let mut client = Client::connect(&server.url("desk"), NoTls)?;
        let lock = "SELECT size, head, root FROM annals.ledger WHERE id = $1 FOR UPDATE";
        let lock = client.prepare(lock)?;
        let insert = "INSERT INTO annals.event (ledger, position, record, body) \
             VALUES ($1, $2, $3, $4)";
        let insert = client.prepare(insert)?;
        let update = "UPDATE annals.ledger SET size = $2, head = sha256($3), root = sha256($3) \
             WHERE id = $1";
        let update = client.prepare(update)?;
        Ok(Bare { client, lock, insert, update, entries, size: 0 })
    }

    /// How many events a second it writes, each in a transaction: BEGIN; SELECT … FOR UPDATE;
    /// INSERT; UPDATE; COMMIT.
    pub fn transactions(&mut self, count: usize) -> Result<f64, String> {
        let began = Instant::now();
        for _ in 0..count {
            self.transaction().map_err(|error| error.to_string())?;
        }
        Ok(count as f64 / began.elapsed().as_secs_f64())
    }

    fn transaction(&mut self) -> Result<(), postgres::Error> {
        let Bare { client, lock, insert, update, entries, size } = self;
        let Entry { record, body } = &entries[*size as usize % entries.len()];
        let mut work = client.transaction()?;
        work.query_one(&*lock, &[&ID])?;
        work.execute(&*insert, &[&ID, &*size, record, body])?;
        *size += 1;
        work.execute(&*update, &[&ID, &*size, record])?;
        work.commit()
    }

    /// How many events a second it writes in groups, each in a transaction: COPY, UPDATE.
    pub fn copies(&mut self, groups: usize, events: usize) -> Result<f64, String> {
        let began = Instant::now();
        for _ in 0..groups {
            self.copy(events).map_err(|error| error.to_string())?;
        }
        Ok((groups * events) as f64 / began.elapsed().as_secs_f64())
    }

    fn copy(&mut self, events: usize) -> Result<(), postgres::Error> {
        let Bare { client, update, entries, size, .. } = self;
        let mut work = client.transaction()?;
        let types = [Type::INT4, Type::INT8, Type::BYTEA, Type::BYTEA];
        let mut copy = BinaryCopyInWriter::new(work.copy_in(COPY)?, &types);
        let mut last = &entries[0];
        for _ in 0..events {
            last = &entries[*size as usize % entries.len()];
            copy.write(&[&ID, &*size, &last.record, &last.body])?;
            *size += 1;
        }
        copy.finish()?;
        work.execute(&*update, &[&ID, &*size, &last.record])?;
        work.commit()
    }
}

/// Events as a server writes them.
fn entries(desk: &Desk) -> Vec<Entry> {
    let (mut entropy, now) = (Seeded::new("bare"), Clock::System.now());
    let slot = Slot { position: desk.end.0, head: Some(desk.end.1), after: None, now };
    let sealed = desk.facts.iter().map(|fact| sign_draft(fact, &slot, &desk.keys[0], &mut entropy));
    sealed.map(|entry| entry.expect("a signature")).collect()
}
