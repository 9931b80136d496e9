//! Words that deny the words after them.
//!
//! Always holds: of a language that is not here no word denies. Not here: what is told of them
//! (`ledger::write::notes`).

use unicode_segmentation::UnicodeSegmentation;

/// The words of a language that deny the word after them, where it keeps words apart and has
/// capitals.
pub fn negations(lang: &str) -> &'static [&'static str] {
    match lang {
        "en" => &["not", "never", "no"],
        "de" => &["nicht", "nie", "niemals", "kein", "keine", "keinen"],
        "fr" => &["ne", "pas", "jamais"],
        "es" => &["no", "nunca", "jamás"],
        "pt" => &["não", "nunca", "jamais"],
        "it" => &["non", "mai"],
        "ca" => &["no", "mai"],
        "ro" => &["nu", "niciodată"],
        "nl" => &["niet", "geen", "nooit"],
        "sv" => &["inte", "ej", "aldrig"],
        "da" => &["ikke", "aldrig"],
        "no" | "nb" | "nn" => &["ikke", "ikkje", "aldri"],
        "fi" => &["en", "et", "ei", "emme", "ette", "eivät"],
        "et" => &["ei"],
        "pl" => &["nie", "nigdy"],
        "cs" | "sl" | "hr" | "bs" => &["ne", "nikdy", "nikoli", "nikada"],
        "sk" => &["nie", "nikdy"],
        "uk" | "ru" | "bg" | "mk" => &["не", "ні", "ни", "ніколи", "никогда"],
        "sr" => &["не", "ne", "никада", "nikada"],
        "be" => &["не", "ні"],
        "hu" => &["nem", "ne", "sem", "soha"],
        "el" => &["δεν", "μην", "οχι"],
        "sq" => &["nuk", "mos"],
        _ => &[],
    }
}

/// English words that deny what a claim says without one of the [`negations`].
const DENIALS: [&str; 18] = [
    "cannot", "neither", "nor", "hardly", "barely", "without", "nothing", "nobody", "none",
    "denied", "denies", "deny", "refused", "refuses", "refuse", "failed", "fails", "rejected",
];

/// The words at the end of a text that deny what follows: `not` of `he will not`, `don’t`,
/// `no longer`.
pub fn negation_at_end<'a>(text: &'a str, lang: &str) -> Option<&'a str> {
    let text = text.strip_suffix(' ').or_else(|| text.strip_suffix('\n'))?;
    let begins = |words: &str| text.len() - words.len();
    let last = text.rsplit(char::is_whitespace).next().unwrap_or_default();
    let small = last.to_lowercase();
    if lang == "en" && small == "longer" {
        let longest = text.len().saturating_sub("no longer".len());
        let both = text.get(longest..)?;
        return (both.to_lowercase() == "no longer").then_some(both);
    }
    let is_one = negations(lang).contains(&small.as_str())
        || lang == "en"
            && (ends_with_not(&small) || matches!(&*small, "cannot" | "neither" | "nor"));
    is_one.then(|| &text[begins(last)..])
}

/// Whether a text has a word that denies, as far as its language is known.
pub fn has_negation(text: &str, lang: &str) -> bool {
    text.unicode_words().any(|word| {
        let word = word.to_lowercase();
        negations(lang).contains(&word.as_str())
            || lang == "en" && (ends_with_not(&word) || DENIALS.contains(&word.as_str()))
    })
}

/// Whether an English word is short for one with *not*.
fn ends_with_not(word: &str) -> bool {
    word.ends_with("n't") || word.ends_with("n’t")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_denies_the_next_words_is_found() {
        for (text, lang, found) in [
            ("The minister said: I will not ", "en", Some("not")),
            ("They don’t ", "en", Some("don’t")),
            ("It is no longer ", "en", Some("no longer")),
            ("Er wird nicht ", "de", Some("nicht")),
            ("Elle ne ", "fr", Some("ne")),
            ("Вона не ", "uk", Some("не")),
            ("He said so, or not. ", "en", None),
            ("It was longer ", "en", None),
            ("It is not", "en", None),
            ("He did it ", "en", None),
            ("", "en", None),
            ("nicht ", "xx", None),
        ] {
            assert_eq!(negation_at_end(text, lang), found, "{text}");
        }
        for (text, lang, has) in [
            ("The minister will not resign.", "en", true),
            ("She denied it.", "en", true),
            ("The minister will resign.", "en", false),
            ("Er tritt nicht zurück.", "de", true),
            ("Er tritt zurück.", "de", false),
        ] {
            assert_eq!(has_negation(text, lang), has, "{text}");
        }
    }
}
