//! Slips of a program that made a draft: markup in a claim, words of a programming language in the
//! place of a name, letters that were decoded in a wrong way.
//!
//! Always holds: it is a hint for the signer and refuses nothing. Not here: figures and names of a
//! claim (`unquoted`).

use annals_core::event::body::Fact;
use unicode_segmentation::UnicodeSegmentation;

/// What programs, spreadsheets and people write for a value that is missing.
const MISSING: [&str; 25] = [
    "null",
    "undefined",
    "none",
    "nan",
    "nil",
    "[object object]",
    "#n/a",
    "#ref!",
    "#value!",
    "#name?",
    "#div/0!",
    "#null!",
    "#num!",
    "n/a",
    "n.a.",
    "na",
    "(blank)",
    "(empty)",
    "unknown",
    "tbd",
    "tba",
    "tbc",
    "k.a.",
    "н/д",
    "б/н",
];

/// Whether a text says that a value is missing: one of these words, or signs alone.
fn is_missing(text: &str) -> bool {
    MISSING.contains(&text.trim().to_lowercase().as_str())
        || !text.chars().any(char::is_alphanumeric)
}

/// The hints on a fact.
pub fn notes(fact: &Fact) -> Vec<String> {
    let mut notes = Vec::new();
    let markup = markup(&fact.claim);
    if !markup.is_empty() {
        let list: Vec<String> = markup.iter().map(|words| format!("“{words}”")).collect();
        notes.push(format!("the claim has what looks like HTML: {}", list.join(", ")));
    }
    if let Some(letters) = misread(&fact.claim) {
        notes.push(format!("the claim has letters that look wrongly decoded: “{letters}”"));
    }
    if is_missing(&fact.claim) {
        notes.push(format!("the claim “{}” looks like a missing value", &*fact.claim));
    }
    if let Some(word) = of_two_alphabets(&fact.claim) {
        notes.push(format!(
            "the claim has a word with letters of two alphabets, which look alike: “{word}”; a \
             search finds it by these letters alone"
        ));
    }
    let agents = fact.attribution.iter().flatten().map(|hop| ("agent", &*hop.agent));
    let topics = fact.topics.iter().flatten().map(|topic| ("topic", &*topic.name));
    for (kind, name) in agents.chain(topics) {
        if let Some(word) = of_two_alphabets(name) {
            notes.push(format!(
                "the {kind} “{name}” has a word with letters of two alphabets, which look alike: \
                 “{word}”"
            ));
        }
        if name.contains([';', '；']) {
            notes.push(format!(
                "the {kind} “{name}” looks like several: each is given by itself (the option once \
                 more; in a draft a list)"
            ));
        }
        if is_missing(name) {
            notes.push(format!("the {kind} “{name}” looks like a missing value"));
        }
    }
    notes
}

/// A word that has Latin letters beside those of Cyrillic or Greek.
fn of_two_alphabets(text: &str) -> Option<&str> {
    let is_latin = |c: char| c.is_ascii_alphabetic();
    let is_other = |c: char| matches!(c, '\u{370}'..='\u{3FF}' | '\u{400}'..='\u{52F}');
    text.unicode_words().find(|word| word.contains(is_latin) && word.contains(is_other))
}

/// The character references and the tags of a text, each once.
fn markup(text: &str) -> Vec<&str> {
    let mut found: Vec<&str> = Vec::new();
    for (at, c) in text.char_indices().filter(|(_, c)| matches!(c, '&' | '<')) {
        let rest = text.get(at..).unwrap_or_default();
        let piece = if c == '&' { reference(rest) } else { tag(rest) };
        if let Some(piece) = piece.filter(|piece| !found.contains(piece)) {
            found.push(piece);
        }
    }
    found
}

