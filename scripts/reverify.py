#!/usr/bin/env python3
"""reverify: a second, independent reader of annals records.

What it is: it judges a ledger folder by FORMAT.md alone and folds its state. It shares no code with
the program that writes ledgers, so that an error in one of them shows as a difference between two.

What it needs: Python 3.9 or later and the package `cryptography` (for the last step of Ed25519).

How to run it:
    reverify.py DIR [--marks FILE] [--pin FILE] [--policy FILE] [--state] [--json]
    reverify.py ADDRESS [--pin FILE] [--policy FILE] [--state] [--json]
    reverify.py BAG [--pin FILE] [--policy FILE] [--state] [--json]
    reverify.py PROOF_FILE [--pin FILE] [--policy FILE] [--log-key KEY] [--json]
    reverify.py --submission FILE [--receipt FILE --log-key KEY [--pin FILE]] [--json]
    reverify.py --vector FILE_OR_FOLDER...

DIR is a ledger (journal/, document/ and checkpoint; db/ is never looked at) or a published directory
(tile/, body/, document/ and checkpoint). ADDRESS, http:// or https://, is where a published directory or a
server of a record is; reverify_web.py beside this one asks for its files. BAG is what an export makes: a
folder with bagit.txt; reverify_bag.py, beside this one too, judges it. Exit: 4 fork, 1 fault,
2 damage or could not tell, 5 trust missing, 0 nothing found. With --vector: 0 if every vector gives what it expects.
"""

import argparse
import base64
import binascii
import calendar
import errno
import functools
import hashlib
import importlib
import json
import os
import re
import stat
import sys

try:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
except ImportError as no_cryptography:
    if __name__ != "__main__":
        raise
    # Not exit 1: nothing was judged.
    print("reverify: expected the package cryptography (%s): python3 -m pip install cryptography"
          % no_cryptography, file=sys.stderr)
    sys.exit(2)

# rule -> (name, short text)
RULES = {
    101: ("record-form", "the record is more than 4,096 bytes"),
    102: ("place-form", "the first line is not a place in its one spelling"),
    103: ("statement-form", "the second line is not a statement of format 1 in its one spelling"),
    104: ("body-form", "the body is not a body of the type it names, in its one spelling"),
    105: ("signature-form", "the third line is not 128 hex"),
    201: ("place", "seq is not the expected position"),
    202: ("link", "prev is not the hash of the event before"),
    203: ("base", "base or after do not fit the record"),
    204: ("named-position", "a position in args is not before base"),
    205: ("repeated-statement", "an earlier event has the same statement"),
    206: ("time", "at is not later than the at of the event before"),
    207: ("version", "v is higher than any upgrade allows"),
    301: ("key-refused", "a key is not acceptable"),
    302: ("signature", "the signature is not valid"),
    401: ("opening", "ledger.opened is missing, not first, or repeated"),
    402: ("signer-unknown", "the signer is not enrolled"),
    403: ("signer-revoked", "the signer is revoked"),
    404: ("signer-role", "the signer has not the role"),
    405: ("key-enrolled-once", "the key was enrolled or log key before, or is the recovery key"),
    406: ("last-admin", "no unrevoked admin key would be left"),
    407: ("key-named", "the named key is not enrolled or is revoked"),
    408: ("suspect-from", "suspect_from does not fit, or the revocation does not hold in its own refold"),
    410: ("log-possession", "the new log key does not prove possession"),
    411: ("upgrade", "v is not larger than every earlier upgrade, or less than 2"),
    501: ("target", "a named position is not an applied event of the type it must be"),
    502: ("retracted", "the fact is retracted"),
    503: ("stale", "on is not the present revision"),
    504: ("own-words", "the confirmer made the present revision"),
    505: ("confirmed-twice", "this person has confirmed this revision"),
    507: ("dispute-closed", "the dispute is not open"),
    508: ("uphold-own", "upheld by the author of the fact or of its present revision"),
    509: ("resolves", "resolves names a dispute of another fact, a closed one, or must be empty"),
    511: ("retraction-standing", "the retraction does not stand"),
    512: ("reinstate-own", "reinstated by the person who retracted"),
    513: ("relation-ends", "from and to are the same, or in the wrong order"),
    514: ("relation-standing", "the relation stands already, or does not stand"),
    516: ("seal-bound", "sealed for more than ten years"),
    517: ("seal-late", "a sealed correction of a revision that is not sealed now"),
    518: ("release", "the released body is not sealed now"),
    519: ("redact-once", "the body is already redacted"),
    520: ("redact-own", "redacted by the person who signed the event"),
    601: ("body-digest", "the body is not the committed one"),
    602: ("body-signer", "by or type in the body is not the statement's"),
    603: ("body-repeated", "an earlier event has the same body digest"),
    604: ("body-missing", "the body is withheld and no event explains it"),
    605: ("document-missing", "the document is absent and no event explains it"),
    606: ("document-digest", "the document is not what was captured"),
    607: ("document-repeated", "a document of this digest was captured before"),
    608: ("document-named", "a named document is no applied document.captured before base"),
    609: ("quotation", "a quotation does not hold in its document"),
    612: ("possession", "the enrolled key does not prove possession"),
    613: ("independent", "no supporting document is independent of the confirmed revision's"),
    615: ("quotes-sealed", "an open fact quotes a sealed document"),
    616: ("release-early", "released before its time without because"),
    701: ("checkpoint-form", "the checkpoint is not there or not in form"),
    702: ("checkpoint-origin", "the checkpoint is of another origin"),
    703: ("checkpoint-signature", "a log key's signature is not there or does not verify"),
    704: ("checkpoint-root", "the checkpoint's root is not the record's"),
    705: ("short", "events are missing at the end"),
    706: ("closing", "a closing line does not hold, or closes no event"),
    707: ("behind-mark", "the log key signed a larger or another record"),
    801: ("cut-below-pin", "the record is shorter than the pin"),
    802: ("forked-from-pin", "the record is not the pinned one"),
    803: ("pin-damaged", "the pin is not in form or its sum does not hold"),
    804: ("pin-origin", "the pin is of another origin"),
    901: ("store", "the store differs from the journal"),
    902: ("index", "an index differs from a fresh fold"),
    910: ("journal-framing", "lines cannot be told apart into events, or a file is misnamed"),
    911: ("unreadable", "a file cannot be read, or the last mark is not in form"),
    971: ("bundle-missing", "an entry bundle that the size calls for is not there"),
    972: ("bundle-form", "a bundle cannot be cut into as many records as it must have"),
    973: ("tile-missing", "a tile that the size calls for is not there"),
    974: ("tile-hash", "a tile is not what follows from the records"),
    1001: ("proof-form", "the file is not a proof in its one spelling"),
    1002: ("proof-position", "seq is not the position under which the event stands"),
    1003: ("proof-inclusion", "the path does not lead to the checkpoint's root"),
    1004: ("proof-link", "prev or after is not the hash of the event in the file"),
    1005: ("proof-left-out", "the lines on what is left out are not those that the file asks for"),
    1006: ("proof-opening", "event 0 is not there or is not a ledger.opened in form"),
    1007: ("proof-fact", "the event at fact is not there or is not a fact.asserted in form"),
    1008: ("proof-signer", "no enrolment of the signer stands before the event in the file"),
    1009: ("proof-document", "evidence names no document.captured before it in the file"),
    1010: ("cosignature", "a line of a log or witness of the policy does not verify"),
    1101: ("submission-form", "it is not a submission in its one spelling, or its sum does not hold"),
    1102: ("submission-place", "a place or a base does not follow from the line of placing"),
    1111: ("receipt-form", "it is not a receipt in its one spelling"),
    1112: ("receipt-other", "it answers another submission"),
    1113: ("receipt-place", "a place is not one that the server may give, or does not follow the one before"),
    1114: ("receipt-checkpoint", "the checkpoint does not cover the events, or the log key did not sign it"),
    1115: ("receipt-consistency", "the proof does not lead from the known root to the checkpoint's"),
}
FORK = {707, 801, 802}
DAMAGE = {705, 803, 804, 901, 902, 910, 911, 971, 972, 973}

MOST = 9007199254740991  # the largest integer of section 1
RECORD_MOST, BODY_MOST, NOTE_MOST, PIN_MOST = 4096, 1048576, 1048576, 4194304
EVIDENCE_MOST, EVENTS_MOST, PATH_MOST = 8388608, 1024, 63
STRANGE_MOST = 10000  # records out of form or place that are read from a server


def sha256(data):
    return hashlib.sha256(data).digest()


def b64(data):
    return base64.b64encode(data).decode("ascii")


