//! Three PostgreSQL servers that Patroni keeps, one of which can be written to, and its etcd: all
//! on this machine, in folders of their own.
//!
//! Only with `ANNALS_FAILOVER=1`: a start takes half a minute, and a failover some seconds.

use crate::database::{USER, run};
use crate::serve::request;
use annals::database::{Database, DatabaseAddress, init};
use postgres::{Client, NoTls};
use rustix::process::{Pid, Signal, geteuid, kill_process};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// The longest wait for the servers.
const PATIENCE: Duration = Duration::from_secs(120);

/// Whether a test of failovers is to be run; says so if not.
pub fn is_wanted() -> bool {
    let wanted = std::env::var("ANNALS_FAILOVER").is_ok_and(|said| said == "1");
    if !wanted {
        eprintln!("NOT RUN: it takes minutes, and runs with ANNALS_FAILOVER=1");
    }
    wanted
}

/// Whether a commit waits for a standby.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Replication {
    /// For one, which is the one that takes over.
    Synchronous,
    /// For none: whoever takes over may lack the last events.
    Asynchronous,
}

/// Runs a program of `scripts/` that installs what is needed; what it printed last.
pub fn need(script: &str) -> String {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts").join(script);
    let found = Command::new(script).output().expect("it runs");
    assert!(found.status.success(), "{}", String::from_utf8_lossy(&found.stderr));
    let text = String::from_utf8(found.stdout).unwrap();
    text.lines().next_back().unwrap_or_default().to_owned()
}

/// The servers, which end when this is dropped.
pub struct PatroniCluster {
    folder: tempfile::TempDir,
    programs: PathBuf,
    ports: [u16; 3],
    /// The ports at which Patroni answers.
    rest: [u16; 3],
    replication: Replication,
    processes: Vec<Child>,
}

