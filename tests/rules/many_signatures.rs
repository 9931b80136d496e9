//! Many events of one key, so that its signatures are verified by its multiples, several at
//! once where the processor can.
//!
//! Always holds: the verdict is that of each signature by itself. Source: FORMAT.md section 2,
//! "Verdict on a signature".

use crate::support::source::judge;
use crate::support::{Ledger, acts};

/// The positions of events with a changed digit: of R, and of S.
const CHANGED: [(u64, usize); 5] = [(9, 0), (75, 3), (100, 64), (131, 63), (200, 100)];

#[test]
fn of_many_signatures_of_one_key_the_changed_ones_are_refused() {
    let mut ledger = Ledger::newsroom();
    while ledger.size() < 220 {
        let position = ledger.size();
        let digit = CHANGED.iter().find(|(at, _)| *at == position).map(|(_, digit)| *digit);
        let draft = ledger.draft("ada", acts::retimed());
        ledger.put(draft.with(|draft| {
            draft.edit_signature = digit.map(|digit| {
                Box::new(move |line: String| changed(&line, digit))
                    as Box<dyn FnOnce(String) -> String>
            });
        }));
    }
    let outcome = judge(&ledger.files());
    let expected: Vec<(u16, Option<u64>)> =
        CHANGED.iter().map(|(position, _)| (302, Some(*position))).collect();
    assert_eq!(outcome.faults.iter().filter(|(rule, _)| *rule == 302).count(), CHANGED.len());
    assert!(expected.iter().all(|fault| outcome.faults.contains(fault)), "{outcome}");
    assert_eq!(outcome.exit, 1);
}

fn changed(line: &str, digit: usize) -> String {
    let other = if line[digit..].starts_with('0') { "1" } else { "0" };
    format!("{}{other}{}", &line[..digit], &line[digit + 1..])
}
