"""Metrics for Prometheus at /metrics, where the settings ask for them. They name no session and no address."""

from collections.abc import Iterator
from itertools import accumulate

from fastapi import APIRouter, Request, Response
from prometheus_client import CollectorRegistry, Metric, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.registry import Collector

from app.sessions.manager import SessionManager
from app.web.operation.tally import LATENCIES, Tally

router = APIRouter()


@router.get("/metrics")
async def metrics(request: Request) -> Response:
    registry = CollectorRegistry()
    registry.register(Playground(request.app.state.manager, request.app.state.tally))
    return Response(generate_latest(registry), headers={"Content-Type": CONTENT_TYPE_LATEST})


class Playground(Collector):
    def __init__(self, manager: SessionManager, tally: Tally) -> None:
        self.manager = manager
        self.tally = tally

    def describe(self) -> list[Metric]:
        """Nothing is collected when it is registered."""
        return []

    def collect(self) -> Iterator[Metric]:
        manager, tally = self.manager, self.tally
        yield GaugeMetricFamily("playground_sessions", "Runs in memory", manager.sessions)
        yield GaugeMetricFamily("playground_playing", "Runs that train", manager.playing)
        yield GaugeMetricFamily("playground_viewers", "Windows that watch a run", manager.viewers)
        yield GaugeMetricFamily("playground_memory_bytes", "Memory of the server's process", manager.memory.used or 0)
        if manager.memory.limit is not None:
            yield GaugeMetricFamily(
                "playground_memory_limit_bytes", "Beyond it newcomers are refused", manager.memory.limit
            )
        if manager.store is not None:
            works = float(manager.store.state == "ok")
            yield GaugeMetricFamily("playground_store_works", "1 where runs are being kept, 0 after a fault", works)
            yield GaugeMetricFamily("playground_kept_runs", "Runs in the store, when last counted", manager.store.kept)
        refused = CounterMetricFamily(
            "playground_refused", "Connections and commands refused, by reason", labels=["code"]
        )
        for code, count in tally.refused.items():
            refused.add_metric([code], count)
        yield refused
        counts = list(accumulate(tally.pictures))
        bounds = [*map(str, LATENCIES), "+Inf"]
        pictures = HistogramMetricFamily("playground_picture_seconds", "From a picture made to a picture sent")
        pictures.add_metric([], list(zip(bounds, counts, strict=True)), tally.latency)
        yield pictures
