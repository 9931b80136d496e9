//! What stands still, runs full or goes wrong beside a failover: a wait for a standby that is
//! cancelled, a server that is stopped in a transaction, clocks that are wrong, disks that are full.
//!
//! Always holds: what cannot be placed is answered with 503 and not acknowledged, and is placed once
//! the fault is over. Not here: failovers (`failover`).

use crate::database::PostgresServer;
use crate::database::memory::{Watch, machine};
use crate::database::patroni::is_wanted;
use crate::serve::{
    Acknowledged, Newsroom, RunningServer, acknowledged_at_last, check_history, json, request,
    rounds,
};
use rustix::process::Signal;
use std::time::{Duration, Instant};

/// Two servers of a record in a database, with the log key's memory at a witness, and two editors.
struct Desk {
    database: PostgresServer,
    newsroom: Newsroom,
    _watch: Watch,
    document: u64,
    url: String,
    one: RunningServer,
    other: RunningServer,
}

impl Desk {
    fn open(database: PostgresServer, lines: u32) -> Desk {
        let (newsroom, url) = (Newsroom::found(None), database.url("desk"));
        let watch = Watch::make(&newsroom);
        let document = newsroom.capture("server", lines);
        newsroom.good("server", &[&["move", "--to", &url][..], &watch.options()].concat());
        machine(&newsroom, "second");
        let options = [&["--home", &url][..], &watch.options()].concat();
        let one = newsroom.serve_home("server", "127.0.0.1:0", &url);
        let other = newsroom.serve_on("second", "127.0.0.1:0", &options);
        newsroom.join_as_founder("ada", &one.url);
        newsroom.hire("ben", "Ben Best", &one.url, "ada");
        std::thread::sleep(Duration::from_secs(1));
        newsroom.hire("cid", "Cid Cole", &other.url, "ada");
        let desk = Desk { database, newsroom, _watch: watch, document, url, one, other };
        desk.until("the other server to have all", || shown(&desk.other) == shown(&desk.one));
        desk.newsroom.good("cid", &["pull"]);
        desk
    }

    fn enter(&self, editor: &str, line: u32) -> Acknowledged {
        acknowledged_at_last(&self.newsroom, editor, self.document, line)
    }

