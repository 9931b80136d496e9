"""Sentences of FORMAT.md that two programs may read in two ways, each on a small ledger."""

import contextlib
import io
import json
import os
import tempfile
import unittest

from signer import (
    JOURNAL, ORIGIN, TEXT, Case, Ledger, b64, evidence, fact, faults, key, line, possession, quotation, reverify, root,
    sha256, time,
)


def journal(number):
    return "journal/%020d.log" % number


class Chain(Case):
    def test_after_is_looked_for_in_the_window(self):
        l = Ledger(window=2)
        f = l.fact("ada", l.capture("ada"))
        l.fact("ada", 1, base=2)
        self.good(l)
        n = len(l.hashes)
        l.add("ada", "fact.related", {"from": f, "rel": "supports", "to": n - 1}, {}, base=n - 3)
        self.bad(l, (203, n), (204, n))

    def test_retimed_must_be_applied(self):
        l = Ledger()
        l.enrol("ada", "bo")
        n = l.add("bo", "ledger.retimed", {}, {"statement": "S"}, at=time(0))
        self.bad(l, (206, n), (404, n))

    def test_no_ledger(self):
        l = Ledger(opened=False)
        l.add("ada", "ledger.retimed", {}, {"statement": "S"})
        l.enrol("ada", "bo")
        self.bad(l, (703, None), (401, 0), (401, 1), (612, 1))
        got = reverify.verify(reverify.Files({}), None, Ledger().pin())
        self.assertEqual(faults(got), [(701, None), (801, None), (911, None)])

    def test_body_is_of_the_type_it_names(self):
        l = Ledger()
        n = len(l.hashes)
        _, statement, _, body = l.record("ada", "ledger.retimed", {}, {"statement": "S"})
        released = line({"salt": "0" * 64, "by": key("ada"), "type": "body.released"}).encode()
        statement = statement.replace(sha256(body).hex().encode(), sha256(released).hex().encode())
        place, statement, signature, _ = l.record("ada", "ledger.retimed", {}, {}, statement=statement)
        l.put([place, statement, signature, released])
        l.close()
        self.bad(l, (602, n))

    def test_repeated_body_withheld(self):
        l = Ledger()
        l.capture("ada", "x", sealed="by-hand", salt=9)
        l.add("ada", "document.captured", {"sealed": "by-hand"}, json.loads(
            l.journal.split(b"\n")[-3], object_pairs_hook=lambda p: dict(p[3:])), salt=9, withhold=True)
        self.bad(l, (603, 2))


class Content(Case):
    def test_captured_again_after_redaction(self):
        l = Ledger()
        l.capture("ada")
        redact = lambda n: l.add(  # noqa: E731
            "ada", "body.redacted", {"event": n, "reason": "invalid-data"}, {"statement": "S"})
        redact(1)
        l.capture("ada")
        self.good(l)
        self.bad(l, (607, l.capture("ada")))
        redact(3)
        self.bad(l, (607, 4), (607, l.capture("ada")))

    def test_following(self):
        l = Ledger()
        l.enrol("ada", "bo")
        a = l.capture("ada")
        b = l.capture("ada", "Another: " + TEXT)
        c = l.capture("ada", "A third: " + TEXT)
        describe = lambda d, **of: l.add("ada", "document.described", {"document": d}, {  # noqa: E731
            "statement": "S", "media_type": "text/plain", "title": "T", "lang": "en", "captured_at": time(0), **of})
        f = l.fact("ada", a)
        describe(a, derived_from=b)  # not a smaller position: a stays its own end
        l.confirm("bo", f, how="independent-document", evidence=[evidence(b, {})])
        self.good(l)
        describe(c, derived_from=a)
        g = l.fact("ada", a)
        self.bad(l, (613, l.confirm("bo", g, how="independent-document", evidence=[evidence(c, {})])))
        describe(c)  # it replaces the old one whole
        h = l.fact("ada", a)
        l.confirm("bo", h, how="independent-document", evidence=[evidence(c, {})])
        self.bad(l, (613, g + 1))

    def test_unknown_document(self):
        l = Ledger()
        l.enrol("ada", "bo")
        d = l.capture("ada")
        f = l.add("ada", "fact.asserted", {"sealed": None}, {
            "fact": {**fact(d), "evidence": [*fact(d)["evidence"], evidence(77, quotation(TEXT, "Yes"))]}})
        n = l.confirm("bo", f, how="independent-document", evidence=[evidence(77, {})])
        self.bad(l, (608, f), (608, n), (613, n))
        m = l.dispute("bo", n)
        self.bad(l, (608, f), (608, n), (613, n), (501, m))

    def test_quote_of_another_media_type_withheld(self):
        l = Ledger()
        d = l.capture("ada", media_type="text/html")
        f = l.fact("ada", d)
        l.documents.clear()
        self.bad(l, (605, d), (609, f))


