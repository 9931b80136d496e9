//! A table as CSV, with cells that no spreadsheet interprets as a formula.
//!
//! Always holds: a cell that begins like a formula, or with apostrophes before such a beginning,
//! gets one apostrophe in front; removing that one apostrophe restores the cell. Not here: which
//! columns.
//! Source: RFC 4180; FORMAT.md section 14; OWASP, "CSV Injection".

use std::io::{self, Write};

/// A table; rows are written one after the other.
pub struct Table<W: Write>(csv::Writer<W>);

impl<W: Write> Table<W> {
    /// Creates a table without rows, with commas between its cells.
    pub fn new(out: W) -> Table<W> {
        Table::separated(out, b',')
    }

    /// Creates a table without rows, with `separator` between its cells.
    pub fn separated(out: W, separator: u8) -> Table<W> {
        Table(csv::WriterBuilder::new().delimiter(separator).from_writer(out))
    }

    /// Writes a row; every row has as many cells as the first.
    pub fn row(&mut self, cells: &[impl AsRef<str>]) -> Result<(), csv::Error> {
        for cell in cells {
            let cell = cell.as_ref();
            match is_formula(cell) {
                true => self.0.write_field(format!("'{cell}"))?,
                false => self.0.write_field(cell)?,
            }
        }
        self.0.write_record(None::<&[u8]>)
    }

    /// Flushes the rows that are still buffered.
    pub fn end(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// The characters that begin a formula, or that a spreadsheet drops before one; also in full width.
const FIRST: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

/// Whether a text begins like a formula, a number or not.
pub fn starts_formula(text: &str) -> bool {
    text.starts_with(FIRST)
}

/// Whether a cell begins like a formula, after any number of apostrophes; a negative number does
/// not.
fn is_formula(cell: &str) -> bool {
    starts_formula(cell.trim_start_matches('\'')) && !is_number(cell)
}

/// Whether the cell is `-`, digits, and optionally `.` and digits.
fn is_number(cell: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let Some(number) = cell.strip_prefix('-') else { return false };
    match number.split_once('.') {
        Some((whole, part)) => digits(whole) && digits(part),
        None => digits(number),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(cells: &[&str]) -> String {
        let mut out = Vec::new();
        let mut table = Table::new(&mut out);
        table.row(cells).unwrap();
        table.end().unwrap();
        drop(table);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_cell_that_begins_as_a_formula_has_an_apostrophe_before_it() {
        let cells = ["=1+1", "+1", "-x", "-0044-03-15", "@SUM(A1)", "\t=1", "＝1", "-"];
        assert_eq!(written(&cells), "'=1+1,'+1,'-x,'-0044-03-15,'@SUM(A1),'\t=1,'＝1,'-\n");
        assert_eq!(written(&["\r=1", "\n=1"]), "\"'\r=1\",\"'\n=1\"\n");
        let plain = ["", "-7", "-0.5", "a=1", " =1", "'", "'tis", "1-2"];
        assert_eq!(written(&plain), ",-7,-0.5,a=1, =1,','tis,1-2\n");
    }

    #[test]
    fn every_cell_can_be_read_back() {
        let cells = ["=1", "'=1", "''=1", "'-5", "-5", "'tis", "''", "", "it's =1", "'\n", "x\ny"];
        let text = written(&cells);
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
        let row = reader.records().next().unwrap().unwrap();
        let back = row.iter().map(|cell| match cell.strip_prefix('\'') {
            Some(rest) if rest.trim_start_matches('\'').starts_with(FIRST) => rest,
            _ => cell,
        });
        assert_eq!(back.collect::<Vec<_>>(), cells);
    }
}
