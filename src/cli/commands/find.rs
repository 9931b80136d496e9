//! `annals find`: facts whose claim, quotations or attribution contain the given words.
//!
//! Always holds: a fact is found if each argument is in at least one of its texts; found words are
//! marked ⟦ ⟧, even without colour; without a hit the exit code is 0. Bodies are read once to
//! search, and again for the facts found. Not here: finding facts (`query::search`), comparing
//! words (`annals_core::search`).

mod hits;

use crate::cli::render::{broken, hanging, provenance, words};
use crate::cli::shared::{Filter, FilterArgs, UNDATED, facts};
use crate::cli::terminal::{
    CliError, Command, Context, EditorOption, Exit, Format, Group, formats, json, out,
};
use crate::ledger::query::gather::gather;
use crate::ledger::query::names::Names;
use crate::ledger::query::row::FactRow;
use crate::ledger::query::search::search;
use crate::ledger::query::since::{LaterChange, since};
use crate::ledger::query::{AsOf, Query, View, no_fact};
use crate::ledger::table::Table;
use annals_core::hash::Hash;
use annals_core::search::{Phrase, WordMatch};
use clap::Args;
use hits::Hit;
use serde::Serialize;
use std::collections::BTreeSet;
use std::io::Write;

/// Find words in the claims, quotations and attributions of facts
///
/// Each argument is a word or several words in a row; a fact must have them all. Case and the
/// spelling of accents do not matter, in any language.
#[derive(Debug, Args)]
pub struct FindArgs {
    /// Words; several in one pair of quotation marks must follow each other
    #[arg(required = true, value_name = "WORDS")]
    words: Vec<String>,
    /// What the record held at this point [default: head]
    #[arg(long, value_name = "POINT")]
    as_of: Option<String>,
    #[command(flatten)]
    filters: FilterArgs,
    /// Also inside longer words
    #[arg(long)]
    part: bool,
}

/// A fact and the places of the words in it.
#[derive(Serialize)]
struct FoundFact {
    fact: u64,
    hash: Hash,
    status: annals_core::state::Status,
    overlays: Vec<String>,
    claim: Option<String>,
    hits: Vec<Hit>,
    #[serde(skip)]
    row: FactRow,
}

struct FindAnswer {
    as_of: AsOf,
    found: Vec<FoundFact>,
    undated: Vec<FoundFact>,
    since: Vec<LaterChange>,
}

impl Command for FindArgs {
    const GROUP: Group = Group::Archivist;
    const EDITOR: EditorOption = EditorOption::Filters;

    fn formats(&self) -> &'static [Format] {
        formats::TABLE
    }

    fn run(self, context: &mut Context) -> Result<Exit, CliError> {
        run(context, self)
    }
}

fn run(context: &mut Context, args: FindArgs) -> Result<Exit, CliError> {
    let matching = if args.part { WordMatch::Part } else { WordMatch::Whole };
    let phrases = args.words.iter().map(|words| phrase(words, matching));
    let phrases = phrases.collect::<Result<Vec<Phrase>, CliError>>()?;
    let record = context.record()?;
    let size = provenance::size(context, &record, args.as_of.as_deref())?;
    let jobs = std::thread::available_parallelism().map_or(1, usize::from);
    let first = View::some(&record, size, &no_fact)?;
    let scanned = search(&first, &phrases, jobs)?;
    let ask: &Query<'_> = &|slot, _| {
        let document = args.filters.document.filter(|document| *document < slot.size);
        let found = scanned.facts.iter().chain(&scanned.withheld).copied();
        Ok(found.chain(document).collect())
    };
    let view = match first.folded_because() {
        Some(_) => first,
        None => View::some(&record, size, ask)?,
    };
    let (view, names) = provenance::begin(&record, view)?;
    let filter = Filter::new(context, &record, &view, &names, &args.filters)?;
    let withheld = scanned.withheld.iter().filter(|fact| filter.has_status(&view, **fact));
    withheld.for_each(|_| filter.withheld_facts());
    let found = rows(&view, &names, &scanned.facts, &filter, &phrases)?;
    filter.note_withheld();
    let (found, undated) = filter.by_date(found, |found| &found.row.words);
    let since = since(&view, found.iter().chain(&undated).map(|found| found.fact));
    let answer = FindAnswer { as_of: view.as_of(), found, undated, since };
    let mut out = out(context.format());
    match context.format() {
        Format::Text => text(&mut out, &view, &answer, args.filters.when.as_deref())?,
        Format::Json => json(&mut out, &FindJson::of(&answer, &args.words))?,
        Format::Jsonl => {
            let AsOf { position: as_of, head, .. } = answer.as_of;
            for found in answer.found.iter().chain(&answer.undated) {
                json(&mut out, &FindLine { as_of, head, found })?;
            }
        }
        Format::Csv => columns(&mut out, &answer)?,
    }
    out.flush()?;
    Ok(provenance::warn(&view, scanned.damaged))
}

