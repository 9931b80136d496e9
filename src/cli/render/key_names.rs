//! Keys for people: a name and the first digits of its key.
//!
//! Always holds: two keys of one name are shown differently.

use crate::cli::terminal::visible;
use annals_core::key::PublicKey;

/// A name with the first digits of its key, for people; without them if the name has them already.
pub fn called(name: &str, key: &PublicKey) -> String {
    let behind = format!(" (key {})", key.short());
    let name = name.strip_suffix(&behind).unwrap_or(name);
    format!("{}{behind}", visible(name))
}
