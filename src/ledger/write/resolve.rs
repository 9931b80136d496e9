//! Resolving: from a draft to arguments and body, with the document's own words.
//!
//! Always holds: a resolved draft is within the bounds of format 1; a reference to a fact means its
//! present revision; quotations are the document's words with the shortest unique context.
//! Not here: legality and signatures (`append`). Source: FORMAT.md section 4.

mod agent_names;
mod args;
mod description;
mod parts;
pub mod fields;

use crate::ledger::error::{DraftField, Reasons, Unresolved, part_of};
use crate::ledger::write::draft::{
    Draft, EvidenceDraft, HopDraft, Name, QuoteDraft, WhenDraft, fields_of,
};
use crate::ledger::write::resolve::fields::{
    edtf_of, field, keep, lang_of_words, need, seen_words, uri,
};
use annals_core::event::args::Args;
use annals_core::event::body::{self, Content, Fact};
use annals_core::event::vocabulary::{AgentType, Basis, Stance, Type, Vouch};
use annals_core::hash::Hash;
use annals_core::quote::{MOST_WORDS, Text, no_context};
use annals_core::quote_search::places::QuoteSearchError;
use annals_core::quote_search::{self, Edges, QuoteSearch};
use annals_core::text::in_quotes;
use annals_core::text::{Lang, Verbatim, Words};
use annals_core::time::Time;
use parts::{as_bytes, check_words, topic, which_document};
use std::collections::HashMap;

/// What the resolver looks up in the record and its documents.
pub trait RecordLookup {
    /// Whether an event of this position is made by this input, and not in the record yet.
    fn is_pending(&self, position: u64) -> bool;
    /// The position that a `ref` names.
    fn named(&self, name: &str) -> Option<u64>;
    /// The fact of which an event made a revision.
    fn fact_of_revision(&self, event: u64) -> Option<u64>;
    /// The event that made the present revision of a fact; a correction gives itself.
    fn revision_of(&self, fact: u64) -> Option<u64>;
    /// The body of the present revision of a fact.
    fn fact(&mut self, fact: u64) -> Option<Fact>;
    /// The only document with a text; if there is not exactly one, their number.
    fn only_document(&self) -> Result<u64, usize>;
    /// A document that can be quoted.
    fn document(&mut self, position: u64) -> Result<DocumentText<'_>, Unresolved>;
    /// The language of a document that can be quoted.
    fn language_of(&mut self, document: u64) -> Option<Lang> {
        Some(self.document(document).ok()?.lang)
    }
    /// The language of the first document that a fact quotes.
    fn quoted_language(&mut self, fact: &Fact) -> Option<Lang> {
        let mut quoting = fact.evidence.iter().filter(|entry| entry.quote.is_some());
        quoting.find_map(|entry| self.language_of(entry.document))
    }
    /// Whether there is a document at a position.
    fn is_document(&self, position: u64) -> bool;
    /// The document that a document was made from, by its description in force.
    fn derived_from(&self, document: u64) -> Option<u64>;
    /// When a document was captured, by its description in force.
    fn captured_at(&self, document: u64) -> Option<Time>;
    /// The agent of the record that has one of these names, the first ones first, as at its first
    /// use.
    fn agent(&mut self, names: &[String]) -> Option<KnownAgent>;
    /// The current time, for fields that a draft omits.
    fn now(&self) -> Time;
}

/// A document that can be quoted.
#[derive(Debug)]
pub struct DocumentText<'a> {
    /// Its text.
    pub text: &'a Text,
    /// The language of the text.
    pub lang: Lang,
}

/// A resolved draft: the content to sign, and the document that comes with it.
#[derive(Debug, Clone)]
pub struct ResolvedDraft {
    /// Args.
    pub args: Args,
    /// Body without salt and signer.
    pub content: Content,
    /// Bytes of a captured document.
    pub document: Option<(Hash, Vec<u8>)>,
}

/// An agent as at its first use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownAgent {
    /// The name as it is recorded.
    pub name: String,
    /// Its type.
    pub kind: AgentType,
    /// Its role.
    pub role: Option<String>,
}

impl KnownAgent {
    /// The agent of a hop.
    pub fn of(hop: &body::Hop) -> KnownAgent {
        KnownAgent {
            name: hop.agent.to_string(),
            kind: hop.agent_type,
            role: hop.role.as_ref().map(|role| role.to_string()),
        }
    }
}

/// The agents of this input, by the names that drafts give them (`agent_names::plain`).
pub type Agents = HashMap<String, KnownAgent>;

