//! Quotation search: finds in a document the words that an editor typed loosely.
//!
//! Always holds: the result is a span of the document; the document's own words are recorded, never
//! the typed ones. What `loose` folds may differ; letters may not. The span begins and ends between
//! words, unless exact edges are requested. The work grows with the length of the document and of
//! the typed words, never with their product.
//! Not here: the record's exact quotations (`quote`); words that an edge cuts (`edges`).
//! Source: the Web Annotation TextQuoteSelector, adapted to typing.

mod nearest;
pub mod places;

use crate::edges::{Unit, unit_at, word_at};
use crate::loose::{Hyphens, Loose, mark};
use crate::quote::Text;
use crate::quote_search::places::{
    Edge, MOST_PLACES, QuoteSearchError, TextPlace, occurrences, split_ellipsis,
};
use std::ops::Range;

/// The number of characters of words in too many places that a message shows.
const SHOWN_WORDS: usize = 60;

/// Where a quotation may begin and end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Edges {
    /// Between words, numbers, addresses and characters.
    #[default]
    Whole,
    /// Where the typed words begin and end.
    Exact,
}

impl Edges {
    /// Exact if a draft requests it.
    pub fn exact(requested: Option<bool>) -> Edges {
        if requested == Some(true) { Edges::Exact } else { Edges::Whole }
    }
}

/// Typed words that point at a place: the words of it, or `first words … last words`.
#[derive(Clone, Copy, Debug)]
pub struct QuoteSearch<'a> {
    /// The words as they were typed.
    pub words: &'a str,
    /// The number of the place among several, from 1.
    pub nth: Option<usize>,
    /// Where the place may begin and end.
    pub edges: Edges,
}

impl QuoteSearch<'_> {
    /// The span `start..end` of the place, in code points.
    pub fn find(&self, text: &Text) -> Result<(usize, usize), QuoteSearchError> {
        choose(&self.places(text)?, self.nth)
    }

    /// The span of the first place, in code points, if there are several.
    pub fn first(&self, text: &Text) -> Result<(usize, usize), QuoteSearchError> {
        let places = self.places(text)?;
        places.first().map(TextPlace::span).ok_or(QuoteSearchError::Empty)
    }

    /// The spans of all places, in code points, in order; at least one.
    pub fn all(&self, text: &Text) -> Result<Vec<(usize, usize)>, QuoteSearchError> {
        Ok(self.places(text)?.iter().map(TextPlace::span).collect())
    }

    /// All places, in order; at least one.
    fn places(&self, text: &Text) -> Result<Vec<TextPlace>, QuoteSearchError> {
        if Loose::new(self.words.trim(), Hyphens::Joined).as_str().trim().is_empty() {
            return Err(QuoteSearchError::Empty);
        }
        let whole = occurrences(text, self.words);
        if !whole.is_empty() {
            return self.uncut(text, self.words, whole, Ends::Both);
        }
        if let Some(words) = within_marks(self.words) {
            return QuoteSearch { words, ..*self }.places(text);
        }
        let Some((first, last)) = split_ellipsis(self.words) else {
            return Err(nearest::nearest(text, self.words));
        };
        let is_empty = |words: &str| Loose::new(words.trim(), Hyphens::Joined).as_str().is_empty();
        if is_empty(first) || is_empty(last) {
            return Err(QuoteSearchError::Ellipsis);
        }
        let (firsts, lasts) = (occurrences(text, first), occurrences(text, last));
        let reversed = firsts.first().zip(lasts.last()).map(|(first, last)| {
            QuoteSearchError::Reversed { first: first.start(), last: last.start() }
        });
        let not_found = || nearest::nearest(text, self.words);
        if firsts.is_empty() || lasts.is_empty() {
            let is_more = split_ellipsis(last).is_some();
            return Err(if is_more { QuoteSearchError::Ellipsis } else { not_found() });
        }
        let joined = joined(
            &self.uncut(text, first, firsts, Ends::First)?,
            &self.uncut(text, last, lasts, Ends::Last)?,
        );
        match joined.is_empty() {
            true => Err(reversed.unwrap_or_else(not_found)),
            false => Ok(joined),
        }
    }

    /// The places whose edges cut nothing. An error if every place cuts something (what the first
    /// one cuts), or if there are too many places.
    fn uncut(
        &self,
        text: &Text,
        words: &str,
        places: Vec<TextPlace>,
        ends: Ends,
    ) -> Result<Vec<TextPlace>, QuoteSearchError> {
        if places.len() > MOST_PLACES {
            let words = words.trim().chars().take(SHOWN_WORDS).collect();
            return Err(QuoteSearchError::TooMany { words });
        }
        if self.edges == Edges::Exact {
            return Ok(places);
        }
        let (mut uncut, mut first) = (Vec::new(), None);
        for place in places {
            let place = with_invisible(text, place);
            let (start, end) = place.span();
            match ends.cut(text, start, end) {
                None => uncut.push(place),
                Some(cut) => first = first.or(Some(cut)),
            }
        }
        match first {
            Some(cut) if uncut.is_empty() => Err(cut),
            _ => Ok(uncut),
        }
    }
}

