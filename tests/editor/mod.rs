//! The editor's work at the command line, as stories with exact answers and exit codes.
//!
//! Always holds: the ledger is made by the command line with a set clock and seeded randomness; the
//! second editors are enrolled by the library.

mod acts;
mod again;
mod append;
mod before_signing;
mod conversation;
mod documents;
mod files;
mod overview;
mod kept_drafts;
mod languages;
mod line_editor;
mod programs;
mod prompts;
mod quotations;
mod refusals;
mod repeats;
mod review;
pub mod story;
mod tables;
pub mod talk;
mod terminal;
mod widths;
mod preflight;
