#!/usr/bin/env python3
"""submit: a small client of a record's server, as FORMAT.md section 17 has it.

What it is: it signs one act with an editor's key, sends it, judges the receipt, and says *written* only
when the record, read again and verified by scripts/reverify.py, has the act at the promised place. It
shares no code with the program, and does nothing that the page does not say. It keeps no copy: it reads
the whole record each time.

What it needs: Python 3.9 or later and the package `cryptography`; a key without a passphrase.

How to run it:
    submit.py submit --url URL --key FILE --capture FILE --title TITLE --lang LANG
    submit.py submit --url URL --key FILE --claim CLAIM --lang LANG --document N --quote WORDS
    submit.py submit --url URL --key FILE --confirm N --how reread|independent-document|direct-contact
        [--placing free|next|exact] [--pin FILE] [--keep FILE] [--receipt FILE] [--unjudged]
    submit.py send FILE --url URL [--pin FILE] [--receipt FILE]

`submit` keeps what it signed in a file before it sends it, and `send` sends such a file again: the same
bytes have the same places for ever. Exit: 0 written, 1 refused by a rule or answered with a receipt that
does not hold, 2 not known or not sent, 3 others were first, 4 fork.
"""

import argparse
import base64
import contextlib
import datetime
import json
import os
import random
import re
import secrets
import sys
import time

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

import reverify
import reverify_web
from reverify import RULES, NoVerdict, sha256, spell

ANSWER, BYTES_PER_SECOND, SMALL = 30, 20000, 65536
TRIES, SHORT_PAUSE, PAUSE = 4, 0.25, 5  # how often the same bytes are sent, and the seconds between
LATER = 12  # how often a record is read again that has less than a receipt promises
ROUNDS = 8  # how often an act is signed again because others were first
# Which status goes with which type of a problem, and whether it says that nothing was placed.
PROBLEMS = {
    "form": (400, True), "unsigned": (401, True), "role": (403, True), "not-found": (404, False),
    "method": (405, False), "outrun": (409, True), "documents-missing": (409, True), "too-slow": (408, False),
    "too-large": (413, True), "refused": (422, True), "bound": (422, False), "too-much": (429, False), "busy": (503, False),
}
PKCS8 = bytes.fromhex("302e020100300506032b657004220420")  # section 15: what stands before the seed


class Stop(Exception):
    """What ends the command: its exit code, and why."""

    def __init__(self, code, why):
        super().__init__(why)
        self.code = code


def now():
    return spell_time(datetime.datetime.now(datetime.timezone.utc))


def spell_time(when):
    return when.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def later(at, before):
    """`at`, or one microsecond after `before` where it is not later."""
    if before is None or at > before:
        return at
    parsed = datetime.datetime.strptime(before, "%Y-%m-%dT%H:%M:%S.%fZ")
    return spell_time(parsed + datetime.timedelta(microseconds=1))


# --- 15 Keys -----------------------------------------------------------------------------------------


class Key:
    """An editor's secret key, from its file."""

    def __init__(self, path):
        with open(path, encoding="ascii") as file:
            words = file.read(65537)
        found = re.fullmatch("-----BEGIN PRIVATE KEY-----\n([A-Za-z0-9+/=\n]+)-----END PRIVATE KEY-----\n?", words)
        try:
            data = base64.b64decode(found[1].replace("\n", "")) if found else b""
        except ValueError:
            data = b""
        if len(data) != 48 or not data.startswith(PKCS8):
            raise ValueError("%s: expected an Ed25519 key in PEM without a passphrase" % path)
        self.folder = os.path.dirname(os.path.abspath(path))
        self.secret = Ed25519PrivateKey.from_private_bytes(data[16:])
        public = self.secret.public_key()
        self.public = public.public_bytes(Encoding.Raw, PublicFormat.Raw).hex()
        beside = os.path.splitext(path)[0] + ".pub"
        if os.path.exists(beside):
            with open(beside, "rb") as file:
                if file.read(65536) != public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo):
                    raise ValueError("%s: it is not the public key of %s" % (beside, path))

    def sign(self, tag, text):
        return self.secret.sign(tag + sha256(text)).hex()


# --- The record, as it is published ------------------------------------------------------------------


