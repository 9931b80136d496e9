//! Properties of records, bodies, drafts and quotations.

use annals::ledger::write::draft::{Input, read_json_lines, read_toml};
use annals_core::event::body::{Body, Span};
use annals_core::event::record::{self, Reading, Statement};
use annals_core::quote::Text;
use annals_core::quote_search::{Edges, QuoteSearch};

/// A record without a fault of form is written as its three lines; one that lacks a part has a
/// fault.
pub fn record(bytes: &[u8]) {
    let reading = Reading::of(bytes);
    assert_eq!(reading.hash, record::hash(bytes));
    let (Some(place), Some(statement), Some(signature)) =
        (&reading.place, &reading.statement, &reading.signature)
    else {
        assert!(!reading.faults.is_empty(), "a part is missing without a fault");
        return;
    };
    let said = statement.to_bytes();
    assert_eq!(Statement::parse(&said).as_ref(), Ok(statement));
    let lines = record::write(place, &said, signature);
    let whole = bytes == &lines[..lines.len() - 1] || bytes.starts_with(&lines);
    assert!(whole, "read, and written as other lines:\n{}", String::from_utf8_lossy(&lines));
    if let Some(key) = statement.by.accept() {
        key.verifies(&reading.signed_bytes(), signature);
    }
}

/// A body has one notation.
pub fn body(bytes: &[u8]) {
    if let Ok(body) = Body::parse(bytes) {
        super::written_again(&body.to_bytes(), bytes);
    }
}

/// Drafts in JSON Lines: each is read once, with its line; written again, it is the same draft.
pub fn draft(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let input = read_json_lines(text);
    placed(&input, text);
    for placed in &input.drafts {
        let line = serde_json::to_string(&placed.draft).expect("a draft is JSON");
        let again = read_json_lines(&line);
        assert!(again.unread.is_empty(), "{line}: {:?}", again.unread);
        assert_eq!(again.drafts.first().map(|again| &again.draft), Some(&placed.draft), "{line}");
    }
}

/// Drafts in TOML: each is read once, with its line.
pub fn draft_toml(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    placed(&read_toml(text), text);
}

fn placed(input: &Input, text: &str) {
    let lines = text.matches('\n').count() + 1;
    let drafts = input.drafts.iter().map(|placed| placed.line);
    for line in drafts.chain(input.unread.iter().map(|error| error.line)) {
        assert!((1..=lines).contains(&line), "line {line} of {lines}");
    }
}

/// A document and words that point at a passage: what is found is at that place, and the quotation
/// made of it holds.
pub fn quotation(bytes: &[u8]) {
    let [document, words] = super::files(bytes);
    let Ok(words) = std::str::from_utf8(words) else { return };
    let Some(text) = Text::new(document.to_vec()) else { return };
    for edges in [Edges::Whole, Edges::Exact] {
        let pointing = QuoteSearch { words, nth: Some(1), edges };
        let Ok((start, end)) = pointing.find(&text) else { continue };
        assert!(start < end && end <= text.len(), "{start}..{end} of {}", text.len());
        assert!(text.slice(start, end).is_some_and(|words| !words.is_empty()));
        if let Some(quote) = text.anchor(start, end) {
            let span = Span { start: start as u64, end: end as u64 };
            assert_eq!(text.check(&quote, &span), Ok(()), "{quote:?} at {start}..{end}");
        }
    }
}
