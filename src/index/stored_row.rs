//! A row as it is written: of a fact with long lists, the changes since an earlier row of it.
//!
//! A fact can have any number of open disputes and confirmations, and each of them makes a row. If
//! each row had all of them, n disputes of one fact would take n² bytes.
//!
//! ```text
//! few disputes and confirmations   all of them, in each row
//! many                             all of them in one row; in the rows after it, what was removed
//!                                  from its lists and what was added to them
//! ```
//!
//! Always holds: a row is whole again once the changes exceed the square root of the lists, so n
//! disputes take at most some n·√n bytes, and a row is read with at most one other. Not here: the
//! content of a row (`row`), its place (`node_file`).

use crate::index::row::{FactKept, Row, RowValue};
use serde::{Deserialize, Serialize};

/// The number of disputes and confirmations that each row has.
const FEW: usize = 64;

/// A row as it is written.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct StoredRow {
    of: u64,
    acted: bool,
    before: u64,
    change: Option<ListChange>,
    /// With a change, the lists of the fact have what was added to those of the whole row.
    what: RowValue,
}

/// The beginning of a stored row: its place in the life of its object, without its content.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct RowLink {
    /// The position of its object.
    pub of: u64,
    /// Whether the event that made it is about the object.
    pub acted: bool,
    /// The offset of the previous row of the object; 0: there is none.
    pub before: u64,
}

/// What was removed from the lists of an earlier row of the same fact.
#[derive(Debug, Serialize, Deserialize)]
struct ListChange {
    /// The offset of that row, which has its lists whole.
    since: u64,
    disputes: Vec<(u64, bool)>,
    confirmed_by: Vec<u32>,
}

impl StoredRow {
    /// The row as it is written at the offset `row.whole`, with its lists whole.
    pub fn whole(row: &Row) -> StoredRow {
        let Row { of, acted, before, .. } = *row;
        StoredRow { of, acted, before, change: None, what: row.what.clone() }
    }

    /// The row as it is written after `earlier`, a row of the same fact with its lists whole;
    /// `None` if the changes are not worth it.
    pub fn changed(row: &Row, earlier: &Row) -> Option<StoredRow> {
        let (RowValue::Fact(fact), RowValue::Fact(old)) = (&row.what, &earlier.what) else {
            return None;
        };
        let (closed, opened) = change(&old.disputes, &fact.disputes);
        let (taken, confirmed) = change(&old.confirmed_by, &fact.confirmed_by);
        let changes = closed.len() + opened.len() + taken.len() + confirmed.len();
        if changes * changes > listed(fact) {
            return None;
        }
        let change = ListChange { since: earlier.whole, disputes: closed, confirmed_by: taken };
        let mut what = fact.clone();
        (what.disputes, what.confirmed_by) = (opened, confirmed);
        let Row { of, acted, before, .. } = *row;
        Some(StoredRow { of, acted, before, change: Some(change), what: RowValue::Fact(what) })
    }

    /// The offset of the row whose lists it changes, if it is not whole.
    pub fn since(&self) -> Option<u64> {
        self.change.as_ref().map(|change| change.since)
    }

    /// The row that was written at the offset `at`; `earlier` is that of [`StoredRow::since`].
    /// `None` if that is no whole row of the same fact.
    pub fn row(self, at: u64, earlier: Option<Row>) -> Option<Row> {
        let StoredRow { of, acted, before, change, mut what } = self;
        let row = |whole, what| Row { of, event: 0, acted, before, whole, what };
        let Some(change) = change else { return Some(row(at, what)) };
        let earlier =
            earlier.filter(|earlier| earlier.of == of && earlier.whole == change.since)?;
        let (RowValue::Fact(fact), RowValue::Fact(old)) = (&mut what, earlier.what) else {
            return None;
        };
        apply(&mut fact.disputes, old.disputes, &change.disputes);
        apply(&mut fact.confirmed_by, old.confirmed_by, &change.confirmed_by);
        Some(row(change.since, what))
    }
}

/// Whether a row has more disputes and confirmations than each row is to have.
pub(super) fn has_long_lists(row: &Row) -> bool {
    matches!(&row.what, RowValue::Fact(fact) if listed(fact) > FEW)
}

fn listed(fact: &FactKept) -> usize {
    fact.disputes.len() + fact.confirmed_by.len()
}

/// What to remove from the list `old`, and what to add to the rest, in order, to get `new`. No item
/// stands twice in one list.
fn change<T: Clone + PartialEq>(old: &[T], new: &[T]) -> (Vec<T>, Vec<T>) {
    let (mut removed, mut kept) = (Vec::new(), 0);
    for item in old {
        match new.get(kept) == Some(item) {
            true => kept += 1,
            false => removed.push(item.clone()),
        }
    }
    (removed, new.get(kept..).unwrap_or_default().to_vec())
}

/// Puts before the added items what `old` has without the removed ones, which are in its order.
fn apply<T: PartialEq>(added: &mut Vec<T>, old: Vec<T>, removed: &[T]) {
    let mut removed = removed.iter().peekable();
    let rest = old.into_iter().filter(|item| removed.next_if_eq(&item).is_none());
    let rest: Vec<T> = rest.collect();
    added.splice(..0, rest);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_applied_to_the_old_list_gives_the_new_one() {
        let lists: [&[u32]; 8] =
            [&[], &[1], &[2, 3], &[1, 2, 3], &[3, 2, 1], &[1, 3, 9], &[9, 1], &[4, 5, 6, 7]];
        for old in lists {
            for new in lists {
                let (removed, mut added) = change(old, new);
                apply(&mut added, old.to_vec(), &removed);
                assert_eq!(added, new, "{old:?}");
            }
        }
    }

    #[test]
    fn what_is_added_at_the_end_or_removed_inside_is_a_small_change() {
        let old: Vec<u32> = (0..100).collect();
        let new: Vec<u32> = (0..101).filter(|item| *item != 50).collect();
        assert_eq!(change(&old, &new), (vec![50], vec![100]));
    }
}
