//! FORMAT.md is held to its word: examples, tables, spellings and grammars.
//!
//! Always holds: the page is read as it stands in the repository; nothing of it is copied here but
//! the names of its examples. Not here: the numbered rules at work (`rules`, `vectors`).
//! Source: FORMAT.md.

mod examples;
mod grammars;
mod page;
mod spelling;
mod tables;
