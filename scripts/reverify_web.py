"""reverify_web: records that are published at an address (FORMAT.md section 9, "Over HTTP or HTTPS").

What it is: the part of scripts/reverify.py that asks a server for the files of a published directory,
whether a web server has them as files or `annals serve` answers them. The verifier there judges them as
it judges a folder. It shares no code with the program.

How to run it: reverify.py http://HOST[:PORT][/PATH] or https://...
"""

import base64
import contextlib
import http.client
import socket
import ssl
import sys
import threading
import time
import urllib.parse
import zlib

import reverify
from reverify import NoVerdict, Page, is_page, sha256

CONNECT, ANSWER = 10, 20  # seconds
READING, PER_ANSWER, BYTES_PER_SECOND = 60, 2, 10000  # seconds, seconds, and bytes on a slow line
FILES_MOST, BYTES_MOST = 4000000, 64 << 30
KEPT = 64 << 20  # bytes of documents that are kept, since quotations come back to them
LOOKS = 3  # how often a reading begins again where the record went on
NO_NAME = "no-file-of-a-record"
BOUNDS = {"checkpoint": reverify.NOTE_MOST + 1, "document": 67108865, "body": 2 * 1048576}


def bound_of(names):
    """How many bytes are read of a file."""
    if names[:2] == ("body", "bundle"):
        return 256 * 16385
    if names[:2] == ("tile", "entries"):
        return 256 * (2 + 65535) + 1
    return BOUNDS.get(names[0], 32 * 256 + 1)


class Web:
    """The files below an address, in the place of a folder. What is no file and no word that there is
    none ends the reading: NoVerdict."""

    served = True

    def __init__(self, address, patience=READING):
        try:
            parts = urllib.parse.urlsplit(address)
            host, port = parts.hostname, parts.port
        except ValueError:
            host = None
        if not host or parts.scheme not in ("http", "https") or parts.query or parts.fragment:
            known = address.rpartition("@")[2]  # before it may be a password
            raise NoVerdict("%s: expected an address like https://example.org/record" % known)
        user, _, place = parts.netloc.rpartition("@")
        self.path, self.login = parts.path.rstrip("/"), {}
        self.address = "%s://%s%s" % (parts.scheme, place, self.path)
        if user:
            name, _, password = user.partition(":")
            login = b":".join(urllib.parse.unquote_to_bytes(part) for part in (name, password))
            self.login = {"Authorization": "Basic " + base64.b64encode(login).decode()}
        if parts.scheme == "https":
            self.connection = http.client.HTTPSConnection(host, port, context=ssl.create_default_context())
        else:
            self.connection = http.client.HTTPConnection(host, port)
        self.patience, self.spent, self.answers, self.bytes = patience, 0.0, 0, 0
        self.kept, self.kept_bytes = {}, 0

    def close(self):
        """Closes the connection; a later request opens it again."""
        self.connection.close()

    def left(self):
        """The seconds that are left for all that is still to be read."""
        return self.patience + PER_ANSWER * self.answers + self.bytes / BYTES_PER_SECOND - self.spent

    def fail(self, name, why):
        return NoVerdict("cannot read %s/%s: %s" % (self.address, name, why))

    def request(self, method, name, bound, headers=None, body=None, limit=ANSWER):
        """(status, headers, at most `bound` bytes of the body) of one answer, within `limit` seconds."""
        connection, reused = self.connection, self.connection.sock is not None
        try:
            return self.request_once(method, name, bound, headers or {}, body, limit)
        except (http.client.HTTPException, OSError, ValueError, zlib.error) as error:
            connection.close()
            # A server may close a connection that it let open after the answer before.
            closed = isinstance(error, (http.client.RemoteDisconnected, ConnectionError))
            if not (reused and closed and method == "GET"):
                raise self.fail(name, error or type(error).__name__) from error
        try:
            return self.request_once(method, name, bound, headers or {}, body, limit)
        except (http.client.HTTPException, OSError, ValueError, zlib.error) as error:
            connection.close()
            raise self.fail(name, error or type(error).__name__) from error

    def request_once(self, method, name, bound, headers, body, limit):
        connection = self.connection
        if connection.sock is None:
            connection.timeout = min(CONNECT, limit)
            connection.connect()
        connection.sock.settimeout(limit)
        # A server that sends a byte now and then keeps no reader beyond the limit.
        watch = threading.Timer(limit, shut, [connection.sock])
        watch.daemon = True
        watch.start()
        try:
            connection.request(method, "%s/%s" % (self.path, name), body, {**self.login, **headers})
            answer = connection.getresponse()
            data = body_of(answer, bound)
        finally:
            watch.cancel()
        if not answer.isclosed():
            connection.close()  # it has more than is read
        return answer.status, answer.headers, data

    def ask(self, name, bound, fresh=False):
        """(the bytes of a file, whether its type is HTML); the bytes are None if there is no such file."""
        if self.answers >= FILES_MOST or self.bytes >= BYTES_MOST:
            raise self.fail(name, "the record has more files or bytes than are read")
        limit = min(self.left(), ANSWER + bound / 600000)
        if limit <= 0:
            raise self.fail(name, "the server is too slow")
        headers = {"Accept-Encoding": "gzip", **({"Cache-Control": "no-cache"} if fresh else {})}
        began = time.monotonic()
        try:
            status, headers, data = self.request("GET", name, bound, headers, limit=limit)
        finally:
            self.spent += time.monotonic() - began
        self.answers, self.bytes = self.answers + 1, self.bytes + len(data)
        if status in (404, 410):
            return None, False
        if status != 200:
            raise self.fail(name, "expected the answer 200 or 404, found %d" % status)
        kind = headers.get("Content-Type", "").lower()
        return data, kind.startswith(("text/html", "application/xhtml+xml"))

    def read(self, *names):
        name, bound = "/".join(names), bound_of(names)
        if name in self.kept:
            return self.kept[name]
        data, html = self.ask(name, bound)
        named = len(names) == 2 and names[0] in ("body", "document")
        if named and data is not None and sha256(data).hex() != names[1]:
            try:
                data, html = self.ask(name, bound, fresh=True)  # something between may have kept another
            except NoVerdict:
                pass
        if data is None:
            raise FileNotFoundError(name)
        if named and sha256(data).hex() == names[1]:
            if names[0] == "document" and self.kept_bytes + len(data) <= KEPT:
                self.kept[name] = data
                self.kept_bytes += len(data)
        elif not data or is_page(data) or html and begins_as_markup(data):
            raise Page(name)
        return data

    def answers_every_name(self):
        try:
            return self.ask(NO_NAME, 1)[0] is not None
        except NoVerdict:
            return False


