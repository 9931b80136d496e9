//! Records: place, statement and signature, three lines, strict both ways.
//!
//! Always holds: a [`Reading`] reports every fault of form of its record and keeps what could be
//! read; the hash is that of the bytes as they were read, never of bytes written again.
//! Not here: chain, signatures, legality (`verify`, `state`). Source: FORMAT.md section 2.

use crate::event::args::Args;
use crate::event::canonical::{self, FormError, MAX_INTEGER, integer};
use crate::event::spelling::SpellingReader;
use crate::event::vocabulary::Type;
use crate::hash::{Hash, Preimage, append_hex};
use crate::key::{EVENT_TAG, PublicKey, SecretKey, Signature, signed_bytes};
use crate::rule::{Rule, Violation};
use crate::time::Time;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// The greatest number of bytes of a record.
pub const MAX_RECORD: usize = 4_096;
/// The format that this program reads and writes.
pub const VERSION: u64 = 1;

/// The first line: the place of an event, written by the ledger.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Place {
    /// Position, from 0.
    #[serde(deserialize_with = "integer")]
    pub seq: u64,
    /// Hash of the event before; `None` in event 0.
    pub prev: Option<Hash>,
    /// The time by the ledger's clock.
    pub at: Time,
}

/// The second line: what the editor signs.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Statement {
    /// Format version.
    pub v: u64,
    /// The number of events that the signer had when signing.
    pub base: u64,
    /// Hash of event `base` − 1; `None` if and only if base is 0.
    pub after: Option<Hash>,
    /// The time by the editor's clock: a claim.
    pub said: Time,
    /// The signer.
    pub by: PublicKey,
    /// The type of the event.
    #[serde(rename = "type")]
    pub kind: Type,
    /// Positions and closed words.
    pub args: Args,
    /// SHA-256 of the body's bytes.
    pub body: Hash,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StatementFields<'a> {
    #[serde(deserialize_with = "integer")]
    v: u64,
    #[serde(deserialize_with = "integer")]
    base: u64,
    after: Option<Hash>,
    said: Time,
    by: PublicKey,
    #[serde(rename = "type")]
    kind: Type,
    #[serde(borrow)]
    args: &'a RawValue,
    body: Hash,
}

impl Statement {
    /// Reads a statement of format 1 in its one spelling.
    pub fn parse(line: &[u8]) -> Result<Statement, FormError> {
        let text = std::str::from_utf8(line).map_err(|error| format!("not UTF-8: {error}"))?;
        if let Some(statement) = Statement::read(text) {
            return Ok(statement);
        }
        let fields: StatementFields<'_> =
            serde_json::from_str(text).map_err(|error| error.to_string())?;
        let StatementFields { v, base, after, said, by, kind, args, body } = fields;
        if v != VERSION {
            return Err(format!("expected format {VERSION}, found {v}"));
        }
        if after.is_none() != (base == 0) {
            return Err("after is null if and only if base is 0".to_owned());
        }
        let args = Args::parse(kind, args.get()).map_err(|error| format!("in args: {error}"))?;
        let statement = Statement { v, base, after, said, by, kind, args, body };
        canonical::compare(&statement, line)?;
        Ok(statement)
    }

