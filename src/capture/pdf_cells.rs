//! Runs of words of a PDF's page without a wide gap: columns whose lines are drawn row by row, and
//! the places of values that are filled in.
//!
//! Always holds: columns are put one after the other only where their lines are those of running
//! text; the cells of other rows are a tab apart. Not here: what is drawn where (`pdf`). Source:
//! none; the numbers below are of printed pages.

use crate::capture::pdf_frame::TextFrame;
use std::ops::Range;

/// The least gap between two columns, as a part of the size of their letters.
const GUTTER: f64 = 1.5;
/// How much of it all lines have in common.
const COMMON: f64 = 1.0;
/// How far the base lines of a row are apart, and the most of two rows that follow each other.
const ROW: f64 = 0.3;
const NEXT_ROW: f64 = 2.5;
/// The least gap between two cells of a row that stands alone, and how much the gaps of words that
/// are set apart differ, both as a part of the size of their letters.
const LONE_GAP: f64 = 3.0;
const EVEN: f64 = 0.2;
/// The distance of two lines of a column from which an empty line is between them.
const PARAGRAPH: f64 = 1.5;
/// The least number of rows with a gap at one place.
const MIN_ROWS: usize = 3;
/// Of the rows of a table, at most one of so many goes over the gap of two columns, or one: its
/// heading.
const OVER_GAPS: usize = 4;
/// The least number of lines of a column of running text, and of words in a line of it.
const MIN_LINES: usize = 6;
const MIN_WORDS: usize = 3;
/// Of the lines of running text, at most one of so many has room for the first word of the next.
const WITH_ROOM: usize = 8;
/// How much more room than the word needs, as far as that is known by the width of its line.
const ROOM: f64 = 1.5;
/// Of the lines of running text, at least one of so many begins with a small letter.
const SMALL_LETTERS: usize = 3;

/// A change of a text: the bytes that go, and what is put in their place.
#[derive(Debug)]
pub(super) struct TextChange {
    pub(super) at: Range<usize>,
    pub(super) put: String,
}

/// Words on one line without a wide gap.
#[derive(Clone, Copy, Debug)]
struct Cell {
    /// Where it begins in the text.
    start: usize,
    left: f64,
    right: f64,
    base: f64,
    size: f64,
    frame: TextFrame,
}

/// A value that is filled in on a page: its first letter, and its words.
#[derive(Clone, Debug)]
pub(super) struct FilledValue {
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) text: String,
}

/// The cells of a page, in the order in which they are drawn.
#[derive(Debug, Default)]
pub(super) struct Cells(Vec<Cell>);

impl Cells {
    /// A string on a line begins, at a place of the text.
    pub(super) fn begin(&mut self, frame: TextFrame, x: f64, y: f64, size: f64, start: usize) {
        let is_same = self.0.last().is_some_and(|cell| {
            cell.frame == frame
                && (cell.base - y).abs() <= ROW * size
                && (cell.left..=cell.right + GUTTER * size).contains(&x)
        });
        if !is_same {
            self.0.push(Cell { start, left: x, right: x, base: y, size, frame });
        }
    }

    /// The last cell goes on to this place.
    pub(super) fn reach(&mut self, right: f64) {
        if let Some(cell) = self.0.last_mut() {
            cell.right = cell.right.max(right);
        }
    }

    /// Where a cell stands in the text, without white space around it.
    fn place(&self, number: usize, text: &str) -> Range<usize> {
        let start = self.0.get(number).map_or(text.len(), |cell| cell.start);
        let end = self.0.get(number + 1).map_or(text.len(), |next| next.start);
        let cell = text.get(start..end).unwrap_or_default();
        let start = start + cell.len() - cell.trim_start().len();
        start..start + cell.trim().len()
    }

