//! Exchange: what leaves a ledger, what comes in, and what is rebuilt from copies.
//!
//! Always holds: what is handed over is verified first. Not here: single events (`write`).

pub mod export;
pub mod import;
pub mod bag_audit;
pub mod publish;
pub mod witnesses;
pub mod policy_file;
pub mod repair;
pub mod apart;
pub mod published_copy;
