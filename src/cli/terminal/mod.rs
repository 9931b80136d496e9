//! The terminal: global options, context, output, prompts, formats, errors and exit codes.
//!
//! Always holds: nothing here depends on a command. Not here: the rendering of an answer
//! (`render`).

pub mod options;
pub mod formats;
mod server_cache;
pub mod signing_key;
pub mod context;
pub mod output;
pub mod progress;
pub mod message;
pub mod exit;
pub mod error_json;
mod error_report;
pub mod ask;
pub mod answers;
pub mod arg_error;
pub mod zone;
pub mod output_file;
pub mod command;
pub mod colour;
pub mod streams;
pub mod advised;

pub use crate::cli::terminal::colour::colour;
pub use crate::cli::terminal::command::{Command, EditorOption, Group, editor_argument};
pub use crate::cli::terminal::context::{Context, span, until_written};
pub use crate::cli::terminal::exit::{CliError, Exit, announce_clock};
pub use crate::cli::terminal::options::{Format, Global};
pub use crate::cli::terminal::output::{
    done, done_as, json, note, shown_path, whole_words, width, wrapped,
};
pub use crate::cli::terminal::output_file::{OutputKind, OutputPlace};
pub use crate::cli::terminal::progress::Progress;
pub use crate::cli::terminal::signing_key::enrolled_by;
pub use crate::cli::terminal::streams::{data, out};
pub use crate::cli::terminal::zone::{minute, moment, seconds_as_moment};
pub use crate::ledger::answer::visible::visible;
pub use annals_core::text::counted;
