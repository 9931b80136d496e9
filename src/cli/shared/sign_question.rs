//! The last question before something is signed.
//!
//! Always holds: it names the key where more than one could sign. Not here: the answer (`ask`).

use crate::cli::terminal::Context;
use crate::keys::{KeyFolder, KeyPresence, ListedKey};
use crate::ledger::write::writer::Writer;
use annals_core::key::PublicKey;

/// Asks whether to sign as this key and write this, such as `1 event`.
pub fn sign_question(context: &Context, writer: &Writer, key: &PublicKey, what: &str) -> String {
    // An error in listing the keys is reported where the key is opened.
    let listed = KeyFolder::open(&writer.paths.keys).and_then(|keys| keys.list());
    let mut here = listed.map(|listing| listing.keys).unwrap_or_default();
    here.retain(|listed| listed.held != KeyPresence::Elsewhere);
    let editor = context.global.editor.as_deref();
    // One without its public key signs where it is named; the recovery key is none of these.
    let is_named = |listed: &&ListedKey| {
        editor == Some(&*listed.handle) && listed.public.is_none_or(|public| public == *key)
    };
    let signs = |listed: &&ListedKey| listed.public == Some(*key);
    let signer = here.iter().find(is_named).or_else(|| here.iter().find(signs));
    match signer {
        Some(signer) if editor.is_some() || here.len() > 1 => {
            format!("sign as {} and write {what}?", signer.handle)
        }
        _ => format!("sign and write {what}?"),
    }
}
