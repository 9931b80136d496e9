//! A record in a database: what makes its tables, checks them, and moves a record there and back.
//!
//! Always holds: the database ends with this test. Not here: what a database keeps (`database`).

use crate::database::PostgresServer;
use crate::database::check::liar;
use crate::schema::answers::Answers;

/// Whether a row of the table, or a place in a schema, is about a database.
pub fn is_about(place: &str) -> bool {
    ["move", "store "].iter().any(|word| place.starts_with(word)) || place.starts_with("store-")
}

/// A witness's verifier key.
const WITNESS: &str = "w1.example+9f8b0cca+BOko76dREte+EnR9njAH6Px9BfllbEaD0mNiMDuGOvIl";

/// All answers about databases; `false` where none is to be started.
pub fn all(answers: &mut Answers<'_>) -> bool {
    summaries(answers);
    let Some(server) = PostgresServer::bare() else { return false };
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let mut run = |line: &str, exit: i32| {
        let printed = answers.run(folder, &format!("{line} --format json"), &[]);
        assert_eq!(printed.exit, exit, "{line}: {}", printed.err);
    };
    let (owner, desk) = (server.url("owner"), server.url("desk"));
    run("store init --print", 0);
    run(&format!("store init {owner}"), 0);
    server.sql("CREATE ROLE desk LOGIN");
    run(&format!("store check {desk}"), 2);
    run(&format!("store init {owner} --grant desk"), 0);
    run(&format!("store check {desk}"), 0);
    let tried = |url: &str| format!("store check {url} --write --rounds 12");
    run(&tried(&desk), 0);
    run(&tried(&liar(&server).url()), 1);
    // A server of the tests has room for 40 connections.
    run(&format!("{} --connections 64", tried(&desk)), 2);
    run("init --origin d.example/record --title T --name Ada --no-passphrase", 0);
    for _ in 0..2 {
        run(&format!("move --to {desk}"), 0);
    }
    run(&format!("store check {desk}"), 0);
    run("ledger change --title Other", 2);
    run(&format!("move --from {desk}"), 0);
    // Nothing is committed while it waits for a standby that is not there.
    for setting in
        ["ALTER SYSTEM SET synchronous_standby_names = 'other'", "ALTER SYSTEM RESET ALL"]
    {
        server.sql(setting);
        server.sql("SELECT pg_reload_conf()");
        std::thread::sleep(std::time::Duration::from_millis(300));
        run(&format!("store check {desk}"), 0);
    }
    // It is done already; a database that does not answer knows nothing.
    run(&format!("move --from {desk}"), 0);
    run("move --from postgres://desk@127.0.0.1:1/postgres", 2);
    true
}

/// The summaries of a server's copies, with and without a witness as the memory.
fn summaries(answers: &mut Answers<'_>) {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let mut run = |line: &str| {
        let printed = answers.run(folder, &format!("{line} --format json"), &[]);
        assert_eq!(printed.exit, 0, "{line}: {}", printed.err);
    };
    run("init --origin e.example/record --title T --name Ada --no-passphrase");
    let place = "annals home v1\nplace postgres://db.example:5432/news\n".to_owned();
    let witnessed = format!("{place}memory http://127.0.0.1:1 {WITNESS}\n");
    for mark in [place, witnessed] {
        std::fs::write(folder.join("ledger/home"), mark).unwrap();
        run("status");
    }
}
