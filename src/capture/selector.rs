//! The selectors of a rule: which part of an element they are for, and how specific they are.
//!
//! Not here: which elements match (`dom_query`). Source: Selectors Level 4, CSS Nesting.

use cssparser::{ParseError, Parser, Token};

/// How a selector says that words come before or after those of its element.
const ENDS: [(&str, StyledPart); 4] = [
    ("::before", StyledPart::Before),
    (":before", StyledPart::Before),
    ("::after", StyledPart::After),
    (":after", StyledPart::After),
];
/// Pseudo-classes of elements as they stand in the page, whatever a reader does.
const OF_PLACES: [&str; 10] = [
    "first-child",
    "last-child",
    "only-child",
    "first-of-type",
    "last-of-type",
    "only-of-type",
    "empty",
    "root",
    "any-link",
    "link",
];
/// The same with arguments.
const OF_PLACES_BY_NUMBER: [&str; 4] =
    ["nth-child", "nth-last-child", "nth-of-type", "nth-last-of-type"];

/// The part of an element that a rule is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum StyledPart {
    /// The element.
    Element,
    /// Words before those that it has.
    Before,
    /// Words after those that it has.
    After,
}

/// A selector of a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Selector {
    /// It without the part, in full also where its rule stands in another one.
    pub text: String,
    pub part: StyledPart,
    /// The number of names, of classes and the like, and of elements.
    pub specificity: [u32; 3],
    /// Classes and names without which no element matches.
    pub needs: Vec<String>,
}

/// The selectors of a list that are for elements whatever a reader does; `parents` are those of the
/// rule in which it stands.
pub(super) fn list(text: &str, parents: Option<&[Selector]>) -> Vec<Selector> {
    let around = parents.map(|parents| {
        let parents = parents.iter().filter(|parent| parent.part == StyledPart::Element);
        let parents: Vec<&str> = parents.map(|parent| parent.text.as_str()).collect();
        format!(":is({})", parents.join(","))
    });
    split(text).into_iter().filter_map(|text| selector(text.trim(), around.as_deref())).collect()
}

fn selector(text: &str, around: Option<&str>) -> Option<Selector> {
    let end = |(end, part): &(&str, StyledPart)| {
        let at = text.len().checked_sub(end.len())?;
        let (rest, last) = text.split_at_checked(at)?;
        last.eq_ignore_ascii_case(end).then_some((rest, *part))
    };
    let (text, part) = ENDS.iter().find_map(end).unwrap_or((text, StyledPart::Element));
    let text = match around {
        Some(around) if text.contains('&') => text.replace('&', around),
        Some(around) => format!("{around} {text}"),
        None => text.to_owned(),
    };
    let is_open = text.is_empty() || text.ends_with([' ', '>', '+', '~']);
    let text = if is_open && part != StyledPart::Element { format!("{text}*") } else { text };
    let specificity = specificity(&mut Parser::new(&text))?;
    let needs = needs(&text);
    (!text.is_empty()).then_some(Selector { text, part, specificity, needs })
}

/// The classes and names of a selector that are in no bracket.
fn needs(text: &str) -> Vec<String> {
    let (mut parser, mut found, mut is_class) = (Parser::new(text), Vec::new(), false);
    while let Ok(token) = parser.next_including_whitespace() {
        match token {
            Token::IDHash(name) | Token::Hash(name) => found.push(name.to_string()),
            Token::Ident(name) if is_class => found.push(name.to_string()),
            _ => {}
        }
        is_class = matches!(token, Token::Delim('.'));
    }
    found
}

/// The selectors of a list, of which one ends at a comma that is in no bracket.
fn split(text: &str) -> Vec<&str> {
    let (mut parser, mut found) = (Parser::new(text), Vec::new());
    let mut start = parser.position();
    loop {
        match parser.next_including_whitespace_and_comments() {
            Ok(Token::Comma) => {
                let one = parser.slice_from(start);
                found.push(one.strip_suffix(',').unwrap_or(one));
                start = parser.position();
            }
            Ok(_) => {}
            Err(_) => {
                found.push(parser.slice_from(start));
                return found;
            }
        }
    }
}

