//! The preview of what will be signed: a line for each event, or its whole content.
//!
//! Always holds: it goes to stderr; quotations are shown in their sentence; a correction is shown
//! as before and after. Not here: the question (`ask`), the pages of written facts (`show`).

use crate::cli::render::{changed_claim, effect, quotation, words};
use crate::cli::terminal::{CliError, visible, wrapped};
use crate::ledger::query::effect::{differences, object};
use crate::ledger::query::row::dated;
use crate::ledger::write::outcome::Refs;
use crate::ledger::write::pending::WriterLookup;
use crate::ledger::write::prepared_batch::PreparedBatch;
use crate::ledger::write::resolve::{RecordLookup, ResolvedDraft};
use crate::ledger::write::writer::Writer;
use annals_core::edtf::days;
use annals_core::event::args::Args;
use annals_core::event::body::{Content, Evidence, Fact};
use annals_core::event::vocabulary::Vouch;
use annals_core::fold::Target;
use annals_core::fold::operation::{Operation, Triple};
use annals_core::time::Time;
use std::collections::BTreeMap;
use std::io::{Write, stderr};

/// How much of each event is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// A few lines of each of the first ones, and the others in sum.
    Line,
    /// A few lines of each.
    EachLine,
    /// The whole content.
    Whole,
}

/// The maximum number of events that are shown one by one, where there is a question.
const LINES: usize = 40;

/// Writes the preview to stderr.
pub fn write(
    writer: &mut Writer,
    prepared: &PreparedBatch,
    extent: Extent,
) -> Result<(), CliError> {
    let mut out = stderr().lock();
    let shown = match extent {
        Extent::Line => LINES,
        Extent::EachLine | Extent::Whole => usize::MAX,
    };
    for (resolved, position) in prepared.resolved.iter().zip(prepared.first..).take(shown) {
        let on = targets(writer, &resolved.args);
        let on = if on.is_empty() { on } else { format!(" {on}") };
        let head = format!("{position:>6}  {}{on}", resolved.args.kind());
        if extent != Extent::Whole {
            let text = one_line(&resolved.content).map(|text| visible(&text)).unwrap_or_default();
            let file = file(prepared, &resolved.content).map(|file| format!(", {file}"));
            let text = match &resolved.args {
                // The reason and the relation are signed too.
                Args::FactConfirmed(_)
                | Args::FactDisputed(_)
                | Args::FactRetracted(_)
                | Args::FactRelated(_) => why(resolved).unwrap_or(text),
                _ => text,
            };
            writeln!(out, "{head}  {text}{}", file.unwrap_or_default())?;
            let details = match &resolved.content {
                // The words of what it acts on: a number alone is signed blind.
                content if content.fact().is_none() => {
                    objects(writer, prepared, resolved, position)
                }
                content => {
                    // A new fact acts on none.
                    let before = objects(writer, prepared, resolved, position).into_iter();
                    let mut lines: Vec<String> =
                        before.map(|claim| format!("before: {claim}")).collect();
                    lines.extend(quoted_and_attributed(content));
                    let named = Refs::new();
                    let mut lookup = WriterLookup::new(writer, prepared, &named, Time::EPOCH);
                    lines.extend(content.fact().and_then(|fact| in_short(fact, &mut lookup)));
                    lines
                }
            };
            for line in details {
                writeln!(out, "{}", wrapped(&line, 8))?;
            }
            continue;
        }
        writeln!(out, "{head}")?;
        for line in lines(writer, prepared, resolved, position) {
            let text = line.trim_start();
            writeln!(out, "{}", wrapped(text, 8 + line.len() - text.len()))?;
        }
    }
    let rest = prepared.resolved.get(shown..).unwrap_or_default();
    if !rest.is_empty() {
        writeln!(out, "        … and {} more; --dry-run shows each", rest.len())?;
        let facts: Vec<&Fact> =
            rest.iter().filter_map(|resolved| resolved.content.fact()).collect();
        for line in summary(&facts) {
            writeln!(out, "{}", wrapped(&line, 8))?;
        }
    }
    Ok(())
}

