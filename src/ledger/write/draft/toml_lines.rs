//! The lines in which the fields of drafts in TOML stand.
//!
//! Always holds: a field has the line of its name; where several fields have the name that an error
//! has, none is taken for it. Not here: what is wrong with a field (`wrong_fields`).

use crate::ledger::error::DraftField;
use crate::ledger::write::draft::cells::Columns;
use toml::de::{DeTable, DeValue};

/// The fields of a draft, each with its line; none where all of it stands in one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FieldLines {
    /// The paths, as columns of a table have them.
    paths: Columns,
    lines: Vec<usize>,
}

impl FieldLines {
    /// The lines of each draft of a text.
    pub fn of_drafts(text: &str) -> Vec<FieldLines> {
        let Ok(table) = DeTable::parse(text) else { return Vec::new() };
        let ends: Vec<usize> = text.match_indices('\n').map(|(at, _)| at).collect();
        let line = |at: usize| ends.partition_point(|end| *end < at) + 1;
        let drafts = table.get_ref().get("draft").map(|drafts| drafts.get_ref());
        let Some(DeValue::Array(drafts)) = drafts else { return Vec::new() };
        let of = |draft: &toml::Spanned<DeValue<'_>>| {
            let mut lines = FieldLines::default();
            lines.add(draft.get_ref(), "", &line);
            lines
        };
        drafts.iter().map(of).collect()
    }

    fn add(&mut self, value: &DeValue<'_>, path: &str, line: &dyn Fn(usize) -> usize) {
        let inner = |name: &str| match path {
            "" => name.to_owned(),
            path => format!("{path}.{name}"),
        };
        let mut put = |path: &str, at: usize, value: &DeValue<'_>| {
            self.paths.0.push(path.to_owned());
            self.lines.push(line(at));
            self.add(value, path, line);
        };
        match value {
            DeValue::Table(fields) => fields.iter().for_each(|(name, value)| {
                put(&inner(name.get_ref()), name.span().start, value.get_ref());
            }),
            DeValue::Array(items) => items.iter().enumerate().for_each(|(at, item)| {
                put(&inner(&(at + 1).to_string()), item.span().start, item.get_ref());
            }),
            _ => {}
        }
    }

    /// The line of the field at this path.
    pub fn at(&self, path: &str) -> Option<usize> {
        let at = self.paths.0.iter().position(|known| known == path)?;
        self.lines.get(at).copied()
    }

    /// The line of a field that an error names.
    pub fn of_field(&self, field: &DraftField) -> Option<usize> {
        let of_item = field
            .item_path()
            .and_then(|path| self.at(&path).or_else(|| self.at(path.rsplit_once('.')?.0)));
        if of_item.is_some() {
            return of_item;
        }
        let has_name = |path: &&String| path.rsplit('.').next() == Some(&*field.name);
        if self.paths.0.iter().filter(has_name).count() > 1 {
            return None;
        }
        self.lines.get(self.paths.of_field(field)?).copied()
    }
}
