//! People and keys, with the program itself: each command, and each mistake, with its exact answer.

#[cfg(target_os = "linux")]
mod agent;
mod advised;
mod prompts;
mod several_revocations;
mod completions;
mod damaged_words;
mod desk;
mod enrol;
mod undone_enrolment;
mod help;
mod hidden_changes;
mod init;
mod keys;
mod ledger;
mod receipts;
mod publishing;
mod recovery;
mod names;
mod filters;
mod replaced_acts;
mod revoke;
mod revoked_twice;
mod revocation_effects;
mod undone_acts;
mod second_machine;
#[cfg(unix)]
mod unreadable;
