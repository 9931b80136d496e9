//! Vectors of rules 706 and 910, and of the end of the record: commit lines and framing.

use super::{Case, bad, good};
use crate::support::files::{CHECKPOINT, Files, JOURNAL, PIN, closing};
use crate::support::tamper::replace;
use crate::support::{Ledger, acts};
use annals_core::hash::Hash;

fn ledger() -> Ledger {
    let mut ledger = Ledger::opened();
    ledger.sign("ada", acts::changed(2));
    ledger.sign("ada", acts::retimed());
    ledger
}

fn text() -> String {
    ledger().journal()
}

fn journal(text: String) -> Files {
    let mut files = ledger().files();
    files.insert(JOURNAL.to_owned(), text.into_bytes());
    files
}

/// The commit line after event `index`, without LF.
fn closing_line(index: usize) -> String {
    text().lines().filter(|line| line.starts_with("= ")).nth(index).expect("a line").to_owned()
}

/// The text from the start to just after the commit line of this many commits.
fn up_to(commits: usize) -> String {
    let line = closing_line(commits - 1) + "\n";
    let whole = text();
    whole[..whole.find(&line).expect("the line") + line.len()].to_owned()
}

pub fn cases() -> Vec<Case> {
    let mut out = commit_lines();
    out.extend(framing());
    out.extend(unfinished());
    out
}

fn commit_lines() -> Vec<Case> {
    let line = closing_line(1);
    let words: Vec<&str> = line.split(' ').collect();
    let other = annals_core::tlog::to_base64(&Hash::of(&[b"other"]).0);
    let with = |line: String| journal(text().replacen(&closing_line(1), &line, 1));
    let empty = closing(2, &ledger().root(2), "");
    let twice = journal(text().replacen(&up_to(2), &(up_to(2) + &empty), 1));
    let last =
        journal(text().replacen(&closing_line(2), &closing_line(2).replace("= 3", "= 4"), 1));
    let mut both = with(format!("= 3 {} {}", words[2], words[3]));
    let third = format!("= 2 {}", &closing_line(2)[4..]);
    replace(&mut both, JOURNAL, &closing_line(2), &third);
    let root = with(format!("= 2 {other} {}", words[3]));
    let sum = with(format!("= 2 {} {other}", words[2]));
    let size = with(format!("= 3 {} {}", words[2], words[3]));
    let form = with(format!("= 02 {} {}", words[2], words[3]));
    vec![
        bad("706-closing-root", "The root of a closing line is another.", root, &[(706, 2)]),
        bad("706-closing-sum", "The sum of a closing line is another.", sum, &[(706, 2)]),
        bad("706-closing-size", "The size of a closing line is another.", size, &[(706, 2)]),
        bad("706-closing-form", "The size has a leading zero.", form, &[(706, 2)]),
        bad("706-closing-empty", "A commit without an event.", twice, &[(706, 2)]),
        bad(
            "706-closing-last",
            "The last closing line is wrong, but its event was signed.",
            last,
            &[(706, 3)],
        ),
        bad(
            "706-closing-once",
            "Two closing lines are wrong, the first is told.",
            both,
            &[(706, 2)],
        ),
    ]
}

