//! The agent, as a command sees it: started, asked, ended.
//!
//! Always holds: an agent of another user is never asked, and is given nothing; an agent that does
//! not answer in time is an error, and no command waits for it; each signature of an agent is
//! checked before it is used. Not here: what to do without one (`cli`). Source: `message`.

use crate::key_agent::error::AgentError;
use crate::key_agent::folder::{AgentFolder, is_own_peer};
use crate::key_agent::message::{self, AgentReply, AgentRequest, UnlockedKey};
use annals_core::key::{PublicKey, SecretKey, Signature, SigningError, SigningKey, VerifyingKey};
use std::fs::{self, Permissions};
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(5);
/// The command that is the agent.
const COMMAND: &str = "agent";

/// This user's agent, whether or not one runs.
#[derive(Clone, Debug)]
pub struct KeyAgent {
    folder: AgentFolder,
}

/// A key that the agent signs with.
#[derive(Debug)]
pub struct AgentKey {
    agent: KeyAgent,
    key: VerifyingKey,
    public: PublicKey,
}

impl KeyAgent {
    /// The agent whose socket is in this folder.
    pub fn new(folder: AgentFolder) -> KeyAgent {
        KeyAgent { folder }
    }

    /// The keys that it holds; none where no agent runs.
    pub fn keys(&self) -> Result<Vec<UnlockedKey>, AgentError> {
        match self.request(&AgentRequest::List)? {
            None => Ok(Vec::new()),
            Some(AgentReply::Keys(keys)) => Ok(keys),
            Some(other) => Err(self.unexpected(other)),
        }
    }

    /// The key that it signs with for this public key, if it holds that.
    pub fn key(&self, public: &PublicKey) -> Result<Option<AgentKey>, AgentError> {
        let Some(key) = public.accept() else { return Ok(None) };
        let held = self.keys()?.iter().any(|held| held.key == *public);
        Ok(held.then(|| AgentKey { agent: self.clone(), key, public: *public }))
    }

    /// Lets the agent hold a key for a time; starts one where none runs.
    pub fn unlock(&self, secret: &SecretKey, name: &str, time: Duration) -> Result<(), AgentError> {
        let seed = secret.seed();
        let request = AgentRequest::Unlock { seed: &*seed, name, seconds: time.as_secs() };
        let _locked = self.folder.lock()?;
        let reply = match self.request(&request) {
            // It may have ended in the same moment.
            Ok(None) | Err(AgentError::Silent { .. }) => self.start(&request)?,
            Ok(Some(reply)) => reply,
            Err(error) => return Err(error),
        };
        match reply {
            AgentReply::Done => Ok(()),
            other => Err(self.unexpected(other)),
        }
    }

    /// Ends the agent. False where none runs.
    pub fn lock(&self) -> Result<bool, AgentError> {
        match self.request(&AgentRequest::Lock)? {
            None => Ok(false),
            Some(AgentReply::Done) => Ok(true),
            Some(other) => Err(self.unexpected(other)),
        }
    }

    /// The answer to a request; `None` where no agent runs.
    fn request(&self, request: &AgentRequest<'_>) -> Result<Option<AgentReply>, AgentError> {
        let socket = self.folder.socket();
        if self.folder.open()?.is_none() {
            return Ok(None);
        }
        let stream = match UnixStream::connect(&socket) {
            Ok(stream) => stream,
            Err(cause) if is_nobody(&cause) => return Ok(None),
            Err(cause) => return Err(AgentError::io("connect to", &socket)(cause)),
        };
        if !is_own_peer(&stream) {
            return Err(AgentError::Foreign { path: socket });
        }
        ask(&stream, &socket, request).map(Some)
    }

    /// Starts an agent with its first request, which goes through a socket that no other process
    /// has. The caller holds the folder's lock.
    fn start(&self, request: &AgentRequest<'_>) -> Result<AgentReply, AgentError> {
        let socket = self.folder.socket();
        match fs::remove_file(&socket) {
            Err(cause) if cause.kind() != io::ErrorKind::NotFound => {
                return Err(AgentError::io("remove", &socket)(cause));
            }
            _ => {}
        }
        let listener = UnixListener::bind(&socket).map_err(AgentError::io("make", &socket))?;
        let started = fs::set_permissions(&socket, Permissions::from_mode(0o600))
            .and_then(|()| spawn(listener))
            .map_err(AgentError::io("start the agent of", &socket));
        let answered = started.and_then(|stream| {
            // Its memory is kept from others before it is given a secret.
            ask(&stream, &socket, &AgentRequest::List)?;
            ask(&stream, &socket, request)
        });
        if answered.is_err() {
            // The error that led here is the one to report.
            let _ = fs::remove_file(&socket);
        }
        answered
    }

    fn unexpected(&self, reply: AgentReply) -> AgentError {
        match reply {
            AgentReply::Refused(why) => AgentError::Refused { why },
            _ => AgentError::Form { path: self.folder.socket() },
        }
    }

    fn sign(
        &self,
        key: &VerifyingKey,
        public: &PublicKey,
        message: &[u8],
    ) -> Result<Signature, AgentError> {
        let request = AgentRequest::Sign { key: public.0, message };
        match self.request(&request)? {
            Some(AgentReply::Signature(bytes)) => {
                let signature = <[u8; 64]>::try_from(bytes).ok().map(Signature);
                let signature = signature.filter(|signature| key.verifies(message, signature));
                let why = "its signature is not one of this key".to_owned();
                signature.ok_or(AgentError::Refused { why })
            }
            Some(other) => Err(self.unexpected(other)),
            None => Err(AgentError::Refused { why: "it runs no more".to_owned() }),
        }
    }
}

impl SigningKey for AgentKey {
    fn public(&self) -> PublicKey {
        self.public
    }

    fn sign(&self, message: &[u8]) -> Result<Signature, SigningError> {
        let signed = self.agent.sign(&self.key, &self.public, message);
        signed.map_err(|error| SigningError { key: self.public, why: error.to_string() })
    }
}

/// Starts this program as the agent, with its listening socket, and gives the first connection.
fn spawn(listener: UnixListener) -> io::Result<UnixStream> {
    let (ours, theirs) = UnixStream::pair()?;
    Command::new(std::env::current_exe()?)
        .arg(COMMAND)
        .env_clear()
        .current_dir("/")
        .stdin(Stdio::from(OwnedFd::from(listener)))
        .stdout(Stdio::from(OwnedFd::from(theirs)))
        .stderr(Stdio::null())
        .spawn()?;
    Ok(ours)
}

fn ask(
    mut stream: &UnixStream,
    socket: &Path,
    request: &AgentRequest<'_>,
) -> Result<AgentReply, AgentError> {
    let answered = stream
        .set_read_timeout(Some(PATIENCE))
        .and_then(|()| stream.set_write_timeout(Some(PATIENCE)))
        .and_then(|()| message::write(&mut stream, request))
        .and_then(|()| message::read(&mut stream))
        .and_then(|bytes| bytes.ok_or_else(|| io::ErrorKind::UnexpectedEof.into()));
    let bytes = answered.map_err(AgentError::silent(socket))?;
    postcard::from_bytes(&bytes).map_err(|_| AgentError::Form { path: socket.to_owned() })
}

/// Whether nobody listens: there is no socket, or the agent that made it is no more.
fn is_nobody(cause: &io::Error) -> bool {
    matches!(cause.kind(), io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused)
}
