//! Doors: the command line. One file for each command: help, arguments, one function.
//!
//! Always holds: data on stdout, all else on stderr; exit codes are `exit::Exit`; a closed pipe
//! is no error. Not here: what the commands do (`ledger`). Source: README.md.

mod act;
mod answers;
mod args;
mod ask;
mod asked;
mod changed;
mod context;
mod effect;
mod exit;
mod forms;
mod given;
mod kept;
mod output;
mod present;
mod preview;
mod progress;
mod provenance;
mod submit;
mod tally;
mod unread;
mod words;
mod written;
mod zone;

mod append;
mod completions;
mod key;
mod editor;
mod ledger;
mod document;
mod review;
mod confirm;
mod dispute;
mod uphold;
mod correct;
mod retract;
mod reinstate;
mod relate;
mod status;
mod replay;
mod show;
mod log;
mod diff;
mod find;
mod blame;
mod publish;
mod timeline;
mod export;
mod import;
mod init;
mod repair;
mod verify;
mod witness;
mod prove;

use args::{Cli, Command};
use clap::error::ErrorKind;
use clap::parser::ValueSource;
use clap::{ArgMatches, CommandFactory, FromArgMatches};
use context::Context;
use exit::{Exit, Failure};
use std::process::ExitCode;

/// Parses the arguments, runs the command, tells what went wrong.
pub fn run() -> ExitCode {
    let read = |matches: ArgMatches| {
        let cli = only_typed(Cli::from_arg_matches(&matches)?, &matches);
        Ok((cli, matches))
    };
    let (cli, matches) = match Cli::command().try_get_matches().and_then(read) {
        Ok(read) => read,
        Err(error) => {
            if let Some(why) = unread::value(&error) {
                return ExitCode::from(Failure::usage(why).tell() as u8);
            }
            let asked = matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
            // A closed pipe under --help is no error.
            let _ = error.print();
            return ExitCode::from(if asked { 0 } else { Exit::Unknown as u8 });
        }
    };
    let formed = forms::check(&cli.command, cli.global.format, &matches);
    match formed.and_then(|()| command(cli)) {
        Ok(exit) => ExitCode::from(exit as u8),
        Err(failure) => ExitCode::from(failure.tell() as u8),
    }
}

/// A command that reads filters by an editor only if that was typed: `ANNALS_EDITOR` signs.
fn only_typed(mut cli: Cli, matches: &ArgMatches) -> Cli {
    use Command::{Blame, Diff, Find, Log, Replay, Show, Status, Timeline};
    let reads = matches!(
        cli.command,
        Replay(_) | Show(_) | Log(_) | Status(_) | Diff(_) | Find(_) | Blame(_) | Timeline(_)
    );
    let source = matches.subcommand().and_then(|(_, inner)| inner.value_source("editor"));
    if reads && source != Some(ValueSource::CommandLine) {
        cli.global.editor = None;
    }
    cli
}

fn command(cli: Cli) -> Result<Exit, Failure> {
    let mut context = Context::new(cli.global)?;
    match cli.command {
        Command::Init(args) => init::run(&mut context, args),
        Command::Append(args) => append::run(&mut context, args),
        Command::Key(args) => key::run(&mut context, args),
        Command::Editor(args) => editor::run(&mut context, args),
        Command::Ledger(args) => ledger::run(&mut context, args),
        Command::Document(args) => document::run(&mut context, args),
        Command::Review(args) => review::run(&mut context, args),
        Command::Confirm(args) => confirm::run(&mut context, args),
        Command::Dispute(args) => dispute::run(&mut context, args),
        Command::Uphold(args) => uphold::run(&mut context, args),
        Command::Correct(args) => correct::run(&mut context, args),
        Command::Retract(args) => retract::run(&mut context, args),
        Command::Reinstate(args) => reinstate::run(&mut context, args),
        Command::Relate(args) => relate::run(&mut context, args),
        Command::Status(args) => status::run(&mut context, args),
        Command::Replay(args) => replay::run(&mut context, args),
        Command::Show(args) => show::run(&mut context, args),
        Command::Log(args) => log::run(&mut context, args),
        Command::Diff(args) => diff::run(&mut context, args),
        Command::Find(args) => find::run(&mut context, args),
        Command::Blame(args) => blame::run(&mut context, args),
        Command::Publish(args) => publish::run(&mut context, args),
        Command::Timeline(args) => timeline::run(&mut context, args),
        Command::Export(args) => export::run(&mut context, args),
        Command::Import(args) => import::run(&mut context, args),
        Command::Verify(args) => verify::run(&mut context, args),
        Command::Prove(args) => prove::run(&mut context, args),
        Command::Witness(args) => witness::run(&mut context, args),
        Command::Repair(args) => repair::run(&mut context, args),
        Command::Completions(args) => completions::completions(args),
        Command::Man(args) => completions::man(args),
    }
}
