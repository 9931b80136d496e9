//! Groups of entries, split into pieces: how a batch is stored as sled values.
//!
//! Always holds: [`each`] finds what [`insert`] writes. A lost or changed piece is detected if it
//! makes an entry incomplete. No bytes cause a panic here.
//! Not here: the head, and the guards around sled. Source: the layout in [`super`].

use crate::store::StoreError;
use crate::store::sled::errors::damage;
use annals_core::event::Entry;
use std::ops::Range;

/// The maximum size of a value, in bytes.
const PIECE: usize = 4_096;
const ENTRY: u8 = b'e';
/// The length that stands for a withheld body.
const WITHHELD: u32 = u32::MAX;

/// The key of a piece of the group that begins at a position.
fn key(position: u64, piece: u16) -> [u8; 11] {
    let mut key = [ENTRY; 11];
    key[1..9].copy_from_slice(&position.to_be_bytes());
    key[9..].copy_from_slice(&piece.to_be_bytes());
    key
}

/// Writes a batch in groups, its first entry at position `first`.
pub(super) fn insert(changes: &mut sled::Batch, mut first: u64, batch: &[Entry]) {
    let mut group = Vec::with_capacity(PIECE);
    for (position, entry) in (first..).zip(batch) {
        let length = 6 + entry.record.len() + entry.body.as_ref().map_or(0, Vec::len);
        if !group.is_empty() && group.len() + length > PIECE {
            insert_group(changes, first, &group);
            group.clear();
            first = position;
        }
        put(&mut group, entry);
    }
    insert_group(changes, first, &group);
}

fn insert_group(changes: &mut sled::Batch, first: u64, group: &[u8]) {
    for (piece, bytes) in (0..).zip(group.chunks(PIECE)) {
        changes.insert(&key(first, piece), bytes);
    }
}

/// Adds an entry to a group. Its lengths fit, because they are within
/// [`crate::store::RECORD_BOUND`] and [`crate::store::BODY_BOUND`].
fn put(group: &mut Vec<u8>, entry: &Entry) {
    let body = entry.body.as_ref().map_or(WITHHELD, |body| body.len() as u32);
    group.extend_from_slice(&(entry.record.len() as u16).to_be_bytes());
    group.extend_from_slice(&body.to_be_bytes());
    group.extend_from_slice(&entry.record);
    group.extend_from_slice(entry.body.as_deref().unwrap_or_default());
}

/// An entry in a group.
pub(super) struct StoredEntry<'a> {
    record: &'a [u8],
    body: Option<&'a [u8]>,
}

impl StoredEntry<'_> {
    /// Its bytes by themselves.
    pub fn to_entry(&self) -> Entry {
        Entry { record: self.record.to_vec(), body: self.body.map(<[u8]>::to_vec) }
    }

    /// Whether it has the bytes of this entry.
    pub fn is(&self, entry: &Entry) -> bool {
        self.record == entry.record && self.body == entry.body.as_deref()
    }
}

/// Takes an entry from the start of a group; `None` if it is incomplete.
fn take<'a>(group: &mut &'a [u8]) -> Option<StoredEntry<'a>> {
    let (record, rest) = group.split_first_chunk()?;
    let (body, rest) = rest.split_first_chunk()?;
    let (record, rest) = rest.split_at_checked(usize::from(u16::from_be_bytes(*record)))?;
    let (body, rest) = match u32::from_be_bytes(*body) {
        WITHHELD => (None, rest),
        length => rest.split_at_checked(length as usize).map(|(body, rest)| (Some(body), rest))?,
    };
    *group = rest;
    Some(StoredEntry { record, body })
}

/// Calls `each` with the entries at these positions, at least one, in order, from their groups.
/// Each piece is looked up `again` so many times.
pub(super) fn each(
    db: &sled::Db,
    range: Range<u64>,
    again: usize,
    each: &mut dyn FnMut(u64, &StoredEntry<'_>),
) -> Result<(), StoreError> {
    let broken = |at: u64| StoreError::Damaged(format!("entry {at} is not whole"));
    let before = db.range(..=key(range.start, u16::MAX)).next_back().transpose().map_err(damage)?;
    let first = before.as_ref().and_then(|(found, _)| found.get(1..9)?.try_into().ok());
    let (mut first, mut piece) = (first.map_or(range.start, u64::from_be_bytes), 0);
    let (mut at, mut group) = (first, Vec::new());
    for pair in db.range(key(first, 0)..key(range.end, 0)) {
        let (named, bytes) = pair.map_err(damage)?;
        if *named != key(first, piece) {
            return Err(broken(at));
        }
        for _ in 0..again {
            db.contains_key(&named).map_err(damage)?;
        }
        group.extend_from_slice(&bytes);
        let mut rest = group.as_slice();
        while let Some(entry) = take(&mut rest) {
            if range.contains(&at) {
                each(at, &entry);
            }
            at += 1;
        }
        if rest.is_empty() {
            (first, piece) = (at, 0);
        } else {
            piece = piece.checked_add(1).ok_or_else(|| broken(at))?;
        }
        let read = group.len() - rest.len();
        group.drain(..read);
    }
    if at < range.end || !group.is_empty() {
        return Err(broken(at));
    }
    Ok(())
}
