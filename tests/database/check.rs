//! `annals store check --write`: what it prints of a real server, of one behind TLS, and of engines
//! that do not keep what they acknowledge.

use crate::database::{PostgresServer, USER, add_empty};
use annals::database::Database;
use annals::ledger::write::home::postgres_home::PostgresHome;
use rcgen::{CertifiedKey, generate_simple_self_signed};
use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

/// What a check printed.
#[derive(Debug)]
pub struct Checked {
    pub out: String,
    pub err: String,
    pub exit: i32,
}

/// Runs `annals store check URL` with more words.
pub fn check(url: &str, more: &[&str]) -> Checked {
    check_trusting(url, more, None)
}

/// The same with the authority of a certificate.
fn check_trusting(url: &str, more: &[&str], authority: Option<&Path>) -> Checked {
    let mut command = Command::new(env!("CARGO_BIN_EXE_annals"));
    command.args(["store", "check", url]).args(more).stdin(Stdio::null());
    command.env("ANNALS_SEED", "a check").env_remove("PGSSLROOTCERT");
    command.envs(authority.map(|path| ("PGSSLROOTCERT", path)));
    let done = command.output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Checked { out: text(done.stdout), err: text(done.stderr), exit: done.status.code().unwrap() }
}

/// The text with every number that another run has otherwise as `N`: of outrun commits, of cuts at
/// a COMMIT, of seconds and of bytes.
fn without_numbers(text: &str) -> String {
    let mut shown = String::new();
    for line in text.lines() {
        let is_other = ["contention", "cut at", "standing", "read again", "events and"]
            .iter()
            .any(|word| line.contains(word));
        let (mut line_shown, mut in_number) = (String::new(), false);
        let is_part = |c: char, in_number: bool| c.is_ascii_digit() || in_number && c == '.';
        for c in line.chars() {
            match is_other && is_part(c, in_number) {
                true if in_number => {}
                true => line_shown.push('N'),
                false => line_shown.push(c),
            }
            in_number = is_other && is_part(c, in_number);
        }
        shown.push_str(&line_shown);
        shown.push('\n');
    }
    shown
}

/// What a sound engine is told, with `12` rounds.
const SOUND: &str = "  contract     12 of 12 promises hold
  contention   N connections: N groups acknowledged, N outrun
  cut before   4 commits: 0 acknowledged, 0 unanswered and there, 4 unanswered and not there
  cut at       N commits: N acknowledged, N unanswered and there, N unanswered and not there
  cut after    4 commits: 0 acknowledged, 4 unanswered and there, 0 unanswered and not there
  standing     another connection committed after N s
  ended        10 sessions: 10 commits refused
  read again   N groups, each at its place
the engine kept what it acknowledged; the check itself makes nothing crash
";

#[test]
fn a_sound_engine_keeps_what_it_acknowledges_and_an_owner_can_remove_the_record_of_the_check() {
    let Some(server) = PostgresServer::start() else { return };
    add_empty(&server);
    let (url, shown) = (server.url("desk"), server.url("desk").replace("desk@", ""));
    let checked = check(&url, &["--write", "--rounds", "12"]);
    assert_eq!(checked.exit, 0, "{checked:?}");
    let (told, removal) = checked.out.split_once("removes them with\n").unwrap();
    let stays = "N events and N other rows, about N MB, stay in postgres://N:N/postgres; an owner \
                 of the tables ";
    assert_eq!(without_numbers(told), format!("{SOUND}{stays}\n"));
    let name = removal.rsplit_once("origin = '").unwrap().1.trim_end_matches("';\n");
    let before = format!("writing to a new record, {name}: at most 452 events and 7 other rows");
    assert!(checked.err.contains(&before), "{checked:?}");
    // It stays, nothing else was written to, and no server takes it for a record of its own.
    let events: u32 = server.sql("SELECT count(*) FROM annals.event").parse().unwrap();
    assert!((380..=452).contains(&events), "{events}");
    assert!(told.contains(&format!("{events} events and 7 other rows")), "{told}");
    let again = check(&url, &[]);
    let listed = format!(
        "{shown} can keep records\n  {name}: {events} events, left by a check\n  \
         desk.example.org/record: 0 events\n"
    );
    assert_eq!((again.exit, again.out), (0, listed));
    let mut database = Database::connect(&server.address("desk")).unwrap();
    let found = PostgresHome::find(&mut database, &server.address("desk"), None).unwrap();
    assert_eq!(found.origin, "desk.example.org/record");
    // What it prints removes it, and nothing else.
    server.sql(removal);
    let rows = "SELECT (SELECT count(*) FROM annals.event), (SELECT count(*) FROM annals.whole), \
                (SELECT count(*) FROM annals.document), (SELECT count(*) FROM annals.checkpoint), \
                (SELECT string_agg(origin, ',') FROM annals.ledger)";
    assert_eq!(server.sql(rows), "0|0|0|1|desk.example.org/record");
}

