//! The folder of the agent's socket, and who is on the other end of it.
//!
//! ```text
//! $XDG_RUNTIME_DIR/annals/agent            or, where that names no folder,
//! <folder for temporary files>/annals-<number of the user>/agent
//! ```
//!
//! Always holds: the folder is no link, this user's, and nobody else may enter it (0700); else
//! neither a socket is put there nor one there is used. Source: XDG Base Directory Specification;
//! unix(7), SO_PEERCRED.

use crate::disk;
use crate::key_agent::error::AgentError;
use rustix::fs::{FileType, FlockOperation, Mode, OFlags};
use rustix::io::Errno;
use std::ffi::OsString;
use std::fs;
use std::os::fd::OwnedFd;
use std::os::unix::fs::MetadataExt;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};

/// The bytes of a socket's path with its end, where a system allows fewest. Source: unix(7).
const SOCKET_BYTES: usize = 104;

/// Where the socket is, whether or not it is there.
#[derive(Clone, Debug)]
pub struct AgentFolder {
    path: PathBuf,
}

/// The folder, open and locked until this is dropped.
#[derive(Debug)]
pub struct LockedFolder(#[allow(dead_code)] OwnedFd);

impl AgentFolder {
    /// This user's folder. `runtime` is the value of `XDG_RUNTIME_DIR`, which counts where it is a
    /// whole path of a folder that is there, and not too long for a socket.
    pub fn of_this_user(runtime: Option<OsString>) -> AgentFolder {
        let fits = |path: &PathBuf| {
            let socket = path.join("annals/agent");
            path.is_absolute()
                && socket.as_os_str().len() < SOCKET_BYTES
                && disk::is_folder_at(path).unwrap_or(false)
        };
        let runtime = runtime.map(PathBuf::from).filter(fits);
        let path = match runtime {
            Some(runtime) => runtime.join("annals"),
            None => std::env::temp_dir().join(format!("annals-{}", own_user())),
        };
        AgentFolder { path }
    }

    /// The folder that a socket is in.
    pub(super) fn around(socket: &Path) -> AgentFolder {
        AgentFolder { path: disk::parent(socket).to_owned() }
    }

    /// The socket.
    pub fn socket(&self) -> PathBuf {
        self.path.join("agent")
    }

    /// Opens the folder and checks that it is this user's alone; `None` where there is none.
    pub(super) fn open(&self) -> Result<Option<OwnedFd>, AgentError> {
        let flags = OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::RDONLY | OFlags::CLOEXEC;
        let folder = match rustix::fs::open(&self.path, flags, Mode::empty()) {
            Ok(folder) => folder,
            Err(Errno::NOENT) => return Ok(None),
            Err(Errno::LOOP | Errno::NOTDIR) => return Err(self.strange("a link or a file")),
            Err(Errno::ACCESS) => return Err(self.strange("one that this user may not enter")),
            Err(cause) => return Err(AgentError::io("open", &self.path)(cause.into())),
        };
        let about = rustix::fs::fstat(&folder);
        let about = about.map_err(|cause| AgentError::io("look at", &self.path)(cause.into()))?;
        let mode = Mode::from_raw_mode(about.st_mode).as_raw_mode() & 0o777;
        if FileType::from_raw_mode(about.st_mode) != FileType::Directory {
            return Err(self.strange("another kind of file"));
        }
        if about.st_uid != own_user() {
            return Err(self.strange(format!("one of user {}", about.st_uid)));
        }
        if mode & 0o077 != 0 {
            return Err(self.strange(format!("mode {mode:04o}")));
        }
        Ok(Some(folder))
    }

    /// Makes the folder where there is none, and waits for its lock: one process at a time starts
    /// an agent there, or takes its socket away.
    pub(super) fn lock(&self) -> Result<LockedFolder, AgentError> {
        let folder = match self.open()? {
            Some(folder) => folder,
            None => {
                // Another process may make it at the same time: whose it is is asked afterwards.
                let made = disk::make_private(&self.path);
                let opened = self.open()?;
                match (opened, made) {
                    (Some(folder), _) => folder,
                    (None, Err(cause)) => return Err(cause.into()),
                    (None, Ok(())) => return Err(self.strange("none, although it was just made")),
                }
            }
        };
        let locked = rustix::fs::flock(&folder, FlockOperation::LockExclusive);
        locked.map_err(|cause| AgentError::io("lock", &self.path)(cause.into()))?;
        Ok(LockedFolder(folder))
    }

    fn strange(&self, found: impl Into<String>) -> AgentError {
        AgentError::Folder { path: self.path.clone(), found: found.into() }
    }
}

/// Which socket stands at a path, if one does.
pub fn identity(socket: &Path) -> Option<(u64, u64)> {
    fs::symlink_metadata(socket).ok().map(|about| (about.dev(), about.ino()))
}

/// Whether the process at the other end is of this user. Where the system does not say it, the
/// folder's mode is what keeps others out.
pub fn is_own_peer(stream: &UnixStream) -> bool {
    #[cfg(target_os = "linux")]
    {
        let peer = rustix::net::sockopt::socket_peercred(stream);
        peer.is_ok_and(|peer| peer.uid.as_raw() == own_user())
    }
    #[cfg(not(target_os = "linux"))]
    {
        let _ = stream;
        true
    }
}

fn own_user() -> u32 {
    rustix::process::geteuid().as_raw()
}
