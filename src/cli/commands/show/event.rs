//! The page of an event that is neither a fact nor a document: its content, field by field.

use crate::cli::render::{effect, words};
use crate::cli::terminal::{CliError, moment, visible, wrapped};
use crate::ledger::query::View;
use crate::ledger::query::event::EventRow;
use crate::ledger::query::row::Ended;
use annals_core::time::Time;
use serde_json::Value;
use std::io::Write;

/// Writes the page; `ended`: what ended the dispute, the retraction or the relation that it is.
pub fn page(
    out: &mut dyn Write,
    view: &View<'_>,
    row: &EventRow,
    ended: Option<&Ended>,
) -> Result<(), CliError> {
    let kind = row.kind.map_or("not in form".to_owned(), |kind| kind.to_string());
    writeln!(out, "event {}: {kind}", row.position)?;
    if let Some(by) = row.undone_by {
        writeln!(out, "    undone by {by}, which revoked a stolen or lost key")?;
    }
    if !row.applied {
        writeln!(out, "    not applied: it breaks a rule; annals verify shows which")?;
    }
    if let Some(Ended { act, said }) = ended {
        let text = words::statement(said);
        let line = format!("ended by {}: {}, {text} — {}", act.event, act.kind, words::who(act));
        writeln!(out, "{}", wrapped(&line, 4))?;
    }
    for on in &row.on {
        let what = if view.is_fact(*on) { "fact" } else { "document" };
        writeln!(out, "    on {what} {on}: annals show {on}")?;
    }
    let effect = effect::lines(row);
    if !effect.is_empty() {
        writeln!(out)?;
    }
    for line in effect.iter().chain(&words::clocks(row.said, row.at)) {
        writeln!(out, "{}", wrapped(line, 4))?;
    }
    writeln!(out)?;
    if let Some(Ok(Value::Object(fields))) = row.args.as_ref().map(serde_json::to_value) {
        for (name, value) in &fields {
            field(out, name, value)?;
        }
    }
    let event = view.event(row.position)?;
    match event.as_ref().map(|event| view.content(event)) {
        Some(Ok(content)) => {
            if let Ok(Value::Object(fields)) = serde_json::to_value(content) {
                for (name, value) in &fields {
                    field(out, name, value)?;
                }
            }
        }
        Some(Err(why)) => writeln!(out, "    {}", words::withheld_text(Some(why)))?,
        None => {}
    }
    let times = [("recorded", row.at), ("signed", row.said)];
    for (name, time) in times {
        if let Some(time) = time {
            writeln!(out, "    {name:<16}{}", moment(time))?;
        }
    }
    let by = visible(&row.signer().to_string());
    if let Some(key) = row.key {
        writeln!(out, "    {:<16}{}\n    {:<16}{key}", "signed by", by, "signer's key")?;
    }
    Ok(writeln!(out, "    {:<16}{}\n", "hash", row.hash)?)
}

/// The fields of the words of a fact, in the order in which a fact is shown.
const OF_FACT: [&str; 7] = ["claim", "attribution", "vouch", "when", "topics", "lang", "evidence"];

fn field(out: &mut dyn Write, name: &str, value: &Value) -> Result<(), CliError> {
    let text = match (name, value) {
        ("fact", Value::Object(words)) => {
            for name in OF_FACT {
                if let Some(value) = words.get(name) {
                    field(out, name, value)?;
                }
            }
            return Ok(());
        }
        ("evidence", Value::Array(rows)) => {
            for row in rows {
                let text = effect::shown(name, &Value::Array(vec![row.clone()]));
                named(out, name, &text)?;
            }
            return Ok(());
        }
        (_, Value::String(text)) => Time::parse(text).map_or_else(|| visible(text), moment),
        (_, Value::Array(list)) if list.is_empty() => "none".to_owned(),
        (name, value) => effect::shown(name, value),
    };
    named(out, name, &text)
}

fn named(out: &mut dyn Write, name: &str, text: &str) -> Result<(), CliError> {
    let heading = format!("    {:<16}", name.replace('_', " "));
    Ok(writeln!(out, "{}", words::hanging(&heading, text, 20))?)
}
