//! Eight signatures at once, in the lanes of AVX-512 IFMA.
//!
//! ```text
//! memory < field < point < table < batch
//!        < sha512                < batch
//! ```
//!
//! Always holds: every function that needs the processor's features says so, and its caller
//! (`lanes`) has a proof of them. Not here: four lanes (`four`).

mod batch;
mod field;
mod memory;
mod point;
mod sha512;
mod table;

pub use batch::{challenges, encodings};
pub use table::EightTable;
