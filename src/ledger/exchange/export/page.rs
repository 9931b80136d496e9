//! The page on checking a bag with nothing but sha512sum, openssl and python3.
//!
//! Always holds: every bag has the same page; a test runs its steps. Not here: the steps.
//! Source: FORMAT.md sections 2, 9 and 14.

use crate::ledger::exchange::export::premis::escaped;

/// `FORMAT.md`, for a reader who has nothing but the bag.
pub const FORMAT: &str = include_str!("../../../../FORMAT.md");

/// `VERIFY.txt`.
pub const TEXT: &str = include_str!("verify.txt");

/// `VERIFY.html`: the same text as HTML.
pub fn html() -> String {
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<title>How to check this \
         bag</title>\n<pre>\n{}</pre>\n</html>\n",
        escaped(TEXT)
    )
}
