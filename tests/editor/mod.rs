//! The editor's day at the command line, told as stories with exact answers and exit codes.
//!
//! Always holds: the ledger is made by the command line with a set clock and seeded randomness; the
//! second editors are enrolled by the library.

mod acts;
mod again;
mod append;
mod documents;
mod files;
mod programs;
mod quotations;
mod refusals;
mod repeats;
mod review;
mod story;
mod tables;
mod terminal;
mod trial;
