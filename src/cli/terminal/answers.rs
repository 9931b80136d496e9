//! What a person answered in this command. Nobody holds the lock while a person thinks, so the
//! record may go on in between: then the command goes through again, and asks nothing twice.
//!
//! Always holds: an answer counts for the question that was asked, word for word. Not here: asking
//! (`ask`), what is written (`submit`, `admin`).

use crate::cli::terminal::exit::CliError;
use annals_core::key::SecretKey;
use std::collections::BTreeMap;

/// The answers so far.
#[derive(Default)]
pub struct Answers {
    /// Whether the command goes through again: then the lock is kept until something is asked.
    pub again: bool,
    /// Whether the clock was said to be right.
    pub clock_is_right: bool,
    /// Whether the agent is not asked to sign any more: it failed to.
    pub without_agent: bool,
    /// What was agreed to: what a person was shown, in full.
    pub agreed: Option<String>,
    lines: BTreeMap<String, String>,
    keys: BTreeMap<String, SecretKey>,
}

impl Answers {
    /// The line that was given to this question, or is given now.
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

    /// The key of this name that was opened, or is opened now.
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
