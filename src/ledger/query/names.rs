//! The names of editors, and the ledger's own settings and roster, as of any event up to the point.
//!
//! Always holds: a key without a readable name is shown by the first digits of the key. A name or
//! title that a suspect revocation undid counts only up to that revocation, and again from a later
//! one on that puts it in force again; the name in a key's enrolment always counts, because a key
//! that signed must have a name.
//! Not here: names of key files (`keys`); who may sign (`roster`).

use crate::ledger::error::LedgerError;
use crate::ledger::query::row::{ActRow, Named};
use crate::ledger::query::{View, ViewedEvent};
use annals_core::event::args::{Args, Roles};
use annals_core::event::body::{Content, Short};
use annals_core::event::record::Statement;
use annals_core::fold::history::History;
use annals_core::fold::operation::Operation;
use annals_core::key::PublicKey;
use annals_core::naming::{HeldName, NameForm, alike};
use annals_core::search::typed;
use annals_core::state::{State, Undoings};
use annals_core::text::Person;
use hashbrown::{HashMap, HashSet};
use std::ops::Range;

/// The event that gave a value.
#[derive(Clone, Debug)]
struct GrantSource {
    event: u64,
    /// Where it was undone: from after a suspect revocation up to the one that put it in force
    /// again.
    undone: Vec<Range<u64>>,
}

impl GrantSource {
    /// An event that nothing undoes.
    fn lasting(event: u64) -> GrantSource {
        GrantSource { event, undone: Vec::new() }
    }

    fn give<T>(&self, value: T) -> Grant<T> {
        Grant { source: self.clone(), value }
    }
}

/// A value that an event gave.
#[derive(Clone, Debug)]
struct Grant<T> {
    source: GrantSource,
    value: T,
}

impl<T> Grant<T> {
    fn stands(&self) -> bool {
        self.stood(u64::MAX)
    }

    /// Whether the value was in force just before this event.
    fn stood(&self, event: u64) -> bool {
        let GrantSource { event: from, undone } = &self.source;
        *from < event && !undone.iter().any(|range| range.start < event && event <= range.end)
    }
}

/// Where the acts of the ledger and its editors were undone, as each suspect revocation left them:
/// which of these acts are in force depends on no others.
fn undoings(history: &History) -> Undoings {
    let mut people = State::default();
    for act in history.acts() {
        let kind = act.operation.kind().as_str();
        if let Some(by) = history.key(act.by)
            && (kind.starts_with("ledger.") || kind.starts_with("editor."))
        {
            people.apply(act.position, by, act.operation.clone());
        }
    }
    people.undoings().clone()
}

/// The last value that was in force just before an event.
fn before<T>(list: &[Grant<T>], event: u64) -> Option<&T> {
    list.iter().rev().find(|grant| grant.stood(event)).map(|grant| &grant.value)
}

/// The record's own title, licence and corrections policy.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LedgerWords {
    /// Its title.
    pub title: Option<String>,
    /// The licence of its texts.
    pub licence: Option<String>,
    /// The corrections policy, if the record has one.
    pub corrections_policy: Option<String>,
}

/// The history of a key.
#[derive(Clone, Debug, Default)]
struct KeyHistory {
    person: Option<Person>,
    names: Vec<Grant<String>>,
    roles: Vec<Grant<Roles>>,
}

/// The names of keys, and the texts about the ledger itself.
#[derive(Clone, Debug, Default)]
pub struct Names {
    by_key: HashMap<PublicKey, KeyHistory>,
    /// Keys with a name that a reader could mistake for another person's, or for a label of the
    /// program; the digits of the key distinguish them.
    alike: HashSet<PublicKey>,
    words: Vec<Grant<LedgerWords>>,
    confirmations: Vec<Grant<u64>>,
    log_keys: Vec<Grant<PublicKey>>,
    formats: Vec<Grant<u64>>,
    /// The title of the record.
    pub title: Option<String>,
    /// The licence of its texts.
    pub licence: Option<String>,
    /// The corrections policy, if the record has one.
    pub corrections_policy: Option<String>,
}

