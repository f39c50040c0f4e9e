"""A small S3 for tests: python3 s3_server.py FOLDER

Prints its port, then serves buckets until its standard input ends. It knows GetObject and
ListObjectsV2 in path style, with two keys a page. Buckets: `private` wants signatures
(version 4) by the keys below, computed here from what the specification says and not from
how assay does it; `public` wants none; `session` a token too; `odd` answers with nonsense.
FOLDER holds the objects: FOLDER/BUCKET/ and the key, percent-encoded, as a file's name.
FOLDER/connections gets a line for each connection.
"""
import hashlib
import hmac
import http.server
import os
import socketserver
import sys
import threading
import time
import urllib.parse
from xml.sax.saxutils import escape

FOLDER = sys.argv[1]
ACCESS, SECRET, TOKEN = "AKIDTEST", "CANARY/secret+key", "CANARYtoken=="
REGION = "eu-test-1"
PAGE = 2
CUT = set()
LOCK = threading.Lock()


def objects(bucket):
    folder = os.path.join(FOLDER, bucket)
    if not os.path.isdir(folder):
        return None
    names = [urllib.parse.unquote(name) for name in os.listdir(folder)]
    return sorted(names, key=lambda key: key.encode())


def mac(key, text):
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


def quote(text):
    return urllib.parse.quote(text, safe="-._~")


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def setup(self):
        with LOCK, open(os.path.join(FOLDER, "connections"), "a") as log:
            log.write("one\n")
        super().setup()

    def log_message(self, *_):
        pass

    def reply(self, status, body, **headers):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def error(self, status, code, **headers):
        body = (
            '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>%s</Code><Message>%s</Message>'
            "<Resource>%s</Resource></Error>"
            % (code, "you sent " + escape(self.headers.get("Authorization", "-")), escape(self.path))
        )
        self.reply(status, body.encode(), **headers)

    def wrong_signature(self, token):
        """What is wrong with the request's signature; None: nothing."""
        value = self.headers.get("Authorization", "")
        if not value.startswith("AWS4-HMAC-SHA256 "):
            return "AccessDenied"
        parts = dict(p.strip().split("=", 1) for p in value[17:].split(","))
        access, day, region, service, end = parts["Credential"].split("/")
        if access != ACCESS:
            return "InvalidAccessKeyId"
        if region != REGION:
            return "AuthorizationHeaderMalformed"
        date = self.headers["x-amz-date"]
        names = parts["SignedHeaders"].split(";")
        wanted = {"host", "x-amz-content-sha256", "x-amz-date"} | ({"x-amz-security-token"} if token else set())
        if not wanted <= set(names) or names != sorted(names) or (service, end) != ("s3", "aws4_request"):
            return "AccessDenied"
        if token and self.headers.get("x-amz-security-token") != TOKEN:
            return "InvalidToken"
        then = time.strptime(date, "%Y%m%dT%H%M%SZ")
        if abs(time.mktime(then) - time.timezone - time.time()) > 900 or date[:8] != day:
            return "RequestTimeTooSkewed"
        raw_path, _, raw_query = self.path.partition("?")
        path = "/".join(quote(urllib.parse.unquote(part)) for part in raw_path.split("/"))
        pairs = []
        for part in raw_query.split("&") if raw_query else []:
            name, _, text = part.partition("=")
            pairs.append((quote(urllib.parse.unquote(name)), quote(urllib.parse.unquote(text))))
        canonical = "\n".join(
            ["GET", path, "&".join("%s=%s" % p for p in sorted(pairs))]
            + ["%s:%s" % (n, " ".join(self.headers[n].split())) for n in names]
            + ["", ";".join(names), self.headers["x-amz-content-sha256"]]
        )
        if self.headers["x-amz-content-sha256"] != hashlib.sha256(b"").hexdigest():
            return "XAmzContentSHA256Mismatch"
        scope = "/".join([day, region, service, end])
        text = "\n".join(
            ["AWS4-HMAC-SHA256", date, scope, hashlib.sha256(canonical.encode()).hexdigest()]
        )
        key = ("AWS4" + SECRET).encode()
        for step in (day, region, service, end):
            key = mac(key, step)
        if not hmac.compare_digest(mac(key, text).hex(), parts["Signature"]):
            return "SignatureDoesNotMatch"
        return None

    def do_GET(self):
        path, _, query = self.path.partition("?")
        bucket, _, key = urllib.parse.unquote(path).lstrip("/").partition("/")
        query = dict(urllib.parse.parse_qsl(query, keep_blank_values=True))
        if bucket == "elsewhere":
            return self.error(301, "PermanentRedirect", x_amz_bucket_region="eu-north-7")
        if bucket == "odd":
            return self.reply(200, b"<html>Sign in, please</html>")
        if bucket != "public":
            wrong = self.wrong_signature(bucket == "session")
            if wrong:
                return self.error(403, wrong)
        keys = objects(bucket)
        if keys is None:
            return self.error(404, "NoSuchBucket")
        if query.get("list-type") == "2":
            return self.list(bucket, keys, query)
        if key not in keys:
            return self.error(404, "NoSuchKey")
        return self.object(os.path.join(FOLDER, bucket, urllib.parse.quote(key, safe="")))

    def object(self, file):
        with open(file, "rb") as opened:
            data = opened.read()
        etag = '"%s"' % hashlib.md5(data).hexdigest()
        if self.headers.get("If-Match", etag) != etag:
            return self.error(412, "PreconditionFailed")
        first = int(self.headers.get("Range", "bytes=0-")[6:-1])
        headers = {"ETag": etag}
        if first:
            headers["Content_Range"] = "bytes %d-%d/%d" % (first, len(data) - 1, len(data))
        if "cut" in file and file not in CUT:
            CUT.add(file)
            self.send_response(200)
            self.send_header("Content-Length", str(len(data)))
            self.send_header("ETag", etag)
            self.end_headers()
            self.wfile.write(data[: len(data) // 2])
            self.close_connection = True
            return None
        return self.reply(206 if first else 200, data[first:], **headers)

    def list(self, bucket, keys, query):
        token = query.get("continuation-token", "")
        keys = [k for k in keys if k.startswith(query.get("prefix", ""))]
        start = int(token.rsplit("+", 1)[1]) if token else 0
        page = keys[start : start + PAGE]
        more = start + PAGE < len(keys)
        body = '<?xml version="1.0" encoding="UTF-8"?>\n'
        body += '<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">'
        body += "<Name>%s</Name><KeyCount>%d</KeyCount>" % (bucket, len(page))
        body += "<EncodingType>url</EncodingType>" if "encoding-type" in query else ""
        body += "<IsTruncated>%s</IsTruncated>" % ("true" if more else "false")
        if more:
            body += "<NextContinuationToken>%s</NextContinuationToken>" % escape(
                "a&/=token +%d" % (start + PAGE)
            )
        for key in page:
            shown = urllib.parse.quote_plus(key, safe="/") if "encoding-type" in query else key
            body += "<Contents><Key>%s</Key><Size>1</Size></Contents>" % escape(shown)
        self.reply(200, (body + "</ListBucketResult>").encode())


class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True


with Server(("127.0.0.1", 0), Handler) as server:
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(server.server_address[1], flush=True)
    sys.stdin.read()