def shut(sock):
    try:
        sock.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass


def begins_as_markup(data):
    return data.removeprefix(b"\xef\xbb\xbf").lstrip(b"\t\n\x0c\r ").startswith(b"<")


def body_of(answer, bound):
    """The bytes of an answer, at most `bound`. ValueError if it is cut, or in another encoding."""
    encoding = answer.headers.get("Content-Encoding", "").lower()
    if encoding not in ("", "identity", "gzip"):
        raise ValueError("expected bytes as they are or in gzip, found the encoding %s" % encoding[:40])
    data, unpack = bytearray(), zlib.decompressobj(31) if encoding == "gzip" else None
    whole = unpack is None
    while len(data) < bound:
        chunk = answer.read1(65536)
        if not chunk:
            break
        while chunk and unpack is not None and len(data) < bound:
            unpack = zlib.decompressobj(31) if unpack.eof else unpack
            data += unpack.decompress(chunk, bound - len(data))
            chunk = unpack.unused_data if unpack.eof else unpack.unconsumed_tail
            whole = unpack.eof
        if unpack is None:
            data += chunk[:bound - len(data)]
    if len(data) < bound and (answer.length or not whole):
        raise ValueError("the answer ends early")
    if len(data) < bound or not answer.length:
        # What is left is the end of the chunks, if anything.
        if not answer.isclosed() and not answer.read1(1):
            answer.close()
    return bytes(data)


def judge(address, pin=None, policy=None, patience=READING):
    """The verifier that judged the record at an address. NoVerdict if there is no verdict."""
    with contextlib.closing(Web(address, patience)) as web:
        return judge_files(web, pin, policy)


def judge_files(web, pin, policy):
    for looks in range(LOOKS, 0, -1):
        verifier = reverify.Verifier(web, None, pin, policy, published=True)
        note = verifier.read("checkpoint")
        if note is None and not verifier.pages:
            raise NoVerdict("no record is published at %s" % web.address)
        if note is None or reverify.parse_checkpoint(note) is None:
            raise web.fail("checkpoint", "expected a signed checkpoint: what is there is no record")
        verifier.pages = True  # what a server says is not there may be there: 911 in place of 604 and 605
        verifier.run(note)
        if verifier.exit() == 0 or looks == 1:
            break
        try:
            # Somebody may have published meanwhile: what is withheld now was perhaps not before.
            if web.read("checkpoint") == note:
                break
        except FileNotFoundError:
            break
    if verifier.exit() == 1 and web.answers_every_name():
        raise NoVerdict("%s has an answer for every name: what is there is no record" % web.address)
    return verifier


def run(options, pin, policy, missing):
    """The command line of reverify.py with an address in the place of a folder."""
    if missing or options.marks is not None:
        print("reverify: %s" % ("; ".join(missing) or "an address has no keys: without --marks"), file=sys.stderr)
        return 2
    try:
        got = judge(options.ledger, pin, policy).report()
    except NoVerdict as error:
        print("reverify: %s" % error, file=sys.stderr)
        return 2
    if options.json:
        print(reverify.spell({**got, "state": got["state"] if options.state else None}).decode("utf-8"))
    else:
        reverify.print_report(got, options.state)
    return got["exit"]
