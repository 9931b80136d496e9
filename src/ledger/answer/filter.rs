//! Filters of facts: date, topic, status, document, editor; the same for every reader.
//!
//! Always holds: a date filter never drops a fact without a date, but lists it separately; a fact
//! whose words are withheld is counted if a filter needs its words. Not here: points
//! (`query::point`), arguments (`cli`, `serve`).

use crate::index::{Facets, IndexError, RowKind, Snapshot, TreeKind};
use crate::ledger::error::LedgerError;
use crate::ledger::query::names::Names;
use crate::ledger::query::point::no_position;
use crate::ledger::query::row::{FactRow, Withheld, WordsRow};
use crate::ledger::query::{View, citing, ever_derived};
use crate::wording::worded_date::why_no_date;
use annals_core::edtf::{Days, days};
use annals_core::key::PublicKey;
use annals_core::search::typed;
use annals_core::state::{State, Status};
use annals_core::text::in_quotes;
use std::cell::Cell;
use std::collections::BTreeSet;

/// The filters of a request for facts; a fact must pass every filter that is set.
#[derive(Clone, Debug, Default)]
pub struct FactFilters {
    /// Facts that may be true at this time: an EDTF date or interval.
    pub when: Option<String>,
    /// A part of the name of a topic.
    pub topic: Option<String>,
    /// The status.
    pub status: Option<Status>,
    /// The position of a document that the fact rests on.
    pub document: Option<u64>,
    /// Who signed a revision of it; in a comparison of two points, an act on it between them.
    pub by: Option<EditorName>,
}

/// An editor as a reader names them.
#[derive(Clone, Debug)]
pub struct EditorName {
    /// A name in the record, or digits of a key.
    pub name: String,
    /// The key in a key file of that name, if there is one.
    pub key: Option<PublicKey>,
}

impl EditorName {
    /// The keys that are meant, with the other keys of the same person: that of the key file, if
    /// it is an editor's; else those of this whole name, now or earlier; else those of which it is
    /// the first digits, or a word of a name, now or earlier, as past events show it. A name with
    /// digits or a present name behind it, as answers tell persons apart, is read too.
    ///
    /// Errors: there is none; it is, or was, that of several persons.
    pub fn keys(&self, names: &Names) -> Result<Vec<PublicKey>, LedgerError> {
        let name = shown_name(&self.name);
        let of_file = self.key.filter(|key| names.has(key));
        let whole = of_file.map_or_else(|| names.keys_ever_of_whole(name), |key| vec![key]);
        let is_whole = !whole.is_empty();
        let parts = [whole, names.keys_ever(name)];
        let found = parts.into_iter().find(|keys| !keys.is_empty()).unwrap_or_default();
        if found.is_empty() {
            let all = match names.all().as_slice() {
                [] => "none is enrolled at this point".to_owned(),
                all => all.join(", "),
            };
            let why = format!(
                "--by: expected an editor of this record ({all}), found {}",
                in_quotes(name)
            );
            return Err(LedgerError::NotFound(why));
        }
        if !names.is_one_person(&found) {
            let digits = |key: &PublicKey| {
                let name = names.plain(key).unwrap_or("a person without a name").to_owned();
                format!("{name} (key {})", key.short())
            };
            let mut several: Vec<String> = match is_whole {
                true => found.iter().map(digits).collect(),
                false => found.iter().map(|key| names.of(key)).collect(),
            };
            several.sort_unstable();
            let expected =
                if is_whole { "digits of a key" } else { "a whole name or digits of a key" };
            return Err(LedgerError::NotFound(format!(
                "--by: expected {expected}, found {}, which may be {}",
                in_quotes(name),
                several.join(" or ")
            )));
        }
        Ok(names.keys_of_holders(&found))
    }
}

/// The digits or the name in a name as answers show it: `Yan (key 5bdb59a218a2caf9)`, `key
/// 48070f315bafbe7e`, `Ada Lindqvist (now Alva Lindqvist)`.
fn shown_name(name: &str) -> &str {
    let is_digits = |text: &&str| {
        text.len() >= 8 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    };
    let inside = name.strip_suffix(')');
    let digits = inside.and_then(|text| Some(text.rsplit_once(" (key ")?.1));
    if let Some(digits) = digits.or(name.strip_prefix("key ")).filter(is_digits) {
        return digits;
    }
    inside.and_then(|text| Some(text.rsplit_once(" (now ")?.0)).unwrap_or(name)
}

/// Reads a status.
///
/// Errors: what was expected.
pub fn status(text: &str) -> Result<Status, String> {
    let all = [Status::Asserted, Status::Confirmed, Status::Disputed, Status::Retracted];
    let found = all.into_iter().find(|status| status.as_str() == text);
    found.ok_or_else(|| "expected asserted, confirmed, disputed or retracted".to_owned())
}

