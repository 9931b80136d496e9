//! Tests each home against each sentence of the contract in `annals::ledger::write::home`, by its
//! number.
//!
//! Not here: a writer over homes that fail (`home`); power cuts and full disks of the journal's
//! home (`faults`, `torture`); what a lost connection to a database does (`database`).

use crate::database::{PostgresServer, add_empty};
use annals::ledger::paths::Paths;
use annals::ledger::write::home::faulty::{FaultPlan, FaultyHome, HomeFault};
use annals::ledger::write::home::in_memory::{MemoryHome, MemoryRecord};
use annals::ledger::write::home::journal_home::JournalHome;
use annals::ledger::write::home::postgres_home::PostgresHome;
use annals::ledger::write::home::{
    CommitOutcome, EventGroup, Home, HomeError, JudgedHome, WakeOutcome,
};
use annals::store::StoreHead;
use annals_core::event::{Entry, record};
use annals_core::hash::Hash;
use annals_core::merkle::Tree;
use std::path::PathBuf;
use std::time::Duration;
use tempfile::TempDir;

const WAIT: Duration = Duration::from_secs(5);

/// A home under test, and how to open it again.
struct Place {
    name: &'static str,
    folder: TempDir,
    record: MemoryRecord,
    plan: FaultPlan<HomeFault>,
    open: OpenHome,
    database: Option<PostgresServer>,
}

type OpenHome = fn(&Place) -> Box<dyn Home>;

impl Place {
    fn new(name: &'static str, open: OpenHome) -> Place {
        let folder = tempfile::tempdir().unwrap();
        let (record, plan) = (MemoryRecord::default(), FaultPlan::default());
        Place { name, folder, record, plan, open, database: None }
    }

    fn paths(&self) -> Paths {
        Paths::new(self.folder.path().join("ledger"), None)
    }

    /// The home, open and completed.
    fn home(&self) -> Box<dyn Home> {
        // What is made now is complete.
        let is_new = !self.paths().ledger.exists() && self.name.contains("journal");
        let mut home = (self.open)(self);
        if is_new {
            return home;
        }
        let head = home.head().unwrap();
        let judged = JudgedHome { head, signed: 0, foreign: None, documents: Vec::new() };
        home.complete(&judged).unwrap();
        home
    }
}

fn journal(place: &Place) -> Box<dyn Home> {
    match place.paths().ledger.exists() {
        false => Box::new(JournalHome::create(place.paths(), WAIT.into()).unwrap()),
        true => Box::new(JournalHome::take(place.paths(), WAIT).unwrap()),
    }
}

fn memory(place: &Place) -> Box<dyn Home> {
    Box::new(MemoryHome::open(&place.record))
}

fn faulty(place: &Place) -> Box<dyn Home> {
    Box::new(FaultyHome::new(MemoryHome::open(&place.record), place.plan.clone()))
}

fn faulty_journal(place: &Place) -> Box<dyn Home> {
    let home = match place.paths().ledger.exists() {
        false => JournalHome::create(place.paths(), WAIT.into()).unwrap(),
        true => JournalHome::take(place.paths(), WAIT).unwrap(),
    };
    Box::new(FaultyHome::new(home, place.plan.clone()))
}

fn postgres(place: &Place) -> Box<dyn Home> {
    let copy = match place.paths().ledger.exists() {
        false => JournalHome::create(place.paths(), WAIT.into()).unwrap(),
        true => JournalHome::take(place.paths(), WAIT).unwrap(),
    };
    let address = place.database.as_ref().unwrap().address("desk");
    Box::new(PostgresHome::open(&address, &place.paths(), copy, None).unwrap())
}

fn places() -> Vec<Place> {
    let mut places = vec![
        Place::new("memory", memory),
        Place::new("journal", journal),
        Place::new("faulty", faulty),
        Place::new("faulty journal", faulty_journal),
    ];
    if let Some(server) = PostgresServer::start() {
        add_empty(&server);
        let place = Place::new("database with a journal", postgres);
        places.push(Place { database: Some(server), ..place });
    }
    places
}

