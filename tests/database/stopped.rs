//! What stands still, runs full or goes wrong beside a failover: a wait for a standby that is
//! cancelled, a server that is stopped in a transaction, clocks that are wrong, full disks.
//!
//! Always holds: what cannot be placed is answered with 503 and not acknowledged, and is placed
//! once the fault is over. Not here: failovers (`failover`).

use crate::database::memory::{Watch, machine};
use crate::database::patroni::{is_wanted, need};
use crate::database::{PostgresServer, USER, run};
use crate::serve::{
    Acknowledged, Newsroom, RunningServer, acknowledged_at_last, check_history, json, request,
    rounds, said,
};
use rustix::process::Signal;
use std::cell::RefCell;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Two servers of a record in a database, with the log key's memory at a witness, and two editors.
struct Desk {
    database: PostgresServer,
    newsroom: Newsroom,
    watch: Watch,
    document: u64,
    url: String,
    one: RunningServer,
    other: RunningServer,
}

impl Desk {
    fn open(database: PostgresServer, lines: u32) -> Desk {
        Desk::with(database, lines, |newsroom, options| {
            machine(newsroom, "second");
            newsroom.serve_on("second", "127.0.0.1:0", options)
        })
    }

    /// The same, with the second server started by a function, which is given its options.
    fn with(
        database: PostgresServer,
        lines: u32,
        serve: impl FnOnce(&Newsroom, &[&str]) -> RunningServer,
    ) -> Desk {
        let (newsroom, url) = (Newsroom::found(None), database.url("desk"));
        let watch = Watch::make(&newsroom);
        let document = newsroom.capture("server", lines);
        newsroom.good("server", &[&["move", "--to", &url][..], &watch.options()].concat());
        let options = [&["--home", &url][..], &watch.options()].concat();
        let one = newsroom.serve_home("server", "127.0.0.1:0", &url);
        let other = serve(&newsroom, &options);
        newsroom.join_as_founder("ada", &one.url);
        newsroom.hire("ben", "Ben Best", &one.url, "ada");
        std::thread::sleep(Duration::from_secs(1));
        newsroom.hire("cid", "Cid Cole", &other.url, "ada");
        let desk = Desk { database, newsroom, watch, document, url, one, other };
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

/// It waits for a table, which only the events of its commit do.
const WAITS: &str = "wait_event_type = 'Lock' AND wait_event = 'relation'";

#[test]
fn a_server_that_is_stopped_in_a_transaction_holds_the_others_up_for_seconds() {
    if !is_wanted() {
        return;
    }
    let Some(database) = PostgresServer::start() else { return };
    let rounds = rounds(2);
    let desk = Desk::open(database, 10 + 2 * rounds);
    // A kept connection answers at once: a server waits for the lock for some seconds only.
    let watching = RefCell::new(desk.database.client());
    let count = |what: &str| {
        let query = "SELECT count(*) FROM pg_stat_activity WHERE usename = 'desk' AND";
        let found = watching.borrow_mut().query_one(&format!("{query} {what}"), &[]);
        found.unwrap().get::<_, i64>(0)
    };
    let (mut told, mut longest) = (Vec::new(), Duration::ZERO);
    for round in 0..rounds {
        std::thread::scope(|scope| {
            // The server has the lock of the record, and waits for the one of this table.
            let mut owner = desk.database.client();
            let mut holding = owner.transaction().unwrap();
            holding.batch_execute("LOCK TABLE annals.event IN SHARE MODE").unwrap();
            let held = scope.spawn(|| desk.enter("ben", 1 + 2 * round));
            desk.until("a wait", || count(WAITS) == 1);
            desk.one.stop_threads();
            holding.rollback().unwrap();
            desk.until("a held lock", || count("state = 'idle in transaction'") == 1);
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

#[test]
fn servers_whose_clocks_are_wrong_place_no_event_before_another() {
    if !is_wanted() {
        return;
    }
    need("need-faketime");
    let Some(database) = PostgresServer::start() else { return };
    let rounds = rounds(4);
    // One is three minutes ahead, the other has the right time: each goes on after the other.
    let desk = Desk::with(database, 10 + 2 * rounds, |newsroom, options| {
        machine(newsroom, "second");
        newsroom.serve_at_time("second", options, "+3m")
    });
    let mut told = Vec::new();
    for round in 0..rounds {
        told.push(desk.enter("cid", 1 + 2 * round));
        told.push(desk.enter("ben", 2 + 2 * round));
    }
    // One that is an hour back does not begin.
    machine(&desk.newsroom, "behind");
    let options = [&["--home", &desk.url][..], &desk.watch.options()].concat();
    let command = desk.newsroom.wrong_clock("behind", "127.0.0.1:0", &options, "-1h");
    let said = said(command);
    assert_eq!(said.code, 2, "{said:?}");
    assert!(said.err.contains("expected a time after"), "{}", said.err);
    // A record may rest for days, so one that is two days ahead begins, and says so.
    machine(&desk.newsroom, "ahead");
    let ahead = desk.newsroom.serve_at_time("ahead", &options, "+2d");
    desk.until("a note", || ahead.said().contains(" 2.0 days later"));
    drop(ahead);
    // `verify` finds no event whose time is before the one of the event before it.
    desk.expect_history(&told);
    eprintln!("{rounds} turns of servers whose clocks differ: no event out of order");
}

/// A small file system in memory, which ends when this is dropped.
struct SmallDisk {
    folder: PathBuf,
}

impl SmallDisk {
    /// Mounts one, as root; `None`, with a word, where that is not allowed.
    fn mount(folder: PathBuf, megabytes: u32) -> Option<SmallDisk> {
        std::fs::create_dir_all(&folder).unwrap();
        let mut mount = Command::new("mount");
        let size = format!("size={megabytes}m,mode=0777");
        mount.args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(&folder);
        if !mount.stderr(Stdio::null()).status().is_ok_and(|done| done.success()) {
            eprintln!("NOT RUN: a small disk is mounted by root alone");
            return None;
        }
        Some(SmallDisk { folder })
    }

    /// Leaves no room.
    fn fill(&self) {
        let mut file = std::fs::File::create(self.folder.join("filler")).unwrap();
        for size in [65_536, 4_096, 1] {
            while file.write_all(&vec![7; size]).is_ok() {}
        }
    }

    /// Makes room again.
    fn make_room(&self) {
        std::fs::remove_file(self.folder.join("filler")).unwrap();
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").args(["-l"]).arg(&self.folder).status();
    }
}

/// Fills a disk while an editor writes to a server: 503 meanwhile, and nothing is lost.
fn expect_full_then_good(desk: &Desk, disk: &SmallDisk, told: &mut Vec<Acknowledged>, round: u32) {
    told.push(desk.enter("cid", 1 + 2 * round));
    disk.fill();
    std::thread::scope(|scope| {
        let writing = scope.spawn(|| {
            // Until there is no room, they fit into what is allocated already.
            desk.enter("cid", 2 + 2 * round)
        });
        desk.until("health 503", || desk.other.health() == 503 || writing.is_finished());
        assert!(!writing.is_finished(), "it was acknowledged on a full disk");
        assert_eq!(desk.other.health(), 503);
        disk.make_room();
        told.push(writing.join().unwrap());
    });
    desk.until("health 200", || desk.one.health() == 200 && desk.other.health() == 200);
}

#[test]
fn a_database_whose_disk_is_full_goes_on_once_there_is_room() {
    if !is_wanted() {
        return;
    }
    let small = tempfile::tempdir().unwrap();
    let Some(disk) = SmallDisk::mount(small.path().join("small"), 4) else { return };
    let Some(database) = PostgresServer::start() else { return };
    run(Command::new("chmod").arg("0755").arg(small.path()));
    run(Command::new("chown").arg(USER).arg(&disk.folder));
    database.sql(&format!("CREATE TABLESPACE small LOCATION '{}'", disk.folder.display()));
    database.sql("ALTER TABLE annals.event SET TABLESPACE small");
    let rounds = rounds(2);
    let desk = Desk::open(database, 10 + 2 * rounds);
    // Each event begins a page of its own.
    desk.database.sql("ALTER TABLE annals.event SET (fillfactor = 10)");
    let mut told = Vec::new();
    for round in 0..rounds {
        expect_full_then_good(&desk, &disk, &mut told, round);
    }
    // The database ends before its disk does.
    drop(desk.expect_history(&told));
    eprintln!("{rounds} full disks of a database: {} events acknowledged, 0 lost", told.len());
}

#[test]
fn a_server_whose_disk_is_full_goes_on_once_there_is_room() {
    if !is_wanted() {
        return;
    }
    let Some(database) = PostgresServer::start() else { return };
    let mut mounted = None;
    let rounds = rounds(2);
    let desk = Desk::with(database, 10 + 2 * rounds, |newsroom, options| {
        mounted = SmallDisk::mount(newsroom.path("second"), 4);
        machine(newsroom, "second");
        newsroom.serve_on("second", "127.0.0.1:0", options)
    });
    let Some(disk) = mounted else { return };
    let mut told = Vec::new();
    for round in 0..rounds {
        expect_full_then_good(&desk, &disk, &mut told, round);
    }
    desk.expect_history(&told);
    eprintln!("{rounds} full disks of a server: {} events acknowledged, 0 lost", told.len());
}
