//! A publication that goes on from the last one: it reads and writes only what is new.
//!
//! Always holds: it goes on only where the writer's stamp holds, so that every event was judged
//! and the journal and the index are as that writer left them; where the published checkpoint is
//! of this record and the file that a whole publication left; and where no new event withholds or
//! releases an earlier body. The events that are read must give the root that the log key signed.
//! Everywhere else the whole record is verified and compared. Not here: what is written
//! (`publish`). Source: FORMAT.md section 9, "Published directory".

use crate::archive::CHECKPOINT;
use crate::archive::publish_target::PublishTarget;
use crate::archive::tile::{Tiling, WIDTH};
use crate::index::{Index, IndexError};
use crate::ledger::error::LedgerError;
use crate::ledger::exchange::publish::{Publication, Publisher, Withheld, cosigned};
use crate::ledger::exchange::steps::Steps;
use crate::ledger::reader::source::EventSource;
use crate::ledger::reader::{DocumentFound, Record};
use crate::ledger::write::stamp::as_judged;
use annals_core::event::Entry;
use annals_core::event::body::{Body, Content};
use annals_core::event::record::Reading;
use annals_core::event::vocabulary::Type;
use annals_core::fold::BodyOpening;
use annals_core::hash::Hash;
use annals_core::tlog::{Checkpoint, MAX_NOTE, Note};
use annals_core::verify::source::Source;
use std::collections::BTreeMap;
use std::ops::Range;

/// Up to this many events are read one by one; more are read in one pass.
const FEW: u64 = 256;

/// Publishes what is new since the last publication; `None` where the whole record has to be
/// verified and compared, and nothing was written.
///
/// Errors: a file cannot be read or written.
pub fn publish_new(
    record: &Record,
    target: &mut dyn PublishTarget,
    steps: Steps<'_>,
) -> Result<Option<Publication>, LedgerError> {
    let Some(judged) = Judged::of(record)? else { return Ok(None) };
    let Some(before) = judged.before(target)? else { return Ok(None) };
    // The last bundles are written again with what is new.
    let first = before - before % WIDTH;
    let tiling = Tiling::resume(first, |subtree| judged.index.subtree(subtree));
    let openings = judged.openings(first..before);
    let (Ok(tiling), Ok(openings)) = (tiling, openings) else { return Ok(None) };
    match judged.is_plain(first..judged.checkpoint.size, before) {
        Ok(true) => {}
        Ok(false) | Err(LedgerError::IndexFailed(_)) => return Ok(None),
        Err(error) => return Err(error),
    }
    let cosigned = cosigned(record, &judged.checkpoint)?;
    let mut publisher =
        Publisher::new(target, Withheld::Opened(&openings), before..judged.checkpoint.size, tiling);
    publisher.done.size = before;
    judged.each(first..judged.checkpoint.size, &mut |position, entry| {
        publisher.event(position, entry, &record.source)?;
        steps.at("publish", position);
        Ok(())
    })?;
    publisher.finish(&cosigned, judged.note).map(Some)
}

/// A record whose last writer judged every event and left it so.
struct Judged<'a> {
    record: &'a Record,
    index: &'a Index,
    checkpoint: Checkpoint,
    note: &'a [u8],
}

impl<'a> Judged<'a> {
    /// The record, if the stamp of its last writer holds, of this very checkpoint and its mark.
    fn of(record: &'a Record) -> Result<Option<Judged<'a>>, LedgerError> {
        match (as_judged(record)?, record.index(), record.checkpoint.as_deref()) {
            (Some(checkpoint), Ok(index), Some(note)) => {
                Ok(Some(Judged { record, index, checkpoint, note }))
            }
            _ => Ok(None),
        }
    }

    /// The size that the target has published whole, if that is an earlier state of this record.
    fn before(&self, target: &dyn PublishTarget) -> Result<Option<u64>, LedgerError> {
        if !target.is_settled()? {
            return Ok(None);
        }
        let bytes = target.read(CHECKPOINT, MAX_NOTE as u64)?;
        let old = bytes.as_deref().and_then(Note::parse);
        let old = old.and_then(|note| Checkpoint::parse(&note.text));
        let is_earlier = |old: &Checkpoint| {
            old.origin == self.checkpoint.origin
                && (1..=self.checkpoint.size).contains(&old.size)
                && self.index.root(old.size).is_ok_and(|root| root == old.root)
        };
        Ok(old.filter(is_earlier).map(|old| old.size))
    }

    /// What later events did to the bodies of these.
    fn openings(&self, range: Range<u64>) -> Result<BTreeMap<u64, BodyOpening>, IndexError> {
        let now = self.index.snapshot(self.checkpoint.size)?;
        range.map(|position| Ok((position, now.mark(position)?.opening()))).collect()
    }

    /// Whether these events give the root that the log key signed, each with the body and the
    /// document that it names, and those from `new` on change nothing of what was published before.
    fn is_plain(&self, range: Range<u64>, new: u64) -> Result<bool, LedgerError> {
        let Ok(mut tree) = self.index.tree(range.start) else { return Ok(false) };
        let mut is_plain = true;
        self.each(range, &mut |position, entry| {
            let reading = Reading::of(&entry.record);
            tree.push(reading.hash);
            let Some(statement) = reading.statement else {
                is_plain = false;
                return Ok(());
            };
            let changes = match statement.kind {
                Type::BodyReleased | Type::BodyRedacted => true,
                // One that strikes events has positions.
                Type::EditorRevoked => !statement.args.positions().is_empty(),
                _ => false,
            };
            is_plain &= position < new || !changes;
            is_plain &= match &entry.body {
                Some(body) => Hash::of(&[body]) == statement.body && self.has_document(body)?,
                None => position < new,
            };
            Ok(())
        })?;
        Ok(is_plain && tree.root() == self.checkpoint.root)
    }

    /// Whether the record has the undamaged document that a body captures; `true` for a body that
    /// captures none.
    fn has_document(&self, body: &[u8]) -> Result<bool, LedgerError> {
        let Ok(Content::DocumentCaptured(captured)) = Body::parse(body).map(|body| body.content)
        else {
            return Ok(true);
        };
        let found = self.record.document(&captured.sha256)?;
        Ok(matches!(found, DocumentFound::Whole(_)))
    }

    /// Calls `take` with the events at these positions, in order.
    fn each(
        &self,
        range: Range<u64>,
        take: &mut dyn FnMut(u64, &Entry) -> Result<(), LedgerError>,
    ) -> Result<(), LedgerError> {
        if range.end - range.start <= FEW {
            for position in range {
                let unread = |why: IndexError| LedgerError::IndexFailed(why.to_string());
                let place = self.index.event(position).map_err(unread)?.place;
                let entry = self.record.source.fetch(position, place)?;
                take(position, &entry.unwrap_or_default())?;
            }
            return Ok(());
        }
        for entry in self.record.source.entries(range.start)? {
            let (position, entry) = entry?;
            if range.contains(&position) {
                take(position, &entry)?;
            }
        }
        Ok(())
    }
}
