//! A unified diff: the folded state as text, one text for each fact.
//!
//! Always holds: a text depends only on the state and the bodies as of its point; every text that
//! differs is shown, with three lines around each change. Text of strangers is made visible, so
//! that one line of it stays one line. Not here: which facts changed (`query/diff`).

use crate::cli::render::words;
use crate::cli::terminal::{CliError, visible};
use crate::ledger::query::View;
use crate::ledger::query::gather::{GatheredRows, gather};
use crate::ledger::query::names::Names;
use crate::ledger::query::row::{ActRow, DocumentRow, FactRow, dated};
use similar::TextDiff;
use std::collections::BTreeSet;
use std::io::Write;

/// The state at one of the two points, with the names of its keys.
pub struct KnownLines<'a, 'v> {
    /// The state.
    pub view: &'a View<'v>,
    /// The names.
    pub names: &'a Names,
}

/// Which texts are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// Those of facts.
    Facts,
    /// Those of facts, documents, editors and the ledger.
    All,
}

/// One side of a text: its content, and the time stamp of its point.
struct Side<'a> {
    text: Option<String>,
    stamp: &'a str,
}

/// Writes the texts that differ.
pub fn write(
    out: &mut dyn Write,
    from: &KnownLines<'_, '_>,
    to: &KnownLines<'_, '_>,
    facts: &BTreeSet<u64>,
    shown: Shown,
) -> Result<(), CliError> {
    let wanted = |fact: u64| facts.contains(&fact);
    let old = gather(from.view, from.names, &wanted)?;
    let new = gather(to.view, to.names, &wanted)?;
    let (old_stamp, new_stamp) = (stamp(from.view), stamp(to.view));
    let mut one = |name: &str, before: Option<String>, after: Option<String>| {
        let before = Side { text: before, stamp: &old_stamp };
        compare(out, name, before, Side { text: after, stamp: &new_stamp })
    };
    if shown == Shown::All {
        one("ledger", ledger(from), ledger(to))?;
        one("editors", editors(from), editors(to))?;
        for position in new.documents.keys() {
            let text = |rows: &GatheredRows| rows.documents.get(position).map(document);
            one(&format!("document/{position}"), text(&old), text(&new))?;
        }
    }
    for position in new.facts.keys() {
        // A fact that does not stand has no text.
        let standing = |rows: &GatheredRows| {
            rows.facts.get(position).filter(|row| row.status.is_some()).map(fact)
        };
        one(&format!("fact/{position}"), standing(&old), standing(&new))?;
    }
    Ok(())
}

fn stamp(view: &View<'_>) -> String {
    match view.as_of().position {
        Some(position) => format!("as of {position}"),
        None => "before the first event".to_owned(),
    }
}

fn compare(
    out: &mut dyn Write,
    name: &str,
    before: Side<'_>,
    after: Side<'_>,
) -> Result<(), CliError> {
    let heading = |side: &Side<'_>, prefix: &str| match side.text {
        Some(_) => format!("{prefix}/{name}\t{}", side.stamp),
        None => format!("/dev/null\t{}", side.stamp),
    };
    let headings = (heading(&before, "a"), heading(&after, "b"));
    let (old, new) = (before.text.unwrap_or_default(), after.text.unwrap_or_default());
    let diff = TextDiff::from_lines(old.as_str(), new.as_str());
    let mut unified = diff.unified_diff();
    Ok(write!(out, "{}", unified.context_radius(3).header(&headings.0, &headings.1))?)
}

/// A text with one line for each value; an empty value has no line.
#[derive(Default)]
struct StateLines(String);

impl StateLines {
    fn add(&mut self, name: &str, value: impl AsRef<str>) {
        if !value.as_ref().is_empty() {
            self.0.push_str(&format!("{name}: {}\n", value.as_ref()));
        }
    }

    fn act(&mut self, name: &str, act: &ActRow, what: &str) {
        let event = act.event;
        self.add(name, format!("{event} {what} by {}", visible(&act.signer().to_string())));
    }
}

