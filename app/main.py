"""create_app: the one place where the parts of the server meet. serve: runs it until it is told to stop."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, WebSocket

from app import VERSION
from app.sessions.manager import SessionManager
from app.settings import Settings
from app.store.opening import open_store
from app.store.store import Store
from app.training_worker.memory import MemoryBudget
from app.training_worker.threads import TrainingThreads
from app.training_worker.warming import Warming
from app.training_worker.worker_processes.processes import Processes
from app.web import api, files, gallery, graphs, kept, options, pages, sockets
from app.web.access.class_word import ClassWord
from app.web.access.questions import Questions
from app.web.access.strangers import KeepStrangersOut
from app.web.access.uploads import Uploads
from app.web.assets import static_files
from app.web.kept_list import KeptList
from app.web.operation.draining import Draining
from app.web.operation.logs import RequestLog
from app.web.operation.tally import Tally
from app.web.root_path import RootPath
from app.web.security import AnswerHead, SecurityHeaders, add_error_answers, security_headers
from app.web.serving import run
from engine.data.digits import DataSources
from engine.spec.choices import BackendName


def create_app(settings: Settings, backend: BackendName = "compiled", store: Store | None = None) -> FastAPI:
    """backend: what trains; another than the default is for tests. store: where runs are kept; None: nowhere."""
    sources = DataSources(settings.mnist)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        processes = app.state.processes = Processes(settings.limits)
        worker = TrainingThreads(backend, processes, sources, MemoryBudget(settings.limits.memory_bytes))
        app.state.gallery = gallery.Gallery(worker)
        manager = app.state.manager = SessionManager(settings.limits, worker, store)
        manager.start()
        if store is not None:
            manager.remember = app.state.kept.remember
            store.start(settings.limits)
        app.state.warming.start()
        yield
        worker.stop_presets()
        await manager.stop()
        if store is not None:
            await store.close()
        worker.close()
        await processes.close()

    static_files.static_files()  # read and compressed before anybody asks
    app = FastAPI(title="Backprop Playground", version=VERSION, lifespan=lifespan, openapi_url=None)
    app.state.settings = settings
    app.state.data_sources = sources
    app.state.options = options.Options(settings.limits, sources)
    limits = settings.limits
    app.state.questions = Questions(limits.queued_questions, limits.queued_questions_of_all)
    app.state.comparisons = Questions(limits.queued_questions, limits.queued_questions_of_all)
    app.state.exports = Questions(limits.queued_questions, limits.queued_questions_of_all, limits.queued_exports)
    app.state.kept = KeptList(store, limits)
    app.state.uploads = Uploads(limits.upload_bytes, limits.upload_bytes_of_person)
    app.state.tally = Tally()
    app.state.warming = Warming(backend)
    headers = security_headers(settings.frame_ancestors)
    app.add_middleware(AnswerHead)
    app.add_middleware(Draining, is_stopping=lambda: app.state.manager.stopping)
    if settings.class_word:
        app.add_middleware(ClassWord, word=settings.class_word, limits=settings.limits)
    app.add_middleware(KeepStrangersOut, settings=settings)
    app.add_middleware(SecurityHeaders, headers=headers)
    if settings.root_path:
        app.add_middleware(RootPath, root_path=settings.root_path)
    app.add_middleware(RequestLog, settings=settings)
    add_error_answers(app, headers)
    _add_routes(app, settings)

    @app.websocket("/ws")
    async def connect(socket: WebSocket) -> None:
        await sockets.serve(socket, app.state.manager, settings, app.state.tally)

    return app


def _add_routes(app: FastAPI, settings: Settings) -> None:
    app.include_router(api.router)
    app.include_router(files.router)
    app.include_router(kept.router)
    app.include_router(graphs.router)
    app.include_router(gallery.router)
    app.include_router(options.router)
    if settings.metrics:
        from app.web.operation import metrics  # loads prometheus_client

        app.include_router(metrics.router)
    app.include_router(pages.router)
    app.include_router(static_files.router)


def serve(settings: Settings) -> None:
    run(create_app(settings, store=open_store(settings)), settings)
