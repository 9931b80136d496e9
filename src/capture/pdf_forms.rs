//! Forms of a PDF (parts of a page that have a stream of their own) at the places where pages show
//! them: the library draws each one at the origin.
//!
//! Always holds: a form that is shown twice stands in the text twice, at both places, and one that
//! shows itself once; an image is no form, and its bytes are no text. Not here: what of a form is
//! seen (`pdf_unseen`). Source: ISO 32000-1, 8.10.

use crate::capture::pdf_inherited::{inherited, rectangle};
use pdf_extract::content::{Content, Operation};
use pdf_extract::{Dictionary, Document, Object, ObjectId, Stream};
use std::collections::BTreeSet;

/// How deep forms may contain each other; what is deeper is not shown.
const NESTED: usize = 12;
/// The most forms of a document that are placed; others stay where the library draws them.
const MOST: usize = 20_000;
/// The part of a page from which it is one that images show: a scan may have a margin.
const COVERED: f64 = 0.25;

/// A matrix of six numbers, as the operator `cm` has it.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Matrix([f64; 6]);

impl Matrix {
    const ORIGIN: Matrix = Matrix([1.0, 0.0, 0.0, 1.0, 0.0, 0.0]);

    fn read(numbers: &[Object]) -> Option<Matrix> {
        let number = |object: &Object| match object {
            Object::Integer(number) => Some(*number as f64),
            object => object.as_float().ok().map(f64::from),
        };
        let numbers: Vec<f64> = numbers.iter().map(number).collect::<Option<_>>()?;
        numbers.try_into().ok().map(Matrix)
    }

    /// The area that it makes of a square of one unit, such as an image.
    fn area(self) -> f64 {
        let Matrix([a, b, c, d, ..]) = self;
        (a * d - b * c).abs()
    }

    /// This one, in the space of another one.
    fn within(self, Matrix([a, b, c, d, e, f]): Matrix) -> Matrix {
        let Matrix(own) = self;
        let turned = |x: f64, y: f64| [x * a + y * c, x * b + y * d];
        let ([a, b], [c, d], [x, y]) =
            (turned(own[0], own[1]), turned(own[2], own[3]), turned(own[4], own[5]));
        Matrix([a, b, c, d, x + e, y + f])
    }
}

/// Gives each page forms of its own, which begin with their place on it. Returns the pages that
/// images cover.
pub(super) fn place_forms(document: &mut Document) -> BTreeSet<ObjectId> {
    let mut placing = Placing { open: Vec::new(), left: MOST, images: 0.0 };
    let mut covered = BTreeSet::new();
    let pages: Vec<ObjectId> = document.get_pages().into_values().collect();
    for page in pages {
        let (Ok(content), Some(resources)) =
            (document.get_page_content(page), resources_of(document, page))
        else {
            continue;
        };
        placing.images = 0.0;
        let placed = placing.content(document, &content, &resources, Matrix::ORIGIN);
        if is_covered(document, page, placing.images) {
            covered.insert(page);
        }
        let Some((content, resources)) = placed else { continue };
        // A page that cannot be changed stays as it is.
        if document.change_page_content(page, content).is_ok()
            && let Ok(page) = document.get_object_mut(page).and_then(Object::as_dict_mut)
        {
            page.set("Resources", resources);
        }
    }
    covered
}

/// The resources of a page, its own or those of a node around it.
fn resources_of(document: &Document, page: ObjectId) -> Option<Dictionary> {
    let resources = inherited(document, document.get_dictionary(page).ok()?, b"Resources")?;
    resources.as_dict().ok().cloned()
}

/// Whether images of this area cover a good part of a page.
fn is_covered(document: &Document, page: ObjectId, images: f64) -> bool {
    let sides = || {
        let sides = inherited(document, document.get_dictionary(page).ok()?, b"MediaBox")?;
        rectangle(document, sides)
    };
    images > 0.0
        && sides().is_some_and(|[left, bottom, right, top]| {
            images >= COVERED * (right - left) * (top - bottom)
        })
}