pub fn entries(range: std::ops::Range<u64>) -> Vec<Entry> {
    let entry = |number: u64| Entry {
        record: format!("place {number}\nstatement {number}\nsignature {number}\n").into_bytes(),
        body: Some(format!("{{\"body\":{number}}}").into_bytes()),
    };
    range.map(entry).collect()
}

pub fn head(size: u64) -> StoreHead {
    let last = size.checked_sub(1).map(|last| entries(last..size));
    StoreHead { size, hash: last.map(|last| record::hash(&last[0].record)) }
}

pub fn root(size: u64) -> Hash {
    let mut tree = Tree::default();
    entries(0..size).iter().for_each(|entry| tree.push(record::hash(&entry.record)));
    tree.root()
}

/// Commits these entries after the first `from`.
pub fn commit(home: &mut dyn Home, from: u64, to: u64) -> Result<CommitOutcome, Box<HomeError>> {
    let entries = entries(from..to);
    let (root, entries) = (root(to), &entries[..]);
    home.commit(&EventGroup { from: head(from), to: head(to), root, entries }).map_err(Box::new)
}

/// The entries that a home shows.
pub fn shown(home: &dyn Home) -> Vec<Entry> {
    home.walk(0).unwrap().flat_map(|batch| batch.unwrap().entries).collect()
}

/// Every file below a folder but locks and those of a database that works by itself.
fn files(place: &Place) -> Vec<(PathBuf, Vec<u8>)> {
    let (mut found, mut folders) = (Vec::new(), vec![place.folder.path().to_owned()]);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true if path.ends_with("db") => {}
                true => folders.push(path),
                false if path.ends_with("lock") => {}
                false => found.push((path.clone(), std::fs::read(path).unwrap())),
            }
        }
    }
    found.sort();
    found
}

#[test]
fn sentence_1_a_home_shows_the_record_as_it_was_opened_and_its_own_commits() {
    for place in places() {
        let mut home = place.home();
        assert_eq!((home.size(), shown(&*home)), (0, Vec::new()), "{}", place.name);
        commit(&mut *home, 0, 3).unwrap();
        commit(&mut *home, 3, 4).unwrap();
        assert_eq!((home.size(), shown(&*home)), (4, entries(0..4)), "{}", place.name);
        drop(home);
        assert_eq!(shown(&*place.home()), entries(0..4), "{}", place.name);
    }
    // What another one commits is shown after a reload.
    let place = Place::new("memory", memory);
    let (mut one, mut other) = (place.home(), place.home());
    commit(&mut *other, 0, 2).unwrap();
    assert_eq!(one.size(), 0);
    assert_eq!(one.wake().unwrap(), WakeOutcome::Changed);
    one.reload().unwrap();
    assert_eq!(shown(&*one), entries(0..2));
    assert_eq!(one.wake().unwrap(), WakeOutcome::Same);
}

#[test]
fn sentences_2_and_3_a_group_is_written_at_the_head_and_nowhere_else() {
    for place in places() {
        let mut home = place.home();
        assert_eq!(commit(&mut *home, 0, 2).unwrap(), CommitOutcome::Written, "{}", place.name);
        assert_eq!(home.head().unwrap(), head(2), "{}", place.name);
        for from in [0, 1, 3] {
            let outrun = commit(&mut *home, from, from + 1).unwrap();
            assert_eq!(outrun, CommitOutcome::Outrun(head(2)), "{} {from}", place.name);
        }
        // The same size with another last event is another head.
        let entries = entries(2..3);
        let from = StoreHead { size: 2, hash: Some(Hash([7; 32])) };
        let group = EventGroup { from, to: head(3), root: root(3), entries: &entries };
        assert_eq!(home.commit(&group).unwrap(), CommitOutcome::Outrun(head(2)), "{}", place.name);
        assert_eq!(shown(&*home).len(), 2, "{}", place.name);
        drop(home);
        let mut home = place.home();
        assert_eq!(home.head().unwrap(), head(2), "{}", place.name);
    }
}

