//! The context of a command: the ledger, the signing key, the clock.
//!
//! Always holds: the error for something missing says how to create it. Not here: commands.

use crate::archive::cache::CachePlace;
use crate::cli::terminal::answers::Answers;
use crate::cli::terminal::exit::{CliError, Exit, announce_clock};
use crate::cli::terminal::options::{Format, Global};
use crate::cli::terminal::output::{note, wrapped};
use crate::cli::terminal::progress::Progress;
use crate::cli::terminal::server_cache::ServerCache;
use crate::cli::terminal::signing_key::{any_of, may_sign, may_sign_here, only_signer, signers};
use crate::cli::terminal::{ask, zone};
use crate::clock::Clock;
use crate::disk::closed::is_closed;
use crate::disk::lock::LockWait;
use crate::disk::together::cores;
use crate::disk::{ensure_private, is_folder_at, no_folder};
use crate::entropy::{Entropy, Seeded, System};
use crate::key_agent::{AgentFolder, AgentKey, KeyAgent};
use crate::keys::{KeyFolder, KeyName, KeyPresence, ListedKey};
use crate::ledger::error::{LedgerError, chain};
use crate::ledger::exchange::follow::stamp_key::stamp_key;
use crate::ledger::exchange::submitting::CopyServer;
use crate::ledger::folder_kind::not_keys;
use crate::ledger::following::FollowingMark;
use crate::ledger::home_mark::HomeMark;
use crate::ledger::imported::ImportStatus;
use crate::ledger::paths::Paths;
use crate::ledger::published_place::PublishedPlace;
use crate::ledger::query::point::PointContext;
use crate::ledger::reader::Record;
use crate::ledger::reader::published::PublishedReading;
use crate::ledger::write::admin::ClockCheck;
use crate::ledger::write::append;
use crate::ledger::write::earlier::EarlierAct;
use crate::ledger::write::resolve::ResolvedDraft;
use crate::ledger::write::writer::{RecordServer, WakeOutcome, Writer};
use annals_core::key::{PublicKey, PublicOnly, SecretKey, SigningKey};
use annals_core::roster::{Member, Roster};
use annals_core::text::in_quotes;
use annals_core::verify::source::Source;
use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How often an act is prepared again because a server placed the events of others first.
const TRIES: u32 = 8;
/// After how many times an admin asks for a turn.
const TURN_AFTER: u32 = 3;

/// The context that every command needs.
pub struct Context {
    /// The global options.
    pub global: Global,
    /// The clock.
    pub clock: Clock,
    /// The randomness.
    pub entropy: Box<dyn Entropy>,
    /// Whether this is a dry run: set from `--dry-run` before a writer is opened.
    pub dry_run: bool,
    /// The answers so far.
    pub answers: RefCell<Answers>,
    /// What was found of the server of the copy here.
    copy: ServerCache,
    /// The arguments of the program, for completions and manual pages.
    pub program: fn() -> clap::Command,
}

impl Context {
    /// Reads the environment: `ANNALS_CLOCK`, and `ANNALS_SEED` for repeatable randomness.
    pub fn new(global: Global, program: fn() -> clap::Command) -> Result<Context, CliError> {
        let clock = Clock::from_setting(setting("ANNALS_CLOCK")?.as_deref()).ok_or_else(|| {
            let found = in_quotes(&std::env::var("ANNALS_CLOCK").unwrap_or_default());
            CliError::usage(format!(
                "ANNALS_CLOCK: expected a UTC time like 2022-01-27T08:00:00Z, found {found}"
            ))
        })?;
        let entropy: Box<dyn Entropy> = match setting("ANNALS_SEED")? {
            Some(seed) if !seed.is_empty() => {
                note("note: randomness is repeatable by ANNALS_SEED: for tests and demonstrations");
                Box::new(Seeded::new(seed))
            }
            _ => Box::new(System),
        };
        // Checked even if no time is shown: a mistyped zone is an error.
        zone::display(PointContext::new(&global.tz, clock.peek())?.zone);
        // And even if nothing waits.
        span("--wait", &global.wait)?;
        let answers = RefCell::default();
        let copy = ServerCache::default();
        Ok(Context { global, clock, entropy, dry_run: false, answers, copy, program })
    }

