//! The answer of `annals log`: the events in order, or all events of one fact.
//!
//! Always holds: with the oldest first, events are streamed, and only the folded state is in
//! memory; with the newest first, the positions requested and one range of events are.
//! Not here: texts for people (`cli`).

use crate::index::{Facets, IndexError, Snapshot, Term};
use crate::ledger::answer::filter::{
    EditorName, beyond, document_at, expect_topic, has_topic, rests_on,
};
use crate::ledger::answer::page::PageEnd;
use crate::ledger::answer::{AnswerError, JsonItems, NamedView, json_of};
use crate::ledger::error::LedgerError;
use crate::ledger::query::content_text::{statement_text, words};
use crate::ledger::query::effect::Effects;
use crate::ledger::query::event::{EventRow, on, row};
use crate::ledger::query::revocation_impact::RevocationImpact;
use crate::ledger::query::{Query, View, ViewedEvent, owners, subjects};
use crate::ledger::reader::Record;
use annals_core::event::body::Content;
use annals_core::event::vocabulary::Type;
use annals_core::fold::operation::Operation;
use annals_core::key::PublicKey;
use annals_core::search::typed;
use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::io::Write;

/// A request for events; an event must pass every filter that is set.
#[derive(Clone, Debug)]
pub struct LogRequest {
    /// Events that act on the fact or document at this position.
    pub position: Option<u64>,
    /// The first position.
    pub from: u64,
    /// The number of events up to the last one; names and standing are as of it.
    pub until: u64,
    /// Events that this editor signed.
    pub by: Option<EditorName>,
    /// A type of events, or a family of types: see [`kind`].
    pub kind: Option<String>,
    /// What concerns this document: it, facts that ever rested on it, acts that name it.
    pub document: Option<u64>,
    /// What was done to facts that ever had a topic with these words.
    pub topic: Option<String>,
    /// Which come first.
    pub order: LogOrder,
    /// The maximum number of events.
    pub most: usize,
}

/// Which events of a log come first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogOrder {
    /// The oldest.
    OldestFirst,
    /// The newest.
    NewestFirst,
}

/// Reads a type of events, such as `fact.corrected`, or a family of types, such as `fact`.
///
/// Errors: what was expected.
pub fn kind(text: &str) -> Result<String, String> {
    let family = |kind: &&Type| kind.as_str().split('.').next() == Some(text);
    match Type::parse(text).is_some() || Type::ALL.iter().any(|kind| family(&kind)) {
        true => Ok(text.to_owned()),
        false => {
            let all: Vec<&str> = Type::ALL.iter().map(|kind| kind.as_str()).collect();
            Err(format!(
                "expected fact, document, editor, ledger, relation, body, or one of {}",
                all.join(", ")
            ))
        }
    }
}

/// How many events are read at once with the newest first: each time their file is read from its
/// start.
const CHUNK: u64 = 16_384;
/// How many are read at once for a page: one by one, by the index.
const PAGE_CHUNK: u64 = 512;
/// Reading an event by itself costs as much as this many events in a walk.
const COST: u64 = 16;

/// The requested events, as of the last point.
pub struct LogAnswer<'a> {
    /// The record as of that point.
    pub named: NamedView<'a>,
    /// The fact or document whose events are requested; an act on one leads to it.
    pub of: Option<u64>,
    filter: LogFilter,
    order: LogOrder,
    most: usize,
}

