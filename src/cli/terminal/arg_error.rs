//! Argument errors: what was expected, what was found, and where.
//!
//! Always holds: the error for a value that no parser accepts is worded here; every other error is
//! that of clap, for people in its own layout, for programs with its parts. Not here: the meaning
//! of the arguments.

use crate::cli::terminal::error_json::{self, ErrorJson};
use crate::cli::terminal::exit::Exit;
use crate::cli::terminal::message::MessageParts;
use crate::cli::terminal::streams::err_of_failure;
use crate::ledger::shell_word::shell_word;
use annals_core::text::in_quotes;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, Command, Error as Unread};
use std::error::Error;
use std::net::AddrParseError;
use std::num::{IntErrorKind, ParseIntError};

/// The sentence for a value that no parser accepts; `None` if the error of clap is used.
pub fn value(error: &Unread) -> Option<String> {
    if error.kind() != ErrorKind::ValueValidation {
        return None;
    }
    let text_of = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => Some(text),
        _ => None,
    };
    let (argument, found) =
        (text_of(ContextKind::InvalidArg)?, text_of(ContextKind::InvalidValue)?);
    Some(format!("{argument}: {}, found {}", expected(error.source()?), in_quotes(found)))
}

/// The error of clap with the advice that leads somewhere: no command that is hidden, and an option
/// as a value only where words are searched for.
pub fn with_right_advice(mut error: Unread, words: impl Iterator<Item = String>) -> Unread {
    if let Some(ContextValue::Strings(offered)) = error.get(ContextKind::SuggestedSubcommand) {
        let shown: Vec<String> = offered.iter().filter(|name| *name != "agent").cloned().collect();
        let _ = error.remove(ContextKind::SuggestedSubcommand);
        if !shown.is_empty() {
            let _ = error.insert(ContextKind::SuggestedSubcommand, ContextValue::Strings(shown));
        }
    }
    let words: Vec<String> = words.collect();
    if error.kind() == ErrorKind::UnknownArgument && !words.iter().any(|word| word == "find") {
        let _ = error.remove(ContextKind::Suggested);
        let given = match error.get(ContextKind::InvalidArg) {
            Some(ContextValue::String(given)) => given.as_str(),
            _ => "",
        };
        let is_said = |(command, option, _): &&(&str, &str, &str)| {
            *option == given && words.iter().any(|word| word == command)
        };
        if let Some((_, _, text)) = OPTION_HINTS.iter().find(is_said) {
            let text = clap::builder::StyledStr::from(*text);
            let _ = error.insert(ContextKind::Suggested, ContextValue::StyledStrs(vec![text]));
        }
    }
    error
}

/// What is meant by an option that a command does not have: the command, the option, what to use.
const OPTION_HINTS: &[(&str, &str, &str)] = &[
    ("publish", "--to", "the folder stands alone, as in 'annals publish DIR'"),
    ("show", "--fact", "the number stands alone, as in 'annals show 3'"),
    ("change", "--recovery", "'annals editor add' and 'annals editor revoke' have it"),
    ("log", "--last", "'annals log --limit N' lists N events, 'annals tail' the newest"),
];

/// What to use in place of a command that is not here, where it is clear what is meant; `None`
/// where the library's own message is right.
pub fn unknown_command(error: &Unread) -> Option<String> {
    let text_of = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => Some(text.clone()),
        Some(ContextValue::StyledStr(text)) => Some(text.to_string()),
        _ => None,
    };
    let found = text_of(ContextKind::InvalidSubcommand)?;
    let usage = text_of(ContextKind::Usage)?;
    // "Usage: PROGRAM COMMAND [OPTIONS] …": the program may have another name here.
    let inside = usage.split_whitespace().nth(2).filter(|word| !word.starts_with(['[', '<']));
    let meant = HINTS.iter().find(|hint| {
        hint.inside == inside.unwrap_or_default() && hint.words.contains(&found.as_str())
    })?;
    let command = [inside.unwrap_or_default(), &found].join(" ");
    Some(format!("there is no command {}: {}", command.trim_start(), meant.text))
}

