"""Tests of scripts/reverify.py on small ledgers.

Run: python3 -m unittest discover -s tests/py
"""

import contextlib
import io
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import unittest

from signer import (
    JOURNAL, ORIGIN, TEXT, Case, Ledger, b64, fact, faults, key, line, only, person, possession, public, quotation,
    reverify, root, secret, sha256, time,
)


class Good(Case):
    def test_all_types(self):
        l = Ledger(confirmations=2)
        l.add("ada", "ledger.changed", {"confirmations": 1}, {"title": "Record", "licence": "CC0-1.0"})
        l.enrol("ada", "bo")
        l.enrol("ada", "cy", ["admin", "editor"])
        l.add("ada", "editor.changed", {"key": key("bo"), "roles": ["editor"]}, {"name": "Bo E."})
        d = l.capture("ada")
        sealed = l.capture("bo", "a secret\n", sealed="by-hand")
        l.add("bo", "document.described", {"document": d},
              {"statement": "A better title.", "media_type": "text/plain", "title": "Note 2", "lang": "en",
               "captured_at": time(1), "method": "by hand", "url": "https://example.org/", "publisher": "P",
               "authors": ["A", "B"], "published": {"edtf": "2026-01", "as_written": None},
               "archived_at": "https://archive.example/1", "rights": "none"})
        f = l.fact("ada", d)
        g = l.fact("bo", d)
        l.confirm("bo", f)
        self.assertEqual(self.status(l, f)["status"], "confirmed")
        u = l.dispute("cy", f, "document")
        self.assertEqual(self.status(l, f)["document_disputed"], True)
        l.uphold("bo", u)
        v = l.dispute("bo", f)
        c = l.correct("cy", f, d, [v])
        r = l.retract("bo", c)
        l.reinstate("ada", r)
        rel = l.add("ada", "fact.related", {"from": f, "rel": "supports", "to": g}, {})
        l.add("ada", "fact.related", {"from": g, "rel": "qualifies", "to": f}, {"statement": "In part."})
        l.add("bo", "relation.withdrawn", {"relation": rel}, {"statement": "No more."})
        l.add("ada", "body.released", {"event": sealed}, {"because": "over"})
        l.add("cy", "body.redacted", {"event": g, "reason": "personal-data"}, {"statement": "A name."})
        l.add("ada", "ledger.retimed", {}, {"statement": "The clock was wrong."}, at="2026-01-01T00:00:00.500000Z")
        l.add("ada", "ledger.rekeyed",
              {"log_key": key("log2"), "reason": "rotated", "possession": possession("log", "log2", ORIGIN)},
              {"statement": "A new log key."}, at="2026-01-01T00:01:00.000000Z", close=False)
        l.log, l.also = "log2", ["log"]
        l.close()
        l.add("ada", "ledger.upgraded", {"v": 2}, {"statement": "On."}, at="2026-01-01T00:02:00.000000Z")
        l.revoke("ada", "bo", "left", at="2026-01-01T00:03:00.000000Z")
        state = self.good(l, marks=l.mark, pin=l.pin())
        size = len(l.hashes)
        self.assertEqual(state, {
            "size": size, "head": l.hashes[-1].hex(), "root": b64(root(l.hashes)), "confirmations": 1,
            "log_key": key("log2"), "old_log_key": key("log"),
            "roster": [
                {"key": key("ada"), "person": person("ada"), "roles": ["admin", "editor"], "enrolled": 0, "revoked": None},
                {"key": key("bo"), "person": person("bo"), "roles": ["editor"], "enrolled": 2, "revoked": size - 1},
                {"key": key("cy"), "person": person("cy"), "roles": ["admin", "editor"], "enrolled": 3, "revoked": None},
            ],
            "facts": [
                {"fact": f, "revision": c, "corrected": 1, "status": "asserted", "confirmed_by": [], "disputes": [],
                 "retraction": None, "sealed": False, "redacted": False, "suspect": False, "document_disputed": False},
                {"fact": g, "revision": g, "corrected": 0, "status": "asserted", "confirmed_by": [], "disputes": [],
                 "retraction": None, "sealed": False, "redacted": True, "suspect": False, "document_disputed": False},
            ],
            "documents": [
                {"document": d, "sealed": False, "redacted": False, "suspect": False},
                {"document": sealed, "sealed": False, "redacted": False, "suspect": False},
            ],
            "relations": [{"relation": rel + 1, "from": g, "rel": "qualifies", "to": f}],
            "undone": [],
        })
        self.assertEqual(reverify.spell(state).decode(), line(state).replace("True", "true").replace("False", "false"))

    def test_later_format_stops(self):
        l = Ledger()
        l.add("ada", "ledger.upgraded", {"v": 2}, {"statement": "On."})
        l.add("ada", "ledger.retimed", {}, {"statement": "Two."}, statement=b'{"v":2,"what":"ever"}')
        got = self.bad(l)
        self.assertEqual((got["exit"], got["size"], got["state"]), (2, 2, None))

    def test_later_format_not_allowed(self):
        for statement in (None, b'{"v":2,"what":"ever"}', b'{"v":9007199254740991,'):
            l = Ledger()
            n = l.add("ada", "ledger.retimed", {}, {"statement": "Two."}, v=2, statement=statement)
            self.bad(l, (207, n))
        for statement in (b'{"v":2}', b'{"v":02,', b'{"v":9007199254740992,', b'{"v":0,"base":1}', b'{ "v":2,'):
            l = Ledger()
            self.bad(l, (103, l.add("ada", "ledger.retimed", {}, {"statement": "Two."}, statement=statement)))

    def test_nothing_after_a_later_format(self):
        l = Ledger()
        l.add("ada", "ledger.upgraded", {"v": 2}, {"statement": "On."})
        l.add("ada", "ledger.retimed", {}, {"statement": "S"}, withhold=True)
        l.add("ada", "ledger.retimed", {}, {"statement": "Two."}, statement=b'{"v":2,', seq=9)
        self.assertEqual(self.bad(l, marks=b"junk\n", pin=b"junk", checkpoint=b"junk")["exit"], 2)


