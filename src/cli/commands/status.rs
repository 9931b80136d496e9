//! `annals status`: a summary of the ledger and its pending work. Writes nothing.

use crate::cli::render::report::lines::{Line, line};
use crate::cli::render::words::hanging;
use crate::cli::render::{effect, provenance, tally_lines};
use crate::cli::shared::{named_keys, shown, waiting};
use crate::cli::terminal::advised::with_places;
use crate::cli::terminal::output::{line_of_answer, note};
use crate::cli::terminal::{
    CliError, Command, Context, EditorOption, Exit, Format, Group, counted, formats, json, moment,
    out, visible,
};
use crate::disk::closed::is_closed;
use crate::disk::{DiskError, is_folder_at};
use crate::keys::KeyFolder;
use crate::ledger::answer::tally::TallyReport;
use crate::ledger::audit::given_policy::GivenPolicy;
use crate::ledger::audit::part_below_mark;
use crate::ledger::error::{LedgerError, chain};
use crate::ledger::exchange::submitting::still_waiting;
use crate::ledger::following::{FollowingMark, FoundEvidence};
use crate::ledger::home_mark::{HomeMark, MemoryWitness};
use crate::ledger::imported;
use crate::ledger::query::effect::Effects;
use crate::ledger::query::names::Names;
use crate::ledger::query::summary::{FirstPositions, Summary};
use crate::ledger::query::tally::Tally;
use crate::ledger::query::{AsOf, View, no_fact};
use crate::ledger::reader::{Record, covered};
use crate::ledger::write::notice::{missing_memory, short_memory};
use crate::ledger::write::outbox::listed_aside;
use annals_core::key::PublicKey;
use annals_core::rule::Rule;
use annals_core::state::Status;
use annals_core::time::Time;
use clap::Args;
use serde::Serialize;
use std::collections::BTreeMap;
use std::io::{IsTerminal, Write};
use std::iter;
use std::path::PathBuf;

/// Show the ledger's summary and pending work
#[derive(Debug, Args)]
pub struct StatusArgs {}

#[derive(Serialize)]
struct StatusReport {
    #[serde(flatten)]
    as_of: AsOf,
    origin: Option<String>,
    title: Option<String>,
    licence: Option<String>,
    confirmations_needed: Option<u8>,
    facts: u64,
    by_status: BTreeMap<Status, u64>,
    corrected: u64,
    suspect: u64,
    waiting: FirstPositions,
    open_disputes: FirstPositions,
    documents: u64,
    suspect_documents: u64,
    editors: Vec<Editor>,
    redactions: Vec<Redactions>,
    #[serde(flatten)]
    tally: TallyReport,
    #[serde(skip)]
    turned: Option<String>,
    checkpoint: Option<u64>,
    store: bool,
    marks: MarksFound,
    /// Whether a log key is beside the record: then its memory belongs there too.
    #[serde(skip)]
    has_log_key: bool,
    /// Why the policy beside the keys cannot be read, if it cannot.
    #[serde(skip_serializing_if = "Option::is_none")]
    policy_unread: Option<String>,
    /// Where this copy comes from; absent of any other ledger.
    #[serde(skip_serializing_if = "Option::is_none")]
    following: Option<FollowingReport>,
    /// Where the record is kept, if that is a database.
    #[serde(skip_serializing_if = "Option::is_none")]
    home: Option<HomeReport>,
    /// Whether this is a published record, beside which no ledger's files are.
    #[serde(skip)]
    published: bool,
    /// How many signed submissions wait in the outbox, with those whose file is damaged.
    outbox: u64,
    /// Files of the outbox that were moved aside.
    #[serde(skip)]
    aside: Vec<PathBuf>,
}

#[derive(Serialize)]
struct Editor {
    name: String,
    key: PublicKey,
    roles: annals_core::event::args::Roles,
    enrolled: u64,
    revoked: Option<u64>,
}

#[derive(Serialize)]
struct Redactions {
    by: String,
    reason: String,
    count: u64,
}

/// The record that a copy follows, and since when it may be behind.
#[derive(Serialize)]
struct FollowingReport {
    place: String,
    /// When it was last found to be up to date.
    pulled: Option<Time>,
    /// The number of events of its checkpoint.
    size: Option<u64>,
    /// The present time.
    #[serde(skip)]
    now: Time,
    /// What shows that the publisher contradicted the copy.
    evidence: Option<FoundEvidence>,
}

