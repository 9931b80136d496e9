//! Names and the recovery key: look-ups before an event about editors is signed.
//!
//! Always holds: a name that readers could take for another person's is refused unless it is meant.

use crate::cli::render::called;
use crate::cli::shared::fit_name;
use crate::cli::terminal::{CliError, visible};
use crate::ledger::query::names::Names;
use crate::ledger::query::{View, no_fact};
use crate::ledger::reader::Record;
use crate::ledger::write::writer::Writer;
use annals_core::naming::name_parts;
use annals_core::text::Person;
/// The record that a writer has committed, open for reading, and the names in it.
pub fn reading(writer: &Writer) -> Result<(Record, Names), CliError> {
    let record = Record::open(writer.paths.clone())?;
    let names = Names::read(&View::some(&record, record.size(), &no_fact)?)?;
    Ok((record, names))
}

/// Refuses a name that nobody may have, and another person's name unless it is meant.
pub fn check_name(
    names: &Names,
    name: &str,
    person: Option<&Person>,
    namesakes: Namesakes,
    naming: NameOf,
) -> Result<(), CliError> {
    fit_name("--name", name)?;
    let taken = match namesakes {
        Namesakes::Meant => None,
        Namesakes::Refused => {
            // The whole name of another person behind a sign is one that a reader may take for it.
            let parts = name_parts(name).skip(1);
            let mut taken = std::iter::once(name).chain(parts);
            taken.find_map(|name| names.taken_by(name, person).into_iter().next())
        }
    };
    let Some(key) = taken else { return Ok(()) };
    let other = called(names.plain(&key).unwrap_or_default(), &key);
    let what_to_do = match naming {
        NameOf::NewKey => format!(
            "another key of that person is enrolled with --person-of {}, and another person of \
             that name with --same-name",
            key.short()
        ),
        NameOf::EnrolledKey => {
            "another person of that name is named so with --same-name; whose key this is, its \
             enrolment says, and no change does"
                .to_owned()
        }
    };
    Err(CliError::usage(format!(
        "expected a name that no other person has, found {}, which a reader takes for {other}; \
         {what_to_do}",
        visible(name)
    )))
}

/// Whose name is looked up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameOf {
    /// That of a key which is to be enrolled.
    NewKey,
    /// That of a key which is enrolled.
    EnrolledKey,
}

/// The treatment of a name that resembles another person's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Namesakes {
    Refused,
    Meant,
}