class Flip(Case):
    def test_every_byte(self):
        l = Ledger(recovery=None)
        l.enrol("ada", "bo")
        f = l.fact("ada", l.capture("ada"))
        l.confirm("bo", f)
        self.good(l)
        # One bit each in a different place: every byte, cheap enough to verify each time.
        for i in range(len(l.journal)):
            changed = bytearray(l.journal)
            changed[i] ^= 1 << (i % 8)
            got = l.verify(**{JOURNAL: bytes(changed)})
            self.assertNotEqual(got["exit"], 0, "byte %d" % i)

    def test_every_byte_of_the_checkpoint(self):
        l = Ledger()
        for i in range(len(l.checkpoint)):
            changed = bytearray(l.checkpoint)
            changed[i] ^= 1 << (i % 8)
            self.assertNotEqual(l.verify(checkpoint=bytes(changed))["exit"], 0, "byte %d" % i)


class Status(Case):
    def setUp(self):
        self.l = Ledger()
        for name in ("bo", "cy", "di"):
            self.l.enrol("ada", name)
        self.d = self.l.capture("ada")
        self.f = self.l.fact("ada", self.d)

    def is_now(self, status, **more):
        got = self.status(self.l, self.f)
        self.assertEqual({"status": status, **more}, {k: got[k] for k in ("status", *more)})

    def test_confirm_dispute_correct(self):
        l, f, d = self.l, self.f, self.d
        self.is_now("asserted", confirmed_by=[])
        l.confirm("bo", f)
        l.confirm("cy", f)
        self.is_now("confirmed", confirmed_by=[person("bo"), person("cy")])
        one = l.dispute("bo", f)
        two = l.dispute("bo", f, "document")
        l.confirm("di", f)
        self.is_now("disputed", disputes=[one, two], document_disputed=True)
        c = l.correct("ada", f, d, [one])
        self.is_now("disputed", disputes=[two], revision=c, corrected=1, confirmed_by=[])
        l.uphold("bo", two)
        self.is_now("asserted", disputes=[])
        l.confirm("bo", c)
        self.is_now("confirmed")

    def test_retract_and_reinstate(self):
        l, f = self.l, self.f
        l.confirm("bo", f)
        u = l.dispute("cy", f)
        r = l.retract("bo", f)
        self.is_now("retracted", disputes=[u], confirmed_by=[person("bo")], retraction=r)
        l.reinstate("cy", r)
        self.is_now("disputed", retraction=None)
        l.uphold("cy", u)
        self.is_now("confirmed")

    def test_refused(self):
        l, f, d = self.l, self.f, self.d
        bad = [(504, l.confirm("ada", f)), (501, l.confirm("bo", d))]
        l.confirm("bo", f)
        bad.append((505, l.confirm("bo", f)))
        u = l.dispute("bo", f)
        bad += [(508, l.uphold("ada", u)), (509, l.correct("ada", f, d, [u], reason="more-precise"))]
        c = l.correct("ada", f, d, [u])
        bad += [(503, l.confirm("cy", f)), (507, l.uphold("bo", u)), (509, l.correct("ada", c, d, [u]))]
        bad.append((517, l.correct("ada", c, d, sealed="by-hand")))
        r = l.retract("bo", c)
        bad += [(502, l.confirm("cy", c)), (512, l.reinstate("bo", r))]
        l.reinstate("cy", r)
        bad.append((511, l.reinstate("cy", r)))
        g = l.fact("ada", d)
        relate = lambda a, rel, b: l.add("ada", "fact.related", {"from": a, "rel": rel, "to": b}, {})  # noqa: E731
        bad += [(513, relate(f, "supports", f)), (513, relate(g, "same-as", f))]
        relate(f, "same-as", g)
        bad.append((514, relate(f, "same-as", g)))
        bad.append((516, l.fact("ada", d, sealed="2036-01-01T01:00:00.000000Z")))
        bad.append((204, l.add("bo", "fact.confirmed", {"on": 9999, "how": "reread"}, {})))
        bad.append((518, l.add("bo", "body.released", {"event": f}, {})))
        bad.append((404, l.enrol("bo", "ed")))
        bad.append((402, l.dispute("stranger", c)))
        bad.append((405, l.enrol("ada", "bo")))
        bad.append((406, l.revoke("ada", "ada", "left")))
        bad.append((407, l.revoke("ada", "stranger", "left")))
        bad.append((408, l.revoke("ada", "bo", "left", 5)))
        bad.append((612, l.enrol("ada", "ed", proved="Another Name")))
        bad.append((401, l.add("ada", "ledger.opened",
                               {"nonce": "0" * 32, "origin": ORIGIN, "log_key": key("x"), "window": 0,
                                "confirmations": 1, "recovery": None, "person": person("ada"),
                                "roles": ["admin"]}, {"title": "T", "licence": "L", "name": "N"})))
        bad.append((411, l.add("ada", "ledger.upgraded", {"v": 1}, {"statement": "S"})))
        l.revoke("ada", "bo", "left")
        bad.append((403, l.dispute("bo", c)))
        self.bad(l, *sorted(((rule, at) for rule, at in bad), key=lambda x: x[::-1]))

    def test_chain(self):
        l, f = self.l, self.f
        n = len(l.hashes)
        l.confirm("bo", f, prev="0" * 64)
        l.confirm("cy", f, base=n)  # the window is 0
        l.confirm("di", f, at=time(0))
        l.enrol("ada", "ed", seq=n + 5)
        got = self.bad(l, (202, n), (203, n + 1), (206, n + 2), (201, n + 5), (203, n + 5))
        self.assertEqual(len(only(got["state"]["facts"])["confirmed_by"]), 3)  # none of these bars an event
        lines = list(l.record("ada", "ledger.retimed", {}, {"statement": "S"}, seq=n + 6, base=n + 6,
                              after=l.hashes[-1].hex(), at=time(0)))
        lines[2] = b"0" * 128
        l.put(lines)
        l.close()
        self.assertIn((302, n + 6), faults(l.verify()))
        self.assertIn((206, n + 6), faults(l.verify()))