fn phrase(words: &str, matching: WordMatch) -> Result<Phrase, CliError> {
    let why = || CliError::usage(format!("expected words to find, found none in {words:?}"));
    Phrase::new(words, matching).ok_or_else(why)
}

fn rows(
    view: &View<'_>,
    names: &Names,
    candidates: &BTreeSet<u64>,
    filter: &Filter,
    phrases: &[Phrase],
) -> Result<Vec<FoundFact>, CliError> {
    if candidates.is_empty() {
        return Ok(Vec::new());
    }
    let wanted = |fact: u64| candidates.contains(&fact) && filter.has_status(view, fact);
    let gathered = gather(view, names, &wanted)?;
    let kept = gathered.facts.into_values().filter(|row| filter.keeps(row));
    let found = kept.map(|row| FoundFact {
        fact: row.fact,
        hash: row.hash,
        status: row.status,
        overlays: words::overlays(&row),
        claim: row.words.claim.clone(),
        hits: hits::of(&row.words, phrases),
        row,
    });
    Ok(found.collect())
}

/// Columns before the words: position, two spaces, status, two spaces.
const INDENT: usize = 19;

fn text(
    out: &mut dyn Write,
    view: &View<'_>,
    answer: &FindAnswer,
    when: Option<&str>,
) -> Result<(), CliError> {
    for found in &answer.found {
        fact(out, found)?;
    }
    let when = when.map(|when| format!("when {when}")).unwrap_or_default();
    writeln!(out, "{}", facts(answer.found.len(), &when))?;
    if !answer.undated.is_empty() {
        writeln!(out, "\n{}:\n", facts(answer.undated.len(), UNDATED))?;
        for found in &answer.undated {
            fact(out, found)?;
        }
    }
    provenance::line(out, &answer.as_of)?;
    provenance::since(out, view, &answer.since)
}

fn fact(out: &mut dyn Write, found: &FoundFact) -> Result<(), CliError> {
    let heading = format!("{:>6}  {}  ", found.fact, words::status(found.status));
    let claim = match found.hits.iter().find(|hit| hit.is_claim()) {
        Some(hit) => hit.marked(),
        None => words::claim(&found.row.words),
    };
    writeln!(out, "{}", hanging(&heading, &claim, INDENT))?;
    let mut below = |text: &str| writeln!(out, "{}", hanging(&" ".repeat(INDENT), text, INDENT));
    for hit in found.hits.iter().filter(|hit| !hit.is_claim()) {
        below(&format!("{}: {}", hit.place(), hit.marked()))?;
    }
    if !found.overlays.is_empty() {
        below(&found.overlays.join(", "))?;
    }
    if let Some(first) = found.row.revisions.first() {
        below(&format!("— {}", words::who(&first.act)))?;
    }
    Ok(writeln!(out)?)
}

#[derive(Serialize)]
struct FindJson<'a> {
    #[serde(flatten)]
    as_of: &'a AsOf,
    words: &'a [String],
    facts: &'a [FoundFact],
    undated: &'a [FoundFact],
    since: &'a [LaterChange],
}

impl<'a> FindJson<'a> {
    fn of(answer: &'a FindAnswer, words: &'a [String]) -> FindJson<'a> {
        let FindAnswer { as_of, found: facts, undated, since } = answer;
        FindJson { as_of, words, facts, undated, since }
    }
}

#[derive(Serialize)]
struct FindLine<'a> {
    as_of: Option<u64>,
    head: Option<Hash>,
    #[serde(flatten)]
    found: &'a FoundFact,
}

/// A header, and a row for each text of a fact that contains some of the words.
fn columns(out: &mut dyn Write, answer: &FindAnswer) -> Result<(), CliError> {
    const COLUMNS: [&str; 10] =
        ["as_of", "head", "fact", "hash", "status", "when", "in", "document", "marks", "text"];
    let mut table = Table::new(out);
    table.row(&COLUMNS).map_err(broken)?;
    let shown = |value: Option<String>| value.unwrap_or_default();
    let as_of = shown(answer.as_of.position.map(|position| position.to_string()));
    let head = shown(answer.as_of.head.map(|head| head.to_string()));
    for found in answer.found.iter().chain(&answer.undated) {
        let when = found.row.words.when.as_ref().and_then(|when| when.edtf.as_deref());
        for hit in &found.hits {
            let record = [
                as_of.clone(),
                head.clone(),
                found.fact.to_string(),
                found.hash.to_string(),
                found.status.to_string(),
                shown(when.map(str::to_owned)),
                hit.within.to_owned(),
                shown(hit.document.map(|document| document.to_string())),
                hit.spans(),
                hit.text.clone(),
            ];
            table.row(&record).map_err(broken)?;
        }
    }
    Ok(table.end()?)
}