/// The words between the quotation marks that were typed around them; `None` without these.
fn within_marks(typed: &str) -> Option<&str> {
    let is_mark = |c: char| matches!(mark(c), '"' | '\'');
    let words = typed.trim().strip_prefix(is_mark)?.strip_suffix(is_mark)?.trim();
    (!words.is_empty()).then_some(words)
}

/// Which words of a quotation a place is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ends {
    /// All of them.
    Both,
    /// Those before an ellipsis.
    First,
    /// Those after it.
    Last,
}

impl Ends {
    /// What the place `start..end` cuts. Where the quotation goes on, it may be inside of a number
    /// between two words, because the number is whole in it.
    fn cut(self, text: &Text, start: usize, end: usize) -> Option<QuoteSearchError> {
        let (begin_unit, end_unit): (UnitAt, UnitAt) = match self {
            Ends::Both => (unit_at, unit_at),
            Ends::First => (unit_at, word_at),
            Ends::Last => (word_at, unit_at),
        };
        cut_at(text, Edge::Begin, start, begin_unit)
            .or_else(|| cut_at(text, Edge::End, end, end_unit))
    }
}

/// Finds what a byte offset is inside of.
type UnitAt = fn(&str, usize) -> Option<(Unit, Range<usize>)>;

/// Checks that the span `start..end`, in code points, cuts no word, number, address or character.
pub fn check_edges(text: &Text, start: usize, end: usize) -> Result<(), QuoteSearchError> {
    Ends::Both.cut(text, start, end).map_or(Ok(()), Err)
}

/// What the edge of a quotation at this code point cuts.
fn cut_at(text: &Text, edge: Edge, point: usize, unit_at: UnitAt) -> Option<QuoteSearchError> {
    let (unit, found) = unit_at(text.as_str(), text.byte(point)?)?;
    let (start, end) = (text.point(found.start)?, text.point(found.end)?);
    let whole = text.as_str().get(found)?.to_owned();
    Some(QuoteSearchError::Cut { edge, unit, whole, start, end })
}

/// The place with the invisible characters after it that belong to its last character.
fn with_invisible(text: &Text, place: TextPlace) -> TextPlace {
    let (_, end) = place.span();
    let rest = text.byte(end).and_then(|byte| text.as_str().get(byte..)).unwrap_or_default();
    let selectors = rest.chars().take_while(|c| matches!(c, '\u{FE00}'..='\u{FE0F}')).count();
    TextPlace { end: place.end + u32::try_from(selectors).unwrap_or_default(), ..place }
}

/// The places from each place of the first words to the next place of the last words.
fn joined(firsts: &[TextPlace], lasts: &[TextPlace]) -> Vec<TextPlace> {
    let mut lasts = lasts.iter().peekable();
    let mut joined = Vec::new();
    for first in firsts {
        while lasts.next_if(|last| last.start < first.end).is_some() {}
        let Some(last) = lasts.peek() else { break };
        joined.push(TextPlace { start: first.start, end: last.end });
    }
    joined
}

/// Whether `typed` points at all of `words`: the words themselves, with quotation marks around them
/// or without, or their beginning and end.
pub fn is_at(typed: &str, words: &str) -> bool {
    let same = |hyphens| {
        let fold = |text: &str| Loose::new(text.trim(), hyphens).as_str().to_owned();
        let (whole, found) = (fold(typed), fold(words));
        let ends = split_ellipsis(typed).is_some_and(|(first, last)| {
            let (first, last) = (fold(first), fold(last));
            let fits = first.len() + last.len() <= found.len();
            let ends = found.starts_with(&first) && found.ends_with(&last);
            fits && !first.is_empty() && !last.is_empty() && ends
        });
        whole == found || ends
    };
    [Hyphens::Joined, Hyphens::Kept, Hyphens::Spaced, Hyphens::Ignored].into_iter().any(same)
        || within_marks(typed).is_some_and(|typed| is_at(typed, words))
}

