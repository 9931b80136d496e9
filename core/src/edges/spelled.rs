//! Numbers in words that go on: `two thousand five hundred`, `one hundred and one`, `treinta y
//! cinco mil`, `dva tisíce pět set`.
//!
//! Always holds: two words are of one number if they are of one language, and the second one is
//! smaller, or multiplies the first. Equal ones are a list or a range (`five hundred or six
//! hundred`). Not here: halves, parts of a whole (`phrases`); which word is a number (`words`).

use crate::edges::phrases::words_around;
use crate::edges::words::{NumberWord, WordKind, number_word};
use std::ops::Range;

/// The most words of a number before or after a place in it.
const MOST: usize = 12;

/// After what a word joins a smaller number.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Joins {
    /// Tens: `treinta y cinco`.
    Tens,
    /// Hundreds and magnitudes: `one hundred and one`.
    Large,
    /// Both.
    Any,
}

/// Words between two words of one number, with their languages.
const JOINERS: &[(&str, &str, Joins)] = &[
    ("and", "en", Joins::Large),
    ("und", "de", Joins::Large),
    ("en", "nl", Joins::Large),
    ("og", "da no", Joins::Large),
    ("och", "sv", Joins::Large),
    ("et", "fr", Joins::Tens),
    ("y", "es", Joins::Tens),
    ("și", "ro", Joins::Tens),
    ("i", "sr", Joins::Tens),
    ("e", "it pt", Joins::Any),
    ("و", "fa", Joins::Any),
];

/// Words after which two numbers are the ends of a range.
const BETWEENS: &[&str] = &["between", "zwischen", "tussen", "mellem", "mellom", "mellan", "entre"];

/// What a word in one piece is made of, if it has hundreds or thousands: `fünfhunderttausend`.
const LARGE: &[&str] = &[
    "hundert", "tausend", "honderd", "duizend", "hundra", "hundre", "tusen", "tusind", "száz",
    "ezer", "sata", "tuhat", "cento", "mila",
];

/// What else stands in such a word, with its language.
const SMALL: &[(&str, &str)] =
    &[("ein", "de"), ("und", "de"), ("een", "nl"), ("en", "nl"), ("ën", "nl"), ("og", "da")];

/// A word of a number, or several in one piece, or the word that joins two.
struct SpelledWord {
    range: Range<usize>,
    /// What it is made of; a joining word is made of nothing.
    kinds: Vec<WordKind>,
    /// The languages in which it is; none if they are not known.
    languages: &'static str,
    /// What joins it to the word before it: of a joining word, and of one that begins with it.
    joins: Option<Joins>,
}

/// The number of several words, if the place is inside of it.
pub(super) fn spelled(text: &str, at: usize) -> Option<Range<usize>> {
    let words = words_around(text, at, MOST);
    let right = words.iter().position(|word| word.end > at)?;
    let left = right.checked_sub(1)?;
    let read = |index: usize| spelled_word(text, words.get(index)?.clone());
    let of_two = |index: usize| {
        let (first, second) = (words.get(index)?, words.get(index + 1)?);
        let whole = format!("{} {}", text.get(first.clone())?, text.get(second.clone())?);
        let found = number_word(&whole).filter(|word| word.kind.is_number())?;
        Some(SpelledWord::of_number(first.start..second.end, found))
    };
    let stands = |index: usize| {
        let before = index.checked_sub(1).and_then(of_two);
        read(index).is_some() || of_two(index).is_some() || before.is_some()
    };
    if !stands(left) || !stands(right) {
        return None;
    }
    let first = (0..=left).rev().take_while(|index| stands(*index)).last()?;
    let last = (right..words.len()).take_while(|index| stands(*index)).last()?;
    let before = first.checked_sub(1).and_then(|index| text.get(words.get(index)?.clone()));
    let is_range = before.is_some_and(|word| BETWEENS.contains(&word.to_lowercase().as_str()));
    let mut spelled = Vec::new();
    let mut index = first;
    while index <= last {
        let two = of_two(index);
        let step = if two.is_some() { 2 } else { 1 };
        spelled.push(two.or_else(|| read(index))?);
        index += step;
    }
    numbers(&spelled, is_range).into_iter().find(|found| found.start < at && at < found.end)
}

