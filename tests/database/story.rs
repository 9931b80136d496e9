//! A newsroom whose record is moved into a database, served by two machines, and moved back.

use crate::database::PostgresServer;
use crate::follower::content;
use crate::serve::{Newsroom, acknowledged, check_history, json, proxy, request};
use rustix::process::Signal;
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// The names of files below a ledger that two copies of one record share, with their bytes.
fn events(newsroom: &Newsroom, machine: &str) -> Vec<u8> {
    content(&newsroom.path(machine).join("ledger")).remove("events").unwrap()
}

#[test]
fn a_record_is_moved_into_a_database_served_from_two_machines_and_moved_back() {
    let Some(database) = PostgresServer::start() else { return };
    let url = database.url("desk");
    let newsroom = Newsroom::found(None);
    let document = newsroom.capture("server", 99);
    newsroom.good("server", &crate::serve::enter(&document.to_string(), 50).each());
    let before = events(&newsroom, "server");
    // Nothing is there yet.
    let absent = newsroom.annals("server", &["serve", "--home", &url, "--listen", "127.0.0.1:0"]);
    assert_eq!(absent.code, 2, "{absent:?}");
    assert!(absent.err.contains("annals move --to"), "{}", absent.err);
    let moved = newsroom.good("server", &["move", "--to", &url]);
    let shown = url.replace("desk@", "");
    let told = format!("desk.example.org/record is kept in {shown}: 3 events\n");
    assert_eq!(moved, told);
    let again = newsroom.good("server", &["move", "--to", &url]);
    assert!(again.contains("its 3 events were there already"), "{again}");
    // The folder is a copy now.
    let refused = newsroom.enter("server", document, 51);
    assert_eq!(refused.code, 2, "{refused:?}");
    assert!(refused.err.contains("is kept in the database at"), "{}", refused.err);
    let refused = newsroom.annals("server", &["serve", "--listen", "127.0.0.1:0"]);
    assert!(refused.code == 2 && refused.err.contains("is kept in the database at"), "{refused:?}");
    // Two machines serve it; the second one has the log key alone, and makes its copy.
    let one = newsroom.serve_home("server", "127.0.0.1:0", &url);
    std::fs::create_dir_all(newsroom.path("second")).unwrap();
    let keys = newsroom.path("server/keys");
    std::os::unix::fs::symlink(&keys, newsroom.path("second/keys")).unwrap();
    let other = newsroom.serve_home("second", "127.0.0.1:0", &url);
    newsroom.join_as_founder("ada", &one.url);
    newsroom.hire("ben", "Ben Best", &one.url, "ada");
    newsroom.hire("cid", "Cid Cole", &other.url, "ada");
    // A server sees within a moment what another one placed.
    std::thread::sleep(std::time::Duration::from_secs(1));
    let told = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for (machine, first) in [("ben", 1), ("cid", 11)] {
            let (told, newsroom) = (&told, &newsroom);
            scope.spawn(move || {
                for line in first..first + 8 {
                    let one = acknowledged(newsroom, machine, document, line);
                    told.lock().unwrap().push(one.unwrap_or_else(|said| panic!("{said:?}")));
                }
            });
        }
    });
    // Both have all of it, within a moment.
    let size = one_size(&newsroom, "ben", &one.url);
    assert_eq!(size, 3 + 2 + 16);
    assert_eq!(one_size(&newsroom, "cid", &other.url), size);
    one.stop();
    let back = newsroom.good("server", &["move", "--from", &url]);
    assert!(back.contains("is kept in") && back.contains("ledger"), "{back}");
    // The server that still runs shows nobody what may be old, and says why.
    let began = Instant::now();
    while other.health() == 200 && began.elapsed() < Duration::from_secs(30) {
        std::thread::sleep(Duration::from_millis(50));
    }
    let why = "the record was moved to another place: stop this server";
    let health = json(&request(&other.address, "GET /v1/health HTTP/1.1", b"").1);
    assert_eq!(health["trouble"], why);
    for path in ["/checkpoint", "/v1/facts", "/v1/events?from=0"] {
        let answer = request(&other.address, &format!("GET {path} HTTP/1.1"), b"");
        assert_eq!((answer.0, &json(&answer.1)["detail"]), (503, &why.into()), "{path}");
    }
    let pulled = newsroom.annals("cid", &["pull"]);
    assert!(pulled.code == 2 && pulled.err.contains(why), "{pulled:?}");
    other.stop();
    check_history(&newsroom, &told.into_inner().unwrap());
    newsroom.good("server", &["verify"]);
    newsroom.good("second", &["verify"]);
    let after = events(&newsroom, "server");
    assert!(after.starts_with(&before) && after == events(&newsroom, "second"));
    // The database serves it no more, and the folder is written to again.
    let gone = newsroom.annals("second", &["serve", "--home", &url, "--listen", "127.0.0.1:0"]);
    assert!(gone.code == 2 && gone.err.contains("is kept in the folder"), "{gone:?}");
    assert_eq!(newsroom.enter("server", document, 60).code, 0);
    let moved = newsroom.good("server", &["move", "--to", &url]);
    assert!(moved.contains("events 21 to 21 were new there"), "{moved}");
    let check = newsroom.good("server", &["store", "check", &url]);
    assert_eq!(check, format!("{shown} can keep records\n  desk.example.org/record: 22 events\n"));
}

