//! A file system on which a lock does nothing: writers at the same time lose nothing that was
//! acknowledged, and nobody is accused.
//!
//! Uses `strace`, if it is available and may trace.

use crate::faults::newsroom::{Answer, EVENTS, JOURNAL, fact, may_trace, newsroom, traced};
use std::collections::BTreeSet;

/// How often the writers start at the same time.
const ROUNDS: usize = 3;
/// How many they are.
const WRITERS: usize = 12;

#[test]
fn writers_without_a_lock_lose_nothing_and_accuse_nobody() {
    if !may_trace(&newsroom()) {
        return;
    }
    let mut conflicts = 0;
    for round in 0..ROUNDS {
        let room = newsroom();
        let claims: Vec<String> = (0..WRITERS).map(|n| format!("Answer {round} {n}.")).collect();
        for (number, claim) in claims.iter().enumerate() {
            room.write(&format!("{number}.jsonl"), fact(claim, "the core question"));
        }
        let flock = ["-o", "/dev/null", "-e", "trace=flock", "-e", "inject=flock:retval=0"];
        let begin = |number| {
            let line = format!("append {number}.jsonl --again");
            let mut command = traced(&room, &flock, &line);
            command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
            command.spawn().unwrap()
        };
        let writers: Vec<_> = (0..WRITERS).map(begin).collect();
        let answers = writers.into_iter().map(|it| Answer::of(it.wait_with_output().unwrap()));
        let answers: Vec<Answer> = answers.collect();
        for answer in &answers {
            assert!([0, 2, 3].contains(&answer.exit), "{answer:?}");
            conflicts += usize::from(answer.exit != 0);
        }
        // The store is built from the journal, where all that was acknowledged is.
        assert!([0, 2].contains(&room.run("repair").exit), "{JOURNAL}");
        let facts: BTreeSet<String> = room.facts().into_iter().map(|(_, claim)| claim).collect();
        let written = claims.iter().zip(&answers).filter(|(_, answer)| answer.exit == 0);
        let lost: Vec<_> = written.filter(|(claim, _)| !facts.contains(*claim)).collect();
        assert!(lost.is_empty(), "{lost:?}");
        let verified = room.run("verify");
        assert_eq!(verified.exit, 0, "{verified:?}");
        assert!(facts.len() as u64 >= EVENTS - 2, "{facts:?}");
    }
    assert!(conflicts > 0, "{conflicts}");
}
