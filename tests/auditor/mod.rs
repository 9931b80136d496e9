//! The auditor's day: pins, evidence, the report, and what a flipped byte comes to.
//!
//! Always holds: the program itself is run on folders that hold what `support` spelled by hand.
//! Not here: each rule by itself (`vectors`).

mod desk;
mod edges;
mod evidence;
mod flips;
mod names;
mod pins;
mod report;
