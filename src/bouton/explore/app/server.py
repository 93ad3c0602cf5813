"""The server: on this machine only unless asked otherwise, for pages of its own addresses only, and with a token where others
could reach it."""

from __future__ import annotations

import hmac
import ipaddress
import secrets
import socket
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, final
from urllib.parse import urlsplit

import panel as pn
from bokeh.server.auth_provider import AuthProvider
from bokeh.server.urls import per_app_patterns
from panel.io.server import WSHandler, get_server
from tornado.web import RequestHandler

from bouton import experiments
from bouton.errors import BoutonError, Code, NetworkError
from bouton.explore.app.experiment import ExperimentPage
from bouton.explore.app.page import Page
from bouton.explore.app.widgets import Message
from bouton.explore.bench import Bench
from bouton.explore.limits import explained
from bouton.explore.view import View, from_query, to_query

COOKIE = "bouton-explore"
MESSAGE = 2**20
"""Bytes of a message from a page at most."""
TITLE = "bouton explorer"
LOCAL = ("localhost", "127.0.0.1")
TEMPLATE = "{% block contents %}<main>{{ super() }}</main>{% endblock %}"
"""What Panel's own page lacks: a landmark for screen readers, in which all is."""


class Refused(RequestHandler):  # type: ignore[misc]  # without types
    """What those see who may not come in."""

    def get(self) -> None:
        """Say so."""
        self.set_status(403)
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        self.finish("Refused: open the address that 'bouton explore' has printed, with its token.\n")


@final
class Guard(AuthProvider):  # type: ignore[misc]  # without types
    """Lets in requests to one of our own addresses, so that no site can point a name of its own at us; with the token if any."""

    def __init__(self, hosts: Sequence[str], token: str | None) -> None:
        self.hosts, self.token = frozenset(hosts), token
        super().__init__()

    @property
    def get_user(self) -> Callable[[Any], str | None]:
        """What says who is there: "user", or None for those who may not come in."""
        return self._user

    @property
    def login_url(self) -> str:
        """Where those are sent who may not come in."""
        return "/refused"

    @property
    def login_handler(self) -> type[RequestHandler]:
        """What they find there."""
        return Refused

    def _user(self, handler: RequestHandler) -> str | None:
        if handler.request.host.lower() not in self.hosts:
            return None
        if self.token is None:
            return "user"
        given = handler.get_query_argument("token", None)
        if given is not None and hmac.compare_digest(given.encode(), self.token.encode()):
            handler.set_cookie(COOKIE, self.token, httponly=True, samesite="Strict")
            return "user"
        kept = handler.get_cookie(COOKIE) or ""
        return "user" if hmac.compare_digest(kept.encode(), self.token.encode()) else None


@final
class Socket(WSHandler):  # type: ignore[misc]  # without types
    """A websocket that sends at once.

    An answer is several frames. TCP otherwise keeps back all but the first until the browser has acknowledged that, which it does
    40 ms later (Nagle's algorithm, delayed acknowledgements).
    """

    def open(self, *args: Any, **named: Any) -> None:
        """Take up the connection."""
        self.set_nodelay(True)
        super().open(*args, **named)


def is_loopback(host: str) -> bool:
    """True if only this machine can reach a host."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def make_server(
    host: str = "127.0.0.1",
    port: int = 0,
    *,
    first: View | str | None = None,
    origins: Sequence[str] = (),
    token: str | None = None,
) -> tuple[Any, str]:
    """A server that is not started yet, and the address to open.

    ``first`` is a view, or the name of an experiment, that the address shows. ``origins`` are further names with ports by which
    browsers reach it. A host that others can reach gets a token, unless one is given. Raises NetworkError (E401) for a host that
    there is not.
    """
    if token is None and not is_loopback(host):
        token = secrets.token_urlsafe(24)
    port = port or _free_port(host)
    names = [*LOCAL, host] if is_loopback(host) else [host, socket.gethostname(), *LOCAL, *_addresses(host)]
    hosts = sorted({*(f"{name}:{port}".lower() for name in names if ":" not in name), *origins})  # Bokeh reads no others
    bench = Bench()
    worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="bouton-explore")

    def of_rules() -> Any:
        return rule_document(bench, worker)

    def of_experiments() -> Any:
        return experiment_document(worker)

    pn.extension("katex", inline=False, notifications=False)
    per_app_patterns[:] = [(path, Socket if kind is WSHandler else kind, *rest) for path, kind, *rest in per_app_patterns]
    server = get_server(
        {"/": of_rules, "/experiments": of_experiments},
        address=host,
        port=port,
        websocket_origin=hosts,
        auth_provider=Guard(hosts, token),
        title=TITLE,
        start=False,
        show=False,
        websocket_max_message_size=MESSAGE,
        check_unused_sessions_milliseconds=10_000,
        unused_session_lifetime_milliseconds=60_000,
    )
    name = "localhost" if host in {"127.0.0.1", "localhost"} else socket.gethostname() if host in {"0.0.0.0", "::"} else host
    path = "experiments" if isinstance(first, str) else ""
    query = f"name={first}" if isinstance(first, str) else "" if first is None else to_query(first)
    query = "&".join(part for part in (query, "" if token is None else f"token={token}") if part)
    return server, f"http://{name}:{port}/{path}{'?' if query else ''}{query}"


def _free_port(host: str) -> int:
    try:
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            probe.bind((host, 0))
            return int(probe.getsockname()[1])
    except OSError as error:
        raise NetworkError(Code.BAD_VALUE, f"{host!r} cannot be listened at ({error})", where="bouton explore --host") from None


def _addresses(host: str) -> list[str]:
    """The addresses of this machine, where it listens at all of them."""
    if host not in {"0.0.0.0", "::"}:
        return []
    try:
        return sorted({str(found[4][0]) for found in socket.getaddrinfo(socket.gethostname(), None)})
    except OSError:
        return []


def rule_document(bench: Bench, worker: ThreadPoolExecutor) -> Any:
    """The page of rules for one visitor, as the address says."""
    trouble = Message(label="message on the address", sizing_mode="stretch_width")
    query = (pn.state.location.search if pn.state.location is not None else "") or ""
    try:
        view = from_query(urlsplit(query).query or query)
    except (BoutonError, ValueError) as error:
        trouble.text, view = explained(error), View()
    return whole(trouble, Page(view, bench, worker), here="/")


def experiment_document(worker: ThreadPoolExecutor) -> Any:
    """The page of experiments for one visitor."""
    trouble = Message(label="message on the address", sizing_mode="stretch_width")
    asked = pn.state.session_args.get("name", [b""])[0].decode(errors="replace")
    name = asked or experiments.names()[0]
    try:
        experiments.find(name)
    except BoutonError as error:
        trouble.text, name = explained(error), experiments.names()[0]
    return whole(trouble, ExperimentPage(name, worker), here="/experiments")


def whole(*parts: Any, here: str) -> Any:
    """A page with its heading and the ways to the other."""
    pn.state.curdoc.template = TEMPLATE
    links = "".join(
        f'<a href=".{path}"{" aria-current=page" if path == here else ""}>{title}</a> '
        for path, title in (("/", "Rules"), ("/experiments", "Experiments"))
    )
    head = pn.pane.HTML(
        f"<h1>{TITLE}</h1><nav>{links}</nav>",
        sizing_mode="stretch_width",
        stylesheets=["h1 { font: 600 20px sans-serif; margin: 0 0 4px; } a { margin-right: 12px; color: #00507d; }"],
    )
    return pn.Column(head, *parts, sizing_mode="stretch_width")
