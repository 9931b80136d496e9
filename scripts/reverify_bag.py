"""reverify_bag: bags (FORMAT.md section 14), judged and derived again by the page alone.

What it is: the part of scripts/reverify.py that knows bags. It reads the files of a bag, lets the
verifier there judge the record in it, derives every file that follows from the record, and compares.
It shares no code with the program that writes bags.

How to run it: reverify.py BAG.
"""

import bisect
import datetime
import hashlib
import json
import os
import re

import reverify
from reverify import b64, fingerprint, parse_mark, parse_note, parse_size, spell, unbase64

DECLARED = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
MANIFEST, TAG_MANIFEST, NOTE = "manifest-sha512.txt", "tagmanifest-sha512.txt", "tagmanifest-sha512.note"
CHECKPOINTS = "data/ledger/checkpoints"
LINE = re.compile(rb"([0-9a-f]{128})  ([A-Za-z0-9._/-]+)\n")
OF_LEDGER = re.compile("data/ledger/(journal/[0-9]{20}\\.log|document/[0-9a-f]{64}|checkpoints?)")
DEPTH = 16
TAG_MOST = 268435456  # more than the manifest of a million files has
MEMENTOS, MEMENTO_EVENTS = 400, 10000000


def sha512(data):
    return hashlib.sha512(data).hexdigest()


def sha512_of(path):
    digest = hashlib.sha512()
    with open(path, "rb") as file:
        while data := file.read(1 << 20):
            digest.update(data)
    return digest.hexdigest()


# --- Reading -----------------------------------------------------------------------------------------


