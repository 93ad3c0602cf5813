"""What is stored for an element is read from a local: the same statements, and none that reads what was stored before."""

from __future__ import annotations

from bouton.equations.nodes import Binary, Compare, Item, Name, Num
from bouton.plan.nodes import Arg, Emit, If, Kernel, Let, Store
from bouton.plan.passes.forward import forward
from bouton.plan.plan import Call, Phase, Plan

V, U = Item("v", Name("i")), Item("u", Name("i"))


def passed(*body: object, before: tuple[object, ...] = (), domain: str = "threshold") -> Kernel:
    args = tuple(Arg(name, "f8", array=True) for name in ("v", "u", "v_now"))
    kernel = Kernel("k", domain, args, before=before, body=body)  # type: ignore[arg-type]
    plan = forward(Plan((Phase("threshold", (Call(kernel, "p", {}),), 0),), (), (), ()))
    return plan.phases[0].calls[0].kernel


def test_reads_after_a_store_are_of_a_local() -> None:
    kernel = passed(
        Store("v", Name("i"), "+=", U),
        If(Compare(">", V, Num(1.0)), (Emit(),)),
        before=(Store("v", Name("i"), "=", Num(2.0)),),
    )
    first, second = Name("v_now_2"), Name("v_now_3")  # v_now is taken
    assert kernel.before == (Let("v_now_2", Num(2.0)), Store("v", Name("i"), "=", first))
    assert kernel.body == (
        Let("v_now_3", Binary("+", first, U)),
        Store("v", Name("i"), "=", second),
        If(Compare(">", second, Num(1.0)), (Emit(),)),
    )


def test_a_store_under_a_condition_or_elsewhere_ends_it() -> None:
    maybe = If(Compare(">", U, Num(0.0)), (Store("v", Name("i"), "=", Num(0.0)),))
    elsewhere = Store("u", Binary("+", Name("row"), Name("i")), "=", V)
    kernel = passed(
        Store("v", Name("i"), "=", Num(2.0)), Store("u", Name("i"), "=", Num(3.0)), maybe, elsewhere, Let("x", Binary("*", V, U))
    )
    assert kernel.body[4] == If(Compare(">", Name("u_now"), Num(0.0)), maybe.body)
    assert kernel.body[5:] == (elsewhere, Let("x", Binary("*", V, U)))


def test_only_loops_over_elements_are_changed() -> None:
    body = (Store("v", Name("i"), "=", Num(2.0)), Let("x", V))
    assert passed(*body, domain="spiked").body == body
    assert passed(*body, domain="elements").body[-1] == Let("x", Name("v_now_2"))