/// Two machines have their copies at one path. What one of them moved back to itself, the other
/// does not take for its own.
#[test]
fn a_move_back_is_finished_by_the_folder_that_began_it_alone() {
    let Some(database) = PostgresServer::start() else { return };
    let url = database.url("desk");
    let newsroom = Newsroom::found(None);
    let document = newsroom.capture("server", 9);
    newsroom.good("server", &["move", "--to", &url]);
    let (here, other) = (newsroom.path("server"), newsroom.path("other"));
    let copied = std::process::Command::new("cp").arg("-r").args([&here, &other]).status();
    assert!(copied.unwrap().success());
    newsroom.good("server", &["move", "--from", &url]);
    assert!(!here.join("ledger/home.move").exists());
    std::fs::rename(&here, newsroom.path("first")).unwrap();
    std::fs::rename(&other, &here).unwrap();
    let said = newsroom.annals("server", &["move", "--from", &url]);
    assert!(said.code == 2 && said.err.contains("is kept in the folder"), "{said:?}");
    assert!(here.join("ledger/home").exists());
    assert_eq!(newsroom.enter("server", document, 1).code, 2);
    // The one that moved it goes on; and a move that was stopped before the end is finished by it.
    std::fs::rename(&here, &other).unwrap();
    std::fs::rename(newsroom.path("first"), &here).unwrap();
    assert_eq!(newsroom.enter("server", document, 1).code, 0);
    newsroom.good("server", &["move", "--to", &url]);
    let name = "annals move v1\nname 00112233445566778899aabbccddeeff\n";
    std::fs::write(here.join("ledger/home.move"), name).unwrap();
    let moved = format!(
        "the folder {} (move 00112233445566778899aabbccddeeff)",
        here.join("ledger").display()
    );
    database.sql(&format!("UPDATE annals.ledger SET moved = '{moved}'"));
    let marks = here.join("keys/log.marks");
    let before = std::fs::read(&marks).unwrap();
    std::fs::remove_file(&marks).unwrap();
    let back = newsroom.good("server", &["move", "--from", &url]);
    assert!(back.contains("were there already"), "{back}");
    // The memory of the log key is here again.
    let last = |bytes: &[u8]| String::from_utf8_lossy(bytes).lines().last().unwrap().to_owned();
    assert_eq!(last(&std::fs::read(&marks).unwrap()), last(&before));
    assert!(!here.join("ledger/home").exists() && !here.join("ledger/home.move").exists());
    assert_eq!(newsroom.enter("server", document, 2).code, 0);
}

