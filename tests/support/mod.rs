//! A newsroom in memory: seeded keys, a ledger builder, its files, and a reader of them.
//!
//! Always holds: keys come from names, times and salts from positions, so every run gives the same
//! bytes; lines are written here by hand, not by the crate under test, so that refused ones are as
//! easy to make as accepted ones. Not here: files on a disk, expectations.
//! Source: FORMAT.md, all sections.

pub mod acts;
pub mod disk;
pub mod exchange;
pub mod files;
pub mod keys;
pub mod ledger;
pub mod pins;
pub mod proof;
pub mod published;
pub mod random;
pub mod source;
pub mod splitter;
pub mod submission;
pub mod tamper;
pub mod texts;

pub use acts::Act;
pub use files::Files;
pub use ledger::{Draft, Ledger};
pub use source::{Outcome, judge};
