//! The parallel part of verification: what can be judged of one event alone.
//!
//! Always holds: an [`Examined`] depends on its entry's bytes and nothing else, so any number of
//! threads reach the same verdict. Not here: what one event means for another (`chain`).
//! Source: FORMAT.md sections 2, 3, 5.

use crate::event::Entry;
use crate::event::body::Body;
use crate::event::record::Reading;
use crate::hash::Hash;
use crate::key::{PublicKey, VerifyingKey};
use crate::rule::Rule;
use hashbrown::HashMap;

/// Keys that were parsed, so that each is parsed once for each thread.
#[derive(Debug, Default)]
pub struct KeyCache(HashMap<PublicKey, Option<VerifyingKey>>);

impl KeyCache {
    /// The key, if it is acceptable.
    pub fn accept(&mut self, key: &PublicKey) -> Option<&VerifyingKey> {
        // A forger could name a new key in every event: keep no more than a roster can hold.
        if self.0.len() > 65_536 {
            self.0.clear();
        }
        self.0.entry(*key).or_insert_with(|| key.accept()).as_ref()
    }
}

/// What was found of a body.
#[derive(Debug)]
pub enum BodyFound {
    /// Withheld.
    Withheld,
    /// There, but not the committed one, or not in form: the rule and why.
    Bad(Rule, String),
    /// There, committed and in form.
    Good(Box<Body>),
    /// There, but the statement is not, so nothing says whether it is the one.
    Unknown,
}

/// One event, examined by itself.
#[derive(Debug)]
pub struct Examined {
    /// Its record.
    pub reading: Reading,
    /// Its body.
    pub body: BodyFound,
    /// Rules 301 and 302 that are broken.
    pub signature: Vec<(Rule, String)>,
}

/// Examines one entry. `signatures` false leaves 301 and 302 out: for reading, not for verdicts.
pub fn examine(entry: &Entry, signatures: bool, keys: &mut KeyCache) -> Examined {
    let reading = Reading::of(&entry.record);
    let body = find_body(entry, &reading);
    let signature = match reading.faults.is_empty() && signatures {
        true => check_signature(&reading, keys),
        false => Vec::new(),
    };
    Examined { reading, body, signature }
}

fn find_body(entry: &Entry, reading: &Reading) -> BodyFound {
    let Some(bytes) = &entry.body else { return BodyFound::Withheld };
    let Some(statement) = &reading.statement else { return BodyFound::Unknown };
    let digest = Hash::of(&[bytes]);
    if digest != statement.body {
        let why = format!("expected a body of digest {}, found {digest}", statement.body);
        return BodyFound::Bad(Rule::BodyDigest, why);
    }
    match Body::parse(bytes) {
        Ok(body) => BodyFound::Good(Box::new(body)),
        Err(why) => BodyFound::Bad(Rule::BodyForm, why),
    }
}

fn check_signature(reading: &Reading, keys: &mut KeyCache) -> Vec<(Rule, String)> {
    let mut faults = Vec::new();
    let (Some(statement), Some(signature)) = (&reading.statement, &reading.signature) else {
        return faults;
    };
    let refused = |key: PublicKey| (Rule::KeyRefused, format!("the key {key} is not acceptable"));
    if let Some(key) = statement.args.new_key()
        && keys.accept(&key).is_none()
    {
        faults.push(refused(key));
    }
    match keys.accept(&statement.by) {
        None => faults.push(refused(statement.by)),
        Some(key) if !key.verifies(&reading.signed_bytes(), signature) => {
            faults.push((Rule::Signature, format!("not a signature of {}", statement.by)));
        }
        Some(_) => {}
    }
    faults
}