    /// Runs a check without consuming a set clock or repeatable randomness.
    pub fn without_trace<T>(&mut self, check: impl FnOnce(&mut Context) -> T) -> T {
        let clock = self.clock.clone();
        let entropy = std::mem::replace(&mut self.entropy, Box::new(System));
        let checked = check(self);
        (self.clock, self.entropy) = (clock, entropy);
        checked
    }

    /// The output format.
    pub fn format(&self) -> Format {
        self.global.format
    }

    /// The paths of the ledger. If none is named, the one that this folder is in, else the nearest
    /// one here or above; if there is none, `ledger` here, because its journal may be lost.
    pub fn paths(&self) -> Result<Paths, CliError> {
        let found = match &self.global.ledger {
            Some(ledger) => Some(ledger.clone()),
            None => Paths::find(&std::env::current_dir()?)?,
        };
        let ledger = match found {
            Some(ledger) => ledger,
            None => PathBuf::from("ledger"),
        };
        Ok(Paths::new(ledger, self.global.keys.clone()))
    }

    /// The beginning of a command that writes facts or documents, before it reads anything of the
    /// record: a copy of a server's record is brought up to date, so that what the command makes of
    /// the record, refuses and asks is of the record as it is. On a terminal a record is refused
    /// that is only read, or is kept in a database; elsewhere the writer refuses it.
    pub fn begin_write(&mut self, dry_run: bool) -> Result<(), CliError> {
        self.dry_run = dry_run;
        let paths = self.paths()?;
        match paths.expect_ledger() {
            Err(error @ LedgerError::AnotherFolder(..)) if ask::on_terminal() => {
                return Err(error.into());
            }
            // Other errors are reported when the record is opened.
            Err(_) => return Ok(()),
            Ok(()) => {}
        }
        if ask::on_terminal() {
            HomeMark::expect_none(&paths)?;
            let imported = ImportStatus::of(&paths)?;
            if matches!(imported, ImportStatus::ReadOnly(_)) {
                imported.expect_writable(&paths)?;
            }
        }
        match FollowingMark::is_at(&paths)? {
            true => self.copy.begin(self.server_of(&paths)?, dry_run),
            false => Ok(()),
        }
    }

    /// The paths of a new ledger.
    pub fn new_paths(&self) -> Paths {
        let ledger = self.global.ledger.clone().unwrap_or_else(|| PathBuf::from("ledger"));
        Paths::new(ledger, self.global.keys.clone())
    }

    /// The record, open for reading: that of a ledger, or what is published at a place.
    pub fn record(&self) -> Result<Record, CliError> {
        self.open(Record::open)
    }

    /// The signed part of the record, open for reading: for a publication or an export.
    pub fn signed_record(&self) -> Result<Record, CliError> {
        self.open(Record::signed)
    }

    fn open(
        &self,
        ledger: impl FnOnce(Paths) -> Result<Record, LedgerError>,
    ) -> Result<Record, CliError> {
        let paths = self.paths()?;
        if let Some(place) = PublishedPlace::of(&paths.ledger).ok().flatten() {
            return self.published_record(place, paths);
        }
        let record = ledger(paths)?;
        record.source.expect_unchanged().map_err(LedgerError::from)?;
        Ok(record)
    }

    /// What is published at a place, verified as far as answers need it.
    fn published_record(&self, place: PublishedPlace, paths: Paths) -> Result<Record, CliError> {
        let published = place.open(&cache_place(&place)?)?;
        let progress = Progress::new(published.size(), "read");
        let jobs = cores();
        let report = |done| progress.at(done);
        let reading = PublishedReading { place, paths, jobs, progress: Some(&report) };
        Ok(Record::of_published(published, reading)?)
    }

    /// The key that stamps the copies of this user as verified; `None`, with a note, where it
    /// cannot be kept: then each pull verifies the whole copy.
    pub fn stamp_key(&self) -> Result<Option<SecretKey>, CliError> {
        let Some(folder) = private_folder()? else { return Ok(None) };
        // It must not be repeatable, whatever else is.
        Ok(stamp_key(&folder, &mut System).map(Some).unwrap_or_else(|why| {
            note(format!("note: each pull verifies the whole copy: {}", chain(&why)));
            None
        }))
    }

