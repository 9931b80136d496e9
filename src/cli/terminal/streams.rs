//! Standard output and error: text with every character visible, and data unchanged.
//!
//! Always holds: control and bidirectional characters of a text never reach a terminal as such.
//! Not here: wrapping and JSON (`output`).

use crate::cli::terminal::colour::{COLOURS, coloured};
use crate::cli::terminal::options::Format;
use crate::keys::without_secrets;
use crate::ledger::answer::visible::push_seen;
use std::io::{self, BufWriter, Write};
/// Buffered standard output for an answer of bytes: a page, a proof.
pub fn data() -> BufWriter<io::Stdout> {
    BufWriter::new(io::stdout())
}

/// Buffered standard output for an answer in this format.
pub fn out(format: Format) -> Out {
    match format {
        Format::Text => Out::Text(VisibleWriter(data())),
        _ => Out::Data(data()),
    }
}

/// An answer: text with every character visible, or data unchanged.
pub enum Out {
    /// For people.
    Text(VisibleWriter<BufWriter<io::Stdout>>),
    /// For programs.
    Data(BufWriter<io::Stdout>),
}

impl Write for Out {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Out::Text(out) => out.write(bytes),
            Out::Data(out) => out.write(bytes),
        }
    }

    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self {
            Out::Text(out) => out.write_all(bytes),
            Out::Data(out) => out.write_all(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Out::Text(out) => out.flush(),
            Out::Data(out) => out.flush(),
        }
    }
}

/// Standard error, for text: whatever a message quotes, its control, bidirectional and invisible
/// characters are made visible. The lines of a message end with LF.
pub fn err() -> VisibleWriter<io::Stderr> {
    VisibleWriter(io::stderr())
}

/// Standard error, for the report of an error: as [`err`], and no secret that the report quotes is
/// shown.
pub fn err_of_failure() -> SecretFilter<VisibleWriter<io::Stderr>> {
    SecretFilter(err())
}

/// A writer that leaves out the secrets in each text that it is given.
pub struct SecretFilter<W: Write>(W);

impl<W: Write> Write for SecretFilter<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.write_all(bytes).map(|()| bytes.len())
    }

    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.0.write_all(without_secrets(&String::from_utf8_lossy(bytes)).as_bytes())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// A writer of text in which every character is visible except the LF between lines.
pub struct VisibleWriter<W: Write>(pub W);

impl<W: Write> Write for VisibleWriter<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.write_all(bytes).map(|()| bytes.len())
    }

    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        let text = String::from_utf8_lossy(bytes);
        self.0.write_all(shown(&text).as_bytes())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// Text with its own lines, tabs and colours, and every other character made visible.
pub fn shown(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let (mut rest, mut before) = (text, None);
    while let Some(c) = rest.chars().next() {
        if c == '\u{1b}'
            && coloured()
            && let Some(code) = COLOURS.iter().find(|code| rest[1..].starts_with(**code))
        {
            let (colour, after) = rest.split_at(1 + code.len());
            out.push_str(colour);
            rest = after;
            continue;
        }
        match c {
            '\n' | '\t' => out.push(c),
            c => push_seen(&mut out, before, c),
        }
        before = Some(c);
        rest = &rest[c.len_utf8()..];
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::answer::visible::visible;

    #[test]
    fn text_for_people_has_no_character_that_is_not_seen() {
        let mut out = VisibleWriter(Vec::new());
        let text = "a\u{1b}]0;x\u{7}\u{202e}\u{200b}\u{ad}\u{2060}\u{feff}\u{9b}\tb\nc\r\n";
        out.write_all(text.as_bytes()).unwrap();
        let seen = "a\\u{001b}]0;x\\u{0007}\\u{202e}\\u{200b}\\u{00ad}\\u{2060}\\u{feff}\
                    \\u{009b}\tb\n\
                    c\\u{000d}\n";
        assert_eq!(String::from_utf8(out.0).unwrap(), seen);
        assert_eq!(visible("a\nb\tc"), "a⏎b⇥c");
    }

    #[test]
    fn a_joiner_is_spelling_in_some_scripts_and_seen_in_others() {
        for word in ["می\u{200c}خواهم", "क्\u{200d}ष", "👩\u{200d}🔬"] {
            assert_eq!(visible(word), word);
        }
        assert_eq!(visible("pay\u{200d}pal"), "pay\\u{200d}pal");
        assert_eq!(visible("\u{200c}x"), "\\u{200c}x");
        assert_eq!(visible("сло\u{200c}во"), "сло\\u{200c}во");
    }
}
