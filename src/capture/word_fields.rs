//! The fields of a DOCX part: their codes, which are no text, and what a form has in place of a
//! result.
//!
//! Always holds: a result inside of a code is none. Not here: the text around fields (`word`).
//! Source: ECMA-376 part 1, 17.16 (fields and form fields).

use quick_xml::events::BytesStart;

/// The fields that are open, the innermost last.
#[derive(Debug, Default)]
pub(super) struct Fields(Vec<Field>);

#[derive(Debug, Default)]
struct Field {
    /// Its code has ended.
    has_result: bool,
    /// Its result has words.
    has_words: bool,
    ticked: Option<bool>,
    entries: Vec<String>,
    chosen: Option<usize>,
}

impl Fields {
    /// Takes an element that begins inside of `outer`: returns the words of a form's field that
    /// ends with it, in place of its result.
    pub(super) fn take(&mut self, tag: &BytesStart<'_>, outer: Option<&str>) -> Option<String> {
        let value = || attribute(tag, "w:val");
        let number = || value().and_then(|value| value.parse().ok());
        let is_on = || !matches!(value().as_deref(), Some("0" | "false" | "off"));
        match (outer, tag.name().as_ref()) {
            (_, "w:fldChar") => match attribute(tag, "w:fldCharType").as_deref() {
                Some("begin") => self.0.push(Field::default()),
                Some("separate") => self.last()?.has_result = true,
                Some("end") => return self.0.pop()?.value(),
                _ => {}
            },
            (_, "w:checkBox") => self.last()?.ticked = Some(false),
            (Some("w:checkBox"), "w:default" | "w:checked") => self.last()?.ticked = Some(is_on()),
            (Some("w:ddList"), "w:result") => self.last()?.chosen = number(),
            (Some("w:ddList"), "w:default") => {
                let field = self.last()?;
                field.chosen = field.chosen.or_else(number);
            }
            (Some("w:ddList"), "w:listEntry") => self.last()?.entries.extend(value()),
            _ => {}
        }
        None
    }

    /// Notes that a result has these words.
    pub(super) fn show(&mut self, words: &str) {
        if let Some(field) = self.0.last_mut() {
            field.has_words |= !words.trim().is_empty();
        }
    }

    /// Whether the code of a field is open.
    pub(super) fn is_in_code(&self) -> bool {
        self.0.iter().any(|field| !field.has_result)
    }

    fn last(&mut self) -> Option<&mut Field> {
        self.0.last_mut()
    }
}

/// The value of an attribute.
pub(super) fn attribute(tag: &BytesStart<'_>, name: &str) -> Option<String> {
    Some(tag.try_get_attribute(name).ok()??.value.into_owned())
}

impl Field {
    fn value(&self) -> Option<String> {
        if self.has_words {
            return None;
        }
        match self.ticked {
            Some(true) => Some("☑".to_owned()),
            Some(false) => Some("☐".to_owned()),
            None => self.entries.get(self.chosen.unwrap_or(0)).cloned(),
        }
    }
}
