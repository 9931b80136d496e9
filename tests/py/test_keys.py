"""Python's `cryptography` reads the key files that annals writes (tests/keys/, held there byte for
byte by tests/keys/texts.rs).

Run: python3 -m unittest discover -s tests/py
"""

import hashlib
import os
import unittest

from cryptography.hazmat.primitives import serialization

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "keys")
SEED = hashlib.sha256(b"annals example key ada").digest()


def read(name):
    with open(os.path.join(FOLDER, name), "rb") as file:
        return file.read()


class Keys(unittest.TestCase):
    def test_secret_keys(self):
        for name, passphrase in (("plain.pem", None), ("encrypted.pem", b"correct horse")):
            key = serialization.load_pem_private_key(read(name), passphrase)
            self.assertEqual(key.private_bytes_raw(), SEED)

    def test_public_key(self):
        secret = serialization.load_pem_private_key(read("plain.pem"), None)
        public = serialization.load_pem_public_key(read("public.pem"))
        self.assertEqual(public.public_bytes_raw(), secret.public_key().public_bytes_raw())


if __name__ == "__main__":
    unittest.main()
