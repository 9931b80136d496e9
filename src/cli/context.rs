//! The context of a command: where the ledger is, who signs, what time it is.
//!
//! Always holds: what is not there is an error that says how to make it. Not here: commands.

use crate::cli::args::{Format, Global};
use crate::cli::ask;
use crate::cli::exit::{Failure, announce_clock};
use crate::cli::output::note;
use crate::clock::Clock;
use crate::entropy::{Entropy, Seeded, System};
use crate::key::{PublicKey, SecretKey};
use crate::keys::{Handle, Held, KeyFolder};
use crate::ledger::append;
use crate::ledger::error::LedgerError;
use crate::ledger::paths::Paths;
use crate::ledger::record::Record;
use crate::ledger::writer::{Notice, Writer};
use crate::roster::Roster;
use std::path::PathBuf;
use std::time::Duration;

/// What every command needs.
pub struct Context {
    /// The global options.
    pub global: Global,
    /// The clock.
    pub clock: Clock,
    /// The randomness.
    pub entropy: Box<dyn Entropy>,
}

impl Context {
    /// Reads the environment: `ANNALS_CLOCK`, and `ANNALS_SEED` where randomness is to be repeated.
    pub fn new(global: Global) -> Result<Context, Failure> {
        let setting = std::env::var("ANNALS_CLOCK").ok();
        let clock = Clock::from_setting(setting.as_deref()).ok_or_else(|| {
            Failure::usage("ANNALS_CLOCK: expected a UTC time like 2022-01-27T08:00:00Z")
        })?;
        let entropy: Box<dyn Entropy> = match std::env::var("ANNALS_SEED") {
            Ok(seed) if !seed.is_empty() => {
                note("note: randomness is repeatable by ANNALS_SEED: for tests and demonstrations");
                Box::new(Seeded::new(seed))
            }
            _ => Box::new(System),
        };
        Ok(Context { global, clock, entropy })
    }

    /// The output format.
    pub fn format(&self) -> Format {
        self.global.format
    }

    /// Where the ledger is; one that is not named is looked for here and above.
    pub fn paths(&self) -> Result<Paths, Failure> {
        let found = match &self.global.ledger {
            Some(ledger) => Some(ledger.clone()),
            None => Paths::find(&std::env::current_dir()?),
        };
        let ledger = found.ok_or_else(|| LedgerError::NoLedger(PathBuf::from("ledger")))?;
        Ok(Paths::new(ledger, self.global.keys.clone()))
    }

    /// Where a new ledger is to be.
    pub fn new_paths(&self) -> Paths {
        let ledger = self.global.ledger.clone().unwrap_or_else(|| PathBuf::from("ledger"));
        Paths::new(ledger, self.global.keys.clone())
    }

    /// The record, open for reading.
    pub fn record(&self) -> Result<Record, Failure> {
        Ok(Record::open(self.paths()?)?)
    }

    /// The ledger, open for writing; tells what was found unfinished.
    pub fn writer(&self) -> Result<Writer, Failure> {
        announce_clock(&self.clock);
        let paths = self.paths()?;
        if !paths.ledger.join("journal").is_dir() {
            return Err(LedgerError::NoLedger(paths.ledger).into());
        }
        let keys = KeyFolder::open(&paths.keys)?;
        let log = keys.log()?;
        let writer = Writer::open(paths, vec![log], self.wait()?)?;
        for notice in &writer.notices {
            note(match notice {
                Notice::Aside(path, bytes) => format!(
                    "note: an unfinished commit ({bytes} bytes) was moved to {}",
                    path.display()
                ),
                Notice::StoreBuilt(n) => format!("note: the store was built, {n} events"),
                Notice::StoreCaughtUp(n) => format!("note: {n} events were added to the store"),
                Notice::CheckpointSigned(n) => format!("note: the checkpoint of {n} was signed"),
            });
        }
        if !self.global.clock_is_right {
            append::check_clock(&writer, self.clock.peek())?;
        }
        Ok(writer)
    }

    /// How long to wait for another writer.
    pub fn wait(&self) -> Result<Duration, Failure> {
        let text = &self.global.wait;
        let span: Result<jiff::SignedDuration, _> = text.parse();
        let span = span.map_err(|error| Failure::usage(format!("--wait {text:?}: {error}")))?;
        Ok(span.unsigned_abs())
    }

    /// The secret keys here that may sign, without opening them.
    pub fn signers(&self, roster: &Roster) -> Result<Vec<(Handle, PublicKey)>, Failure> {
        signers(&KeyFolder::open(self.paths()?.keys)?, roster)
    }

    /// The secret key that signs: the named one, or the only one here that is enrolled.
    pub fn signer(&self, writer: &Writer) -> Result<SecretKey, Failure> {
        let keys = KeyFolder::open(&writer.paths.keys)?;
        let handle = match &self.global.editor {
            Some(name) => Handle::new(name.as_str())?,
            None => only_signer(&keys, writer)?,
        };
        let name = handle.to_string();
        let secret = keys.secret(&handle, &mut |attempt| ask::passphrase(&name, attempt))?;
        let roster = &writer.judge.chain.state.fold.roster;
        match roster.member(&secret.public()) {
            Some(member) if member.revoked.is_none() => Ok(secret),
            Some(_) => Err(LedgerError::Key(format!("the key of {name} is revoked")).into()),
            None => Err(LedgerError::Key(format!(
                "the key of {name} is not enrolled in this ledger; an admin enrols it with annals \
                 editor add {name}.request"
            ))
            .into()),
        }
    }
}

/// The secret keys here that may sign.
fn signers(keys: &KeyFolder, roster: &Roster) -> Result<Vec<(Handle, PublicKey)>, Failure> {
    let may_sign =
        |key: &PublicKey| roster.member(key).is_some_and(|member| member.revoked.is_none());
    let listed = keys.list()?.keys.into_iter();
    let here = listed.filter(|listed| listed.held != Held::Elsewhere);
    let named = here.filter_map(|listed| Some((listed.handle, listed.public?)));
    Ok(named.filter(|(_, key)| may_sign(key)).collect())
}

fn only_signer(keys: &KeyFolder, writer: &Writer) -> Result<Handle, Failure> {
    let here = signers(keys, &writer.judge.chain.state.fold.roster)?;
    let here: Vec<Handle> = here.into_iter().map(|(handle, _)| handle).collect();
    match here.as_slice() {
        [one] => Ok(one.clone()),
        [] => Err(LedgerError::Key(format!(
            "no secret key in {} may sign; annals key new makes one, an admin enrols it",
            keys.path().display()
        ))
        .into()),
        several => {
            let names: Vec<String> = several.iter().map(Handle::to_string).collect();
            let names = names.join(", ");
            Err(Failure::usage(format!("who signs? say --by with one of: {names}")))
        }
    }
}
