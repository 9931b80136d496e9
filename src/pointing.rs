//! Pointing: finding in a document the words that an editor means, loosely typed.
//!
//! Always holds: what is found is a span of the document; the document's own words are recorded,
//! never the typed ones. Loose about white space, quotation marks and dashes; not about letters.
//! Not here: the record's exact quotations (`quote`). Source: the Web Annotation TextQuoteSelector
//! idea, turned to typing.

use crate::quote::Text;

/// Why words do not point at one place.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PointingError {
    /// Nothing to look for.
    #[error("the quotation is empty")]
    Empty,
    /// Not in the document; the nearest place in it, and the first difference there.
    #[error("{}", describe(*.at, .found, *.before, (.instead, .expected)))]
    NotFound {
        /// The code point of the nearest place.
        at: usize,
        /// The longest run of the typed words that stands there (may be empty).
        found: String,
        /// Whether the first difference is before it, not after it.
        before: bool,
        /// What the document has there.
        instead: String,
        /// What was typed there.
        expected: String,
    },
    /// More than one place.
    #[error(
        "the quotation stands {count} times in the document, at code points {places}; \
             give more words, or say which with nth"
    )]
    Ambiguous {
        /// How many.
        count: usize,
        /// The first few places, as `start..end`.
        places: String,
    },
    /// There is no such occurrence.
    #[error("expected an occurrence from 1 to {count}, found {nth}")]
    NoSuchOccurrence {
        /// Asked for.
        nth: usize,
        /// How many there are.
        count: usize,
    },
}

fn describe(at: usize, found: &str, before: bool, differ: (&str, &str)) -> String {
    let (instead, expected) = differ;
    let not = "the quotation does not stand in the document";
    let side = if before { "before" } else { "after" };
    if found.is_empty() {
        return format!("{not}: no word of {expected:?} does");
    }
    let instead = match instead {
        "" => "nothing".to_owned(),
        words => format!("{words:?}"),
    };
    format!(
        "{not}: the nearest place is {found:?} at code point {at}; {side} it the document has \
         {instead}, the quotation has {expected:?}"
    )
}

/// A document's text folded for loose search: each folded character and its code point.
struct Loose {
    chars: Vec<char>,
    points: Vec<usize>,
}

impl Loose {
    fn of(text: &str) -> Loose {
        let mut loose = Loose { chars: Vec::new(), points: Vec::new() };
        for (point, c) in text.chars().enumerate() {
            let folded = fold(c);
            if folded == ' ' && loose.chars.last() == Some(&' ') {
                continue;
            }
            loose.chars.push(folded);
            loose.points.push(point);
        }
        loose
    }

    /// All places of `needle` from index `from` on, overlaps counted.
    fn places(&self, needle: &[char], from: usize) -> Vec<usize> {
        let last = (self.chars.len() + 1).saturating_sub(needle.len());
        (from..last).filter(|at| self.chars[*at..].starts_with(needle)).collect()
    }
}

fn fold(c: char) -> char {
    match c {
        c if c.is_whitespace() => ' ',
        '"' | '“' | '”' | '„' | '‟' | '«' | '»' | '″' => '"',
        '\'' | '‘' | '’' | '‚' | '‛' | '‹' | '›' | '′' | '`' => '\'',
        '-' | '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' => '-',
        other => other,
    }
}

fn needle(words: &str) -> Vec<char> {
    Loose::of(words.trim()).chars
}

/// The span `start..end` in code points at which `typed` points: the words themselves, or
/// `first words … last words`. `nth` chooses among several, from 1.
pub fn point(
    text: &Text,
    typed: &str,
    nth: Option<usize>,
) -> Result<(usize, usize), PointingError> {
    let loose = Loose::of(text.as_str());
    let whole = needle(typed);
    if whole.is_empty() {
        return Err(PointingError::Empty);
    }
    let mut spans: Vec<(usize, usize)> =
        loose.places(&whole, 0).into_iter().map(|at| (at, at + whole.len())).collect();
    if spans.is_empty()
        && let Some((first, last)) = split_ellipsis(typed)
    {
        let (first, last) = (needle(first), needle(last));
        if !first.is_empty() && !last.is_empty() {
            for at in loose.places(&first, 0) {
                let end = loose.places(&last, at + first.len()).first().copied();
                spans.extend(end.map(|end| (at, end + last.len())));
            }
        }
    }
    let span = choose(&spans, nth, &loose).map_err(|error| match error {
        PointingError::Empty => nearest(&loose, typed),
        other => other,
    })?;
    let end = span.1.checked_sub(1).and_then(|last| loose.points.get(last));
    match (loose.points.get(span.0), end) {
        (Some(start), Some(end)) => Ok((*start, end + 1)),
        _ => Err(PointingError::Empty),
    }
}

/// Whether `typed` points at all of `words`: the same words, or their beginning and their end.
pub fn is_at(typed: &str, words: &str) -> bool {
    let (whole, found) = (needle(typed), needle(words));
    let ends = split_ellipsis(typed).is_some_and(|(first, last)| {
        let (first, last) = (needle(first), needle(last));
        let fits = first.len() + last.len() <= found.len();
        fits && !first.is_empty() && found.starts_with(&first) && found.ends_with(&last)
    });
    whole == found || ends
}

