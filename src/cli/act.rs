//! Acts about people and the ledger itself: signed, shown, asked for, written, told.
//!
//! Always holds: nothing is written that was not shown first where somebody is there to see it; the
//! receipt is that of `append`. Not here: what an act says (`editor`, `ledger`).

use crate::cli::ask;
use crate::cli::context::Context;
use crate::cli::exit::{Exit, Failure};
use crate::cli::output::{done, note, visible, whole_words};
use crate::cli::submit::tell;
use crate::event::args::Roles;
use crate::event::body::Stated;
use crate::event::words::Role;
use crate::key::{PublicKey, SigningKey};
use crate::ledger::act::prepare_act;
use crate::ledger::append::{Prepared, Signer, commit};
use crate::ledger::settle::Settled;
use crate::ledger::writer::{Woken, Writer};
use crate::text::Words;
use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use std::io::Write;

/// What every act takes.
#[derive(Clone, Copy, Debug, Args)]
pub struct Trial {
    /// Check and show, write nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// What a person is told of an act before and after it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// What would be done, in one line.
    pub what: String,
    /// What else is to be known before.
    pub before: Vec<String>,
    /// What is told after the receipt.
    pub after: Vec<String>,
}

/// Signs an act and lets the judge take it.
pub fn prepare(
    context: &mut Context,
    (writer, key): (&mut Writer, &dyn SigningKey),
    settled: Settled,
) -> Result<Prepared, Failure> {
    let (clock, entropy) = (&mut context.clock, &mut *context.entropy);
    let mut signer = Signer { key, clock, entropy };
    Ok(prepare_act(writer, settled, &mut signer)?)
}

/// Shows what would be done, asks without the lock, and takes it. False where it was only to be
/// shown; [`Failure::WentOn`] where the record went on while a person thought.
pub fn may_write(
    context: &Context,
    writer: &mut Writer,
    trial: Trial,
    told: &Told,
) -> Result<bool, Failure> {
    let yes = context.global.yes;
    let shown = format!("{told:?}");
    if context.answers.borrow().agreed.as_ref() == Some(&shown) {
        // The record went on, and what was agreed to is what it was.
        context.wake(writer)?;
        return Ok(true);
    }
    let asks = !yes && ask::on_terminal();
    if trial.dry_run || asks {
        note(textwrap::fill(&told.what, whole_words("").subsequent_indent("  ")));
        for line in &told.before {
            note(textwrap::fill(line, whole_words("  ").subsequent_indent("    ")));
        }
    }
    if trial.dry_run {
        note("one event would be written; nothing was");
        return Ok(false);
    }
    if asks {
        writer.rest()?;
    }
    ask::may_write(yes, "sign and write this?")?;
    context.answers.borrow_mut().agreed = Some(shown);
    match context.wake(writer)? {
        Woken::Same => Ok(true),
        Woken::Changed => Err(Failure::WentOn),
    }
}

/// Writes an act that was asked for, and gives its receipt.
pub fn write(writer: &mut Writer, prepared: &Prepared, told: &Told) -> Result<Exit, Failure> {
    let receipt = commit(writer, prepared)?;
    let exit = tell(&receipt, writer)?;
    let mut out = done();
    for line in &told.after {
        writeln!(out, "{line}")?;
    }
    out.flush()?;
    Ok(exit)
}

/// All of it, where nothing comes in between.
pub fn submit(
    context: &mut Context,
    (writer, key): (&mut Writer, &dyn SigningKey),
    (settled, trial): (Settled, Trial),
    told: &Told,
) -> Result<Exit, Failure> {
    let prepared = prepare(context, (writer, key), settled)?;
    match may_write(context, writer, trial, told)? {
        true => write(writer, &prepared, told),
        false => Ok(Exit::Yes),
    }
}

/// Reads `admin` or `editor`.
pub fn role() -> impl TypedValueParser<Value = Role> {
    let names = Role::ALL.iter().map(|role| role.as_str());
    PossibleValuesParser::new(names).try_map(|word| Role::parse(&word).ok_or("no role"))
}

/// The set of roles that were named.
pub fn roles(named: &[Role]) -> Roles {
    Roles { admin: named.contains(&Role::Admin), editor: named.contains(&Role::Editor) }
}

/// Roles for people: `admin and editor`.
pub fn shown(roles: Roles) -> String {
    let roles: Vec<Role> = roles.into();
    let roles: Vec<&str> = roles.iter().map(|role| role.as_str()).collect();
    roles.join(" and ")
}

/// The first digits of a key.
pub fn digits(key: &PublicKey) -> String {
    key.to_string().get(..16).unwrap_or_default().to_owned()
}

/// A name and the first digits of its key, for people; once, where the name has them already.
pub fn called(name: &str, key: &PublicKey) -> String {
    let behind = format!(" (key {})", digits(key));
    let name = name.strip_suffix(&behind).unwrap_or(name);
    format!("{}{behind}", visible(name))
}

/// A statement, given or asked for.
pub fn statement(
    context: &Context,
    given: Option<String>,
    question: &str,
) -> Result<Stated, Failure> {
    let ask = || ask::line(question, "--statement", None);
    let text = match given {
        Some(text) => text,
        None => context.answers.borrow_mut().line(question, ask)?,
    };
    stated(&text)
}

/// A statement that was given.
pub fn stated(text: &str) -> Result<Stated, Failure> {
    let statement = crate::cli::init::words("--statement", Words::new(text))?;
    Ok(Stated { statement })
}