/// The sentence for a value that begins with a minus, such as a temperature, and is read as an
/// option; `None` for every other error. `words` are those of the command.
pub fn minus(error: &Unread, words: impl Iterator<Item = String>) -> Option<String> {
    let Some(ContextValue::String(argument)) = error.get(ContextKind::InvalidArg) else {
        return None;
    };
    let is_option = |word: &str| !word.contains(char::is_whitespace) && !is_number(word);
    let begins = |word: &str| word.starts_with('-') && word.starts_with(argument.as_str());
    let mut words = words.filter(|word| begins(word) && !is_option(word));
    let found = words.next().filter(|_| error.kind() == ErrorKind::UnknownArgument)?;
    Some(format!(
        "expected an option, found {found:?}; a value that begins with a minus is joined to its \
         option by =, as in --claim={found:?}; words to find stand behind --, as in annals find \
         -- {found:?}"
    ))
}

/// The sentence for a value of several words that no quotation marks hold together: the shell gives
/// each word by itself. `words` are those of the command.
pub fn loose_words(
    error: &Unread,
    program: &Command,
    words: impl Iterator<Item = String>,
) -> Option<String> {
    let Some(ContextValue::String(found)) = error.get(ContextKind::InvalidArg) else { return None };
    if error.kind() != ErrorKind::UnknownArgument || found.starts_with('-') {
        return None;
    }
    let words: Vec<String> = words.collect();
    let is_option = |word: &str| word.starts_with("--");
    let mut from = 0;
    // The option before the word, if it takes a value and has one already.
    let (option, value, rest) = loop {
        let at = from + words.get(from..)?.iter().position(|word| is_option(word))?;
        from = at + 1;
        let end = words.get(from..)?.iter().position(|word| word.starts_with('-'));
        let end = end.map_or(words.len(), |end| from + end);
        let (value, rest) = words.get(from..end)?.split_first()?;
        if rest.contains(found) && takes_value(program, &words, words.get(at)?) {
            break (words.get(at)?, value, rest);
        }
    };
    let curly = |c: char| matches!(c, '“' | '”' | '„' | '‘' | '’' | '«' | '»');
    let whole = [std::slice::from_ref(value), rest].concat().join(" ");
    let straight = if value.starts_with(curly) { "straight quotation marks" } else { "quotes" };
    Some(format!(
        "expected one value after {option}, found the words {} after {}; a value of several words \
         stands in {straight}: {option} {}",
        in_quotes(&rest.join(" ")),
        in_quotes(value),
        shell_word(whole.trim_matches(curly))
    ))
}

/// Whether an option of the command that these words name takes a value.
fn takes_value(program: &Command, words: &[String], option: &str) -> bool {
    let mut commands = vec![program];
    for word in words {
        let inner = commands.last().and_then(|command| command.find_subcommand(word));
        commands.extend(inner);
    }
    let name = option.trim_start_matches('-');
    let is_named = |argument: &&Arg| {
        let aliases = argument.get_all_aliases().unwrap_or_default();
        argument.get_long() == Some(name) || aliases.contains(&name)
    };
    let found = commands.iter().find_map(|command| command.get_arguments().find(is_named));
    found.is_some_and(|argument| argument.get_action().takes_values())
}

/// The sentence for an option with another dash than a minus before it, as word processors and mail
/// programs make it; `None` where there is none. `words` are those of the command.
pub fn other_dash(error: &Unread, mut words: impl Iterator<Item = String>) -> Option<String> {
    // The option that was not expected. Another with a dash before it is taken for a file, and then
    // one is missing, or a word too many.
    let found = match (error.kind(), error.get(ContextKind::InvalidArg)) {
        (ErrorKind::UnknownArgument, Some(ContextValue::String(found))) => {
            if found.starts_with('-') { found.as_str() } else { "" }
        }
        (ErrorKind::MissingRequiredArgument, _) => "",
        _ => return None,
    };
    words.find_map(|word| {
        let dashed = word.trim_start();
        let rest = dashed.trim_start_matches(is_dash);
        let (marks, name) = (dashed.strip_suffix(rest)?, rest.split('=').next()?);
        let is_name = name.starts_with(|c: char| c.is_ascii_lowercase())
            && name.chars().all(|c| c.is_ascii_lowercase() || c == '-');
        // A value of one dash behind a blank is a text.
        let is_meant = word.starts_with(found) && is_name && !marks.is_empty();
        let other = match dashed.len() < word.len() {
            true => word.chars().next().filter(|_| marks.chars().nth(1).is_some()),
            false => marks.chars().find(|c| *c != '-'),
        };
        let other = other.filter(|_| is_meant)?;
        let what = if other.is_whitespace() { "a blank" } else { "another dash" };
        Some(format!(
            "expected an option, found {}, which begins with {what} (U+{:04X}); write --{name}",
            in_quotes(&word),
            u32::from(other)
        ))
    })
}

