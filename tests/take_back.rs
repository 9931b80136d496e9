//! A verifier that takes events back is as it was before them.
//!
//! Always holds: histories are random, their acts legal and illegal, with stolen keys; each takes
//! back a branch, or the end of one, and goes on with another. It is compared with a verifier that
//! never had the branch, by state, faults, counts and tree after each event.

use crate::support::ledger::{Ledger, Made};
use crate::support::random;
use crate::support::tamper::Dice;
use annals_core::event::Entry;
use annals_core::state::dump;
use annals_core::verify::Verifier;
use annals_core::verify::content::CheckDepth;
use annals_core::verify::examine::{Examined, examine};
use annals_core::verify::memory::MemorySource;

/// The number of histories that every run of the tests tries.
const HISTORIES: u64 = 2_000;

/// Events, and the documents that they capture.
struct Branch {
    events: Vec<Examined>,
    source: MemorySource,
    ledger: Ledger,
}

impl Branch {
    fn of(ledger: Ledger) -> Branch {
        let mut source = MemorySource::default();
        for event in &ledger.events {
            let Entry { record, body } = entry(event);
            source.push(record, body);
        }
        for document in ledger.documents.values() {
            source.add_document(document.clone());
        }
        let events = ledger.events.iter().map(|event| examine(&entry(event))).collect();
        Branch { events, source, ledger }
    }

    /// This ledger, and a few random acts.
    fn after(ledger: &Ledger, dice: &mut Dice) -> Branch {
        let mut ledger = ledger.clone();
        for _ in 0..1 + dice.below(6) {
            let (by, act) = random::act(&mut ledger, dice);
            ledger.sign(by, act);
        }
        Branch::of(ledger)
    }
}

fn entry(event: &Made) -> Entry {
    Entry { record: event.record().into_bytes(), body: Some(event.body.clone().into_bytes()) }
}

/// All that a verifier reports.
fn shown(verifier: &Verifier) -> String {
    let Verifier { chain, contents, faults, .. } = verifier;
    let root = chain.tree().root();
    let state = dump::dump(&chain.state, chain.size(), chain.head, &root);
    let absent = contents.unexplained(&chain.state, 0);
    let documents: Vec<_> = contents.library.documents().collect();
    format!(
        "{} {:?} {:?} {faults:?} {absent:?} {documents:?} {:?} {:?}",
        String::from_utf8_lossy(&state),
        chain.at,
        contents.counts,
        chain.contradicted,
        chain.expected(),
    )
}

/// Verifies the events of a branch from the first one that the verifier has not.
fn go_on(verifier: &mut Verifier, branch: &Branch) -> Vec<String> {
    let from = usize::try_from(verifier.chain.size()).expect("few events");
    let mut after = Vec::new();
    for event in &branch.events[from..] {
        let outcome = verifier.event(event, &branch.source, CheckDepth::All).expect("in memory");
        after.push(format!("{outcome:?} {}", shown(verifier)));
    }
    after
}

/// The number of events that were taken back, and of those that had been refused.
#[derive(Default)]
struct Count {
    taken_back: u64,
    faults: u64,
}

fn history(seed: u64, newsroom: &Ledger, count: &mut Count) {
    let mut dice = Dice(seed);
    let base = Branch::after(newsroom, &mut dice);
    let mut verifier = Verifier::default();
    go_on(&mut verifier, &base);
    verifier.keep_changes();
    let mut trunk = base.ledger;
    for _ in 0..2 {
        let before = shown(&verifier);
        let (size, faults) = (verifier.chain.size(), verifier.faults.len());
        let tried = Branch::after(&trunk, &mut dice);
        let expected = go_on(&mut verifier, &tried);
        count.faults += (verifier.faults.len() - faults) as u64;
        // Some of the branch stays, or none of it.
        let kept = dice.below(expected.len());
        for _ in kept..expected.len() {
            assert!(verifier.take_back(), "history {seed}");
            count.taken_back += 1;
        }
        let after = if kept == 0 { &before } else { &expected[kept - 1] };
        assert!(after.ends_with(&shown(&verifier)), "history {seed}: {after}");
        // The same again gives the same again.
        assert_eq!(go_on(&mut verifier, &tried), expected[kept..], "history {seed}");
        while verifier.chain.size() > size + kept as u64 {
            verifier.take_back();
            count.taken_back += 1;
        }
        let left = usize::try_from(size).expect("few events") + kept;
        trunk = tried.ledger;
        trunk.events.truncate(left);
        trunk.expected = left as u64;
    }
    // What it never had leaves no trace: a fresh verifier of the rest says the same.
    let rest = Branch::after(&trunk, &mut dice);
    let found = go_on(&mut verifier, &rest);
    let mut fresh = Verifier::default();
    let expected = go_on(&mut fresh, &rest);
    assert_eq!(found, expected[expected.len() - found.len()..], "history {seed}");
    let revertible = verifier.revertible();
    let from = verifier.chain.size() - revertible;
    while verifier.take_back() {
        count.taken_back += 1;
    }
    assert_eq!(verifier.chain.size(), from, "history {seed}");
    assert_eq!(go_on(&mut verifier, &rest), expected[expected.len() - revertible as usize..]);
}

/// `ANNALS_HISTORIES` sets the number of histories.
#[test]
fn events_that_are_taken_back_leave_nothing() {
    let set = std::env::var("ANNALS_HISTORIES").ok().and_then(|number| number.parse().ok());
    let histories: u64 = set.unwrap_or(HISTORIES);
    let newsroom = Ledger::newsroom();
    let mut counts = [Count::default(), Count::default()];
    std::thread::scope(|scope| {
        for (count, half) in counts.iter_mut().zip(0..2) {
            let newsroom = &newsroom;
            scope.spawn(move || {
                (half..histories).step_by(2).for_each(|seed| history(seed, newsroom, count));
            });
        }
    });
    let taken_back: u64 = counts.iter().map(|count| count.taken_back).sum();
    let faults: u64 = counts.iter().map(|count| count.faults).sum();
    assert!(taken_back > histories && faults > histories / 10, "{taken_back}, {faults}");
}

#[test]
fn nothing_is_taken_back_that_was_not_kept() {
    let branch = Branch::of(Ledger::newsroom());
    let mut verifier = Verifier::default();
    go_on(&mut verifier, &branch);
    assert!(!verifier.take_back());
    verifier.keep_changes();
    assert!(!verifier.take_back());
    assert_eq!((verifier.revertible(), verifier.chain.size()), (0, branch.ledger.size()));
}
