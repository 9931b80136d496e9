//! The cases of names: whether two words are forms of one name, or a slip made two of them.
//!
//! Always holds: words are compared by what follows their common beginning, which must be endings
//! of cases; the letters before an ending may change as they do in Slavic languages (`Duda`,
//! `Dudzie`; `Прага`, `Празі`). Not here: languages without cases (`names`).

use std::collections::HashSet;
use std::sync::LazyLock;
use unicode_normalization::UnicodeNormalization;

/// The Slavic languages.
const SLAVIC: [&str; 12] = ["uk", "ru", "be", "bg", "mk", "sr", "hr", "bs", "sl", "cs", "sk", "pl"];

/// Endings of names in Slavic languages, and of their transliterations.
const ENDINGS: &str = "\
    а я о е є ё у ю і ї и ы э й ь ом ем єм ём им їм ім ым ою ею єю ой ей ій ый ий ії ия ові еві \
    єві ої ая яя ое ее ого его ому ему ую юю ів їв ов ев ам ям ами ями ах ях их їх іх ых ими їми \
    іми ыми \
    a ą ę e ę i y u o á é í ě ů ú ý ia ii iu io ie iej em iem om am im ym ám ím ým em owi iowi ów \
    iów owie ovi ové ov ev um ům ami iami ama ima imi ymi ými ach iach ech ich ych ách ích ých ího \
    ou ej emu ému ího ého ego og oga omu oj oi oy oju ei ey ih";

/// Letters at the end of a stem, and what stands there before some endings; or a vowel that other
/// forms have not.
const CHANGES: [(&str, &str); 31] = [
    ("g", "dz"),
    ("g", "z"),
    ("k", "c"),
    ("k", "cz"),
    ("r", "rz"),
    ("r", "ř"),
    ("t", "ci"),
    ("d", "dzi"),
    ("ł", "l"),
    ("h", "z"),
    ("ch", "sz"),
    ("ch", "š"),
    ("c", "cz"),
    ("c", "č"),
    ("ź", "zi"),
    ("ś", "si"),
    ("ć", "ci"),
    ("ń", "ni"),
    ("ek", "k"),
    ("ec", "c"),
    ("el", "l"),
    ("eł", "ł"),
    ("г", "з"),
    ("г", "ж"),
    ("к", "ц"),
    ("к", "ч"),
    ("х", "с"),
    ("ок", "к"),
    ("оц", "ц"),
    ("ол", "л"),
    ("он", "н"),
];

/// The fewest letters that two forms of a name begin with.
const SHORTEST_STEM: usize = 3;
/// The fewest letters of a name to which a language adds its endings, and the most of these.
const SHORTEST_WHOLE: usize = 4;
const LONGEST_ENDING: usize = 5;
/// The fewest letters of two names that differ in one.
const SHORTEST_OTHER: usize = 6;

/// Endings as [`one_vowel`] leaves them.
static FOLDED_ENDINGS: LazyLock<HashSet<String>> = LazyLock::new(|| {
    let endings = ENDINGS.split_whitespace().map(one_vowel);
    endings.chain([String::new()]).collect()
});

/// A word in composed letters, with one vowel for those that change in Slavic cases (Львів, Львові;
/// Kraków, Krakowie), one i of Turkish, and without the accents of Greek, which move (Ηράκλειο,
/// Ηρακλείου).
pub fn one_vowel(word: &str) -> String {
    let letters = word.nfc().filter(|letter| *letter != '\u{307}').map(|letter| match letter {
        'ё' | 'е' | 'і' | 'ї' | 'є' => 'о',
        'ó' => 'o',
        'ı' => 'i',
        'ά' => 'α',
        'έ' => 'ε',
        'ή' => 'η',
        'ί' => 'ι',
        'ό' => 'ο',
        'ύ' => 'υ',
        'ώ' => 'ω',
        letter => letter,
    });
    letters.collect()
}

/// Whether a language is a Slavic one.
pub fn is_slavic(language: &str) -> bool {
    SLAVIC.contains(&language)
}

/// Whether two words of a language with cases are forms of one name.
pub fn are_of_one(one: &str, other: &str, language: &str) -> bool {
    let length = common(one, other);
    if !is_slavic(language) {
        let (stem, of_one) = one.split_at_checked(length).unwrap_or_default();
        let of_other = other.get(length..).unwrap_or_default();
        let is_whole = of_one.is_empty() || of_other.is_empty();
        let rest = of_one.chars().count() + of_other.chars().count();
        return is_whole && rest <= LONGEST_ENDING && stem.chars().count() >= SHORTEST_WHOLE;
    }
    let ends = |rest: &str| FOLDED_ENDINGS.contains(rest);
    // An ending, or a change of the last letter of the stem, may begin within what is common.
    let starts = one.char_indices().map(|(at, _)| at).chain([one.len()]).enumerate();
    let mut places = starts.take_while(|(_, at)| *at <= length);
    places.any(|(letters, at)| {
        let rests = [one, other].map(|word| word.get(at..).unwrap_or_default());
        let is_change = |(plain, changed): &(&str, &str)| {
            let both = |first: &str, second: &str| {
                rests[0].strip_prefix(first).is_some_and(ends)
                    && rests[1].strip_prefix(second).is_some_and(ends)
            };
            both(plain, changed) || both(changed, plain)
        };
        letters >= SHORTEST_STEM && rests.into_iter().all(ends)
            || letters + 1 >= SHORTEST_STEM && CHANGES.iter().any(is_change)
    })
}