fn words<const MAX: usize>(
    name: impl Into<DraftField>,
    value: Option<&String>,
) -> Result<Option<Words<MAX>>, Unresolved> {
    value.map(|text| seen_words(name, text)).transpose()
}

/// Resolves drafts in order; keeps the types and roles of agents.
pub struct Resolver<'a> {
    lookup: &'a mut dyn RecordLookup,
    agents: &'a mut Agents,
}

impl<'a> Resolver<'a> {
    /// A resolver over a lookup.
    pub fn new(lookup: &'a mut dyn RecordLookup, agents: &'a mut Agents) -> Resolver<'a> {
        Resolver { lookup, agents }
    }

    /// Resolves a draft. `file` gives the bytes of a document that the draft names.
    pub fn resolve(
        &mut self,
        draft: &Draft,
        file: Option<Vec<u8>>,
    ) -> Result<ResolvedDraft, Reasons> {
        let kind = draft.kind.unwrap_or(Type::FactAsserted);
        if draft.sealed.is_some() {
            return Err(
                Unresolved::at("sealed", "sealing is not built; leave the field out").into()
            );
        }
        let mut wrong = fields_of_others(kind, draft);
        let is_of_type = wrong.0.is_empty();
        let args = keep(self.args(kind, draft), &mut wrong);
        let content = match kind {
            Type::DocumentCaptured => self.captured(draft, file),
            _ => self.content(kind, draft).map(|content| (content, None)),
        };
        let content = content.map_err(|Reasons(rest)| {
            let fields: Vec<_> = wrong.0.iter().filter_map(Unresolved::field).cloned().collect();
            let is_new = |why: &Unresolved| {
                !wrong.0.contains(why) && why.field().is_none_or(|field| !fields.contains(field))
            };
            let rest: Vec<_> = rest.into_iter().filter(is_new).collect();
            wrong.0.extend(rest);
        });
        // What is missing may be missing only because the type is another one.
        wrong.0.retain(|why| is_of_type || why.field().is_some());
        match (args, content, wrong.0.is_empty()) {
            (Some(args), Ok((content, document)), true) => {
                Ok(ResolvedDraft { args, content, document })
            }
            _ => Err(wrong),
        }
    }

    fn position(
        &self,
        name: Option<&Name>,
        field: &'static str,
        kind: Type,
    ) -> Result<u64, Unresolved> {
        match need(name, field, kind)? {
            Name::Position(position) if self.lookup.is_pending(*position) => Err(Unresolved::at(
                field,
                format!(
                    "event {position} is not in the record yet, and may become another one; \
                     an earlier draft of the same input is named by its ref"
                ),
            )),
            Name::Position(position) => Ok(*position),
            Name::Ref(name) => self.lookup.named(name).ok_or_else(|| {
                Unresolved::at(
                    field,
                    format!("no earlier draft of this input has the ref {}", in_quotes(name)),
                )
            }),
        }
    }

    fn content(&mut self, kind: Type, draft: &Draft) -> Result<Content, Reasons> {
        if kind == Type::DocumentDescribed {
            return self.described(draft);
        }
        // All that is wrong with a draft is reported at once.
        let mut wrong = Reasons::default();
        let must = |text| need(text, "statement", kind);
        let text = words("statement", draft.statement.as_ref());
        let text = match kind {
            Type::FactAsserted | Type::FactConfirmed | Type::FactRelated => text,
            _ => text.and_then(|text| must(text).map(Some)),
        };
        let text = keep(text, &mut wrong).flatten();
        let (evidence, fact) = match kind {
            // A new fact resolves its own evidence.
            Type::FactAsserted => (None, keep(self.new_fact(draft, None), &mut wrong)),
            Type::FactCorrected => {
                let old = keep(self.old_fact(draft), &mut wrong);
                let fact = old.and_then(|old| keep(self.new_fact(draft, Some(old)), &mut wrong));
                (None, fact)
            }
            _ => (keep(self.evidence(draft, None), &mut wrong).flatten(), None),
        };
        if !wrong.0.is_empty() {
            return Err(wrong);
        }
        let argued = |statement| body::Argued { statement, evidence: evidence.clone() };
        let stated = |statement| body::Stated { statement };
        Ok(match (kind, fact) {
            (Type::FactAsserted, Some(fact)) => Content::FactAsserted(body::Asserted { fact }),
            (Type::FactCorrected, Some(fact)) => {
                let statement = must(text)?;
                Content::FactCorrected(body::Corrected { statement, fact })
            }
            (Type::FactConfirmed, _) => Content::FactConfirmed(body::Confirmed { evidence }),
            (Type::FactDisputed, _) => Content::FactDisputed(argued(must(text)?)),
            (Type::FactUpheld, _) => Content::FactUpheld(argued(must(text)?)),
            (Type::FactRetracted, _) => Content::FactRetracted(stated(must(text)?)),
            (Type::FactReinstated, _) => Content::FactReinstated(argued(must(text)?)),
            (Type::FactRelated, _) => Content::FactRelated(body::Related { statement: text }),
            (Type::RelationWithdrawn, _) => Content::RelationWithdrawn(stated(must(text)?)),
            (other, _) => {
                return Err(format!("{other} is not made from a draft; see annals --help").into());
            }
        })
    }

    /// The words of the fact that a correction keeps where the draft has no value.
    fn old_fact(&mut self, draft: &Draft) -> Result<Fact, Unresolved> {
        let kind = Type::FactCorrected;
        let name = draft.fact.as_ref().or(draft.on.as_ref());
        let fact = self.position(name, "fact", kind)?;
        self.lookup.fact(fact).ok_or_else(|| {
            Unresolved::at("fact", format!("the words of {fact} are not there to be corrected"))
        })
    }

    fn new_fact(&mut self, draft: &Draft, old: Option<Fact>) -> Result<Fact, Reasons> {
        let kind = draft.kind.unwrap_or(Type::FactAsserted);
        let old = old.as_ref();
        // All that is wrong with a draft is reported at once.
        let mut wrong = Reasons::default();
        let evidence = keep(self.fact_evidence(draft, old), &mut wrong);
        let typed = draft.claim.as_deref().map(|claim| match claim.trim() {
            "" => claim.to_owned(),
            trimmed => trimmed.to_owned(),
        });
        let claim = words("claim", typed.as_ref());
        let claim = claim.map(|claim| claim.or(old.map(|old| old.claim.clone())));
        let claim = keep(claim.and_then(|claim| need(claim, "claim", kind)), &mut wrong);
        let lang = match (&draft.lang, old, &evidence) {
            (Some(lang), _, _) => keep(lang_of_words("lang", lang), &mut wrong),
            (None, Some(old), _) => Some(old.lang.clone()),
            (None, None, Some((_, first))) => {
                keep(self.lookup.document(*first).map(|document| document.lang), &mut wrong)
            }
            (None, None, None) => None,
        };
        let attribution: Vec<body::Hop> = match &draft.attribution {
            Some(hops) => {
                let hops = hops.iter().enumerate().filter_map(|(at, hop)| {
                    let hop = self.hop(hop).map_err(|why| why.in_item("attribution", at));
                    keep(hop, &mut wrong)
                });
                hops.collect()
            }
            None => old.and_then(|old| old.attribution.clone()).unwrap_or_default(),
        };
        let mut topics: Vec<body::Topic> = match &draft.topics {
            Some(topics) => {
                let topics = topics.iter().enumerate().filter_map(|(at, it)| {
                    keep(topic(it).map_err(|why| why.in_item("topics", at)), &mut wrong)
                });
                topics.collect()
            }
            None => old.and_then(|old| old.topics.clone()).unwrap_or_default(),
        };
        let mut known = Vec::new();
        topics.retain(|topic| {
            let is_new = !known.contains(topic);
            known.extend(is_new.then(|| topic.clone()));
            is_new
        });
        let when = match &draft.when {
            Some(given) => match &evidence {
                Some((evidence, _)) => keep(self.when(given, evidence, old), &mut wrong).flatten(),
                // Without the evidence its words cannot be searched for, but the date can be
                // parsed.
                None => {
                    let edtf = given.edtf.as_deref();
                    let edtf = edtf.map(|text| edtf_of(part_of("when", "edtf"), text)).transpose();
                    keep(edtf, &mut wrong);
                    None
                }
            },
            None => old.and_then(|old| old.when.clone()),
        };
        let (Some((evidence, _)), Some(claim), Some(lang), true) =
            (evidence, claim, lang, wrong.0.is_empty())
        else {
            return Err(wrong);
        };
        let vouch = draft.vouch.or(old.map(|old| old.vouch)).unwrap_or(Vouch::Said);
        let some = |list: Vec<_>| Some(list).filter(|list| !list.is_empty());
        let topics = Some(topics).filter(|list| !list.is_empty());
        Ok(Fact { claim, lang, vouch, evidence, attribution: some(attribution), when, topics })
    }

    /// The time of the fact. Words given as the document's must be in a document of the evidence;
    /// without such words the document states no date.
    fn when(
        &mut self,
        draft: &WhenDraft,
        evidence: &[body::Evidence],
        old: Option<&Fact>,
    ) -> Result<Option<body::When>, Unresolved> {
        let before = old.and_then(|old| old.when.as_ref());
        let is_given = draft.edtf.is_some() || draft.as_written.is_some();
        match (is_given, draft.basis, before) {
            // A basis without a date is the new basis of the date that the fact has.
            (false, Some(basis), Some(before)) => {
                return Ok(Some(body::When { basis, ..before.clone() }));
            }
            (false, None, _) => return Ok(None),
            _ => {}
        }
        // What is not given is taken over, and an empty value is left out.
        let value = |given: &Option<String>, before: Option<&str>| {
            let value = given.as_deref().or(before).filter(|text| !text.is_empty());
            value.map(str::to_owned)
        };
        let edtf = value(&draft.edtf, before.and_then(|when| when.edtf.as_deref()));
        let edtf = edtf.map(|text| edtf_of(part_of("when", "edtf"), &text)).transpose()?;
        let typed = value(&draft.as_written, before.and_then(|when| when.as_written.as_deref()));
        let as_written = typed.map(|typed| self.as_written(&typed, evidence, old)).transpose()?;
        if let (None, None, None) = (&edtf, &as_written, draft.basis) {
            return Ok(None);
        }
        let basis = draft.basis.or(before.map(|before| before.basis));
        let basis = match (basis, &as_written, &edtf) {
            (Some(_), None, None) => {
                return Err(Unresolved::at(
                    part_of("when", "basis"),
                    "expected edtf or as_written beside it, found none",
                ));
            }
            (None | Some(Basis::Stated), None, _) => {
                return Err(Unresolved::at(
                    "when",
                    "what a document states stands there in words: expected them as as_written \
                     (--as-written), or the basis derived or inferred (--basis), found neither",
                ));
            }
            (basis, ..) => basis.unwrap_or(Basis::Stated),
        };
        Ok(Some(body::When { edtf, as_written, basis }))
    }

    /// The document's own words for the given ones, from a document of the evidence.
    fn as_written(
        &mut self,
        typed: &str,
        evidence: &[body::Evidence],
        old: Option<&Fact>,
    ) -> Result<Verbatim<1, 2_000>, Unresolved> {
        let before = old.and_then(|old| old.when.as_ref()?.as_written.as_ref());
        let mut why = None;
        for entry in evidence {
            match self.lookup.document(entry.document) {
                Ok(document) => match parts::as_written("when", typed, document.text) {
                    Ok(found) => return Ok(found),
                    Err(error) => why = why.or(Some(error)),
                },
                // A value whose document cannot be read any more is kept unchanged.
                Err(_) if before.is_some_and(|before| **before == *typed) => {
                    return field(part_of("when", "as_written"), Verbatim::new(typed));
                }
                Err(error) => {
                    why = why
                        .or(Some(Unresolved::at(part_of("when", "as_written"), error.to_string())))
                }
            }
        }
        Err(why.unwrap_or_else(|| {
            Unresolved::at(part_of("when", "as_written"), "there is no evidence to find it in")
        }))
    }

    /// The evidence of a fact, and the document of the first one that supports it with a quotation.
    fn fact_evidence(
        &mut self,
        draft: &Draft,
        old: Option<&Fact>,
    ) -> Result<(Vec<body::Evidence>, u64), Reasons> {
        let kind = draft.kind.unwrap_or(Type::FactAsserted);
        // What is quoted without a document is quoted from the one that the fact quotes.
        let first = old.and_then(|old| {
            let supports = |entry: &&body::Evidence| entry.stance == Stance::Supports;
            let entry = old.evidence.iter().find(supports).or(old.evidence.first())?;
            Some(entry.document)
        });
        let mut given = self.evidence(draft, first)?;
        // The short form takes the place of what was quoted from the same document, as the option
        // does.
        if let (Some(old), Some(given), None) = (old, &mut given, &draft.evidence)
            && let [quoted] = given.as_mut_slice()
        {
            let document = quoted.document;
            let (same, others): (Vec<_>, Vec<_>) =
                old.evidence.iter().partition(|entry| entry.document == document);
            let before = same.iter().find_map(|entry| entry.reliability);
            quoted.reliability = quoted.reliability.or(before);
            if draft.stance.is_none() {
                let supports = same.iter().any(|entry| entry.stance == Stance::Supports);
                let first = same.first().map(|entry| entry.stance);
                quoted.stance = first.filter(|_| !supports).unwrap_or(Stance::Supports);
            }
            given.extend(others.into_iter().cloned());
        }
        let evidence = given.or_else(|| old.map(|old| old.evidence.clone()));
        let evidence = need(evidence, "quote (or evidence)", kind)?;
        let supports = |e: &&body::Evidence| e.stance == Stance::Supports && e.quote.is_some();
        match evidence.iter().find(supports).map(|first| first.document) {
            Some(first) => Ok((evidence, first)),
            None => {
                Err(Unresolved::at("evidence", "at least one must support the claim with a quote")
                    .into())
            }
        }
    }

    /// The evidence of a draft; `document` is that of the short form, if it names none.
    fn evidence(
        &mut self,
        draft: &Draft,
        document: Option<u64>,
    ) -> Result<Option<Vec<body::Evidence>>, Reasons> {
        let short = draft.quote.as_ref().map(|quote| EvidenceDraft {
            document: draft.document.clone().or(document.map(Name::Position)),
            quote: Some(quote.clone()),
            nth: draft.nth,
            exact_edges: draft.exact_edges,
            stance: draft.stance,
            reliability: draft.reliability,
            ..EvidenceDraft::default()
        });
        let given = draft.evidence.iter().flatten().cloned().enumerate();
        let given = given.map(|(at, entry)| (Some(at), entry));
        let all: Vec<(Option<usize>, EvidenceDraft)> =
            short.map(|short| (None, short)).into_iter().chain(given).collect();
        let kind = draft.kind.unwrap_or(Type::FactAsserted);
        let mut wrong = Reasons::default();
        let resolved = all.iter().filter_map(|(at, entry)| {
            let one = self.one_evidence(entry, kind);
            let one = one.map_err(|why| match at {
                Some(at) => why.in_item("evidence", *at),
                None => why,
            });
            keep(one, &mut wrong)
        });
        let resolved: Vec<body::Evidence> = resolved.collect();
        match wrong.0.is_empty() {
            true => Ok(Some(resolved).filter(|list| !list.is_empty())),
            false => Err(wrong),
        }
    }

    fn one_evidence(
        &mut self,
        draft: &EvidenceDraft,
        kind: Type,
    ) -> Result<body::Evidence, Unresolved> {
        let document = match &draft.document {
            Some(name) => self.position(Some(name), "document", kind)?,
            None => self.lookup.only_document().map_err(which_document)?,
        };
        let translation = draft.translation.as_ref().map(|draft| {
            let need = |value: &Option<String>, name: &str| {
                value.clone().ok_or_else(|| Unresolved::Draft(format!("{name} is missing")))
            };
            Ok::<_, Unresolved>(body::Translation {
                lang: lang_of_words("translation", &need(&draft.lang, "translation.lang")?)?,
                text: parts::translated(&need(&draft.text, "translation.text")?)?,
                by: draft.by.ok_or_else(|| {
                    Unresolved::Draft("translation.by is missing: human or machine".to_owned())
                })?,
            })
        });
        let anchored = self.anchored(draft, document)?;
        let (quote, span) =
            anchored.map_or((None, None), |(quote, span)| (Some(quote), Some(span)));
        Ok(body::Evidence {
            document,
            stance: draft.stance.unwrap_or(Stance::Supports),
            quote,
            span,
            reliability: draft.reliability,
            translation: translation.transpose()?,
        })
    }

    /// The document's own words and their place.
    fn anchored(
        &mut self,
        draft: &EvidenceDraft,
        document: u64,
    ) -> Result<Option<(body::Quote, body::Span)>, Unresolved> {
        let Some(quote) = &draft.quote else { return Ok(None) };
        let text = self.lookup.document(document)?.text;
        let span = draft.span.as_ref().and_then(|span| Some((span.start?, span.end?)));
        let edges = Edges::exact(draft.exact_edges);
        let refused =
            |error: String| Unresolved::at("quote", format!("in document {document}: {error}"));
        let (start, end) = match span {
            Some((start, end)) => (start as usize, end as usize),
            None => {
                let words = match quote {
                    QuoteDraft::Pointing(typed) => typed,
                    QuoteDraft::Exact(given) => given.exact.as_deref().unwrap_or_default(),
                };
                let pointing = QuoteSearch { words, nth: draft.nth, edges };
                match (pointing.find(text), quote) {
                    // Of several places, the context before and after the words decides.
                    (Err(QuoteSearchError::Ambiguous { .. }), QuoteDraft::Exact(given))
                        if let Some(place) = parts::place_between(given, &pointing, text) =>
                    {
                        place
                    }
                    (found, _) => found.map_err(|error| refused(error.to_string()))?,
                }
            }
        };
        if start >= end || end > text.len() {
            let (length, bytes) = (text.len(), text.as_str().len());
            let hint = as_bytes(quote, text, start..end).unwrap_or_default();
            return Err(Unresolved::at(
                "span",
                format!(
                    "{start}..{end} is not in document {document}, which has {length} code \
                     points ({bytes} bytes; offsets count code points){hint}"
                ),
            ));
        }
        if end - start > MOST_WORDS {
            let length = end - start;
            return Err(refused(format!(
                "{start}..{end} are {length} code points; a quotation has at most {MOST_WORDS}"
            )));
        }
        let anchor = text.anchor(start, end).ok_or_else(|| refused(no_context(start, end)))?;
        if let (None, QuoteDraft::Pointing(typed)) = (span, quote)
            && !quote_search::is_at(typed, &anchor.exact)
        {
            return Err(refused(format!(
                "the quotation begins or ends inside of a character of {}; quote all of it",
                in_quotes(&anchor.exact)
            )));
        }
        check_words(quote, &anchor, text, start..end)?;
        if edges == Edges::Whole {
            quote_search::check_edges(text, start, end).map_err(|cut| refused(cut.to_string()))?;
        }
        Ok(Some((anchor, body::Span { start: start as u64, end: end as u64 })))
    }

    /// The agent of this input or of the record that a draft names, whatever its apostrophes and
    /// quotation marks. One whose type is given is looked for only if its name has such marks.
    fn known_agent(&mut self, typed: &str, has_type: bool) -> Option<KnownAgent> {
        if let Some(known) = self.agents.get(&*agent_names::plain(typed)) {
            return Some(known.clone());
        }
        let names = agent_names::spellings(typed);
        match has_type && names.len() == 1 {
            true => None,
            false => self.lookup.agent(&names),
        }
    }

    fn hop(&mut self, draft: &HopDraft) -> Result<body::Hop, Unresolved> {
        let typed = draft.agent.as_ref();
        let typed = typed.ok_or_else(|| Unresolved::at("attribution", "agent is missing"))?;
        let known = self.known_agent(typed, draft.agent_type.is_some());
        let agent = known.as_ref().map_or(typed, |known| &known.name);
        let agent_type =
            draft.agent_type.or(known.as_ref().map(|known| known.kind)).ok_or_else(|| {
                Unresolved::at(
                    "attribution",
                    format!(
                        "agent_type of {} is missing at its first use: person, \
                         organization or document",
                        in_quotes(typed)
                    ),
                )
            })?;
        let agent = seen_words(part_of("attribution", "agent"), agent)?;
        let role = draft.role.clone().or(known.and_then(|known| known.role));
        let first = || KnownAgent { name: agent.to_string(), kind: agent_type, role: role.clone() };
        self.agents.entry(agent_names::plain(typed).into_owned()).or_insert_with(first);
        Ok(body::Hop {
            agent,
            agent_type,
            act: seen_words(part_of("attribution", "act"), draft.act.as_deref().unwrap_or("says"))?,
            role: words(part_of("attribution", "role"), role.as_ref())?,
            id: uri(part_of("attribution", "id"), draft.id.as_ref())?,
            unnamed_because: words(
                part_of("attribution", "unnamed_because"),
                draft.unnamed_because.as_ref(),
            )?,
        })
    }
}

/// The fields of a draft that its type does not have.
fn fields_of_others(kind: Type, draft: &Draft) -> Reasons {
    let groups = fields_of(kind);
    let has = |field: &&str| groups.iter().any(|group| group.contains(field));
    let untyped = match draft.kind {
        None => ", which is the type where none is given",
        Some(_) => "",
    };
    // A type that is not made from a draft is refused as such; `ref` and `type` have other names.
    let fields =
        draft.given().filter(|field| !groups.is_empty() && !["name", "kind"].contains(field));
    let wrong = fields.filter(|field| !has(field));
    Reasons(
        wrong
            .map(|field| Unresolved::at(field, format!("expected a field of {kind}{untyped}")))
            .collect(),
    )
}
