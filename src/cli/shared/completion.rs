//! Completion in a shell: the values that arguments take here, asked of the record and the keys.
//!
//! Always holds: nothing is written, no passphrase is asked for, and where no value can be offered
//! nothing is said; an offer is bounded, the newest first. Shells call the program with
//! [`VARIABLE`] set; the scripts are made by the same version that answers, for the interface
//! between them is not a stable one. Not here: commands and options, which the engine knows.
//! Source: `clap_complete::CompleteEnv`.

use crate::capture::ENCODINGS;
use crate::cli::shared::topics;
use crate::cli::terminal::visible;
use crate::index::RowKind;
use crate::keys::KeyFolder;
use crate::ledger::answer::phrases::standing;
use crate::ledger::error::LedgerError;
use crate::ledger::paths::Paths;
use crate::ledger::query::View;
use crate::ledger::query::gather::{GatheredRows, gather};
use crate::ledger::query::names::Names;
use crate::ledger::reader::Record;
use annals_core::state::Status;
use clap::Command;
use clap_complete::CompleteEnv;
use clap_complete::engine::{ArgValueCompleter, CompletionCandidate};
use clap_complete::env::Shells;
use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::io::{self, Write};
use std::path::PathBuf;

/// The variable by which a shell asks.
pub const VARIABLE: &str = "ANNALS_COMPLETE";
/// The program, as a shell finds it.
const PROGRAM: &str = "annals";
/// How many values are offered at most.
const MOST: usize = 200;
/// How many letters of a claim or a title stand beside its position.
const LETTERS: usize = 60;
/// The largest record that is folded for a completion where it has no index.
const FOLDED: u64 = 2_000;

/// What an argument takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ValueKind {
    Facts,
    Documents,
    Topics,
    Statuses,
    Keys,
    Encodings,
    HelpWords,
}

/// What the argument of this name takes, in the command of these words.
fn kind(command: &str, argument: &str) -> Option<ValueKind> {
    Some(match (command, argument) {
        (_, "topic" | "topics") => ValueKind::Topics,
        (_, "status") => ValueKind::Statuses,
        (_, "document") | ("blame", "of") => ValueKind::Documents,
        ("confirm", "facts") | ("correct" | "dispute" | "retract", "fact") => ValueKind::Facts,
        ("log" | "prove" | "reinstate" | "show", "position") => ValueKind::Facts,
        ("relate", "from" | "to") => ValueKind::Facts,
        ("unlock", "names") | ("key show" | "key passphrase", "name") => ValueKind::Keys,
        ("editor revoke", "name") | ("editor change", "whose") => ValueKind::Keys,
        (_, "editor") => ValueKind::Keys,
        ("document add", "encoding") => ValueKind::Encodings,
        ("help", "words") => ValueKind::HelpWords,
        _ => return None,
    })
}

/// Answers a shell, if one asks. False where the program is to do its work.
pub fn answer(program: fn() -> Command) -> Result<bool, clap::Error> {
    let here = std::env::current_dir().ok();
    CompleteEnv::with_factory(|| with_values(program(), "", program))
        .var(VARIABLE)
        .bin(PROGRAM)
        .completer(PROGRAM)
        .try_complete(std::env::args_os(), here.as_deref())
}

/// Writes the script by which a shell asks.
pub fn write_script(shell: &str, out: &mut dyn Write) -> io::Result<()> {
    let shells = Shells::builtins();
    let shell = shells.completer(shell).ok_or(io::ErrorKind::Unsupported)?;
    shell.write_registration(VARIABLE, PROGRAM, PROGRAM, PROGRAM, out)
}

