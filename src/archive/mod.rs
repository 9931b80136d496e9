//! The archive: a record as static files that any web server can serve, and as a bag that can be
//! read without this program.
//!
//! ```text
//! checkpoint   tile/<L>/<N>[.p/<W>]   tile/entries/<N>[.p/<W>]   body/<sha256>   document/<sha256>
//! ```
//!
//! [`tile`] defines the content of each file, [`files`] and [`web`] read them from a folder or over
//! HTTP, [`published`] makes a `verify::source::Source` of them, [`publish_target`] writes them.
//! [`bag`] is the BagIt bag of an export.
//!
//! Always holds: reads are bounded, from a folder and from a server; a written file is complete or
//! missing. Not here: when and what to publish or export (`ledger::exchange::publish`,
//! `ledger::exchange::export`). Source: C2SP tlog-tiles v0.1.0; RFC 8493; FORMAT.md sections 9 and
//! 14.

pub mod bag;
pub mod files;
pub mod published;
pub mod publish_target;
pub mod tile;
pub mod web;

/// The name of the checkpoint.
pub const CHECKPOINT: &str = "checkpoint";
/// The folder of bodies.
pub const BODIES: &str = "body";
/// The folder of documents.
pub const DOCUMENTS: &str = "document";
/// The folder of tiles and bundles.
pub const TILES: &str = "tile";