    /// Puts values behind the cell to their left, or before the one to their right; returns the
    /// words of those that stand on no line.
    pub(super) fn fill(
        &self,
        text: &str,
        values: &[FilledValue],
        changes: &mut Vec<TextChange>,
    ) -> Vec<String> {
        let mut values: Vec<&FilledValue> = values.iter().collect();
        values.sort_by(|one, other| one.x.total_cmp(&other.x));
        let mut apart = Vec::new();
        for FilledValue { x, y, text: value } in values {
            let on_line = self.0.iter().enumerate().filter(|(number, cell)| {
                cell.frame == TextFrame::UPRIGHT
                    && (cell.base - y).abs() < 0.6 * cell.size
                    && !self.place(*number, text).is_empty()
            });
            let is_before = |cell: &Cell| cell.right <= x + 0.5 * cell.size;
            let before = on_line.clone().filter(|(_, cell)| is_before(cell));
            let after = on_line.filter(|(_, cell)| !is_before(cell) && cell.left >= *x);
            let by_place =
                |one: &(usize, &Cell), other: &(usize, &Cell)| one.1.left.total_cmp(&other.1.left);
            match (before.max_by(by_place), after.min_by(by_place)) {
                (Some((number, _)), _) => {
                    let end = self.place(number, text).end;
                    changes.push(TextChange { at: end..end, put: format!(" {value}") });
                }
                (None, Some((number, _))) => {
                    let start = self.place(number, text).start;
                    changes.push(TextChange { at: start..start, put: format!("{value} ") });
                }
                (None, None) => apart.push(value.clone()),
            }
        }
        apart
    }

    /// Puts columns that are drawn row by row one after the other, and tabs between the cells of a
    /// table; where a place is changed already, nothing.
    pub(super) fn columns(&self, text: &str, changes: &mut Vec<TextChange>) {
        let rows = self.rows();
        let mut first = 0;
        while first < rows.len() {
            let Some(block) = self.block(&rows, first) else {
                self.lone_row(&rows, first, text, changes);
                first += 1;
                continue;
            };
            first += block.rows;
            let cells = block.cells(&rows);
            let start = self.place(cells.start, text).start;
            let end = self.place(cells.end - 1, text).end;
            let is_changed = changes.iter().any(|change| (start..=end).contains(&change.at.start));
            let columns: Vec<Vec<usize>> = (0..=block.gaps.len())
                .map(|column| {
                    cells.clone().filter(|cell| self.column(*cell, &block.gaps) == column).collect()
                })
                .collect();
            let lines = columns.iter().map(|column| self.lines(column, text));
            let lines: Vec<Vec<String>> = lines.collect();
            let mut columns_of_text = columns.iter().zip(&lines);
            let is_text = columns_of_text
                .all(|(column, lines)| is_running_text(lines) && self.is_filled(column, lines));
            if is_text && !is_changed {
                let columns = columns.iter().zip(&lines);
                let columns = columns.map(|(column, lines)| self.joined(column, lines));
                let put = columns.collect::<Vec<_>>().join("\n\n");
                changes.push(TextChange { at: start..end, put });
                continue;
            }
            let gaps = self.gaps_of_table(&rows, &block);
            for cell in cells.skip(1) {
                let (before, here) = (self.place(cell - 1, text), self.place(cell, text));
                let is_on_row = rows.iter().any(|row| row.start < cell && cell < row.end);
                let (from, to) = (self.column(cell - 1, &gaps), self.column(cell, &gaps));
                let gap = text.get(before.end..here.start).unwrap_or_default();
                let is_of_two = from < to || {
                    let words = |place: &Range<usize>| text.get(place.clone()).unwrap_or_default();
                    ends_in_figure(words(&before)) && begins_with_figure(words(&here))
                };
                if is_on_row && is_of_two && !gap.contains('\n') && !before.is_empty() {
                    let at = before.end..before.end + gap.len();
                    changes.push(TextChange { at, put: "\t".repeat((to - from).max(1)) });
                }
            }
        }
    }

    /// Puts tabs between the cells of a row that stands alone, unless these are words set apart.
    fn lone_row(
        &self,
        rows: &[Range<usize>],
        row: usize,
        text: &str,
        changes: &mut Vec<TextChange>,
    ) {
        let Some(row) = rows.get(row).filter(|row| row.len() > 1) else { return };
        let size = self.0.get(row.start).map_or(0.0, |cell| cell.size);
        let widths: Vec<f64> = self.gaps(row).iter().map(|(from, to)| to - from).collect();
        let least = widths.iter().copied().fold(f64::INFINITY, f64::min);
        let most = widths.iter().copied().fold(0.0, f64::max);
        if widths.len() > 1 && most - least < EVEN * size {
            return;
        }
        for (cell, width) in (row.start + 1..row.end).zip(widths) {
            let (before, here) = (self.place(cell - 1, text), self.place(cell, text));
            let at = before.end..here.start;
            let gap = text.get(at.clone()).unwrap_or_default();
            let is_changed = || {
                changes.iter().any(|change| change.at.start <= at.end && at.start <= change.at.end)
            };
            let is_gap = width >= LONE_GAP * size && !before.is_empty() && !gap.contains('\n');
            if is_gap && !is_changed() {
                changes.push(TextChange { at, put: "\t".to_owned() });
            }
        }
    }

