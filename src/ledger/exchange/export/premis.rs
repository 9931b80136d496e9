//! `premis.xml`: one PREMIS event for each act, on the document or fact that it acts on.
//!
//! Always holds: the document is valid by the schema of PREMIS 3.0, which a test checks: objects,
//! events, agents, in this order, with no optional element; an event that acts on neither a
//! document nor a fact acts on the record. Not here: texts of bodies.
//! Source: PREMIS 3.0, premis-v3-0.xsd; FORMAT.md section 14.

use crate::ledger::error::LedgerError;
use crate::ledger::exchange::export::context::{BagContext, BagOutput, failed};
use crate::ledger::query::ViewedEvent;
use crate::ledger::query::row::DocumentRow;
use annals_core::event::args::Args;
use annals_core::fold::history::History;
use annals_core::fold::operation::{EntryKind, Operation};
use annals_core::key::PublicKey;
use std::collections::BTreeMap;
use std::fmt::Write as _;

const HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
     <premis xmlns=\"http://www.loc.gov/premis/v3\" \
     xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" version=\"3.0\">\n";

/// An identifier, unique among those of its kind.
#[derive(Clone)]
struct Identifier {
    kind: &'static str,
    value: String,
}

impl Identifier {
    fn new(kind: &'static str, value: impl ToString) -> Identifier {
        Identifier { kind, value: value.to_string() }
    }
}

/// The object of an event.
#[derive(Clone, Copy)]
enum On {
    Record,
    Document(u64),
    Fact(u64),
    Related { from: u64, to: u64 },
}

impl On {
    fn objects(self, record: &Identifier) -> Vec<Identifier> {
        let fact = |fact: u64| Identifier::new("fact", fact);
        match self {
            On::Record => vec![record.clone()],
            On::Document(document) => vec![Identifier::new("document", document)],
            On::Fact(of) => vec![fact(of)],
            On::Related { from, to } => vec![fact(from), fact(to)],
        }
    }
}

/// Writes the file.
pub fn events(around: &BagContext<'_, '_>, out: &mut BagOutput<'_>) -> Result<(), LedgerError> {
    let mut put = |text: &str| out.write_all(text.as_bytes()).map_err(failed);
    let record = Identifier::new("origin", &around.about.origin);
    put(HEAD)?;
    put(&entity(&record))?;
    around.rows.documents.values().try_for_each(|row| put(&file(row)))?;
    let (view, size) = (around.view, around.view.as_of().size);
    for act in view.state().history.acts() {
        match &act.operation {
            Operation::Asserted => {}
            Operation::Sealed(entry) if entry.kind == EntryKind::Fact => {}
            _ => continue,
        }
        put(&entity(&Identifier::new("fact", act.position)))?;
    }
    let mut owners = Owners { history: &view.state().history, of: Vec::new() };
    let mut agents: BTreeMap<PublicKey, String> = BTreeMap::new();
    let mut written = Ok(());
    view.walk(0, size, &mut |event| {
        if !view.is_applied(event.position) {
            return true;
        }
        let Some(statement) = event.statement() else { return true };
        around.steps.at("acts", event.position);
        let on = owners.take(event.position, &statement.args);
        written = put(&event_text(around, event, &on.objects(&record)));
        agents.entry(statement.by).or_insert_with(|| around.names.of(&statement.by));
        written.is_ok()
    })?;
    written?;
    agents.iter().try_for_each(|(key, name)| put(&agent(key, name)))?;
    put("</premis>\n")
}

/// The objects of the events so far: for each act of the history the position of the event that
/// made its object, eight bytes an event.
struct Owners<'a> {
    history: &'a History,
    of: Vec<u64>,
}

/// The object is the record.
const RECORD: u64 = u64::MAX;

impl Owners<'_> {
    /// The object of the next act, derived from the objects of earlier ones.
    fn take(&mut self, position: u64, args: &Args) -> On {
        let maker = match args {
            Args::DocumentCaptured(_) | Args::FactAsserted(_) | Args::FactRelated(_) => position,
            // The first suspect event is not an object of the revocation.
            Args::EditorRevoked(_) => RECORD,
            args => args.positions().first().map_or(RECORD, |on| self.maker(*on)),
        };
        self.of.push(maker);
        self.made(maker)
    }

    /// The maker of the object of an earlier act.
    fn maker(&self, position: u64) -> u64 {
        let acts = self.history.acts();
        let earlier = acts.binary_search_by_key(&position, |act| act.position).ok();
        earlier.and_then(|index| self.of.get(index)).copied().unwrap_or(RECORD)
    }

    /// What an event made.
    fn made(&self, maker: u64) -> On {
        match self.history.act(maker).map(|act| &act.operation) {
            Some(Operation::Captured) => On::Document(maker),
            Some(Operation::Sealed(entry)) if entry.kind == EntryKind::Document => {
                On::Document(maker)
            }
            Some(Operation::Asserted | Operation::Sealed(_)) => On::Fact(maker),
            Some(Operation::Related(triple)) => On::Related { from: triple.from, to: triple.to },
            _ => On::Record,
        }
    }
}

fn entity(object: &Identifier) -> String {
    let name = identifier("objectIdentifier", object);
    format!("<object xsi:type=\"intellectualEntity\">{name}</object>\n")
}

fn file(row: &DocumentRow) -> String {
    let object = Identifier::new("document", row.document);
    // A document whose capture is withheld is not described as a file.
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

fn event_text(around: &BagContext<'_, '_>, event: &ViewedEvent, on: &[Identifier]) -> String {
    let Some(statement) = event.statement() else { return String::new() };
    let at = event.at().map(|at| at.to_string()).unwrap_or_default();
    let name = identifier("eventIdentifier", &Identifier::new("position", event.position));
    let mut out = format!(
        "<event>{name}<eventType>{}</eventType><eventDateTime>{at}</eventDateTime>\
         <eventDetailInformation><eventDetail>event hash {}</eventDetail></eventDetailInformation>",
        statement.kind,
        event.hash()
    );
    if let Some(by) = around.view.state().undone_by(event.position) {
        // Writing to a string cannot fail.
        let _ = write!(
            out,
            "<eventOutcomeInformation><eventOutcome>undone by {by}</eventOutcome>\
             </eventOutcomeInformation>"
        );
    }
    out.push_str(&identifier("linkingAgentIdentifier", &Identifier::new("key", statement.by)));
    for object in on {
        out.push_str(&identifier("linkingObjectIdentifier", object));
    }
    out.push_str("</event>\n");
    out
}

fn agent(key: &PublicKey, spoken: &str) -> String {
    let name = identifier("agentIdentifier", &Identifier::new("key", key));
    let spoken = escaped(spoken);
    format!("<agent>{name}<agentName>{spoken}</agentName><agentType>person</agentType></agent>\n")
}

fn identifier(element: &str, object: &Identifier) -> String {
    let (kind, value) = (object.kind, escaped(&object.value));
    format!(
        "<{element}><{element}Type>{kind}</{element}Type><{element}Value>{value}</{element}Value>\
         </{element}>"
    )
}

/// Text of XML 1.0: markup escaped, and characters that XML does not allow replaced.
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
