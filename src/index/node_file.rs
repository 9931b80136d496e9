//! `tree`: rows, nodes and totals, one after the other, each with its length and its check.
//!
//! ```text
//! length of the payload, u32 LE │ event, u64 LE │ payload (postcard) │ check, 8 bytes
//! ```
//!
//! The event is the last one of the record when this was written; the check is that of
//! [`check`](super::check) over "row", "node" or
//! "totals", the offset, the hash of that event, the payload.
//!
//! Always holds: what is read was written at that place for this very record; anything else is an
//! error. Not here: finding the place (`trie`).

use crate::disk::at::read_at;
use crate::index::node::Node;
use crate::index::row::Row;
use crate::index::stored_row::{RowLink, StoredRow};
use crate::index::totals::Totals;
use crate::index::{HEADER, IndexError, check, damaged};
use annals_core::hash::Hash;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fs::File;
use std::ops::Range;
use std::sync::{Mutex, PoisonError};

/// The maximum size of a payload, in bytes.
const MOST: usize = 64 << 20;
/// The number of bytes first read.
const FIRST: usize = 240;

/// Access to the bytes of `tree`, and to the hashes of the events that they follow from.
pub(super) trait Bytes {
    /// The bytes from an offset on, or fewer at the end.
    fn bytes(&self, at: u64, count: usize) -> Result<Vec<u8>, IndexError>;

    /// The hash of an event.
    fn hash(&self, event: u64) -> Result<Hash, IndexError>;

    /// The node at an offset.
    fn node(&self, at: u64) -> Result<Node, IndexError> {
        node(self, at)
    }
}

/// The event after which something is written, and its hash.
#[derive(Clone, Copy, Debug)]
pub(super) struct After {
    /// Its position.
    pub event: u64,
    /// Its hash.
    pub hash: Hash,
}

/// A record with its length and its check, for this offset.
pub(super) fn framed(
    what: &str,
    at: u64,
    after: &After,
    value: &impl Serialize,
) -> Result<Vec<u8>, IndexError> {
    let mut framed = Vec::with_capacity(FIRST);
    framed.extend_from_slice(&[0; HEAD]);
    let mut framed =
        postcard::to_extend(value, framed).map_err(|error| damaged(error.to_string()))?;
    let (head, payload) = framed.split_at_mut(HEAD);
    let length = u32::try_from(payload.len()).map_err(|_| damaged("a row is too long"))?;
    head[..4].copy_from_slice(&length.to_le_bytes());
    head[4..].copy_from_slice(&after.event.to_le_bytes());
    let check = check(what, at, Some(&after.hash), payload);
    framed.extend_from_slice(&check);
    Ok(framed)
}

/// The number of bytes before a payload: its length, and the event.
const HEAD: usize = 12;

/// What was read at an offset.
struct Framed<T> {
    value: T,
    /// The event after which it was written.
    event: u64,
    /// The offset after it.
    next: u64,
}

/// The record at an offset; `None` at the end of the file.
fn read<T: DeserializeOwned>(
    bytes: &(impl Bytes + ?Sized),
    what: &str,
    at: u64,
) -> Result<Option<Framed<T>>, IndexError> {
    if at < HEADER.len() as u64 {
        return Err(damaged(format!("{what} at {at}: no place for one")));
    }
    let mut found = bytes.bytes(at, FIRST)?;
    let Some((head, _)) = found.split_first_chunk::<HEAD>() else { return Ok(None) };
    let (length, event) = head.split_at(4);
    let length = length.iter().rev().fold(0, |all, byte| all << 8 | usize::from(*byte));
    let [event] = crate::index::numbers(event);
    let whole = HEAD + length.min(MOST) + 8;
    if found.len() < whole && found.len() == FIRST {
        found = bytes.bytes(at, whole)?;
    }
    let torn = || damaged(format!("{what} at {at}"));
    let payload = found.get(HEAD..HEAD + length).ok_or_else(torn)?;
    let hash = bytes.hash(event).map_err(|_| torn())?;
    if found.get(HEAD + length..whole) != Some(&check(what, at, Some(&hash), payload)[..]) {
        return Err(torn());
    }
    let value = postcard::from_bytes(payload).map_err(|_| torn())?;
    Ok(Some(Framed { value, event, next: at + whole as u64 }))
}