class Refold(Case):
    def setUp(self):
        self.l = Ledger()
        self.l.enrol("ada", "bo", ["admin", "editor"])
        self.l.enrol("ada", "cy", ["admin", "editor"])
        self.d = self.l.capture("ada")

    def undone(self, state):
        return [(u["event"], u["by"], u["how"]) for u in state["undone"]]

    def test_stolen_key(self):
        l = self.l
        f = l.fact("ada", self.d)
        stolen = l.fact("bo", self.d)              # struck, but it stays, suspect
        bad = l.retract("bo", f)                   # struck and gone
        back = l.reinstate("ada", bad)             # names a retraction that is gone: set aside
        rogue = l.enrol("bo", "thief")             # struck
        forged = l.fact("thief", self.d)           # its key was never enrolled: set aside
        p = l.revoke("ada", "bo", suspect_from=stolen)
        state = self.good(l)
        self.assertEqual(self.undone(state), [
            (stolen, p, "struck"), (bad, p, "struck"), (back, p, "set-aside"), (rogue, p, "struck"),
            (forged, p, "set-aside")])
        self.assertEqual([(x["fact"], x["status"], x["suspect"]) for x in state["facts"]],
                         [(f, "asserted", False), (stolen, "asserted", True)])
        self.assertEqual([h["key"] for h in state["roster"]], [key("ada"), key("bo"), key("cy")])
        self.assertEqual(state["roster"][1]["revoked"], p)
        l.confirm("cy", stolen)
        self.assertFalse(self.status(l, stolen)["suspect"])
        again = l.enrol("ada", "thief")            # a key is enrolled once, also where that was undone
        self.bad(l, (405, again))

    def test_suspect_document(self):
        l = self.l
        s = l.capture("bo", "stolen\n")
        l.revoke("ada", "bo", suspect_from=s)
        self.assertEqual([x["suspect"] for x in self.good(l)["documents"]], [False, True])
        l.add("cy", "document.described", {"document": s},
              {"statement": "Seen.", "media_type": "text/plain", "title": "T", "lang": "en", "captured_at": time(0)})
        self.assertEqual([x["suspect"] for x in self.good(l)["documents"]], [False, False])

    def test_released_stays(self):
        l = self.l
        s = l.capture("ada", "sealed\n", sealed="by-hand")
        b = l.add("bo", "body.released", {"event": s}, {})
        l.revoke("ada", "bo", suspect_from=b)
        state = self.good(l)
        self.assertEqual((self.undone(state), state["documents"][1]["sealed"]), ([], False))

    def test_thief_strikes_first(self):
        l = self.l
        start = l.fact("ada", self.d)
        a = l.fact("bo", self.d)                   # the thief holds bo's key from here on
        strike = l.revoke("bo", "ada", suspect_from=start)
        state = self.good(l)
        self.assertEqual(self.undone(state), [(start, strike, "struck")])
        self.assertEqual(state["facts"][0]["suspect"], True)
        answer = l.revoke("cy", "bo", suspect_from=a)
        state = self.good(l)
        self.assertEqual(self.undone(state), [(a, answer, "struck"), (strike, answer, "struck")])
        self.assertEqual([(h["key"], h["revoked"]) for h in state["roster"]],
                         [(key("ada"), None), (key("bo"), answer), (key("cy"), None)])
        self.assertEqual([x["suspect"] for x in state["facts"]], [False, True])
        l.fact("ada", self.d)                      # the honest editor signs again
        self.good(l)

    def test_revocation_dropped(self):
        l = self.l
        e = l.enrol("bo", "ed", ["admin", "editor"])   # bo's key is the thief's from here on
        f = l.fact("cy", self.d)
        strike = l.revoke("ed", "cy", suspect_from=f)   # the thief's own key strikes cy
        state = self.good(l)
        self.assertEqual(self.undone(state), [(f, strike, "struck")])
        p = l.revoke("ada", "bo", suspect_from=e)       # ed's enrolment is struck, so ed could not strike: dropped
        state = self.good(l)
        self.assertEqual(self.undone(state), [(e, p, "struck"), (strike, p, "set-aside")])
        self.assertEqual([(h["key"], h["revoked"]) for h in state["roster"]],
                         [(key("ada"), None), (key("bo"), p), (key("cy"), None)])
        self.assertFalse(state["facts"][0]["suspect"])

    def test_signer_of_the_revocation_undone(self):
        l = self.l
        e = l.enrol("bo", "ed", ["admin", "editor"])
        p = l.revoke("ed", "bo", suspect_from=e)        # it would undo its own signer's enrolment
        got = self.bad(l, (408, p))
        self.assertEqual((got["state"]["undone"], got["state"]["roster"][1]["revoked"]), ([], None))

    def test_recovery_key(self):
        l = self.l
        f = l.fact("ada", self.d)
        l.revoke("ada", "bo", "left")
        l.revoke("ada", "cy", "left")                   # the thief, with ada's key, shuts the others out
        no = l.revoke("recovery", "ada", "lost", None)  # the last admin key; that would also be 408
        p = l.revoke("recovery", "ada", suspect_from=f)  # the refold gives bo and cy their keys back
        new = l.enrol("recovery", "eve", ["admin", "editor"])
        no2 = l.revoke("recovery", "bo", "lost", None)
        got = self.bad(l, (406, no), (408, no2))
        self.assertEqual([(h["key"], h["revoked"]) for h in got["state"]["roster"]],
                         [(key("ada"), p), (key("bo"), None), (key("cy"), None), (key("eve"), None)])
        self.assertEqual(got["state"]["roster"][3]["enrolled"], new)
        self.assertEqual([u["event"] for u in got["state"]["undone"]], [f, f + 1, f + 2])

    def test_revoked_key_revoked_again(self):
        l = self.l
        f = l.fact("bo", self.d)
        out = l.revoke("ada", "bo", "left")
        self.bad(l, (407, l.revoke("cy", "bo", "lost")))
        p = l.revoke("ada", "bo", suspect_from=f)
        got = l.verify()
        self.assertEqual([h["revoked"] for h in got["state"]["roster"]], [None, out, None])
        self.assertEqual(self.undone(got["state"]), [(f, p, "struck")])

    def test_no_admin_left(self):
        l = Ledger()
        f = l.fact("ada", l.capture("ada"))
        self.bad(l, (408, l.revoke("recovery", "ada", suspect_from=f)), (408, l.revoke("ada", "ada", suspect_from=f)))

    def test_upgrade_is_not_set_aside(self):
        l = self.l
        f = l.fact("bo", self.d)
        l.add("ada", "ledger.upgraded", {"v": 3}, {"statement": "On."})
        self.bad(l, (411, l.add("ada", "ledger.upgraded", {"v": 3}, {"statement": "On."})))
        p = l.revoke("ada", "bo", suspect_from=f)
        self.assertEqual(self.undone(l.verify()["state"]), [(f, p, "struck")])

    def test_event_undone_since(self):
        l = self.l
        u = l.dispute("bo", l.fact("cy", self.d))
        l.revoke("ada", "bo", suspect_from=u)
        l.add("ada", "body.redacted", {"event": u, "reason": "personal-data"}, {"statement": "S"})
        self.good(l)


