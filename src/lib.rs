//! Annals: a record of facts that nobody can quietly change.
//!
//! The modules stand in floors, lowest first; an import points down, or to the left on its own
//! floor (`tests/tidy.rs` keeps it). See ARCHITECTURE.md for the map and FORMAT.md for the bytes.
#![forbid(unsafe_code)]

// floor 0: words, values with one spelling
pub mod hash;
pub mod key;

// floor 1: formats, bytes <-> values
pub mod event;

// floor 2: rules, judgement without I/O, clock or randomness
pub mod verify;

// floor 3: places
pub mod disk;
pub mod journal;
pub mod store;
