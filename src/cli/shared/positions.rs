//! Positions as an argument: numbers and ranges of them, such as `3-5,9`.
//!
//! Always holds: a range is not empty and begins with its smaller end. Not here: what is at a
//! position.

use std::str::FromStr;

/// A position, or a range of positions with both its ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Positions {
    /// One.
    One(u64),
    /// From the first to the last.
    Range {
        /// The first.
        first: u64,
        /// The last.
        last: u64,
    },
}

/// Positions that stand in one argument, with commas between them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PositionList(pub Vec<Positions>);

impl FromStr for PositionList {
    type Err = String;

    fn from_str(text: &str) -> Result<PositionList, String> {
        let expected =
            || "expected a position such as 3, or a range such as 3-22 or 3-5,9".to_owned();
        let number = |text: &str| text.trim().parse::<u64>().map_err(|_| expected());
        let part = |part: &str| match part.split_once('-') {
            None => number(part).map(Positions::One),
            Some((first, last)) => {
                let (first, last) = (number(first)?, number(last)?);
                if first > last { Err(expected()) } else { Ok(Positions::Range { first, last }) }
            }
        };
        text.split(',').map(part).collect::<Result<Vec<_>, _>>().map(PositionList)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_has_numbers_and_ranges() {
        let range = |first, last| Positions::Range { first, last };
        assert_eq!("3-5,9".parse(), Ok(PositionList(vec![range(3, 5), Positions::One(9)])));
        assert_eq!("7".parse(), Ok(PositionList(vec![Positions::One(7)])));
        for text in ["", "5-3", "a", "3-", "-3", "3,,4", "1-2-3"] {
            assert!(text.parse::<PositionList>().is_err(), "{text}");
        }
    }
}
