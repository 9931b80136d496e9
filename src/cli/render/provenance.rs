//! Provenance: the point of an answer, and warnings for its reader.
//!
//! Always holds: every answer from the record names position, size, head and time; faults, an
//! unfinished commit, missing events and a newer format are reported on stderr. Not here: the
//! answers themselves.

use crate::cli::terminal::advised::with_places;
use crate::cli::terminal::output::line_of_answer;
use crate::cli::terminal::{CliError, Context, Exit, announce_clock, moment, note, wrapped};
use crate::keys::{KeyFolder, KeyName};
use crate::ledger::answer::filter::EditorName;
use crate::ledger::query::names::Names;
use crate::ledger::query::point::{
    Bound, DateClock, OtherClock, Point, PointContext, ResolvedDate, is_year,
};
use crate::ledger::query::since::LaterChange;
use crate::ledger::query::{AsOf, Query, View};
use crate::ledger::reader::{Record, covered};
use annals_core::key::PublicKey;
use annals_core::text::Person;
use annals_core::text::in_quotes;
use annals_core::verify::source::Source;
use std::io::Write;

/// The number of events for a point that a person typed.
pub fn point(
    context: &Context,
    record: &Record,
    text: &str,
    bound: Bound,
) -> Result<u64, CliError> {
    if text != "head" && text.starts_with(|c: char| c.is_ascii_alphabetic()) || text.contains("ago")
    {
        announce_clock(&context.clock);
    }
    let around = PointContext::new(&context.global.tz, context.clock.peek())?;
    let clock = date_clock(context);
    let point = Point::parse(text, &around)?;
    let ResolvedDate { size, other } = point.resolve(record, bound, clock)?;
    if matches!(point, Point::Within(..))
        && size == record.size()
        && let Some(of) = record.part_of.filter(|of| *of > size)
    {
        note(format!(
            "note: this is a part, the first {size} of {of} events, and {text:?} ends after its \
             last one: which of the others came before that is not known here"
        ));
    }
    if let Point::Within(start, _) = point
        && start > around.now
        && size == record.size()
    {
        let answer = match bound {
            Bound::End => "this is the record as it stands now",
            Bound::Start => "nothing is recorded after its start",
        };
        note(format!(
            "note: {} is still to come, by the clock of this machine: {answer}",
            in_quotes(text)
        ));
    }
    if is_year(text.trim()) && text.trim().parse().is_ok_and(|event: u64| event < record.size()) {
        note(format!("note: {0} is the year; event {0} is #{0}", text.trim()));
    }
    if let Some(other) = other {
        note(retimed(text, bound, size, &other, clock));
    }
    Ok(size)
}

/// The clock by which dates are looked up.
pub fn date_clock(context: &Context) -> DateClock {
    match context.global.clock.as_str() {
        "corrected" => DateClock::Corrected,
        _ => DateClock::Recorded,
    }
}

/// The note that a retiming makes the two clocks differ for a date.
fn retimed(text: &str, bound: Bound, size: u64, other: &OtherClock, clock: DateClock) -> String {
    let place = |size: u64| match (bound, size.checked_sub(1)) {
        (Bound::Start, _) => format!("from position {size}"),
        (Bound::End, Some(last)) => format!("position {last}"),
        (Bound::End, None) => "before the first event".to_owned(),
    };
    let events: Vec<String> = other.retimed.iter().map(u64::to_string).collect();
    let by = match events.as_slice() {
        [] => "a retiming lies between".to_owned(),
        [one] => format!("a retiming lies between, event {one}"),
        several => format!("retimings lie between, events {}", several.join(", ")),
    };
    let (here, there) = (place(size), place(other.size));
    match clock {
        DateClock::Recorded => format!(
            "note: {} is {here} by the clock that the events were recorded by; {by}: by the \
             corrected clock it is {there} (--clock corrected)",
            in_quotes(text)
        ),
        DateClock::Corrected => format!(
            "note: {} is {here} by the corrected clock; {by}: by the clock that the events \
             were recorded by it is {there} (--clock recorded)",
            in_quotes(text)
        ),
    }
}

