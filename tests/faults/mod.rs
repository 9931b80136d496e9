//! Faults: damage, crashes, full disks and bad input, as stories with exact answers.
//!
//! Always holds: each test has its own copy of one small ledger, made by the built program with
//! seeded randomness and a set clock. Not here: timings. Longer crash runs: `scripts/crash`.

mod input;
pub mod newsroom;
#[cfg(unix)]
mod closed_folders;
mod commands;
mod crash;
mod shorter_record;
mod disk;
#[cfg(target_os = "linux")]
mod special_files;
mod left_unchanged;
mod index;
mod memory;
#[cfg(unix)]
mod named_files;
mod order;
mod outbox;
#[cfg(target_os = "linux")]
mod peak;
mod repair_copy;
mod repair_here;
#[cfg(target_os = "linux")]
mod reads;
#[cfg(target_os = "linux")]
mod no_lock;
#[cfg(target_os = "linux")]
mod sync;
mod writes;