class Bag:
    """The files of a bag, and what is wrong with them: name, colon, space, why."""

    def __init__(self, folder):
        self.folder, self.wrong, self.good, self.bytes = folder, [], 0, 0
        self.derived = self.checkpoints = 0
        self.signed = self.forged = self.older = False

    def path(self, name):
        return os.path.join(self.folder, *name.split("/"))

    def read(self, name):
        try:
            return reverify.read_file(self.path(name), TAG_MOST)
        except OSError:
            return None

    def tell(self, name, why):
        self.wrong.append("%s: %s" % (name, why))

    def check(self):
        """Rule 1 of "Reading"."""
        if self.read("bagit.txt") != DECLARED:
            self.tell("bagit.txt", "not the two lines of BagIt 1.0")
        self.tags = self.lines(TAG_MANIFEST, "")
        for name, digest in self.tags.items():
            self.holds(name, digest)
        for name in ("bagit.txt", MANIFEST):
            if self.tags and name not in self.tags:
                self.tell(TAG_MANIFEST, "it does not list %s" % name)
        self.manifest = self.lines(MANIFEST, "data/")
        for name, digest in self.manifest.items():
            if self.holds(name, digest):
                self.good += 1
                self.bytes += os.path.getsize(self.path(name))
        listed = {*self.tags, *self.manifest, TAG_MANIFEST, NOTE, "bagit.txt"}
        for name, is_file in sorted(self.walk("", 0)):
            if is_file is None:
                if name in (TAG_MANIFEST, NOTE):
                    self.tell(name, "a folder")
                elif name not in listed and name.startswith("data/"):
                    self.tell(name, "a folder without a file")
            elif not is_file:
                self.tell(name, "no file: a link, something else, or too deep")
            elif name not in listed and not name.startswith("."):
                self.tell(name, "no manifest lists it")

    def lines(self, name, inside):
        """The digests of a manifest by name."""
        data, found = self.read(name), {}
        if data is None:
            self.tell(name, "it is not there")
            return found
        if reverify.changed(data):
            self.tell(name, "it was changed on its way")
            data = reverify.unchanged(data)
        for line in re.findall(rb"[^\n]*\n|[^\n]+", data):
            form = LINE.fullmatch(line)
            listed = form[2].decode() if form else ""
            if not listed.startswith(inside) or not {"", ".", ".."}.isdisjoint(listed.split("/")):
                self.tell(name, "a line is not in form")
            elif listed in found:
                self.tell(name, "it lists %s twice" % listed)
            else:
                found[listed] = form[1].decode()
        return found

    def holds(self, name, digest):
        path = self.path(name)
        if not os.path.lexists(path):
            self.tell(name, "it is listed and not there")
        elif os.path.isfile(path) and not os.path.islink(path):
            if sha512_of(path) == digest:
                return True
            self.tell(name, "another SHA-512 than is listed")
        elif os.path.isdir(path) and not os.path.islink(path):
            self.tell(name, "it is listed and a folder")
        return False

    def walk(self, folder, depth):
        """(name, whether it is a file) of all that is no folder to look into; None: it is empty."""
        with os.scandir(self.path(folder) if folder else self.folder) as entries:
            entries = list(entries)
            if not entries:
                yield folder, None
            for entry in entries:
                name = folder + "/" + entry.name if folder else entry.name
                if entry.is_dir(follow_symlinks=False) and depth < DEPTH:
                    yield from self.walk(name, depth + 1)
                else:
                    yield name, entry.is_file(follow_symlinks=False)

    def judge(self, v):
        """Rules 3 to 6."""
        n = len(v.events)
        info = reverify.unchanged(self.read("bag-info.txt") or b"").decode("utf-8", "replace").split("\n")
        size, of = (self.said(info, label) for label in ("Annals-Size", "Annals-Record-Size"))
        self.of = None if size is None or of is None else of
        if size == n and of is not None and of > n and (801, None) in v.faults:
            v.faults.remove((801, None))  # older than the pin by its own account: nobody is accused
            self.older = True
        if v.journal_changed() or (705, None) in v.faults:
            pass  # the record is not read to its end: nothing here says that bag-info.txt is wrong
        elif self.of is None or size != n or of < n:
            self.tell("bag-info.txt", "not the sizes of the record")
        self.judge_checkpoints(v, n)
        if not v.faults and not v.stopped:
            self.compare(v, of if self.of is not None else None)
        self.judge_note(v, n)

    @staticmethod
    def said(info, label):
        line = next((line for line in info if line.startswith(label + ": ")), "")
        return parse_size(line[len(label) + 2:])

    def judge_checkpoints(self, v, n):
        if v.opening is None:
            return
        origin, last = v.opening["origin"], 1
        for line in re.findall(rb"[^\n]*\n|[^\n]+", self.read(CHECKPOINTS) or b""):
            mark = parse_mark(line[:-1]) if line.endswith(b"\n") else None
            if mark is None or mark[0] != origin or not last <= mark[1] <= n:
                self.tell(CHECKPOINTS, "a line is no checkpoint of this record, or not in order")
                continue
            last = size = mark[1]
            text = "%s\n%d\n%s\n" % (origin, size, b64(mark[2]))
            payload = unbase64(line[:-1].decode().split(" ")[3])
            key = v.log_keys[size][0] if v.log_keys[size] else None
            note = (text.encode(), size, mark[2], origin, [(origin, payload)])
            if key is not None and mark[2] == v.root_at(size) and reverify.signs(key, note):
                self.checkpoints += 1
            else:
                self.tell(CHECKPOINTS, "the one of size %d does not hold" % size)

    def compare(self, v, of):
        derived = Derived(v)
        follows = dict(derived.files())
        for name, data in follows.items():
            listed = self.manifest.get("data/" + name)
            if listed == sha512(data):
                self.derived += 1
            else:
                self.tell("data/" + name, "not what follows" if listed else "expected, and not listed")
        for name in self.manifest:
            if name[len("data/"):] not in follows and not OF_LEDGER.fullmatch(name):
                self.tell(name, "no part of a bag")
        if of is not None and self.good == len(self.manifest):
            if self.read("bag-info.txt") != derived.info(of, "%d.%d" % (self.bytes, self.good)):
                self.tell("bag-info.txt", "not what follows")

    def judge_note(self, v, n):
        data = self.read(NOTE)
        if data is None:
            return
        note, tags = parse_note(data), self.read(TAG_MANIFEST)
        changed = reverify.changed(data) or note is None and reverify.changed_text(data)
        if changed or tags is not None and reverify.changed_text(tags) or v.journal_changed():
            self.tell(NOTE, "it, the tag manifest or the journal was changed on its way")
            return
        if note is not None and reverify.later_version(note[0], b"bag") is not None:
            self.tell(NOTE, "of a later version, which this program cannot judge")
            return
        self.forged = True
        if v.opening is None or note is None or tags is None or self.of is None:
            self.tell(NOTE, "not in form, or nothing to compare it with")
            return
        text, lines, signatures = note
        origin = v.opening["origin"]
        expected = ["annals bag v1", origin, "%d" % n, "%d" % self.of, b64(v.tree.root()),
                    "tagmanifest-sha512 " + sha512(tags)]
        if lines != expected:
            self.tell(NOTE, "not of this bag")
        elif not reverify.signs(v.state.log_key, (text, n, None, origin, signatures)):
            self.tell(NOTE, "not signed by the log key")
        else:
            self.signed, self.forged = True, False

    def exit(self, record):
        if record in (4, 1):
            return record
        return 1 if self.forged else 2 if self.wrong else record


