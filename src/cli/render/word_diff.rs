//! Changed words for people: those that a correction removed and added, in colour.
//!
//! Always holds: removed words are marked [- -], added ones {+ +}, even without colour.
//! Not here: which revisions are compared (`show`, `diff`, `log`), which words they are
//! (`ledger::answer::word_diff`).

use crate::cli::render::words::{attribution, beside_quote, ids, when};
use crate::cli::terminal::{colour, visible};
use crate::ledger::answer::word_diff::{DiffPart, marked_by};
use crate::ledger::query::row::WordsRow;

/// The new words with the old ones beside them: [-gone-] {+come+}.
pub fn changed(old: &str, new: &str) -> String {
    marked_by(old, new, &|part, mark| match part {
        DiffPart::Same => mark,
        DiffPart::Gone => colour(&mark, "31"),
        DiffPart::New => colour(&mark, "32"),
    })
}

/// The claim of a correction, with the changed words marked. That it is as before is not said
/// inside of its own words.
pub fn changed_claim(old: &str, new: &str) -> String {
    match old == new {
        true => format!("the claim is as before: “{}”", visible(new)),
        false => changed(old, new),
    }
}

/// What differs between two revisions beside the claim, each as `what: before → now`; nothing if
/// the words of one of them are not here.
pub fn fields(old: &WordsRow, new: &WordsRow) -> Vec<String> {
    if old.withheld.is_some() || new.withheld.is_some() {
        return Vec::new();
    }
    let topics = |words: &WordsRow| {
        words.topics.iter().map(|topic| visible(&topic.name)).collect::<Vec<_>>().join(", ")
    };
    let hops = |words: &WordsRow| attribution(&words.attribution).unwrap_or("its own voice".into());
    let identified = |words: &WordsRow| ids(&words.attribution, &words.topics).unwrap_or_default();
    let vouch = |words: &WordsRow| words.vouch.map(|vouch| vouch.to_string()).unwrap_or_default();
    let lang = |words: &WordsRow| words.lang.clone().unwrap_or_default();
    let quoted = |words: &WordsRow| {
        let quotes = words.evidence.iter().map(|row| {
            let exact = row.evidence.quote.as_ref().map(|quote| visible(&quote.exact));
            let exact = exact.map(|exact| format!(" “{exact}”")).unwrap_or_default();
            let beside = beside_quote(&row.evidence);
            let beside: String = beside.iter().map(|text| format!(", {text}")).collect();
            let stance = row.evidence.stance;
            format!("document {} {stance}{exact}{beside}", row.evidence.document)
        });
        quotes.collect::<Vec<_>>().join("; ")
    };
    let both = [
        ("evidence", quoted(old), quoted(new)),
        ("according to", hops(old), hops(new)),
        ("when", when(&old.when), when(&new.when)),
        ("topics", topics(old), topics(new)),
        ("ids", identified(old), identified(new)),
        ("vouched for", vouch(old), vouch(new)),
        ("language", lang(old), lang(new)),
    ];
    let shown = |text: &str| if text.is_empty() { "none".to_owned() } else { text.to_owned() };
    let difference = |(what, old, new): &(&str, String, String)| {
        (old != new).then(|| format!("{what}: {} → {}", shown(old), shown(new)))
    };
    both.iter().filter_map(difference).collect()
}
