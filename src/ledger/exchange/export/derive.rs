//! The files of a bag beside the ledger: all are derived from the ledger's files alone.
//!
//! Always holds: the same ledger gives the same bytes, so that a reader can derive them again and
//! compare; they contain no sealed or redacted text. Not here: the ledger's own files (`export`).
//! Source: FORMAT.md section 14.

use crate::archive::bag::Bagger;
use crate::archive::tile::{self, Tile, Tiling};
use crate::ledger::error::LedgerError;
use crate::ledger::exchange::export::context::{BagContext, Derived, failed, write};
use crate::ledger::exchange::export::memento::MementoPoints;
use crate::ledger::exchange::export::part::RecordEnd;
use crate::ledger::exchange::export::{claims, csv, memento, premis, rocrate};
use crate::ledger::exchange::steps::Steps;
use crate::ledger::query::View;
use crate::ledger::query::gather::Rows;
use crate::ledger::query::names::Names;
use crate::ledger::reader::Record;
use annals_core::event::record::{Reading, Statement};
use annals_core::hash::Hash;
use annals_core::state::{State, dump};
use annals_core::verify::source::Source;

/// Writes all derived files of a record that was verified without a fault, and ends so, into a bag.
/// At no time is more of it in memory than its state and a part of its rows; the state is returned.
pub fn derive(
    record: &Record,
    end: &RecordEnd,
    bag: &mut Bagger<'_>,
    steps: Steps<'_>,
) -> Result<(Derived, State), LedgerError> {
    let points = tiles(record, bag, steps)?;
    let fold = memento::write(record.journal()?, points, bag, steps)?;
    fold.expect_root(&end.root)?;
    let view = View::verified(record, fold);
    let about = write_view(&view, bag, steps)?;
    Ok((about, view.into_state()))
}

/// Writes what follows from the state after the last event and from the bodies.
fn write_view(
    view: &View<'_>,
    bag: &mut Bagger<'_>,
    steps: Steps<'_>,
) -> Result<Derived, LedgerError> {
    let names = Names::read(view)?.as_written();
    let rows = Rows::read(view, &names, &|fact| view.state().fold.fact(fact).is_some())?;
    let ledger = view.state().fold.ledger.as_ref();
    let about = Derived {
        title: names.title.clone().unwrap_or_default(),
        licence: names.licence.clone().unwrap_or_default(),
        origin: ledger.map(|ledger| ledger.origin.to_string()).unwrap_or_default(),
        at: view.as_of().recorded.map(|at| at.to_string()).unwrap_or_default(),
    };
    let around = BagContext { view, names: &names, rows: &rows, about: &about, steps };
    bodies(&around, bag)?;
    let as_of = view.as_of();
    write(bag, "state.json", &mut |out| {
        let (state, root) = (view.state(), view.root());
        dump::write(out, state, as_of.size, as_of.head, root).map_err(failed)
    })?;
    write(bag, "facts.csv", &mut |out| csv::facts(&around, out))?;
    write(bag, "premis.xml", &mut |out| premis::events(&around, out))?;
    write(bag, "claims.jsonld", &mut |out| claims::graph(&around, out))?;
    write(bag, "ro-crate-metadata.json", &mut |out| rocrate::metadata(&around, out))?;
    Ok(about)
}

/// Writes the bodies that are not withheld, one a line, in one file: a bag of a million events must
/// be as easy to read and copy as one of ten.
fn bodies(around: &BagContext<'_, '_>, bag: &mut Bagger<'_>) -> Result<(), LedgerError> {
    let fold = &around.view.state().fold;
    bag.begin("bodies.jsonl")?;
    for batch in around.view.record.source.walk(0)? {
        let batch = batch?;
        let mut lines = Vec::new();
        for (entry, position) in batch.entries.iter().zip(batch.first..) {
            let open = |statement: &Statement| {
                let sealed = fold.sealed_now(position, statement.args.sealed()).is_some();
                !sealed && !fold.is_redacted(position)
            };
            if let Some(body) = &entry.body
                && Reading::of(&entry.record).statement.is_some_and(|statement| open(&statement))
            {
                lines.extend_from_slice(body);
                lines.push(b'\n');
            }
            around.steps.at("bodies", position);
        }
        bag.add(&lines)?;
    }
    Ok(bag.end()?)
}

/// Writes the tiles; returns the points of mementos.
fn tiles(
    record: &Record,
    bag: &mut Bagger<'_>,
    steps: Steps<'_>,
) -> Result<MementoPoints, LedgerError> {
    let mut points = MementoPoints::default();
    let mut tiling = Tiling::default();
    for entry in record.source.entries(0)? {
        let (position, entry) = entry?;
        let reading = Reading::of(&entry.record);
        if let Some(place) = reading.place {
            points.add(place.at);
        }
        for (tile, hashes) in tiling.push(reading.hash) {
            put_tile(bag, &tile, &hashes)?;
        }
        steps.at("tiles", position);
    }
    for (tile, hashes) in tiling.partial() {
        put_tile(bag, &tile, hashes)?;
    }
    Ok(points)
}

fn put_tile(bag: &mut Bagger<'_>, tile: &Tile, hashes: &[Hash]) -> Result<(), LedgerError> {
    Ok(bag.put(&tile.name(), &tile::bytes(hashes))?)
}
