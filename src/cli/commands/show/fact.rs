//! The page of a fact: every revision with its changed words, and every act on it.

use crate::cli::commands::show::section::section;
use crate::cli::render::{changed_claim, fields, quotation, words};
use crate::cli::terminal::output::line_of_answer;
use crate::cli::terminal::{CliError, visible, wrapped};
use crate::ledger::query::View;
use crate::ledger::query::gather::GatheredRows;
use crate::ledger::query::row::{
    ActRow, Charge, Confirmation, Ended, EvidenceRow, FactRow, RelationRow, StatementRow, sealed,
};
use annals_core::event::vocabulary::Type;
use std::io::Write;

/// Writes the page.
pub fn page(
    out: &mut dyn Write,
    view: &View<'_>,
    gathered: &GatheredRows,
    row: &FactRow,
) -> Result<(), CliError> {
    let overlays = words::overlays(row);
    let rest = overlays.iter().map(|word| format!(", {word}")).collect::<String>();
    writeln!(out, "fact {}: {}{rest}", row.fact, standing(row))?;
    writeln!(out, "\n{}", wrapped(&words::claim(&row.words), 4))?;
    section(out, "revisions", &revisions(row))?;
    attributes(out, view, row)?;
    evidence(out, view, &row.words.evidence)?;
    section(out, &confirmed(view, row), &list(&row.confirmations, confirmation))?;
    section(out, "disputes", &list(&row.disputes, |of| charge(row, of, "open")))?;
    section(out, "retractions", &list(&row.retractions, |of| charge(row, of, "stands")))?;
    let relation = |other: &RelationRow| relation(row.fact, other, gathered);
    section(out, "relations", &list(&row.relations, relation))?;
    section(
        out,
        "words opened or redacted",
        &list(&row.bodies, |opening| {
            let what = match opening.reason {
                Some(reason) => format!("redacted, {reason}"),
                None => "released".to_owned(),
            };
            let text = words::statement(&opening.said);
            join(
                &[format!("{}: words of {} {what}", opening.act.event, opening.of), text],
                &opening.act,
            )
        }),
    )?;
    section(out, "undone", &undone(row))?;
    section(out, "suspect", &suspicions(row))?;
    let verify = "whether bytes, signatures and quotations hold: annals verify";
    section(out, "proof", &[format!("its name outside this record: {}", row.hash), verify.into()])?;
    Ok(writeln!(out)?)
}

/// The status, or what undid the assertion.
fn standing(row: &FactRow) -> String {
    let by = row.revisions.first().and_then(|first| first.act.undone_by);
    match (row.status, by) {
        (None, Some(by)) => format!("{}: its assertion was undone by {by}", words::standing(None)),
        (None, None) => words::standing(None).to_owned(),
        (Some(status), _) => words::status_word(status),
    }
}

/// The heading of the confirmations: how many count, where the record asks for more than one.
fn confirmed(view: &View<'_>, row: &FactRow) -> String {
    let needed = view.state().fold.ledger.as_ref().map_or(1, |ledger| ledger.confirmations);
    let standing = row.confirmations.iter().filter(|row| row.stands).count();
    match needed {
        ..=1 => "confirmations".to_owned(),
        needed => format!("confirmations: {standing} of {needed}"),
    }
}

fn list<T>(rows: &[T], line: impl Fn(&T) -> String) -> Vec<String> {
    rows.iter().map(line).collect()
}

fn join(parts: &[String], act: &ActRow) -> String {
    let parts: Vec<&str> =
        parts.iter().map(String::as_str).filter(|part| !part.is_empty()).collect();
    format!("{} — {}", parts.join(": "), words::who(act))
}

/// Each revision, with the words marked that differ from the one that it corrects.
fn revisions(row: &FactRow) -> Vec<String> {
    let mut lines = Vec::new();
    for revision in &row.revisions {
        let before = row.corrected_in(revision);
        let what = match revision.reason {
            None => "asserted".to_owned(),
            Some(reason) => {
                let place = revision.error_in.map(|place| format!(", error in the {place}"));
                format!("corrected, {reason}{}", place.unwrap_or_default())
            }
        };
        let text = revision.statement.as_ref().map(|text| format!("“{}”", visible(text)));
        let head = format!("{}: {what}", revision.act.event);
        lines.push(join(&[head, text.unwrap_or_default()], &revision.act));
        lines.push(format!("    key {}", revision.act.key));
        if !revision.resolves.is_empty() {
            let resolved: Vec<String> = revision.resolves.iter().map(u64::to_string).collect();
            lines.push(format!("    resolves dispute {}", resolved.join(", ")));
        }
        let old = before.and_then(|before| before.words.claim.as_deref());
        let claim = match (old, revision.words.claim.as_deref()) {
            (Some(old), Some(new)) => changed_claim(old, new),
            _ => words::claim(&revision.words),
        };
        lines.push(format!("    {claim}"));
        if let Some(before) = before {
            let others = fields(&before.words, &revision.words);
            lines.extend(others.into_iter().map(|line| format!("    {line}")));
        }
    }
    lines
}

