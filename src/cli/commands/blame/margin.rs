//! A text with its facts in the margin, or below each paragraph on a narrow terminal.
//!
//! Always holds: ⟦ with the numbers of facts begins their quotations, ⟧ ends the one begun last;
//! where quotations cross, ⟧ has the numbers of those that end. Text that is not quoted is outside
//! all brackets. Columns count display width. Not here: which spans (`query/spans`).

use crate::cli::terminal::{CliError, colour, visible, whole_words};
use crate::ledger::answer::blame::QuotingFact;
use crate::ledger::answer::phrases::{CORRECTED, standing};
use crate::ledger::query::row::Named;
use crate::ledger::query::spans::Segment;
use annals_core::event::vocabulary::Stance;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::ops::Range;
use textwrap::core::{Word, break_words, display_width};
use textwrap::wrap_algorithms::wrap_first_fit;
use textwrap::{WordSeparator, fill};

/// Columns of the margin, including the gap between text and margin.
const MARGIN: usize = 32;
const BETWEEN: usize = 3;
/// Below this width the notes are below the paragraph.
const NARROW: usize = 76;

/// How a piece of a paragraph is shown.
#[derive(Clone, Copy, PartialEq, Eq)]
enum MarginStyle {
    Quoted,
    Plain,
    Label,
}

/// A paragraph with its text, the style of its parts, and the places where facts begin.
#[derive(Default)]
struct Paragraph {
    text: String,
    looks: Vec<(Range<usize>, MarginStyle)>,
    begins: Vec<(usize, u64)>,
}

impl Paragraph {
    fn add(&mut self, text: &str, look: MarginStyle) {
        let start = self.text.len();
        self.text.push_str(text);
        self.looks.push((start..self.text.len(), look));
    }
}

/// Writes the text with the notes of its facts, in this number of columns.
pub fn write(
    out: &mut dyn Write,
    segments: &[Segment],
    notes: &BTreeMap<u64, String>,
    columns: usize,
) -> Result<(), CliError> {
    for paragraph in paragraphs(segments) {
        match columns < NARROW {
            true => below(out, &paragraph, notes, columns)?,
            false => beside(out, &paragraph, notes, columns)?,
        }
        writeln!(out)?;
    }
    Ok(())
}

/// The segments with their brackets, split at line feeds.
fn paragraphs(segments: &[Segment]) -> Vec<Paragraph> {
    let mut all = vec![Paragraph::default()];
    // The open brackets, each with the facts that began there together.
    let mut open: Vec<BTreeSet<u64>> = Vec::new();
    let none = Vec::new();
    for (index, segment) in segments.iter().enumerate() {
        let before = index.checked_sub(1).and_then(|last| segments.get(last));
        let before = before.map_or(&none, |segment| &segment.facts);
        let last = all.len() - 1;
        close(&mut all[last], &mut open, &segment.facts);
        let new: BTreeSet<u64> = segment
            .facts
            .iter()
            .filter(|fact| before.binary_search(fact).is_err())
            .copied()
            .collect();
        begin(&mut all[last], &mut open, segments.get(index..).unwrap_or_default(), new);
        let look = if segment.facts.is_empty() { MarginStyle::Plain } else { MarginStyle::Quoted };
        for (line, text) in segment.text.split('\n').enumerate() {
            if line > 0 {
                all.push(Paragraph::default());
            }
            let text = text.trim_end_matches('\r').replace('\t', "    ");
            if let Some(paragraph) = all.last_mut() {
                paragraph.add(&visible(&text), look);
            }
        }
    }
    if let Some(paragraph) = all.last_mut() {
        close(paragraph, &mut open, &[]);
    }
    all.retain(|paragraph| !paragraph.text.trim().is_empty());
    all
}

/// Closes the brackets that no continuing fact needs.
fn close(paragraph: &mut Paragraph, open: &mut Vec<BTreeSet<u64>>, go_on: &[u64]) {
    let ended = |facts: &BTreeSet<u64>| facts.iter().all(|fact| go_on.binary_search(fact).is_err());
    while open.last().is_some_and(ended) {
        open.pop();
        paragraph.add("⟧", MarginStyle::Label);
    }
    let mut crossing = Vec::new();
    open.retain(|facts| {
        let end = ended(facts);
        if end {
            crossing.extend(facts.iter().copied());
        }
        !end
    });
    if !crossing.is_empty() {
        paragraph.add(&format!("⟧{}", numbers(crossing.iter())), MarginStyle::Label);
    }
}

/// Opens brackets for new facts, the longest first, so that they nest if possible.
fn begin(
    paragraph: &mut Paragraph,
    open: &mut Vec<BTreeSet<u64>>,
    rest: &[Segment],
    new: BTreeSet<u64>,
) {
    let length =
        |fact: &u64| rest.iter().take_while(|s| s.facts.binary_search(fact).is_ok()).count();
    let mut by_length: BTreeMap<usize, BTreeSet<u64>> = BTreeMap::new();
    for fact in new {
        by_length.entry(length(&fact)).or_default().insert(fact);
    }
    for facts in by_length.into_values().rev() {
        let start = paragraph.text.len();
        paragraph.begins.extend(facts.iter().map(|fact| (start, *fact)));
        paragraph.add(&format!("⟦{}", numbers(facts.iter())), MarginStyle::Label);
        open.push(facts);
    }
}

