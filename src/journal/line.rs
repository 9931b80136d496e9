//! The lines of a file, read through one large buffer.
//!
//! Always holds: the pieces are all bytes of the file, in order; the memory is the buffer's
//! [`LINE_BOUND`] bytes, whatever the file holds. Not here: the meaning of lines (`frame.rs`).
//! Source: `std::io::BufReader`, whose `read_until` has no bound; the `memchr` crate.

use crate::journal::LINE_BOUND;
use std::io::{self, Read};

/// The greatest number of bytes of one read: they stay in the processor's cache until they are
/// used.
const READ: usize = 128 << 10;

/// A line or a part of one.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Piece<'a> {
    /// The bytes, with the LF if it is the end of the line.
    pub bytes: &'a [u8],
    /// Whether the line ends here. If not, it is longer than the buffer, or the file ends.
    pub ends: bool,
}

/// Splits the bytes of a reader into lines.
pub(super) struct JournalLines<R> {
    reader: R,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
}

impl<R: Read> JournalLines<R> {
    pub fn new(reader: R) -> JournalLines<R> {
        JournalLines { reader, buffer: vec![0; LINE_BOUND], start: 0, end: 0 }
    }

    /// Continues with another reader, at its first byte.
    pub fn turn_to(&mut self, reader: R) {
        self.reader = reader;
        self.start = 0;
        self.end = 0;
    }

    /// The next line, or the part of it that fits into the buffer; `None` at the end of the file.
    pub fn next(&mut self) -> io::Result<Option<Piece<'_>>> {
        let mut searched = 0;
        loop {
            let rest = &self.buffer[self.start..self.end];
            if let Some(at) = memchr::memchr(b'\n', &rest[searched..]) {
                return Ok(Some(self.line(searched + at + 1)));
            }
            searched = rest.len();
            if searched == self.buffer.len() {
                return Ok(Some(self.part(searched)));
            }
            if self.fill()? == 0 {
                return Ok((searched > 0).then(|| self.part(searched)));
            }
        }
    }

    /// The next bytes, which end a line.
    fn line(&mut self, length: usize) -> Piece<'_> {
        Piece { ends: true, ..self.part(length) }
    }

    /// The next bytes, in the middle of a line.
    fn part(&mut self, length: usize) -> Piece<'_> {
        let start = self.start;
        self.start += length;
        Piece { bytes: &self.buffer[start..self.start], ends: false }
    }

    /// Reads more bytes into the buffer; returns their number, 0 at the end of the file.
    fn fill(&mut self) -> io::Result<usize> {
        self.buffer.copy_within(self.start..self.end, 0);
        self.end -= self.start;
        self.start = 0;
        let room = self.buffer.len().min(self.end + READ);
        loop {
            match self.reader.read(&mut self.buffer[self.end..room]) {
                Err(cause) if cause.kind() == io::ErrorKind::Interrupted => {}
                answer => {
                    let count = answer?;
                    self.end += count;
                    return Ok(count);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(bytes: &[u8]) -> Vec<(Vec<u8>, bool)> {
        let mut lines = JournalLines::new(bytes);
        let mut found = Vec::new();
        while let Some(piece) = lines.next().unwrap() {
            found.push((piece.bytes.to_vec(), piece.ends));
        }
        found
    }

    #[test]
    fn lines_come_whole_with_their_ends() {
        let expected = [("a\n", true), ("\n", true), ("bc", false)];
        let expected = expected.map(|(text, ends)| (text.as_bytes().to_vec(), ends));
        assert_eq!(all(b"a\n\nbc"), expected);
        assert_eq!(all(b""), []);
    }

    #[test]
    fn a_line_over_the_bound_comes_in_pieces() {
        let mut bytes = vec![b'x'; LINE_BOUND + 5];
        bytes.extend_from_slice(b"\nnext\n");
        let lengths: Vec<_> = all(&bytes).iter().map(|(b, ends)| (b.len(), *ends)).collect();
        assert_eq!(lengths, [(LINE_BOUND, false), (6, true), (5, true)]);
        let mut bytes = vec![b'x'; LINE_BOUND - 1];
        bytes.push(b'\n');
        assert_eq!(all(&bytes), [(bytes.clone(), true)]);
    }
}