class Record:
    """A published record that was read and verified whole."""

    def __init__(self, url, pin=None):
        self.verifier = v = reverify_web.judge(url, pin)
        if v.exit() != 0:
            told = ["%d %s" % (rule, RULES[rule][0]) for rule, _ in sorted(v.faults, key=str)]
            raise Stop(v.exit(), "the record does not verify: %s" % (", ".join(told) or "could not tell"))
        self.size, self.window = len(v.events), v.opening["window"]
        self.origin, self.last_at = v.opening["origin"], v.last_at
        self.log_key = reverify.note_key(self.origin, v.state.log_key)
        self.hashes = [e.hash for e in v.events]

    def root(self, size):
        return reverify.Tree(self.hashes[:size]).root()

    def head(self, size):
        """The hash of the last of so many events; None of none."""
        return self.hashes[size - 1].hex() if size else None

    def text(self, position):
        """The text of a document."""
        entry = self.verifier.table.get(position)
        text = self.verifier.document(entry["sha256"]).text if entry else None
        self.verifier.files.close()
        if text is None or entry["media_type"] != "text/plain":
            raise ValueError("document %d has no text that can be quoted" % position)
        return text

    def judge(self, place, lines, body):
        """The rules that an event would break as the next one. The record is of no further use."""
        before = len(self.verifier.faults)
        goes_on = self.verifier.take([spell(place), *lines], body)
        self.verifier.files.close()
        if not goes_on:
            return [207]
        return sorted({rule for rule, _ in self.verifier.faults[before:]})


# --- 2, 3, 4 What is signed --------------------------------------------------------------------------


def quotation(text, words):
    """Quote and span (section 3) of words that stand once in a text: so 32 code points of context do."""
    start = text.find(words)
    if start < 0 or text.find(words, start + 1) >= 0:
        raise ValueError("expected words that stand once in the document, found %r" % words)
    end = start + len(words)
    quote = {"exact": words, "prefix": text[max(0, start - 32):start], "suffix": text[end:end + 32]}
    return {"quote": quote, "span": {"start": start, "end": end}}


def act_of(options, record):
    """(type, args, what a body has after salt, by, type; the document that it captures, or None)."""
    if options.confirm is not None:
        return "fact.confirmed", {"on": options.confirm, "how": options.how}, {}, None
    if options.claim is not None:
        evidence = {"document": options.document, "stance": "supports"}
        evidence.update(quotation(record.text(options.document), options.quote))
        fact = {"claim": options.claim, "lang": options.lang, "vouch": "said", "evidence": [evidence]}
        return "fact.asserted", {"sealed": None}, {"fact": fact}, None
    with open(options.capture, "rb") as file:
        data = file.read()
    body = {"sha256": sha256(data).hex(), "bytes": len(data), "media_type": "text/plain",
            "title": options.title, "lang": options.lang, "captured_at": now()}
    return "document.captured", {"sealed": None}, body, data


def sign(key, record, kind, args, fields):
    """([statement, signature], body) of an event on this record."""
    body = spell({"salt": secrets.token_hex(32), "by": key.public, "type": kind, **fields})
    statement = spell({
        "v": 1, "base": record.size, "after": record.head(record.size), "said": now(), "by": key.public,
        "type": kind, "args": args, "body": sha256(body).hex()})
    return [statement, key.sign(b"annals/event/v1", statement).encode()], body


def submission_of(record, placing, place, lines, body):
    """The bytes of a submission of one event."""
    head = ["annals submission v1", "origin " + record.origin, "%s %d" % (placing, record.size), "count 1"]
    event = [spell(place), *lines, body] if placing == "exact" else [*lines, body]
    text = b"".join(line + b"\n" for line in [*map(str.encode, head), *event])
    return text + b"sum " + sha256(text).hex().encode() + b"\n"


# --- 17 Requests -------------------------------------------------------------------------------------


def signed_request(key, origin, method, path, body):
    """The header of a signed request."""
    created = now()
    lines = ("annals asked v1", "origin " + origin, "method " + method, "path " + path,
             "body " + sha256(body).hex(), "created " + created)
    text = "".join(line + "\n" for line in lines).encode()
    return {"Annals-Request": "%s %s %s" % (key.public, created, key.sign(b"annals/asked/v1", text))}


def problem_of(status, data):
    """(the word of its type, the problem) of problem details in form, else (None, {})."""
    try:
        problem = json.loads(data.decode("utf-8"))
        word = problem["type"].removeprefix("urn:annals:")
        known = problem["type"] == "urn:annals:" + word and PROBLEMS[word][0] == status
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        known = False
    return (word, problem) if known else (None, {})


