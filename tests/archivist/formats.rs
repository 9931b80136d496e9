//! The stable formats, and properties of every command that reads.

use crate::archivist::story::story;
use serde_json::Value;
use std::path::Path;
use std::process::{Command, Stdio};

const HEAD: &str = "2813f6aafd76c986e877d1ad83e7e8154013631218f0962b9dee84ca0a5d3327";

#[test]
fn json_has_the_provenance_as_fields() {
    let told: Value = serde_json::from_str(&story().told("replay --format json")).unwrap();
    assert_eq!(told["as_of"], 13);
    assert_eq!((&told["size"], &told["of"]), (&Value::from(14), &Value::from(14)));
    assert_eq!(told["head"], HEAD);
    assert_eq!(told["recorded"], "2022-02-01T09:00:03.000000Z");
    assert_eq!(told["facts"].as_array().unwrap().len(), 5);
    assert_eq!(told["facts"][1]["revisions"][0]["claim"], "Sullivan met Grushko in Moscow.");
    assert_eq!(told["facts"][0]["evidence"][0]["title"], "The article");
    let past = story().told("show 6 --as-of 9 --format json");
    let past: Value = serde_json::from_str(&past).unwrap();
    assert_eq!(past["since"][0]["became"][0], "retracted");
    let log: Value = serde_json::from_str(&story().told("log 4 --format json")).unwrap();
    assert_eq!(log["events"].as_array().unwrap().len(), 3);
    let status: Value = serde_json::from_str(&story().told("status --format json")).unwrap();
    assert_eq!(status["by_status"]["asserted"], 2);
}

#[test]
fn csv_has_these_columns_in_this_order() {
    let told = story().told("replay --status retracted --format csv");
    let mut lines = told.lines();
    let columns = "as_of,head,fact,hash,status,claim,lang,vouch,when,when_as_written,when_basis,\
                   topics,attribution,documents,quote,revision,corrected,confirmations,\
                   open_disputes,document_disputed,suspect,sealed,redacted,withheld,before,reason,\
                   statement,asserted_at,asserted_by,asserted_key,revised_at,revised_by";
    assert_eq!(lines.next(), Some(columns));
    let row = lines.next().unwrap();
    assert!(row.starts_with(&format!("13,{HEAD},6,")), "{row}");
    let rest = ",retracted,The talks lasted two hours.,en,said,,,,,,3,The talks lasted two hours,6,\
                0,0,0,false,false,false,false,,,unverifiable,nobody can say how long,\
                2022-01-27T08:00:03.000000Z,Ada Example,";
    assert!(row.contains(rest), "{row}");
    let log = story().told("log --type fact.retracted --format csv");
    let columns = "as_of,head,position,hash,at,said,type,by,key,on,reason,words,applied,undone_by,\
                   by_now,subject,subject_key,effect,undoes,turned\n";
    assert!(log.starts_with(columns), "{log}");
}

#[test]
fn the_state_is_the_one_spelling_of_the_format() {
    let told = story().told("replay --state --as-of 3");
    assert!(told.starts_with(r#"{"size":4,"head":""#), "{told}");
    assert!(
        told.ends_with(
            "\"facts\":[],\"documents\":[{\"document\":3,\"sealed\":false,\
                            \"redacted\":false,\"suspect\":false}],\"relations\":[],\
                            \"undone\":[]}\n"
        ),
        "{told}"
    );
}

#[test]
fn a_form_that_a_command_has_not_is_refused_before_it_does_anything() {
    let story = story();
    let all = |folder: &Path| {
        let mut all = Vec::new();
        files(folder, &mut all);
        all
    };
    let before = all(story.folder.path());
    let object = "text, json or jsonl";
    let only = "text, its only form";
    for (line, command, forms) in [
        ("replay --state", "replay --state", object),
        ("verify", "verify", object),
        ("diff 0", "diff", object),
        ("status", "status", object),
        ("key show ada", "key show", object),
        ("unlock --list", "unlock", object),
        ("lock", "lock", object),
        ("witness list", "witness list", object),
        ("witness collect", "witness collect", object),
        ("timeline --html page.html", "timeline", object),
        ("timeline --html -", "timeline", only),
        ("prove 5 -o 5.proof", "prove", object),
        ("export --to bag", "export", object),
        ("publish pub", "publish", object),
        ("import bag --to other", "import", object),
        ("clone www copy", "clone", object),
        ("pull", "pull", object),
        ("move --to postgres://127.0.0.1:1/none", "move", object),
        ("store init --print", "store init", object),
        ("store check postgres://127.0.0.1:1/none", "store check", object),
        ("outbox", "outbox", object),
        ("outbox send", "outbox send", object),
        ("outbox drop 0123456789abcdef", "outbox drop", object),
        ("serve", "serve", object),
        ("tail --count 1", "tail", "text or jsonl"),
        ("repair", "repair", object),
        ("man", "man", only),
        ("completions bash", "completions", only),
        ("key new zoe --name Zoe --no-passphrase", "key new", object),
        ("editor change bo --name Bo", "editor change", object),
        ("ledger change --title Other", "ledger change", object),
        ("document add article.txt --title T --lang en", "document add", object),
        ("doc describe 3 --title T --statement S", "document describe", object),
        ("append article.txt", "append", object),
        ("confirm 5 --how reread", "confirm", object),
        ("retract 5 --reason entry-error --statement S", "retract", object),
        ("init --no-passphrase", "init", object),
    ] {
        let answer = story.run(&format!("{line} --format csv"));
        let told = format!("annals: {command}: expected --format {forms}, found csv\n");
        assert_eq!((answer.exit, answer.out.as_str(), answer.err), (2, "", told), "{line}");
    }
    assert!(before == all(story.folder.path()));
}

/// Else it would wait without a word, as where the number is mistyped.
#[test]
fn a_tail_from_an_event_that_is_not_there_yet_says_so() {
    let story = story();
    let answer = story.run("tail --from 99 --count 0");
    let note = "note: there is no event 99 yet; the last is 13\n";
    assert_eq!((answer.exit, answer.out.as_str(), answer.err.as_str()), (0, "", note));
    // The next one is what a tail waits for.
    assert_eq!(story.run("tail --from 14 --count 0").err, "");
}

#[test]
fn one_answer_is_the_same_object_as_json_and_as_a_line() {
    let story = story();
    let lines = ["status", "verify", "show 5", "key show ada", "replay --state"];
    for line in lines {
        let object = story.run(&format!("{line} --format json"));
        serde_json::from_str::<Value>(&object.out).unwrap();
        assert_eq!(object.out.lines().count(), 1, "{line}");
        assert_eq!(story.run(&format!("{line} --format jsonl")).out, object.out, "{line}");
    }
}

#[test]
fn no_witness_is_an_empty_list() {
    let story = story();
    let policy = story.folder.path().join("keys/policy");
    let moved = std::fs::remove_file(&policy);
    assert!(moved.is_ok() || !policy.exists());
    let note = "no policy here, so no witness; annals witness add NAME VKEY URL makes it\n";
    let key = "the verifier key of this log, for monitors: ";
    for (form, told) in [("json", "[]\n"), ("jsonl", ""), ("text", "")] {
        let answer = story.run(&format!("witness list --format {form}"));
        let (first, rest) = answer.err.split_once('\n').unwrap();
        assert!(first.starts_with(key), "{first}");
        assert_eq!((answer.exit, answer.out.as_str(), rest), (0, told, note));
    }
}

/// Every file below a folder with its bytes.
fn files(folder: &Path, into: &mut Vec<(std::path::PathBuf, Vec<u8>)>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => files(&path, into),
            false => into.push((path.clone(), std::fs::read(&path).unwrap())),
        }
    }
    into.sort();
}

