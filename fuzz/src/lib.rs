//! Properties that hold for any bytes from a stranger, one for each parser.
//!
//! Always holds: a property panics if and only if it is broken; it depends on its bytes alone. Not
//! here: the callers (`targets/`, `tests/fuzz`), the initial files (`tests/fuzz/seeds.rs`).

mod audit;
mod capture;
mod event;
mod key;
mod place;
mod submission;
mod tlog;

pub use audit::{evidence, pin, proof};
pub use capture::{
    capture_archive, capture_docx, capture_html, capture_markdown, capture_pdf, capture_text, table,
};
pub use event::{body, draft, draft_toml, quotation, record};
pub use key::{key, mark, request};
pub use place::{bag, bag_note, journal, published};
pub use submission::{receipt, submission};
pub use tlog::{add_checkpoint, checkpoint, cosignature, note, policy, tlog_proof, witness_state};

/// The separator of the files of one input.
pub const BETWEEN: u8 = 0x1E;

/// A property with its name.
pub struct Property {
    /// The name, also of the target.
    pub name: &'static str,
    /// Panics if the property is broken.
    pub check: fn(&[u8]),
}

macro_rules! properties {
    ($($name:ident)*) => {
        /// All properties.
        pub const ALL: &[Property] =
            &[$(Property { name: stringify!($name), check: $name },)*];
    };
}

properties! {
    record body draft draft_toml quotation
    note checkpoint cosignature policy tlog_proof add_checkpoint witness_state
    pin evidence proof
    submission receipt
    journal published bag bag_note
    key request mark
    capture_html capture_pdf capture_docx capture_archive capture_markdown capture_text table
}

/// The files of an input; missing ones are empty.
fn files<const N: usize>(bytes: &[u8]) -> [&[u8]; N] {
    let mut parts = bytes.splitn(N, |byte| *byte == BETWEEN);
    std::array::from_fn(|_| parts.next().unwrap_or_default())
}

/// Checks that a parsed value is written as the bytes that it was parsed from.
fn written_again(found: &[u8], bytes: &[u8]) {
    assert!(
        found == bytes,
        "read, and written as other bytes:\n{}",
        String::from_utf8_lossy(found)
    );
}
