//! The first words of a claim's sentences, which have a capital for their place alone, where they
//! are nearly a quoted name.
//!
//! Always holds: a word that the documents write in small letters is no name. Not here: which words
//! are nearly a name (`names`).

use crate::ledger::write::notes::names::{CapitalWords, Likeness};
use crate::ledger::write::notes::unquoted::quoted_words::{quoted_words, rejoined};
use crate::ledger::write::notes::unquoted::whole_word::{has_word, is_in_word};
use crate::ledger::write::resolve::RecordLookup;
use annals_core::event::body::Fact;
use memchr::memmem;

/// The first words of the claim's sentences that are nearly quoted names, or are names of the
/// documents in the place of one, and stand nowhere in the documents in small letters: those are
/// words of the language. Few claims have one that is read for in a document.
pub(super) fn nearly_quoted(fact: &Fact, lookup: &mut dyn RecordLookup) -> Vec<String> {
    let mut quoted = quoted_words(fact);
    let joined: Vec<String> = quoted.iter().filter_map(|words| rejoined(words)).collect();
    quoted.extend(joined.iter().map(String::as_str));
    quoted.extend(fact.attribution.iter().flatten().map(|hop| &*hop.agent));
    let names = CapitalWords { claim: &fact.claim, lang: &fact.lang, quoted: &quoted };
    let mut is_small = |word: &str| {
        let small = word.to_lowercase();
        let mut quoting = fact.evidence.iter().filter(|entry| entry.quote.is_some());
        quoting.any(|entry| {
            let found = lookup.document(entry.document);
            found.is_ok_and(|found| has_word(found.text.as_str(), &small))
        })
    };
    let mut found = names.likely();
    found.retain(|first| !is_small(first.word));
    if found.iter().any(|first| first.likeness == Likeness::InPlace) {
        let mut is_name = |word: &str| {
            let mut quoting = fact.evidence.iter().filter(|entry| entry.quote.is_some());
            quoting.any(|entry| {
                let found = lookup.document(entry.document);
                found.is_ok_and(|found| has_name(found.text.as_str(), word))
            })
        };
        found.retain(|first| first.likeness == Likeness::Near || is_name(first.word));
    }
    found.into_iter().map(|first| first.word.to_owned()).collect()
}

/// Whether a text has a word with its capital inside of a sentence: after a word in small letters.
fn has_name(text: &str, word: &str) -> bool {
    let is_inside = |at: usize| {
        let before = text.get(..at).and_then(|before| before.strip_suffix(' '));
        before.is_some_and(|it| it.ends_with(|c: char| c.is_lowercase()))
            && !is_in_word(text, at + word.len())
    };
    memmem::find_iter(text.as_bytes(), word).any(is_inside)
}
