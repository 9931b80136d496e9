//! The language of a text against the one that is signed for it: letters that the language is not
//! written in, and small words of another language.
//!
//! Always holds: it is a hint for the signer and refuses nothing; what cannot be judged, such as a
//! name alone or a rare language, has no doubt. Not here: the form of a tag (`capture::language`).
//! Source: the Unicode property Script; small words of ISO languages (`small_words`); runs of
//! letters by `whatlang`, which must agree where it knows both languages.

use crate::wording::named_days::primary;
use crate::wording::small_words;
use isolang::Language;
use std::collections::{BTreeSet, HashMap};
use unicode_script::{Script, UnicodeScript};
use unicode_segmentation::UnicodeSegmentation;
use whatlang::{Detector, Lang};

/// The scripts of the languages that are not written in Latin letters alone.
const SCRIPTS: &[(&str, &[Script])] = &[
    ("ab av ba be bg ce cu cv kv ky mk mn os ru tg tt uk", &[Script::Cyrillic]),
    ("az kk tk uz", &[Script::Latin, Script::Cyrillic, Script::Arabic]),
    ("bs ro sr", &[Script::Latin, Script::Cyrillic]),
    ("ar fa ps ug ur", &[Script::Arabic]),
    ("ha ku ms tr", &[Script::Latin, Script::Arabic]),
    ("ks sd", &[Script::Arabic, Script::Devanagari]),
    ("pa", &[Script::Gurmukhi, Script::Arabic]),
    ("he yi", &[Script::Hebrew]),
    ("el", &[Script::Greek]),
    ("hy", &[Script::Armenian]),
    ("ka", &[Script::Georgian]),
    ("hi mr ne", &[Script::Devanagari]),
    ("as bn", &[Script::Bengali]),
    ("gu", &[Script::Gujarati]),
    ("or", &[Script::Oriya]),
    ("ta", &[Script::Tamil]),
    ("te", &[Script::Telugu]),
    ("kn", &[Script::Kannada]),
    ("ml", &[Script::Malayalam]),
    ("si", &[Script::Sinhala]),
    ("th", &[Script::Thai]),
    ("lo", &[Script::Lao]),
    ("bo dz", &[Script::Tibetan]),
    ("my", &[Script::Myanmar]),
    ("am ti", &[Script::Ethiopic]),
    ("km", &[Script::Khmer]),
    ("ko", &[Script::Hangul, Script::Han]),
    ("zh", &[Script::Han, Script::Bopomofo]),
    ("ja", &[Script::Han, Script::Hiragana, Script::Katakana]),
    ("dv", &[Script::Thaana]),
    ("cr iu", &[Script::Canadian_Aboriginal, Script::Latin]),
    ("ii", &[Script::Yi]),
    // No script is strange to these.
    ("bh pi sa za", &[]),
];

/// How much of a text is looked at.
const MOST: usize = 4_000;

/// Why a text is hardly in the language that is signed for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LanguageDoubt {
    /// What it has instead: `is in Latin letters`, `has words of en`.
    pub why: String,
    /// The language that its words have.
    pub guess: Option<&'static str>,
    /// What speaks against the language.
    pub ground: Ground,
}

/// What speaks against a language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ground {
    /// It is not written in these letters: this is nearly certain.
    Letters,
    /// The text has small words of another language.
    Words,
}

