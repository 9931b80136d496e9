//! The contract of a home, where the connection to the database is lost at a commit, and where two
//! programs write.

use crate::database::{Cut, CuttingProxy, PostgresServer, add_empty};
use crate::home::contract::{commit, entries, head, root, shown};
use crate::serve::rounds;
use annals::database::DatabaseAddress;
use annals::ledger::paths::Paths;
use annals::ledger::write::home::journal_home::JournalHome;
use annals::ledger::write::home::postgres_home::PostgresHome;
use annals::ledger::write::home::{CommitOutcome, EventGroup, Home, HomeError, JudgedHome};
use std::path::Path;
use std::sync::atomic::Ordering;
use std::time::Duration;

const WAIT: Duration = Duration::from_secs(5);

/// The home of the database at an address, with its copy in a folder.
fn home(url: &str, folder: &Path) -> PostgresHome {
    let paths = Paths::new(folder.to_owned(), None);
    let is_new = !folder.exists();
    let copy = match is_new {
        true => JournalHome::create(paths.clone(), WAIT.into()).unwrap(),
        false => JournalHome::take(paths.clone(), WAIT).unwrap(),
    };
    let address = DatabaseAddress::parse(url, None, None).unwrap();
    let mut home = PostgresHome::open(&address, &paths, copy, None).unwrap();
    if !is_new {
        let head = head(home_size(&home));
        let judged = JudgedHome { head, signed: 0, foreign: None, documents: Vec::new() };
        home.complete(&judged).unwrap();
    }
    home
}

fn home_size(home: &PostgresHome) -> u64 {
    annals_core::verify::source::Source::size(home)
}

/// Commits these entries after the first `from`, and what the copy derives from them.
fn commit_whole(home: &mut PostgresHome, from: u64, to: u64) -> CommitOutcome {
    let committed = commit(home, from, to).unwrap();
    if committed == CommitOutcome::Written {
        let (entries, root) = (entries(from..to), root(to));
        let group = EventGroup { from: head(from), to: head(to), root, entries: &entries };
        home.prepare_note(b"a note", Some(&group)).unwrap();
    }
    committed
}

/// Takes what others wrote, without judging it.
fn take_later(home: &mut PostgresHome) {
    loop {
        let later = home.later().unwrap();
        if later.is_empty() {
            return;
        }
        let from = home_size(home);
        let to = from + later.len() as u64;
        let (from, to, root) = (head(from), head(to), root(to));
        home.show_later(&EventGroup { from, to, root, entries: &later }).unwrap();
    }
}

#[test]
fn after_a_lost_commit_it_is_known_what_the_database_has() {
    let Some(server) = PostgresServer::start() else { return };
    add_empty(&server);
    let proxy = CuttingProxy::before(&server);
    let place = tempfile::tempdir().unwrap();
    let folder = place.path().join("copy");
    let mut home = home(&proxy.url("desk"), &folder);
    let (mut size, mut kept, mut lost) = (0, 0, 0);
    let rounds = rounds(60);
    for round in 0..rounds {
        let cut = [Cut::Before, Cut::At, Cut::After][round as usize % 3];
        proxy.cut(cut);
        // A commit that the database has is written; one that it has not is refused, never unknown.
        match commit(&mut home, size, size + 3) {
            Ok(CommitOutcome::Written) => {
                (size, kept) = (size + 3, kept + 1);
                assert_ne!(cut, Cut::Before);
            }
            Err(error) if matches!(*error, HomeError::Refused(_)) => {
                lost += 1;
                assert_ne!(cut, Cut::After, "{error}");
            }
            other => panic!("{cut:?}: {other:?}"),
        }
        // An answer that passed just before the connection was cut: it is lost at the next question.
        let there = match home.head() {
            Ok(there) => there,
            Err(_) => home.head().unwrap_or_else(|error| panic!("{round} {cut:?}: {error:?}")),
        };
        assert_eq!(there, head(size), "{round} {cut:?}");
        assert_eq!(shown(&home).len() as u64, size);
        // Over another connection nothing is committed before the record is opened anew.
        assert!(commit(&mut home, size, size + 1).is_err(), "{round} {cut:?}");
        drop(home);
        home = self::home(&proxy.url("desk"), &folder);
        // One that is not cut goes on.
        assert_eq!(commit(&mut home, size, size + 1).unwrap(), CommitOutcome::Written);
        size += 1;
    }
    assert_eq!(proxy.cuts.load(Ordering::Relaxed), rounds);
    assert!(kept >= rounds / 3 && lost >= rounds / 3, "{kept} kept, {lost} lost");
    assert_eq!(shown(&home), entries(0..size));
    let rows = server.sql("SELECT count(*), max(position) + 1 FROM annals.event");
    assert_eq!(rows, format!("{size}|{size}"));
}

