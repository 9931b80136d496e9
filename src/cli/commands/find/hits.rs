//! Hits: the texts of a fact that contain the words, and the places.
//!
//! Always holds: marks are code points of the text as in the record. Not here: comparing words
//! (`search`).

use crate::cli::terminal::{colour, visible};
use crate::ledger::query::row::WordsRow;
use crate::ledger::query::scan::{TextField, texts};
use annals_core::search::{Phrase, SearchedText, joined};
use serde::Serialize;
use std::ops::Range;

/// The approximate number of bytes of a long text shown on each side of a hit.
const CONTEXT: usize = 120;

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
    #[serde(skip)]
    places: Vec<Range<usize>>,
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
            hits.push(Hit { within, document, text, marks, places });
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

    /// The text with its hits marked; of a long text the part around them.
    pub fn marked(&self) -> String {
        let mut shown = String::new();
        let mut at = 0;
        for (index, place) in self.places.iter().enumerate() {
            let before = self.text.get(at..place.start).unwrap_or_default();
            let before = if index == 0 { tail(before) } else { middle(before) };
            shown.push_str(&visible(&before));
            shown.push_str(&mark(self.text.get(place.clone()).unwrap_or_default()));
            at = place.end;
        }
        let rest = self.text.get(at..).unwrap_or_default();
        shown + &visible(&head(rest))
    }
}

/// The text between two places, shortened in the middle if it is long.
fn middle(text: &str) -> String {
    match text.len() > 2 * CONTEXT {
        false => text.to_owned(),
        true => format!("{}{}", head(text), tail(text).trim_start_matches('…')),
    }
}

/// The beginning of a long text, up to a space.
fn head(text: &str) -> String {
    if text.len() <= 2 * CONTEXT {
        return text.to_owned();
    }
    let end = text.floor_char_boundary(CONTEXT);
    let part = text.get(..end).unwrap_or_default();
    let end = part.rfind(char::is_whitespace).unwrap_or(end);
    format!("{} …", part.get(..end).unwrap_or_default())
}

/// The end of a long text, from a space on.
fn tail(text: &str) -> String {
    if text.len() <= 2 * CONTEXT {
        return text.to_owned();
    }
    let start = text.ceil_char_boundary(text.len() - CONTEXT);
    let part = text.get(start..).unwrap_or_default();
    let start = part.find(char::is_whitespace).unwrap_or(0);
    format!("…{}", part.get(start..).unwrap_or_default())
}

/// A text of strangers in the marks of a hit.
pub fn mark(text: &str) -> String {
    colour(&format!("⟦{}⟧", visible(text)), "1")
}
