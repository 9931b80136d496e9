//! Witnesses: one of our own that cosigns what extends what it saw, and the asking of others.
//!
//! ```text
//! the ledger                                        a witness
//!   ask ── POST /add-checkpoint: request ──► serve ──► keeper: check, keep on the disk, cosign
//!       ◄── 200 a line · 409 its size · 422 no ──
//! ```
//!
//! Always holds: a witness cosigns nothing that is not on its disk, and nothing that does not
//! extend what is; every size and every wait has a bound on both sides. Not here: the policy that
//! says who is asked (`tlog::policy`), what becomes of the lines (`ledger::witnesses`). Source:
//! C2SP tlog-witness v1.0.0; FORMAT.md section 13.

pub mod ask;
pub mod cosigner;
pub mod key;
pub mod request;
pub mod serve;
pub mod slots;
pub mod state;
