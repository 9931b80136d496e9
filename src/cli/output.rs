//! Output: data on stdout, notes on stderr; strangers' text made visible.
//!
//! Always holds: control and bidirectional characters of a text never reach a terminal as such.

use crate::cli::exit::Failure;
use crate::text::is_invisible;
use std::io::{self, BufWriter, Write};

/// Buffered standard output.
pub fn out() -> BufWriter<io::Stdout> {
    BufWriter::new(io::stdout())
}

/// What was done, on stdout; on stderr where stdout takes it not, so that nobody is left without
/// the position of what is written.
#[derive(Default)]
pub struct DoneWriter {
    text: Vec<u8>,
}

/// The output of a command that wrote something: it is said when it is flushed.
pub fn done() -> DoneWriter {
    DoneWriter::default()
}

impl Write for DoneWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.text.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        let text = std::mem::take(&mut self.text);
        let mut out = io::stdout().lock();
        let Err(error) = out.write_all(&text).and_then(|()| out.flush()) else { return Ok(()) };
        let mut err = err();
        // Where nobody hears at all, the exit code is what is left.
        let _ = err.write_all(&text).and_then(|()| err.flush());
        let why = format!("on standard output: {error}; what was done is said here");
        Err(io::Error::new(error.kind(), why))
    }
}

/// A note on stderr.
pub fn note(text: impl std::fmt::Display) {
    // A closed stderr has nobody to tell.
    let _ = writeln!(err(), "{text}");
}

/// Standard error, for text: whatever a message quotes, its control, bidirectional and invisible
/// characters are made visible. The lines of a message end with LF.
pub fn err() -> Shown<io::Stderr> {
    Shown(io::stderr())
}

/// A writer of text in which no character is invisible but the LF between lines.
pub struct Shown<W: Write>(pub W);

impl<W: Write> Write for Shown<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.write_all(bytes).map(|()| bytes.len())
    }

    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        let text = String::from_utf8_lossy(bytes);
        let lines: Vec<String> = text.split('\n').map(visible).collect();
        self.0.write_all(lines.join("\n").as_bytes())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// Text of strangers with control, bidi and invisible characters made visible.
pub fn visible(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' => out.push('⏎'),
            c if is_invisible(c) => out.push_str(&format!("\\u{{{:04x}}}", u32::from(c))),
            c => out.push(c),
        }
    }
    out
}

/// The width of text for people: the terminal's, at most 100; 100 where there is none.
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

/// Lines that end between words, never in a date or a hyphenated name.
pub fn whole_words(pad: &str) -> textwrap::Options<'_> {
    textwrap::Options::new(width())
        .initial_indent(pad)
        .subsequent_indent(pad)
        .word_separator(textwrap::WordSeparator::AsciiSpace)
        .word_splitter(textwrap::WordSplitter::NoHyphenation)
}

/// Writes one JSON value and a newline.
pub fn json(out: &mut dyn Write, value: &impl serde::Serialize) -> Result<(), Failure> {
    let text = serde_json::to_string(value).map_err(io::Error::other)?;
    Ok(writeln!(out, "{text}")?)
}
