//! Names: which words of a claim with a capital are in no quoted word.
//!
//! Always holds: in a language with cases a name is compared by its beginning, so that endings do
//! not matter; in one without, it is compared whole, but for the words made of it (`Israel`,
//! `Israeli`). The first word of a sentence is compared only with names that are nearly it, or in
//! whose place it stands. Not here: figures (`figures`), the endings of cases (`name_cases`), and
//! the words of a claim in quotation marks (`unquoted`).

use crate::wording::amounts::currency_of_code;
use crate::wording::figures::{Figure, figures};
use crate::wording::name_cases::{
    are_of_one, common, differ_inside, has_surnames, is_slavic, is_surname_of, one_vowel,
};
use crate::wording::named_days::primary;
use crate::wording::small_words::languages_of;
use annals_core::search::folded;
use memchr::memmem;
use std::cell::LazyCell;
use unicode_segmentation::UnicodeSegmentation;

/// Languages without cases of names, by their code.
pub const WITHOUT_CASES: &[&str] =
    &["en", "fr", "es", "it", "pt", "nl", "ca", "gl", "sv", "da", "nb", "nn", "no"];

/// Endings of words that are made of a name, and of names that they are made of.
const MADE_OF: &[&str] = &[
    "n", "an", "ian", "ean", "ish", "ese", "i", "ic", "ical", "al", "ial", "ary", "ist", "ism",
    "ity", "ie", "or", "ar", "y",
];
const BARE: &[&str] = &["", "a", "e", "y", "o", "ia", "ey", "en", "ay", "ë", "land"];

/// The same of languages that have no English.
const MADE_OF_ELSEWHERE: &[&str] = &[
    "e", "ien", "ienne", "ais", "aise", "ois", "oise", "ain", "aine", "ano", "ana", "ense", "é",
    "esa", "o", "er", "aner", "ischen", "sk", "ska", "se", "sche", "ische", "éen", "éenne",
];

/// Names of lands, and words made of them, that have no beginning in common but a short one; as
/// [`bare`] leaves them.
const MADE_APART: &[(&str, &str)] = &[
    ("britain", "british"),
    ("britain", "briton"),
    ("greece", "greek"),
    ("us", "usa"),
    ("serbia", "serb"),
    ("england", "english"),
    ("scotland", "scottish"),
    ("scotland", "scot"),
    ("wale", "welsh"),
    ("ireland", "irish"),
    ("france", "french"),
    ("spain", "spanish"),
    ("poland", "polish"),
    ("poland", "pole"),
    ("denmark", "danish"),
    ("denmark", "dane"),
    ("finland", "finnish"),
    ("finland", "finn"),
    ("norway", "norwegian"),
    ("netherland", "dutch"),
    ("switzerland", "swis"),
    ("thailand", "thai"),
    ("turkey", "turk"),
    ("portugal", "portuguese"),
    ("lebanon", "lebanese"),
    ("cypru", "cypriot"),
    ("philippine", "filipino"),
    ("allemagne", "allemand"),
    ("allemagne", "allemande"),
    ("espagne", "espagnol"),
    ("espagne", "espagnole"),
    ("angleterre", "anglai"),
    ("angleterre", "anglaise"),
    ("pologne", "polonai"),
    ("pologne", "polonaise"),
    ("grèce", "grec"),
    ("grèce", "grecque"),
    ("turquie", "turc"),
    ("turquie", "turque"),
    ("inde", "indien"),
    ("inde", "indienne"),
    ("afrique", "africain"),
    ("afrique", "africaine"),
    ("amérique", "américain"),
    ("amérique", "américaine"),
    ("inghilterra", "inglese"),
    ("inghilterra", "inglesi"),
    ("egitto", "egiziano"),
    ("egitto", "egiziana"),
    ("frankrijk", "franse"),
    ("rusland", "russische"),
    ("spanje", "spaanse"),
    ("engeland", "engelse"),
    ("zweden", "zweedse"),
    ("turkije", "turkse"),
    ("polen", "poolse"),
    ("italië", "italiaanse"),
];

