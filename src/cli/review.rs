//! `annals review`.

use crate::cli::context::Context;
use crate::cli::exit::{Exit, Failure};
use clap::Args;

/// Confirm, dispute or skip each fact that waits for you
#[derive(Debug, Args)]
pub struct ReviewArgs {}

pub fn run(_: &mut Context, _: ReviewArgs) -> Result<Exit, Failure> {
    Err(Failure::usage("not yet here"))
}
