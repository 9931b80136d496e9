//! An agent whose name is nearly one that the quoted words have.
//!
//! Always holds: it is a hint for the signer and refuses nothing; a document is read only for a
//! name that is nearly a quoted one. Not here: the names of a claim (`unquoted`), agents that look
//! like a missing value (`slips`).

use crate::ledger::write::notes::names::{WITHOUT_CASES, begins_with_capital, is_near, is_one};
use crate::ledger::write::notes::unquoted::whole_word::has_word;
use crate::ledger::write::resolve::RecordLookup;
use crate::wording::named_days::primary;
use annals_core::event::body::Fact;
use annals_core::event::vocabulary::AgentType;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;
use unicode_segmentation::UnicodeSegmentation;

/// The hints on the persons that a fact is attributed to.
pub fn notes(fact: &Fact, lookup: &mut dyn RecordLookup, lang: &str) -> Vec<String> {
    let hops = fact.attribution.iter().flatten();
    let persons = hops.filter(|hop| hop.agent_type == AgentType::Person);
    let mut found = Vec::new();
    for agent in persons.map(|hop| &*hop.agent) {
        let Some((word, known)) = slip(fact, agent, lang) else { continue };
        let mut quoting = fact.evidence.iter().filter(|entry| entry.quote.is_some());
        let stands = quoting.any(|entry| {
            let document = lookup.document(entry.document);
            document.is_ok_and(|document| has_word(document.text.as_str(), word))
        });
        if !stands {
            found.push(format!(
                "the agent “{agent}”: “{word}” is nowhere in the document, and the quoted words \
                 have “{known}”"
            ));
        }
    }
    found
}

/// A word of an agent's name, and the quoted word that is nearly it.
fn slip<'a>(fact: &'a Fact, agent: &'a str, lang: &str) -> Option<(&'a str, &'a str)> {
    let quotes = || fact.evidence.iter().filter_map(|entry| entry.quote.as_ref());
    let mut words =
        agent.unicode_words().filter(|word| !quotes().any(|quote| has_word(&quote.exact, word)));
    words.find_map(|word| {
        let mut known = quotes().flat_map(|quote| quote.exact.unicode_words());
        Some((word, known.find(|known| is_slip_for(word, known, lang))?))
    })
}

/// Letters without the marks on them: a name is often typed so.
fn without_marks(word: &str) -> String {
    word.nfd().filter(|letter| !is_combining_mark(*letter)).collect()
}

/// Whether a word is nearly a name, and no form of it, in a language without cases.
fn is_slip_for(word: &str, name: &str, lang: &str) -> bool {
    let language = primary(lang);
    WITHOUT_CASES.contains(&language.as_str())
        && begins_with_capital(word)
        && begins_with_capital(name)
        && is_near(word, name)
        && !is_one(word, name, language == "en")
        && !is_one(&without_marks(word), &without_marks(name), language == "en")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_a_slip_for_one_that_differs_in_a_letter_or_two() {
        for (word, name, lang) in
            [("Mbeke", "Mbeki", "en"), ("Johnson", "Johnston", "en"), ("Durant", "Durand", "fr")]
        {
            assert!(is_slip_for(word, name, lang), "{word} {name}");
        }
        for (word, name, lang) in [
            ("Mbeki", "Mbeki", "en"),
            ("Mbeki", "Mbeki’s", "en"),
            ("Malá", "Malý", "en"),
            ("Police", "police", "en"),
            ("Novák", "Nováka", "cs"),
            ("Minister", "Ministry", "en"),
            ("Smith", "Jones", "en"),
            ("Garcia", "García", "es"),
            ("Lefevre", "Lefèvre", "fr"),
            ("Erdogan", "Erdoğan", "en"),
        ] {
            assert!(!is_slip_for(word, name, lang), "{word} {name}");
        }
    }
}