/// What facts that are not shown one by one are, in sum.
fn summary(facts: &[&Fact]) -> Vec<String> {
    if facts.is_empty() {
        return Vec::new();
    }
    let so = facts.iter().filter(|fact| fact.vouch == Vouch::So).count();
    let mut languages: BTreeMap<String, usize> = BTreeMap::new();
    let mut bases: BTreeMap<String, usize> = BTreeMap::new();
    let (mut first, mut last) = (None, None);
    for fact in facts {
        *languages.entry(fact.lang.to_string()).or_default() += 1;
        let edtf = fact.when.as_ref().and_then(|when| Some((when.basis, when.edtf.as_deref()?)));
        let Some((basis, edtf)) = edtf else { continue };
        *bases.entry(basis.to_string()).or_default() += 1;
        let Some(given) = days(edtf) else { continue };
        let begins = given.first.or(given.last).map(|day| (day, edtf));
        let ends = given.last.or(given.first).map(|day| (day, edtf));
        first = first.into_iter().chain(begins).min();
        last = last.into_iter().chain(ends).max();
    }
    let listed = |counts: BTreeMap<String, usize>| -> String {
        let counts = counts.into_iter().map(|(name, count)| format!("{count} {name}"));
        counts.collect::<Vec<_>>().join(", ")
    };
    let dated: usize = bases.values().sum();
    let when = match (first, last) {
        (Some((_, first)), Some((_, last))) => {
            let without = facts.len() - dated;
            format!("when: {first} to {last} ({}), {without} without a date", listed(bases))
        }
        _ => "when: none has a date".to_owned(),
    };
    let said = facts.len() - so;
    vec![
        when,
        format!("language: {}", listed(languages)),
        format!("vouched for: {said} that the document says so, {so} that it is so"),
    ]
}

/// What is signed of a fact beside its claim, its quotations and their sources, where it is not as
/// usual: no date, no topics, the language of the document, that the document says so.
fn in_short(fact: &Fact, lookup: &mut WriterLookup<'_>) -> Option<String> {
    let when = fact.when.as_ref().map(|_| format!("when: {}", words::when(&fact.when)));
    let topics = fact.topics.iter().flatten().map(|topic| visible(&topic.name));
    let topics: Vec<String> = topics.collect();
    let topics = (!topics.is_empty()).then(|| format!("topics: {}", topics.join(", ")));
    let document = fact.evidence.first().and_then(|entry| lookup.language_of(entry.document));
    let is_other = document.is_none_or(|lang| lang != fact.lang);
    let lang = is_other.then(|| format!("language: {}", &*fact.lang));
    let is_so = fact.vouch == Vouch::So;
    let vouch = is_so.then(|| format!("vouched for: {}", words::vouch(Some(fact.vouch))));
    let all: Vec<String> = when.into_iter().chain(topics).chain(lang).chain(vouch).collect();
    (!all.is_empty()).then(|| all.join("; "))
}

/// The quotations of a new fact, and their sources, one line each.
fn quoted_and_attributed(content: &Content) -> Vec<String> {
    let Some(fact) = content.fact() else { return Vec::new() };
    let quotes = fact.evidence.iter().filter_map(|entry| {
        let quote = entry.quote.as_ref()?;
        let beside = words::beside_quote(entry);
        let beside: String = beside.iter().map(|text| format!(", {text}")).collect();
        Some(format!("document {}: “{}”{beside}", entry.document, visible(&quote.exact)))
    });
    let by = words::attribution(fact.attribution.as_deref().unwrap_or_default());
    let ids = ids(fact).map(|ids| format!("ids: {ids}"));
    quotes.chain(by.map(|by| format!("according to {by}"))).chain(ids).collect()
}

fn ids(fact: &Fact) -> Option<String> {
    let (hops, topics) = (fact.attribution.as_deref(), fact.topics.as_deref());
    words::ids(hops.unwrap_or_default(), topics.unwrap_or_default())
}