fn choose(places: &[TextPlace], nth: Option<usize>) -> Result<(usize, usize), QuoteSearchError> {
    let count = places.len();
    match (places, nth) {
        ([], _) => Err(QuoteSearchError::Empty),
        (places, Some(nth)) => nth
            .checked_sub(1)
            .and_then(|index| places.get(index).map(TextPlace::span))
            .ok_or(QuoteSearchError::NoSuchOccurrence { nth, count }),
        ([place], None) => Ok(place.span()),
        (places, None) => {
            let place = |place: &TextPlace| format!("{}..{}", place.start, place.end);
            let places: Vec<String> = places.iter().take(5).map(place).collect();
            let more = if count > 5 { " and others" } else { "" };
            Err(QuoteSearchError::Ambiguous { count, places: places.join(", ") + more })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quote_search::places::each_occurrence;

    const TEXT: &str = "Kommersant reports – “in short” – that two answers were given. \
                        Sullivan met Grushko in Moscow.";

    fn at(typed: &str) -> Result<String, String> {
        let text = Text::new(TEXT.into()).unwrap();
        let pointing = QuoteSearch { words: typed, nth: None, edges: Edges::Whole };
        let found = pointing.find(&text).map_err(|error| error.to_string())?;
        Ok(text.slice(found.0, found.1).unwrap().to_owned())
    }

    #[test]
    fn words_point_loosely_and_the_document_s_own_are_found() {
        assert_eq!(at("reports - \"in  short\""), Ok("reports – “in short”".to_owned()));
        assert_eq!(at("Kommersant … given").unwrap(), &TEXT[..TEXT.find('.').unwrap()]);
        assert_eq!(at("Sullivan...Moscow"), Ok("Sullivan met Grushko in Moscow".to_owned()));
    }

    #[test]
    fn marks_of_another_kind_and_marks_around_are_no_other_words() {
        let text = "\"He told me 'there is no more money', I said,\" and „er sagte ‚nein‘ dazu“. \
                    It is 5' and 9′ long. They don’t.";
        let text = Text::new(text.into()).unwrap();
        let find = |words| {
            let pointing = QuoteSearch { words, nth: None, edges: Edges::Whole };
            let (start, end) = pointing.find(&text).ok()?;
            text.slice(start, end)
        };
        let said = Some("told me 'there is no more money', I");
        assert_eq!(find("told me \"there is no more money\", I"), said);
        assert_eq!(find("told me “there is no more money”, I"), said);
        assert_eq!(find("er sagte „nein“ dazu"), Some("er sagte ‚nein‘ dazu"));
        assert_eq!(find("“no more money”"), Some("no more money"));
        assert_eq!(find("'They don't'"), Some("They don’t"));
        // Feet are not inches.
        assert_eq!(find("It is 5\""), None);
        assert_eq!(find("and 9\""), None);
        assert!(is_at("\"no more … I said\"", "no more money', I said"));
    }

    #[test]
    fn the_nearest_place_and_the_first_difference_are_reported() {
        let not = "the quotation does not stand in the document: ";
        let near = |typed, rest: &str| assert_eq!(at(typed), Err(format!("{not}{rest}")));
        near(
            "Sullivan met Gruschko",
            "the nearest place is \"Sullivan met Grus\" at code point 63; after it the document \
             has \"hko in Moscow.\", the quotation has \"chko\"",
        );
        near(
            "Sulivan met Grushko",
            "the nearest place is \"met Grushko\" at code point 72; before it the document has \
             \"rs were given. Sullivan \", the quotation has \"Sulivan \"",
        );
        near("Sullivan … Washington", "no word of \"Washington\" does");
        near(
            "in Moscow. The end",
            "the nearest place is \"in Moscow.\" at code point 84; after it the document has \
             nothing, the quotation has \" The end\"",
        );
        near("Xylophone", "no word of \"Xylophone\" does");
        // The document's own words are shown, not the folded ones.
        near(
            "reports - \"in brief\"",
            "the nearest place is \"reports – “in \" at code point 11; after it the document has \
             \"short” – that two answer\", the quotation has \"brief\\\"\"",
        );
        let ellipsis = "the quotation has an ellipsis that is not between words, or more than \
                        one; expected one: first words … last words";
        for typed in ["Sullivan … Grushko … Moscow", "Sullivan met …", "… in Moscow", "…"]
        {
            assert_eq!(at(typed), Err(ellipsis.to_owned()), "{typed}");
        }
    }

    #[test]
    fn the_nearest_place_of_a_script_without_spaces_may_begin_at_any_character() {
        let near = |text: &str, words: &str| {
            found(text, words, None, Edges::Whole).map_err(|error| {
                error
                    .strip_prefix("the quotation does not stand in the document: ")
                    .unwrap()
                    .to_owned()
            })
        };
        let text = "论文发表在《自然》杂志上。";
        assert_eq!(
            near(text, "文章发表在《自然》杂志上"),
            Err({
                "the nearest place is \"发表在《自然》杂志上\" at code point 2; before it the document has \
             \"论文\", the quotation has \"文章\"".to_owned()
            })
        );
        assert_eq!(
            near("東都電機は見通しを下げた。", "当社は見通しを下げた"),
            Err({
                "the nearest place is \"は見通しを下げた\" at code point 4; before it the document has \
             \"東都電機\", the quotation has \"当社\"".to_owned()
            })
        );
    }

    fn found(text: &str, typed: &str, nth: Option<usize>, edges: Edges) -> Result<String, String> {
        let text = Text::new(text.into()).unwrap();
        let pointing = QuoteSearch { words: typed, nth, edges };
        let span = pointing.find(&text).map_err(|error| error.to_string())?;
        Ok(text.slice(span.0, span.1).unwrap().to_owned())
    }

    #[test]
    fn the_same_text_in_another_spelling_is_found_as_it_stands() {
        for (text, typed, own) in [
            ("au cafe\u{301} noir", "café noir", "cafe\u{301} noir"),
            ("au café noir", "cafe\u{301}", "café"),
            ("the of\u{AD}ﬁce was shut", "office was", "of\u{AD}ﬁce was"),
            ("the govern-\nment said", "the government", "the govern-\nment"),
            ("the govern-\r\nment said", "govern-ment said", "govern-\r\nment said"),
            ("the ex-\npresident of govern-\nment", "ex-president of government", {
                "ex-\npresident of govern-\nment"
            }),
            ("\u{FEFF}First\u{200B} words", "First words", "First\u{200B} words"),
            ("of 1\u{202F}000\u{A0}km.", "1 000 km", "1\u{202F}000\u{A0}km"),
            ("在北\n京的", "北京", "北\n京"),
            ("so ❤\u{FE0F} it", "❤", "❤\u{FE0F}"),
            ("قَالَ الرَّئِيسُ إن", "قال الرئيس", "قَالَ الرَّئِيسُ"),
            ("on 10-\n20 of", "10-20", "10-\n20"),
            ("a dit\u{A0}: «\u{A0}C’est vrai\u{A0}».", "dit: \"C'est vrai\"", {
                "dit\u{A0}: «\u{A0}C’est vrai\u{A0}»"
            }),
            ("L’œuvre est là", "L'oeuvre est", "L’œuvre est"),
            ("the minister\u{200E} came", "the minister", "the minister"),
        ] {
            assert_eq!(found(text, typed, None, Edges::Whole), Ok(own.to_owned()));
        }
    }

    #[test]
    fn places_inside_of_words_count_only_where_they_are_meant() {
        let text = "the war, the warm war of 88 wars";
        assert_eq!(found(text, "war", Some(2), Edges::Whole), Ok("war".to_owned()));
        let many = "the quotation stands 2 times in the document, at code points 4..7, 18..21; \
                    give more words, or say which with nth";
        assert_eq!(found(text, "war", None, Edges::Whole), Err(many.to_owned()));
        let many = found(text, "war", None, Edges::Exact).unwrap_err();
        assert!(many.starts_with("the quotation stands 4 times"), "{many}");
        let cut = |begins, at, place| {
            format!(
                "the quotation {begins} inside the {at} at code points {place}; quote all of it, \
                 or say that the edge is meant to be there with --exact-edges (exact_edges in a \
                 draft)"
            )
        };
        let inside = cut("ends", "number \"88\"", "25..27");
        assert_eq!(found(text, "of 8", None, Edges::Whole), Err(inside));
        assert_eq!(found(text, "of 8", None, Edges::Exact), Ok("of 8".to_owned()));
        let inside = cut("ends", "word \"warm\"", "13..17");
        assert_eq!(found(text, ", the war … of", None, Edges::Whole), Err(inside));
        let inside = cut("begins", "word \"warm\"", "13..17");
        assert_eq!(found(text, "the war … arm", None, Edges::Whole), Err(inside));
    }

    #[test]
    fn an_ellipsis_may_stand_inside_of_a_number_that_is_quoted_whole() {
        let text = "The café owner paid 3,000 euros; She gave 5 per cent to him. Of $1.5 million \
                    on 27 January, 50 of them.";
        for (typed, own) in [
            ("The café … euros", "The café owner paid 3,000 euros"),
            ("She gave … per cent", "She gave 5 per cent"),
            ("Of … million", "Of $1.5 million"),
            ("She gave 5 … to him", "She gave 5 per cent to him"),
            ("Of $1.5 … January", "Of $1.5 million on 27 January"),
        ] {
            assert_eq!(found(text, typed, None, Edges::Whole), Ok(own.to_owned()));
        }
        for (typed, begins, number) in [
            ("euros; … to him", "begins", "3,000 euros"),
            ("The café … 3,000", "ends", "3,000 euros"),
            ("27 January, 5 … them", "ends", "50"),
        ] {
            let error = found(text, typed, None, Edges::Whole).unwrap_err();
            let cut = format!("the quotation {begins} inside the ");
            assert!(error.starts_with(&cut) && error.contains(&format!("{number:?}")), "{error}");
        }
    }

    #[test]
    fn words_that_stand_everywhere_are_refused_before_each_place_is_looked_at() {
        let text = "a".repeat(120_000) + " the end";
        let why = |words: &str| {
            format!("{words:?} stands more than 100000 times in the document; give more words")
        };
        let long = "a".repeat(5_000);
        for typed in ["a", "a … the end", &long] {
            let shown: String = typed.split(' ').next().unwrap().chars().take(60).collect();
            assert_eq!(found(&text, typed, None, Edges::Whole), Err(why(&shown)));
            assert_eq!(found(&text, typed, None, Edges::Exact), Err(why(&shown)));
        }
    }

    #[test]
    fn last_words_before_the_first_ones_are_named_as_that() {
        let error = found("It ended. It began.", "began … ended", None, Edges::Whole);
        assert_eq!(
            error,
            Err("the quotation does not stand in the document: its first words do, \
                              at code point 13, its last words only before them, at code point 3"
                .to_owned())
        );
    }

    /// Every place by comparing each one.
    fn compared(hay: &[u8], needle: &[u8]) -> Vec<usize> {
        (0..hay.len()).filter(|at| hay[*at..].starts_with(needle)).collect()
    }

    proptest::proptest! {
        #[test]
        fn all_occurrences_are_found(hay in "[ab]{0,40}", needle in "[ab]{1,5}") {
            let mut places = Vec::new();
            each_occurrence(hay.as_bytes(), needle.as_bytes(), &mut |at| places.push(at));
            proptest::prop_assert_eq!(places, compared(hay.as_bytes(), needle.as_bytes()));
        }

        #[test]
        fn first_words_go_with_the_next_last_ones(
            hay in "[abc]{0,30}",
            first in "[abc]{1,3}",
            last in "[abc]{1,3}",
        ) {
            let place = |at: usize, length: usize| TextPlace::new(at, at + length).unwrap();
            let all = |words: &str| -> Vec<TextPlace> {
                let at = compared(hay.as_bytes(), words.as_bytes());
                at.into_iter().map(|at| place(at, words.len())).collect()
            };
            let (firsts, lasts) = (all(&first), all(&last));
            let naive: Vec<TextPlace> = firsts
                .iter()
                .filter_map(|first| {
                    let last = lasts.iter().find(|last| last.start >= first.end)?;
                    Some(TextPlace { start: first.start, end: last.end })
                })
                .collect();
            proptest::prop_assert_eq!(joined(&firsts, &lasts), naive);
        }
    }

    #[test]
    fn typed_words_are_compared_with_a_place() {
        assert!(is_at("in “short”", "in \"short\""));
        assert!(is_at("two … given", "two answers were given"));
        assert!(!is_at("two … given", "two answers"));
        assert!(!is_at("two", "two answers"));
    }
}
