//! Texts that are hardly in the language that is signed for them: the claim and the translations of
//! a fact, and the text of a document.
//!
//! Always holds: it is a hint for the signer and refuses nothing. Not here: which language a text
//! is in (`written_language`).

use crate::ledger::write::resolve::{RecordLookup, ResolvedDraft};
use crate::wording::named_days::primary;
use crate::wording::written_language::doubt;
use annals_core::event::args::Args;
use annals_core::event::body::Fact;

/// Whether the words of a fact are compared with the language that is signed for them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LanguageCheck {
    /// They are.
    On,
    /// They are not.
    Off,
}

/// How many bytes of a captured text are looked at for its language.
const LOOKED_AT: usize = 16_000;

/// The claim, if it is hardly in the language that is signed for it, and each translation that is
/// not, or that is one into the language of its document.
pub fn of_fact(fact: &Fact, lookup: &mut dyn RecordLookup) -> Vec<String> {
    let claim = doubt(&fact.claim, &fact.lang).map(|found| {
        format!(
            "the claim “{}” {}, and its language is {}: --lang (in a draft lang) says another",
            &*fact.claim, found.why, &*fact.lang
        )
    });
    let mut notes: Vec<String> = claim.into_iter().collect();
    for entry in &fact.evidence {
        let Some(translation) = &entry.translation else { continue };
        let (text, lang) = (&*translation.text, &*translation.lang);
        if let Some(found) = doubt(text, lang) {
            let why = found.why;
            notes.push(format!("the translation “{text}” {why}, and its language is {lang}"));
        }
        let of = lookup.language_of(entry.document);
        if of.is_some_and(|of| primary(&of) == primary(lang)) {
            let document = entry.document;
            notes.push(format!(
                "the translation “{text}” is in {lang}, as document {document} itself is"
            ));
        }
    }
    notes
}

/// That a text is hardly in the language that is signed for it.
pub fn of_document(
    resolved: &ResolvedDraft,
    lang: &str,
    lookup: &mut dyn RecordLookup,
) -> Option<String> {
    let found = match (&resolved.document, &resolved.args) {
        (Some((_, bytes)), _) => {
            let first = bytes.get(..LOOKED_AT).unwrap_or(bytes);
            doubt(&String::from_utf8_lossy(first), lang)
        }
        (None, Args::DocumentDescribed(args)) => {
            doubt(lookup.document(args.document).ok()?.text.as_str(), lang)
        }
        _ => None,
    };
    let why = found?.why;
    Some(format!(
        "the text {why}, and its language is {lang}: --lang (in a draft lang) says another"
    ))
}