/// Articles and other words that stand before a name with an apostrophe and are no part of it, in
/// lower case: `L’Ungheria`. With a capital inside of a sentence they are (`L’Aquila`).
const ELIDED: &[&str] =
    &["l", "un", "dell", "all", "dall", "nell", "sull", "quell", "qu", "jusqu", "lorsqu", "puisqu"];

/// The fewest letters that a name and a word made of it begin with.
const SHORTEST_ROOT: usize = 4;

/// Ends of words for an office and who has it, for a place and who lives there, and of forms with
/// an article: `Ministry`, `Minister`; `Presidency`, `President`; `Riksdagen`, `Riksdag`.
const OFFICES: &[(&str, &str)] = &[
    ("ry", "er"),
    ("y", "er"),
    ("", "er"),
    ("", "ery"),
    ("or", "ery"),
    ("cy", "t"),
    ("ce", "t"),
    ("ce", "te"),
    ("cia", "te"),
    ("za", "te"),
    ("y", "iat"),
    ("re", "ère"),
    ("o", "erio"),
    ("o", "ero"),
    ("l", "ux"),
    ("", "se"),
    ("", "en"),
    ("", "et"),
    ("", "na"),
];

/// The fewest letters that such words begin with.
const SHORTEST_OFFICE: usize = 6;

/// A claim whose words with a capital are compared with what is quoted.
pub struct CapitalWords<'a> {
    /// The claim.
    pub claim: &'a str,
    /// Its language.
    pub lang: &'a str,
    /// What is quoted.
    pub quoted: &'a [&'a str],
}

/// The first word of a sentence that may be a slip for a quoted name.
#[derive(Debug, PartialEq, Eq)]
pub struct FirstWord<'a> {
    /// The word.
    pub word: &'a str,
    /// How it is like the name.
    pub likeness: Likeness,
}

/// How the first word of a sentence is like a quoted name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Likeness {
    /// One or two letters differ.
    Near,
    /// It begins as the name does, or stands before the same word: it is a slip if it is a name.
    InPlace,
}

