//! The errors of sled as errors of a store.
//!
//! Always holds: no message of the library is shown to a person unchanged.

use crate::disk::disk_error::is_kind_of_writing;
use crate::store::StoreError;
use std::io;

pub fn damage(error: sled::Error) -> StoreError {
    StoreError::Damaged(match plain(error) {
        sled::Error::Corruption { .. } => "its pages are corrupted".to_owned(),
        sled::Error::Io(cause) if is_kind_of_writing(cause.kind()) => {
            return StoreError::Unwritten(cause);
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_is_no_damage() {
        let of =
            |code: i32| damage(sled::Error::Io(io::Error::from_raw_os_error(code))).to_string();
        let no_space = "the store cannot be written: No space left on device (os error 28)";
        assert_eq!(of(28), no_space);
        assert!(of(5).starts_with("the store cannot be read: its files cannot be read: "));
        let formatted = io::Error::other("Os { code: 28, kind: StorageFull, message: \"full\" }");
        assert_eq!(damage(sled::Error::Io(formatted)).to_string(), no_space);
    }
}
