"""``bouton explore``: a page with sliders, on this machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from bouton.cli import console
from bouton.errors import Code, NetworkError

if TYPE_CHECKING:
    from bouton.explore.view import View

NAME = typer.Argument(
    None, help="A rule of 'bouton rules', a file with one, or an experiment of 'bouton list'.", show_default=False
)
HOST = typer.Option("127.0.0.1", "--host", help="Where to listen; others than this machine need the token that is printed.")
PORT = typer.Option(0, "--port", min=0, max=65535, help="The port, 0 for any that is free.")
ORIGIN = typer.Option([], "--origin", metavar="HOST:PORT", help="A further name by which browsers reach it; may be repeated.")
NO_BROWSER = typer.Option(False, "--no-browser", help="Print the address, and open no browser.")


def explore(
    name: str | None = NAME,
    host: str = HOST,
    port: int = PORT,
    origins: list[str] = ORIGIN,
    no_browser: bool = NO_BROWSER,
) -> None:
    """Explore a rule, or run an experiment, in the browser; nothing leaves this machine unless --host says so."""
    from bouton.explore import check_installed

    check_installed()
    first = _first(name)
    from bouton.explore.app.server import is_loopback, make_server

    server, address = make_server(host, port, first=first, origins=origins)
    if not is_loopback(host):
        console.warn(f"whoever reaches {host} and has the token may run simulations on this machine")
    print(address, flush=True)
    if not no_browser:
        import webbrowser

        server.io_loop.add_callback(webbrowser.open, address)
    server.start()
    try:
        server.io_loop.start()
    finally:
        server.stop()


def _first(name: str | None) -> View | str | None:
    """What the address shows: an experiment by its name, or the view of a rule. Raises NetworkError (E401)."""
    from bouton import experiments
    from bouton.cli.chosen_rule import find_rule
    from bouton.errors import nearest
    from bouton.explore import view_of
    from bouton.library import rules

    if name is None or name in experiments.names():
        return name
    known = [*dir(rules), *experiments.names()]
    if name in dir(rules) or name.endswith((".py", ".toml")):
        return view_of(find_rule(name))
    raise NetworkError(
        Code.BAD_VALUE,
        f"{name!r} is neither a rule nor an experiment",
        where="bouton explore",
        expected="a name of 'bouton rules' or 'bouton list', or a file",
        hint=nearest(name, known),
    )
