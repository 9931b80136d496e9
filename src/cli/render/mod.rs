//! Rendering: rows, words, differences and quotations as text, JSON and CSV.
//!
//! Always holds: it renders the result of a query and makes no query. Not here: options, prompts
//! (`terminal`).

pub mod words;
pub mod word_diff;
pub mod provenance;
pub mod effect;
pub mod tally;
pub mod quotation;
mod sentences;
pub mod columns;
pub mod objects;
pub mod events;
pub mod key_names;
pub mod documents;
pub mod report;
pub mod markdown;

pub use crate::cli::render::columns::broken;
pub use crate::cli::render::documents::csv;
pub use crate::cli::render::events::Printer;
pub use crate::cli::render::key_names::called;
pub use crate::cli::render::objects::{aim, reason, reason_and_place};
pub use crate::cli::render::tally::lines as tally_lines;
pub use crate::cli::render::word_diff::{changed_claim, fields};
pub use crate::cli::render::words::hanging;
