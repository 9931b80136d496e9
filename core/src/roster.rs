//! The roster: the keys that may sign at this position, with their roles.
//!
//! Always holds: it has a key once; the person of a key is that of its enrolment; a revoked key
//! stays, with the position of its revocation. Not here: what a role allows (`legal`).
//! Source: FORMAT.md sections 6 and 8.

use crate::event::args::Roles;
use crate::key::PublicKey;
use crate::text::Person;
use hashbrown::HashMap;

/// A key's row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// The key.
    pub key: PublicKey,
    /// Its holder.
    pub person: Person,
    /// Its roles.
    pub roles: Roles,
    /// Position of the enrolment.
    pub enrolled: u64,
    /// Position of the revocation.
    pub revoked: Option<u64>,
}

/// All keys that were enrolled, in order of enrolment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Roster {
    members: Vec<Member>,
    by_key: HashMap<PublicKey, usize>,
}

impl Roster {
    /// The row of a key.
    pub fn member(&self, key: &PublicKey) -> Option<&Member> {
        self.members.get(*self.by_key.get(key)?)
    }

    /// All rows, by position of enrolment.
    pub fn members(&self) -> &[Member] {
        &self.members
    }

    /// Unrevoked rows with the role admin.
    pub fn admins(&self) -> impl Iterator<Item = &Member> {
        self.members.iter().filter(|member| member.roles.admin && member.revoked.is_none())
    }

    /// The number of persons who hold an unrevoked key with the role admin.
    pub fn admin_persons(&self) -> usize {
        let mut persons: Vec<&Person> = self.admins().map(|member| &member.person).collect();
        persons.sort();
        persons.dedup();
        persons.len()
    }

    /// Enrols a new key.
    pub fn enrol(&mut self, member: Member) {
        self.by_key.insert(member.key, self.members.len());
        self.members.push(member);
    }

    /// Removes the key that was enrolled last.
    pub(crate) fn remove_last(&mut self) {
        if let Some(member) = self.members.pop() {
            self.by_key.remove(&member.key);
        }
    }

    /// Restores the row of a key.
    pub(crate) fn put(&mut self, member: Member) {
        if let Some(row) = self.row(&member.key) {
            *row = member;
        }
    }

    /// Sets a key's roles.
    pub fn change(&mut self, key: &PublicKey, roles: Roles) {
        if let Some(member) = self.row(key) {
            member.roles = roles;
        }
    }

    /// Revokes a key from `position` on.
    pub fn revoke(&mut self, key: &PublicKey, position: u64) {
        if let Some(member) = self.row(key) {
            member.revoked.get_or_insert(position);
        }
    }

    fn row(&mut self, key: &PublicKey) -> Option<&mut Member> {
        let index = *self.by_key.get(key)?;
        self.members.get_mut(index)
    }
}
