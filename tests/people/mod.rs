//! People and keys, with the program itself: each command, and each mistake, with its exact answer.

mod asked;
mod desk;
mod enrol;
mod init;
mod keys;
mod ledger;
mod recovery;
mod names;
mod revoke;
mod second;
#[cfg(unix)]
mod unlooked;
