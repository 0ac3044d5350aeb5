"""Stands between programs and a server on the loopback, for tests. It prints its port, then a line when it has cut.

Usage: proxy.py PORT [--cut N] [--version NUMBER]

--cut resets all connections as soon as N bytes have passed in both directions together; those made later pass whole.
--version says to clients that a PostgreSQL server has another major version, of as many digits.
When standard input ends, it prints how many bytes have passed, and ends.
"""
import argparse
import re
import socket
import struct
import sys
import threading

options = argparse.ArgumentParser()
options.add_argument("port", type=int)
options.add_argument("--cut", type=int)
options.add_argument("--version")
options = options.parse_args()

lock = threading.Lock()
passed = 0
is_cut = False
open_sockets = set()


def end(*sockets):
    for each in sockets:
        try:
            # An unread or unsent rest is thrown away: the other side sees a reset, not an end.
            each.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            each.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        each.close()


def take(data):
    """The part of the data that may pass, and whether everything is to be cut after it."""
    global passed, is_cut
    with lock:
        if options.cut is None or is_cut or passed + len(data) < options.cut:
            passed += len(data)
            return data, False
        data = data[:options.cut - passed]
        passed, is_cut = options.cut, True
        return data, True


def pump(source, target, is_answer):
    try:
        while data := source.recv(16384):
            if is_answer and options.version:
                data = re.sub(rb"(server_version\0)\d+", rb"\g<1>" + options.version.encode(), data)
            data, ends = take(data)
            target.sendall(data)
            if ends:
                print("cut", flush=True)
                with lock:
                    end(*open_sockets)
                    open_sockets.clear()
                return
    except OSError:
        pass
    finally:
        end(source, target)
        with lock:
            open_sockets.difference_update((source, target))


def serve(listener):
    while True:
        client, _ = listener.accept()
        try:
            server = socket.create_connection(("127.0.0.1", options.port))
        except OSError:
            end(client)
            continue
        with lock:
            open_sockets.update((client, server))
        for words in ((client, server, False), (server, client, True)):
            threading.Thread(target=pump, args=words, daemon=True).start()


listener = socket.create_server(("127.0.0.1", 0))
print(listener.getsockname()[1], flush=True)
threading.Thread(target=serve, args=(listener,), daemon=True).start()
sys.stdin.read()
print(passed, flush=True)
