//! The tables of FORMAT.md compared with the lists of the program: rules, types, words.

use crate::format::page::{page, rows, section};
use annals_core::event::vocabulary::{
    AgentType, Basis, ConfirmationMethod, Reason, RedactReason, RekeyReason, Relation, Reliability,
    RevokeReason, Role, Stance, Translator, Type, Vouch,
};
use annals_core::legal::signers::role_for;
use annals_core::rule::{Class, Rule};

#[test]
fn every_rule_of_the_page_is_in_the_program_and_no_other() {
    let page = page();
    let mut told = Vec::new();
    for row in rows(&page) {
        let Ok(number) = row[0].parse::<u16>() else { continue };
        let class = match row.get(3).map(String::as_str) {
            None | Some("fault") => Class::Fault,
            Some("damage") => Class::Damage,
            Some("fork") => Class::Fork,
            Some(other) => panic!("rule {number}: class {other}"),
        };
        told.push((number, row[1].clone(), class));
    }
    let ours: Vec<_> =
        Rule::ALL.iter().map(|r| (r.number(), r.name().to_owned(), r.class())).collect();
    assert_eq!(told, ours);
    assert!(told.is_sorted_by(|a, b| a.0 < b.0), "rules stand by number");
}

#[test]
fn every_type_of_the_page_is_in_the_program_with_its_role() {
    let page = page();
    let table = rows(section(&page, "4 Types"));
    let told: Vec<&Vec<String>> = table.iter().filter(|row| row[0].contains("`")).collect();
    let names: Vec<&str> = told.iter().map(|row| row[0].trim_matches('`')).collect();
    let ours: Vec<&str> = Type::ALL.iter().map(|kind| kind.as_str()).collect();
    assert_eq!(names, ours);
    for row in told {
        let kind = Type::parse(row[0].trim_matches('`')).expect("a type");
        let role = match row.last().map(String::as_str) {
            Some("editor") => Role::Editor,
            Some("the founder" | "admin" | "admin, recovery key") => Role::Admin,
            Some("admin, the key itself, recovery key") => Role::Admin,
            other => panic!("{kind}: who is {other:?}"),
        };
        assert_eq!(role_for(kind), role, "{kind}");
    }
}

/// The words of a list on the page: those between two pieces of text, without commas and spaces.
fn between(page: &str, before: &str, after: &str) -> Vec<String> {
    let start = page.find(before).unwrap_or_else(|| panic!("{before:?} is on the page"));
    let rest = &page[start + before.len()..];
    let end = rest.find(after).unwrap_or_else(|| panic!("{after:?} follows {before:?}"));
    let words = rest[..end].split([',', ' ', '\n']).filter(|word| !word.is_empty());
    words.map(str::to_owned).collect()
}

macro_rules! same {
    ($list:ident, $words:expr) => {
        let ours: Vec<String> = $list::ALL.iter().map(|word| word.to_string()).collect();
        assert_eq!($words, ours, stringify!($list));
    };
}

#[test]
fn the_closed_words_of_the_page_are_those_of_the_program() {
    let page = page();
    let mut reasons = between(&page, "\nR: ", ". `error_in`");
    reasons.push("more-precise".to_owned());
    same!(Reason, reasons);
    same!(RekeyReason, between(&page, "`log_key` key, `reason` ", "; `possession`"));
    same!(RevokeReason, between(&page, "| `key`, `reason` ", "; `suspect_from`"));
    same!(RedactReason, between(&page, "`event` position, `reason` ", " |"));
    same!(Relation, between(&page, "`rel` ", "; `to`"));
    same!(ConfirmationMethod, between(&page, "`how` ", " |"));
    same!(Vouch, between(&page, "`vouch` ", "; `evidence`"));
    same!(Stance, between(&page, "`document` position, `stance` ", "; `quote`"));
    same!(Reliability, between(&page, "`reliability`? one of ", ", `translation`"));
    same!(Translator, between(&page, "`text`, `by` ", ".\n"));
    same!(AgentType, between(&page, "`agent_type` ", "; `act`"));
    same!(Basis, between(&page, "`basis` ", "; edtf"));
}