/// How specific a selector is; `None` where it depends on what a reader does, or is for another
/// part of an element. Of a list it is that of the most specific one.
fn specificity(parser: &mut Parser<'_>) -> Option<[u32; 3]> {
    let (mut most, mut sum) = ([0; 3], [0_u32; 3]);
    let add = |sum: &mut [u32; 3], more: [u32; 3]| {
        sum.iter_mut().zip(more).for_each(|(sum, more)| *sum = sum.saturating_add(more));
    };
    // Whether a class comes next, or a pseudo-class.
    let (mut is_class, mut is_pseudo) = (false, false);
    loop {
        let token = match parser.next_including_whitespace() {
            Ok(token) => token.clone(),
            Err(_) => return Some(most.max(sum)),
        };
        match token {
            Token::Colon if is_pseudo => return None,
            Token::Colon => {
                is_pseudo = true;
                continue;
            }
            Token::Delim('.') => {
                is_class = true;
                continue;
            }
            Token::Comma => {
                most = most.max(sum);
                sum = [0; 3];
            }
            Token::Ident(name) if is_pseudo => {
                let is_of_place = OF_PLACES.iter().any(|it| name.eq_ignore_ascii_case(it));
                is_of_place.then(|| add(&mut sum, [0, 1, 0]))?;
            }
            Token::Ident(_) if is_class => add(&mut sum, [0, 1, 0]),
            Token::Ident(_) => add(&mut sum, [0, 0, 1]),
            Token::IDHash(_) | Token::Hash(_) => add(&mut sum, [1, 0, 0]),
            Token::SquareBracketBlock => add(&mut sum, [0, 1, 0]),
            Token::Function(name) if is_pseudo => {
                let name = name.to_ascii_lowercase();
                match name.as_str() {
                    "is" | "not" | "has" | "where" => {
                        let inner = parser.parse_nested_block(|inner| {
                            Ok::<Option<[u32; 3]>, ParseError<()>>(specificity(inner))
                        });
                        let inner = inner.ok().flatten()?;
                        add(&mut sum, if name == "where" { [0; 3] } else { inner });
                    }
                    name if OF_PLACES_BY_NUMBER.contains(&name) => add(&mut sum, [0, 1, 0]),
                    _ => return None,
                }
            }
            _ => {}
        }
        (is_class, is_pseudo) = (false, false);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_selector_is_as_specific_as_its_names() {
        for (text, expected) in [
            ("*", Some([0, 0, 0])),
            ("p b", Some([0, 0, 2])),
            ("ul > li:first-child", Some([0, 1, 2])),
            ("#a.b[c=\"d, e\"]", Some([1, 2, 0])),
            (":is(#a, b) c", Some([1, 0, 1])),
            (":not(.a, .b.c)", Some([0, 2, 0])),
            (":where(#a) b", Some([0, 0, 1])),
            ("li:nth-child(2n + 1)", Some([0, 1, 1])),
            (r".k\:1", Some([0, 1, 0])),
            ("a:hover", None),
            ("a:not(:hover)", None),
            ("p::first-letter", None),
        ] {
            assert_eq!(specificity(&mut Parser::new(text)), expected, "{text}");
        }
        assert_eq!(needs(r".a #b:not(.c) .k\:1[d='.e']"), ["a", "b", "k:1"]);
    }

    #[test]
    fn a_list_ends_no_selector_inside_of_brackets() {
        let texts = |text: &str, parents: Option<&[Selector]>| {
            let found = list(text, parents).into_iter();
            found.map(|selector| selector.text).collect::<Vec<_>>()
        };
        assert_eq!(texts("a:is(b, c), d[e=\",\"] , f:hover", None), ["a:is(b, c)", "d[e=\",\"]"]);
        let parents = list(".n, #m", None);
        assert_eq!(
            texts("b, &.c, > d", Some(&parents)),
            [":is(.n,#m) b", ":is(.n,#m).c", ":is(.n,#m) > d"]
        );
        assert_eq!(texts("::before", None), ["*"]);
    }
}
