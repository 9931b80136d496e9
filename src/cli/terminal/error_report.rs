//! The report of an error: as text, or as JSON if the command's format is JSON.
//!
//! Always holds: an error is printed with its causes, line by line, and every refused draft; a
//! reason that many drafts have is printed once, with their places. Not here: exit codes (`exit`),
//! its JSON (`error_json`).

use crate::cli::terminal::advised::with_places;
use crate::cli::terminal::ask::unsaved_answers;
use crate::cli::terminal::error_json::{self, ErrorJson};
use crate::cli::terminal::exit::{CliError, Exit};
use crate::cli::terminal::options::Format;
use crate::cli::terminal::streams::err_of_failure;
use crate::ledger::error::{Column, InputPlace, LedgerError, Refusal};
use std::collections::{BTreeSet, HashMap, HashSet};
use std::io::{self, Write};

impl CliError {
    /// Prints the failure on stderr, as text or as one JSON object; its exit code.
    pub fn report(&self, format: Format) -> Exit {
        unsaved_answers::show();
        let mut err = err_of_failure();
        let text = !format.is_json();
        // Nothing can be printed where stderr itself fails.
        let _ = match self {
            CliError::ClosedPipe => Ok(()),
            _ if !text => error_json::write(&mut err, &ErrorJson::of(self)),
            CliError::Ledger(error) => report_ledger(&mut err, error),
            CliError::Declined => writeln!(err, "{}", self.message()),
            _ => writeln!(err, "annals: {}", with_places(&self.message())),
        };
        self.exit()
    }
}

fn report_ledger(err: &mut dyn Write, error: &LedgerError) -> io::Result<()> {
    writeln!(err, "annals: {}", one_line(error))?;
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        writeln!(err, "  {}", one_line(inner))?;
        cause = inner.source();
    }
    if let Some(advice) = error.advice() {
        writeln!(err, "  {}", with_places(advice))?;
    }
    match error {
        LedgerError::Refused(refusals) => report_refusals(err, refusals),
        _ => Ok(()),
    }
}

/// From so many places on, the same reason is told once, with the other places.
const SAME: usize = 10;
/// How many of these are named: one by one, or from the first to the last.
const NAMED: usize = 12;

/// Prints each refusal; of a reason that many have, the first one and where the others are.
fn report_refusals(err: &mut dyn Write, refusals: &[Refusal]) -> io::Result<()> {
    let told: Vec<ToldRefusal> = refusals.iter().map(ToldRefusal::of).collect();
    let mut places: HashMap<&ReasonTold, BTreeSet<usize>> = HashMap::new();
    for refusal in &told {
        places.entry(&refusal.reason).or_default().extend(refusal.number);
    }
    let mut together: HashSet<&ReasonTold> = HashSet::new();
    for refusal in &told {
        let of_same = places.get(&refusal.reason).filter(|same| same.len() >= SAME);
        if of_same.is_some() && !together.insert(&refusal.reason) {
            continue;
        }
        writeln!(err, "  {}", refusal.line)?;
        if let Some(same) = of_same {
            let kind = refusal.reason.kind;
            let others = same.iter().copied().filter(|other| Some(*other) != refusal.number);
            writeln!(err, "    the same in {kind}s {}", numbers(others))?;
        }
    }
    Ok(())
}

/// A refusal as it is told.
struct ToldRefusal {
    /// The whole line.
    line: String,
    /// The line or row of the input.
    number: Option<usize>,
    reason: ReasonTold,
}

/// A reason, wherever it stands.
#[derive(PartialEq, Eq, Hash)]
struct ReasonTold {
    /// What the input consists of.
    kind: &'static str,
    /// The column of a table.
    column: Option<String>,
    why: String,
}

impl ToldRefusal {
    fn of(refusal: &Refusal) -> ToldRefusal {
        let Refusal { place, name, .. } = refusal;
        let at = named(place.as_ref(), name.as_deref()).replace('\n', "⏎");
        let why = with_places(&refusal.beside_place().to_string()).replace('\n', "⏎");
        let line = match at.as_str() {
            "" => why.clone(),
            at => format!("{at}: {why}"),
        };
        let (kind, number, column) = match place {
            None => ("place", None, None),
            Some(InputPlace::Line { line, .. }) => ("line", Some(*line), None),
            Some(InputPlace::Row { row, column }) => {
                ("row", Some(*row), column.as_ref().map(Column::letters))
            }
        };
        // Where in its line a field stands is no part of the reason.
        let why = without_column(&why);
        ToldRefusal { line, number, reason: ReasonTold { kind, column, why } }
    }
}