/// What a description changes; of another event the words of the facts that it acts on, and what a
/// relation that is withdrawn says of them.
fn objects(
    writer: &mut Writer,
    prepared: &PreparedBatch,
    resolved: &ResolvedDraft,
    position: u64,
) -> Vec<String> {
    let relation = match &resolved.args {
        Args::RelationWithdrawn(args) => relation(writer, args.relation),
        _ => None,
    };
    let revisions = revisions(writer, &resolved.args);
    let named = Refs::new();
    let lookup = WriterLookup::new(writer, prepared, &named, Time::EPOCH);
    if let (Args::DocumentDescribed(args), Content::DocumentDescribed(content)) =
        (&resolved.args, &resolved.content)
    {
        let before = lookup.description_before(args.document, position).unwrap_or_default();
        let changes = differences(&before, &object(content));
        return match changes.is_empty() {
            true => vec!["the description is as before".to_owned()],
            false => changes.iter().map(effect::field).collect(),
        };
    }
    let facts = revisions.into_iter().filter_map(|event| lookup.revision(event));
    let claims = facts.map(|fact| format!("“{}”", visible(&fact.claim)));
    let relation = relation.map(|triple| format!("{} {} {}", triple.from, triple.rel, triple.to));
    relation.into_iter().chain(claims).collect()
}

/// What an earlier event related; the one that withdraws it is applied already.
fn relation(writer: &Writer, position: u64) -> Option<Triple> {
    match &writer.verifier.chain.state.history.act(position)?.operation {
        Operation::Related(triple) => Some(**triple),
        _ => None,
    }
}

fn listed(positions: &[u64]) -> String {
    positions.iter().map(u64::to_string).collect::<Vec<_>>().join(" ")
}

/// The objects of an event: the fact, with the revision if it is not the first; the dispute that a
/// correction resolves is shown beside its reason.
fn targets(writer: &Writer, args: &Args) -> String {
    let on = match args {
        Args::FactConfirmed(args) => args.on,
        Args::FactDisputed(args) => args.on,
        Args::FactCorrected(args) => args.on,
        Args::FactRetracted(args) => args.on,
        args => return listed(&args.positions()),
    };
    match writer.verifier.chain.state.fold.fact_of_revision(on) {
        Some(fact) if fact.position != on => format!("{} (revision {on})", fact.position),
        _ => on.to_string(),
    }
}

/// The text that is shown in one line.
fn one_line(content: &Content) -> Option<String> {
    if let Some(fact) = content.fact() {
        return Some(fact.claim.to_string());
    }
    if let Content::DocumentCaptured(captured) = content {
        return Some(captured.title.to_string());
    }
    content.statement().map(str::to_owned)
}

/// The whole content of an event.
fn lines(
    writer: &mut Writer,
    prepared: &PreparedBatch,
    resolved: &ResolvedDraft,
    position: u64,
) -> Vec<String> {
    let revisions = revisions(writer, &resolved.args);
    let charged = charged_words(writer, &resolved.args);
    let named = Refs::new();
    let mut lookup = WriterLookup::new(writer, prepared, &named, Time::EPOCH);
    let old: Vec<Fact> = revisions.into_iter().filter_map(|event| lookup.revision(event)).collect();
    let mut lines = Vec::new();
    match &resolved.content {
        Content::FactAsserted(content) => whole(&mut lines, &mut lookup, &content.fact),
        Content::FactCorrected(content) => match old.first() {
            Some(old) => difference(&mut lines, &mut lookup, old, &content.fact),
            None => whole(&mut lines, &mut lookup, &content.fact),
        },
        Content::DocumentCaptured(content) => {
            lines.push(visible(&content.title));
            let from = content.publisher.as_deref().map(|name| format!(", {}", visible(name)));
            let published = content.published.as_ref().map(|at| format!(", {}", dated(at)));
            let (from, published) = (from.unwrap_or_default(), published.unwrap_or_default());
            let kind = format!("{}, {}{from}{published}", &*content.media_type, &*content.lang);
            lines.push(format!("{} bytes, {kind}", content.bytes));
            let authors: Vec<String> =
                content.authors.iter().flatten().map(|name| visible(name)).collect();
            lines.extend((!authors.is_empty()).then(|| format!("by {}", authors.join("; "))));
            lines.extend(content.url.as_ref().map(|url| format!("at {url}")));
            lines.extend(content.archived_at.as_ref().map(|url| format!("archived at {url}")));
            let rights = content.rights.as_deref();
            lines.extend(rights.map(|rights| format!("rights: {}", visible(rights))));
            lines.extend(content.derived_from.map(|from| format!("made from document {from}")));
            lines.extend(content.method.as_ref().map(|method| format!("how: {}", visible(method))));
            lines.extend(file(prepared, &resolved.content));
            lines.push(format!("sha256 {}", content.sha256));
        }
        Content::DocumentDescribed(_) | Content::RelationWithdrawn(_) => {
            lines.extend(objects(writer, prepared, resolved, position));
        }
        _ => lines.extend(old.iter().map(|old| format!("“{}”", visible(&old.claim)))),
    }
    let mut lookup = WriterLookup::new(writer, prepared, &named, Time::EPOCH);
    if let Some((word, on)) = charged
        && let Some(fact) = lookup.revision(on)
    {
        lines.push(format!("{word} were the words of {on}: “{}”", visible(&fact.claim)));
    }
    if let Some(why) = why(resolved) {
        lines.push(why);
    }
    for entry in argued(&resolved.content) {
        quoted(&mut lines, &mut lookup, entry);
    }
    lines
}

