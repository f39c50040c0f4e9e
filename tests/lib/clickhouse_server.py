"""A server that answers as newer versions of ClickHouse do, by HTTP: python3 clickhouse_server.py FOLDER

Prints its port, then answers until its standard input ends. It has one table, whose rows
are the lines of FOLDER/rows and whose columns those of FOLDER/columns (a name, a tab, a
type), and no SQL. Each request is a line of FOLDER/log: its user, settings and statement.

The user's name says how it misbehaves behind half of the rows: tag (the error as of 25.11),
marker (as of 25.3), plain (as before), inside (in the middle of a row), nothing (the answer
ends within a row), unframed (HTTP/1.0), cut (no last chunk), break (HTTP's end is there, and
a line is none); or at once: busy, constrained, stranger, page.
"""
import os
import re
import sys
import threading
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

FOLDER = sys.argv[1]
LOCK = threading.Lock()
BUSY = [0]
TAG = "abcdefghijklmnop"
ERROR = ("Code: 241. DB::Exception: Query memory limit exceeded: would use 1.00 GiB. "
         "(MEMORY_LIMIT_EXCEEDED) (version 25.11.1.1 (official build))")
SETTINGS = {"readonly": "0", "read_overflow_mode": "throw", "result_overflow_mode": "break",
            "timeout_overflow_mode_leaf": "throw", "max_execution_time": "0",
            "skip_unavailable_shards": "1", "limit": "10", "use_query_cache": "1",
            "format_tsv_null_representation": "NULL", "some_new_overflow_mode": "break",
            "cancel_http_readonly_queries_on_client_close": "0", "join_use_nulls": "1"}


def lines(name):
    with open(os.path.join(FOLDER, name), encoding="utf-8") as file:
        return file.read().splitlines()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def note(self, user, query, sql):
        with LOCK, open(os.path.join(FOLDER, "log"), "a", encoding="utf-8") as log:
            print(user, query.get("readonly"), query.get("result_overflow_mode"),
                  sql.replace("\n", " "), file=log)

    def refuse(self, status, number, text):
        self.answer(status, f"Code: {number}. DB::Exception: {text} (version 25.11.1.1 (official build))\n",
                    [("X-ClickHouse-Exception-Code", str(number))])

    def answer(self, status, text, headers=(), chunks=None):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("X-ClickHouse-Exception-Tag", TAG)
        if chunks is None:
            self.send_header("Content-Length", str(len(text.encode())))
            self.end_headers()
            self.wfile.write(text.encode())
            return
        if chunks == "unframed":
            self.send_header("Connection", "close")
            self.end_headers()
            self.wfile.write(text.encode())
            self.close_connection = True
            return
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        data = text.encode()
        for at in range(0, len(data), 7):
            piece = data[at:at + 7]
            self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
        if chunks == "cut":
            self.close_connection = True
        else:
            self.wfile.write(b"0\r\n\r\n")

    def do_POST(self):
        sql = self.rfile.read(int(self.headers["Content-Length"])).decode("utf-8")
        query = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(self.path).query))
        user = self.headers.get("X-ClickHouse-User", "default")
        self.note(user, query, sql)
        if user == "stranger":
            self.refuse(403, 516, "stranger: Authentication failed: password is incorrect, or there is "
                                  "no user with such name. (AUTHENTICATION_FAILED)")
        elif user == "page":
            self.answer(502, "<html>bad gateway</html>")
        elif "system.settings" in sql:
            rows = [f"1\t{name}\t{value}" for name, value in SETTINGS.items()]
            self.answer(200, "\n".join(["1\tname\tvalue", "UInt8\tString\tString"] + rows) + "\n")
        elif "version()" in sql:
            self.answer(200, "1\tversion()\nUInt8\tString\n1\t25.11.1.1\n")
        elif sql.startswith("DESCRIBE"):
            rows = [line + "\t\t\t\t\t" for line in lines("columns")]
            names = "name\ttype\tdefault_type\tdefault_expression\tcomment\tcodec_expression\tttl_expression"
            self.answer(200, "\n".join([names, "\t".join(["String"] * 7)] + rows) + "\n")
        elif user == "constrained":
            self.refuse(500, 452, "Setting limit should not be changed. (SETTING_CONSTRAINT_VIOLATION)")
        elif user == "busy" and self.is_busy():
            self.refuse(500, 202, "Too many simultaneous queries. Maximum: 100. "
                                  "(TOO_MANY_SIMULTANEOUS_QUERIES)")
        else:
            self.table(user, re.findall("`([a-z]+)`", sql.split(" FROM ")[0]))

    def is_busy(self):
        with LOCK:
            BUSY[0] += 1
            return BUSY[0] <= 2

    def table(self, user, wanted):
        columns = [line.split("\t") for line in lines("columns")]
        places = [[name for name, _ in columns].index(name) for name in wanted]
        columns = [columns[place] for place in places]
        head = ["1\t" + "\t".join(name for name, _ in columns),
                "UInt8\t" + "\t".join(kind for _, kind in columns)]
        rows = ["1\t" + "\t".join(line.split("\t")[place] for place in places)
                for line in lines("rows")]
        whole = "\n".join(head + rows) + "\n"
        half = "\n".join(head + rows[:len(rows) // 2]) + "\n"
        tail = {
            "tag": f"\r\n__exception__\r\n{TAG}\r\n{ERROR}\r\n{len(ERROR)} {TAG}\r\n__exception__\r\n",
            "marker": "__exception__\n" + ERROR,
            "plain": ERROR + "\n",
            "inside": rows[-1][:3] + ERROR + "\n",
            "nothing": rows[-1][:-1],
            "break": "\n",
            "cut": rows[-1] + "\n",
            "unframed": rows[-1] + "\n",
        }.get(user)
        text = whole if tail is None else half + tail
        self.answer(200, text, chunks=user if user in ("cut", "unframed") else "chunked")


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
server.daemon_threads = True
print(server.server_address[1], flush=True)
threading.Thread(target=server.serve_forever, daemon=True).start()
sys.stdin.read()
