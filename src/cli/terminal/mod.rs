//! The terminal: global options, context, output, prompts, formats, errors and exit codes.
//!
//! Always holds: nothing here knows a command. Not here: how an answer looks (`render`).

pub mod options;
pub mod formats;
pub mod context;
pub mod output;
pub mod progress;
pub mod exit;
pub mod ask;
pub mod answers;
pub mod arg_error;
pub mod zone;
pub mod written;
pub mod command;
pub mod colour;
pub mod streams;
