//! FORMAT.md is tested: examples, tables, notations and grammars.
//!
//! Always holds: the page is read from the repository; nothing of it is copied here except the
//! names of its examples. Not here: the numbered rules in use (`rules`, `vectors`).
//! Source: FORMAT.md.

mod examples;
mod grammars;
mod page;
mod spelling;
mod tables;
