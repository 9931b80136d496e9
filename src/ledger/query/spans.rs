//! Spans: which facts quote which words of a document.
//!
//! Always holds: the segments of a text are consecutive, cover all of it, and are cut wherever a
//! span begins or ends; positions are code points. Not here: the document's bytes (`journal`).

use crate::ledger::query::row::FactRow;
use annals_core::event::vocabulary::Stance;
use annals_core::quote::{Quotation, Text};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// A quotation of a fact in a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct QuotedSpan {
    /// The fact.
    #[serde(skip)]
    pub fact: u64,
    /// First code point.
    pub start: usize,
    /// The code point after the last.
    pub end: usize,
    /// The stance of the document to the claim.
    pub stance: Stance,
    /// Whether the document has these words at this place.
    pub holds: bool,
}

/// A part of a text within which no quotation begins or ends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Segment {
    /// First code point.
    pub start: usize,
    /// The code point after the last.
    pub end: usize,
    /// Its text.
    pub text: String,
    /// The facts that quote it, by position.
    pub facts: Vec<u64>,
}

/// The quotations of each fact's present revision in a document with this text.
pub fn quoted(rows: &[&FactRow], document: u64, text: &Text) -> Vec<Vec<QuotedSpan>> {
    let (mut quotations, mut places) = (Vec::new(), Vec::new());
    for (index, row) in rows.iter().enumerate() {
        for evidence in row.words.evidence.iter().map(|row| &row.evidence) {
            if evidence.document == document
                && let (Some(quote), Some(span)) = (&evidence.quote, &evidence.span)
            {
                quotations.push(Quotation { quote, span });
                places.push((index, evidence.stance));
            }
        }
    }
    let mut all = vec![Vec::new(); rows.len()];
    let checked = text.check_all(&quotations);
    for ((quotation, (index, stance)), checked) in quotations.iter().zip(places).zip(checked) {
        let inside = |point: u64| usize::try_from(point).unwrap_or(usize::MAX);
        all[index].push(QuotedSpan {
            fact: rows[index].fact,
            start: inside(quotation.span.start),
            end: inside(quotation.span.end),
            stance,
            holds: checked.is_ok(),
        });
    }
    all
}

/// The segments of a text, cut at both ends of every quotation that holds.
pub fn segments<'a>(text: &Text, spans: impl Iterator<Item = &'a QuotedSpan>) -> Vec<Segment> {
    let mut borders: BTreeMap<usize, (Vec<u64>, Vec<u64>)> = BTreeMap::new();
    for border in [0, text.len()] {
        borders.entry(border).or_default();
    }
    for span in spans.filter(|span| span.holds) {
        borders.entry(span.start).or_default().0.push(span.fact);
        borders.entry(span.end).or_default().1.push(span.fact);
    }
    // A fact may quote the same words twice: it covers them until its last quotation ends.
    let mut open: BTreeMap<u64, usize> = BTreeMap::new();
    let mut segments = Vec::new();
    let ends: Vec<usize> = borders.keys().skip(1).copied().collect();
    for ((start, (begin, end)), until) in borders.into_iter().zip(ends) {
        for fact in end {
            if let Some(count) = open.get_mut(&fact) {
                *count -= 1;
            }
        }
        for fact in begin {
            *open.entry(fact).or_default() += 1;
        }
        open.retain(|_, count| *count > 0);
        let words = text.slice(start, until).unwrap_or_default().to_owned();
        let facts = open.keys().copied().collect();
        segments.push(Segment { start, end: until, text: words, facts });
    }
    segments
}

/// The quoted share of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Coverage {
    /// Code points of the text.
    pub length: usize,
    /// Code points that at least one fact quotes.
    pub quoted: usize,
    /// Code points that no fact quotes.
    pub unquoted: usize,
    /// Runs of text that no fact quotes; white space and punctuation alone do not count.
    pub gaps: usize,
}

/// The coverage of a text by its segments.
pub fn coverage(segments: &[Segment]) -> Coverage {
    let mut all = Coverage { length: 0, quoted: 0, unquoted: 0, gaps: 0 };
    for segment in segments {
        let length = segment.end - segment.start;
        all.length += length;
        match segment.facts.is_empty() {
            false => all.quoted += length,
            true => {
                all.unquoted += length;
                all.gaps += usize::from(segment.text.chars().any(char::is_alphanumeric));
            }
        }
    }
    all
}

/// The facts of some quotations, by position.
pub fn facts(spans: &[QuotedSpan]) -> BTreeSet<u64> {
    spans.iter().map(|span| span.fact).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(fact: u64, start: usize, end: usize) -> QuotedSpan {
        QuotedSpan { fact, start, end, stance: Stance::Supports, holds: true }
    }

    fn cut(text: &str, spans: &[QuotedSpan]) -> Vec<(String, Vec<u64>)> {
        let text = Text::new(text.as_bytes().to_vec()).unwrap();
        segments(&text, spans.iter())
            .into_iter()
            .map(|segment| (segment.text, segment.facts))
            .collect()
    }

    #[test]
    fn overlapping_nested_and_equal_spans_count_code_points() {
        let spans = [span(4, 0, 6), span(5, 3, 8), span(6, 3, 8), span(7, 4, 5)];
        let expected = [
            ("“é—", vec![4]),
            ("ß", vec![4, 5, 6]),
            ("Я", vec![4, 5, 6, 7]),
            ("京", vec![4, 5, 6]),
            ("😀x", vec![5, 6]),
            ("yz", vec![]),
        ];
        let expected: Vec<_> = expected.map(|(text, facts)| (text.to_owned(), facts)).into();
        assert_eq!(cut("“é—ßЯ京😀xyz", &spans), expected);
    }

    #[test]
    fn a_fact_that_quotes_the_same_words_twice_covers_them_to_the_last_end() {
        let expected =
            [("ab".to_owned(), vec![4]), ("c".to_owned(), vec![4]), ("d".to_owned(), vec![])];
        assert_eq!(cut("abcd", &[span(4, 0, 3), span(4, 0, 2)]), expected);
        assert_eq!(cut("", &[]), []);
    }

    #[test]
    fn what_is_quoted_is_counted_once() {
        let text = Text::new("one, two, three".into()).unwrap();
        let all = coverage(&segments(&text, [span(4, 0, 3), span(5, 1, 3), span(6, 5, 8)].iter()));
        assert_eq!(all, Coverage { length: 15, quoted: 6, unquoted: 9, gaps: 1 });
    }
}
