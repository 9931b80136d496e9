//! The places of a table that merged cells cover, row by row.
//!
//! Always holds: a place is covered by the cell before or above it, never by two. Not here: how
//! cells are written (`flow`). Source: the HTML Standard, 4.9.12 (forming a table).

/// The most columns whose places are known, and the most that one cell covers.
const MOST_COLUMNS: usize = 1000;

/// An open table.
#[derive(Debug, Default)]
pub(super) struct TableGrid {
    /// How many further rows each column is covered in.
    covered: Vec<usize>,
    column: usize,
}

impl TableGrid {
    /// A group of rows begins: no cell goes on into it.
    pub(super) fn begin_group(&mut self) {
        self.covered.clear();
    }

    /// A cell begins, which covers columns and rows. Gives the places before it that others cover.
    pub(super) fn begin_cell(&mut self, columns: usize, rows: usize) -> usize {
        let before = self.pass(|left| left > 0);
        let end = (self.column + columns).min(MOST_COLUMNS);
        if self.covered.len() < end {
            self.covered.resize(end, 0);
        }
        if let Some(places) = self.covered.get_mut(self.column..end) {
            places.fill(rows.saturating_sub(1));
        }
        self.column += columns;
        before
    }

    /// A row ends.
    pub(super) fn end_row(&mut self) {
        self.pass(|_| true);
        self.column = 0;
    }

    /// Goes over the places of this row while they are such.
    fn pass(&mut self, is_passed: fn(usize) -> bool) -> usize {
        let rest = self.covered.get_mut(self.column..).unwrap_or_default();
        let mut passed = 0;
        for left in rest.iter_mut().take_while(|left| is_passed(**left)) {
            *left = left.saturating_sub(1);
            passed += 1;
        }
        self.column += passed;
        passed
    }
}

/// How many places an attribute says that a cell covers.
pub(super) fn places(value: Option<&str>) -> usize {
    let places: usize = value.and_then(|value| value.trim().parse().ok()).unwrap_or(1);
    places.clamp(1, MOST_COLUMNS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_cover_places_beside_and_below_them() {
        let mut grid = TableGrid::default();
        let rows = [
            (&[(1, 3), (2, 1), (1, 2)][..], &[0, 0, 0][..]),
            (&[(1, 1)], &[1]),
            (&[(1, 1), (1, 1)], &[1, 0]),
            (&[(1, 1)], &[0]),
        ];
        for (cells, before) in rows {
            let found: Vec<usize> =
                cells.iter().map(|(columns, rows)| grid.begin_cell(*columns, *rows)).collect();
            assert_eq!(found, before);
            grid.end_row();
        }
        grid.begin_cell(1, 9);
        grid.end_row();
        grid.begin_group();
        assert_eq!(grid.begin_cell(1, 1), 0);
        for (value, expected) in
            [("2", 2), (" 3 ", 3), ("0", 1), ("x", 1), ("-1", 1), ("5000", 1000)]
        {
            assert_eq!(places(Some(value)), expected, "{value}");
        }
    }
}