    /// The folder of keys, even if there is no ledger: then `keys` here, unless one is named.
    pub fn keys(&self) -> Result<PathBuf, CliError> {
        if let Some(keys) = &self.global.keys {
            return Ok(keys.clone());
        }
        let ledger = match &self.global.ledger {
            Some(ledger) => Some(ledger.clone()),
            None => Paths::find(&std::env::current_dir()?)?,
        };
        Ok(match ledger {
            Some(ledger) => Paths::new(ledger, None).keys,
            None => PathBuf::from("keys"),
        })
    }

    /// The record, if there is one here.
    pub fn record_here(&self) -> Result<Option<Record>, CliError> {
        let opened = self.open(Record::open);
        match opened {
            Ok(record) => Ok(Some(record)),
            Err(CliError::Ledger(LedgerError::NoLedger { .. })) => Ok(None),
            Err(CliError::Ledger(LedgerError::AnotherFolder(..)))
                if self.global.ledger.is_none() =>
            {
                Ok(None)
            }
            Err(failure) => Err(failure),
        }
    }

    /// The ledger, open for writing; prints its notices. Refused if the clock is far from the last
    /// event's time, or a log key is missing that the next checkpoint needs.
    pub fn writer(&self) -> Result<Writer, CliError> {
        let writer = self.writer_of(self.clock_check())?;
        if !self.dry_run {
            writer.check_log_keys()?;
        }
        Ok(writer)
    }

    /// Whether the writer's clock is compared with the last event's time: `--clock-is-right` skips
    /// that.
    pub fn clock_check(&self) -> ClockCheck {
        if self.global.clock_is_right { ClockCheck::Off } else { ClockCheck::On }
    }

    /// Refuses a folder of keys that was named and is none: no key in it signs.
    fn expect_named_keys(&self) -> Result<(), CliError> {
        let Some(keys) = &self.global.keys else { return Ok(()) };
        let found = match is_folder_at(keys)? {
            true => not_keys(keys)?,
            false => Some(no_folder(keys)?),
        };
        match found {
            None => Ok(()),
            Some(found) => Err(CliError::usage(format!(
                "expected a folder of keys at {}, found {found}: --keys DIR names the folder of \
                 the key that signs; nothing was written",
                keys.display()
            ))),
        }
    }

    /// A writer whose log keys are not checked: for the events that replace them.
    pub fn writer_of(&self, clock: ClockCheck) -> Result<Writer, CliError> {
        announce_clock(&self.clock);
        let paths = self.paths()?;
        paths.expect_ledger()?;
        self.expect_named_keys()?;
        if let Some(server) = self.copy_server(&paths)? {
            let writer = server.writer()?;
            if clock == ClockCheck::On {
                self.check_clock(&writer)?;
            }
            return Ok(writer);
        }
        if self.dry_run {
            let writer = Writer::dry_run(paths)?;
            if clock == ClockCheck::On {
                let rested = append::check_clock(&writer, self.clock.peek())?;
                rested.iter().for_each(|rested| note(format!("note: {rested}")));
            }
            return Ok(writer);
        }
        let mut writer = Writer::open(paths, self.wait()?)?;
        self.announce(&writer)?;
        if ask::on_terminal() && !self.answers.borrow().again {
            // A person may take time to answer from here on; other writers must not wait for that.
            writer.rest()?;
        }
        if clock == ClockCheck::On {
            self.check_clock(&writer)?;
        }
        Ok(writer)
    }

    /// The server that keeps the record of a copy, if it is one to which events can be sent. The
    /// copy is brought up to date, but not by a dry run.
    pub fn copy_server(&self, paths: &Paths) -> Result<Option<CopyServer>, CliError> {
        if !FollowingMark::is_at(paths)? {
            return Ok(None);
        }
        self.copy.find(|| self.server_of(paths), self.dry_run)
    }

    /// The address that a copy follows, if it is one.
    fn server_of(&self, paths: &Paths) -> Result<Option<CopyServer>, CliError> {
        let jobs = cores();
        let (wait, key, clock) = (self.wait()?, self.stamp_key()?, self.clock.clone());
        Ok(CopyServer::of(paths, jobs, wait, key, clock)?)
    }

