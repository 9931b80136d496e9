//! `annals timeline`: one HTML page with a slider over the record's time.
//!
//! Always holds: the page is self-contained and forbids every network access; the same head, point
//! and filters give the same bytes; it contains no withheld text; where it has a part of the facts,
//! it says so. The file is written whole or not at all. Not here: which facts
//! (`ledger::answer::choice`), the layout (`timeline/page.*`).

mod data;
mod page;

use crate::cli::render::provenance;
use crate::cli::shared::{FilterArgs, UNDATED, facts, note_left_out};
use crate::cli::terminal::{
    CliError, Command, Context, EditorOption, Exit, Format, Group, OutputKind, OutputPlace,
    done_as, formats, json, note, shown_path, streams,
};
use crate::ledger::answer::NamedView;
use crate::ledger::answer::choice::{Choice, FactChoice};
use crate::ledger::answer::filter::FactFilters;
use crate::ledger::answer::order::expect_forward;
use crate::ledger::answer::page::PageEnd;
use crate::ledger::exchange::protected_place::ProtectedPlace;
use crate::ledger::query::gather::gather;
use crate::ledger::query::point::{Bound, PointContext};
use crate::ledger::query::{AsOf, View};
use annals_core::hash::Hash;
use clap::Args;
use serde::Serialize;
use std::collections::BTreeSet;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Write one HTML page to look at: a slider over the record's time, the facts in the document
///
/// The page needs no network. It shows the facts as they stood at each event: their words in the
/// document's text, corrections before and after, who says that who says it. A page has at most
/// 5000 facts: what a browser opens in about a second. Of more it has the first, and says so.
#[derive(Debug, Args)]
pub struct TimelineArgs {
    /// The file to write, or - for standard output
    #[arg(long, value_name = "FILE")]
    html: PathBuf,
    /// Facts on which something happened from this point on
    #[arg(long, value_name = "POINT")]
    from: Option<String>,
    /// Up to and with this point [default: head]
    #[arg(long, value_name = "POINT")]
    as_of: Option<String>,
    #[command(flatten)]
    filters: FilterArgs,
    /// At most this many facts
    #[arg(long, value_name = "N", default_value_t = MOST)]
    #[arg(value_parser = clap::value_parser!(u64).range(1..=MOST))]
    limit: u64,
}

/// The maximum number of facts of a page, which people must be able to read.
const MOST: u64 = 5_000;

#[derive(Serialize)]
struct TimelineReport<'a> {
    #[serde(flatten)]
    as_of: &'a AsOf,
    file: &'a Path,
    bytes: usize,
    sha256: Hash,
    facts: usize,
    undated: usize,
    more: PageEnd,
}

impl Command for TimelineArgs {
    const GROUP: Group = Group::Archivist;
    const EDITOR: EditorOption = EditorOption::Filters;

    fn formats(&self) -> &'static [Format] {
        if self.html == Path::new("-") { formats::TEXT } else { formats::OBJECT }
    }

    fn run(self, context: &mut Context) -> Result<Exit, CliError> {
        run(context, self)
    }
}

fn run(context: &mut Context, args: TimelineArgs) -> Result<Exit, CliError> {
    let paths = context.paths()?;
    let place = match args.html == Path::new("-") {
        true => None,
        false => {
            Some(OutputPlace::new(&args.html, OutputKind::Timeline, &ProtectedPlace::of(&paths))?)
        }
    };
    let record = context.record()?;
    let size = provenance::size(context, &record, args.as_of.as_deref())?;
    let from = args.from.as_deref();
    let from = from.map(|from| provenance::point(context, &record, from, Bound::Start));
    let from = from.transpose()?;
    if let (Some(from), Some(as_of)) = (&args.from, &args.as_of) {
        let around = PointContext::new(&context.global.tz, context.clock.peek())?;
        let clock = provenance::date_clock(context);
        expect_forward(&record, from, "--as-of", as_of, &around, clock)?;
    }
    let filters = args.filters.filters(context)?;
    let opened = View::some(&record, size, &filters.documents())?;
    provenance::note_view(&opened)?;
    let mut named = NamedView::of(opened)?;
    let most = usize::try_from(args.limit).unwrap_or(usize::MAX);
    let choice = Choice { filters: &filters, from, after: None, most, fallen: true };
    let FactChoice { facts: chosen, end, filter } = choice.choose(&mut named)?;
    if !named.view.is_folded() {
        let all: BTreeSet<u64> = filters.document.into_iter().chain(chosen.clone()).collect();
        named.view = View::with_redactions(&record, size, &|_, _| Ok(all.clone()))?;
    }
    note_left_out(&filter, &record);
    let NamedView { view, names } = &named;
    let gathered = gather(view, names, &|fact| chosen.contains(&fact))?;
    let rows = gathered.facts.into_values().collect();
    let (dated, undated) = filter.by_date(rows, |row| &row.words);
    let count = dated.len() + undated.len();
    let more = bounded(count, end);
    let picked = data::Picked { dated, undated, when: args.filters.when.clone() };
    let data = data::of(view, names, picked, gathered.documents)?;
    let page = page::page(&data, end, &chosen_by(&filters, args.from.as_deref()))?;
    let Some(place) = place else {
        let mut out = streams::data();
        out.write_all(&page)?;
        out.flush()?;
        more.iter().for_each(|more| note(format!("note: {more}")));
        return Ok(provenance::warn(view, gathered.damaged));
    };
    place.put(&page)?;
    let mut out = done_as(context.format());
    let as_of = view.as_of();
    let (bytes, undated) = (page.len(), data.undated());
    match context.format() {
        Format::Text => {
            writeln!(out, "{}: {}, {bytes} bytes", shown_path(&args.html), facts(count, ""))?;
            if undated > 0 {
                writeln!(out, "{}", facts(undated, UNDATED))?;
            }
            if let Some(more) = more {
                writeln!(out, "{more}")?;
                writeln!(out, "others: --document, --from, --as-of, --by, --topic, --when")?;
            }
            provenance::line(&mut out, &as_of)?;
        }
        _ => {
            let (file, sha256) = (args.html.as_path(), Hash::of(&[&page]));
            let report = TimelineReport {
                as_of: &as_of,
                file,
                bytes,
                sha256,
                facts: count,
                undated,
                more: end,
            };
            json(&mut out, &report)?;
        }
    }
    out.flush()?;
    Ok(provenance::warn(view, gathered.damaged))
}

/// What the facts were chosen by, for the reader of the page.
fn chosen_by(filters: &FactFilters, from: Option<&str>) -> Vec<String> {
    let FactFilters { when, topic, status, document, by } = filters;
    let quoted = |name: &str, text: &str| format!("{name} “{text}”");
    let all = [
        when.as_ref().map(|when| quoted("date", when)),
        topic.as_ref().map(|topic| quoted("topic", topic)),
        status.map(|status| quoted("status", status.as_str())),
        document.map(|document| format!("document {document}")),
        by.as_ref().map(|by| quoted("signer", &by.name)),
        from.map(|from| quoted("what happened from", from)),
    ];
    all.into_iter().flatten().collect()
}

/// What a page with this many facts says if there are more.
fn bounded(count: usize, end: PageEnd) -> Option<String> {
    let first = if count == 1 { "fact is" } else { &format!("{count} facts are") };
    let more = format!("the first {first} on the page, by position; there are more");
    (end == PageEnd::More).then_some(more)
}
