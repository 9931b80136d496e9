//! Dates as documents give them: the part of EDTF in format 1.
//!
//! Always holds: an `Edtf` matches the grammar of FORMAT.md section 1 and keeps its exact text.
//! Not here: times of the ledger (`time`), dates that a person types to name a position (`ledger`).
//! Source: FORMAT.md section 1; a part of EDTF (ISO 8601-2) levels 0 and 1.

use jiff::civil::Date;

/// The first and the last day that a date or interval may mean; `None` where it is open.
///
/// ```
/// use annals_core::edtf::{days, Days};
/// let january = days("2022-01").ok_or("form")?;
/// let week = days("2022-01-24/2022-01-30").ok_or("form")?;
/// assert!(january.overlap(&week));
/// assert_eq!(days("2022-13"), None);
/// # Ok::<(), &str>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Days {
    /// First day; `None` if no beginning is given.
    pub first: Option<Date>,
    /// Last day; `None` if no end is given.
    pub last: Option<Date>,
}

impl Days {
    /// Whether some day may be in both ranges; a side without an end is open.
    pub fn overlap(&self, other: &Days) -> bool {
        let before = |end: Option<Date>, start: Option<Date>| match (end, start) {
            (Some(end), Some(start)) => end < start,
            _ => false,
        };
        !before(self.last, other.first) && !before(other.last, self.first)
    }
}

/// The days that `text` may mean, or `None` if it is not in the grammar.
pub fn days(text: &str) -> Option<Days> {
    let Some((left, right)) = text.split_once('/') else {
        let bare = text.strip_suffix(['?', '~', '%']).unwrap_or(text);
        let (first, last) = bare_date(bare)?;
        return Some(Days { first: Some(first), last: Some(last) });
    };
    let open = |side: &str| side.is_empty() || side == "..";
    match (open(left), open(right)) {
        (true, true) => None,
        (true, false) => Some(Days { first: None, last: Some(bare_date(right)?.1) }),
        (false, true) => Some(Days { first: Some(bare_date(left)?.0), last: None }),
        (false, false) => {
            let (first, last) = (bare_date(left)?.0, bare_date(right)?.1);
            (first <= last).then_some(Days { first: Some(first), last: Some(last) })
        }
    }
}

/// Whether `text` is in the EDTF grammar of FORMAT.md section 1.
pub fn is_edtf(text: &str) -> bool {
    days(text).is_some()
}

fn bare_date(text: &str) -> Option<(Date, Date)> {
    let parts: Vec<&str> = text.split('-').collect();
    let year = |text: &str| digits(text, 4);
    match parts.as_slice() {
        [decade] if decade.len() == 4 && decade.ends_with('X') => {
            let (known, width) = match decade.strip_suffix("XX") {
                Some(known) => (digits(known, 2)? * 100, 99),
                None => (digits(decade.strip_suffix('X')?, 3)? * 10, 9),
            };
            Some((first_of(known, 1)?, last_of(known + width, 12)?))
        }
        [y] => whole_year(year(y)?),
        [y, "XX"] | [y, "XX", "XX"] => whole_year(year(y)?),
        [y, m, "XX"] => whole_month(year(y)?, digits(m, 2)?),
        [y, m] => match digits(m, 2)? {
            21..=24 => whole_year(year(y)?),
            month => whole_month(year(y)?, month),
        },
        [y, m, d] => {
            let (month, day) = (digits(m, 2)?, digits(d, 2)?);
            let month = i8::try_from(month).ok()?;
            let date = Date::new(year(y)?, month, i8::try_from(day).ok()?).ok()?;
            Some((date, date))
        }
        _ => None,
    }
}

fn whole_year(year: i16) -> Option<(Date, Date)> {
    Some((first_of(year, 1)?, last_of(year, 12)?))
}

fn whole_month(year: i16, month: i16) -> Option<(Date, Date)> {
    Some((first_of(year, month)?, last_of(year, month)?))
}

fn first_of(year: i16, month: i16) -> Option<Date> {
    Date::new(year, i8::try_from(month).ok()?, 1).ok()
}

fn last_of(year: i16, month: i16) -> Option<Date> {
    Some(first_of(year, month)?.last_of_month())
}

fn digits(text: &str, width: usize) -> Option<i16> {
    let all_digits = text.len() == width && text.bytes().all(|byte| byte.is_ascii_digit());
    all_digits.then(|| text.parse().ok()).flatten()
}