/// Positions as small raised digits: ⁴⁺⁵.
fn numbers<'a>(facts: impl Iterator<Item = &'a u64>) -> String {
    let raised = |fact: &u64| {
        let digit = |digit: char| {
            let digits = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];
            digit.to_digit(10).and_then(|at| digits.get(at as usize)).copied()
        };
        fact.to_string().chars().filter_map(digit).collect::<String>()
    };
    facts.map(raised).collect::<Vec<_>>().join("⁺")
}

/// Number, status and signer; the stance of the quotation, and everything that qualifies the fact.
pub fn note(fact: &QuotingFact) -> String {
    let by = Named { then: fact.by.clone().unwrap_or_default(), now: fact.by_now.clone() };
    let by = visible(&by.to_string());
    let undone = fact.undone_by.map(|by| format!(", undone by {by}")).unwrap_or_default();
    let is_corrected = fact.overlays.iter().any(|overlay| overlay.starts_with(CORRECTED));
    let words = if is_corrected { "words by " } else { "" };
    let mut note = format!("{} {}, {words}{by}{undone}", fact.fact, standing(fact.status));
    let rests = fact.spans.iter().any(|span| span.stance == Stance::Supports);
    if let (false, Some(span)) = (rests, fact.spans.first()) {
        note.push_str(&format!("; {} it", span.stance));
    }
    for overlay in &fact.overlays {
        note.push_str(&format!("; {overlay}"));
    }
    if !fact.confirmed_by.is_empty() {
        let all: Vec<String> = fact.confirmed_by.iter().map(|name| visible(name)).collect();
        note.push_str(&format!("; confirmed by {}", all.join(", ")));
    }
    note
}

/// The byte ranges of a paragraph's lines at this width.
fn lines(paragraph: &Paragraph, width: usize) -> Vec<Range<usize>> {
    let words = WordSeparator::UnicodeBreakProperties.find_words(&paragraph.text);
    let words: Vec<Word<'_>> = break_words(words, width);
    let mut at = 0;
    let length = |word: &Word<'_>| word.word.len() + word.whitespace.len();
    wrap_first_fit(&words, &[width as f64])
        .into_iter()
        .map(|line| {
            let start = at;
            at += line.iter().map(length).sum::<usize>();
            let trailing = line.last().map_or(0, |word| word.whitespace.len());
            start..at - trailing
        })
        .collect()
}

/// A line with the style of its parts.
fn shown(paragraph: &Paragraph, line: &Range<usize>) -> String {
    let mut out = String::new();
    for (range, look) in &paragraph.looks {
        let part = range.start.max(line.start)..range.end.min(line.end);
        let Some(text) = paragraph.text.get(part).filter(|text| !text.is_empty()) else { continue };
        match look {
            MarginStyle::Quoted => out.push_str(text),
            MarginStyle::Plain => out.push_str(&colour(text, "2")),
            MarginStyle::Label => out.push_str(&colour(text, "1")),
        }
    }
    out
}

/// The notes of the facts that begin in a range of a paragraph.
fn notes_in(
    paragraph: &Paragraph,
    range: &Range<usize>,
    notes: &BTreeMap<u64, String>,
    width: usize,
) -> Vec<String> {
    let begin = paragraph.begins.iter().filter(|(at, _)| range.contains(at));
    let mut all = Vec::new();
    for note in begin.filter_map(|(_, fact)| notes.get(fact)) {
        let mut options = whole_words("").subsequent_indent("   ");
        options.width = width;
        all.extend(fill(note, options).lines().map(str::to_owned));
    }
    all
}

fn beside(
    out: &mut dyn Write,
    paragraph: &Paragraph,
    notes: &BTreeMap<u64, String>,
    columns: usize,
) -> Result<(), CliError> {
    let text = columns.saturating_sub(MARGIN + BETWEEN);
    let mut waiting = std::collections::VecDeque::new();
    let all = lines(paragraph, text);
    let mut next = all.iter().map(|line| line.start).skip(1).chain([usize::MAX]);
    for line in &all {
        // Spaces at a line's end may hold a bracket of the next word: it belongs to this line.
        let range = line.start..next.next().unwrap_or(usize::MAX);
        waiting.extend(notes_in(paragraph, &range, notes, MARGIN));
        let words = paragraph.text.get(line.clone()).unwrap_or_default();
        let pad = " ".repeat(text.saturating_sub(display_width(words)));
        row(out, &format!("{}{pad}", shown(paragraph, line)), waiting.pop_front())?;
    }
    while let Some(note) = waiting.pop_front() {
        row(out, &" ".repeat(text), Some(note))?;
    }
    Ok(())
}

fn row(out: &mut dyn Write, text: &str, note: Option<String>) -> Result<(), CliError> {
    let line = format!("{text} │ {}", note.unwrap_or_default());
    Ok(writeln!(out, "{}", line.trim_end())?)
}

fn below(
    out: &mut dyn Write,
    paragraph: &Paragraph,
    notes: &BTreeMap<u64, String>,
    columns: usize,
) -> Result<(), CliError> {
    for line in lines(paragraph, columns) {
        writeln!(out, "{}", shown(paragraph, &line))?;
    }
    for note in notes_in(paragraph, &(0..usize::MAX), notes, columns.saturating_sub(4)) {
        writeln!(out, "    {note}")?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
