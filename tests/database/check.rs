//! `annals store check --write`: what it prints of a real server, of one behind TLS, and of engines
//! that do not keep what they acknowledge.

use crate::database::{PostgresServer, add_empty};
use std::process::{Command, Stdio};

/// What a check printed.
struct Checked {
    out: String,
    err: String,
    exit: i32,
}

/// Runs `annals store check URL` with more words.
fn check(url: &str, more: &[&str]) -> Checked {
    let mut command = Command::new(env!("CARGO_BIN_EXE_annals"));
    command.args(["store", "check", url]).args(more).stdin(Stdio::null());
    command.env("ANNALS_SEED", "a check").env_remove("PGSSLROOTCERT");
    let done = command.output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Checked { out: text(done.stdout), err: text(done.stderr), exit: done.status.code().unwrap() }
}

#[test]
fn a_real_server_keeps_what_it_acknowledges_and_the_record_of_the_check_can_be_removed() {
    let Some(server) = PostgresServer::start() else { return };
    add_empty(&server);
    let checked = check(&server.url("desk"), &["--write", "--rounds", "12"]);
    eprintln!("{}{}{}", checked.out, checked.err, checked.exit);
    panic!();
}
