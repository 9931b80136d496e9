//! The two points of a range of the log: the first is not after the second.
//!
//! Always holds: a range without events is not an error; a reversed range is, even without events
//! in between. Not here: the meaning of a point (`ledger::query::point`).

use crate::ledger::error::LedgerError;
use crate::ledger::query::point::{Bound, DateClock, Point, PointContext};
use crate::ledger::reader::Record;
use annals_core::text::in_quotes;

/// Refuses a point of `--from` that is after that of `option`, such as `--until`.
pub fn expect_forward(
    record: &Record,
    from: &str,
    option: &str,
    until: &str,
    around: &PointContext,
    clock: DateClock,
) -> Result<(), LedgerError> {
    let first = Point::parse(from, around)?;
    let last = Point::parse(until, around)?;
    let backwards = match (&first, &last) {
        (Point::Within(start, _), Point::Within(_, end)) => start >= end,
        // There may be no event since then.
        (Point::Within(..) | Point::Now, Point::Head) | (Point::Now, Point::Now) => false,
        (Point::Within(start, _), Point::Now) => *start > around.now,
        (Point::Now, Point::Within(_, end)) => around.now >= *end,
        _ => {
            let first = first.resolve(record, Bound::Start, clock)?.size;
            first >= last.resolve(record, Bound::End, clock)?.size
        }
    };
    match backwards {
        false => Ok(()),
        true => Err(LedgerError::Usage(format!(
            "expected --from a point that is not after that of {option}, found {} after \
             {}; say the two the other way round",
            in_quotes(from),
            in_quotes(until)
        ))),
    }
}
