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
