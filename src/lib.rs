//! Annals: a record of facts that nobody can quietly change.
//!
//! The modules stand in floors, lowest first; an import points down, or to the left on its own
//! floor (`tests/tidy.rs` keeps it). See ARCHITECTURE.md for the map and FORMAT.md for the bytes.
#![forbid(unsafe_code)]

// floor 0: words, values with one spelling
pub mod edtf;
pub mod hash;
pub mod key;
pub mod rule;
pub mod text;
pub mod time;

// floor 1: formats, bytes <-> values
pub mod event;
pub mod merkle;
pub mod pin;
pub mod tlog;

// floor 2: rules, judgement without I/O, clock or randomness
pub mod fold;
pub mod legal;
pub mod quote;
pub mod refold;
pub mod roster;
pub mod state;
pub mod verify;

// floor 3: places
pub mod entropy;
pub mod keys;
