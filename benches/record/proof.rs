//! The proof of one fact: the time to make it, its size, the time to verify it.
//!
//! Always holds: the fact is the middle one of the record; the proof is verified from its file.

use crate::make::paths;
use annals::ledger::audit::prove::{ProofDocuments, prove};
use annals::ledger::reader::Record;
use annals_core::verify::proof::{ProofContext, verify_proof};
use std::path::Path;
use std::time::Instant;

/// The number of verifications.
const CHECKS: u32 = 100;

/// Makes and verifies the proof of a fact of the ledger in a folder of benchmarks.
pub fn measure(folder: &Path) {
    let record = Record::open(paths(folder)).expect("the ledger opens");
    let state = record.state(record.size()).expect("the state folds").state;
    let facts = state.fold.facts();
    let fact = facts.get(facts.len() / 2).expect("there is a fact").position;
    let began = Instant::now();
    let proof = prove(&record, fact, ProofDocuments::LeftOut).expect("the fact is proved");
    let made = began.elapsed().as_secs_f64();
    let text = proof.write();
    let began = Instant::now();
    for _ in 0..CHECKS {
        let judged = verify_proof(text.as_bytes(), &ProofContext::default());
        assert!(judged.faults.is_empty(), "the proof holds");
    }
    let check = began.elapsed().as_secs_f64() / f64::from(CHECKS);
    let (bytes, events) = (text.len(), proof.events.len());
    println!("proof_bytes {bytes} · {events} events · made in {made:.2} s");
    println!("proof_check {:.2} ms", check * 1e3);
}