/// The numbers of several words in a row of words.
fn numbers(words: &[SpelledWord], is_range: bool) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    let mut previous: Option<usize> = None;
    for (index, word) in words.iter().enumerate() {
        if word.kinds.is_empty() {
            continue;
        }
        let goes_on = previous.is_some_and(|before| goes_on(words, before, index, is_range));
        match found.last_mut() {
            Some(last) if goes_on => last.end = word.range.end,
            _ => found.push(word.range.clone()),
        }
        previous = Some(index);
    }
    found
}

/// Whether the number word at `next` goes on with the number whose last word so far is at `before`.
fn goes_on(words: &[SpelledWord], before: usize, next: usize, is_range: bool) -> bool {
    let (Some(first), Some(second)) = (words.get(before), words.get(next)) else { return false };
    let between = words.get(before + 1..next).unwrap_or_default();
    let joiner = match between {
        [] => second.joins.map(|joins| (joins, "")),
        [word] => word.joins.map(|joins| (joins, word.languages)),
        _ => return false,
    };
    let languages = [first.languages, joiner.map_or("", |(_, it)| it), second.languages];
    let (Some(last), Some(kind)) = (first.kinds.last(), second.kinds.first()) else { return false };
    if !have_one_language(&languages) || joiner.is_some() && is_range {
        return false;
    }
    let (large, small) = (places(*last), places(*kind));
    let is_small = |kind: WordKind| !matches!(kind, WordKind::Magnitude(_));
    match joiner {
        // Five million, hundred thousand, a million hundred.
        None if !is_small(*kind) => return is_small(*last) || large != small,
        // Of Arabic alone, where five comes before twenty.
        Some((Joins::Any, "")) if large == 0 && *kind == WordKind::Tens => return true,
        Some((Joins::Tens, _)) if large != 1 => return false,
        Some((Joins::Large, _)) if large < 2 => return false,
        _ if small >= large => return false,
        _ => {}
    }
    // The magnitudes of the words after it, as far as they are not joined, and of those before it.
    let zeros = |words: &mut dyn Iterator<Item = &SpelledWord>| -> Vec<usize> {
        let kinds = words.take_while(|word| !word.kinds.is_empty()).flat_map(|word| &word.kinds);
        kinds.copied().filter(|kind| !is_small(*kind)).map(places).collect()
    };
    let after = zeros(&mut words.iter().skip(next));
    let (Some(nearest), Some(largest)) = (after.first(), after.iter().max()) else {
        // A million and two others.
        const MILLION: usize = 6;
        return joiner.is_none() || large < MILLION || small > 0;
    };
    let earlier = zeros(&mut words.iter().take(before + 1).rev());
    match large {
        1 => true,
        // One hundred and five thousand; not three thousand two hundred and five thousand.
        2 => *nearest > 2 && !earlier.iter().any(|zeros| *zeros > 2 && zeros <= largest),
        _ => *largest < large,
    }
}

/// How many digits follow the first one, at least.
fn places(kind: WordKind) -> usize {
    match kind {
        WordKind::Magnitude(zeros) => zeros,
        WordKind::Hundreds => 2,
        WordKind::Tens => 1,
        _ => 0,
    }
}

/// Whether words of these languages may be of one; no languages are unknown ones.
fn have_one_language(words: &[&str]) -> bool {
    let mut known = words.iter().filter(|languages| !languages.is_empty());
    let Some(first) = known.next() else { return true };
    let rest: Vec<&&str> = known.collect();
    first.split(' ').any(|one| rest.iter().all(|other| other.split(' ').any(|it| it == one)))
}

