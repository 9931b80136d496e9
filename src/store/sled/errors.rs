//! The errors of sled as errors of a store.
//!
//! Always holds: no message of the library is shown to a person unchanged.

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

/// The system's error inside an error of sled: sled formats some errors with their debug form (`Os
/// { code: 28, … }`).
pub fn plain(error: sled::Error) -> sled::Error {
    let sled::Error::Io(cause) = error else { return error };
    let text = cause.to_string();
    let code = text.split_once("Os { code: ").and_then(|(_, rest)| rest.split_once(','));
    let code = code.and_then(|(code, _)| code.parse().ok());
    sled::Error::Io(code.map_or(cause, io::Error::from_raw_os_error))
}