    /// Whether to try again after a server placed the events of others first: not at the last of
    /// the tries. From the third time on an admin's key requests a turn, in which no other key
    /// writes; without a turn this pauses for a random time before it returns `true`.
    pub fn may_try_again(&self, writer: &Writer, key: &dyn SigningKey) -> Result<bool, CliError> {
        if writer.server_address().is_none() {
            return Ok(false);
        }
        let outrun = {
            let mut answers = self.answers.borrow_mut();
            answers.outrun += 1;
            answers.outrun
        };
        if outrun >= TRIES {
            return Ok(false);
        }
        let roster = &writer.verifier.chain.state.fold.roster;
        let is_admin = roster.member(&key.public()).is_some_and(|member| member.roles.admin);
        let taken = match outrun >= TURN_AFTER && is_admin {
            true => writer.take_turn(key),
            false => Ok(()),
        };
        if outrun < TURN_AFTER || !is_admin || taken.is_err() {
            let mut random = [0];
            System.fill(&mut random).map_err(LedgerError::from)?;
            let most = 20_u64 << outrun;
            std::thread::sleep(Duration::from_millis(most * u64::from(random[0]) / 255));
        }
        Ok(true)
    }

    /// Takes the writer's lock again, if it rests; prints its notices.
    pub fn wake(&self, writer: &mut Writer) -> Result<WakeOutcome, CliError> {
        let woken = writer.wake()?;
        if woken == WakeOutcome::Changed {
            self.announce(writer)?;
        }
        Ok(woken)
    }

    /// Names the files of the log keys, and prints a writer's notices.
    fn announce(&self, writer: &Writer) -> Result<(), CliError> {
        if let Some(ledger) = &writer.verifier.chain.state.fold.ledger
            && KeyFolder::open(&writer.paths.keys)?.name_log(&ledger.log_key)?
        {
            note("note: the files of the log keys were given their names");
        }
        for notice in &writer.notices {
            note(notice.text(&writer.paths));
        }
        Ok(())
    }

    /// Asks on a terminal whether a clock is right that is far from the last event's time.
    fn check_clock(&self, writer: &Writer) -> Result<(), CliError> {
        match append::check_clock(writer, self.clock.peek()) {
            Err(LedgerError::Clock(_)) if self.answers.borrow().clock_is_right => Ok(()),
            Err(LedgerError::Clock(why)) if ask::on_terminal() => {
                note(why);
                ask::confirm_write(false, "is the clock right?")?;
                self.answers.borrow_mut().clock_is_right = true;
                Ok(())
            }
            checked => {
                let rested = checked?;
                rested.iter().for_each(|rested| note(format!("note: {rested}")));
                Ok(())
            }
        }
    }

    /// How long to wait for another writer; its name is printed as a note.
    pub fn wait(&self) -> Result<LockWait, CliError> {
        let report = |holder: &str| note(format!("waiting for another writer: {holder}"));
        Ok(LockWait { report, ..LockWait::from(span("--wait", &self.global.wait)?) })
    }

    /// The secret keys here that may sign, without opening them.
    pub fn signers(&self, roster: &Roster) -> Result<Vec<(KeyName, PublicKey)>, CliError> {
        let folder = self.paths()?.keys;
        // What another user may not look into has no key of this one.
        match is_closed(&folder.join("log.key")) {
            true => Ok(Vec::new()),
            false => signers(&KeyFolder::open(folder)?, roster),
        }
    }

    /// Whether a command that signs needs `--by`: several keys here may sign, and none is named.
    pub fn needs_by(&self, roster: &Roster) -> Result<bool, CliError> {
        let folder = self.paths()?.keys;
        if self.global.editor.is_some() || is_closed(&folder.join("log.key")) {
            return Ok(false);
        }
        let mut here = KeyFolder::open(folder)?.list()?.keys;
        here.retain(|listed| may_sign_here(listed, roster));
        Ok(here.len() > 1 && any_of(&here).is_none())
    }

    /// The key that signs: the named one, or the only one here that may sign.
    pub fn signer(&self, writer: &Writer) -> Result<Box<dyn SigningKey>, CliError> {
        self.signer_that(writer, &|_| true)
    }

