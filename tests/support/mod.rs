//! A newsroom in memory: seeded keys, a ledger builder, its files, and a reader of them.
//!
//! Always holds: keys come from names, times from positions, salts from positions, so every run
//! makes the same bytes; lines are spelled here by hand, not by the crate under test, so that what
//! is refused can be made as easily as what is allowed. Not here: files on a disk, expectations.
//! Source: FORMAT.md, all sections.

pub mod acts;
pub mod disk;
pub mod files;
pub mod keys;
pub mod ledger;
pub mod pins;
pub mod proof;
pub mod published;
pub mod random;
pub mod source;
pub mod splitter;
pub mod tamper;
pub mod texts;

pub use acts::Act;
pub use files::Files;
pub use ledger::{Draft, Ledger};
pub use source::{Outcome, judge};
