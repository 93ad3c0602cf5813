"""What models are given besides texts, checked for its form."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from bouton.errors import Code, ModelError, NetworkError


def read_mapping(given: Mapping[str, Any] | None, argument: str, owner: str) -> Mapping[str, Any]:
    """An immutable copy. Raises NetworkError (E401) unless it is a mapping or None."""
    if given is not None and not isinstance(given, Mapping):
        raise NetworkError(
            Code.BAD_VALUE, f"{argument} is {given!r:.60}", where=owner, expected="values by name, as in dict(tau=20*ms)"
        )
    return MappingProxyType(dict(given or {}))


def read_method(given: str | Mapping[str, str] | None, owner: str) -> str | Mapping[str, str] | None:
    """The scheme of all equations, or of some by name. Raises ModelError (E501) for anything else."""
    if given is None or isinstance(given, str):
        return given
    if not isinstance(given, Mapping):
        raise ModelError(
            Code.UNKNOWN_SCHEME, f"method is {given!r:.60}", where=owner, expected="the name of a scheme, or {variable: name}"
        )
    return MappingProxyType(dict(given))
