//! The only module that opens existing files: it opens regular files only.
//!
//! Always holds: a pipe, a device, a socket or a folder is never opened as a file, so no open
//! blocks. A link is followed only if a person named it, never inside a ledger, a bag, a published
//! record or a folder of keys, so nothing is read or written outside of them. The kind is checked
//! again on the open file. Not here: how much is read (`super`).
//! Source: open(2), O_NOFOLLOW and O_NONBLOCK.

use std::fs::{self, File, FileType, Metadata, OpenOptions};
use std::io;
use std::path::Path;

/// The kind that was expected at a path, and the kind found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected {expected}, found {found}")]
pub struct Strange {
    /// The expected kind: a file or a folder.
    pub expected: &'static str,
    /// The kind found.
    pub found: &'static str,
}

/// Whether a link is followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Links {
    /// Never: the name is in a folder that may come from a stranger.
    Refuse,
    /// Yes: a person named the file.
    Follow,
}

/// Opens a regular file to read it.
pub fn open(path: &Path, links: Links) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true);
    with(&mut options, path, links)
}

/// Opens an existing regular file, to read and write it.
pub fn open_to_write(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true);
    with(&mut options, path, Links::Refuse)
}

/// Opens an existing regular file, to read it and append to it.
pub fn open_to_append(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.append(true);
    with(&mut options, path, Links::Refuse)
}

/// As [`open_to_write`]; creates the file if it is missing.
pub fn open_or_make(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    match with(&mut options, path, Links::Refuse) {
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => {}
        other => return other,
    }
    // Another process may create it first; the system refuses a link that leads nowhere.
    opened(&mut options, path, Links::Refuse)
}

/// Whether a folder exists. A link, even to a folder, and every other kind are errors.
pub fn is_folder(path: &Path) -> io::Result<bool> {
    match fs::symlink_metadata(path) {
        Ok(about) if about.is_dir() => Ok(true),
        Ok(about) => Err(strange("a folder", about.file_type())),
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(cause) => Err(cause),
    }
}

/// The metadata of a name, without following a link; `None` if nothing is there. Every other
/// failure is an error: a failing disk does not make a file missing.
pub fn look(path: &Path) -> io::Result<Option<Metadata>> {
    match fs::symlink_metadata(path) {
        Ok(about) => Ok(Some(about)),
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(cause) => Err(cause),
    }
}

fn with(options: &mut OpenOptions, path: &Path, links: Links) -> io::Result<File> {
    let about = match links {
        Links::Refuse => fs::symlink_metadata(path)?,
        Links::Follow => fs::metadata(path)?,
    };
    expect_regular(&about)?;
    opened(options, path, links)
}

fn opened(options: &mut OpenOptions, path: &Path, links: Links) -> io::Result<File> {
    #[cfg(unix)]
    {
        use rustix::fs::OFlags;
        use std::os::unix::fs::OpenOptionsExt;
        let mut flags = OFlags::NONBLOCK | OFlags::NOCTTY;
        if links == Links::Refuse {
            flags |= OFlags::NOFOLLOW;
        }
        options.custom_flags(flags.bits() as i32);
    }
    let file = options.open(path)?;
    expect_regular(&file.metadata()?)?;
    Ok(file)
}

fn expect_regular(about: &Metadata) -> io::Result<()> {
    match about.is_file() {
        true => Ok(()),
        false => Err(strange("a file", about.file_type())),
    }
}

fn strange(expected: &'static str, found: FileType) -> io::Error {
    io::Error::other(Strange { expected, found: name(found) })
}

/// The name of a kind of file, for messages.
pub fn name(found: FileType) -> &'static str {
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt;
        if found.is_fifo() {
            return "a named pipe";
        }
        if found.is_socket() {
            return "a socket";
        }
        if found.is_block_device() || found.is_char_device() {
            return "a device";
        }
    }
    match (found.is_symlink(), found.is_dir(), found.is_file()) {
        (true, ..) => "a link",
        (_, true, _) => "a folder",
        (_, _, true) => "a file",
        _ => "something else",
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    fn found(result: io::Result<File>) -> String {
        result.expect_err("it is no file").to_string()
    }

    #[test]
    fn only_regular_files_are_opened_and_links_only_where_they_are_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        fs::write(path("file"), b"x").unwrap();
        fs::create_dir(path("folder")).unwrap();
        symlink(path("file"), path("link")).unwrap();
        symlink(path("nowhere"), path("dangling")).unwrap();
        let made = std::process::Command::new("mkfifo").arg(path("pipe")).status().unwrap();
        assert!(made.success());
        let _socket = std::os::unix::net::UnixListener::bind(path("socket")).unwrap();
        let strange = [
            ("folder", "a folder"),
            ("link", "a link"),
            ("dangling", "a link"),
            ("pipe", "a named pipe"),
            ("socket", "a socket"),
        ];
        for (name, what) in strange {
            let expected = format!("expected a file, found {what}");
            assert_eq!(found(open(&path(name), Links::Refuse)), expected);
            assert_eq!(found(open_to_write(&path(name))), expected);
            assert_eq!(found(open_to_append(&path(name))), expected);
            assert_eq!(found(open_or_make(&path(name))), expected);
        }
        assert!(!path("nowhere").exists(), "nothing is made through a link");
        assert!(open(&path("link"), Links::Follow).is_ok());
        assert!(open(&path("dangling"), Links::Follow).is_err());
        assert_eq!(
            found(open(Path::new("/dev/zero"), Links::Follow)),
            "expected a file, found a device"
        );
        assert!(open(&path("file"), Links::Refuse).is_ok());
        open_or_make(&path("new")).unwrap();
        assert!(is_folder(&path("folder")).unwrap());
        assert!(!is_folder(&path("none")).unwrap());
        symlink(path("folder"), path("other")).unwrap();
        let linked = is_folder(&path("other")).unwrap_err().to_string();
        assert_eq!(linked, "expected a folder, found a link");
    }
}
