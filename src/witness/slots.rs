//! Places for connections: how many there are, and who loses one when they are all taken.
//!
//! Always holds: where no place is free, the connection goes that has waited longest without a
//! whole request, of the address that has the most; so no caller who only holds connections open
//! keeps another out, whether they come from one address (as all do behind a proxy) or from many.
//! Not here: what is said on a connection (`serve`).

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::net::{IpAddr, Shutdown, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

/// The most connections at a time.
const MAX_CONNECTIONS: usize = 64;
/// Open files that are left for all else: the state, its lock, its folder, the terminal.
const SPARE_FILES: u64 = 24;

/// The connections that have a place.
#[derive(Debug)]
pub struct Slots {
    most: usize,
    taken: Mutex<Taken>,
}

#[derive(Debug, Default)]
struct Taken {
    /// The number of the next one.
    next: u64,
    slots: BTreeMap<u64, ConnectionSlot>,
}

#[derive(Debug)]
struct ConnectionSlot {
    stream: Arc<TcpStream>,
    address: IpAddr,
    /// Since when a request is waited for; `None` while one is answered.
    waiting: Option<Instant>,
}

impl Slots {
    /// As many places as this process may have files open, with some to spare; at most 64.
    pub fn of_this_process() -> Slots {
        let files = rustix::process::getrlimit(rustix::process::Resource::Nofile).current;
        let most = files.map_or(MAX_CONNECTIONS, |files| {
            usize::try_from(files.saturating_sub(SPARE_FILES)).unwrap_or(usize::MAX)
        });
        Slots { most: most.clamp(1, MAX_CONNECTIONS), taken: Mutex::default() }
    }

    /// Gives a connection a place, if need be another's; `None` where all are at work.
    pub fn enter(&self, stream: &Arc<TcpStream>, address: IpAddr) -> Option<u64> {
        let mut taken = self.taken();
        if taken.slots.len() >= self.most && !taken.evict() {
            return None;
        }
        let number = taken.next;
        taken.next += 1;
        let slot =
            ConnectionSlot { stream: Arc::clone(stream), address, waiting: Some(Instant::now()) };
        taken.slots.insert(number, slot);
        Some(number)
    }

    /// Gives a place back.
    pub fn leave(&self, number: u64) {
        self.taken().slots.remove(&number);
    }

    /// Notes that a connection waits for a request, from now on.
    pub fn set_waiting(&self, number: u64) {
        self.set(number, Some(Instant::now()));
    }

    /// Notes that a request of a connection is being answered.
    pub fn set_busy(&self, number: u64) {
        self.set(number, None);
    }

    fn set(&self, number: u64, waiting: Option<Instant>) {
        if let Some(slot) = self.taken().slots.get_mut(&number) {
            slot.waiting = waiting;
        }
    }

    /// Closes one connection on which a request is waited for, if there is one.
    pub fn evict(&self) {
        self.taken().evict();
    }

    fn taken(&self) -> MutexGuard<'_, Taken> {
        // Nothing here is left half done where a thread ends.
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Taken {
    fn evict(&mut self) -> bool {
        let mut of_address: BTreeMap<IpAddr, usize> = BTreeMap::new();
        for slot in self.slots.values() {
            *of_address.entry(slot.address).or_default() += 1;
        }
        let waiting = self.slots.iter().filter_map(|(number, slot)| {
            let held = of_address.get(&slot.address).copied().unwrap_or_default();
            Some(((held, Reverse(slot.waiting?)), *number))
        });
        let Some((_, number)) = waiting.max() else { return false };
        if let Some(slot) = self.slots.remove(&number) {
            // Its thread reads the end of the connection and ends.
            let _ = slot.stream.shutdown(Shutdown::Both);
        }
        true
    }
}
