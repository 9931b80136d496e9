//! The number of threads of a command.
//!
//! Always holds: without the option it is that of the cores. Not here: who uses threads (`ledger`).

use crate::disk::together::cores;
use clap::{Args, value_parser};

/// How many threads are used.
#[derive(Clone, Copy, Debug, Args)]
pub struct JobsArgs {
    /// Number of threads, 1 to 256 [default: all cores]
    #[arg(long, value_name = "N", value_parser = value_parser!(u16).range(1..=256))]
    jobs: Option<u16>,
}

impl JobsArgs {
    /// The number of threads.
    pub fn count(self) -> usize {
        self.jobs.map_or_else(cores, usize::from)
    }
}
