"""A tiny signer that makes small ledgers with seeded keys, for the tests of scripts/reverify.py."""

import base64
import functools
import hashlib
import os
import sys
import unittest

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "scripts"))
import reverify  # noqa: E402

ORIGIN = "example.org/record"
JOURNAL = "journal/" + "0" * 20 + ".log"
TEXT = "Kyiv – “Yes,” she said.\n"


def sha256(data):
    return hashlib.sha256(data).digest()


def seed(text):
    return sha256(text.encode("utf-8"))


@functools.lru_cache(maxsize=None)
def secret(name):
    return Ed25519PrivateKey.from_private_bytes(seed("annals example key " + name))


def public(name):
    return secret(name).public_key().public_bytes_raw()


def key(name):
    return public(name).hex()


def person(name):
    return seed("annals example person " + name)[:16].hex()


def line(value):
    """The one spelling, written here without help from the code under test."""
    if isinstance(value, dict):
        return "{" + ",".join(line(k) + ":" + line(v) for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(line, value)) + "]"
    if isinstance(value, str):
        short = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r"}
        return '"' + "".join(short.get(c, "\\u%04x" % ord(c) if c < " " else c) for c in value) + '"'
    return "null" if value is None else str(value)


def root(leaves):
    if len(leaves) < 2:
        return leaves[0] if leaves else sha256(b"")
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return sha256(b"\x01" + root(leaves[:split]) + root(leaves[split:]))


def b64(data):
    return base64.b64encode(data).decode()


def possession(kind, name, words):
    message = "\n".join((kind, ORIGIN, key(name), words)).encode()
    return secret(name).sign(b"annals/enrol/v1" + sha256(message)).hex()


def time(i):
    return "2026-01-01T00:%02d:%02d.000000Z" % divmod(i, 60)


def with_sum(lines):
    """Lines with the digest that makes them a whole pin or evidence."""
    return lines + b"sum " + sha256(lines).hex().encode() + b"\n"