/// The database that keeps the record of which this is a server's copy.
#[derive(Serialize)]
struct HomeReport {
    place: String,
    /// The witness that is the log key's memory; absent if that is the file of marks.
    #[serde(skip_serializing_if = "Option::is_none")]
    memory: Option<MemoryReport>,
}

/// A witness that is the log key's memory.
#[derive(Serialize)]
struct MemoryReport {
    url: String,
    key: String,
}

/// The marks of the log key, compared with the record.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
enum MarksFound {
    /// There are none.
    Absent,
    /// The last mark is of this size, and the record has that size or more.
    Size(u64),
    /// The last mark is of this larger size: this is an older copy.
    Ahead(u64),
    /// The last mark is of this larger size, and this is a part by its own account.
    Later(u64),
    /// The last mark is of this larger size, and events are missing at the end.
    Short(u64),
    /// The last mark is damaged.
    Damaged(String),
    /// The marks cannot be read.
    Unreadable(String),
}

impl Command for StatusArgs {
    const GROUP: Group = Group::SetUp;
    const EDITOR: EditorOption = EditorOption::Unused;

    fn formats(&self) -> &'static [Format] {
        formats::OBJECT
    }

    fn run(self, context: &mut Context) -> Result<Exit, CliError> {
        run(context, self)
    }
}

fn run(context: &mut Context, _: StatusArgs) -> Result<Exit, CliError> {
    let record = context.record()?;
    let (view, names) = provenance::view_of(context, &record, None, &no_fact)?;
    let most = if context.format() == Format::Text { LISTED } else { usize::MAX };
    let report = status_report(&record, &view, &names, most, context.clock.peek())?;
    let mut out = out(context.format());
    match context.format() {
        Format::Text => text(&mut out, &report)?,
        _ => json(&mut out, &report)?,
    }
    out.flush()?;
    let exit = match (named_keys::note_missing(context)?, provenance::warn(&view, 0)) {
        (true, Exit::Yes) => Exit::Unknown,
        (_, exit) => exit,
    };
    let damaged = match record.is_published() {
        true => Vec::new(),
        false => imported::damaged(&record.paths),
    };
    for why in &damaged {
        note(format!("warning: {why}"));
    }
    Ok(match report.marks {
        MarksFound::Ahead(_) => Exit::Forked,
        _ if !damaged.is_empty() && matches!(exit, Exit::Yes) => Exit::Unknown,
        MarksFound::Short(_) | MarksFound::Damaged(_) if matches!(exit, Exit::Yes) => Exit::Unknown,
        _ => exit,
    })
}

fn status_report(
    record: &Record,
    view: &View<'_>,
    names: &Names,
    most: usize,
    now: Time,
) -> Result<StatusReport, LedgerError> {
    let state = view.state();
    let fold = &state.fold;
    let summary = Summary::of(view, most)?;
    let editors = fold.roster.members().iter().map(|member| Editor {
        name: names.of(&member.key),
        key: member.key,
        roles: member.roles,
        enrolled: member.enrolled,
        revoked: member.revoked,
    });
    let tally = Tally::counted(state, &summary.undone);
    Ok(StatusReport {
        as_of: view.as_of(),
        origin: fold.ledger.as_ref().map(|ledger| ledger.origin.to_string()),
        title: names.title.clone(),
        licence: names.licence.clone(),
        confirmations_needed: fold.ledger.as_ref().map(|ledger| ledger.confirmations),
        facts: summary.facts(),
        redactions: redactions(&summary, names),
        by_status: summary.by_status,
        corrected: summary.corrected,
        suspect: summary.suspect,
        waiting: summary.waiting,
        open_disputes: summary.open_disputes,
        documents: summary.documents,
        suspect_documents: summary.suspect_documents,
        editors: editors.collect(),
        turned: turned(view, names, &tally)?,
        tally: TallyReport::of(&tally, &|key, event| names.at(key, event)),
        checkpoint: covered(record.checkpoint.as_deref()),
        store: is_folder_at(&record.paths.store()).unwrap_or_else(no_store),
        marks: marks(record)?,
        has_log_key: !record.is_published()
            && KeyFolder::open(&record.paths.keys).is_ok_and(|keys| {
                let ledger = view.state().fold.ledger.as_ref();
                ledger.is_some_and(|ledger| keys.has_log_key(&ledger.log_key))
            }),
        policy_unread: match record.is_published() {
            true => None,
            false => GivenPolicy::beside(&record.paths.keys).unread().map(str::to_owned),
        },
        following: following(record, now),
        home: home(record),
        published: record.is_published(),
        outbox: match record.is_published() || is_closed(&record.paths.outbox()) {
            true => 0,
            false => still_waiting(&record.paths)?.count(),
        },
        aside: listed_aside(&record.paths),
    })
}