#[test]
fn over_tls_connections_are_cut_as_without_it() {
    let Some(server) = PostgresServer::start() else { return };
    let CertifiedKey { cert, signing_key } =
        generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
    let data = server.folder.path().join("data");
    let certificate = server.folder.path().join("authority.pem");
    std::fs::write(&certificate, cert.pem()).unwrap();
    let hba = "hostssl all desk 127.0.0.1/32 trust\nhost all owner 127.0.0.1/32 trust\n";
    for (name, text) in [
        ("server.crt", cert.pem()),
        ("server.key", signing_key.serialize_pem()),
        ("pg_hba.conf", hba.to_owned()),
    ] {
        let path = data.join(name);
        std::fs::write(&path, text).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        if rustix::process::geteuid().is_root() {
            crate::database::run(Command::new("chown").arg(USER).arg(&path));
        }
    }
    server.sql("ALTER SYSTEM SET ssl = on");
    server.sql("SELECT pg_reload_conf()");
    std::thread::sleep(Duration::from_millis(300));
    // Without TLS this server answers no role of a server.
    assert_eq!(check(&server.url("desk"), &["--write"]).exit, 2);
    let url = format!("{}?sslmode=require", server.url("desk"));
    let checked = check_trusting(&url, &["--write", "--rounds", "12"], Some(&certificate));
    assert_eq!(checked.exit, 0, "{checked:?}");
    assert!(without_numbers(&checked.out).starts_with(SOUND), "{checked:?}");
}

/// A proxy before a server that changes what passes, for each connection on its own.
pub struct ChangingProxy {
    port: u16,
}

/// Changes what one connection sends, and what it is answered.
type Change = Box<dyn FnMut(Vec<u8>) -> Vec<u8> + Send>;

impl ChangingProxy {
    fn before(
        server: &PostgresServer,
        mut changes: impl FnMut() -> (Change, Change) + Send + 'static,
    ) -> ChangingProxy {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let (port, to) = (listener.local_addr().unwrap().port(), server.port);
        std::thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let Ok(engine) = TcpStream::connect(("127.0.0.1", to)) else { continue };
                client.set_nodelay(true).unwrap();
                engine.set_nodelay(true).unwrap();
                let (requests, answers) = changes();
                let ends = (client.try_clone().unwrap(), engine.try_clone().unwrap());
                std::thread::spawn(move || pass_changed(client, engine, requests));
                std::thread::spawn(move || pass_changed(ends.1, ends.0, answers));
            }
        });
        ChangingProxy { port }
    }

    pub fn url(&self) -> String {
        format!("postgres://desk@127.0.0.1:{}/postgres", self.port)
    }
}

fn pass_changed(mut from: TcpStream, mut to: TcpStream, mut change: Change) {
    let mut bytes = [0; 65_536];
    while let Ok(read @ 1..) = from.read(&mut bytes) {
        if to.write_all(&change(bytes[..read].to_vec())).is_err() {
            break;
        }
    }
    let _ = from.shutdown(Shutdown::Both);
    let _ = to.shutdown(Shutdown::Both);
}

/// Bytes in which others are replaced once, if they are there.
fn replaced(bytes: &[u8], from: &[u8], to: &[u8]) -> Option<Vec<u8>> {
    let at = bytes.windows(from.len()).position(|window| window == from)?;
    Some([&bytes[..at], to, &bytes[at + from.len()..]].concat())
}

/// The statement COMMIT, and its answer, and those of ROLLBACK.
const COMMIT: &[u8] = b"Q\0\0\0\x0bCOMMIT\0";
const ROLLBACK: &[u8] = b"Q\0\0\0\x0dROLLBACK\0";
const COMMITTED: &[u8] = b"C\0\0\0\x0bCOMMIT\0";
const ROLLED_BACK: &[u8] = b"C\0\0\0\x0dROLLBACK\0";

/// An engine that acknowledges each 17th COMMIT and rolls it back.
pub fn liar(server: &PostgresServer) -> ChangingProxy {
    let count = Arc::new(AtomicU32::new(0));
    ChangingProxy::before(server, move || {
        let (count, lies) = (Arc::clone(&count), Arc::new(AtomicBool::new(false)));
        let lied = Arc::clone(&lies);
        let requests = move |bytes: Vec<u8>| match replaced(&bytes, COMMIT, ROLLBACK) {
            Some(other) if count.fetch_add(1, Ordering::SeqCst) % 17 == 16 => {
                lies.store(true, Ordering::SeqCst);
                other
            }
            _ => bytes,
        };
        let answers = move |bytes: Vec<u8>| match replaced(&bytes, ROLLED_BACK, COMMITTED) {
            Some(other) if lied.swap(false, Ordering::SeqCst) => other,
            _ => bytes,
        };
        (Box::new(requests), Box::new(answers))
    })
}

