//! The auditor's work: pins, policies, evidence, the report, and flipped bytes.
//!
//! Always holds: the program itself is run on folders whose files `support` makes by hand.
//! Not here: single rules (`vectors`).

mod desk;
mod signature_edges;
mod evidence;
mod flips;
mod names;
mod pins;
mod policies;
mod report;
mod unread;
