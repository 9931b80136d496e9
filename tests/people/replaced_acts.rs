//! Acts of admins that a later act replaced: said again, they turn nothing back.

use crate::people::desk::Desk;

/// Ada and Bo are admins, Cy is an editor; 5 events.
fn two_admins() -> Desk {
    let desk = Desk::with_bo();
    desk.told("editor change bo --role admin --role editor --by ada");
    desk.told("key new cy --name Cy_Cole --no-passphrase");
    desk.told("editor add keys/cy.request --role editor --by ada");
    assert_eq!(desk.whole(), 4);
    desk
}

/// What is refused where event `of` was replaced by event `by`.
fn replaced(of: u64, by: u64) -> (i32, String) {
    let why = format!(
        "annals: this is in the record already and does not hold any more: event {of} is a change \
         that {by} replaced; nothing was written; --again writes it once more\n"
    );
    (2, why)
}

#[test]
fn a_change_of_the_ledger_does_not_turn_back_another_admins() {
    let desk = two_admins();
    desk.told("ledger change --title Second --by ada");
    // As it holds, it is found.
    assert!(desk.told("ledger change --title Second --by ada").starts_with("already at 4"));
    desk.told("ledger change --title Third --by bo");
    desk.told("ledger change --title Fourth --by bo");
    assert_eq!(desk.refused("ledger change --title Second --by ada"), replaced(4, 6));
    assert_eq!(desk.refused("ledger change --title Second --by ada --dry-run"), replaced(4, 6));
    // What says more is another act.
    let told = desk.told("ledger change --title Second --licence CC0-1.0 --by ada");
    assert!(told.starts_with("written at 7"), "{told}");
    // So is what the earlier one did not say, and what nobody here signed.
    desk.told("ledger change --licence CC-BY-4.0 --by ada");
    desk.told("ledger change --title Fifth --by bo");
    let told = desk.told("ledger change --title Third --by ada");
    assert!(told.starts_with("written at 10"), "{told}");
    // The same key on another machine is the same signer.
    desk.told("ledger change --title Fifth --by ada");
    desk.told("ledger change --title Sixth --confirmations 2 --by ada");
    assert_eq!(desk.refused("ledger change --title Fifth --by ada"), replaced(11, 12));
    let told = desk.told("ledger change --title Fifth --by ada --again");
    assert!(told.starts_with("written at 13"), "{told}");
    assert_eq!(desk.whole(), 14);
}

#[test]
fn a_change_of_an_editor_does_not_turn_back_another_admins() {
    let desk = two_admins();
    let admin = "editor change cy --role admin --role editor --by ada";
    desk.told(admin);
    desk.told("editor change cy --role editor --by bo");
    // A change of another key is another matter.
    desk.told("editor change ada --name Ada_Lindqvist --by ada");
    assert_eq!(desk.refused(admin), replaced(4, 5));
    assert!(desk.told(&format!("{admin} --again")).starts_with("written at 7"));
    let named = "editor change cy --name Cyd_Cole --by ada";
    desk.told(named);
    desk.told("editor change cy --name Cy_Cole --by bo");
    assert_eq!(desk.refused(named), replaced(8, 9));
    assert_eq!(desk.whole(), 10);
}

#[test]
fn a_revocation_does_not_turn_back_another_admins() {
    let desk = two_admins();
    let lost = "editor revoke cy --reason lost --suspect-from 3 --statement Lost. --by ada";
    desk.told(lost);
    desk.told("editor revoke cy --reason compromised --suspect-from 2 --statement Read. --by bo");
    assert_eq!(desk.refused(lost), replaced(4, 5));
    assert!(desk.told(&format!("{lost} --again")).starts_with("written at 6"));
    assert_eq!(desk.whole(), 7);
}
