//! Why there is no agent, or no answer of it.
//!
//! Always holds: each message says what was expected, what was found, where, and what to do next;
//! none holds a secret. Source: `key_agent`.

use crate::disk::DiskError;
use std::io;
use std::path::{Path, PathBuf};

/// Why an agent is not started, not asked or gives no answer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AgentError {
    /// The folder of the socket may be another user's.
    #[error(
        "expected a folder at {path} that is this user's alone (mode 0700), for the agent's \
         socket, found {found}; the agent is not used: remove it, or let XDG_RUNTIME_DIR name a \
         folder of your own"
    )]
    Folder {
        /// The folder.
        path: PathBuf,
        /// What was found.
        found: String,
    },
    /// Another user's process answers.
    #[error("expected an agent of this user at {path}, found a process of another one")]
    Foreign {
        /// The socket.
        path: PathBuf,
    },
    /// The system refused something.
    #[error("cannot {what} {path}")]
    Io {
        /// What was tried.
        what: &'static str,
        /// Of what.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// The folder cannot be made.
    #[error(transparent)]
    Disk(#[from] DiskError),
    /// The agent ended, or does not answer in time.
    #[error("expected an answer of the agent at {path}, found none; it may have ended")]
    Silent {
        /// The socket.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// An answer in another form.
    #[error(
        "expected an answer of this version's agent at {path}, found another; `annals lock` ends \
         it, `annals unlock` starts one"
    )]
    Form {
        /// The socket.
        path: PathBuf,
    },
    /// The agent says no.
    #[error("the agent refuses: {why}")]
    Refused {
        /// Why.
        why: String,
    },
    /// It was started by hand.
    #[error("expected to be started by `annals unlock`, found no socket on standard input")]
    NotStarted,
}

impl AgentError {
    pub(super) fn io(what: &'static str, path: &Path) -> impl FnOnce(io::Error) -> AgentError {
        move |source| AgentError::Io { what, path: path.to_owned(), source }
    }

    pub(super) fn silent(path: &Path) -> impl FnOnce(io::Error) -> AgentError {
        move |source| AgentError::Silent { path: path.to_owned(), source }
    }
}
