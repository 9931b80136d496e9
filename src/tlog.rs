//! Checkpoints: signed notes of a tree head, as C2SP has them.
//!
//! Always holds: a [`Checkpoint`] is three lines; a note is its text, an empty line and signature
//! lines; a known key that fails refuses the note, unknown ones are counted and ignored.
//! Not here: tiles, proofs, cosignatures. Source: C2SP signed-note v1.0.0, tlog-checkpoint v1.0.0;
//! FORMAT.md section 9.

use crate::hash::Hash;
use crate::key::{PublicKey, SecretKey, Signature, VerifyingKey};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// The greatest number of bytes of a note.
pub const MAX_NOTE: usize = 1 << 20;

/// Base64 (RFC 4648 section 4), padded, strict.
pub fn to_base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// Reads strict base64; `None` if it is not the one spelling of its bytes.
pub fn from_base64(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok()
}

/// Reads a 32-byte hash from base64.
pub fn hash_from_base64(text: &str) -> Option<Hash> {
    Some(Hash(from_base64(text)?.try_into().ok()?))
}

/// Reads a decimal number in its one spelling: no sign, no leading zero, below 2^53.
pub fn decimal(text: &str) -> Option<u64> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let leading = text.len() > 1 && text.starts_with('0');
    let value = text.parse().ok().filter(|_| digits && !leading)?;
    (value <= crate::event::spelling::MAX_INTEGER).then_some(value)
}

/// A tree head: the text that the log key signs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// The ledger's name.
    pub origin: String,
    /// Number of events.
    pub size: u64,
    /// Root of the tree of that size.
    pub root: Hash,
}

impl Checkpoint {
    /// The signed text: three lines, each with its LF.
    pub fn text(&self) -> String {
        format!("{}\n{}\n{}\n", self.origin, self.size, to_base64(&self.root.0))
    }

    /// Reads exactly three lines.
    pub fn parse(text: &str) -> Option<Checkpoint> {
        let mut lines = text.split('\n');
        let origin = lines.next().filter(|origin| !origin.is_empty())?.to_owned();
        let size = decimal(lines.next()?)?;
        let root = hash_from_base64(lines.next()?)?;
        let end = lines.next() == Some("") && lines.next().is_none();
        end.then_some(Checkpoint { origin, size, root })
    }
}

/// The key id of an Ed25519 note key: first 4 bytes of SHA-256(name ‖ 0A ‖ 01 ‖ key).
pub fn key_id(name: &str, key: &PublicKey) -> [u8; 4] {
    let digest = Hash::of(&[name.as_bytes(), b"\n", &[1], &key.0]).0;
    [digest[0], digest[1], digest[2], digest[3]]
}

/// The text form of a note key: `<name>+<8 hex>+<base64(01 ‖ key)>`.
pub fn vkey(name: &str, key: &PublicKey) -> String {
    let mut typed = vec![1];
    typed.extend_from_slice(&key.0);
    format!("{name}+{}+{}", hex::encode(key_id(name, key)), to_base64(&typed))
}

/// A signature line of a note: whose it says it is, and its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoteSignature {
    /// Name of the key.
    pub name: String,
    /// First 4 bytes of its digest.
    pub id: [u8; 4],
    /// What follows the id: 64 bytes for an Ed25519 note key.
    pub bytes: Vec<u8>,
}

impl NoteSignature {
    /// A signature over `text` by `secret` under `name`.
    pub fn sign(text: &str, name: &str, secret: &SecretKey) -> NoteSignature {
        let bytes = secret.sign(text.as_bytes()).0.to_vec();
        NoteSignature { name: name.to_owned(), id: key_id(name, &secret.public()), bytes }
    }

    /// Base64 of id ‖ signature, as it stands in the line.
    pub fn blob(&self) -> String {
        to_base64(&[&self.id[..], &self.bytes].concat())
    }

    /// Name and blob of a line without its LF.
    pub fn parse(name: &str, blob: &str) -> Option<NoteSignature> {
        let valid = !name.is_empty()
            && !name.contains(|c: char| c == '+' || c.is_whitespace() || c.is_control());
        let bytes = from_base64(blob).filter(|bytes| valid && bytes.len() > 4)?;
        let (id, rest) = bytes.split_first_chunk::<4>()?;
        Some(NoteSignature { name: name.to_owned(), id: *id, bytes: rest.to_vec() })
    }
}

/// A signed note: text and signature lines, in the order in which they stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// The text with its last LF.
    pub text: String,
    /// The signature lines.
    pub signatures: Vec<NoteSignature>,
}

/// What a note says about one key.
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
        if note.contains(|c: char| c < ' ' && c != '\n') || !note.ends_with('\n') {
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
        let mine = self.signatures.iter().filter(|line| line.name == name && line.id == id);
        let mut answer = Signed::Absent;
        for line in mine {
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