class Journal(Case):
    def test_torn_commits(self):
        l = Ledger()
        whole, checkpoint = l.journal, l.checkpoint
        l.enrol("ada", "bo")
        for cut in range(len(whole) + 1, len(l.journal), 97):
            got = l.verify(**{JOURNAL: l.journal[:cut], "checkpoint": checkpoint})
            self.assertEqual((got["exit"], got["size"], got["ignored_bytes"]), (0, 1, cut - len(whole)))
        broken = l.journal.replace(b"Bo Example", b"Bo Axample")
        got = l.verify(**{JOURNAL: broken, "checkpoint": checkpoint})
        self.assertEqual((got["exit"], got["size"], got["ignored_bytes"]), (0, 1, len(broken) - len(whole)))
        # The same with a checkpoint over it is no crash but a change.
        self.assertEqual(faults(l.verify(**{JOURNAL: broken})), [(601, 1), (706, 2)])
        self.assertEqual(faults(l.verify(**{JOURNAL: whole})), [(705, None)])

    def test_marks_and_pin(self):
        l = Ledger()
        old = l.files()
        l.enrol("ada", "bo")
        mark, pin = l.mark, l.pin()
        self.good(l, marks=mark + b"half a line", pin=pin)
        got = reverify.verify(reverify.Files(old), mark, pin)
        self.assertEqual((got["exit"], faults(got)), (4, [(707, None), (801, None)]))
        other = Ledger(recovery=None)
        other.enrol("ada", "bo")
        self.assertEqual(self.bad(other, (707, None), (802, None), marks=mark, pin=pin)["exit"], 4)
        self.assertEqual(self.bad(l, (803, None), pin=pin.replace(b"log 1", b"log 2"))["exit"], 2)
        self.bad(l, (701, None), checkpoint=b"junk")
        l.sign(log="other")
        self.bad(l, (703, None))

    def test_several_files(self):
        l = Ledger()
        first = len(l.journal)
        l.enrol("ada", "bo")
        l.enrol("ada", "cy")
        second = {JOURNAL: l.journal[:first], "journal/" + "1".zfill(20) + ".log": l.journal[first:]}
        self.good(l, **second)
        wrong = {JOURNAL: l.journal[:first], "journal/" + "2".zfill(20) + ".log": l.journal[first:]}
        self.assertEqual(self.bad(l, (910, 1), **wrong)["exit"], 2)

    def test_withheld(self):
        l = Ledger()
        l.capture("ada")
        sealed = l.add("ada", "fact.asserted", {"sealed": "by-hand"}, {"fact": fact(1)}, withhold=True)
        got = l.verify()
        self.assertEqual((got["exit"], got["state"]["facts"][0]["sealed"]), (0, True))
        self.assertGreater(got["not_checkable"], 0)
        l.add("ada", "body.released", {"event": sealed}, {})
        self.bad(l, (604, sealed))
        l.add("ada", "body.redacted", {"event": sealed, "reason": "court-order"}, {"statement": "S"})
        self.good(l)

    def test_folder_and_vector(self):
        l = Ledger()
        l.fact("ada", l.capture("ada"))
        with tempfile.TemporaryDirectory() as folder:
            for path, data in l.files().items():
                os.makedirs(os.path.dirname(os.path.join(folder, path)), exist_ok=True)
                with open(os.path.join(folder, path), "wb") as file:
                    file.write(data)
            out = self.run_main([folder, "--json", "--state"], 0)
            got = json.loads(out)
            self.assertEqual((got["exit"], got["size"]), (0, 3))
            self.assertIn(line(got["state"]["roster"]), self.run_main([folder, "--state"], 0))
            self.run_main([os.path.join(folder, "none")], 2)
            vector = {
                "name": "good", "rule": None, "about": "a good ledger",
                "files": {"ledger/" + k: {"base64": b64(v)} for k, v in l.files().items()},
                "expect": {"exit": 0, "faults": [],
                           "state_sha256": sha256(reverify.spell(got["state"])).hex()}}
            path = os.path.join(folder, "v.json")
            for exit_expected, result in ((0, 0), (1, 1)):
                vector["expect"]["exit"] = exit_expected
                with open(path, "w") as file:
                    json.dump(vector, file)
                self.run_main(["--vector", path], result)

    def test_a_folder_without_a_record_is_no_fault(self):
        with tempfile.TemporaryDirectory() as above:
            for path, data in Ledger().files().items():
                path = os.path.join(above, "ledger", path)
                os.makedirs(os.path.dirname(path), exist_ok=True)
                with open(path, "wb") as file:
                    file.write(data)
            os.mkdir(os.path.join(above, "empty"))
            for name in (".", "empty", "ledger/journal"):
                self.run_main([os.path.join(above, name)], 2)
            self.run_main([os.path.join(above, "ledger")], 0)

    def test_what_is_missing_beside_the_script_is_no_fault(self):
        with tempfile.TemporaryDirectory() as folder:
            script = os.path.join(folder, "reverify.py")
            shutil.copy(reverify.__file__, script)
            os.mkdir(os.path.join(folder, "bag"))
            with open(os.path.join(folder, "bag", "bagit.txt"), "w"):
                pass
            for place, name in (("bag", "reverify_bag.py"), ("http://127.0.0.1:9/", "reverify_web.py")):
                done = subprocess.run([sys.executable, script, place], cwd=folder, capture_output=True, text=True)
                self.assertEqual(done.returncode, 2, done.stderr)
                self.assertIn("reverify: expected %s beside reverify.py, in " % name, done.stderr)
            with open(os.path.join(folder, "cryptography.py"), "w"):
                pass  # stands in the place of the package
            done = subprocess.run([sys.executable, script, "bag"], cwd=folder, capture_output=True, text=True)
            self.assertEqual(done.returncode, 2)
            self.assertRegex(done.stderr, "^reverify: expected the package cryptography ")

    def test_what_is_no_regular_file_is_not_read(self):
        l = Ledger()
        l.fact("ada", l.capture("ada"))
        for kind in ("link", "folder", "pipe"):
            for name in l.files():
                with tempfile.TemporaryDirectory() as folder:
                    for path, data in l.files().items():
                        os.makedirs(os.path.dirname(os.path.join(folder, path)), exist_ok=True)
                        with open(os.path.join(folder, path), "wb") as file:
                            file.write(data)
                    place = os.path.join(folder, name)
                    os.rename(place, os.path.join(folder, "elsewhere"))
                    if kind == "link":
                        os.symlink(os.path.join(folder, "elsewhere"), place)
                    else:
                        (os.mkdir if kind == "folder" else os.mkfifo)(place)
                    told = json.loads(self.run_main([folder, "--json"], 2))
                    self.assertIn(911, [fault["rule"] for fault in told["faults"]], (kind, name))

    def test_of_a_file_that_is_too_long_no_more_is_read_than_shows_it(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "checkpoint")
            with open(path, "wb") as file:
                file.truncate(1 << 33)
            self.assertEqual(len(reverify.Folder(folder).read("checkpoint")), reverify.NOTE_MOST + 1)
        for names, most in ((("tile", "0", "000"), 8192), (("tile", "entries", "000"), 16777472),
                            (("body", "bundle", "000"), 4194560), (("journal", "0.log"), -1)):
            self.assertEqual(reverify.most_of(names), most)

    def run_main(self, arguments, expected):
        out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
        err = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            self.assertEqual(reverify.main(arguments), expected)
        out.flush()
        return out.buffer.getvalue().decode()


