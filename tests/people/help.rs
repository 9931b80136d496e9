//! Help: what is meant by a command of other programs, and the pages of the manual.

use crate::people::desk::Desk;
use std::fs;
use std::path::Path;

/// What is not given is taken over, whatever the option's default is elsewhere.
#[test]
fn the_options_of_a_change_say_that_they_are_as_before() {
    let desk = Desk::empty();
    let told = |line: &str| desk.told(line).split_whitespace().collect::<Vec<_>>().join(" ");
    let correct = told("correct --help");
    for default in [
        "[default: the only one; in correct, the one that is quoted]",
        "[default: says; in correct, as before]",
        "[default: the document's; in correct, as before]",
        "[default: said; in correct, as before]",
    ] {
        assert!(correct.contains(default), "{default}: {correct}");
    }
    let describe = told("document describe --help");
    for default in ["its ending; in describe, as before]", "[default: now; in describe, as before]"]
    {
        assert!(describe.contains(default), "{default}: {describe}");
    }
}

#[test]
fn a_command_of_other_programs_is_answered_with_the_one_that_is_meant() {
    let desk = Desk::empty();
    let told = |line: &str| {
        let answer = desk.run(line);
        assert_eq!((answer.exit, answer.out.as_str()), (2, ""), "{line}");
        answer.err
    };
    assert_eq!(
        told("undo"),
        "annals: there is no command undo: nothing is undone, for the record keeps every event; \
         annals retract takes a fact back, annals correct changes its words, annals reinstate ends \
         a retraction\n"
    );
    for (line, command, meant) in [
        (
            "delete 3",
            "delete",
            "nothing is deleted, for the record keeps every event; annals retract ",
        ),
        ("rm 3", "rm", "nothing is deleted"),
        ("--ledger elsewhere edit 3", "edit", "nothing is edited; annals correct "),
        ("search words", "search", "annals find WORDS "),
        ("history", "history", "annals log lists the events"),
        ("ls", "ls", "annals replay lists the facts"),
        ("document delete 3", "document delete", "a captured document stays as it is"),
        ("editor rm bo", "editor rm", "what a key signed stays; annals editor revoke "),
        ("accept 3", "accept", "annals confirm confirms facts"),
        ("assert", "assert", "annals append enters facts"),
        ("version", "version", "annals --version prints it"),
        ("restore", "restore", "annals import makes a ledger of a bag"),
        ("redact 3", "redact", "this version hides no words, and what was published stays"),
        ("seal 3", "seal", "this version hides no words"),
        ("withdraw 3", "withdraw", "annals retract takes a fact back and says why"),
        ("whoami", "whoami", "annals alone says who you are here"),
        ("users", "users", "annals editor list shows everybody who may sign"),
        ("backup", "backup", "annals export --to DIR makes a bag of the whole record"),
        ("cat 3", "cat", "annals show NUMBER shows a fact"),
        ("sign", "sign", "what is written is signed at once: annals append enters facts"),
        ("key rm bo", "key rm", "annals editor revoke ends a key in the record"),
        ("key request bo", "key request", "annals key new NAME makes a key with its request"),
        ("key recover bo", "key recover", "a key that is lost is not made again"),
        ("key rename bo b", "key rename", "the files of a key have its name here"),
        ("editor rename bo b", "editor rename", "annals editor list shows names and roles"),
        ("editor roles", "editor roles", "annals editor list shows names and roles"),
        ("outbox list", "outbox list", "annals outbox alone shows what waits"),
        ("document show 3", "document show", "annals show NUMBER shows a document"),
    ] {
        let expected = format!("annals: there is no command {command}: {meant}");
        let told = told(line);
        assert!(told.starts_with(&expected), "{told}");
    }
    for (line, command) in
        [("help show 3", "show"), ("help keys new", "key new"), ("help document x", "document")]
    {
        let told = told(line);
        let expected = format!("; annals help {command} shows the help of {command}\n");
        assert!(told.starts_with("annals: expected a command or a topic, found "), "{told}");
        assert!(told.ends_with(&expected), "{told}");
    }
    // The program may have another name.
    let named = desk.path("records");
    // A link: a copy cannot be run while another test's child has it open for writing.
    #[cfg(unix)]
    std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_annals"), &named).unwrap();
    #[cfg(not(unix))]
    fs::copy(env!("CARGO_BIN_EXE_annals"), &named).unwrap();
    for line in [["undo"].as_slice(), &["document", "delete", "3"]] {
        let output = std::process::Command::new(&named).args(line).output().unwrap();
        let err = String::from_utf8(output.stderr).unwrap();
        let expected =
            format!("annals: there is no command {}: ", line[..line.len().min(2)].join(" "));
        assert!(output.status.code() == Some(2) && err.starts_with(&expected), "{err}");
    }
    // What is only mistyped, or means nothing here, is told as the library tells it.
    assert!(told("verfy").contains("a similar subcommand exists: 'verify'"));
    assert!(!told("agnet").contains("'agent'"));
    // Advice leads somewhere.
    let to = told("publish --to out");
    assert!(to.contains("tip: the folder stands alone, as in 'annals publish DIR'\n"), "{to}");
    let name = told("editor list --nonsense");
    assert!(!name.contains("as a value"), "{name}");
    assert!(told("document frob").starts_with("error: unrecognized subcommand 'frob'"));
}

