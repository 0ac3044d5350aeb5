"""The PostgreSQL server of the part `postgres`, and its URLs."""

import contextlib
import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path


def with_parameter(url, parameter):
    return url + ("&" if "?" in url else "?") + parameter


def pgloader_url(url):
    """pgloader knows no `?host=`: a folder of a socket stands where the host would."""
    if "?host=" not in url:
        return url
    place, rest = url.split("?host=")
    folder, port = rest.split("&port=")
    user, database = place.removeprefix("postgres://").split("/")
    return f"postgresql://{user.rstrip('@')}@unix:{folder}:{port}/{database}"


@contextlib.contextmanager
def server():
    """The URL of an empty database of a server that lasts as long as the block."""
    if url := os.environ.get("NIGHTMILL_BENCH_POSTGRES"):
        yield url
        return
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    initdb = versions[-1] if versions else shutil.which("initdb")
    if not initdb:
        sys.exit("no PostgreSQL server on this machine: install postgresql, or set NIGHTMILL_BENCH_POSTGRES to a database's URL")
    binaries = Path(initdb).parent
    folder = Path(tempfile.mkdtemp(prefix="nightmill-bench-pg-"))
    owner = []
    if os.geteuid() == 0:
        # The server refuses to run as root.
        account = pwd.getpwnam("postgres")
        os.chown(folder, account.pw_uid, account.pw_gid)
        owner = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]

    def as_owner(*words):
        subprocess.run([*owner, *words], check=True, cwd="/", stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    settings = f"-p {port} -k {folder} -c listen_addresses= -c shared_buffers=1GB -c max_wal_size=8GB -c autovacuum=off"
    try:
        as_owner(binaries / "initdb", "-D", folder / "data", "-U", "bench", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8")
        as_owner(binaries / "pg_ctl", "-D", folder / "data", "-w", "-s", "-l", folder / "log", "-o", settings, "start")
        yield f"postgres://bench@/postgres?host={folder}&port={port}"
    finally:
        with contextlib.suppress(subprocess.CalledProcessError):
            as_owner(binaries / "pg_ctl", "-D", folder / "data", "-m", "immediate", "-s", "stop")
        shutil.rmtree(folder, ignore_errors=True)