/// Why a text is hardly in a language; `None`: nothing speaks against it.
///
/// ```
/// use annals::wording::written_language::doubt;
/// let found = doubt("The minister said so.", "ar").map(|doubt| (doubt.why, doubt.guess));
/// assert_eq!(found, Some(("is in Latin letters".to_owned(), Some("en"))));
/// assert_eq!(doubt("The minister said so.", "en"), None);
/// ```
pub fn doubt(text: &str, lang: &str) -> Option<LanguageDoubt> {
    let text: String = text.chars().take(MOST).collect();
    let words: Vec<&str> = text.unicode_words().collect();
    let own = stop_words_of(lang);
    let counts = script_counts(&text);
    let (script, _) = counts.iter().max_by_key(|(_, count)| *count)?;
    let other = other_language(&words, own, *script);
    let guess = other.map(|(language, _)| language);
    if is_strange(&counts, lang) {
        let why = format!("is in {} letters", name(*script));
        return Some(LanguageDoubt { why, guess, ground: Ground::Letters });
    }
    let own = own?;
    let in_own = weights(words.iter().copied(), &[own]).remove(own).unwrap_or_default();
    let (other, most) = other?;
    let is_other = in_own.weight * 2.0 <= most.weight
        // Of a few words one is soon one of another language too.
        && most.count >= in_own.count * 2
        && most.count > in_own.count + 1
        && !(own == "ja" && is_headline(&counts, most.count))
        && letters_are_of(&text, other, own).unwrap_or(most.count >= 3);
    is_other.then(|| LanguageDoubt {
        why: format!("has words of {other}"),
        guess,
        ground: Ground::Words,
    })
}

/// Whether the letters of a text are rather those of one language than of another; `None` where
/// they are not compared.
fn letters_are_of(text: &str, language: &str, than: &str) -> Option<bool> {
    // Where the library has one language of several that a tag may mean.
    let lang = |code: &str| match code {
        "no" => Some(Lang::Nob),
        "zh" => Some(Lang::Cmn),
        "fa" => Some(Lang::Pes),
        code => Lang::from_code(Language::from_639_1(code)?.to_639_3()),
    };
    let (language, than) = (lang(language)?, lang(than)?);
    let found = Detector::with_allowlist(vec![language, than]).detect_lang(text);
    Some(found == Some(language))
}

/// Whether a text may be a headline of Japanese: a few Chinese letters without others, of which
/// fewer than half are small words of Chinese.
fn is_headline(counts: &[(Script, usize)], small_words: usize) -> bool {
    const LONGEST: usize = 16;
    matches!(counts, [(Script::Han, letters)] if *letters < LONGEST && small_words * 2 < *letters)
}

/// How many letters of each script a text has.
fn script_counts(text: &str) -> Vec<(Script, usize)> {
    let mut counts: Vec<(Script, usize)> = Vec::new();
    for c in text.chars().filter(|c| c.is_alphabetic()) {
        let script = c.script();
        if matches!(script, Script::Common | Script::Inherited | Script::Unknown) {
            continue;
        }
        match counts.iter_mut().find(|(known, _)| *known == script) {
            Some((_, count)) => *count += 1,
            None => counts.push((script, 1)),
        }
    }
    counts
}

/// Whether hardly one letter of a text is of a script of the language.
fn is_strange(counts: &[(Script, usize)], lang: &str) -> bool {
    let Some(own) = scripts_of(lang) else { return false };
    let all: usize = counts.iter().map(|(_, count)| count).sum();
    let in_own = counts.iter().filter(|(script, _)| own.contains(script));
    let in_own: usize = in_own.map(|(_, count)| count).sum();
    in_own * 4 < all
}

/// The scripts in which a language is written; `None` where that is not known.
fn scripts_of(lang: &str) -> Option<Vec<Script>> {
    let language = primary(lang);
    let named = lang.split('-').skip(1).find(|part| part.len() == 4);
    if let Some(script) = named.and_then(Script::from_short_name) {
        return Some(vec![script]);
    }
    if language.len() != 2 {
        return None;
    }
    let known = SCRIPTS.iter().find(|(languages, _)| languages.split(' ').any(|it| it == language));
    match known {
        None => Some(vec![Script::Latin]),
        Some((_, [])) => None,
        Some((_, scripts)) => Some(scripts.to_vec()),
    }
}

fn name(script: Script) -> &'static str {
    match script {
        Script::Han => "Chinese",
        script => script.full_name(),
    }
}

/// The language whose list of small words is that of a tag.
fn stop_words_of(lang: &str) -> Option<&'static str> {
    let language = match primary(lang).as_str() {
        "nb" | "nn" => "no".to_owned(),
        other => other.to_owned(),
    };
    small_words::languages().find(|known| *known == language)
}

