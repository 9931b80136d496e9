//! The command line. Its modules, lowest first; an import points down, and no command imports
//! another (`tests/tidy.rs`).
//!
//! Always holds: data goes to stdout, everything else to stderr; exit codes are
//! `terminal::exit::Exit`; a closed pipe is not an error. A new command is one file in `commands`
//! and one line in the list below.
//! Not here: the operations (`ledger`). Source: README.md.

// floor 1: options, context, output, prompts, errors
mod terminal;
// floor 2: text, rows, JSON, CSV
mod render;
// floor 3: shared parts of several commands
mod shared;
// floor 4: the commands, one file or folder each
mod commands;

use crate::capture::worker;
use crate::cli::commands as c;
use crate::cli::shared::{completion, topics};
use crate::cli::terminal::{
    CliError, Command as _, Context, EditorOption, Exit, Format, Global, Group, advised, arg_error,
    editor_argument, formats,
};
use clap::error::ErrorKind;
use clap::parser::ValueSource;
use clap::{ArgMatches, CommandFactory, FromArgMatches, Parser, Subcommand};
use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;

/// Declares the commands: the enum that clap parses, and the declarations of each command.
macro_rules! commands {
    ($($name:ident: $arguments:ty,)*) => {
        #[derive(Debug, Subcommand)]
        enum Command {
            $($name($arguments),)*
        }

        impl Command {
            const GROUPS: &[Group] = &[$(<$arguments>::GROUP,)*];
            const EDITORS: &[EditorOption] = &[$(<$arguments>::EDITOR,)*];
            const ARE_ABOUT_RECORD: &[bool] = &[$(<$arguments>::IS_ABOUT_RECORD,)*];

            fn formats(&self) -> &'static [Format] {
                match self {
                    $(Command::$name(arguments) => arguments.formats(),)*
                }
            }

            fn editor_option(&self) -> EditorOption {
                match self {
                    $(Command::$name(_) => <$arguments>::EDITOR,)*
                }
            }

            fn run(self, context: &mut Context) -> Result<Exit, CliError> {
                match self {
                    $(Command::$name(arguments) => arguments.run(context),)*
                }
            }
        }
    };
}

// The commands, in the order of the help.
commands! {
    Init: c::init::InitArgs,
    Key: c::key::KeyArgs,
    Unlock: c::unlock::UnlockArgs,
    Lock: c::unlock::LockArgs,
    Editor: c::editor::EditorArgs,
    Ledger: c::ledger::LedgerArgs,
    Document: c::document::DocumentArgs,
    Append: c::append::AppendArgs,
    Review: c::review::ReviewArgs,
    Confirm: c::confirm::ConfirmArgs,
    Dispute: c::dispute::DisputeArgs,
    Uphold: c::uphold::UpholdArgs,
    Correct: c::correct::CorrectArgs,
    Retract: c::retract::RetractArgs,
    Reinstate: c::reinstate::ReinstateArgs,
    Relate: c::relate::RelateArgs,
    Outbox: c::outbox::OutboxArgs,
    Status: c::status::StatusArgs,
    Replay: c::replay::ReplayArgs,
    Show: c::show::ShowArgs,
    Log: c::log::LogArgs,
    Tail: c::tail::TailArgs,
    Diff: c::diff::DiffArgs,
    Find: c::find::FindArgs,
    Blame: c::blame::BlameArgs,
    Timeline: c::timeline::TimelineArgs,
    Publish: c::publish::PublishArgs,
    Export: c::export::ExportArgs,
    Import: c::import::ImportArgs,
    Clone: c::clone::CloneArgs,
    Pull: c::pull::PullArgs,
    Serve: c::serve::ServerArgs,
    Store: c::store::StoreArgs,
    Move: c::moving::MoveArgs,
    Verify: c::verify::VerifyArgs,
    Prove: c::prove::ProveArgs,
    Witness: c::witness::WitnessArgs,
    Repair: c::repair::RepairArgs,
    Completions: c::completions::CompletionsArgs,
    Man: c::completions::ManArgs,
    Help: c::help::HelpArgs,
    Agent: c::unlock::AgentArgs,
}

/// The record of facts that nobody can quietly change.
#[derive(Debug, Parser)]
#[command(name = "annals", version, about, long_about = None)]
#[command(max_term_width = 100, disable_help_subcommand = true)]
struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Option<Command>,
}

const AFTER_HELP: &str = "\
A point in the record is a position (17, or #2027 where it has four digits), a date or time (2027,
2027-03, 2027-03-02, 2027-03-02T12:00, yesterday, 2 weeks ago), the beginning of a hash
(h:9f3c01ab), head or now.

Exit: 0 yes · 1 no (a fault, a refused draft) · 2 could not tell (usage, files, damage) ·
3 conflict, nothing written · 4 forked, or cut below what was pinned or signed · 5 the trust asked
for is missing";

/// The program's arguments, with the commands of each group in its help.
fn program() -> clap::Command {
    let mut editors = Command::EDITORS.iter().copied();
    let program = Cli::command().mut_subcommands(|command| {
        let argument = editors.next().and_then(editor_argument);
        command.args(argument)
    });
    let mut template = "{about}\n\n{usage-heading} {usage}\n\n".to_owned();
    for (group, heading) in Group::ALL {
        let shown = program.get_subcommands().zip(Command::GROUPS);
        let of_group = shown.filter(|(command, of)| **of == group && !command.is_hide_set());
        let of_group: Vec<&str> = of_group.map(|(command, _)| command.get_name()).collect();
        template.push_str(&format!("{heading:<11}{}\n", of_group.join(", ")));
    }
    template.push_str("\n{all-args}{after-help}");
    let after = format!("{AFTER_HELP}\n\nTopics (annals help TOPIC):\n{}", topics::list(&program));
    program.help_template(template).after_help(after)
}