/// The record that a copy follows; a mark that is damaged is a warning of its own.
fn following(record: &Record, now: Time) -> Option<FollowingReport> {
    let mark = match record.is_published() {
        true => None,
        false => FollowingMark::of(&record.paths).ok().flatten(),
    }?;
    let (place, pulled) = (mark.shown_place(), mark.pulled);
    let evidence = FoundEvidence::of(&record.paths);
    let size = covered(record.checkpoint.as_deref());
    Some(FollowingReport { place, pulled, size, now, evidence })
}

/// The database that keeps the record; a mark that is damaged is for who writes.
fn home(record: &Record) -> Option<HomeReport> {
    let HomeMark { place, memory } = match record.is_published() {
        true => None,
        false => HomeMark::of(&record.paths).ok().flatten(),
    }?;
    let memory =
        memory.map(|MemoryWitness { url, key }| MemoryReport { url, key: key.to_string() });
    Some(HomeReport { place, memory })
}

impl FollowingReport {
    /// When it was pulled, and what that means.
    fn pulled_text(&self) -> String {
        let Some(pulled) = self.pulled else {
            return "never to its end (annals pull goes on)".to_owned();
        };
        let seconds = (self.now.micros() - pulled.micros()) / 1_000_000;
        let ago = match seconds {
            ..0 => "later than the present time".to_owned(),
            0..120 => format!("{seconds} seconds ago"),
            120..7_200 => format!("{} minutes ago", seconds / 60),
            7_200..172_800 => format!("{} hours ago", seconds / 3_600),
            _ => format!("{} days ago", seconds / 86_400),
        };
        let advice = match &self.evidence {
            Some(evidence) if evidence.is_latest => "",
            _ => " (annals pull)",
        };
        format!("{}, {ago}: what was published after that is not here{advice}", moment(pulled))
    }
}

/// Reports an error of the store as a warning; returns false. The store is derived, and the rest of
/// the answer does not depend on it.
fn no_store(error: DiskError) -> bool {
    note(format!("warning: {}", chain(&error)));
    false
}

fn redactions(summary: &Summary, names: &Names) -> Vec<Redactions> {
    let mut counts: BTreeMap<(String, String), u64> = BTreeMap::new();
    for redaction in &summary.redactions {
        let by = names.of(&redaction.by);
        *counts.entry((by, redaction.reason.to_string())).or_default() += 1;
    }
    let row = |((by, reason), count)| Redactions { by, reason, count };
    counts.into_iter().map(row).collect()
}

/// What the last change of the threshold changed.
fn turned(view: &View<'_>, names: &Names, tally: &Tally) -> Result<Option<String>, LedgerError> {
    let Some(last) = tally.thresholds.last() else { return Ok(None) };
    let impact = Effects::new(view, names).impact(last.event)?;
    Ok(impact.and_then(|impact| effect::turned(&impact)))
}

fn marks(record: &Record) -> Result<MarksFound, LedgerError> {
    let mark = match &record.mark {
        Ok(None) if is_closed(&record.paths.marks()) => {
            let why = "this user may not read the folder of keys";
            return Ok(MarksFound::Unreadable(why.to_owned()));
        }
        Ok(None) => return Ok(MarksFound::Absent),
        Ok(Some(mark)) => mark,
        Err(error) => return Ok(MarksFound::Unreadable(chain(error))),
    };
    if mark.size <= record.size() {
        return Ok(MarksFound::Size(mark.size));
    }
    let mut report = record.against()?;
    if let Some(later) = part_below_mark(record.part_of, Some(mark), &mut report) {
        return Ok(MarksFound::Later(later));
    }
    let faults = || report.faults.iter();
    if faults().any(|fault| fault.rule == Rule::BehindMark) {
        return Ok(MarksFound::Ahead(mark.size));
    }
    if faults().any(|fault| fault.rule == Rule::Short) {
        return Ok(MarksFound::Short(mark.size));
    }
    let why = faults().find(|fault| fault.rule == Rule::Unreadable);
    let why = why.or(report.faults.first()).map(|fault| fault.why.clone());
    Ok(MarksFound::Damaged(why.unwrap_or_else(|| "the record could not be read".to_owned())))
}

