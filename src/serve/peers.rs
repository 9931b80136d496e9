//! How many connections an address has.
//!
//! Always holds: one address has at most a share of all connections, so no single stranger takes
//! them all; a /64 of IPv6 counts as one address, because one host may have all of it. This machine
//! itself, where a proxy may be, has no bound. Not here: the bound of all (`listen`).

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, PoisonError};

/// The connections by address.
#[derive(Debug)]
pub struct Peers {
    /// The most that one address has.
    most: usize,
    now: Mutex<BTreeMap<IpAddr, usize>>,
}

/// A connection that counts until this is dropped.
#[derive(Debug)]
pub struct PeerSlot {
    all: Arc<Peers>,
    address: Option<IpAddr>,
}

impl Peers {
    /// No connections; of one address there are at most `most`.
    pub fn new(most: usize) -> Peers {
        Peers { most, now: Mutex::default() }
    }

    /// Counts a connection; `None` if its address has as many as it may.
    pub fn enter(self: &Arc<Self>, address: IpAddr) -> Option<PeerSlot> {
        let address = counted(address);
        if let Some(address) = address {
            let mut now = self.now.lock().unwrap_or_else(PoisonError::into_inner);
            let own = now.entry(address).or_default();
            if *own >= self.most {
                return None;
            }
            *own += 1;
        }
        Some(PeerSlot { all: Arc::clone(self), address })
    }
}

impl Drop for PeerSlot {
    fn drop(&mut self) {
        let Some(address) = self.address else { return };
        let mut now = self.all.now.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(own) = now.get_mut(&address) {
            *own -= 1;
            if *own == 0 {
                now.remove(&address);
            }
        }
    }
}

/// The address by which a connection counts; `None` for this machine itself.
fn counted(address: IpAddr) -> Option<IpAddr> {
    let address = address.to_canonical();
    match address {
        _ if address.is_loopback() => None,
        IpAddr::V4(_) => Some(address),
        IpAddr::V6(six) => Some(Ipv6Addr::from_bits(six.to_bits() >> 64 << 64).into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn one_address_has_its_share_and_no_more() {
        let peers = Arc::new(Peers::new(2));
        for (one, same, other) in [
            ("192.0.2.1", "::ffff:192.0.2.1", "192.0.2.2"),
            ("2001:db8::1", "2001:db8::ffff:0:0:2", "2001:db8:0:1::1"),
        ] {
            let held = [one, same].map(|it| peers.enter(address(it)).unwrap());
            assert!(peers.enter(address(one)).is_none());
            assert!(peers.enter(address(other)).is_some());
            drop(held);
            assert!(peers.enter(address(one)).is_some());
        }
        let here: Vec<_> = (0..9).map(|_| peers.enter(address("127.0.0.1")).unwrap()).collect();
        drop(here);
        assert!(peers.now.lock().unwrap().is_empty());
    }
}
