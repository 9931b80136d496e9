//! Moves that would give a record two homes, or none: another server's copy, a clone, an address or
//! a memory that does not answer, a database that is lost.
//!
//! Not here: the whole way there and back (`story`), the memory of the log key (`memory`).

use crate::database::memory::{Watch, machine};
use crate::database::{PostgresServer, add_empty};
use crate::serve::{Newsroom, Said};
use annals::database::{Database, DatabaseError};
use annals::store::StoreHead;

/// The words of a database about where the record is kept; nothing where it keeps it.
fn moved(database: &PostgresServer) -> String {
    database.sql("SELECT moved FROM annals.ledger")
}

/// The copy of a server that ended.
fn copy_of(newsroom: &Newsroom, machine_name: &str, url: &str, more: &[&str]) {
    machine(newsroom, machine_name);
    let options = [&["--home", url][..], more].concat();
    let server = newsroom.serve_on(machine_name, "127.0.0.1:0", &options);
    assert_eq!(server.health(), 200);
    server.stop();
}

fn expect_refused(said: &Said, why: &str) {
    assert_eq!((said.code, &*said.out, &*said.err), (2, "", &*format!("annals: {why}\n")));
}

/// What a database says of a record that was moved into a folder.
fn kept_elsewhere(database: &PostgresServer) -> String {
    let (place, url) = (moved(database), database.url("desk").replace("desk@", ""));
    assert!(place.starts_with("the folder "), "{place}");
    format!(
        "the record is kept in {place}, not in the database at {url}: it is served from there; \
         the command move, with --to {url} in that folder and under that name, moves it here, and \
         the same command continues a move that was interrupted"
    )
}

#[test]
fn what_one_server_moved_back_another_one_does_not_take_again() {
    let Some(database) = PostgresServer::start() else { return };
    let (newsroom, url) = (Newsroom::found(None), database.url("desk"));
    let watch = Watch::make(&newsroom);
    let document = newsroom.capture("server", 9);
    newsroom.good("server", &[&["move", "--to", &url][..], &watch.options()].concat());
    copy_of(&newsroom, "second", &url, &watch.options());
    newsroom.good("server", &["move", "--from", &url]);
    let (place, mark) = (moved(&database), newsroom.path("second/ledger/home"));
    let marked = std::fs::read(&mark).unwrap();
    for line in [["move", "--to", &url], ["move", "--from", &url]] {
        expect_refused(&newsroom.annals("second", &line), &kept_elsewhere(&database));
    }
    assert_eq!((moved(&database), std::fs::read(&mark).unwrap()), (place, marked));
    assert!(!newsroom.path("second/ledger/home.move").exists());
    // The folder alone goes on; once it has moved the record again, both servers do.
    assert_eq!(newsroom.enter("server", document, 1).code, 0);
    newsroom.good("server", &[&["move", "--to", &url][..], &watch.options()].concat());
    let there = newsroom.good("second", &["move", "--to", &url]);
    assert!(there.ends_with("its 3 events were there already\n"), "{there}");
    newsroom.good("second", &["verify"]);
}

/// Two machines read that the database keeps the record, and both move it.
#[test]
fn of_two_that_move_a_record_at_once_one_does() {
    let Some(server) = PostgresServer::start() else { return };
    add_empty(&server);
    let mut database = Database::connect(&server.address("desk")).unwrap();
    let id = database.records().unwrap()[0].id;
    let mut to = |from, to| database.move_record(id, &StoreHead::EMPTY, from, to);
    to(None, Some("one")).unwrap();
    for (from, place) in [(None, Some("another")), (None, None), (Some("another"), None)] {
        let refused = to(from, place);
        assert!(matches!(refused, Err(DatabaseError::KeptElsewhere(_))), "{refused:?}");
    }
    assert_eq!(moved(&server), "one");
    to(Some("one"), None).unwrap();
    assert_eq!(moved(&server), "");
}

#[test]
fn a_clone_and_another_folder_are_not_where_a_record_was_moved() {
    let Some(database) = PostgresServer::start() else { return };
    let (newsroom, url) = (Newsroom::found(None), database.url("desk"));
    newsroom.capture("server", 9);
    newsroom.good("server", &["move", "--to", &url]);
    let server = newsroom.serve_home("server", "127.0.0.1:0", &url);
    let address = server.url.clone();
    newsroom.join("far", &address);
    let expect_copy = |machine: &str, line: &[&str]| {
        let why = format!(
            "expected the ledger that keeps the record at {}, found a copy of the record at {}, \
             which is kept there: only who runs that can move it; nothing was moved",
            newsroom.path(&format!("{machine}/ledger")).display(),
            address
        );
        expect_refused(&newsroom.annals(machine, line), &why);
    };
    server.stop();
    let back = ["move", "--from", &url];
    newsroom.good("server", &back);
    expect_copy("far", &back);
    let again = newsroom.good("server", &back);
    assert!(again.ends_with("ledger: its 2 events were there already\n"), "{again}");
    // A folder that was copied, or has another name by now.
    std::fs::rename(newsroom.path("server"), newsroom.path("home")).unwrap();
    for line in [&back, &["move", "--to", &url]] {
        expect_refused(&newsroom.annals("home", line), &kept_elsewhere(&database));
    }
    // A clone at the same path, on another machine.
    std::fs::rename(newsroom.path("far"), newsroom.path("server")).unwrap();
    expect_copy("server", &back);
}

