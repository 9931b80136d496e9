//! `premis.xml`: one PREMIS event for each act, on the document or fact that it acts on.
//!
//! Always holds: the document is valid by the schema of PREMIS 3.0, which a test asks: objects,
//! events, agents, in this order, with no element that is not needed; what acts on neither a
//! document nor a fact acts on the record. Not here: words of bodies.
//! Source: PREMIS 3.0, premis-v3-0.xsd; FORMAT.md section 14.

use crate::ledger::error::LedgerError;
use crate::ledger::exchange::export::derive::Around;
use crate::ledger::query::ReadEvent;
use crate::ledger::query::row::DocumentRow;
use annals_core::event::args::Args;
use annals_core::key::PublicKey;
use hashbrown::HashMap;
use std::collections::BTreeMap;
use std::fmt::Write;

const HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
     <premis xmlns=\"http://www.loc.gov/premis/v3\" \
     xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" version=\"3.0\">\n";

/// An object: what kind it is, and what names it there.
type Object = (&'static str, String);

/// The file.
pub fn events(around: &Around<'_>) -> Result<String, LedgerError> {
    let record: Object = ("origin", around.about.origin.clone());
    let mut objects = entity(&record);
    for row in around.gathered.documents.values() {
        objects.push_str(&file(row));
    }
    let mut owners: HashMap<u64, Vec<Object>> = HashMap::new();
    let mut agents: BTreeMap<PublicKey, String> = BTreeMap::new();
    let mut events = String::new();
    let (view, size) = (around.view, around.view.as_of().size);
    view.walk(0, size, &mut |seen| {
        if !view.is_applied(seen.position) {
            return true;
        }
        let Some(said) = seen.statement() else { return true };
        if matches!(said.args, Args::FactAsserted(_)) {
            objects.push_str(&entity(&("fact", seen.position.to_string())));
        }
        let mut on = targets(seen.position, &said.args, &owners);
        if on.is_empty() {
            on.push(record.clone());
        }
        events.push_str(&event(around, seen, &on));
        agents.entry(said.by).or_insert_with(|| around.names.of(&said.by));
        owners.insert(seen.position, on);
        true
    })?;
    let agents: String = agents.iter().map(agent).collect();
    Ok(format!("{HEAD}{objects}{events}{agents}</premis>\n"))
}

/// What an event acts on, by what the events before it acted on.
fn targets(position: u64, args: &Args, owners: &HashMap<u64, Vec<Object>>) -> Vec<Object> {
    match args {
        Args::DocumentCaptured(_) => vec![("document", position.to_string())],
        Args::FactAsserted(_) => vec![("fact", position.to_string())],
        Args::FactRelated(args) => {
            let both = [args.from, args.to];
            both.iter().map(|fact| ("fact", fact.to_string())).collect()
        }
        // From where on a key is suspect is no object that its revocation acts on.
        Args::EditorRevoked(_) => Vec::new(),
        args => {
            let first = args.positions().first().copied();
            first.and_then(|on| owners.get(&on)).cloned().unwrap_or_default()
        }
    }
}

fn entity(object: &Object) -> String {
    let name = identifier("objectIdentifier", object);
    format!("<object xsi:type=\"intellectualEntity\">{name}</object>\n")
}

fn file(row: &DocumentRow) -> String {
    let object = ("document", row.document.to_string());
    // A document whose capture is not told is no file here.
    let Some(about) = &row.about else { return entity(&object) };
    let name = identifier("objectIdentifier", &object);
    format!(
        "<object xsi:type=\"file\">{name}<objectCharacteristics>\
         <compositionLevel>0</compositionLevel><fixity>\
         <messageDigestAlgorithm>SHA-256</messageDigestAlgorithm>\
         <messageDigest>{}</messageDigest></fixity><size>{}</size><format><formatDesignation>\
         <formatName>{}</formatName></formatDesignation></format></objectCharacteristics>\
         </object>\n",
        about.sha256,
        about.bytes,
        escaped(&about.media_type)
    )
}

fn event(around: &Around<'_>, seen: &ReadEvent, on: &[Object]) -> String {
    let Some(said) = seen.statement() else { return String::new() };
    let at = seen.at().map(|at| at.to_string()).unwrap_or_default();
    let name = identifier("eventIdentifier", &("position", seen.position.to_string()));
    let mut out = format!(
        "<event>{name}<eventType>{}</eventType><eventDateTime>{at}</eventDateTime>\
         <eventDetailInformation><eventDetail>event hash {}</eventDetail></eventDetailInformation>",
        said.kind,
        seen.hash()
    );
    if let Some(by) = around.view.undone_by(seen.position) {
        // Writing to a string cannot fail.
        let _ = write!(
            out,
            "<eventOutcomeInformation><eventOutcome>undone by {by}</eventOutcome>\
             </eventOutcomeInformation>"
        );
    }
    out.push_str(&identifier("linkingAgentIdentifier", &("key", said.by.to_string())));
    for object in on {
        out.push_str(&identifier("linkingObjectIdentifier", object));
    }
    out.push_str("</event>\n");
    out
}

fn agent((key, spoken): (&PublicKey, &String)) -> String {
    let name = identifier("agentIdentifier", &("key", key.to_string()));
    let spoken = escaped(spoken);
    format!("<agent>{name}<agentName>{spoken}</agentName><agentType>person</agentType></agent>\n")
}

fn identifier(element: &str, (kind, value): &Object) -> String {
    let value = escaped(value);
    format!(
        "<{element}><{element}Type>{kind}</{element}Type><{element}Value>{value}</{element}Value>\
         </{element}>"
    )
}

/// Text of XML 1.0: markup escaped, and what no XML document may hold replaced.
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\t' | '\n' => out.push(c),
            c if c < ' ' || matches!(c, '\u{fffe}' | '\u{ffff}') => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}
