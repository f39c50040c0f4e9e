"""A server that speaks Trino's REST protocol, with faults, for tests: python3 trino_server.py FOLDER

Prints its port, then answers until its standard input ends. SQLite does the work: the
tables of FOLDER/tables.sql, whose declared types are what a column is said to be, in the
catalog `mem` and the schema `shop`. A page has 100 rows. Each request is a line of
FOLDER/log: method, path, and the headers that tests look at.

The user's name says how it misbehaves: error-late, lost-late, bad-row, cut, busy,
refuse-429, elsewhere, other-port, endless, killed, no-page, slow, denied, password, token.
"""
import base64
import json
import os
import re
import socket
import sqlite3
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

FOLDER = sys.argv[1]
PAGE = 100
LOCK = threading.Lock()
QUERIES = {}
BUSY = {}


def connect():
    db = sqlite3.connect(":memory:")
    db.execute("ATTACH ':memory:' AS shop")
    db.create_function("bitwise_and", 2, lambda a, b: None if a is None else a & b)
    db.create_function("bitwise_right_shift", 2, lambda a, b: None if a is None else a >> b)
    db.create_function("json_format", 1, lambda a: a)
    db.create_function("to_hex", 1, lambda a: None if a is None else a.hex().upper())
    db.create_function("concat", 2, lambda a, b: None if b is None else a + b)
    with open(os.path.join(FOLDER, "tables.sql"), encoding="utf-8") as file:
        db.executescript(file.read())
    db.execute("PRAGMA query_only = 1")
    return db


def declared(db):
    """The type of every column by its name."""
    types = {}
    for (table,) in db.execute("SELECT name FROM shop.sqlite_master WHERE type = 'table'"):
        quoted = table.replace('"', '""')
        for row in db.execute(f'PRAGMA shop.table_info("{quoted}")'):
            types[row[1]] = row[2].removesuffix(" text")  # else SQLite would round it
    return types


def translate(sql, schema):
    """What of the statement SQLite says in another way."""
    sql = sql.replace(" AT TIME ZONE 'UTC'", "").replace(" AS JSON)", " AS TEXT)")
    sql = sql.replace('"mem".', "")
    sql = sql.replace("information_schema.tables",
                      "(SELECT 'shop' AS table_schema, name AS table_name FROM shop.sqlite_master)")
    return sql


def failure(message, name, kind="USER_ERROR"):
    return {"message": message, "errorCode": 1, "errorName": name, "errorType": kind,
            "failureInfo": {"type": "java.lang.Exception"}}


def run(sql, catalog, schema):
    """Columns and rows, or an error as Trino has it."""
    db = connect()
    types = declared(db)
    if not re.match(r"\s*(SELECT|WITH)\b", sql, re.I):
        return None, None, failure("line 1:1: mismatched input", "SYNTAX_ERROR")
    try:
        cursor = db.execute(translate(sql, schema))
        rows = [list(row) for row in cursor.fetchall()]
    except sqlite3.Error as problem:
        text = str(problem)
        if "no such table" in text:
            name = text.split(": ")[1].split(".")[-1]
            return None, None, failure(
                f"line 1:15: Table '{catalog}.{schema}.{name}' does not exist", "TABLE_NOT_FOUND")
        if "no such column" in text:
            return None, None, failure(f"line 1:8: Column '{text.split(': ')[1]}' cannot be resolved",
                                       "COLUMN_NOT_FOUND")
        if "readonly" in text:
            return None, None, failure("cannot write", "PERMISSION_DENIED")
        return None, None, failure("line 1:20: " + text, "SYNTAX_ERROR")
    columns = []
    for i, (name, *_) in enumerate(cursor.description):
        kind = types.get(name)
        if kind is None:
            value = next((row[i] for row in rows if row[i] is not None), None)
            kind = {int: "bigint", float: "double", str: "varchar"}.get(type(value), "unknown")
        for row in rows:
            row[i] = shown(row[i], kind)
        columns.append({"name": name, "type": kind, "typeSignature": {"rawType": kind.split("(")[0],
                                                                      "arguments": []}})
    return columns, rows, None