    /// The key that signs: the named one, or the only one here that is enrolled, not revoked and
    /// `fit`. If none is fit, the only other one, so that the rules report why it may not sign. A
    /// dry run needs no secret: it uses the public key.
    pub fn signer_that(
        &self,
        writer: &Writer,
        fit: &dyn Fn(&Member) -> bool,
    ) -> Result<Box<dyn SigningKey>, CliError> {
        if self.dry_run {
            return Ok(Box::new(PublicOnly(self.tried_as(writer, fit)?)));
        }
        let (keys, handle) = self.chosen(writer, fit)?;
        if let Some(key) = self.agent_key(&keys, &handle)? {
            note(format!("note: the agent signs as {handle}; annals lock ends it"));
            return Ok(Box::new(key));
        }
        let name = handle.to_string();
        let open = || Ok(keys.secret(&handle, &mut |attempt| ask::passphrase(&name, attempt))?);
        let secret = self.answers.borrow_mut().key(&name, open)?;
        may_sign(&name, &secret.public(), &writer.verifier.chain.state)?;
        Ok(Box::new(secret))
    }

    /// The agent of this user, whether or not one runs.
    pub fn key_agent(&self) -> KeyAgent {
        KeyAgent::new(AgentFolder::of_this_user(std::env::var_os("XDG_RUNTIME_DIR")))
    }

    /// The agent's key for a key here that is encrypted, if the agent holds it. An agent that
    /// cannot be asked is reported once, and is no error: there is the passphrase.
    fn agent_key(&self, keys: &KeyFolder, handle: &KeyName) -> Result<Option<AgentKey>, CliError> {
        let mut answers = self.answers.borrow_mut();
        if answers.without_agent || answers.has_key(handle) {
            return Ok(None);
        }
        let listed = keys.look(handle.clone())?;
        let (KeyPresence::Encrypted, Some(public)) = (listed.held, listed.public) else {
            return Ok(None);
        };
        Ok(self.key_agent().key(&public).unwrap_or_else(|why| {
            note(wrapped(&format!("note: {}", chain(&why)), 0));
            answers.without_agent = true;
            None
        }))
    }

    /// The public key of the signer, if a passphrase must be requested before signing. A dry run
    /// requests none.
    pub fn locked_signer(
        &self,
        writer: &Writer,
        fit: &dyn Fn(&Member) -> bool,
    ) -> Result<Option<PublicKey>, CliError> {
        if self.dry_run {
            return Ok(None);
        }
        let (keys, handle) = self.chosen(writer, fit)?;
        let asks = keys.look(handle.clone())?.held == KeyPresence::Encrypted
            && self.agent_key(&keys, &handle)?.is_none();
        Ok(if asks { keys.public(&handle).ok() } else { None })
    }

    /// The public key of the signer, if it is known without opening a key.
    pub fn known_signer(
        &self,
        writer: &Writer,
        fit: &dyn Fn(&Member) -> bool,
    ) -> Result<Option<PublicKey>, CliError> {
        let (keys, handle) = self.chosen(writer, fit)?;
        Ok(keys.public(&handle).ok())
    }

    /// The last act on the same matter, if it is equal and a key of the same signer signed it: its
    /// receipt may have been lost. No passphrase is requested.
    pub fn recorded_already(
        &self,
        writer: &Writer,
        resolved: &ResolvedDraft,
    ) -> Result<Option<EarlierAct>, CliError> {
        let Some(earlier) =
            EarlierAct::last(writer, &resolved.args)?.filter(|earlier| earlier.is(resolved))
        else {
            return Ok(None);
        };
        Ok(self.keys_here(writer)?.contains(&earlier.by).then_some(earlier))
    }

    /// The key that is named to sign, or all keys here.
    pub fn keys_here(&self, writer: &Writer) -> Result<Vec<PublicKey>, CliError> {
        if !is_folder_at(&writer.paths.keys)? {
            return Ok(Vec::new());
        }
        let keys = KeyFolder::open(&writer.paths.keys)?;
        if let Some(name) = &self.global.editor {
            return Ok(keys.public(&KeyName::new(name.as_str())?).into_iter().collect());
        }
        Ok(keys.held()?)
    }

    /// The key here that signs, before it is opened.
    fn chosen(
        &self,
        writer: &Writer,
        fit: &dyn Fn(&Member) -> bool,
    ) -> Result<(KeyFolder, KeyName), CliError> {
        let keys = KeyFolder::open(&writer.paths.keys)?;
        let roster = &writer.verifier.chain.state.fold.roster;
        let handle = match &self.global.editor {
            Some(name) => KeyName::new(name.as_str())?,
            None => only_signer(&keys, roster, fit)?,
        };
        if let Ok(public) = keys.public(&handle) {
            may_sign(&handle.to_string(), &public, &writer.verifier.chain.state)?;
        }
        Ok((keys, handle))
    }

