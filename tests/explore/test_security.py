"""Attempts to get in from outside, and to do more than a page may."""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import re
import socket
import urllib.error
import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

import pytest

pytestmark = pytest.mark.slow


def fetched(url: str, **headers: str) -> tuple[int, str]:
    """Status and text, with redirections followed."""
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=20) as answer:
            return answer.status, answer.read().decode(errors="replace")
    except urllib.error.HTTPError as refusal:
        return refusal.code, refusal.read().decode(errors="replace")


def upgrade(url: str, path: str, **headers: str) -> int:
    """The status of an attempt to open a websocket: 101 if it is open."""
    parts = urlsplit(url)
    assert parts.hostname is not None
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=20)
    given = {
        "Host": parts.netloc,
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
        "Origin": f"http://{parts.netloc}",
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    connection.request("GET", path, headers=given)
    status = connection.getresponse().status
    connection.close()
    return status


def session(text: str) -> str:
    """The session token that a page was given."""
    found = re.search(r'"token":"([^"]+)"', text)
    assert found is not None
    return found[1]


def test_it_listens_on_this_machine_only(address: str) -> None:
    port = urlsplit(address).port
    other = next((found[4][0] for found in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)), "")
    if other and not other.startswith("127."):
        with pytest.raises((ConnectionError, TimeoutError)), socket.create_connection((str(other), port or 0), timeout=3):
            pass
    assert fetched(address)[0] == 200


def test_other_names_for_this_machine_are_refused(address: str) -> None:
    """A name of another site that points here (DNS rebinding)."""
    status, text = fetched(address, Host="evil.example:80")
    assert (status, "Refused" in text) == (403, True)


def test_foreign_origins_are_refused(address: str) -> None:
    token = session(fetched(address)[1])
    protocol = f"bokeh, {token}"
    assert upgrade(address, "/ws", Sec_WebSocket_Protocol=protocol) == 101
    assert upgrade(address, "/ws", Sec_WebSocket_Protocol=protocol, Origin="http://evil.example") == 403
    assert upgrade(address, "/ws", Sec_WebSocket_Protocol=protocol, Origin="null") == 403
    assert upgrade(address, "/ws", Sec_WebSocket_Protocol=protocol, Host="evil.example") != 101


def test_the_token_is_asked_for_where_others_could_come(serve: Callable[..., str]) -> None:
    address = serve("PairSTDP", "--host", "0.0.0.0")
    token = re.search(r"token=([\w-]{20,})", address)
    assert token is not None
    here = f"http://localhost:{urlsplit(address).port}/"
    assert fetched(here)[0] == 403
    assert fetched(f"{here}?token=wrong")[0] == 403
    assert fetched(f"{here}experiments")[0] == 403
    assert fetched(f"{here}autoload.js?bokeh-autoload-element=1")[0] in {401, 403}
    status, text = fetched(f"{here}?token={token[1]}")
    assert status == 200
    protocol = f"bokeh, {session(text)}"
    assert upgrade(here, "/ws", Sec_WebSocket_Protocol=protocol) != 101
    assert upgrade(here, "/ws", Sec_WebSocket_Protocol=protocol, Cookie="bouton-explore=wrong") != 101
    assert upgrade(here, "/ws", Sec_WebSocket_Protocol=protocol, Cookie=f"bouton-explore={token[1]}") == 101


@pytest.mark.parametrize(
    "path",
    [
        "static/../../../../../../etc/passwd",
        "static/..%2f..%2f..%2f..%2f..%2fetc/passwd",
        "static/extensions/panel/..%2f..%2f..%2f..%2f..%2f..%2fetc%2fpasswd",
        "components/bouton.explore.app.widgets/Text/_esm/../../../../../../etc/passwd",
        "components/os/environ/x",
        "assets/etc/passwd",
    ],
)
def test_no_file_can_be_read(address: str, path: str) -> None:
    status, text = fetched(address + path)
    assert status >= 400
    assert "root:" not in text


@pytest.mark.parametrize(
    "query, said",
    [
        ("eq=w+:+1&on_pre=w+%2B=+w.__class__", "attributes are not part of the language"),
        ("eq=w+:+1&on_pre=w+%2B=+__import__('os').system('true')", "not part of the language"),
        ("eq=w+:+1&on_pre=w+%2B=+9**9**9**9", "NaN or infinite"),
        ("eq=w+:+1&on_pre=w+%2B=+" + "(" * 300 + "1" + ")" * 300, "E1"),
        ("eq=w+:+mV**99999999999&on_pre=w+%2B=+1*mV", "E"),
        ("pre=1e300", "not a number to use here"),
        ("p.tau_plus=1e-300", "E"),
        ("rule=../../etc/passwd", "is not a rule"),
        ("rule=/etc/passwd.toml", "is not a rule"),
        ("rule=%3Cscript%3Ealert(1)%3C/script%3E", "is not a rule"),
        ("nonsense=1", "means nothing here"),
        ("eq=" + "x" * 20_000, "characters"),
    ],
)
def test_addresses_that_ask_for_too_much_are_refused(page: Any, address: str, query: str, said: str) -> None:
    alerts: list[str] = []
    page.on("dialog", lambda dialog: (alerts.append(dialog.message), dialog.dismiss()))
    page.goto(f"{address}?{query}")
    page.locator("pre").filter(has_text=said).first.wait_for(timeout=40_000)
    assert alerts == []


def test_messages_that_no_page_sends_change_nothing(address: str) -> None:
    """What a slider's message may hold is checked: names that there are not, texts for numbers, and worse."""
    pytest.importorskip("tornado")
    from bouton.explore.app.side import Side
    from bouton.explore.choice import Choice

    changed: list[Any] = []
    side = Side("a", Choice(), lambda *what: changed.append(what))
    side.show(Choice())
    for message in (
        None,
        [],
        {"serial": "x"},
        {"serial": 1, "moved": {"tau_plus": "os"}},
        {"serial": 2, "moved": {"__class__": 3.0}},
        {"serial": 3, "moved": {"tau_plus": float("nan")}},
        {"serial": 4, "moved": {"tau_plus": 1e300}},
        {"serial": 5, "typed": {"tau_plus": "().__class__.__bases__"}},
        {"serial": 6, "typed": {"tau_plus": "9**9**9**9"}},
        {"serial": 7, "typed": {"tau_plus": "(" * 500}},
        {"serial": 8, "typed": {"tau_plus": {"a": 1}}},
        {"serial": 9, "moved": {"tau_plus": [1, 2]}},
    ):
        side.sliders._handle_msg(message)
    assert changed == []
    assert side.choice == Choice()
    assert side.sliders.echo == 9


def test_a_long_message_ends_the_connection(address: str) -> None:
    tornado = pytest.importorskip("tornado.websocket")
    token = session(fetched(address)[1])

    async def attack() -> Any:
        url = f"ws://{urlsplit(address).netloc}/ws"
        request = pytest.importorskip("tornado.httpclient").HTTPRequest(url, headers={"Origin": address.rstrip("/")})
        connection = await tornado.websocket_connect(request, subprotocols=["bokeh", token])
        with contextlib.suppress(tornado.WebSocketClosedError):  # it may be closed before all is sent
            await connection.write_message("x" * 3_000_000)
        while (message := await asyncio.wait_for(connection.read_message(), 20)) is not None:
            pass
        connection.close()
        return message

    with ThreadPoolExecutor() as pool:  # where no other loop runs
        assert pool.submit(asyncio.run, attack()).result() is None
