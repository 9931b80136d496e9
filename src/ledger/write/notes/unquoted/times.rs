//! The times of the day of a claim, beside those of the quoted words.
//!
//! Always holds: a time with other hours or signs is the same time. Not here: how times are read
//! (`day_time`).

use crate::ledger::write::notes::unquoted::compared::Wording;
use crate::wording::day_time::{DayTime, day_times};
use crate::wording::figures::Figure;

impl Wording<'_> {
    /// Whether a figure is a part of a time of the claim that is quoted with other hours: `22:30`
    /// of `10:30pm`. Figures alone (`8.45`) are a time only beside one that is surely a time, and
    /// never beside a magnitude, a currency, a measure or a sign.
    pub(super) fn is_of_time(&self, figure: &Figure) -> bool {
        if !figure.is_bare() {
            return false;
        }
        // 8.45 is one figure, and 8:45 are two.
        let (hour, minute) = figure.digits.split_once('.').unzip();
        let Ok(number) = hour.unwrap_or(&figure.digits).parse::<u8>() else { return false };
        let minute = minute.map(str::parse::<u8>);
        let is_written = |it: &DayTime| match &minute {
            Some(minute) => it.written == number && minute.as_ref() == Ok(&it.minute),
            None => it.written == number || it.minute == number,
        };
        let claimed = day_times(self.claim).into_iter();
        let mut claimed = claimed.filter(is_written);
        claimed.any(|time| {
            let is_same = |other: DayTime| {
                (other.hour, other.minute) == (time.hour, time.minute)
                    && (time.is_certain || other.is_certain)
            };
            self.quoted.iter().any(|words| day_times(words).into_iter().any(is_same))
        })
    }

    /// The times of the claim that are quoted in the other half of the day alone: `4pm` of `4am`.
    pub(super) fn other_halves(&self) -> Vec<String> {
        let mut claimed = day_times(self.claim);
        claimed.retain(|time| time.has_half);
        if claimed.is_empty() {
            return Vec::new();
        }
        let quoted: Vec<DayTime> = self.quoted.iter().flat_map(|words| day_times(words)).collect();
        let is_other = |time: &DayTime| {
            let same = |it: &DayTime| (it.hour, it.minute) == (time.hour, time.minute);
            let turned = |it: &DayTime| {
                it.has_half && (it.written, it.minute) == (time.written, time.minute)
            };
            !quoted.iter().any(same) && quoted.iter().any(turned)
        };
        let words = |time: DayTime| {
            let digits = self.claim.get(time.digits.0..time.digits.1).unwrap_or_default();
            format!("{digits} {}", if time.hour < 12 { "am" } else { "pm" })
        };
        claimed.into_iter().filter(is_other).map(words).collect()
    }
}
