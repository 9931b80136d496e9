//! People and keys, with the program itself: each command, and each mistake, with its exact answer.

#[cfg(target_os = "linux")]
mod agent;
mod advised;
mod asked;
mod attributed;
mod completions;
mod damaged;
mod desk;
mod enrol;
mod fallen;
mod help;
mod hidden_changes;
mod init;
mod keys;
mod ledger;
mod receipts;
mod publishing;
mod recovery;
mod names;
mod narrowed;
mod replaced;
mod revoke;
mod revoked_twice;
mod turned;
mod undone;
mod second;
#[cfg(unix)]
mod unlooked;
