//! Answers without a limit, which are read and written a part at a time: the same bytes as those of
//! a fold, whose parts are others, and of a page that has all facts.
//!
//! Always holds: the record has more facts than a part, and facts of the first parts on which the
//! last events act.

use crate::index::words::told;
use crate::index::{Clerk, make, same, words};
use crate::support::acts::{self, Act};
use crate::support::tamper::Dice;
use crate::support::texts::{TEXT, evidence, fact, with_facets};
use annals::index::IndexStatus;
use annals::ledger::query::gather::PART;

/// The first fact.
const FIRST: usize = 6;
/// The number of facts.
const FACTS: usize = PART + 60;

/// A ledger of more facts than a part, then acts on some of them.
fn clerk() -> Clerk {
    let mut clerk = Clerk::new(17, 1);
    let mut facets = Dice(3);
    while clerk.ledger.events.len() < FIRST + FACTS {
        let number = clerk.ledger.events.len();
        let body = fact(&format!("Words of {number}."), &[evidence(4, TEXT, "she said")]);
        let act = acts::asserted_fact(&body, if number % 50 == 9 { "\"by-hand\"" } else { "null" });
        let body = with_facets(&act.body, &mut facets);
        clerk.sign("ada", Act { body, ..act });
    }
    let last = (FIRST + FACTS - 1) as u64;
    for act in [
        acts::confirmed(FIRST as u64),
        acts::disputed(7),
        acts::corrected(8, 4, &[]),
        acts::confirmed(last),
        acts::corrected(last - 2, 4, &[]),
        acts::redacted(12),
        acts::related(10, "supports", last),
    ] {
        clerk.sign("dan", act);
    }
    clerk
}

#[test]
fn an_answer_in_parts_is_that_of_a_fold_and_of_one_page() {
    let clerk = clerk();
    let folder = tempfile::tempdir().expect("a folder");
    let ledger = clerk.write(folder.path());
    let events = clerk.ledger.events.len() as u64;
    assert_eq!(make(&ledger), IndexStatus::Same { events, wrote: true });
    let mut asked = Vec::new();
    for format in ["text", "json", "jsonl", "csv"] {
        for line in [
            "find words --limit all",
            "find she --when 2022 --limit all",
            "find yes --limit all",
            "find words --status asserted --as-of 1000 --limit all",
            "review --by Dan --limit all",
            "review --by Ben --topic t --all --limit all",
        ] {
            asked.push(words(format!("{line} --format {format}")));
        }
    }
    for format in ["text", "json", "jsonl"] {
        asked.push(words(format!("blame 4 --limit all --format {format}")));
        asked
            .push(words(format!("blame 4 --when 2022 --as-of 1050 --limit all --format {format}")));
    }
    same(&ledger, &asked);
    for line in ["find words", "find she --when 2022", "blame 4", "review --by Dan"] {
        for format in ["text", "json"] {
            let whole = told(&ledger, &format!("{line} --format {format} --limit all"));
            let page = told(&ledger, &format!("{line} --format {format} --limit 5000"));
            assert_eq!(whole, page, "{line}");
            assert!(whole.0.len() > FACTS * 10, "{line}");
        }
    }
}