/// Languages whose small words are so much alike that a sentence of one looks like the other.
const ALIKE: [(&str, &str); 6] =
    [("bg", "ru"), ("bg", "uk"), ("hi", "mr"), ("id", "ms"), ("da", "no"), ("es", "gl")];

/// The small words of a language that a text has.
#[derive(Clone, Copy, Default)]
struct SmallWords {
    count: usize,
    /// A word of many languages counts less.
    weight: f64,
}

/// The languages that have the words of a text, of which `some` are asked for, or all. A figure is
/// a word of none.
fn weights<'a>(
    words: impl Iterator<Item = &'a str>,
    some: &[&str],
) -> HashMap<&'static str, SmallWords> {
    let words = words.filter(|word| word.contains(char::is_alphabetic));
    let words: BTreeSet<String> = words.map(|word| word.to_lowercase().replace('’', "'")).collect();
    let mut weights: HashMap<&str, SmallWords> = HashMap::new();
    for languages in words.iter().filter_map(|word| small_words::languages_of(word)) {
        for language in languages.iter().filter(|it| some.is_empty() || some.contains(it)) {
            let found = weights.entry(language).or_default();
            found.count += 1;
            found.weight += 1.0 / languages.count() as f64;
        }
    }
    weights
}

/// Another language of this script that has the words of a text, and their weight: at least two
/// words, since one may be a name.
fn other_language(
    words: &[&str],
    own: Option<&str>,
    script: Script,
) -> Option<(&'static str, SmallWords)> {
    let is_alike = |language: &str| {
        ALIKE.iter().any(|(a, b)| {
            own.is_some_and(|own| (*a, *b) == (own, language) || (*b, *a) == (own, language))
        })
    };
    let is_written = |language| scripts_of(language).is_none_or(|it| it.contains(&script));
    let others = weights(apart_from_names(words), &[]).into_iter().filter(|(language, found)| {
        let is_enough = found.count >= 2 && found.weight >= 0.5;
        is_enough && Some(*language) != own && !is_alike(language) && is_written(language)
    });
    others.max_by(|(a, one), (b, other)| one.weight.total_cmp(&other.weight).then_with(|| b.cmp(a)))
}

