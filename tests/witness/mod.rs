//! Witnesses: the cosigner by itself, its server, and two processes on loopback.
//!
//! Always holds: whatever the requests, and whenever a witness is stopped, of two cosigned
//! checkpoints one always extends the other. Not here: cosignatures as bytes (`tlog`).

mod door;
mod cosigner;
mod killed;
mod logs;
mod processes;
