//! Changed words: those that a correction removed and added.
//!
//! Always holds: removed words are marked [- -], added ones {+ +}, even without colour.
//! Not here: which revisions are compared (`show`, `diff`, `log`).

use crate::cli::render::words::{attribution, when};
use crate::cli::terminal::{colour, visible};
use crate::ledger::query::row::WordsRow;
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
pub fn changed(old: &str, new: &str) -> String {
    if old == new {
        return format!("{} (the claim is as before)", visible(new));
    }
    let mut out = String::new();
    for (part, text) in parts(&visible(old), &visible(new)) {
        let core = text.trim();
        let at = text.len() - text.trim_start().len();
        out.push_str(text.get(..at).unwrap_or_default());
        match part {
            _ if core.is_empty() => {}
            DiffPart::Same => out.push_str(core),
            DiffPart::Gone => out.push_str(&colour(&format!("[-{core}-]"), "31")),
            DiffPart::New => out.push_str(&colour(&format!("{{+{core}+}}"), "32")),
        }
        out.push_str(text.get(at + core.len()..).unwrap_or_default());
    }
    out
}

/// What differs between two revisions beside the claim, each as `what: before → now`.
pub fn fields(old: &WordsRow, new: &WordsRow) -> Vec<String> {
    let topics = |words: &WordsRow| {
        words.topics.iter().map(|topic| visible(&topic.name)).collect::<Vec<_>>().join(", ")
    };
    let hops = |words: &WordsRow| attribution(&words.attribution).unwrap_or("its own voice".into());
    let vouch = |words: &WordsRow| words.vouch.map(|vouch| vouch.to_string()).unwrap_or_default();
    let lang = |words: &WordsRow| words.lang.clone().unwrap_or_default();
    let quoted = |words: &WordsRow| {
        let quotes = words.evidence.iter().map(|row| {
            let exact = row.evidence.quote.as_ref().map(|quote| visible(&quote.exact));
            let exact = exact.map(|exact| format!(" “{exact}”")).unwrap_or_default();
            format!("document {} {}{exact}", row.evidence.document, row.evidence.stance)
        });
        quotes.collect::<Vec<_>>().join("; ")
    };
    let both = [
        ("evidence", quoted(old), quoted(new)),
        ("according to", hops(old), hops(new)),
        ("when", when(&old.when), when(&new.when)),
        ("topics", topics(old), topics(new)),
        ("vouched for", vouch(old), vouch(new)),
        ("language", lang(old), lang(new)),
    ];
    let shown = |text: &str| if text.is_empty() { "none".to_owned() } else { text.to_owned() };
    let difference = |(what, old, new): &(&str, String, String)| {
        (old != new).then(|| format!("{what}: {} → {}", shown(old), shown(new)))
    };
    both.iter().filter_map(difference).collect()
}
