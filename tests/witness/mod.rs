//! Witnesses: the keeper by itself, its door, and two processes on loopback.
//!
//! Always holds: whatever is asked, and whenever a witness is stopped, no two checkpoints are
//! cosigned of which one does not extend the other. Not here: cosignatures as bytes (`tlog`).

mod door;
mod keeper;
mod killed;
mod logs;
mod processes;
