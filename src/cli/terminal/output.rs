//! Output: data on stdout, notes on stderr; text of strangers is made visible.
//!
//! Always holds: control and bidirectional characters of a text never reach a terminal as such.

use crate::cli::terminal::exit::CliError;
use crate::cli::terminal::options::Format;
use crate::cli::terminal::streams::{err, out};
use crate::ledger::answer::visible::visible;
use crate::ledger::answer::write_json;
use annals_core::edges::{Unit, unit_at};
use std::io::{self, Write};
use std::ops::Range;
use std::path::Path;
use textwrap::WordSeparator;
use textwrap::core::{Word, display_width};

/// The receipt, on stdout; on stderr if stdout fails, so that the positions of written events are
/// always reported.
pub struct DoneWriter {
    text: Vec<u8>,
    format: Format,
}

/// The output of a command that wrote something: it is printed when it is flushed.
pub fn done() -> DoneWriter {
    done_as(Format::Text)
}

/// As [`done`], in this format.
pub fn done_as(format: Format) -> DoneWriter {
    DoneWriter { text: Vec::new(), format }
}

impl Write for DoneWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.text.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        let text = std::mem::take(&mut self.text);
        let mut out = out(self.format);
        let Err(error) = out.write_all(&text).and_then(|()| out.flush()) else { return Ok(()) };
        let mut err = err();
        // If stderr fails too, only the exit code is left.
        let _ = err.write_all(&text).and_then(|()| err.flush());
        let why = format!("on standard output: {error}; what was done is said here");
        Err(io::Error::new(error.kind(), why))
    }
}

/// A note on stderr, each line whole: it may name a command, which a person copies.
pub fn note(text: impl std::fmt::Display) {
    // A closed stderr is ignored.
    let _ = writeln!(err(), "{text}");
}

/// A path for people, in one line: a name may have a line break.
pub fn shown_path(path: &Path) -> String {
    visible(&path.display().to_string())
}

/// The width of text for people: the terminal's, at most 100; 100 without a terminal.
pub fn width() -> usize {
    match console::Term::stdout().size_checked() {
        Some((_, columns)) => usize::from(columns).clamp(40, 100),
        None => 100,
    }
}

/// A line of an answer: at a terminal broken between words at its width, the further lines
/// indented; elsewhere whole, for those who search it.
pub fn line_of_answer(text: &str, indent: usize) -> String {
    match console::Term::stdout().size_checked() {
        Some((_, columns)) => folded(text, usize::from(columns).max(40), indent),
        None => text.to_owned(),
    }
}

/// Text of which each line that is wider is broken between words, its further lines indented.
fn folded(text: &str, width: usize, indent: usize) -> String {
    let pad = " ".repeat(indent);
    let mut options = whole_words("").subsequent_indent(&pad).break_words(false);
    options.width = width;
    let lines = text.split('\n').map(|line| match display_width(line) > width {
        true => textwrap::fill(line, &options),
        false => line.to_owned(),
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// Text wrapped to the width, each line indented.
pub fn wrapped(text: &str, indent: usize) -> String {
    let pad = " ".repeat(indent);
    textwrap::fill(text, whole_words(&pad))
}

/// Options for lines that break between words, never inside a date, a hyphenated name or a number
/// with its unit; in Chinese and Japanese between characters, but neither before a closing mark nor
/// inside a number.
pub fn whole_words(pad: &str) -> textwrap::Options<'_> {
    textwrap::Options::new(width())
        .initial_indent(pad)
        .subsequent_indent(pad)
        .word_separator(WordSeparator::Custom(words_of_line))
        .word_splitter(textwrap::WordSplitter::NoHyphenation)
}

/// The maximum length, in bytes, of a number with its spaces and its unit that is kept together.
const LONGEST_NUMBER: usize = 20;

/// The parts of a line after which it may break.
fn words_of_line(line: &str) -> Box<dyn Iterator<Item = Word<'_>> + '_> {
    let (mut words, mut from, mut to) = (Vec::new(), 0, 0);
    for word in WordSeparator::AsciiSpace.find_words(line) {
        let begin = to;
        to += word.word.len() + word.whitespace.len();
        let is_short = to - from <= LONGEST_NUMBER;
        if begin > from && !(is_short && is_in_number(line, begin)) {
            words.extend(parts(line, from..begin));
            from = begin;
        }
    }
    words.extend(parts(line, from..to));
    Box::new(words.into_iter())
}

/// Whether a place after a space is inside of a number, and beside a digit of it.
fn is_in_number(line: &str, at: usize) -> bool {
    let before = line.get(..at).and_then(|before| before.trim_end().chars().next_back());
    let after = line.get(at..).and_then(|after| after.chars().next());
    let is_digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
    (is_digit(before) || is_digit(after)) && matches!(unit_at(line, at), Some((Unit::Number, _)))
}

/// The parts of a stretch of a line without a place to break, but for Chinese and Japanese.
fn parts(line: &str, stretch: Range<usize>) -> Vec<Word<'_>> {
    match line.get(stretch).unwrap_or_default() {
        "" => Vec::new(),
        whole if whole.contains(is_ideographic) => ideographic_words(whole),
        whole => vec![Word::from(whole)],
    }
}

/// Signs of Chinese and Japanese, between which a line may break.
fn is_ideographic(c: char) -> bool {
    matches!(c, '\u{2E80}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFF}')
}

/// The parts of a word of Chinese or Japanese after which a line may break (UAX 14).
fn ideographic_words(whole: &str) -> Vec<Word<'_>> {
    let (mut words, mut from, mut to) = (Vec::new(), 0, 0);
    for word in WordSeparator::UnicodeBreakProperties.find_words(whole) {
        to += word.word.len() + word.whitespace.len();
        if !matches!(unit_at(whole, to), Some((Unit::Number, _))) {
            words.extend(whole.get(from..to).map(Word::from));
            from = to;
        }
    }
    words.extend(whole.get(from..).filter(|rest| !rest.is_empty()).map(Word::from));
    words
}