    /// Reads a statement in one pass; `None` if it is refused or not read in this way.
    fn read(text: &str) -> Option<Statement> {
        let mut reader = SpellingReader::new(text);
        reader.literal(r#"{"v":1,"base":"#)?;
        let base = reader.value().filter(|base| *base <= MAX_INTEGER)?;
        reader.literal(r#","after":"#)?;
        let after: Option<Hash> = reader.value()?;
        reader.literal(r#","said":"#)?;
        let said = reader.value()?;
        reader.literal(r#","by":"#)?;
        let by = reader.value()?;
        reader.literal(r#","type":"#)?;
        let kind = Type::parse(reader.plain_string()?)?;
        reader.literal(r#","args":"#)?;
        let args = Args::read(kind, &mut reader)?;
        reader.literal(r#","body":"#)?;
        let body = reader.value()?;
        reader.literal("}")?;
        let whole = reader.at_end() && after.is_none() == (base == 0);
        whole.then_some(Statement { v: VERSION, base, after, said, by, kind, args, body })
    }

    /// The one spelling, without LF: the bytes whose digest is signed.
    pub fn to_bytes(&self) -> Vec<u8> {
        canonical::write(self)
    }

    /// The editor's signature over this statement.
    pub fn sign(&self, key: &SecretKey) -> Signature {
        key.sign(&signed_bytes(EVENT_TAG, &self.to_bytes()))
    }
}

/// The three lines of a record, from their parts.
pub fn write(place: &Place, statement: &[u8], signature: &Signature) -> Vec<u8> {
    let mut out = canonical::write(place);
    out.push(b'\n');
    out.extend_from_slice(statement);
    out.push(b'\n');
    append_hex(&signature.0, &mut out);
    out.push(b'\n');
    out
}

/// An event's name: SHA-256(00 ‖ record), the leaf of the tree and `prev` of the next event.
pub fn hash(record: &[u8]) -> Hash {
    Hash::of(&[&[0], record])
}

/// A record's first three lines without their LF; those that are not there are empty.
fn lines(record: &[u8]) -> [&[u8]; 3] {
    let mut rest = record;
    [(); 3].map(|()| {
        let end = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
        let line = &rest[..end];
        rest = rest.get(end + 1..).unwrap_or_default();
        line
    })
}

/// The digests of a record.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RecordDigests {
    /// The event's name ([`hash()`]).
    pub record: Hash,
    /// SHA-256 of the statement's line.
    pub statement: Hash,
}

impl RecordDigests {
    /// The digests of a record's bytes.
    pub fn of(record: &[u8]) -> RecordDigests {
        let [_, statement, _] = lines(record);
        RecordDigests { record: hash(record), statement: Hash::of(&[statement]) }
    }
}

/// What the digests of a record are of, in the order of [`RecordDigests`].
pub(crate) fn preimages(record: &[u8]) -> [Preimage<'_>; 2] {
    let [_, statement, _] = lines(record);
    [Preimage { first: Some(0), bytes: record }, Preimage { first: None, bytes: statement }]
}

/// A record as far as it could be read, and every fault of its form.
#[derive(Clone, Debug)]
pub struct Reading {
    /// Hash of the record's bytes.
    pub hash: Hash,
    /// The place, if it is in form.
    pub place: Option<Place>,
    /// The statement, if it is in form.
    pub statement: Option<Statement>,
    /// SHA-256 of the statement's line.
    pub statement_digest: Hash,
    /// The signature, if it is 128 hex.
    pub signature: Option<Signature>,
    /// A format version above 1 that the statement claims.
    pub later_version: Option<u64>,
    /// Rules 101, 102, 103, 105 that are broken.
    pub faults: Vec<Violation>,
}

impl Reading {
    /// Reads a record's bytes; every fault is reported and none ends the reading.
    pub fn of(record: &[u8]) -> Reading {
        Reading::with(record, RecordDigests::of(record))
    }

    /// Reads a record's bytes, whose digests are these.
    pub(crate) fn with(record: &[u8], digests: RecordDigests) -> Reading {
        let [first, second, third] = lines(record);
        let mut faults = Vec::new();
        if record.len() > MAX_RECORD {
            let why = format!("expected at most {MAX_RECORD} bytes, found {}", record.len());
            faults.push(Violation::of(Rule::RecordForm, why));
        }
        let place = keep(canonical::read(first), Rule::PlaceForm, &mut faults);
        let later_version = version_of(second).filter(|v| *v > VERSION);
        let statement = keep(Statement::parse(second), Rule::StatementForm, &mut faults);
        let signature = std::str::from_utf8(third).ok().and_then(crate::hash::read_hex);
        if signature.is_none() {
            let why = "expected 128 lower-case hex digits";
            faults.push(Violation::of(Rule::SignatureForm, why));
        }
        Reading {
            hash: digests.record,
            place,
            statement,
            statement_digest: digests.statement,
            signature: signature.map(Signature),
            later_version,
            faults,
        }
    }

    /// The 47 bytes that the signature is over.
    pub fn signed_bytes(&self) -> [u8; 47] {
        let mut out = [0; 47];
        out[..15].copy_from_slice(EVENT_TAG);
        out[15..].copy_from_slice(&self.statement_digest.0);
        out
    }
}

fn keep<T>(read: Result<T, FormError>, rule: Rule, faults: &mut Vec<Violation>) -> Option<T> {
    read.map_err(|why| faults.push(Violation::of(rule, why))).ok()
}

/// The version of a statement that begins `{"v":`, an integer and a comma.
fn version_of(line: &[u8]) -> Option<u64> {
    let rest = line.strip_prefix(br#"{"v":"#)?;
    let end = rest.iter().position(|byte| *byte == b',')?;
    let digits = std::str::from_utf8(rest.get(..end)?).ok()?;
    let plain = digits.bytes().all(|byte| byte.is_ascii_digit()) && !digits.starts_with('0');
    digits.parse().ok().filter(|v| plain && *v <= MAX_INTEGER)
}
