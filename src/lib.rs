//! Annals: a record of facts that nobody can quietly change.
//!
//! The modules are in floors, lowest first; an import points down, or to the left on its own floor
//! (`tests/tidy.rs` checks this). Formats, rules and verification are the crate `annals-core`. See
//! ARCHITECTURE.md for the map and FORMAT.md for the bytes.
#![forbid(unsafe_code)]

// floor 3: places, the only floor with files, time and randomness
pub mod clock;
pub mod entropy;
pub mod disk;
pub mod keys;
pub mod key_agent;
pub mod store;
pub mod journal;
pub mod index;
pub mod archive;
pub mod record_server;
pub mod database;
pub mod witness;

// floor 4: what texts say, and operations of a ledger
pub mod wording;
pub mod capture;
pub mod ledger;

// floor 5: the doors: a server and the command line
pub mod serve;
pub mod cli;