/// The maximum number of positions in a line.
const LISTED: usize = 20;

fn listed(FirstPositions { count, first }: &FirstPositions) -> String {
    let all: Vec<String> = first.iter().take(LISTED).map(u64::to_string).collect();
    match count.checked_sub(LISTED as u64) {
        _ if *count == 0 => "none".to_owned(),
        Some(more @ 1..) => format!("{count}: {} and {more} more", all.join(", ")),
        _ => format!("{count}: {}", all.join(", ")),
    }
}

fn text(out: &mut dyn Write, report: &StatusReport) -> Result<(), CliError> {
    let lines = [
        record_lines(report),
        facts_lines(report),
        editors_lines(report),
        checkpoint_lines(report),
        copy_lines(report),
        vec![store_line(report), marks_line(report)],
        policy_lines(report),
        outbox_lines(report),
    ];
    for Line { label, text } in lines.iter().flatten() {
        writeln!(out, "{}", line_of_answer(&format!("{label:<14}{text}"), 14))?;
    }
    provenance::line(out, &report.as_of)
}

fn record_lines(report: &StatusReport) -> Vec<Line> {
    let size = counted(report.as_of.of, "event");
    let size = match report.as_of.part_of {
        Some(of) => format!("{size}, a part of a record of {of}"),
        None => size,
    };
    let title = report.title.as_deref().map_or("(withheld)".to_owned(), visible);
    match &report.origin {
        Some(origin) => {
            vec![line("record", origin.as_str()), line("title", title), line("size", size)]
        }
        None => {
            vec![line("record", "unknown: no event of it is here"), line("size", size)]
        }
    }
}

fn facts_lines(report: &StatusReport) -> Vec<Line> {
    let statuses: Vec<String> =
        report.by_status.iter().map(|(status, count)| format!("{count} {status}")).collect();
    let colon = if statuses.is_empty() { "" } else { ": " };
    let mut lines = vec![line("facts", format!("{}{colon}{}", report.facts, statuses.join(", ")))];
    if report.corrected + report.suspect > 0 {
        lines.push(line("", format!("{} corrected, {} suspect", report.corrected, report.suspect)));
    }
    // Names of persons may be long; a program finds each of these in one line.
    let is_wrapped = std::io::stdout().is_terminal();
    lines.extend(
        tally_lines(&report.tally).into_iter().map(|(label, text)| {
            line(label, if is_wrapped { hanging("", &text, 14) } else { text })
        }),
    );
    lines.extend(report.turned.iter().map(|turned| line("", turned.as_str())));
    let needed = report.confirmations_needed.unwrap_or(1);
    let persons = if needed == 1 { "person" } else { "persons" };
    lines.push(line("confirmed", format!("once {needed} other {persons} confirmed the words")));
    lines.push(line("waiting", listed(&report.waiting)));
    lines.push(line("disputes", format!("open: {}", listed(&report.open_disputes))));
    lines.push(line("documents", report.documents.to_string()));
    if report.suspect_documents > 0 {
        lines.push(line("", format!("{} suspect", report.suspect_documents)));
    }
    lines
}

fn editors_lines(report: &StatusReport) -> Vec<Line> {
    let labels = iter::once("editors").chain(iter::repeat(""));
    let editors = report.editors.iter().zip(labels).map(|(editor, label)| {
        let state = match editor.revoked {
            Some(at) => format!("revoked by {at}"),
            None => "active".to_owned(),
        };
        line(label, format!("{}, {}, {state}", visible(&editor.name), shown(editor.roles)))
    });
    let redacted = report.redactions.iter().map(|row| {
        line("redacted", format!("{} by {}, {}", row.count, visible(&row.by), row.reason))
    });
    editors.chain(redacted).collect()
}

