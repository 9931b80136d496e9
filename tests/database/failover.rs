//! Failovers of a real engine: Patroni with etcd, three nodes on this machine.
//!
//! They take minutes, so they run where `ANNALS_FAILOVER=1` asks for them (`scripts/newsroom`).

use crate::database::memory::{Watch, machine};
use crate::database::{USER, run};
use crate::serve::{Acknowledged, Newsroom, acknowledged, check_history, request, rounds};
use annals::database::{Database, DatabaseAddress, init};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::{Duration, Instant};

/// Whether a commit waits for a standby.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Replication {
    Synchronous,
    Asynchronous,
}

/// Three nodes, and what they agree by; ended when it is dropped.
struct Cluster {
    folder: tempfile::TempDir,
    programs: String,
    ports: Vec<u16>,
    processes: Vec<Child>,
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

impl Cluster {
    /// Starts one with the tables of a record; `None` where these tests are not asked for.
    fn start(replication: Replication) -> Option<Cluster> {
        if !std::env::var("ANNALS_FAILOVER").is_ok_and(|said| said == "1") {
            eprintln!("NOT RUN, unless ANNALS_FAILOVER=1 asks: failovers take minutes");
            return None;
        }
        let scripts = Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts");
        run(&mut Command::new(scripts.join("need-patroni")));
        let found = Command::new(scripts.join("need-postgres")).output().unwrap();
        let programs = String::from_utf8(found.stdout).unwrap();
        let programs = programs.lines().next_back().unwrap().to_owned();
        let folder = tempfile::tempdir().unwrap();
        let ports: Vec<u16> = (0..3).map(|_| free_port()).collect();
        let mut cluster = Cluster { folder, programs, ports, processes: Vec::new() };
        if rustix::process::geteuid().is_root() {
            run(Command::new("chown").arg(format!("{USER}:nogroup")).arg(cluster.folder.path()));
        }
        let (clients, peers) = (free_port(), free_port());
        let (client, peer) =
            (format!("http://127.0.0.1:{clients}"), format!("http://127.0.0.1:{peers}"));
        let named = format!("default={peer}");
        let etcd = [
            ["--data-dir", "etcd"],
            ["--listen-client-urls", &client],
            ["--advertise-client-urls", &client],
            ["--listen-peer-urls", &peer],
            ["--initial-advertise-peer-urls", &peer],
            ["--initial-cluster", &named],
        ];
        cluster.spawn("etcd", etcd.as_flattened(), "etcd.log");
        for number in 0..3 {
            let file = format!("n{number}.yml");
            let text = cluster.node(number, clients, replication);
            std::fs::write(cluster.folder.path().join(&file), text).unwrap();
            cluster.spawn("patroni", &[&file], &format!("n{number}.log"));
        }
        let primary = cluster.primary(Duration::from_secs(90));
        cluster.standbys(Duration::from_secs(90));
        cluster.sql(primary, "CREATE ROLE desk LOGIN");
        let mut owner = Database::connect(&address(&cluster.url("owner"))).unwrap();
        assert!(init(&mut owner, Some("desk")).unwrap());
        Some(cluster)
    }

    /// The settings of a node: the loss of a primary is acted on at once.
    fn node(&self, number: usize, etcd: u16, replication: Replication) -> String {
        let waits = replication == Replication::Synchronous;
        let (port, rest, programs) = (self.ports[number], free_port(), &self.programs);
        let folder = self.folder.path().display();
        format!(
            r#"scope: annals
name: n{number}
restapi: {{listen: "127.0.0.1:{rest}", connect_address: "127.0.0.1:{rest}"}}
etcd3: {{host: "127.0.0.1:{etcd}"}}
bootstrap:
  dcs:
    ttl: 20
    loop_wait: 1
    retry_timeout: 3
    primary_start_timeout: 0
    master_start_timeout: 0
    synchronous_mode: {waits}
    synchronous_mode_strict: {waits}
    postgresql:
      use_pg_rewind: true
      parameters: {{max_connections: 40, wal_log_hints: "on"}}
  initdb: [{{encoding: UTF8}}, {{auth: trust}}]
postgresql:
  listen: "127.0.0.1:{port}"
  connect_address: "127.0.0.1:{port}"
  data_dir: {folder}/d{number}
  bin_dir: {programs}
  pgpass: {folder}/pgpass{number}
  authentication:
    superuser: {{username: owner}}
    replication: {{username: copy}}
    rewind: {{username: owner}}
  pg_hba:
    - local all all trust
    - host all all 127.0.0.1/32 trust
    - host replication all 127.0.0.1/32 trust
  parameters: {{unix_socket_directories: {folder}}}
"#
        )
    }

    fn spawn(&mut self, program: &str, arguments: &[&str], log: &str) {
        let mut command = match rustix::process::geteuid().is_root() {
            true => {
                let mut command = Command::new("setpriv");
                command.args(["--reuid", USER, "--regid", "nogroup", "--clear-groups", program]);
                command
            }
            false => Command::new(program),
        };
        let log = std::fs::File::create(self.folder.path().join(log)).unwrap();
        command.args(arguments).current_dir(self.folder.path()).stdin(Stdio::null());
        command.stdout(log.try_clone().unwrap()).stderr(log);
        self.processes.push(command.spawn().unwrap());
    }

