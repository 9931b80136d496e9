//! Annals: a record of facts that nobody can quietly change.
//!
//! The modules stand in floors, lowest first; an import points down, or to the left on its own
//! floor (`tests/tidy.rs` keeps it). See ARCHITECTURE.md for the map and FORMAT.md for the bytes.
#![forbid(unsafe_code)]

// floor 0: words, values with one spelling
pub mod hash;
pub mod key;
pub mod time;
pub mod edtf;
pub mod text;
pub mod rule;

// floor 1: formats, bytes <-> values
pub mod transfer;
pub mod event;
pub mod merkle;
pub mod tlog;
pub mod heading;
pub mod pin;
pub mod evidence;

// floor 2: rules, judgement without I/O, clock or randomness
pub mod loose;
pub mod quote;
pub mod edges;
pub mod pointing;
pub mod search;
pub mod roster;
pub mod fold;
pub mod legal;
pub mod refold;
pub mod state;
pub mod verify;

// floor 3: places, the only floor with files, time and randomness
pub mod clock;
pub mod entropy;
pub mod disk;
pub mod keys;
pub mod store;
pub mod journal;
pub mod index;
pub mod archive;
pub mod witness;

// floor 4: uses
pub mod ledger;

// floor 5: doors
pub mod cli;
