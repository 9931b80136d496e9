//! The zone of displayed times: that of `--tz`, for every time that people read.
//!
//! Always holds: a displayed time carries its zone; JSON and CSV have the record's own times, in
//! UTC, whatever zone is displayed. Not here: times that people type (`ledger::query::point`).

use annals_core::time::Time;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use std::sync::OnceLock;

static ZONE: OnceLock<TimeZone> = OnceLock::new();

/// Sets the zone, once for the process; the default is UTC.
pub fn display(zone: TimeZone) {
    // A second zone in one process would belong to another command.
    let _ = ZONE.set(zone);
}

/// A time as it is displayed: its date and time of day, and `Z` or its offset from UTC.
fn parts(time: Time) -> (String, String) {
    let zone = ZONE.get().cloned().unwrap_or(TimeZone::UTC);
    let Ok(at) = Timestamp::from_microsecond(time.micros()) else {
        // The last day that a record can have is beyond what can be shown in another zone.
        let utc = time.as_str().trim_end_matches('Z').trim_end_matches('0').trim_end_matches('.');
        return (utc.to_owned(), "Z".to_owned());
    };
    let local = at.to_zoned_datetime(zone.clone());
    let offset = match zone == TimeZone::UTC {
        true => "Z".to_owned(),
        false => local.strftime("%:z").to_string(),
    };
    (local.datetime().to_string(), offset)
}

/// A time to the second, or in full if that would lose digits: `2022-01-27T08:00:00Z`.
pub fn moment(time: Time) -> String {
    let (local, offset) = parts(time);
    format!("{local}{offset}")
}

/// A time for a column: day and minute, `2022-01-27 08:00Z`.
pub fn minute(time: Option<Time>) -> String {
    let Some(time) = time else { return "time unknown".to_owned() };
    let (local, offset) = parts(time);
    let text = local.get(..16).unwrap_or_default().replace('T', " ");
    format!("{text}{offset}")
}

/// The name of the zone, as `--tz` takes it.
pub fn name() -> String {
    let name = ZONE.get().and_then(|zone| zone.iana_name().map(str::to_owned));
    name.unwrap_or_else(|| "UTC".to_owned())
}

/// A time in seconds since 1970 for people.
pub fn seconds_as_moment(seconds: u64) -> String {
    let micros = i64::try_from(seconds).ok().and_then(|s| s.checked_mul(1_000_000));
    let time = micros.and_then(Time::from_micros);
    time.map_or_else(|| format!("{seconds} s"), moment)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_second_of_the_last_year_is_itself() {
        let (day, second) = ("9999-12-31T00:00:00Z", "9999-12-31T23:59:59Z");
        assert_eq!(seconds_as_moment(253_402_214_400), day);
        assert_eq!(seconds_as_moment(253_402_300_799), second);
        assert_eq!(seconds_as_moment(253_402_300_800), "253402300800 s");
        let last = Time::parse("9999-12-31T23:50:00.500000Z");
        assert_eq!(last.map(moment).as_deref(), Some("9999-12-31T23:50:00.5Z"));
    }
}