impl PatroniCluster {
    /// Starts them with the tables of a record and a role `desk`; `None` where these tests are
    /// omitted.
    pub fn start(replication: Replication) -> Option<PatroniCluster> {
        if !is_wanted() {
            return None;
        }
        need("need-patroni");
        let programs = PathBuf::from(need("need-postgres"));
        let folder = tempfile::tempdir().unwrap();
        if geteuid().is_root() {
            run(Command::new("chown").arg(format!("{USER}:nogroup")).arg(folder.path()));
        }
        let (ports, rest) = ([(); 3].map(|()| free_port()), [(); 3].map(|()| free_port()));
        let processes = Vec::new();
        let mut cluster = PatroniCluster { folder, programs, ports, rest, replication, processes };
        let etcd = cluster.start_etcd();
        for number in 0..3 {
            cluster.start_node(number, etcd);
            if number == 0 {
                // The others copy what the first one made.
                cluster.primary();
            }
        }
        cluster.await_whole();
        cluster.sql("CREATE ROLE desk LOGIN");
        let owner = DatabaseAddress::parse(&cluster.url("owner"), None, None).unwrap();
        assert!(init(&mut Database::connect(&owner).unwrap(), Some("desk")).unwrap());
        Some(cluster)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Starts a program as an unprivileged user, with what it says in a file.
    fn begin(&mut self, name: &str, program: &Path, arguments: &[&str]) {
        let mut command = match geteuid().is_root() {
            true => {
                let mut command = Command::new("setpriv");
                command.args(["--reuid", USER, "--regid", "nogroup", "--clear-groups"]);
                command.arg(program);
                command
            }
            false => Command::new(program),
        };
        let log = std::fs::File::create(self.path(&format!("{name}.log"))).unwrap();
        command.args(arguments).current_dir(self.folder.path()).env("HOME", self.folder.path());
        command.stdin(Stdio::null()).stdout(log.try_clone().unwrap()).stderr(log);
        self.processes.push(command.spawn().expect("it runs"));
    }

    fn start_etcd(&mut self) -> u16 {
        let (port, peer) = (free_port(), free_port());
        let (url, peer) = (format!("http://127.0.0.1:{port}"), format!("http://127.0.0.1:{peer}"));
        let whole = format!("default={peer}");
        let arguments = [
            ["--data-dir", "etcd"],
            ["--listen-client-urls", &url],
            ["--advertise-client-urls", &url],
            ["--listen-peer-urls", &peer],
            ["--initial-advertise-peer-urls", &peer],
            ["--initial-cluster", &whole],
            ["--heartbeat-interval", "500"],
            ["--election-timeout", "5000"],
        ];
        self.begin("etcd", Path::new("etcd"), arguments.as_flattened());
        port
    }

    fn start_node(&mut self, number: usize, etcd: u16) {
        let (name, port) = (format!("node{number}"), self.ports[number]);
        let (folder, programs, rest) =
            (self.path(&name), self.programs.display(), self.rest[number]);
        let is_synchronous = self.replication == Replication::Synchronous;
        let (folder, socket) = (folder.display(), self.folder.path().display());
        let text = format!(
            "scope: annals\n\
             name: {name}\n\
             restapi: {{listen: '127.0.0.1:{rest}', connect_address: '127.0.0.1:{rest}'}}\n\
             etcd3: {{hosts: ['127.0.0.1:{etcd}']}}\n\
             bootstrap:\n\
             \x20 dcs:\n\
             \x20   ttl: 20\n\
             \x20   loop_wait: 1\n\
             \x20   retry_timeout: 3\n\
             \x20   primary_start_timeout: 0\n\
             \x20   master_start_timeout: 0\n\
             \x20   synchronous_mode: {is_synchronous}\n\
             \x20   synchronous_mode_strict: {is_synchronous}\n\
             \x20   postgresql:\n\
             \x20     use_pg_rewind: true\n\
             \x20     parameters: {{max_connections: 40, wal_log_hints: 'on'}}\n\
             \x20 initdb: [encoding: UTF8, data-checksums]\n\
             postgresql:\n\
             \x20 listen: '127.0.0.1:{port}'\n\
             \x20 connect_address: '127.0.0.1:{port}'\n\
             \x20 data_dir: '{folder}'\n\
             \x20 bin_dir: '{programs}'\n\
             \x20 pgpass: '{folder}.pgpass'\n\
             \x20 authentication:\n\
             \x20   superuser: {{username: owner}}\n\
             \x20   replication: {{username: replicator}}\n\
             \x20 parameters: {{unix_socket_directories: '{socket}'}}\n\
             \x20 pg_hba:\n\
             \x20   - local all all trust\n\
             \x20   - host all all 127.0.0.1/32 trust\n\
             \x20   - host replication all 127.0.0.1/32 trust\n"
        );
        let file = self.path(&format!("{name}.yml"));
        std::fs::write(&file, text).unwrap();
        self.begin(&name, Path::new("patroni"), &[file.to_str().unwrap()]);
    }

    /// The address of all of them, for a role.
    pub fn url(&self, role: &str) -> String {
        let hosts = self.ports.map(|port| format!("127.0.0.1:{port}")).join(",");
        format!("postgres://{role}@{hosts}/postgres")
    }

    /// A connection of the owner with one of them; `None` if it does not answer.
    fn client(&self, number: usize) -> Option<Client> {
        let port = self.ports[number];
        let text = format!("host=127.0.0.1 port={port} user=owner dbname=postgres");
        Client::connect(&format!("{text} connect_timeout=2"), NoTls).ok()
    }

    /// Waits until this is so.
    fn until<T>(&self, what: &str, is_so: impl Fn() -> Option<T>) -> T {
        let began = Instant::now();
        while began.elapsed() < PATIENCE {
            if let Some(found) = is_so() {
                return found;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        let log = |name: &str| {
            let text = std::fs::read_to_string(self.path(name)).unwrap_or_default();
            let lines: Vec<&str> = text.lines().collect();
            format!("{name}:\n{}\n", lines[lines.len().saturating_sub(25)..].join("\n"))
        };
        let logs = ["etcd.log", "node0.log", "node1.log", "node2.log"].map(log).concat();
        panic!("{what} did not come in {PATIENCE:?}\n{logs}");
    }

    /// The one that can be written to, once there is one.
    pub fn primary(&self) -> usize {
        let is_primary = |number: &usize| {
            let mut client = self.client(*number)?;
            let row = client.query_one("SELECT pg_is_in_recovery()", &[]).ok()?;
            (!row.get::<_, bool>(0)).then_some(*number)
        };
        self.until("a primary", || (0..3).find_map(|number| is_primary(&number)))
    }

    /// Waits until one can be written to and both others follow it, one of them synchronously if
    /// commits wait for one.
    pub fn await_whole(&self) {
        let expected = match self.replication {
            Replication::Synchronous => 1,
            Replication::Asynchronous => 0,
        };
        let followers = "SELECT count(*) = 2 AND count(*) FILTER (WHERE sync_state = 'sync') = $1 \
             FROM pg_stat_replication WHERE state = 'streaming' AND application_name LIKE 'node%'";
        self.until("a primary with two standbys", || {
            let row = self.client(self.primary())?.query_one(followers, &[&expected]).ok()?;
            (row.get::<_, bool>(0) && self.standbys_that_may_take_over() == expected).then_some(())
        });
    }

    /// The number of standbys that Patroni knows as synchronous: one of these takes over.
    fn standbys_that_may_take_over(&self) -> i64 {
        let address = format!("127.0.0.1:{}", self.rest[self.primary()]);
        let (_, answer) = request(&address, "GET /cluster HTTP/1.1", b"");
        answer.matches("\"sync_standby\"").count() as i64
    }

    /// Runs statements on the primary as the owner.
    pub fn sql(&self, statements: &str) {
        self.client(self.primary()).unwrap().batch_execute(statements).unwrap();
    }

    /// What the sessions of the primary are doing, a line each.
    pub fn at_work(&self) -> String {
        let query = "SELECT concat_ws(' ', pid, state, wait_event, left(query, 80)) \
             FROM pg_stat_activity WHERE usename = 'desk'";
        let rows = self.client(self.primary()).unwrap().query(query, &[]).unwrap();
        rows.iter().map(|row| row.get::<_, String>(0) + "\n").collect()
    }

    /// The number of events that the primary has.
    pub fn size(&self) -> i64 {
        self.until("a size", || {
            let row = self.client(self.primary())?.query_one("SELECT size FROM annals.ledger", &[]);
            row.ok().map(|row| row.get(0))
        })
    }

    /// The processes of a primary that send to the standbys.
    fn senders(&self, primary: usize) -> Vec<Pid> {
        let query = "SELECT pid FROM pg_stat_replication";
        let rows = self.client(primary).unwrap().query(query, &[]).unwrap();
        rows.iter().filter_map(|row| Pid::from_raw(row.get(0))).collect()
    }

    /// Stops the processes of the primary that send to the standbys: what is committed from then on
    /// is there alone.
    pub fn cut_off(&self, primary: usize) -> Vec<Pid> {
        let senders = self.senders(primary);
        signal_all(&senders, Signal::STOP);
        senders
    }

    /// Ends the first process of a server, and these others, as a power cut does.
    pub fn kill(&self, primary: usize, others: &[Pid]) {
        let file = self.path(&format!("node{primary}/postmaster.pid"));
        let pid = std::fs::read_to_string(file).unwrap();
        let pid = pid.lines().next().and_then(|line| Pid::from_raw(line.parse().ok()?));
        signal_all(&[pid.unwrap()], Signal::KILL);
        signal_all(others, Signal::KILL);
    }
}

fn signal_all(processes: &[Pid], signal: Signal) {
    for process in processes {
        kill_process(*process, signal).unwrap();
    }
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

impl Drop for PatroniCluster {
    fn drop(&mut self) {
        // Patroni first, which would start the servers again.
        for child in self.processes.iter_mut().rev() {
            let _ = child.kill();
            let _ = child.wait();
        }
        for number in 0..3 {
            let file = self.path(&format!("node{number}/postmaster.pid"));
            let text = std::fs::read_to_string(file).unwrap_or_default();
            let pid = text.lines().next().and_then(|line| line.parse().ok());
            // The file of one that was killed may name a process that is another one by now.
            let own = |pid: &i32| {
                std::fs::read_link(format!("/proc/{pid}/cwd"))
                    .is_ok_and(|folder| folder.starts_with(self.folder.path()))
            };
            if let Some(pid) = pid.filter(own).and_then(Pid::from_raw) {
                let _ = kill_process(pid, Signal::QUIT);
            }
        }
    }
}