impl CapitalWords<'_> {
    /// Runs of capitalised words of a claim of which no quoted word is.
    pub fn missing(&self) -> Vec<String> {
        let language = primary(self.lang);
        // German and its neighbours write every noun with a capital.
        if matches!(language.as_str(), "de" | "lb" | "gsw") {
            return self.renamed();
        }
        let quoted: LazyCell<Vec<&str>, _> = LazyCell::new(|| self.quoted_words());
        let whole = WITHOUT_CASES.contains(&language.as_str());
        let has_surnames = has_surnames(&language);
        let stands = |word: &str, surname: bool| {
            // Most names stand as they are in what is quoted, and then no word needs to be folded.
            let is_whole = whole || surname;
            self.quoted.iter().any(|quoted| begins_a_word(quoted, word, is_whole))
                || surname && quoted.iter().any(|known| is_surname(word, known, &language))
                || !surname
                    && quoted.iter().any(|known| match whole && begins_with_capital(known) {
                        true => may_begin(known, word) && is_one(word, known, language == "en"),
                        // The adjective of a land may have small letters.
                        false => {
                            is_form(word, known, &language)
                                || whole && may_begin(known, word) && is_made_apart(word, known)
                        }
                    })
        };
        let mut names: Vec<String> = Vec::new();
        let mut open = false;
        let mut after_name: Option<&str> = None;
        for NameWord { word, part, begins, rest } in name_words(self.claim) {
            let mut letters = word.chars().filter(|c| c.is_alphabetic());
            let capital = letters.next().is_some_and(char::is_uppercase);
            let acronym = capital && letters.next().is_some_and(char::is_uppercase);
            let name = capital && (!begins || acronym);
            let is_next =
                |rest: &str| rest.strip_prefix(' ').is_some_and(|it| it.starts_with(word));
            let surname = has_surnames && name && after_name.is_some_and(is_next);
            // After a woman's name a surname may have the ending -ová or not.
            after_name = (name && !begins && !word.ends_with('a')).then_some(rest);
            let missing = name
                && word.chars().count() > 1
                && !stands(word, surname)
                && !part.is_some_and(|part| stands(part, false))
                && !self.is_of_amount(word, rest);
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

    /// Of a language in which every noun has a capital: the words of the claim that stand directly
    /// after a quoted word in the place of another one, and nowhere in what is quoted: `Hamm` of
    /// `Landgericht Hamm` where `Landgericht Köln` is quoted.
    fn renamed(&self) -> Vec<String> {
        let quoted = self.quoted_words();
        let stands = |word: &str| quoted.iter().any(|known| are_of_one_noun(word, known));
        let pairs: Vec<(&str, &str)> = self.quoted.iter().flat_map(|it| noun_pairs(it)).collect();
        let is_article = |word: &str| languages_of(&word.to_lowercase()).is_some();
        let mut missing: Vec<String> = Vec::new();
        for (before, word) in noun_pairs(self.claim) {
            let rest = self.claim.split_once(word).map_or("", |(_, rest)| rest);
            let is_renamed = !is_article(before)
                && pairs.iter().any(|(known, _)| *known == before)
                && !stands(word)
                && !self.is_of_amount(word, rest);
            if is_renamed && !missing.iter().any(|known| known == word) {
                missing.push(word.to_owned());
            }
        }
        missing
    }

    /// The first words of sentences that are nearly a quoted word with a capital, or stand in its
    /// place, and are none of them: `Johnson` of `Johnston`. They may be other words of the
    /// language.
    pub fn likely(&self) -> Vec<FirstWord<'_>> {
        let language = primary(self.lang);
        if !WITHOUT_CASES.contains(&language.as_str()) && !is_slavic(&language) {
            return Vec::new();
        }
        let sentences = self.claim.split(ENDS);
        let firsts = sentences.filter_map(|sentence| {
            let rest = sentence.trim_start();
            let end = rest.find(|c: char| !c.is_alphabetic()).unwrap_or(rest.len());
            let next = rest.get(end..)?.trim_start();
            let length = next.find(|c: char| !c.is_alphabetic()).unwrap_or(next.len());
            Some((rest.get(..end)?, next.get(..length)?))
        });
        let firsts =
            firsts.filter(|(word, _)| word.len() >= SHORTEST_NEAR && begins_with_capital(word));
        firsts.filter_map(|(word, next)| self.likeness(word, next, &language)).collect()
    }

    fn likeness<'w>(&self, word: &'w str, next: &str, language: &str) -> Option<FirstWord<'w>> {
        // What begins with the same three letters, or stands before the same word, is rare.
        let has = |letters: &[u8]| {
            self.quoted.iter().any(|quoted| memmem::find(quoted.as_bytes(), letters).is_some())
        };
        let begin: String = word.chars().take(3).collect();
        let is_begun = has(begin.as_bytes());
        let has_next = next.len() >= SHORTEST_NEXT && has(next.as_bytes());
        if !is_begun && !has_next
            || self.quoted.iter().any(|quoted| begins_a_word(quoted, word, true))
        {
            return None;
        }
        let known = self.quoted_words();
        let is_before = |pair: &&[&str]| begins_with_capital(pair[0]) && pair[1] == next;
        let pairs = known.windows(2).filter(|_| has_next).filter(is_before);
        let in_its_place: Vec<&str> = pairs.map(|pair| pair[0]).collect();
        let stands_before = !in_its_place.is_empty();
        if !is_begun && !stands_before {
            return None;
        }
        let whole = WITHOUT_CASES.contains(&language);
        let is_other = |known: &&str| match whole {
            true => !is_one(word, known, language == "en") && !is_same(word, known),
            false => !is_form(word, known, language),
        };
        if !known.iter().all(is_other) {
            return None;
        }
        let mut names = known.iter().filter(|known| begins_with_capital(known));
        let is_slip = |known: &&str| begins_with_capital(next) && is_near_in_place(word, known);
        if names.clone().any(|known| is_near(word, known)) || in_its_place.iter().any(is_slip) {
            return Some(FirstWord { word, likeness: Likeness::Near });
        }
        let begins_alike = |known: &&str| {
            let letters = word.chars().zip(known.chars()).take_while(|(a, b)| a == b).count();
            letters >= SHORTEST_ROOT && known.chars().count() >= SHORTEST_NEAR
        };
        let in_place = stands_before || names.any(begins_alike);
        in_place.then_some(FirstWord { word, likeness: Likeness::InPlace })
    }

    /// Whether a word is the magnitude of a figure (`Mrd`) or the code of a currency that quoted
    /// words have in another form, or stands before the sign of one that they have without a
    /// country: `EUR` of `€`, `US$` of `$`.
    fn is_of_amount(&self, word: &str, rest: &str) -> bool {
        if rest.starts_with('$') {
            let has_country = |quoted: &&str| {
                quoted.match_indices('$').all(|(at, _)| {
                    quoted.get(..at).is_some_and(|it| it.ends_with(char::is_alphabetic))
                })
            };
            return !self.quoted.iter().all(has_country);
        }
        // The ending of a case may follow: TL’yi.
        let word = word.split(APOSTROPHES).next().unwrap_or(word);
        let has_word = |words: &str| words.unicode_words().any(|part| part == word);
        let claimed = figures(self.claim);
        if claimed.iter().any(|figure| has_word(&figure.words)) {
            return true;
        }
        let amount = |figure: &&Figure| has_word(figure.named(std::slice::from_ref(*figure)));
        let kind = claimed.iter().find(amount).and_then(Figure::kind);
        let Some(currency) = kind.or_else(|| currency_of_code(word)) else { return false };
        let has_currency =
            |words: &&str| figures(words).iter().any(|figure| figure.kind() == Some(currency));
        self.quoted.iter().any(has_currency)
    }

    /// The quoted words; of an elided one (`l’Ukraine`) also what follows.
    fn quoted_words(&self) -> Vec<&str> {
        let words = self.quoted.iter().flat_map(|words| words.unicode_words());
        let parts = words.flat_map(|word| {
            let rest = word.split_once(APOSTROPHES).map(|(_, rest)| rest);
            std::iter::once(word).chain(rest.filter(|rest| rest.len() > 1))
        });
        parts.collect()
    }
}

