//! Filters of facts: date, topic, status, document, editor; the same in every command.
//!
//! Always holds: a date filter never drops a fact without a date, but lists it separately; a fact
//! whose words are withheld is counted if a filter needs its words. Not here: points
//! (`provenance`).

use crate::cli::render::provenance;
use crate::cli::terminal::{CliError, Context, note};
use crate::index::{IndexError, RowKind, Snapshot};
use crate::ledger::error::LedgerError;
use crate::ledger::query::names::Names;
use crate::ledger::query::row::{FactRow, WordsRow};
use crate::ledger::query::{View, citing};
use crate::ledger::reader::Record;
use annals_core::edtf::{Days, days};
use annals_core::key::PublicKey;
use annals_core::state::{State, Status};
use clap::Args;
use std::cell::Cell;
use std::collections::BTreeSet;

/// The filters of facts.
#[derive(Clone, Debug, Default, Args)]
pub struct FilterArgs {
    /// What was so at this time: an EDTF date or interval, such as 2022-01 or 2021/2022
    #[arg(long, value_name = "EDTF")]
    pub when: Option<String>,
    /// Facts with a topic that has these words
    #[arg(long)]
    pub topic: Option<String>,
    /// Facts of this status
    #[arg(long, value_parser = status)]
    pub status: Option<Status>,
    /// Facts that rest on this document
    #[arg(long, value_name = "POSITION")]
    pub document: Option<u64>,
}

fn status(text: &str) -> Result<Status, String> {
    let all = [Status::Asserted, Status::Confirmed, Status::Disputed, Status::Retracted];
    let found = all.into_iter().find(|status| status.as_str() == text);
    found.ok_or_else(|| "expected asserted, confirmed, disputed or retracted".to_owned())
}

impl FilterArgs {
    /// The facts that may pass, by the requested document, or else by their status; and the
    /// requested document.
    pub fn named(&self, slot: &Snapshot<'_>, state: &State) -> Result<BTreeSet<u64>, IndexError> {
        if let Some(document) = self.document {
            let mut named = citing(slot, document)?;
            named.extend((document < slot.size).then_some(document));
            return Ok(named);
        }
        let needed = state.fold.ledger.as_ref().map_or(1, |ledger| ledger.confirmations);
        let kind = self.status.map_or(RowKind::Facts, |status| RowKind::Status(status, needed));
        Ok(slot.positions(kind)?.into_iter().collect())
    }
}

/// The parsed filters.
pub struct Filter {
    status: Option<Status>,
    topic: Option<String>,
    document: Option<u64>,
    by: Option<Vec<PublicKey>>,
    when: Option<Days>,
    /// The number of facts that a filter could not test, because their words are withheld.
    withheld_facts: Cell<usize>,
}

/// How a date relates to the requested one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dated {
    /// They may have a day in common, or no date was requested.
    In,
    /// They have no day in common.
    Out,
    /// The fact has no date, so it may be of any time.
    Undated,
}

impl Filter {
    /// Parses the filters; `view` is the later one if there are two.
    pub fn new(
        context: &Context,
        record: &Record,
        view: &View<'_>,
        names: &Names,
        filters: &FilterArgs,
    ) -> Result<Filter, CliError> {
        if let Some(document) = filters.document {
            document_at(view, document, "--document")?;
        }
        let by = context.global.editor.as_deref();
        Ok(Filter {
            status: filters.status,
            topic: filters.topic.as_ref().map(|topic| topic.to_lowercase()),
            document: filters.document,
            by: by.map(|name| provenance::keys(record, names, name)).transpose()?,
            when: filters.when.as_deref().map(when).transpose()?,
            withheld_facts: Cell::new(0),
        })
    }

    /// Whether there is no filter, so that every fact passes.
    pub fn is_empty(&self) -> bool {
        let facts = self.status.is_none() && self.topic.is_none() && self.document.is_none();
        facts && self.by.is_none() && self.when.is_none()
    }

    /// Whether a date is requested.
    pub fn has_date(&self) -> bool {
        self.when.is_some()
    }