/// The totals at an offset.
pub(super) fn totals(bytes: &dyn Bytes, at: u64) -> Result<Totals, IndexError> {
    let found = read(bytes, "totals", at)?;
    found.map(|found| found.value).ok_or_else(|| ends("totals", at))
}

/// The row at an offset.
pub(super) fn row(bytes: &dyn Bytes, at: u64) -> Result<Row, IndexError> {
    Ok(framed_row(bytes, at)?.value)
}

fn framed_row(bytes: &dyn Bytes, at: u64) -> Result<Framed<Row>, IndexError> {
    let Framed { value, event, next } = stored_row(bytes, at)?;
    let earlier = match value.since() {
        Some(since) => {
            let Framed { value, event, .. } = stored_row(bytes, since)?;
            value.row(since, None).map(|row| Row { event, ..row })
        }
        None => None,
    };
    let row = value.row(at, earlier).ok_or_else(|| damaged(format!("row at {at}: its lists")))?;
    Ok(Framed { value: Row { event, ..row }, event, next })
}

fn stored_row(bytes: &dyn Bytes, at: u64) -> Result<Framed<StoredRow>, IndexError> {
    read::<StoredRow>(bytes, "row", at)?.ok_or_else(|| ends("row", at))
}

/// The link of the row at an offset, and the event that made the row.
pub(super) fn link(bytes: &dyn Bytes, at: u64) -> Result<(u64, RowLink), IndexError> {
    let found = read::<RowLink>(bytes, "row", at)?.ok_or_else(|| ends("row", at))?;
    Ok((found.event, found.value))
}

/// The node at an offset.
pub(super) fn node(bytes: &(impl Bytes + ?Sized), at: u64) -> Result<Node, IndexError> {
    let found = read(bytes, "node", at)?;
    found.map(|found| found.value).ok_or_else(|| ends("node", at))
}

fn ends(what: &str, at: u64) -> IndexError {
    damaged(format!("{what} at {at}: the file ends"))
}

/// The rows between two offsets.
pub(super) fn rows(
    bytes: &dyn Bytes,
    range: Range<u64>,
    each: &mut dyn FnMut(u64, Row),
) -> Result<(), IndexError> {
    let mut at = range.start;
    while at < range.end {
        let Framed { value, next, .. } = framed_row(bytes, at)?;
        each(at, value);
        at = next;
    }
    Ok(())
}

/// The number of a block, and its bytes.
type Block = (u64, Vec<u8>);

/// The bytes of a file through cached blocks, because successive reads are close together.
pub(super) struct Blocks {
    file: File,
    kept: Mutex<Vec<Option<Block>>>,
}

const BLOCK: u64 = 8 << 10;
const KEPT: usize = 256;

impl Blocks {
    /// Blocks of a file.
    pub fn new(file: File) -> Blocks {
        Blocks { file, kept: Mutex::new(vec![None; KEPT]) }
    }

    /// Adds up to `most` bytes of a block to `out`; returns their number.
    fn take(
        &self,
        number: u64,
        from: usize,
        most: usize,
        out: &mut Vec<u8>,
    ) -> Result<usize, IndexError> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let slot = &mut kept[(number % KEPT as u64) as usize];
        // A block that was not full may have grown since.
        let enough = |bytes: &[u8]| bytes.len() as u64 == BLOCK || bytes.len() >= from + most;
        if !matches!(slot, Some((other, bytes)) if *other == number && enough(bytes)) {
            let mut bytes = vec![0; BLOCK as usize];
            let count = read_at(&self.file, &mut bytes, number * BLOCK)?;
            bytes.truncate(count);
            *slot = Some((number, bytes));
        }
        let bytes = slot.as_ref().map_or(&[][..], |(_, bytes)| bytes);
        let found = bytes.get(from..).unwrap_or_default();
        let found = &found[..most.min(found.len())];
        out.extend_from_slice(found);
        Ok(found.len())
    }
}

impl Blocks {
    /// The bytes from an offset on, or fewer at the end.
    pub fn bytes(&self, at: u64, count: usize) -> Result<Vec<u8>, IndexError> {
        let mut out = Vec::with_capacity(count);
        let mut at = at;
        while out.len() < count {
            let (number, from) = (at / BLOCK, (at % BLOCK) as usize);
            let most = (count - out.len()).min(BLOCK as usize - from);
            let found = self.take(number, from, most, &mut out)?;
            at += found as u64;
            if found < most {
                break;
            }
        }
        Ok(out)
    }
}
