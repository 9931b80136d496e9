//! The widths of the letters of a PDF's composite fonts, in the form that the library reads.
//!
//! Always holds: a range of letters of one width (`first last width`) becomes a list with a width
//! for each; what cannot be read stays as it is. Source: ISO 32000-1, 9.7.4.3.

use pdf_extract::{Document, Object, ObjectId};

/// The last number that a letter of a composite font may have.
const LAST: i64 = 0xFFFF;

/// Writes the widths of all composite fonts as lists.
pub(super) fn spell_out_widths(document: &mut Document) {
    let fonts = document.objects.iter().filter_map(|(id, font)| {
        let (_, widths) = document.dereference(font.as_dict().ok()?.get(b"W").ok()?).ok()?;
        Some((*id, in_lists(document, widths.as_array().ok()?)?))
    });
    let fonts: Vec<(ObjectId, Vec<Object>)> = fonts.collect();
    for (id, widths) in fonts {
        if let Some(Ok(font)) = document.objects.get_mut(&id).map(Object::as_dict_mut) {
            font.set("W", widths);
        }
    }
}

/// The widths without ranges; `None` where they are in another form.
fn in_lists(document: &Document, widths: &[Object]) -> Option<Vec<Object>> {
    let value = |object| document.dereference(object).ok().map(|(_, value)| value);
    let widths: Vec<&Object> = widths.iter().map(value).collect::<Option<_>>()?;
    let (mut lists, mut rest) = (Vec::new(), widths.as_slice());
    loop {
        rest = match rest {
            [] => return Some(lists),
            [first @ Object::Integer(_), list @ Object::Array(_), rest @ ..] => {
                lists.extend([(*first).clone(), (*list).clone()]);
                rest
            }
            [Object::Integer(first), Object::Integer(last), width, rest @ ..] => {
                let letters = 0..=LAST;
                if !letters.contains(first) || !letters.contains(last) {
                    return None;
                }
                let list = (*first..=*last).map(|_| (*width).clone()).collect();
                lists.extend([Object::Integer(*first), Object::Array(list)]);
                rest
            }
            _ => return None,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_of_letters_has_a_width_for_each() {
        let (number, list) = (Object::Integer, |list: &[i64]| {
            Object::Array(list.iter().map(|width| Object::Integer(*width)).collect())
        });
        let widths = [number(3), list(&[250, 500]), number(20), number(22), number(556)];
        let expected = vec![number(3), list(&[250, 500]), number(20), list(&[556, 556, 556])];
        let document = Document::new();
        assert_eq!(in_lists(&document, &widths), Some(expected));
        assert_eq!(in_lists(&document, &widths[..4]), None);
        assert_eq!(in_lists(&document, &[number(0), number(1 << 40), number(1)]), None);
    }
}
