//! `annals editor`.

use crate::cli::context::Context;
use crate::cli::exit::{Exit, Failure};
use clap::Args;

/// Enrol, change, revoke and list editors
#[derive(Debug, Args)]
pub struct EditorArgs {}

pub fn run(_: &mut Context, _: EditorArgs) -> Result<Exit, Failure> {
    Err(Failure::usage("not yet here"))
}