/// The page that the program was built with.
fn pages() -> Vec<(String, String)> {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs");
    let mut pages: Vec<_> =
        fs::read_dir(docs).unwrap().map(|entry| entry.unwrap().path()).collect();
    pages.retain(|page| page.extension().is_some_and(|ending| ending == "md"));
    let page = |path: &std::path::PathBuf| {
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        (name, fs::read_to_string(path).unwrap())
    };
    pages.iter().map(page).collect()
}

#[test]
fn every_page_of_the_manual_is_a_topic() {
    let desk = Desk::empty();
    let help = desk.told("help");
    assert_eq!(help, desk.told("--help"));
    let (_, topics) = help.split_once("Topics (annals help TOPIC):\n").unwrap();
    assert_eq!(topics.lines().count(), pages().len(), "{topics}");
    for (name, page) in pages() {
        let shown = desk.told(&format!("help {name}.md"));
        let title = page.lines().next().unwrap().trim_start_matches("# ").replace('`', "");
        assert!(shown.starts_with(&format!("{title}\n=====")), "{name}: {shown}");
        assert!(topics.contains(&format!("  {name}")), "{name}: {topics}");
        // Every line of code stands there as it is.
        let mut is_code = false;
        for line in page.lines() {
            if line.trim_start().starts_with("```") {
                is_code = !is_code;
            } else if is_code {
                assert!(shown.contains(desk.told_of(line).trim()), "{name}: {line}");
            }
        }
    }
    assert!(desk.told("help keys").contains("\nThe passphrase once\n-------------------\n"));
}

#[test]
fn help_of_a_command_is_what_the_command_says_itself() {
    let desk = Desk::empty();
    for line in ["verify", "key new", "editor", "doc add"] {
        assert_eq!(
            desk.told(&format!("help {line}")),
            desk.told(&format!("{line} --help")),
            "{line}"
        );
    }
    let (exit, why) = desk.refused("help nothing");
    assert_eq!(exit, 2);
    assert!(
        why.starts_with(
            "annals: expected a command or a topic, found \"nothing\"; annals help lists the \
             commands; the topics are archivist, auditor, drafts, editor-page, "
        ),
        "{why}"
    );
}

#[test]
fn the_help_of_an_editor_says_whether_they_sign_or_are_asked_for() {
    let desk = Desk::empty();
    for command in ["replay", "log", "diff", "find", "blame", "timeline"] {
        let help = desk.told(&format!("{command} --help"));
        assert!(help.contains("Only what this person signed"), "{help}");
        assert!(
            !help.contains("The editor whose key signs") && !help.contains("ANNALS_EDITOR"),
            "{help}"
        );
    }
    for command in ["show", "status", "tail"] {
        let help = desk.told(&format!("{command} --help"));
        assert!(!help.contains("--editor"), "{help}");
    }
    for command in ["confirm", "append", "publish"] {
        let help = desk.told(&format!("{command} --help"));
        assert!(
            help.contains("The editor whose key signs") && help.contains("ANNALS_EDITOR"),
            "{help}"
        );
    }
    // The pages have no place of their own for other names of an option.
    let page = desk.told("man");
    assert!(page.contains("(also \\-\\-by)"), "{page}");
}
