//! Uses: one file for each thing that is done to a ledger.
//!
//! Always holds: each use reads as one straight function over the floors below. Not here: words
//! for people, arguments, prompts (`cli`).

// floor 1: where things are, what can fail
pub mod error;
pub mod published_place;
pub mod paths;
pub mod foreign;
pub mod imported;
pub mod table;
// floor 2: a ledger that is read
pub mod reader;
// floor 3: what is asked of it
pub mod query;
// floor 4: whether it holds
pub mod audit;
// floor 5: what is entered
pub mod write;
// floor 6: what leaves it, what comes in, what is rebuilt
pub mod exchange;
