//! `annals unlock` and `annals lock`: a passphrase once, for a while; `annals agent`, which holds
//! what is unlocked.
//!
//! Always holds: a key is unlocked by its passphrase only, and for a time that ends; nothing is
//! written to a disk. Works where there is no ledger. Not here: the agent (`key_agent`), what a
//! command does without one (`terminal::context`).

use crate::cli::shared::WriteStatus;
use crate::cli::terminal::{
    CliError, Command, Context, Exit, Format, Group, ask, done_as, formats, json, minute, note,
    out, span, visible,
};
use crate::key_agent::{UnlockedKey, harden, serve};
use crate::keys::{KeyFolder, KeyName, KeyPresence};
use annals_core::key::{PublicKey, SecretKey};
use annals_core::text::in_quotes;
use annals_core::time::Time;
use clap::Args;
use serde::Serialize;
use std::io::Write;
use std::time::Duration;

/// Let keys sign without their passphrase for a while
#[derive(Debug, Args)]
pub struct UnlockArgs {
    /// Their names here [default: the one of --by, or the only encrypted one]
    #[arg(value_name = "KEY", conflicts_with = "list")]
    names: Vec<String>,
    /// For how long, such as 30min or 8h; at most 24h
    #[arg(long = "for", value_name = "TIME", default_value = "1h", conflicts_with = "list")]
    time: String,
    /// Show which keys are unlocked, and until when
    #[arg(long)]
    list: bool,
}

/// Forget all keys that are unlocked
#[derive(Debug, Args)]
pub struct LockArgs {}

/// Hold unlocked keys (started by annals unlock)
#[derive(Debug, Args)]
#[command(hide = true)]
pub struct AgentArgs {}

const LEAST: Duration = Duration::from_secs(1);
const MOST: Duration = Duration::from_secs(24 * 3_600);

impl Command for UnlockArgs {
    const GROUP: Group = Group::SetUp;
    const IS_ABOUT_RECORD: bool = false;

    fn formats(&self) -> &'static [Format] {
        formats::OBJECT
    }

    fn run(self, context: &mut Context) -> Result<Exit, CliError> {
        if !self.list {
            unlock(context, &self)?;
        }
        list(context)
    }
}

impl Command for LockArgs {
    const GROUP: Group = Group::SetUp;
    const IS_ABOUT_RECORD: bool = false;

    fn formats(&self) -> &'static [Format] {
        formats::OBJECT
    }

    fn run(self, context: &mut Context) -> Result<Exit, CliError> {
        let ran = context.key_agent().lock()?;
        let mut out = done_as(context.format());
        match (context.format(), ran) {
            (Format::Text, true) => writeln!(out, "locked: the agent has forgotten its keys")?,
            (Format::Text, false) => writeln!(out, "locked: no agent ran")?,
            (_, ran) => {
                let status = if ran { WriteStatus::Written } else { WriteStatus::Already };
                json(&mut out, &LockedJson { status, keys: Vec::new() })?;
            }
        }
        out.flush()?;
        Ok(Exit::Yes)
    }
}

impl Command for AgentArgs {
    const GROUP: Group = Group::SetUp;
    const IS_ABOUT_RECORD: bool = false;

    fn run(self, _: &mut Context) -> Result<Exit, CliError> {
        serve()?;
        Ok(Exit::Yes)
    }
}

/// Opens the keys, all of them before one is handed to the agent.
fn unlock(context: &Context, args: &UnlockArgs) -> Result<(), CliError> {
    let time = span("--for", &args.time)?;
    if !(LEAST..=MOST).contains(&time) {
        let expected = "expected a span of time from 1s to 24h";
        return Err(CliError::usage(format!("--for: {expected}, found {}", in_quotes(&args.time))));
    }
    harden();
    let keys = KeyFolder::open(context.keys()?)?;
    let handles = chosen(context, &keys, &args.names)?;
    let open = |handle: &KeyName| -> Result<SecretKey, CliError> {
        if keys.look(handle.clone())?.held == KeyPresence::Unencrypted {
            return Err(CliError::usage(format!(
                "expected a key with a passphrase, found {} without one: it signs as it is",
                keys.secret_path(handle).display()
            )));
        }
        Ok(keys.secret(handle, &mut |attempt| ask::passphrase(handle, attempt))?)
    };
    let secrets = handles.iter().map(open).collect::<Result<Vec<_>, _>>()?;
    let agent = context.key_agent();
    for (handle, secret) in handles.iter().zip(&secrets) {
        agent.unlock(secret, handle, time)?;
        if keys.public(handle).is_err() {
            note(format!(
                "note: {} is missing: without it no command knows that this key is unlocked",
                keys.public_path(handle).display()
            ));
        }
    }
    Ok(())
}

/// The keys that are meant.
fn chosen(context: &Context, keys: &KeyFolder, names: &[String]) -> Result<Vec<KeyName>, CliError> {
    if !names.is_empty() {
        return Ok(names.iter().map(KeyName::new).collect::<Result<_, _>>()?);
    }
    if let Some(name) = &context.global.editor {
        return Ok(vec![KeyName::new(name.as_str())?]);
    }
    let mut encrypted = keys.list()?.keys;
    encrypted.retain(|listed| listed.held == KeyPresence::Encrypted);
    let mut handles: Vec<KeyName> = encrypted.into_iter().map(|listed| listed.handle).collect();
    match handles.len() {
        1 => Ok(std::mem::take(&mut handles)),
        0 => Err(CliError::usage(format!(
            "expected a key with a passphrase in {}, found none; annals key list shows the keys",
            keys.path().display()
        ))),
        _ => {
            let names: Vec<&str> = handles.iter().map(|handle| &**handle).collect();
            let names = names.join(", ");
            Err(CliError::usage(format!("several keys can be unlocked; name some: {names}")))
        }
    }
}

/// A key that is unlocked.
#[derive(Serialize)]
struct UnlockedRow {
    name: String,
    key: PublicKey,
    until: Option<Time>,
}

/// After a lock: no key is unlocked.
#[derive(Serialize)]
struct LockedJson {
    status: WriteStatus,
    keys: Vec<UnlockedRow>,
}

#[derive(Serialize)]
struct UnlockedJson {
    keys: Vec<UnlockedRow>,
}

/// The second in which a key is forgotten, at its end: what is counted from now on is the same at
/// each look.
fn to_the_second(time: Time) -> Time {
    const SECOND: i64 = 1_000_000;
    Time::from_micros((time.micros() + SECOND - 1).div_euclid(SECOND) * SECOND).unwrap_or(time)
}

fn list(context: &Context) -> Result<Exit, CliError> {
    let now = context.clock.peek();
    let row = |held: UnlockedKey| {
        let left = i64::try_from(held.left.as_micros()).ok();
        let until = left.and_then(|left| now.plus_micros(left)).map(to_the_second);
        UnlockedRow { name: held.name, key: held.key, until }
    };
    let rows: Vec<UnlockedRow> = context.key_agent().keys()?.into_iter().map(row).collect();
    let mut out = out(context.format());
    match context.format() {
        Format::Text => {
            let width = rows.iter().map(|row| row.name.len()).max().unwrap_or_default();
            for row in &rows {
                let (name, key) = (visible(&row.name).to_string(), row.key.short());
                writeln!(out, "{name:<width$}  {key}  unlocked until {}", minute(row.until))?;
            }
            if rows.is_empty() {
                writeln!(out, "no key is unlocked")?;
            }
        }
        _ => json(&mut out, &UnlockedJson { keys: rows })?,
    }
    out.flush()?;
    Ok(Exit::Yes)
}
