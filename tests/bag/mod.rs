//! Bags: the story is exported, checked with standard tools, damaged, imported, taken over.
//!
//! Always holds: the ledger is the one of the archivist's tests, so hashes and times are the same on
//! every machine. Not here: the bytes of a record (`tests/format`).

mod check;
mod damage;
mod export;
pub mod folders;
mod import;
mod interrupted;
mod memento;
mod part;
mod readers;
mod report;
mod same;
mod second_implementation;
mod story;
