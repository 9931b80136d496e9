//! The state of a witness: the last checkpoint of each log that it cosigned.
//!
//! ```text
//! annals witness v1
//! <origin> <size> <base64 root> <base64 of key id ‖ signature>
//! sum <64 hex>
//! ```
//!
//! Always holds: there is one line for each origin, ascending; an incomplete or damaged state is
//! refused.
//! Not here: the disk (`cosigner`). Source: FORMAT.md section 13, "State".

use annals_core::hash::Hash;
use annals_core::tlog::{NoteSignature, decimal, hash_from_base64, to_base64};
use std::collections::BTreeMap;

const FIRST: &str = "annals witness v1";
/// The maximum size of a state, in bytes.
pub const MAX_STATE: u64 = 16 << 20;

/// The last cosigned checkpoint of a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeenTree {
    /// Number of events.
    pub size: u64,
    /// Root of the tree of that size.
    pub root: Hash,
    /// Base64 of the log's key id and signature.
    pub blob: String,
}

/// The last cosigned checkpoint of every log, by origin.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WitnessState(pub BTreeMap<String, SeenTree>);

impl WitnessState {
    /// The bytes of the state.
    pub fn write(&self) -> String {
        let mut out = format!("{FIRST}\n");
        for (origin, SeenTree { size, root, blob }) in &self.0 {
            out.push_str(&format!("{origin} {size} {} {blob}\n", to_base64(&root.0)));
        }
        let sum = Hash::of(&[out.as_bytes()]);
        out + &format!("sum {sum}\n")
    }

    /// Parses a state; `None` if it is not in the canonical notation.
    ///
    /// ```
    /// use annals::witness::state::WitnessState;
    /// let text = WitnessState::default().write();
    /// assert_eq!(WitnessState::parse(text.as_bytes()), Some(WitnessState::default()));
    /// assert_eq!(WitnessState::parse(&text.as_bytes()[1..]), None);
    /// ```
    pub fn parse(bytes: &[u8]) -> Option<WitnessState> {
        let text = std::str::from_utf8(bytes).ok()?;
        let mut lines = text.lines();
        lines.next().filter(|line| *line == FIRST)?;
        let mut state = WitnessState::default();
        for line in lines.take_while(|line| !line.starts_with("sum ")) {
            let (origin, seen) = read_line(line)?;
            state.0.insert(origin, seen);
        }
        // Canonical: order, digits and sum are those that `write` gives.
        (state.write() == text).then_some(state)
    }
}

fn read_line(line: &str) -> Option<(String, SeenTree)> {
    let words: Vec<&str> = line.split(' ').collect();
    let [origin, size, root, blob] = words.as_slice() else { return None };
    NoteSignature::parse(origin, blob)?;
    let seen =
        SeenTree { size: decimal(size)?, root: hash_from_base64(root)?, blob: (*blob).to_owned() };
    Some(((*origin).to_owned(), seen))
}
