//! A newsroom in which a key was stolen, and in which another stolen key undid that.
//!
//! Always holds: of each kind of act that can be undone, one is. Not here: the values
//! (`people/undone_acts`).

use crate::schema::acts::Newsroom;
use crate::schema::answers::Answers;

/// The acts before the revocations; the position of the first is 3.
const ACTS: [&str; 12] = [
    "append article.jsonl --by ada",
    "append facts.jsonl --by ada",
    "relate 4 supports 5 --by ada",
    "relate --withdraw 8 --statement S. --by bo",
    "retract 6 --reason unverifiable --statement S. --by ada",
    "reinstate 6 --statement S. --by bo",
    "document describe 3 --title Forged --statement S. --by bo",
    "document add notes.txt --title Notes --lang en --media-type text/plain --by bo",
    "append --document 13 --quote Notes --claim There_are_notes. --by ada",
    "append --document 3 --quote Lavrov_said --claim Lavrov_spoke. --by bo",
    "confirm 15 --how reread --by ada",
    "document describe 3 --title Again --statement S. --by ada",
];

/// Asks for what was undone, and for what is in force again.
pub fn all(answers: &mut Answers<'_>) {
    let room = Newsroom::founded(answers);
    for editor in ["bo.request --role editor", "cy.request --role editor --role admin"] {
        room.does(answers, &format!("editor add keys/{editor} --by ada --format json"));
    }
    for act in ACTS {
        room.does(answers, &format!("{act} --format json"));
    }
    let revoke = |name: &str, from: u64, by: &str| {
        let why = "--reason compromised --statement S.";
        format!("editor revoke {name} {why} --suspect-from {from} --by {by} --format json")
    };
    room.does(answers, &revoke("bo", 9, "ada"));
    for fact in [4, 5, 14, 15] {
        room.does(answers, &format!("prove {fact} --output {fact}.proof --format json"));
        room.runs(answers, &format!("verify {fact}.proof --format json"));
    }
    room.does(answers, &revoke("ada", 18, "cy"));
    for question in [
        "diff 17 18",
        "diff 18 19",
        "show 4 --as-of 18",
        "show 6 --as-of 18",
        "replay --as-of 18",
        "blame 3 --as-of 18",
    ] {
        for format in ["json", "jsonl"] {
            room.does(answers, &format!("{question} --format {format}"));
        }
    }
}
