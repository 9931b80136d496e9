//! The files of a record that cannot be read: a folder, a link or a pipe in the place of one, or a
//! file without the right to read it.
//!
//! Always holds: each is one fault of rule 911, which names it; what is missing for that reason
//! alone is not reported as missing. Not here: reading around them (`journal`, `archive::files`).
//! Source: FORMAT.md section 9, rules 604, 605, 701 and 911.

use crate::disk::unread::UnreadFile;
use annals_core::event::Entry;
use annals_core::event::body::{Body, Content};
use annals_core::event::record::Reading;
use annals_core::rule::{Fault, Rule};
use annals_core::verify::source::{Source, SourceError};
use std::collections::BTreeMap;

/// Reports the files that were not read, by name, in place of what is missing for that reason.
pub fn report(
    unread: &BTreeMap<String, UnreadFile>,
    source: &dyn Source,
    faults: &mut Vec<Fault>,
) -> Result<(), SourceError> {
    if unread.is_empty() {
        return Ok(());
    }
    let mut kept = Vec::new();
    for fault in faults.drain(..) {
        if !is_of(unread, source, &fault)? {
            kept.push(fault);
        }
    }
    kept.extend(unread.values().map(|file| Fault::of(Rule::Unreadable, file.why.clone())));
    *faults = kept;
    Ok(())
}

/// Whether a file is missing only because it was not read.
fn is_of(
    unread: &BTreeMap<String, UnreadFile>,
    source: &dyn Source,
    fault: &Fault,
) -> Result<bool, SourceError> {
    Ok(match (fault.rule, fault.position) {
        (Rule::CheckpointForm, _) => unread.contains_key("checkpoint"),
        (Rule::BodyMissing | Rule::DocumentMissing, Some(position)) => {
            let entry = entry(source, position)?;
            entry
                .and_then(|entry| file(fault.rule, &entry))
                .is_some_and(|name| unread.contains_key(&name))
        }
        _ => false,
    })
}

/// The name of the body or the document that an event commits to.
fn file(rule: Rule, entry: &Entry) -> Option<String> {
    if rule == Rule::BodyMissing {
        return Some(format!("body/{}", Reading::of(&entry.record).statement?.body));
    }
    match Body::parse(entry.body.as_ref()?).ok()?.content {
        Content::DocumentCaptured(captured) => Some(format!("document/{}", captured.sha256)),
        _ => None,
    }
}

fn entry(source: &dyn Source, position: u64) -> Result<Option<Entry>, SourceError> {
    let entry = source.entries(position)?.next().transpose()?;
    Ok(entry.map(|(_, entry)| entry))
}
