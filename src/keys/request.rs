//! Requests: how an editor requests enrolment without handing over a secret.
//!
//! ```text
//! annals request v1
//! origin <origin>
//! name <name>
//! key <64 hex>
//! possession <128 hex>
//! ```
//!
//! Always holds: a [`Request`] is verified: its possession is its key's signature over its origin
//! and name, and its key is acceptable. It has one notation, five lines each ended by LF.
//! Not here: whether the name is true, and the roles, which the admin decides.
//! Source: FORMAT.md section 4, "Possession".

use crate::disk::is_file_at;
use crate::keys::error::{KeysError, shown};
use annals_core::key::{Possession, PublicKey, SecretKey, Signature, possession_bytes};
use annals_core::text::{Origin, Words};
use annals_core::transfer::{Changed, changed};
use std::path::Path;

const FIRST: &str = "annals request v1";

/// A key that requests enrolment, with the proof that its holder has the secret key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    origin: Origin,
    name: Words<2_000>,
    key: PublicKey,
    possession: Signature,
}

impl Request {
    /// Makes the request of a key's holder.
    ///
    /// ```
    /// use annals_core::key::SecretKey;
    /// use annals::keys::Request;
    /// use annals_core::text::{Origin, Words};
    /// let bo = SecretKey::from_seed([7; 32]);
    /// let request = Request::new(&bo, Origin::new("example.org/record")?, Words::new("Bo Berg")?);
    /// let text = request.write();
    /// assert!(text.starts_with("annals request v1\norigin example.org/record\nname Bo Berg\n"));
    /// assert_eq!(Request::parse("bo.request".as_ref(), text.as_bytes())?, request);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn new(secret: &SecretKey, origin: Origin, name: Words<2_000>) -> Request {
        let possession = secret.prove_possession(Possession::Editor, &origin, &name);
        Request { origin, name, key: secret.public(), possession }
    }

    /// The record in which the key requests enrolment.
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// The name for the enrolment, unchanged, because the proof covers it.
    pub fn name(&self) -> &Words<2_000> {
        &self.name
    }

    /// The key.
    pub fn key(&self) -> &PublicKey {
        &self.key
    }

    /// The proof for the enrolment.
    pub fn possession(&self) -> &Signature {
        &self.possession
    }

    /// Refuses a request that was made for another record.
    pub fn check_origin(&self, expected: &Origin) -> Result<(), KeysError> {
        if self.origin == *expected {
            return Ok(());
        }
        let (expected, found) = (expected.to_string(), self.origin.to_string());
        Err(KeysError::RequestOrigin { expected, found })
    }

    /// The file.
    pub fn write(&self) -> String {
        format!(
            "{FIRST}\norigin {}\nname {}\nkey {}\npossession {}\n",
            self.origin, self.name, self.key, self.possession
        )
    }

    /// Parses the file and verifies its proof; `path` is for messages.
    pub fn parse(path: &Path, bytes: &[u8]) -> Result<Request, KeysError> {
        if let Some(key) = key_for_request(path, bytes) {
            return Err(key);
        }
        let mut lines = RequestLines { path, rest: bytes, line: 0 };
        if let Some(changed) = changed(bytes) {
            lines.line = 1;
            return Err(lines.refuse("UTF-8 lines that end with LF alone", changed));
        }
        lines.next("", "`annals request v1`", |text| (text == FIRST).then_some(()))?;
        let origin =
            lines.next("origin ", "`origin` and a name like example.org/record", |text| {
                Origin::new(text).ok()
            })?;
        let name = lines
            .next("name ", "`name` and 1 to 2,000 visible letters", |text| Words::new(text).ok())?;
        let key = lines.next("key ", "`key` and 64 lower-case hex digits", PublicKey::parse)?;
        let possession =
            lines.next("possession ", "`possession` and 128 lower-case hex digits", |text| {
                annals_core::hash::read_hex(text).map(Signature)
            })?;
        lines.end()?;
        Request { origin, name, key, possession }.proven(path)
    }

    fn proven(self, path: &Path) -> Result<Request, KeysError> {
        let (path, key) = (path.to_owned(), self.key);
        let Some(accepted) = key.accept() else {
            return Err(KeysError::Unacceptable { path, key });
        };
        let signed = possession_bytes(Possession::Editor, &self.origin, &key, &self.name);
        match accepted.verifies(&signed, &self.possession) {
            true => Ok(self),
            false => Err(KeysError::RequestProof { path, key }),
        }
    }
}

/// The error for a file that is a key, and no request.
fn key_for_request(path: &Path, bytes: &[u8]) -> Option<KeysError> {
    let (_, text) = std::str::from_utf8(bytes).ok()?.split_once("-----BEGIN ")?;
    let (label, _) = text.split_once("-----")?;
    let request = path.with_extension("request");
    let (found, advice) = match label {
        "PUBLIC KEY" if is_file_at(&request).unwrap_or(false) => {
            ("a public key", format!("its request is {}", request.display()))
        }
        "PUBLIC KEY" => {
            ("a public key", "ask its holder for the request that was made with it".to_owned())
        }
        label if label.ends_with("PRIVATE KEY") => (
            "a secret key",
            "it is its holder's alone: who has a copy of it can sign as they do; give the request \
             that was made with it"
                .to_owned(),
        ),
        _ => return None,
    };
    Some(KeysError::KeyForRequest { path: path.to_owned(), found, advice })
}

/// The lines of a request, read in order.
struct RequestLines<'a> {
    path: &'a Path,
    rest: &'a [u8],
    line: usize,
}

impl<'a> RequestLines<'a> {
    /// The value of the next line, which begins with `word`.
    fn next<T>(
        &mut self,
        word: &str,
        expected: &'static str,
        read: impl Fn(&'a str) -> Option<T>,
    ) -> Result<T, KeysError> {
        self.line += 1;
        let Some(end) = self.rest.iter().position(|byte| *byte == b'\n') else {
            return Err(self.refuse("a line that ends with LF", "the end of the file"));
        };
        let line = &self.rest[..end];
        self.rest = &self.rest[end + 1..];
        if line.ends_with(b"\r") {
            return Err(self.refuse("a line that ends with LF alone", Changed::LineEnds));
        }
        let text = std::str::from_utf8(line).map_err(|_| self.refuse(expected, "no UTF-8"))?;
        let value = text.strip_prefix(word).and_then(read);
        value.ok_or_else(|| self.refuse(expected, shown(text)))
    }

    fn end(&mut self) -> Result<(), KeysError> {
        self.line += 1;
        match self.rest {
            [] => Ok(()),
            _ => Err(self.refuse("the end of the file", "more bytes")),
        }
    }

    fn refuse(&self, expected: &'static str, found: impl ToString) -> KeysError {
        let (path, line) = (self.path.to_owned(), self.line);
        KeysError::RequestLine { path, line, expected, found: found.to_string() }
    }
}
