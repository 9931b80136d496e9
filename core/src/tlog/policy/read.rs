//! Reads a policy line by line.
//!
//! Always holds: the whole file is refused at the first line that is not in the grammar of the
//! draft. Not here: the check of a note against a policy (`policy`). Source: C2SP tlog-policy (a
//! draft).

use crate::tlog::policy::{
    Log, MAX_ENTRIES, MAX_POLICY, Policy, PolicyEntry, PolicyError, Witness,
};
use crate::tlog::{KeyKind, VerifierKey};
use crate::transfer::changed;

/// The policy so far, and the entries that are already members of a group.
#[derive(Default)]
struct PolicyReader {
    policy: Policy,
    members: Vec<usize>,
    has_quorum: bool,
}

impl Policy {
    /// Reads a policy.
    ///
    /// # Errors
    /// The first line that is refused, and why.
    pub fn parse(bytes: &[u8]) -> Result<Policy, PolicyError> {
        read(bytes)
    }
}

fn read(bytes: &[u8]) -> Result<Policy, PolicyError> {
    if bytes.len() > MAX_POLICY {
        let why = format!("expected at most {MAX_POLICY} bytes, found {}", bytes.len());
        return Err(PolicyError { line: 1, why });
    }
    if let Some(changed) = changed(bytes) {
        return Err(PolicyError { line: 1, why: format!("the policy is not read: {changed}") });
    }
    let mut reader = PolicyReader::default();
    let bytes = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    let mut last = 0;
    for (line, number) in bytes.split(|byte| *byte == b'\n').zip(1..) {
        reader.line(line).map_err(|why| PolicyError { line: number, why })?;
        last = number;
    }
    match reader.has_quorum {
        true => Ok(reader.policy),
        false => {
            let why = "expected a line quorum <name> or quorum none, found none".to_owned();
            Err(PolicyError { line: last, why })
        }
    }
}

impl PolicyReader {
    fn line(&mut self, line: &[u8]) -> Result<(), String> {
        if let Some(byte) =
            line.iter().find(|byte| (**byte < b' ' && **byte != b'\t') || **byte == 127)
        {
            return Err(format!("expected no control characters, found {byte:02x}"));
        }
        let words: Vec<&[u8]> = line
            .split(|byte| matches!(byte, b' ' | b'\t'))
            .filter(|word| !word.is_empty())
            .collect();
        match words.as_slice() {
            [] => Ok(()),
            [first, ..] if first.starts_with(b"#") => Ok(()),
            [b"log", key] => self.log(key, None),
            [b"log", key, url] => self.log(key, Some(url)),
            [b"witness", name, key] => self.witness(name, key, None),
            [b"witness", name, key, url] => self.witness(name, key, Some(url)),
            [b"group", name, least, members @ ..] => self.group(name, least, members),
            [b"quorum", name] => self.quorum(name),
            [first, ..] => Err(format!(
                "expected log <vkey> [<url>], witness <name> <vkey> [<url>], group <name> \
                 any|all|<k> <name>..., or quorum <name>|none, found a line of {} words that \
                 begins with {}",
                words.len(),
                show(first)
            )),
        }
    }

    fn log(&mut self, key: &[u8], url: Option<&&[u8]>) -> Result<(), String> {
        let key = read_key(key, KeyKind::Note)?;
        if self.policy.logs.iter().any(|log| log.key.public == key.public) {
            return Err(format!("the key of log {} stands in an earlier line", key.name));
        }
        room(self.policy.logs.len(), "logs")?;
        self.policy.logs.push(Log { key, url: url.map(|url| show(url)) });
        Ok(())
    }

    fn witness(&mut self, name: &[u8], key: &[u8], url: Option<&&[u8]>) -> Result<(), String> {
        let key = read_key(key, KeyKind::Cosignature)?;
        if self.policy.witnesses.iter().any(|witness| witness.key.public == key.public) {
            return Err(format!("the key of witness {} stands in an earlier line", show(name)));
        }
        room(self.policy.witnesses.len(), "witnesses")?;
        self.define(name, PolicyEntry::Witness(self.policy.witnesses.len()))?;
        let (name, url) = (show(name), url.map(|url| show(url)));
        self.policy.witnesses.push(Witness { name, key, url });
        Ok(())
    }

    fn group(&mut self, name: &[u8], least: &[u8], members: &[&[u8]]) -> Result<(), String> {
        if members.is_empty() {
            return Err("expected at least one member of the group, found none".to_owned());
        }
        room(self.policy.entries.len(), "witnesses and groups")?;
        let least = match least {
            b"any" => 1,
            b"all" => members.len(),
            digits => count(digits, members.len())?,
        };
        let mut indexes = Vec::new();
        for member in members {
            let index = self.find(member)?;
            if self.members.contains(&index) {
                return Err(format!("{} is a member of a group already", show(member)));
            }
            self.members.push(index);
            indexes.push(index);
        }
        self.define(name, PolicyEntry::Group { least, members: indexes })
    }

    fn quorum(&mut self, name: &[u8]) -> Result<(), String> {
        if self.has_quorum {
            return Err("expected one quorum, found a second".to_owned());
        }
        self.has_quorum = true;
        if name != b"none" {
            self.policy.quorum = Some(self.find(name)?);
        }
        Ok(())
    }

    fn define(&mut self, name: &[u8], entry: PolicyEntry) -> Result<(), String> {
        if name == b"none" {
            return Err("the name none means that nothing is asked for; choose another".to_owned());
        }
        if self.policy.entries.iter().any(|(known, _)| known == name) {
            return Err(format!("the name {} stands in an earlier line", show(name)));
        }
        self.policy.entries.push((name.to_owned(), entry));
        Ok(())
    }

    fn find(&self, name: &[u8]) -> Result<usize, String> {
        let found = self.policy.entries.iter().position(|(known, _)| known == name);
        found.ok_or_else(|| {
            format!("expected a witness or group of an earlier line, found {}", show(name))
        })
    }
}

fn read_key(word: &[u8], kind: KeyKind) -> Result<VerifierKey, String> {
    let text = std::str::from_utf8(word).map_err(|_| "the key is not UTF-8".to_owned())?;
    let key = VerifierKey::parse(text)?;
    match key.kind == kind {
        true => Ok(key),
        false => Err(format!(
            "expected a key of type {:02x} here, found type {:02x}",
            kind as u8, key.kind as u8
        )),
    }
}

/// 1 to `most`, in decimal without a leading zero.
fn count(digits: &[u8], most: usize) -> Result<usize, String> {
    let text = std::str::from_utf8(digits).ok();
    let number = text.and_then(crate::tlog::decimal).and_then(|n| usize::try_from(n).ok());
    number.filter(|n| (1..=most).contains(n)).ok_or_else(|| {
        format!("expected any, all or a number from 1 to {most}, found {}", show(digits))
    })
}

fn room(there: usize, what: &str) -> Result<(), String> {
    match there < MAX_ENTRIES {
        true => Ok(()),
        false => Err(format!("expected at most {MAX_ENTRIES} {what}, found more")),
    }
}

fn show(word: &[u8]) -> String {
    String::from_utf8_lossy(word).into_owned()
}