fn spelled_word(text: &str, range: Range<usize>) -> Option<SpelledWord> {
    let word = text.get(range.clone())?;
    let is_number = |word: &NumberWord| word.kind.is_number();
    if let Some(found) = number_word(word).filter(is_number) {
        return Some(SpelledWord::of_number(range, found));
    }
    let low = word.to_lowercase();
    if let Some((_, languages, joins)) = JOINERS.iter().find(|(joiner, ..)| *joiner == low) {
        return Some(SpelledWord { range, kinds: Vec::new(), languages, joins: Some(*joins) });
    }
    // And before a number, in Arabic and Hebrew: وعشرون.
    let rest = low.strip_prefix(['و', 'ו']).and_then(number_word).filter(is_number);
    if let Some(found) = rest {
        let joins = Some(Joins::Any);
        return Some(SpelledWord { joins, ..SpelledWord::of_number(range, found) });
    }
    let languages = ["de", "nl", "sv", "no", "da", "hu", "fi", "it"];
    let is_large = LARGE.iter().any(|part| low.contains(part));
    let mut of_languages = languages.into_iter().filter(|_| is_large);
    of_languages.find_map(|languages| {
        let range = range.clone();
        let kinds = pieces(&low, languages).filter(|kinds| !kinds.is_empty())?;
        Some(SpelledWord { range, kinds, languages, joins: None })
    })
}

impl SpelledWord {
    fn of_number(range: Range<usize>, word: NumberWord) -> SpelledWord {
        SpelledWord { range, kinds: vec![word.kind], languages: word.languages, joins: None }
    }
}

/// The words of one language of which a word in one piece is made, the longest first.
fn pieces(word: &str, language: &str) -> Option<Vec<WordKind>> {
    const SHORTEST: usize = 3;
    if word.is_empty() {
        return Some(Vec::new());
    }
    let ends = word.char_indices().map(|(byte, c)| byte + c.len_utf8());
    let ends: Vec<usize> = ends.filter(|end| *end >= SHORTEST).collect();
    let number = |end: usize| {
        let (piece, rest) = word.split_at_checked(end)?;
        let found = number_word(piece).filter(|found| found.kind.is_number())?;
        let is_of_language = found.languages.split(' ').any(|it| it == language);
        let rest = is_of_language.then(|| pieces(rest, language))??;
        Some([vec![found.kind], rest].concat())
    };
    let small = || {
        SMALL.iter().filter(|(_, it)| *it == language).find_map(|(piece, _)| {
            let rest = word.strip_prefix(piece).filter(|rest| !rest.is_empty())?;
            pieces(rest, language)
        })
    };
    ends.into_iter().rev().find_map(number).or_else(small)
}

#[cfg(test)]
mod tests {
    use crate::edges::{Unit, unit_at};

    /// What the edges of `quoted` in `text` are inside of, where that is a number.
    fn cut(text: &str, quoted: &str) -> Vec<String> {
        let start = text.find(quoted).unwrap();
        let edges = [start, start + quoted.len()].map(|at| unit_at(text, at));
        let numbers = edges.into_iter().flatten().filter(|(unit, _)| *unit == Unit::Number);
        numbers.map(|(_, place)| text[place].to_owned()).collect()
    }

