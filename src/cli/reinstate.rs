//! `annals reinstate`.

use crate::cli::context::Context;
use crate::cli::exit::{Exit, Failure};
use clap::Args;

/// End a retraction
#[derive(Debug, Args)]
pub struct ReinstateArgs {}

pub fn run(_: &mut Context, _: ReinstateArgs) -> Result<Exit, Failure> {
    Err(Failure::usage("not yet here"))
}
