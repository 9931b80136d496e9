//! Errors of sled in the words of a store.
//!
//! Always holds: no text of the library reaches a person as it is.

use crate::store::StoreError;
use std::io;

pub fn damage(error: sled::Error) -> StoreError {
    StoreError::Damaged(match plain(error) {
        sled::Error::Corruption { .. } => "its pages are corrupted".to_owned(),
        sled::Error::Io(cause) => format!("its files cannot be read: {cause}"),
        sled::Error::CollectionNotFound(_) => "a part of it is missing".to_owned(),
        sled::Error::Unsupported(_) | sled::Error::ReportableBug(_) => {
            "its files are none that can be read".to_owned()
        }
    })
}

/// An error as the system gave it: sled puts some into a text in the form that is for programmers
/// (`Os { code: 28, … }`).
pub fn plain(error: sled::Error) -> sled::Error {
    let sled::Error::Io(cause) = error else { return error };
    let text = cause.to_string();
    let code = text.split_once("Os { code: ").and_then(|(_, rest)| rest.split_once(','));
    let code = code.and_then(|(code, _)| code.parse().ok());
    sled::Error::Io(code.map_or(cause, io::Error::from_raw_os_error))
}
