//! Keys for people: a name and the first digits of its key.
//!
//! Always holds: two keys of one name are told apart.

use crate::cli::terminal::visible;
use annals_core::key::PublicKey;
/// The first digits of a key.
pub fn digits(key: &PublicKey) -> String {
    key.to_string().get(..16).unwrap_or_default().to_owned()
}

/// A name and the first digits of its key, for people; once, where the name has them already.
pub fn called(name: &str, key: &PublicKey) -> String {
    let behind = format!(" (key {})", digits(key));
    let name = name.strip_suffix(&behind).unwrap_or(name);
    format!("{}{behind}", visible(name))
}
