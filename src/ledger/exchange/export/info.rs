//! `bag-info.txt`: a description of a bag in the lines that every BagIt reader knows.
//!
//! Always holds: only the size of the whole record is not derived from the record in the bag.
//! Not here: how it is written. Source: RFC 8493 section 2.2.2; FORMAT.md section 14.

use crate::ledger::exchange::export::context::Derived;
use crate::ledger::exchange::export::part::RecordEnd;
use annals_core::tlog::to_base64;

/// The file, for a record with this end, taken from one of `of` events; `oxum` is the number of
/// bytes and of files of the payload.
pub fn lines(end: &RecordEnd, of: u64, about: &Derived, oxum: &str) -> String {
    let head = end.head.map(|head| head.to_string()).unwrap_or_default();
    let lines = [
        ("Annals-Bag", "1".to_owned()),
        ("Annals-Head", head),
        ("Annals-Record-Size", of.to_string()),
        ("Annals-Recorded", about.at.clone()),
        ("Annals-Root", to_base64(&end.root.0)),
        ("Annals-Size", end.size.to_string()),
        ("Bagging-Date", about.at.get(..10).unwrap_or_default().to_owned()),
        ("External-Description", about.title.clone()),
        ("External-Identifier", about.origin.clone()),
        ("Payload-Oxum", oxum.to_owned()),
    ];
    lines.iter().map(|(name, value)| format!("{name}: {value}\n")).collect()
}
