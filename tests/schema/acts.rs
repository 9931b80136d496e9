//! A newsroom in which everything is written that a command can write.
//!
//! Always holds: each act is entered with `--format json`, so that its receipt is an answer too;
//! the clock and the randomness are set. Not here: what is asked afterwards (`records`).

use crate::schema::answers::{Answers, Printed};
use std::cell::Cell;
use std::path::PathBuf;
use tempfile::TempDir;

const TEXT: &str = "Kommersant reports that two answers were given. Sullivan met Grushko in Moscow \
     on Wednesday. The talks lasted two hours. Lavrov said that the core question was not \
     answered.\n";

/// Drafts that have every field which a fact can have.
pub const FACTS: &str = r#"{"claim":"Two answers were given.","quote":"two answers were given","reliability":"B","attribution":[{"agent":"Kommersant","agent_type":"organization","act":"reports","role":"newspaper","id":"https://k.example/"},{"agent":"a diplomat","agent_type":"person","act":"says","unnamed_because":"he wishes it"}],"topics":[{"name":"Answers","id":"https://answers.example/"}]}
{"claim":"Sullivan met Grushko in Moscow.","evidence":[{"quote":"Sullivan met Grushko in Moscow","translation":{"lang":"de","text":"Sullivan traf Gruschko in Moskau","by":"human"}},{"stance":"mentions"}],"when":{"edtf":"2022-01-25","as_written":"Wednesday","basis":"derived"},"topics":["John Sullivan"]}
{"claim":"The talks lasted two hours.","quote":"The talks lasted two hours"}
{"claim":"The core question was not answered.","quote":"the core question was not answered"}
"#;

/// The articles of the newsroom, by Ada.
pub const ARTICLE: &str = r#"{"type":"document.captured","file":"article.txt","title":"The article","lang":"en","media_type":"text/plain","url":"https://a.example/1","publisher":"Kommersant","authors":["A","B"],"published":{"edtf":"2022-01-27","as_written":"Wednesday"},"method":"by hand","archived_at":"https://b.example/","rights":"CC-BY-4.0"}
"#;

/// The acts, in their order: the position of the first is 1.
const ACTS: [&str; 23] = [
    "editor add keys/bo.request --role editor --by ada",
    "editor add keys/cy.request --role editor --role admin --by ada",
    "append article.jsonl --by ada",
    "append facts.jsonl --by ada",
    "confirm 4 --how reread --quote two_answers --by bo",
    "dispute 5 --reason wrong-date --statement It_was_the_26th. --quote on_Wednesday --by bo",
    "correct 5 --reason wrong-date --statement It_was_the_26th. --claim They_met_on_Wednesday. \
     --when 2022-01-26 --resolves 9 --by ada",
    "dispute 6 --reason misquotation --error-in document --statement S. --by bo",
    "uphold 11 --statement S. --by cy",
    "retract 6 --reason unverifiable --statement S. --by ada",
    "reinstate 6 --statement S. --by bo",
    "relate 5 supports 4 --statement S. --by bo",
    "document describe 3 --title The_article_again --statement S. --by ada",
    "document add notes.txt --title Notes --lang en --media-type text/plain --derived-from 3 \
     --method by_hand --by ada",
    "retract 7 --reason unverifiable --statement S. --by ada",
    "dispute 4 --reason misquotation --error-in document --statement S. --by cy",
    // The questions of the first day are asked here; see `first_day`.
    "editor change bo --name Bo_Cole --by ada",
    "ledger change --confirmations 2 --corrections-policy P --by ada",
    "ledger rekey --reason rotated --statement S. --by ada",
    "editor revoke bo --reason compromised --suspect-from 11 --statement S. --by ada",
    "editor change ada --name Ada_Other --by ada",
    "ledger change --title Ahead --clock-is-right --by ada",
    "ledger retime --statement S. --by ada",
];
/// The number of acts of the first day.
const FIRST_DAY: usize = 16;
/// The act that a clock of the next year enters.
const AHEAD: &str = "ledger change --title Ahead";

/// A folder with a record of Ada's, Bo's and Cy's.
pub struct Newsroom {
    pub folder: TempDir,
    minutes: Cell<u32>,
}

impl Newsroom {
    /// A new record, and the keys of two others.
    pub fn founded(answers: &mut Answers<'_>) -> Newsroom {
        let room = Newsroom { folder: tempfile::tempdir().unwrap(), minutes: Cell::new(0) };
        room.put("article.txt", TEXT);
        room.put("notes.txt", "Notes of the talks.\n");
        room.put("article.jsonl", ARTICLE);
        room.put("facts.jsonl", FACTS);
        let init = "init --origin example.org/record --title Record --name Ada --no-passphrase";
        room.does(answers, &format!("{init} --format json"));
        for name in ["bo", "cy"] {
            let new = format!("key new {name} --name {name}_Berg --no-passphrase");
            room.does(answers, &format!("{new} --format json"));
        }
        room.does(answers, "key import again keys/cy.key --no-passphrase --format json");
        room.does(answers, "key passphrase again --no-passphrase --format json");
        // A look at the empty record: all that follows is new.
        room.does(answers, "--by ada --format text");
        room
    }

    /// Enters what happens on the first day.
    pub fn first_day(&self, answers: &mut Answers<'_>) {
        for act in &ACTS[..FIRST_DAY] {
            let tried = self.runs(answers, &format!("{act} --dry-run --format json"));
            assert_eq!(tried.exit, 0, "{act}: {}", tried.err);
            self.does(answers, &format!("{act} --format json"));
        }
        // The same again is in the record already.
        self.does(answers, "append facts.jsonl --by ada --format json");
    }

    /// Enters what happens later.
    pub fn later(&self, answers: &mut Answers<'_>) {
        for act in &ACTS[FIRST_DAY..] {
            self.does(answers, &format!("{act} --format json"));
        }
    }

    /// Writes a file.
    pub fn put(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).unwrap();
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Runs a command that must succeed.
    pub fn does(&self, answers: &mut Answers<'_>, line: &str) -> Printed {
        let printed = self.runs(answers, line);
        assert_eq!(printed.exit, 0, "{line}: {}", printed.err);
        printed
    }

    /// Runs a command, a minute after the one before.
    pub fn runs(&self, answers: &mut Answers<'_>, line: &str) -> Printed {
        let minutes = self.minutes.get();
        self.minutes.set(minutes + 1);
        let year = if line.starts_with(AHEAD) { 2028 } else { 2027 };
        let clock = format!("{year}-03-01T{:02}:{:02}:00Z", 8 + minutes / 60, minutes % 60);
        let seed = format!("command {minutes}");
        answers.run(self.folder.path(), line, &[("ANNALS_CLOCK", &clock), ("ANNALS_SEED", &seed)])
    }
}
