//! `annals uphold`.

use crate::cli::context::Context;
use crate::cli::exit::{Exit, Failure};
use clap::Args;

/// Close a dispute: the fact stands
#[derive(Debug, Args)]
pub struct UpholdArgs {}

pub fn run(_: &mut Context, _: UpholdArgs) -> Result<Exit, Failure> {
    Err(Failure::usage("not yet here"))
}
