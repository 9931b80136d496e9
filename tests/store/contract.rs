//! Tests each store against each sentence of the contract in `annals::store`, by its number.
//!
//! Sentences 6, 10 and 11 need a disk: `tests/store/sled.rs`. Sentence 9 needs failing writes: the
//! faulty store represents all.

use annals::store::faulty::{Fails, Faulty};
use annals::store::memory::MemoryStore;
use annals::store::sled::segments as in_segments;
use annals::store::{
    Appended, BODY_BOUND, RECORD_BOUND, Store, StoreError, StoreHead, sled as on_disk,
};
use annals_core::event::Entry;
use annals_core::hash::Hash;
use proptest::prelude::*;
use tempfile::TempDir;

/// A store under test, and how to reopen it.
struct Place {
    folder: TempDir,
    store: Option<Box<dyn Store>>,
    reopen: fn(&std::path::Path, Box<dyn Store>) -> Box<dyn Store>,
}

impl Place {
    fn memory() -> Place {
        Place {
            folder: tempfile::tempdir().unwrap(),
            store: Some(Box::new(MemoryStore::new())),
            reopen: |_, store| store,
        }
    }

    fn faulty() -> Place {
        let mut place = Place::memory();
        place.store = Some(Box::new(Faulty::new(MemoryStore::new(), 0, Fails::Lost)));
        place
    }

    fn sled() -> Place {
        let folder = tempfile::tempdir().unwrap();
        let store = on_disk::create(&folder.path().join("db"), &StoreHead::EMPTY).unwrap();
        Place {
            folder,
            store: Some(Box::new(store)),
            reopen: |folder, store| {
                drop(store);
                Box::new(on_disk::open(&folder.join("db"), 0).unwrap())
            },
        }
    }

    /// Sled in segments of at least two entries each.
    fn segments() -> Place {
        let folder = tempfile::tempdir().unwrap();
        let store = in_segments::create(&folder.path().join("db"), 2).unwrap();
        Place {
            folder,
            store: Some(Box::new(store)),
            reopen: |folder, store| {
                drop(store);
                Box::new(in_segments::open(&folder.join("db"), 2).unwrap())
            },
        }
    }

    fn store(&mut self) -> &mut dyn Store {
        self.store.as_mut().unwrap().as_mut()
    }

    fn reopen(&mut self) {
        let store = self.store.take().unwrap();
        self.store = Some((self.reopen)(self.folder.path(), store));
    }
}

fn entry(number: u64) -> Entry {
    let body = match number % 3 {
        0 => None,
        1 => Some(Vec::new()),
        _ => Some(format!("body {number}").into_bytes()),
    };
    let record = format!("{{\"seq\":{number}}}\nstatement\nsignature\n").into_bytes();
    Entry { record, body }
}

fn head(size: u64) -> StoreHead {
    let hash = Some(Hash::of(&[&size.to_be_bytes()])).filter(|_| size > 0);
    StoreHead { size, hash }
}

/// Appends entries `from..to` as one batch.
fn append(store: &mut dyn Store, from: u64, to: u64) -> Result<Appended, StoreError> {
    let batch: Vec<_> = (from..to).map(entry).collect();
    store.append(&head(from), &head(to), &batch)
}

fn expect(store: &dyn Store, size: u64) {
    assert_eq!(store.head().unwrap(), head(size));
    let expected: Vec<_> = (0..size).map(entry).collect();
    assert_eq!(store.read(0..size + 9).unwrap(), expected);
    assert_eq!(store.difference(0, &expected).unwrap(), None);
    assert_eq!(store.difference(size, &[entry(size)]).unwrap(), Some(size));
    for position in [0, size / 2, size] {
        let mut other: Vec<_> = (0..=size).map(entry).collect();
        other[position as usize].record.push(b'x');
        assert_eq!(store.difference(0, &other).unwrap(), Some(position));
        let rest = &other[position as usize + 1..];
        let ends = Some(size).filter(|_| position < size);
        assert_eq!(store.difference(position + 1, rest).unwrap(), ends);
    }
}