#[test]
fn readers_write_nothing_and_work_where_nothing_can_be_written() {
    let story = story();
    let (mut before, mut after) = (Vec::new(), Vec::new());
    files(story.folder.path(), &mut before);
    let chmod = |mode: &str| {
        let ledger = story.folder.path().join("ledger");
        assert!(Command::new("chmod").arg("-R").arg(mode).arg(ledger).status().unwrap().success());
    };
    chmod("a-w");
    for line in ["replay", "show 5", "log", "log 5 --newest", "status", "replay --as-of 9"] {
        story.told(line);
    }
    for line in ["diff 9 head", "diff 9 head --unified", "find met", "blame 3"] {
        story.told(line);
    }
    chmod("u+w");
    files(story.folder.path(), &mut after);
    assert_eq!(before, after);
}

#[test]
fn readers_wait_for_no_writer() {
    let story = story();
    let lock = story.folder.path().join("ledger/lock");
    let wait = std::time::Duration::ZERO;
    let _held = annals::disk::lock::Lock::take(&lock, wait).unwrap();
    for line in ["replay", "show 5", "log", "status", "diff 0", "find met", "blame 3"] {
        story.told(line);
    }
}

#[test]
fn a_closed_pipe_is_no_error() {
    let story = story();
    let more = ["diff 0", "diff 0 --unified", "find met --format csv", "blame 3", "log --newest"];
    let lines = ["replay", "log --format csv", "replay --format csv", "show 5", "status"];
    for line in lines.into_iter().chain(more) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_annals"));
        command.current_dir(story.folder.path()).args(line.split(' '));
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let done = command.stdout(writer).stderr(Stdio::piped()).output().unwrap();
        assert_eq!((done.status.code(), done.stderr.len()), (Some(0), 0), "{line}");
    }
}

#[test]
fn an_unfinished_commit_is_reported_and_not_read() {
    use std::io::Write;
    let story = story();
    let log = story.folder.path().join("ledger/journal/00000000000000000000.log");
    let mut file = std::fs::OpenOptions::new().append(true).open(log).unwrap();
    file.write_all(b"{\"seq\":14,").unwrap();
    let answer = story.run("replay");
    assert_eq!(answer.exit, 0);
    let note = "note: 10 bytes of an unfinished commit after the record's end were not read; the \
                next writer moves them aside\n";
    assert_eq!(answer.err, note);
}

#[test]
fn a_changed_word_is_not_shown_and_the_exit_says_so() {
    let story = story();
    let log = story.folder.path().join("ledger/journal/00000000000000000000.log");
    let text = std::fs::read_to_string(&log).unwrap();
    std::fs::write(&log, text.replacen("lasted two hours.\"", "lasted six hours.\"", 1)).unwrap();
    let answer = story.run("replay");
    assert_eq!(answer.exit, 1);
    assert!(!answer.out.contains("six hours"), "{}", answer.out);
    assert!(answer.out.contains("[the words here are not the ones that were signed]"));
    assert!(answer.err.contains("warning: 1 body text not as signed"), "{}", answer.err);
}

#[test]
fn faults_are_counted_and_verify_is_named() {
    let story = story();
    let log = story.folder.path().join("ledger/journal/00000000000000000000.log");
    let text = std::fs::read_to_string(&log).unwrap();
    std::fs::write(&log, text.replacen("\"how\":\"reread\"", "\"how\":\"direct-contact\"", 1))
        .unwrap();
    let answer = story.run("replay");
    assert_eq!(answer.exit, 1);
    let warning = "annals verify lists all faults\n";
    assert!(answer.err.starts_with("warning: the record has "), "{}", answer.err);
    assert!(answer.err.ends_with(warning), "{}", answer.err);
}