class Content(Case):
    def quote(self, text, found, **over):
        l = Ledger()
        l.fact("ada", l.capture("ada", text, **over), quote=found)
        return faults(l.verify())

    def test_quotation(self):
        text = "π “Так” 😀 сказала. " * 4 + "\u0301end 𝄞"
        for exact in ("😀", "сказала", "\u0301", "𝄞", "π"):
            found = quotation(text, exact)
            self.assertEqual(self.quote(text, found), [])
        found = quotation(text, "😀", 20)
        self.assertEqual(self.quote(text, found), [])
        # Bytes or UTF-16 units instead of code points.
        wrong = {**found, "span": {"start": len(text[:found["span"]["start"]].encode()), "end": found["span"]["end"]}}
        self.assertEqual(self.quote(text, wrong), [(609, 2)])
        quote = found["quote"]
        for change in ({"prefix": quote["prefix"][1:]}, {"suffix": quote["suffix"] + "x"}, {"exact": "😁"}):
            self.assertEqual(self.quote(text, {**found, "quote": {**quote, **change}}), [(609, 2)])
        # More context than is needed.
        start, end = found["span"]["start"], found["span"]["end"]
        n = max(len(quote["prefix"]), len(quote["suffix"])) + 1
        more = {"exact": "😀", "prefix": text[max(0, start - n):start], "suffix": text[end:end + n]}
        self.assertEqual(self.quote(text, {**found, "quote": more}), [(609, 2)])
        self.assertEqual(self.quote(text, found, media_type="text/html"), [(609, 2)])
        self.assertEqual(self.quote("\ufeff" + text, found), [(609, 2)])
        self.assertEqual(self.quote(b"\xff" + text.encode(), found), [(609, 2)])

    def test_repeated_text(self):
        text = "ab" * 200
        self.assertEqual(self.quote(text, quotation(text, "ab", 100)), [])
        text = "a" * 100
        self.assertEqual(self.quote(text, quotation(text, "aa", 30)), [])

    def test_independent(self):
        l = Ledger()
        l.enrol("ada", "bo")
        l.enrol("ada", "cy")
        d = l.capture("ada")
        copy = l.capture("ada", TEXT + TEXT, derived_from=d)
        other = l.capture("ada", "Another: " + TEXT)
        f = l.fact("ada", d)
        found = {"document": copy, "stance": "supports"}
        one = l.confirm("bo", f, how="independent-document", evidence=[found])
        l.confirm("cy", f, how="independent-document", evidence=[found, {**found, "document": other}])
        self.bad(l, (613, one))

    def test_documents(self):
        l = Ledger()
        d = l.capture("ada")
        l.capture("ada")
        digest = sha256(TEXT.encode()).hex()
        self.bad(l, (607, 2))
        l.documents[digest] = b"x"
        self.bad(l, (606, 1), (606, 2), (607, 2))
        del l.documents[digest]
        self.bad(l, (605, 1), (605, 2), (607, 2))
        self.assertEqual(d, 1)


    def test_bodies(self):
        l = Ledger()
        l.enrol("ada", "bo", ["admin", "editor"])
        d = l.capture("ada", sealed="2027-01-01T00:00:00.000000Z")
        bad = [(615, l.fact("ada", d)), (616, l.add("bo", "body.released", {"event": d}, {}))]
        l.add("ada", "body.released", {"event": l.capture("bo", "x", sealed=time(0))}, {})
        g = l.fact("ada", d)
        redact = ("body.redacted", {"event": g, "reason": "invalid-data"}, {"statement": "S"})
        bad.append((520, l.add("ada", *redact)))
        l.add("bo", *redact)
        bad.append((519, l.add("bo", *redact)))
        bad.append((104, l.add("ada", "ledger.retimed", {}, {"statement": "right-to-left \u202e"})))
        l.add("ada", "ledger.retimed", {}, {"statement": "S"}, salt=99)
        bad.append((603, l.add("ada", "ledger.retimed", {}, {"statement": "S"}, salt=99)))
        bad.append((410, l.add("ada", "ledger.rekeyed",
                               {"log_key": key("x"), "reason": "rotated", "possession": possession("log", "x", "o")},
                               {"statement": "S"})))
        same = l.record("ada", "ledger.retimed", {}, {"statement": "S"})
        l.put(same)
        l.close()
        again = l.add("ada", "ledger.retimed", {}, {"statement": "S"}, statement=same[1], salt=len(l.hashes) - 1)
        bad += [(203, again), (205, again), (603, again)]
        self.bad(l, *[(rule, at) for rule, at in bad])
        l.log_keys.pop()  # the rekeying was refused
        self.assertIn((804, None), faults(l.verify(pin=l.pin(origin="example.com/record"))))

    def test_record_form(self):
        l = Ledger()
        l.put(list(l.record("ada", "ledger.retimed", {}, {"statement": "S"}))[:1] + [b"x" * 4096, b"", b""])
        l.close()
        self.bad(l, (101, 1), (103, 1), (105, 1))


