//! Argument errors: what was expected, what was found, and where.
//!
//! Always holds: the error for a value that no parser accepts is worded here; every other error is
//! that of clap. Not here: the meaning of the arguments.

use clap::Error as Unread;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use std::error::Error;
use std::net::AddrParseError;
use std::num::{IntErrorKind, ParseIntError};

/// The sentence for a value that no parser accepts; `None` if the error of clap is used.
pub fn value(error: &Unread) -> Option<String> {
    if error.kind() != ErrorKind::ValueValidation {
        return None;
    }
    let text_of = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => Some(text),
        _ => None,
    };
    let (argument, found) =
        (text_of(ContextKind::InvalidArg)?, text_of(ContextKind::InvalidValue)?);
    Some(format!("{argument}: {}, found {found:?}", expected(error.source()?)))
}

fn expected(why: &(dyn Error + 'static)) -> String {
    if let Some(number) = why.downcast_ref::<ParseIntError>() {
        return match number.kind() {
            IntErrorKind::PosOverflow => "expected a smaller number".to_owned(),
            _ => "expected a whole number".to_owned(),
        };
    }
    if why.is::<AddrParseError>() {
        return "expected an address with a port, such as 127.0.0.1:8080".to_owned();
    }
    let why = why.to_string();
    match why.split_once(" is not in ").and_then(|(_, range)| range.split_once("..=")) {
        Some((least, most)) => format!("expected a whole number from {least} to {most}"),
        None => why,
    }
}