/// The whole record as of a point (by default its end), and the names in it.
pub fn view<'a>(
    context: &Context,
    record: &'a Record,
    as_of: Option<&str>,
) -> Result<(View<'a>, Names), CliError> {
    let size = size(context, record, as_of)?;
    begin(View::open(record, size)?)
}

/// The view of only the facts and documents that `ask` selects, and the names in it.
pub fn view_of<'a>(
    context: &Context,
    record: &'a Record,
    as_of: Option<&str>,
    ask: &Query<'_>,
) -> Result<(View<'a>, Names), CliError> {
    let size = size(context, record, as_of)?;
    begin(View::some(record, size, ask)?)
}

/// The number of events up to a point; all if none is given.
pub fn size(context: &Context, record: &Record, as_of: Option<&str>) -> Result<u64, CliError> {
    match as_of {
        Some(text) => point(context, record, text, Bound::End),
        None => Ok(record.size()),
    }
}

/// The number of events that are folded without a note about the index.
const MANY: u64 = 10_000;

/// Notes that the whole record had to be folded, and the reason.
pub fn note_folded(view: &View<'_>) {
    let size = view.record.size();
    let large = size > MANY && view.record.index_wrong().is_none();
    if let Some(why) = view.folded_because().filter(|_| large) {
        let makes = "annals repair --index makes the index again";
        note(with_places(&format!("note: all {size} events were folded: {why}; {makes}")));
    }
}

/// Prints the notes of a view, and reads the names in it.
pub fn begin<'a>(view: View<'a>) -> Result<(View<'a>, Names), CliError> {
    note_view(&view)?;
    let names = Names::read(&view)?;
    Ok((view, names))
}

/// Prints the notes of a view.
pub fn note_view(view: &View<'_>) -> Result<(), CliError> {
    note_folded(view);
    if view.as_of().size == 0 && view.record.size() > 0 {
        let first = view.event(0)?.and_then(|event| event.at());
        let first = first.map(|at| format!(", {}", moment(at))).unwrap_or_default();
        note(format!("note: at that point the record had not begun; event 0 came later{first}"));
    }
    Ok(())
}

/// The editor of the global option `--by`.
pub fn editor(context: &Context) -> Result<Option<EditorName>, CliError> {
    let Some(name) = &context.global.editor else { return Ok(None) };
    let folder = KeyFolder::open(&context.paths()?.keys).ok();
    let handle = KeyName::new(name).ok();
    let key = folder.zip(handle).and_then(|(folder, handle)| folder.public(&handle).ok());
    Ok(Some(EditorName { name: name.clone(), key }))
}

/// The reviewer: name and person of the key that would sign.
pub fn reviewer(
    context: &Context,
    view: &View<'_>,
    names: &Names,
) -> Result<(String, Person), CliError> {
    let roster = &view.state().fold.roster;
    let enrolled = |key: &PublicKey| roster.member(key).filter(|member| member.revoked.is_none());
    let found: Vec<PublicKey> = match editor(context)? {
        Some(editor) => editor.keys(names)?,
        None => context.signers(roster)?.into_iter().map(|(_, key)| key).collect(),
    };
    let mut persons: Vec<(String, Person)> = found
        .iter()
        .filter_map(|key| Some((names.of(key), enrolled(key)?.person.clone())))
        .collect();
    persons.sort_by(|a, b| a.1.cmp(&b.1));
    persons.dedup_by(|a, b| a.1 == b.1);
    match persons.as_slice() {
        [one] => Ok(one.clone()),
        [] => Err(CliError::usage("no key here can review; name an enrolled editor with --by")),
        several => {
            let names: Vec<&str> = several.iter().map(|(name, _)| name.as_str()).collect();
            let names = names.join(", ");
            Err(CliError::usage(format!("several keys can review; choose one with --by: {names}")))
        }
    }
}

