"""Which variables of a synapse are weights, frozen when learning is switched off?"""

from __future__ import annotations

from collections.abc import Mapping

from bouton.analysis.symbols import Scope, Symbol
from bouton.equations.nodes import Name, walk
from bouton.errors import Code, NameError_, nearest, one_of
from bouton.model.synapse import SynapseModel


def find_weights(model: SynapseModel, scope: Scope) -> tuple[tuple[str, ...], str]:
    """Names of the weights, and the reason. Raises NameError_ (E206) if the model names an unknown one."""
    own = {n: s for n, s in scope.symbols.items() if s.owner == "self" and s.kind in {"ode", "variable"}}
    if model.weights is not None:
        for name in model.weights:
            if name not in own:
                raise NameError_(
                    Code.UNKNOWN_VARIABLE,
                    f"weights names {name!r}, which is not a variable",
                    where=scope.where,
                    expected=one_of(own),
                    hint=nearest(name, own),
                )
    if model.weights is not None and not model.detected:
        return tuple(model.weights), "named by the model"
    if model.detected is not None:  # a composition: some parts may name theirs
        own = {name: symbol for name, symbol in own.items() if name in model.detected}
    found, why = _detected(model, scope, own)
    named = tuple(model.weights or ())
    if model.detected is not None and (shared := scope.symbols.get("w")) is not None and shared.kind in {"ode", "variable"}:
        named = ("w", *named)  # the weight that parts share
    return tuple(dict.fromkeys((*named, *found))), f"named by parts, or {why}" if named else why


def _detected(model: SynapseModel, scope: Scope, own: Mapping[str, Symbol]) -> tuple[tuple[str, ...], str]:
    """The weights among some variables, as nobody names them."""
    delivered: dict[str, None] = {}
    for block in model.blocks:
        flowing: dict[str, set[str]] = {}  # what a local name was made from
        for statement in block.statements:
            read = {n.id for n in walk(scope.expand(statement.value)) if isinstance(n, Name)}
            read |= {inner for name in read for inner in flowing.get(name, ())}
            target = scope.find(statement.target)
            if statement.target == "target" or (target is not None and target.owner in {"pre", "post"}):
                delivered.update(dict.fromkeys(n for n in own if n in read))
            elif target is None:
                flowing[statement.target] = flowing.get(statement.target, set()) | read
    plain = tuple(n for n in delivered if own[n].kind == "variable")
    if plain:
        return plain, "without a differential equation and read by a delivery"
    if "w" in own:
        return ("w",), "by its name, as nothing is delivered"
    return tuple(n for n, s in own.items() if s.kind == "variable"), "without a differential equation"
