//! The body of an `add-checkpoint` request, strict both ways.
//!
//! Always holds: a parsed request is written as the same bytes. Not here: HTTP (`serve`, `ask`),
//! whether the proof holds (`cosigner`). Source: C2SP tlog-witness v1.0.0; FORMAT.md section 13.

use annals_core::hash::Hash;
use annals_core::merkle::MAX_PATH;
use annals_core::tlog::{Checkpoint, Note, decimal, hash_from_base64, to_base64};

/// The maximum size of a request, in bytes.
pub const MAX_REQUEST: usize = 128 << 10;
/// The header of a 409 or 422 that carries the last cosigned checkpoint, as a note in base64 with
/// the log's signature: the evidence for the status.
pub const LAST_CHECKPOINT: &str = "annals-checkpoint";

/// A request to cosign a checkpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddCheckpoint {
    /// The size that the witness is expected to have.
    pub old: u64,
    /// The consistency proof from there to the checkpoint's size.
    pub proof: Vec<Hash>,
    /// The signed checkpoint.
    pub note: Note,
    /// Its content.
    pub checkpoint: Checkpoint,
}

impl AddCheckpoint {
    /// Parses a request; the error says what was expected.
    ///
    /// ```
    /// use annals::witness::request::AddCheckpoint;
    /// let note = "example.org/log\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n\n\
    ///             \u{2014} example.org/log AAAAAAA=\n";
    /// let request = AddCheckpoint::parse(format!("old 0\n\n{note}").as_bytes()).unwrap();
    /// assert_eq!((request.old, request.checkpoint.size), (0, 0));
    /// assert!(AddCheckpoint::parse(format!("old 00\n\n{note}").as_bytes()).is_err());
    /// ```
    pub fn parse(bytes: &[u8]) -> Result<AddCheckpoint, &'static str> {
        let text = std::str::from_utf8(bytes).map_err(|_| "expected UTF-8")?;
        let form = "expected a line old <size>, lines of a proof, an empty line, a checkpoint";
        let (head, note) = text.split_once("\n\n").ok_or(form)?;
        let mut lines = head.split('\n');
        let old = lines.next().and_then(|line| decimal(line.strip_prefix("old ")?)).ok_or(form)?;
        let proof: Option<Vec<Hash>> = lines.map(hash_from_base64).collect();
        let proof = proof.ok_or("expected each line of the proof to be 32 bytes in base64")?;
        if proof.len() > MAX_PATH {
            return Err("expected at most 63 lines of a proof");
        }
        let note = Note::parse(note.as_bytes()).ok_or("expected a signed note after the proof")?;
        let checkpoint = Checkpoint::parse_extended(&note.text)
            .ok_or("expected the note to be a checkpoint: origin, size, root, extension lines")?;
        if old > checkpoint.size {
            return Err("expected an old size that is not larger than the checkpoint's");
        }
        Ok(AddCheckpoint { old, proof, note, checkpoint })
    }

    /// The bytes of the request.
    pub fn write(&self) -> String {
        let mut out = format!("old {}\n", self.old);
        for hash in &self.proof {
            out.push_str(&to_base64(&hash.0));
            out.push('\n');
        }
        format!("{out}\n{}", self.note.write())
    }
}
