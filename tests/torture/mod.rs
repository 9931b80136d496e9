//! Torture: every system call of a command fails or is the last one, the power is cut, and readers
//! run beside writers. Each test counts, prints its rows, and expects zeros.
//!
//! Always holds: a case has its own copy of a ledger. A short form, with a part of the cases, runs
//! with the other tests; `scripts/torture` runs all of them and prints one table. Not here: kills
//! at random moments (`faults`).

mod beside;
mod calls;
mod cut;
mod marks;
mod scenario;
mod table;

pub use calls::{has_strace, traced};
