//! Output: data on stdout, notes on stderr; text of strangers is made visible.
//!
//! Always holds: control and bidirectional characters of a text never reach a terminal as such.

use crate::cli::terminal::exit::CliError;
use crate::cli::terminal::options::Format;
use crate::cli::terminal::streams::{err, out};
use crate::ledger::answer::visible::visible;
use crate::ledger::answer::write_json;
use std::io::{self, Write};
use std::path::Path;

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

/// A note on stderr.
pub fn note(text: impl std::fmt::Display) {
    // A closed stderr is ignored.
    let _ = writeln!(err(), "{text}");
}

/// A path for people, in one line: a name may have a line break.
pub fn shown_path(path: &Path) -> String {
    visible(&path.display().to_string())
}

/// A count with its noun, which takes an s where it is not one.
pub fn counted(count: u64, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

/// The width of text for people: the terminal's, at most 100; 100 without a terminal.
pub fn width() -> usize {
    match console::Term::stdout().size_checked() {
        Some((_, columns)) => usize::from(columns).clamp(40, 100),
        None => 100,
    }
}

/// Text wrapped to the width, each line indented.
pub fn wrapped(text: &str, indent: usize) -> String {
    let pad = " ".repeat(indent);
    textwrap::fill(text, whole_words(&pad))
}

/// Options for lines that break between words, never inside a date or a hyphenated name.
pub fn whole_words(pad: &str) -> textwrap::Options<'_> {
    textwrap::Options::new(width())
        .initial_indent(pad)
        .subsequent_indent(pad)
        .word_separator(textwrap::WordSeparator::AsciiSpace)
        .word_splitter(textwrap::WordSplitter::NoHyphenation)
}

/// Writes one JSON value and a newline.
pub fn json(out: &mut dyn Write, value: &impl serde::Serialize) -> Result<(), CliError> {
    Ok(write_json(out, value)?)
}
