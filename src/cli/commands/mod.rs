//! The commands: one file or folder each, with its arguments, formats and help group.
//!
//! Always holds: no command imports another. Not here: the list of commands (`cli`).

pub mod overview;
pub mod append;
pub mod clone;
pub mod completions;
pub mod key;
pub mod editor;
pub mod ledger;
pub mod document;
pub mod review;
pub mod confirm;
pub mod dispute;
pub mod uphold;
pub mod correct;
pub mod retract;
pub mod reinstate;
pub mod relate;
pub mod status;
pub mod tail;
pub mod replay;
pub mod show;
pub mod log;
pub mod outbox;
pub mod diff;
pub mod find;
pub mod blame;
pub mod publish;
pub mod pull;
pub mod timeline;
pub mod unlock;
pub mod export;
pub mod import;
pub mod help;
pub mod init;
pub mod repair;
pub mod serve;
pub mod store;
pub mod moving;
pub mod verify;
pub mod witness;
pub mod prove;