#[test]
fn sentences_4_and_5_after_an_error_a_group_is_there_whole_or_not_at_all() {
    let homes: [(&str, OpenHome); 2] = [("faulty", faulty), ("faulty journal", faulty_journal)];
    for (name, open) in homes {
        for (fault, after) in [
            (HomeFault::CommitRefused, [2].as_slice()),
            (HomeFault::CommitLost, &[2, 5]),
            (HomeFault::CommitKept, &[2, 5]),
        ] {
            let place = Place::new(name, open);
            let mut home = place.home();
            commit(&mut *home, 0, 2).unwrap();
            place.plan.plan(Some(fault));
            let failed = commit(&mut *home, 2, 5);
            let is_known =
                failed.as_ref().is_err_and(|error| matches!(**error, HomeError::Refused(_)));
            assert_eq!(is_known, fault == HomeFault::CommitRefused, "{failed:?}");
            if !is_known {
                // Nothing more is committed before it is opened anew.
                assert!(commit(&mut *home, 2, 5).is_err() && commit(&mut *home, 5, 6).is_err());
            }
            drop(home);
            let mut home = place.home();
            let size = home.head().unwrap().size;
            assert!(after.contains(&size), "{fault:?}: {size}");
            assert_eq!(shown(&*home), entries(0..size), "{fault:?}");
            assert_eq!(commit(&mut *home, size, size + 1).unwrap(), CommitOutcome::Written);
        }
    }
}

#[test]
fn sentence_6_documents_are_found_once_they_are_kept() {
    for place in places() {
        let bytes = b"A document.".to_vec();
        let digest = Hash::of(&[&bytes]);
        let mut home = place.home();
        assert_eq!(home.document(&digest).unwrap(), None, "{}", place.name);
        home.keep(&[(digest, bytes.clone())]).unwrap();
        home.keep(&[(digest, bytes.clone())]).unwrap();
        assert_eq!(home.document(&digest).unwrap(), Some(bytes.clone()), "{}", place.name);
        // It belongs to no event, and harms none.
        commit(&mut *home, 0, 1).unwrap();
        drop(home);
        let home = place.home();
        assert_eq!(home.document(&digest).unwrap(), Some(bytes), "{}", place.name);
        assert_eq!(shown(&*home), entries(0..1), "{}", place.name);
    }
}

#[test]
fn sentence_7_a_note_is_shown_once_it_is_put_and_whole() {
    for place in places() {
        let mut home = place.home();
        commit(&mut *home, 0, 1).unwrap();
        assert_eq!(home.note().unwrap(), None, "{}", place.name);
        home.prepare_note(b"one", None).unwrap();
        assert_eq!(home.note().unwrap(), None, "{}", place.name);
        home.put_note().unwrap();
        assert_eq!(home.note().unwrap(), Some(b"one".to_vec()), "{}", place.name);
        // Nothing is prepared: nothing is put.
        home.put_note().unwrap();
        home.prepare_note(b"two", None).unwrap();
        drop(home);
        assert_eq!(place.home().note().unwrap(), Some(b"one".to_vec()), "{}", place.name);
    }
}

#[test]
fn sentence_8_nothing_is_changed_before_complete() {
    for place in places() {
        let mut home = place.home();
        commit(&mut *home, 0, 2).unwrap();
        home.keep(&[(Hash::of(&[b"x"]), b"x".to_vec())]).unwrap();
        drop(home);
        let before = files(&place);
        let mut home = (place.open)(&place);
        assert_eq!(home.head().unwrap(), head(2), "{}", place.name);
        assert_eq!(shown(&*home), entries(0..2), "{}", place.name);
        assert_eq!(home.note().unwrap(), None, "{}", place.name);
        drop(home);
        assert!(files(&place) == before, "{}", place.name);
    }
}
