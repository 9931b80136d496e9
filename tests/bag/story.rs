//! The archivist's stories, each made once and written again for every test.

use crate::archivist::story as archivist;
pub use crate::archivist::story::Story;
use crate::bag::folders::files;
use std::fs::{self, Permissions};
use std::path::PathBuf;
use std::sync::LazyLock;

/// A folder in memory.
type Kept = Vec<(PathBuf, Vec<u8>, Permissions)>;

static STORY: LazyLock<Kept> = LazyLock::new(|| kept(archivist::story()));
static DARK: LazyLock<Kept> = LazyLock::new(|| kept(archivist::dark_story()));
static RETIMED: LazyLock<Kept> = LazyLock::new(|| kept(archivist::retimed_story()));

fn kept(story: Story) -> Kept {
    let folder = story.folder.path();
    let file = |(name, bytes): (String, Vec<u8>)| {
        let permissions = fs::metadata(folder.join(&name)).unwrap().permissions();
        (PathBuf::from(name), bytes, permissions)
    };
    files(folder).into_iter().map(file).collect()
}

fn written(kept: &Kept) -> Story {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes, permissions) in kept {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, bytes).unwrap();
        fs::set_permissions(&path, permissions.clone()).unwrap();
    }
    Story { folder }
}

/// See `archivist::story`.
pub fn story() -> Story {
    written(&STORY)
}

/// See `archivist::dark_story`.
pub fn dark_story() -> Story {
    written(&DARK)
}

/// See `archivist::retimed_story`.
pub fn retimed_story() -> Story {
    written(&RETIMED)
}
