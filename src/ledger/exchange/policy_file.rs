//! The policy file beside the keys: reading it, and editing it line by line.
//!
//! Always holds: new content is parsed by the same parser before it is written; lines that a person
//! wrote stay unchanged; the file is replaced atomically. A policy whose quorum annals maintains
//! has one group, `witnesses`, of all witnesses; any other quorum is the person's own. Not here:
//! the meaning of a policy (`tlog::policy`). Source: C2SP tlog-policy (a draft); FORMAT.md section
//! 11.

use crate::disk::{self, FileMode, read_optional};
use crate::ledger::error::LedgerError;
use crate::ledger::paths::Paths;
use annals_core::text::in_quotes;
use annals_core::tlog::policy::{MAX_POLICY, Policy};
use annals_core::tlog::{KeyKind, VerifierKey};
use std::path::PathBuf;

/// The group that annals maintains.
const GROUP: &str = "witnesses";
/// Reserved words of policies. The draft refuses only `none` as a name; other parsers of policies
/// refuse the others too.
const RESERVED: [&str; 8] = ["all", "any", "group", "log", "none", "policy", "quorum", "witness"];

/// The policy beside the keys.
#[derive(Clone, Debug)]
pub struct PolicyFile {
    path: PathBuf,
    lines: Vec<String>,
    /// Its parsed content.
    pub policy: Policy,
}

/// A witness to add.
#[derive(Clone, Debug)]
pub struct NewWitness {
    /// Its name in the policy.
    pub name: String,
    /// Its key.
    pub key: VerifierKey,
    /// Its address.
    pub url: String,
}

impl PolicyFile {
    /// Reads the policy beside the keys; `None` where there is none.
    pub fn read(paths: &Paths) -> Result<Option<PolicyFile>, LedgerError> {
        let path = paths.keys.join("policy");
        let Some(bytes) = read_optional(&path, MAX_POLICY as u64)? else { return Ok(None) };
        let refused = |why: String| LedgerError::Usage(format!("{}: {why}", path.display()));
        let policy = Policy::parse(&bytes).map_err(|error| refused(error.to_string()))?;
        let text = String::from_utf8(bytes)
            .map_err(|_| refused("it has bytes that are not UTF-8: edit it by hand".to_owned()))?;
        let lines = text.lines().map(str::to_owned).collect();
        Ok(Some(PolicyFile { path, lines, policy }))
    }

    /// A policy that trusts this log and requires no witness.
    pub fn new(paths: &Paths, log: &VerifierKey) -> PolicyFile {
        let lines = vec![
            "# Who is trusted: C2SP tlog-policy. annals witness add and remove edit it.".to_owned(),
            format!("log {log}"),
            "quorum none".to_owned(),
        ];
        PolicyFile { path: paths.keys.join("policy"), lines, policy: Policy::default() }
    }

    /// Adds a witness. `least` is `any`, `all`, `none` or a number of witnesses; without it the
    /// number stays unchanged, and is `all` for the first witness.
    ///
    /// Returns whether the quorum counts the witness; it does not if the quorum is a person's own.
    pub fn add(&mut self, new: &NewWitness, least: Option<&str>) -> Result<bool, LedgerError> {
        check_name(&new.name)?;
        let line = format!("witness {} {} {}", new.name, new.key, new.url);
        let first = self.policy.witnesses.is_empty();
        let own = self.own_quorum();
        if own {
            if least.is_some() {
                return Err(LedgerError::Usage(self.is_own()));
            }
            let keyed = |line: &String| matches!(words(line).first(), Some(&("log" | "witness")));
            let at = self.lines.iter().rposition(keyed).map_or(0, |last| last + 1);
            self.lines.insert(at, line);
            self.check()?;
            return Ok(false);
        }
        let kept = self.take_quorum();
        self.lines.push(line);
        let least = least.unwrap_or(if first { "all" } else { &kept });
        self.put_quorum(least);
        self.check()?;
        Ok(least != "none")
    }

    /// Removes a witness.
    pub fn remove(&mut self, name: &str) -> Result<(), LedgerError> {
        if !self.policy.witnesses.iter().any(|witness| witness.name == name) {
            let why = format!("no witness is called {name}; annals witness list shows them");
            return Err(LedgerError::NotFound(why));
        }
        let own = self.own_quorum();
        let kept = if own { String::new() } else { self.take_quorum() };
        self.lines
            .retain(|line| !matches!(words(line).as_slice(), ["witness", n, ..] if *n == name));
        if !own {
            let left = self.names().len();
            // A number that can no longer be reached becomes the number of the remaining witnesses.
            // It stays a number, which a later witness does not raise.
            let number = kept.parse::<usize>().map(|number| number.min(left).to_string());
            self.put_quorum(&number.unwrap_or(kept));
        }
        self.check()
    }