impl Names {
    /// The names as of the view's point.
    pub fn read(view: &View<'_>) -> Result<Names, LedgerError> {
        let naming = |operation: &Operation| {
            use Operation::{Changed, Enrolled, Opened, Rekeyed, RolesChanged, Upgraded};
            matches!(
                operation,
                Opened(_)
                    | Changed { .. }
                    | Enrolled(_)
                    | RolesChanged(_)
                    | Rekeyed(_)
                    | Upgraded { .. }
            )
        };
        let acts = view.state().history.acts().iter();
        let positions: Vec<u64> =
            acts.filter(|act| naming(&act.operation)).map(|act| act.position).collect();
        let mut names = Names::default();
        let undoings = undoings(&view.state().history);
        view.at(&positions, &mut |event| {
            if let Some(statement) = event.statement() {
                let undone = undoings.ranges(event.position).collect();
                let source = GrantSource { event: event.position, undone };
                names.take(&source, statement, view.content(event).ok());
            }
        })?;
        let is_read = |grant: &&Grant<LedgerWords>| grant.stands() && grant.value.title.is_some();
        if let Some(last) = names.words.iter().rev().find(is_read) {
            let LedgerWords { title, licence, corrections_policy } = last.value.clone();
            (names.title, names.licence) = (title, licence);
            names.corrections_policy = corrections_policy;
        }
        names.alike = names.find_alike();
        if let Some(recovery) = view.state().fold.ledger.as_ref().and_then(|l| l.recovery) {
            for act in view.state().history.acts() {
                let key = view.state().history.key(act.by);
                if let Some(key) = key.filter(|key| key.digest() == recovery) {
                    names.name(key, &GrantSource::lasting(0), "recovery key");
                    break;
                }
            }
        }
        Ok(names)
    }

    /// The names as written in the record, also where a reader could mistake one for another's, as
    /// a bag has them.
    pub fn as_written(mut self) -> Names {
        self.alike.clear();
        self
    }

    fn take(&mut self, source: &GrantSource, statement: &Statement, content: Option<&Content>) {
        // An enrolment names its key even where it was undone.
        let lasting = &GrantSource::lasting(source.event);
        match &statement.args {
            Args::LedgerOpened(args) => {
                self.roles(statement.by, source, args.roles);
                self.person(statement.by, &args.person);
                self.confirmations.push(source.give(args.confirmations));
                self.log_keys.push(source.give(args.log_key));
            }
            Args::LedgerChanged(args) => {
                self.confirmations.push(source.give(args.confirmations));
            }
            Args::LedgerRekeyed(args) => {
                self.log_keys.push(source.give(args.log_key));
            }
            Args::LedgerUpgraded(args) => {
                self.formats.push(source.give(args.v));
            }
            Args::EditorEnrolled(args) => {
                self.roles(args.key, lasting, args.roles);
                self.person(args.key, &args.person);
            }
            Args::EditorChanged(args) => self.roles(args.key, source, args.roles),
            _ => {}
        }
        match (&statement.args, content) {
            (Args::LedgerOpened(_), Some(Content::LedgerOpened(body))) => {
                self.name(statement.by, lasting, &body.name);
                let policy = body.corrections_policy.as_ref();
                self.words(source, &body.title, &body.licence, policy);
            }
            (_, Some(Content::LedgerChanged(body))) => {
                let policy = body.corrections_policy.as_ref();
                self.words(source, &body.title, &body.licence, policy);
            }
            (Args::EditorEnrolled(args), Some(Content::EditorEnrolled(body))) => {
                self.name(args.key, lasting, &body.name);
            }
            (Args::EditorChanged(args), Some(Content::EditorChanged(body))) => {
                self.name(args.key, source, &body.name);
            }
            // What is withheld is not what was before it.
            (Args::LedgerOpened(_) | Args::LedgerChanged(_), _) => {
                self.words.push(source.give(LedgerWords::default()));
            }
            _ => {}
        }
    }

    fn name(&mut self, key: PublicKey, source: &GrantSource, name: &str) {
        let names = &mut self.by_key.entry(key).or_default().names;
        names.push(source.give(name.to_owned()));
    }

    fn roles(&mut self, key: PublicKey, source: &GrantSource, roles: Roles) {
        let history = self.by_key.entry(key).or_default();
        history.roles.push(source.give(roles));
    }

    fn person(&mut self, key: PublicKey, person: &Person) {
        self.by_key.entry(key).or_default().person.get_or_insert_with(|| person.clone());
    }

