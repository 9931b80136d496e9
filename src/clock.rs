//! The clock: the only module that reads the time.
//!
//! Always holds: a set clock advances by one second with each reading, so that a story has one
//! history. Not here: judgement; no verdict depends on the current time. Source: FORMAT.md, `at`
//! and `said`.

use annals_core::time::Time;
use jiff::fmt::temporal::{Pieces, PiecesOffset};
use rustix::time::{ClockId, clock_gettime};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Where the time comes from.
#[derive(Clone, Debug)]
pub enum Clock {
    /// The machine's clock.
    System,
    /// A set clock: the next reading gives this time, each later one a second more.
    Set(Time),
}

/// The offsets from UTC that clocks have, in hours.
pub const OFFSETS: std::ops::RangeInclusive<i32> = -12..=14;

/// Whether the offset of a time is outside of [`OFFSETS`]: a slip, for the form allows more.
///
/// ```
/// use annals::clock::has_wrong_offset;
/// assert!(has_wrong_offset("2026-12-01T14:00+20:00"));
/// assert!(!has_wrong_offset("2026-12-01T14:00+02:00"));
/// assert!(!has_wrong_offset("2026-12-01T14:00Z"));
/// ```
pub fn has_wrong_offset(text: &str) -> bool {
    match Pieces::parse(text).ok().and_then(|pieces| pieces.offset()) {
        Some(PiecesOffset::Numeric(offset)) => {
            let seconds = offset.offset().seconds();
            !(OFFSETS.start() * 3_600..=OFFSETS.end() * 3_600).contains(&seconds)
        }
        _ => false,
    }
}

impl Clock {
    /// The clock of a setting such as `2022-01-27T08:00:00Z`; the machine's clock if the setting is
    /// absent.
    ///
    /// ```
    /// use annals::clock::Clock;
    /// let mut clock = Clock::from_setting(Some("2022-01-27T08:00:00Z")).ok_or("form")?;
    /// assert_eq!(clock.now().to_string(), "2022-01-27T08:00:00.000000Z");
    /// assert_eq!(clock.now().to_string(), "2022-01-27T08:00:01.000000Z");
    /// # Ok::<(), &str>(())
    /// ```
    pub fn from_setting(setting: Option<&str>) -> Option<Clock> {
        let Some(text) = setting.filter(|text| !text.is_empty()) else {
            return Some(Clock::System);
        };
        let timestamp: jiff::Timestamp = text.parse().ok()?;
        Time::from_micros(timestamp.as_microsecond()).map(Clock::Set)
    }

    /// Reads the time; a set clock advances by one second.
    pub fn now(&mut self) -> Time {
        match self {
            Clock::System => system(),
            Clock::Set(time) => {
                let now = *time;
                *time = now.plus_micros(1_000_000).unwrap_or(now);
                now
            }
        }
    }

    /// The next reading, without advancing a set clock.
    pub fn peek(&self) -> Time {
        match self {
            Clock::System => system(),
            Clock::Set(time) => *time,
        }
    }
}

/// The time since the machine started, its sleep included; no setting changes it.
pub fn uptime() -> Duration {
    #[cfg(target_os = "linux")]
    const CLOCK: ClockId = ClockId::Boottime;
    #[cfg(not(target_os = "linux"))]
    const CLOCK: ClockId = ClockId::Monotonic;
    Duration::try_from(clock_gettime(CLOCK)).unwrap_or_default()
}

fn system() -> Time {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let micros = i64::try_from(since.as_micros()).unwrap_or(i64::MAX);
    Time::from_micros(micros).unwrap_or(Time::EPOCH)
}