/// Whether a character is a minus, or a dash that looks like one.
fn is_dash(c: char) -> bool {
    matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe58}' | '\u{fe63}' | '\u{ff0d}')
}

/// Whether a word is a minus and a number.
fn is_number(word: &str) -> bool {
    word.strip_prefix('-').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
}

/// Prints an error of clap on stderr as one JSON object; its exit code.
pub fn report_json(error: &Unread) -> Exit {
    let text = error.to_string();
    // Its first paragraph, without usage and advice, which follow after an empty line.
    let first = text.split("\n\n").next().unwrap_or_default();
    let words: Vec<&str> = first.split_whitespace().collect();
    let message = words.join(" ");
    let message = message.strip_prefix("error: ").unwrap_or(&message).to_owned();
    // Nothing can be printed where stderr itself fails.
    let _ =
        error_json::write(&mut err_of_failure(), &ErrorJson::of_argument(message, parts(error)));
    Exit::Unknown
}

/// What an error of clap says, part by part.
fn parts(error: &Unread) -> MessageParts {
    let list = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => vec![text.clone()],
        Some(ContextValue::Strings(texts)) => texts.clone(),
        Some(ContextValue::StyledStr(text)) => vec![text.to_string()],
        Some(ContextValue::StyledStrs(texts)) => texts.iter().map(ToString::to_string).collect(),
        _ => Vec::new(),
    };
    let joined = |kind| Some(list(kind).join(", ")).filter(|text| !text.is_empty());
    let argument = joined(ContextKind::InvalidArg);
    let any = |kinds: &[ContextKind]| kinds.iter().find_map(|kind| joined(*kind));
    let hint = any(&[
        ContextKind::Suggested,
        ContextKind::SuggestedArg,
        ContextKind::SuggestedSubcommand,
        ContextKind::SuggestedValue,
    ]);
    match error.kind() {
        ErrorKind::MissingRequiredArgument => {
            MessageParts { expected: argument, hint, ..MessageParts::default() }
        }
        ErrorKind::UnknownArgument => {
            MessageParts { found: argument, hint, ..MessageParts::default() }
        }
        _ => MessageParts {
            place: argument,
            expected: any(&[ContextKind::ValidValue, ContextKind::ValidSubcommand]),
            found: any(&[ContextKind::InvalidValue, ContextKind::InvalidSubcommand]),
            hint,
        },
    }
}

/// What is meant by a command of other programs.
struct CommandHint {
    /// The command that it is inside of; empty for none.
    inside: &'static str,
    /// The words.
    words: &'static [&'static str],
    /// What to use here, and why.
    text: &'static str,
}

