//! The answers of a person in this command. Nobody holds the lock while a person thinks, so the
//! record may change meanwhile: then the command runs again, and repeats no question.
//!
//! Always holds: an answer counts only for the identical question. Not here: asking (`ask`), what
//! is written (`submit`, `admin`).

use crate::cli::terminal::exit::CliError;
use annals_core::key::SecretKey;
use std::collections::BTreeMap;

/// The answers so far.
#[derive(Default)]
pub struct Answers {
    /// Whether the command runs again: then the lock is kept until a question is asked.
    pub again: bool,
    /// How often a server placed the events of others first.
    pub outrun: u32,
    /// Whether the user confirmed that the clock is right.
    pub clock_is_right: bool,
    /// Whether the agent is not asked to sign any more: it failed to.
    pub without_agent: bool,
    /// The text that was confirmed, in full.
    pub agreed: Option<String>,
    lines: BTreeMap<String, String>,
    keys: BTreeMap<String, SecretKey>,
}

impl Answers {
    /// The answer to this question, asked now if it was not answered before.
    pub fn line(
        &mut self,
        question: &str,
        ask: impl FnOnce() -> Result<String, CliError>,
    ) -> Result<String, CliError> {
        if let Some(line) = self.lines.get(question) {
            return Ok(line.clone());
        }
        let line = ask()?;
        self.lines.insert(question.to_owned(), line.clone());
        Ok(line)
    }

    /// Whether the key of this name was opened.
    pub fn has_key(&self, name: &str) -> bool {
        self.keys.contains_key(name)
    }

    /// The key of this name, opened now if it was not opened before.
    pub fn key(
        &mut self,
        name: &str,
        open: impl FnOnce() -> Result<SecretKey, CliError>,
    ) -> Result<SecretKey, CliError> {
        if let Some(key) = self.keys.get(name) {
            return Ok(key.clone());
        }
        let key = open()?;
        self.keys.insert(name.to_owned(), key.clone());
        Ok(key)
    }
}