fn split_ellipsis(typed: &str) -> Option<(&str, &str)> {
    typed.split_once('…').or_else(|| typed.split_once("..."))
}

fn choose(
    spans: &[(usize, usize)],
    nth: Option<usize>,
    loose: &Loose,
) -> Result<(usize, usize), PointingError> {
    let count = spans.len();
    match (spans, nth) {
        ([], _) => Err(PointingError::Empty),
        (spans, Some(nth)) => nth
            .checked_sub(1)
            .and_then(|index| spans.get(index).copied())
            .ok_or(PointingError::NoSuchOccurrence { nth, count }),
        ([span], None) => Ok(*span),
        (spans, None) => {
            let place = |span: &(usize, usize)| {
                let start = loose.points.get(span.0).copied().unwrap_or_default();
                let end = loose.points.get(span.1 - 1).map_or(start, |end| end + 1);
                format!("{start}..{end}")
            };
            let places: Vec<String> = spans.iter().take(5).map(place).collect();
            Err(PointingError::Ambiguous { count, places: places.join(", ") })
        }
    }
}

/// The place in the document that is nearest to the typed words, and what differs there. Of
/// `first … last`, the part that is not found.
fn nearest(loose: &Loose, typed: &str) -> PointingError {
    let (mut typed, mut from) = (needle(typed), 0);
    if let Some((first, last)) = split_ellipsis(&typed.iter().collect::<String>()) {
        let (first, last) = (needle(first), needle(last));
        match loose.places(&first, 0).first() {
            Some(at) if !first.is_empty() && !last.is_empty() => {
                from = at + first.len();
                typed = last;
            }
            _ => typed = if first.is_empty() { last } else { first },
        }
    }
    let Run { at, of, length } = longest_run(loose, &typed, from);
    let end = of + length;
    let before = end == typed.len() && of > 0;
    let (instead, expected) = match before {
        true => (last_of(&loose.chars[..at]), last_of(&typed[..of])),
        false => (first_of(&loose.chars[at + length..]), first_of(&typed[end..])),
    };
    // Of a long run the end that is beside the difference is told.
    let shown = length.min(SHOWN);
    let skipped = if before { 0 } else { length - shown };
    PointingError::NotFound {
        at: loose.points.get(at + skipped).copied().unwrap_or_default(),
        found: typed[of + skipped..of + skipped + shown].iter().collect(),
        before,
        instead,
        expected,
    }
}

/// How many characters are told of a run, and of a difference.
const SHOWN: usize = 40;
const DIFFERENCE: usize = 24;

fn first_of(chars: &[char]) -> String {
    chars.iter().take(DIFFERENCE).collect()
}

fn last_of(chars: &[char]) -> String {
    chars[chars.len().saturating_sub(DIFFERENCE)..].iter().collect()
}

/// Characters that the document and the typed words share: where in each, and how many.
#[derive(Clone, Copy, Default)]
struct Run {
    at: usize,
    of: usize,
    length: usize,
}

/// The longest run from the beginning of some typed word on, the earliest of equal ones.
fn longest_run(loose: &Loose, typed: &[char], from: usize) -> Run {
    let begins = |of: &usize| *of == 0 || typed.get(of - 1) == Some(&' ');
    let mut best = Run::default();
    for of in (0..typed.len()).filter(begins) {
        for at in from..loose.chars.len() {
            let same = loose.chars[at..].iter().zip(&typed[of..]);
            let length = same.take_while(|(a, b)| a == b).count();
            let word = at == 0 || !loose.chars[at - 1].is_alphanumeric();
            if word && length > best.length {
                best = Run { at, of, length };
            }
        }
        // What is found once the quotation's beginning is, is the first difference.
        if best.length > typed.len() / 2 {
            break;
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "Kommersant reports – “in short” – that two answers were given. \
                        Sullivan met Grushko in Moscow.";

    fn at(typed: &str) -> Result<String, String> {
        let text = Text::new(TEXT.into()).unwrap();
        let found = point(&text, typed, None).map_err(|error| error.to_string())?;
        Ok(text.slice(found.0, found.1).unwrap().to_owned())
    }

    #[test]
    fn words_point_loosely_and_the_document_s_own_are_found() {
        assert_eq!(at("reports - \"in  short\""), Ok("reports – “in short”".to_owned()));
        assert_eq!(at("Kommersant … given").unwrap(), &TEXT[..TEXT.find('.').unwrap()]);
        assert_eq!(at("Sullivan...Moscow"), Ok("Sullivan met Grushko in Moscow".to_owned()));
    }

    #[test]
    fn the_nearest_place_and_the_first_difference_are_told() {
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
    }

    #[test]
    fn typed_words_are_compared_with_a_place() {
        assert!(is_at("in “short”", "in \"short\""));
        assert!(is_at("two … given", "two answers were given"));
        assert!(!is_at("two … given", "two answers"));
        assert!(!is_at("two", "two answers"));
    }
}
