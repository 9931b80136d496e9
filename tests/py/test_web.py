"""Tests of scripts/reverify_web.py and scripts/submit.py: servers of a record, right ones and others."""

import base64
import contextlib
import gzip
import http.server
import io
import json
import os
import tempfile
import threading
import time
import unittest

from signer import ORIGIN, Ledger, key, reverify, root, secret, sha256

import submit
import reverify_web

PAGE = b"<!DOCTYPE html>\n<title>Sign in</title>\n"


def published(ledger):
    """The files of a published directory of fewer than 65,536 events, made here without the code under test."""
    lines = [line for line in ledger.journal.split(b"\n")[:-1] if not line.startswith(b"= ")]
    events = [lines[i:i + 4] for i in range(0, len(lines), 4)]
    files = {"document/" + digest: data for digest, data in ledger.documents.items()}
    files["checkpoint"] = ledger.checkpoint
    for start in range(0, len(events), 256):
        some = events[start:start + 256]
        name = "%03d" % (start // 256) + ("" if len(some) == 256 else ".p/%d" % len(some))
        records = [b"\n".join(event[:3]) + b"\n" for event in some]
        files["tile/entries/" + name] = b"".join(len(r).to_bytes(2, "big") + r for r in records)
        files["tile/0/" + name] = b"".join(ledger.hashes[start:start + 256])
        files["body/bundle/%03d" % (start // 256)] = b"".join(event[3] + b"\n" for event in some)
    full = len(events) // 256
    if full:
        files["tile/1/000.p/%d" % full] = b"".join(root(ledger.hashes[256 * i:256 * i + 256]) for i in range(full))
    for event in events:
        if event[3] != b"-":
            files["body/" + sha256(event[3]).hex()] = event[3]
    return files


class Site:
    """A web server on loopback: `answer` gives bytes, None, or (status, headers, bytes) for a name."""

    def __init__(self, answer):
        self.asked, self.logins = asked, logins = [], set()

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version, wbufsize = "HTTP/1.1", 65536

            def do_GET(self):
                asked.append(self.path)
                logins.add(self.headers["Authorization"])
                found = answer(self.path[1:])
                if callable(found):
                    self.close_connection = True
                    return found(self.wfile)
                status, headers, data = (404, {}, b"") if found is None else found if isinstance(found, tuple) else (
                    200, {}, found)
                self.send_response(status)
                for name, value in {"Content-Length": str(len(data)), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(data)
                return None

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.server.handle_error = lambda *_: None  # a reader that goes away is what is tested
        threading.Thread(target=self.server.serve_forever, args=[0.01], daemon=True).start()
        self.url = "http://127.0.0.1:%d" % self.server.server_address[1]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()


class Web(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.ledger = ledger = Ledger()
        ledger.enrol("ada", "bo")
        document = ledger.capture("ada")
        ledger.fact("ada", document)
        for _ in range(256):
            ledger.add("ada", "ledger.changed", {"confirmations": 1}, {"title": "T", "licence": "L"}, close=False)
        ledger.close()
        cls.files = published(ledger)

    def judge(self, answer, **options):
        with Site(answer) as site:
            got = reverify_web.judge(site.url, **options).report()
        return got["exit"], [(f["rule"], f["position"]) for f in got["faults"]]

    def ends(self, answer, why, **options):
        with self.assertRaisesRegex(reverify.NoVerdict, why):
            self.judge(answer, **options)

    def with_files(self, changed):
        return {**self.files, **changed}.get

    def test_good(self):
        self.assertEqual(self.judge(self.files.get, pin=self.ledger.pin()), (0, []))
        self.assertEqual(self.judge(self.with_files({"body/bundle/000": None, "body/bundle/001": None})), (0, []))
        squeezed = {name: (200, {"Content-Encoding": "gzip"}, gzip.compress(data)) for name, data in self.files.items()}
        self.assertEqual(self.judge(squeezed.get), (0, []))
        with Site(self.files.get) as site:
            self.assertEqual(reverify_web.judge(site.url + "/").exit(), 0)
            for expected, arguments in ((0, ["--json"]), (0, ["--state"]), (2, ["--marks", __file__]), (2, ["--pin", "no"])):
                out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8") for _ in range(2))
                with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
                    self.assertEqual(reverify.main([site.url, *arguments]), expected, arguments)
            self.assertLess(len(site.asked), 40, "bundles spare the files of bodies")

    def test_user_and_password(self):
        with Site(self.files.get) as site:
            address = site.url.replace("://", "://desk:a%2Fb%23c@") + "/"
            self.assertEqual(reverify_web.judge(address).exit(), 0)
            self.assertEqual(site.logins, {"Basic " + base64.b64encode(b"desk:a/b#c").decode()})
        with Site({}.get) as site, self.assertRaises(reverify.NoVerdict) as told:
            reverify_web.judge(site.url.replace("://", "://desk:secret@"))
        self.assertEqual(str(told.exception), "no record is published at %s" % site.url)
        for address in ("http://desk:sec#ret@example.org", "ftp://desk:secret@example.org"):
            with self.assertRaises(reverify.NoVerdict) as told:
                reverify_web.Web(address)
            self.assertEqual(str(told.exception), "example.org: expected an address like https://example.org/record")

    def test_not_a_file(self):
        document, lines = "document/" + next(iter(self.ledger.documents)), self.files["body/bundle/000"].split(b"\n")
        body = "body/" + sha256(lines[2]).hex()
        bundle = b"\n".join([*lines[:2], b"-", *lines[3:]])
        for found in (PAGE, b"", b"\xef\xbb\xbf \n<HTML>", (200, {"Content-Type": "text/html"}, b" <p>")):
            self.assertEqual(self.judge(self.with_files({document: found})), (2, [(911, 2)]))
            self.assertEqual(self.judge(self.with_files({"tile/0/000": found})), (2, [(973, 0)]))
            self.assertEqual(self.judge(self.with_files({"tile/entries/000": found}))[0], 2)
            self.assertEqual(self.judge(self.with_files({"body/bundle/000": found})), (0, []))
            self.ends(self.with_files({"checkpoint": found}), "expected a signed checkpoint")
            withheld = {"body/bundle/000": bundle, body: found}
            self.assertEqual(self.judge(self.with_files(withheld))[1][0], (911, 2))
        self.assertEqual(self.judge(self.with_files({document: b"other"})), (1, [(606, 2)]))
        self.ends(self.with_files({"checkpoint": b"a\n1\n"}), "expected a signed checkpoint")
        self.ends(self.with_files({"checkpoint": None}), "no record is published")
        # 200 for every name: what is wrong there is no fault of the record.
        self.ends(lambda name: self.files.get(name, b"nothing") if name != "tile/0/000" else b"x", "for every name")

    def test_other_answers(self):
        for found, why in (
            ((302, {"Location": "http://127.0.0.1:9/"}, b""), "found 302"),
            ((500, {}, b""), "found 500"),
            ((204, {}, b""), "found 204"),
            ((200, {"Content-Encoding": "br"}, b"x"), "the encoding br"),
            ((200, {"Content-Encoding": "gzip"}, b"x"), "cannot read"),
            ((200, {"Content-Encoding": "gzip"}, gzip.compress(bytes(99))[:-9]), "ends early"),
            (lambda wfile: wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort"), "ends early"),
            (lambda wfile: wfile.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"), "cannot read"),
            (lambda wfile: wfile.write(b"SSH-2.0-OpenSSH_9\r\n\r\n"), "cannot read"),
            (lambda wfile: wfile.write(b"HTTP/1.1 200 OK\r\nX: " + b"y" * 70000 + b"\r\n\r\n"), "cannot read"),
            (lambda _: None, "cannot read"),
        ):
            self.ends(self.with_files({"tile/entries/000": found}), why)
            self.ends(self.with_files({"checkpoint": found}), why)
            self.assertEqual(self.judge(self.with_files({"body/bundle/000": found})), (0, []))
        for address in ("http://", "http:///x", "http://a:b/", "ftp://127.0.0.1/", "http://127.0.0.1/?x"):
            with self.assertRaisesRegex(reverify.NoVerdict, "expected an address"):
                reverify_web.Web(address)

    def test_asked_again(self):
        document, turns = "document/" + next(iter(self.ledger.documents)), []

        def stale(name):
            if name == document:
                turns.append(name)
            return b"half" if name == document and len(turns) == 1 else self.files.get(name)

        self.assertEqual(self.judge(stale), (0, []))
        self.assertEqual(len(turns), 2)

    def test_published_meanwhile(self):
        later = Ledger()
        document = later.capture("ada")
        before = published(later)
        later.add("ada", "body.redacted", {"event": document, "reason": "personal-data"}, {"statement": "S"})
        after, asked = published(later), []
        gone = {name for name in before if name.startswith("document/")}

        def answer(name):
            asked.append(name)
            if asked.count("checkpoint") < 2:
                return None if name in gone else before.get(name)
            return None if name in gone else after.get(name)

        self.assertEqual(self.judge(answer), (0, []))

    def test_without_end(self):
        # An answer without end is read to its bound, one that trickles to the end of patience.
        endless = lambda wfile: [wfile.write(b"x" * 65536) for _ in range(2000)]  # noqa: E731
        with Site({"checkpoint": endless_of(endless)}.get) as site:
            self.assertEqual(self.read(site, 100000), 100000)
        packed = gzip.compress(bytes(50000000))
        with Site({"checkpoint": (200, {"Content-Encoding": "gzip"}, packed)}.get) as site:
            self.assertEqual(self.read(site, 100000), 100000)

        def trickle(wfile):
            wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n")
            for _ in range(100):
                wfile.write(b"x")
                wfile.flush()
                time.sleep(0.05)

        began = time.monotonic()
        self.ends(self.with_files({"checkpoint": trickle}), "cannot read", patience=0.5)
        self.assertLess(time.monotonic() - began, 3)
        # Records without end, out of form or of another position.
        checkpoint = self.files["checkpoint"].replace(b"\n260\n", b"\n9007199254740991\n", 1)
        bad, same = b"\x00\x06a\nb\nc\n" * 256, self.files["tile/entries/000"]

        def answer(bundle):
            return lambda name: checkpoint if name == "checkpoint" else bundle if "entries" in name else None

        self.ends(answer(bad), "more than 10000 records are not in form")
        code, faults = self.judge(answer(same))
        self.assertEqual((code, (705, None) in faults, (201, 0) in faults), (1, True, True))

    def read(self, site, bound):
        with contextlib.closing(reverify_web.Web(site.url)) as web:
            status, _, data = web.request("GET", "checkpoint", bound)
        self.assertEqual(status, 200)
        return len(data)

    def test_another_history(self):
        other = Ledger()
        other.capture("ada", "Something else.")
        self.assertEqual(self.judge(published(other).get, pin=self.ledger.pin())[0], 4)


def endless_of(write):
    def answer(wfile):
        wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")
        try:
            write(wfile)
        except OSError:
            pass

    return answer


class Client(unittest.TestCase):
    def test_key_files(self):
        seed = secret("ada").private_bytes_raw()
        pem = "-----BEGIN PRIVATE KEY-----\n%s\n-----END PRIVATE KEY-----\n"
        good = pem % base64.b64encode(submit.PKCS8 + seed).decode()
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "ada.key")

            def put(name, words):
                with open(os.path.join(folder, name), "w", encoding="ascii") as file:
                    file.write(words)

            put("ada.key", good)
            self.assertEqual(submit.Key(path).public, key("ada"))
            for bad in (
                "", good.replace("PRIVATE", "ENCRYPTED PRIVATE"), good[1:], pem % "AAAA",
                pem % base64.b64encode(submit.PKCS8 + seed + b"x").decode(),
            ):
                put("ada.key", bad)
                with self.assertRaisesRegex(ValueError, "expected an Ed25519 key"):
                    submit.Key(path)
            put("ada.key", good)
            put("ada.pub", "-----BEGIN PUBLIC KEY-----\n")
            with self.assertRaisesRegex(ValueError, "is not the public key"):
                submit.Key(path)

    def test_quotation(self):
        text = "é" * 40 + "Kyiv" + "ü" * 3
        made = submit.quotation(text, "Kyiv")
        self.assertTrue(reverify.quotation_holds(text, made["quote"], made["span"]))
        for words in ("ü", "none"):
            with self.assertRaises(ValueError):
                submit.quotation(text, words)

    def test_problems(self):
        problem = {"type": "urn:annals:outrun", "status": 409, "size": 4}
        data = json.dumps(problem).encode()
        self.assertEqual(submit.problem_of(409, data), ("outrun", problem))
        for status, other in (
            (503, data), (409, b""), (409, PAGE), (409, b"[]"), (409, b'{"type":3}'), (409, b'{"type":"outrun"}'),
            (404, b'{"type":"about:blank"}'), (409, b"\xff"),
        ):
            self.assertEqual(submit.problem_of(status, other), (None, {}))

    def test_files_alone(self):
        with open(os.path.join(os.path.dirname(__file__), "../../ledger/checkpoint"), "rb") as file:
            files = {"checkpoint": file.read()}
        with Site(files.get) as site, self.assertRaisesRegex(submit.Stop, "files alone"):
            submit.Server(site.url).expect_server()
        # Files are believed with a checkpoint in form only: a page to sign in answers every name.
        for strange in ({}, {"checkpoint": PAGE}, {"checkpoint": b"a\n1\n"}, {"v1/health": (200, {}, b"{"), **files}):
            with Site(strange.get) as site, self.assertRaisesRegex(submit.Stop, "no server answers"):
                submit.Server(site.url).expect_server()
        bad = {"v1/health": (502, {}, PAGE)}
        with Site(bad.get) as site, self.assertRaisesRegex(submit.Stop, "no server answers"):
            submit.Server(site.url).expect_server()
        ill = {"v1/health": (503, {}, b'{"server":"annals","status":"trouble"}')}
        with Site(ill.get) as site:
            submit.Server(site.url).expect_server()

    def test_time(self):
        at = "2026-12-31T23:59:59.999999Z"
        self.assertEqual(submit.later(at, None), at)
        self.assertEqual(submit.later("2026-01-01T00:00:00.000000Z", at), "2027-01-01T00:00:00.000000Z")
        self.assertTrue(reverify.is_time(submit.now()))
        self.assertTrue(reverify.is_origin(ORIGIN))


if __name__ == "__main__":
    unittest.main()
