//! The request for a reading of captured bytes, and its result.
//!
//! Always holds: a text says how it was made; that there is none is a value that says why. Both go
//! between two processes as JSON. Not here: who reads (`read`, `worker`).

use crate::capture::other_form::other_form;
use crate::capture::proposal::ProposedDescription;
use annals_core::event::body::MAX_DOCUMENT;
use serde::{Deserialize, Serialize};
use std::fmt;

/// How much of a document its text is made of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum TextExtent {
    /// The article of a page; the body of a file.
    #[default]
    Main,
    /// All that it shows: menus, comments, footnotes too.
    Page,
}

/// Bytes, and what is known of them besides.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct CaptureRequest {
    /// Their media type.
    pub media_type: String,
    /// The character set that a server named.
    pub charset: Option<String>,
    /// The encoding that a person named, which is believed before all but a byte order mark.
    #[serde(default)]
    pub encoding: Option<String>,
    /// The language that a person named, by which encodings of one script are told apart.
    #[serde(default)]
    pub lang: Option<String>,
    /// How much of it is to be text.
    pub extent: TextExtent,
    /// The page of a web archive that is meant, by its address.
    pub page: Option<String>,
}

/// A text that was derived, and how.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DerivedText {
    /// The text.
    pub text: String,
    /// How it was made: in the field `method` of its description.
    pub method: String,
    /// What it leaves out, as far as that is known.
    pub left_out: Vec<Omission>,
    /// Of the page in a web archive: its address and when it was captured.
    pub page: Option<ArchivedPage>,
}

/// What a text leaves out of its document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Omission {
    /// What [`TextExtent::Page`] takes too.
    Chosen(String),
    /// What the library cannot read.
    Unread(String),
    /// The pages themselves, which are images: the text is what was recognised in them.
    Pages,
    /// The name of its encoding, which was guessed: a letter or a sign may be another one.
    Encoding(String),
    /// The order in which its lines are drawn: the text has that of reading, from right to left.
    Order,
    /// So many words that the document itself strikes out, deletes or moves away.
    Struck(usize),
}

impl fmt::Display for Omission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Omission::Chosen(what) => {
                write!(f, "its text leaves out {what}; --text page takes all")
            }
            Omission::Unread(what) => write!(f, "its text is without {what}"),
            Omission::Pages => f.write_str(
                "its text is what was recognised in the images of its pages: compare the words \
                 that you quote with them",
            ),
            Omission::Encoding(name) => write!(
                f,
                "its encoding is not named, and was guessed: {name}; compare signs such as £ and \
                 ½ and letters with accents, or name it with --encoding"
            ),
            Omission::Order => f.write_str(
                "its lines are drawn from left to right, and its text has the order of reading: \
                 compare the words that you quote with its pages",
            ),
            Omission::Struck(1) => {
                f.write_str("its text is without a word that the document strikes out")
            }
            Omission::Struck(words) => {
                write!(f, "its text is without {words} words that the document strikes out")
            }
        }
    }
}

/// A page in a web archive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArchivedPage {
    /// Its address.
    pub address: String,
    /// When it was captured, as the archive says.
    pub captured_at: Option<String>,
}

/// Why bytes have no text that could be quoted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum Unquotable {
    /// Nothing here makes a text of such a file.
    #[error("a file of {0} holds no text that can be read here{instead}", instead = instead(.0))]
    Kind(String),
    /// It can be read, and no text is in it.
    #[error("no text is in it: {0}")]
    NoText(String),
    /// A password is needed.
    #[error(
        "it is encrypted, and opens with a password only: open it with the password, save it \
         without one or print it to PDF, and add that file"
    )]
    Encrypted,
    /// It is not what its media type says.
    #[error("it cannot be read: {0}")]
    Broken(String),
    /// It is larger than what is read here.
    #[error("reading it went over a bound: {0}")]
    Bound(String),
    /// A web archive of several pages: one has to be chosen.
    #[error("it holds {} pages", .0.len())]
    Pages(Vec<String>),
    /// A web archive without the page that is meant.
    #[error("it holds no page {0}")]
    NoPage(String, Vec<String>),
}

/// What to do where a file of a kind is not read here.
fn instead(kind: &str) -> String {
    other_form(kind).map_or_else(String::new, |form| format!(": {form}, and add that file"))
}

/// What was read of a document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaptureReading {
    /// Its description, as it says itself.
    pub proposal: ProposedDescription,
    /// Its text, or why there is none.
    pub text: Result<DerivedText, Unquotable>,
}

impl CaptureReading {
    /// A document of which nothing can be read.
    pub fn unquotable(why: Unquotable) -> CaptureReading {
        CaptureReading { proposal: ProposedDescription::default(), text: Err(why) }
    }
}

/// The most bytes that an archive is unpacked to.
pub const MAX_UNPACKED: u64 = 4 * MAX_DOCUMENT;
