//! Editors: enrolling, changing and revoking keys, as resolved events; the key that a name means.
//!
//! Always holds: a request is verified, and is for this record, before it is used; a name that may
//! mean two keys is refused. Not here: signing and verifying (`admin`), prompts (`cli`). Source:
//! FORMAT.md sections 4 and 6.

use crate::keys::{KeyFolder, KeyName, Request};
use crate::ledger::error::LedgerError;
use crate::ledger::query::names::Names;
use crate::ledger::write::resolve::ResolvedDraft;
use crate::ledger::write::writer::Writer;
use annals_core::event::args::{self, Args, Roles};
use annals_core::event::body::{Content, Named, Short, Stated};
use annals_core::event::vocabulary::{RevokeReason, Type};
use annals_core::fold::Ledger;
use annals_core::key::PublicKey;
use annals_core::roster::{Member, Roster};
use annals_core::rule::Rule;
use annals_core::text::Person;
use annals_core::text::in_quotes;
use std::path::Path;

/// The parameters of a ledger, from its first event.
pub fn parameters(writer: &Writer) -> Result<&Ledger, LedgerError> {
    let ledger = writer.verifier.chain.state.fold.ledger.as_ref();
    ledger.ok_or_else(|| LedgerError::Usage("the record has no first event".to_owned()))
}

/// The enrolment for a request; refused if the request is for another record, or if an event has
/// named its key before.
pub fn enrolment(
    writer: &Writer,
    request: &Request,
    roles: Roles,
    person: Person,
) -> Result<ResolvedDraft, LedgerError> {
    request.check_origin(&parameters(writer)?.origin)?;
    let state = &writer.verifier.chain.state;
    if let Some(at) = state.history.ever(request.key()) {
        let why = match state.fold.roster.member(request.key()) {
            Some(Member { revoked: Some(revoked), .. }) => format!(
                "the key {} was enrolled by event {at} and is revoked since {revoked}; a key is \
                 enrolled once, so let a new one be made with annals key new NAME",
                request.key()
            ),
            Some(_) => format!(
                "the key {} is enrolled already, by event {at}; annals editor change sets its \
                 roles",
                request.key()
            ),
            None => format!(
                "the key {} was named before, by event {at}; let a new one be made with annals \
                 key new",
                request.key()
            ),
        };
        let why = format!("rule {}: {why}", Rule::KeyEnrolledOnce);
        return Err(LedgerError::NotAllowed { kind: Type::EditorEnrolled, why });
    }
    let (key, possession) = (*request.key(), *request.possession());
    let args = args::EditorEnrolled { key, person, roles, possession };
    let content = Named { name: request.name().clone() };
    Ok(resolved(Args::EditorEnrolled(args), Content::EditorEnrolled(content)))
}

/// The event that changes a key's roles and its holder's name.
pub fn change(key: PublicKey, roles: Roles, name: Short) -> ResolvedDraft {
    let args = Args::EditorChanged(args::EditorChanged { key, roles });
    resolved(args, Content::EditorChanged(Named { name }))
}

/// The event that revokes a key.
pub fn revocation(
    key: PublicKey,
    reason: RevokeReason,
    suspect_from: Option<u64>,
    stated: Stated,
) -> ResolvedDraft {
    let args = Args::EditorRevoked(args::EditorRevoked { key, reason, suspect_from });
    resolved(args, Content::EditorRevoked(stated))
}

/// An event without a document.
pub fn resolved(args: Args, content: Content) -> ResolvedDraft {
    ResolvedDraft { args, content, document: None }
}

/// The lookup of names: those of the record, and the names of key files in a folder.
pub struct Directory<'a> {
    /// The names in the record.
    pub names: &'a Names,
    /// The roster.
    pub roster: &'a Roster,
    /// The folder of keys; it may be missing.
    pub keys: &'a Path,
}

impl Directory<'_> {
    /// The rows that a name may mean: the name of a key file here, a name or a word of a name in
    /// the record, or 8 or more hex digits of a key.
    pub fn rows(&self, name: &str) -> Result<Vec<&Member>, LedgerError> {
        let mut keys = self.names.keys(name);
        keys.retain(|key| self.roster.member(key).is_some());
        let by_handle = self.by_handle(name).filter(|key| self.roster.member(key).is_some());
        match by_handle {
            Some(key) if keys.is_empty() || keys.contains(&key) => keys = vec![key],
            Some(key) => keys.push(key),
            None => {}
        }
        if keys.is_empty() {
            let members = self.roster.members().iter();
            let mut all: Vec<&str> =
                members.filter_map(|member| self.names.plain(&member.key)).collect();
            all.sort_unstable();
            all.dedup();
            let all = all.join(", ");
            return Err(LedgerError::NotFound(format!(
                "expected an editor of this record ({all}), found {}; annals editor list \
                 shows them",
                in_quotes(name)
            )));
        }
        let is_meant = |member: &&Member| keys.contains(&member.key);
        Ok(self.roster.members().iter().filter(is_meant).collect())
    }

    /// The only row that a name means; if there are several, the only one that is not revoked.
    pub fn row(&self, name: &str) -> Result<&Member, LedgerError> {
        let rows = self.rows(name)?;
        let active: Vec<&&Member> = rows.iter().filter(|row| row.revoked.is_none()).collect();
        match (rows.as_slice(), active.as_slice()) {
            ([one], _) => Ok(one),
            (_, [one]) => Ok(one),
            _ => Err(self.ambiguous(name, &rows)),
        }
    }

    /// The only row that a name means, revoked or not.
    pub fn any_row(&self, name: &str) -> Result<&Member, LedgerError> {
        match self.rows(name)?.as_slice() {
            [one] => Ok(one),
            several => Err(self.ambiguous(name, several)),
        }
    }

    /// A row of the only person that a name means.
    pub fn person(&self, name: &str) -> Result<&Member, LedgerError> {
        let rows = self.rows(name)?;
        match rows.first() {
            Some(first) if rows.iter().all(|row| row.person == first.person) => Ok(first),
            _ => Err(self.ambiguous(name, &rows)),
        }
    }

    fn by_handle(&self, name: &str) -> Option<PublicKey> {
        let folder = KeyFolder::open(self.keys).ok()?;
        folder.public(&KeyName::new(name).ok()?).ok()
    }

    fn ambiguous(&self, name: &str, rows: &[&Member]) -> LedgerError {
        let shown = |row: &&Member| {
            format!("{} {}", self.names.plain(&row.key).unwrap_or_default(), row.key.short())
        };
        let all: Vec<String> = rows.iter().map(shown).collect();
        LedgerError::NotFound(format!(
            "expected a name of one key, found {} for {}: {}; give 8 or more digits of the \
             key that is meant",
            in_quotes(name),
            rows.len(),
            all.join(", ")
        ))
    }
}
