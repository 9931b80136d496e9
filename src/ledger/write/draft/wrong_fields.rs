//! All that is wrong with the fields of one draft, each with its path.
//!
//! Always holds: a field that cannot be read hides no other: it is left out, and the rest is read
//! again. Not here: where a path stands in the text (`json_places`, `toml_lines`), what the draft
//! resolves to (`resolve`).

use crate::ledger::write::draft::Draft;
use serde::Deserializer;
use serde_json::Map;
use serde_path_to_error::Segment;

/// The maximum number of wrong fields that one draft reports.
const MAX_WRONG: usize = 20;

/// A step of a path within a draft.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PathStep {
    /// A field.
    Field(String),
    /// An item of a list, from 0.
    Item(usize),
}

/// Where a value stands within a draft; empty for the draft itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FieldPath(pub Vec<PathStep>);

impl FieldPath {
    /// The path as errors have it, such as `evidence[0].stance`.
    pub fn shown(&self) -> String {
        let mut shown = String::new();
        for step in &self.0 {
            match step {
                PathStep::Field(name) if shown.is_empty() => shown.push_str(name),
                PathStep::Field(name) => shown.push_str(&format!(".{name}")),
                PathStep::Item(at) => shown.push_str(&format!("[{at}]")),
            }
        }
        shown
    }

    /// The path as columns of a table have it, such as `evidence.1.stance`.
    pub fn column(&self) -> String {
        let step = |step: &PathStep| match step {
            PathStep::Field(name) => name.clone(),
            PathStep::Item(at) => (at + 1).to_string(),
        };
        self.0.iter().map(step).collect::<Vec<_>>().join(".")
    }

    /// The path of what this is a part of.
    pub fn outer(&self) -> FieldPath {
        let (_, outer) = self.0.split_last().unwrap_or((&PathStep::Item(0), &[]));
        FieldPath(outer.to_vec())
    }

    /// The name of the innermost field.
    fn field(&self) -> Option<&str> {
        self.0.iter().rev().find_map(|step| match step {
            PathStep::Field(name) => Some(name.as_str()),
            PathStep::Item(_) => None,
        })
    }

    fn of(path: &serde_path_to_error::Path) -> FieldPath {
        let step = |segment: &Segment| match segment {
            Segment::Seq { index } => Some(PathStep::Item(*index)),
            Segment::Map { key } => Some(PathStep::Field(key.clone())),
            Segment::Enum { .. } | Segment::Unknown => None,
        };
        FieldPath(path.iter().filter_map(step).collect())
    }
}

/// What is wrong with one field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrongField {
    /// Where it stands; of an unknown field, its own path.
    pub path: FieldPath,
    /// What the library says of it.
    pub why: String,
}

impl WrongField {
    /// Whether there is no such field.
    pub fn is_unknown(&self) -> bool {
        self.why.starts_with("unknown field ")
    }

    /// The name by which what follows from it is recognised; empty where the field is unknown, for
    /// it may be any that is missing.
    pub fn unread(&self) -> String {
        if self.is_unknown() { "" } else { self.path.field().unwrap_or_default() }.to_owned()
    }
}

/// A value of a draft before its fields are read.
pub trait DraftValue: Clone + for<'de> Deserializer<'de, Error = Self::Fault> {
    /// What the library says of a value.
    type Fault: serde::de::Error;
    /// What it says, without the place.
    fn message(fault: &Self::Fault) -> String;
    /// The value of a field.
    fn field(&mut self, name: &str) -> Option<&mut Self>;
    /// An item of a list.
    fn item(&mut self, at: usize) -> Option<&mut Self>;
    /// Leaves out a field; false if there is none.
    fn leave_out(&mut self, name: &str) -> bool;
    /// Values of which any item of a list can have one.
    fn any_item() -> [Self; 3];
}

impl DraftValue for serde_json::Value {
    type Fault = serde_json::Error;
    fn message(fault: &serde_json::Error) -> String {
        fault.to_string()
    }
    fn field(&mut self, name: &str) -> Option<&mut Self> {
        self.get_mut(name)
    }
    fn item(&mut self, at: usize) -> Option<&mut Self> {
        self.get_mut(at)
    }
    fn leave_out(&mut self, name: &str) -> bool {
        self.as_object_mut().is_some_and(|fields| fields.remove(name).is_some())
    }
    fn any_item() -> [Self; 3] {
        [Self::Object(Map::new()), Self::from("a"), Self::from(0)]
    }
}

impl DraftValue for toml::Value {
    type Fault = toml::de::Error;
    fn message(fault: &toml::de::Error) -> String {
        fault.message().to_owned()
    }
    fn field(&mut self, name: &str) -> Option<&mut Self> {
        self.get_mut(name)
    }
    fn item(&mut self, at: usize) -> Option<&mut Self> {
        self.get_mut(at)
    }
    fn leave_out(&mut self, name: &str) -> bool {
        self.as_table_mut().is_some_and(|fields| fields.remove(name).is_some())
    }
    fn any_item() -> [Self; 3] {
        [Self::Table(toml::Table::new()), Self::from("a"), Self::from(0)]
    }
}

/// The draft of what can be read, and all that is wrong with the rest; no draft where the value as
/// a whole is none.
pub fn read_fields<V: DraftValue>(mut value: V) -> (Option<Draft>, Vec<WrongField>) {
    let mut wrong = Vec::new();
    while wrong.len() < MAX_WRONG {
        let error = match read(&value) {
            Ok(draft) => return (Some(draft), wrong),
            Err(error) => error,
        };
        let is_left_out = leave_out(&mut value, &error.path);
        wrong.push(error);
        if !is_left_out {
            return (None, wrong);
        }
    }
    // What is left may be whole.
    if let Ok(draft) = read(&value) {
        return (Some(draft), wrong);
    }
    let why = format!("more of its fields are wrong than the {MAX_WRONG} that are shown");
    wrong.push(WrongField { path: FieldPath::default(), why });
    (None, wrong)
}

fn read<V: DraftValue>(value: &V) -> Result<Draft, WrongField> {
    let read = serde_path_to_error::deserialize(value.clone());
    read.map_err(|error| WrongField {
        path: FieldPath::of(error.path()),
        why: V::message(error.inner()),
    })
}

/// Leaves out the value at a path; an item of a list keeps its place, so that the numbers of the
/// others stay. False where nothing was left out.
fn leave_out<V: DraftValue>(value: &mut V, path: &FieldPath) -> bool {
    let Some((last, outer)) = path.0.split_last() else { return false };
    match last {
        PathStep::Field(name) => at(value, outer).is_some_and(|outer| outer.leave_out(name)),
        PathStep::Item(_) => {
            for item in V::any_item() {
                let Some(place) = at(value, &path.0) else { return false };
                *place = item;
                if read(value).err().is_none_or(|next| next.path != *path) {
                    return true;
                }
            }
            leave_out(value, &FieldPath(outer.to_vec()))
        }
    }
}

fn at<'v, V: DraftValue>(value: &'v mut V, path: &[PathStep]) -> Option<&'v mut V> {
    let mut place = value;
    for step in path {
        place = match step {
            PathStep::Field(name) => place.field(name)?,
            PathStep::Item(at) => place.item(*at)?,
        };
    }
    Some(place)
}
