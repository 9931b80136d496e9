//! A second look: a server that shows fewer events than a reader knows may be behind the others of
//! its record, and has taken nothing back.
//!
//! Always holds: it is looked at again before anybody is accused, longer where its record is in a
//! database, of which there may be several servers; one that says of itself that it cannot place
//! events is behind, which is no verdict. A record that stays shorter is judged. Not here: what a
//! shorter record means (`exchange::follow`, `audit`).

use crate::record_server::ServerConnection;
use std::io;
use std::thread;
use std::time::{Duration, Instant};

/// The pause before each look.
const PAUSE: Duration = Duration::from_millis(250);
/// How long at least a place is read again.
const SHORT: Duration = Duration::from_secs(3);
/// How long at least a place with several possible servers is read again: longer than a server
/// takes to report that its database does not answer.
const LONG: Duration = Duration::from_secs(12);

/// The looks at a place that is behind.
pub struct SecondLook {
    server: ServerConnection,
    began: Instant,
}

impl SecondLook {
    /// The looks at an address, from now on.
    pub fn at(address: &str) -> SecondLook {
        SecondLook { server: ServerConnection::new(address), began: Instant::now() }
    }

    /// After a pause, whether to look once more.
    ///
    /// Errors: the server says of itself why it is behind.
    pub fn again(&self) -> io::Result<bool> {
        thread::sleep(PAUSE);
        let spent = self.began.elapsed();
        if spent < SHORT {
            return Ok(true);
        }
        let Ok(health) = self.server.health() else { return Ok(false) };
        match health.trouble {
            Some(why) => Err(io::Error::other(format!(
                "the server there is behind, and says of itself: {why} (where a record has several \
                 servers, another one may answer the next time)"
            ))),
            None => Ok(health.home == "database" && spent < LONG),
        }
    }
}
