//! What several commands share: groups of options, filters, draft files, preview, submission.
//!
//! Always holds: nothing here imports a command. Not here: what one command alone does
//! (`commands`).

pub mod filter;
pub mod fields;
pub mod draft_file;
pub mod submit;
pub mod preview;
pub mod present;
pub mod admin;
pub mod values;
pub mod protection;
pub mod cosignatures;