/// The words with a capital that follow each other with nothing but a space between.
fn noun_pairs(text: &str) -> Vec<(&str, &str)> {
    let words: Vec<(usize, &str)> = text.unicode_word_indices().collect();
    let pairs = words.windows(2).filter_map(|pair| {
        let [(at, one), (next, other)] = *pair else { return None };
        let is_next = text.get(at + one.len()..next) == Some(" ");
        let are_nouns = begins_with_capital(one) && begins_with_capital(other);
        (is_next && are_nouns).then_some((one, other))
    });
    pairs.collect()
}

/// Whether two words may be forms of one noun: one begins as the other does, but for an ending.
fn are_of_one_noun(one: &str, other: &str) -> bool {
    const LONGEST_ENDING: usize = 3;
    let (one, other) = (as_typed(one), as_typed(other));
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    let common = one.iter().zip(&other).take_while(|(a, b)| a == b).count();
    let shorter = one.len().min(other.len());
    common == shorter && one.len().abs_diff(other.len()) <= LONGEST_ENDING && common >= 2
}

/// What stands before the first word of a sentence.
const ENDS: [char; 10] = ['.', '!', '?', ':', '…', '“', '”', '"', '«', '„'];

/// A word of a claim.
struct NameWord<'a> {
    word: &'a str,
    /// What follows a `D’` that may be a preposition or a part of the name.
    part: Option<&'a str>,
    /// Whether it begins a sentence, and so has a capital whatever it is.
    begins: bool,
    /// What stands after it.
    rest: &'a str,
}

