//! Hits: the texts of a fact that contain the words, and the places.
//!
//! Always holds: marks are code points of the text as in the record. Not here: comparing words
//! (`search`).

use crate::ledger::query::row::WordsRow;
use crate::ledger::query::scan::{TextField, texts};
use annals_core::search::{Phrase, SearchedText, joined};
use serde::Serialize;
use std::ops::Range;

/// The place of a hit, in code points.
#[derive(Debug, Serialize)]
pub struct HitMark {
    start: usize,
    end: usize,
}

/// A text that contains some of the words.
#[derive(Debug, Serialize)]
pub struct Hit {
    /// `claim`, `quote` or `attribution`.
    #[serde(rename = "in")]
    pub within: &'static str,
    /// The quoted document.
    pub document: Option<u64>,
    /// The text.
    pub text: String,
    /// The places of the hits, in code points.
    marks: Vec<HitMark>,
    /// The places in bytes.
    #[serde(skip)]
    pub places: Vec<Range<usize>>,
}

/// The texts that contain at least one of the phrases.
pub fn of(words: &WordsRow, phrases: &[Phrase]) -> Vec<Hit> {
    let mut hits = Vec::new();
    for (place, text) in texts(words) {
        let (within, document) = match place {
            TextField::Claim => ("claim", None),
            TextField::Quote(document) => ("quote", Some(document)),
            TextField::Attribution => ("attribution", None),
        };
        let searched = SearchedText::new(&text);
        let places = phrases.iter().flat_map(|phrase| searched.places(phrase)).collect();
        let places = joined(places);
        if !places.is_empty() {
            let point = |byte: usize| text.get(..byte).unwrap_or_default().chars().count();
            let mark =
                |place: &Range<usize>| HitMark { start: point(place.start), end: point(place.end) };
            let marks = places.iter().map(mark).collect();
            hits.push(Hit { within, document, text: text.into_owned(), marks, places });
        }
    }
    hits
}

impl Hit {
    /// Whether it is the claim.
    pub fn is_claim(&self) -> bool {
        self.within == "claim"
    }

    /// The kind of the text, for people.
    pub fn place(&self) -> String {
        match self.document {
            Some(document) => format!("{} of document {document}", self.within),
            None => self.within.to_owned(),
        }
    }

    /// The places as `start..end; start..end`, in code points.
    pub fn spans(&self) -> String {
        let span = |mark: &HitMark| format!("{}..{}", mark.start, mark.end);
        self.marks.iter().map(span).collect::<Vec<_>>().join("; ")
    }
}
