//! Publishing, and reading publications: files, interruptions, servers.
//!
//! Always holds: the expected files are made by `support::published` from FORMAT.md alone.
//! Not here: the verdict on each rule (`tests/vectors`).

mod cli;
mod interrupted;
mod publish;
mod reading;
pub mod publish_targets;
mod tiles;
pub mod web;
