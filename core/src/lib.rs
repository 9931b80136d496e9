//! The core of annals.
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
pub mod naming;
pub mod tlog;
pub mod version_line;
pub mod pin;
pub mod evidence;

// floor 2: rules, judgement without I/O, clock or randomness
pub mod loose;
pub mod quote;
pub mod edges;
pub mod quote_search;
pub mod search;
pub mod roster;
pub mod fold;
pub mod legal;
pub mod rebuild;
pub mod state;
pub mod verify;