/// The words without those inside of a name: `von der` between `Ursula` and `Leyen`.
fn apart_from_names<'a>(words: &'a [&'a str]) -> impl Iterator<Item = &'a str> {
    let is_capital = |word: &&str| word.starts_with(char::is_uppercase);
    let is_particle = move |word: &&str| word.chars().count() <= 3 && !is_capital(word);
    let is_inside = move |at: usize| {
        let (before, after) = words.split_at_checked(at).unwrap_or_default();
        let before = before.iter().rev().find(|word| !is_particle(word));
        let after = after.iter().find(|word| !is_particle(word));
        before.is_some_and(is_capital) && after.is_some_and(is_capital)
    };
    let all = words.iter().enumerate();
    all.filter(move |(at, word)| !(is_particle(word) && is_inside(*at))).map(|(_, word)| *word)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn doubts(text: &str, lang: &str) -> Option<String> {
        doubt(text, lang).map(|found| found.why)
    }

    #[test]
    fn letters_that_a_language_is_not_written_in_are_named() {
        for lang in ["uk", "ar", "zh-Hant", "ja", "ko", "he", "el", "th", "am", "sr-Cyrl"] {
            let why = Some("is in Latin letters".to_owned());
            assert_eq!(doubts("The envoy gave two answers.", lang), why, "{lang}");
        }
        let cyrillic = Some("is in Cyrillic letters".to_owned());
        assert_eq!(doubts("Посол дав дві відповіді.", "en"), cyrillic);
        assert_eq!(doubts("Посол дав дві відповіді (NATO).", "sr-Latn"), cyrillic);
        assert_eq!(doubts("部长这样说。", "ko-KR"), Some("has words of zh".to_owned()));
        assert_eq!(doubts("部长这样说。", "fr"), Some("is in Chinese letters".to_owned()));
        for (text, lang) in [
            ("Посол був у Москві (NATO, EU).", "uk"),
            ("Ministar je to rekao.", "sr"),
            ("Министар је тако рекао.", "sr"),
            ("首相がNATOに行った。", "ja"),
            ("Yangi vazir keldi.", "uz"),
            ("The minister said so.", "und"),
            ("Waziri alisema.", "gsw"),
            ("35 %", "ar"),
        ] {
            assert_eq!(doubts(text, lang), None, "{text}");
        }
    }

    #[test]
    fn small_words_of_another_language_are_named() {
        for (text, lang, other) in [
            ("The envoy gave two answers.", "fr", "en"),
            ("The president left the city on Monday.", "de-AT", "en"),
            ("Le ministre a dit que la réunion aura lieu.", "en", "fr"),
            ("Der Minister hat es nicht gesagt.", "en", "de"),
            ("El presidente no estaba en la reunión.", "en", "es"),
            ("Министр сказал, что это не так.", "uk", "ru"),
            ("Le ministre a dit que la réunion aura lieu.", "de", "fr"),
            ("The minister said that they would meet.", "de", "en"),
            ("Ministern sade att det inte var så.", "en", "sv"),
            ("Er ist nicht da.", "nl", "de"),
            ("Il n’a pas dit.", "it", "fr"),
            ("这是非法的。", "ja", "zh"),
            ("论文于十一月发表在自然杂志上。", "ja", "zh"),
        ] {
            let why = Some(format!("has words of {other}"));
            assert_eq!(doubts(text, lang), why, "{text}");
        }
        for (text, lang) in [
            ("Ursula von der Leyen announced the sanctions.", "en"),
            ("Sullivan met Grushko in Moscow.", "en"),
            ("Sullivan gave Grushko two responses.", "en"),
            ("Angela Merkel resigned.", "en"),
            ("Le président a démissionné.", "fr"),
            ("Nawalny wurde in Tomsk vergiftet.", "de"),
            ("Ministeren sagde det til os.", "nb"),
            ("Переговори тривали дві години.", "uk"),
        ] {
            assert_eq!(doubts(text, lang), None, "{text}");
        }
    }

    #[test]
    fn an_ordinary_sentence_is_in_its_own_language() {
        for (text, lang) in [
            ("Shares rose 2.1 per cent on Thursday.", "en"),
            ("Sales rose 3 per cent on Monday.", "en"),
            ("Slovakia beat Slovenia 2-1.", "en"),
            ("The minister said on Monday that the plan would die.", "en"),
            ("Суд не задовольнив позов на 5 млн грн.", "uk"),
            ("На пожежі ніхто не постраждав.", "uk"),
            ("Ціна на газ не зросла.", "uk"),
            ("Мер не прийшов на засідання.", "uk"),
            ("Компанія не сплатила податок на прибуток.", "uk"),
            ("Шахтар переміг Динамо 2:1.", "uk"),
            ("Union siegte 2:1.", "de"),
            ("Die Stadt will in der Innenstadt so was nicht.", "de"),
            ("Paris lance un plan de 3 millions.", "fr"),
            ("Le plan prévoit 3 000 places de stationnement.", "fr"),
            ("La police intervient place Hoche.", "fr"),
            ("El tribunal no admite el recurso de Vox.", "es"),
            ("Суд не признал это.", "ru"),
            ("Il governo non cade per un voto.", "it"),
            ("O governo não caiu por um voto.", "pt"),
            ("De minister is op die dag niet in Den Haag.", "nl"),
            ("Rząd nie ma na to pieniędzy.", "pl"),
            ("Regeringen har inte sagt det.", "sv"),
            ("Vláda to na jednání neřekla.", "cs"),
            ("Guvernul nu a dat un raport la timp.", "ro"),
            ("El ministre no va dir res de la llei.", "ca"),
            ("De pot weegt 190 kilo.", "nl"),
            ("En man dog.", "sv"),
            ("東京都知事辞任", "ja"),
            ("東京地裁不起訴処分", "ja"),
            ("日本銀行追加利上決定", "ja"),
        ] {
            assert_eq!(doubts(text, lang), None, "{text}");
        }
    }
}
