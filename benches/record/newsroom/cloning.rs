//! A copy of a record that a server keeps, made by `annals clone`, and `annals verify` of it.
//!
//! Always holds: both are whole processes on the same record, which is the ledger of the other
//! measurements; they alternate.

use crate::history::History;
use crate::make::clock_after;
use crate::newsroom::desk::{annals, program};
use crate::newsroom::median;
use crate::newsroom::running::RunningServer;
use crate::postgres::{Postgres, run};
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

/// How often.
const ROUNDS: usize = 3;

/// Measures clones from a server of the ledger in `folder`, on a journal and on a database.
/// The record has this many events.
pub fn measure(folder: &Path, events: u64, postgres: Option<&Postgres>, history: &mut History) {
    let clock = clock_after(events);
    let server = RunningServer::start_at(folder, &[], Some(&clock));
    clones(folder, &server, "clone", history);
    drop(server);
    let Some(postgres) = postgres else { return };
    let (url, copy) = (postgres.url("desk"), folder.with_extension("database"));
    let _ = fs::remove_dir_all(&copy);
    fs::create_dir_all(&copy).expect("a folder");
    for name in ["ledger", "keys"] {
        run(Command::new("cp").arg("-r").arg(folder.join(name)).arg(&copy)).expect("a copy");
    }
    let began = Instant::now();
    run(annals(&copy).args(["move", "--to", &url]).env("ANNALS_CLOCK", &clock)).expect("moved");
    history.figure("move_to_postgres", began.elapsed().as_secs_f64(), "s");
    let server = RunningServer::start_at(&copy, &["--home", &url], Some(&clock));
    clones(folder, &server, "clone_postgres", history);
    drop(server);
    let _ = fs::remove_dir_all(copy);
}

fn clones(folder: &Path, server: &RunningServer, name: &str, history: &mut History) {
    let made = folder.join("cloned");
    let (mut times, mut ratios) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let _ = fs::remove_dir_all(&made);
        let seconds = |command: &mut Command| {
            let began = Instant::now();
            run(command).expect("it succeeds");
            began.elapsed().as_secs_f64()
        };
        let cloned = seconds(program(folder).args(["clone", &server.url, "cloned"]));
        let verified = seconds(program(folder).args(["--ledger", "cloned", "verify"]));
        times.push(cloned);
        ratios.push(cloned / verified);
    }
    let _ = fs::remove_dir_all(made);
    history.figure(name, median(&mut times), "s");
    history.figure(&format!("{name}_ratio"), median(&mut ratios), "of verify");
    history.figure(&format!("{name}_server_peak"), server.peak() as f64 / 1e6, "MB");
}