/// Prints the warnings about a record; returns the resulting exit code.
pub fn warn(view: &View<'_>, damaged: u64) -> Exit {
    let bytes = view.record.source.ignored_bytes();
    if bytes > 0 {
        note(format!(
            "note: {bytes} bytes of an unfinished commit after the record's end were not read; \
             the next writer moves them aside"
        ));
    }
    let missing = warn_missing(view.record);
    if let Some((why, advice)) = view.record.index_wrong() {
        note(with_places(&format!("note: {why}; the answer is from the journal; {advice}")));
    }
    if let Some(why) = view.record.trouble() {
        note(with_places(&format!("warning: {why}; annals verify lists all faults")));
        return Exit::Unknown;
    }
    // What was read for the answer with another view, and what this one read, its names too.
    let damaged = damaged.max(view.damaged());
    let faults = view.faults();
    let count = |n: usize, what: &str| format!("{n} {what}{}", if n == 1 { "" } else { "s" });
    if faults > 0 {
        let faults = count(faults, "fault");
        note(with_places(&format!(
            "warning: the record has {faults}; annals verify lists all faults"
        )));
    }
    if damaged > 0 {
        let bodies = count(usize::try_from(damaged).unwrap_or(usize::MAX), "body text");
        note(with_places(&format!(
            "warning: {bodies} not as signed and not shown; annals verify lists all faults"
        )));
    }
    let absent = view.record.absent();
    if absent > 0 {
        let bodies = count(absent, "body text");
        let there = if view.record.is_served() { "did not come" } else { "not there" };
        note(wrapped(
            &with_places(&format!(
                "warning: {bodies} {there}, and no event withholds them: this answer may lack \
                 words; annals verify lists all faults"
            )),
            0,
        ));
    }
    if let Some((position, v)) = view.later_version() {
        note(format!("warning: event {position} is of format {v}; it and later ones are not read"));
        return Exit::Unknown;
    }
    let is_unknown = missing || (absent > 0 && view.record.is_served());
    match (is_unknown, faults > 0 || damaged > 0 || absent > 0) {
        (true, _) => Exit::Unknown,
        (false, true) => Exit::No,
        (false, false) => Exit::Yes,
    }
}

/// Prints a warning if the record ends before the size in its checkpoint.
fn warn_missing(record: &Record) -> bool {
    if let Err(error) = record.expect_events() {
        note(wrapped(&format!("warning: {error}"), 0));
        return true;
    }
    let size = record.size();
    let Some(covers) = covered(record.checkpoint.as_deref()).filter(|covers| *covers > size) else {
        return false;
    };
    note(with_places(&format!(
        "warning: the checkpoint covers {covers} events, here are {size}: events are missing; \
         annals verify lists all faults"
    )));
    true
}

/// The last line of every answer for people: its point.
pub fn line(out: &mut dyn Write, as_of: &AsOf) -> Result<(), CliError> {
    labelled(out, "", as_of)
}

/// The point of an answer after a word that tells it from another.
pub fn labelled(out: &mut dyn Write, label: &str, as_of: &AsOf) -> Result<(), CliError> {
    let AsOf { size, of, .. } = as_of;
    let events = match as_of.part_of {
        Some(whole) => format!("{size} of {of} events, a part of a record of {whole}"),
        None => format!("{size} of {of} events"),
    };
    let point = match (as_of.position, as_of.head, as_of.recorded) {
        (Some(position), Some(head), Some(at)) => {
            format!("as of position {position} ({events}), head {head}, recorded {}", moment(at))
        }
        (Some(position), Some(head), None) => {
            format!("as of position {position} ({events}), head {head}")
        }
        _ => format!("as of before the first event ({events})"),
    };
    Ok(writeln!(out, "{}", line_of_answer(&format!("{label}{point}"), 2))?)
}

/// The later changes of the answer's facts.
pub fn since(out: &mut dyn Write, view: &View<'_>, became: &[LaterChange]) -> Result<(), CliError> {
    if !view.is_past() {
        return Ok(());
    }
    let changes: Vec<String> = became
        .iter()
        .map(|row| {
            let became = row.became.join(" and ").replace('-', " ");
            format!("{} {}", row.fact, became.replace("restored", "in force again"))
        })
        .collect();
    let until = view.as_of().part_of.map_or("", |_| ", up to the end of this part,");
    let since = match changes.len() {
        0 => format!("since then{until} none of these changed in words or status"),
        count => format!(
            "since then{until} {count} of these changed in words or status: {}",
            changes.join(", ")
        ),
    };
    Ok(writeln!(out, "{}", line_of_answer(&since, 2))?)
}
