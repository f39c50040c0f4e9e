"""A web server with faults, for tests: python3 http_server.py FOLDER [CERTIFICATE KEY]

Prints its port, then serves the files of FOLDER until its standard input ends. The first
part of a path says how it misbehaves: /ok/a.csv, /cut/a.csv, ... Each request is written
to FOLDER/log as one line: method, path, and the headers that tests look at.
"""
import email.utils
import hashlib
import os
import socketserver
import ssl
import struct
import sys
import threading
import time

FOLDER = sys.argv[1]
LOCK = threading.Lock()
SEEN = {}  # how often a path was asked for


def count(key):
    with LOCK:
        SEEN[key] = SEEN.get(key, 0) + 1
        return SEEN[key]


class Handler(socketserver.StreamRequestHandler):
    def handle(self):
        try:
            while self.one():
                pass
        except (BrokenPipeError, ConnectionResetError, ssl.SSLError):
            pass

    def one(self):
        line = self.rfile.readline().decode("latin-1").split()
        if len(line) != 3:
            return False
        self.method, self.path, _ = line
        self.headers = {}
        while True:
            header = self.rfile.readline().decode("latin-1").rstrip("\r\n")
            if not header:
                break
            name, _, value = header.partition(":")
            self.headers[name.lower()] = value.strip()
        shown = [self.headers.get(h, "") for h in ("range", "if-match", "authorization")]
        with LOCK, open(os.path.join(FOLDER, "log"), "a") as log:
            log.write(" ".join([self.method, self.path] + [s or "-" for s in shown]) + "\n")
        path = self.path.partition("?")[0]
        fault, _, name = path.lstrip("/").partition("/")
        try:
            with open(os.path.join(FOLDER, os.path.basename(name)), "rb") as file:
                self.data = file.read()
        except OSError:
            self.data = None
        self.etag = '"%s"' % hashlib.md5(self.data or b"").hexdigest()
        getattr(self, "do_" + fault.replace("-", "_"), self.nothing)()
        return False  # one request a connection

    def head(self, status, length=None, **more):
        lines = ["HTTP/1.1 %d Status" % status, "Date: " + email.utils.formatdate(usegmt=True)]
        if length is not None:
            lines.append("Content-Length: %d" % length)
        lines += ["%s: %s" % (k.replace("_", "-"), v) for k, v in more.items()]
        self.wfile.write("\r\n".join(lines + ["Connection: close", "", ""]).encode("latin-1"))

    def nothing(self):
        self.status(404)

    def status(self, status, **more):
        body = b"CANARY says the server\n"
        self.head(status, len(body), **more)
        self.wfile.write(body)

    def reset(self):
        """Ends the connection with an RST instead of in order."""
        self.connection.setsockopt(1, 13, struct.pack("ii", 1, 0))  # SO_LINGER
        self.connection.close()

    def asked_from(self):
        value = self.headers.get("range", "")
        return int(value[6:-1]) if value.startswith("bytes=") else 0

    def send(self, etag=None, until=None, ranges=True, **more):
        """Answers as a good server does, but stops after the byte `until`."""
        etag = self.etag if etag is None else etag
        want = self.headers.get("if-match")
        first = self.asked_from() if ranges else 0
        if self.data is None:
            return self.status(404)
        if want and etag and want != etag:
            return self.status(412)
        if first >= len(self.data) > 0 and first:
            return self.status(416, Content_Range="bytes */%d" % len(self.data))
        if etag:
            more["ETag"] = etag
        if first:
            more["Content_Range"] = "bytes %d-%d/%d" % (first, len(self.data) - 1, len(self.data))
        self.head(206 if first else 200, len(self.data) - first, **more)
        self.wfile.write(self.data[first:until])
        return None

    def do_ok(self):
        self.send()

    def do_nolist(self):
        self.nothing()

    def do_noetag(self):
        self.send(etag="")

    def do_weak(self):
        self.send(etag='W/"1"')

    def do_weak_cut(self):
        self.send(etag='W/"1"', until=self.half())

    def half(self):
        return len(self.data) // 2

    # Each breaks off in the middle of the first answer to a path.

    def do_cut(self):
        self.send(until=self.half() if count(self.path) == 1 else None)

    def do_reset(self):
        self.send(until=self.half() if count(self.path) == 1 else None)
        if SEEN[self.path] == 1:
            self.reset()

    def do_cut_often(self):
        """A third of the rest with each answer."""
        first = self.asked_from()
        self.send(until=first + (len(self.data) - first) // 3 + 1)

    def do_cut_down(self):
        """Then the server is busy once, then not there at all, then well."""
        n = count(self.path)
        if n in (2, 3):
            self.status(503) if n == 2 else self.reset()
        else:
            self.send(until=self.half() if n == 1 else None)

    def do_cut_noetag(self):
        self.send(etag="", until=self.half())

    def do_cut_changed(self):
        first = count(self.path) == 1
        self.send(etag='"one"' if first else '"two"', until=self.half() if first else None)

    def do_cut_changed_blind(self):
        """As before from a server that does not know If-Match."""
        first = count(self.path) == 1
        self.headers.pop("if-match", None)
        self.send(etag='"one"' if first else '"two"', until=self.half() if first else None)

    def do_cut_norange(self):
        first = count(self.path) == 1
        self.send(ranges=False, until=self.half() if first else None)

    def do_cut_416(self):
        if count(self.path) == 1:
            return self.send(until=self.half())
        return self.status(416, Content_Range="bytes */%d" % self.half())

    def do_cut_wrong_range(self):
        if count(self.path) == 1:
            return self.send(until=self.half())
        part = self.data[self.half() + 1 :]
        self.head(206, len(part), ETag=self.etag, Content_Range="bytes %d-%d/%d" % (
            self.half() + 1, len(self.data) - 1, len(self.data)))
        return self.wfile.write(part)

    def do_cut_gone(self):
        self.send(until=self.half()) if count(self.path) == 1 else self.status(404)

    def do_changes(self):
        """Another object with each request."""
        self.send(etag='"%d"' % count(self.path))

    def do_long(self):
        """Announces more than there is, always."""
        self.head(200, len(self.data) + 5)
        self.wfile.write(self.data)

    def do_short(self):
        """Announces less than it sends."""
        part = self.data[:1000]  # in one piece, so that the client sees all of it
        head = "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % (len(part) - 5)
        self.wfile.write(head.encode() + part)

    def chunks(self, data):
        for at in range(0, len(data), 7):
            self.wfile.write(b"%x\r\n%s\r\n" % (len(data[at : at + 7]), data[at : at + 7]))

    def do_chunked(self):
        self.head(200, Transfer_Encoding="chunked", ETag=self.etag)
        self.chunks(self.data)
        self.wfile.write(b"0\r\n\r\n")

    def do_chunked_cut(self):
        if self.asked_from():
            return self.send()
        self.head(200, Transfer_Encoding="chunked", ETag=self.etag)
        return self.chunks(self.data[: self.half()])

    def do_chunked_cut_noetag(self):
        self.head(200, Transfer_Encoding="chunked")
        self.chunks(self.data[: self.half()])

    def do_unframed(self):
        self.head(200)
        self.wfile.write(self.data)

    def do_encoded(self):
        self.send(Content_Encoding="gzip")

    def do_brotli(self):
        self.send(Content_Encoding="br")

    def do_silent(self):
        time.sleep(8)

    def do_slow(self):
        """Some of it, then a byte a second."""
        self.head(200, len(self.data), ETag=self.etag)
        for at in range(8):
            self.wfile.write(self.data[at : at + 1])
            self.wfile.flush()
            time.sleep(1)

    def do_endless(self):
        self.head(200)
        for _ in range(1 << 14):
            self.wfile.write(self.data)

    def do_garbage(self):
        self.wfile.write(b"220 mail.example ESMTP\r\n")

    def do_401(self):
        self.status(401, WWW_Authenticate="Basic")

    def do_403(self):
        self.status(403)

    def do_500(self):
        self.status(500)

    def do_503_once(self):
        self.status(503, Retry_After="0") if count(self.path) == 1 else self.send()

    def do_429_long(self):
        self.status(429, Retry_After="1000000000000")

    def do_private(self):
        good = "Basic dXNlcjpDQU5BUlk="  # user:CANARY
        self.send() if self.headers.get("authorization") == good else self.do_401()

    def do_move(self):
        self.status(302, Location="/ok" + self.path[len("/move") :])

    def do_loop(self):
        self.status(302, Location=self.path)

    def do_elsewhere(self):
        self.status(302, Location="http://localhost:9/stolen?token=CANARY2")

    def do_to_file(self):
        self.status(302, Location="file:///etc/passwd")


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def get_request(self):
        connection, address = super().get_request()
        if len(sys.argv) > 3:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(sys.argv[2], sys.argv[3])
            connection.settimeout(10)
            connection = context.wrap_socket(connection, server_side=True)
        return connection, address

    def handle_error(self, request, client_address):
        pass


with Server(("127.0.0.1", 0), Handler) as server:
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(server.server_address[1], flush=True)
    sys.stdin.read()
