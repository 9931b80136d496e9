//! What the words of a text say, in its language: figures and amounts, dates, forms of names, and
//! the language itself.
//!
//! Always holds: a text is read and nothing is decided; what is not understood is not found. No
//! file is read. Not here: what a signer is told about a claim (`ledger::write::notes`), where a
//! number or a word of a quotation ends (`annals_core::edges`).

pub mod amounts;
pub mod fractions;
pub mod figures;
pub mod counted_pairs;
pub mod day_time;
pub mod worded_magnitudes;
pub mod number_words;
pub mod figured_date;
pub mod named_days;
pub mod spelled_values;
pub mod named_interval;
pub mod wrong_date;
pub mod worded_date;
pub mod name_cases;
pub mod negations;
pub mod hedges;
pub mod compounds;
pub mod small_words;
pub mod written_language;
