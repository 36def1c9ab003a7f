"""A PostgreSQL server for tests: its own data in a temporary folder, on a free port of loopback."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

from tests.components import need_postgres

SUPERUSER = "tests"
TRIES = 5
"""Another process may take the port between its choice and the server's start."""


@dataclass
class Server:
    """A running server."""

    programs: Path
    folder: Path
    port: int
    fsync: bool = False
    _numbers: Iterator[int] = field(default_factory=count)

    def uri(self, database: str, user: str = SUPERUSER) -> str:
        return f"postgresql://{user}@127.0.0.1:{self.port}/{database}"

    def make_database(self) -> str:
        """Make an empty database and return its name."""
        name = f"registry_{next(self._numbers)}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'")
        return name

    def execute(self, statement: str, database: str = "postgres") -> list[Any]:
        """Run one statement as the superuser, past triggers and grants."""
        import psycopg

        with psycopg.connect(self.uri(database), autocommit=True) as db:
            db.execute("SET session_replication_role = replica; SET search_path = provenance")
            cursor = db.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []

    def start(self) -> None:
        options = (
            f"-p {self.port} -h 127.0.0.1 -k {self.folder} -c fsync={'on' if self.fsync else 'off'}"
        )
        self._control("-w", "-l", str(self.folder / "log"), "-o", options, "start")

    def stop(self) -> None:
        """Stop at once, as if the machine had lost power, whatever is connected."""
        self._control("-w", "-m", "immediate", "stop")

    def _control(self, *arguments: str) -> None:
        _run(self.programs / "pg_ctl", "-D", str(self.folder / "data"), *arguments)


@contextmanager
def run_server(*, fsync: bool = False) -> Iterator[Server]:
    """Start a server, and stop it whatever happens; tests need no data to survive a power cut."""
    programs = need_postgres()
    folder = Path(tempfile.mkdtemp(prefix="provenance-postgres-"))
    try:
        if user := _find_user():
            os.chown(folder, user.pw_uid, user.pw_gid)
        data = str(folder / "data")
        _run(programs / "initdb", "-N", "-A", "trust", "-U", SUPERUSER, "-D", data)
        server = _start(programs, folder, fsync)
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _start(programs: Path, folder: Path, fsync: bool) -> Server:
    for attempt in range(TRIES):
        server = Server(programs, folder, _find_port(), fsync)
        try:
            server.start()
        except subprocess.CalledProcessError:
            if attempt == TRIES - 1:
                raise
        else:
            return server
    raise AssertionError("unreachable")


def _find_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _find_user() -> pwd.struct_passwd | None:
    """Return whom the server runs as: it refuses root."""
    return pwd.getpwnam("postgres") if os.geteuid() == 0 else None


def _run(program: Path, *arguments: str) -> None:
    user = _find_user()
    who: dict[str, Any] = {}
    if user:
        who = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    # Not to a pipe: the server inherits it, and would keep it open.
    subprocess.run(
        [program, *arguments],
        check=True,
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"},
        **who,
    )
