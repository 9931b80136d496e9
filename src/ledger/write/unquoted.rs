//! Unquoted words: figures, dates and names of a claim that no quoted text contains.
//!
//! Always holds: it is a hint for the signer and refuses nothing. Figures are compared by value
//! (`figures`), whatever their digits and separators; names by their beginning, so that endings do
//! not matter, and only if claim and document are in one language. Not here: whether a claim is
//! true, or what its other words mean; which language a text is in (`written_language`).

use crate::ledger::write::figures::{
    Figure, WordedMagnitude, figures, worded_figures, worded_magnitudes,
};
use crate::ledger::write::resolve::{RecordLookup, Resolved};
use crate::ledger::write::slips;
use crate::ledger::write::stated_date::{self, primary};
use crate::ledger::write::written_language::doubt;
use annals_core::event::args::Args;
use annals_core::event::body::{Captured, Content, Described, Fact};
use annals_core::event::vocabulary::Basis;
use annals_core::loose::{Hyphens, Loose};
use annals_core::search::folded;
use memchr::memmem;
use std::cell::LazyCell;
use unicode_segmentation::UnicodeSegmentation;

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

/// The hints for the signer of an event. Of many facts of one input the languages of the first ones
/// are enough (`languages`).
pub fn notes(
    resolved: &Resolved,
    lookup: &mut dyn RecordLookup,
    languages: LanguageCheck,
) -> Vec<String> {
    match &resolved.content {
        Content::FactAsserted(content) => of_fact(&content.fact, lookup, languages),
        Content::FactCorrected(content) => of_fact(&content.fact, lookup, languages),
        Content::DocumentCaptured(Captured { media_type, published, lang, .. })
        | Content::DocumentDescribed(Described { media_type, published, lang, .. }) => {
            let written = published.as_ref().and_then(|published| published.as_written.as_deref());
            let denied = published.as_ref().and_then(|published| {
                stated_date::denied(
                    published.edtf.as_deref()?,
                    published.as_written.as_deref()?,
                    lang,
                )
            });
            let written = written.filter(|_| &**media_type != "text/plain");
            let note = |words| {
                format!(
                    "published: the words “{words}” were not looked for in the document, which is \
                     {}",
                    &**media_type
                )
            };
            let undated = published.as_ref().filter(|published| published.edtf.is_none());
            let undated = undated.and_then(|published| {
                stated_date::undated(published.as_written.as_deref()?, "--published")
            });
            let denied = denied.or(undated).map(|why| format!("published: {why}"));
            let is_text = &**media_type == "text/plain";
            let strange = is_text.then(|| strange_document(resolved, lang, lookup)).flatten();
            written.map(note).into_iter().chain(denied).chain(strange).collect()
        }
        Content::FactConfirmed(_) => match &resolved.args {
            Args::FactConfirmed(args) => of_confirmed(args.on, lookup).into_iter().collect(),
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}

/// What the first signer of a fact was shown is shown to who confirms it.
fn of_confirmed(revision: u64, lookup: &mut dyn RecordLookup) -> Option<String> {
    let position = lookup.fact_of_revision(revision)?;
    let fact = lookup.fact(position)?;
    let compared = compared(&fact, lookup);
    claim(&fact, compared).map(|note| format!("fact {position}: {note}"))
}

/// What can be compared of a fact's claim and what it quotes.
fn compared(fact: &Fact, lookup: &mut dyn RecordLookup) -> Compare {
    let mut languages = fact.evidence.iter().filter(|entry| entry.quote.is_some());
    let language = languages.find_map(|entry| lookup.document(entry.document).ok()?.1);
    language.map_or(Compare::Figures, |lang| Compare::of(&fact.lang, &lang))
}

fn of_fact(fact: &Fact, lookup: &mut dyn RecordLookup, check: LanguageCheck) -> Vec<String> {
    let mut languages = fact.evidence.iter().filter(|entry| entry.quote.is_some());
    let language = languages.find_map(|entry| lookup.document(entry.document).ok()?.1);
    let compared = language.as_ref().map_or(Compare::Figures, |lang| Compare::of(&fact.lang, lang));
    let denied = fact.when.as_ref().filter(|when| when.basis == Basis::Stated).and_then(|when| {
        let lang = language.as_deref().unwrap_or_default();
        stated_date::denied(when.edtf.as_deref()?, when.as_written.as_deref()?, lang)
    });
    let denied = denied.map(|why| {
        format!("when: {why}; --basis derived or inferred says where another date comes from")
    });
    let undated = fact.when.as_ref().filter(|when| when.edtf.is_none());
    let undated =
        undated.and_then(|when| stated_date::undated(when.as_written.as_deref()?, "--when"));
    let denied = denied.or(undated.map(|why| format!("when: {why}")));
    let strange = match check {
        LanguageCheck::On => strange_languages(fact, lookup),
        LanguageCheck::Off => Vec::new(),
    };
    let notes = claim(fact, compared).into_iter().chain(denied);
    notes.chain(strange).chain(slips::notes(fact)).collect()
}

/// The claim, if it is hardly in the language that is signed for it, and each translation that is
/// not, or that is one into the language of its document.
fn strange_languages(fact: &Fact, lookup: &mut dyn RecordLookup) -> Vec<String> {
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
        let of = lookup.document(entry.document).ok().and_then(|(_, lang)| lang);
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
fn strange_document(
    resolved: &Resolved,
    lang: &str,
    lookup: &mut dyn RecordLookup,
) -> Option<String> {
    let found = match (&resolved.document, &resolved.args) {
        (Some((_, bytes)), _) => {
            let first = bytes.get(..LOOKED_AT).unwrap_or(bytes);
            doubt(&String::from_utf8_lossy(first), lang)
        }
        (None, Args::DocumentDescribed(args)) => {
            let (text, _) = lookup.document(args.document).ok()?;
            doubt(text.as_str(), lang)
        }
        _ => None,
    };
    let why = found?.why;
    Some(format!(
        "the text {why}, and its language is {lang}: --lang (in a draft lang) says another"
    ))
}

fn claim(fact: &Fact, compared: Compare) -> Option<String> {
    let missing = unquoted(fact, compared);
    let list: Vec<String> = missing.iter().map(|words| format!("“{words}”")).collect();
    let note = |list: &[String]| {
        format!("in the claim “{}” and in no quoted word: {}", &*fact.claim, list.join(", "))
    };
    (!list.is_empty()).then(|| note(&list))
}

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

/// The figures of a claim, and its names if they are compared, that no quoted text contains.
fn unquoted(fact: &Fact, compare: Compare) -> Vec<String> {
    let mut quoted: Vec<&str> = Vec::new();
    for entry in &fact.evidence {
        quoted.extend(entry.quote.as_ref().map(|quote| &*quote.exact));
        quoted.extend(entry.translation.as_ref().map(|translation| &*translation.text));
    }
    quoted.extend(fact.when.as_ref().and_then(|when| when.as_written.as_deref()));
    let agents = fact.attribution.iter().flatten().map(|hop| &*hop.agent).collect();
    Wording { claim: &fact.claim, lang: &fact.lang, quoted, agents }.unquoted(compare)
}

/// A claim, and the words that are quoted for it.
pub struct Wording<'a> {
    /// The claim.
    pub claim: &'a str,
    /// Its language.
    pub lang: &'a str,
    /// What is quoted.
    pub quoted: Vec<&'a str>,
    /// Whose words they are.
    pub agents: Vec<&'a str>,
}

impl Wording<'_> {
    /// The figures of the claim, and its names if they are compared, that no quoted word has.
    pub fn unquoted(mut self, compare: Compare) -> Vec<String> {
        let is_english = compare == Compare::FiguresAndNames && primary(self.lang) == "en";
        let worded = |text: &str| if is_english { worded_figures(text) } else { Vec::new() };
        let (claimed, claimed_words) = (figures(self.claim), worded(self.claim));
        let quoted: Vec<Figure> = match claimed.is_empty() && claimed_words.is_empty() {
            true => Vec::new(),
            false => {
                let both = |words: &&str| [figures(words), worded(words)].concat();
                self.quoted.iter().flat_map(both).collect()
            }
        };
        let mut missing: Vec<String> = Vec::new();
        let mut note = |figure: &Figure| {
            if !missing.contains(&figure.words) {
                missing.push(figure.words.clone());
            }
        };
        for figure in &claimed {
            let stands = |other: &Figure| match compare {
                Compare::Figures => figure.may_be(other),
                Compare::FiguresAndNames => figure.is(other),
            };
            if !quoted.iter().any(stands) {
                note(figure);
            }
        }
        // A number in words is one of the quoted ones, if there is one that the claim leaves out.
        let is_left_out = |other: &Figure| {
            !claimed.iter().chain(&claimed_words).any(|figure| figure.value == other.value)
        };
        if quoted.iter().any(is_left_out) {
            let stands = |figure: &Figure| quoted.iter().any(|other| figure.value == other.value);
            claimed_words.iter().filter(|figure| !stands(figure)).for_each(&mut note);
        }
        missing.extend(self.missing_magnitudes(&quoted));
        if compare == Compare::FiguresAndNames {
            missing.extend(self.misquoted());
            self.quoted.append(&mut self.agents);
            missing.extend(self.missing_names());
        }
        missing
    }

    /// The magnitudes of the claim without digits (`a million`) that no quoted word has.
    fn missing_magnitudes(&self, figures: &[Figure]) -> Vec<String> {
        let mut claimed = worded_magnitudes(self.claim);
        claimed.retain(|magnitude| !magnitude.is_of_digits);
        if claimed.is_empty() {
            return Vec::new();
        }
        let quoted: Vec<WordedMagnitude> =
            self.quoted.iter().flat_map(|words| worded_magnitudes(words)).collect();
        let stands = |magnitude: &WordedMagnitude| {
            let is_as_large = |figure: &Figure| {
                let whole = figure.value.split('.').next().unwrap_or_default();
                whole.len() > magnitude.zeros && whole.len() <= magnitude.zeros + 3
            };
            quoted.iter().any(|other| other.zeros == magnitude.zeros)
                || figures.iter().any(is_as_large)
        };
        // Where nothing is counted in what is quoted, the word may be one of another language.
        let is_counted = !quoted.is_empty() || !figures.is_empty();
        claimed.retain(|magnitude| is_counted && !stands(magnitude));
        claimed.into_iter().map(|magnitude| magnitude.word).collect()
    }

    /// The words in quotation marks in the claim that are no quoted words.
    fn misquoted(&self) -> Vec<String> {
        let inside = in_marks(self.claim);
        if inside.is_empty() {
            return Vec::new();
        }
        let fold = |words: &str| {
            let words = folded(Loose::new(words.trim(), Hyphens::Ignored).as_str());
            words.trim_matches(|c: char| !c.is_alphanumeric()).to_owned()
        };
        let quoted: Vec<String> = self.quoted.iter().map(|words| fold(words)).collect();
        let stands = |words: &str| {
            let parts = words.split(['…', '[', ']']).flat_map(|part| part.split("..."));
            let mut parts = parts.map(fold).filter(|part| !part.is_empty());
            parts.all(|part| quoted.iter().any(|quoted| quoted.contains(&part)))
        };
        inside.into_iter().filter(|words| !stands(words)).map(str::to_owned).collect()
    }
}

/// The words between the quotation marks of a text, without the marks.
fn in_marks(text: &str) -> Vec<&str> {
    let closing = |mark: char| match mark {
        '“' => Some(&['”', '"'][..]),
        '„' => Some(&['“', '”', '"'][..]),
        '«' => Some(&['»'][..]),
        '»' => Some(&['«'][..]),
        '"' => Some(&['"'][..]),
        '「' => Some(&['」'][..]),
        '『' => Some(&['』'][..]),
        _ => None,
    };
    let (mut found, mut rest) = (Vec::new(), text);
    while let Some((at, mark)) = rest.char_indices().find(|(_, mark)| closing(*mark).is_some()) {
        let inside = rest.get(at + mark.len_utf8()..).unwrap_or_default();
        let end = closing(mark).and_then(|marks| inside.find(marks));
        let Some((words, after)) = end.and_then(|end| inside.split_at_checked(end)) else { break };
        found.push(words);
        let mut letters = after.chars();
        letters.next();
        rest = letters.as_str();
    }
    found
}

impl Wording<'_> {
    /// Runs of capitalised words of a claim of which no quoted word is.
    fn missing_names(&self) -> Vec<String> {
        // German and its neighbours write every noun with a capital.
        if matches!(primary(self.lang).as_str(), "de" | "lb" | "gsw") {
            return Vec::new();
        }
        let quoted: LazyCell<Vec<&str>, _> =
            LazyCell::new(|| self.quoted.iter().flat_map(|words| words.unicode_words()).collect());
        let stands = |word: &str| {
            // Most names stand as they are in what is quoted, and then no word needs to be folded.
            if self.quoted.iter().any(|quoted| begins_a_word(quoted, word)) {
                return true;
            }
            let word = as_typed(word);
            // What is counted are letters: й may be two characters.
            let letters: Vec<&str> = word.graphemes(true).collect();
            let stem: String = letters.iter().take(kept(&letters)).copied().collect();
            let begins =
                |known: &&str| may_begin(known, &stem) && as_typed(known).starts_with(&stem);
            quoted.iter().any(begins)
        };
        let mut names: Vec<String> = Vec::new();
        let mut open = false;
        let mut last_end = 0;
        for (at, word) in self.claim.unicode_word_indices() {
            let between = self.claim.get(last_end..at).unwrap_or_default();
            last_end = at + word.len();
            // The first word of a sentence has a capital whatever it is.
            let begins = at == between.len()
                || between.contains(['.', '!', '?', ':', '…', '“', '”', '"', '«', '„']);
            let mut letters = word.chars().filter(|c| c.is_alphabetic());
            let capital = letters.next().is_some_and(char::is_uppercase);
            let acronym = capital && letters.next().is_some_and(char::is_uppercase);
            let name = capital && (!begins || acronym);
            let missing = name && word.chars().count() > 1 && !stands(word);
            match (missing, open, names.last_mut()) {
                (true, true, Some(last)) => *last = format!("{last} {word}"),
                (true, ..) => names.push(word.to_owned()),
                _ => {}
            }
            open = missing;
        }
        names.dedup();
        names
    }
}