class Journal(Case):
    def two(self):
        l = Ledger()
        cut, checkpoint = len(l.journal), l.checkpoint
        l.enrol("ada", "bo")
        return l, l.journal[:cut], l.journal[cut:], checkpoint

    def test_after_the_last_closing_line(self):
        l, one, two, checkpoint = self.two()
        for junk in (b"a\nb\n", b"a\nb\nc\nd\n", b"torn"):
            self.assertEqual(self.bad(l, **{JOURNAL: one + two + junk})["ignored_bytes"], len(junk))
            self.assertEqual(self.bad(l, **{journal(2): junk})["ignored_bytes"], len(junk))
        for junk in (b"a\nb\n", b"a\nb\nc\nd", b"torn"):
            self.assertEqual(self.bad(l, (910, 1), **{JOURNAL: one + junk, journal(1): two})["exit"], 2)
            # The last commit is unfinished: what stands before its file is still no part of a commit.
            got = self.bad(l, (910, 1), **{
                JOURNAL: one + junk, journal(1): two.replace(b"Bo Ex", b"Bo Ax"), "checkpoint": checkpoint})
            self.assertGreater(got["ignored_bytes"], len(two) - 1)
        self.bad(l, **{"journal/aside-2": b"junk", "journal/1.log": b"junk"})

    def test_whole_fours_without_a_closing_line(self):
        l, one, two, _ = self.two()
        bare = one[:one.rindex(b"\n= ") + 1]
        self.assertEqual(self.bad(l, (910, 1), **{JOURNAL: bare, journal(1): two})["exit"], 2)
        # Four lines are an event, whatever they say; two events are signed, so the commit after them is unfinished.
        got = self.bad(l, (704, None), (102, 1), (103, 1), (105, 1), (910, 2), **{
            JOURNAL: one + b"a\nb\nc\nd\n", journal(2): two})
        self.assertEqual((got["size"], got["ignored_bytes"]), (2, len(two)))

    def test_last_commit_of_a_wrong_form(self):
        l, one, two, checkpoint = self.two()
        for wrong in (two.replace(b"= 2 ", b"= 3 "), two.replace(b"= 2 ", b"= 02 "), two[:-2] + b"\n"):
            got = self.bad(l, **{JOURNAL: one + wrong, "checkpoint": checkpoint})
            self.assertEqual((got["size"], got["ignored_bytes"]), (1, len(wrong)))
            self.bad(l, (706, 2), **{JOURNAL: one + wrong})
        other = two.replace(b64(root(l.hashes)).encode(), b64(b"x" * 32).encode())
        self.bad(l, (706, 2), **{JOURNAL: one + other, "checkpoint": checkpoint})

    def test_framing(self):
        l, one, two, _ = self.two()
        empty = ("= 2 %s %s\n" % (b64(root(l.hashes)), b64(sha256(b"")))).encode()
        self.bad(l, (706, 2), **{JOURNAL: one + two + empty})
        lines = two.split(b"\n")
        self.bad(l, (706, 2), (910, 2), **{JOURNAL: one + b"\n".join(lines[:4] + [b"x"] + lines[4:])})
        self.bad(l, (910, 1), **{JOURNAL: one, journal(7): two})

    def test_old_log_key(self):
        l = Ledger()

        def rekey(name, reason):
            l.add("ada", "ledger.rekeyed",
                  {"log_key": key(name), "reason": reason, "possession": possession("log", name, ORIGIN)},
                  {"statement": "S"}, close=False)
            l.log, l.also = name, [l.log] if reason == "rotated" else []
            l.close()

        rekey("log2", "rotated")
        self.good(l)
        for names in (["log2"], ["log"]):
            l.also, l.log = [], names[0]
            l.sign()
            self.bad(l, (703, None))
        l.log = "log2"
        rekey("log3", "compromised")
        self.assertIsNone(self.good(l)["old_log_key"])

    def test_pin_order(self):
        l, one, _, checkpoint = self.two()
        other = Ledger(recovery=None)
        self.assertEqual(faults(other.verify(pin=l.pin())), [(802, None)])
        short = {JOURNAL: one, "checkpoint": checkpoint}
        self.bad(l, (801, None), pin=l.pin(), **short)
        self.bad(l, (911, None), marks=b"junk\n")

    def test_vector_folder(self):
        l = Ledger()
        good = {"files": {"ledger/" + k: {"base64": b64(v)} for k, v in l.files().items()},
                "expect": {"exit": 0, "faults": [], "state_sha256": None}}
        bad = {**good, "expect": {"exit": 1, "faults": [{"rule": 302, "position": 0}], "state_sha256": None}}
        with tempfile.TemporaryDirectory() as folder:
            counts = dict.fromkeys(reverify.COUNTS, 0)
            other = {**good, "expect": {**good["expect"], "counts": counts}}
            for name, value in (("a.json", good), ("b.json", bad), ("c.json", []), ("d.json", other), ("notes.txt", "")):
                with open(os.path.join(folder, name), "w") as file:
                    json.dump(value, file)
            out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
            with contextlib.redirect_stdout(out):
                self.assertEqual(reverify.main(["--vector", folder]), 1)
            out.flush()
            printed = out.buffer.getvalue().decode().splitlines()
        self.assertEqual(len(printed), 4)
        self.assertIn("exit: expected 1, found 0; faults: expected [(302, 0)], found []", printed[0])
        self.assertIn("counts: expected {'bodies': 0, ", printed[2])
        self.assertEqual(printed[3], "1 passed, 3 failed")


if __name__ == "__main__":
    unittest.main()
