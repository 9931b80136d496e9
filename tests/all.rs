//! All tests of the program except those of its structure (`tidy`), as one binary: one link, one
//! module for each subject. `cargo test --test all bag::` runs one module.
//!
//! Always holds: no test changes what its process shares with the others (environment, folder,
//! limits); a test that needs to change these runs a child process.

mod archive;
mod archivist;
mod article;
mod auditor;
mod bag;
mod capture;
mod cases;
mod database;
mod demonstration;
mod differ;
mod editor;
mod environment;
mod faults;
mod follower;
mod format;
mod fuzz;
mod home;
mod index;
mod journal;
mod keys;
mod merkle;
mod people;
mod proof;
mod readme;
mod rules;
mod schema;
mod second_implementation;
mod serve;
mod slice;
mod store;
mod support;
mod take_back;
mod timeline;
mod tlog;
mod torture;
mod vectors;
mod witness;
