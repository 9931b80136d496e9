//! The operations of a ledger, one file for each.
//!
//! Always holds: each operation reads as one straight function over the floors below. Not here:
//! texts for people, arguments, prompts (`cli`).

// floor 1: paths, errors, small formats
pub mod shell_word;
pub mod error;
pub mod file_kind;
pub mod folder_kind;
pub mod second_look;
pub mod published_place;
pub mod paths;
pub mod foreign;
pub mod following;
pub mod home_mark;
pub mod imported;
pub mod table;
// floor 2: opening a ledger to read it
pub mod reader;
// floor 3: queries
pub mod query;
// floor 4: answers, verification
pub mod answer;
pub mod audit;
// floor 5: writing
pub mod write;
// floor 6: export, import, publication, repair
pub mod exchange;