/// Writes attribution, vouching, time and topics.
fn attributes(out: &mut dyn Write, view: &View<'_>, row: &FactRow) -> Result<(), CliError> {
    let words = &row.words;
    if words.withheld.is_none() {
        let voice = "the document says so in its own voice".to_owned();
        let attribution = words::attribution(&words.attribution).unwrap_or(voice);
        section(out, "according to the document", &[attribution])?;
        section(out, "vouched for", &[words::vouch(words.vouch).to_owned()])?;
        section(out, "when it was so", &[words::when(&words.when)])?;
    }
    let topics: Vec<String> = words.topics.iter().map(|topic| visible(&topic.name)).collect();
    if !topics.is_empty() {
        section(out, "topics", &[topics.join(", ")])?;
    }
    if let Some(ids) = words::ids(&words.attribution, &words.topics) {
        section(out, "ids", &[ids])?;
    }
    match view.state().fold.seal(row.revision) {
        Some(seal) => section(out, "seal", &[sealed(seal)]),
        None => Ok(()),
    }
}

fn evidence(out: &mut dyn Write, view: &View<'_>, rows: &[EvidenceRow]) -> Result<(), CliError> {
    for row in rows {
        let title = row.title.as_deref().map_or("[title not available]".to_owned(), visible);
        let document = row.evidence.document;
        let about = format!("document {document} {}: {title}", row.evidence.stance);
        writeln!(out, "\n{}", line_of_answer(&about, 4))?;
        if let Some(sha256) = row.sha256 {
            writeln!(out, "    sha256 {sha256}")?;
        }
        if view.is_set_aside(document) {
            writeln!(out, "    suspect: its capture was set aside")?;
        } else if view.is_suspect_document(document) {
            writeln!(out, "    suspect: captured by a key that was stolen or lost")?;
        }
        for line in quotation::lines(view, row)? {
            writeln!(out, "{}", wrapped(&line, 4))?;
        }
        for line in words::beside_quote(&row.evidence) {
            writeln!(out, "{}", wrapped(&line, 4))?;
        }
    }
    Ok(())
}

fn documents(row: &StatementRow) -> String {
    let rows: Vec<String> = row
        .evidence
        .iter()
        .map(|row| format!("document {} {}", row.evidence.document, row.evidence.stance))
        .collect();
    rows.join(", ")
}

fn confirmation(row: &Confirmation) -> String {
    let of = match row.stands {
        true => String::new(),
        false => format!(" (of revision {}, does not count now)", row.on),
    };
    let head = format!("{}: confirmed, {}{of}", row.act.event, row.how);
    let held = row.said.withheld.map(|why| words::withheld_text(Some(why))).unwrap_or_default();
    join(&[head, documents(&row.said), held], &row.act)
}

/// An act that ends, or ended for a time.
fn end(ended: &Ended) -> String {
    let how = match ended.act.kind {
        Type::FactUpheld => "the fact was upheld",
        Type::FactCorrected => "resolved by the correction",
        Type::RelationWithdrawn => "withdrawn",
        _ => "reinstated",
    };
    join(&[format!("{how} by {}", ended.act.event), words::statement(&ended.said)], &ended.act)
}

/// A dispute or retraction, and the acts that ended it.
fn charge(fact: &FactRow, row: &Charge, standing: &str) -> String {
    let state = match (row.stands, &row.ended) {
        (true, _) => format!("{standing}{}", words::of_earlier(row, fact)),
        (false, Some(ended)) => end(ended),
        (false, None) => "does not stand".to_owned(),
    };
    let state = [vec![state], row.other_ends.iter().map(end).collect()].concat().join("; ");
    let head = format!("{} ({state})", row.act.event);
    join(&[head, words::charge(row), documents(&row.said)], &row.act)
}

fn relation(fact: u64, row: &RelationRow, gathered: &GatheredRows) -> String {
    let other = if row.from == fact { row.to } else { row.from };
    let claim = gathered.facts.get(&other).map(|other| words::claim(&other.words));
    let claim = claim.map(|claim| format!(" “{claim}”")).unwrap_or_default();
    let triple = match row.from == fact {
        true => format!("{} {other}{claim}", row.rel),
        false => format!("{other}{claim} {} this", row.rel),
    };
    let ended = match (&row.ended, row.stands) {
        (Some(ended), _) => Some(format!("withdrawn by {}", ended.act.event)),
        (None, false) => Some("does not stand".to_owned()),
        (None, true) => None,
    };
    let ended: Vec<String> = ended.into_iter().chain(row.other_ends.iter().map(end)).collect();
    let ended = match ended.is_empty() {
        true => String::new(),
        false => format!(" ({})", ended.join("; ")),
    };
    join(&[format!("{}: {triple}{ended}", row.act.event), words::statement(&row.said)], &row.act)
}

/// The acts on the fact that were undone: the fact itself may stand as before.
fn undone(row: &FactRow) -> Vec<String> {
    let undone = |act: &ActRow| {
        act.undone_by.map(|by| format!("{} {} was undone by {by}", act.event, act.kind))
    };
    row.acts().into_iter().filter_map(undone).collect()
}

/// Why the fact or a document of it is suspect.
fn suspicions(row: &FactRow) -> Vec<String> {
    let mut lines = Vec::new();
    if row.suspect {
        lines.push("nobody else has vouched for it since its key was reported".to_owned());
    }
    lines.extend(row.suspect_documents.iter().map(|at| format!("document {at} is suspect")));
    lines
}
