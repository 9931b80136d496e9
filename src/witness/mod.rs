//! Witnesses: our own, which cosigns extensions of what it has seen, and requests to others.
//!
//! ```text
//! the ledger                                        a witness
//!   ask ── POST /add-checkpoint: request ──► serve ──► cosigner: check, store, cosign
//!       ◄── 200 a line · 409 its size · 422 no ──
//! ```
//!
//! Always holds: a witness cosigns only what is on its disk, and only extensions of that; every
//! size and every wait is bounded on both sides. Not here: the policy that names the witnesses
//! (`tlog::policy`), storing the lines (`ledger::exchange::witnesses`). Source: C2SP tlog-witness
//! v1.0.0; FORMAT.md section 13.

pub mod ask;
pub mod cosigner;
pub mod key;
pub mod request;
pub mod serve;
pub mod slots;
pub mod state;