impl FactFilters {
    /// The facts that may pass, by the requested document, or else by their status, and by topic
    /// and date; and the requested document.
    pub fn named(
        &self,
        snapshot: &Snapshot<'_>,
        state: &State,
    ) -> Result<BTreeSet<u64>, IndexError> {
        let shortlist = self.facets().list(snapshot)?;
        if let Some(document) = self.document {
            let mut named = citing(snapshot, document)?;
            if let Some(list) = &shortlist {
                let mut listed = BTreeSet::new();
                for fact in named {
                    let row = snapshot.get(TreeKind::Standing, fact)?;
                    let event = row.and_then(|row| row.revision());
                    listed.extend(event.filter(|event| list.has(*event)).map(|_| fact));
                }
                named = listed;
            }
            named.extend((document < snapshot.size).then_some(document));
            return Ok(named);
        }
        let needed = state.fold.ledger.as_ref().map_or(1, |ledger| ledger.confirmations);
        let kind = self.status.map_or(RowKind::Facts, |status| RowKind::Status(status, needed));
        match shortlist {
            Some(list) => list.facts(snapshot, &[kind]),
            None => Ok(snapshot.positions(kind)?.into_iter().collect()),
        }
    }

    /// The topic and the date, as the index looks for them.
    pub fn facets(&self) -> Facets {
        let topic = self.topic.as_deref().map(typed);
        Facets { topic, when: self.when.as_deref().and_then(days) }
    }

    /// Selects [`FactFilters::document()`], and no fact.
    pub fn documents(
        &self,
    ) -> impl Fn(&Snapshot<'_>, &State) -> Result<BTreeSet<u64>, IndexError> + '_ {
        |snapshot, _| self.document(snapshot)
    }

    /// The requested document, if the record has an event at its position, and those that were ever
    /// derived from it.
    pub fn document(&self, snapshot: &Snapshot<'_>) -> Result<BTreeSet<u64>, IndexError> {
        let Some(document) = self.document.filter(|document| *document < snapshot.size) else {
            return Ok(BTreeSet::new());
        };
        let mut documents = ever_derived(snapshot, document)?;
        documents.insert(document);
        Ok(documents)
    }
}

/// The parsed filters.
pub struct Filter {
    status: Option<Status>,
    document: Option<u64>,
    /// The documents that are derived from the requested one.
    derived: Vec<u64>,
    by: Option<Vec<PublicKey>>,
    /// The topic and the date.
    facets: Facets,
    /// The number of facts that a filter could not test, because their words are withheld.
    withheld_facts: Cell<usize>,
    /// Of these, the number whose words are not as signed.
    damaged_facts: Cell<usize>,
}

/// How a date relates to the requested one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DateMatch {
    /// They may have a day in common, or no date was requested.
    In,
    /// They have no day in common.
    Out,
    /// The fact has no date, so it may be of any time.
    Undated,
}

impl Filter {
    /// Parses the filters; `view` is the later one if there are two.
    ///
    /// Errors: there is no such document, no such editor; no date that can be read.
    pub fn new(
        view: &View<'_>,
        names: &Names,
        filters: &FactFilters,
    ) -> Result<Filter, LedgerError> {
        expect_topic(filters.topic.as_deref())?;
        let mut derived = Vec::new();
        if let Some(document) = filters.document {
            document_at(view, document, "--document")?;
            derived = view.derived_documents(document)?;
        }
        Ok(Filter {
            status: filters.status,
            document: filters.document,
            derived,
            by: filters.by.as_ref().map(|by| by.keys(names)).transpose()?,
            facets: Facets {
                when: filters.when.as_deref().map(when).transpose()?,
                ..filters.facets()
            },
            withheld_facts: Cell::new(0),
            damaged_facts: Cell::new(0),
        })
    }

    /// The requested document and those that are derived from it, on which facts may rest that are
    /// not of this answer; `None` if there are none.
    pub fn derived(&self) -> Option<(u64, &[u64])> {
        self.document.filter(|_| !self.derived.is_empty()).map(|from| (from, &self.derived[..]))
    }

    /// Whether there is no filter, so that every fact passes.
    pub fn is_empty(&self) -> bool {
        self.by.is_none() && !self.is_of_facts()
    }

    /// Whether a status, a document, a topic or a date is requested.
    pub fn is_of_facts(&self) -> bool {
        self.status.is_some() || self.document.is_some() || !self.facets.is_empty()
    }

    /// Whether no status is requested.
    pub fn is_of_any_status(&self) -> bool {
        self.status.is_none()
    }

