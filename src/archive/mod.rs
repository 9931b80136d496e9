//! The archive: a record as static files that any web server can serve, and as a bag that outlives
//! the program.
//!
//! ```text
//! checkpoint   tile/<L>/<N>[.p/<W>]   tile/entries/<N>[.p/<W>]   body/<sha256>   body/bundle/<N>
//! document/<sha256>
//! ```
//!
//! [`tile`] and [`body_bundle`] say what is in which file, [`files`] and [`web`] read them from a
//! folder or over HTTP, [`cache`] keeps what came over HTTP, [`published`] makes a
//! `verify::source::Source` of them, [`publish_target`] writes them. [`bag`] is the BagIt bag of an
//! export.
//!
//! Always holds: what is read is bounded, from a folder as from a stranger's server; what is
//! written is whole or not there. Not here: when to publish or export and what
//! (`ledger::exchange::publish`, `ledger::exchange::export`). Source: C2SP tlog-tiles v0.1.0; RFC
//! 8493; FORMAT.md sections 9 and 14.

pub mod bag;
pub mod body_bundle;
pub mod cache;
pub mod files;
pub mod published;
pub mod publish_target;
pub mod tile;
pub mod web;

/// The name of the checkpoint.
pub const CHECKPOINT: &str = "checkpoint";
/// The folder of bodies.
pub const BODIES: &str = "body";
/// The folder of bundles of bodies.
pub const BODY_BUNDLES: &str = "body/bundle";
/// The folder of documents.
pub const DOCUMENTS: &str = "document";
/// The folder of tiles and bundles.
pub const TILES: &str = "tile";