/// The file from which a document is captured.
fn file(prepared: &PreparedBatch, content: &Content) -> Option<String> {
    let Content::DocumentCaptured(content) = content else { return None };
    let path = prepared.places.get(&content.sha256)?;
    Some(format!("of the file {}", visible(&path.display().to_string())))
}

/// The revisions of an event's facts, as they were before it.
fn revisions(writer: &Writer, args: &Args) -> Vec<u64> {
    let fold = &writer.verifier.chain.state.fold;
    let present = |fact: u64| fold.fact(fact).map(|fact| fact.revision);
    let of_target = |event: u64| match fold.target(event)? {
        Target::Dispute(fact) | Target::Retraction(fact, _) => present(fact),
        _ => None,
    };
    match args {
        Args::FactConfirmed(args) => vec![args.on],
        Args::FactDisputed(args) => vec![args.on],
        Args::FactCorrected(args) => vec![args.on],
        Args::FactRetracted(args) => vec![args.on],
        Args::FactUpheld(args) => of_target(args.dispute).into_iter().collect(),
        Args::FactReinstated(args) => of_target(args.retraction).into_iter().collect(),
        Args::FactRelated(args) => [args.from, args.to].into_iter().filter_map(present).collect(),
        Args::RelationWithdrawn(args) => {
            let facts = relation(writer, args.relation).map(|triple| [triple.from, triple.to]);
            facts.into_iter().flatten().filter_map(present).collect()
        }
        _ => Vec::new(),
    }
}

/// The revision that a dispute or a retraction is of which an event ends, where it is not the
/// present one.
fn charged_words(writer: &Writer, args: &Args) -> Option<(&'static str, u64)> {
    let (word, event) = match args {
        Args::FactUpheld(args) => ("disputed", args.dispute),
        Args::FactReinstated(args) => ("retracted", args.retraction),
        _ => return None,
    };
    let state = &writer.verifier.chain.state;
    let on = state.history.act(event)?.operation.on()?;
    let present = state.fold.fact_of_revision(on)?.revision;
    (on != present).then_some((word, on))
}

/// Reason, place of the error and statement.
fn why(resolved: &ResolvedDraft) -> Option<String> {
    let reason = match &resolved.args {
        Args::FactConfirmed(args) => return Some(args.how.to_string()),
        Args::FactDisputed(args) => Some((args.reason, args.error_in)),
        Args::FactCorrected(args) => Some((args.reason, args.error_in)),
        Args::FactRetracted(args) => Some((args.reason, args.error_in)),
        Args::FactRelated(args) => {
            let relation = format!("{} {} {}", args.from, args.rel, args.to);
            let statement =
                one_line(&resolved.content).map(|text| format!(": “{}”", visible(&text)));
            return Some(format!("{relation}{}", statement.unwrap_or_default()));
        }
        _ => None,
    };
    let statement = match &resolved.content {
        Content::FactCorrected(content) => Some(content.statement.to_string()),
        Content::FactAsserted(_) | Content::DocumentCaptured(_) => None,
        content => one_line(content),
    };
    let statement = statement.map(|text| format!("“{}”", visible(&text)));
    match (reason, statement) {
        (Some((reason, place)), Some(statement)) => {
            let disputes = disputes_resolved(&resolved.args);
            Some(format!("{reason}, error in the {place}{disputes}: {statement}"))
        }
        (_, statement) => statement,
    }
}