    /// Whether a date is requested.
    pub fn has_date(&self) -> bool {
        self.facets.when.is_some()
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
        self.by.as_ref().is_none_or(|keys| row.is_by(keys)) && self.keeps_words(&row.words)
    }

    /// The part of it that depends on the words of a revision.
    pub fn keeps_words(&self, words: &WordsRow) -> bool {
        let wanted = &self.facets.topic;
        if let Some(why) = words.withheld
            && (wanted.is_some() || self.document.is_some())
        {
            self.withheld_fact(why);
            return false;
        }
        let topic = |wanted: &String| has_topic(words, wanted);
        let document = |wanted: u64| rests_on(words, wanted);
        wanted.as_ref().is_none_or(topic) && self.document.is_none_or(document)
    }

    /// Counts a fact that could not be tested.
    pub fn withheld_fact(&self, why: Withheld) {
        self.withheld_facts.set(self.withheld_facts.get() + 1);
        if why == Withheld::Damaged {
            self.damaged_facts.set(self.damaged_facts.get() + 1);
        }
    }

    /// The number of facts that could not be tested.
    pub fn untested(&self) -> usize {
        self.withheld_facts.get()
    }

    /// Of these, the number whose words are not as signed.
    pub fn untested_damaged(&self) -> usize {
        self.damaged_facts.get()
    }

    /// The requested topic and date.
    pub fn facets(&self) -> &Facets {
        &self.facets
    }

    /// The keys of the requested editor.
    pub fn keys(&self) -> Option<&[PublicKey]> {
        self.by.as_deref()
    }

    /// How the date of these words relates to the requested one.
    pub fn dated(&self, words: &WordsRow) -> DateMatch {
        let Some(wanted) = self.facets.when else { return DateMatch::In };
        let edtf = words.when.as_ref().and_then(|when| when.edtf.as_deref());
        match edtf.and_then(days) {
            None => DateMatch::Undated,
            Some(days) if days.overlap(&wanted) => DateMatch::In,
            Some(_) => DateMatch::Out,
        }
    }

    /// The facts whose date overlaps the requested one, and those without a date.
    pub fn by_date<T>(&self, rows: Vec<T>, words: impl Fn(&T) -> &WordsRow) -> (Vec<T>, Vec<T>) {
        let (mut within, mut undated) = (Vec::new(), Vec::new());
        for row in rows {
            match self.dated(words(&row)) {
                DateMatch::In => within.push(row),
                DateMatch::Undated => undated.push(row),
                DateMatch::Out => {}
            }
        }
        (within, undated)
    }
}

/// The days that a requested date may mean.
fn when(text: &str) -> Result<Days, LedgerError> {
    days(text).ok_or_else(|| {
        let expected = "expected an EDTF date or interval such as 2022-01-26 or 2021/2022";
        LedgerError::Usage(format!(
            "--when: {expected}, found {}{}",
            in_quotes(text),
            why_no_date(text)
        ))
    })
}

/// Refuses a topic without a word, such as an empty variable of a script: every topic contains it.
pub fn expect_topic(topic: Option<&str>) -> Result<(), LedgerError> {
    match topic.filter(|topic| typed(topic).trim().is_empty()) {
        Some(found) => Err(LedgerError::Usage(format!(
            "--topic: expected words of the name of a topic, found {found:?}"
        ))),
        None => Ok(()),
    }
}

/// Whether a topic contains this text, given as [`typed`].
pub fn has_topic(words: &WordsRow, wanted: &str) -> bool {
    words.topics.iter().any(|topic| typed(&topic.name).contains(wanted))
}

/// Whether these words cite a document.
pub fn rests_on(words: &WordsRow, document: u64) -> bool {
    words.evidence.iter().any(|row| row.evidence.document == document)
}

/// The error for a position that does not exist, or not yet.
pub fn beyond(view: &View<'_>, position: u64) -> LedgerError {
    let (size, whole) = (view.as_of().size, view.record.size());
    match position < whole {
        false => no_position(position, view.record),
        true => LedgerError::NotFound(format!(
            "expected a position among the first {size} events, up to the point that was asked \
             for; found {position}, which came later"
        )),
    }
}

/// An error unless there is a document at this position; it names the existing ones.
pub fn document_at(view: &View<'_>, position: u64, what: &str) -> Result<(), LedgerError> {
    if view.is_document(position) {
        return Ok(());
    }
    let whole = view.record.part_of.unwrap_or_default().max(view.record.size());
    if (view.as_of().size..whole).contains(&position) {
        return Err(beyond(view, position));
    }
    let all: Vec<String> = view.documents(20).iter().map(u64::to_string).collect();
    let all = if all.is_empty() { "there is none".to_owned() } else { all.join(", ") };
    let why = format!("{what}: expected the position of a document ({all}), found {position}");
    Err(LedgerError::NotFound(why))
}
