//! Exchange: export, import, publication, witnesses, and repair from copies.
//!
//! Always holds: a record is verified before it is handed over. Not here: single events (`write`).

pub mod steps;
pub mod export;
pub mod import;
pub mod bag_audit;
pub mod publish;
pub mod witnesses;
pub mod policy_file;
pub mod repair;
pub mod relocate;
pub mod protected_place;
pub mod published_copy;
pub mod follow;
pub mod placing;
pub mod submitting;