fn s1_a_new_store_is_empty(mut place: Place) {
    expect(place.store(), 0);
    place.reopen();
    expect(place.store(), 0);
}

fn s2_append_at_the_head_moves_the_head(mut place: Place) {
    assert_eq!(append(place.store(), 0, 1).unwrap(), Appended::Written);
    assert_eq!(append(place.store(), 1, 8).unwrap(), Appended::Written);
    expect(place.store(), 8);
    place.reopen();
    expect(place.store(), 8);
    assert_eq!(append(place.store(), 8, 9).unwrap(), Appended::Written);
    expect(place.store(), 9);
}

fn s3_append_elsewhere_is_a_conflict_and_writes_nothing(mut place: Place) {
    append(place.store(), 0, 3).unwrap();
    let conflict = Appended::Conflict(head(3));
    assert_eq!(append(place.store(), 0, 1).unwrap(), conflict);
    assert_eq!(append(place.store(), 2, 4).unwrap(), conflict);
    assert_eq!(append(place.store(), 4, 5).unwrap(), conflict);
    let mut other = head(3);
    other.hash = Some(Hash::of(&[b"another history"]));
    let answer = place.store().append(&other, &head(4), &[entry(3)]);
    assert_eq!(answer.unwrap(), conflict);
    expect(place.store(), 3);
    place.reopen();
    expect(place.store(), 3);
}

fn s4_read_gives_the_part_below_the_head(mut place: Place) {
    append(place.store(), 0, 7).unwrap();
    let store = place.store();
    let at = |numbers: std::ops::Range<u64>| numbers.map(entry).collect::<Vec<_>>();
    assert_eq!(store.read(2..5).unwrap(), at(2..5));
    assert_eq!(store.read(5..100).unwrap(), at(5..7));
    assert_eq!(store.read(6..u64::MAX).unwrap(), at(6..7));
    for empty in [0..0, 7..8, 7..7, 100..200, u64::MAX..u64::MAX] {
        assert_eq!(store.read(empty).unwrap(), []);
    }
    #[expect(clippy::reversed_empty_ranges)]
    let reversed = store.read(5..2).unwrap();
    assert_eq!(reversed, []);
}

fn s5_a_large_batch_is_there_whole(mut place: Place) {
    append(place.store(), 0, 4_000).unwrap();
    for from in (4_000..5_000).step_by(100) {
        append(place.store(), from, from + 100).unwrap();
    }
    expect(place.store(), 5_000);
    place.reopen();
    expect(place.store(), 5_000);
}

fn s7_bytes_are_opaque(mut place: Place) {
    let all: Vec<u8> = (0..=255).cycle().take(RECORD_BOUND).collect();
    let megabyte: Vec<u8> = (0..1_048_576_u32).map(|i| (i / 7) as u8).collect();
    let mut batch: Vec<Entry> = Vec::new();
    for length in [0, 1, 4_095, 4_096, 4_097, 8_192, 1_048_576, 2 * 1_048_576] {
        let body = Some(megabyte.iter().copied().cycle().take(length).collect());
        let record = all.clone();
        batch.push(Entry { record, body });
    }
    for body in [None, Some(b"-".to_vec()), Some(b"= 1\n\n".to_vec())] {
        let record = Vec::new();
        batch.push(Entry { record, body });
    }
    let size = batch.len() as u64;
    place.store().append(&head(0), &head(size), &batch).unwrap();
    assert_eq!(place.store().read(0..size).unwrap(), batch);
    place.reopen();
    assert_eq!(place.store().read(0..size).unwrap(), batch);
    assert_eq!(place.store().read(6..8).unwrap(), batch[6..8]);
}