impl<'a> LogAnswer<'a> {
    /// Opens an answer with the facts and documents that the requested events need.
    ///
    /// Errors: there is no such event, document or editor; the record cannot be read.
    pub fn open(record: &'a Record, request: LogRequest) -> Result<LogAnswer<'a>, LedgerError> {
        let LogRequest { position, from, until, by, kind, document, topic, order, most } = request;
        expect_topic(topic.as_deref())?;
        let wanted = Mentions { topic: topic.as_deref().map(typed), document };
        let mentioning = RefCell::new(None);
        let ask: &Query<'_> = &|snapshot, _| {
            mentioning.replace(wanted.events(snapshot)?);
            let mut named = match position {
                Some(position) => subjects(snapshot, position)?,
                None => BTreeSet::new(),
            };
            named.extend(document.filter(|document| *document < snapshot.size));
            Ok(named)
        };
        let named = NamedView::of(View::some(record, until, ask)?)?;
        let (view, names) = (&named.view, &named.names);
        let by = by.map(|by| by.keys(names)).transpose()?;
        if let Some(document) = document {
            document_at(view, document, "--document")?;
        }
        let of = position.map(|position| subject(view, position)).transpose()?;
        let mentioning = mentioning.into_inner().filter(|_| !view.is_folded());
        let first = from.max(of.unwrap_or(0));
        let effects = Effects::new(view, names);
        let about = match wanted.facts(view, mentioning.as_deref())? {
            Some(facts) => Some(About::of(&effects, first, facts, document)?),
            None => None,
        };
        let listed = match (&about, mentioning, document) {
            // Acts that name the document are in no list.
            (Some(about), Some(_), None) => Some(about.events(view)),
            _ => None,
        };
        let events = listed.as_ref().map_or(0, |listed| listed.len() as u64);
        record.expect_bound(events, "the events of all facts of the topic")?;
        let turned = match of {
            Some(of) => turned(&effects, first, &|object| object == of)?,
            None => BTreeSet::new(),
        };
        let filter = LogFilter { first, until, of, turned, by, kind, about, listed };
        Ok(LogAnswer { named, of, filter, order, most })
    }

    /// Calls `each` with the requested events in order; whether there are more.
    pub fn each<E: From<LedgerError>>(
        &self,
        take: &mut dyn FnMut(&EventRow) -> Result<(), E>,
    ) -> Result<PageEnd, E> {
        let effects = Effects::new(&self.named.view, &self.named.names);
        let (mut taken, mut end) = (0, PageEnd::Whole);
        let mut each = |row: &EventRow| {
            if taken == self.most {
                end = PageEnd::More;
                return Ok(LogStep::Full);
            }
            taken += 1;
            take(row).map(|()| LogStep::On)
        };
        match self.order {
            LogOrder::OldestFirst => self.forward(&effects, &mut each)?,
            LogOrder::NewestFirst => self.backward(&effects, &mut each)?,
        }
        Ok(end)
    }

    /// Writes the JSON object, each event as it comes.
    pub fn write_json(&self, out: &mut dyn Write) -> Result<(), AnswerError> {
        let head = json_of(&self.named.view.as_of())?;
        write!(out, "{},\"events\":[", head.trim_end_matches('}'))?;
        let mut items = JsonItems::new(out);
        let end = self.each(&mut |row| items.put(row))?;
        Ok(writeln!(out, "],\"more\":{}}}", json_of(&end)?)?)
    }

    /// The oldest first.
    fn forward<E: From<LedgerError>>(
        &self,
        effects: &Effects<'_, '_>,
        each: &mut Each<'_, E>,
    ) -> Result<(), E> {
        let (view, filter) = (effects.view(), &self.filter);
        let mut step = Ok(LogStep::On);
        let read = Cell::new(0);
        let mut one = |event: &ViewedEvent| {
            read.set(read.get() + 1);
            let on = acts_on(view, event);
            if let Err(why) = self.expect_bound(read.get(), event.position) {
                step = Err(why.into());
            } else if filter.wants(view, event, &on) {
                step = row(effects, event, on).map_err(E::from).and_then(|row| each(&row));
            }
            matches!(step, Ok(LogStep::On))
        };
        if filter.is_narrow() || self.most == usize::MAX {
            filter.walk(view, &mut one)?;
            return step.map(|_| ());
        }
        let (mut from, mut goes_on) = (filter.first, true);
        while from < filter.until && goes_on {
            let until = filter.until.min(from.saturating_add(PAGE_CHUNK));
            view.walk(from, until, &mut |event| {
                goes_on = one(event);
                goes_on
            })?;
            from = until;
        }
        step.map(|_| ())
    }