/// A reason without the column that it names; what follows it stays.
fn without_column(why: &str) -> String {
    let without = why.split_once(" (column ").and_then(|(reason, rest)| {
        let rest = rest.trim_start_matches(|c: char| c.is_ascii_digit()).strip_prefix(')')?;
        Some(format!("{reason}{rest}"))
    });
    without.unwrap_or_else(|| why.to_owned())
}

/// Numbers in order, those that follow each other as from the first to the last.
fn numbers(numbers: impl Iterator<Item = usize>) -> String {
    let mut spans: Vec<(usize, usize)> = Vec::new();
    for number in numbers {
        match spans.last_mut() {
            Some((_, last)) if number <= *last + 1 => *last = number,
            _ => spans.push((number, number)),
        }
    }
    let named: Vec<String> = spans
        .iter()
        .take(NAMED)
        .map(|(first, last)| match last - first {
            0 => first.to_string(),
            _ => format!("{first} to {last}"),
        })
        .collect();
    let more: usize = spans.iter().skip(NAMED).map(|(first, last)| last - first + 1).sum();
    match more {
        0 => named.join(", "),
        more => format!("{} and {more} more", named.join(", ")),
    }
}

/// An error in one line: a name in it may have a line break, and writes no line of its own.
fn one_line(error: &dyn std::error::Error) -> String {
    with_places(&error.to_string()).replace('\n', "⏎")
}

/// Where a draft stands, with its `ref`.
fn named(place: Option<&InputPlace>, name: Option<&str>) -> String {
    let (place, column) = match place {
        None => (String::new(), None),
        Some(InputPlace::Line { line, .. }) => (format!("line {line}"), None),
        Some(InputPlace::Row { row, column }) => (format!("row {row}"), column.as_ref()),
    };
    let name = name.map(|name| format!(" ({name})")).unwrap_or_default();
    let column = column.map(|column| match column.name.as_str() {
        "" => format!(", column {}", column.letters()),
        name => format!(", column {} ({name})", column.letters()),
    });
    format!("{place}{name}{}", column.unwrap_or_default()).trim_start().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(refusals: &[Refusal]) -> String {
        let mut out = Vec::new();
        report_refusals(&mut out, refusals).unwrap();
        String::from_utf8(out).unwrap()
    }

    fn of_line(line: usize, why: &str) -> Refusal {
        let place = Some(InputPlace::Line { draft: line, line });
        Refusal { place, ..Refusal::of(why.to_owned()) }
    }

    #[test]
    fn a_reason_of_many_lines_is_told_once_and_one_of_few_each_time() {
        let mut refusals: Vec<Refusal> = (1..=40)
            .filter(|line| line % 10 != 0)
            .map(|line| of_line(line, &format!("unknown field `x` (column {line})")))
            .collect();
        refusals.extend((1..=4).map(|line| of_line(line, "no document")));
        assert_eq!(
            told(&refusals),
            "  line 1: unknown field `x` (column 1)\n    the same in lines 2 to 9, 11 to 19, 21 to \
             29, 31 to 39\n  line 1: no document\n  line 2: no document\n  line 3: no document\n  \
             line 4: no document\n"
        );
        let odd: Vec<Refusal> = (0..20).map(|number| of_line(2 * number + 1, "y")).collect();
        assert!(told(&odd).ends_with(" 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25 and 7 more\n"));
    }

    #[test]
    fn a_column_is_no_part_of_a_reason_and_what_follows_it_is() {
        for (why, reason) in [
            ("unknown field `x` (column 15)", "unknown field `x`"),
            ("found '}' (column 14): trailing comma", "found '}': trailing comma"),
            ("found '}' (column 14): trailing bracket", "found '}': trailing bracket"),
            ("found \"a (column x)\"", "found \"a (column x)\""),
        ] {
            assert_eq!(without_column(why), reason);
        }
    }

    #[test]
    fn lines_are_counted_and_not_what_is_wrong_with_them() {
        let one = vec![of_line(1, "expected a field once, found `claim` again"); 12];
        assert_eq!(told(&one).lines().count(), 12, "{}", told(&one));
    }

    #[test]
    fn the_same_words_of_two_columns_are_two_reasons() {
        let of_row = |row: usize, index: usize| {
            let column = Some(Column { index, name: "when".to_owned() });
            let place = Some(InputPlace::Row { row, column });
            Refusal { place, ..Refusal::of("expected a date".to_owned()) }
        };
        let rows: Vec<Refusal> = (2..14).flat_map(|row| [of_row(row, 0), of_row(row, 1)]).collect();
        assert_eq!(
            told(&rows),
            "  row 2, column A (when): expected a date\n    the same in rows 3 to 13\n  row 2, \
             column B (when): expected a date\n    the same in rows 3 to 13\n"
        );
    }
}