    /// The address of all nodes, for a role.
    fn url(&self, role: &str) -> String {
        let hosts: Vec<String> =
            self.ports.iter().map(|port| format!("127.0.0.1:{port}")).collect();
        format!("postgres://{role}@{}/postgres", hosts.join(","))
    }

    /// Runs statements at a node; `None` where it does not answer.
    fn ask(&self, node: usize, statements: &str) -> Option<String> {
        let mut command = Command::new(format!("{}/psql", self.programs));
        command.args(["-qAtX", "-U", "owner", "-d", "postgres", "-h", "127.0.0.1", "-p"]);
        command.args([&self.ports[node].to_string(), "-c", statements]);
        let done = command.env("PGCONNECT_TIMEOUT", "2").output().unwrap();
        let said = String::from_utf8_lossy(&done.stdout).trim().to_owned();
        done.status.success().then_some(said)
    }

    fn sql(&self, node: usize, statements: &str) -> String {
        self.ask(node, statements).unwrap_or_else(|| panic!("{statements}: no answer"))
    }

    /// The node that can be written to.
    fn primary(&self, patience: Duration) -> usize {
        let began = Instant::now();
        loop {
            let writes = |node: &usize| {
                self.ask(*node, "SELECT NOT pg_is_in_recovery()").as_deref() == Some("t")
            };
            if let Some(node) = (0..3).find(writes) {
                return node;
            }
            assert!(began.elapsed() < patience, "no primary");
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    /// Waits until both other nodes stream from the primary.
    fn standbys(&self, patience: Duration) {
        let began = Instant::now();
        loop {
            let primary = self.primary(patience);
            let query = "SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'";
            if self.ask(primary, query).as_deref() == Some("2") {
                return;
            }
            assert!(began.elapsed() < patience, "no standbys");
            std::thread::sleep(Duration::from_millis(200));
        }
    }

    /// Ends the first process of a node's database as a power cut does.
    fn kill(&self, node: usize) {
        signal(self.postmaster(node), rustix::process::Signal::KILL);
    }

    fn postmaster(&self, node: usize) -> i32 {
        let file = self.folder.path().join(format!("d{node}/postmaster.pid"));
        std::fs::read_to_string(file).unwrap().lines().next().unwrap().parse().unwrap()
    }

    /// The processes that receive what the primary writes, of the nodes but this one.
    fn receivers(&self, but: usize) -> Vec<i32> {
        let parents: Vec<i32> =
            (0..3).filter(|node| *node != but).map(|node| self.postmaster(node)).collect();
        let done = Command::new("ps").args(["-eo", "pid,ppid,args"]).output().unwrap();
        let listed = String::from_utf8_lossy(&done.stdout).into_owned();
        let of = |line: &str| {
            let mut words = line.split_whitespace();
            let (pid, parent) = (words.next()?.parse().ok()?, words.next()?.parse().ok()?);
            (line.contains("walreceiver") && parents.contains(&parent)).then_some(pid)
        };
        listed.lines().filter_map(of).collect()
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // Each node ends its own database.
        for process in self.processes.iter().rev() {
            let pid = rustix::process::Pid::from_child(process);
            let _ = rustix::process::kill_process(pid, rustix::process::Signal::TERM);
        }
        for process in &mut self.processes {
            let _ = process.wait();
        }
    }
}

fn address(url: &str) -> DatabaseAddress {
    DatabaseAddress::parse(url, None, None).unwrap()
}

fn signal(pid: i32, signal: rustix::process::Signal) {
    let pid = rustix::process::Pid::from_raw(pid).unwrap();
    let _ = rustix::process::kill_process(pid, signal);
}

#[test]
fn no_acknowledged_event_is_lost_by_a_synchronous_failover() {
    let Some(cluster) = Cluster::start(Replication::Synchronous) else { return };
    let (newsroom, url, rounds) = (Newsroom::found(None), cluster.url("desk"), rounds(3));
    let watch = Watch::make(&newsroom);
    let document = newsroom.capture("server", 400 + 100 * rounds);
    newsroom.good("server", &[&["move", "--to", &url][..], &watch.options()].concat());
    let one = newsroom.serve_home("server", "127.0.0.1:0", &url);
    machine(&newsroom, "second");
    let options = [&["--home", &url][..], &watch.options()].concat();
    let other = newsroom.serve_on("second", "127.0.0.1:0", &options);
    newsroom.join_as_founder("ada", &one.url);
    let editors = [("ben", &one.url), ("cid", &one.url), ("dee", &other.url)];
    for (name, url) in editors {
        newsroom.hire(name, name, url, "ada");
        std::thread::sleep(Duration::from_millis(600));
    }
    let (told, failed) = (Mutex::new(Vec::<Acknowledged>::new()), AtomicU32::new(0));
    let line = AtomicU32::new(1);
    let mut pauses = Vec::new();
    for _ in 0..rounds {
        cluster.standbys(Duration::from_secs(90));
        let is_over = AtomicBool::new(false);
        std::thread::scope(|scope| {
            for (name, _) in editors {
                let (told, failed, line) = (&told, &failed, &line);
                let (newsroom, is_over) = (&newsroom, &is_over);
                scope.spawn(move || {
                    while !is_over.load(Ordering::Relaxed) {
                        let line = line.fetch_add(1, Ordering::Relaxed);
                        match acknowledged(newsroom, name, document, line) {
                            Ok(one) => told.lock().unwrap().push(one),
                            Err(said) => {
                                assert_eq!(said.code, 2, "{said:?}");
                                failed.fetch_add(1, Ordering::Relaxed);
                                std::thread::sleep(Duration::from_millis(200));
                            }
                        }
                    }
                });
            }
            std::thread::sleep(Duration::from_millis(700));
            let (before, killed) = (told.lock().unwrap().len(), Instant::now());
            cluster.kill(cluster.primary(Duration::from_secs(30)));
            // Until something is acknowledged that began after it.
            loop {
                std::thread::sleep(Duration::from_millis(50));
                let told = told.lock().unwrap();
                if let Some(one) = told.iter().skip(before).find(|one| one.began > killed) {
                    pauses.push(one.ended - killed);
                    break;
                }
                drop(told);
                assert!(killed.elapsed() < Duration::from_secs(120), "nobody can write");
            }
            is_over.store(true, Ordering::Relaxed);
        });
    }
    for (name, _) in editors {
        let sent = (0..100).any(|_| {
            std::thread::sleep(Duration::from_millis(200));
            newsroom.annals(name, &["outbox", "send"]).code == 0
        });
        assert!(sent, "{name}");
    }
    one.stop();
    other.stop();
    newsroom.good("server", &["move", "--from", &url]);
    let told = told.into_inner().unwrap();
    check_history(&newsroom, &told);
    newsroom.good("server", &["verify"]);
    newsroom.good("second", &["verify"]);
    pauses.sort();
    eprintln!(
        "{rounds} synchronous failovers: {} events acknowledged, 0 lost, {} answers without a \
         verdict; the next event after {:.1} s in the middle, {:.1} s at most",
        told.len(),
        failed.load(Ordering::Relaxed),
        pauses[pauses.len() / 2].as_secs_f64(),
        pauses[pauses.len() - 1].as_secs_f64()
    );
}

#[test]
fn what_an_asynchronous_failover_lost_is_seen_before_an_event_is_placed_and_put_back() {
    let Some(cluster) = Cluster::start(Replication::Asynchronous) else { return };
    let (newsroom, url, rounds) = (Newsroom::found(None), cluster.url("desk"), rounds(2));
    let watch = Watch::make(&newsroom);
    let document = newsroom.capture("server", 10 + 10 * rounds);
    newsroom.good("server", &[&["move", "--to", &url][..], &watch.options()].concat());
    let mut server = newsroom.serve_home("server", "127.0.0.1:0", &url);
    let address = server.address.clone();
    newsroom.join_as_founder("ada", &server.url);
    let (mut told, mut seen) = (Vec::new(), 0);
    for round in 0..rounds {
        let line = 1 + 4 * round;
        cluster.standbys(Duration::from_secs(90));
        told.push(acknowledged(&newsroom, "ada", document, line).unwrap());
        let primary = cluster.primary(Duration::from_secs(30));
        let receivers = cluster.receivers(primary);
        assert_eq!(receivers.len(), 2, "{receivers:?}");
        receivers.iter().for_each(|pid| signal(*pid, rustix::process::Signal::STOP));
        // It is acknowledged, and on the primary alone.
        told.push(acknowledged(&newsroom, "ada", document, line + 1).unwrap());
        cluster.kill(primary);
        std::thread::sleep(Duration::from_millis(500));
        receivers.iter().for_each(|pid| signal(*pid, rustix::process::Signal::CONT));
        cluster.primary(Duration::from_secs(90));
        // Nothing is placed on the record that lacks it.
        let said = newsroom.enter("ada", document, line + 2);
        assert_eq!(said.code, 2, "{said:?}");
        let health = request(&address, "GET /v1/health HTTP/1.1", b"");
        assert_eq!(health.0, 503, "{health:?}");
        let log = server.stop();
        seen += u32::from(log.contains("lost events"));
        cluster.standbys(Duration::from_secs(90));
        newsroom.good("server", &["move", "--to", &url]);
        server = newsroom.serve_home("server", &address, &url);
        newsroom.good("ada", &["outbox", "send"]);
    }
    server.stop();
    check_history(&newsroom, &told);
    newsroom.good("server", &["verify"]);
    assert_eq!(seen, rounds);
    eprintln!("{rounds} asynchronous failovers that lost an event: {seen} seen, all put back");
}
