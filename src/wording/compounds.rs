//! Words with a hyphen, of which a quotation has a part: `violent` of `non-violent`.
//!
//! Always holds: a hyphen that ends a line, stands between figures or beside a space makes no such
//! word. Not here: what is told of them (`ledger::write::notes`); words that are broken at the end
//! of a line, and names with figures (`edges`).

/// The hyphens inside of words.
const HYPHENS: [char; 3] = ['-', '\u{2010}', '\u{2011}'];
/// The French words that follow a verb after a hyphen: `dit-elle`, `est-ce`, `moi-même`.
const AFTER_VERBS: &[&str] = &[
    "ce", "ci", "elle", "elles", "en", "il", "ils", "je", "la", "le", "les", "leur", "lui", "là",
    "moi", "même", "mêmes", "nous", "on", "t", "toi", "tu", "vous", "y",
];
/// The Romanian words before a hyphen that are none of one letter.
const BEFORE_WORDS: &[&str] = &["într", "dintr", "printr"];

/// The whole word of which a quotation has the end, by the text before the quotation.
pub fn cut_at_start(before: &str, quoted: &str) -> Option<String> {
    let head = before.strip_suffix(HYPHENS)?;
    let first = letters_at_end(head);
    let rest = letters_at_start(quoted);
    // French `a-t-il` is no word.
    // A clitic before its word: Romanian `l-a`, Hebrew `ב-`.
    let is_clitic = first.chars().nth(1).is_none() || BEFORE_WORDS.contains(&small(first).as_str());
    let is_one = !is_clitic && !rest.is_empty() && !is_after_verb(rest);
    is_one.then(|| format!("{first}-{rest}"))
}

/// The whole word of which a quotation has the beginning, by the text after the quotation.
pub fn cut_at_end(quoted: &str, after: &str, lang: &str) -> Option<String> {
    let rest = letters_at_start(after.strip_prefix(HYPHENS)?);
    let first = letters_at_end(quoted);
    // In these languages pronouns and particles follow a verb after a hyphen (`disse-me`).
    let is_clitic = is_after_verb(rest)
        || matches!(lang, "pt" | "ro" | "ca" | "gl" | "uk" | "ru" | "be" | "id" | "tl")
            && rest.chars().count() < SHORTEST;
    let is_one = !first.is_empty() && !rest.is_empty() && !is_clitic;
    is_one.then(|| format!("{first}-{rest}"))
}

/// Whether a word, or its first part, is one that follows a verb: `elle`, `t-il`.
fn is_after_verb(word: &str) -> bool {
    let first = word.split(HYPHENS).next().unwrap_or_default();
    AFTER_VERBS.contains(&small(first).as_str())
}

/// The shortest end of a word that is none of these particles, in letters.
const SHORTEST: usize = 5;

/// Whether a text has a word with a hyphen, in any case and with any hyphen, or in one word.
pub fn has_compound(text: &str, compound: &str) -> bool {
    let fold = |text: &str| small(text).replace(HYPHENS, "-");
    let (text, compound) = (fold(text), fold(compound));
    let parts = || compound.split('-').collect::<Vec<_>>();
    text.contains(&compound)
        || text.contains(&parts().concat())
        || text.contains(&parts().join(" "))
}

fn small(text: &str) -> String {
    text.to_lowercase()
}

/// The letters at the beginning of a text, with the hyphens between them.
fn letters_at_start(text: &str) -> &str {
    let end =
        text.find(|c: char| !c.is_alphabetic() && !HYPHENS.contains(&c)).unwrap_or(text.len());
    text.get(..end).unwrap_or_default().trim_end_matches(HYPHENS)
}

/// The letters at the end of a text, with the hyphens between them.
fn letters_at_end(text: &str) -> &str {
    let start = text.rfind(|c: char| !c.is_alphabetic() && !HYPHENS.contains(&c));
    let start = start.map_or(0, |at| at + text[at..].chars().next().map_or(0, char::len_utf8));
    text.get(start..).unwrap_or_default().trim_start_matches(HYPHENS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_with_a_hyphen_is_one_where_a_quotation_begins() {
        for (before, quoted, whole) in [
            ("The protest was non-", "violent.", Some("non-violent")),
            ("The so‑", "called expert spoke", Some("so-called")),
            ("the vice-", "president-elect met", Some("vice-president-elect")),
            ("Екс-", "президент не приїхав", Some("Екс-президент")),
            ("Die Nicht-", "Raucher", Some("Nicht-Raucher")),
            ("the anti-gun-", "lobby met", Some("anti-gun-lobby")),
            ("A year - ", "he said", None),
            ("COVID-", "19 spread", None),
            ("2021-", "22", None),
            ("pre-\n", "war", None),
            ("a-t-", "il dit", None),
            ("s-", "a întâlnit", None),
            ("ב-", "פייסבוק", None),
            ("într-", "un discurs", None),
            ("- ", "one", None),
            ("-", "one", None),
            ("non", "violent", None),
        ] {
            assert_eq!(cut_at_start(before, quoted).as_deref(), whole, "{before}|{quoted}");
        }
    }

    #[test]
    fn and_where_it_ends() {
        for (quoted, after, lang, whole) in [
            ("a smoke", "-free room", "en", Some("smoke-free")),
            ("Müller", "-Lüdenscheidt kam", "de", Some("Müller-Lüdenscheidt")),
            ("he said", " - and left", "en", None),
            ("dit", "-elle", "fr", None),
            ("disse", "-lhes", "pt", None),
            ("президент", "-міністр", "uk", Some("президент-міністр")),
            ("скажи", "-но", "uk", None),
            ("in 2021", "-22", "en", None),
            ("the end", "-", "en", None),
        ] {
            assert_eq!(cut_at_end(quoted, after, lang).as_deref(), whole, "{quoted}|{after}");
        }
        assert!(has_compound("A Non‑Violent protest.", "non-violent"));
        assert!(has_compound("A nonviolent protest.", "non-violent"));
        assert!(has_compound("A non violent protest.", "non-violent"));
        assert!(!has_compound("A violent protest.", "non-violent"));
    }
}