    /// Cells that are drawn from left to right on one line.
    fn rows(&self) -> Vec<Range<usize>> {
        let mut rows: Vec<Range<usize>> = Vec::new();
        for (number, cell) in self.0.iter().enumerate() {
            let before = number.checked_sub(1).and_then(|before| self.0.get(before));
            let is_on_row = before.is_some_and(|before| {
                before.frame == cell.frame
                    && (before.base - cell.base).abs() <= ROW * cell.size
                    && before.right < cell.left
            });
            match rows.last_mut().filter(|_| is_on_row) {
                Some(row) => row.end = number + 1,
                None => rows.push(number..number + 1),
            }
        }
        rows
    }

    /// The rows from a first one on that have a gap at the same place; `None` if these are few.
    fn block(&self, rows: &[Range<usize>], first: usize) -> Option<Block> {
        let mut gaps = self.gaps(rows.get(first)?);
        if gaps.is_empty() {
            return None;
        }
        let (mut with_gap, mut count) = (1, 1);
        for (number, row) in rows.iter().enumerate().skip(first + 1) {
            let (before, cell) = (self.0.get(row.start - 1)?, self.0.get(row.start)?);
            let down = before.base - cell.base;
            if before.frame != cell.frame || !(0.0..NEXT_ROW * cell.size).contains(&down) {
                break;
            }
            let common = common(&gaps, &self.spaces(row), COMMON * cell.size);
            if common.is_empty() || (row.len() == 1 && common.len() < gaps.len()) {
                break;
            }
            gaps = common;
            with_gap += usize::from(row.len() > 1);
            if row.len() > 1 || down <= PARAGRAPH * cell.size {
                count = number - first + 1;
            }
        }
        (with_gap >= MIN_ROWS).then_some(Block { first, rows: count, gaps })
    }

    /// The gaps between the columns of a table: those of its fullest row that the others have too,
    /// but for a heading that goes over some of them.
    fn gaps_of_table(&self, rows: &[Range<usize>], block: &Block) -> Vec<(f64, f64)> {
        let rows = rows.get(block.first..block.first + block.rows).unwrap_or_default();
        let fullest = rows.iter().max_by_key(|row| row.len());
        let mut gaps = fullest.map(|row| self.gaps(row)).unwrap_or_default();
        let mut over = 0;
        for row in rows {
            let size = self.0.get(row.start).map_or(0.0, |cell| cell.size);
            let common = common(&gaps, &self.spaces(row), COMMON * size);
            match common.len() == gaps.len() {
                true => gaps = common,
                false => over += 1,
            }
        }
        let is_one = gaps.len() > block.gaps.len() && over <= (rows.len() / OVER_GAPS).max(1);
        if is_one { gaps } else { block.gaps.clone() }
    }

    /// The gaps of a row.
    fn gaps(&self, row: &Range<usize>) -> Vec<(f64, f64)> {
        let cells = self.0.get(row.clone()).unwrap_or_default();
        cells
            .windows(2)
            .filter_map(|cells| Some((cells.first()?.right, cells.get(1)?.left)))
            .collect()
    }

    /// The gaps of a row, and what is free on both sides of it.
    fn spaces(&self, row: &Range<usize>) -> Vec<(f64, f64)> {
        let mut spaces = self.gaps(row);
        let cells = self.0.get(row.clone()).unwrap_or_default();
        spaces.extend(cells.first().map(|first| (f64::NEG_INFINITY, first.left)));
        spaces.extend(cells.last().map(|last| (last.right, f64::INFINITY)));
        spaces
    }

    /// The number of gaps before a cell.
    fn column(&self, cell: usize, gaps: &[(f64, f64)]) -> usize {
        let left = self.0.get(cell).map_or(0.0, |cell| cell.left);
        gaps.iter().filter(|(_, to)| left >= *to - 0.01).count()
    }

    /// The lines of a column; what stands on one row is one line.
    fn lines(&self, column: &[usize], text: &str) -> Vec<String> {
        let words = |cell: &usize| text.get(self.place(*cell, text)).unwrap_or_default().to_owned();
        column.iter().map(words).collect()
    }