def verify(folder, pin=None, policy=None):
    """The verdict on a bag."""
    bag = Bag(folder)
    bag.check()
    bag.of = None
    v = reverify.Verifier(reverify.Folder(bag.path("data/ledger")), None, pin, policy)
    v.run()
    if os.path.isdir(bag.path("data/ledger/journal")):
        bag.judge(v)
    got = v.report()
    if bag.older and got["exit"] == 0:
        got["exit"] = 2
    if not os.path.isdir(bag.path("data/ledger/journal")):
        got["exit"] = 2  # there is no record to judge
    told = {"files": bag.good, "listed": len(bag.manifest), "derived": bag.derived, "checkpoints": bag.checkpoints,
            "signed": bag.signed, "forged": bag.forged, "of": bag.of, "wrong": bag.wrong}
    return {**got, "exit": bag.exit(got["exit"]), "bag": told}


# --- Derived files -----------------------------------------------------------------------------------


def json_line(value):
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return text.encode("utf-8") + b"\n"


def entity(**fields):
    """An entity; `at_` stands for `@`; what is empty is left out."""
    return {name.replace("at_", "@"): value for name, value in fields.items() if value not in (None, [])}


def ref(name):
    return {"@id": name}


def xml(text):
    text = re.sub("[\x00-\x08\x0b-\x1f\ufffe\uffff]", "\ufffd", text)
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def identifier(element, kind, value):
    return "<%s><%sType>%s</%sType><%sValue>%s</%sValue></%s>" % (
        element, element, kind, element, element, xml(str(value)), element, element)


def field(value):
    value = "" if value is None else str(value)
    if re.match("'*[=+\\-@\t\r\n＝＋－＠]", value) and not re.fullmatch("-[0-9]+([.][0-9]+)?", value):
        value = "'" + value
    return '"' + value.replace('"', '""') + '"' if re.search('[,"\r\n]', value) else value


class Fact:
    """A fact with its revisions and disputes, as events."""

    def __init__(self, asserted):
        self.asserted, self.revisions, self.disputes, self.ends = asserted, [asserted], [], {}


