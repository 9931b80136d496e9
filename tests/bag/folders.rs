//! Folders as maps of names to bytes, and copies of them.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// Every file under a folder, by its relative name.
pub fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(at) = folders.pop() {
        for entry in fs::read_dir(&at).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => folders.push(path),
                false => {
                    let name = path.strip_prefix(folder).unwrap().to_str().unwrap().to_owned();
                    found.insert(name, fs::read(&path).unwrap());
                }
            }
        }
    }
    found
}

/// Copies a folder.
pub fn copy(from: &Path, to: &Path) {
    for name in files(from).into_keys() {
        let path = to.join(&name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::copy(from.join(name), path).unwrap();
    }
}

/// Changes one file.
pub fn edit(path: &Path, change: impl FnOnce(&mut Vec<u8>)) {
    let mut bytes = fs::read(path).unwrap();
    change(&mut bytes);
    fs::write(path, bytes).unwrap();
}

/// Writes the manifests of a bag again, as a person would who changed it and knows the format.
pub fn manifest_again(bag: &Path) {
    let digest = |bytes: &[u8]| hex::encode(annals_core::hash::sha512(&[bytes]));
    let line = |(name, bytes): (&String, &Vec<u8>)| format!("{}  {name}\n", digest(bytes));
    let is_tag = |name: &str| !name.starts_with("data/") && !name.starts_with("tagmanifest");
    let all = files(bag);
    let payload = all.iter().filter(|(name, _)| name.starts_with("data/"));
    fs::write(bag.join("manifest-sha512.txt"), payload.map(line).collect::<String>()).unwrap();
    let all = files(bag);
    let tags = all.iter().filter(|(name, _)| is_tag(name));
    fs::write(bag.join("tagmanifest-sha512.txt"), tags.map(line).collect::<String>()).unwrap();
}
