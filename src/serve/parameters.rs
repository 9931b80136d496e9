//! The parameters of a request's query.
//!
//! Always holds: a parameter that a path does not have is refused, and so is one that is given
//! twice where one value is expected; an error names the parameter, what was expected and what was
//! found.
//! Not here: what a parameter means for an answer (`read`).

use crate::ledger::answer::filter::{EditorName, FactFilters, status};
use crate::serve::problem::{Problem, ProblemKind};
use annals_core::text::in_quotes;
use axum::extract::Query;
use axum::http::Uri;

/// The facts or events of an answer, if the request does not say.
const LIMIT: usize = 50;
/// The most facts or events of an answer.
const MOST: usize = 1_000;

/// The parameters of a request, decoded, in their order.
pub struct Parameters {
    given: Vec<(String, String)>,
}

impl Parameters {
    /// Reads the query of a request to a path that has these parameters.
    ///
    /// Errors: the query cannot be read, or has another parameter.
    pub fn read(uri: &Uri, known: &[&str]) -> Result<Parameters, Problem> {
        expect_encoded(uri.query().unwrap_or_default())?;
        let query = Query::<Vec<(String, String)>>::try_from_uri(uri);
        let form = "expected a query of names and values, as in ?limit=50&after=17";
        let Query(given) = query.map_err(|_| Problem::new(ProblemKind::Form, form))?;
        match given.iter().find(|(name, _)| !known.contains(&name.as_str())) {
            None => Ok(Parameters { given }),
            Some((name, _)) if known.is_empty() => Err(Problem::new(
                ProblemKind::Form,
                format!("expected no parameter, found {}", in_quotes(name)),
            )),
            Some((name, _)) => Err(Problem::new(
                ProblemKind::Form,
                format!(
                    "expected parameters among {}, found {}",
                    known.join(", "),
                    in_quotes(name)
                ),
            )),
        }
    }

    /// All values of a parameter.
    pub fn all(&self, name: &str) -> Vec<String> {
        let of = |(other, value): &(String, String)| (other == name).then(|| value.clone());
        self.given.iter().filter_map(of).collect()
    }

    /// The value of a parameter; `None` if it is not given.
    ///
    /// Errors: it is given more than once.
    pub fn one(&self, name: &str) -> Result<Option<&str>, Problem> {
        let mut values = self.given.iter().filter(|(other, _)| other == name);
        let value = values.next().map(|(_, value)| value.as_str());
        match values.next() {
            None => Ok(value),
            Some(_) => Err(refused(name, "expected one value, found several")),
        }
    }

    /// The position that a parameter gives; `None` if it is not given.
    ///
    /// Errors: its value is not a position, or it is given more than once.
    pub fn position(&self, name: &str) -> Result<Option<u64>, Problem> {
        self.one(name)?.map(|text| position(name, text)).transpose()
    }

    /// A number in its one spelling; `expected` says what is one.
    ///
    /// Errors: it is none.
    pub fn number(&self, name: &str, expected: &str) -> Result<Option<u64>, Problem> {
        let Some(text) = self.one(name)? else { return Ok(None) };
        let why = || refused(name, &format!("expected {expected}, found {}", in_quotes(text)));
        number(text).map(Some).ok_or_else(why)
    }

    /// Whether a parameter is `true`; it is not if it is not there.
    ///
    /// Errors: it is neither `true` nor `false`.
    pub fn flag(&self, name: &str) -> Result<bool, Problem> {
        match self.one(name)? {
            None | Some("false") => Ok(false),
            Some("true") => Ok(true),
            Some(found) => {
                Err(refused(name, &format!("expected true or false, found {}", in_quotes(found))))
            }
        }
    }

    /// How many facts or events an answer has at most.
    ///
    /// Errors: it is no number from 1 to 1,000.
    pub fn limit(&self) -> Result<usize, Problem> {
        let Some(text) = self.one("limit")? else { return Ok(LIMIT) };
        let number = number(text).and_then(|number| usize::try_from(number).ok());
        number.filter(|number| (1..=MOST).contains(number)).ok_or_else(|| {
            let why = format!("expected a number from 1 to {MOST}, found {}", in_quotes(text));
            refused("limit", &why)
        })
    }

    /// The filters of facts: those of the parameters that a path has.
    ///
    /// Errors: a position or a status is none.
    pub fn filters(&self) -> Result<FactFilters, Problem> {
        let text = |name| Ok::<_, Problem>(self.one(name)?.map(str::to_owned));
        let status_of = |text: &str| {
            let refuse = |why| refused("status", &format!("{why}, found {}", in_quotes(text)));
            status(text).map_err(refuse)
        };
        Ok(FactFilters {
            when: text("when")?,
            topic: text("topic")?,
            status: self.one("status")?.map(status_of).transpose()?,
            document: self.position("document")?,
            by: self.by()?,
        })
    }

    /// The editor of the filter `by`; `None` if it is not given. Key files on the server's machine
    /// are not read.
    ///
    /// Errors: it is given more than once.
    pub fn by(&self) -> Result<Option<EditorName>, Problem> {
        let named = |name: &str| EditorName { name: name.to_owned(), key: None };
        Ok(self.one("by")?.map(named))
    }

    /// One spelling of all parameters, whatever their order.
    pub fn spelling(&self) -> String {
        let mut given = self.given.clone();
        // The values of one parameter stay in their order.
        given.sort_by(|(one, _), (other, _)| one.cmp(other));
        let one = |(name, value): &(String, String)| format!("{name} {} {value}\n", value.len());
        given.iter().map(one).collect()
    }
}

/// Refuses a query with a name or a value that is not UTF-8, percent-encoded: decoded, it would
/// have other characters than were meant.
fn expect_encoded(query: &str) -> Result<(), Problem> {
    let expected = "expected UTF-8, percent-encoded, as %C3%A9 is for é, found";
    for pair in query.split('&') {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        if !is_encoded(name) {
            let why = format!("the name of a parameter: {expected} {}", in_quotes(name));
            return Err(Problem::new(ProblemKind::Form, why));
        }
        if !is_encoded(value) {
            return Err(refused(name, &format!("{expected} {}", in_quotes(value))));
        }
    }
    Ok(())
}

/// Whether a text is UTF-8, percent-encoded.
fn is_encoded(text: &str) -> bool {
    let mut parts = text.split('%');
    let mut bytes = parts.next().unwrap_or_default().as_bytes().to_vec();
    for part in parts {
        let Some((digits, rest)) = part.split_at_checked(2) else { return false };
        let is_hex = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        match u8::from_str_radix(digits, 16) {
            Ok(byte) if is_hex => bytes.push(byte),
            _ => return false,
        }
        bytes.extend_from_slice(rest.as_bytes());
    }
    std::str::from_utf8(&bytes).is_ok()
}

/// The problem with a parameter.
pub fn refused(name: &str, why: &str) -> Problem {
    Problem::new(ProblemKind::Form, format!("{name}: {why}"))
}

/// A position in its one spelling.
///
/// Errors: it is none.
pub fn position(name: &str, text: &str) -> Result<u64, Problem> {
    number(text).ok_or_else(|| {
        refused(name, &format!("expected a position such as 17, found {}", in_quotes(text)))
    })
}

fn number(text: &str) -> Option<u64> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let shortest = text == "0" || !text.starts_with('0');
    text.parse().ok().filter(|_| digits && shortest)
}