class Spelling(Case):
    def test_edtf(self):
        for good in (
            "2026", "0000", "2026-01", "2026-12-31", "2024-02-29", "0000-02-29", "2026-21", "2026-24", "202X", "20XX",
            "2026-XX", "2026-XX-XX", "2026-05-XX", "2026?", "2026-01~", "2026-01-01%", "2026/2027", "2026/..",
            "../2026", "2026/", "/2026", "2026-24/2026-01", "2026-12-31/2026", "2029/202X", "2026-02-28/2026-02",
            "2000-XX-XX/2000-01-01",
        ):
            self.assertTrue(reverify.is_edtf(good), good)
        for bad in (
            "", "26", "2026-13", "2026-00", "2026-20", "2026-25", "2026-02-29", "2100-02-29", "2026-04-31",
            "2026-01-00", "2XXX", "XXXX", "202x", "2026-1", "2026-XX-01", "2026-21-01", "202X-01", "/", "..", "../..",
            "/..", "../", "2026//2027", "2026-01?/2027", "2027/2026", "2026-02-02/2026-01", "2026??", "?2026",
            "2026 ", "２０２６", "2026-01-01T00", "Y2026", "-2026", "2026...", "2026\n", "203X/2029",
        ):
            self.assertFalse(reverify.is_edtf(bad), bad)

    def test_other_grammars(self):
        for check, good, bad in (
            (reverify.is_time, ["2024-02-29T23:59:59.999999Z", "1970-01-01T00:00:00.000000Z"],
             ["2023-02-29T00:00:00.000000Z", "1969-12-31T00:00:00.000000Z", "2024-01-01T24:00:00.000000Z",
              "2024-01-01T00:00:60.000000Z", "2024-01-01T00:00:00Z", "2024-01-01T00:00:00.000000Z\n"]),
            (reverify.is_origin, ["a.b", "a.b/c~/d"], ["ab", "ab/c.d", "a.b/", "A.b", "a." + "b" * 254]),
            (reverify.is_uri, ["a:b", "https://x/"], ["a:", "A:b", "a:b c", "a:é", "a:" + "b" * 1999]),
            (reverify.is_lang, ["en", "en-GB", "zh-Hant-TW"], ["e", "EN", "en-", "en-a"]),
            (reverify.is_key, ["0" * 64], ["0" * 63, "A" * 64, "0" * 64 + "\n", 5, None]),
        ):
            for value in good:
                self.assertTrue(check(value), value)
            for value in bad:
                self.assertFalse(check(value), value)

    def test_one_spelling(self):
        place = b'{"seq":0,"prev":null,"at":"2026-01-01T00:00:00.000000Z"}'
        self.assertIsNotNone(reverify.read_as(reverify.is_place, place))
        for other in (
            place.replace(b":0,", b": 0,"), place.replace(b":0,", b":00,"), place.replace(b":0,", b":-0,"),
            place.replace(b":0,", b":0.0,"), place.replace(b":0,", b":0e0,"), place.replace(b":0,", b":true,"),
            place.replace(b"seq", b"s\\u0065q"), place.replace(b'"prev":null,', b""), b"\xef\xbb\xbf" + place,
            place.replace(b'"seq":0', b'"seq":0,"seq":0'), place + b" ", b"[" * 100000, b'{"a":' * 100000,
            place.replace(b":0,", b":9007199254740992,"), place.replace(b":0,", b":" + b"9" * 9999 + b","),
            place.replace(b":0,", b":NaN,"), b'"\\ud800"', b"",
        ):
            self.assertIsNone(reverify.read_as(reverify.is_place, other), other[:80])

    def test_keys(self):
        self.assertTrue(reverify.acceptable(key("ada")))
        p = 2**255 - 19
        for refused in (
            1, 0, p - 1, p, p + 1, 2, 1 | 1 << 255,  # identity, small order, not canonical, not on the curve
            0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD83D3D706A17C7,  # order 8
        ):
            self.assertFalse(reverify.acceptable(refused.to_bytes(32, "little").hex()), hex(refused))
        # A good point plus one of order 2 is on the curve but outside the subgroup.
        x, y, z, t = reverify.add_points(reverify.decode_point(public("ada")), (0, p - 1, 1, 0))
        x, y = (v * pow(z, p - 2, p) % p for v in (x, y))
        mixed = (y | (x & 1) << 255).to_bytes(32, "little")
        self.assertIsNotNone(reverify.decode_point(mixed))
        self.assertFalse(reverify.acceptable(mixed.hex()))

    def test_malleable_signature(self):
        signature = secret("ada").sign(b"m")
        self.assertTrue(reverify.signature_holds(key("ada"), signature, b"m"))
        s = int.from_bytes(signature[32:], "little") + reverify.L
        self.assertFalse(reverify.signature_holds(key("ada"), signature[:32] + s.to_bytes(32, "little"), b"m"))