/// The command with the values of its arguments, and of those of the commands in it.
fn with_values(command: Command, words: &str, program: fn() -> Command) -> Command {
    let mut command = command.mut_args(|argument| match kind(words, argument.get_id().as_str()) {
        Some(kind) => {
            let values = move |typed: &OsStr| values(kind, typed, program);
            argument.add(ArgValueCompleter::new(values))
        }
        None => argument,
    });
    let inner = command.get_subcommands().map(|inner| inner.get_name().to_owned());
    for name in inner.collect::<Vec<_>>() {
        let words = format!("{words} {name}");
        command = command.mut_subcommand(name, |it| with_values(it, words.trim(), program));
    }
    command
}

/// A value, with the description that some shells show beside it.
struct Value {
    text: String,
    about: String,
}

fn values(kind: ValueKind, typed: &OsStr, program: fn() -> Command) -> Vec<CompletionCandidate> {
    let typed = plain(&typed.to_string_lossy());
    let values = match kind {
        ValueKind::Facts => facts(&typed).unwrap_or_default(),
        ValueKind::Documents => documents(&typed).unwrap_or_default(),
        ValueKind::Topics => topics_of_facts().unwrap_or_default(),
        ValueKind::Statuses => statuses(),
        ValueKind::Keys => keys().unwrap_or_default(),
        ValueKind::Encodings => encodings(),
        ValueKind::HelpWords => help_words(program),
    };
    let begins = |value: &Value| value.text.to_lowercase().starts_with(&typed.to_lowercase());
    let offered: Vec<Value> = values.into_iter().filter(begins).take(MOST).collect();
    let is_list = is_bash_list() && offered.len() > 1;
    let candidate = |(place, value): (usize, Value)| {
        let about = visible(&value.about);
        let text = match is_list && !about.is_empty() {
            true => format!("{}  {about}", spelled(&value.text)),
            false => spelled(&value.text),
        };
        CompletionCandidate::new(text).help(Some(about.into())).display_order(Some(place))
    };
    offered.into_iter().enumerate().map(candidate).collect()
}

/// The variable in which bash gives the type of the completion (COMP_TYPE).
const BASH_TYPE: &str = "_CLAP_COMPLETE_COMP_TYPE";
/// The types of a completion whose values bash lists: `?` and `!`. Of several values bash inserts
/// only their common beginning, so a description beside them is shown but never inserted.
/// Source: the manual of bash, COMP_TYPE.
const BASH_LISTS: [&str; 2] = ["63", "33"];

/// Whether bash lists the values.
fn is_bash_list() -> bool {
    std::env::var(BASH_TYPE).is_ok_and(|kind| BASH_LISTS.contains(&kind.as_str()))
}

/// Bash hands over and takes words as they are typed: with a backslash before each blank.
fn is_bash() -> bool {
    std::env::var_os(BASH_TYPE).is_some()
}

fn plain(typed: &str) -> String {
    match is_bash() {
        true => typed.replace('\\', "").trim_start_matches(['"', '\'']).to_owned(),
        false => typed.to_owned(),
    }
}

fn spelled(value: &str) -> String {
    if !is_bash() {
        return value.to_owned();
    }
    let special = |letter: char| !letter.is_alphanumeric() && !"-_.,:/@%+=".contains(letter);
    let letters = value.chars().flat_map(|it| special(it).then_some('\\').into_iter().chain([it]));
    letters.collect()
}

fn statuses() -> Vec<Value> {
    let all = [Status::Asserted, Status::Confirmed, Status::Disputed, Status::Retracted];
    let value = |it: Status| Value { text: it.as_str().to_owned(), about: String::new() };
    all.map(value).into()
}

fn encodings() -> Vec<Value> {
    let value = |name: &str| Value { text: name.to_owned(), about: String::new() };
    ENCODINGS.into_iter().map(value).collect()
}

fn help_words(program: fn() -> Command) -> Vec<Value> {
    let program = program();
    let commands = program.get_subcommands().filter(|command| !command.is_hide_set());
    let command = |it: &Command| Value {
        text: it.get_name().to_owned(),
        about: it.get_about().map(|about| about.to_string()).unwrap_or_default(),
    };
    let names = topics::names(&program).into_iter().zip(topics::TOPICS);
    let topic =
        |(text, topic): (String, &topics::Topic)| Value { text, about: topic.title().into() };
    commands.map(command).chain(names.map(topic)).collect()
}

