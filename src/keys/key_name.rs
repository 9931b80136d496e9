//! Names of keys: the short names of key files.
//!
//! Always holds: a [`KeyName`] is `[a-z0-9][a-z0-9._-]{0,63}`, neither `log` nor `recovery`, and
//! does not begin with `log-`; so it is a valid file name on every system, and no editor's key can
//! be mistaken for the log key.
//! Not here: the names of people, which are in the record. Source: commands of `annals key`.

use crate::keys::error::KeysError;
use annals_core::key::PublicKey;
use std::fmt;
use std::ops::Deref;

/// The name of a key: `NAME.key`, `NAME.pub`, `NAME.request`. Ordered as bytes.
///
/// ```
/// use annals::keys::KeyName;
/// assert_eq!(&*KeyName::new("ada")?, "ada");
/// assert!(KeyName::new("Ada").is_err() && KeyName::new("../ada").is_err());
/// assert!(KeyName::new("log").is_err());
/// # Ok::<(), annals::keys::KeysError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyName(String);

/// Names that no editor's key may have.
const RESERVED: [&str; 2] = ["log", "recovery"];
/// The beginning of the names of log keys other than the present one.
const FORMER: &str = "log-";

impl KeyName {
    /// The longest name, in bytes.
    pub const MAX: usize = 64;

    /// The name, if the text is valid.
    pub fn new(text: impl Into<String>) -> Result<KeyName, KeysError> {
        let found = text.into();
        if !is_key_name(&found) {
            let found = found.chars().take(80).collect();
            return Err(KeysError::Handle { found });
        }
        if RESERVED.contains(&found.as_str()) || found.starts_with(FORMER) {
            return Err(KeysError::Reserved { found });
        }
        Ok(KeyName(found))
    }

    /// The name of the present log key.
    pub fn log() -> KeyName {
        KeyName(RESERVED[0].to_owned())
    }

    /// The name of another log key.
    pub(super) fn log_of(key: &PublicKey) -> KeyName {
        KeyName(format!("{FORMER}{}", key.short()))
    }

    /// The name of another log key, if the text is one.
    pub(super) fn former_log(text: &str) -> Option<KeyName> {
        let digits = text.strip_prefix(FORMER)?;
        let hex = digits.len() == 16 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        hex.then(|| KeyName(text.to_owned()))
    }
}

fn is_key_name(text: &str) -> bool {
    let first = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    let byte = |b: u8| first(b) || matches!(b, b'.' | b'_' | b'-');
    (1..=KeyName::MAX).contains(&text.len())
        && text.bytes().next().is_some_and(first)
        && text.bytes().all(byte)
}

/// A key name made of a person's name: its first word in lower case, without accents. `None` if
/// that gives no valid name (another script, a reserved word): then the user is asked.
///
/// ```
/// use annals::keys::key_name_from;
/// let from = |name| key_name_from(name).map(|handle| handle.to_string());
/// assert_eq!(from("Ada Example").as_deref(), Some("ada"));
/// assert_eq!(from("Søren O’Hara").as_deref(), Some("soren"));
/// assert_eq!(from("Юлия Петрова"), None);
/// ```
pub fn key_name_from(name: &str) -> Option<KeyName> {
    let mut out = String::new();
    for letter in name.split_whitespace().next()?.chars().flat_map(char::to_lowercase) {
        match letter {
            'a'..='z' | '0'..='9' | '.' | '_' | '-' => out.push(letter),
            // A combining accent of the letter before it, or an apostrophe.
            '\u{300}'..='\u{36F}' | '\'' | '\u{2019}' => {}
            other => out.push_str(plain(other)?),
        }
    }
    out.truncate(KeyName::MAX);
    KeyName::new(out.trim_matches(['.', '_', '-'])).ok()
}

/// The letters of the European Latin alphabets without their accents.
fn plain(letter: char) -> Option<&'static str> {
    const TABLE: &[(&str, &str)] = &[
        ("àáâãäåāăą", "a"),
        ("çćĉċč", "c"),
        ("ďđð", "d"),
        ("èéêëēĕėęě", "e"),
        ("ĝğġģ", "g"),
        ("ĥħ", "h"),
        ("ìíîïĩīĭįı", "i"),
        ("ĵ", "j"),
        ("ķ", "k"),
        ("ĺļľŀł", "l"),
        ("ñńņňŋ", "n"),
        ("òóôõöøōŏő", "o"),
        ("ŕŗř", "r"),
        ("śŝşšș", "s"),
        ("ţťŧț", "t"),
        ("ùúûüũūŭůűų", "u"),
        ("ŵ", "w"),
        ("ýÿŷ", "y"),
        ("źżž", "z"),
        ("æ", "ae"),
        ("œ", "oe"),
        ("ß", "ss"),
        ("þ", "th"),
    ];
    TABLE.iter().find(|(from, _)| from.contains(letter)).map(|(_, to)| *to)
}

impl Deref for KeyName {
    type Target = str;
    fn deref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for KeyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
