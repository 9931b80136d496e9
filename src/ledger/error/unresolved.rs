//! Why a draft cannot be read or resolved: the field that it is about, and what is wrong with it.
//!
//! Always holds: a reason is written in one way, its field first. Not here: what is wrong with a
//! draft (`write`), where the draft stands (`refusal`).

use annals_core::event::vocabulary::Type;
use std::borrow::Cow;
use std::fmt;

/// A field of a draft, and what inside of it is meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DraftField {
    /// Its name, or its path in what was read, such as `evidence[0].stance`.
    pub name: Cow<'static, str>,
    /// The field inside of it, such as `edtf` of `when`.
    pub part: Option<&'static str>,
    /// The item of a list (from 0) that it stands in, if it stands in one.
    pub item: Option<(&'static str, usize)>,
}

impl DraftField {
    /// The path of a field that stands in an item of a list, as columns of a table have it.
    pub fn item_path(&self) -> Option<String> {
        let (list, at) = self.item?;
        let inner = self.part.unwrap_or(&self.name);
        Some(format!("{list}.{}.{inner}", at + 1))
    }
}

impl fmt::Display for DraftField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)?;
        self.part.map_or(Ok(()), |part| write!(f, ": {part}"))
    }
}

impl From<&'static str> for DraftField {
    fn from(name: &'static str) -> DraftField {
        DraftField { name: Cow::Borrowed(name), part: None, item: None }
    }
}

impl From<String> for DraftField {
    fn from(path: String) -> DraftField {
        DraftField { name: Cow::Owned(path), part: None, item: None }
    }
}

/// A field inside of another one, such as `edtf` of `when`.
pub fn part_of(name: &'static str, part: &'static str) -> DraftField {
    DraftField { name: Cow::Borrowed(name), part: Some(part), item: None }
}

/// Why a draft cannot be read or resolved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unresolved {
    /// The value of a field is wrong.
    Field {
        /// The field.
        field: DraftField,
        /// What was expected and found.
        why: String,
    },
    /// A field is missing that drafts of this type must have.
    Missing {
        /// The type.
        kind: Type,
        /// The field.
        field: &'static str,
    },
    /// The draft as a whole is wrong: what was expected and found.
    Draft(String),
}

impl Unresolved {
    /// What is wrong with a field.
    pub fn at(field: impl Into<DraftField>, why: impl Into<String>) -> Unresolved {
        Unresolved::Field { field: field.into(), why: why.into() }
    }

    /// The same of a field that stands in this item of a list.
    pub fn in_item(self, list: &'static str, at: usize) -> Unresolved {
        match self {
            Unresolved::Field { field, why } => {
                let field = DraftField { item: Some((list, at)), ..field };
                Unresolved::Field { field, why }
            }
            other => other,
        }
    }

    /// The field whose value is wrong.
    pub fn field(&self) -> Option<&DraftField> {
        match self {
            Unresolved::Field { field, .. } => Some(field),
            Unresolved::Missing { .. } | Unresolved::Draft(_) => None,
        }
    }

    /// Whether it may only follow from this field, which could not be read; a field without a name
    /// may be any that is missing.
    pub fn may_follow_from(&self, field: &str) -> bool {
        let field = field.rsplit('.').next().unwrap_or(field);
        let is_word = |c: char| c.is_alphanumeric() || c == '_';
        if field.is_empty() {
            return matches!(self, Unresolved::Missing { .. });
        }
        // The words in quotes are those of the draft or of a document.
        let reason = self.to_string();
        let mut own = reason.split('"').step_by(2);
        own.any(|words| words.split(|c| !is_word(c)).any(|word| word == field))
    }

    /// The reason beside the name of this column: where the column is the field, its name is left
    /// out.
    pub fn beside(&self, column: &str) -> Unresolved {
        match self {
            Unresolved::Field { field, why } if field.name == column => match field.part {
                Some(part) => Unresolved::at(part, why.clone()),
                None => Unresolved::Draft(why.clone()),
            },
            other => other.clone(),
        }
    }
}

impl fmt::Display for Unresolved {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unresolved::Field { field, why } => write!(f, "{field}: {why}"),
            Unresolved::Missing { kind, field } => write!(f, "{kind} needs the field {field}"),
            Unresolved::Draft(why) => f.write_str(why),
        }
    }
}

impl From<String> for Unresolved {
    fn from(why: String) -> Unresolved {
        Unresolved::Draft(why)
    }
}

/// All that is wrong with a draft.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reasons(pub Vec<Unresolved>);

impl Reasons {
    /// The field that the first reason is about.
    pub fn field(&self) -> Option<&DraftField> {
        self.0.first()?.field()
    }
}

impl<T: Into<Unresolved>> From<T> for Reasons {
    fn from(why: T) -> Reasons {
        Reasons(vec![why.into()])
    }
}

/// In one line.
impl fmt::Display for Reasons {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, why) in self.0.iter().enumerate() {
            let between = if at == 0 { "" } else { "; " };
            write!(f, "{between}{why}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_begins_with_its_field_unless_its_column_names_it() {
        let why = "expected a date";
        let rows = [
            (Unresolved::at("when", why), "when: expected a date", why),
            (
                Unresolved::at(part_of("when", "edtf"), why),
                "when: edtf: expected a date",
                "edtf: expected a date",
            ),
            (
                Unresolved::at("claim", "expected words"),
                "claim: expected words",
                "claim: expected words",
            ),
            (
                Unresolved::Missing { kind: Type::FactAsserted, field: "when" },
                "fact.asserted needs the field when",
                "fact.asserted needs the field when",
            ),
        ];
        for (reason, alone, beside) in rows {
            assert_eq!(reason.to_string(), alone);
            assert_eq!(reason.beside("when").to_string(), beside);
        }
    }
}
