//! Entries of a PDF's pages that may stand at a node of the tree around them, and rectangles.
//!
//! Always holds: a tree that contains itself ends. Source: ISO 32000-1, 7.7.3.4 and 7.9.5.

use pdf_extract::{Dictionary, Document, Object};

/// How many nodes of a tree are asked for what a page or a field inherits.
const MAX_PARENTS: usize = 64;

/// An entry of a page or a field, its own or that of a node around it.
pub(super) fn inherited<'d>(
    document: &'d Document,
    of: &'d Dictionary,
    name: &[u8],
) -> Option<&'d Object> {
    let mut node = of;
    for _ in 0..MAX_PARENTS {
        if let Ok((_, entry)) = node.get(name).and_then(|entry| document.dereference(entry)) {
            return Some(entry);
        }
        node = document.get_dict_in_dict(node, b"Parent").ok()?;
    }
    None
}

/// The sides of a rectangle: left, bottom, right, top.
pub(super) fn rectangle(document: &Document, sides: &Object) -> Option<[f64; 4]> {
    let sides = sides.as_array().ok()?;
    let side = |at: usize| {
        let (_, side) = document.dereference(sides.get(at)?).ok()?;
        side.as_float().ok().map(f64::from)
    };
    let (x, other_x) = (side(0)?, side(2)?);
    let (y, other_y) = (side(1)?, side(3)?);
    Some([x.min(other_x), y.min(other_y), x.max(other_x), y.max(other_y)])
}
