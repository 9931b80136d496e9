//! Hits for people: the text with the found words marked ⟦ ⟧, even without colour.
//!
//! Not here: which texts and places (`ledger::answer::hits`).

use crate::cli::terminal::{colour, visible};
use crate::ledger::answer::hits::Hit;

/// The approximate number of bytes of a long text shown on each side of a hit.
const CONTEXT: usize = 120;

/// The text with its hits marked; of a long text the part around them.
pub fn marked(hit: &Hit) -> String {
    let mut shown = String::new();
    let mut at = 0;
    for (index, place) in hit.places.iter().enumerate() {
        let before = hit.text.get(at..place.start).unwrap_or_default();
        let before = if index == 0 { tail(before) } else { middle(before) };
        shown.push_str(&visible(&before));
        shown.push_str(&mark(hit.text.get(place.clone()).unwrap_or_default()));
        at = place.end;
    }
    let rest = hit.text.get(at..).unwrap_or_default();
    shown + &visible(&head(rest))
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
