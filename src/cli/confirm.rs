//! `annals confirm`.

use crate::cli::context::Context;
use crate::cli::exit::{Exit, Failure};
use clap::Args;

/// Confirm facts by reading them again
#[derive(Debug, Args)]
pub struct ConfirmArgs {}

pub fn run(_: &mut Context, _: ConfirmArgs) -> Result<Exit, Failure> {
    Err(Failure::usage("not yet here"))
}
