//! Where sentences end.
//!
//! Always holds: rather two sentences are shown as one than half of one as a whole, because what is
//! left out may be a negation: a point after an abbreviation, an initial or an ordinal number ends
//! none, and neither does the end of a line inside a paragraph. Not here: what is shown
//! (`quotation`).
//! Source: Unicode Standard Annex 29, whose sentences end after every abbreviation.

/// Words that are written with a point, without it. A single letter is one whatever it is.
const ABBREVIATED: &[&str] = &[
    // Titles.
    "mr",
    "mrs",
    "ms",
    "mx",
    "dr",
    "dra",
    "prof",
    "sr",
    "sra",
    "srta",
    "jr",
    "st",
    "ste",
    "rev",
    "gen",
    "col",
    "lt",
    "sgt",
    "capt",
    "cpl",
    "gov",
    "sen",
    "rep",
    "hon",
    "pres",
    "supt",
    "hr",
    "fr",
    "mm",
    "mgr",
    "sig",
    "dott",
    "ing",
    "avv",
    "mag",
    "dipl",
    "inż",
    "im",
    "ім",
    "им",
    "проф",
    "акад",
    "ген",
    "гр",
    "тов",
    // Places, numbers, measures.
    "no",
    "nos",
    "nr",
    "núm",
    "num",
    "pág",
    "pag",
    "pp",
    "art",
    "abs",
    "fig",
    "vol",
    "ch",
    "sec",
    "str",
    "ul",
    "вул",
    "ул",
    "просп",
    "обл",
    "пров",
    "пер",
    "буд",
    "кв",
    "рис",
    "табл",
    "див",
    "см",
    "mio",
    "mrd",
    "tsd",
    "mln",
    "mld",
    "tys",
    "tis",
    "mil",
    "bn",
    "mn",
    "грн",
    "руб",
    "коп",
    "дол",
    "млн",
    "млрд",
    "трлн",
    "тис",
    "тыс",
    "рр",
    "гг",
    "ст",
    "год",
    "хв",
    "сек",
    "min",
    "max",
    "approx",
    "ca",
    "env",
    "av",
    "apr",
    "aug",
    "dec",
    "feb",
    "jan",
    "jul",
    "jun",
    "mar",
    "nov",
    "oct",
    "sep",
    "sept",
    "okt",
    "dez",
    "févr",
    "janv",
    "juil",
    "déc",
    "ene",
    "abr",
    "ago",
    "dic",
    "січ",
    "лют",
    "бер",
    "квіт",
    "трав",
    "черв",
    "лип",
    "серп",
    "вер",
    "жовт",
    "лист",
    "груд",
    "янв",
    "фев",
    "сен",
    "окт",
    "ноя",
    "дек",
    // Others.
    "vs",
    "inc",
    "ltd",
    "co",
    "corp",
    "bros",
    "dept",
    "est",
    "al",
    "cf",
    "ed",
    "eds",
    "bzw",
    "ggf",
    "evtl",
    "inkl",
    "bspw",
    "geb",
    "gest",
    "tzw",
    "tj",
    "np",
    "itd",
    "напр",
    "ін",
    "др",
    "пр",
];

/// From this number of characters on a line is one of a paragraph that goes on.
const LONG_LINE: usize = 30;

/// The bytes after the ends of the sentences of a text, with the closing marks, in order.
pub(super) fn ends(text: &str) -> impl Iterator<Item = usize> {
    text.char_indices().filter_map(|(at, c)| {
        let (before, after) = (text.get(..at)?, text.get(at + c.len_utf8()..)?);
        match c {
            '\n' => ends_paragraph(before, after).then_some(at),
            '。' | '！' | '？' | '।' => Some(text.len() - closed(after).len()),
            '.' | '!' | '?' | '؟' | '…' => {
                let rest = closed(after);
                let is_end = rest.chars().next().is_none_or(char::is_whitespace)
                    && !rest.trim_start().chars().next().is_some_and(char::is_lowercase)
                    && !(c == '.' && is_abbreviated(before));
                is_end.then_some(text.len() - rest.len())
            }
            _ => None,
        }
    })
}

/// The text after the closing marks at its beginning.
fn closed(text: &str) -> &str {
    text.trim_start_matches(['”', '’', '"', '\'', '»', '“', '›', '‘', ')', ']', '」', '』', '.'])
}

/// Whether the end of a line ends a paragraph: after it comes an empty line, or another item.
fn ends_paragraph(before: &str, after: &str) -> bool {
    let line = before.rsplit('\n').next().unwrap_or_default().trim();
    let next = after.split('\n').next().unwrap_or_default().trim();
    if line.is_empty() || next.is_empty() || line.contains('\t') || next.contains('\t') {
        return true;
    }
    let is_item = next.starts_with(['-', '–', '—', '•', '*', '☑', '☐']);
    let goes_on = next.starts_with(char::is_lowercase) || line.chars().count() >= LONG_LINE;
    is_item || !goes_on
}

/// Whether the words before a point are an abbreviation, an initial or an ordinal number.
fn is_abbreviated(before: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || c == '.';
    let start = before.trim_end_matches(is_part).len();
    let word = before.get(start..).unwrap_or_default();
    let letters = word.chars().filter(|c| c.is_alphabetic()).count();
    let figures = word.chars().filter(|c| c.is_numeric()).count();
    if letters == 0 {
        // The day of a month, a first place; a year ends a sentence.
        return (1..=2).contains(&figures) && word.chars().count() == figures;
    }
    // p.m, U.S; a single letter.
    let is_initials = word.split('.').all(|part| part.chars().count() <= 2) && word.contains('.');
    letters == 1 && figures == 0
        || is_initials
        || ABBREVIATED.contains(&word.to_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sentences(text: &str) -> Vec<&str> {
        let mut from = 0;
        let ends: Vec<usize> = ends(text).chain([text.len()]).collect();
        let pieces = ends.into_iter().map(|end| {
            let piece = text.get(from..end).unwrap_or_default().trim();
            from = from.max(end);
            piece
        });
        pieces.filter(|piece| !piece.is_empty()).collect()
    }

    #[test]
    fn abbreviations_initials_and_ordinals_end_no_sentence() {
        for text in [
            "It is not true that Mr. Smith resigned on Monday.",
            "Dr. J. Blinken of the U.S. Senate met him at 5 p.m. on Monday.",
            "He never lived at No. 10 Downing Street.",
            "Am 14. Dezember 2021 war er nicht dort.",
            "Він не отримав 5 млн. грн. у 2024 р. від фонду.",
            "Це не 5 тис. Гривень.",
            "قال د. محمد إنه لم يستقل.",
            "“Really?” she asked.",
            "He waited … and left.",
        ] {
            assert_eq!(sentences(text), [text]);
        }
    }

    #[test]
    fn sentences_end() {
        let text = "He left in 2019. “She stayed.” Nobody came! 他走了。她没有。 क्या हुआ। वह गया।";
        assert_eq!(sentences(text), {
            [
                "He left in 2019.",
                "“She stayed.”",
                "Nobody came!",
                "他走了。",
                "她没有。",
                "क्या हुआ।",
                "वह गया।",
            ]
        });
    }

    #[test]
    fn a_line_of_a_paragraph_ends_no_sentence() {
        let text = "The minister did not say that\nhe had resigned over the loan, and his office\n\
                    Reuters asked said no";
        assert_eq!(sentences(text), [text]);
        let text = "Menu\nHome\n\nThe talks ended\n- one item\n- two";
        assert_eq!(sentences(text), ["Menu", "Home", "The talks ended", "- one item", "- two"]);
    }
}