    /// Waits until this is so.
    fn until(&self, what: &str, is_so: impl Fn() -> bool) {
        let began = Instant::now();
        while !is_so() {
            let logs = || [self.one.said(), self.other.said()].join("\n");
            assert!(began.elapsed() < Duration::from_secs(60), "waited for {what}: {}", logs());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Ends the servers; that the record has what was told, and nothing else.
    fn expect_history(self, told: &[Acknowledged]) -> PostgresServer {
        let Desk { database, newsroom, one, other, url, .. } = self;
        one.stop();
        other.stop();
        newsroom.good("server", &["move", "--from", &url]);
        check_history(&newsroom, told);
        assert_eq!(newsroom.claims("server").len(), told.len());
        newsroom.expect_same(&[]);
        database
    }
}

/// The size of the record that a server shows.
fn shown(server: &RunningServer) -> u64 {
    let (_, note) = request(&server.address, "GET /checkpoint HTTP/1.1", b"");
    note.lines().nth(1).unwrap().parse().unwrap()
}

#[test]
fn a_wait_for_a_standby_that_is_cancelled_acknowledges_and_shows_nothing() {
    let Some(database) = PostgresServer::start() else { return };
    let rounds = rounds(2);
    let desk = Desk::open(database, 10 + 2 * rounds);
    let cancel = "SELECT count(pg_cancel_backend(pid)) FROM pg_stat_activity \
         WHERE wait_event = 'SyncRep' AND usename = 'desk'";
    let is_there = || desk.database.sql("SELECT size FROM annals.ledger").parse::<u64>().unwrap();
    let mut told = Vec::new();
    for round in 0..rounds {
        told.push(desk.enter("ben", 1 + 2 * round));
        desk.until("the other server", || shown(&desk.other) == shown(&desk.one));
        let before = shown(&desk.one);
        desk.database.sql("ALTER SYSTEM SET synchronous_standby_names = 'nobody'");
        desk.database.sql("SELECT pg_reload_conf()");
        std::thread::sleep(Duration::from_millis(300));
        std::thread::scope(|scope| {
            let writing = scope.spawn(|| desk.enter("ben", 2 + 2 * round));
            // Whatever waits is cancelled: the event is there, and no standby has it.
            let mut cancelled = 0;
            desk.until("three waits", || desk.database.sql(cancel) != "0");
            while cancelled < 3 {
                std::thread::sleep(Duration::from_millis(100));
                cancelled += desk.database.sql(cancel).parse::<u64>().unwrap();
            }
            assert_eq!(is_there(), before + 1);
            std::thread::sleep(Duration::from_secs(1));
            assert!(!writing.is_finished(), "it was acknowledged without a standby");
            assert_eq!((shown(&desk.one), shown(&desk.other)), (before, before));
            desk.database.sql("ALTER SYSTEM RESET synchronous_standby_names");
            desk.database.sql("SELECT pg_reload_conf()");
            told.push(writing.join().unwrap());
        });
        desk.until("both servers", || shown(&desk.one) == before + 1);
        desk.until("both servers", || shown(&desk.other) == before + 1);
    }
    desk.expect_history(&told);
    eprintln!("{rounds} cancelled waits for a standby: nothing acknowledged or shown before");
}

#[test]
fn a_database_that_does_not_answer_is_said_and_nothing_waits_forever() {
    let Some(database) = PostgresServer::start() else { return };
    let desk = Desk::open(database, 10);
    desk.database.sql("ALTER SYSTEM SET synchronous_standby_names = 'nobody'");
    desk.database.sql("SELECT pg_reload_conf()");
    std::thread::sleep(Duration::from_millis(300));
    let told = std::thread::scope(|scope| {
        let writing = scope.spawn(|| desk.enter("ben", 1));
        desk.until("health 503", || desk.one.health() == 503);
        let (_, health) = request(&desk.one.address, "GET /v1/health HTTP/1.1", b"");
        let health = json(&health);
        assert_eq!(health["trouble"], "the home of the record does not answer");
        assert_eq!(health["home"], "database");
        desk.database.sql("ALTER SYSTEM RESET synchronous_standby_names");
        desk.database.sql("SELECT pg_reload_conf()");
        writing.join().unwrap()
    });
    desk.until("health 200", || desk.one.health() == 200 && desk.other.health() == 200);
    desk.expect_history(&[told]);
}

#[test]
fn a_server_that_is_stopped_in_a_transaction_holds_the_others_up_for_seconds() {
    if !is_wanted() {
        return;
    }
    let Some(database) = PostgresServer::start() else { return };
    let rounds = rounds(2);
    let desk = Desk::open(database, 10 + 2 * rounds);
    let count = |what: &str| {
        let query = "SELECT count(*) FROM pg_stat_activity WHERE usename = 'desk' AND";
        desk.database.sql(&format!("{query} {what}"))
    };
    let (mut told, mut longest) = (Vec::new(), Duration::ZERO);
    for round in 0..rounds {
        std::thread::scope(|scope| {
            // The server has the lock of the record, and waits for the one of this table.
            let mut owner = desk.database.client();
            let mut holding = owner.transaction().unwrap();
            holding.batch_execute("LOCK TABLE annals.event IN SHARE MODE").unwrap();
            let held = scope.spawn(|| desk.enter("ben", 1 + 2 * round));
            desk.until("a wait", || count("wait_event_type = 'Lock'") == "1");
            desk.one.signal(Signal::STOP);
            holding.rollback().unwrap();
            desk.until("a held lock", || count("state = 'idle in transaction'") == "1");
            let began = Instant::now();
            told.push(desk.enter("cid", 2 + 2 * round));
            longest = longest.max(began.elapsed());
            desk.one.signal(Signal::CONT);
            told.push(held.join().unwrap());
        });
    }
    desk.until("health 200", || desk.one.health() == 200 && desk.other.health() == 200);
    desk.expect_history(&told);
    eprintln!("{rounds} servers stopped: another one placed within {longest:.1?}");
}
