//! The program `annals`: see `annals::cli`.

use std::process::ExitCode;

fn main() -> ExitCode {
    annals::cli::run()
}
