"""A service as a web application: what all services answer alike, and how their process begins, lives and ends."""

import gc
import logging
import os
import sys
import threading
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import (
    AbstractAsyncContextManager,
    AbstractContextManager,
    AsyncExitStack,
    asynccontextmanager,
)
from functools import cache, partial
from importlib.metadata import version
from os import _exit
from typing import Any, Protocol

import uvicorn
from fastapi import APIRouter, Depends, FastAPI
from starlette.formparsers import MultiPartParser
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute

from zi_chassis.access.identity import Identity
from zi_chassis.clock import Clock
from zi_chassis.domain import DomainError
from zi_chassis.office_clock import clock_of_the_office
from zi_chassis.process import logs, metrics, tracing
from zi_chassis.process.reachable import Reachable
from zi_chassis.process.watchdog import Watchdog, Work
from zi_chassis.settings import UNUSABLE, Settings
from zi_chassis.storage.lease import Lease, Run, keep_leading
from zi_chassis.storage.newer_version import EXIT_STATUS, NewerVersionError
from zi_chassis.web import closed, page, problem
from zi_chassis.web.edge import Direct, EdgeMiddleware, Endpoint
from zi_chassis.web.listing import listing
from zi_chassis.web.page import Pages
from zi_chassis.web.parameters import refuse_unreadable

logger = logging.getLogger(__name__)

SHUTDOWN = 5
RESOLVERS = 32  # threads of the loop that wait for names; of libuv's four, eight mails to a silent name server hold all
VERSION = version("zi-chassis")
_ROUTES: dict[
    tuple[int, Callable[..., Any]], list[BaseRoute]
] = {}  # by the identity of a router, which has no hash
Context = Callable[[], AbstractAsyncContextManager[object] | AbstractContextManager[object]]
Check = Callable[[], str | None]


class Runner(Protocol):
    """Runs until cancelled; `reason` says why it does not get on."""

    @property
    def reason(self) -> str | None: ...

    async def run(self) -> None: ...


# Uploads hold personal data: they are kept in memory (each route limits them) and never spooled to a disk.
MultiPartParser.spool_max_size = 64 * 1024 * 1024