fn fact(row: &FactRow) -> String {
    let mut lines = StateLines::default();
    let words = &row.words;
    lines.add("fact", row.fact.to_string());
    lines.add("status", words::standing(row.status));
    lines.add("standing", words::overlays(row).join(", "));
    lines.add("revision", row.revision.to_string());
    lines.add("claim", words::claim(words));
    lines.add("language", words.lang.as_deref().unwrap_or_default());
    lines.add("vouched for", words.vouch.map(|vouch| vouch.to_string()).unwrap_or_default());
    lines.add("when", words::when(&words.when));
    for topic in &words.topics {
        lines.add("topic", words::topic(topic));
    }
    for hop in &words.attribution {
        lines.add("according to", words::hop(hop));
    }
    for row in &words.evidence {
        lines.add("evidence", words::evidence(&row.evidence));
    }
    for row in row.confirmations.iter().filter(|row| row.stands) {
        lines.act("confirmed", &row.act, row.how.as_str());
    }
    for row in row.disputes.iter().filter(|row| row.stands) {
        lines.act("disputed", &row.act, &words::charge(row));
    }
    for row in row.retractions.iter().filter(|row| row.stands) {
        lines.act("retracted", &row.act, &words::charge(row));
    }
    for row in row.relations.iter().filter(|row| row.stands) {
        let triple = format!("{} {} {}", row.from, row.rel, row.to);
        lines.act("relation", &row.act, &triple);
    }
    lines.0
}

fn document(row: &DocumentRow) -> String {
    let mut lines = StateLines::default();
    lines.add("document", row.document.to_string());
    let flags =
        [(row.suspect, words::suspect(row)), (row.sealed, "sealed"), (row.redacted, "redacted")];
    let flags: Vec<&str> = flags.iter().filter(|(so, _)| *so).map(|(_, word)| *word).collect();
    lines.add("standing", flags.join(", "));
    let Some(about) = &row.about else {
        lines.add("words", words::withheld_text(row.withheld));
        return lines.0;
    };
    let shown = |text: Option<&str>| text.map(visible).unwrap_or_default();
    lines.add("title", visible(&about.title));
    lines.add("sha256", about.sha256.to_string());
    lines.add("bytes", about.bytes.to_string());
    lines.add("media type", &*about.media_type);
    lines.add("language", &*about.lang);
    lines.add("captured at", about.captured_at.as_str());
    lines.add("derived from", about.derived_from.map(|from| from.to_string()).unwrap_or_default());
    lines.add("method", shown(about.method.as_deref()));
    lines.add("url", shown(about.url.as_deref()));
    lines.add("publisher", shown(about.publisher.as_deref()));
    for author in about.authors.iter().flatten() {
        lines.add("author", visible(author));
    }
    lines.add("published", about.published.as_ref().map(dated).unwrap_or_default());
    lines.add("archived at", shown(about.archived_at.as_deref()));
    lines.add("rights", shown(about.rights.as_deref()));
    lines.0
}

fn editors(known: &KnownLines<'_, '_>) -> Option<String> {
    let KnownLines { view, names } = known;
    let mut lines = StateLines::default();
    for member in view.state().fold.roster.members() {
        let roles = match (member.roles.admin, member.roles.editor) {
            (true, true) => "admin and editor",
            (true, false) => "admin",
            (false, true) => "editor",
            (false, false) => "no role",
        };
        let standing = match member.revoked {
            Some(by) => format!("revoked by {by}"),
            None => "active".to_owned(),
        };
        let name = visible(&names.of(&member.key));
        lines.add("editor", format!("{name}, {roles}, {standing}, key {}", member.key));
    }
    (!lines.0.is_empty()).then_some(lines.0)
}

fn ledger(known: &KnownLines<'_, '_>) -> Option<String> {
    let KnownLines { view, names } = known;
    let ledger = view.state().fold.ledger.as_ref()?;
    let mut lines = StateLines::default();
    lines.add("origin", &*ledger.origin);
    lines.add("title", names.title.as_deref().map(visible).unwrap_or_default());
    lines.add("licence", names.licence.as_deref().map(visible).unwrap_or_default());
    lines.add(
        "corrections policy",
        names.corrections_policy.as_deref().map(visible).unwrap_or_default(),
    );
    lines.add("confirmations", ledger.confirmations.to_string());
    lines.add("log key", ledger.log_key.to_string());
    Some(lines.0)
}
