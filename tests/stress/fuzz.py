"""The checks with nonsense: each row of the table that strangers and wrong clients have to show."""

from __future__ import annotations

from functools import partial

from stress import (
    callback_fuzz,
    forged,
    large_answers,
    logins,
    long_inputs,
    schema_fuzz,
    sign_ins,
    spellings,
)
from stress.rows import Check
from stress.targets import ACCOUNTS, one, signing_in, three_tables, wordy_behind_nginx

SOUND = "≥ 5,000 requests, no 5xx, no undocumented status, type or body"

guarded = partial(one, more=ACCOUNTS | {"IRIS_DASH_PROXIES": "1"}, workers=1)

CHECKS = (
    Check(
        "Schemathesis on /openapi.json, three tables, login off",
        SOUND,
        three_tables,
        schema_fuzz.answers_as_documented,
        {"examples": 1, "phases": "examples,fuzzing", "least": 200},
    ),
    Check(
        "Schemathesis on /openapi.json, three tables, login on, with a token",
        SOUND,
        partial(three_tables, ACCOUNTS),
        partial(schema_fuzz.answers_as_documented, token=True),
        {"examples": 1, "phases": "examples,fuzzing", "least": 200},
    ),
    Check(
        "Schemathesis on /openapi.json, login on, nobody's",
        "≥ 5,000 requests, nothing answered but 401 and /healthz",
        guarded,
        schema_fuzz.lets_nobody_in,
        {"examples": 1, "phases": "examples,fuzzing", "least": 60},
    ),
    Check(
        "every path of the page and of the routes, login on, without and with wrong credentials",
        "nothing answered but 401 or 429, and /healthz",
        guarded,
        logins.every_door,
        {},
    ),
    Check(
        "every path of the page and of the routes, spelled otherwise; made-up fingerprints",
        "nothing but 404, no traceback",
        partial(one, workers=1),
        spellings.reach_nothing,
        {},
    ),
    Check(
        "2,400 random callback payloads to /_dash-update-component",
        "no 5xx, no traceback in an answer or the log, no hang, the next user unaffected",
        partial(one, workers=1),
        callback_fuzz.answers_nonsense,
        {"requests": 300},
    ),
    Check(
        "forged headers × 5,000 through nginx, names with underscores too, queries of 0 to 4 kB",
        "no forged client, host or path in an answer or the log; headers within 4 kB, no 502",
        wordy_behind_nginx,
        forged.believed_by_nobody,
        {"requests": 300},
    ),
    Check(
        "1,500 random long inputs of every argument, by GET, by POST and by the page",
        "twice the length nowhere takes four times as long; no 5xx",
        long_inputs.two_tables,
        long_inputs.grows_no_faster,
        {"questions": 60},
    ),
    Check(
        "the largest pages, errors without end and 200 new questions of 13 kB, of 601 columns",
        "no answer above 32 MB; the worker grows by ≤ 400 MB",
        large_answers.very_wide,
        large_answers.held_in_bounds,
        {"turns": 21},
    ),
    Check(
        "wrong login × 1,000 from one address",
        "none let in, limited, the password not in the log; the right one in from elsewhere",
        guarded,
        logins.guess_passwords,
        {"tries": 60},
    ),
    Check(
        "wrong tokens × 1,000 from many addresses, half with a right beginning",
        "none let in",
        guarded,
        logins.guess_tokens,
        {"tries": 100},
    ),
    Check(
        "1,000 images of another site at /login/callback, from one address",
        "none let in, and who is there signs in",
        signing_in,
        sign_ins.images_of_another_site,
        {"images": 30},
    ),
    Check(
        "copies of the cookies of 100 logins, after /logout, at two replicas of two workers",
        "none let in",
        signing_in,
        sign_ins.kept_cookies,
        {"logins": 5},
    ),
    Check(
        "other answers in the place of 200 in Redis, unsigned or signed by another key",
        "none believed by the other replica",
        signing_in,
        sign_ins.forged_in_redis,
        {"answers": 20},
    ),
)
