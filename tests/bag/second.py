"""Judges bags by the second implementation: a line of JSON for each folder that is named."""

import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "scripts"))
import reverify_bag  # noqa: E402

pin = None
if sys.argv[1:2] == ["--pin"]:
    with open(sys.argv[2], "rb") as file:
        pin = file.read()
    del sys.argv[1:3]
for folder in sys.argv[1:]:
    got = reverify_bag.verify(folder, pin)
    print(json.dumps({name: got[name] for name in ("exit", "faults", "size", "head", "bag")}))
