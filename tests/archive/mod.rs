//! Publishing and reading what was published: files, interruptions, servers.
//!
//! Always holds: what must be there is written down by `support::published` from FORMAT.md alone.
//! Not here: the verdict on each rule (`tests/vectors`).

mod cli;
mod interrupted;
mod publish;
mod reading;
mod shelves;
mod tiles;
mod web;
