//! Changed words: those that a correction removed and added.
//!
//! Always holds: removed words are marked [- -], added ones {+ +}. Not here: which revisions are
//! compared, colours (`cli`).

use crate::ledger::answer::visible::visible;
use serde::Serialize;
use similar::{ChangeTag, TextDiff};

/// The change of a part of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum DiffPart {
    /// It is unchanged.
    Same,
    /// It was removed.
    Gone,
    /// It was added.
    New,
}

/// The parts of two texts, word by word; those of one kind are joined.
pub fn parts(old: &str, new: &str) -> Vec<(DiffPart, String)> {
    let diff = TextDiff::from_unicode_words(old, new);
    let mut parts: Vec<(DiffPart, String)> = Vec::new();
    for change in diff.iter_all_changes() {
        let part = match change.tag() {
            ChangeTag::Equal => DiffPart::Same,
            ChangeTag::Delete => DiffPart::Gone,
            ChangeTag::Insert => DiffPart::New,
        };
        match parts.last_mut() {
            Some((same, words)) if *same == part => words.push_str(change.value()),
            _ => parts.push((part, change.value().to_owned())),
        }
    }
    parts
}

/// The new words with the old ones beside them: [-gone-] {+come+}.
pub fn marked(old: &str, new: &str) -> String {
    marked_by(old, new, &|_, mark| mark)
}

/// The new words with the old ones beside them, as [`marked`] gives them; `style` formats each
/// mark.
pub fn marked_by(old: &str, new: &str, style: &dyn Fn(DiffPart, String) -> String) -> String {
    let mut out = String::new();
    for (part, text) in parts(&visible(old), &visible(new)) {
        let core = text.trim();
        let at = text.len() - text.trim_start().len();
        out.push_str(text.get(..at).unwrap_or_default());
        match part {
            _ if core.is_empty() => {}
            DiffPart::Same => out.push_str(core),
            DiffPart::Gone => out.push_str(&style(part, format!("[-{core}-]"))),
            DiffPart::New => out.push_str(&style(part, format!("{{+{core}+}}"))),
        }
        out.push_str(text.get(at + core.len()..).unwrap_or_default());
    }
    out
}