class Derived:
    """What follows from a record without faults."""

    def __init__(self, v):
        self.v, self.state, self.events = v, v.state, v.events
        self.n, self.origin, self.last = len(v.events), v.opening["origin"], v.events[-1]
        self.names, self.title, self.licence = {}, "", ""
        self.descriptions, self.facts, self.owners = {}, {}, {}  # owners: event -> the fact it acts on
        for e in self.events:
            self.take_words(e)
        for e in self.events:
            self.take_act(e)
        recovery = v.opening["recovery"]
        self.names.update({e.by: "recovery key" for e in self.events if fingerprint(e.by) == recovery})

    # What is told

    def told(self, e):
        """The body of an event if it is neither sealed now nor redacted."""
        return None if self.state.sealed(e) or e.position in self.state.redacted else e.body

    def undone(self, e):
        return e.position in self.state.undone

    def take_words(self, e):
        body, kind = self.told(e), e.type
        if body is None:
            return
        if kind == "editor.enrolled" or kind == "editor.changed" and not self.undone(e):
            self.names[e.args["key"]] = body["name"]
        elif kind == "ledger.opened":
            self.names[e.by] = body["name"]
        if kind in ("ledger.opened", "ledger.changed") and not self.undone(e):
            self.title, self.licence = body["title"], body["licence"]
        if kind == "document.captured":
            self.descriptions[e.position] = body
        elif kind == "document.described" and not self.undone(e) and e.args["document"] in self.descriptions:
            captured = self.descriptions[e.args["document"]]
            self.descriptions[e.args["document"]] = {**body, "sha256": captured["sha256"], "bytes": captured["bytes"]}

    def take_act(self, e):
        kind, a = e.type, e.args
        if kind == "fact.asserted":
            if e.position in self.state.facts:
                self.facts[e.position] = Fact(e)
            self.owners[e.position] = e.position
            return
        target = a.get("on", a.get("dispute", a.get("retraction")))
        if not kind.startswith("fact.") or target is None:
            return
        self.owners[e.position] = self.owners.get(target)
        fact = self.facts.get(self.owners[e.position])
        if fact is None:
            return
        if kind == "fact.corrected":
            if not self.undone(e):
                fact.revisions.append(e)
            fact.ends.update(dict.fromkeys(a["resolves"], e))
        elif kind == "fact.disputed":
            fact.disputes.append(e)
        elif kind == "fact.upheld":
            fact.ends[a["dispute"]] = e

    def name(self, key):
        return self.names.get(key, "key " + key[:16])

    def at(self, e):
        return e.place["at"]

    def event(self, position):
        return self.v.applied[position]

    # Files

    def files(self):
        told = [e for e in self.events if self.told(e) is not None]
        # The bytes of a body in form are its one spelling.
        yield "bodies.jsonl", b"".join(spell(e.body) + b"\n" for e in told)
        yield from self.tiles()
        yield "state.json", spell(self.v.state_json())
        yield "facts.csv", self.csv()
        yield "claims.jsonld", self.claims()
        yield "ro-crate-metadata.json", self.crate()
        yield "premis.xml", self.premis()
        yield from self.mementos()

    def info(self, of, oxum):
        at = self.at(self.last)
        return "".join("%s: %s\n" % line for line in (
            ("Annals-Bag", 1), ("Annals-Head", self.last.hash.hex()), ("Annals-Record-Size", of),
            ("Annals-Recorded", at), ("Annals-Root", b64(self.v.tree.root())), ("Annals-Size", self.n),
            ("Bagging-Date", at[:10]), ("External-Description", self.title),
            ("External-Identifier", self.origin), ("Payload-Oxum", oxum))).encode("utf-8")

    def tiles(self):
        level, hashes = 0, [e.hash for e in self.events]
        while hashes:
            for index in range(0, len(hashes), 256):
                tile = hashes[index:index + 256]
                digits = str(index // 256)
                groups = re.findall("...", digits.zfill(-(-len(digits) // 3) * 3))
                name = "/".join(["x" + group for group in groups[:-1]] + groups[-1:])
                width = ".p/%d" % len(tile) if len(tile) < 256 else ""
                yield "tile/%d/%s%s" % (level, name, width), b"".join(tile)
            level += 1
            hashes = [reverify.Tree(hashes[i:i + 256]).root() for i in range(0, len(hashes) // 256 * 256, 256)]

    def csv(self):
        rows = [COLUMNS] + [self.row(p, fact) for p, fact in self.facts.items()]
        return "".join(",".join(map(field, row)) + "\n" for row in rows).encode("utf-8")

    def row(self, p, fact):
        s, state = self.state.facts[p], self.state
        first, present = fact.asserted, fact.revisions[-1]
        body = self.told(present)
        words = body["fact"] if body else {}
        when, evidence = words.get("when", {}), words.get("evidence", [])
        quotes = [x["quote"]["exact"] for x in evidence if x["stance"] == "supports" and "quote" in x]
        before = fact.revisions[-2] if len(fact.revisions) > 1 else None
        before = self.told(before) if before and not self.undone(before) else None
        why = self.event(s["retraction"]) if s["retraction"] is not None else None
        why = why or (self.event(s["disputes"][0]) if s["disputes"] else present)
        said = self.told(why) or {}
        return [
            self.n - 1, self.last.hash.hex(), p, first.hash.hex(), state.status(s),
            words.get("claim"), words.get("lang"), words.get("vouch"),
            when.get("edtf"), when.get("as_written"), when.get("basis"),
            "; ".join(topic["name"] for topic in words.get("topics", [])),
            "; ".join(hop["agent"] + " " + hop["act"] for hop in words.get("attribution", [])),
            "; ".join(str(x["document"]) for x in evidence), quotes[0] if quotes else None,
            present.position, s["corrected"], len(s["confirmed_by"]), len(s["disputes"]), *self.flags(s),
            None if body else self.why_not(present), before and before["fact"]["claim"],
            why.args.get("reason"), said.get("statement"),
            self.at(first), self.name(first.by), first.by, self.at(present), self.name(present.by),
        ]

    def flags(self, s):
        state, present = self.state, self.event(s["revision"])
        disputed = any(state.disputes[d]["error_in"] == "document" for d in s["disputes"])
        flags = disputed, s["struck"] is not None, state.sealed(present), present.position in state.redacted
        return ["true" if flag else "false" for flag in flags]

    def why_not(self, e):
        return "redacted" if e.position in self.state.redacted else "sealed"

    # schema.org

    def person(self, e):
        return {"@type": "Person", "identifier": e.by, "name": self.name(e.by)}

    def claims(self):
        graph = [self.document(p, about) for p, about in sorted(self.descriptions.items())]
        for p, fact in self.facts.items():
            graph.append(self.claim(p, fact))
            for e in fact.revisions:
                graph += self.quotations(e)
            graph += [self.correction(p, e) for e in fact.revisions[1:] if self.told(e)]
            graph += filter(None, (self.review(p, fact, dispute) for dispute in fact.disputes))
        return json_line({"@context": {"@vocab": "https://schema.org/"}, "@graph": graph})

    def document(self, p, about):
        return entity(
            at_id="ledger/document/" + about["sha256"], at_type="DigitalDocument", archivedAt=about.get("archived_at"),
            author=about.get("authors"), datePublished=about.get("published", {}).get("edtf"),
            encodingFormat=about["media_type"], identifier=p, inLanguage=about["lang"], name=about["title"],
            publisher=about.get("publisher"), sha256=about["sha256"], url=about.get("url"), usageInfo=about.get("rights"))

    def claim(self, p, fact):
        first, present = fact.asserted, fact.revisions[-1]
        body = self.told(present)
        words = body["fact"] if body else {}
        return entity(
            at_id="#fact-%d" % p, at_type="Claim",
            about=[entity(at_type="Thing", name=t["name"], sameAs=t.get("id")) for t in words.get("topics", [])],
            abstract=None if body else "the words are " + self.why_not(present),
            correction=[ref("#event-%d" % e.position) for e in fact.revisions[1:] if self.told(e)],
            creativeWorkStatus=self.state.status(self.state.facts[p]), creator=self.person(first),
            dateCreated=self.at(first), dateModified=self.at(present) if present is not first else None,
            identifier=p, inLanguage=words.get("lang"),
            isBasedOn=[ref(q["@id"]) for q in self.quotations(present)],
            temporalCoverage=words.get("when", {}).get("edtf"), text=words.get("claim"))

    def quotations(self, e):
        body = self.told(e)
        words = body["fact"] if body else {"evidence": []}
        hops = [hop for hop in words.get("attribution", []) if hop["agent_type"] != "document"]
        speaker = hops and entity(
            at_type="Person" if hops[-1]["agent_type"] == "person" else "Organization",
            name=hops[-1]["agent"], sameAs=hops[-1].get("id"))
        out = []
        for i, x in enumerate(words["evidence"], 1):
            about = self.descriptions.get(x["document"])
            if "quote" in x:
                out.append(entity(
                    at_id="#quotation-%d-%d" % (e.position, i), at_type="Quotation",
                    isPartOf=about and ref("ledger/document/" + about["sha256"]), spokenByCharacter=speaker,
                    text=x["quote"]["exact"]))
        return out

    def correction(self, p, e):
        return entity(
            at_id="#event-%d" % e.position, at_type="CorrectionComment", about=ref("#fact-%d" % p),
            creator=self.person(e), dateCreated=self.at(e), keywords=e.args["reason"], text=self.told(e)["statement"])

    def review(self, p, fact, dispute):
        end = fact.ends.get(dispute.position)
        body = self.told(self.event(dispute.args["on"]))
        if end is None or body is None or self.undone(dispute):
            return None
        if dispute.position in self.state.facts[p]["disputes"]:
            return None
        rating = "corrected" if end.type == "fact.corrected" else "upheld"
        return entity(
            at_id="#event-%d-%d" % (dispute.position, end.position), at_type="ClaimReview", author=self.person(end),
            claimReviewed=body["fact"]["claim"], datePublished=self.at(end), itemReviewed=ref("#fact-%d" % p),
            reviewAspect=dispute.args["reason"], reviewBody=(self.told(end) or {}).get("statement"),
            reviewRating={"@type": "Rating", "alternateName": rating})

    # RO-Crate

    def crate(self):
        parts = [entity(at_id=name, at_type="File", name=what, encodingFormat=kind) for name, what, kind in CRATE_FILES]
        parts += [entity(at_id=name, at_type="Dataset", name=what) for name, what in CRATE_FOLDERS]
        parts += [
            entity(at_id="ledger/document/" + about["sha256"], at_type="File", name=about["title"],
                   encodingFormat=about["media_type"], contentSize=str(about["bytes"]), inLanguage=about["lang"],
                   url=about.get("url"))
            for _, about in sorted(self.descriptions.items())]
        head = [
            {"@id": "ro-crate-metadata.json", "@type": "CreativeWork", "about": ref("./"),
             "conformsTo": ref("https://w3id.org/ro/crate/1.1")},
            {"@id": "./", "@type": "Dataset", "name": self.title or self.origin,
             "description": "The record %s, its first %d events" % (self.origin, self.n), "identifier": self.origin,
             "datePublished": self.at(self.last), "license": self.licence, "hasPart": [ref(x["@id"]) for x in parts]},
        ]
        return json_line({"@context": "https://w3id.org/ro/crate/1.1/context", "@graph": head + parts})

    # PREMIS

    def premis(self):
        record = ("origin", self.origin)
        lines = ['<?xml version="1.0" encoding="UTF-8"?>',
                 '<premis xmlns="http://www.loc.gov/premis/v3"'
                 ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" version="3.0">']

        def thing(kind, name, inner=""):
            return '<object xsi:type="%s">%s%s</object>' % (kind, identifier("objectIdentifier", *name), inner)

        lines.append(thing("intellectualEntity", record))
        for e in self.events:
            if e.type == "document.captured":
                about, name = self.descriptions.get(e.position), ("document", e.position)
                lines.append(thing("file", name, PREMIS_FILE % (about["sha256"], about["bytes"], xml(about["media_type"])))
                             if about else thing("intellectualEntity", name))
        lines += [thing("intellectualEntity", ("fact", e.position)) for e in self.events if e.type == "fact.asserted"]
        on = {}
        for e in self.events:
            named = [e.args[f] for f in ("document", "on", "dispute", "retraction", "relation", "event") if f in e.args]
            if e.type in ("document.captured", "fact.asserted"):
                on[e.position] = [(e.type.split(".")[0], e.position)]
            elif e.type == "fact.related":
                on[e.position] = [("fact", e.args["from"]), ("fact", e.args["to"])]
            else:
                on[e.position] = on[named[0]] if named else [record]
            outcome = ""
            if self.undone(e):
                outcome = PREMIS_OUTCOME % self.state.undone[e.position][0]
            lines.append("<event>%s<eventType>%s</eventType><eventDateTime>%s</eventDateTime><eventDetailInformation>"
                         "<eventDetail>event hash %s</eventDetail></eventDetailInformation>%s%s%s</event>" % (
                             identifier("eventIdentifier", "position", e.position), e.type, self.at(e), e.hash.hex(),
                             outcome, identifier("linkingAgentIdentifier", "key", e.by),
                             "".join(identifier("linkingObjectIdentifier", *name) for name in on[e.position])))
        for key in sorted({e.by for e in self.events}):
            lines.append("<agent>%s<agentName>%s</agentName><agentType>person</agentType></agent>" % (
                identifier("agentIdentifier", "key", key), xml(self.name(key))))
        return "".join(line + "\n" for line in lines + ["</premis>"]).encode("utf-8")

    # Memento

    def points(self):
        """(number of events, time) of each point."""
        greatest, times = "", []
        for e in self.events:
            greatest = max(greatest, self.at(e))
            times.append(greatest)
        for length in (10, 7, 4):
            last = {time[:length]: (size, time) for size, time in enumerate(times, 1)}
            if len(last) <= MEMENTOS and len(last) * self.n <= MEMENTO_EVENTS:
                break
        return list(last.values())

    def mementos(self):
        points = self.points()
        stamps = [re.sub("[^0-9]", "", time[:19]) for _, time in points]
        dates = [http_date(time) for _, time in points]
        lines = ['<../state.json>;rel="original"',
                 '<timemap.link>;rel="self";type="application/link-format";from="%s";until="%s"' % (dates[0], dates[-1])]
        for i, (stamp, date) in enumerate(zip(stamps, dates)):
            rel = "first " * (i == 0) + "last " * (i == len(points) - 1) + "memento"
            lines.append('<%s/state.json>;rel="%s";datetime="%s"' % (stamp, rel, date))
        yield "memento/timemap.link", ",\n".join(lines).encode() + b"\n"
        states = States(self.v.files, [size for size, _ in points])
        for stamp, state in zip(stamps, states.found):
            yield "memento/%s/state.json" % stamp, state


class States(reverify.Verifier):
    """Folds the record again, and keeps the state at some sizes."""

    def __init__(self, files, sizes):
        super().__init__(files)
        self.sizes, self.found = sizes, []
        self.checkpoint = reverify.parse_checkpoint(self.read("checkpoint"))
        self.run_journal()

    def judge(self, e):
        super().judge(e)
        at = bisect.bisect_left(self.sizes, len(self.events))
        if at < len(self.sizes) and self.sizes[at] == len(self.events):
            self.found.append(spell(self.state_json()))


def http_date(time):
    at = datetime.datetime.strptime(time[:19], "%Y-%m-%dT%H:%M:%S")
    days = "Mon Tue Wed Thu Fri Sat Sun".split()
    months = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
    return "%s, %02d %s %04d %s GMT" % (days[at.weekday()], at.day, months[at.month - 1], at.year, time[11:19])


COLUMNS = (
    "as_of head fact hash status claim lang vouch when when_as_written when_basis topics attribution documents quote "
    "revision corrected confirmations open_disputes document_disputed suspect sealed redacted withheld before reason "
    "statement asserted_at asserted_by asserted_key revised_at revised_by").split()
CRATE_FILES = (
    ("bodies.jsonl", "The bodies of events, a line for each", "application/jsonl"),
    ("claims.jsonld", "Facts, quotations, corrections in schema.org words", "application/ld+json"),
    ("facts.csv", "The facts, a row for each", "text/csv"),
    ("memento/timemap.link", "Which earlier states are here", "application/link-format"),
    ("premis.xml", "PREMIS events, one for each act", "application/xml"),
    ("state.json", "The state after the last event, in its one spelling", "application/json"),
)
CRATE_FOLDERS = (
    ("ledger/", "The ledger: what everything else follows from"),
    ("ledger/journal/", "The record: append-only text"),
    ("memento/", "Earlier states"),
    ("tile/", "The hashes of the tree"),
)
PREMIS_FILE = (
    "<objectCharacteristics><compositionLevel>0</compositionLevel><fixity><messageDigestAlgorithm>SHA-256"
    "</messageDigestAlgorithm><messageDigest>%s</messageDigest></fixity><size>%d</size><format><formatDesignation>"
    "<formatName>%s</formatName></formatDesignation></format></objectCharacteristics>")
PREMIS_OUTCOME = (
    "<eventOutcomeInformation><eventOutcome>undone by %d</eventOutcome></eventOutcomeInformation>")