fn keys() -> Option<Vec<Value>> {
    let listing = KeyFolder::open(paths()?.keys).ok()?.list().ok()?;
    let key = |text: String| Value { text, about: String::new() };
    Some(listing.keys.into_iter().map(|listed| key(listed.handle.to_string())).collect())
}

fn facts(typed: &str) -> Option<Vec<Value>> {
    let GatheredRows { facts, .. } = gathered(RowKind::Facts, typed)?;
    let value = |row: &crate::ledger::query::row::FactRow| Value {
        text: row.fact.to_string(),
        about: format!("{}: {}", standing(row.status), beginning(row.words.claim.as_deref())),
    };
    Some(facts.values().rev().map(value).collect())
}

fn documents(typed: &str) -> Option<Vec<Value>> {
    let GatheredRows { documents, .. } = gathered(RowKind::Documents, typed)?;
    let value = |row: &crate::ledger::query::row::DocumentRow| Value {
        text: row.document.to_string(),
        about: beginning(row.about.as_ref().map(|about| about.title.as_ref())),
    };
    Some(documents.values().rev().map(value).collect())
}

fn topics_of_facts() -> Option<Vec<Value>> {
    let GatheredRows { facts, .. } = gathered(RowKind::Facts, "")?;
    let topics = facts.values().flat_map(|row| &row.words.topics);
    let names: BTreeSet<String> = topics.map(|topic| topic.name.to_string()).collect();
    Some(names.into_iter().map(|text| Value { text, about: String::new() }).collect())
}

/// The newest facts, or documents, whose position begins with these digits.
fn gathered(kind: RowKind, digits: &str) -> Option<GatheredRows> {
    let record = Record::open(paths()?).ok()?;
    let size = record.size();
    if record.index().is_err() && size > FOLDED {
        return None;
    }
    let begins = |position: &u64| position.to_string().starts_with(digits);
    let read = || -> Result<GatheredRows, LedgerError> {
        let view = View::some(&record, size, &|snapshot, _| {
            let positions = snapshot.positions(kind)?.into_iter().rev().filter(begins);
            Ok(positions.take(MOST).collect())
        })?;
        let names = Names::read(&view)?;
        gather(&view, &names, &|fact| kind == RowKind::Facts && begins(&fact))
    };
    read().ok()
}

/// The first letters of a text.
fn beginning(text: Option<&str>) -> String {
    let text = text.unwrap_or("(withheld)");
    match text.char_indices().nth(LETTERS) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

/// Where ledger and keys are, as the words that are typed say it, or else the environment.
fn paths() -> Option<Paths> {
    let set = |variable| std::env::var_os(variable).filter(|value: &OsString| !value.is_empty());
    let named = |option, variable| typed_option(option).or_else(|| set(variable));
    let keys = named("--keys", "ANNALS_KEYS").map(PathBuf::from);
    let ledger = named("--ledger", "ANNALS_LEDGER").map(PathBuf::from);
    let ledger = match ledger {
        Some(ledger) => Some(ledger),
        None => Paths::find(&std::env::current_dir().ok()?).ok()?,
    };
    match (ledger, keys) {
        (Some(ledger), keys) => Some(Paths::new(ledger, keys)),
        // Keys are here before there is a ledger.
        (None, keys) => Some(Paths::new(PathBuf::from("ledger"), keys)),
    }
}

/// The value of an option among the words that are typed, which follow `--`.
fn typed_option(option: &str) -> Option<OsString> {
    let mut words = std::env::args_os().skip_while(|word| word != "--").skip(1);
    while let Some(word) = words.next() {
        if word == option {
            return words.next();
        }
        let joined = word.to_str().and_then(|word| word.strip_prefix(option)?.strip_prefix('='));
        if let Some(value) = joined {
            return Some(value.into());
        }
    }
    None
}
