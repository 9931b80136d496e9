//! The archivist's commands, as stories with exact answers.
//!
//! Always holds: the ledger is made by the library with seeded randomness and a set clock, so that
//! hashes and times are the same on every machine.

mod blame;
mod diff;
mod effects;
mod find;
mod formats;
pub mod forms;
mod history;
mod replay;
mod show;
pub mod story;
mod when;
