"""Tests of scripts/reverify.py on submissions and receipts: vectors with any byte changed, and the command line."""

import contextlib
import io
import json
import os
import tempfile
import unittest

from signer import reverify

VECTORS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "vectors")


def files(name):
    with open(os.path.join(VECTORS, name + ".json"), encoding="utf-8") as file:
        return {name: held["text"].encode() for name, held in json.load(file)["files"].items()}


class Submissions(unittest.TestCase):
    def test_every_byte(self):
        # Of a place that the server wrote last, nothing in a receipt shows the time: here all are submitted.
        for name, both in (("next", ["submission"]), ("free", ["submission"]), ("exact", ["submission", "receipt"])):
            held = files("000-good-receipt-" + name)
            log_key = reverify.parse_key(held["log-key"].decode().rstrip("\n"), 1)
            for changed in both:
                for at in range(len(held[changed])):
                    flipped = bytearray(held[changed])
                    flipped[at] ^= 1 << at % 8
                    given = {**held, changed: bytes(flipped)}
                    got = reverify.verify_submission(given["submission"], given["receipt"], log_key, given["pin"])
                    rules = [fault["rule"] for fault in got["faults"]]
                    self.assertEqual((got["exit"], len(rules)), (1, 1), "%s: byte %d of %s" % (name, at, changed))
                    self.assertEqual(rules[0] // 10, 110 if changed == "submission" else 111)

    def test_command_line(self):
        held = files("000-good-receipt-exact")
        with tempfile.TemporaryDirectory() as folder:
            def path(name):
                return os.path.join(folder, name)

            for name, data in held.items():
                with open(path(name), "wb") as file:
                    file.write(data)
            key = held["log-key"].decode().rstrip("\n")
            asked = ["--submission", path("submission")]
            answered = [*asked, "--receipt", path("receipt")]
            for expected, arguments in (
                (0, asked),
                (0, [*answered, "--log-key", key, "--pin", path("pin")]),
                (0, [*answered, "--log-key", path("log-key"), "--pin", path("pin"), "--json"]),
                (2, [*answered, "--log-key", key]),
                (2, answered),
                (2, [*asked, "--receipt", path("missing"), "--log-key", key]),
                (1, ["--submission", path("receipt")]),
                (1, [*asked, "--receipt", path("submission"), "--log-key", key, "--pin", path("pin")]),
            ):
                out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
                err = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
                with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
                    self.assertEqual(reverify.main(arguments), expected, arguments)


if __name__ == "__main__":
    unittest.main()
