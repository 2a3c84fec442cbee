"""What stands around it: nginx, below a path too, two replicas, and Redis beside them."""

from __future__ import annotations

import re
from contextlib import ExitStack
from urllib.parse import urljoin

from processes import Server
from service_servers import Nginx, documented_nginx, nginx_server, redis_server
from waiting import wait_for

from deployer.plain import ask

PROXIED = {"IRIS_DASH_PROXIES": "1", "IRIS_DASH_PROXY_HEADERS": "for proto prefix"}
ADDRESS = re.compile(r'(?:src|href)="([^"#]+)"')


def all_is_below_a_path() -> str:
    """Through the documented nginx and the shipped one, all that is below /iris/ stays there."""
    with ExitStack() as stack:
        server = started(stack, PROXIED)
        fronts = {
            "documented": documented_nginx(server.port),
            "shipped": nginx_server([server.port], path="/iris"),
        }
        saw = [f"{name}: {_below(stack.enter_context(front))}" for name, front in fronts.items()]
    return "; ".join(saw)


def _below(front: Nginx) -> str:
    """Return what was asked below a path, all of it answered."""
    page = ask(f"{front.url}/")
    assert page.status == 200
    assert b"_dash-config" in page.body
    # As a browser reads them.
    addresses = {urljoin(f"{front.url}/", found) for found in ADDRESS.findall(page.body.decode())}
    assert len(addresses) > 5, page.body
    for address in addresses:
        assert address.startswith(f"{front.url}/"), address
        assert ask(address).status == 200, address
    layout = ask(f"{front.url}/_dash-layout")
    assert layout.status == 200
    document = ask(f"{front.url}/openapi.json").json
    [said] = document["servers"]
    assert said["url"].rstrip("/").endswith("/iris"), said
    link = ask(f"{front.url}/range/?page=1&per_page=1").headers["Link"]
    assert link.startswith("</iris/range/?"), link
    assert len(ask(f"{front.url}/range/").json) == 150
    return f"the page and its {len(addresses)} files, the layout, /openapi.json names {said['url']}"


def two_replicas_share_redis() -> str:
    """Two replicas behind nginx share answers and limits in Redis, and go on without it."""
    with ExitStack() as stack:
        redis = stack.enter_context(redis_server())
        more = redis.environment | {"IRIS_DASH_PROXIES": "1", "IRIS_DASH_RATE": "40 per minute"}
        replicas = [started(stack, more) for _ in range(2)]
        front = stack.enter_context(nginx_server([replica.port for replica in replicas]))
        query = "/range/?species=virginica&page=1&per_page=3"
        assert "miss" in ask(f"{replicas[0].url}{query}").headers["Server-Timing"]
        timing = ask(f"{replicas[1].url}{query}").headers["Server-Timing"]
        assert "redis" in timing, timing
        statuses = [ask(f"{front.url}/range/?_={n}&species=setosa").status for n in range(60)]
        first = statuses.index(429)
        assert first <= 40
        redis.stop()
        said = [ask(f"{replica.url}{query}").status for replica in replicas]
        assert set(said) <= {200, 429}
        wait_for(lambda: any("Redis is away" in replica.printed() for replica in replicas))
    return f"answered from Redis; request {first + 1} of 40 a minute waits; without it {said}"


def started(stack: ExitStack, more: dict[str, str]) -> Server:
    """Return a server that runs until the stack ends."""
    server = Server(more=more)
    stack.callback(server.log.close)
    stack.callback(server.stop)
    server.start()
    return server


CHECKS = (all_is_below_a_path, two_replicas_share_redis)
