//! Many editors at once: single facts, batches whose drafts name each other, and an admin.

use crate::serve::{Newsroom, acknowledged, check_history, json};
use std::sync::Mutex;

#[test]
fn eight_editors_an_admin_and_batches_at_once() {
    const FACTS: u32 = 5;
    let newsroom = Newsroom::found(None);
    let server = newsroom.serve(&[]);
    let url = server.url.clone();
    newsroom.join_as_founder("ada", &url);
    let document = newsroom.capture("ada", 999);
    let editors: Vec<String> = (1..=6).map(|number| format!("editor{number}")).collect();
    for name in &editors {
        newsroom.hire(name, name, &url, "ada");
    }
    let (told, batches) = (Mutex::new(Vec::new()), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for (machine, number) in editors.iter().zip(0..) {
            let (told, batches, newsroom) = (&told, &batches, &newsroom);
            scope.spawn(move || {
                for fact in 0..FACTS {
                    let line = 1 + number * 100 + fact;
                    let one = acknowledged(newsroom, machine, document, line);
                    told.lock().unwrap().push(one.unwrap());
                }
                // A document and a fact of it: they keep their places, and are signed again where
                // others were first.
                let folder = newsroom.path(machine);
                std::fs::write(folder.join("tide.txt"), format!("{machine} saw the tide.\n")).unwrap();
                let capture = r#"{"ref":"d","type":"document.captured","file":"tide.txt","title":"Tide","lang":"en"}"#;
                let fact = format!(
                    r#"{{"type":"fact.asserted","claim":"{machine} saw it.","evidence":[{{"document":"d","quote":"saw the tide"}}]}}"#
                );
                std::fs::write(folder.join("drafts.jsonl"), format!("{capture}\n{fact}\n")).unwrap();
                let drafts = ["append", "drafts.jsonl", "--yes", "--format", "json"];
                let said = newsroom.annals(machine, &drafts);
                batches.lock().unwrap().push((machine.clone(), said));
            });
        }
        let newsroom = &newsroom;
        scope.spawn(move || {
            for number in 0..2 {
                let change = ["ledger", "change", "--title", &format!("Title {number}"), "--yes"];
                let said = newsroom.annals("ada", &change);
                assert_eq!(said.code, 0, "{said:?}");
            }
        });
    });
    let told = told.into_inner().unwrap();
    assert_eq!(told.len(), 6 * FACTS as usize);
    check_history(&newsroom, &told);
    for (machine, said) in batches.into_inner().unwrap() {
        assert_eq!(said.code, 0, "{machine}: {said:?}");
        let first = json(&said.out)["position"].as_u64().unwrap();
        let claims = newsroom.claims("server");
        assert!(claims.contains(&(first + 1, format!("{machine} saw it."))), "{machine} {first}");
    }
    let machines: Vec<&str> = editors.iter().map(String::as_str).chain(["ada"]).collect();
    newsroom.expect_same(&machines);
    server.stop();
}