class Service:
    """`package` holds templates/ and locale/; by default zi_<service>."""

    def __init__(self, settings: Settings, clock: Clock | None = None, package: str | None = None) -> None:
        self.settings = settings
        clock_of_the_office.follow(settings.office_data.timezone)
        self.name = settings.service
        self.clock = clock or settings.clock()
        self.pages = Pages(package or f"zi_{self.name.partition('-')[0]}", settings)
        self.identity = Identity(settings)
        self.watchdog = Watchdog()
        self._contexts: list[Context] = []
        self.facts: dict[str, str] = {}  # what health says besides
        self._checks: dict[str, Check] = {"process": self.watchdog.reason}
        self._notices: dict[str, Reachable] = {}
        self._direct: dict[tuple[str, str], Direct] = {}
        self._prepare: list[Run] = []
        self._after_leading: list[Callable[[], None]] = []
        self._failed: str | None = None  # what ended the work under a lease that was sound
        self.app = self._application()
        self.since = self.clock.now()
        metrics.BUILD.labels(self.name, VERSION).set(1)
        folder = settings.data / self.name
        metrics.DISK_FREE.labels(self.name).set_function(lambda: metrics.free_on_disk(folder))

    def open(self, context: Context) -> None:
        """Entered at start in the order given, before what is watched begins, and left in reverse."""
        self._contexts.append(context)

    def include(self, *routers: APIRouter, check: Callable[..., Any] = refuse_unreadable) -> None:
        """Serve the routes of routers that belong to modules; `check` is one more dependency of each."""
        for router in routers:
            self.app.router.routes.extend(_routes_of(router, check))

    def direct(self, method: str, path: str, endpoint: Endpoint) -> None:
        """Answered right behind the edge: the framework's way to an endpoint costs more than some endpoints do."""
        self._direct[method, path] = Direct(path, endpoint)

    def watch(self, name: str, work: Work) -> None:
        self.watchdog.task(name, work)

    def watch_thread(self, name: str, alive: Callable[[], bool]) -> None:
        self.watchdog.thread(name, alive)

    def ready_check(self, name: str, check: Check) -> None:
        """`check` says why the service is not ready, or None."""
        self._checks[name] = check

    def notice(self, name: str, reachable: Reachable) -> None:
        """Tell on /ready and in the metrics while a server of others does not answer; the service stays ready, for it serves without it."""
        self._notices[name] = reachable
        self.watch(f"looks at {name}", reachable.run)

    def lead(self, lease: Lease, runners: Mapping[str, Runner]) -> None:
        """Run these only while the process has the lease; a replica that stands by is ready without them."""
        self.keep_leading(lease, *(runner.run for runner in runners.values()))
        for name, runner in runners.items():
            self.ready_check(name, partial(_reason_of, runner, lease))

    def keep_leading(self, lease: Lease, *runners: Run) -> None:
        """As `lead`, for runners whose reasons are checked elsewhere."""
        metrics.LEASE_HELD.labels(self.name).set_function(lambda: lease.is_held)
        self.ready_check("lease", lambda: lease.reason or self._failed)
        leading = partial(keep_leading, lease, *runners, prepare=self._prepare)
        self.watch("lead", lambda: leading(lost=self._stopped, tell=self._tell_failed))

    def before_leading(self, prepare: Run) -> None:
        """Await this whenever the process has won the lease, before anything runs under it."""
        self._prepare.append(prepare)

    def after_leading(self, listener: Callable[[], None]) -> None:
        """Call this whenever the process stops leading or its database was away, also as a standby: it may come back as an older copy."""
        self._after_leading.append(listener)

    def _tell_failed(self, failed: str | None) -> None:
        self._failed = failed

    def _stopped(self) -> None:
        for listener in self._after_leading:
            listener()

    def ready(self) -> dict[str, str | None]:
        return {name: _reason(check) for name, check in self._checks.items()}

    def notices(self) -> dict[str, str | None]:
        return {name: each.reason for name, each in self._notices.items()}

    def _application(self) -> FastAPI:
        api = f"/{self.name}/api"
        app = FastAPI(
            title=f"{self.settings.office_name}: {self.name}",
            openapi_url=f"{api}/openapi.json",
            docs_url=None,
            redoc_url=None,
            telemetry={"tracing": False, "metrics": False, "logs": False},  # the edge measures and logs
            lifespan=self._lifespan,
            dependencies=[Depends(refuse_unreadable)],
        )
        app.state.settings, app.state.clock = self.settings, self.clock
        app.state.pages, app.state.identity, app.state.watchdog = self.pages, self.identity, self.watchdog
        app.add_middleware(EdgeMiddleware, settings=self.settings, direct=self._direct)
        app.state.service = self
        problem.install(app)
        closed.install(app)
        app.router.routes.extend(_routes_of(_common_routes(self.name), refuse_unreadable))
        return app

    @asynccontextmanager
    async def _lifespan(self, app: FastAPI) -> AsyncIterator[None]:
        if self.settings.warning is not None:
            logger.warning("%s", self.settings.warning)
        async with AsyncExitStack() as stack:
            try:
                self.settings.refuse_demo_in_earnest()
                for context in self._contexts:
                    await _enter(stack, context())
            except (*UNUSABLE, DomainError) as refusal:
                app.state.refusal = refusal
                raise
            await stack.enter_async_context(self.watchdog)
            tune_collector()
            yield


def _reason_of(runner: Runner, lease: Lease) -> str | None:
    return runner.reason if lease.is_held else None


def tune_collector() -> None:
    """Take the objects of the start out of garbage collection, which live as long as the process. A page leaves some hundred cycles: to collect
    those of thirty pages at once, and not of five, makes all that are asked for then wait for it."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(3_000, 20, 20)


async def _enter(
    stack: AsyncExitStack, context: AbstractAsyncContextManager[object] | AbstractContextManager[object]
) -> None:
    if isinstance(context, AbstractAsyncContextManager):
        await stack.enter_async_context(context)
    else:
        stack.enter_context(context)


def _reason(check: Check) -> str | None:
    try:
        return check()
    except Exception as error:
        return f"the check failed: {type(error).__name__}"


def start(service: str, create_app: Callable[[Settings], FastAPI]) -> None:
    """Read the settings and serve until SIGTERM; ends the process with its exit status, after a sentence where a setting can't be used."""
    logs.start()
    try:
        settings = Settings(service=service)
        settings.refuse_no_office()
        app = create_app(settings)
    except (*UNUSABLE, DomainError) as refusal:
        logger.critical("it does not start. %s", refusal)
        sys.exit(3)
    run(app, settings)