fn disputes_resolved(args: &Args) -> String {
    match args {
        Args::FactCorrected(args) if !args.resolves.is_empty() => {
            format!(", resolves dispute {}", listed(&args.resolves))
        }
        _ => String::new(),
    }
}

fn argued(content: &Content) -> &[Evidence] {
    let evidence = match content {
        Content::FactConfirmed(content) => &content.evidence,
        Content::FactDisputed(content)
        | Content::FactUpheld(content)
        | Content::FactReinstated(content) => &content.evidence,
        _ => return &[],
    };
    evidence.as_deref().unwrap_or_default()
}

/// Adds the whole content of a new fact.
fn whole(lines: &mut Vec<String>, lookup: &mut WriterLookup<'_>, fact: &Fact) {
    lines.push(visible(&fact.claim));
    for entry in &fact.evidence {
        quoted(lines, lookup, entry);
    }
    for (name, value) in fields(fact).into_iter().filter(|(_, value)| !value.is_empty()) {
        lines.push(format!("{name}: {value}"));
    }
}

/// The fields beside claim and evidence, by name.
fn fields(fact: &Fact) -> Vec<(&'static str, String)> {
    let voice = || "the document in its own voice".to_owned();
    let hops = words::attribution(fact.attribution.as_deref().unwrap_or_default());
    let topics = fact.topics.iter().flatten().map(|topic| visible(&topic.name));
    let topics: Vec<String> = topics.collect();
    let topics = if topics.is_empty() { "none".to_owned() } else { topics.join(", ") };
    vec![
        ("according to", hops.unwrap_or_else(voice)),
        ("when", words::when(&fact.when)),
        ("topics", topics),
        ("ids", ids(fact).unwrap_or_default()),
        ("language", fact.lang.to_string()),
        ("vouched for", words::vouch(Some(fact.vouch)).to_owned()),
    ]
}

/// Adds the changes of a correction, before and after; the changed words of the claim are marked.
fn difference(lines: &mut Vec<String>, lookup: &mut WriterLookup<'_>, old: &Fact, new: &Fact) {
    lines.push(changed_claim(&old.claim, &new.claim));
    if old.evidence != new.evidence {
        lines.push("evidence before:".to_owned());
        old.evidence.iter().for_each(|entry| quoted(lines, lookup, entry));
        lines.push("evidence now:".to_owned());
        new.evidence.iter().for_each(|entry| quoted(lines, lookup, entry));
    }
    for ((name, before), (_, now)) in fields(old).into_iter().zip(fields(new)) {
        if before != now {
            let shown = |text: String| if text.is_empty() { "none".to_owned() } else { text };
            lines.push(format!("{name}: {} → {}", shown(before), shown(now)));
        }
    }
    // What the sentence leaves out: the kind of a source.
    let sentence =
        |fact: &Fact| words::attribution(fact.attribution.as_deref().unwrap_or_default());
    if old.attribution != new.attribution && sentence(old) == sentence(new) {
        let hops = |fact: &Fact| -> Vec<String> {
            fact.attribution.iter().flatten().map(words::hop).collect()
        };
        let (before, now) = (hops(old).join("; "), hops(new).join("; "));
        lines.push(format!("according to: {before} → {now}"));
    }
}

/// Adds a quotation in its sentence.
fn quoted(lines: &mut Vec<String>, lookup: &mut WriterLookup<'_>, entry: &Evidence) {
    let document = entry.document;
    let beside = words::beside_quote(entry).into_iter().map(|text| format!("    {text}"));
    let (Some(quote), Some(span)) = (&entry.quote, &entry.span) else {
        lines.push(format!("document {document} {}", entry.stance));
        lines.extend(beside);
        return;
    };
    let (start, end) = (span.start, span.end);
    lines.push(format!("document {document} {}, code points {start} to {end}:", entry.stance));
    let source = lookup.document(document).ok();
    let found = source.and_then(|source| quotation::in_sentence(source.text, quote, span));
    lines.push(format!("    {}", found.unwrap_or_else(|| visible(&quote.exact))));
    lines.extend(beside);
}
