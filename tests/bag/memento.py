"""Serves a folder by Python's own HTTP server on loopback and follows the TimeMap that is there.

Run with the folder that is served and the address of the TimeMap in it; says a line of JSON with each
link's relation types, date, address below the server, and the answer's status, type and SHA-256.
"""

import functools
import hashlib
import http.server
import json
import re
import sys
import threading
import urllib.parse
import urllib.request
from email.utils import parsedate_to_datetime

# RFC 6690 section 2, as much of it as RFC 7089 section 5 uses.
PARAMETER = re.compile(r';([a-z]+)="([^"]*)"')
LINK = re.compile(r'<([^<>"\s]*)>((?:;[a-z]+="[^"]*")*)')
SEPARATOR = re.compile(r",\s*")


def parse(text):
    """The links of a TimeMap as (address, parameters), or an error."""
    links, at = [], 0
    while True:
        found = LINK.match(text, at)
        if not found:
            raise ValueError("no link at %d: %r" % (at, text[at:at + 30]))
        parameters = PARAMETER.findall(found[2])
        assert len(dict(parameters)) == len(parameters), "a parameter stands twice"
        links.append((found[1], dict(parameters)))
        at = found.end()
        if text[at:] == "\n":
            return links
        at = SEPARATOR.match(text, at).end()


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


def get(url):
    with urllib.request.urlopen(url, timeout=10) as answer:
        return answer.status, answer.headers["Content-Type"], answer.read()


folder, name = sys.argv[1:]
handler = functools.partial(Quiet, directory=folder)
with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
    threading.Thread(target=server.serve_forever, daemon=True).start()
    root = "http://127.0.0.1:%d/" % server.server_port
    base = root + urllib.parse.quote(name)
    for address, parameters in parse(get(base)[2].decode("ascii")):
        url = urllib.parse.urljoin(base, address)
        assert url.startswith(root), url
        status, kind, body = get(url)
        dates = {key: parsedate_to_datetime(parameters[key]).strftime("%Y-%m-%dT%H:%M:%SZ")
                 for key in ("datetime", "from", "until") if key in parameters}
        print(json.dumps({"rel": parameters["rel"], "path": urllib.parse.unquote(url[len(root):]), "status": status,
                          "type": kind, "sha256": hashlib.sha256(body).hexdigest(), **dates}))
    server.shutdown()
