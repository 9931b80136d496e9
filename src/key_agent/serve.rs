//! The agent's process: it holds keys, answers on its socket, and ends.
//!
//! Always holds: it is started by `annals unlock` with its listening socket as standard input and a
//! first connection as standard output, and reads neither arguments nor environment; it ends where
//! no key is left, on request, where a signal ends it, and where its socket is taken away;
//! its keys are wiped then. One connection is answered at a time, and none waits for long.
//! Not here: what is signed (`vault`). Source: daemon(7).

use crate::clock::uptime;
use crate::key_agent::error::AgentError;
use crate::key_agent::folder::{AgentFolder, identity, is_own_peer};
use crate::key_agent::hardening::harden;
use crate::key_agent::message::{self, AgentReply, AgentRequest};
use crate::key_agent::vault::Vault;
use annals_core::key::{PublicKey, SecretKey};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{Mode, OFlags};
use rustix::io::Errno;
use std::os::fd::AsFd;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use std::{fs, io};
use zeroize::Zeroizing;

/// How many connections may wait.
const BACKLOG: i32 = 64;
/// How long a connection may say nothing.
const PATIENCE: Duration = Duration::from_secs(2);
/// How long it may take until it is seen that the socket is taken away.
const LOOK: Duration = Duration::from_secs(10);

/// Whether the agent goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Next {
    GoesOn,
    Ends,
}

/// Is the agent, until it ends.
pub fn serve() -> Result<(), AgentError> {
    harden();
    let (listener, starter, socket) = inherited().ok_or(AgentError::NotStarted)?;
    let here = identity(&socket);
    detach().map_err(AgentError::io("leave the terminal of", &socket))?;
    let ended = signals().map_err(AgentError::io("wait for signals at", &socket))?;
    let mut vault = Vault::empty();
    let mut next = answer(&mut vault, starter);
    while next == Next::GoesOn && !ended.load(Ordering::SeqCst) && identity(&socket) == here {
        let now = uptime();
        vault.expire(now);
        let Some(end) = vault.next_end() else { break };
        if let Some(stream) = wait(&listener, end.saturating_sub(now).min(LOOK))
            .map_err(AgentError::io("wait at", &socket))?
        {
            next = answer(&mut vault, stream);
        }
    }
    vault.clear();
    // Nobody is to wait for an answer while the folder's lock is waited for.
    drop(listener);
    let _locked = AgentFolder::around(&socket).lock()?;
    if identity(&socket) == here {
        // A socket that stays is one that nobody listens at: the next agent takes it away.
        let _ = fs::remove_file(&socket);
    }
    Ok(())
}

/// The sockets that this process was started with, and where the listening one is.
fn inherited() -> Option<(UnixListener, UnixStream, PathBuf)> {
    let listener = UnixListener::from(io::stdin().as_fd().try_clone_to_owned().ok()?);
    let socket = listener.local_addr().ok()?.as_pathname().map(Path::to_owned)?;
    // From here on this process is the listener, for programs that ask the system which one is.
    rustix::net::listen(&listener, BACKLOG).ok()?;
    let starter = UnixStream::from(io::stdout().as_fd().try_clone_to_owned().ok()?);
    starter.peer_addr().ok()?;
    Some((listener, starter, socket))
}

/// Leaves the terminal and its session, and closes what was inherited.
fn detach() -> io::Result<()> {
    // Whoever leads a session already has left.
    let _ = rustix::process::setsid();
    let null = rustix::fs::open("/dev/null", OFlags::RDWR | OFlags::CLOEXEC, Mode::empty())?;
    rustix::stdio::dup2_stdin(&null)?;
    rustix::stdio::dup2_stdout(&null)?;
    rustix::stdio::dup2_stderr(&null)?;
    Ok(())
}

/// Whether a signal ended this process: then its keys are wiped first.
fn signals() -> io::Result<Arc<AtomicBool>> {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    let ended = Arc::new(AtomicBool::new(false));
    for signal in [SIGHUP, SIGINT, SIGTERM] {
        signal_hook::flag::register(signal, Arc::clone(&ended))?;
    }
    Ok(ended)
}

/// The next connection of this user, if one comes in time.
fn wait(listener: &UnixListener, time: Duration) -> io::Result<Option<UnixStream>> {
    let seconds = i64::try_from(time.as_secs()).unwrap_or(i64::MAX);
    let time = Timespec { tv_sec: seconds, tv_nsec: i64::from(time.subsec_nanos()) };
    match poll(&mut [PollFd::new(listener, PollFlags::IN)], Some(&time)) {
        Ok(0) | Err(Errno::INTR) => Ok(None),
        Ok(_) => Ok(listener.accept().ok().map(|(stream, _)| stream).filter(is_own_peer)),
        Err(cause) => Err(cause.into()),
    }
}

/// Answers what a connection asks, until it asks no more. One that fails is left.
fn answer(vault: &mut Vault, mut stream: UnixStream) -> Next {
    let patient = stream
        .set_read_timeout(Some(PATIENCE))
        .and_then(|()| stream.set_write_timeout(Some(PATIENCE)));
    if patient.is_err() {
        return Next::GoesOn;
    }
    while let Ok(Some(bytes)) = message::read(&mut stream) {
        let now = uptime();
        vault.expire(now);
        let (reply, next) = match postcard::from_bytes(&bytes) {
            Ok(request) => reply(vault, request, now),
            Err(_) => (AgentReply::Refused("expected a request in form".to_owned()), Next::GoesOn),
        };
        if message::write(&mut stream, &reply).is_err() || next == Next::Ends {
            return next;
        }
    }
    Next::GoesOn
}

fn reply(vault: &mut Vault, request: AgentRequest<'_>, now: Duration) -> (AgentReply, Next) {
    let reply = match request {
        AgentRequest::Lock => {
            vault.clear();
            return (AgentReply::Done, Next::Ends);
        }
        AgentRequest::List => AgentReply::Keys(vault.list(now)),
        AgentRequest::Sign { key, message } => match vault.sign(&PublicKey(key), message) {
            Ok(signature) => AgentReply::Signature(signature.0.to_vec()),
            Err(why) => AgentReply::Refused(why),
        },
        AgentRequest::Unlock { seed, name, seconds } => {
            let held = match <[u8; 32]>::try_from(seed).map(Zeroizing::new) {
                Ok(seed) => {
                    let until = now.saturating_add(Duration::from_secs(seconds));
                    vault.hold(SecretKey::from_seed(*seed), name, until)
                }
                Err(_) => Err("expected a key of 32 bytes".to_owned()),
            };
            held.map_or_else(AgentReply::Refused, |()| AgentReply::Done)
        }
    };
    (reply, Next::GoesOn)
}
