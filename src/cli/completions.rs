//! `annals completions` and `annals man`: what the shell and the reader of manuals want.

use crate::cli::args::Cli;
use crate::cli::exit::{Exit, Failure};
use clap::{Args, CommandFactory};
use std::path::PathBuf;

/// Print completions for a shell
#[derive(Debug, Args)]
pub struct CompletionsArgs {
    /// The shell
    shell: clap_complete::Shell,
}

/// Print the manual page, or write the pages of all commands
#[derive(Debug, Args)]
pub struct ManArgs {
    /// Write a page for each command into this folder
    #[arg(long, value_name = "DIR")]
    to: Option<PathBuf>,
}

pub fn completions(args: CompletionsArgs) -> Result<Exit, Failure> {
    let mut text = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "annals", &mut text);
    print(&text)
}

pub fn man(args: ManArgs) -> Result<Exit, Failure> {
    match args.to {
        Some(folder) => {
            std::fs::create_dir_all(&folder)?;
            clap_mangen::generate_to(Cli::command(), &folder)?;
            Ok(Exit::Yes)
        }
        None => {
            let mut text = Vec::new();
            clap_mangen::Man::new(Cli::command()).render(&mut text)?;
            print(&text)
        }
    }
}

fn print(text: &[u8]) -> Result<Exit, Failure> {
    use std::io::Write;
    let mut out = crate::cli::output::out();
    out.write_all(text)?;
    out.flush()?;
    Ok(Exit::Yes)
}
