//! Changed words: what a correction took out and put in.
//!
//! Always holds: what is gone is marked [- -], what came {+ +}, also without colour.
//! Not here: which revisions are compared (`show`, `diff`, `log`).

use crate::cli::output::visible;
use crate::cli::words::{attribution, colour, when};
use crate::ledger::view::row::Words;
use similar::{ChangeTag, TextDiff};

/// The new words with the old ones beside them: [-gone-] {+come+}.
pub fn changed(old: &str, new: &str) -> String {
    if old == new {
        return format!("{} (the claim is as before)", visible(new));
    }
    let (old, new) = (visible(old), visible(new));
    let diff = TextDiff::from_unicode_words(old.as_str(), new.as_str());
    let mut out = String::new();
    let mut run: Option<(ChangeTag, String)> = None;
    for change in diff.iter_all_changes() {
        let (tag, value) = (change.tag(), change.value());
        match &mut run {
            Some((same, words)) if *same == tag => words.push_str(value),
            _ => {
                close(&mut out, run.take());
                run = Some((tag, value.to_owned()));
            }
        }
    }
    close(&mut out, run);
    out
}

fn close(out: &mut String, run: Option<(ChangeTag, String)>) {
    let Some((tag, text)) = run else { return };
    let core = text.trim();
    let at = text.len() - text.trim_start().len();
    let (before, after) = (&text[..at], &text[at + core.len()..]);
    out.push_str(before);
    match tag {
        _ if core.is_empty() => {}
        ChangeTag::Equal => out.push_str(core),
        ChangeTag::Delete => out.push_str(&colour(&format!("[-{core}-]"), "31")),
        ChangeTag::Insert => out.push_str(&colour(&format!("{{+{core}+}}"), "32")),
    }
    out.push_str(after);
}

/// What differs between two revisions beside the claim, each as `what: before → now`.
pub fn fields(old: &Words, new: &Words) -> Vec<String> {
    let topics = |words: &Words| {
        words.topics.iter().map(|topic| visible(&topic.name)).collect::<Vec<_>>().join(", ")
    };
    let hops = |words: &Words| attribution(&words.attribution).unwrap_or("its own voice".into());
    let vouch = |words: &Words| words.vouch.map(|vouch| vouch.to_string()).unwrap_or_default();
    let lang = |words: &Words| words.lang.clone().unwrap_or_default();
    let quoted = |words: &Words| {
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
    let told = |(what, old, new): &(&str, String, String)| {
        (old != new).then(|| format!("{what}: {} → {}", shown(old), shown(new)))
    };
    both.iter().filter_map(told).collect()
}
