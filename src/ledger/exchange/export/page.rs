//! The page that says how to check a bag with nothing but sha512sum, openssl and python3.
//!
//! Always holds: the same page in every bag; its steps are run by a test. Not here: the steps.
//! Source: FORMAT.md sections 2, 9 and 14.

use crate::ledger::exchange::export::premis::escaped;

/// `FORMAT.md`: what a reader needs who has nothing but the bag.
pub const FORMAT: &str = include_str!("../../../../FORMAT.md");

/// `VERIFY.txt`.
pub const TEXT: &str = include_str!("verify.txt");

/// `VERIFY.html`: the same words.
pub fn html() -> String {
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<title>How to check this \
         bag</title>\n<pre>\n{}</pre>\n</html>\n",
        escaped(TEXT)
    )
}
