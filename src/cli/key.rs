//! `annals key`.

use crate::cli::context::Context;
use crate::cli::exit::{Exit, Failure};
use clap::Args;

/// Make, import, list and show keys
#[derive(Debug, Args)]
pub struct KeyArgs {}

pub fn run(_: &mut Context, _: KeyArgs) -> Result<Exit, Failure> {
    Err(Failure::usage("not yet here"))
}
