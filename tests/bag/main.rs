//! Bags: the story is exported, checked with everybody's tools, damaged, imported, taken over.
//!
//! Always holds: the ledger is the one of the archivist's tests, so hashes and times are the same on
//! every machine. Not here: other libraries' readers (`tests/py/test_bag.py`).

mod check;
mod damage;
mod export;
mod folders;
mod import;
mod interrupted;
mod readers;
#[allow(dead_code)]
#[path = "../archivist/story.rs"]
mod story;
