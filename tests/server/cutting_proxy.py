"""A TCP proxy that fails on purpose: forwards bytes, and then does what it was told.

    cutting_proxy.py --to HOST:PORT --port-file FILE [--cut N | --reset N | --stall N]
                     [--after TEXT] [--times N] [--slow BYTES]

It listens on a free loopback port and writes the number to FILE. Bytes are counted
from the server to the client, for each connection by itself. At the Nth:

    --cut     both sides are closed, as by a server that went away
    --reset   the client gets a reset (RST) instead of an end
    --stall   nothing more is forwarded, and nothing closed

With --after the count begins where the client first sent TEXT. With --times only the
first N connections that get there fail, later ones live. With --slow, bytes to the
client go in pieces of that size. A connection that the client closes is closed on the
other side.
"""

import argparse
import os
import select
import socket
import struct
import threading
import time


class Fault:
    """When a connection is to fail: counts down over the connections."""

    def __init__(self, times):
        self.lock = threading.Lock()
        self.left = times

    def take(self):
        with self.lock:
            if self.left == 0:
                return False
            self.left -= 1
            return True


def reset(sock):
    """Close with a reset: lingering for no time at all."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    sock.close()


class Connection:
    def __init__(self, client, args, fault):
        self.client = client
        self.args = args
        self.fault = fault
        host, port = args.to.rsplit(":", 1)
        self.server = socket.create_connection((host, int(port)))
        self.counting = args.after is None
        self.tail = b""
        self.failed = False
        for pump in (self.upwards, self.downwards):
            threading.Thread(target=pump, daemon=True).start()

    def end(self):
        for sock in (self.client, self.server):
            try:
                sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def from_client(self):
        """What the client sends; b"" at its end, or once the connection failed.

        A socket on which a thread waits would not be reset by another's close.
        """
        while not self.failed:
            if select.select([self.client], [], [], 0.05)[0]:
                return self.client.recv(65536)
        return b""

    def upwards(self):
        try:
            while data := self.from_client():
                if not self.counting:
                    self.tail = (self.tail + data)[-65536:]
                    self.counting = self.args.after.encode() in self.tail
                self.server.sendall(data)
        except (OSError, ValueError):
            pass
        if not self.failed:
            self.end()

    def give(self, data):
        step = self.args.slow or len(data) or 1
        for at in range(0, len(data), step):
            self.client.sendall(data[at:at + step])

    def fail(self):
        if self.args.stall is not None:
            threading.Event().wait()
        self.failed = True
        if self.args.reset is not None:
            time.sleep(0.1)
            reset(self.client)
            self.server.close()
        else:
            self.end()

    def downwards(self):
        limits = [n for n in (self.args.cut, self.args.reset, self.args.stall) if n is not None]
        left = limits[0] if limits else None
        try:
            while data := self.server.recv(65536):
                if left is not None and self.counting:
                    if len(data) >= left and self.fault.take():
                        self.give(data[:left])
                        self.fail()
                        return
                    left = max(left - len(data), 1)
                self.give(data)
        except OSError:
            pass
        self.end()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--to", required=True)
    parser.add_argument("--port-file", required=True)
    parser.add_argument("--cut", type=int)
    parser.add_argument("--reset", type=int)
    parser.add_argument("--stall", type=int)
    parser.add_argument("--after")
    parser.add_argument("--times", type=int, default=-1)
    parser.add_argument("--slow", type=int)
    args = parser.parse_args()
    fault = Fault(args.times)
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(64)
    with open(args.port_file + ".new", "w", encoding="ascii") as file:
        file.write(f"{listener.getsockname()[1]}\n")
    os.rename(args.port_file + ".new", args.port_file)
    while True:
        client, _ = listener.accept()
        try:
            Connection(client, args, fault)
        except OSError:
            client.close()


main()
