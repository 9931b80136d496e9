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
        "el" => &["δεν", "δε", "μην", "μη", "οχι", "όχι"],
        "sq" => &["nuk", "mos"],
        _ => &[],
    }
}

/// Words that deny what a claim says, beside the [`negations`] of its language; `*` stands for any
/// ending. Where in doubt a word is here: it keeps a note back.
fn denials(lang: &str) -> &'static [&'static str] {
    match lang {
        "en" => &[
            "cannot", "neither", "nor", "hardly", "barely", "without", "nothing", "nobody", "none",
            "den*", "refus*", "fail*", "reject*", "declin*", "unable", "rule*", "lack*", "stop*",
        ],
        "de" => {
            &["kein*", "niemand*", "nichts", "ohne", "weder", "lehn*", "verneint*", "dementiert*"]
        }
        "fr" => &["rien", "aucun*", "sans", "ni", "personne", "n’*", "n'*", "refus*", "dément*"],
        "es" => &["nada", "nadie", "ningun*", "ningún", "sin", "ni", "tampoco", "neg*", "rechaz*"],
        "pt" => &["nada", "ninguém", "nenhum*", "sem", "nem", "neg*", "recus*", "rejeit*"],
        "it" => &["nulla", "niente", "nessun*", "senza", "né", "neg*", "rifiut*", "smentit*"],
        "ca" => &["res", "ningú", "cap", "sense", "ni", "neg*"],
        "ro" => &["n*", "fără", "refuz*"],
        "nl" => &["niets", "niemand", "zonder", "noch", "weiger*", "ontken*"],
        "sv" => &["ingen*", "inget", "inga", "utan", "varken", "neka*"],
        "da" | "no" | "nb" | "nn" => {
            &["ingen*", "intet", "uten", "uden", "hverken", "nekt*", "afvis*"]
        }
        "fi" => &["ei*", "ilman", "kieltä*"],
        "et" => &["pole", "mitte", "ilma", "eita*"],
        "pl" | "cs" | "sk" | "sl" | "hr" | "bs" | "sr" | "uk" | "ru" | "bg" | "mk" | "be" => {
            &["ne*", "ni*", "bez*", "не*", "ні*", "ни*", "ня*", "без*", "odm*", "popř*", "запереч*"]
        }
        "hu" => &["nincs*", "sem*", "senki*", "tagad*", "nélkül"],
        "el" => &["όχι", "δε", "μη", "κανε*", "χωρίς", "αρν*"],
        "sq" => &["nuk", "s’*", "s'*", "pa", "asnj*"],
        _ => &[],
    }
}

/// The words at the end of a text that deny what follows: `not` of `he will not`, `don’t`,
/// `no longer`.
pub fn negation_at_end<'a>(text: &'a str, lang: &str) -> Option<&'a str> {
    let text = Some(text.trim_end()).filter(|trimmed| trimmed.len() < text.len())?;
    let begins = |words: &str| text.len() - words.len();
    let last = text.rsplit(char::is_whitespace).next().unwrap_or_default();
    let small = last.to_lowercase();
    if lang == "en" && small == "longer" {
        let (before, both) = text.split_at_checked(text.len().checked_sub("no longer".len())?)?;
        let is_whole = before.chars().next_back().is_none_or(char::is_whitespace);
        return (is_whole && both.to_lowercase() == "no longer").then_some(both);
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
        let is_one = |known: &&str| match known.strip_suffix('*') {
            Some(beginning) => word.starts_with(beginning),
            None => word == *known,
        };
        negations(lang).contains(&word.as_str())
            || denials(lang).iter().any(is_one)
            || lang == "en" && ends_with_not(&word)
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
            ("In the casino longer ", "en", None),
            ("Elle ne\r\n", "fr", Some("ne")),
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
            ("Ministr neodstoupí.", "cs", true),
            ("Министр няма да подаде оставка.", "bg", true),
            ("Le ministre n’a rien dit.", "fr", true),
            ("Keiner wollte es.", "de", true),
            ("Le ministre part.", "fr", false),
        ] {
            assert_eq!(has_negation(text, lang), has, "{text}");
        }
    }
}