class Ledger:
    """Signs events and writes them down; names of people stand for their keys."""

    def __init__(self, founder="ada", confirmations=1, window=0, recovery="recovery", opened=True):
        self.hashes, self.journal, self.commit, self.documents = [], b"", b"", {}
        self.log, self.also, self.checkpoint, self.marks, self.log_keys = "log", [], None, b"", []
        if opened:
            self.add(
                founder, "ledger.opened",
                {"nonce": seed("annals example nonce")[:16].hex(), "origin": ORIGIN, "log_key": key("log"),
                 "window": window, "confirmations": confirmations,
                 "recovery": sha256(public(recovery)).hex() if recovery else None,
                 "person": person(founder), "roles": ["admin", "editor"]},
                {"title": "Example record", "licence": "CC-BY-4.0", "name": founder.title() + " Example"})

    def record(self, by, kind, args, body, **over):
        """The four lines of an event; `over` sets fields of place and statement otherwise."""
        i = len(self.hashes)
        base = over.get("base", i)
        body = line({"salt": seed("annals example salt %d" % over.get("salt", i)).hex(), "by": key(by),
                     "type": kind, **body}).encode()
        before = self.hashes[i - 1].hex() if i else None
        at = over.get("at", time(i))
        place = {"seq": over.get("seq", i), "prev": over.get("prev", before), "at": at}
        after = self.hashes[base - 1].hex() if 0 < base <= i else None
        statement = over.get("statement") or line({
            "v": over.get("v", 1), "base": base, "after": over.get("after", after), "said": over.get("said", at),
            "by": key(by), "type": kind, "args": args, "body": sha256(body).hex()}).encode()
        signed = b"annals/event/v1" + sha256(statement)
        return line(place).encode(), statement, secret(by).sign(signed).hex().encode(), body

    def put(self, lines, withhold=False):
        lines = list(lines)
        self.hashes.append(sha256(b"\x00" + b"".join(x + b"\n" for x in lines[:3])))
        self.commit += b"".join(x + b"\n" for x in (lines[:3] + [b"-" if withhold else lines[3]]))
        return len(self.hashes) - 1

    def add(self, by, kind, args, body, close=True, withhold=False, **over):
        position = self.put(self.record(by, kind, args, body, **over), withhold)
        if kind in ("ledger.opened", "ledger.rekeyed"):
            old = self.log_keys[-1][1] if self.log_keys and args.get("reason") == "rotated" else "-"
            self.log_keys.append((position + 1, args["log_key"], old))
        if close:
            self.close()
        return position

    def close(self):
        self.journal += self.commit + b"= %d %s %s\n" % (
            len(self.hashes), b64(root(self.hashes)).encode(), b64(sha256(self.commit)).encode())
        self.commit = b""
        self.sign()

    def sign(self, origin=ORIGIN, log=None):
        """The checkpoint by the log key and by `also`, and a mark."""
        text = "%s\n%d\n%s\n" % (origin, len(self.hashes), b64(root(self.hashes)))
        signed = [
            b64(sha256(ORIGIN.encode() + b"\n\x01" + public(name))[:4] + secret(name).sign(text.encode()))
            for name in [log or self.log, *self.also]]
        self.checkpoint = (text + "\n" + "".join("— %s %s\n" % (ORIGIN, line) for line in signed)).encode()
        self.mark = ("%s %d %s %s\n" % (ORIGIN, len(self.hashes), b64(root(self.hashes)), signed[0])).encode()
        self.marks += self.mark

    def pin(self, origin=ORIGIN):
        """A pin of all events, its checkpoint signed by the log key and by `also`."""
        size, peaks, start = len(self.hashes), [], 0
        for bit in reversed(range(size.bit_length())):
            if size >> bit & 1:
                peaks.append(root(self.hashes[start:start + (1 << bit)]))
                start += 1 << bit
        lines = "annals pin v1\ngenesis %s\nhead %s\n" % (self.hashes[0].hex(), self.hashes[-1].hex())
        lines += "".join("peak %s\n" % b64(peak) for peak in peaks)
        lines += "".join("log %d %s %s\n" % keys for keys in self.log_keys)
        text = "%s\n%d\n%s\n" % (origin, size, b64(root(self.hashes)))
        lines += "checkpoint %d\n%s\n" % (4 + len([self.log, *self.also]), text)
        for name in [self.log, *self.also]:
            key_id = sha256(origin.encode() + b"\n\x01" + public(name))[:4]
            lines += "— %s %s\n" % (origin, b64(key_id + secret(name).sign(text.encode())))
        return with_sum(lines.encode())

    def files(self):
        files = {JOURNAL: self.journal}
        files.update({"document/" + digest: data for digest, data in self.documents.items()})
        if self.checkpoint:
            files["checkpoint"] = self.checkpoint
        return files

    def verify(self, marks=None, pin=None, **changed):
        return reverify.verify(reverify.Files({**self.files(), **changed}), marks, pin)

    # Events in short

    def enrol(self, by, who, roles=("editor",), owner=None, **over):
        name = who.title() + " Example"
        return self.add(by, "editor.enrolled",
                        {"key": key(who), "person": person(owner or who), "roles": list(roles),
                         "possession": possession("editor", who, over.pop("proved", name))},
                        {"name": name}, **over)

    def capture(self, by, text=TEXT, media_type="text/plain", sealed=None, **over):
        data = text if isinstance(text, bytes) else text.encode("utf-8")
        digest = sha256(data).hex()
        self.documents[digest] = data
        derived = {"derived_from": over.pop("derived_from")} if "derived_from" in over else {}
        return self.add(by, "document.captured", {"sealed": sealed},
                        {"sha256": digest, "bytes": len(data), "media_type": media_type, "title": "Note",
                         "lang": "en", "captured_at": time(0), **derived}, **over)

    def fact(self, by, document, sealed=None, quote=None, **over):
        return self.add(by, "fact.asserted", {"sealed": sealed}, {"fact": fact(document, quote)}, **over)

    def confirm(self, by, on, **over):
        how, evidence = over.pop("how", "reread"), over.pop("evidence", None)
        return self.add(by, "fact.confirmed", {"on": on, "how": how},
                        {"evidence": evidence} if evidence else {}, **over)

    def dispute(self, by, on, error_in="record", **over):
        return self.add(by, "fact.disputed", {"on": on, "reason": "misquotation", "error_in": error_in},
                        {"statement": "No."}, **over)

    def uphold(self, by, dispute, **over):
        return self.add(by, "fact.upheld", {"dispute": dispute}, {"statement": "It stands."}, **over)

    def correct(self, by, on, document, resolves=(), sealed=None, reason="entry-error", **over):
        return self.add(by, "fact.corrected",
                        {"on": on, "reason": reason, "error_in": "record", "resolves": list(resolves),
                         "sealed": sealed},
                        {"statement": "Better.", "fact": fact(document)}, **over)

    def retract(self, by, on, **over):
        return self.add(by, "fact.retracted", {"on": on, "reason": "fabricated", "error_in": "record"},
                        {"statement": "Gone."}, **over)

    def reinstate(self, by, retraction, **over):
        return self.add(by, "fact.reinstated", {"retraction": retraction}, {"statement": "Back."}, **over)

    def revoke(self, by, who, reason="compromised", suspect_from=None, **over):
        return self.add(by, "editor.revoked", {"key": key(who), "reason": reason, "suspect_from": suspect_from},
                        {"statement": "Revoked."}, **over)


def quotation(text, exact, at=0):
    start = text.index(exact, at)
    end = start + len(exact)
    n = 32
    while True:
        prefix, suffix = text[max(0, start - n):start], text[end:end + n]
        whole = prefix + exact + suffix
        if sum(text.startswith(whole, i) for i in range(len(text))) == 1:
            return {"quote": {"exact": exact, "prefix": prefix, "suffix": suffix}, "span": {"start": start, "end": end}}
        n += 1


def evidence(document, found):
    return {"document": document, "stance": "supports", **found}


def fact(document, quote=None):
    return {"claim": "She said yes.", "lang": "en", "vouch": "said",
            "evidence": [evidence(document, quote or quotation(TEXT, "“Yes,” she said."))]}


def faults(got):
    return [(f["rule"], f["position"]) for f in got["faults"]]


def only(items):
    assert len(items) == 1
    return items[0]


class Case(unittest.TestCase):
    def good(self, ledger, **files):
        got = ledger.verify(**files)
        self.assertEqual((got["exit"], got["faults"]), (0, []))
        return got["state"]

    def bad(self, ledger, *expected, **files):
        got = ledger.verify(**files)
        self.assertEqual(faults(got), list(expected))
        return got

    def status(self, ledger, position):
        return only([f for f in self.good(ledger)["facts"] if f["fact"] == position])
