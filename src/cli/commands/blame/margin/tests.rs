//! Tests of texts with facts beside and below them, in scripts of one and of two columns.

use crate::cli::commands::blame::margin::*;
use crate::ledger::query::spans::{QuotedSpan, segments};
use annals_core::quote::Text;
use annals_core::state::Status;

fn resting(fact: u64, start: usize, end: usize) -> QuotingFact {
    let span = QuotedSpan { fact, start, end, stance: Stance::Supports, holds: true };
    QuotingFact {
        fact,
        hash: annals_core::hash::Hash::of(&[b"fact"]),
        status: Some(Status::Asserted),
        overlays: Vec::new(),
        claim: None,
        by: Some("Ada".to_owned()),
        by_now: None,
        undone_by: None,
        at: None,
        confirmed_by: Vec::new(),
        spans: vec![span],
    }
}

fn drawn(text: &str, facts: &[QuotingFact], columns: usize) -> String {
    let text = Text::new(text.as_bytes().to_vec()).unwrap();
    let spans: Vec<QuotedSpan> = facts.iter().flat_map(|fact| &fact.spans).copied().collect();
    let mut out = Vec::new();
    let notes = facts.iter().map(|fact| (fact.fact, note(fact))).collect();
    write(&mut out, &segments(&text, spans.iter()), &notes, columns).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn on_a_narrow_terminal_the_notes_stand_below_each_paragraph() {
    let facts = [resting(4, 0, 12), resting(15, 26, 32)];
    let output = drawn("The minister said so.\nBut nobody heard it.", &facts, 40);
    let expected = "⟦⁴The minister⟧ said so.
    4 asserted, Ada

But ⟦¹⁵nobody⟧ heard it.
    15 asserted, Ada

";
    assert_eq!(output, expected);
}

#[test]
fn nested_equal_and_crossing_quotations_can_be_told_apart() {
    let text = "abcdefgh";
    let facts = [resting(4, 0, 6), resting(5, 1, 3), resting(6, 1, 3), resting(7, 4, 8)];
    let output = drawn(text, &facts, 60);
    assert_eq!(output.lines().next(), Some("⟦⁴a⟦⁵⁺⁶bc⟧d⟦⁷ef⟧⁴gh⟧"));
}

#[test]
fn a_quotation_may_begin_and_end_with_others_and_with_the_text() {
    let facts = [resting(4, 0, 4), resting(5, 0, 2), resting(6, 2, 4)];
    assert_eq!(drawn("abcd", &facts, 60).lines().next(), Some("⟦⁴⟦⁵ab⟧⟦⁶cd⟧⟧"));
    assert_eq!(drawn("", &[], 60), "");
    assert_eq!(drawn("ab", &[], 60), "ab\n\n");
}

#[test]
fn wide_letters_take_two_columns_and_lines_break_between_them() {
    let text = "北京的会谈持续了两个小时。".repeat(8);
    let output = drawn(&text, &[resting(4, 0, 2)], 80);
    for line in output.lines().filter(|line| !line.is_empty()) {
        let (words, _) = line.split_once('│').unwrap();
        assert_eq!(display_width(words), 80 - MARGIN - BETWEEN + 1, "{line}");
    }
    assert!(output.starts_with("⟦⁴北京⟧的会谈"), "{output}");
    assert!(output.lines().next().unwrap().ends_with("│ 4 asserted, Ada"), "{output}");
}

#[test]
fn what_cannot_be_seen_is_shown_and_a_tab_is_four_spaces() {
    let output = drawn("a\tb\u{202e}c\r\nd", &[resting(4, 2, 5)], 60);
    assert_eq!(output.lines().next(), Some("a    ⟦⁴b\\u{202e}c⟧"));
}
