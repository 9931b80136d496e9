//! Uses: one file for each thing that is done to a ledger.
//!
//! Always holds: each use reads as one straight function over the floors below. Not here: words
//! for people, arguments, prompts (`cli`).

pub mod act;
pub mod advice;
pub mod ahead;
pub mod apart;
pub mod append;
pub mod audit;
pub mod desk;
pub mod draft;
pub mod error;
pub mod fallout;
pub mod foreign;
pub mod tally;
pub mod init;
pub mod loaded;
pub mod outbox;
pub mod outcome;
pub mod paths;
pub mod imported;
pub mod people;
pub mod record;
pub mod point;
pub mod publish;
pub mod table;
pub mod view;
pub mod prove;
pub mod repair;
pub mod repeats;
pub mod said;
pub mod export;
pub mod bagged;
pub mod import;
pub mod seal;
pub mod settle;
pub mod unquoted;
pub mod trust;
pub mod witnesses;
pub mod writer;
