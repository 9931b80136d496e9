//! Writing: drafts are resolved, signed, verified, and written as one batch.
//!
//! Always holds: no event is written that `verify` would refuse. Not here: prompts (`cli`), rules
//! (`annals-core`).

pub mod draft;
pub mod draft_input;
pub mod resolve;
pub mod sign;
pub mod pending;
pub mod outbox;
pub mod outcome;
pub mod repeats;
pub mod notes;
pub mod memory;
pub mod home;
pub mod writer;
mod preflight;
pub mod append;
pub mod admin;
pub mod editors;
pub mod init;
pub mod hints;
pub mod earlier;
pub mod prepared_batch;
pub mod no_change;
mod sign_thread;
pub mod batch;
pub mod passages;
pub mod same_meaning;
pub mod notice;
pub mod slice;
pub mod stamp;
pub mod stamped;