/// `&amp;`, `&#39;`
fn reference(text: &str) -> Option<&str> {
    let end = text.find(';').filter(|end| (3..=10).contains(end))?;
    let name = text.get(1..end)?;
    let is_name = name.strip_prefix('#').unwrap_or(name).bytes().all(|b| b.is_ascii_alphanumeric());
    is_name.then(|| text.get(..=end)).flatten()
}

/// `<b>`, `</p>`, `<br/>`
fn tag(text: &str) -> Option<&str> {
    const TAGS: &str = "a b br div em h1 h2 h3 i img li ol p span strong sub sup u ul";
    let end = text.find('>').filter(|end| *end < 200)?;
    let inner = text.get(1..end)?;
    let name = inner.trim_start_matches('/').split([' ', '/']).next().unwrap_or_default();
    let is_tag = TAGS.split(' ').any(|tag| tag == name.to_ascii_lowercase());
    is_tag.then(|| text.get(..=end)).flatten()
}

/// Letters of UTF-8 that were read as Latin-1: `Ã©`, `â€™`.
fn misread(text: &str) -> Option<String> {
    let chars: Vec<char> = text.chars().collect();
    let pairs = chars.windows(2).enumerate();
    let is_wrong = |pair: &[char]| match pair {
        ['Ã' | 'Â', next] => matches!(next, '\u{80}'..='\u{BF}' | '€' | 'œ' | 'Ÿ' | '™' | '‰'),
        ['â', next] => matches!(next, '€' | '\u{80}'),
        ['Ð' | 'Ñ', next] => matches!(next, '\u{80}'..='\u{BF}'),
        _ => false,
    };
    let (at, _) = pairs.into_iter().find(|(_, pair)| is_wrong(pair))?;
    Some(chars.iter().skip(at).take(2).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn notes_of(claim: &str, agent: &str, topic: &str) -> Vec<String> {
        let fact = json!({
            "claim": claim,
            "lang": "en",
            "vouch": "said",
            "evidence": [{
                "document": 3,
                "stance": "supports",
                "quote": { "exact": "x", "prefix": "", "suffix": "" },
                "span": { "start": 0, "end": 1 },
            }],
            "attribution": [{ "agent": agent, "agent_type": "person", "act": "says" }],
            "topics": [{ "name": topic }],
        });
        notes(&serde_json::from_value(fact).unwrap())
    }

    #[test]
    fn markup_missing_values_and_misread_letters_are_named() {
        assert_eq!(
            notes_of("Sullivan&#39;s &amp; <b>gave</b> two.", "null", "undefined"),
            [
                "the claim has what looks like HTML: “&#39;”, “&amp;”, “<b>”, “</b>”",
                "the agent “null” looks like a missing value",
                "the topic “undefined” looks like a missing value",
            ]
        );
        assert_eq!(of_two_alphabets("У Kиєві"), Some("Kиєві"));
        assert_eq!(of_two_alphabets("IT-компанія і NATO, Київ (Kyiv)"), None);
        for missing in ["#N/A", "#REF!", "n/a", "-", "?", "TBD", "unknown", "(blank)"] {
            let note = format!("the agent “{missing}” looks like a missing value");
            assert_eq!(notes_of("They met.", missing, "Talks"), [note]);
        }
        assert_eq!(
            notes_of("They met.", "Kommersant; a diplomat", "Talks"),
            ["the agent “Kommersant; a diplomat” looks like several: each is given by itself \
             (the option once more; in a draft a list)"]
        );
        assert_eq!(notes_of("???", "Ada", "Talks"), ["the claim “???” looks like a missing value"]);
        let why = "the claim has letters that look wrongly decoded: “Ã©”";
        assert_eq!(notes_of("Le prÃ©sident.", "Ann", "NATO"), [why]);
        for claim in ["AT&T; 5 < 6 > 4", "R&D", "Ânes, Ñuñoa and Ãrea", "x <y> z"] {
            assert_eq!(notes_of(claim, "Ann", "NATO"), [] as [&str; 0], "{claim}");
        }
    }
}
