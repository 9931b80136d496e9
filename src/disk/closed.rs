//! Files in folders that this user may not look into.
//!
//! Always holds: nobody who reads knows whether such a file is there, so it counts as not at hand.
//! Who writes needs it, and meets the error. Not here: which files may be absent (the callers).

use crate::disk::is_there;
use std::path::Path;

/// Whether a path is in a folder that this user may not look into.
pub fn is_closed(path: &Path) -> bool {
    is_there(path).is_err_and(|error| error.is_denied())
}