def unbase64(text):
    """RFC 4648 section 4, padded, unused bits zero; None if `text` is anything else."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    # The library forgives unused bits; only the one spelling encodes back to itself.
    return data if b64(data) == text else None


# --- 1 Spelling ------------------------------------------------------------------------------------

HIDDEN = re.compile(
    "[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufff9-\uffff"
    "\U000e0000-\U000e007f]"
)


def spell(value):
    # The library's escapes with these options are those of section 1: short ones, \u00xx, no more.
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8")


def refuse(_):
    raise ValueError("not a value of the tables")


def parse_integer(digits):
    return int(digits) if len(digits) <= 16 else refuse(digits)


def parse_object(pairs):
    fields = dict(pairs)
    return fields if len(fields) == len(pairs) else refuse(pairs)


def read_json(line):
    """The value of a line in its one spelling, or ValueError."""
    value = json.loads(
        line.decode("utf-8"),
        object_pairs_hook=parse_object,
        parse_int=parse_integer,
        parse_float=refuse,
        parse_constant=refuse,
    )
    if spell(value) != line:
        raise ValueError("another spelling")
    return value


def read_as(check, line):
    """The value of `line` if it is in its one spelling and `check` accepts it, else None."""
    try:
        value = read_json(line)
    except (ValueError, RecursionError):
        return None
    return value if check(value) else None


# A check is a function from a parsed value to true or false.


def text(most=2000, empty=False):
    return lambda v: isinstance(v, str) and (empty or v != "") and len(v) <= most


def ours(most=2000):
    """Words of ours: no hidden or steering characters."""
    return lambda v: text(most)(v) and not HIDDEN.search(v)


def grammar(pattern, most=2000):
    compiled = re.compile(pattern)
    return lambda v: isinstance(v, str) and len(v) <= most and compiled.fullmatch(v) is not None


def integer(least=0, most=MOST):
    return lambda v: type(v) is int and least <= v <= most  # not isinstance: true is no integer


def one_of(*values):
    return lambda v: isinstance(v, str) and v in values


def nullable(check):
    return lambda v: v is None or check(v)


def array(check, least=1, most=64):
    return lambda v: isinstance(v, list) and least <= len(v) <= most and all(map(check, v))


def table(*fields, also=None):
    """An object with these fields in this order; (name, check), a name ending in ? may be left out."""
    rows = [(name.rstrip("?"), name.endswith("?"), check) for name, check in fields]

    def check_table(v):
        if not isinstance(v, dict):
            return False
        here = [(name, check) for name, optional, check in rows if name in v or not optional]
        return (
            list(v) == [name for name, _ in here]
            and all(check(v[name]) for name, check in here)
            and (also is None or also(v))
        )

    return check_table


def days_in(year, month):
    if month == 2:
        return 29 if calendar.isleap(year) else 28
    return 30 if month in (4, 6, 9, 11) else 31


TIME = re.compile("([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})\\.[0-9]{6}Z")


def is_time(v):
    found = isinstance(v, str) and TIME.fullmatch(v)
    if not found:
        return False
    year, month, day, hour, minute, second = map(int, found.groups())
    return (
        year >= 1970 and 1 <= month <= 12 and 1 <= day <= days_in(year, month)
        and hour < 24 and minute < 60 and second < 60
    )


def edtf_span(d):
    """First and last day that one date D may mean, or None if it is no date."""
    found = re.fullmatch("([0-9]{4}|[0-9]{3}X|[0-9]{2}XX)(?:-([0-9]{2}|XX)(?:-([0-9]{2}|XX))?)?", d)
    if not found:
        return None
    year, month, day = found.groups()
    low, high = int(year.replace("X", "0")), int(year.replace("X", "9"))
    if "X" in year:
        return None if month else ((low, 1, 1), (high, 12, 31))
    if month in (None, "XX"):
        return ((low, 1, 1), (low, 12, 31)) if day in (None, "XX") else None
    m = int(month)
    if 21 <= m <= 24:  # a season; it means its whole year, for the southern half's sake too
        return ((low, 1, 1), (low, 12, 31)) if day is None else None
    if not 1 <= m <= 12:
        return None
    if day in (None, "XX"):
        return (low, m, 1), (low, m, days_in(low, m))
    return ((low, m, int(day)),) * 2 if 1 <= int(day) <= days_in(low, m) else None


def is_edtf(v):
    if not isinstance(v, str):
        return False
    first, slash, second = v.partition("/")
    if not slash:
        return edtf_span(v[:-1] if v[-1:] in ("?", "~", "%") else v) is not None
    a, b = edtf_span(first), edtf_span(second)
    if first in ("", ".."):
        return b is not None
    if second in ("", ".."):
        return a is not None
    return a is not None and b is not None and a[0] <= b[1]


is_key = is_digest = grammar("[0-9a-f]{64}")
is_signature = grammar("[0-9a-f]{128}")
is_person = is_nonce = grammar("[0-9a-f]{32}")
is_lang = grammar("[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
is_media_type = grammar("[a-z0-9.+-]+/[a-z0-9.+-]+")
is_uri = grammar("[a-z][a-z0-9+.-]*:[\x21-\x7e]+")
is_origin_path = grammar("[a-z0-9.-]+(/[a-z0-9._~-]+)*", 255)
is_position = integer()


def is_origin(v):
    return is_origin_path(v) and "." in v.partition("/")[0]


def is_sealed(v):
    return v is None or v == "by-hand" or is_time(v)


def is_roles(v):
    return v in (["admin"], ["editor"], ["admin", "editor"])


# --- 2, 3, 4 Tables --------------------------------------------------------------------------------

is_place = table(("seq", is_position), ("prev", nullable(is_digest)), ("at", is_time))

R = (
    "misquotation", "mistranslation", "misattribution", "wrong-date", "wrong-figure", "wrong-identity",
    "out-of-context", "contradicted", "unverifiable", "source-corrected", "source-retracted",
    "fabricated", "duplicate", "entry-error",
)
REDACTIONS = (
    "personal-data", "source-protection", "trade-secret", "government-confidential", "court-order",
    "invalid-data",
)


def not_both_null(v):
    return v["edtf"] is not None or v["as_written"] is not None


dated = (("edtf", nullable(is_edtf)), ("as_written", nullable(text())))
is_dating = table(*dated, also=not_both_null)
is_when = table(*dated, ("basis", one_of("stated", "derived", "inferred")), also=not_both_null)
description = (
    ("media_type", is_media_type), ("title", ours()), ("lang", is_lang), ("captured_at", is_time),
    ("derived_from?", is_position), ("method?", ours()), ("url?", is_uri), ("publisher?", ours()),
    ("authors?", array(ours())), ("published?", is_dating), ("archived_at?", is_uri), ("rights?", ours()),
)
is_quote = table(("exact", text(20000)), ("prefix", text(empty=True)), ("suffix", text(empty=True)))
is_span = table(("start", integer()), ("end", integer()))
is_translation = table(("lang", is_lang), ("text", text(20000)), ("by", one_of("human", "machine")))
is_one_evidence = table(
    ("document", is_position), ("stance", one_of("supports", "contradicts", "mentions")),
    ("quote?", is_quote), ("span?", is_span), ("reliability?", one_of(*"ABCDEF")),
    ("translation?", is_translation),
    also=lambda v: ("quote" in v) == ("span" in v),
)
is_evidence = array(is_one_evidence)
is_hop = table(
    ("agent", ours()), ("agent_type", one_of("person", "organization", "document")), ("act", ours()),
    ("role?", ours()), ("id?", is_uri), ("unnamed_because?", ours()),
)
is_topic = table(("name", ours()), ("id?", is_uri))
is_fact = table(
    ("claim", ours(4000)), ("lang", is_lang), ("vouch", one_of("said", "so")), ("evidence", is_evidence),
    ("attribution?", array(is_hop)), ("when?", is_when), ("topics?", array(is_topic)),
    also=lambda v: any(x["stance"] == "supports" and "quote" in x for x in v["evidence"]),
)


def is_resolves(v):
    return array(is_position, least=0)(v) and all(a < b for a, b in zip(v, v[1:]))


on, error_in, sealed = ("on", is_position), ("error_in", one_of("record", "document")), ("sealed", is_sealed)
reason_r, possession = ("reason", one_of(*R)), ("possession", is_signature)
statement, evidence = ("statement", ours(20000)), ("evidence?", is_evidence)
policy = (("title", ours()), ("licence", ours()))
corrections, name = ("corrections_policy?", ours()), ("name", ours())
confirmations = ("confirmations", integer(1, 9))

# type -> (fields of args, fields of the body after salt, by, type; who may sign)
TYPES = {
    "ledger.opened": (
        (("nonce", is_nonce), ("origin", is_origin), ("log_key", is_key), ("window", integer(0, 65536)),
         confirmations, ("recovery", nullable(is_digest)), ("person", is_person),
         ("roles", lambda v: is_roles(v) and "admin" in v)),
        (*policy, name, corrections), None),
    "ledger.changed": ((confirmations,), (*policy, corrections), "admin"),
    "ledger.rekeyed": (
        (("log_key", is_key), ("reason", one_of("rotated", "compromised")), possession), (statement,), "admin"),
    "ledger.retimed": ((), (statement,), "admin"),
    "ledger.upgraded": ((("v", integer()),), (statement,), "admin"),
    "editor.enrolled": (
        (("key", is_key), ("person", is_person), ("roles", is_roles), possession), (name,), "admin"),
    "editor.changed": ((("key", is_key), ("roles", is_roles)), (name,), "admin"),
    "editor.revoked": (
        (("key", is_key), ("reason", one_of("left", "rotated", "lost", "compromised")),
         ("suspect_from", nullable(integer(1)))), (statement,), "admin"),
    "document.captured": (
        (sealed,), (("sha256", is_digest), ("bytes", integer(0, 67108864)), *description), "editor"),
    "document.described": ((("document", is_position),), (statement, *description), "editor"),
    "fact.asserted": ((sealed,), (("fact", is_fact),), "editor"),
    "fact.confirmed": (
        (on, ("how", one_of("reread", "independent-document", "direct-contact"))), (evidence,), "editor"),
    "fact.disputed": ((on, reason_r, error_in), (statement, evidence), "editor"),
    "fact.upheld": ((("dispute", is_position),), (statement, evidence), "editor"),
    "fact.corrected": (
        (on, ("reason", one_of(*R, "more-precise")), error_in, ("resolves", is_resolves), sealed),
        (statement, ("fact", is_fact)), "editor"),
    "fact.retracted": ((on, reason_r, error_in), (statement,), "editor"),
    "fact.reinstated": ((("retraction", is_position),), (statement, evidence), "editor"),
    "fact.related": (
        (("from", is_position),
         ("rel", one_of("supports", "contradicts", "qualifies", "updates", "same-as", "part-of")),
         ("to", is_position)), (("statement?", ours(20000)),), "editor"),
    "relation.withdrawn": ((("relation", is_position),), (statement,), "editor"),
    "body.released": ((("event", is_position),), (("because?", ours(20000)),), "editor"),
    "body.redacted": ((("event", is_position), ("reason", one_of(*REDACTIONS))), (statement,), "admin"),
}
is_type = one_of(*TYPES)
ARGS = {kind: table(*args) for kind, (args, _, _) in TYPES.items()}
BODY = {
    kind: table(("salt", is_digest), ("by", is_key), ("type", one_of(kind)), *body)
    for kind, (_, body, _) in TYPES.items()
}
POSITIONS = ("document", "on", "dispute", "retraction", "from", "to", "relation", "event", "suspect_from")


def is_body(v):
    """A body of the type that it names itself; that it is the statement's is rule 602."""
    kind = v.get("type") if isinstance(v, dict) else None
    return is_type(kind) and BODY[kind](v)


is_statement = table(
    ("v", integer(1, 1)), ("base", is_position), ("after", nullable(is_digest)), ("said", is_time),
    ("by", is_key), ("type", is_type), ("args", lambda v: isinstance(v, dict)), ("body", is_digest),
    also=lambda v: (v["after"] is None) == (v["base"] == 0) and ARGS[v["type"]](v["args"]),
)


# --- 2 Verdict on a signature ----------------------------------------------------------------------

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_1 = pow(2, (P - 1) // 4, P)
IDENTITY = bytes([1]) + bytes(31)


def decode_point(encoding):
    """The point in extended coordinates (X, Y, Z, T), or None if the encoding is not canonical."""
    y = int.from_bytes(encoding, "little")
    sign, y = y >> 255, y & (2**255 - 1)
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if x * x % P != square:
        x = x * ROOT_OF_MINUS_1 % P
    if x * x % P != square or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = P - x
    return x, y, 1, x * y % P


def add_points(p, q):
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % P, (p[1] + p[0]) * (q[1] + q[0]) % P
    c, d = 2 * p[3] * q[3] * D % P, 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def is_identity(p):
    return p[0] % P == 0 and (p[1] - p[2]) % P == 0


@functools.lru_cache(maxsize=None)
def acceptable(key):
    """Whether a key (64 hex) is canonical, of prime order and not the identity."""
    point = decode_point(bytes.fromhex(key))
    if point is None or is_identity(point):
        return False
    product, scalar = (0, 1, 1, 0), L
    while scalar:
        if scalar & 1:
            product = add_points(product, point)
        point, scalar = add_points(point, point), scalar >> 1
    return is_identity(product)


def signature_holds(key, signature, message):
    if not acceptable(key) or int.from_bytes(signature[32:], "little") >= L or signature[:32] == IDENTITY:
        return False
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(key)).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def possession_holds(kind, origin, key, name, signature):
    message = b"annals/enrol/v1" + sha256("\n".join((kind, origin, key, name)).encode("utf-8"))
    return signature_holds(key, bytes.fromhex(signature), message)


def fingerprint(key):
    return sha256(bytes.fromhex(key)).hex()


# --- 2 Tree (RFC 6962) -----------------------------------------------------------------------------


class Tree:
    """Roots of perfect subtrees from the largest to the smallest, as bits of the size."""

    def __init__(self, leaves=()):
        self.size, self.peaks = 0, []
        for leaf in leaves:
            self.add(leaf)

    def add(self, leaf):
        self.size += 1
        self.peaks.append(leaf)
        for _ in range((self.size & -self.size).bit_length() - 1):
            right = self.peaks.pop()
            self.peaks.append(node(self.peaks.pop(), right))

    def root(self):
        return fold(self.peaks)


def node(left, right):
    return sha256(b"\x01" + left + right)


def fold(peaks):
    """The root over perfect subtrees, the largest first."""
    return functools.reduce(lambda right, left: node(left, right), reversed(peaks)) if peaks else sha256(b"")


# --- 9 Files, journal, notes -----------------------------------------------------------------------


class NoVerdict(Exception):
    """The reading ended without a verdict: what was found is no record, or could not be read."""


class Page(FileNotFoundError):
    """In the place of a file came a page of HTML, or nothing."""