class Refused(Exception):
    """A problem that says that nothing was placed."""

    def __init__(self, word, problem):
        super().__init__(word)
        self.word = word
        rule = problem.get("rule")
        name = "%d %s: " % (rule, RULES[rule][0]) if type(rule) is int and rule in RULES else ""
        detail = "".join(c for c in str(problem.get("detail", "")) if c.isprintable())[:1000]
        self.why = "refused (%s): %s%s" % (word, name, detail)

    def stop(self):
        return Stop(3 if self.word == "outrun" else 2 if self.word == "documents-missing" else 1, self.why)


class Server:
    """A server of a record, by its address."""

    def __init__(self, url):
        self.url = url

    def request(self, method, path, body=None, headers=None, bound=SMALL):
        limit = ANSWER + len(body or b"") / BYTES_PER_SECOND
        with contextlib.closing(reverify_web.Web(self.url)) as web:
            return web.request(method, path[1:], bound, headers, body, limit)

    def expect_server(self):
        status, _, data = self.request("GET", "/v1/health")
        try:
            if json.loads(data.decode("utf-8"))["server"] == "annals":
                return
        except (ValueError, TypeError, KeyError, RecursionError):
            if status >= 500 or data.startswith(b"{") or not self.has_checkpoint():
                raise Stop(2, "no server answers at %s: status %d" % (self.url, status)) from None
        raise Stop(2, "%s has published files alone: nothing can be sent there" % self.url)

    def has_checkpoint(self):
        """Whether a checkpoint in form is published."""
        status, _, data = self.request("GET", "/checkpoint")
        return status == 200 and reverify.parse_checkpoint(data) is not None

    def send(self, method, path, good, body, headers=None, bound=SMALL, form=bytes):
        """The bytes of the answer with the status `good`, of which `form` makes something. Sends the same
        bytes again while what came says nothing."""
        why = ""
        for attempt in range(TRIES):
            if attempt:
                time.sleep(min(pause, PAUSE))
            pause = SHORT_PAUSE
            try:
                status, found, data = self.request(method, path, body, headers, bound)
            except NoVerdict as error:
                why = str(error)
                continue
            if status == good and form(data) is not None:
                return data
            word, problem = problem_of(status, data)
            if word is not None and PROBLEMS[word][1]:
                raise Refused(word, problem)
            why = "status %d" % status
            if re.fullmatch("[0-9]{1,4}", found.get("Retry-After", "")):
                pause = int(found["Retry-After"])
        raise Stop(2, "it is not known whether the server placed it (%s): send sends the same bytes" % why)


# --- 17 What is promised, and what is there ----------------------------------------------------------


def place_and_find(server, text, known, receipt_file, aside):
    """Sends a submission; the position of its first event, found in the record that was read again.
    The receipt is kept in `receipt_file`, and in `aside` where it is evidence."""
    answer = server.send("POST", "/v1/submit", 200, text, bound=reverify.RECEIPT_MOST + 1,
                         form=lambda data: reverify.in_form(reverify.Receipt, data))
    if receipt_file is not None:
        keep(receipt_file, answer)
    submission = reverify.Submission(text)
    receipt = reverify.in_form(reverify.Receipt, answer)
    start = submission.start
    rule = receipt.breaks(submission, known.root(start), known.head(start), known.log_key)
    if rule is not None:
        raise Stop(1, "the receipt does not hold: %d %s" % (rule, RULES[rule][0]))
    _, size, root, _, _ = receipt.checkpoint
    after = Record(server.url)
    for _ in range(LATER):
        # Of several servers of one record, this one may have it a moment later.
        if after.size >= size:
            break
        time.sleep(SHORT_PAUSE)
        after = Record(server.url)
    if after.size < size:
        raise Stop(1, "the receipt promises %d events, and %d are published" % (size, after.size))
    if after.root(known.size) != known.root(known.size):
        raise Stop(4, "what is published now does not extend what was read before")
    ours = [reverify.record_hash(place, signed) for place, (_, _, signed) in zip(receipt.places, submission.events)]
    there = [e.hex() for e in after.hashes[receipt.first:receipt.first + len(ours)]]
    if after.root(size) != root or ours != there:
        keep(aside, answer)
        raise Stop(4, "what the receipt promises is not what is published; it is kept in %s" % aside)
    return receipt.first


