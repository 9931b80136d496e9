//! Judgement of a whole record: see `source` for what is judged.

pub mod source;