    #[test]
    fn a_number_of_several_words_is_one_in_many_languages() {
        let thousands = "Two thousand five hundred men died.";
        for (text, quoted, number) in [
            (thousands, "five hundred men died", "Two thousand five hundred"),
            (thousands, "Two thousand", "Two thousand five hundred"),
            (thousands, "hundred men", "Two thousand five hundred"),
            ("One hundred and one days passed.", "one days passed", "One hundred and one"),
            ("One hundred and one days passed.", "One hundred", "One hundred and one"),
            ("One hundred and one days passed.", "One hundred and", "One hundred and one"),
            (
                "of two hundred and five thousand men",
                "five thousand men",
                "two hundred and five thousand",
            ),
            (
                "Three million two hundred thousand came",
                "Three million",
                "Three million two hundred thousand",
            ),
            ("dva tisíce pět set lidí", "set lidí", "dva tisíce pět set"),
            ("dva tisíce pět set lidí", "pět set lidí", "dva tisíce pět set"),
            ("dva tisíce pět set lidí", "dva tisíce", "dva tisíce pět set"),
            ("dos mil quinientos soldados", "quinientos soldados", "dos mil quinientos"),
            ("de treinta y cinco mil", "de treinta", "treinta y cinco mil"),
            ("Deux mille cinq cents morts", "Deux mille", "Deux mille cinq cents"),
            ("Deux mille cinq cents morts", "cents morts", "Deux mille cinq cents"),
            ("deux cent vingt morts", "vingt morts", "deux cent vingt"),
            ("de soixante et onze ans", "de soixante", "soixante et onze"),
            ("dwa tysiące pięćset osób", "dwa tysiące", "dwa tysiące pięćset"),
            ("дві тисячі п’ятсот осіб", "п’ятсот осіб", "дві тисячі п’ятсот"),
            ("две тысячи пятьсот человек", "пятьсот человек", "две тысячи пятьсот"),
            (
                "zwei Millionen fünfhunderttausend",
                "zwei Millionen",
                "zwei Millionen fünfhunderttausend",
            ),
            ("zweitausend fünfhundert Euro", "zweitausend", "zweitausend fünfhundert"),
            (
                "twee miljoen vijfhonderdduizend euro",
                "twee miljoen",
                "twee miljoen vijfhonderdduizend",
            ),
            ("due milioni cinquecentomila euro", "due milioni", "due milioni cinquecentomila"),
            ("iki bin beş yüz kişi", "iki bin", "iki bin beş yüz"),
            ("quatre-vingt-dix mille morts", "quatre-vingt-dix", "quatre-vingt-dix mille"),
            ("مئة وخمسة وعشرون رجلا", "مئة", "مئة وخمسة وعشرون"),
            ("دو هزار و پانصد نفر", "دو هزار", "دو هزار و پانصد"),
            ("kaksi tuhatta viisisataa", "kaksi tuhatta", "kaksi tuhatta viisisataa"),
            ("två tusen femhundra man", "två tusen", "två tusen femhundra"),
            ("mil e quinhentos homens", "quinhentos homens", "mil e quinhentos"),
            ("trinta e cinco homens", "cinco homens", "trinta e cinco"),
            ("hai nghìn năm trăm người", "hai nghìn", "hai nghìn năm trăm"),
            ("خمسة وعشرون رجلا", "خمسة", "خمسة وعشرون"),
            ("خمسة وعشرين رجلا", "خمسة", "خمسة وعشرين"),
        ] {
            assert_eq!(cut(text, quoted), [number], "{quoted:?} in {text:?}");
        }
    }

    #[test]
    fn lists_ranges_and_words_of_other_languages_are_no_number() {
        for (text, quoted) in [
            ("one two three", "two"),
            ("two, three or four", "three"),
            ("five hundred or six hundred", "five hundred"),
            ("five hundred and six hundred", "five hundred"),
            ("five hundred and six hundred", "six hundred"),
            ("five hundred six hundred", "six hundred"),
            ("between two thousand and three thousand", "three thousand"),
            ("between one hundred and two thousand men", "two thousand men"),
            ("three thousand two hundred and five thousand", "five thousand"),
            ("two hundred thousand and three hundred thousand", "three hundred thousand"),
            ("one and two", "one"),
            ("twenty and thirty", "twenty"),
            ("thirty and five others", "thirty"),
            ("one of them", "one"),
            ("A million once died", "A million"),
            ("two thousand fire fighters", "two thousand"),
            ("Zwei Millionen hat er gezahlt", "Zwei Millionen"),
            ("Zwei Millionen sei zu viel", "Zwei Millionen"),
            ("Five million, two of them", "Five million"),
            ("The five set out", "The five"),
            ("tausend Menschen und hundert Tiere", "tausend Menschen"),
            ("Sto lat temu pięć osób", "pięć osób"),
            ("A million and two others", "A million"),
            ("entre cien y doscientos", "entre cien"),
            ("veinte y treinta", "veinte"),
            ("In 2019 five hundred died", "five hundred died"),
        ] {
            assert_eq!(cut(text, quoted), Vec::<String>::new(), "{quoted:?} in {text:?}");
        }
    }
}