def keep(path, data):
    """Writes a file as a whole, durably."""
    with open(path + ".new", "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    os.replace(path + ".new", path)


def submit(options, pin):
    key, server = Key(options.key), Server(options.url)
    server.expect_server()
    for attempt in range(ROUNDS):
        if attempt:
            time.sleep(random.random() * attempt / 4)
        record = Record(options.url, pin)
        kind, args, fields, document = act_of(options, record)
        lines, body = sign(key, record, kind, args, fields)
        place = {"seq": record.size, "prev": record.head(record.size), "at": later(now(), record.last_at)}
        placing = options.placing or ("free" if record.window else "next")
        text = submission_of(record, placing, place, lines, body)
        rules = [] if options.unjudged else record.judge(place, lines, body)
        if rules:
            raise Stop(1, "not sent: " + "; ".join("%d %s: %s" % (rule, *RULES[rule]) for rule in rules))
        kept = options.keep or os.path.join(key.folder, sha256(lines[0]).hex()[:16] + ".submission")
        keep(kept, text)
        try:
            if document is not None:
                path = "/v1/document/" + sha256(document).hex()
                server.send("PUT", path, 201, document, signed_request(key, record.origin, "PUT", path, document))
            position = place_and_find(server, text, record, options.receipt, kept + ".receipt")
        except Stop as stop:
            raise Stop(stop.code, "%s; what was signed is kept in %s" % (stop, kept)) from None
        except Refused as refused:
            if options.keep is None:
                os.remove(kept)
            if refused.word == "outrun" and attempt + 1 < ROUNDS:
                continue
            raise refused.stop() from None
        if options.keep is None:
            os.remove(kept)
        print("written at %d" % position)
        return 0


def send(options, pin):
    with open(options.submission, "rb") as file:
        text = file.read()
    submission = reverify.in_form(reverify.Submission, text)
    if submission is None or not submission.places_fit():
        raise Stop(1, "%s is no submission in form" % options.submission)
    server = Server(options.url)
    server.expect_server()
    record = Record(options.url, pin)
    if record.size < submission.start:
        raise Stop(2, "%d events are published, and it was signed on %d" % (record.size, submission.start))
    try:
        position = place_and_find(server, text, record, options.receipt, options.submission + ".receipt")
    except Refused as refused:
        raise refused.stop() from None
    print("written at %d" % position)
    return 0


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    commands = parser.add_subparsers(dest="command", required=True)
    both = argparse.ArgumentParser(add_help=False)
    both.add_argument("--url", required=True, help="the address of the record")
    both.add_argument("--pin", metavar="FILE", help="an auditor's pin, with which the record is verified first")
    both.add_argument("--receipt", metavar="FILE", help="keep the server's answer there")
    again = commands.add_parser("send", parents=[both], help="send a submission that was kept")
    again.add_argument("submission", metavar="FILE")
    once = commands.add_parser("submit", parents=[both], help="sign one act and send it")
    once.add_argument("--key", required=True, metavar="FILE", help="keys/NAME.key, without a passphrase")
    once.add_argument("--placing", choices=("free", "next", "exact"), help="who writes the place; default free")
    once.add_argument("--keep", metavar="FILE", help="keep the submission there, also when it is written")
    once.add_argument("--unjudged", action="store_true", help="let the server alone judge the act by the rules")
    acts = once.add_mutually_exclusive_group(required=True)
    acts.add_argument("--capture", metavar="FILE", help="a document of plain text")
    acts.add_argument("--claim", help="a fact of the document --document with the words --quote")
    acts.add_argument("--confirm", metavar="N", type=int, help="the event that made a fact's present revision")
    for name in ("--title", "--lang", "--quote"):
        once.add_argument(name)
    once.add_argument("--document", metavar="N", type=int)
    once.add_argument("--how", choices=("reread", "independent-document", "direct-contact"))
    options = parser.parse_args(arguments)
    needs = {"capture": ("title", "lang"), "claim": ("lang", "document", "quote"), "confirm": ("how",)}
    for act, names in needs.items() if options.command == "submit" else ():
        missing = [name for name in names if getattr(options, name) is None]
        if getattr(options, act) is not None and missing:
            parser.error("--%s needs --%s" % (act, ", --".join(missing)))
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        pin = None
        if options.pin is not None:
            with open(options.pin, "rb") as file:
                pin = file.read()
        return (submit if options.command == "submit" else send)(options, pin)
    except Stop as stop:
        code, why = stop.code, stop
    except (NoVerdict, OSError, ValueError) as error:
        code, why = 2, error
    print("submit: %s" % why, file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main())