fn s8_a_batch_that_does_not_fit_is_refused(mut place: Place) {
    append(place.store(), 0, 2).unwrap();
    let store = place.store();
    let batch = [entry(2)];
    let without_hash = StoreHead { size: 3, hash: None };
    for (to, batch) in [(head(2), &[][..]), (head(4), &batch), (without_hash, &batch)] {
        let answer = store.append(&head(2), &to, batch);
        assert!(matches!(answer, Err(StoreError::Batch { from: 2, .. })));
    }
    let last = StoreHead { size: u64::MAX, hash: head(1).hash };
    let answer = store.append(&last, &head(0), &batch);
    assert!(matches!(answer, Err(StoreError::Batch { .. })));
    let long = |record, body| Entry { record: vec![7; record], body: Some(vec![7; body]) };
    for (what, entry) in [("record", long(RECORD_BOUND + 1, 0)), ("body", long(0, BODY_BOUND + 1))]
    {
        let answer = store.append(&head(2), &head(4), &[self::entry(2), entry]);
        let Err(StoreError::TooLarge { what: said, position: 3, .. }) = answer else {
            panic!("{answer:?}");
        };
        assert_eq!(said, what);
    }
    expect(store, 2);
}

/// A random walk of appends, conflicts and reopenings against a plain vector.
fn s2_to_5_as_a_vector_would(mut place: Place) {
    let mut size = 0;
    let mut dice: u64 = 0x9e37_79b9_7f4a_7c15;
    for _ in 0..200 {
        dice ^= dice << 13;
        dice ^= dice >> 7;
        dice ^= dice << 17;
        let count = dice % 5 + 1;
        match dice >> 60 {
            0..3 => place.reopen(),
            3..6 => {
                let answer = append(place.store(), size + 1, size + 1 + count).unwrap();
                assert_eq!(answer, Appended::Conflict(head(size)));
            }
            _ => {
                append(place.store(), size, size + count).unwrap();
                size += count;
            }
        }
    }
    expect(place.store(), size);
}

/// One test for each store and sentence.
macro_rules! contract {
    ($store:ident: $($sentence:ident),+ $(,)?) => {
        mod $store {
            $(#[test] fn $sentence() { super::$sentence(super::Place::$store()); })+
        }
    };
    ($($store:ident),+) => {
        $(contract! { $store:
            s1_a_new_store_is_empty,
            s2_append_at_the_head_moves_the_head,
            s3_append_elsewhere_is_a_conflict_and_writes_nothing,
            s4_read_gives_the_part_below_the_head,
            s5_a_large_batch_is_there_whole,
            s7_bytes_are_opaque,
            s8_a_batch_that_does_not_fit_is_refused,
            s2_to_5_as_a_vector_would,
        })+
    };
}
contract!(memory, faulty, sled, segments);

#[test]
fn s9_after_an_unknown_write_nothing_more_is_written_until_reopened() {
    for (fails, after) in [(Fails::Kept, 3), (Fails::Lost, 2)] {
        let mut store = Faulty::new(MemoryStore::new(), 3, fails);
        append(&mut store, 0, 1).unwrap();
        append(&mut store, 1, 2).unwrap();
        assert!(matches!(append(&mut store, 2, 3), Err(StoreError::Unknown(_))));
        expect(&store, after);
        assert!(matches!(append(&mut store, after, 4), Err(StoreError::Refusing)));
        expect(&store, after);
        store.reopen();
        append(&mut store, after, 4).unwrap();
        expect(&store, 4);
        expect(&store.into_inner(), 4);
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::with_cases(16)
    })]

    #[test]
    fn s7_any_bytes_of_any_length_come_back_from_sled(
        batch in prop::collection::vec((
            prop::collection::vec(any::<u8>(), 0..300),
            prop::option::of(prop::collection::vec(any::<u8>(), 0..20_000)),
        ), 1..8)
    ) {
        let entries = batch.into_iter().map(|(record, body)| Entry { record, body });
        let batch: Vec<_> = entries.collect();
        let mut place = Place::sled();
        let size = batch.len() as u64;
        place.store().append(&head(0), &head(size), &batch).unwrap();
        place.reopen();
        prop_assert_eq!(place.store().read(0..size).unwrap(), batch);
    }
}