#[test]
fn an_engine_that_acknowledges_what_it_rolls_back_is_found_out() {
    let Some(server) = PostgresServer::start() else { return };
    let liar = liar(&server);
    let checked = check(&liar.url(), &["--write", "--rounds", "12"]);
    assert_eq!(checked.exit, 1, "{checked:?}");
    expect_lost(&checked.out);
    assert!(checked.out.contains("\ncontention, event "), "{checked:?}");
}

/// What is said of events that were acknowledged and are not there.
pub fn expect_lost(out: &str) {
    let lost = out.lines().find(|line| line.contains("which were acknowledged; found "));
    let lost = lost.unwrap_or_else(|| panic!("{out}"));
    let meaning = "editors were told that these events are written, and the record has not got \
                   them there";
    assert!(lost.ends_with(meaning), "{lost}");
    assert!(out.contains("\nthe engine did not keep what a record needs: keep none in it\n"));
}

#[test]
fn an_engine_that_loses_later_what_it_acknowledged_is_found_out() {
    let Some(server) = PostgresServer::start() else { return };
    let url = server.url("desk");
    let checking = std::thread::spawn(move || check(&url, &["--write", "--rounds", "40"]));
    // As a standby that takes over: the record ends where it ended a moment ago.
    let mut owner = server.client();
    let mut end = |least: i64| loop {
        let query = "SELECT size, head FROM annals.ledger WHERE size >= $1";
        if let Some(row) = owner.query_opt(query, &[&least]).unwrap() {
            return (row.get::<_, i64>(0), row.get::<_, Option<Vec<u8>>>(1));
        }
        std::thread::sleep(Duration::from_millis(2));
    };
    let (size, head) = end(230);
    end(size + 6);
    let mut work = owner.transaction().unwrap();
    work.execute("UPDATE annals.ledger SET size = $1, head = $2", &[&size, &head]).unwrap();
    work.execute("DELETE FROM annals.event WHERE position >= $1", &[&size]).unwrap();
    work.commit().unwrap();
    let checked = checking.join().unwrap();
    assert_eq!(checked.exit, 1, "{checked:?}");
    expect_lost(&checked.out);
}

#[test]
fn an_engine_that_is_killed_while_it_is_checked_keeps_what_it_acknowledged() {
    let Some(server) = PostgresServer::start() else { return };
    let url = server.url("desk");
    let checking = std::thread::spawn(move || check(&url, &["--write", "--rounds", "150"]));
    let mut owner = server.client();
    let query = "SELECT 1 FROM annals.ledger WHERE size >= 260";
    while owner.query_opt(query, &[]).unwrap().is_none() {
        std::thread::sleep(Duration::from_millis(2));
    }
    server.kill();
    server.begin();
    let checked = checking.join().unwrap();
    assert_eq!(checked.exit, 0, "{checked:?}");
    let line = checked.out.lines().find(|line| line.starts_with("  contention")).unwrap();
    assert!(line.contains(" unanswered") || line.contains(" refused"), "{line}");
}

#[test]
fn what_could_not_be_tried_is_no_yes() {
    let Some(server) = PostgresServer::start() else { return };
    // The server of the tests has room for 40 connections.
    let words = ["--write", "--rounds", "3", "--connections", "64"];
    let checked = check(&server.url("desk"), &words);
    assert_eq!(checked.exit, 2, "{checked:?}");
    let why = "\ncontention: not tried to its end: cannot reach the database at ";
    assert!(checked.out.contains(why), "{checked:?}");
    assert!(checked.out.contains("\nno fault was found, and not all was tried\n"), "{checked:?}");
    assert!(checked.out.contains("  ended        10 sessions: 10 commits refused\n"));
}

#[test]
fn a_pool_that_drops_the_limits_of_a_session_and_a_role_that_may_end_none() {
    let Some(server) = PostgresServer::start() else { return };
    server.sql("REVOKE EXECUTE ON FUNCTION pg_terminate_backend(int, bigint) FROM PUBLIC");
    let pool = ChangingProxy::before(&server, || {
        let (set, other) = (b"session_timeout = '10s'", b"session_timeout = '99s'");
        let requests = move |bytes: Vec<u8>| replaced(&bytes, set, other).unwrap_or(bytes);
        (Box::new(requests), Box::new(|bytes| bytes))
    });
    let checked = check(&pool.url(), &["--write", "--rounds", "3"]);
    assert_eq!(checked.exit, 1, "{checked:?}");
    for said in [
        "  standing     no other connection committed\n",
        "\ncontract: expected sessions with the limits that a server sets: lock_timeout 5s, \
         idle_in_transaction_session_timeout 10s; found 5s and 99s: ",
        "\nstanding, event 278: expected a transaction that stands still to be ended within 30 s; \
         found its lock of the record, still held: a server that hangs stops all others; ",
        "\nended: not tried to its end: the role of a server may not end its own sessions: ",
    ] {
        assert!(checked.out.contains(said), "{said}: {checked:?}");
    }
    // Whoever stood still commits when it goes on, and the other one is outrun.
    assert!(checked.out.contains("  read again   28 groups"), "{checked:?}");
}
