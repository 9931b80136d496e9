"""What scripts/browser-test checks in the browser. Speaks WebDriver over loopback; no library.

Each check compares what the page shows with what `annals replay` answers as of the same position.
"""

import base64
import ctypes
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ANNALS = ROOT / "target/debug/annals"
OUT = ROOT / "target/browser"
# Its path, as scripts/need-axe prints it.
AXE = Path(os.environ["ANNALS_AXE"])
HOME, END, LEFT, RIGHT = "\ue011", "\ue010", "\ue012", "\ue014"
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"


def annals(ledger, *words, code=0):
    command = [ANNALS, "--ledger", ROOT / "target/tmp" / ledger / "ledger", *words]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == code, (words, done.returncode, done.stderr)
    return done.stdout


class Browser:
    """A session of chromedriver; nothing but loopback is listened on or spoken to.

    Driver and browser are one process group of their own and have one folder for all that they write
    (profile, caches, sockets): ending the group and removing the folder leaves nothing of them.
    """

    def __init__(self):
        # Orphans of the driver become children of this process, so that it can wait for them (Linux).
        ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)  # PR_SET_CHILD_SUBREAPER
        self.folder = tempfile.mkdtemp(prefix="annals-browser-")
        homes = ("HOME", "TMPDIR", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR")
        self.session = None
        self.driver = subprocess.Popen(
            ["chromedriver", "--port=0", "--log-level=SEVERE"], stdout=subprocess.PIPE, text=True,
            env={**os.environ, **dict.fromkeys(homes, self.folder)}, start_new_session=True,
        )

    def start(self):
        self.port = self.port_of_driver()
        flags = [
            "--headless", "--disable-gpu", "--disable-quic", "--no-first-run",
            "--disable-background-networking", "--disable-component-update", "--disable-sync",
            "--no-sandbox", "--force-device-scale-factor=1", "--window-size=1400,1300",
            "--disable-breakpad", f"--user-data-dir={self.folder}/profile",
        ]
        always = {
            "browserName": "chrome",
            "goog:chromeOptions": {"args": flags, "binary": shutil.which("chromium")},
            "goog:loggingPrefs": {"browser": "ALL"},
        }
        made = self.call("POST", "/session", {"capabilities": {"alwaysMatch": always}})
        self.session = made["sessionId"]

    def port_of_driver(self):
        """The driver says on which port it listens, once it does."""
        said = []
        for line in self.driver.stdout:
            said.append(line)
            found = re.search(r"on port (\d+)\.", line)
            if found and "started successfully" in line:
                return int(found[1])
        raise SystemExit("browser-test: expected chromedriver to start, found: " + "".join(said))

    def call(self, method, path, body=None):
        url = f"http://127.0.0.1:{self.port}{path}"
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(url, data, {"Content-Type": "application/json"}, method=method)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            raise AssertionError(error.read().decode()[:600]) from error

    def do(self, method, path, body=None):
        return self.call(method, f"/session/{self.session}{path}", body)

    def js(self, script, *args):
        return self.do("POST", "/execute/sync", {"script": script, "args": list(args)})

    def cdp(self, command, **params):
        return self.do("POST", "/goog/cdp/execute", {"cmd": command, "params": params})

    def open(self, page):
        self.do("POST", "/url", {"url": page.as_uri()})

    def keys(self, css, keys):
        found = self.do("POST", "/element", {"using": "css selector", "value": css})
        self.do("POST", f"/element/{found[ELEMENT]}/value", {"text": keys})

    def shot(self, name):
        png = base64.b64decode(self.do("GET", "/screenshot"))
        (OUT / f"{name}.png").write_bytes(png)

    def accessible(self, where):
        """axe-core finds nothing, by all of its rules."""
        self.js(AXE.read_text(encoding="utf-8"))
        found = self.do("POST", "/execute/async", {
            "script": "const done = arguments[0]; axe.run().then((r) => done(r.violations.map((v) =>"
            " [v.id, v.help, v.nodes.map((n) => n.target.join(' ') + ': ' + n.failureSummary)])),"
            " (e) => done([['axe', String(e), []]]))",
            "args": [],
        })
        assert not found, (where, json.dumps(found, indent=1))

    def narrow(self, width=400):
        """Nothing is cut off or needs a sideways scroll on a narrow screen."""
        self.cdp("Emulation.setDeviceMetricsOverride", width=width, height=844, deviceScaleFactor=1, mobile=True)
        clipped = self.js(CLIPPED, width)
        assert not clipped, clipped

    def wide(self):
        self.cdp("Emulation.clearDeviceMetricsOverride")

    def quiet(self):
        """No error and no refusal by the policy was logged."""
        logged = [entry["message"] for entry in self.do("POST", "/se/log", {"type": "browser"})]
        assert not logged, logged

    def close(self):
        try:
            if self.session:
                self.do("DELETE", "")
        finally:
            # Whatever happened: the driver, and the browser where the driver did not end it.
            self.driver.send_signal(signal.SIGTERM)
            try:
                self.driver.wait(10)
            except subprocess.TimeoutExpired:
                pass
            try:
                os.killpg(self.driver.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            self.driver.wait()
            self.driver.stdout.close()
            try:
                while True:  # until no process of the group is left that could still write
                    os.waitpid(-self.driver.pid, 0)
            except ChildProcessError:
                pass
            shutil.rmtree(self.folder)


SHOWN = """
const cards = [...document.querySelectorAll(".fact")].map((card) => ({
  fact: Number(card.id.slice(5)), status: card.dataset.status,
  claim: card.querySelector(".claim").textContent,
  corrected: /corrected ×/.test(card.querySelector("h3").textContent),
}));
const said = {};
for (const link of document.querySelectorAll(".text a")) {
  const words = link.cloneNode(true);
  words.querySelectorAll("sup").forEach((label) => label.remove());
  const document_ = link.closest("article").dataset.document;
  for (const fact of link.dataset.facts.split(" ")) {
    said[fact + "/" + document_] = (said[fact + "/" + document_] || "") + words.textContent;
  }
}
return { cards, said, documents: [...document.querySelectorAll("article")].map((a) => Number(a.dataset.document)),
  valuetext: document.getElementById("slider").getAttribute("aria-valuetext"),
  summary: document.getElementById("summary").textContent };
"""


def same_as_replay(browser, ledger, position):
    """What the page shows is what the program answers."""
    shown = browser.js(SHOWN)
    told = json.loads(annals(ledger, "replay", "--format", "json", "--as-of", str(position)))
    assert shown["valuetext"].startswith(f"position {position} of "), (shown["valuetext"], position)
    expected = [
        {"fact": row["fact"], "status": row["status"], "claim": row["claim"], "corrected": row["corrected"] > 0}
        for row in told["facts"]
    ]
    assert shown["cards"] == expected, (position, shown["cards"], expected)
    quoted = {}
    for row in told["facts"]:
        for evidence in row["evidence"]:
            name = f"{row['fact']}/{evidence['document']}"
            quoted[name] = quoted.get(name, "") + evidence["quote"]["exact"]
    assert shown["said"] == quoted, position
    counts = {}
    for row in told["facts"]:
        counts[row["status"]] = counts.get(row["status"], 0) + 1
    for status, count in counts.items():
        assert f"{count} {status}" in shown["summary"], (shown["summary"], counts)
    return shown


CLIPPED = """
const width = arguments[0];
if (document.documentElement.scrollWidth > width) return ["page", document.documentElement.scrollWidth];
const out = [];
for (const element of document.querySelectorAll("body *")) {
  const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
  if (!own || !element.offsetParent || element.closest("svg, script, noscript, option, thead, .hidden, .skip, #overview")) continue;
  for (const box of element.getClientRects()) {
    if (box.width > 1 && (box.left < -0.5 || box.right > width + 0.5)) out.push([element.tagName, element.className, element.textContent.slice(0, 40), box.left, box.right]);
  }
}
return out.slice(0, 5);
"""

CONTRAST = """
const colour = (text) => text.match(/[\\d.]+/g).map(Number);
const light = (rgb) => {
  const part = rgb.slice(0, 3).map((v) => v / 255).map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
  return 0.2126 * part[0] + 0.7152 * part[1] + 0.0722 * part[2];
};
const behind = (element) => {
  for (let at = element; at; at = at.parentElement) {
    const found = colour(getComputedStyle(at).backgroundColor);
    if (found.length === 3 || found[3] === 1) return found;
  }
  return [255, 255, 255];
};
const low = [];
for (const element of document.querySelectorAll("body *")) {
  const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
  if (!own || element.closest("svg, script, style, noscript, option") || element.disabled || !element.offsetParent) continue;
  const [a, b] = [light(colour(getComputedStyle(element).color)), light(behind(element))].sort((x, y) => y - x);
  const ratio = (a + 0.05) / (b + 0.05);
  if (ratio < 4.5) low.push([element.tagName, element.className, element.textContent.slice(0, 30), ratio.toFixed(2)]);
}
return low;
"""


def article(browser):
    page = OUT / "timeline.html"
    annals("timeline", "timeline", "--html", str(page))
    browser.open(page)
    data = json.loads(browser.js("return document.getElementById('data').textContent"))
    last = data["as_of"]["as_of"]
    assert browser.js("return Number(document.getElementById('slider').value)") == len(data["steps"]) - 1
    same_as_replay(browser, "timeline", last)
    assert browser.js("return performance.getEntriesByType('resource').length") == 0
    assert browser.js("return document.documentElement.scrollWidth <= window.innerWidth"), "too wide"
    browser.shot("1-last-event")

    # By keyboard alone: to the start, one by one to the end, and back with the buttons.
    browser.keys("#slider", HOME)
    shown = same_as_replay(browser, "timeline", 0)
    assert shown["cards"] == [] and shown["documents"] == []
    for position in range(1, last + 1):
        browser.keys("#slider", RIGHT)
        shown = same_as_replay(browser, "timeline", position)
        if position == 45:
            assert [c["status"] for c in shown["cards"] if c["fact"] == 24] == ["disputed"]
        if position == 47:
            change = browser.js(
                "const c = document.querySelector('#happened .change');"
                "return [c.querySelector('del').textContent, c.querySelector('ins').textContent,"
                " c.querySelectorAll('p')[1].textContent, c.querySelectorAll('p')[3].textContent]"
            )
            assert change[0].strip() == "response" and change[1].strip() == "document", change
            row = next(row for row in data["facts"] if row["fact"] == 24)
            claims = [revision["claim"] for revision in row["revisions"]]
            assert change[2:] == claims, change
            assert shown["documents"] == [3, 44]
            browser.shot("2-correction")
            browser.js("document.getElementById('fact-24').scrollIntoView()")
            browser.shot("3-corrected-fact")
            browser.js("window.scrollTo(0, 0)")
    browser.keys("#slider", LEFT)
    same_as_replay(browser, "timeline", last - 1)
    browser.keys("#slider", END)
    browser.keys("#back", " ")
    browser.keys("#back", "\ue007")
    same_as_replay(browser, "timeline", last - 2)

    # The end of a day, and only the disputed facts.
    browser.js(
        "const d = document.getElementById('day'); d.value = '2022-01-31';"
        "d.dispatchEvent(new Event('change'))"
    )
    same_as_replay(browser, "timeline", 46)
    browser.js(
        "const w = document.getElementById('which'); w.value = 'disputed';"
        "w.dispatchEvent(new Event('change'))"
    )
    cards = browser.js("return [...document.querySelectorAll('.fact')].map((c) => c.id)")
    assert cards == ["fact-24", "fact-28"], cards
    # A link in the text to a fact that is not shown shows it, and has the focus there.
    browser.keys(".text a[data-facts='9']", "\ue007")
    assert browser.js("return document.activeElement.id") == "fact-9"
    lit = browser.js("return [...document.querySelectorAll('.text a.lit')].map((a) => a.dataset.facts)")
    assert lit == ["9"], lit

    # What a screen reader is told.
    tree = browser.cdp("Accessibility.getFullAXTree")["nodes"]
    told = {(node["role"]["value"], node.get("name", {}).get("value")) for node in tree if "role" in node}
    for role, name in [("slider", "Event"), ("combobox", "End of day"), ("combobox", "Show"), ("button", "◀ Earlier")]:
        assert (role, name) in told, (role, name)
    slider = next(n for n in tree if n.get("role", {}).get("value") == "slider")
    spoken = {p["name"]: p["value"].get("value") for p in slider["properties"]}
    assert slider["value"]["value"] is not None and "valuetext" in spoken, spoken
    assert any(role == "status" for role, _ in told)

    # Colours in light and in dark, a narrow screen, paper.
    low = browser.js(CONTRAST)
    assert not low, low
    browser.accessible("timeline")
    light = browser.js("return getComputedStyle(document.body).backgroundColor")
    dark_media = [{"name": "prefers-color-scheme", "value": "dark"}]
    browser.cdp("Emulation.setEmulatedMedia", features=dark_media)
    dark = browser.js("return getComputedStyle(document.body).backgroundColor")
    tone = [sum(map(int, re.findall(r"\d+", text)[:3])) for text in (light, dark)]
    assert tone[0] > 600 and tone[1] < 150, (light, dark)
    low = browser.js(CONTRAST)
    assert not low, low
    browser.accessible("timeline, dark")
    browser.js("window.scrollTo(0, 0)")
    browser.shot("4-dark")
    browser.cdp("Emulation.setEmulatedMedia", features=[])
    browser.narrow()
    browser.accessible("timeline, narrow")
    browser.wide()
    browser.cdp("Emulation.setDeviceMetricsOverride", width=390, height=844, deviceScaleFactor=1, mobile=True)
    assert browser.js("return document.documentElement.scrollWidth <= 390"), "too wide for a telephone"
    browser.shot("5-narrow")
    browser.js("document.getElementById('facts').scrollIntoView()")
    browser.shot("6-narrow-facts")
    browser.cdp("Emulation.clearDeviceMetricsOverride")
    browser.cdp("Emulation.setEmulatedMedia", media="print")
    hidden = browser.js("return getComputedStyle(document.querySelector('.line')).display")
    assert hidden == "none", hidden
    browser.js("window.scrollTo(0, 0)")
    browser.shot("7-printed")
    browser.cdp("Emulation.setEmulatedMedia", media="")
    pdf = base64.b64decode(browser.cdp("Page.printToPDF", printBackground=False)["data"])
    assert pdf.startswith(b"%PDF-"), pdf[:20]
    (OUT / "7-printed.pdf").write_bytes(pdf)
    browser.quiet()


def no_network(browser):
    """The page's own policy refuses every request, also one that somebody makes it make."""
    answer = browser.do("POST", "/execute/async", {
        "script": "const done = arguments[1]; fetch(arguments[0]).then(() => done('reached'), () => done('refused'))",
        "args": [f"http://127.0.0.1:{browser.port}/status"],
    })
    assert answer == "refused", answer
    logged = [entry["message"] for entry in browser.do("POST", "/se/log", {"type": "browser"})]
    assert any("Content Security Policy" in line for line in logged), logged


def hostile(browser):
    page = OUT / "hostile.html"
    annals("timeline-hostile", "timeline", "--html", str(page))
    browser.open(page)
    assert browser.js("return window.taken") is None
    rows = json.loads(annals("timeline-hostile", "replay", "--format", "json"))["facts"]
    claims = [row["claim"] or f"[the words are {row['withheld']}]" for row in rows]
    shown = browser.js("return [...document.querySelectorAll('.claim')].map((c) => c.textContent)")
    assert shown == claims, (shown, claims)
    assert browser.js("return document.querySelectorAll('main img, main script, main b').length") == 0
    odd = browser.js("return document.querySelector('.text .odd').textContent")
    assert odd == "\\u{202e}", odd
    browser.accessible("hostile timeline")
    browser.shot("8-hostile")
    browser.quiet()


def fallen(browser):
    """A fact that falls with its signer's enrolment and is in force again; the title of then."""
    folder = ROOT / "target/tmp/timeline-fallen"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)

    def does(*words):
        annals("timeline-fallen", "--keys", folder / "keys", *words)

    does("init", "--origin", "example.org/fallen", "--title", "T", "--name", "Ada Example", "--no-passphrase")
    for name in ("cem", "dee", "eve"):
        does("key", "new", name, "--name", f"{name.title()} Example", "--no-passphrase")
        by, roles = ("cem", ()) if name == "eve" else ("ada", ("--role", "admin"))
        does("editor", "add", folder / f"keys/{name}.request", "--role", "editor", *roles, "--by", by, "--yes")
    (folder / "note.txt").write_text("Two met at once.\n", encoding="utf-8")
    does("document", "add", folder / "note.txt", "--title", "A note", "--lang", "en", "--by", "ada", "--yes")
    does("append", "--quote", "at once", "--claim", "It was at once.", "--by", "eve", "--yes")
    does("confirm", "5", "--how", "reread", "--by", "ada", "--yes")
    does("document", "describe", "4", "--title", "A forgery", "--statement", "S.", "--by", "ada", "--yes")
    for name, start, by in (("cem", "3", "dee"), ("dee", "8", "ada")):
        why = ("--reason", "compromised", "--suspect-from", start, "--statement", "S.")
        does("editor", "revoke", name, *why, "--by", by, "--yes")
    page = OUT / "fallen.html"
    does("timeline", "--html", str(page))
    browser.open(page)
    browser.keys("#slider", HOME)
    seen = []
    for position in range(10):
        if position > 0:
            browser.keys("#slider", RIGHT)
        shown = same_as_replay(browser, "timeline-fallen", position)
        titles = browser.js("return [...document.querySelectorAll('.document h2 bdi')].map((t) => t.textContent)")
        seen.append([[card["status"] for card in shown["cards"]], titles])
    assert seen[6:] == [
        [["confirmed"], ["A note"]], [["confirmed"], ["A forgery"]], [[], ["A forgery"]],
        [["confirmed"], ["A forgery"]],
    ], seen
    badges = browser.js("return [...document.querySelectorAll('.badge')].map((b) => b.textContent)")
    assert "the document was described anew by 7" in badges, badges
    browser.accessible("fallen")
    browser.quiet()


RIGHT_TO_LEFT = """
return [...document.querySelectorAll(arguments[0])].map((element) => getComputedStyle(element).direction);
"""


def right_to_left(browser):
    """A document and its claims in Arabic are set from right to left, and what is English is not."""
    page = OUT / "right-to-left.html"
    annals("timeline-rtl", "timeline", "--html", str(page))
    browser.open(page)
    assert browser.js(RIGHT_TO_LEFT, ".text") == ["rtl"]
    assert browser.js(RIGHT_TO_LEFT, ".claim") == ["rtl", "ltr"]
    assert browser.js(RIGHT_TO_LEFT, "h1") == ["rtl"]
    assert browser.js(RIGHT_TO_LEFT, ".document h2") == ["ltr"]
    assert browser.js(RIGHT_TO_LEFT, ".document h2 bdi") == ["rtl"]
    assert browser.js(RIGHT_TO_LEFT, ".fact h3") == ["ltr", "ltr"]
    browser.accessible("right to left")
    browser.narrow()
    browser.shot("10-right-to-left")
    browser.wide()
    browser.quiet()


def report(browser):
    """The page of a verdict: one that is whole, and one of a record that was changed."""
    whole = OUT / "verify.html"
    annals("timeline", "verify", "--html", str(whole))
    changed = ROOT / "target/tmp/timeline-changed"
    shutil.rmtree(changed, ignore_errors=True)
    shutil.copytree(ROOT / "target/tmp/timeline", changed)
    log = next((changed / "ledger/journal").glob("*.log"))
    text = log.read_bytes()
    log.write_bytes(text.replace(b"Kremlin", b"kremlin", 1))
    assert log.read_bytes() != text
    faulty = OUT / "verify-changed.html"
    annals("timeline-changed", "verify", "--html", str(faulty), code=1)
    for page, name in [(whole, "11-verify"), (faulty, "12-verify-changed")]:
        browser.open(page)
        browser.accessible(name)
        low = browser.js(CONTRAST)
        assert not low, low
        browser.shot(name)
        browser.cdp("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": "dark"}])
        browser.accessible(name + ", dark")
        browser.cdp("Emulation.setEmulatedMedia", features=[])
        browser.narrow()
        browser.accessible(name + ", narrow")
        browser.shot(name + "-narrow")
        browser.wide()
        browser.quiet()
    text = browser.js("return document.querySelector('main').textContent")
    assert "What to do" in text and "annals repair" in text, text


def without_script(browser):
    browser.cdp("Emulation.setScriptExecutionDisabled", value=True)
    browser.open(OUT / "timeline.html")
    browser.shot("9-without-script")
    browser.cdp("Emulation.setScriptExecutionDisabled", value=False)
    rows = (OUT / "timeline.html").read_text(encoding="utf-8").count('<tr><td dir="auto">')
    assert rows == len(json.loads(annals("timeline", "replay", "--format", "json"))["facts"])


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    for old in OUT.glob("*.png"):
        old.unlink()
    # Whoever ends this test by a signal ends its browser too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("browser-test: ended by a signal"))
    browser = Browser()
    try:
        browser.start()
        for check in (article, no_network, hostile, fallen, right_to_left, report, without_script):
            check(browser)
            print(f"browser-test: {check.__name__} holds")
    finally:
        browser.close()
    print(f"browser-test: screenshots in {OUT.relative_to(ROOT)}")


if __name__ == "__main__":
    sys.exit(main())
