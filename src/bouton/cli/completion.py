"""What a shell offers when Tab is pressed: from the texts of files, without a library for numbers, and without a model."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, MutableMapping
from contextlib import contextmanager, redirect_stdout
from io import StringIO

import typer

from bouton.cli import names
from bouton.cli.names import Sketch

Offers = list[tuple[str, str]]
"""What can stand in the place of the word, and a line on each for shells that show one."""


def rules(incomplete: str) -> Offers:
    """Names of rules."""
    return _beginning(names.titles("rules").items(), incomplete)


def neurons(incomplete: str) -> Offers:
    """Names of neurons."""
    return _beginning(names.titles("neurons").items(), incomplete)


def experiments(incomplete: str) -> Offers:
    """Names of experiments."""
    return _beginning(names.titles("experiments").items(), incomplete)


def subjects(incomplete: str) -> Offers:
    """Names of experiments and rules."""
    return experiments(incomplete) + rules(incomplete)


def parameter_sets(ctx: typer.Context, incomplete: str) -> Offers:
    """Named sets of parameters of the rule on the line."""
    found = _rule(ctx)
    return [] if found is None else _beginning(((name, found.name) for name in found.sets), incomplete)


def conventions(ctx: typer.Context, incomplete: str) -> Offers:
    """Simulators whose conventions the rule on the line knows."""
    found = _rule(ctx)
    return [] if found is None else _beginning(((name, found.name) for name in found.conventions), incomplete)


def rule_settings(ctx: typer.Context, incomplete: str) -> Offers:
    """``KEY=`` of the rule on the line, and what may follow it."""
    return _settings(_rule(ctx), incomplete)


def experiment_settings(ctx: typer.Context, incomplete: str) -> Offers:
    """``KEY=`` of the experiment on the line, and what may follow it."""
    name = _first(ctx, "name")
    found = names.named("experiments", name) if name else None
    if (
        name and found is None and name in names.titles("experiments")
    ):  # its text does not tell, but it may be loaded: it is bouton's
        from bouton import experiments as published

        found = Sketch(name, parameters=dict.fromkeys(published.find(name).settings, ("", "")))
    return _settings(found, incomplete)


def files(incomplete: str) -> Offers:
    """Nothing, upon which shells offer files."""
    return []


def _rule(ctx: typer.Context) -> Sketch | None:
    name = ctx.params.get("name") or _first(ctx, "rule")
    return names.named("rules", name) if name else None


def _first(ctx: typer.Context, argument: str) -> str | None:
    """The argument on the line; it is among what is left over while an option is without its value."""
    name = ctx.params.get(argument) or next(iter(ctx.args), None)
    return str(name) if name else None


def _beginning(offers: Iterable[tuple[str, str]], incomplete: str) -> Offers:
    return [(name, help) for name, help in offers if name.startswith(incomplete)]


def _settings(found: Sketch | None, incomplete: str) -> Offers:
    """Keys while several fit; values when one does, so that a shell that puts a space behind a single offer does not."""
    if found is None:
        return []
    keys = _beginning(
        [
            *((f"{k}=", "") for k in found.options),
            *((f"{k}=", m) for k, (_, m) in found.parameters.items()),
        ],
        incomplete.partition("=")[0] + "=" * ("=" in incomplete),
    )
    if len(keys) != 1:
        return keys
    ((key, help),) = keys
    name = key.rstrip("=")
    values = found.options.get(name) or ("", found.parameters.get(name, ("", ""))[0])
    return _beginning(dict.fromkeys((f"{key}{value}", help) for value in values), incomplete)


@contextmanager
def whole_settings(environment: MutableMapping[str, str]) -> Iterator[None]:
    """Bash takes ``KEY=VALUE`` for three words and replaces the last of them: ask for the whole, answer with the last."""
    key = _join(environment) if environment.get("_BOUTON_COMPLETE") == "complete_bash" else ""
    if not key:
        yield
        return
    with redirect_stdout(StringIO()) as answer:
        try:
            yield
        finally:
            offers = (line.removeprefix(key) for line in answer.getvalue().splitlines())
            print(*filter(None, offers), sep="\n", file=sys.__stdout__)


def _join(environment: MutableMapping[str, str]) -> str:
    """Make one word of those around ``=``; the ``KEY=`` of the one that is being typed, if it has come so far."""
    words, at = environment.get("COMP_WORDS", "").split("\n"), environment.get("COMP_CWORD", "")
    joined: list[str] = []
    if not at.isdigit():
        return ""
    for word in words[: int(at) + 1]:
        if joined and (word == "=" or (joined[-1].endswith("=") and word)):
            joined[-1] += word
        else:
            joined.append(word)
    if len(joined) == min(len(words), int(at) + 1):
        return ""
    environment["COMP_WORDS"], environment["COMP_CWORD"] = "\n".join(joined), str(len(joined) - 1)
    if words[int(at) - 1 : int(at)] != ["="] and words[int(at)] != "=":
        return ""
    word = joined[-1].partition("=")[2] if joined[-1].startswith("-") else joined[-1]
    return word[: word.rfind("=") + 1]