    /// Names the present log key of a record in a policy that names another one of its name;
    /// without the line of `gone`, a key that is trusted no more. Returns whether it changed.
    pub fn follow_log(
        &mut self,
        now: &VerifierKey,
        gone: Option<&VerifierKey>,
    ) -> Result<bool, LedgerError> {
        let key_of = |line: &String| match words(line).as_slice() {
            ["log", key, ..] => VerifierKey::parse(key).ok(),
            _ => None,
        };
        let is_named = self.lines.iter().any(|line| key_of(line).as_ref() == Some(now));
        let of_it = |line: &String| key_of(line).is_some_and(|key| key.name == now.name);
        let Some(last) = self.lines.iter().rposition(of_it) else { return Ok(false) };
        let before = self.lines.len();
        if !is_named {
            self.lines.insert(last + 1, format!("log {now}"));
        }
        let is_gone = |line: &String| gone.is_some() && key_of(line).as_ref() == gone;
        self.lines.retain(|line| !is_gone(line));
        let changed = !is_named || self.lines.len() != before;
        self.check()?;
        Ok(changed)
    }

    /// Writes the policy.
    pub fn write(&self) -> Result<(), LedgerError> {
        Ok(disk::replace(&self.path, self.text().as_bytes(), FileMode::Shared)?)
    }

    fn text(&self) -> String {
        self.lines.iter().map(|line| format!("{line}\n")).collect()
    }

    /// Parses the new content.
    fn check(&mut self) -> Result<(), LedgerError> {
        self.policy = Policy::parse(self.text().as_bytes()).map_err(|error| {
            let path = self.path.display();
            LedgerError::Usage(format!("{path} would be refused: {error}; nothing was written"))
        })?;
        Ok(())
    }

    /// Whether the quorum is a person's own: not the one that annals maintains.
    fn own_quorum(&self) -> bool {
        let own = |line: &String| match words(line).as_slice() {
            ["group", name, _, members @ ..] => {
                *name != GROUP || members.iter().any(|member| !self.names().contains(member))
            }
            ["quorum", name] => !matches!(*name, GROUP | "none"),
            _ => false,
        };
        self.lines.iter().any(own)
    }

    /// How many witnesses the quorum asks for; `None` where it is a person's own.
    pub fn quorum(&self) -> Option<usize> {
        if self.own_quorum() {
            return None;
        }
        let number = |line: &String| match words(line).as_slice() {
            ["group", GROUP, "any", ..] => Some(1),
            ["group", GROUP, "all", members @ ..] => Some(members.len()),
            ["group", GROUP, least, ..] => least.parse().ok(),
            _ => None,
        };
        Some(self.lines.iter().find_map(number).unwrap_or_default())
    }

    fn is_own(&self) -> String {
        format!(
            "the quorum in {} was written by hand: enter the witness without --quorum, and change \
             the quorum there",
            self.path.display()
        )
    }

    fn names(&self) -> Vec<&str> {
        let name = |line| match words(line).as_slice() {
            ["witness", name, ..] => Some(*name),
            _ => None,
        };
        self.lines.iter().filter_map(|line| name(line)).collect()
    }

    /// Removes the lines of the quorum; returns the number that it required.
    fn take_quorum(&mut self) -> String {
        let least = self.lines.iter().find_map(|line| match words(line).as_slice() {
            ["group", GROUP, least, ..] => Some((*least).to_owned()),
            _ => None,
        });
        self.lines.retain(|line| !matches!(words(line).first(), Some(&("group" | "quorum"))));
        least.unwrap_or_else(|| "none".to_owned())
    }

    fn put_quorum(&mut self, least: &str) {
        let names = self.names().join(" ");
        if names.is_empty() || least == "none" {
            self.lines.push("quorum none".to_owned());
            return;
        }
        self.lines.push(format!("group {GROUP} {least} {names}"));
        self.lines.push(format!("quorum {GROUP}"));
    }
}

fn words(line: &str) -> Vec<&str> {
    line.split([' ', '\t']).filter(|word| !word.is_empty()).collect()
}

fn check_name(name: &str) -> Result<(), LedgerError> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '/');
    if name.is_empty() || name.len() > 100 || !name.chars().all(plain) || name == GROUP {
        return Err(LedgerError::Usage(format!(
            "expected a name of letters, digits and . _ - / for the witness, found {}",
            in_quotes(name)
        )));
    }
    if let Some(word) = RESERVED.iter().find(|word| name.eq_ignore_ascii_case(word)) {
        return Err(LedgerError::Usage(format!(
            "expected a name for the witness, found {name}: {word} is a word of policies, which \
             other programs refuse as a name; choose another, such as the name of who runs it"
        )));
    }
    Ok(())
}

/// Parses a witness's verifier key.
pub fn witness_key(text: &str) -> Result<VerifierKey, LedgerError> {
    let key = VerifierKey::parse(text).map_err(LedgerError::Usage)?;
    match key.kind {
        KeyKind::Cosignature => Ok(key),
        KeyKind::Note => Err(LedgerError::Usage(
            "expected a witness's key, of type 04; found a log's, of type 01".to_owned(),
        )),
    }
}