/// Languages whose surnames have no other endings than those that are known here.
const WITH_SURNAMES: [&str; 3] = ["cs", "sk", "pl"];
/// Endings of surnames that are none of cases: of an adjective (`Dvořákova`), and of names of
/// Ukraine and Russia; and those that may stand in the place of one.
const OF_SURNAMES: [&str; 14] = [
    "ův", "ova", "ovo", "ovu", "ově", "ových", "ovým", "ovými", "in", "ina", "ino", "yj", "ij",
    "aja",
];
const BESIDE_THEM: [&str; 15] =
    ["", "a", "u", "e", "y", "o", "i", "ovi", "em", "ého", "ému", "ém", "ým", "ý", "á"];

/// Whether surnames are compared by their endings in a language.
pub fn has_surnames(language: &str) -> bool {
    WITH_SURNAMES.contains(&language)
}

/// Whether two words are forms of one surname: `Malce`, `Malec`; not `Malík`, nor `Dvořák` of
/// `Dvořáková`.
pub fn is_surname_of(one: &str, other: &str, language: &str) -> bool {
    let length = common(one, other);
    let rests = [one, other].map(|word| word.get(length..).unwrap_or_default());
    let is_listed = |rest: &str| OF_SURNAMES.contains(&rest);
    let is_known = |rest: &str| is_listed(rest) || BESIDE_THEM.contains(&rest);
    let are_endings = rests.into_iter().any(is_listed) && rests.into_iter().all(is_known);
    are_of_one(one, other, language) || length > 0 && are_endings
}

/// Whether two words of a Slavic language differ in one consonant or vowel before a last consonant,
/// and are no forms of one name: Ковальчук, Ковальчик.
pub fn differ_inside(one: &str, other: &str, language: &str) -> bool {
    let is_consonant = |c: char| !"аеєиіїоуюяыэёйьъaąeęioóuyáéíěůúý".contains(c);
    let letters = one.chars().count();
    let others = one.chars().zip(other.chars()).filter(|(one, other)| one != other).count();
    is_slavic(language)
        && letters >= SHORTEST_OTHER
        && letters == other.chars().count()
        && others == 1
        && one.ends_with(is_consonant)
        && other.ends_with(is_consonant)
        && !are_of_one(one, other, language)
}

/// The number of bytes that two words begin with in common.
pub fn common(one: &str, other: &str) -> usize {
    let both = one.char_indices().zip(other.chars());
    let parts = both.take_while(|((_, c), other)| c == other);
    parts.last().map_or(0, |((at, c), _)| at + c.len_utf8())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn forms(one: &str, other: &str, language: &str) -> bool {
        let [one, other] = [one, other].map(|word| one_vowel(&word.to_lowercase()));
        are_of_one(&one, &other, language) && are_of_one(&other, &one, language)
    }

    #[test]
    fn forms_of_one_name_are_known_by_their_endings() {
        for (one, other, language) in [
            ("Łódź", "Łodzi", "pl"),
            ("Duda", "Dudzie", "pl"),
            ("Praga", "Pradze", "pl"),
            ("Tusk", "Tuskowi", "pl"),
            ("Węgry", "Węgrzech", "pl"),
            ("Włochy", "Włoszech", "pl"),
            ("Poznań", "Poznaniu", "pl"),
            ("Marek", "Markowi", "pl"),
            ("Praha", "Praze", "cs"),
            ("Путін", "Путінові", "uk"),
            ("Зеленський", "Зеленського", "uk"),
            ("Київ", "Києвом", "uk"),
            ("Прага", "Празі", "uk"),
            ("Петрова", "Петровой", "ru"),
            ("Petrova", "Petrovoi", "ru"),
            ("Ankara", "Ankara'da", "tr"),
            ("Budapest", "Budapesten", "hu"),
        ] {
            assert!(forms(one, other, language), "{one} {other}");
        }
        for (one, other, language) in [
            ("Петров", "Петренко", "uk"),
            ("Ковальчук", "Ковальчик", "uk"),
            ("Лавров", "Лавренко", "ru"),
            ("Kowalczyk", "Kowalczuk", "pl"),
            ("Марш", "Маршалл", "ru"),
            ("Helsinki", "Helsingborg", "fi"),
        ] {
            assert!(!forms(one, other, language), "{one} {other}");
        }
    }

    #[test]
    fn names_that_differ_inside_are_two() {
        assert!(differ_inside("ковальчук", "ковальчик", "uk"));
        assert!(differ_inside("kowalczyk", "kowalczuk", "pl"));
        assert!(!differ_inside("потровим", "потрових", "uk"));
        assert!(!differ_inside("потровом", "потровам", "ru"));
    }
}
