//! What a verification computes most: Ed25519 signatures, each by itself, exact, and fast; and
//! SHA-256.
//!
//! ```text
//! rounds, sha256: digests, two at a time
//! rule: what a valid signature is, by dalek
//! multiples: tables of points, for one signature at a time
//! lane_trait, lanes: four or eight at a time, and the processor's rounds of SHA-256
//! self_test, engine: the choice between them, and the comparison of the lanes with dalek
//! ```
//!
//! Always holds: a verdict is the rule's, whatever computed it: the encoding of `[S]B − [k]A` is R
//! byte for byte. There is no batch equation. This crate has no file, clock, thread or randomness,
//! and compiles for every processor; it is the only one of the workspace with unsafe code, and each
//! use says why it is sound. Only public data passes through here: nothing is constant in time.
//! Not here: secret keys, which events are signed by whom. Source: RFC 8032; FORMAT.md section 2.

#![cfg_attr(
    not(target_arch = "x86_64"),
    allow(dead_code, unreachable_code, reason = "other processors have no lanes here")
)]

mod engine;
mod lane_trait;
#[cfg(target_arch = "x86_64")]
mod lanes;
#[cfg(not(target_arch = "x86_64"))]
#[path = "absent.rs"]
mod lanes;
mod multiples;
mod rounds;
mod rule;
mod self_test;
pub mod sha256;

pub use engine::{Disagreement, Engine, Job, Multiples, Way};
pub use rule::AcceptedKey;
