//! Whether a database can keep a record: its settings, its tables, and the rights of the role that
//! is used.
//!
//! Always holds: a database that may lose what it acknowledged, whose tables are not those of
//! `schema`, or whose role could change what is written, is refused with what to change. Not here:
//! what is in the tables (`rows`).

use super::{Database, DatabaseError};
use std::collections::BTreeSet;

/// The columns of every table: table, name, type, whether it may be absent.
const COLUMNS: &[(&str, &str, &str, bool)] = &[
    ("checkpoint", "ledger", "integer", false),
    ("checkpoint", "note", "bytea", false),
    ("checkpoint", "size", "bigint", false),
    ("document", "bytes", "bytea", false),
    ("document", "ledger", "integer", false),
    ("document", "part", "integer", false),
    ("document", "sha256", "bytea", false),
    ("event", "body", "bytea", true),
    ("event", "ledger", "integer", false),
    ("event", "position", "bigint", false),
    ("event", "record", "bytea", false),
    ("ledger", "head", "bytea", true),
    ("ledger", "id", "integer", false),
    ("ledger", "moved", "text", true),
    ("ledger", "origin", "text", false),
    ("ledger", "root", "bytea", false),
    ("ledger", "size", "bigint", false),
    ("whole", "bytes", "bigint", false),
    ("whole", "ledger", "integer", false),
    ("whole", "sha256", "bytea", false),
];

/// The keys, by table: without them one position could have two events.
const KEYS: &[(&str, &str)] = &[
    ("checkpoint", "PRIMARY KEY (ledger)"),
    ("document", "PRIMARY KEY (ledger, sha256, part)"),
    ("event", "PRIMARY KEY (ledger, \"position\")"),
    ("ledger", "PRIMARY KEY (id)"),
    ("ledger", "UNIQUE (origin)"),
    ("whole", "PRIMARY KEY (ledger, sha256)"),
];

/// The tables.
const TABLES: [&str; 5] = ["checkpoint", "document", "event", "ledger", "whole"];

/// What a server may do with each table, besides reading it.
const NEEDED: &[(&str, &str)] = &[
    ("ledger", "INSERT"),
    ("event", "INSERT"),
    ("document", "INSERT"),
    ("whole", "INSERT"),
    ("checkpoint", "INSERT"),
];

/// The columns that a server changes.
const CHANGED: &[(&str, &str)] = &[
    ("ledger", "size"),
    ("ledger", "head"),
    ("ledger", "root"),
    ("ledger", "moved"),
    ("checkpoint", "size"),
    ("checkpoint", "note"),
];

/// What to change where a commit waits for no standby, as the setting names them.
///
/// ```
/// # use annals::database::standby_warning;
/// assert!(standby_warning("").is_some());
/// assert_eq!(standby_warning("ANY 1 (two, three)"), None);
/// ```
pub fn standby_warning(standbys: &str) -> Option<&'static str> {
    standbys.is_empty().then_some(
        "no commit waits for a standby (synchronous_standby_names is empty): if this database is \
         lost, its last events are in the copies of annals serve alone",
    )
}

/// What a server must not be able to do with a table.
const FORBIDDEN: [&str; 3] = ["DELETE", "TRUNCATE", "TRIGGER"];

impl Database {
    /// Refuses a database that cannot keep a record as it is, or a role with other rights than a
    /// server needs: [`DatabaseError::Unfit`], with every reason.
    ///
    /// Errors: also where it cannot be asked.
    pub fn expect_fit(&mut self) -> Result<(), DatabaseError> {
        let mut faults = self.settings()?;
        let tables = self.tables()?;
        let are_there = tables.is_empty();
        faults.extend(tables);
        if are_there {
            faults.extend(self.rights()?);
        }
        self.unless(faults)
    }

    /// Refuses tables that are not those of `schema`.
    pub(super) fn expect_tables(&mut self) -> Result<(), DatabaseError> {
        let faults = self.tables()?;
        self.unless(faults)
    }

    /// The standbys that a commit waits for, as the server's setting names them; empty if it waits
    /// for none.
    ///
    /// Errors: it cannot be asked.
    pub fn standbys(&mut self) -> Result<String, DatabaseError> {
        let failed = self.failed("tell its settings");
        let row = self.client.query_one("SHOW synchronous_standby_names", &[]).map_err(failed)?;
        self.value(&row, 0)
    }

