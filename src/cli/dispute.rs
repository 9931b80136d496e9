//! `annals dispute`.

use crate::cli::context::Context;
use crate::cli::exit::{Exit, Failure};
use clap::Args;

/// Dispute the words of a fact
#[derive(Debug, Args)]
pub struct DisputeArgs {}

pub fn run(_: &mut Context, _: DisputeArgs) -> Result<Exit, Failure> {
    Err(Failure::usage("not yet here"))
}