/// The forms that are open, by the objects that they were, and how many more may be placed.
struct Placing {
    open: Vec<ObjectId>,
    left: usize,
    /// The area of the images of the present page.
    images: f64,
}

impl Placing {
    /// A content stream that begins at a place, and its resources, with forms of its own; `None`
    /// where it shows none.
    fn content(
        &mut self,
        document: &mut Document,
        content: &[u8],
        resources: &Dictionary,
        begin: Matrix,
    ) -> Option<(Vec<u8>, Dictionary)> {
        if !content.windows(2).any(|bytes| bytes == b"Do") {
            return None;
        }
        let mut objects = document.get_dict_in_dict(resources, b"XObject").ok()?.clone();
        let mut operations = Vec::new();
        let (mut now, mut saved) = (begin, Vec::new());
        for operation in Content::decode(content).ok()?.operations {
            match (operation.operator.as_str(), operation.operands.as_slice()) {
                ("q", _) => saved.push(now),
                ("Q", _) => now = saved.pop().unwrap_or(now),
                ("cm", numbers) => now = Matrix::read(numbers).map_or(now, |own| own.within(now)),
                ("Do", [Object::Name(name)]) => {
                    let object = objects.get(name).and_then(|object| document.dereference(object));
                    let Ok((Some(id), Object::Stream(stream))) = object else { continue };
                    let kind = stream.dict.get(b"Subtype").and_then(Object::as_name);
                    let is_image = kind.is_ok_and(|kind| kind != b"Form");
                    if is_image {
                        self.images += now.area();
                        continue;
                    }
                    if self.open.contains(&id) || self.open.len() == NESTED {
                        continue;
                    }
                    let stream = stream.clone();
                    self.open.push(id);
                    let form = self.form(document, stream, resources, now);
                    self.open.pop();
                    if let Some(form) = form {
                        let name = format!("Placed{}", self.left);
                        objects.set(name.as_str(), form);
                        let name = vec![Object::Name(name.into_bytes())];
                        operations.push(Operation::new("Do", name));
                        continue;
                    }
                }
                _ => {}
            }
            operations.push(operation);
        }
        let mut resources = resources.clone();
        resources.set("XObject", objects);
        Some((Content { operations }.encode().ok()?, resources))
    }

    /// A form that begins with its place; `None` where there are too many, or it cannot be read.
    fn form(
        &mut self,
        document: &mut Document,
        form: Stream,
        around: &Dictionary,
        now: Matrix,
    ) -> Option<ObjectId> {
        self.left = self.left.checked_sub(1)?;
        let content = form.decompressed_content().ok()?;
        let own = form.dict.get(b"Matrix").and_then(Object::as_array);
        let own = own.ok().and_then(|numbers| Matrix::read(numbers)).unwrap_or(Matrix::ORIGIN);
        let begin = own.within(now);
        let resources = document.get_dict_in_dict(&form.dict, b"Resources");
        let resources = resources.unwrap_or(around).clone();
        let inner = self.content(document, &content, &resources, begin);
        let (content, resources) = inner.unwrap_or((content, resources));
        let numbers = begin.0.map(|number| number.to_string()).join(" ");
        let content = [format!("{numbers} cm\n").as_bytes(), &content].concat();
        let mut dictionary = form.dict;
        for done in [&b"Filter"[..], b"DecodeParms", b"Matrix"] {
            dictionary.remove(done);
        }
        dictionary.set("Resources", resources);
        Some(document.add_object(Stream::new(dictionary, content)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_matrix_within_another_one_moves_and_scales() {
        let moved = Matrix([1.0, 0.0, 0.0, 1.0, 10.0, 20.0]);
        let scaled = Matrix([2.0, 0.0, 0.0, 3.0, 5.0, 7.0]);
        assert_eq!(moved.within(scaled), Matrix([2.0, 0.0, 0.0, 3.0, 25.0, 67.0]));
        assert_eq!(scaled.within(moved), Matrix([2.0, 0.0, 0.0, 3.0, 15.0, 27.0]));
        assert_eq!(moved.within(Matrix::ORIGIN), moved);
    }
}