/// Writes one JSON value and a newline.
pub fn json(out: &mut dyn Write, value: &impl serde::Serialize) -> Result<(), CliError> {
    Ok(write_json(out, value)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_line_breaks_inside_of_a_number_with_its_unit() {
        let lines = |text: &str, width: usize| {
            let mut options = whole_words("");
            options.width = width;
            textwrap::wrap(text, options).into_iter().map(String::from).collect::<Vec<_>>()
        };
        for (text, whole) in [
            ("Elle a coûté 1 350 000 € en tout.", "1 350 000 €"),
            ("La séance a duré jusqu’à 18 h 30 hier.", "18 h 30"),
            ("The road is 12 km long.", "12 km"),
            ("It paid € 500 to them.", "€ 500"),
            ("Es waren 3,5 Prozent davon.", "3,5 Prozent"),
            ("A company paid 4 million for it.", "4 million"),
        ] {
            for width in whole.chars().count()..text.chars().count() {
                let lines = lines(text, width);
                assert!(lines.iter().any(|line| line.contains(whole)), "{width}: {lines:?}");
                assert_eq!(lines.join(" "), text);
            }
        }
        // A row of figures is no number.
        let row = "10 20 30 40 50 60 70 80 90 100 110 120 130 140 150";
        assert!(lines(row, 20).iter().all(|line| line.len() <= 20), "{:?}", lines(row, 20));
        assert_eq!(lines(row, 20).join(" "), row);
    }

    #[test]
    fn only_lines_that_are_too_wide_are_broken() {
        let text = "  undone  2 events, by 53 (Ada Lindqvist)\n          from 51";
        assert_eq!(folded(text, 60, 10), text);
        let lines = "  undone  2 events, by 53\n          (Ada Lindqvist)\n          from 51";
        assert_eq!(folded(text, 27, 10), lines);
        assert_eq!(folded("sha256 47ea9a0a36c3f35eb5b1", 20, 2), "sha256\n  47ea9a0a36c3f35eb5b1");
    }

    #[test]
    fn lines_of_japanese_break_neither_in_a_number_nor_before_a_mark() {
        let lines = |text: &str, width: usize| {
            let mut options = whole_words("");
            options.width = width;
            textwrap::wrap(text, options).into_iter().map(String::from).collect::<Vec<_>>()
        };
        let text = "純利益は1兆2,300億円になる見通しだ。";
        assert_eq!(lines(text, 12), ["純利益は", "1兆2,300億円", "になる見通し", "だ。"]);
        assert_eq!(lines(text, 30), ["純利益は1兆2,300億円になる見通", "しだ。"]);
        assert_eq!(
            lines("the ex-minister on 2026-11-30", 12),
            ["the", "ex-minister", "on", "2026-11-30",]
        );
        assert_eq!(lines("東京 (Tokyo) 市場", 40), ["東京 (Tokyo) 市場"]);
    }
}
