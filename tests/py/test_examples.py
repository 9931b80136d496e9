"""The examples of FORMAT.md: read from the page, verified, and made again from their seeds."""

import os
import re
import unittest

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from signer import Ledger, b64, reverify, root, sha256

PAGE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "FORMAT.md")


class Examples(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        with open(PAGE, encoding="utf-8", newline="") as file:
            page = file.read()
        page = page[page.index("## 10 "):]
        cls.files = {
            path: block.encode()
            for path, block in re.findall(r"^`([^`\n]+)`\n\n```text\n(.*?)^```$", page, re.M | re.S)}
        cls.state = cls.files.pop("state.json")[:-1]
        cls.proof = cls.files.pop("3.proof")
        cls.cosigned = re.search(r"^The note of section 10, [^\n]*\n\n```text\n(.*?)^```$", page, re.M | re.S)[1]
        cls.tree, cls.note = re.findall(r"^(?:Tree|A signed note) [^\n]*\n\n```text\n(.*?)^```$", page, re.M | re.S)

    def test_verified(self):
        ledger = {path[len("ledger/"):]: data for path, data in self.files.items() if path.startswith("ledger/")}
        self.assertEqual(len(ledger), 3)
        got = reverify.verify(reverify.Files(ledger), self.files["keys/log.marks"], self.files["pin"])
        self.assertEqual((got["exit"], got["faults"], got["not_checkable"], got["ignored_bytes"]), (0, [], 0, 0))
        self.assertEqual(reverify.spell(got["state"]), self.state)

    def test_made_again(self):
        l = Ledger()
        l.enrol("ada", "bo")
        l.confirm("bo", l.fact("ada", l.capture("ada")))
        made = {"ledger/" + path: data for path, data in l.files().items()}
        self.assertEqual({**made, "keys/log.marks": l.marks, "pin": l.pin()}, self.files)

    def test_proof(self):
        def judged(proof, **given):
            got = reverify.verify_proof(proof, **given)
            return got["exit"], [(f["rule"], f["position"]) for f in got["faults"]]

        pin = self.files["pin"]
        self.assertEqual(judged(self.proof, pin=pin), (0, []))
        self.assertEqual(judged(self.proof), (5, []))
        self.assertEqual(judged(self.proof, pin=pin + b"\n"), (2, [(803, None)]))
        self.assertEqual(judged(self.proof.replace(b"She said yes.", b"She said no!!"), pin=pin), (1, [(601, 3)]))
        end = len(self.proof) - 1
        for at in range(0, end, 7):  # every seventh byte: Python is slow at this
            flipped = self.proof[:at] + bytes([self.proof[at] ^ 1]) + self.proof[at + 1:]
            exit_code, faults = judged(flipped, pin=pin)
            self.assertTrue(exit_code == 1 and faults, at)

    def test_cosignature(self):
        note, line = self.cosigned.split("\n\nwitness ")
        note = (note + "\n").encode()
        text, _, _, _, signatures = reverify.parse_checkpoint(note)
        witness = reverify.parse_key(line.split()[1], 4)
        self.assertTrue(reverify.cosigned(witness, text, signatures))
        name, blob = signatures[1]
        for at in range(4, len(blob)):
            flipped = blob[:at] + bytes([blob[at] ^ 1]) + blob[at + 1:]
            self.assertIs(reverify.cosigned(witness, text, [signatures[0], (name, flipped)]), False)
        self.assertIsNone(reverify.cosigned(witness, text, signatures[:1]))
        self.assertIsNone(reverify.parse_key(line.split()[1], 1))

    def test_policy(self):
        key = self.cosigned.split("\n\nwitness w1 ")[1].strip()
        note = (self.cosigned.split("\n\nwitness ")[0] + "\n").encode()
        text, _, _, _, signatures = reverify.parse_checkpoint(note)

        def quorum(text_of_policy):
            return reverify.Policy(text_of_policy.encode()).judge(text, signatures)[1:]

        self.assertEqual(quorum("# none\n\nquorum none"), (False, True))
        self.assertEqual(quorum("witness a %s\nquorum a\n" % key), (False, True))
        self.assertEqual(quorum("witness a %s https://a/\ngroup g any a\nquorum g\n" % key), (False, True))
        refused = ["", "quorum a", "quorum none\nquorum none", "log %s\nquorum none" % key, "group g 1\nquorum g",
                   "witness none %s\nquorum none" % key, "witness a %s\nwitness b %s\nquorum a" % (key, key),
                   "witness a %s\ngroup g 2 a\nquorum g" % key, "witness a %s\ngroup g any a a\nquorum g" % key,
                   "witness a %s\ngroup g any a\ngroup h any a\nquorum g" % key, "quorum none\r\n"]
        for text_of_policy in refused:
            with self.assertRaises(ValueError, msg=text_of_policy):
                reverify.Policy(text_of_policy.encode())

    def test_tree(self):
        leaf, other, node, leaves, roots = self.tree.splitlines()
        hashed = lambda data: sha256(b"\x00" + data)  # noqa: E731
        self.assertEqual(leaf.split()[-1], hashed(b"").hex())
        self.assertEqual(other.split()[-1], hashed(b"L123456").hex())
        self.assertEqual(node.split()[-1], reverify.node(b"N123", b"N456").hex())
        leaves = [hashed(bytes.fromhex(x.strip('"'))) for x in leaves.split()[2:]]
        begins = roots.partition(" begin ")[2].split()
        self.assertEqual((len(leaves), len(begins)), (8, 9))
        for size, begin in enumerate(begins):
            self.assertEqual(reverify.Tree(leaves[:size]).root().hex()[:8], begin)
            self.assertEqual(root(leaves[:size]).hex()[:8], begin)

    def test_note(self):
        text, size, _, origin, signatures = reverify.parse_checkpoint(self.note.encode())
        self.assertEqual((size, origin, len(signatures)), (20852163, "example.com/behind-the-sofa", 1))
        private = Ed25519PrivateKey.from_private_bytes(b"\x11" + bytes(31))
        public = private.public_key().public_bytes_raw()
        key_id = sha256(origin.encode() + b"\n\x01" + public)[:4]
        made = text.decode() + "\n\u2014 %s %s\n" % (origin, b64(key_id + private.sign(text)))
        self.assertEqual(made, self.note)
        self.assertTrue(reverify.signature_holds(public.hex(), signatures[0][1][4:], text))


if __name__ == "__main__":
    unittest.main()
