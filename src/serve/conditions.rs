//! The conditions of a request's headers: `If-Match`, and the coding of its body.
//!
//! Always holds: a request whose condition does not hold is not carried out (RFC 9110 section
//! 13.1.1); a body is never decoded here. Not here: `If-None-Match` (`read`). Source: RFC 9110
//! sections 8.4, 13.1.1 and 15.5.16.

use crate::serve::problem::{Problem, ProblemKind};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};

/// The members of all lists in headers of this name.
pub fn listed(headers: &HeaderMap, name: HeaderName) -> impl Iterator<Item = &str> {
    let values = headers.get_all(name).iter();
    let values = values.filter_map(|value| value.to_str().ok());
    values.flat_map(|all| all.split(',')).map(str::trim)
}

/// Refuses a request whose `If-Match` does not list the tag of the present answer; `None`: the
/// answer has no tag. A weak tag never matches.
pub fn expect_match(headers: &HeaderMap, tag: Option<&HeaderValue>) -> Result<(), Problem> {
    let is_this = |one: &str| one == "*" || tag.is_some_and(|tag| one.as_bytes() == tag.as_bytes());
    if !headers.contains_key(header::IF_MATCH) || listed(headers, header::IF_MATCH).any(is_this) {
        return Ok(());
    }
    let why = match tag {
        Some(_) => "If-Match: expected the tag of the present answer, found another one",
        None => "If-Match: expected none, for the answers of this path have no tags",
    };
    Err(Problem::new(ProblemKind::Precondition, why))
}

/// Refuses a body that is compressed, or coded otherwise (`Content-Encoding`).
pub fn expect_uncoded(headers: &HeaderMap) -> Result<(), Problem> {
    let is_coded = |coding: &&str| !coding.is_empty() && !coding.eq_ignore_ascii_case("identity");
    match listed(headers, header::CONTENT_ENCODING).find(is_coded) {
        None => Ok(()),
        Some(_) => {
            let why = "Content-Encoding: expected none, found another one: send the bytes as they \
                       are";
            Err(Problem::new(ProblemKind::Coding, why))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_condition_is_about_strong_tags_and_a_body_is_plain() {
        let headers = |name: &'static str, value: &'static str| {
            HeaderMap::from_iter([(HeaderName::from_static(name), HeaderValue::from_static(value))])
        };
        let tag = HeaderValue::from_static("\"a\"");
        for (value, holds, without) in [
            ("\"a\"", true, false),
            ("\"b\", \"a\"", true, false),
            ("*", true, true),
            ("W/\"a\"", false, false),
            ("\"b\"", false, false),
            ("", false, false),
        ] {
            let asked = headers("if-match", value);
            assert_eq!(expect_match(&asked, Some(&tag)).is_ok(), holds, "{value}");
            assert_eq!(expect_match(&asked, None).is_ok(), without, "{value}");
        }
        assert!(expect_match(&HeaderMap::new(), None).is_ok());
        for (value, plain) in
            [("", true), ("Identity", true), ("gzip", false), ("identity, br", false)]
        {
            assert_eq!(expect_uncoded(&headers("content-encoding", value)).is_ok(), plain);
        }
    }
}