    fn unless(&self, faults: Vec<String>) -> Result<(), DatabaseError> {
        match faults.is_empty() {
            true => Ok(()),
            false => Err(DatabaseError::Unfit { address: self.address.to_string(), faults }),
        }
    }

    /// The settings with which what was acknowledged could be lost.
    fn settings(&mut self) -> Result<Vec<String>, DatabaseError> {
        let failed = self.failed("tell its settings");
        let mut faults = Vec::new();
        let mut expect = |name: &str, good: &[&str], why: &str| {
            let row = self.client.query_one("SELECT current_setting($1)", &[&name])?;
            let found: String = row.try_get(0)?;
            if !good.contains(&found.as_str()) {
                let good = good.join(" or ");
                faults.push(format!("expected {name} = {good}, found {found}: {why}"));
            }
            Ok(())
        };
        let crash = "a crash may lose what was acknowledged; set it in postgresql.conf and restart";
        expect("fsync", &["on"], crash).map_err(&failed)?;
        expect("full_page_writes", &["on"], crash).map_err(&failed)?;
        let commit = "a commit is acknowledged before it is durable; ALTER ROLE or ALTER SYSTEM \
                      sets it";
        expect("synchronous_commit", &["on", "remote_apply"], commit).map_err(&failed)?;
        let utf8 = "names of records are Unicode text; make the database with ENCODING 'UTF8'";
        expect("server_encoding", &["UTF8"], utf8).map_err(&failed)?;
        let standby = self.client.query_one("SELECT pg_is_in_recovery()", &[]).map_err(&failed)?;
        if self.value(&standby, 0)? {
            faults.push(
                "expected a database that can be written to, found a standby: name the primary"
                    .to_owned(),
            );
        }
        Ok(faults)
    }

    /// How the tables differ from those of `schema`.
    fn tables(&mut self) -> Result<Vec<String>, DatabaseError> {
        let failed = self.failed("describe its tables");
        let there = "SELECT to_regnamespace('annals') IS NOT NULL";
        let row = self.client.query_one(there, &[]).map_err(&failed)?;
        if !self.value::<bool>(&row, 0)? {
            return Ok(vec![
                "expected the tables of the schema annals, found none: annals store init makes \
                 them"
                    .to_owned(),
            ]);
        }
        let columns = "SELECT c.relname::text, a.attname::text, \
             format_type(a.atttypid, a.atttypmod), NOT a.attnotnull \
             FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid \
             WHERE c.relnamespace = to_regnamespace('annals') AND c.relkind IN ('r', 'p', 'v') \
             AND a.attnum > 0 AND NOT a.attisdropped";
        let found = self.client.query(columns, &[]).map_err(&failed)?;
        let column = |table: &str, name: &str, kind: &str, absent: bool| {
            let absent = if absent { "" } else { " NOT NULL" };
            format!("the column {table}.{name} {kind}{absent}")
        };
        let column_of = |row| {
            let (table, name) = (self.value(row, 0)?, self.value(row, 1)?);
            Ok(column(table, name, self.value(row, 2)?, self.value(row, 3)?))
        };
        let found: BTreeSet<String> =
            found.iter().map(column_of).collect::<Result<_, DatabaseError>>()?;
        let expected: BTreeSet<String> = COLUMNS
            .iter()
            .map(|(table, name, kind, absent)| column(table, name, kind, *absent))
            .collect();
        let mut faults = differences(&expected, &found);
        let keys = "SELECT c.relname::text, pg_get_constraintdef(k.oid) FROM pg_constraint k \
             JOIN pg_class c ON c.oid = k.conrelid \
             WHERE c.relnamespace = to_regnamespace('annals') AND k.contype IN ('p', 'u')";
        let found = self.client.query(keys, &[]).map_err(&failed)?;
        let key = |table: &str, key: &str| format!("the key {table}: {}", key.replace('"', ""));
        let key_of = |row| Ok(key(self.value(row, 0)?, self.value(row, 1)?));
        let found = found.iter().map(key_of).collect::<Result<_, DatabaseError>>()?;
        let expected = KEYS.iter().map(|(table, of)| key(table, of)).collect();
        faults.extend(differences(&expected, &found));
        let kinds = "SELECT relname::text, relpersistence = 'p', relkind = 'r', \
             relrowsecurity \
             OR EXISTS (SELECT FROM pg_rewrite r WHERE r.ev_class = pg_class.oid) \
             OR EXISTS (SELECT FROM pg_trigger t \
             WHERE t.tgrelid = pg_class.oid AND NOT t.tgisinternal) \
             FROM pg_class WHERE relnamespace = to_regnamespace('annals') \
             AND relkind IN ('r', 'p', 'v')";
        for row in self.client.query(kinds, &[]).map_err(&failed)? {
            let (table, durable, plain): (String, bool, bool) =
                (self.value(&row, 0)?, self.value(&row, 1)?, self.value(&row, 2)?);
            if !durable || !plain {
                faults.push(format!(
                    "expected the table {table} to be a plain logged table, found another kind: a \
                     crash may empty it; ALTER TABLE annals.{table} SET LOGGED"
                ));
            }
            if self.value(&row, 3)? {
                faults.push(format!(
                    "expected the table {table} without triggers, rules and row security, found \
                     some: they could change what is written; drop them"
                ));
            }
        }
        Ok(faults)
    }

