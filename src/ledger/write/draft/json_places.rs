//! Where a field stands in a line of JSON, and which one stands there twice.
//!
//! Always holds: columns are counted in bytes from 1, as the JSON library counts them. Not here:
//! what is wrong with a field (`wrong_fields`).

use crate::ledger::write::draft::wrong_fields::{FieldPath, PathStep};
use serde::de::IgnoredAny;
use std::collections::HashSet;

/// A field or an item, and where it stands.
struct Member {
    step: PathStep,
    /// Where its name ends.
    name_end: usize,
    start: usize,
    end: usize,
}

/// The column of the name of a field, or of its value: of braces and brackets where they begin, of
/// anything else where it ends. The draft itself has none.
pub fn column(line: &str, path: &FieldPath, is_name: bool) -> Option<usize> {
    if path.0.is_empty() {
        return None;
    }
    let mut place = Member { step: PathStep::Item(0), name_end: 0, start: start(line), end: 0 };
    for step in &path.0 {
        place = members(line, place.start).into_iter().rfind(|member| member.step == *step)?;
    }
    let is_nested = line.get(place.start..)?.starts_with(['{', '[']);
    Some(match (is_name, is_nested) {
        (true, _) => place.name_end,
        (false, true) => place.start,
        (false, false) => place.end,
    })
}

/// The fields that stand in a line once more, each with the column at which its name ends.
pub fn repeated(line: &str) -> Vec<(FieldPath, usize)> {
    let mut repeated = Vec::new();
    find_repeated(line, start(line), &FieldPath::default(), &mut repeated);
    repeated
}

fn find_repeated(
    line: &str,
    from: usize,
    path: &FieldPath,
    repeated: &mut Vec<(FieldPath, usize)>,
) {
    let mut names = HashSet::new();
    for member in members(line, from) {
        let inner = FieldPath([path.0.as_slice(), std::slice::from_ref(&member.step)].concat());
        if let PathStep::Field(name) = member.step
            && !names.insert(name)
        {
            repeated.push((inner.clone(), member.name_end));
        }
        find_repeated(line, member.start, &inner, repeated);
    }
}

/// The members of the braces or the brackets that begin here; none of any other value.
fn members(line: &str, from: usize) -> Vec<Member> {
    let mut members = Vec::new();
    let is_object = line.get(from..).is_some_and(|rest| rest.starts_with('{'));
    let is_list = line.get(from..).is_some_and(|rest| rest.starts_with('['));
    if !is_object && !is_list {
        return members;
    }
    let mut at = from;
    loop {
        let next = at + 1;
        let member = match is_object {
            true => field(line, next),
            false => value(line, next)
                .map(|(start, end)| (PathStep::Item(members.len()), start, start, end)),
        };
        let Some((step, name_end, start, end)) = member else { break };
        members.push(Member { step, name_end, start, end });
        at = end + spaces(line, end);
        if line.as_bytes().get(at) != Some(&b',') {
            break;
        }
    }
    members
}

/// A field that begins here, where its name ends, and where its value begins and ends.
fn field(line: &str, from: usize) -> Option<(PathStep, usize, usize, usize)> {
    let (name_start, name_end) = value(line, from)?;
    let name = serde_json::from_str(line.get(name_start..name_end)?).ok()?;
    let colon = name_end + spaces(line, name_end);
    let (start, end) = value(line, colon + 1)?;
    Some((PathStep::Field(name), name_end, start, end))
}

/// Where the next value begins and ends.
fn value(line: &str, from: usize) -> Option<(usize, usize)> {
    let rest = line.get(from..)?;
    let mut values = serde_json::Deserializer::from_str(rest).into_iter::<IgnoredAny>();
    values.next()?.ok()?;
    Some((from + spaces(line, from), from + values.byte_offset()))
}

fn start(line: &str) -> usize {
    spaces(line, 0)
}

fn spaces(line: &str, from: usize) -> usize {
    let rest = line.get(from..).unwrap_or_default();
    rest.len() - rest.trim_start().len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_found_where_it_stands() {
        let line = r#" {"a" : [1, {"b":"x","b": "y"}], "c":{} , "ä":true}"#;
        let field = |name: &str| PathStep::Field(name.to_owned());
        let b = FieldPath(vec![field("a"), PathStep::Item(1), field("b")]);
        for (path, name, value) in [
            (FieldPath(vec![field("a"), PathStep::Item(0)]), None, Some(10)),
            (b.clone(), Some(24), Some(29)),
            (FieldPath(vec![field("c")]), Some(36), Some(37)),
            (FieldPath(vec![field("ä")]), Some(46), Some(51)),
        ] {
            if name.is_some() {
                assert_eq!(column(line, &path, true), name, "{path:?}");
            }
            assert_eq!(column(line, &path, false), value, "{path:?}");
        }
        assert_eq!(column(line, &FieldPath(vec![field("d")]), false), None);
        assert_eq!(repeated(line), [(b, 24)]);
    }
}
