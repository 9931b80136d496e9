//! Uses: one file for each thing that is done to a ledger.
//!
//! Always holds: each use reads as one straight function over the floors below. Not here: words
//! for people, arguments, prompts (`cli`).

pub mod draft;
pub mod settle;