/// The size of the record that a machine has after it pulled from a server, which may take a moment
/// to see what the other one wrote.
fn one_size(newsroom: &Newsroom, machine: &str, url: &str) -> u64 {
    for _ in 0..100 {
        newsroom.good(machine, &["pull"]);
        let status = newsroom.good(machine, &["status", "--format", "json"]);
        let size = crate::serve::json(&status)["size"].as_u64().unwrap();
        if size == 21 {
            return size;
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    panic!("{machine} has not all that {url} has");
}

#[test]
fn what_a_database_lost_is_put_back_from_the_copy_and_nothing_is_written_before() {
    let Some(database) = PostgresServer::start() else { return };
    let url = database.url("desk");
    let newsroom = Newsroom::found(None);
    let document = newsroom.capture("server", 20);
    for line in 1..=6 {
        assert_eq!(newsroom.enter("server", document, line).code, 0);
    }
    newsroom.good("server", &["move", "--to", &url]);
    let whole = database
        .sql("SELECT md5(string_agg(record || body, '' ORDER BY position)) FROM annals.event");
    // A standby took over that had three events fewer.
    let head = database.sql(
        "DELETE FROM annals.event WHERE position > 4; SELECT encode(sha256('\\x00'::bytea || record), 'hex') \
         FROM annals.event WHERE position = 4",
    );
    let set = format!("UPDATE annals.ledger SET size = 5, head = decode('{head}', 'hex')");
    database.sql(&set);
    let refused = newsroom.annals("server", &["serve", "--home", &url, "--listen", "127.0.0.1:0"]);
    assert_eq!(refused.code, 4, "{refused:?}");
    assert!(refused.err.contains("lost events"), "{}", refused.err);
    let back = newsroom.good("server", &["move", "--to", &url]);
    assert!(back.contains("events 5 to 7 were new there"), "{back}");
    let again = database
        .sql("SELECT md5(string_agg(record || body, '' ORDER BY position)) FROM annals.event");
    assert_eq!(whole, again);
    let server = newsroom.serve_home("server", "127.0.0.1:0", &url);
    newsroom.join_as_founder("ada", &server.url);
    assert_eq!(newsroom.enter("ada", document, 9).code, 0);
    server.stop();
    newsroom.good("server", &["verify"]);
}

#[test]
fn what_somebody_else_wrote_into_the_database_is_judged_before_it_is_shown() {
    let Some(database) = PostgresServer::start() else { return };
    let url = database.url("desk");
    let newsroom = Newsroom::found(None);
    let document = newsroom.capture("server", 20);
    assert_eq!(newsroom.enter("server", document, 1).code, 0);
    newsroom.good("server", &["move", "--to", &url]);
    let server = newsroom.serve_home("server", "127.0.0.1:0", &url);
    let address = server.address.clone();
    newsroom.join_as_founder("ada", &server.url);
    let health = crate::serve::request(&server.address, "GET /v1/health HTTP/1.1", b"");
    assert_eq!(health.0, 200, "{health:?}");
    let warned = r#""home":"database","warning":"no commit waits for a standby (synchron"#;
    assert!(health.1.contains(warned), "{health:?}");
    // The last event once more: no rule allows it.
    database.sql(
        "INSERT INTO annals.event SELECT ledger, 3, record, body FROM annals.event WHERE position = 2; \
         UPDATE annals.ledger SET size = 4",
    );
    let said = newsroom.enter("ada", document, 2);
    assert_eq!(said.code, 2, "{said:?}");
    let health = crate::serve::request(&server.address, "GET /v1/health HTTP/1.1", b"");
    assert_eq!(health.0, 503, "{health:?}");
    // What was there before is still read.
    newsroom.good("ada", &["pull"]);
    assert_eq!(newsroom.claims("ada").len(), 1);
    let log = server.stop();
    assert!(log.contains("what another writer committed to this record has"), "{log}");
    // Once it is mended, what waits is written.
    database.sql("DELETE FROM annals.event WHERE position = 3; UPDATE annals.ledger SET size = 3");
    let server = newsroom.serve_home("server", &address, &url);
    newsroom.good("ada", &["outbox", "send"]);
    assert_eq!(newsroom.claims("ada").len(), 2);
    server.stop();
    newsroom.good("server", &["verify"]);
}

/// An editor reads from one server and sends to the other, as behind a proxy for both; the other
/// one has not looked at the database since the editor was enrolled.
#[test]
fn a_key_that_another_server_enrolled_a_moment_ago_is_known() {
    let Some(database) = PostgresServer::start() else { return };
    let url = database.url("desk");
    let newsroom = Newsroom::found(None);
    let document = newsroom.capture("server", 9);
    newsroom.good("server", &["move", "--to", &url]);
    let one = newsroom.serve_home("server", "127.0.0.1:0", &url);
    std::fs::create_dir_all(newsroom.path("second")).unwrap();
    let keys = newsroom.path("server/keys");
    std::os::unix::fs::symlink(&keys, newsroom.path("second/keys")).unwrap();
    let other = newsroom.serve_home("second", "127.0.0.1:0", &url);
    newsroom.join_as_founder("ada", &one.url);
    let (reads, writes) = (one.address.clone(), other.address.clone());
    let both = proxy(move |line, send| {
        Some(send(if line.starts_with("GET ") { &reads } else { &writes }))
    });
    let later = |act: &(dyn Fn() -> u64 + Sync)| {
        std::thread::scope(|scope| {
            let acting = scope.spawn(act);
            std::thread::sleep(Duration::from_secs(1));
            other.signal(Signal::CONT);
            acting.join().unwrap()
        })
    };
    for (name, line) in [("ben", 1), ("cid", 2)] {
        other.signal(Signal::STOP);
        newsroom.hire(name, name, &both, "ada");
        let placed = later(&|| acknowledged(&newsroom, name, document, line).unwrap().position);
        assert_eq!(placed, u64::from(2 * line) + 1);
    }
    // A document is sent in a request that the key signs.
    other.signal(Signal::STOP);
    newsroom.hire("dee", "dee", &both, "ada");
    assert_eq!(later(&|| newsroom.capture("dee", 10)), 7);
    one.stop();
    other.stop();
    newsroom.good("server", &["move", "--from", &url]);
    newsroom.expect_same(&[]);
}

/// Rows that a database lost below its end are counted, and put back from the copy.
#[test]
fn what_a_database_lost_before_its_end_is_put_back() {
    let Some(database) = PostgresServer::start() else { return };
    let url = database.url("desk");
    let newsroom = Newsroom::found(None);
    let document = newsroom.capture("server", 9);
    for line in 1..=3 {
        assert_eq!(newsroom.enter("server", document, line).code, 0);
    }
    let shown = url.replace("desk@", "");
    let to = ["move", "--to", &url];
    newsroom.good("server", &to);
    let whole = format!("{shown} can keep records\n  desk.example.org/record: 5 events\n");
    assert_eq!(newsroom.good("server", &["store", "check", &url]), whole);
    let rows = "SELECT string_agg(position || encode(sha256(record || coalesce(body, '')), 'hex'), ' ' \
         ORDER BY position) FROM annals.event";
    let documents =
        "SELECT count(*) || encode(sha256(string_agg(bytes, '')), 'hex') FROM annals.document";
    let all = [database.sql(rows), database.sql(documents)];
    database.sql("DELETE FROM annals.event WHERE position IN (1, 3)");
    database.sql("DELETE FROM annals.document");
    let said = newsroom.annals("server", &["store", "check", &url]);
    let lost =
        ", of which 2 cannot be found: annals move --to puts back what is missing from a copy\n";
    assert_eq!((said.code, said.out), (1, whole.trim_end().to_owned() + lost), "{}", said.err);
    let there =
        format!("desk.example.org/record is kept in {shown}: its 5 events were there already");
    let put_back = ", except 2 events and 1 document, which were put back\n";
    assert_eq!(newsroom.good("server", &to), format!("{there}{put_back}"));
    assert_eq!([database.sql(rows), database.sql(documents)], all);
    assert_eq!(newsroom.good("server", &["store", "check", &url]), whole);
    assert_eq!(newsroom.good("server", &to), format!("{there}\n"));
    // An end that is lost too, and a document whole.
    database.sql("DELETE FROM annals.event WHERE position IN (0, 4)");
    database.sql("DELETE FROM annals.document; DELETE FROM annals.whole");
    let before = "SELECT encode(sha256('\\x00'::bytea || record), 'hex') FROM annals.event \
                  WHERE position = 3";
    let cut = format!("UPDATE annals.ledger SET size = 4, head = decode(({before}), 'hex')");
    database.sql(&cut);
    let said = newsroom.annals("server", &to);
    let new = format!(
        "desk.example.org/record is kept in {shown}: events 4 to 4 were new there, and 1 event and \
         1 document were put back\n"
    );
    assert_eq!((said.code, said.out), (0, new), "{}", said.err);
    assert_eq!([database.sql(rows), database.sql(documents)], all);
    // A row of another event is not changed.
    database.sql("UPDATE annals.event SET record = '\\x00' WHERE position = 2");
    let said = newsroom.annals("server", &to);
    assert_eq!(said.code, 2, "{said:?}");
    let why = "another one in its place, expected the event 2 of the record here";
    assert!(said.err.contains(why), "{}", said.err);
}

/// The same database under another address, as after a standby was added to it.
#[test]
fn the_home_of_a_record_is_named_anew() {
    let Some(database) = PostgresServer::start() else { return };
    let (url, newsroom) = (database.url("desk"), Newsroom::found(None));
    let document = newsroom.capture("server", 9);
    newsroom.good("server", &["move", "--to", &url]);
    let (host, rest) = url.split_once("@127.0.0.1:").unwrap();
    let renamed = format!("{host}@127.0.0.1:{rest}").replace("@127.0.0.1:", "@localhost:");
    let serve = ["serve", "--home", &renamed, "--listen", "127.0.0.1:0"];
    let refused = newsroom.annals("server", &serve);
    assert_eq!(refused.code, 2, "{refused:?}");
    assert!(refused.err.contains("annals move --to"), "{refused:?}");
    let shown = renamed.replace("desk@", "");
    let named = newsroom.good("server", &["move", "--to", &renamed]);
    let there = "its 2 events were there already";
    assert_eq!(named, format!("desk.example.org/record is kept in {shown}: {there}\n"));
    let server = newsroom.serve_home("server", "127.0.0.1:0", &renamed);
    newsroom.join_as_founder("ada", &server.url);
    assert_eq!(newsroom.enter("ada", document, 1).code, 0);
    server.stop();
    // Said again, a move that is done is done.
    let here = newsroom.good("server", &["move", "--from", &renamed]);
    let again = newsroom.good("server", &["move", "--from", &renamed]);
    assert_eq!((again.as_str(), again.contains("its 3 events were there already")), (&*here, true));
    newsroom.good("server", &["move", "--to", &renamed]);
    // A database that does not have the record is not its home.
    database.sql("UPDATE annals.ledger SET origin = 'other.example.org/record'");
    let refused = newsroom.annals("server", &["move", "--to", &url]);
    assert_eq!(refused.code, 2, "{refused:?}");
    assert!(refused.err.contains("is kept in the database at"), "{refused:?}");
}
