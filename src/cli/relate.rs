//! `annals relate`.

use crate::cli::context::Context;
use crate::cli::exit::{Exit, Failure};
use clap::Args;

/// Relate two facts, or withdraw a relation
#[derive(Debug, Args)]
pub struct RelateArgs {}

pub fn run(_: &mut Context, _: RelateArgs) -> Result<Exit, Failure> {
    Err(Failure::usage("not yet here"))
}
