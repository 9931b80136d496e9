//! The quotation marks around the cells of a table: those that nothing closes, and those inside of
//! a quoted cell that are not written twice.
//!
//! Always holds: rows are counted as a spreadsheet counts them; a table without such marks has no
//! error. Not here: the values of cells (`table`). Source: RFC 4180, section 2, rules 5 to 7.

use crate::ledger::write::draft::DraftError;

/// A cell whose quotation marks are wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct MisquotedCell {
    /// The row and the column, and what is wrong.
    pub error: DraftError,
    /// Whether all rows after it may be inside of the cell.
    pub is_open: bool,
}

/// The cells whose quotation marks are wrong, in order; the last one may be open.
pub(super) fn misquoted(text: &str, separator: u8) -> Vec<MisquotedCell> {
    let mut rows = QuotedRows { text: text.as_bytes(), at: 0, separator };
    let (mut found, mut row, mut column) = (Vec::new(), 1, 0);
    while rows.at < rows.text.len() {
        let from = rows.at;
        let end = rows.cell();
        if let Some(why) = end.wrong(rows.text.get(from..rows.at).unwrap_or_default()) {
            let (column, why) = (Some(column), why.into());
            let error = DraftError { line: row, column, why, ..DraftError::default() };
            found.push(MisquotedCell { error, is_open: end == CellEnd::Open });
        }
        match rows.skip() {
            Some(byte) if byte == separator => column += 1,
            _ => (row, column) = (row + 1, 0),
        }
    }
    found
}

/// How a cell ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum CellEnd {
    /// At a separator, or at the end of its row.
    Whole,
    /// There too, but a mark inside of it closed it before.
    Inside,
    /// At the end of the table: nothing closes it.
    Open,
}

impl CellEnd {
    fn wrong(self, cell: &[u8]) -> Option<String> {
        let twice = "inside of a quoted cell a quotation mark is written twice (\"\")";
        let lines = cell.split(|byte| *byte == b'\n').count();
        match self {
            CellEnd::Whole => None,
            CellEnd::Open => Some(format!(
                "a quotation mark opens the cell and nothing closes it; {twice}, and a cell that \
                 begins with one is quoted as a whole"
            )),
            CellEnd::Inside if lines > 1 => Some(format!(
                "a quotation mark opens the cell, and the next one, {} below, is no end of a \
                 cell; perhaps the first is never closed; {twice}",
                if lines == 2 { "one line".to_owned() } else { format!("{} lines", lines - 1) }
            )),
            CellEnd::Inside => {
                Some(format!("a quotation mark ends the cell before its end; {twice}"))
            }
        }
    }
}

struct QuotedRows<'a> {
    text: &'a [u8],
    at: usize,
    separator: u8,
}

impl QuotedRows<'_> {
    fn byte(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    /// Whether a cell ends here.
    fn ends(&self) -> bool {
        self.byte().is_none_or(|byte| byte == self.separator || matches!(byte, b'\r' | b'\n'))
    }

    /// Moves to the end of the cell that begins here, and returns how its quotation marks end.
    fn cell(&mut self) -> CellEnd {
        let mut end = CellEnd::Whole;
        if self.byte() == Some(b'"') {
            self.at += 1;
            loop {
                match self.byte() {
                    None => return CellEnd::Open,
                    Some(b'"') if self.text.get(self.at + 1) == Some(&b'"') => self.at += 2,
                    Some(b'"') => break self.at += 1,
                    Some(_) => self.at += 1,
                }
            }
            if !self.ends() {
                end = CellEnd::Inside;
            }
        }
        while !self.ends() {
            self.at += 1;
        }
        end
    }

    /// Skips a separator or the end of a row, and returns its first byte; `None` at the end.
    fn skip(&mut self) -> Option<u8> {
        let byte = self.byte()?;
        self.at += match self.text.get(self.at..) {
            Some([b'\r', b'\n', ..]) => 2,
            _ => 1,
        };
        Some(byte)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<(usize, Option<usize>, bool)> {
        let place = |cell: MisquotedCell| (cell.error.line, cell.error.column, cell.is_open);
        misquoted(text, b',').into_iter().map(place).collect()
    }

    #[test]
    fn marks_that_are_closed_or_written_twice_are_no_error() {
        for text in [
            "a,b\n\"x\",\"y\"\n",
            "\"a \"\"b\"\"\",c\r\n\"\",\"\"\"\"",
            "a \"b\" c,d\n",
            "\"a\nb\",c\n\n\n",
            "",
        ] {
            assert_eq!(found(text), [], "{text:?}");
        }
    }

    #[test]
    fn each_wrong_mark_has_its_row_and_column() {
        assert_eq!(found("a,b\n\n1,\"x\n2,y\n"), [(3, Some(1), true)]);
        assert_eq!(found("a,b\r\n\"x \"y\" z\",\"t\" \r\n1,2"), {
            [(2, Some(0), false), (2, Some(1), false)]
        });
        let over = misquoted("a,b\n1,\"x\n2,\"y\"\n", b',');
        assert_eq!((over.len(), over[0].error.line, over[0].is_open), (1, 2, false));
        assert!(over[0].error.why.to_string().contains("one line below"), "{over:?}");
    }
}
