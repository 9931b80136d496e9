//! A server under load: editors on connections of their own, each with its key, who send signed
//! facts and wait for the receipt; readers who wait for the next event; a copy that is made.
//!
//! Always holds: the server is the program, in a process of its own; the load generator signs on
//! the same cores. What is compared alternates in one run, several times, and the median counts. A
//! figure counts receipts, each of which is checked. Not here: faults (the tests).

mod bare;
mod cloning;
mod desk;
mod load;
mod running;
mod tails;

use crate::history::History;
use crate::postgres::{Postgres, run};
use bare::Bare;
use desk::{Alone, Desk, annals};
use load::{Load, Measured, Placing, Sender};
use running::RunningServer;
use std::fs;
use std::path::Path;
use std::time::Duration;

/// How much is measured.
struct Amount {
    /// How often each load is sent.
    rounds: usize,
    /// A factor of the loads.
    parts: usize,
    /// For how many seconds events come to the tails.
    seconds: u32,
}

/// For how long a server is left alone.
const IDLE: Duration = Duration::from_secs(3);

/// The loads: the name of each, and what is sent.
const ONE: &str = "one_editor";
const MANY: &str = "64_editors";
const BATCHES: &str = "by_100";
const EXACT: &str = "8_editors_exact";

fn load(name: &str, parts: usize) -> Load {
    match name {
        ONE => Load { editors: 1, submissions: 10 * parts, events: 1, placing: Placing::Free },
        MANY => {
            let editors = desk::EDITORS;
            Load { editors, submissions: parts, events: 1, placing: Placing::Free }
        }
        // More do not fit the window of 256 at a time.
        BATCHES => Load { editors: 2, submissions: parts, events: 100, placing: Placing::Free },
        _ => Load { editors: 8, submissions: parts, events: 1, placing: Placing::Exact },
    }
}

/// Measures a server on a journal, and one on a PostgreSQL database where that is installed; the
/// tails; and a clone of the ledger in `folder`.
pub fn measure(folder: &Path, events: u64, quick: bool, history: &mut History) {
    let amount = match quick {
        true => Amount { rounds: 3, parts: 6, seconds: 5 },
        false => Amount { rounds: 5, parts: 40, seconds: 30 },
    };
    let desk = Desk::found(folder.with_extension("newsroom"));
    journal(&desk, &amount, history);
    let postgres = Postgres::start().and_then(|server| {
        server.make_tables()?;
        Ok(server)
    });
    match &postgres {
        Ok(server) => {
            if let Err(why) = database(&desk, server, &amount, history) {
                println!("the server on PostgreSQL: not measured: {why}");
            }
        }
        Err(why) => println!("PostgreSQL: its rows are left out: {why}"),
    }
    let place = desk.copy("tails");
    let server = RunningServer::start(&place, &[]);
    tails::measure(&desk, &server, amount.seconds, history);
    drop(server);
    expect_verified(&place);
    cloning::measure(folder, events, postgres.as_ref().ok(), history);
    let _ = fs::remove_dir_all(&desk.folder);
}

/// A server on a journal; in turn with it a writer of the same record without a server.
fn journal(desk: &Desk, amount: &Amount, history: &mut History) {
    let place = desk.copy("journal");
    let mut alone = Alone::open(desk, "alone");
    let server = RunningServer::start(&place, &[]);
    let mut sender = Sender::to(desk, &server.url);
    let (mut rows, mut ones, mut ratios) = (Rows::default(), Vec::new(), Vec::new());
    for _ in 0..amount.rounds {
        let load_of_one = load(ONE, amount.parts);
        let one = alone.append(load_of_one.submissions);
        let served = sender.run(load_of_one);
        ratios.push(served.rate / one);
        ones.push(one);
        rows.add(ONE, served);
        for name in [MANY, BATCHES, EXACT] {
            rows.add(name, sender.run(load(name, amount.parts)));
        }
    }
    drop((server, alone));
    history.figure("serve_append_one", median(&mut ones), "events/s");
    rows.report("serve", history);
    history.figure("serve_one_editor_ratio", median(&mut ratios), "of append_one");
    expect_verified(&place);
}