/// Parses the arguments, runs the command, reports its error.
pub fn run() -> ExitCode {
    if std::env::args_os().nth(1).is_some_and(|argument| argument == worker::ARGUMENT) {
        let served = worker::serve(io::stdin(), io::stdout());
        return ExitCode::from(if served.is_ok() { Exit::Yes } else { Exit::Unknown } as u8);
    }
    match completion::answer(program) {
        Ok(false) => {}
        Ok(true) => return ExitCode::SUCCESS,
        Err(error) => {
            return ExitCode::from(CliError::usage(error.to_string()).report(Format::Text) as u8);
        }
    }
    let read = |matches: ArgMatches| {
        let cli = only_typed(Cli::from_arg_matches(&matches)?, &matches);
        Ok((cli, matches))
    };
    let (cli, matches) = match program().try_get_matches().and_then(read) {
        Ok(read) => read,
        Err(error) => {
            let format = Format::of_words(std::env::args_os().skip(1));
            let words = || std::env::args_os().skip(1).filter_map(|word| word.into_string().ok());
            let ours = arg_error::value(&error)
                .or_else(|| arg_error::unknown_command(&error))
                .or_else(|| arg_error::other_dash(&error, words()))
                .or_else(|| arg_error::minus(&error, words()))
                .or_else(|| arg_error::loose_words(&error, &program(), words()));
            let error = arg_error::with_right_advice(error, words());
            if let Some(why) = ours {
                return ExitCode::from(CliError::usage(why).report(format) as u8);
            }
            let requested =
                matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
            if format.is_json() && !requested {
                return ExitCode::from(arg_error::report_json(&error) as u8);
            }
            if requested {
                // A closed pipe under --help is not an error.
                return ExitCode::from(printed_help(error.print(), format) as u8);
            }
            // It quotes what was typed. Nothing can be printed where stderr itself fails.
            let _ = terminal::streams::err_of_failure()
                .write_all(error.render().to_string().as_bytes());
            return ExitCode::from(Exit::Unknown as u8);
        }
    };
    let format = cli.global.format;
    if let Some(command) = &cli.command
        && let Err(failure) = formats::check(command.formats(), format, &matches)
    {
        return ExitCode::from(failure.report(format) as u8);
    }
    match command(cli) {
        Ok(exit) => ExitCode::from(exit as u8),
        Err(failure) => ExitCode::from(failure.report(format) as u8),
    }
}

/// The exit code of a help that was printed, or could not be.
fn printed_help(printed: io::Result<()>, format: Format) -> Exit {
    match printed.and_then(|()| io::stdout().flush()).map_err(CliError::from) {
        Ok(()) => Exit::Yes,
        Err(failure) => failure.report(format),
    }
}

/// Clears an editor that comes only from `ANNALS_EDITOR` if `--editor` does not sign, and variables
/// that are empty.
fn only_typed(mut cli: Cli, matches: &ArgMatches) -> Cli {
    let source = matches.subcommand().and_then(|(_, inner)| inner.value_source("editor"));
    let typed = source == Some(ValueSource::CommandLine);
    let signs = |command: &Command| command.editor_option() == EditorOption::Signs;
    if !typed && !cli.command.as_ref().is_none_or(signs) {
        cli.global.editor = None;
    }
    cli.global = cli.global.set(typed);
    cli
}

fn command(cli: Cli) -> Result<Exit, CliError> {
    let Some(command) = cli.command else { return no_command(cli.global) };
    let mut context = context(cli.global)?;
    command.run(&mut context)
}

/// The context of a command; what it advises from here on names the places that it names.
fn context(global: Global) -> Result<Context, CliError> {
    let context = Context::new(global, program)?;
    advised::remember(&context.global, about_record);
    Ok(context)
}

/// The commands that are about the record and the keys here.
fn about_record() -> Vec<String> {
    let program = program();
    let all = program.get_subcommands().zip(Command::ARE_ABOUT_RECORD);
    let about = all.filter(|(command, is_about)| **is_about && !command.is_hide_set());
    about.map(|(command, _)| command.get_name().to_owned()).collect()
}

/// Without a command: what waits here, or, where there is no ledger, the help.
fn no_command(global: Global) -> Result<Exit, CliError> {
    let mut context = context(global)?;
    if c::overview::is_here(&context)? {
        return c::overview::run(&mut context);
    }
    if context.format().is_json() {
        return Err(CliError::usage(
            "expected a command, or a ledger here or above, found neither; annals --help lists the \
             commands, annals init makes a ledger",
        ));
    }
    let help = program().render_help();
    let mut err = std::io::stderr();
    // A closed pipe under the help is no error.
    let _ = write!(
        err,
        "{}",
        if err.is_terminal() { help.ansi().to_string() } else { help.to_string() }
    );
    Ok(Exit::Unknown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_is_about_the_record_here_or_known_not_to_be() {
        let program = program();
        let about = about_record();
        let others: Vec<&str> = program
            .get_subcommands()
            .map(|command| command.get_name())
            .filter(|name| !about.iter().any(|about| about == name))
            .collect();
        let expected = [
            "init",
            "unlock",
            "lock",
            "publish",
            "import",
            "clone",
            "serve",
            "store",
            "completions",
            "man",
            "help",
            "agent",
        ];
        assert_eq!(others, expected);
    }
}
