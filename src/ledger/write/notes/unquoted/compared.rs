//! What is compared: a claim, and the words that are quoted for it; and the note on what is
//! missing.
//!
//! Always holds: names are compared only if claim and document are in one language. Not here: the
//! comparison, of `figures`, `times`, `marked_words` and names.

use crate::wording::named_days::primary;

/// Which words of a claim are compared with the quoted text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compare {
    /// Figures: in any language.
    Figures,
    /// Names as well: if claim and document are in one language.
    FiguresAndNames,
}

impl Compare {
    /// What can be compared of a claim and a document of these languages.
    pub fn of(claim: &str, document: &str) -> Compare {
        match primary(claim) == primary(document) {
            true => Compare::FiguresAndNames,
            false => Compare::Figures,
        }
    }
}

/// A claim, and the words that are quoted for it.
pub struct Wording<'a> {
    /// The claim.
    pub claim: &'a str,
    /// Its language.
    pub lang: &'a str,
    /// What is quoted.
    pub quoted: Vec<&'a str>,
    /// Its language, if it is one and known.
    pub quoted_lang: Option<&'a str>,
    /// Whose words they are.
    pub agents: Vec<&'a str>,
}

impl Wording<'_> {
    /// Whether claim and document are in English.
    pub(super) fn is_english(&self, compare: Compare) -> bool {
        compare == Compare::FiguresAndNames && primary(self.lang) == "en"
    }
}

/// The note on the words of a claim that are in no quoted word.
pub(super) fn note(claim: &str, missing: &[String]) -> Option<String> {
    let list: Vec<String> = missing.iter().map(|words| format!("“{words}”")).collect();
    let words = list.join(", ");
    (!list.is_empty()).then(|| format!("in the claim “{claim}” and in no quoted word: {words}"))
}
