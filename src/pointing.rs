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
    /// Not in the document; the longest beginning that is.
    #[error("{}", describe(.found, .instead, .expected))]
    NotFound {
        /// The beginning of the words that stands in the document (may be empty).
        found: String,
        /// What the document has after it.
        instead: String,
        /// What was typed after it.
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

fn describe(found: &str, instead: &str, expected: &str) -> String {
    if found.is_empty() {
        return format!("the quotation does not stand in the document: not even {expected:?} does");
    }
    format!(
        "the quotation does not stand in the document: after {found:?} the document has \
         {instead:?}, the quotation has {expected:?}"
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
        PointingError::Empty => nearest(&loose, &whole),
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

/// The longest beginning of the typed words that stands in the document, and what differs there.
fn nearest(loose: &Loose, typed: &[char]) -> PointingError {
    let mut best = (0, 0);
    for at in 0..loose.chars.len() {
        let same = loose.chars[at..].iter().zip(typed).take_while(|(a, b)| a == b).count();
        if same > best.1 {
            best = (at, same);
        }
    }
    let (at, same) = best;
    let text = |chars: &[char], n: usize| chars.iter().take(n).collect::<String>();
    let tail = same.saturating_sub(40);
    PointingError::NotFound {
        found: typed[tail..same].iter().collect(),
        instead: text(&loose.chars[(at + same).min(loose.chars.len())..], 24),
        expected: text(&typed[same..], 24),
    }
}
