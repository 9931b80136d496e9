//! Times of the day in a text, of 12 and of 24 hours.
//!
//! Always holds: a time is compared by its hour and its minute. Not here: which figures of a claim
//! are part of one (`notes::unquoted`).

/// A time of the day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DayTime {
    /// The hour, 0 to 23.
    pub hour: u8,
    /// The minute.
    pub minute: u8,
    /// The hour as it is written: 10 of `10:30pm`.
    pub written: u8,
    /// Whether it is no other number, as `22.30` may be.
    pub is_certain: bool,
    /// Whether it is in a half of the day that is named: `am`, `pm`.
    pub has_half: bool,
    /// Where its digits begin and end in the text.
    pub digits: (usize, usize),
}

/// Words before an hour for the half of the day, and whether it is the second one, of Japanese,
/// Chinese and Korean.
const HALVES_BEFORE: [(&str, bool); 6] = [
    ("午前", false),
    ("午後", true),
    ("上午", false),
    ("下午", true),
    ("오전", false),
    ("오후", true),
];
/// Signs after an hour of these languages, and after a minute.
const HOURS: [char; 5] = ['時', '时', '點', '点', '시'];
const MINUTES: [char; 2] = ['分', '분'];

/// The times of a text: `22:30`, `10.30 p.m.`, `10pm`, `20 Uhr`, `20h45`, `午後5時30分`; `22.30` is
/// one where another text has such a time.
pub fn day_times(text: &str) -> Vec<DayTime> {
    let mut found = Vec::new();
    let bytes = text.as_bytes();
    let number = |from: usize| {
        let rest = text.get(from..)?;
        let length = rest.bytes().take_while(u8::is_ascii_digit).count();
        Some((rest.get(..length)?.parse::<u8>().ok()?, from + length))
    };
    let begins = |at: &usize| {
        let is_digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
        let before = at.checked_sub(1).and_then(|before| bytes.get(before));
        is_digit(*at) && !before.is_some_and(|c| c.is_ascii_digit() || b".,:".contains(c))
    };
    for at in (0..bytes.len()).filter(begins) {
        let Some((written, end)) = number(at) else { continue };
        let after_hour = text.get(end..).and_then(|rest| rest.strip_prefix(HOURS));
        // 15時間 is how long something takes.
        let after_hour = after_hour.filter(|rest| !rest.starts_with(['間', '间', '간']));
        if let Some(rest) = after_hour {
            let before = text.get(..at).unwrap_or_default().trim_end();
            let half = HALVES_BEFORE.iter().find(|(words, _)| before.ends_with(words));
            let hour = match (half, written) {
                (Some((_, false)), 12) => 0,
                (Some((_, true)), 0..=11) => written + 12,
                (_, 0..=23) => written,
                _ => continue,
            };
            let blank = rest.len() - rest.trim_start().len();
            let minute = number(text.len() - rest.len() + blank).filter(|(minute, last)| {
                *minute < 60 && text.get(*last..).is_some_and(|rest| rest.starts_with(MINUTES))
            });
            let minute = match minute {
                Some((minute, _)) => minute,
                None if rest.starts_with(['半', '반']) => 30,
                None => 0,
            };
            let (has_half, digits) = (half.is_some(), (at, end));
            found.push(DayTime { hour, minute, written, is_certain: true, has_half, digits });
            continue;
        }
        let mark = bytes.get(end).filter(|mark| b".:h".contains(mark));
        let minute = mark.and_then(|_| number(end + 1)).filter(|(_, last)| *last == end + 3);
        let (minute, end) = minute.unwrap_or((0, end));
        let rest: String = text.get(end..).unwrap_or_default().chars().take(6).collect();
        let rest = rest.trim_start().to_lowercase().replace('.', "");
        let half = rest.split(|c: char| !c.is_alphanumeric()).next();
        let hour = match (half, written) {
            (Some("am"), 12) => 0,
            (Some("am"), 1..=11) => written,
            (Some("pm"), 12) => 12,
            (Some("pm"), 1..=11) => written + 12,
            (_, 0..=23) if mark.is_some() => written,
            (Some("uhr" | "h"), 0..=23) => written,
            _ => continue,
        };
        let is_half = matches!(half, Some("am" | "pm" | "uhr" | "h"));
        let is_certain = is_half || mark.is_some_and(|mark| *mark != b'.');
        if minute < 60 {
            let has_half = matches!(half, Some("am" | "pm"));
            let digits = (at, end);
            found.push(DayTime { hour, minute, written, is_certain, has_half, digits });
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_twelve_and_of_twenty_four_hours_are_read() {
        let found = |text: &str| {
            let times = day_times(text).into_iter();
            times.map(|time| (time.hour, time.minute)).collect::<Vec<_>>()
        };
        assert_eq!(found("at 10:30pm, 10.30 p.m. and 22:30"), [(22, 30); 3]);
        assert_eq!(found("at 10 PM and 12am, 12.15 pm"), [(22, 0), (0, 0), (12, 15)]);
        assert_eq!(found("20 Uhr, 20h, 20h45, 20 h"), [(20, 0), (20, 0), (20, 45), (20, 0)]);
        assert_eq!(found("午後5時、17時、下午5点、오후 5시"), [(17, 0); 4]);
        assert_eq!(found("午前5時30分、上午5时半、오전 5시 30분"), [(5, 30); 3]);
        assert_eq!(found("午前12時、午後12時、午後0時30分"), [(0, 0), (12, 0), (12, 30)]);
        assert_eq!(found("15時間続いた、3小时、15시간"), []);
        assert_eq!(found("2022-01-27, 10 people, 3 am ende, 10:75"), [(3, 0)]);
    }
}
