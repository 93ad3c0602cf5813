"""Docstrings as reStructuredText: what is code stays, what is a formula is set apart, and nothing else is markup."""

from manual.texts import inline, of_docstring, table


def test_nothing_in_running_text_is_markup() -> None:
    assert inline("exp(-|Δt|/τ₋) of V* in tau_ and w_0") == r"exp(-\|Δt\|/τ₋) of V\* in tau\_ and w_0"
    assert inline("``a*b_`` and **c**") == "``a*b_`` and **c**"


def test_a_doi_is_a_link_without_what_follows_it() -> None:
    link = "`doi:10.1016/S0896-6273(01)00542-6 <https://doi.org/10.1016/S0896-6273(01)00542-6>`__"
    assert inline("doi:10.1016/S0896-6273(01)00542-6: layer 5") == f"{link}: layer 5"
    assert inline("(doi:10.1038/78829).") == "(`doi:10.1038/78829 <https://doi.org/10.1038/78829>`__)."


def test_models_of_the_library_are_links_to_their_pages() -> None:
    assert inline("`PairSTDP` and ``bt.neurons.LIF``") == (
        ":doc:`PairSTDP </generated/rules/PairSTDP>` and :doc:`bt.neurons.LIF </generated/neurons/LIF>`"
    )
    assert inline("``bt.rules.PairSTDP(mu=1)`` and ``LIF``") == "``bt.rules.PairSTDP(mu=1)`` and ``LIF``"


def test_sections_are_headings_of_a_page_and_bold_elsewhere() -> None:
    text = "A thing.\n\nSymbols\n-------\n``x`` the trace."
    assert of_docstring(text) == "A thing.\n\nSymbols\n-------\n\n``x`` the trace.\n"
    assert ".. rubric:: Symbols" in of_docstring(text, headings=False)


def test_sources_are_a_list_that_initials_do_not_make_into_another_one() -> None:
    text = "A.\n\nSources\n-------\nS. Song, K. D. Miller & L. F. Abbott, 2000: one.\nR. V. Florian, 2007,\nsection 4: another."
    assert of_docstring(text).splitlines()[5:] == [
        r"* \S. Song, K. D. Miller & L. F. Abbott, 2000: one.",
        r"* \R. V. Florian, 2007, section 4: another.",
    ]


def test_a_formula_is_set_apart() -> None:
    assert of_docstring("The rule is\n\n    dw/dt = |a|*b,\n\nwith b.") == "The rule is\n\n::\n\n   dw/dt = |a|*b,\n\nwith b.\n"


def test_parameters_are_definitions_and_text_after_them_is_text() -> None:
    text = "A.\n\nParameters\n---\npre, post: trains,\n    or one.\nw: a weight.\n\nRaises something that goes\nover two lines."
    assert of_docstring(text, headings=False).split("\n\n", 2)[2] == (
        "``pre``, ``post``\n   trains, or one.\n\n``w``\n   a weight.\n\n\nRaises something that goes\nover two lines.\n"
    )


def test_a_table_has_a_cell_for_each() -> None:
    assert table(("a", "b"), [("1", "")]).splitlines()[-4:] == ["   * - a", "     - b", "   * - 1", "     -"]