class Junk(Case):
    def test_never_raises(self):
        dice = random.Random(1)
        l = Ledger()
        l.enrol("ada", "bo")
        l.confirm("bo", l.fact("ada", l.capture("ada")))
        files, pin, mark = l.files(), l.pin(), l.mark

        def spoil(data):
            data = bytearray(data)
            for _ in range(dice.choice((1, 1, 2, 5, 40))):
                at, n = dice.randrange(len(data) + 1), dice.choice((0, 1, 1, 4, 200))
                other = dice.randrange(len(data) + 1)
                data[at:at + n] = dice.choice((
                    b"", bytes(data[other:other + n]), dice.randbytes(n), b"\n", b"= ", b"null", b"[" * n, b"-1"))
            return bytes(data)

        for _ in range(400):
            changed = {k: spoil(v) if dice.random() < 0.5 else v for k, v in files.items()}
            got = reverify.verify(reverify.Files(changed), spoil(mark), spoil(pin))
            self.assertIn(got["exit"], (0, 1, 2, 4))
            reverify.spell(got)
        for _ in range(200):
            junk = {k: dice.randbytes(dice.randrange(500)) for k in files}
            got = reverify.verify(reverify.Files(junk), dice.randbytes(50), dice.randbytes(50))
            self.assertIn(got["exit"], (1, 2, 4))

    def test_statements_of_any_shape(self):
        """Well signed statements whose args point anywhere: every rule of section 6 and 7 gets odd targets."""
        dice = random.Random(2)
        l = Ledger(window=5)
        l.enrol("ada", "bo", ["admin", "editor"])
        l.enrol("ada", "cy", ["editor"])
        l.capture("ada")
        names = ("ada", "bo", "cy", "stranger", "recovery")
        for _ in range(300):
            n, by = len(l.hashes), dice.choice(names)
            near = lambda: dice.randrange(max(0, n - 12), n + 1)  # noqa: E731
            dice.choice((
                lambda: l.enrol(by, "k%d" % n, ["admin", "editor"]), lambda: l.capture(by, "text %d" % near()),
                lambda: l.fact(by, near()), lambda: l.confirm(by, near()), lambda: l.dispute(by, near()),
                lambda: l.uphold(by, near()), lambda: l.correct(by, near(), near(), sorted({near(), near()})),
                lambda: l.retract(by, near()), lambda: l.reinstate(by, near()),
                lambda: l.revoke(by, dice.choice(names), suspect_from=max(1, near()), withhold=dice.random() < 0.2),
                lambda: l.revoke(by, "k%d" % near(), suspect_from=max(1, near())),
                lambda: l.add(by, "fact.related", {"from": near(), "rel": "updates", "to": near()}, {}),
                lambda: l.add(by, "relation.withdrawn", {"relation": near()}, {"statement": "S"}),
                lambda: l.add(by, "body.released", {"event": near()}, {}),
                lambda: l.add(by, "body.redacted", {"event": near(), "reason": "invalid-data"}, {"statement": "S"}),
                lambda: l.confirm(by, near(), how="independent-document",
                                  evidence=[{"document": near(), "stance": "supports"}]),
                lambda: l.add(by, "document.described", {"document": 3},
                              {"statement": "S", "media_type": "text/plain", "title": "T", "lang": "en",
                               "captured_at": time(0), "derived_from": near()}, base=max(1, n - 2)),
            ))()
        self.assertEqual(l.verify()["exit"], 1)


if __name__ == "__main__":
    unittest.main()
