//! Slots for connections: their number, and which connection loses its slot when all are taken.
//!
//! Always holds: if no slot is free, the connection that has waited longest without a complete
//! request is closed, among those of the address with the most connections; so a client that only
//! holds connections open blocks no other, whether they come from one address (as all do behind a
//! proxy) or from many.
//! Not here: the requests on a connection (`serve`).

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::net::{IpAddr, Shutdown, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// The maximum number of connections.
const MAX_CONNECTIONS: usize = 64;
/// The number of open files reserved for everything else: the state, its lock, its folder, the
/// terminal.
const SPARE_FILES: u64 = 24;
/// The maximum number of connections that lost their slots and are not closed yet: each is an open
/// file of the reserve.
const MOST_LEAVING: usize = 8;
/// The maximum time to wait for one of these: its thread only reads the end.
const LEAVING: Duration = Duration::from_millis(100);

/// The connections that have a slot.
#[derive(Debug)]
pub struct Slots {
    most: usize,
    taken: Mutex<Taken>,
    /// Notified when a connection is closed.
    closed: Condvar,
}

#[derive(Debug, Default)]
struct Taken {
    /// The number of the next connection.
    next: u64,
    slots: BTreeMap<u64, ConnectionSlot>,
    /// How many lost their slots and are not closed yet.
    leaving: usize,
}

#[derive(Debug)]
struct ConnectionSlot {
    stream: Arc<TcpStream>,
    address: IpAddr,
    /// Since when it waits for a request; `None` while one is answered.
    waiting: Option<Instant>,
}

impl Slots {
    /// As many slots as this process may have files open, minus a reserve; at most 64.
    pub fn of_this_process() -> Slots {
        let files = rustix::process::getrlimit(rustix::process::Resource::Nofile).current;
        let most = files.map_or(MAX_CONNECTIONS, |files| {
            usize::try_from(files.saturating_sub(SPARE_FILES)).unwrap_or(usize::MAX)
        });
        let most = most.clamp(1, MAX_CONNECTIONS);
        Slots { most, taken: Mutex::default(), closed: Condvar::new() }
    }

    /// Gives a connection a slot, taking another's if necessary; `None` if all are busy.
    pub fn enter(&self, stream: &Arc<TcpStream>, address: IpAddr) -> Option<u64> {
        let many = |taken: &mut Taken| taken.leaving >= MOST_LEAVING;
        let waited = self.closed.wait_timeout_while(self.taken(), LEAVING, many);
        let mut taken = waited.unwrap_or_else(PoisonError::into_inner).0;
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

    /// Releases a slot, or says that the connection that lost it is closed.
    pub fn leave(&self, number: u64) {
        let mut taken = self.taken();
        if taken.slots.remove(&number).is_none() {
            taken.leaving = taken.leaving.saturating_sub(1);
            self.closed.notify_one();
        }
    }

    /// Records that a connection waits for a request from now on.
    pub fn set_waiting(&self, number: u64) {
        self.set(number, Some(Instant::now()));
    }

    /// Records that a request of a connection is being answered.
    pub fn set_busy(&self, number: u64) {
        self.set(number, None);
    }

    fn set(&self, number: u64, waiting: Option<Instant>) {
        if let Some(slot) = self.taken().slots.get_mut(&number) {
            slot.waiting = waiting;
        }
    }

    /// Closes one connection that waits for a request, if there is one.
    pub fn evict(&self) {
        self.taken().evict();
    }

    fn taken(&self) -> MutexGuard<'_, Taken> {
        // No update is left half done when a thread panics.
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
            self.leaving += 1;
            // Its thread reads the end of the connection and ends.
            let _ = slot.stream.shutdown(Shutdown::Both);
        }
        true
    }
}