    /// The key for a dry run: the one that would sign, or if none here may sign, the first in the
    /// record that may.
    fn tried_as(
        &self,
        writer: &Writer,
        fit: &dyn Fn(&Member) -> bool,
    ) -> Result<PublicKey, CliError> {
        let roster = &writer.verifier.chain.state.fold.roster;
        let here = KeyFolder::open(&writer.paths.keys).ok().map(|keys| keys.list());
        let here = here.transpose()?.unwrap_or_default().keys;
        // A public key alone is that of somebody who signs elsewhere.
        let known = |listed: &ListedKey| {
            listed.held != KeyPresence::Elsewhere
                && listed.public.is_some_and(|key| roster.member(&key).is_some())
        };
        if self.global.editor.is_none() && !here.iter().any(known) {
            let may = |member: &&Member| member.revoked.is_none() && fit(member);
            let member = roster.members().iter().find(may);
            let member = member
                .ok_or_else(|| LedgerError::Key("nobody in the record may sign this".to_owned()))?;
            let digits = member.key.short();
            note(format!("note: no key here may sign; this is tried as if the key {digits} did"));
            return Ok(member.key);
        }
        let (keys, handle) = self.chosen(writer, fit)?;
        let public = match keys.public(&handle) {
            Ok(public) => public,
            Err(_) => keys.secret(&handle, &mut |_| Ok(None))?.public(),
        };
        may_sign(&handle.to_string(), &public, &writer.verifier.chain.state)?;
        Ok(public)
    }
}

/// Where what is read of a published place is kept: `ANNALS_CACHE`, else `annals` in the folder
/// that the system has for caches. Where it cannot be made, nothing is kept.
fn cache_place(place: &PublishedPlace) -> Result<CachePlace, CliError> {
    if matches!(place, PublishedPlace::Folder(_)) {
        return Ok(CachePlace::Scratch);
    }
    let Some(root) = private_folder()? else { return Ok(CachePlace::Scratch) };
    match ensure_private(&root) {
        Ok(()) => Ok(CachePlace::Below(root)),
        Err(why) => {
            note(format!("note: what is read is not kept: {}", chain(&why)));
            Ok(CachePlace::Scratch)
        }
    }
}

/// The folder of the user's private files of this program; `None` where the system has none.
fn private_folder() -> Result<Option<PathBuf>, CliError> {
    // XDG Base Directory Specification: a relative path counts for nothing.
    let caches = setting("XDG_CACHE_HOME")?.filter(|path| Path::new(path).is_absolute());
    Ok(match (setting("ANNALS_CACHE")?, caches, setting("HOME")?) {
        (Some(own), _, _) => Some(PathBuf::from(own)),
        (None, Some(caches), _) => Some(PathBuf::from(caches).join("annals")),
        (None, None, Some(home)) => Some(PathBuf::from(home).join(".cache/annals")),
        (None, None, None) => None,
    })
}

/// A duration from an option.
pub fn span(option: &str, text: &str) -> Result<Duration, CliError> {
    let span: Result<jiff::SignedDuration, _> = text.parse();
    span.map(|span| span.unsigned_abs()).map_err(|_| {
        let expected = "expected a span of time such as 10s or 2min";
        CliError::usage(format!("{option}: {expected}, found {}", in_quotes(text)))
    })
}

/// A setting of the environment, which must be text; one that is empty counts as not set.
fn setting(name: &str) -> Result<Option<String>, CliError> {
    let set = std::env::var_os(name).filter(|value| !value.is_empty());
    let text = set.map(std::ffi::OsString::into_string).transpose();
    text.map_err(|found| CliError::usage(format!("{name}: expected UTF-8, found {found:?}")))
}

/// Runs a command, and runs it again if another writer was at work before it could write.
pub fn until_written(
    context: &mut Context,
    mut run: impl FnMut(&mut Context) -> Result<Exit, CliError>,
) -> Result<Exit, CliError> {
    loop {
        match run(context) {
            Err(CliError::RecordChanged) => context.answers.borrow_mut().again = true,
            Err(CliError::Ledger(LedgerError::NoSignature(why))) => {
                note(wrapped(&format!("note: {why}; its passphrase is needed"), 0));
                context.answers.borrow_mut().without_agent = true;
            }
            ended => return ended,
        }
    }
}