def run(app: FastAPI, settings: Settings) -> None:
    """Serves until SIGTERM; ends the process with its exit status."""
    logs.start()
    os.environ.setdefault("UV_THREADPOOL_SIZE", str(RESOLVERS))
    host, _, port = settings.listen.rpartition(":")
    server = uvicorn.Server(
        uvicorn.Config(
            app,
            host=host,
            port=int(port),
            loop="uvloop",
            http="httptools",
            lifespan="on",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_graceful_shutdown=SHUTDOWN,
        )
    )
    watchdog: Watchdog = app.state.watchdog
    watchdog.leave = lambda: _leave(server)
    tracing.start(settings, VERSION)
    try:
        server.run()
    finally:
        _tell_refusal(app)
        tracing.stop()
    sys.exit(exit_status(app, has_started=server.started))


def exit_status(app: FastAPI, *, has_started: bool) -> int:
    """Return 1 when something that has to live died, 4 when the data need a newer version, 3 when the start failed otherwise."""
    if app.state.watchdog.dead:
        return 1
    if has_started:
        return 0
    return EXIT_STATUS if isinstance(getattr(app.state, "refusal", None), NewerVersionError) else 3


def _tell_refusal(app: FastAPI) -> None:
    """The last line of the log is the sentence for the operator, and not a trace."""
    refusal = getattr(app.state, "refusal", None)
    if refusal is not None:
        logger.critical("it does not start. %s", refusal)


def _leave(server: uvicorn.Server) -> None:
    """Ends in order, or without it when that takes too long."""
    server.should_exit = True
    timer = threading.Timer(2 * SHUTDOWN, _exit, [1])
    timer.daemon = True
    timer.start()


@cache
def _common_routes(service: str) -> APIRouter:
    """Answer alike in every service, under the name of this one."""
    router, here = APIRouter(include_in_schema=False), f"/{service}"
    router.add_api_route(f"{here}/health", _health)
    router.add_api_route(f"{here}/ready", _ready)
    router.add_api_route(f"{here}/metrics", _metrics)
    router.add_api_route(f"{here}/api/docs", listing)
    router.add_api_route(f"{here}/static/{{hash}}/{{name}}", page.static_file)
    return router


def _service_of(request: Request) -> Service:
    service: Service = request.app.state.service
    return service


async def _health(request: Request) -> Response:
    """Answer 503 from a process that leaves: in a cluster the gateway turns to the other one."""
    service = _service_of(request)
    alive = service.watchdog.reason() is None
    content = {"service": service.name, "alive": alive, **service.facts}
    return JSONResponse(content, status_code=200 if alive else 503)


async def _ready(request: Request) -> Response:
    service = _service_of(request)
    checks = service.ready()
    ready = not any(checks.values())
    reasons = {**checks, **service.notices()}
    document = {name: {"ok": reason is None, "reason": reason} for name, reason in reasons.items()}
    answer = {"service": service.name, "ready": ready, "since": service.since.isoformat(), "checks": document}
    return JSONResponse(answer, 200 if ready else 503)


async def _metrics(request: Request) -> Response:
    if "x-forwarded-for" in request.headers:
        raise problem.NotFoundError(problem.DETAILS[404])
    service = _service_of(request)
    for name, reason in {**service.ready(), **service.notices()}.items():
        metrics.READY.labels(service.name, name).set(reason is None)
    return Response(metrics.text(), headers={"Content-Type": metrics.CONTENT_TYPE})


def _routes_of(router: APIRouter, check: Callable[..., Any]) -> list[BaseRoute]:
    """Return what an application serves of a router: FastAPI works it out once, however many applications a process makes."""
    place = id(router), check
    if place not in _ROUTES:
        checks = dict.fromkeys((refuse_unreadable, check))
        checked = APIRouter(dependencies=[Depends(each) for each in checks])
        checked.include_router(router)
        _ROUTES[place] = checked.routes
    return _ROUTES[place]