    fn words(&mut self, source: &GrantSource, title: &str, licence: &str, policy: Option<&Short>) {
        let value = LedgerWords {
            title: Some(title.to_owned()),
            licence: Some(licence.to_owned()),
            corrections_policy: policy.map(Short::to_string),
        };
        self.words.push(source.give(value));
    }

    /// The name of a key as of the view's point, distinguished from another person's; its first 16
    /// digits if it has no name.
    pub fn of(&self, key: &PublicKey) -> String {
        self.plain(key).map_or_else(|| digits(key), |name| self.apart(key, name))
    }

    /// The name of a key as of the view's point, as written in the record.
    pub fn plain(&self, key: &PublicKey) -> Option<&str> {
        let names = &self.by_key.get(key)?.names;
        names.iter().rev().find(|grant| grant.stands()).map(|grant| grant.value.as_str())
    }

    /// The keys of other persons whose name, now or earlier, resembles `name`.
    pub fn taken_by(&self, name: &str, person: Option<&Person>) -> Vec<PublicKey> {
        let look = NameForm::of(name);
        let alike = |history: &KeyHistory| {
            let other = person.is_none() || history.person.as_ref() != person;
            other && history.names.iter().any(|grant| NameForm::of(&grant.value).is_like(&look))
        };
        let taken = self.by_key.iter().filter(|(_, history)| alike(history));
        let mut keys: Vec<PublicKey> = taken.map(|(key, _)| *key).collect();
        keys.sort_unstable();
        keys
    }

    /// A name, with the first digits of its key if a reader could mistake it for another's. Every
    /// answer that names a person calls this function, so that no answer shows two persons as one.
    fn apart(&self, key: &PublicKey, name: &str) -> String {
        match self.alike.contains(key) {
            true => format!("{name} ({})", digits(key)),
            false => name.to_owned(),
        }
    }

    fn find_alike(&self) -> HashSet<PublicKey> {
        alike(self.by_key.iter().flat_map(|(key, history)| {
            let person = history.person.as_ref();
            history.names.iter().map(move |grant| HeldName { key, person, name: &grant.value })
        }))
    }

    /// The name that a key had just before an event, for the signer or for the person whom the
    /// event names. The founder and a key that the event enrols have the name that the event gives
    /// them. Every answer that names a person at an event calls this function.
    pub fn at(&self, key: &PublicKey, event: u64) -> Named {
        let now = self.of(key);
        let then = self.plain_at(key, event);
        let then = then.map_or_else(|| now.clone(), |name| self.apart(key, name));
        let now = (then != now).then_some(now);
        Named { then, now }
    }

    /// The name that [`Names::at`] gives as `then`, as written in the record: without the digits
    /// of the key. `None` if the key has no readable name.
    pub fn plain_at(&self, key: &PublicKey, event: u64) -> Option<&str> {
        let names = &self.by_key.get(key)?.names;
        let first = || names.first().map(|grant| &grant.value);
        before(names, event).or_else(first).map(String::as_str)
    }

    /// The roles that a key had just before an event.
    pub fn roles_before(&self, key: &PublicKey, event: u64) -> Option<Roles> {
        before(&self.by_key.get(key)?.roles, event).copied()
    }

    /// The other keys of a key's person that were enrolled before an event.
    pub fn keys_of_person(&self, key: &PublicKey, event: u64) -> Vec<PublicKey> {
        let person = self.by_key.get(key).and_then(|history| history.person.as_ref());
        let same = |other: &KeyHistory| {
            let earlier = other.roles.first().is_some_and(|grant| grant.source.event < event);
            person.is_some() && other.person.as_ref() == person && earlier
        };
        let all = self.by_key.iter().filter(|(other, history)| *other != key && same(history));
        let mut keys: Vec<PublicKey> = all.map(|(key, _)| *key).collect();
        keys.sort_unstable();
        keys
    }

    /// The record's own texts just before an event, none where they are withheld, and the number of
    /// confirmations that it required.
    pub fn ledger_before(&self, event: u64) -> (LedgerWords, Option<u64>) {
        let words = before(&self.words, event).cloned().unwrap_or_default();
        (words, before(&self.confirmations, event).copied())
    }

