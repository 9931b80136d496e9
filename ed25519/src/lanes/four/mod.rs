//! Four signatures at once, in the lanes of AVX2.
//!
//! ```text
//! memory < field < point < table < batch
//! ```
//!
//! Always holds: every function that needs the processor's feature says so, and its caller
//! (`lanes`) has a proof of it. Not here: eight lanes (`eight`), which have wider products and so
//! other limbs, and other instructions for all of it.

mod batch;
mod field;
mod memory;
mod point;
mod table;

pub use batch::encodings;
pub use table::FourTable;