/// How many letters of a name stand in each of its cases: a word of five letters and more may have
/// another ending, and so may one of four of a Slavic language (Київ, Києві; Рада, Радою).
fn kept(letters: &[&str]) -> usize {
    let is_slavic = letters.iter().any(|letter| {
        letter.starts_with(|c| matches!(c, '\u{400}'..='\u{52F}' | 'ł' | 'ż' | 'ź' | 'ś' | 'ć'))
    });
    match letters.len() {
        5.. => letters.len() - 2,
        4 if is_slavic => 2,
        few => few,
    }
}

/// Whether a word may begin with a folded stem, by their first letters. A fast check: `false` is
/// certain, `true` is not.
fn may_begin(word: &str, stem: &str) -> bool {
    match (word.as_bytes().first(), stem.as_bytes().first()) {
        (Some(one), Some(other)) if one.is_ascii() && other.is_ascii() => {
            one.eq_ignore_ascii_case(other)
        }
        _ => true,
    }
}

/// A word without case, with the apostrophe and the letters that keyboards have.
fn as_typed(word: &str) -> String {
    let word = folded(word).replace(['’', 'ʼ', '‘', '`'], "'");
    word.replace("е\u{308}", "е").replace('ё', "е")
}

/// Whether these letters are the beginning of a word of a text, as they are. A fast check: `true`
/// is certain, `false` is not.
fn begins_a_word(text: &str, letters: &str) -> bool {
    // After a blank a word begins, and an ASCII character does not change the letter before it.
    let text = text.as_bytes();
    let stands = |at: usize| {
        let before = at.checked_sub(1).and_then(|before| text.get(before));
        let after = text.get(at + letters.len());
        before.is_none_or(|byte| *byte == b' ') && after.is_none_or(u8::is_ascii)
    };
    letters.bytes().all(|byte| byte.is_ascii_alphabetic())
        && memmem::find_iter(text, letters).any(stands)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn missing(quoted: &str, claim: &str, lang: &str) -> Vec<String> {
        let quote = json!({ "exact": quoted, "prefix": "", "suffix": "" });
        let span = json!({ "start": 0, "end": 1 });
        let fact = json!({
            "claim": claim,
            "lang": lang,
            "vouch": "said",
            "evidence": [{ "document": 3, "stance": "supports", "quote": quote, "span": span }],
            "attribution": [{ "agent": "Kommersant", "agent_type": "organization", "act": "says" }],
        });
        unquoted(&serde_json::from_value(fact).unwrap(), Compare::FiguresAndNames)
    }

    #[test]
    fn figures_are_compared_by_value() {
        let none: [&str; 0] = [];
        let quoted = "1\u{202F}000 of 61, or 9,8";
        assert_eq!(missing(quoted, "It has 1,000 of 61, or 9.8.", "en"), none);
        assert_eq!(missing("٣٥ شخصا", "It was 35.", "en"), none);
        assert_eq!(missing("9.8 million", "It cost 98 million.", "en"), ["98 million"]);
        assert_eq!(missing("61 of 88", "61 of 8 went.", "en"), ["8"]);
        assert_eq!(missing("on 26 January", "On 2022-01-26.", "en"), ["2022", "01"]);
        assert_eq!(missing("two answers", "The 2 answers.", "en"), none);
        assert_eq!(missing("a billion pounds", "It cost a million pounds.", "en"), ["million"]);
        assert_eq!(missing("half a billion", "It cost half a billion.", "en"), none);
        assert_eq!(missing("Hundreds of thousands", "Hundreds of millions fled.", "en"), {
            ["millions"]
        });
        assert_eq!(missing("Es kostet eine Milliarde", "Es kostet eine Million.", "de"), {
            ["Million"]
        });
        assert_eq!(missing("some 1,200,000 people", "More than a million came.", "en"), none);
        assert_eq!(missing("they came", "A million came.", "en"), none);
        assert_eq!(missing("deux réponses", "Les 2 réponses.", "fr"), ["2"]);
    }

    #[test]
    fn words_in_quotation_marks_are_quoted_words() {
        let none: [&str; 0] = [];
        let quoted = "“We are not going to wait for the next storm,” said Scullion";
        let claim = "Scullion said: “We are going to wait for the next storm.”";
        assert_eq!(missing(quoted, claim, "en"), ["We are going to wait for the next storm."]);
        for claim in [
            "Scullion said: “We are not going to wait for the next storm.”",
            "Scullion is “not going to wait”, as she says.",
            "Scullion said: \"We … wait for the next storm\".",
            "Scullion: «we [...] wait»",
        ] {
            assert_eq!(missing(quoted, claim, "en"), none, "{claim}");
        }
        assert_eq!(in_marks("«a» and „b“ and “c” and \"d\" and “e"), ["a", "b", "c", "d"]);
    }

    #[test]
    fn the_first_word_of_a_sentence_is_no_name() {
        let none: [&str; 0] = [];
        let quoted = "the European Union and Joe Biden met in Paris";
        for claim in [
            "The European Union met.",
            "In Paris, Joe Biden met. They left.",
            "Both Joe Biden and the European Union: Their talks.",
        ] {
            assert_eq!(missing(quoted, claim, "en"), none, "{claim}");
        }
        assert_eq!(missing("Київ і Єврокомісія", "Про Київ домовилися. Вони поїхали.", "uk"), none);
        assert_eq!(missing(quoted, "Joe Lavrov met.", "en"), ["Lavrov"]);
    }

    #[test]
    fn an_amount_of_another_size_is_in_no_quoted_word() {
        let none: [&str; 0] = [];
        let quoted = "The loss was 3 million euros";
        assert_eq!(missing(quoted, "The loss was 3 billion euros.", "en"), ["3 billion"]);
        assert_eq!(missing(quoted, "The loss was 3 euros.", "en"), ["3"]);
        assert_eq!(missing(quoted, "The loss was 3,000,000 euros.", "en"), none);
        assert_eq!(missing("12 per cent of sales", "It was 12 million.", "en"), ["12 million"]);
        assert_eq!(missing("12 per cent of sales", "It was 12% of sales.", "en"), none);
        assert_eq!(missing("fell to −3 million", "Profit fell to 3 million.", "en"), ["3 million"]);
        assert_eq!(missing("Some 40 came", "Some ninety came.", "en"), ["ninety"]);
        assert_eq!(missing("Some 40 came", "Some forty came.", "en"), none);
        assert_eq!(missing("some came", "Two came.", "en"), none);
    }

    #[test]
    fn what_begins_a_word_as_it_is_is_the_beginning_of_a_folded_word() {
        let text = "Cafe\u{301} in Kyiv, Lviv’s Cafe and McDonald MOSKVA-Kyiv москва Sullivan2";
        let begins = |letters| begins_a_word(text, letters);
        let known = ["Kyiv", "Kyi", "Cafe", "McD", "MOSKVA", "Sullivan"];
        assert_eq!(known.map(begins), [true; 6]);
        let others = ["Donald", "yiv", "Kyiv,", "kyiv", "москва", "MOSKVA-", "Lviv"];
        assert_eq!(others.map(begins), [false; 7]);
        assert!(!begins_a_word("Cafe\u{301} in Kyiv", "Cafe"));
        let words: Vec<String> = text.unicode_words().map(folded).collect();
        for start in 0..text.len() {
            let rest = text.get(start..).unwrap_or_default();
            let letters: String = rest.chars().take(4).collect();
            let is_one = words.iter().any(|word| word.starts_with(&folded(&letters)));
            assert!(!begins_a_word(text, &letters) || is_one, "{letters}");
        }
    }

    #[test]
    fn names_are_compared_by_their_beginning() {
        let none: [&str; 0] = [];
        let claim = "Two diplomats met in Moscow, Kommersant says.";
        assert_eq!(missing("they met in Moscow", claim, "en"), none);
        assert_eq!(missing("they met", claim, "en"), ["Moscow"]);
        assert_eq!(missing("he met her", "They say John Sullivan met NATO.", "en"), {
            ["John Sullivan", "NATO"]
        });
        assert_eq!(missing("Путіна не було", "Там був Лавров.", "uk"), ["Лавров"]);
        assert_eq!(missing("Москви не було", "Там була Москва.", "uk"), none);
        for (quoted, claim, lang) in [
            ("відбулася у Києві", "Туди поїхав Київ.", "uk"),
            ("президента Зеленського немає", "Там був Зеленський.", "uk"),
            ("с Дмитрием Толстым", "Там был Дмитрий Толстой.", "ru"),
            ("Верховною Радою", "Це ухвалила Верховна Рада.", "uk"),
        ] {
            assert_eq!(missing(quoted, claim, lang), none, "{claim}");
        }
        assert_eq!(missing("met O’Neill there", "He met O'Neill.", "en"), none);
        assert_eq!(missing("він і В’ячеслав", "Там був В'ячеслав.", "uk"), none);
        assert_eq!(missing("там был Ёлкин", "Он видел Елкина.", "ru"), none);
        assert_eq!(missing("北京的会谈", "会谈在北京。", "zh"), none);
        assert_eq!(missing("sie traf ihn", "Sie traf den Minister.", "de"), none);
    }
}