    /// The log key just before an event.
    pub fn log_key_before(&self, event: u64) -> Option<PublicKey> {
        before(&self.log_keys, event).copied()
    }

    /// The largest format announced before an event; 1 if there was none.
    pub fn format_before(&self, event: u64) -> u64 {
        // An upgrade is part of the record: no revocation undoes it.
        let earlier = self.formats.iter().filter(|grant| grant.source.event < event);
        earlier.map(|grant| grant.value).max().unwrap_or(1)
    }

    /// The keys whose name is, or contains as a word, `name`, in any case and spelling; or that
    /// begin with it, if it is 8 or more hex digits.
    pub fn keys(&self, name: &str) -> Vec<PublicKey> {
        self.meant(name, &|history| {
            history.names.iter().rev().find(|grant| grant.stands()).into_iter().collect()
        })
    }

    /// As [`Names::keys`], for every name that a key ever had.
    pub fn keys_ever(&self, name: &str) -> Vec<PublicKey> {
        self.meant(name, &|history| history.names.iter().collect())
    }

    /// The keys whose whole name is `name`, or was it earlier; in any case.
    pub fn keys_ever_of_whole(&self, name: &str) -> Vec<PublicKey> {
        let wanted = typed(name);
        let has = |history: &KeyHistory| {
            history.names.iter().any(|grant: &Grant<String>| typed(&grant.value) == wanted)
        };
        self.by_key.iter().filter(|(_, history)| has(history)).map(|(key, _)| *key).collect()
    }

    /// Whether a key is that of an editor, now or earlier.
    pub fn has(&self, key: &PublicKey) -> bool {
        self.by_key.contains_key(key)
    }

    /// The keys of the persons who hold these, in order.
    pub fn keys_of_holders(&self, keys: &[PublicKey]) -> Vec<PublicKey> {
        let person = |key| self.by_key.get(key).and_then(|history| history.person.as_ref());
        let held: Vec<&Person> = keys.iter().filter_map(person).collect();
        let is =
            |history: &KeyHistory| history.person.as_ref().is_some_and(|of| held.contains(&of));
        let others = self.by_key.iter().filter(|(_, history)| is(history)).map(|(key, _)| *key);
        let mut all: Vec<PublicKey> = others.chain(keys.iter().copied()).collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// Whether these keys are of one person.
    pub fn is_one_person(&self, keys: &[PublicKey]) -> bool {
        keys.first().is_none_or(|first| {
            let of_first = self.keys_of_holders(&[*first]);
            keys.iter().all(|key| of_first.contains(key))
        })
    }

    fn meant(
        &self,
        name: &str,
        names: &dyn Fn(&KeyHistory) -> Vec<&Grant<String>>,
    ) -> Vec<PublicKey> {
        let wanted = typed(name);
        let fits = |grant: &&Grant<String>| {
            let name = typed(&grant.value);
            name == wanted || name.split_whitespace().any(|word| word == wanted)
        };
        let meant = |(key, history): &(&PublicKey, &KeyHistory)| {
            let digits = wanted.len() >= 8 && key.to_string().starts_with(&wanted);
            digits || names(history).iter().any(fits)
        };
        self.by_key.iter().filter(meant).map(|(key, _)| *key).collect()
    }

    /// All names, in alphabetical order.
    pub fn all(&self) -> Vec<&str> {
        let last = |history: &'_ KeyHistory| history.names.iter().rposition(Grant::stands);
        let named = self.by_key.values();
        let mut all: Vec<&str> = named
            .filter_map(|history| Some(history.names.get(last(history)?)?.value.as_str()))
            .collect();
        all.sort_unstable();
        all.dedup();
        all
    }
}

fn digits(key: &PublicKey) -> String {
    format!("key {}", key.short())
}

/// The row of an act: signer, time, type; `None` if the statement is malformed.
pub fn act(view: &View<'_>, names: &Names, event: &ViewedEvent) -> Option<ActRow> {
    let statement = event.statement()?;
    let named = names.at(&statement.by, event.position);
    Some(ActRow {
        event: event.position,
        kind: statement.kind,
        at: event.at(),
        said: Some(statement.said),
        by: named.then,
        by_now: named.now,
        key: statement.by,
        undone_by: view.undone_by(event.position),
    })
}
