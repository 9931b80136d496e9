//! `annals document`.

use crate::cli::context::Context;
use crate::cli::exit::{Exit, Failure};
use clap::Args;

/// Capture, describe and list documents
#[derive(Debug, Args)]
pub struct DocumentArgs {}

pub fn run(_: &mut Context, _: DocumentArgs) -> Result<Exit, Failure> {
    Err(Failure::usage("not yet here"))
}
