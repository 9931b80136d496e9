//! The agent: a process that holds editors' keys in memory for a while, and signs with them.
//!
//! ```text
//! annals unlock ──starts──► annals agent        keys, each with its end; wiped there
//! annals append ──socket──► 47 bytes in, 64 out
//! ```
//!
//! Always holds: no secret leaves the agent, and none is written to a disk, an argument or an
//! environment; the agent signs what an event, the outbox or a request signs (a tag and a digest,
//! 47 bytes) and nothing else; it talks to processes of its own user only; a key that is past its
//! end signs nothing. Not here: passphrases (`cli`), key files (`keys`), the log key and the
//! recovery key, which no agent holds. Source: FORMAT.md section 2 (what is signed); unix(7),
//! SO_PEERCRED.

mod client;
mod error;
mod folder;
mod hardening;
mod message;
mod serve;
mod vault;

pub use client::{AgentKey, KeyAgent};
pub use error::AgentError;
pub use folder::AgentFolder;
pub use hardening::harden;
pub use message::UnlockedKey;
pub use serve::serve;
pub use vault::MAX_UNLOCKED;
