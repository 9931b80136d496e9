//! Properties of key files, requests and the log key's marks.

use annals::entropy::Seeded;
use annals::keys::{
    Mark, OpensshUse, Protection, Request, found_secret, import, read_public, read_secret,
    write_public, write_secret,
};
use std::path::Path;

/// A key file of any kind (PKCS#8, OpenSSH, public): a key that was read can be written and read
/// again.
pub fn key(bytes: &[u8]) {
    let name = Path::new("given");
    if let Ok(public) = read_public(name, bytes) {
        assert_eq!(read_public(name, write_public(&public).as_bytes()).ok(), Some(public));
    }
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("given");
    std::fs::write(&path, bytes).expect("a file");
    // There is no passphrase: the cost of trying one is bounded elsewhere.
    let none = &mut |_| Ok(None);
    let Ok(secret) = import(&path, OpensshUse::Exclusive, none) else {
        assert!(read_secret(name, bytes, none).is_err());
        return;
    };
    let mut entropy = Seeded::new("fuzz");
    let text = write_secret(&secret, Protection::Unencrypted, &mut entropy).expect("a text");
    assert_eq!(found_secret(text.as_bytes()), Some("a secret key"));
    let again = read_secret(name, text.as_bytes(), none).expect("a key");
    assert_eq!(again.public(), secret.public());
}

/// A request has one notation.
pub fn request(bytes: &[u8]) {
    if let Ok(request) = Request::parse(Path::new("given"), bytes) {
        super::written_again(request.write().as_bytes(), bytes);
    }
}

/// A mark has one notation.
pub fn mark(bytes: &[u8]) {
    let Ok(line) = std::str::from_utf8(bytes) else { return };
    if let Some(mark) = Mark::parse(line) {
        super::written_again(mark.line().as_bytes(), &[bytes, b"\n"].concat());
    }
}
