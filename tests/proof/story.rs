//! The story: a fact of Ada's, confirmed by Bo, corrected by Cy; proved to an auditor who has a pin,
//! a policy, a log key, or nothing.

use crate::support::files::{CHECKPOINT, Files, PIN};
use crate::support::{Ledger, acts, keys};
use annals::tlog::cosignature::cosign;
use annals::tlog::{Kind, Note, VerifierKey, vkey};
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

pub struct Desk {
    pub folder: TempDir,
}

pub struct Answer {
    pub out: String,
    pub err: String,
    pub exit: i32,
}

impl Desk {
    /// The files of a ledger on disk, and nothing else.
    pub fn of(files: &Files) -> Desk {
        let folder = tempfile::tempdir().expect("a folder");
        for (name, bytes) in files {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("made");
            std::fs::write(path, bytes).expect("written");
        }
        Desk { folder }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        std::fs::write(self.path(name), bytes).expect("written");
    }

    pub fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).expect("read")
    }

    /// Runs the program in the folder.
    pub fn run(&self, args: &str) -> Answer {
        let output = Command::new(env!("CARGO_BIN_EXE_annals"))
            .args(args.split(' '))
            .current_dir(&self.folder)
            .env_remove("ANNALS_LEDGER")
            .env_remove("ANNALS_KEYS")
            .output()
            .expect("the program runs");
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
        let exit = output.status.code().expect("an exit code");
        Answer { out: text(output.stdout), err: text(output.stderr), exit }
    }
}

/// 0–5 the newsroom, 6 confirmed by Bo, 7 another fact, 8 corrected by Cy, 9 disputed by Bo.
pub fn ledger() -> Ledger {
    let mut ledger = Ledger::newsroom();
    ledger.sign("bo", acts::confirmed(5));
    ledger.sign("ada", acts::asserted(4));
    ledger.sign("cy", acts::corrected(5, 4, &[]));
    ledger.sign("bo", acts::disputed(8));
    ledger
}

#[test]
fn try_it() {
    let desk = Desk::of(&ledger().files());
    for c in [
        "prove 5 -o 5.proof",
        "verify 5.proof",
        "prove 5 --c2sp",
        "prove 6",
        "verify 5.proof --format json",
        "prove 5 --with-documents -o 5d.proof",
        "verify 5d.proof",
    ] {
        let a = desk.run(c);
        println!("$ {c}\n{}{}[{}]", a.out, a.err, a.exit);
    }
    println!("{}", desk.read("5.proof"));
}
