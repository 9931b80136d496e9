//! Uses: one file for each thing that is done to a ledger.
//!
//! Always holds: each use reads as one straight function over the floors below. Not here: words
//! for people, arguments, prompts (`cli`).

pub mod exchange;
pub mod write;
pub mod audit;
pub mod error;
pub mod foreign;
pub mod paths;
pub mod imported;
pub mod reader;
pub mod table;
pub mod query;
