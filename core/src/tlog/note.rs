//! Signed notes: a text, an empty line, and signature lines.
//!
//! Always holds: order and number of signature lines have no meaning; a note with a bad line of a
//! known key is refused; lines of unknown keys are ignored. Not here: the meaning of the text
//! (`checkpoint`), witnesses (`cosignature`). Source: C2SP signed-note v1.0.0; FORMAT.md section 9.

use crate::key::{PublicKey, SecretKey, Signature, VerifyingKey};
use crate::tlog::verifier::{is_name, key_id};
use crate::tlog::{MAX_NOTE, from_base64, to_base64};

/// A signature line of a note: the name and id of its key, and its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoteSignature {
    /// Name of the key.
    pub name: String,
    /// First 4 bytes of its digest.
    pub id: [u8; 4],
    /// The bytes after the id: 64 for an Ed25519 note key.
    pub bytes: Vec<u8>,
}

impl NoteSignature {
    /// A signature over `text` by `secret` under `name`.
    pub fn sign(text: &str, name: &str, secret: &SecretKey) -> NoteSignature {
        let bytes = secret.sign(text.as_bytes()).0.to_vec();
        NoteSignature { name: name.to_owned(), id: key_id(name, &secret.public()), bytes }
    }

    /// Base64 of id ‖ signature, as in the line.
    pub fn blob(&self) -> String {
        to_base64(&[&self.id[..], &self.bytes].concat())
    }

    /// Reads the name and the blob of a line.
    pub fn parse(name: &str, blob: &str) -> Option<NoteSignature> {
        let bytes = from_base64(blob).filter(|bytes| is_name(name) && bytes.len() > 4)?;
        let (id, rest) = bytes.split_first_chunk::<4>()?;
        Some(NoteSignature { name: name.to_owned(), id: *id, bytes: rest.to_vec() })
    }
}

/// A signed note: text and signature lines, in their order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// The text with its last LF.
    pub text: String,
    /// The signature lines.
    pub signatures: Vec<NoteSignature>,
}

/// Whether a note is signed by one key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signed {
    /// One line of the key, and it verifies.
    Yes,
    /// No line of the key.
    Absent,
    /// A line of the key does not verify: the note is refused.
    Refused,
}

impl Note {
    /// Writes the note: text, empty line, signature lines.
    pub fn write(&self) -> String {
        let mut out = format!("{}\n", self.text);
        for line in &self.signatures {
            out.push_str(&format!("\u{2014} {} {}\n", line.name, line.blob()));
        }
        out
    }

    /// Reads a note; `None` if it is not in form.
    pub fn parse(bytes: &[u8]) -> Option<Note> {
        let note = std::str::from_utf8(bytes).ok().filter(|text| text.len() <= MAX_NOTE)?;
        let is_marked = note.starts_with('\u{feff}');
        if note.contains(|c: char| c < ' ' && c != '\n') || !note.ends_with('\n') || is_marked {
            return None;
        }
        let cut = note.rfind("\n\n")?;
        let (text, lines) = (note.get(..cut + 1)?, note.get(cut + 2..)?);
        let signatures = lines
            .strip_suffix('\n')?
            .split('\n')
            .map(|line| {
                let (name, blob) = line.strip_prefix("\u{2014} ")?.split_once(' ')?;
                NoteSignature::parse(name, blob)
            })
            .collect::<Option<Vec<_>>>()?;
        Some(Note { text: text.to_owned(), signatures })
    }

    /// Whether the note is signed by `key` under `name`.
    pub fn signed_by(&self, name: &str, key: &VerifyingKey, public: &PublicKey) -> Signed {
        let id = key_id(name, public);
        let lines = self.signatures.iter().filter(|line| line.name == name && line.id == id);
        let mut answer = Signed::Absent;
        for line in lines {
            let signature = <[u8; 64]>::try_from(line.bytes.as_slice()).map(Signature);
            let good = signature.is_ok_and(|s| key.verifies(self.text.as_bytes(), &s));
            answer = match good {
                true if answer != Signed::Refused => Signed::Yes,
                _ => Signed::Refused,
            };
        }
        answer
    }
}
