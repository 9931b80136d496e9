//! When a document is said to be published, beside the words that say so and the day on which it
//! was captured.
//!
//! Always holds: it is a hint for the signer and refuses nothing. Not here: what the words of a
//! date say (`stated_date`).

use crate::ledger::write::notes::stated_date;
use annals_core::edtf::days;
use annals_core::event::body::Dating;
use annals_core::time::Time;
use jiff::civil::Date;

/// The words that were not looked for, because the document is no text.
pub fn unread_words(published: &Dating, media_type: &str) -> Option<String> {
    let words = published.as_written.as_deref()?;
    (media_type != "text/plain").then(|| {
        format!(
            "published: the words “{words}” were not looked for in the document, which is \
             {media_type}"
        )
    })
}

/// That the words say another date, or say one that is not given.
pub fn another_date(published: &Dating, lang: &str) -> Option<String> {
    let words = published.as_written.as_deref()?;
    let why = match published.edtf.as_deref() {
        Some(date) => stated_date::denied(date, words, lang),
        None => stated_date::undated(words, "--published"),
    };
    why.map(|why| format!("published: {why}"))
}

/// That a document is said to be captured in the future; an hour is left for the clock of another
/// machine.
pub fn captured_later(captured_at: Time, now: Time) -> Option<String> {
    const HOUR: i64 = 3_600_000_000;
    let is_later = captured_at.micros() > now.micros().saturating_add(HOUR);
    is_later.then(|| {
        format!("captured_at: {captured_at} is still to come, by the clock of this machine")
    })
}

/// That a document is said to be published after the day on which it was captured; a day is left
/// for the clocks of other zones.
pub fn after_capture(published: &Dating, captured_at: Time) -> Option<String> {
    let edtf = published.edtf.as_deref()?;
    let first = days(edtf)?.first?;
    let captured: Date = captured_at.as_str().get(..10)?.parse().ok()?;
    let is_later = first > captured.tomorrow().ok()?;
    is_later.then(|| {
        format!(
            "published: {edtf} is after the document was captured, on {captured}: check the year, \
             and that day and month are not swapped"
        )
    })
}