    /// Where the rights of this role are not those of a server.
    fn rights(&mut self) -> Result<Vec<String>, DatabaseError> {
        let failed = self.failed("tell the rights of its roles");
        let role = "SELECT current_user::text, rolsuper FROM pg_roles WHERE rolname = current_user";
        let row = self.client.query_one(role, &[]).map_err(&failed)?;
        let (role, is_super): (String, bool) = (self.value(&row, 0)?, self.value(&row, 1)?);
        if is_super {
            return Ok(vec![format!(
                "expected a role with the rights of annals_server alone, found the superuser \
                 {role}: connect as another role, and annals store init --grant ROLE gives it \
                 these rights"
            )]);
        }
        let mut faults = Vec::new();
        let mut ask = |question: &str, table: &str, right: &str| -> Result<bool, DatabaseError> {
            let table = format!("annals.{table}");
            let row = self.client.query_one(question, &[&table, &right]).map_err(&failed)?;
            row.try_get(0).map_err(&failed)
        };
        let whole = "SELECT has_table_privilege($1, $2)";
        let read = TABLES.iter().map(|table| (*table, "SELECT"));
        for (table, right) in read.chain(NEEDED.iter().copied()) {
            if !ask(whole, table, right)? {
                faults.push(format!(
                    "expected the right {right} on {table}, which {role} has not: annals store \
                     init --grant {role} gives it, as the owner of the tables"
                ));
            }
        }
        for (table, column) in CHANGED {
            let question = format!("SELECT has_column_privilege($1, '{column}', $2)");
            if !ask(&question, table, "UPDATE")? {
                faults.push(format!(
                    "expected the right UPDATE ({column}) on {table}, which {role} has not: annals \
                     store init --grant {role} gives it, as the owner of the tables"
                ));
            }
        }
        let changes = "SELECT has_any_column_privilege($1, $2)";
        for (table, right) in [("event", "UPDATE"), ("document", "UPDATE"), ("whole", "UPDATE")] {
            if ask(changes, table, right)? {
                faults.push(too_much(&role, right, table));
            }
        }
        for table in TABLES {
            for right in FORBIDDEN {
                if ask(whole, table, right)? {
                    faults.push(too_much(&role, right, table));
                }
            }
        }
        Ok(faults)
    }
}

fn too_much(role: &str, right: &str, table: &str) -> String {
    format!(
        "expected a role that may not {right} {table}, found {role}: a server adds events and \
         changes none; connect as a role that has the rights of annals_server alone"
    )
}

fn differences(expected: &BTreeSet<String>, found: &BTreeSet<String>) -> Vec<String> {
    let missing = expected.difference(found).map(|it| format!("expected {it}, found none"));
    let advice = "these are not the tables that annals store init makes";
    let other = found.difference(expected).map(|it| format!("found {it}, expected none: {advice}"));
    missing.chain(other).collect()
}
