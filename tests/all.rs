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
mod differ;
mod editor;
mod environment;
mod facets;
mod faults;
mod format;
mod follower;
mod fuzz;
mod home;
mod home_contract;
mod index;
mod journal;
mod keys;
mod keys_texts;
mod merkle;
mod oracle;
mod parts;
mod people;
mod proof;
mod readme;
mod rules;
mod schema;
mod serve;
mod slice;
mod store_contract;
mod store_segments;
mod store_sled;
mod story;
mod take_back;
mod support;
mod timeline;
mod tlog;
mod torture;
mod vectors;
mod witness;
mod words;