#[test]
fn another_address_is_written_down_only_with_a_memory_that_answers() {
    let Some(database) = PostgresServer::start() else { return };
    let (newsroom, url) = (Newsroom::found(None), database.url("desk"));
    let watch = Watch::make(&newsroom);
    newsroom.capture("server", 9);
    newsroom.good("server", &["move", "--to", &url]);
    let mark = newsroom.path("server/ledger/home");
    let before = std::fs::read(&mark).unwrap();
    let renamed = url.replace("@127.0.0.1:", "@localhost:");
    let [memory, _, key, vkey] = watch.options();
    let line = ["move", "--to", &renamed, memory, "http://127.0.0.1:1", key, vkey];
    let said = newsroom.annals("server", &line);
    assert_eq!(said.code, 2, "{said:?}");
    let why = "the log key's memory cannot be asked: the witness at http://127.0.0.1:1 does not";
    assert!(said.err.contains(why), "{}", said.err);
    assert!(said.err.ends_with("; the record was not moved\n"), "{}", said.err);
    assert_eq!(std::fs::read(&mark).unwrap(), before);
    newsroom.good("server", &[&["move", "--to", &renamed][..], &watch.options()].concat());
    let text = std::fs::read_to_string(&mark).unwrap();
    let expected = format!(
        "annals home v1\nplace {}\nmemory {} {vkey}\n",
        renamed.replace("desk@", ""),
        watch.options()[1]
    );
    assert_eq!(text, expected);
}

/// Its backup runs at another address, and is behind the copy.
#[test]
fn a_database_that_is_lost_is_replaced_by_its_backup_at_another_address() {
    let Some(database) = PostgresServer::start() else { return };
    let Some(backup) = PostgresServer::start() else { return };
    let (newsroom, url) = (Newsroom::found(None), database.url("desk"));
    let document = newsroom.capture("server", 9);
    newsroom.good("server", &["move", "--to", &url]);
    database.dump_into(&backup);
    let server = newsroom.serve_home("server", "127.0.0.1:0", &url);
    newsroom.join_as_founder("ada", &server.url);
    assert_eq!(newsroom.enter("ada", document, 1).code, 0);
    server.stop();
    let (other, shown) = (backup.url("desk"), url.replace("desk@", ""));
    // While the database may be at work, nothing takes its place.
    let said = newsroom.annals("server", &["move", "--to", &other]);
    let why = format!("is kept in the database at {shown}, and");
    assert!(said.code == 2 && said.err.contains(&why), "{why}: {said:?}");
    database.kill();
    let back = newsroom.good("server", &["move", "--to", &other]);
    let here = other.replace("desk@", "");
    let new = format!("desk.example.org/record is kept in {here}: events 2 to 2 were new there\n");
    assert_eq!(back, new);
    let server = newsroom.serve_home("server", "127.0.0.1:0", &other);
    newsroom.good("server", &["verify"]);
    server.stop();
}

/// A copy that is behind its database moves nothing, and stops nobody.
#[test]
fn a_copy_that_is_behind_its_database_is_brought_up_to_date() {
    let Some(database) = PostgresServer::start() else { return };
    let (newsroom, url) = (Newsroom::found(None), database.url("desk"));
    let document = newsroom.capture("server", 9);
    newsroom.good("server", &["move", "--to", &url]);
    copy_of(&newsroom, "second", &url, &[]);
    let server = newsroom.serve_home("server", "127.0.0.1:0", &url);
    newsroom.join_as_founder("ada", &server.url);
    assert_eq!(newsroom.enter("ada", document, 1).code, 0);
    database.sql("DELETE FROM annals.event WHERE position = 0");
    let there = newsroom.good("second", &["move", "--to", &url, "--format", "json"]);
    let there = crate::serve::json(&there);
    let restored = serde_json::json!({ "events": 1, "documents": 0 });
    assert_eq!((&there["size"], &there["before"]), (&3.into(), &3.into()));
    assert_eq!(there["restored"], restored);
    assert_eq!(newsroom.enter("ada", document, 2).code, 0);
    server.stop();
    newsroom.good("second", &["verify"]);
}
