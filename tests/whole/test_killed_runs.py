"""A run of the tests that is killed leaves no PostgreSQL behind."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg

ROOT = Path(__file__).resolve().parents[2]
STARTS_ONE = """
import sys, time
from pathlib import Path
from tests.support.postgres import start_cluster
cluster = start_cluster(Path(sys.argv[1]))
print(cluster.folder, cluster.url(), flush=True)
time.sleep(600)
"""
PATIENCE = 20.0


def test_a_run_that_is_killed_leaves_no_server_and_no_folder(tmp_path: Path) -> None:
    run = subprocess.Popen(
        [sys.executable, "-c", STARTS_ONE, str(tmp_path / "cluster")], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert run.stdout is not None
    folder, url = run.stdout.readline().split()
    with psycopg.connect(url):
        run.send_signal(signal.SIGKILL)
        run.communicate()
        until = time.monotonic() + PATIENCE
        while (Path(folder).exists() or _answers(url)) and time.monotonic() < until:
            time.sleep(0.05)
    assert not Path(folder).exists()
    assert not _answers(url)


def _answers(url: str) -> bool:
    try:
        psycopg.connect(url, connect_timeout=1).close()
    except psycopg.OperationalError:
        return False
    return True
