//! docs/environment.md names every variable that the program reads.

use std::collections::BTreeSet;
use std::path::Path;

/// The names that begin with `ANNALS_` in a text.
fn names(text: &str, into: &mut BTreeSet<String>) {
    for (at, _) in text.match_indices("ANNALS_") {
        let name: String = text[at..]
            .chars()
            .take_while(|c| c.is_ascii_uppercase() || *c == '_' || c.is_ascii_digit())
            .collect();
        into.insert(name);
    }
}

fn sources(folder: &Path, into: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => sources(&path, into),
            false => names(&std::fs::read_to_string(&path).unwrap_or_default(), into),
        }
    }
}

#[test]
fn the_page_names_what_the_source_reads() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (mut read, mut written) = (BTreeSet::new(), BTreeSet::new());
    for folder in ["src", "core/src"] {
        sources(&root.join(folder), &mut read);
    }
    names(&std::fs::read_to_string(root.join("docs/environment.md")).unwrap(), &mut written);
    assert_eq!(read, written);
}
