//! The tables of a database that keeps records, and the roles that may use them.
//!
//! Always holds: who serves a record may add events and nothing else to them; no role may delete.
//! Not here: whether a database is as it is written here (`fitness`).

use super::{Database, DatabaseError};

/// Everything that a database needs, as its owner runs it once. The last two roles hold the rights;
/// a role that logs in is granted one of them.
const SCHEMA: &str = "\
CREATE SCHEMA annals;
CREATE TABLE annals.ledger (
  id int PRIMARY KEY,
  origin text NOT NULL UNIQUE,
  size bigint NOT NULL CHECK (size >= 0),
  head bytea CHECK (octet_length(head) = 32),
  root bytea NOT NULL CHECK (octet_length(root) = 32),
  moved text,
  CHECK ((size = 0) = (head IS NULL))
);
CREATE TABLE annals.event (
  ledger int NOT NULL,
  position bigint NOT NULL CHECK (position >= 0),
  record bytea NOT NULL CHECK (octet_length(record) BETWEEN 1 AND 4096),
  body bytea CHECK (octet_length(body) <= 2097152),
  PRIMARY KEY (ledger, position)
);
CREATE TABLE annals.document (
  ledger int NOT NULL,
  sha256 bytea NOT NULL CHECK (octet_length(sha256) = 32),
  part int NOT NULL CHECK (part >= 0),
  bytes bytea NOT NULL CHECK (octet_length(bytes) <= 524288),
  PRIMARY KEY (ledger, sha256, part)
);
CREATE TABLE annals.whole (
  ledger int NOT NULL,
  sha256 bytea NOT NULL CHECK (octet_length(sha256) = 32),
  bytes bigint NOT NULL CHECK (bytes >= 0),
  PRIMARY KEY (ledger, sha256)
);
CREATE TABLE annals.checkpoint (
  ledger int PRIMARY KEY,
  size bigint NOT NULL CHECK (size >= 0),
  note bytea NOT NULL
);
DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'annals_server') THEN
    CREATE ROLE annals_server NOLOGIN;
  END IF;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'annals_eraser') THEN
    CREATE ROLE annals_eraser NOLOGIN;
  END IF;
END $$;
GRANT USAGE ON SCHEMA annals TO annals_server, annals_eraser;
GRANT SELECT ON ALL TABLES IN SCHEMA annals TO annals_server, annals_eraser;
GRANT INSERT ON annals.ledger, annals.event, annals.document, annals.whole, annals.checkpoint
  TO annals_server;
GRANT UPDATE (size, head, root, moved) ON annals.ledger TO annals_server;
GRANT UPDATE (size, note) ON annals.checkpoint TO annals_server;
GRANT UPDATE (body) ON annals.event TO annals_eraser;
";

/// The roles: who serves records, and who may remove a body by law.
pub const ROLES: [&str; 2] = ["annals_server", "annals_eraser"];

/// The statements that make the tables and the roles, for an administrator who runs them by hand.
pub fn statements() -> &'static str {
    SCHEMA
}

/// Makes the tables and the roles, unless they are there; and gives the role of a server to
/// `login`, a role that may connect. Returns whether the tables were made.
///
/// Errors: the role that is used may not; there is no role `login`; tables are there and are not
/// these ([`DatabaseError::Unfit`]).
pub fn init(database: &mut Database, login: Option<&str>) -> Result<bool, DatabaseError> {
    let failed = database.failed("make the tables");
    let mut work = database.client.transaction().map_err(&failed)?;
    let there = "SELECT to_regnamespace('annals') IS NOT NULL";
    let is_there: bool =
        work.query_one(there, &[]).map_err(&failed)?.try_get(0).map_err(&failed)?;
    if !is_there {
        work.batch_execute(SCHEMA).map_err(&failed)?;
    }
    if let Some(login) = login {
        let quoted = work.query_one("SELECT quote_ident($1)", &[&login]).map_err(&failed)?;
        let quoted: String = quoted.try_get(0).map_err(&failed)?;
        work.batch_execute(&format!("GRANT annals_server TO {quoted}")).map_err(&failed)?;
    }
    work.commit().map_err(&failed)?;
    if is_there {
        database.expect_tables()?;
    }
    Ok(!is_there)
}