    /// Whether hardly a line of a column has room for the first word of the next one: short texts
    /// under each other are cells of a table.
    fn is_filled(&self, column: &[usize], lines: &[String]) -> bool {
        let cells: Vec<&Cell> = column.iter().filter_map(|cell| self.0.get(*cell)).collect();
        let right = cells.iter().map(|cell| cell.right).fold(f64::NEG_INFINITY, f64::max);
        let pairs = cells.windows(2).zip(lines.windows(2));
        let with_room = pairs.filter(|(cells, lines)| match (*cells, *lines) {
            // The end of a paragraph has room.
            ([_, _], [ends, _]) if ends.ends_with(['.', '!', '?', ':', '”', '"', '»']) => false,
            ([cell, next], [_, line]) => {
                let letters = line.chars().count().max(1) as f64;
                let first = line.split_whitespace().next().unwrap_or_default().chars().count() + 1;
                right - cell.right > ROOM * first as f64 * (next.right - next.left) / letters
            }
            _ => false,
        });
        WITH_ROOM * with_room.count() <= lines.len()
    }

    /// The lines of a column under each other.
    fn joined(&self, column: &[usize], lines: &[String]) -> String {
        let mut joined = String::new();
        for (at, line) in lines.iter().enumerate() {
            let cell = |at: usize| column.get(at).and_then(|cell| self.0.get(*cell));
            if let (Some(before), Some(cell)) = (at.checked_sub(1).and_then(cell), cell(at)) {
                let down = before.base - cell.base;
                joined.push_str(match down {
                    _ if down <= ROW * cell.size => " ",
                    _ if down > PARAGRAPH * cell.size => "\n\n",
                    _ => "\n",
                });
            }
            joined.push_str(line);
        }
        joined
    }
}

/// Rows that have gaps at the same places.
struct Block {
    /// The first of them, and how many there are.
    first: usize,
    rows: usize,
    gaps: Vec<(f64, f64)>,
}

impl Block {
    /// The numbers of its cells.
    fn cells(&self, rows: &[Range<usize>]) -> Range<usize> {
        let rows = rows.get(self.first..self.first + self.rows).unwrap_or_default();
        rows.first().map_or(0, |row| row.start)..rows.last().map_or(0, |row| row.end)
    }
}

/// What gaps of two rows have in common, where that is wide enough.
fn common(gaps: &[(f64, f64)], others: &[(f64, f64)], least: f64) -> Vec<(f64, f64)> {
    let with = |(from, to): (f64, f64)| {
        let all = others
            .iter()
            .map(move |(other_from, other_to)| (from.max(*other_from), to.min(*other_to)));
        all.filter(|(from, to)| to - from >= least)
            .max_by(|one, other| (one.1 - one.0).total_cmp(&(other.1 - other.0)))
    };
    gaps.iter().copied().filter_map(with).collect()
}

/// Whether a cell ends in a figure, also with a per cent or a bracket.
fn ends_in_figure(cell: &str) -> bool {
    cell.trim_end_matches(['%', ')', ' ', '\u{A0}']).ends_with(char::is_numeric)
}

/// Whether a cell begins with a figure, also with a sign or a bracket.
fn begins_with_figure(cell: &str) -> bool {
    cell.trim_start_matches(['(', '-', '−', '–', '+']).starts_with(char::is_numeric)
}

/// Whether the lines of a column are those of running text, and no cells of a table.
fn is_running_text(lines: &[String]) -> bool {
    let words: usize = lines.iter().map(|line| line.split_whitespace().count()).sum();
    let is_small = |line: &&String| line.starts_with(char::is_lowercase);
    let small = lines.iter().skip(1).filter(is_small).count();
    lines.len() >= MIN_LINES
        && words >= MIN_WORDS * lines.len()
        && SMALL_LETTERS * small >= lines.len() - 1
}

/// A text with changes that do not overlap; of others the first one is made.
pub(super) fn changed(text: &str, mut changes: Vec<TextChange>) -> String {
    changes.sort_by_key(|change| change.at.start);
    let (mut changed, mut done) = (String::new(), 0);
    for TextChange { at, put } in changes {
        if let Some(kept) = text.get(done..at.start).filter(|_| text.is_char_boundary(at.end)) {
            changed.push_str(kept);
            changed.push_str(&put);
            done = at.end;
        }
    }
    changed.push_str(text.get(done..).unwrap_or_default());
    changed
}
