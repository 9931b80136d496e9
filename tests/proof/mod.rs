//! Proofs: made by the command from a ledger on disk, judged by the command without it.

mod firsts;
mod flips;
mod story;