def shown(value, kind):
    if value is None:
        return None
    if kind == "boolean":
        return bool(value)
    if kind == "double" and isinstance(value, str):
        return value  # NaN, Infinity
    if kind.startswith("decimal") or kind.startswith("char"):
        return str(value)
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return value


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def note(self):
        named = ["X-Trino-User", "X-Trino-Source", "X-Trino-Catalog", "X-Trino-Schema",
                 "X-Trino-Time-Zone", "X-Trino-Session", "X-Trino-Client-Capabilities"]
        seen = [f"{name[8:]}={self.headers[name]}" for name in named if self.headers[name]]
        path = re.sub(r"/(\d+)/", "/N/", self.path)
        with LOCK, open(os.path.join(FOLDER, "log"), "a", encoding="utf-8") as log:
            print(self.command, path, *seen, file=log)

    def answer(self, status, body, headers=()):
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    @property
    def user(self):
        return self.headers.get("X-Trino-User", "")

    def busy(self, status, headers=()):
        """The first requests by a method: two, or one where the client has to wait."""
        key = self.user + self.command
        with LOCK:
            BUSY[key] = BUSY.get(key, 0) + 1
            if BUSY[key] > (1 if headers else 2):
                return False
        self.answer(status, b"busy", headers)
        return True

    def page(self, number, sequence, state="RUNNING", **more):
        port = self.server.server_address[1]
        page = {"id": f"20260101_000000_{number:05}_abcde", "infoUri": "http://x/ui",
                "stats": {"state": state, "queued": False}, "warnings": []}
        if sequence is not None:
            host = "127.0.0.2" if self.user == "elsewhere" else "127.0.0.1"
            port = 1 if self.user == "other-port" else port
            page["nextUri"] = f"http://{host}:{port}/v1/statement/executing/{number}/y{sequence}"
        page.update(more)
        return page

    def allowed(self):
        """Whether the password or token is the one that is wanted."""
        wanted = {"password": "Basic " + base64.b64encode(b"password:CANARY_7f3a91c2").decode(),
                  "token": "Bearer CANARY_7f3a91c2"}.get(self.user)
        return self.user != "denied" and (wanted is None or self.headers["Authorization"] == wanted)

    def do_POST(self):
        sql = self.rfile.read(int(self.headers["Content-Length"])).decode("utf-8")
        self.note()
        if not self.allowed():
            self.answer(401, b"Access Denied: CANARY_7f3a91c2")
        elif self.path != "/v1/statement":
            self.answer(404, b"no")
        elif self.user == "no-page":
            self.answer(200, b"<html>hello</html>")
        elif not (self.user == "busy" and self.busy(503)):
            with LOCK:
                number = len(QUERIES)
                QUERIES[number] = run(sql, self.headers["X-Trino-Catalog"],
                                      self.headers["X-Trino-Schema"])
            self.answer(200, self.page(number, 1, "QUEUED"))

    def do_GET(self):
        self.note()
        match = re.fullmatch(r"/v1/statement/executing/(\d+)/y(\d+)", self.path)
        if match is None or int(match[1]) not in QUERIES or not self.allowed():
            self.answer(401 if match else 404, b"no")
            return
        if self.user == "busy" and self.busy(502):
            return
        if self.user == "refuse-429" and self.busy(429, [("Retry-After", "1")]):
            return
        self.fetch(int(match[1]), int(match[2]))

    def fetch(self, number, sequence):
        columns, rows, error = QUERIES[number]
        if error is not None:
            self.answer(200, self.page(number, None, "FAILED", error=error))
            return
        many = len(rows) > PAGE
        if self.user == "endless":
            self.answer(200, self.page(number, sequence, "QUEUED"))
        elif self.user == "slow" and many:
            time.sleep(20)
        elif sequence == 1:
            self.answer(200, self.page(number, 2, columns=columns))
        elif sequence == 4 and many and self.trouble(number, columns, rows):
            pass
        else:
            from_row = (sequence - 2) * PAGE
            more = from_row + PAGE < len(rows)
            page = self.page(number, sequence + 1 if more else None, "RUNNING" if more else "FINISHED",
                             columns=columns)
            if rows[from_row:from_row + PAGE]:
                page["data"] = rows[from_row:from_row + PAGE]
            self.answer(200, page)

    def trouble(self, number, columns, rows):
        """What happens behind the first 200 rows; false: nothing."""
        if self.user == "error-late":
            error = failure("Division by zero", "DIVISION_BY_ZERO")
            self.answer(200, self.page(number, None, "FAILED", columns=columns, data=rows[200:300],
                                       error=error))
        elif self.user == "lost-late":
            error = failure("Encountered too many errors talking to a worker node",
                            "TOO_MANY_REQUESTS_FAILED", "INTERNAL_ERROR")
            self.answer(200, self.page(number, None, "FAILED", columns=columns, error=error))
        elif self.user == "killed":
            self.answer(200, self.page(number, None, "FAILED", columns=columns))
        elif self.user == "bad-row":
            self.answer(200, self.page(number, None, "FINISHED", columns=columns, data=[[1, 2, 3, 4, 5]]))
        elif self.user == "cut":
            data = json.dumps(self.page(number, None, "FINISHED", data=rows[200:300])).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data[:len(data) // 2])
            self.wfile.flush()
            self.connection.shutdown(socket.SHUT_RDWR)
            self.close_connection = True
        else:
            return False
        return True

    def do_DELETE(self):
        self.note()
        self.answer(204, b"")


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
server.daemon_threads = True
print(server.server_address[1], flush=True)
threading.Thread(target=server.serve_forever, daemon=True).start()
sys.stdin.read()
