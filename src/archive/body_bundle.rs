//! Bundles of bodies: those of 256 events in one file, a line each, so that they are asked for at
//! once.
//!
//! Always holds: a bundle is a transport alone. A line is a body where its digest is the one that
//! the event's statement names, else nothing; a body that is in no line has a file of its own.
//! Not here: which bodies may be shown (`ledger::exchange::publish`). Source: FORMAT.md section 9,
//! "Published directory".

use crate::archive::BODY_BUNDLES;
use crate::archive::tile::{WIDTH, path};

/// The most bytes of a body in a bundle: longer ones have only their own file.
pub const MAX_BODY: usize = 16_384;
/// The most bytes of a bundle.
pub const MAX_BODY_BUNDLE: u64 = WIDTH * (MAX_BODY as u64 + 1);
/// The line of an event whose body is not in the bundle.
const NONE: &[u8] = b"-";

/// The name of the bundle over the bodies of the events from `index` · 256 on.
///
/// ```
/// assert_eq!(annals::archive::body_bundle::name(1_234), "body/bundle/x001/234");
/// ```
pub fn name(index: u64) -> String {
    format!("{BODY_BUNDLES}/{}", path(index))
}

/// Whether this is the name of a bundle of bodies.
pub fn is_name(name: &str) -> bool {
    name.strip_prefix(BODY_BUNDLES).is_some_and(|rest| rest.starts_with('/'))
}

/// Adds the line of the next event. A body that cannot stand in it is left out.
pub fn add_body(bundle: &mut Vec<u8>, body: Option<&[u8]>) {
    let fits = |body: &&[u8]| body.len() <= MAX_BODY && !body.contains(&b'\n');
    bundle.extend_from_slice(body.filter(fits).unwrap_or(NONE));
    bundle.push(b'\n');
}

/// The lines of a bundle, one for each event.
pub fn lines(bundle: &[u8]) -> impl Iterator<Item = &[u8]> {
    bundle.split(|byte| *byte == b'\n')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_that_is_long_or_withheld_is_no_line_of_a_bundle() {
        let (longest, long) = (vec![b'a'; MAX_BODY], vec![b'a'; MAX_BODY + 1]);
        let mut bundle = Vec::new();
        for body in [Some(&b"{}"[..]), None, Some(&longest), Some(&long), Some(b"a\nb")] {
            add_body(&mut bundle, body);
        }
        let found: Vec<&[u8]> = lines(&bundle).collect();
        assert_eq!(found, [b"{}", NONE, &longest, NONE, NONE, b""]);
        assert_eq!(bundle.len(), 3 + 2 + MAX_BODY + 1 + 2 + 2);
    }
}
