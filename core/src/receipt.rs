//! Receipts: where a server placed the events of a submission, and the checkpoint over them.
//!
//! Always holds: a receipt that is read is written as the same bytes (rule 1111). Not here: its
//! comparison with the submission and with what the asker knows (`verify::receipt`), HTTP.
//! Source: FORMAT.md section 17, "Receipt".

use crate::event::canonical;
use crate::event::record::Place;
use crate::evidence::SignedCheckpoint;
use crate::hash::Hash;
use crate::merkle::MAX_PATH;
use crate::rule::{Fault, Rule};
use crate::submission::NumberedLines;
use crate::text::Origin;
use crate::tlog::{Note, hash_from_base64, to_base64};

/// The greatest number of bytes of a receipt.
pub const MAX_RECEIPT: usize = 2 << 20;

/// The word in the first line.
const WORD: &str = "receipt";

/// A receipt: `annals receipt v1`. What it says is believed only after
/// [`ReceiptText::judge`](crate::receipt::ReceiptText::judge), and then as a promise: the asker's
/// own copy, verified, must have these events at these places.
///
/// ```
/// use annals_core::{Rule, receipt::ReceiptText};
///
/// let text = "annals receipt v1\n\
///     origin example.org/record\n\
///     from 5\n\
///     first 5\n\
///     count 1\n\
///     {\"seq\":5,\"prev\":null,\"at\":\"2026-01-01T00:00:05.000000Z\"}\n\
///     proof 1\n\
///     EdbyN/XQFny0dMJeI2bzoV1/u6lKf+Ufv0RemaR7F3w=\n\
///     \n\
///     example.org/record\n\
///     6\n\
///     BXIQuWWpR6AY3Acdbjdd6TLES3cY4TxT1v87raghQ9U=\n\
///     \n\
///     \u{2014} example.org/record QDFMWgA=\n";
/// let receipt = ReceiptText::parse(text.as_bytes())?;
/// assert_eq!((receipt.first, receipt.places.len()), (5, 1));
/// assert_eq!(receipt.text(), text.as_bytes());
///
/// let fault = ReceiptText::parse(text.replace("proof 1", "proof 2").as_bytes()).unwrap_err();
/// assert_eq!(fault.rule, Rule::ReceiptForm);
/// # Ok::<(), annals_core::Fault>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReceiptText {
    /// The record.
    pub origin: Origin,
    /// The size that the submission was made on, from which the proof leads on.
    pub from: u64,
    /// The position of the first event.
    pub first: u64,
    /// The places of the events, in the order of the submission; 1 to 4,096.
    pub places: Vec<Place>,
    /// The consistency proof from size `from` to the checkpoint's.
    pub proof: Vec<Hash>,
    /// The checkpoint, with its signature lines.
    pub checkpoint: SignedCheckpoint,
}

impl ReceiptText {
    /// Reads a receipt.
    ///
    /// # Errors
    /// Rule 1111, without a position; the text names the line, what was expected and what was
    /// found.
    pub fn parse(bytes: &[u8]) -> Result<ReceiptText, Fault> {
        ReceiptText::read(bytes).map_err(|why| Fault::of(Rule::ReceiptForm, why))
    }

    /// The bytes of the receipt, as FORMAT.md defines them.
    pub fn text(&self) -> Vec<u8> {
        let ReceiptText { origin, from, first, places, proof, checkpoint } = self;
        let count = places.len();
        let head = format!(
            "annals {WORD} v1\norigin {origin}\nfrom {from}\nfirst {first}\ncount {count}\n"
        );
        let mut text = head.into_bytes();
        for place in places {
            text.extend_from_slice(&canonical::write(place));
            text.push(b'\n');
        }
        text.extend_from_slice(format!("proof {}\n", proof.len()).as_bytes());
        for hash in proof {
            text.extend_from_slice(format!("{}\n", to_base64(&hash.0)).as_bytes());
        }
        text.push(b'\n');
        text.extend_from_slice(checkpoint.note.write().as_bytes());
        text
    }

    fn read(bytes: &[u8]) -> Result<ReceiptText, String> {
        let mut lines = NumberedLines::of(bytes, WORD, MAX_RECEIPT)?;
        let origin = lines.origin()?;
        let (from, first) = (lines.number("from")?, lines.number("first")?);
        let mut places = Vec::new();
        for _ in 0..lines.count()? {
            places.push(lines.place()?);
        }
        let length = lines.number("proof")?;
        if length > MAX_PATH as u64 {
            return Err(lines.found(&format!("at most {MAX_PATH} hashes"), &length.to_string()));
        }
        let mut proof = Vec::new();
        for _ in 0..length {
            let line = lines.line("a hash")?;
            let hash = hash_from_base64(line);
            proof.push(hash.ok_or_else(|| lines.found("base64 of 32 bytes", line))?);
        }
        let line = lines.line("an empty line")?;
        if !line.is_empty() {
            return Err(lines.found("an empty line", line));
        }
        let rest = lines.rest();
        let note = Note::parse(rest.as_bytes()).filter(|note| note.write() == rest);
        let checkpoint = note.and_then(SignedCheckpoint::of);
        let checkpoint = checkpoint.ok_or("the checkpoint after the empty line is not in form")?;
        Ok(ReceiptText { origin, from, first, places, proof, checkpoint })
    }
}