const HINTS: &[CommandHint] = &[
    CommandHint {
        inside: "",
        words: &["undo", "revert", "reset"],
        text: "nothing is undone, for the record keeps every event; annals retract takes a fact \
               back, annals correct changes its words, annals reinstate ends a retraction",
    },
    CommandHint {
        inside: "",
        words: &["redact", "seal", "embargo", "hide", "erase", "release", "withhold"],
        text: "this version hides no words, and what was published stays readable; annals retract \
               says that a fact is taken back, and hides nothing (annals help publishing)",
    },
    CommandHint {
        inside: "",
        words: &["withdraw"],
        text: "annals retract takes a fact back and says why",
    },
    CommandHint {
        inside: "",
        words: &["delete", "remove", "rm", "del"],
        text: "nothing is deleted, for the record keeps every event; annals retract takes a fact \
               back and says why",
    },
    CommandHint {
        inside: "",
        words: &["edit", "change", "update", "modify"],
        text: "nothing is edited; annals correct enters a new revision of a fact, annals document \
               describe one of a document's description; both keep what was there",
    },
    CommandHint {
        inside: "",
        words: &["search", "grep", "query"],
        text: "annals find WORDS looks in claims, quotations and attributions; annals replay \
               --topic, --status and --when filter facts",
    },
    CommandHint {
        inside: "",
        words: &["history", "journal", "events"],
        text: "annals log lists the events, annals log FACT the life of one fact, annals timeline \
               draws it",
    },
    CommandHint {
        inside: "",
        words: &["ls", "list", "facts"],
        text: "annals replay lists the facts, annals document list the documents, annals editor \
               list who may sign, annals key list the keys",
    },
    CommandHint {
        inside: "",
        words: &["add", "new", "create"],
        text: "annals append enters facts, annals document add captures a document, annals editor \
               add enrols a key, annals init makes a ledger",
    },
    CommandHint {
        inside: "",
        words: &["accept", "agree", "approve"],
        text: "annals confirm confirms facts that were read again, annals review asks for each \
               that waits",
    },
    CommandHint { inside: "", words: &["assert", "enter"], text: "annals append enters facts" },
    CommandHint { inside: "", words: &["version"], text: "annals --version prints it" },
    CommandHint {
        inside: "",
        words: &["restore", "recover"],
        text: "annals import makes a ledger of a bag or of a published copy, annals repair makes \
               anew what a ledger lost and can be derived",
    },
    CommandHint {
        inside: "",
        words: &["check", "fsck", "validate"],
        text: "annals verify checks the whole record",
    },
    CommandHint {
        inside: "",
        words: &["whoami", "me", "who"],
        text: "annals alone says who you are here, annals key list shows the keys here, annals \
               editor list everybody who may sign",
    },
    CommandHint {
        inside: "",
        words: &["users", "user", "people", "members", "editors", "keys"],
        text: "annals editor list shows everybody who may sign, annals key list the keys here",
    },
    CommandHint {
        inside: "",
        words: &["backup", "save", "dump", "archive"],
        text: "annals export --to DIR makes a bag of the whole record, annals publish DIR a copy \
               that annals clone and annals pull follow; the folder of keys is copied by hand, and \
               kept apart",
    },
    CommandHint {
        inside: "",
        words: &["cat", "print", "get", "view", "open"],
        text: "annals show NUMBER shows a fact or any other event, annals blame NUMBER a document \
               with the facts that quote it",
    },
    CommandHint {
        inside: "",
        words: &["sign", "commit", "submit", "send", "push"],
        text: "what is written is signed at once: annals append enters facts, annals document add \
               a document, annals confirm signs that a fact was read again; annals outbox send \
               sends what is signed and waits",
    },
    CommandHint {
        inside: "document",
        words: &["delete", "remove", "rm", "edit", "change", "update"],
        text: "a captured document stays as it is, for quotations rest on its bytes; annals \
               document describe describes it anew, annals document add captures another one",
    },
    CommandHint {
        inside: "editor",
        words: &["delete", "remove", "rm"],
        text: "what a key signed stays; annals editor revoke ends what it may sign",
    },
    CommandHint {
        inside: "editor",
        words: &["roles", "role", "rename", "name"],
        text: "annals editor list shows names and roles, annals editor change sets them (--name, \
               --role)",
    },
    CommandHint {
        inside: "document",
        words: &["show", "cat", "open"],
        text: "annals show NUMBER shows a document as any other event",
    },
    CommandHint {
        inside: "outbox",
        words: &["list", "ls", "show"],
        text: "annals outbox alone shows what waits",
    },
    CommandHint {
        inside: "key",
        words: &["request"],
        text: "annals key new NAME makes a key with its request, annals key import with --name \
               and --for a request of a key that is there",
    },
    CommandHint {
        inside: "key",
        words: &["recover", "restore", "recovery"],
        text: "a key that is lost is not made again: annals key new NAME makes another one, \
               which an admin enrols; annals editor add and revoke take --recovery where no \
               admin is left",
    },
    CommandHint {
        inside: "key",
        words: &["rename", "change", "name"],
        text: "the files of a key have its name here; annals editor change --name sets its \
               holder's name in the record",
    },
    CommandHint {
        inside: "key",
        words: &["delete", "remove", "rm"],
        text: "annals editor revoke ends a key in the record; after that its file may be removed",
    },
];

fn expected(why: &(dyn Error + 'static)) -> String {
    if let Some(number) = why.downcast_ref::<ParseIntError>() {
        return match number.kind() {
            IntErrorKind::PosOverflow => "expected a smaller number".to_owned(),
            _ => "expected a whole number".to_owned(),
        };
    }
    if why.is::<AddrParseError>() {
        return "expected an address with a port, such as 127.0.0.1:8080".to_owned();
    }
    let why = why.to_string();
    match why.split_once(" is not in ").and_then(|(_, range)| range.split_once("..=")) {
        Some((least, most)) => format!("expected a whole number from {least} to {most}"),
        None => why,
    }
}
