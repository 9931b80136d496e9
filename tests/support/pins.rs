//! Pins, written by hand: peaks by the recursion of RFC 6962, log keys from the records' own lines.
//!
//! Always holds: nothing here uses the crate's pin or tree. Not here: other files of a record
//! (`files`). Source: FORMAT.md section 9, "Pin".

use super::acts::ORIGIN;
use super::files::{base64, head_text, note, pin_with_sum, root};
use super::keys;
use super::ledger::{Ledger, Made};
use annals_core::hash::Hash;

/// A size from which another log key signs; the log key and the old one, by name.
type LogLine = (u64, String, Option<String>);

impl Ledger {
    /// The log keys by size, of a ledger whose rekeyings were all applied.
    pub fn log_lines(&self, size: u64) -> Vec<LogLine> {
        let mut lines: Vec<LogLine> = Vec::new();
        for (event, count) in self.events.iter().zip(1..=size) {
            let said: serde_json::Value = match serde_json::from_str(&event.statement) {
                Ok(said) => said,
                Err(_) => continue,
            };
            let rekeyed = said["type"] == "ledger.rekeyed";
            if !rekeyed && said["type"] != "ledger.opened" {
                continue;
            }
            let key = said["args"]["log_key"].as_str().expect("a key");
            let before = lines.last().map(|(_, key, _)| key.clone());
            let old = before.filter(|_| rekeyed && said["args"]["reason"] == "rotated");
            lines.push((count, name_of(key), old));
        }
        lines
    }

    /// The lines of a pin of the first `size` events, without its sum.
    pub fn pin_lines(&self, size: u64) -> String {
        let log = self.log_lines(size);
        let (_, key, old) = log.last().expect("an opening");
        let signers: Vec<String> =
            [Some(key), old.as_ref()].into_iter().flatten().cloned().collect();
        let leaves: Vec<Hash> = self.events[..size as usize].iter().map(Made::hash).collect();
        let checkpoint = note(&head_text(ORIGIN, size, &root(&leaves)), &signers);
        let mut lines = format!(
            "annals pin v1\ngenesis {}\nhead {}\n",
            leaves[0],
            leaves.last().expect("an event")
        );
        let (mut start, mut bit) = (0, 1_usize << 32);
        while bit > 0 {
            if leaves.len() & bit != 0 {
                lines += &format!("peak {}\n", base64(&root(&leaves[start..start + bit]).0));
                start += bit;
            }
            bit >>= 1;
        }
        for (size, key, old) in log {
            let old = old.map_or("-".to_owned(), |old| keys::key(&old));
            lines += &format!("log {size} {} {old}\n", keys::key(&key));
        }
        let count = checkpoint.lines().count();
        lines + &format!("checkpoint {count}\n{checkpoint}")
    }

    /// A pin of the first `size` events.
    pub fn pin(&self, size: u64) -> String {
        pin_with_sum(&self.pin_lines(size))
    }
}

/// The name of a log key of these tests.
fn name_of(key: &str) -> String {
    let names = ["log", "log-2", "log-3", "log-4"];
    let found = names.iter().find(|name| keys::key(name) == key);
    found.unwrap_or_else(|| panic!("nobody's key: {key}")).to_string()
}
