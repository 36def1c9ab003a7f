#!/usr/bin/env bash
# After an outage of the server, psycopg-pool 3.3.3 refuses for nearly as long again, though the server answers.
#
# A pool that lost its connections tries again after 1 s, and waits twice as long each time, for up to reconnect_timeout, five
# minutes by default. Who asks for a connection meanwhile does not bring the next attempt forward, but waits for it, and is refused
# after his own timeout. A health check that connects by itself says "ready" all the while. With reconnect_timeout at about a
# request's own timeout the pool gives up, and then whoever asks has it try at once.
#
# Seen (a stand-in that only lets in, away for 20 s, asked once a second):
#     as it comes: refused 9 after the server was back
#     reconnect_timeout=1: refused 0 after the server was back
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
"${PYTHON:-python3}" -m venv venv
venv/bin/pip install --quiet 'psycopg[binary]==3.3.9' 'psycopg-pool==3.3.3'
venv/bin/python -I - <<'PROGRAM'
import logging
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from threading import Thread

import psycopg
from psycopg_pool import ConnectionPool, PoolTimeout

OUTAGE_S = 20
logging.disable(logging.CRITICAL)
away = False
inside = []


def let_in(server):
    while True:
        connection, _ = server.accept()
        if not away and connection.recv(4096):  # the start of a session
            connection.sendall(b"R\0\0\0\x08\0\0\0\0" + b"Z\0\0\0\x05I")  # welcome; ready
            inside.append(connection)
        else:
            connection.close()


server = socket.create_server(("127.0.0.1", 0))
Thread(target=let_in, args=(server,), daemon=True).start()
address = f"host=127.0.0.1 port={server.getsockname()[1]} user=me sslmode=disable gssencmode=disable"


def ask(pool):
    try:
        with pool.connection() as connection:
            return not connection.closed
    except PoolTimeout:
        return False


def follow(pool):
    """How often a pool refuses once the server is back."""
    while away:
        ask(pool)
    refused = 0
    while not ask(pool):
        refused += 1
    return refused


settings = {"as it comes": {}, "reconnect_timeout=1": {"reconnect_timeout": 1}}
pools = [
    ConnectionPool(address, min_size=1, timeout=1, open=True, **each) for each in settings.values()
]
assert all(map(ask, pools))
away = True
for connection in inside:
    connection.close()
for pool in pools:
    try:
        with pool.connection() as connection:
            connection.execute("SELECT 1")  # so it notices
    except psycopg.OperationalError:
        pass
with ThreadPoolExecutor() as threads:
    found = [threads.submit(follow, pool) for pool in pools]
    time.sleep(OUTAGE_S)
    away = False
    refused = [each.result() for each in found]
for name, count in zip(settings, refused):
    print(f"{name}: refused {count} after the server was back")
for pool in pools:
    pool.close()
assert refused[0] >= 3 and refused[1] <= 2
PROGRAM
