"""The checks under load: each row of the table that a long time or a fault has to show."""

from __future__ import annotations

from functools import partial

from stress import crowds, faults, memory, mixed, replacing, slow_readers
from stress.rows import Check
from stress.targets import behind_nginx, long_table, nothing, on_postgres, one, own_copy

KILLED = "only requests in flight there lost; right again within 3 s; no wrong answer"

CHECKS = (
    Check(
        "64 connections, 60 s, mixed routes through nginx and two replicas",
        "0 errors, p99 ≤ 10 × p50 where no question was asked before; known ones no slower",
        behind_nginx,
        mixed.load,
        {"seconds": 3, "most": 50, "tries": 3},
    ),
    Check(
        "kill -9 of a worker under load",
        KILLED,
        behind_nginx,
        faults.kill_worker,
        {"seconds": 4},
    ),
    Check(
        "kill -9 of a replica under load",
        KILLED,
        behind_nginx,
        faults.kill_replica,
        {"seconds": 2},
    ),
    Check(
        "kill -9 of Redis under load, and its return",
        "0 failed or wrong answers",
        behind_nginx,
        faults.kill_redis,
        {"seconds": 1},
    ),
    Check(
        "kill -9 of PostgreSQL under load, and its return",
        "503 while it is away, no wrong answer; right again within 3 s of its return",
        on_postgres,
        faults.kill_postgres,
        {"seconds": 1},
    ),
    Check(
        "rolling restart of both replicas under load",
        "0 failed requests",
        behind_nginx,
        faults.rolling_restart,
        {"rounds": 1},
    ),
    Check(
        "data file replaced while serving (rename, SIGHUP)",
        "every answer wholly old or wholly new, none failed; ETag changes",
        own_copy,
        replacing.replace_file,
        {"rounds": 1},
    ),
    Check(
        "200,000 requests and 20,000 callbacks",
        "resident memory of the workers grows ≤ 5 % after a tenth of them",
        one,
        memory.growth,
        {"requests": 3_000, "callbacks": 100, "warm_up": 0.5, "most": 0.15},
    ),
    Check(
        "200 headers a byte a second, 200 half-sent bodies, 1,000 idle connections at once",
        "all others answered right, each within 2 s",
        behind_nginx,
        crowds.others_beside,
        {"seconds": 2, "tries": 3},
    ),
    Check(
        "48 half-sent bodies and 500 idle connections at one worker, nothing in front",
        "all others answered right, each within 2 s",
        partial(one, workers=1),
        crowds.others_beside_half_sent,
        {"seconds": 2, "tries": 3},
    ),
    Check(
        "200 half-sent bodies of one client at one worker, nothing in front",
        "all others answered right, each within 2 s",
        partial(one, workers=1),
        crowds.others_beside_one_client,
        {"seconds": 2, "tries": 3},
    ),
    Check(
        "1,100 connections that send nothing at one worker, nothing in front",
        "all others answered right, each within 2 s",
        partial(one, workers=1),
        crowds.others_beside_idle,
        {"seconds": 2, "tries": 3},
    ),
    Check(
        "64 that read files and long answers at 2 kB/s from one worker, nothing in front",
        "all others answered right, each within 2 s; memory grows ≤ 100 MB; the slow ones lose "
        "their connection, and files are written again within 30 s",
        long_table,
        slow_readers.others_beside_slow_readers,
        {"seconds": 2, "tries": 3},
    ),
    Check(
        "hostile table: formulas, scripts, SQL, 100 kB cells, right-to-left marks",
        "shown as text, escaped in files, no script runs",
        nothing,
        crowds.hostile_table,
        None,
    ),
)
