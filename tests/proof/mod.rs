//! Proofs: made by the command from a ledger on disk, verified by the command without it.

mod firsts;
mod flips;
mod story;
