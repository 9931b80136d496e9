//! The archive: a record in forms that outlive the program.
//!
//! [`bag`] is the BagIt bag of an export, [`tile`] says what is in which tile of a tree.
//!
//! Always holds: what is read is bounded; what is written is whole or not there. Not here: when to
//! write and what (`ledger`). Source: C2SP tlog-tiles v0.1.0; FORMAT.md section 13.

pub mod bag;
pub mod tile;