fn framing() -> Vec<Case> {
    let without_body = text().replacen(&format!("{}\n", ledger().events[1].body), "", 1);
    let line = format!("{}stray line\n", up_to(2));
    let stray = text().replacen(&up_to(2), &line, 1);
    let mut named = journal(String::new());
    let bytes = ledger().files()[JOURNAL].clone();
    named.remove(JOURNAL);
    named.insert("ledger/journal/00000000000000000001.log".to_owned(), bytes);
    let mut tail = journal(format!("{}a\nb\nc\n", up_to(2)));
    let rest = text()[up_to(2).len()..].to_owned();
    tail.insert("ledger/journal/00000000000000000002.log".to_owned(), rest.clone().into_bytes());
    let mut open = journal(up_to(2).replace(&(closing_line(1) + "\n"), ""));
    open.insert("ledger/journal/00000000000000000002.log".to_owned(), rest.clone().into_bytes());
    let first = up_to(1).replace(&(closing_line(0) + "\n"), "");
    let mut none = journal(first);
    let others = text()[up_to(1).len()..].to_owned();
    none.insert("ledger/journal/00000000000000000001.log".to_owned(), others.into_bytes());
    let mut gap = journal(up_to(2));
    gap.insert("ledger/journal/00000000000000000003.log".to_owned(), rest.clone().into_bytes());
    let mut covered = journal(String::new());
    covered.remove(JOURNAL);
    let wrong = text().replacen(&closing_line(2), &closing_line(2).replace("= 3", "= 4"), 1);
    covered.insert("ledger/journal/00000000000000000009.log".to_owned(), wrong.into_bytes());
    let mut low = journal(up_to(2));
    low.insert("ledger/journal/00000000000000000001.log".to_owned(), rest.clone().into_bytes());
    let mut huge = journal(up_to(2));
    huge.insert("ledger/journal/99999999999999999999.log".to_owned(), rest.clone().into_bytes());
    let agree = {
        let mut agree = journal(up_to(2).replace("\n= 2 ", "\n= 3 "));
        let last = rest.replace("\n= 3 ", "\n= 4 ");
        agree.insert("ledger/journal/00000000000000000003.log".to_owned(), last.into_bytes());
        agree.insert(CHECKPOINT.to_owned(), ledger().checkpoint(2).into_bytes());
        agree
    };
    let mut pinned = agree.clone();
    pinned.insert(PIN.to_owned(), ledger().pin(2).into_bytes());
    vec![
        bad(
            "910-journal-framing-agree",
            "Name and closing lines agree on one event too many, so no commit is passed over.",
            agree,
            &[(706, 2), (910, 2)],
        ),
        bad(
            "910-journal-framing-agree-pin",
            "The same, and a pin holds of what is there.",
            pinned,
            &[(706, 2), (910, 2)],
        ),
        later_framing(),
        bad(
            "910-journal-framing-huge",
            "The second file is named by a number that no position can have.",
            huge,
            &[(910, 2)],
        ),
        bad(
            "910-journal-framing-covered",
            "The first file is named 9, and the last closing line is wrong, but its event was \
             signed.",
            covered,
            &[(910, 0), (706, 3)],
        ),
        bad(
            "910-journal-framing-low",
            "The second file is named 1 after 2 events.",
            low,
            &[(910, 2)],
        ),
        bad(
            "910-journal-framing",
            "The line of a body is missing, so its event is none.",
            journal(without_body),
            &[(705, -1), (706, 1), (910, 1), (201, 2), (202, 2), (203, 2)],
        ),
        bad(
            "910-journal-framing-stray",
            "A line stands before an event, so lines are taken in wrong fours.",
            journal(stray),
            &[(704, -1), (102, 2), (103, 2), (105, 2), (706, 3), (910, 3)],
        ),
        bad("910-journal-framing-name", "The first file is named 1.", named, &[(910, 0)]),
        bad(
            "910-journal-framing-gap",
            "The second file is named 3 after 2 events.",
            gap,
            &[(910, 2)],
        ),
        bad(
            "910-journal-framing-tail",
            "Lines stand after the last closing line of a file that is not the last.",
            tail,
            &[(910, 2)],
        ),
        bad(
            "910-journal-framing-open",
            "A file that is not the last ends with an event and no closing line.",
            open,
            &[(910, 2)],
        ),
        bad(
            "910-journal-framing-none",
            "A file that is not the last has an event and no closing line at all.",
            none,
            &[(910, 1)],
        ),
    ]
}

/// A stray line between the upgrade and the event of the later format.
fn later_framing() -> Case {
    let mut ledger = ledger();
    ledger.sign("ada", acts::upgraded(2));
    let upgraded = ledger.journal();
    ledger.put(ledger.draft("ada", acts::changed(2)).with(|d| d.v = 2));
    let mut files = ledger.files();
    let after = ledger.journal()[upgraded.len()..].to_owned();
    let stray = format!("{upgraded}stray\n= 4 none\n{after}");
    files.insert(JOURNAL.to_owned(), stray.into_bytes());
    let about = "A line is no event, and the event after it is of a later format.";
    let mut case = bad("910-journal-framing-later", about, files, &[(706, 4), (910, 4)]);
    case.stateless = true;
    case
}

fn unfinished() -> Vec<Case> {
    let smaller = |text: String| {
        let mut files = journal(text);
        let checkpoint = ledger().checkpoint(2);
        files.insert(CHECKPOINT.to_owned(), checkpoint.into_bytes());
        files
    };
    let partial = journal(text() + "{\"seq\":3,\"prev\"");
    let open = smaller(text().replace(&(closing_line(2) + "\n"), ""));
    let torn = smaller(text().replacen(&closing_line(2), &closing_line(2)[..40], 1));
    let sum = smaller(text().replacen("For a reason", "For no reason", 3));
    let mut two = smaller(up_to(2));
    let rest = text()[up_to(2).len()..].replace(&(closing_line(2) + "\n"), "");
    two.insert("ledger/journal/00000000000000000002.log".to_owned(), rest.into_bytes());
    let mut stray = journal(text());
    stray.insert("ledger/journal/00000000000000000001.log".to_owned(), up_to(1).into_bytes());
    vec![
        good("unfinished-stray", "Nor is a commit of another size in a stray file.", stray),
        good("unfinished-line", "A line that was not finished is no part of the record.", partial),
        good("unfinished-commit", "An event without a closing line is no part of it.", open),
        good("unfinished-closing", "Nor is one whose closing line is torn.", torn),
        good("unfinished-sum", "Nor is one whose sum does not hold.", sum),
        good("unfinished-file", "Nor is a file without a closing line.", two),
    ]
}