fn checkpoint_lines(report: &StatusReport) -> Vec<Line> {
    let size = report.as_of.of;
    let text = match report.checkpoint {
        Some(covers) if covers > size => format!(
            "covers {covers} events, but only {size} are here: events are missing (annals verify \
             lists all faults)"
        ),
        Some(covers) if report.published => format!(
            "covers {covers} of {size} events; signatures, chain and tree hold (annals verify \
             checks bodies, documents and quotations too)"
        ),
        Some(covers) => format!("covers {covers} of {size} events (annals verify checks it)"),
        None => "none, or not in form".to_owned(),
    };
    vec![line("checkpoint", with_places(&text))]
}

/// The record that this one is a copy of, and the database that it is kept in.
fn copy_lines(report: &StatusReport) -> Vec<Line> {
    let mut lines = Vec::new();
    if let Some(following) = &report.following {
        lines.push(line("copy of", visible(&following.place)));
        lines.push(line("pulled", with_places(&following.pulled_text())));
        let evidence = following.evidence.iter();
        lines.extend(evidence.map(|evidence| line("evidence", visible(&evidence.text()))));
    }
    if let Some(home) = &report.home {
        let place = visible(&home.place);
        let text = format!("the database at {place}; this folder is its server's copy");
        lines.push(line("kept in", text));
    }
    lines
}

fn store_line(report: &StatusReport) -> Line {
    let text = match (report.published, report.store) {
        (true, _) => "none: a published record",
        (false, true) => "present",
        (false, false) => "absent; made when it is needed",
    };
    line("store", text)
}

fn marks_line(report: &StatusReport) -> Line {
    let size = report.as_of.of;
    let witness = report.home.as_ref().and_then(|home| home.memory.as_ref());
    let text = match &report.marks {
        MarksFound::Absent | MarksFound::Size(_) if let Some(witness) = witness => {
            format!("the log key's memory is the witness at {}", visible(&witness.url))
        }
        MarksFound::Absent if report.origin.is_none() => {
            "not compared: the record here does not name itself".to_owned()
        }
        MarksFound::Absent
            if let Some(signed) = report.checkpoint.filter(|_| report.has_log_key) =>
        {
            format!("absent: the log key's memory {}", missing_memory(signed, "log.marks"))
        }
        MarksFound::Absent => "absent: the log key's memory is not here".to_owned(),
        MarksFound::Size(at) => match report.checkpoint.filter(|signed| signed > at) {
            Some(signed) => short_memory(*at, signed, "the file"),
            None => format!("the log key signed {at} of {size} events"),
        },
        MarksFound::Ahead(at) => format!(
            "the log key signed {at} events, here are {size}: this is an older copy; {}",
            match &report.home {
                Some(_) => "annals verify says what to do",
                None => "restore the newer one",
            }
        ),
        MarksFound::Later(at) => {
            format!("the log key signed {at} events, later than this part of {size}")
        }
        MarksFound::Short(at) => format!(
            "the log key signed {at} events, here are {size}: events are missing at the end \
             (annals verify lists all faults)"
        ),
        MarksFound::Damaged(why) => format!("damaged: {why} (annals verify lists all faults)"),
        MarksFound::Unreadable(why) => format!("cannot be read: {why}"),
    };
    line("marks", with_places(&text))
}

fn policy_lines(report: &StatusReport) -> Vec<Line> {
    let unread = report.policy_unread.iter();
    unread.map(|why| line("policy", format!("cannot be read: {}", visible(why)))).collect()
}

fn outbox_lines(report: &StatusReport) -> Vec<Line> {
    let waiting = waiting::outbox(report.outbox, "annals outbox");
    let mut lines: Vec<Line> =
        waiting.iter().map(|waiting| line("outbox", with_places(waiting))).collect();
    if !report.aside.is_empty() {
        let (are, them) = match report.aside.len() {
            1 => ("1 damaged file is".to_owned(), "it"),
            more => (format!("{more} damaged files are"), "them"),
        };
        let text = format!(
            "{are} set aside and may hold words in clear; remove {them} once nothing in {them} is \
             needed"
        );
        lines.push(line("outbox", with_places(&text)));
    }
    let paths = report.aside.iter().take(LISTED);
    lines.extend(paths.map(|path| line("", visible(&path.to_string_lossy()))));
    if let Some(more @ 1..) = report.aside.len().checked_sub(LISTED) {
        lines.push(line("", format!("and {more} more")));
    }
    lines
}
