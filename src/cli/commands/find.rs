//! `annals find`: facts whose claim, quotations or attribution contain the given words.
//!
//! Always holds: a fact is found if each argument is in at least one of its texts; found words are
//! marked ⟦ ⟧, even without colour; without a hit the exit code is 0. Bodies are read once to
//! search, until the page is full, and again for the facts found. Not here: finding facts
//! (`query::search`), comparing words (`annals_core::search`).

mod hits;

use crate::cli::render::{broken, hanging, provenance, words};
use crate::cli::shared::{Dated, Filter, FilterArgs, PageArgs, PageEnd, UNDATED, facts};
use crate::cli::terminal::{
    CliError, Command, Context, EditorOption, Exit, Format, Group, formats, json, out,
};
use crate::ledger::query::gather::gather;
use crate::ledger::query::names::Names;
use crate::ledger::query::row::FactRow;
use crate::ledger::query::scan::Scanned;
use crate::ledger::query::search::{Search, SearchEffort};
use crate::ledger::query::since::{LaterChange, since};
use crate::ledger::query::{AsOf, Query, View};
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
/// spelling of accents do not matter, in any language. Of many facts the first are shown, by when
/// their present words were recorded; --limit shows more.
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
    #[command(flatten)]
    page: PageArgs,
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
    end: PageEnd,
    /// Whether all facts without a date are there.
    undated_end: PageEnd,
    damaged: u64,
}

impl FindAnswer {
    /// Whether all facts are there, with a date or without.
    fn both(&self) -> PageEnd {
        if self.end == PageEnd::More { self.end } else { self.undated_end }
    }
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
    let ask: &Query<'_> = &|slot, _| {
        let document = args.filters.document.filter(|document| *document < slot.size);
        Ok(document.into_iter().collect())
    };
    let (view, names) = provenance::begin(&record, View::some(&record, size, ask)?)?;
    let filter = Filter::new(context, &record, &view, &names, &args.filters)?;
    let finding = Finding { view: &view, names: &names, filter: &filter, phrases: &phrases };
    let answer = finding.answer(args.page.most(context.format()))?;
    filter.note_withheld();
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
    answer.both().note(answer.found.len() + answer.undated.len(), context.format());
    Ok(provenance::warn(&view, answer.damaged))
}

fn phrase(words: &str, matching: WordMatch) -> Result<Phrase, CliError> {
    let why = || CliError::usage(format!("expected words to find, found none in {words:?}"));
    Phrase::new(words, matching).ok_or_else(why)
}

/// A search, and what facts must be besides.
struct Finding<'a, 'v> {
    view: &'a View<'v>,
    names: &'a Names,
    filter: &'a Filter,
    phrases: &'a [Phrase],
}

impl Finding<'_, '_> {
    /// The first `most` facts that are found, in the order of the events that gave them their
    /// present words, and those without a date before the last of them; all by position.
    fn answer(&self, most: usize) -> Result<FindAnswer, CliError> {
        let mut search = Search::new(self.view, self.phrases, SearchEffort::of(self.view));
        let (found, undated, since) = (Vec::new(), Vec::new(), Vec::new());
        let (as_of, end, undated_end, damaged) =
            (self.view.as_of(), PageEnd::Whole, PageEnd::Whole, 0);
        let mut answer = FindAnswer { as_of, found, undated, since, end, undated_end, damaged };
        // One more shows whether there are more.
        let mut count = most.saturating_add(1);
        while answer.end == PageEnd::Whole {
            let scanned = search.next(count)?;
            let last = scanned.facts.len() < count;
            self.add(&scanned, most, &mut answer)?;
            if last {
                break;
            }
            count = count.saturating_mul(2);
        }
        answer.found.sort_by_key(|found| found.fact);
        answer.undated.sort_by_key(|found| found.fact);
        if answer.end == PageEnd::More && self.filter.has_date() {
            answer.undated_end = PageEnd::More;
        }
        answer.since.sort_by_key(|change| change.fact);
        Ok(answer)
    }

    /// Adds what was found to the answer, until the page is full.
    fn add(&self, scanned: &Scanned, most: usize, answer: &mut FindAnswer) -> Result<(), CliError> {
        let ask: &Query<'_> =
            &|_, _| Ok(scanned.facts.values().chain(scanned.withheld.values()).copied().collect());
        let some = match self.view.is_folded() {
            true => None,
            false => Some(View::some(self.view.record, self.view.as_of().size, ask)?),
        };
        let view = some.as_ref().unwrap_or(self.view);
        let (before, before_undated) = (answer.found.len(), answer.undated.len());
        let mut until = u64::MAX;
        for row in self.rows(view, scanned)? {
            match self.filter.dated(&row.words) {
                Dated::In if answer.found.len() == most => {
                    (answer.end, until) = (PageEnd::More, row.revision);
                    break;
                }
                Dated::In => answer.found.push(self.found(row)),
                Dated::Undated if answer.undated.len() == most => {
                    answer.undated_end = PageEnd::More;
                }
                Dated::Undated => answer.undated.push(self.found(row)),
                Dated::Out => {}
            }
        }
        let added = answer.found.iter().skip(before);
        let added = added.chain(answer.undated.iter().skip(before_undated));
        answer.since.extend(since(view, added.map(|found| found.fact)));
        let withheld = scanned.withheld.range(..until).map(|(_, fact)| fact);
        let withheld = withheld.filter(|fact| self.filter.has_status(view, **fact));
        withheld.for_each(|_| self.filter.withheld_facts());
        answer.damaged += scanned.damaged.range(..until).count() as u64;
        Ok(())
    }

    /// The rows of what was found that pass the filters, in the order of their present words.
    fn rows(&self, view: &View<'_>, scanned: &Scanned) -> Result<Vec<FactRow>, CliError> {
        if scanned.facts.is_empty() {
            return Ok(Vec::new());
        }
        let facts: BTreeSet<u64> = scanned.facts.values().copied().collect();
        let wanted = |fact: u64| facts.contains(&fact) && self.filter.has_status(view, fact);
        let gathered = gather(view, self.names, &wanted)?;
        let rows = gathered.facts.into_values().filter(|row| self.filter.keeps(row));
        let mut rows: Vec<FactRow> = rows.collect();
        rows.sort_by_key(|row| row.revision);
        Ok(rows)
    }

    fn found(&self, row: FactRow) -> FoundFact {
        FoundFact {
            fact: row.fact,
            hash: row.hash,
            status: row.status,
            overlays: words::overlays(&row),
            claim: row.words.claim.clone(),
            hits: hits::of(&row.words, self.phrases),
            row,
        }
    }
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
    let (shown, undated) = (answer.found.len(), answer.undated.len());
    writeln!(out, "{}{}", facts(shown, &when), answer.end.sentence(shown))?;
    if undated > 0 {
        let more = match answer.undated_end {
            PageEnd::Whole => "",
            PageEnd::More => "; there may be more (--limit)",
        };
        writeln!(out, "\n{}{more}:\n", facts(undated, UNDATED))?;
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
    more: PageEnd,
}

impl<'a> FindJson<'a> {
    fn of(answer: &'a FindAnswer, words: &'a [String]) -> FindJson<'a> {
        let FindAnswer { as_of, found: facts, undated, since, .. } = answer;
        FindJson { as_of, words, facts, undated, since, more: answer.both() }
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