fn name_words(claim: &str) -> impl Iterator<Item = NameWord<'_>> {
    let mut last_end = 0;
    claim.unicode_word_indices().map(move |(at, word)| {
        let between = claim.get(last_end..at).unwrap_or_default();
        last_end = at + word.len();
        let begins = at == between.len() || between.contains(ENDS);
        let rest = claim.get(last_end..).unwrap_or_default();
        match word.split_once(APOSTROPHES).filter(|(_, name)| begins_with_capital(name)) {
            Some((article, name)) if is_elided(article, begins) => {
                NameWord { word: name, part: None, begins: false, rest }
            }
            Some(("D", name)) if begins => NameWord { word, part: Some(name), begins, rest },
            _ => NameWord { word, part: None, begins, rest },
        }
    })
}

const APOSTROPHES: [char; 3] = ['\'', '’', 'ʼ'];

/// Whether the letters before an apostrophe are no part of the name after it: they are small, or
/// those of an article with the capital of a sentence.
fn is_elided(letters: &str, begins: bool) -> bool {
    letters.starts_with(char::is_lowercase)
        || begins && ELIDED.iter().any(|known| known.eq_ignore_ascii_case(letters))
}

pub fn begins_with_capital(word: &str) -> bool {
    word.chars().next().is_some_and(char::is_uppercase)
}

/// Whether a quoted word may be a form of a name, in a language with cases: it begins as the name
/// does, or both are a name with endings of cases.
fn is_form(name: &str, known: &str, language: &str) -> bool {
    let first = |word: &str| {
        one_vowel(&word.chars().take(1).flat_map(char::to_lowercase).collect::<String>())
    };
    if first(name) != first(known) {
        return false;
    }
    let (one, other) = (as_typed(name), as_typed(known));
    let letters: Vec<&str> = one.graphemes(true).collect();
    let stem: String = letters.iter().take(kept(&letters)).copied().collect();
    other.starts_with(&stem) && !differ_inside(&one, &other, language)
        || begins_with_capital(known) && are_of_one(&one, &other, language)
}

/// Whether two words with a capital are forms of one surname.
fn is_surname(name: &str, known: &str, language: &str) -> bool {
    begins_with_capital(known) && is_surname_of(&as_typed(name), &as_typed(known), language)
}

/// A word without the ending of a genitive or a plural.
fn bare(word: &str) -> String {
    let word = as_typed(word);
    let bare = word.strip_suffix("'s").unwrap_or(&word).trim_end_matches('\'');
    let is_long = bare.len() > 2;
    bare.strip_suffix('s').filter(|_| is_long).unwrap_or(bare).to_owned()
}

/// Whether two words are the same but for case and marks.
fn is_same(one: &str, other: &str) -> bool {
    bare(one) == bare(other)
}

/// Whether a name of a language without cases is a quoted word, or one of them is made of the
/// other.
pub fn is_one(name: &str, known: &str, is_english: bool) -> bool {
    let (one, other) = (bare(name), bare(known));
    if one == other {
        return true;
    }
    if are_apart(&one, &other) {
        return true;
    }
    let root = common(&one, &other);
    let (stem, of_one) = one.split_at_checked(root).unwrap_or_default();
    let of_other = other.get(root..).unwrap_or_default();
    let letters = stem.chars().count();
    let ends_with_vowel = stem.ends_with(['a', 'e', 'i', 'o', 'u', 'y']);
    let is_made = |word: &str, of: &str| {
        let ends = |word: &str| match word {
            // Russia, Russian; but Hoffman, Hoffmann.
            "n" => ends_with_vowel,
            // Israel, Israeli; German, Germany; but Ferraro, Ferrari; Conte, Conti.
            "i" | "y" => of.is_empty(),
            // Grecia, greco; Duitsland, Duitse; but Mario, Maria.
            "e" | "o" => !is_english && matches!(of, "" | "ia" | "land"),
            _ => MADE_OF.contains(&word) || !is_english && MADE_OF_ELSEWHERE.contains(&word),
        };
        BARE.contains(&of) && ends(word)
    };
    if letters >= SHORTEST_ROOT && (is_made(of_one, of_other) || is_made(of_other, of_one)) {
        return true;
    }
    let is_office = |(one, other): &(&str, &str)| {
        (of_one == *one && of_other == *other) || (of_one == *other && of_other == *one)
    };
    letters >= SHORTEST_OFFICE && OFFICES.iter().any(is_office)
}