    /// The newest first.
    fn backward<E: From<LedgerError>>(
        &self,
        effects: &Effects<'_, '_>,
        each: &mut Each<'_, E>,
    ) -> Result<(), E> {
        let (view, filter) = (effects.view(), &self.filter);
        let is_page = self.most != usize::MAX;
        // If few events are requested, ranges without any of them are not read.
        let mut few = match !filter.is_narrow() && (is_page || filter.is_all()) {
            true => None,
            false => Some(positions(view, filter)?),
        };
        let chunk = if is_page { PAGE_CHUNK } else { CHUNK };
        let (mut until, mut read) = (filter.until, 0);
        while until > filter.first {
            let mut rows = Vec::new();
            let mut keep = |event: &ViewedEvent| {
                let on = acts_on(view, event);
                if filter.wants(view, event, &on) {
                    rows.push(row(effects, event, on));
                }
            };
            match &mut few {
                Some(positions) => {
                    let first = positions.len().saturating_sub(chunk as usize);
                    let part = positions.split_off(first);
                    let Some(first) = part.first() else { break };
                    view.at(&part, &mut keep)?;
                    until = *first;
                }
                None => {
                    let from = until.saturating_sub(chunk).max(filter.first);
                    read += until - from;
                    self.expect_bound(read, from)?;
                    view.walk(from, until, &mut |event| {
                        keep(event);
                        true
                    })?;
                    until = from;
                }
            }
            for row in rows.into_iter().rev() {
                if each(&row?)? == LogStep::Full {
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    /// Refuses to read more events than an answer may, to find those that pass.
    fn expect_bound(&self, read: u64, position: u64) -> Result<(), LedgerError> {
        let record = self.named.view.record;
        match record.is_bounded() {
            false => Ok(()),
            true => record.expect_bound(
                read,
                &format!("more to find those that pass (read up to position {position})"),
            ),
        }
    }
}

/// Whether more events are taken.
#[derive(Clone, Copy, PartialEq, Eq)]
enum LogStep {
    On,
    Full,
}

/// Which events pass.
struct LogFilter {
    first: u64,
    until: u64,
    of: Option<u64>,
    /// The events that changed it without being about it.
    turned: BTreeSet<u64>,
    by: Option<Vec<PublicKey>>,
    kind: Option<String>,
    about: Option<About>,
    /// All events that may pass, where they are known to be few.
    listed: Option<Vec<u64>>,
}

impl LogFilter {
    /// Whether the events that may pass are found without reading the others.
    fn is_narrow(&self) -> bool {
        self.of.is_some() || self.listed.is_some()
    }

    fn is_all(&self) -> bool {
        let of = self.of.is_none() && self.about.is_none();
        of && self.by.is_none() && self.kind.is_none()
    }

    /// Walks, oldest first, over events that include the requested ones, while `each` returns true.
    fn walk(
        &self,
        view: &View<'_>,
        each: &mut dyn FnMut(&ViewedEvent) -> bool,
    ) -> Result<(), LedgerError> {
        let (mut goes_on, mut met) = (true, false);
        let Some(of) = self.of else {
            let Some(listed) = &self.listed else {
                return view.walk(self.first, self.until, each);
            };
            let within = |event: &u64| (self.first..self.until).contains(event);
            let listed: Vec<u64> = listed.iter().copied().filter(within).collect();
            for part in listed.chunks(PAGE_CHUNK as usize) {
                if goes_on {
                    view.at(part, &mut |event| goes_on = goes_on && each(event))?;
                }
            }
            return Ok(());
        };
        view.each(&mut |event| {
            let within = (self.first..self.until).contains(&event.position);
            goes_on = goes_on && (!within || each(event));
            met |= event.position == of;
        })?;
        // An event that is about no fact and no document is its only event.
        let missed = !met && (self.first..self.until).contains(&of);
        if let Some(event) = view.event(of)?.filter(|_| missed) {
            each(&event);
        }
        Ok(())
    }

    fn wants(&self, view: &View<'_>, event: &ViewedEvent, on: &[u64]) -> bool {
        let statement = event.statement();
        let turned = self.turned.contains(&event.position);
        let of = turned || self.of.is_none_or(|of| of == event.position || on.contains(&of));
        let by =
            |keys: &Vec<PublicKey>| statement.is_some_and(|statement| keys.contains(&statement.by));
        let kind = |wanted: &String| {
            statement.is_some_and(|statement| {
                let kind = statement.kind.as_str();
                kind == wanted || kind.split('.').next() == Some(wanted)
            })
        };
        let about = |about: &About| about.has(view, event, on);
        let cheap = of && self.by.as_ref().is_none_or(by) && self.kind.as_ref().is_none_or(kind);
        cheap && self.about.as_ref().is_none_or(about)
    }
}

/// What has the topic, or rests on the document, or both.
struct About {
    facts: BTreeSet<u64>,
    document: Option<u64>,
    /// The events that changed one of these without being about it.
    turned: BTreeSet<u64>,
}

impl About {
    fn of(
        effects: &Effects<'_, '_>,
        first: u64,
        facts: BTreeSet<u64>,
        document: Option<u64>,
    ) -> Result<About, LedgerError> {
        let is_one = |object: u64| facts.contains(&object) || document == Some(object);
        let turned = turned(effects, first, &is_one)?;
        Ok(About { facts, document, turned })
    }

    /// The events of these facts, by position.
    fn events(&self, view: &View<'_>) -> Vec<u64> {
        let lives = self.facts.iter().flat_map(|fact| view.life(*fact));
        let events: BTreeSet<u64> = lives.chain(self.turned.iter().copied()).collect();
        events.into_iter().collect()
    }

    /// Whether an event, which acts on `on`, is about one of these or changed one.
    fn has(&self, view: &View<'_>, event: &ViewedEvent, on: &[u64]) -> bool {
        on.iter().any(|on| self.facts.contains(on) || self.document == Some(*on))
            || self.turned.contains(&event.position)
            || self.document.is_some_and(|document| names_document(view, event, document))
    }
}

/// The events from `first` on that changed one of these facts or documents without being about it:
/// changes of the number of confirmations, and suspect revocations that turned its status, or undid
/// an act on it.
fn turned(
    effects: &Effects<'_, '_>,
    first: u64,
    is_one: &dyn Fn(u64) -> bool,
) -> Result<BTreeSet<u64>, LedgerError> {
    let mut found = BTreeSet::new();
    for event in effects.turning(first) {
        let view = effects.view();
        let act = view.state().history.act(event).map(|act| &act.operation);
        if matches!(act, Some(Operation::Revoked(_)))
            && let Some(objects) = view.turned_by_revocation(event)
        {
            found.extend(objects.into_iter().any(is_one).then_some(event));
            continue;
        }
        let Some(impact) = effects.impact_then(event)? else { continue };
        let RevocationImpact { struck, set_aside, restored, facts, .. } = &*impact;
        let mut acts = struck.iter().chain(set_aside).chain(restored);
        let is_object = |act: &u64| owners(view, *act).into_iter().any(is_one);
        if facts.iter().any(|turned| is_one(turned.fact)) || acts.any(is_object) {
            found.insert(event);
        }
    }
    Ok(found)
}

/// The topic and the document of which the events of a log are to be.
struct Mentions {
    /// A part of a topic's name, in lower case.
    topic: Option<String>,
    document: Option<u64>,
}

impl Mentions {
    /// The events whose words may have the topic or cite the document, by the index; `None` if they
    /// are so many that a walk over all events costs less.
    fn events(&self, snapshot: &Snapshot<'_>) -> Result<Option<Vec<u64>>, IndexError> {
        let facets = Facets { topic: self.topic.clone(), ..Facets::default() };
        let (mut events, mut citing) = (BTreeSet::new(), Vec::new());
        if let Some(list) = facets.list(snapshot)? {
            if !list.is_short(snapshot.size) {
                return Ok(None);
            }
            events.extend(list.events(snapshot.size));
        }
        if let Some(document) = self.document {
            let (index, terms) = (snapshot.index(), snapshot.index().own_terms()?);
            for term in [Term::Citation(document), Term::Derived(document), Term::Unread] {
                citing
                    .extend(terms.find(index, term)?.into_iter().filter(|at| *at < snapshot.size));
            }
            if citing.len() as u64 > snapshot.size / COST {
                return Ok(None);
            }
        }
        events.extend(citing);
        Ok(Some(events.into_iter().collect()))
    }

    /// The facts that ever had the topic, or ever rested on the document; where both are requested,
    /// those that did both. `None` if neither is requested. Reads only `events`, if given; else all
    /// events.
    fn facts(
        &self,
        view: &View<'_>,
        events: Option<&[u64]>,
    ) -> Result<Option<BTreeSet<u64>>, LedgerError> {
        let Mentions { topic, document } = self;
        if topic.is_none() && document.is_none() {
            return Ok(None);
        }
        let (mut of_topic, mut of_document) = (BTreeSet::new(), BTreeSet::new());
        let mut each = |event: &ViewedEvent| {
            let fact = match view.content(event) {
                Ok(Content::FactAsserted(body)) => words(&body.fact),
                Ok(Content::FactCorrected(body)) => words(&body.fact),
                _ => return,
            };
            let facts = owners(view, event.position);
            if topic.as_ref().is_some_and(|topic| has_topic(&fact, topic)) {
                of_topic.extend(facts.iter().copied());
            }
            if document.is_some_and(|document| rests_on(&fact, document)) {
                of_document.extend(facts);
            }
        };
        match events {
            Some(events) => {
                view.record.expect_bound(events.len() as u64, "the words of all facts of it")?;
                view.at(events, &mut each)?;
            }
            None => view.walk(0, view.as_of().size, &mut |event| {
                each(event);
                true
            })?,
        }
        Ok(Some(match (topic, document) {
            (Some(_), Some(_)) => of_topic.intersection(&of_document).copied().collect(),
            (Some(_), None) => of_topic,
            _ => of_document,
        }))
    }
}

/// Whether the evidence of a confirmation, a dispute or the like cites the document, or the event
/// derives another document from it.
fn names_document(view: &View<'_>, event: &ViewedEvent, document: u64) -> bool {
    let content = view.content(event);
    let derived_from = match &content {
        Ok(Content::DocumentCaptured(captured)) => captured.derived_from,
        Ok(Content::DocumentDescribed(described)) => described.derived_from,
        _ => None,
    };
    if derived_from == Some(document) {
        return true;
    }
    let evidence = statement_text(content).evidence;
    evidence.iter().any(|row| row.evidence.document == document)
}

type Each<'a, E> = dyn FnMut(&EventRow) -> Result<LogStep, E> + 'a;

fn acts_on(view: &View<'_>, event: &ViewedEvent) -> Vec<u64> {
    let statement = event.statement();
    statement.map(|statement| on(view, event.position, &statement.args)).unwrap_or_default()
}

fn positions(view: &View<'_>, filter: &LogFilter) -> Result<Vec<u64>, LedgerError> {
    let mut positions = Vec::new();
    filter.walk(view, &mut |event| {
        if filter.wants(view, event, &acts_on(view, event)) {
            positions.push(event.position);
        }
        true
    })?;
    Ok(positions)
}

/// The fact or document whose events are requested; an act on one leads to it.
fn subject(view: &View<'_>, position: u64) -> Result<u64, LedgerError> {
    let size = view.as_of().size;
    if position >= size {
        return Err(beyond(view, position));
    }
    let event = view.event(position)?;
    let on = event.map(|event| acts_on(view, &event)).unwrap_or_default();
    match on.as_slice() {
        [] => Ok(position),
        [one] => Ok(*one),
        several => {
            let all: Vec<String> = several.iter().map(u64::to_string).collect();
            let all = all.join(" and ");
            let why = format!("event {position} relates {all}; say annals log with one of them");
            Err(LedgerError::Usage(why))
        }
    }
}
