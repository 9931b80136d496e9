//! Pins: what an auditor keeps of a record, so that the next look cannot be deceived.
//!
//! Always holds: a pin is the lines of FORMAT.md section 9 in this order; its last line is the
//! digest of the others, so damage is told from a fork. Not here: when it moves (`ledger`).
//! Source: FORMAT.md section 9.

use crate::hash::Hash;
use crate::key::PublicKey;
use crate::tlog::{decimal, hash_from_base64, to_base64};

/// A record as an auditor saw it last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pin {
    /// The ledger's name.
    pub origin: String,
    /// Hash of event 0.
    pub genesis: Hash,
    /// Number of events.
    pub size: u64,
    /// Hash of event `size` − 1.
    pub head: Hash,
    /// Root of the tree of that size.
    pub root: Hash,
    /// The log key at that size.
    pub log_key: PublicKey,
}

impl Pin {
    /// The file: seven lines and their digest.
    pub fn write(&self) -> String {
        let lines = format!(
            "annals pin v1\norigin {}\ngenesis {}\nsize {}\nhead {}\nroot {}\nlog {}\n",
            self.origin,
            self.genesis,
            self.size,
            self.head,
            to_base64(&self.root.0),
            self.log_key
        );
        let sum = Hash::of(&[lines.as_bytes()]);
        format!("{lines}sum {sum}\n")
    }

    /// Reads the file; `None` if it is not in form or its sum does not hold.
    ///
    /// ```
    /// use annals::pin::Pin;
    /// assert_eq!(Pin::parse(b"annals pin v1\n"), None);
    /// ```
    pub fn parse(bytes: &[u8]) -> Option<Pin> {
        let text = std::str::from_utf8(bytes).ok()?;
        let mut lines = text.strip_prefix("annals pin v1\n")?.split('\n');
        let mut value = |name: &str| lines.next()?.strip_prefix(name)?.strip_prefix(' ');
        let pin = Pin {
            origin: value("origin")?.to_owned(),
            genesis: Hash::parse(value("genesis")?)?,
            size: decimal(value("size")?).filter(|size| *size > 0)?,
            head: Hash::parse(value("head")?)?,
            root: hash_from_base64(value("root")?)?,
            log_key: PublicKey::parse(value("log")?)?,
        };
        (pin.write().as_bytes() == bytes).then_some(pin)
    }
}