def read_file(path, most=-1):
    """The bytes of a regular file. A link is not followed, and nothing waits at a named pipe. Of a file of more
    than `most` bytes, only one byte more than these is read: it is longer than any in form."""
    def opened(path, flags):
        # Both are absent on systems without links or pipes.
        handle = os.open(path, flags | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            os.close(handle)
            raise OSError(errno.EINVAL, "expected a regular file", path)
        return handle

    with open(path, "rb", opener=opened) as file:
        return file.read(most if most < 0 else most + 1)


def most_of(names):
    """The greatest length of a file of a ledger or a published directory that is in form; -1 where there is none."""
    if names[0] == "tile":
        return 256 * (2 + 65535) if names[1] == "entries" else 256 * 32
    if names[0] == "body":
        return 256 * 16385 if names[1] == "bundle" else 2 * BODY_MOST
    return {"checkpoint": NOTE_MOST}.get(names[0], -1)


class Folder:
    """The ledger's files on disk. Nothing is followed outside of it, db/ is never read."""

    served = False  # whether they come from a server, which could send without end

    def __init__(self, path):
        self.path = path

    def names(self, folder):
        return os.listdir(os.path.join(self.path, folder))

    def read(self, *names):
        return read_file(os.path.join(self.path, *names), most_of(names))


class Files:
    """The same from memory, for vectors: path below the ledger -> bytes."""

    served = False

    def __init__(self, files):
        self.files = files

    def names(self, folder):
        names = [path[len(folder) + 1:] for path in self.files if path.startswith(folder + "/")]
        if not names:
            raise FileNotFoundError(folder)
        return names

    def read(self, *names):
        path = "/".join(names)
        if path not in self.files:
            raise FileNotFoundError(path)
        return self.files[path]


class Commit:
    """Events (each a list of four lines), whether lines are left over, and the closing line.

    What stands after the last closing line of a file has none (None): no part of the record at its end,
    whole fours that are events, and something left over, before it."""

    def __init__(self, data, closing):
        self.file, self.data, self.closing = None, data, closing
        *lines, _ = data.split(b"\n")  # what LF does not end is no line
        whole = len(lines) // 4 * 4
        self.events = [lines[i:i + 4] for i in range(0, whole, 4)]
        self.left_over = len(lines) > whole if closing is not None else bool(data)

    def closing_size(self):
        """The size that the closing line says; None if it is not in form."""
        parts = (self.closing or b"").decode("latin-1").split(" ")
        in_form = len(parts) == 4 and parse_root(parts[2]) and parse_root(parts[3])
        return parse_size(parts[1]) if in_form else None

    def closing_root(self):
        """The root that the closing line says; None if it is not in form."""
        words = self.closing.decode("latin-1").split(" ")
        in_form = len(words) == 4 and parse_size(words[1]) is not None and parse_root(words[3])
        return parse_root(words[2]) if in_form else None

    def unfinished(self, size):
        """Whether the closing line's form, size or sum does not hold; its root is judged with the events."""
        said = self.closing_size()
        return said is None or said != size or self.closing.split(b" ")[3] != b64(sha256(self.data)).encode()


CLOSING = re.compile(rb"^= [^\n]*\n", re.M)


def commits_of_file(number, data):
    """The commits of a file; the first knows the file's number. Without any closing line it is one without."""
    commits, start = [], 0
    for found in CLOSING.finditer(data):
        commits.append(Commit(data[start:found.start()], found[0][:-1]))
        start = found.end()
    if start < len(data) or not commits:
        commits.append(Commit(data[start:], None))
    commits[0].file = number
    return commits


def parse_size(digits):
    found = re.fullmatch("0|[1-9][0-9]{0,15}", digits)
    return int(digits) if found and int(digits) <= MOST else None


def parse_root(words):
    root = unbase64(words)
    return root if root is not None and len(root) == 32 else None


def parse_checkpoint(data):
    """(text, size, root, origin, [(name, key id and signature)]) of a signed note, or None."""
    note = parse_note(data)
    if note is None or len(note[1]) != 3:
        return None
    text, lines, signatures = note
    size, root = parse_size(lines[1]), parse_root(lines[2])
    if not lines[0] or size is None or root is None:
        return None
    return text, size, root, lines[0], signatures


def parse_note(data):
    """(text, its lines, [(name, key id and signature)]) of a signed note, or None."""
    if data is None or len(data) > NOTE_MOST or data.startswith(b"\xef\xbb\xbf"):
        return None
    head, gap, tail = data.partition(b"\n\n")
    try:
        lines, signed = head.decode("utf-8").split("\n"), tail.decode("utf-8")
    except UnicodeDecodeError:
        return None
    if not gap or not signed.endswith("\n") or re.search(rb"[\x00-\x09\x0b-\x1f]", data):
        return None
    signatures = []
    for line in signed[:-1].split("\n"):
        found = re.fullmatch("\u2014 ([^\\s+\x00-\x1f\x7f-\x9f]+) ([A-Za-z0-9+/=]+)", line)
        payload = found and unbase64(found[2])
        if not payload or len(payload) < 5:
            return None
        signatures.append((found[1], payload))
    return head + b"\n", lines, signatures


def lines_of(key, signatures):
    """What follows the key id in the lines of a key (name, id, 64 hex)."""
    return [payload[4:] for name, payload in signatures if (name, payload[:4]) == key[:2]]


def key_id(name, kind, key):
    return sha256(name.encode() + b"\n" + bytes([kind]) + bytes.fromhex(key))[:4]


def note_key(name, key):
    """A log's key as (name, id, 64 hex)."""
    return name, key_id(name, 1, key), key


def signed_by(key, note, signatures):
    """Whether a log's key stands in a note and every line of it verifies; None if it is not there."""
    found = lines_of(key, signatures)
    return all(len(s) == 64 and signature_holds(key[2], s, note) for s in found) if found else None


def parse_mark(line):
    """(origin, size, root, key id and signature) of one mark, or None."""
    try:
        origin, size, root, signature = line.decode("ascii").split(" ")
    except ValueError:
        return None
    size, root, payload = parse_size(size), parse_root(root), unbase64(signature)
    if not is_origin(origin) or size is None or root is None or payload is None or len(payload) != 68:
        return None
    return origin, size, root, payload


SIGNATURE = "\u2014 ".encode()
IMPORTED = re.compile(rb"annals imported v(1\n(read-only (0|[1-9][0-9]*)|rekey [0-9a-f]{64})\n|([2-9]|[1-9][0-9]+)\n.*)", re.S)


def is_following(data):
    """Whether this is a file `following` in form (section 9, "Following copy"), or of a later version."""
    if re.match(rb"annals following v([2-9]|[1-9][0-9]{1,15})\n", data):
        return True
    try:
        found = re.fullmatch("annals following v1\nplace [^\r\n]+\n(?:pulled (.*)\n)?", data.decode("utf-8"))
    except UnicodeDecodeError:
        return False
    return len(data) <= 16384 and found is not None and (found[1] is None or is_time(found[1]))


def is_home(data):
    """Whether this is a file `home` in form (section 18), or of a later version."""
    if re.match(rb"annals home v([2-9]|[1-9][0-9]{1,15})\n", data):
        return True
    try:
        found = re.fullmatch("annals home v1\nplace [^\r\n]+\n(?:memory ([^\\s\x00-\x1f\x7f-\x9f]+) (.+)\n)?", data.decode("utf-8"))
    except UnicodeDecodeError:
        return False
    return len(data) <= 16384 and found is not None and (found[1] is None or parse_key(found[2], 4) is not None)


def judge_imported(verifier, place):
    """911 of the files that say what a ledger is a copy of (sections 14, 9 and 18)."""
    for name in ("imported", "checkpoints", "following", "home"):
        if os.path.islink(place(name)):
            verifier.fault(911)
            continue
        data = verifier.read(name)
        marks = (data or b"").split(b"\n")[:-1] if name == "checkpoints" else []
        in_form = {"imported": IMPORTED.fullmatch, "following": is_following, "home": is_home}.get(name, bool)
        if None in map(parse_mark, marks) or name != "checkpoints" and data is not None and not in_form(data):
            verifier.fault(911)
        elif name == "imported" and data is not None:
            verifier.of = int(IMPORTED.fullmatch(data)[3] or 0)


def ended(data, most):
    """The lines of a file before its last one, `sum` and the digest of them; None if it does not hold."""
    if data is None or len(data) > most or not data.endswith(b"\n"):
        return None
    body, _, last = data[:-1].rpartition(b"\n")
    body += b"\n"
    return body[:-1].split(b"\n") if last == b"sum " + sha256(body).hex().encode() else None


def later_version(data, word):
    """The version that a text form's first line says, if it is a later one; else None."""
    found = re.match(b"annals %s v([1-9][0-9]{0,15})\n" % word, data)
    version = parse_size(found[1].decode()) if found else None
    return version if version is not None and version > 1 else None


WIDE = re.compile(rb"\xff\xfe|\xfe\xff|[\x09-\x7e]\x00[\x09-\x7e]\x00|\x00[\x09-\x7e]\x00[\x09-\x7e]")


def changed(data):
    """Whether a text form was changed on its way (section 9)."""
    if data.startswith(b"\xef\xbb\xbf") or WIDE.match(data):
        return True
    lines = data.count(b"\n")
    if not lines:
        return data.count(b"\r") > 1
    return 0 < data.count(b"\r\n") >= lines / 2


def changed_text(data):
    """The same of a text with signatures, or a pin or evidence, that is not in form (section 9)."""
    if changed(data):
        return True
    if not data.endswith(b"\n"):
        return b"\n" in data
    lines = data[:-1].split(b"\n")
    signed = any(line.startswith(SIGNATURE) for line in lines)
    if not lines[-1].strip(b" \t") and (signed or data.rstrip(b" \t\n\x0c\r").split(b"\n")[-1].startswith(b"sum ")):
        return True
    return any(line and not line.strip(b" \t") for line in lines)


def changed_proof(data):
    """The same of a proof that is not in form."""
    lines = data.split(b"\n")
    longest = max(map(len, lines))
    folded = longest <= 80 and sum(len(line) >= 60 for line in lines) >= 3
    # A signature line with another dash, or a damaged one, is an end too, and is judged.
    last = data.rstrip(b" \t\n\x0c\r").split(b"\n")[-1]
    word = last.split(b" ")[-1]
    alike = 60 <= len(word) < len(last) and not last.startswith((b"path ", b"{"))
    ended = alike or any(line.startswith(SIGNATURE) for line in lines)
    return changed_text(data) or folded or not ended


def is_page(data):
    """Whether bytes are a page of HTML, which is no file of a published directory (section 9)."""
    start = data.removeprefix(b"\xef\xbb\xbf").lstrip(b"\t\n\x0c\r ")[:14].lower()
    return start.startswith((b"<!doctype html", b"<html"))


def unchanged(data):
    """A text without the changes of its way, as far as it is ASCII: to see what it is."""
    found = WIDE.match(data)
    if found and not data.startswith(b"\xef\xbb\xbf"):
        marked = data[:2] in (b"\xff\xfe", b"\xfe\xff")
        first = found[0].startswith((b"\xfe", b"\x00"))
        letters = data[2 * marked:][first::2]
        data = letters.split(b"\x00")[0]
    elif data.startswith(b"\xef\xbb\xbf"):
        data = data[3:]
    return data.replace(b"\r", b"") if changed(data) else data


class Lines:
    """Lines that are taken one after the other, each by the word that it begins with."""

    def __init__(self, lines):
        self.lines = lines

    def value(self, name):
        """What the next line says after `name` and a space; None, and nothing taken, if it is another."""
        if not self.lines or not self.lines[0].startswith(name + b" "):
            return None
        return self.lines.pop(0)[len(name) + 1:]

    def values(self, name):
        return list(iter(lambda: self.value(name), None))

    def note(self, name):
        """A checkpoint whose number of lines the line `name` says, with its bytes; or None."""
        count = parse_size((self.value(name) or b"").decode("utf-8", "replace"))
        if not count or count > len(self.lines):
            return None
        data = b"\n".join(self.lines[:count]) + b"\n"
        del self.lines[:count]
        return parse_checkpoint(data)


def is_hex(word):
    return word is not None and bool(re.fullmatch(b"[0-9a-f]{64}", word))


def signs(key, checkpoint):
    """Whether a key signed a checkpoint under its origin: one line at least, and none that is not good."""
    text, _, _, origin, signatures = checkpoint
    key_id = sha256(origin.encode() + b"\n\x01" + bytes.fromhex(key))[:4]
    found = [p for name, p in signatures if name == origin and p[:4] == key_id]
    return bool(found) and all(len(p) == 68 and signature_holds(key, p[4:], text) for p in found)


class Pin:
    """What an auditor keeps: genesis, head, peaks, log keys by size, and the checkpoint."""

    def __init__(self, lines):
        lines = Lines(lines)
        if lines.lines.pop(0) != b"annals pin v1":
            raise ValueError("first line")
        genesis, head = lines.value(b"genesis"), lines.value(b"head")
        peaks = [parse_root(p.decode("ascii")) for p in lines.values(b"peak")]
        self.log = [log_keys(words.decode("ascii")) for words in lines.values(b"log")]
        self.checkpoint = lines.note(b"checkpoint")
        if not is_hex(genesis) or not is_hex(head) or None in peaks or not self.checkpoint or lines.lines:
            raise ValueError("lines")
        self.genesis, self.head, self.peaks = bytes.fromhex(genesis.decode()), bytes.fromhex(head.decode()), peaks
        _, self.size, self.root, self.origin, _ = self.checkpoint
        sizes = [size for size, _ in self.log]
        if (self.size < 1 or len(peaks) != bin(self.size).count("1") or fold(peaks) != self.root
                or (self.size % 2 and peaks[-1] != self.head) or (self.size == 1 and self.genesis != self.head)
                or not sizes or sizes[0] != 1 or self.log[0][1][1:] or sizes[-1] > self.size
                or any(a >= b for a, b in zip(sizes, sizes[1:]))
                or not all(signs(key, self.checkpoint) for key in self.log[-1][1])):
            raise ValueError("parts")

    def ranges(self):
        """(first event, event after the last, root) of each complete subtree, the largest first."""
        start = 0
        for bit in range(self.size.bit_length() - 1, -1, -1):
            if self.size >> bit & 1:
                yield start, start + (1 << bit), self.peaks[bin(start).count("1")]
                start += 1 << bit


def log_keys(words):
    """(size, [log key, and the old one if there is one]) of a `log` line of a pin."""
    size, key, old = words.split(" ")
    if parse_size(size) is None or not all(re.fullmatch("[0-9a-f]{64}", k) for k in (key, old) if k != "-") or key == "-":
        raise ValueError("log")
    return parse_size(size), [key] if old == "-" else [key, old]


def parse_pin(data):
    """A pin, or None."""
    lines = ended(data, PIN_MOST)
    try:
        return lines and Pin(lines)
    except (ValueError, IndexError):
        return None


class Evidence:
    """Two checkpoints of one key, and what fails."""

    def __init__(self, lines):
        lines = Lines(lines)
        if lines.lines.pop(0) != b"annals evidence v1":
            raise ValueError("first line")
        self.claim, key = lines.value(b"claim"), lines.value(b"key")
        self.first, self.second = lines.note(b"first"), lines.note(b"second")
        if self.claim not in (b"forked", b"cut") or not is_hex(key) or not self.first or not self.second:
            raise ValueError("lines")
        self.key, self.parted, self.namings = key.decode(), None, []
        (_, one, _, origin, _), (_, other, _, second, _) = self.first, self.second
        if self.claim == b"forked":
            at = parse_size((lines.value(b"at") or b"").decode("ascii"))
            self.parted = at, [(parse_root((lines.value(b"root") or b"").decode("ascii")), path_of(lines))
                               for _ in range(2)]
            if not at or at > min(one, other) or any(root is None for root, _ in self.parted[1]):
                raise ValueError("at")
        elif not 0 < other < one:
            raise ValueError("cut")
        while (position := lines.value(b"event")) is not None:
            record = b"".join(lines.lines.pop(0) + b"\n" for _ in range(3))
            self.namings.append((parse_size(position.decode("ascii")), record, path_of(lines)))
        positions = [position for position, _, _ in self.namings]
        if (lines.lines or origin != second or None in positions or len(positions) > EVENTS_MOST
                or any(a >= b for a, b in zip(positions, positions[1:])) or any(p >= other for p in positions)
                or any(len(record) > RECORD_MOST for _, record, _ in self.namings)):
            raise ValueError("parts")
        for _, record, _ in self.namings:
            record.decode("utf-8")

    def fails(self):
        """What of the claim the file does not show."""
        out = [which for which, note in (("first", self.first), ("second", self.second)) if not signs(self.key, note)]
        if self.parted:
            at, trees = self.parted
            for (root, path), (_, size, whole, _, _) in zip(trees, (self.first, self.second)):
                if not consistent(at, size, root, whole, path):
                    out.append("consistency")
            if trees[0][0] == trees[1][0]:
                out.append("roots")
        return out + ["event %d" % n[0] for n in self.namings if self.named(n) is None]

    def named(self, naming):
        """The log key that a record of the second tree names, or None."""
        position, record, path = naming
        _, size, root, origin, _ = self.second
        if not included(position, size, sha256(b"\x00" + record), root, path):
            return None
        place, statement, signature, _ = record.split(b"\n")
        said = read_as(is_statement, statement)
        if not said or not re.fullmatch(b"[0-9a-f]{128}", signature):
            return None
        signed = b"annals/event/v1" + sha256(statement)
        if not signature_holds(said["by"], bytes.fromhex(signature.decode()), signed):
            return None
        args = said["args"]
        if said["type"] == "ledger.opened":
            return args["log_key"] if position == 0 and args["origin"] == origin else None
        if said["type"] != "ledger.rekeyed" or not possession_holds("log", origin, args["log_key"], origin, args["possession"]):
            return None
        return args["log_key"]


def path_of(lines):
    path = [parse_root(p.decode("ascii")) for p in lines.values(b"path")]
    if None in path or len(path) > PATH_MOST:
        raise ValueError("path")
    return path


def split_of(size):
    """The largest power of two that is smaller than size."""
    return 1 << ((size - 1).bit_length() - 1)


def consistent(old, new, old_root, new_root, path):
    """Whether a consistency proof of RFC 6962 section 2.1.2 leads to both roots."""
    path = list(path)

    def subproof(m, n, whole):
        if m == n:
            root = old_root if whole else path.pop()
            return root, root
        k, other = split_of(n), path.pop()
        if m <= k:
            before, now = subproof(m, k, whole)
            return before, node(now, other)
        before, now = subproof(m - k, n - k, False)
        return node(other, before), node(other, now)

    try:
        return subproof(old, new, True) == (old_root, new_root) and not path
    except IndexError:
        return False


def included(index, size, leaf, root, path):
    """Whether an inclusion proof of RFC 6962 section 2.1.1 leads from the leaf to the root."""
    path = list(path)

    def climb(m, n):
        if n == 1:
            return leaf
        k, other = split_of(n), path.pop()
        return node(climb(m, k), other) if m < k else node(other, climb(m - k, n - k))

    try:
        return index < size and climb(index, size) == root and not path
    except IndexError:
        return False


def judge_evidence(data):
    """(exit, what fails) of an evidence file, by what is in it."""
    if later_version(data, b"evidence") is not None:
        return 2, ["of a later version, which this program cannot judge"]
    if changed(data):
        return 2, ["changed on its way"]
    lines = ended(data, EVIDENCE_MOST)
    try:
        evidence = Evidence(lines) if lines else None
    except (ValueError, IndexError, RecursionError):
        evidence = None
    if evidence is None:
        return 2, ["damaged"]
    fails = evidence.fails()
    return (1, fails) if fails else (4 if evidence.parted else 2, [])


# --- 2, 3 Event and document -----------------------------------------------------------------------


class Event:
    """One record and its body; what is not in form is None."""

    def __init__(self, index, lines, expected):
        place, statement, signature, body = lines
        record = b"\n".join(lines[:3]) + b"\n"
        self.index, self.expected = index, expected
        self.bytes, self.hash = len(record), sha256(b"\x00" + record)
        self.place = read_as(is_place, place)
        self.position = self.place["seq"] if self.place else expected
        self.line, self.statement = statement, read_as(is_statement, statement)
        found = re.match(rb'\{"v":([1-9][0-9]{0,15}),', statement)
        v = int(found[1]) if found else 0
        self.later_v = v if 2 <= v <= MOST else None
        s = self.statement or {"type": None, "by": None, "args": {}, "body": None}
        self.type, self.by, self.args, self.digest = s["type"], s["by"], s["args"], s["body"]
        self.signature = bytes.fromhex(signature.decode()) if re.fullmatch(b"[0-9a-f]{128}", signature) else None
        self.withheld = body is None
        self.committed = not self.withheld and sha256(body).hex() == self.digest
        fits = self.committed and not self.withheld and len(body) <= BODY_MOST
        self.body = read_as(is_body, body) if fits else None
        self.sound = None   # the evidence that passes 608, once section 7 has looked
        self.absent = False  # whether its document is not there


class Document:
    """One document file: whether it is there, is what was captured, and its text."""

    def __init__(self, data, digest):
        self.there = data is not None
        self.length = len(data) if self.there else 0
        self.digest_holds = self.there and sha256(data).hex() == digest
        try:
            self.text = data.decode("utf-8") if self.digest_holds else None
        except UnicodeDecodeError:
            self.text = None


def quotation_holds(text, quote, span):
    """Section 3. All of Python's string offsets count code points, as the format's do."""
    start, end, exact = span["start"], span["end"], quote["exact"]
    if not (start < end <= len(text) and text[start:end] == exact):
        return False

    def context(n):
        return text[max(0, start - n):start], text[end:end + n]

    def only_one(n):
        # The context does occur at its own offset: it is the only one if the first
        # occurrence is there and no other begins after it (overlapping ones count).
        before, after = context(n)
        whole, at = before + exact + after, start - len(before)
        return text.find(whole) == at and text.find(whole, at + 1) < 0

    # A longer context is never at more offsets than a shorter one, so n is the smallest
    # if it serves and n-1 does not.
    n = max(32, len(quote["prefix"]), len(quote["suffix"]))
    return context(n) == (quote["prefix"], quote["suffix"]) and only_one(n) and (n == 32 or not only_one(n - 1))


# --- 8 State ---------------------------------------------------------------------------------------


class State:
    """What a fold of applied events gives. All dicts are keyed by position, the roster by key."""

    def __init__(self):
        self.confirmations = self.log_key = self.old_log_key = None
        self.roster, self.facts, self.documents = {}, {}, {}
        self.revisions = {}  # position of a fact.asserted or fact.corrected -> its fact
        self.disputes, self.retractions = {}, {}  # position -> what it disputes or retracts
        self.relations = {}  # position -> (from, rel, to, whether it stands)
        self.released, self.redacted = set(), set()
        self.undone = {}  # position -> (suspect revocation, how)

    def admins(self, change=None, roles=()):
        """Persons with an unrevoked admin key; as if `change` had `roles`."""
        return {
            holder["person"] for key, holder in self.roster.items()
            if holder["revoked"] is None and "admin" in (roles if key == change else holder["roles"])
        }

    def fact_on(self, args):
        """The position of the fact that an event with `on`, `dispute` or `retraction` is about, or None."""
        if "on" in args:
            return self.revisions[args["on"]]
        if "dispute" in args:
            return self.disputes[args["dispute"]]["fact"]
        return self.retractions[args["retraction"]]["fact"] if "retraction" in args else None

    def sealed(self, e):
        """Whether the body of an event is sealed now."""
        named = e.position in self.released or e.position in self.redacted
        return e.args.get("sealed") is not None and not named

    def status(self, fact):
        if fact["retraction"] is not None:
            return "retracted"
        if fact["disputes"]:
            return "disputed"
        return "confirmed" if len(fact["confirmed_by"]) >= self.confirmations else "asserted"

    def apply(self, e, person, suspect=False):
        """Folds one event in; `person` is the signer's, `suspect` marks what a struck key entered."""
        kind, a, here = e.type, e.args, e.position
        struck = person if suspect else None
        if kind.startswith("fact.") and kind not in ("fact.asserted", "fact.related"):
            number = self.fact_on(a)
            fact = self.facts[number]
        if kind in ("ledger.opened", "editor.enrolled"):
            self.roster[a.get("key", e.by)] = {
                "person": a["person"], "roles": a["roles"], "enrolled": here, "revoked": None}
        if kind in ("ledger.opened", "ledger.changed"):
            self.confirmations = a["confirmations"]
        if kind in ("ledger.opened", "ledger.rekeyed"):
            self.old_log_key = self.log_key if a.get("reason") == "rotated" else None
            self.log_key = a["log_key"]
        elif kind == "editor.changed":
            self.roster[a["key"]]["roles"] = a["roles"]
        elif kind == "editor.revoked":
            holder = self.roster[a["key"]]
            holder["revoked"] = here if holder["revoked"] is None else holder["revoked"]
        elif kind == "document.captured":
            self.documents[here] = {"struck": struck}
        elif kind == "document.described":
            self.vouch(self.documents[a["document"]], person)
        elif kind == "fact.asserted":
            self.revisions[here] = here
            self.facts[here] = {
                "revision": here, "asserter": person, "author": person, "corrected": 0, "confirmed_by": [],
                "disputes": [], "retraction": None, "struck": struck,
            }
        elif kind == "fact.confirmed":
            fact["confirmed_by"].append(person)
            self.vouch(fact, person)
        elif kind == "fact.disputed":
            self.disputes[here] = {"fact": number, "error_in": a["error_in"]}
            fact["disputes"].append(here)
        elif kind == "fact.upheld":
            fact["disputes"].remove(a["dispute"])
        elif kind == "fact.corrected":
            self.revisions[here] = number
            fact.update(revision=here, author=person, confirmed_by=[], corrected=fact["corrected"] + 1)
            fact["disputes"] = [d for d in fact["disputes"] if d not in a["resolves"]]
            self.vouch(fact, person)
        elif kind == "fact.retracted":
            self.retractions[here] = {"fact": number, "person": person}
            fact["retraction"] = here
        elif kind == "fact.reinstated":
            fact["retraction"] = None
        elif kind == "fact.related":
            self.relations[here] = (a["from"], a["rel"], a["to"], True)
        elif kind == "relation.withdrawn":
            self.relations[a["relation"]] = (*self.relations[a["relation"]][:3], False)
        elif kind == "body.released":
            self.released.add(a["event"])
        elif kind == "body.redacted":
            self.redacted.add(a["event"])

    @staticmethod
    def vouch(thing, person):
        """A suspect fact or document ceases to be suspect when another person than its signer vouches."""
        if thing["struck"] != person:
            thing["struck"] = None


# --- 5 to 9 Verification ---------------------------------------------------------------------------

HINDER = {101, 102, 103, 105, 204, 205, 207, 301, 302}  # rules of section 5 that keep an event out
COUNTS = ("bodies", "documents", "quotations", "not_checkable", "closing_lines", "ignored_bytes")  # section 9


def cut_bundle(data, width):
    """Up to `width` records of three lines from the start of a bundle, and how many bytes are left."""
    records, at = [], 0
    while len(records) < width and at + 2 <= len(data):
        end = at + 2 + int.from_bytes(data[at:at + 2], "big")
        record = data[at + 2:end]
        if end > len(data) or record.count(b"\n") != 3 or not record.endswith(b"\n"):
            break
        records.append(record)
        at = end
    return records, len(data) - at


def grouped(index):
    """An index in groups of three digits, all but the last after an x."""
    *above, last = ["x" + group for group in re.findall("...", "%0*d" % (-(-len(str(index)) // 3) * 3, index))]
    return [*above, last[1:]]


class Verifier:
    def __init__(self, files, marks=None, pin=None, policy=None, published=False):
        self.files, self.marks, self.pin, self.policy = files, marks, pin, policy
        self.untrusted, self.published = False, published
        self.pages = False  # whether a page of HTML stands in the place of a file
        self.faults = []  # (rule, position)
        self.counts = dict.fromkeys(COUNTS, 0)
        self.stopped = False  # whether the verdict ended before an event of a later format
        self.of, self.older = 0, False  # the events of the whole record, if a copy says that; is it older than an anchor?
        self.unreadable = set()
        self.events, self.tree, self.expected, self.last_at = [], Tree(), 0, None
        self.latest = {}  # position -> latest event there
        self.contradicted = set()  # numbers of events that the record itself says are not as they were written
        self.held, self.broken = 0, False  # events before the last closing line whose root holds; is one behind it?
        self.lost = False  # whether text is there that was to be events and is none
        self.state, self.log_keys = State(), [()]  # log_keys[n]: log key and old log key of size n
        # What belongs to the record and is never refolded:
        self.applied, self.suspect_revocations = {}, []  # events applied at their place, by position
        self.opening = None  # args of the applied ledger.opened
        self.statements, self.bodies, self.keys, self.person_of = set(), set(), set(), {}
        self.upgraded = 1
        self.table, self.captures = {}, {}  # documents by position; digest -> last position in the table
        self.document = functools.lru_cache(maxsize=4)(lambda digest: Document(self.read("document", digest), digest))

    def fault(self, rule, position=None):
        self.faults.append((rule, position))

    def count(self, what, many=1):
        self.counts[what] += many

    def damage(self, rule, number):
        """A fault of the record's files at a number of events, and what it explains of a difference."""
        self.fault(rule, number)
        self.lost = self.lost or rule in (910, 971, 972)
        if rule in (910, 974):
            self.contradicted.add(number)

    def explains(self, size):
        """Whether the record contradicts an event before this size."""
        return any(i < size for i in [*self.contradicted, *([self.held] if self.broken else [])])

    def short(self):
        """Rule 705 of a mark or a pin, told once."""
        if (705, None) not in self.faults:
            self.fault(705)

    def read(self, *names):
        try:
            data = self.files.read(*names)
            if self.published and is_page(data) and sha256(data).hex() != names[-1]:
                self.pages = True
                return None
            return data
        except FileNotFoundError as error:
            self.pages = self.pages or isinstance(error, Page)
            return None
        except (OSError, ValueError):
            if names not in self.unreadable:
                self.unreadable.add(names)
                self.fault(911)
            return None

    def journal(self):
        """The commits that are part of the record; counts the bytes of an unfinished one."""
        try:
            names = self.files.names("journal")
        except OSError:
            self.fault(911)
            return []
        commits = []
        for name in sorted(n for n in names if re.fullmatch("[0-9]{20}\\.log", n)):
            commits += commits_of_file(int(name[:20]), self.read("journal", name) or b"")
        while commits and commits[-1].closing is None:
            self.count("ignored_bytes", len(commits.pop().data))
        if commits:
            last, before = commits[-1], sum(len(c.events) for c in commits[:-1])
            checkpoint_size = self.checkpoint[1] if self.checkpoint else 0
            sizes = {before + len(last.events), self.size_by_names(commits)}
            if checkpoint_size <= before and all(map(last.unfinished, sizes)):
                self.count("ignored_bytes", len(last.data) + len(last.closing) + 1)
                commits.pop()
        return commits

    @staticmethod
    def size_by_names(commits):
        """The number of events by the name of the last file, where all names and the lines that end files agree."""
        files = [i for i, commit in enumerate(commits) if commit.file is not None]
        agree = commits[0].file == 0 and all(
            commits[i].file == commits[i - 1].closing_size() for i in files[1:])
        return commits[files[-1]].file + sum(len(c.events) for c in commits[files[-1]:]) if agree else None

    def journal_changed(self):
        """Whether the first line of the first file of the journal was changed on its way."""
        try:
            names = [n for n in self.files.names("journal") if re.fullmatch("[0-9]{20}\\.log", n)]
        except OSError:
            return False
        line = ((self.read("journal", min(names)) or b"")[:4096] if names else b"").split(b"\n")
        return changed(line[0] + (b"\n" if len(line) > 1 else b""))

    def run(self, checkpoint=None):
        """Judges the record; with this checkpoint, if it was read before."""
        data = checkpoint or self.read("checkpoint")
        self.checkpoint = parse_checkpoint(data)
        way = changed if len(data or b"") > NOTE_MOST else changed_text
        self.checkpoint_changed = self.checkpoint is None and data is not None and way(data)
        if not self.published and self.journal_changed():
            self.fault(911)
            self.judge_policy()
            return
        if self.published:
            self.run_published()
        else:
            self.run_journal()
        if self.stopped:
            return
        self.judge_end()
        self.judge_checkpoint()
        if self.checkpoint or not self.published:  # else nothing was read that could be shorter
            self.judge_marks()
            self.judge_pin()
        self.judge_policy()

    def take(self, record, body):
        """Judges the next event; false if the verdict ends before it."""
        e = Event(len(self.events), [*record, body], self.expected)
        if e.later_v is not None and e.later_v <= self.upgraded:
            self.stopped = True
            return False
        self.judge(e)
        return True

    def run_journal(self):
        closing_told = False
        for commit in self.journal():
            if commit.file not in (None, len(self.events)):
                self.damage(910, len(self.events))
            for *record, body in commit.events:
                if not self.take(record, None if body == b"-" else body):
                    return
            if commit.left_over:
                self.damage(910, len(self.events))
            if commit.closing is not None:
                self.broken = commit.closing_root() != self.tree.root()
                self.held = self.held if self.broken else len(self.events)
                line = "= %d %s %s" % (len(self.events), b64(self.tree.root()), b64(sha256(commit.data)))
                if commit.closing == line.encode() and commit.events:
                    self.count("closing_lines")
                elif not closing_told:
                    closing_told = True
                    self.fault(706, len(self.events))

    # Published directory (section 9)

    def run_published(self):
        size = self.checkpoint[1] if self.checkpoint else 0
        malformed = misplaced = 0
        while len(self.events) < size and misplaced < STRANGE_MOST:
            first = len(self.events)
            width = min(256, size - first)
            data, full = self.tile("entries", first // 256, width)
            if data is None:
                self.damage(971, first)
                break
            records, rest = cut_bundle(data, width)
            bundle = self.body_bundle(first // 256)
            for record, line in zip(records, bundle + [b""] * len(records)):
                lines = record.split(b"\n")[:3]
                statement = read_as(is_statement, lines[1])
                body = None
                if statement:
                    in_bundle = sha256(line).hex() == statement["body"]
                    body = line if in_bundle else self.read("body", statement["body"])
                malformed += statement is None
                if self.files.served and malformed > STRANGE_MOST:
                    raise NoVerdict("more than %d records are not in form: what is there is no record" % STRANGE_MOST)
                if not self.take(lines, None if body is None else body[:2 * 1048576]):
                    return
                place = self.events[-1].place
                misplaced += self.files.served and place is not None and place["seq"] != len(self.events) - 1
                if misplaced >= STRANGE_MOST:
                    break
            if misplaced >= STRANGE_MOST:
                break
            if len(records) < width:
                self.damage(972, first + len(records))
                break
            if rest and not full:
                self.damage(972, first + width)
        self.judge_tiles(size)

    def body_bundle(self, index):
        """The lines of a bundle of bodies; one that cannot be read takes nothing away but time."""
        try:
            return self.files.read("body", "bundle", *grouped(index))[:256 * 16385].split(b"\n")
        except (OSError, NoVerdict):
            return []

    def tile(self, level, index, width):
        """The bytes of a tile or bundle, and whether they are those of the full one in its place."""
        names = ["tile", level, *grouped(index)]
        if width < 256:
            data = self.read(*names[:-1], names[-1] + ".p", "%d" % width)
            if data is not None:
                return data, False
        return self.read(*names), width < 256

    def judge_tiles(self, size):
        level, under, hashes = 0, 1, [e.hash for e in self.events]
        while hashes:
            for index in range(-(-len(hashes) // 256)):
                # Where the record ends early, a tile that begins before that has more hashes than follow here.
                width = min(256, size // under - 256 * index)
                self.judge_tile(level, index, under, hashes[256 * index:256 * index + 256], width)
            level, under = level + 1, under * 256
            hashes = [Tree(hashes[i:i + 256]).root() for i in range(0, len(hashes) // 256 * 256, 256)]

    def judge_tile(self, level, index, under, expected, width):
        data, full = self.tile("%d" % level, index, width)
        if data is None:
            self.fault(973, index * 256 * under)
        elif len(data) != 32 * (256 if full else width):
            self.damage(974, index * 256 * under)
        else:
            for i, hash_ in enumerate(expected):
                if data[32 * i:32 * i + 32] != hash_:
                    self.damage(974, (index * 256 + i) * under)
                    return

    # Form, chain and signature (section 5)

    def judge(self, e):
        """Judges one event and folds it in."""
        s, here, refolded, apply = e.statement, e.position, None, False
        broken = {
            101: e.bytes > RECORD_MOST, 102: e.place is None, 103: s is None and e.later_v is None,
            105: e.signature is None, 207: e.later_v is not None,
        }
        if not any(broken.values()):
            broken.update(self.judge_chain(e))
            if here >= e.expected and not any(broken[rule] for rule in HINDER):
                rule = self.legality(self.state, e)
                if rule is None and e.args.get("suspect_from") is not None:
                    refolded = self.refold(e)
                    rule = 408 if refolded is None else None
                apply = rule is None
                broken[rule] = not apply
        if e.place:
            broken[201] = here != e.expected
            broken[202] = e.place["prev"] != (self.events[-1].hash.hex() if self.events else None)
            retimed = apply and e.type == "ledger.retimed"
            broken[206] = self.last_at is not None and e.place["at"] <= self.last_at and not retimed
            self.last_at = e.place["at"]
        if e.place and s:
            broken[104] = e.committed and e.body is None and not e.withheld
            broken.update(self.judge_content(e))
        if s:
            self.statements.add(e.line)
            self.bodies.add(e.digest)
        self.events.append(e)
        self.tree.add(e.hash)
        self.latest[here] = e
        self.expected = max(self.expected, here + 1)
        if apply:
            self.apply(e, refolded)
        self.log_keys.append([key for key in (self.state.log_key, self.state.old_log_key) if key])
        self.faults += [(rule, here) for rule, found in broken.items() if found]
        if any(broken.get(rule) for rule in (101, 102, 103, 105, 201, 207, 301, 302)):
            self.contradicted.add(e.index)
        if broken.get(202):
            self.contradicted.add(max(0, e.index - 1))

    def judge_chain(self, e):
        s, base = e.statement, e.statement["base"]
        window = self.opening["window"] if self.opening else 0
        before = self.latest.get(base - 1)
        linked = base == 0 or (
            before is not None and e.index - before.index <= window + 1 and before.hash.hex() == s["after"])
        named = [e.args[field] for field in POSITIONS if e.args.get(field) is not None]
        keys = [key for key in (e.by, e.args.get("key"), e.args.get("log_key")) if key]
        return {
            203: not linked or not 0 <= e.position - base <= window
            or (e.type.startswith(("ledger.", "editor.", "body.")) and base != e.position),
            204: any(p >= base for p in named + e.args.get("resolves", [])),
            205: e.line in self.statements,
            301: not all(map(acceptable, keys)),
            302: acceptable(e.by) and not signature_holds(e.by, e.signature, b"annals/event/v1" + sha256(e.line)),
        }

    def apply(self, e, refolded):
        """Makes an applied event part of the state and of what no refold undoes."""
        a, body = e.args, e.body
        if e.type == "ledger.opened":
            self.opening = a
        elif e.type == "ledger.upgraded":
            self.upgraded = a["v"]
        if e.type in ("ledger.opened", "editor.enrolled"):
            self.person_of[a.get("key", e.by)] = a["person"]
        if e.type in ("ledger.opened", "ledger.rekeyed", "editor.enrolled"):
            self.keys |= {e.by, a.get("log_key"), a.get("key")}
        self.applied[e.position] = e
        if refolded is not None:
            self.suspect_revocations.append(e)
            self.state = refolded
        else:
            self.state.apply(e, self.person_of.get(e.by))
        if body is not None and e.type == "document.captured":
            self.captures[body["sha256"]] = e.position
            self.table[e.position] = {
                "sha256": body["sha256"], "media_type": body["media_type"], "from": body.get("derived_from")}
        elif body is not None and e.type == "document.described" and a["document"] in self.table:
            self.table[a["document"]].update({"media_type": body["media_type"], "from": body.get("derived_from")})

    # Legality (section 6): the first broken rule, or None. `again`: in a refold, without 405, 408 and 411.

    def legality(self, state, e, again=False):
        kind, a = e.type, e.args
        recovery = (a if kind == "ledger.opened" else self.opening or {}).get("recovery")
        if kind == "ledger.opened":
            if e.index != 0 or e.position != 0:
                return 401
            one = a["log_key"] == e.by or recovery in (fingerprint(e.by), fingerprint(a["log_key"]))
            return 405 if one and not again else None
        if self.opening is None:
            return 401
        signer = state.roster.get(e.by)
        if signer is None and not (
                kind in ("editor.enrolled", "editor.revoked") and fingerprint(e.by) == recovery):
            return 402
        if signer and signer["revoked"] is not None:
            return 403
        itself = kind == "editor.revoked" and a["key"] == e.by
        if signer and TYPES[kind][2] not in signer["roles"] and not itself:
            return 404
        if kind.startswith(("ledger.", "editor.")):
            return self.legality_of_keys(state, e, again, signer is None, recovery)
        if kind.startswith("body."):
            return self.legality_of_bodies(state, e)
        return self.legality_of_facts(state, e)

    def legality_of_keys(self, state, e, again, by_recovery, recovery):
        kind, a = e.type, e.args
        new = a.get("log_key") or (a["key"] if kind == "editor.enrolled" else None)
        if new and not again and (new in self.keys or fingerprint(new) == recovery):
            return 405
        if kind in ("editor.changed", "editor.revoked"):
            suspect = a.get("suspect_from") is not None
            if not suspect and not state.admins(a["key"], a.get("roles", ())):
                return 406
            if a["key"] not in state.roster or (state.roster[a["key"]]["revoked"] is not None and not suspect):
                return 407
            if kind == "editor.revoked" and not again:
                if (suspect and a["reason"] not in ("lost", "compromised")) or (by_recovery and not suspect):
                    return 408
        if kind == "ledger.rekeyed":
            origin = self.opening["origin"]
            if not possession_holds("log", origin, a["log_key"], origin, a["possession"]):
                return 410
        return 411 if kind == "ledger.upgraded" and not again and a["v"] <= self.upgraded else None

    def legality_of_bodies(self, state, e):
        target = self.applied.get(e.args["event"])
        if target is None:
            return 501
        if e.type == "body.released":
            return None if state.sealed(target) else 518
        if target.position in state.redacted:
            return 519
        own = self.person_of.get(target.by) == self.person_of[e.by]
        return 520 if own and len(state.admins()) >= 2 else None

    def legality_of_facts(self, state, e):
        kind, a, me = e.type, e.args, self.person_of[e.by]
        places = {
            "document": state.documents, "on": state.revisions, "dispute": state.disputes, "from": state.facts,
            "to": state.facts, "retraction": state.retractions, "relation": state.relations,
        }
        resolves = a.get("resolves", ())
        if (any(field in a and a[field] not in place for field, place in places.items())
                or any(d not in state.disputes for d in resolves)):
            return 501
        f = state.facts.get(state.fact_on(a))
        if kind == "fact.reinstated":
            if f["retraction"] != a["retraction"]:
                return 511
            return 512 if state.retractions[a["retraction"]]["person"] == me else None
        if f and f["retraction"] is not None:
            return 502
        if "on" in a and a["on"] != f["revision"]:
            return 503
        if kind == "fact.confirmed":
            return 504 if me == f["author"] else 505 if me in f["confirmed_by"] else None
        if kind == "fact.upheld":
            if a["dispute"] not in f["disputes"]:
                return 507
            return 508 if me in (f["asserter"], f["author"]) else None
        if any(d not in f["disputes"] for d in resolves) or (resolves and a["reason"] == "more-precise"):
            return 509
        if kind == "fact.related":
            if a["from"] == a["to"] or (a["rel"] in ("same-as", "contradicts") and a["from"] > a["to"]):
                return 513
            return 514 if (a["from"], a["rel"], a["to"], True) in state.relations.values() else None
        if kind == "relation.withdrawn":
            return None if state.relations[a["relation"]][3] else 514
        until, at = a.get("sealed"), e.place["at"]
        if until not in (None, "by-hand") and at < "9990" and until > "%04d%s" % (int(at[:4]) + 10, at[4:]):
            return 516
        if kind == "fact.corrected" and until is not None and not state.sealed(self.applied[a["on"]]):
            return 517
        return None

    # Refold (section 8)

    def refold(self, at_p):
        """The state after the suspect revocation at p, or None if 408 refuses it."""
        dropped = set()
        while True:
            standing = []  # newest first
            for r in [at_p] + self.suspect_revocations[::-1]:
                if r.position not in dropped and self.striker(standing, r) is None:
                    standing.append(r)
            state, unsound = self.fold_again(at_p, standing)
            if not unsound:
                break
            dropped.add(min(unsound))
        if self.legality(state, at_p, again=True) is not None:
            return None
        state.apply(at_p, self.person_of.get(at_p.by))
        return state if state.admins() else None

    @staticmethod
    def striker(standing, e):
        """The newest standing revocation that strikes `e`, or None."""
        for r in standing:
            if r.position > e.position >= r.args["suspect_from"] and r.args["key"] == e.by:
                return r
        return None

    def fold_again(self, at_p, standing):
        """The fold before p, and the positions of the standing revocations that were set aside in it."""
        state, unsound = State(), []
        for e in self.applied.values():
            person, r = self.person_of.get(e.by), self.striker(standing, e)
            if e.type in ("body.released", "body.redacted"):
                state.apply(e, person)
            elif r is not None:
                state.undone[e.position] = (r.position, "struck")
                if e.type in ("fact.asserted", "document.captured"):
                    state.apply(e, person, suspect=True)
            elif self.legality(state, e, again=True) is not None:
                state.undone[e.position] = (at_p.position, "set-aside")
                if e in standing:
                    unsound.append(e.position)
            else:
                state.apply(e, person)
        return state, unsound

    # Content (section 7)

    def judge_content(self, e):
        """The rules of section 7, but for 604 and 605, which are asked at the end of the record."""
        body, a = e.body, e.args
        broken = {603: e.digest in self.bodies, 601: not e.committed and not e.withheld}
        self.count("not_checkable", e.withheld)
        self.count("bodies", body is not None)
        if body is None:
            return broken
        if (body["by"], body["type"]) != (e.by, e.type):
            e.body = None  # a body of something else is looked at no further
            return {**broken, 602: True}
        if e.type == "document.captured":
            file, earlier = self.document(body["sha256"]), self.captures.get(body["sha256"])
            e.absent = not file.there and ("document", body["sha256"]) not in self.unreadable  # that is 911
            broken[606] = file.there and not (file.digest_holds and file.length == body["bytes"])
            self.count("documents", file.there and not broken[606])
            broken[607] = earlier is not None and earlier not in self.state.redacted
        evidence = body["fact"]["evidence"] if "fact" in body else body.get("evidence", [])
        e.sound = [x for x in evidence if self.is_captured(e, x["document"])]
        quotes = [x for x in e.sound if "quote" in x]
        broken[608] = len(e.sound) < len(evidence) or (
            "derived_from" in body and not self.is_captured(e, body["derived_from"]))
        verdicts = [self.quote_verdict(x) for x in quotes]
        broken[609] = False in verdicts
        self.count("quotations", verdicts.count(True))
        self.count("not_checkable", verdicts.count(None))
        if e.type == "editor.enrolled":  # without a ledger there is no origin that a signature could name
            broken[612] = self.opening is None or not possession_holds(
                "editor", self.opening["origin"], a["key"], body["name"], a["possession"])
        if e.type == "fact.confirmed" and a["how"] == "independent-document":
            verdict = self.independent_verdict(e)
            broken[613] = verdict is False
            self.count("not_checkable", verdict is None)
        if "fact" in body and a["sealed"] is None:
            broken[615] = any(self.state.sealed(self.applied[x["document"]]) for x in quotes)
        if e.type == "body.released" and "because" not in body and a["event"] in self.applied:
            until = self.applied[a["event"]].args.get("sealed")
            broken[616] = until not in (None, "by-hand") and until > e.place["at"]
        return broken

    def is_captured(self, e, position):
        named = self.applied.get(position)
        return position < e.statement["base"] and named is not None and named.type == "document.captured"

    def quote_verdict(self, x):
        """True, False, or None where the document's body or bytes are not there to check against."""
        entry = self.table.get(x["document"])
        if entry is None:
            return None
        if entry["media_type"] != "text/plain":
            return False
        file = self.document(entry["sha256"])
        if not file.digest_holds:  # absent or other bytes: 605 or 606 tell it, where it was captured
            return None
        return file.text is not None and quotation_holds(file.text, x["quote"], x["span"])

    def follow(self, position):
        """(where derived_from ends, whether that is known to be the end)."""
        entry = self.table.get(position)
        while entry and entry["from"] is not None and entry["from"] < position:
            position = entry["from"]
            entry = self.table.get(position)
        return position, entry is not None

    def independent_verdict(self, e):
        on = self.applied.get(e.args["on"])
        if on is None or on.type not in ("fact.asserted", "fact.corrected"):
            return True  # not judged
        if on.sound is None:
            return None
        known = {self.follow(x["document"]) for x in on.sound}
        ends, all_known = {end for end, _ in known}, all(sure for _, sure in known)
        found = [self.follow(x["document"]) for x in e.sound if x["stance"] == "supports"]
        others = [sure and all_known for end, sure in found if end not in ends]
        return True if True in others else None if others else False

    def judge_end(self):
        for e in self.events:
            if not e.place or not e.statement:
                continue
            explained = self.state.sealed(e) or e.position in self.state.redacted
            if e.absent:
                self.count("not_checkable") if explained else self.fault(911 if self.pages else 605, e.position)
            elif e.withheld and not explained and ("body", e.statement["body"]) not in self.unreadable:
                self.fault(911 if self.pages else 604, e.position)

    # Checkpoint, marks and pin (section 9)

    def root_at(self, size):
        return Tree(e.hash for e in self.events[:size]).root()

    def judge_checkpoint(self):
        if self.checkpoint is None:
            if self.checkpoint_changed:
                self.fault(911)
            elif ("checkpoint",) not in self.unreadable:
                self.fault(701)
            return
        note, size, root, origin, signatures = self.checkpoint
        ours = self.opening["origin"] if self.opening else None
        if ours and origin != ours:
            self.fault(702)
        if size > len(self.events):
            self.fault(705)
            return
        if root != self.root_at(size):
            self.fault(704)

        # Under the ledger's origin, whatever the checkpoint says its own is.
        as_ours = (note, size, root, ours, signatures)
        if not self.log_keys[size] or not all(signs(key, as_ours) for key in self.log_keys[size]):
            self.fault(703)

    def judge_policy(self):
        """1010 and, where a policy is given, whether its trust is missing (sections 11 and 12)."""
        if self.policy is None:
            return
        if self.checkpoint is None:
            self.untrusted = True
            return
        note, _, _, _, signatures = self.checkpoint
        logs, refused, quorum = self.policy.judge(note, signatures)
        if refused:
            self.fault(1010)
        self.untrusted = not quorum or bool(self.policy.logs) and not logs

    def judge_marks(self):
        lines = (self.marks or b"").split(b"\n")[:-1]  # a last line without LF is no mark
        if not lines:
            return
        mark = parse_mark(lines[-1]) if self.opening is None else None
        for mark in map(parse_mark, reversed(lines)) if self.opening else [mark]:
            if mark is None:
                self.fault(911)  # it may be a mark of this record
                return
            if self.opening and mark[0] == self.opening["origin"]:
                break
        else:
            return  # none is of this record
        _, size, root, payload = mark
        shorter = size > len(self.events)
        if not shorter and root == self.root_at(size):
            return
        origin, keys = mark[0], {key for keys in self.log_keys for key in keys}
        text = ("%s\n%d\n%s\n" % (origin, size, b64(root))).encode()
        named = any(key_id(origin, 1, key) == payload[:4] for key in keys)
        if named and not any(signature_holds(key, payload[4:], text) for key in keys):
            self.fault(911)  # it is not what the log key signed
        elif shorter and (self.lost or self.counts["ignored_bytes"]):
            self.short()
        elif shorter and self.of > len(self.events):
            self.older = True
        elif shorter or not self.explains(size):
            self.fault(707)

    def judge_pin(self):
        if self.pin is None:
            return
        pin = parse_pin(self.pin)
        if pin is None:
            self.fault(803)
            return
        same = all(
            Tree(e.hash for e in self.events[start:end]).root() == root or self.explains(end)
            for start, end, root in pin.ranges() if end <= len(self.events))
        if self.opening and pin.origin != self.opening["origin"]:
            self.fault(804)
        elif self.events and self.events[0].hash != pin.genesis and not self.explains(1):
            self.fault(802)
        elif pin.size > len(self.events):
            if not same:
                self.fault(802)
            elif self.lost or self.counts["ignored_bytes"]:
                self.short()
            elif self.of > len(self.events):
                self.older = True
            else:
                self.fault(801)
        elif self.events[pin.size - 1].hash != pin.head or self.root_at(pin.size) != pin.root:
            if not self.explains(pin.size):
                self.fault(802)

    # Report

    def exit(self):
        rules = {rule for rule, _ in self.faults}
        if rules & FORK:
            return 4
        if rules - DAMAGE:
            return 1
        if rules or self.stopped or self.older:
            return 2
        return 5 if self.untrusted else 0

    def ends(self):
        return {
            "size": len(self.events),
            "head": self.events[-1].hash.hex() if self.events else None,
            "root": b64(self.tree.root()),
        }

    def state_json(self):
        s = self.state

        def flags(position, thing):
            return {"sealed": s.sealed(self.applied[position]), "redacted": position in s.redacted,
                    "suspect": thing["struck"] is not None}

        return {
            **self.ends(),
            "confirmations": s.confirmations,
            "log_key": s.log_key,
            "old_log_key": s.old_log_key,
            "roster": [
                {"key": key, **holder} for key, holder in sorted(s.roster.items(), key=lambda x: x[1]["enrolled"])],
            "facts": [
                {
                    "fact": p, "revision": f["revision"], "corrected": f["corrected"], "status": s.status(f),
                    "confirmed_by": f["confirmed_by"], "disputes": f["disputes"], "retraction": f["retraction"],
                    **flags(f["revision"], f),
                    "document_disputed": any(s.disputes[d]["error_in"] == "document" for d in f["disputes"]),
                }
                for p, f in sorted(s.facts.items())
            ],
            "documents": [{"document": p, **flags(p, d)} for p, d in sorted(s.documents.items())],
            "relations": [
                {"relation": p, "from": r[0], "rel": r[1], "to": r[2]} for p, r in sorted(s.relations.items()) if r[3]],
            "undone": [{"event": p, "by": by, "how": how} for p, (by, how) in sorted(s.undone.items())],
        }

    def report(self):
        faults = sorted(self.faults, key=lambda f: (-1 if f[1] is None else f[1], f[0]))
        return {
            "exit": self.exit(),
            **self.ends(),
            "faults": [{"rule": rule, "name": RULES[rule][0], "position": p} for rule, p in faults],
            **self.counts,
            # Where the program stopped, what follows is unknown, and so is the state.
            "state": None if self.stopped else self.state_json(),
        }


# --- 11 Cosignature and policy -----------------------------------------------------------------------


def parse_key(text, kind):
    """(name, id, 64 hex) of a verifier key of this type, or None."""
    found = re.fullmatch("([^\\s+\x00-\x1f\x7f-\x9f]+)\\+([0-9a-f]{8})\\+(.+)", text)
    typed = found and unbase64(found[3])
    if not typed or len(typed) != 33 or typed[0] != kind:
        return None
    name, key = found[1], typed[1:].hex()
    return (name, bytes.fromhex(found[2]), key) if acceptable(key) and found[2] == key_id(name, kind, key).hex() else None


def cosigned(witness, note, signatures):
    """Whether a witness cosigned: True, False if a line of it does not verify, None if there is none."""
    found = lines_of(witness, signatures)

    def holds(line):
        time = int.from_bytes(line[:8], "big")
        message = b"cosignature/v1\ntime %d\n" % time + note
        return len(line) == 72 and time < 2**63 and signature_holds(witness[2], line[8:], message)

    return all(map(holds, found)) if found else None


class Policy:
    """Logs, witnesses and groups, and what the quorum names. ValueError if it is refused."""

    def __init__(self, data):
        self.logs, self.names, self.quorum = [], {}, None  # name -> witness, or (k, members)
        members, keys, quorums = set(), set(), 0
        if len(data) > NOTE_MOST or re.search(rb"[\x00-\x08\x0b-\x1f\x7f]", data):
            raise ValueError("a policy has no such bytes, or not so many")
        for line in data.split(b"\n"):
            words = [word for word in re.split(rb"[ \t]+", line) if word]
            if not words or words[0].startswith(b"#"):
                continue
            kind, rest = words[0], words[1:]
            if kind == b"log" and len(rest) in (1, 2):
                key = parse_key(rest[0].decode("utf-8"), 1)
                self.need(key and ("log", key[2]) not in keys)
                keys.add(("log", key[2]))
                self.logs.append(key)
            elif kind == b"witness" and len(rest) in (2, 3):
                key = parse_key(rest[1].decode("utf-8"), 4)
                self.need(key and ("witness", key[2]) not in keys)
                keys.add(("witness", key[2]))
                self.define(rest[0], key)
            elif kind == b"group" and len(rest) > 2:
                named = rest[2:]
                self.need(len(set(named)) == len(named) and not members & set(named) and set(named) <= set(self.names))
                least = {b"any": b"1", b"all": b"%d" % len(named)}.get(rest[1], rest[1])
                self.need(re.fullmatch(rb"[1-9][0-9]{0,3}", least) and int(least) <= len(named))
                members |= set(named)
                self.define(rest[0], (int(least), named))
            elif kind == b"quorum" and len(rest) == 1:
                quorums += 1
                self.need(rest[0] == b"none" or rest[0] in self.names)
                self.quorum = None if rest[0] == b"none" else rest[0]
            else:
                self.need(False)
        groups = sum(len(what) == 2 for what in self.names.values())
        self.need(quorums == 1 and max(len(self.logs), len(self.names), len(self.names) - groups) <= 1024)

    @staticmethod
    def need(holds):
        if not holds:
            raise ValueError("not a policy as section 11 has it")

    def define(self, name, what):
        self.need(name != b"none" and name not in self.names)
        self.names[name] = what

    def judge(self, note, signatures):
        """(the logs that signed, whether a known key's line does not verify, whether the quorum is met)."""
        witnesses = {name: cosigned(w, note, signatures) for name, w in self.names.items() if len(w) == 3}
        logs = [(log, signed_by(log, note, signatures)) for log in self.logs]
        refused = False in witnesses.values() or False in [held for _, held in logs]

        def holds(name):
            if name in witnesses:
                return bool(witnesses[name])
            least, members = self.names[name]
            return sum(map(holds, members)) >= least

        return [log for log, held in logs if held], refused, self.quorum is None or holds(self.quorum)


# --- 12 Proof ------------------------------------------------------------------------------------------

PROOF_MOST, PROOF_EVENTS, PATH_MOST = 268435456, 4096, 63


def parse_proof(data):
    """(what is left out, fact, {position: (lines, path)}, {position: document}, checkpoint); None if not in form."""
    try:
        text = data.decode("utf-8") if len(data) <= PROOF_MOST else None
        start = re.match("annals proof v1\n(complete\n|(?:without body [0-9]+\n)*(?:without document [0-9]+\n)*)fact ([0-9]+)\n", text or "")
        fact = start and parse_size(start[2])
        if fact is None or not start[1]:
            return None
        left_out = [] if start[1] == "complete\n" else [line.split(" ") for line in start[1].splitlines()]
        left_out = [(word, parse_size(position)) for _, word, position in left_out]
        if None in [p for _, p in left_out] or left_out != sorted(set(left_out)):
            return None
        lines, at = text[start.end():].split("\n"), 0
        events, documents = {}, {}
        while lines[at].startswith("event "):
            position, words = parse_size(lines[at][6:]), lines[at + 5].split(" ")
            path = [parse_root(word) for word in words[1:]]
            if position is None or position <= max(events, default=-1) or words[0] != "path":
                return None
            if None in path or len(path) > PATH_MOST:
                return None
            events[position] = ([line.encode() for line in lines[at + 1:at + 5]], path)
            at += 6
        while lines[at].startswith("document "):
            position, document = parse_size(lines[at][9:]), unbase64(lines[at + 1])
            if position not in events or position <= max(documents, default=-1) or document is None:
                return None
            documents[position] = document
            at += 2
        checkpoint = parse_checkpoint("\n".join(lines[at + 1:]).encode())
        if lines[at] or checkpoint is None or not 1 <= len(events) <= PROOF_EVENTS:
            return None
        return left_out, fact, events, documents, checkpoint
    except (UnicodeDecodeError, IndexError):
        return None


def root_by_path(index, size, leaf, path):
    """The root that a path leads to, or None if it has not the hashes that RFC 6962 has for it."""
    if index >= size:
        return None
    if size == 1:
        return None if path else leaf
    half = 1 << ((size - 1).bit_length() - 1)
    if not path:
        return None
    if index < half:
        below = root_by_path(index, half, leaf, path[:-1])
        return below and node(below, path[-1])
    below = root_by_path(index - half, size - half, leaf, path[:-1])
    return below and node(path[-1], below)


class ProofVerifier:
    """Judges a proof by section 12, with what is given beside it."""

    def __init__(self, data, pin=None, policy=None, log_key=None):
        self.data, self.pin, self.policy, self.log_key = data, pin, policy, log_key
        self.faults, self.untrusted, self.later = [], False, later_version(data, b"proof")
        self.quotations = self.not_checkable = 0
        self.parsed = parse_proof(data)
        self.changed = self.later is None and (changed(data) or self.parsed is None and len(data) <= PROOF_MOST and changed_proof(data))

    def fault(self, rule, position=None):
        if (rule, position) not in self.faults:
            self.faults.append((rule, position))

    def run(self):
        if self.later is not None or self.changed:
            return
        parsed = self.parsed
        if parsed is None:
            self.fault(1001)
            return
        self.left_out, self.fact, events, self.documents, self.checkpoint = parsed
        _, self.size, self.root, _, _ = self.checkpoint
        self.events = {p: Event(0, [*lines[:3], None if lines[3] == b"-" else lines[3]], p) for p, (lines, _) in events.items()}
        self.paths = {p: path for p, (_, path) in events.items()}
        self.sound = {p for p, e in self.events.items() if e.place and e.statement and e.signature and e.bytes <= RECORD_MOST}
        first = self.events.get(0) if 0 in self.sound else None
        self.founder = first and first.by
        self.opening = first.args if first and first.type == "ledger.opened" else None
        for p, e in self.events.items():
            self.judge(p, e, self.paths[p])
        asked = [("body", p) for p, e in self.events.items() if e.withheld]
        asked += [("document", p) for p, e in self.events.items()
                  if e.type == "document.captured" and p not in self.documents]
        if self.left_out != asked:
            self.fault(1005)
        if self.opening is None:
            self.fault(1006)
        if self.fact not in self.sound or self.events[self.fact].type != "fact.asserted":
            self.fault(1007)
        self.judge_trust()

    def body(self, p):
        """The body of an event in form that passes 601, 104 and 602, or None."""
        e = self.events.get(p)
        fits = p in self.sound and e.body is not None and (e.body["by"], e.body["type"]) == (e.by, e.type)
        return e.body if fits else None

    def judge(self, p, e, path):
        broken = {101: e.bytes > RECORD_MOST, 102: e.place is None, 103: e.statement is None, 105: e.signature is None}
        broken[1003] = root_by_path(p, self.size, e.hash, path) != self.root
        if p in self.sound:
            broken.update(self.judge_sound(p, e))
        if p in self.documents:
            captured, document = self.captured(p), self.documents[p]
            broken[606] = captured is None or (captured["sha256"], captured["bytes"]) != (
                sha256(document).hex(), len(document))
        for rule, found in broken.items():
            if found:
                self.fault(rule, p)

    def captured(self, p):
        body = self.body(p)
        return body if body is not None and body["type"] == "document.captured" else None

    def judge_sound(self, p, e):
        s, origin = e.statement, self.opening and self.opening["origin"]
        before, last = self.events.get(p - 1), self.events.get(s["base"] - 1)
        keys = [key for key in (e.by, e.args.get("key"), e.args.get("log_key")) if key]
        recovers = e.type in ("editor.enrolled", "editor.revoked") and self.opening is not None and (
            self.opening["recovery"] == fingerprint(e.by))
        enrolled = any(
            q < p and q in self.sound and other.type == "editor.enrolled" and other.args["key"] == e.by
            for q, other in self.events.items())
        broken = {
            1002: e.place["seq"] != p,
            1004: (e.place["prev"] is None) != (p == 0)
            or before is not None and e.place["prev"] != before.hash.hex()
            or last is not None and s["after"] != last.hash.hex(),
            1008: e.by != self.founder and not enrolled and not recovers,
            301: not all(map(acceptable, keys)),
            302: acceptable(e.by) and not signature_holds(e.by, e.signature, b"annals/event/v1" + sha256(e.line)),
            601: not e.committed and not e.withheld,
            104: e.committed and e.body is None and not e.withheld,
            602: e.body is not None and self.body(p) is None,
            410: e.type == "ledger.rekeyed" and origin is not None and not possession_holds(
                "log", origin, e.args["log_key"], origin, e.args["possession"]),
        }
        body = self.body(p)
        if body is None:
            return broken
        if e.type == "editor.enrolled" and origin is not None:
            broken[612] = not possession_holds("editor", origin, e.args["key"], body["name"], e.args["possession"])
        for x in body["fact"]["evidence"] if "fact" in body else body.get("evidence", []):
            self.judge_evidence(p, x, broken)
        return broken

    def judge_evidence(self, p, x, broken):
        named = x["document"]
        if named >= p or named not in self.sound or self.events[named].type != "document.captured":
            broken[1009] = True
            return
        if "quote" not in x:
            return
        captured, data = self.captured(named), self.documents.get(named)
        document = Document(data, captured["sha256"] if captured else None)
        if captured is None or not document.digest_holds or document.length != captured["bytes"]:
            self.not_checkable += 1
            return
        media_type = captured["media_type"]
        for q in sorted(self.sound):
            if q < p and self.events[q].type == "document.described" and self.events[q].args["document"] == named:
                media_type = (self.body(q) or {"media_type": media_type})["media_type"]
        holds = document.text is not None and quotation_holds(document.text, x["quote"], x["span"])
        holds = holds and media_type == "text/plain"
        self.quotations += holds
        broken[609] = broken.get(609) or not holds

    def judge_trust(self):
        note, size, root, origin, signatures = self.checkpoint
        named = []  # the log key and the old one, where there is one
        if self.opening is not None:
            ours, log_key, old = self.opening["origin"], self.opening["log_key"], None
            for p in sorted(self.sound):
                e = self.events[p]
                if e.type == "ledger.rekeyed":
                    old = log_key if e.args["reason"] == "rotated" else None
                    log_key = e.args["log_key"]
            named = [note_key(ours, key) for key in (log_key, old) if key]
            if origin != ours:
                self.fault(702)
            if not all(signed_by(key, note, signatures) for key in named):
                self.fault(703)
        vouched = []
        if self.pin is not None:
            vouched.append(self.judge_pin([key for _, _, key in named]))
        if self.policy is not None:
            _, refused, quorum = self.policy.judge(note, signatures)
            if refused:
                self.fault(1010)
            self.untrusted |= not quorum
            if self.policy.logs:
                vouched.append(any(log in named for log in self.policy.logs))
        if self.log_key is not None:
            vouched.append(self.log_key in named)
        self.untrusted |= not vouched or not all(vouched)

    def judge_pin(self, named):
        """Whether the pin's log key is one of these; tells 802, 803 and 804."""
        pin = parse_pin(self.pin)
        if pin is None:
            self.fault(803)
            return False
        if self.opening is None:
            return False
        if pin.origin != self.opening["origin"]:
            self.fault(804)
            return False
        log_key = [keys[0] for size, keys in pin.log if size <= max(1, self.size)][-1]
        broken = {rule for rule, _ in self.faults}
        if log_key in named and not broken & {1001, 1002, 1003, 1004, 1005, 1006, 702, 703}:
            same = self.events[0].hash == pin.genesis and (pin.size != self.size or pin.root == self.root)
            for start, end, root in pin.ranges():
                for p, e in self.events.items():
                    if start <= p < end <= self.size:
                        within = self.paths[p][:(end - start).bit_length() - 1]
                        same = same and root_by_path(p - start, end - start, e.hash, within) == root
            if not same:
                self.fault(802)
        return log_key in named

    def exit(self):
        rules = {rule for rule, _ in self.faults}
        if rules & FORK:
            return 4
        if rules - DAMAGE:
            return 1
        return 2 if rules or self.later is not None or self.changed else 5 if self.untrusted else 0

    def report(self):
        faults = sorted(self.faults, key=lambda f: (-1 if f[1] is None else f[1], f[0]))
        return {
            "exit": self.exit(),
            "faults": [{"rule": rule, "name": RULES[rule][0], "position": p} for rule, p in faults],
            "quotations": self.quotations,
            "not_checkable": self.not_checkable,
            "later_version": self.later,
            "changed": self.changed,
        }


def verify_proof(data, pin=None, policy=None, log_key=None):
    verifier = ProofVerifier(data, pin, policy, log_key)
    verifier.run()
    return verifier.report()


# --- 17 Submission and receipt -------------------------------------------------------------------------

SUBMISSION_MOST, RECEIPT_MOST, SUBMITTED_MOST = 8388608, 2097152, 4096


def number_after(word, line):
    """The number in a line `word` and a number; ValueError if the line is another."""
    found = re.fullmatch(word + b" ([0-9]{1,16})", line)
    number = parse_size(found[1].decode()) if found else None
    if number is None:
        raise ValueError("not a line %r" % word)
    return number


def origin_after(line):
    """The origin in a line `origin` and an origin."""
    origin = line[len(b"origin "):].decode("utf-8") if line.startswith(b"origin ") else None
    if not is_origin(origin):
        raise ValueError("not a line `origin`")
    return origin


class Submission:
    """A submission in form (1101). ValueError or IndexError if it is not."""

    def __init__(self, data):
        data.decode("utf-8")
        lines = ended(data, SUBMISSION_MOST)
        if lines is None or lines[0] != b"annals submission v1":
            raise ValueError("first line or sum")
        self.origin = origin_after(lines[1])
        self.placing = lines[2].split(b" ")[0].decode()
        if self.placing not in ("exact", "next", "free"):
            raise ValueError("placing")
        self.start = number_after(self.placing.encode(), lines[2])
        count, width = number_after(b"count", lines[3]), 4 if self.placing == "exact" else 3
        if not 1 <= count <= SUBMITTED_MOST or len(lines) != 4 + count * width:
            raise ValueError("count")
        self.events = []  # (place or None, statement, the lines that follow the place's in the record)
        for at in range(4, len(lines), width):
            place = read_as(is_place, lines[at]) if width == 4 else None
            statement, signature, body = lines[at + width - 3:at + width]
            said = read_as(is_statement, statement)
            if (width == 4 and place is None) or said is None or body == b"-":
                raise ValueError("event")
            if not re.fullmatch(b"[0-9a-f]{128}", signature):
                raise ValueError("signature")
            self.events.append((place, said, statement + b"\n" + signature + b"\n"))

    def places_fit(self):
        """Rule 1102."""
        if self.placing != "exact":
            lone = self.placing == "free" or len(self.events) == 1
            return lone and all(said["base"] == self.start for _, said, _ in self.events)
        places = [place for place, _, _ in self.events]
        hashes = [record_hash(place, signed) for place, _, signed in self.events]
        return (all(place["seq"] == self.start + i for i, place in enumerate(places))
                and all(place["prev"] == before for place, before in zip(places[1:], hashes)))


def record_hash(place, signed):
    """The hash, as hex, of the record that a place and the lines of statement and signature make."""
    return sha256(b"\x00" + spell(place) + b"\n" + signed).hex()


class Receipt:
    """A receipt in form (1111). ValueError or IndexError if it is not."""

    def __init__(self, data):
        if len(data) > RECEIPT_MOST:
            raise ValueError("length")
        data.decode("utf-8")
        head, _, note = data.partition(b"\n\n")
        lines = head.split(b"\n")
        if lines[0] != b"annals receipt v1":
            raise ValueError("first line")
        self.origin = origin_after(lines[1])
        self.start, self.first, count = map(number_after, (b"from", b"first", b"count"), lines[2:5])
        if not 1 <= count <= SUBMITTED_MOST:
            raise ValueError("count")
        self.places = [read_as(is_place, line) for line in lines[5:5 + count]]
        proof = lines[6 + count:]
        if number_after(b"proof", lines[5 + count]) != len(proof) or len(proof) > PATH_MOST:
            raise ValueError("proof")
        self.path = [parse_root(line.decode()) for line in proof]
        self.checkpoint = parse_checkpoint(note)
        if None in self.places or None in self.path or self.checkpoint is None:
            raise ValueError("place, hash or checkpoint")

    def breaks(self, submission, root, head, log_key):
        """The first of the rules 1112 to 1115 that it breaks, or None."""
        text, size, signed_root, origin, signatures = self.checkpoint
        events, first, start = submission.events, self.first, submission.start
        if (self.origin, self.start, len(self.places)) != (submission.origin, start, len(events)):
            return 1112
        if origin != submission.origin:
            return 1112
        if submission.placing == "next" and first != start or submission.placing == "free" and first < start:
            return 1113
        if first == start and self.places[0]["prev"] != head:
            return 1113
        before = None
        for i, (place, (own, said, signed)) in enumerate(zip(self.places, events)):
            if place["seq"] != first + i or submission.placing == "exact" and place != own:
                return 1113
            if before is not None:
                if place["prev"] != record_hash(*before):
                    return 1113
                if place["at"] <= before[0]["at"] and said["type"] != "ledger.retimed":
                    return 1113
            before = place, signed
        if size < first + len(events) or log_key[0] != origin or not signed_by(log_key, text, signatures):
            return 1114
        if start == 0:
            extends = not self.path and root == sha256(b"")
        else:
            extends = consistent(start, size, root, signed_root, self.path)
        return None if extends else 1115


def in_form(form, data):
    """The value of a form of section 17, or None."""
    try:
        return form(data)
    except (ValueError, IndexError):
        return None


def verify_submission(data, receipt=None, log_key=None, pin=None):
    """The verdict on a submission, and on the receipt that answers it; None in place of a missing file."""
    submission, rule, judged = in_form(Submission, data), None, True
    if submission is None:
        rule = 1101
    elif not submission.places_fit():
        rule = 1102
    elif receipt is not None:
        root, head = sha256(b""), None
        if submission.start:
            known = parse_pin(pin)
            if known and (known.size, known.origin) == (submission.start, submission.origin):
                root, head = known.root, known.head.hex()
            else:
                judged = False
        judged = judged and log_key is not None
        if judged:
            answer = in_form(Receipt, receipt)
            rule = 1111 if answer is None else answer.breaks(submission, root, head, log_key)
    later = later_version(data, b"submission") or (receipt and later_version(receipt, b"receipt"))
    return {
        "exit": 1 if rule else 0 if judged else 2,
        "faults": [{"rule": rule, "name": RULES[rule][0], "position": None}] if rule else [],
        "later_version": later or None,
        "judged": judged,
    }


def verify(files, marks=None, pin=None, policy=None, published=False):
    verifier = Verifier(files, marks, pin, policy, published)
    verifier.run()
    return verifier.report()


# --- Vectors and command line ----------------------------------------------------------------------


def check_vector(path):
    """None if the vector gives what it expects, else what differs."""
    try:
        with open(path, "rb") as file:
            vector = json.loads(file.read().decode("utf-8"))
        files = {
            name: base64.b64decode(f["base64"], validate=True) if "base64" in f else f["text"].encode("utf-8")
            for name, f in vector["files"].items()
        }
        published = any(name.startswith("published/") for name in files)
        above = "published/" if published else "ledger/"
        below = {name[len(above):]: data for name, data in files.items() if name.startswith(above)}
        policy = Policy(files["policy"]) if "policy" in files else None
        log_key = parse_key(files["log-key"].decode().rstrip("\n"), 1) if "log-key" in files else None
        if "proof" in files:
            got = {**verify_proof(files["proof"], files.get("pin"), policy, log_key), "state": None}
        elif "submission" in files:
            got = verify_submission(files["submission"], files.get("receipt"), log_key, files.get("pin"))
            got = {**got, "state": None}
        else:
            got = verify(Files(below), files.get("keys/log.marks"), files.get("pin"), policy, published)
        state = None if got["state"] is None else sha256(spell(got["state"])).hex()
        found = {"exit": got["exit"], "faults": told(got["faults"]), "state_sha256": state,
                 "counts": {name: got[name] for name in COUNTS if name in got}}
        expect = {**vector["expect"], "faults": told(vector["expect"]["faults"])}
        if expect.get("state_sha256") is None:
            expect["state_sha256"] = state
        expect["counts"] = expect.get("counts") or found["counts"]
        wrong = ["%s: expected %s, found %s" % (k, expect[k], found[k]) for k in found if found[k] != expect[k]]
        return "; ".join(wrong) or None
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        return "not a vector: %r" % error


def told(faults):
    """What two programs compare of faults: rules and positions, in one order."""
    return sorted(((f["rule"], f["position"]) for f in faults), key=lambda f: (-1 if f[1] is None else f[1], f[0]))


def run_vectors(paths):
    """Runs files, and every *.json of folders. The number of those that fail."""
    files = []
    for path in paths:
        if os.path.isdir(path):
            files += [os.path.join(path, name) for name in sorted(os.listdir(path)) if name.endswith(".json")]
        else:
            files.append(path)
    wrong = [(path, problem) for path in files for problem in [check_vector(path)] if problem]
    for path, problem in wrong:
        print("%s: %s" % (path, problem))
    print("%d passed, %d failed" % (len(files) - len(wrong), len(wrong)))
    return len(wrong)


def read_beside(path, missing):
    """A file named on the command line; a missing one is told as a fault, not a traceback."""
    if path is None:
        return None
    try:
        with open(path, "rb") as file:
            return file.read()
    except (OSError, ValueError) as error:
        missing.append("%s: %s" % (path, error))
        return None


VERDICTS = {0: "verified", 1: "FAULT", 2: "damaged, or could not tell", 4: "FORK", 5: "trust is missing"}


def print_proof(got):
    for f in got["faults"]:
        where = "" if f["position"] is None else " at %d" % f["position"]
        print("%d %s%s: %s" % (f["rule"], f["name"], where, RULES[f["rule"]][1]))
    if got["later_version"] is not None:
        print("could not tell: a proof of version %d, which this program cannot judge" % got["later_version"])
    if got["changed"]:
        print("could not tell: a proof that was changed on its way: by a mail program, an editor or a shell")
    if got["not_checkable"]:
        print("not checkable: %d quotations in documents that are left out" % got["not_checkable"])
    print("%s: %d faults (exit %d)" % (VERDICTS[got["exit"]], len(got["faults"]), got["exit"]))


def print_report(got, state):
    for f in got["faults"]:
        where = "" if f["position"] is None else " at %d" % f["position"]
        print("%d %s%s: %s" % (f["rule"], f["name"], where, RULES[f["rule"]][1]))
    if got["ignored_bytes"]:
        print("ignored: %d bytes of an unfinished commit" % got["ignored_bytes"])
    if got["not_checkable"]:
        print("not checkable: %d checks need something that is withheld" % got["not_checkable"])
    if got["state"] is None:
        print("could not tell: the event at %d is of a later format" % got["size"])
    print("size %d\nhead %s\nroot %s" % (got["size"], got["head"] or "-", got["root"]))
    verdict = VERDICTS[got["exit"]]
    print("%s: %d faults (exit %d)" % (verdict, len(got["faults"]), got["exit"]))
    if state and got["state"] is not None:
        print(spell(got["state"]).decode("utf-8"))


def run_submission(options, log_key):
    missing = []
    data, receipt, pin = (read_beside(path, missing) for path in (options.submission, options.receipt, options.pin))
    if missing or receipt is not None and log_key is None:
        print("reverify: %s" % ("; ".join(missing) or "a receipt is judged with --log-key"), file=sys.stderr)
        return 2
    got = verify_submission(data, receipt, log_key, pin)
    if options.json:
        print(spell(got).decode("utf-8"))
        return got["exit"]
    for f in got["faults"]:
        print("%d %s: %s" % (f["rule"], f["name"], RULES[f["rule"]][1]))
    if got["faults"] and got["later_version"] is not None:
        print("it is of version %d, which this program cannot judge" % got["later_version"])
    if not got["judged"]:
        print("could not tell: a receipt is judged with a pin of the size and origin that its submission names")
    print("%s: %d faults (exit %d)" % (VERDICTS[got["exit"]], len(got["faults"]), got["exit"]))
    return got["exit"]


def beside_this(name):
    """A module that only some calls need; None if it is not there, which is printed."""
    try:
        return importlib.import_module(name)
    except ImportError as error:
        print("reverify: expected %s.py beside reverify.py, in %s (%s): copy it there from the scripts of annals"
              % (name, os.path.dirname(os.path.abspath(__file__)), error), file=sys.stderr)
        return None


def run_bag(options, beside, missing):
    reverify_bag = beside_this("reverify_bag")
    if reverify_bag is None:
        return 2
    if missing or options.marks is not None:
        print("reverify: %s" % ("; ".join(missing) or "a bag has no keys: without --marks"), file=sys.stderr)
        return 2
    try:
        got = reverify_bag.verify(options.ledger, *beside[1:])
    except OSError as error:
        print("reverify: %s" % error, file=sys.stderr)
        return 2
    if options.json:
        print(spell({**got, "state": got["state"] if options.state else None}).decode("utf-8"))
        return got["exit"]
    bag = got["bag"]
    print("bag: %d of %d files as the manifest says" % (bag["files"], bag["listed"]))
    print("bag: %d files follow from the record, %d earlier checkpoints hold" % (bag["derived"], bag["checkpoints"]))
    for why in bag["wrong"]:
        print("damage: %s" % why)
    print("bag: %s" % ("the note does not hold" if bag["forged"] else "signed" if bag["signed"] else "not signed"))
    print_report(got, options.state)
    return got["exit"]


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("ledger", nargs="?", metavar="DIR", help="a ledger's folder, a published directory or its address, a bag, a proof or an evidence file")
    parser.add_argument("--marks", metavar="FILE", help="the log key's memory, keys/log.marks")
    parser.add_argument("--pin", metavar="FILE", help="an auditor's pin")
    parser.add_argument("--policy", metavar="FILE", help="the logs and witnesses that are trusted")
    parser.add_argument("--log-key", metavar="KEY", help="the log key of a proof or a receipt, with its origin; or a file with it")
    parser.add_argument("--submission", metavar="FILE", help="what an editor's machine sent to a server")
    parser.add_argument("--receipt", metavar="FILE", help="what the server answered to --submission")
    parser.add_argument("--state", action="store_true", help="also give the folded state")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of text")
    parser.add_argument("--vector", nargs="+", metavar="PATH", help="run test vectors: files, or folders of *.json")
    options = parser.parse_args(arguments)
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    if options.vector:
        return 1 if run_vectors(options.vector) else 0
    if (options.ledger is None) == (options.submission is None):
        parser.error("DIR, --submission or --vector is needed")
    if options.receipt is not None and options.submission is None:
        parser.error("--receipt is judged with --submission")
    policy = log_key = None
    try:
        if options.policy is not None:
            with open(options.policy, "rb") as file:
                policy = Policy(file.read())
        if options.log_key is not None:
            words = options.log_key
            if os.path.isfile(words):
                with open(words, encoding="utf-8") as file:
                    words = file.read().rstrip("\n")
            log_key = parse_key(words, 1)
            Policy.need(log_key)
    except (OSError, ValueError) as error:
        print("reverify: --policy or --log-key: %s" % error, file=sys.stderr)
        return 2
    if options.submission is not None:
        return run_submission(options, log_key)
    if options.ledger.startswith(("http://", "https://")):
        reverify_web, missing = beside_this("reverify_web"), []
        if reverify_web is None:
            return 2
        return reverify_web.run(options, read_beside(options.pin, missing), policy, missing)
    if os.path.isfile(options.ledger):
        missing = []
        data, pin = read_beside(options.ledger, missing), read_beside(options.pin, missing)
        if missing:
            print("reverify: %s" % "; ".join(missing), file=sys.stderr)
            return 2
        start = unchanged(data[:64])
        if start.startswith(b"annals evidence "):
            code, fails = judge_evidence(data)
            said = {1: "does not show its claim", 2: "shows no contradiction", 4: "shows that its key contradicted itself"}
            print("%s: %s" % (options.ledger, ", ".join(fails) or said[code]))
            return code
        if not start.startswith(b"annals proof "):
            print("reverify: %s: its first line says neither proof nor evidence" % options.ledger, file=sys.stderr)
            return 2
        got = verify_proof(data, pin, policy, log_key)
        if options.json:
            print(spell(got).decode("utf-8"))
        else:
            print_proof(got)
        return got["exit"]
    if not os.path.isdir(options.ledger):
        print("reverify: no ledger folder at %s" % options.ledger, file=sys.stderr)
        return 2
    missing = []
    marks, pin = read_beside(options.marks, missing), read_beside(options.pin, missing)
    has = functools.partial(os.path.join, options.ledger)
    if os.path.isfile(has("bagit.txt")):
        return run_bag(options, (marks, pin, policy), missing)
    if os.path.isdir(has("data", "ledger")):
        print("reverify: %s: no bagit.txt, which is written last: this is no whole bag" % options.ledger, file=sys.stderr)
        return 2
    published = os.path.isdir(has("tile")) and not os.path.exists(has("journal"))
    if published and not os.path.exists(has("checkpoint")) and not any(names for _, _, names in os.walk(has("tile"))):
        print("reverify: no record is published at %s" % options.ledger, file=sys.stderr)
        return 2
    if not published and not any(os.path.lexists(has(name)) for name in ("journal", "checkpoint", "document")):
        inner = "; the ledger at %s is one: name that folder" % has("ledger") if os.path.isdir(has("ledger", "journal")) else ""
        print("reverify: %s: expected a ledger's folder, found neither journal nor checkpoint there%s"
              % (options.ledger, inner), file=sys.stderr)
        return 2
    verifier = Verifier(Folder(options.ledger), marks, pin, policy, published)
    if published and verifier.read("checkpoint") is None and verifier.pages:
        print("reverify: %s: the checkpoint is a page of HTML, not a record" % options.ledger, file=sys.stderr)
        return 2
    for message in missing:
        print("reverify: %s" % message, file=sys.stderr)
        verifier.fault(911)
    if not published:
        judge_imported(verifier, has)
    verifier.run()
    got = verifier.report()
    if options.json:
        print(spell({**got, "state": got["state"] if options.state else None}).decode("utf-8"))
    else:
        print_report(got, options.state)
    return got["exit"]


if __name__ == "__main__":
    sys.exit(main())
