"""The house's own small web faces: health and metrics."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from aiohttp import web
from prometheus_client import CollectorRegistry, Gauge, generate_latest

from bot.actions.state import state
from bot.app import House

STUCK_SECONDS = 300
"""An inbox row that waits longer than this makes the house unhealthy."""


def health_app(house: House) -> web.Application:
    """GET /healthz (200, or 503 with the reasons) and GET /metrics (Prometheus text)."""
    app = web.Application()
    app.router.add_get("/healthz", _healthz(house))
    app.router.add_get("/metrics", _metrics(house))
    return app


def _healthz(house: House) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def healthz(request: web.Request) -> web.Response:
        del request
        reasons = [f"line {name} is down" for name, up in house.watch.up.items() if not up]
        try:
            _, oldest = await house.database.read(state)
        except Exception as fault:  # noqa: BLE001 - whatever it is, health says so
            reasons.append(f"the store doesn't answer: {type(fault).__name__}")
        else:
            age = (house.clock.now() - oldest).total_seconds() if oldest else 0
            if age > STUCK_SECONDS:
                reasons.append(f"the oldest message waits for {age:.0f} s")
        body = {"ok": not reasons, "reasons": reasons}
        return web.json_response(body, status=503 if reasons else 200)

    return healthz


def _metrics(house: House) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def metrics(request: web.Request) -> web.Response:
        del request
        counted, oldest = await house.database.read(state)
        registry = CollectorRegistry()
        rows = Gauge("gangting_rows", "Rows by queue state", ["state"], registry=registry)
        for name, number in counted.items():
            rows.labels(name).set(number)
        age = (house.clock.now() - oldest).total_seconds() if oldest else 0.0
        Gauge("gangting_oldest_pending_seconds", "Age of the oldest waiting message",
              registry=registry).set(age)  # fmt: skip
        up = Gauge("gangting_line_up", "Whether a line works", ["line"], registry=registry)
        for name, works in house.watch.up.items():
            up.labels(name).set(works)
        return web.Response(body=generate_latest(registry), content_type="text/plain")

    return metrics
