//! Cosignatures: a witness's signature over a checkpoint and a time.
//!
//! Always holds: the signature is over the time and the whole text of the note; a note with a bad
//! line of a known witness is refused. Not here: the witnesses that must sign (`policy`), requests
//! to them. Source: C2SP tlog-cosignature v1.0.1; FORMAT.md section 11.

use crate::key::{SecretKey, Signature};
use crate::tlog::verifier::{KeyKind, VerifierKey, id_of};
use crate::tlog::{Note, NoteSignature};

/// The latest time of a cosignature: 2^63 − 1 seconds.
pub const MAX_TIME: u64 = i64::MAX as u64;

/// Whether a note is cosigned by one witness.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cosigned {
    /// Every line of the witness verifies; the latest time, in seconds since 1970.
    At(u64),
    /// No line of the witness.
    Absent,
    /// A line of the witness does not verify: the note is refused.
    Refused,
}

/// The bytes that a witness signs.
pub fn message(text: &str, time: u64) -> Vec<u8> {
    format!("cosignature/v1\ntime {time}\n{text}").into_bytes()
}

/// The signature line of a witness over the text of a note, at `time` seconds since 1970.
pub fn cosign(text: &str, name: &str, secret: &SecretKey, time: u64) -> NoteSignature {
    let signature = secret.sign(&message(text, time));
    let bytes = [&time.to_be_bytes()[..], &signature.0].concat();
    let id = id_of(name, KeyKind::Cosignature, &secret.public());
    NoteSignature { name: name.to_owned(), id, bytes }
}

/// The time in a line of `witness`, if it is 8 bytes of a time and a signature that verifies over
/// `text`.
pub fn time_of(line: &NoteSignature, text: &str, witness: &VerifierKey) -> Option<u64> {
    let (time, signature) = line.bytes.split_first_chunk::<8>()?;
    let time = Some(u64::from_be_bytes(*time)).filter(|time| *time <= MAX_TIME)?;
    let signature = Signature(signature.try_into().ok()?);
    let good = witness.kind == KeyKind::Cosignature
        && witness.accepted().verifies(&message(text, time), &signature);
    good.then_some(time)
}

/// Whether `witness` cosigned the note, and the latest time.
pub fn cosigned_by(note: &Note, witness: &VerifierKey) -> Cosigned {
    let id = witness.id();
    let mine = |line: &&NoteSignature| line.name == witness.name && line.id == id;
    let mut answer = Cosigned::Absent;
    for line in note.signatures.iter().filter(mine) {
        answer = match (answer, time_of(line, &note.text, witness)) {
            (_, None) => return Cosigned::Refused,
            (Cosigned::At(before), Some(time)) => Cosigned::At(before.max(time)),
            (_, Some(time)) => Cosigned::At(time),
        };
    }
    answer
}