/// Whether a quoted word in small letters is made of the name of a land, or the other way round.
fn is_made_apart(name: &str, known: &str) -> bool {
    are_apart(&bare(name), &bare(known))
}

fn are_apart(one: &str, other: &str) -> bool {
    let is_pair = |(land, word): &(&str, &str)| {
        (one == *land && other == *word) || (one == *word && other == *land)
    };
    MADE_APART.iter().any(is_pair)
}

/// The fewest letters of a name that is compared with nearly the same ones.
const SHORTEST_NEAR: usize = 5;
/// The fewest letters of the word after a name.
const SHORTEST_NEXT: usize = 3;

/// Whether two words differ in one or two letters after the first three.
pub fn is_near(one: &str, other: &str) -> bool {
    let [one, other] = [one, other].map(|word| bare(word).chars().collect::<Vec<_>>());
    let is_long = one.len() >= SHORTEST_NEAR && other.len() >= SHORTEST_NEAR;
    is_long && one.get(..3) == other.get(..3) && one.len().abs_diff(other.len()) <= 2 && {
        (1..=2).contains(&distance(&one, &other))
    }
}

/// Whether two words before one name may be one given name: `Inger`, `Ingrid`; `Thomas`, `Tomás`.
/// A title that is shortened has more letters less: `Sen.`, `Senator`.
fn is_near_in_place(one: &str, other: &str) -> bool {
    let [one, other] = [one, other].map(|word| bare(word).chars().collect::<Vec<_>>());
    let is_long = one.len() >= SHORTEST_ROOT && other.len() >= SHORTEST_ROOT;
    is_long && one.first() == other.first() && one.len().abs_diff(other.len()) <= 2 && {
        one.get(..3) == other.get(..3) || distance(&one, &other) <= 2
    }
}

/// The number of letters to add, remove or change that makes one word of the other.
fn distance(one: &[char], other: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (count, letter) in (1..).zip(one) {
        let mut corner = std::mem::replace(&mut row[0], count);
        for (at, against) in other.iter().enumerate() {
            let change = corner + usize::from(letter != against);
            corner = row[at + 1];
            row[at + 1] = change.min(corner + 1).min(row[at] + 1);
        }
    }
    row.last().copied().unwrap_or_default()
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

/// A word without case, with the apostrophe and the letters that keyboards have, without the points
/// of initials, and with one vowel for those that change in Slavic cases (Львів, Львові; Kraków,
/// Krakowie).
fn as_typed(word: &str) -> String {
    let word = folded(word).replace(['’', 'ʼ', '‘', '`'], "'").replace('.', "");
    match word.is_ascii() {
        true => word,
        false => one_vowel(&word),
    }
}

/// Whether these letters are the beginning of a word of a text, or a `whole` one, as they are. A
/// fast check: `true` is certain, `false` is not.
fn begins_a_word(text: &str, letters: &str, whole: bool) -> bool {
    // After a blank a word begins, and an ASCII character does not change the letter before it.
    let text = text.as_bytes();
    let stands = |at: usize| {
        let before = at.checked_sub(1).and_then(|before| text.get(before));
        let after = text.get(at + letters.len());
        let ends = |byte: &u8| byte.is_ascii() && !(whole && byte.is_ascii_alphanumeric());
        before.is_none_or(|byte| *byte == b' ') && after.is_none_or(ends)
    };
    letters.bytes().all(|byte| byte.is_ascii_alphabetic())
        && memmem::find_iter(text, letters).any(stands)
}

#[cfg(test)]
mod tests;