#[test]
fn of_two_programs_that_write_one_is_outrun_and_takes_what_the_other_wrote() {
    let Some(server) = PostgresServer::start() else { return };
    add_empty(&server);
    let place = tempfile::tempdir().unwrap();
    let url = server.url("desk");
    let mut one = home(&url, &place.path().join("one"));
    let mut other = home(&url, &place.path().join("other"));
    assert_eq!(commit_whole(&mut one, 0, 3), CommitOutcome::Written);
    assert_eq!(commit_whole(&mut other, 0, 2), CommitOutcome::Outrun(head(3)));
    assert!(other.is_behind().unwrap() && home_size(&other) == 0);
    take_later(&mut other);
    assert_eq!(shown(&other), entries(0..3));
    assert_eq!(commit_whole(&mut other, 3, 2_100), CommitOutcome::Written);
    assert_eq!(one.head().unwrap(), head(2_100));
    assert_eq!(shown(&one), entries(0..3));
    take_later(&mut one);
    assert_eq!(shown(&one), entries(0..2_100));
    assert!(!one.is_behind().unwrap());
    // Ten of each, at the same time: no position has two events, none is missing.
    let write = |mut home: PostgresHome| {
        move || {
            let (mut written, mut outrun) = (0, 0);
            while written < 10 {
                take_later(&mut home);
                let size = home_size(&home);
                match commit_whole(&mut home, size, size + 1) {
                    CommitOutcome::Written => written += 1,
                    CommitOutcome::Outrun(_) => outrun += 1,
                }
            }
            outrun
        }
    };
    let (one, other) = (std::thread::spawn(write(one)), std::thread::spawn(write(other)));
    let outrun = one.join().unwrap() + other.join().unwrap();
    let rows = server.sql("SELECT count(*), max(position) + 1 FROM annals.event");
    assert_eq!(rows, "2120|2120", "{outrun} were outrun");
    let mut again = home(&url, &place.path().join("third"));
    take_later(&mut again);
    assert_eq!(shown(&again), entries(0..2_120));
}

#[test]
fn a_database_that_lost_events_or_has_others_is_not_written_to() {
    let Some(server) = PostgresServer::start() else { return };
    add_empty(&server);
    let place = tempfile::tempdir().unwrap();
    let folder = place.path().join("copy");
    let mut one = home(&server.url("desk"), &folder);
    commit(&mut one, 0, 9).unwrap();
    // As a standby that took over, or a restored backup, has it.
    let last = head(6).hash.unwrap();
    let row = format!("UPDATE annals.ledger SET size = 6, head = decode('{last}', 'hex')");
    server.sql(&format!("DELETE FROM annals.event WHERE position >= 6; {row}"));
    let refused = commit(&mut one, 9, 10);
    assert!(matches!(refused, Ok(CommitOutcome::Outrun(head)) if head.size == 6), "{refused:?}");
    let refused = one.later().unwrap_err().to_string();
    let expected = "has 6 events, and the copy of it at";
    assert!(refused.contains(expected) && refused.contains("lost events"), "{refused}");
    drop(one);
    let paths = Paths::new(folder.clone(), None);
    let copy = JournalHome::take(paths.clone(), WAIT).unwrap();
    let opened = PostgresHome::open(&server.address("desk"), &paths, copy, None);
    assert!(opened.is_err_and(|error| error.to_string().contains(expected)));
    // Another history of the same length, or a longer one.
    server.sql(
        "INSERT INTO annals.event SELECT 1, n, 'another', '{}' FROM generate_series(6, 11) n; \
         UPDATE annals.ledger SET size = 12, head = sha256('another')",
    );
    let copy = JournalHome::take(paths.clone(), WAIT).unwrap();
    let opened = PostgresHome::open(&server.address("desk"), &paths, copy, None);
    let refused = opened.err().unwrap().to_string();
    assert!(refused.contains("another event at 8"), "{refused}");
    assert_eq!(server.sql("SELECT size FROM annals.ledger"), "12");
}
