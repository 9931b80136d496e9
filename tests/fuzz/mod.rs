//! The properties of the fuzz targets, checked with the initial files of fuzzing.
//!
//! Always holds: each target has an initial file that its parser accepts completely. With
//! `ANNALS_FUZZ_SEEDS=DIR` the files are written there, a folder for each target (`scripts/fuzz`).
//! Not here: the properties (`fuzz/src`), random bytes (`scripts/fuzz`).

#[path = "../../fuzz/src/lib.rs"]
mod properties;
mod seeds;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

#[test]
fn every_property_holds_of_what_fuzzing_begins_with() {
    let seeds = seeds::all();
    for property in properties::ALL {
        let of = seeds.get(property.name).unwrap_or_else(|| panic!("{}: no seed", property.name));
        for bytes in of {
            (property.check)(bytes);
            // And with the same bytes after a change of one of them or a truncation.
            for at in (0..bytes.len()).step_by(1 + bytes.len() / 3) {
                let mut changed = bytes.clone();
                changed[at] ^= 0x11;
                (property.check)(&changed);
                (property.check)(&bytes[..at]);
            }
        }
    }
    let Some(folder) = std::env::var_os("ANNALS_FUZZ_SEEDS") else { return };
    for (name, seeds) in seeds {
        let folder = Path::new(&folder).join(name);
        fs::create_dir_all(&folder).expect("a folder");
        for (bytes, number) in seeds.iter().zip(0..) {
            fs::write(folder.join(format!("{number:03}")), bytes).expect("a file");
        }
    }
}

#[test]
fn every_property_has_a_target() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let manifest = fs::read_to_string(root.join("fuzz/Cargo.toml")).expect("fuzz/Cargo.toml");
    let names: BTreeSet<String> = properties::ALL.iter().map(|it| it.name.to_owned()).collect();
    for name in &names {
        let bin = format!("[[bin]]\nname = \"{name}\"\npath = \"targets/{name}.rs\"\n");
        assert!(manifest.contains(&bin), "fuzz/Cargo.toml: no target {name}");
    }
    let targets = fs::read_dir(root.join("fuzz/targets")).expect("fuzz/targets");
    let found: BTreeSet<String> = targets
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .map(|name| name.trim_end_matches(".rs").to_owned())
        .collect();
    assert_eq!(found, names);
}
