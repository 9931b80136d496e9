//! What the record knows and a conversation offers: documents, agents, topics, roles.
//!
//! Always holds: it is read once, without the lock. Not here: questions (`questions`).

use crate::cli::render::provenance;
use crate::cli::terminal::{CliError, Context, visible};
use crate::ledger::error::LedgerError;
use crate::ledger::query::gather::gather;
use crate::ledger::query::row::{DocumentRow, WordsRow};
use annals_core::event::vocabulary::AgentType;
use annals_core::quote::Text;
use annals_core::verify::source::Source;
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};

/// A document that can be quoted.
pub struct Quotable {
    /// Its position.
    pub position: u64,
    /// Its title, every character seen.
    pub title: String,
    /// Its language.
    pub lang: String,
    /// The day on which it was published, where that is known.
    pub day: Option<Date>,
    /// Its text.
    pub text: Text,
}

/// What is offered.
pub struct Known {
    /// The documents that can be quoted, by position.
    pub documents: Vec<Quotable>,
    /// The texts of documents that cannot be quoted themselves, by their positions.
    texts: BTreeMap<u64, u64>,
    /// The agents of the record.
    pub agents: BTreeSet<String>,
    /// The agents that this conversation named first, with what they are.
    pub new_agents: BTreeMap<String, AgentType>,
    /// The topics of the record.
    pub topics: BTreeSet<String>,
    /// What agents do.
    pub acts: BTreeSet<String>,
    /// The roles of agents.
    pub roles: BTreeSet<String>,
}

impl Known {
    /// Reads the record. Refused where it has no document that can be quoted.
    pub fn read(context: &Context) -> Result<Known, CliError> {
        let record = context.record()?;
        let (view, names) = provenance::view(context, &record, None)?;
        let gathered = gather(&view, &names, &|_| true)?;
        let mut known = Known {
            documents: Vec::new(),
            texts: BTreeMap::new(),
            agents: BTreeSet::new(),
            new_agents: BTreeMap::new(),
            topics: BTreeSet::new(),
            acts: BTreeSet::from(["says".to_owned()]),
            roles: BTreeSet::new(),
        };
        for row in gathered.facts.values() {
            known.add(&row.words);
            row.revisions.iter().for_each(|revision| known.add(&revision.words));
        }
        for row in gathered.documents.values() {
            let Some(about) = row.about.as_ref() else { continue };
            if &*about.media_type != "text/plain" {
                continue;
            }
            let bytes = record.source.document(&about.sha256).map_err(LedgerError::from)?;
            let text = bytes.and_then(Text::new).and_then(|text| quotable(row, text));
            if let (Some(_), Some(source)) = (&text, about.derived_from) {
                known.texts.entry(source).or_insert(row.document);
            }
            known.documents.extend(text);
        }
        match known.documents.is_empty() {
            false => Ok(known),
            true => Err(CliError::usage(
                "the record has no document that can be quoted; annals document add captures one",
            )),
        }
    }

    fn add(&mut self, words: &WordsRow) {
        self.topics.extend(words.topics.iter().map(|topic| topic.name.to_string()));
        for hop in &words.attribution {
            self.agents.insert(hop.agent.to_string());
            self.acts.insert(hop.act.to_string());
            self.roles.extend(hop.role.as_ref().map(|role| role.to_string()));
        }
    }

    /// The document at a position.
    pub fn document(&self, position: u64) -> Option<&Quotable> {
        self.documents.iter().find(|document| document.position == position)
    }

    /// Why a document cannot be quoted, with its text, if one was made of it.
    pub fn not_quotable(&self, position: u64) -> String {
        let why = format!("{position} is no document that can be quoted");
        match self.texts.get(&position) {
            Some(text) => format!("{why}; its text is document {text}"),
            None => why,
        }
    }

    /// The names of all agents.
    pub fn all_agents(&self) -> Vec<String> {
        self.agents.iter().chain(self.new_agents.keys()).cloned().collect()
    }
}

fn quotable(row: &DocumentRow, text: Text) -> Option<Quotable> {
    let about = row.about.as_ref()?;
    let published = about.published.as_ref().and_then(|published| published.edtf.as_deref());
    Some(Quotable {
        position: row.document,
        title: visible(&about.title),
        lang: about.lang.to_string(),
        day: published.and_then(|edtf| edtf.parse().ok()),
        text,
    })
}