    /// The part of the filter that depends on the state alone: a fact that was set aside has no
    /// status and passes no filter of facts (`show`, `log` and `diff` report what happened to it).
    pub fn has_status(&self, view: &View<'_>, position: u64) -> bool {
        let fact = view.state().fold.fact(position);
        fact.is_some_and(|fact| {
            self.status.is_none_or(|status| view.state().status(fact) == status)
        })
    }

    /// The part of the filter that depends on signers and words, except the date.
    pub fn keeps(&self, row: &FactRow) -> bool {
        if self.by.as_ref().is_some_and(|keys| !row.is_by(keys)) {
            return false;
        }
        if row.words.withheld.is_some() && (self.topic.is_some() || self.document.is_some()) {
            self.withheld_facts();
            return false;
        }
        let topic = |wanted: &String| has_topic(&row.words, wanted);
        let document = |wanted: u64| rests_on(&row.words, wanted);
        self.topic.as_ref().is_none_or(topic) && self.document.is_none_or(document)
    }

    /// Counts a fact that could not be tested.
    pub fn withheld_facts(&self) {
        self.withheld_facts.set(self.withheld_facts.get() + 1);
    }

    /// Reports on stderr how many facts could not be tested.
    pub fn note_withheld(&self) {
        match self.withheld_facts.get() {
            0 => {}
            1 => note("note: 1 fact could not be matched: its words are withheld"),
            count => {
                note(format!("note: {count} facts could not be matched: their words are withheld"))
            }
        }
    }

    /// How the date of these words relates to the requested one.
    pub fn dated(&self, words: &WordsRow) -> Dated {
        let Some(wanted) = self.when else { return Dated::In };
        let edtf = words.when.as_ref().and_then(|when| when.edtf.as_deref());
        match edtf.and_then(days) {
            None => Dated::Undated,
            Some(days) if days.overlap(&wanted) => Dated::In,
            Some(_) => Dated::Out,
        }
    }

    /// The facts whose date overlaps the requested one, and those without a date.
    pub fn by_date<T>(&self, rows: Vec<T>, words: impl Fn(&T) -> &WordsRow) -> (Vec<T>, Vec<T>) {
        let (mut within, mut undated) = (Vec::new(), Vec::new());
        for row in rows {
            match self.dated(words(&row)) {
                Dated::In => within.push(row),
                Dated::Undated => undated.push(row),
                Dated::Out => {}
            }
        }
        (within, undated)
    }
}

/// The days that a requested date may mean.
fn when(text: &str) -> Result<Days, CliError> {
    days(text).ok_or_else(|| {
        let expected = "expected an EDTF date or interval such as 2022-01-26 or 2021/2022";
        CliError::usage(format!("--when: {expected}, found {text:?}"))
    })
}

/// Whether a topic contains this text, given in lower case.
pub fn has_topic(words: &WordsRow, wanted: &str) -> bool {
    words.topics.iter().any(|topic| topic.name.to_lowercase().contains(wanted))
}

/// Whether these words cite a document.
pub fn rests_on(words: &WordsRow, document: u64) -> bool {
    words.evidence.iter().any(|row| row.evidence.document == document)
}

/// An error unless there is a document at this position; it names the existing ones.
pub fn document_at(view: &View<'_>, position: u64, what: &str) -> Result<(), CliError> {
    if view.state().fold.document(position).is_some() {
        return Ok(());
    }
    let all: Vec<String> = view.documents(20).iter().map(u64::to_string).collect();
    let all = if all.is_empty() { "there is none".to_owned() } else { all.join(", ") };
    let why = format!("{what}: expected the position of a document ({all}), found {position}");
    Err(LedgerError::NotFound(why).into())
}

/// `no fact when 2022`, `1 fact when 2022`, `2 facts when 2022`.
pub fn facts(count: usize, what: &str) -> String {
    let text = match count {
        0 => format!("no fact {what}"),
        1 => format!("1 fact {what}"),
        more => format!("{more} facts {what}"),
    };
    text.trim_end().to_owned()
}

/// The heading of facts without a date.
pub const UNDATED: &str = "without a date, which may be of any time";