/// A server on a database; in turn with it bare transactions and bare COPY of the same bytes to the
/// same database.
fn database(
    desk: &Desk,
    postgres: &Postgres,
    amount: &Amount,
    history: &mut History,
) -> Result<(), String> {
    let (place, url) = (desk.copy("database"), postgres.url("desk"));
    run(annals(&place).args(["move", "--to", &url]))?;
    let mut bare = Bare::open(desk, postgres)?;
    let server = RunningServer::start(&place, &["--home", &url]);
    let mut sender = Sender::to(desk, &server.url);
    let mut rows = Rows::default();
    let (mut ones, mut one_ratios) = (Vec::new(), Vec::new());
    let (mut copies, mut copy_ratios) = (Vec::new(), Vec::new());
    for _ in 0..amount.rounds {
        let load_of_one = load(ONE, amount.parts);
        let one = bare.transactions(load_of_one.submissions)?;
        let served = sender.run(load_of_one);
        one_ratios.push(served.rate / one);
        ones.push(one);
        rows.add(ONE, served);
        let batches = load(BATCHES, amount.parts);
        let copy = bare.copies(batches.editors * batches.submissions, batches.events)?;
        let served = sender.run(batches);
        copy_ratios.push(served.rate / copy);
        copies.push(copy);
        rows.add(BATCHES, served);
        for name in [MANY, EXACT] {
            rows.add(name, sender.run(load(name, amount.parts)));
        }
    }
    // It looks for what other servers committed.
    let used = server.processor_seconds();
    std::thread::sleep(IDLE);
    let idle = (server.processor_seconds() - used) / IDLE.as_secs_f64();
    history.figure("serve_postgres_idle_processor", idle * 1e3, "ms/s");
    drop(server);
    history.figure("serve_postgres_bare_one", median(&mut ones), "events/s");
    history.figure("serve_postgres_bare_copy_by_100", median(&mut copies), "events/s");
    rows.report("serve_postgres", history);
    let ratio = median(&mut one_ratios);
    history.figure("serve_postgres_one_editor_ratio", ratio, "of a bare transaction");
    history.figure("serve_postgres_by_100_ratio", median(&mut copy_ratios), "of bare COPY");
    expect_verified(&place);
    Ok(())
}

/// What the loads of all rounds showed, by name.
#[derive(Default)]
struct Rows {
    rows: Vec<(&'static str, Vec<Measured>)>,
}

impl Rows {
    fn add(&mut self, name: &'static str, measured: Measured) {
        match self.rows.iter_mut().find(|(known, _)| *known == name) {
            Some((_, all)) => all.push(measured),
            None => self.rows.push((name, vec![measured])),
        }
    }

    /// The median rate of each load, and how long its submissions took, of all rounds together.
    fn report(self, home: &str, history: &mut History) {
        for (name, all) in self.rows {
            let mut rates: Vec<f64> = all.iter().map(|one| one.rate).collect();
            history.figure(&format!("{home}_{name}"), median(&mut rates), "events/s");
            let mut times: Vec<Duration> = all.into_iter().flat_map(|one| one.times).collect();
            times.sort();
            let at = |part: f64| times[((times.len() - 1) as f64 * part) as usize].as_secs_f64();
            let parts: &[(&str, f64)] = match name {
                EXACT => &[("p50", 0.5), ("longest", 1.0)],
                _ => &[("p50", 0.5), ("p99", 0.99)],
            };
            for (part, share) in parts {
                history.figure(&format!("{home}_{name}_{part}"), at(*share) * 1e3, "ms");
            }
        }
    }
}

pub fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// That what the loads wrote verifies.
fn expect_verified(place: &Path) {
    let verified = run(annals(place).arg("verify"));
    assert!(verified.is_ok(), "{verified:?}");
}
