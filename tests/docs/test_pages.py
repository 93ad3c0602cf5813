"""The library writes its part of the manual: whatever exists has a page, and the page says all that its file does."""

import re
import time
from pathlib import Path

import pytest
from manual import figures, pages, refusals
from manual.models import printed, value

import bouton as bt
from bouton import experiments, protocols
from bouton.errors import Code
from bouton.library import neurons, rules
from bouton.library.neuron import Neuron
from bouton.library.rule import Rule
from bouton.units import ms, mV

ROOT = Path(__file__).parents[2]
RULES = [rules.find(file) for file in rules.files()]
NEURONS = [neurons.find(file) for file in neurons.files()]
every_model = pytest.mark.parametrize("model", [*RULES, *NEURONS], ids=lambda model: f"{model.shelf}.{model.name}")


@pytest.fixture(scope="module")
def found() -> dict[str, str]:
    return pages.everything()


def shelf(model: Rule | Neuron) -> str:
    return model.shelf.removeprefix("bt.")


@every_model
def test_a_model_has_a_page_that_says_all_of_it(model: Rule | Neuron, found: dict[str, str]) -> None:
    text = found[f"{shelf(model)}/{model.name}.rst"]
    dois = re.findall(r"doi:(10\.\S+[^\s.,;)])", " ".join(model.papers))
    assert len(dois) >= 1
    for doi in dois:
        assert f"<https://doi.org/{doi}" in text
    for name, parameter in model.parameters.items():
        assert f"* - ``{name}``" in text
        assert value(parameter.value) in text
    for name, choices in model.options.items():
        assert f"* - ``{name}``" in text
        assert all(f"``{choice}``" in text for choice in choices)
    for name in model.sets:
        assert f'``bt.{shelf(model)}.{model.name}("{name}")``' in text
    assert f":doc:`{model.name} <{model.name}>`" in found[f"{shelf(model)}/index.rst"]
    for line in printed(model(**pages.trial(model))).splitlines():
        assert line in text
    if isinstance(model, Rule):
        assert all(f'convention="{name}"' in text for name in model.conventions)
        assert all(f"``{name}``" in text for name in model.needs)


@every_model
def test_the_example_of_a_page_runs(model: Rule | Neuron) -> None:
    names: dict[str, object] = {}
    exec(pages.usage(model), names)
    assert isinstance(names.get("rule", names.get("cell")), bt.SynapseModel | bt.NeuronModel)


@pytest.mark.parametrize("name", protocols.names())
def test_a_protocol_has_a_page(name: str, found: dict[str, str]) -> None:
    text, protocol = found[f"protocols/{name}.rst"], protocols.find(name)
    assert all(f"* - ``{option}``" in text for option in protocol.options)
    assert f"bt.protocols.{name}(rule)" in text
    assert f":doc:`{name} <{name}>`" in found["protocols/index.rst"]


@pytest.mark.parametrize("name", experiments.names())
def test_an_experiment_has_a_page(name: str, found: dict[str, str]) -> None:
    text = found[f"experiments/{name}.rst"]
    assert all(f"* - ``{setting}``" in text for setting in experiments.find(name).settings)
    assert "What differs\n---" in text
    source = re.search(r"literalinclude:: /(\S+)", text)
    assert source is not None
    assert (ROOT / "docs" / source[1]).is_file()
    assert f":doc:`{name} <{name}>`" in found["experiments/index.rst"]


@pytest.mark.parametrize("code", Code, ids=lambda code: code.value)
def test_a_code_has_a_page(code: Code, found: dict[str, str]) -> None:
    text = found[f"errors/{code.value}.rst"]
    assert text.startswith(f"{code.value} ")
    assert f"<{code.value}>`" in found["errors/index.rst"]
    examples = sorted(pages.BAD.glob(f"{code.value.lower()}_*.py"))
    assert text.count(".. rubric::") == len(examples)
    assert text.count(f"   {code.value}: ") == len(examples), "each shows its message"


def test_each_code_is_explained_once() -> None:
    assert set(refusals.MEANINGS) == set(Code)
    assert len(set(refusals.MEANINGS.values())) == len(Code)
    assert {code.value[:2] for code in Code} == set(refusals.FAMILIES)


def test_the_program_of_an_example_is_what_one_would_type(tmp_path: Path) -> None:
    path = tmp_path / "e401_planted.py"
    text = (
        '"""No neurons."""\n\nimport bouton as bt\n\nCODE = "E401"\nAT = None\nSIZE = -1\n\n\n'
        + "def build():\n    bt.Poisson(SIZE, 5)\n"
    )
    path.write_text(text, "utf-8")
    assert refusals.program(text) == "import bouton as bt\n\nSIZE = -1\n\nbt.Poisson(SIZE, 5)"
    _, example = refusals.read_example(path)
    assert example.title == "No neurons."
    path.write_text('"""Nothing is wrong."""\n\n\ndef build():\n    pass\n', "utf-8")
    with pytest.raises(AssertionError, match="is not refused"):
        refusals.read_example(path)


def test_a_new_file_has_its_page_by_existing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = Path(rules.__path__[0]) / "spike_based_homeostasis.py"
    planted = source.read_text("utf-8").replace('"SpikeBasedHomeostasis"', '"PlantedRule"')
    (tmp_path / "planted_rule.py").write_text(planted, "utf-8")
    monkeypatch.setattr(rules, "__path__", [*rules.__path__, str(tmp_path)])
    monkeypatch.setattr(rules._SHELF, "path", rules.__path__)
    monkeypatch.setattr(refusals, "examples", lambda folder: {code: [] for code in Code})  # which take a second
    found = pages.everything()
    assert found["rules/PlantedRule.rst"].startswith("PlantedRule\n===")
    assert "   PlantedRule\n" in found["rules/index.rst"]
    assert "rule-PlantedRule" in {each.name for each in figures.drawings()}


def test_writing_leaves_alone_what_is_the_same(tmp_path: Path) -> None:
    pages.write({"rules/A.rst": "a", "rules/B.rst": "b"}, tmp_path)
    before = (tmp_path / "rules/A.rst").stat().st_mtime_ns
    time.sleep(0.01)
    pages.write({"rules/A.rst": "a", "rules/C.rst": "c"}, tmp_path)
    assert sorted(path.name for path in tmp_path.rglob("*.rst")) == ["A.rst", "C.rst"]
    assert (tmp_path / "rules/A.rst").stat().st_mtime_ns == before


def test_a_figure_is_drawn_again_only_when_its_files_change(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = figures.Drawing("rule-SpikeBasedHomeostasis", bt.rules.SpikeBasedHomeostasis)
    monkeypatch.setattr(figures, "drawings", lambda: [one])
    (tmp_path / "rule-Gone.svg").write_text("", "utf-8")
    assert figures.draw_all(tmp_path) == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == [f"{one.name}.svg", f"{one.name}.txt"]
    assert "postsynaptic spikes" in str(figures.caption(tmp_path, one.name))
    assert ".. figure:: /generated/figures/rule-SpikeBasedHomeostasis.svg" in pages.page(bt.rules.SpikeBasedHomeostasis, tmp_path)
    assert figures.draw_all(tmp_path) == 0
    monkeypatch.setattr(figures, "key", lambda drawing: "another")
    assert figures.draw_all(tmp_path) == 1


@pytest.mark.parametrize(
    "of, shows",
    [
        (bt.rules.PairSTDP, "One pair of spikes at each lag"),
        (bt.rules.TsodyksMarkram, "What each spike of a train at 20 Hz transmits"),
        (bt.neurons.LIF, "``v`` from rest"),
    ],
    ids=lambda of: getattr(of, "name", ""),
)
def test_what_a_figure_shows(of: object, shows: str) -> None:
    drawn = figures.Drawing("planted", of).draw()  # type: ignore[arg-type]  # parametrized
    assert drawn is not None
    assert drawn[1].startswith(shows)
    assert any(axes.lines or axes.collections for axes in drawn[0].axes)


@pytest.mark.slow
@pytest.mark.parametrize("drawing", figures.drawings(), ids=lambda drawing: drawing.name)
def test_everything_has_a_figure(drawing: figures.Drawing) -> None:
    assert drawing.draw() is not None


def test_values_in_a_few_characters() -> None:
    given = {"a": 20 * ms, "b": [1, 2] * mV, "c": None, "d": "word", "e": 0.1 + 0.2, "f": 3 / mV**2, "g": True}
    assert value(given) == "a = 20 ms, b = 1, 2 mV, c = —, d = word, e = 0.3, f = 3 1/mV², g = True"


def test_every_public_name_is_in_the_reference() -> None:
    text = (ROOT / "docs/api.md").read_text("utf-8")
    modules = {"explore", "neurons", "plots", "protocols", "rules", "units"}
    figures = [name for name in bt.plots.__all__ if name != "style"]
    assert [name for name in figures if f":: bouton.plots.{name}\n" not in text] == []
    assert [name for name in set(bt.__all__) - modules if not re.search(rf":: bouton\.{name}$", text, re.MULTILINE)] == []


def test_what_comes_from_another_host_is_found() -> None:
    """The guard of the build: planted scripts and styles, and links that only lead somewhere."""
    assert pages.fetched('<script defer src="https://cdn.example/x.js"></script>') == ["https://cdn.example/x.js"]
    assert pages.fetched("<link rel='stylesheet' href='//fonts.example/a.css' />") == ["//fonts.example/a.css"]
    assert pages.fetched('<link href="https://a.example/a.css" rel="stylesheet" type="text/css">') == ["https://a.example/a.css"]
    assert pages.fetched('<img alt="" src="http://a.example/a.png">') == ["http://a.example/a.png"]
    assert pages.fetched('<a href="https://doi.org/10.1">paper</a><img src="_images/a.svg"><link rel="next" href="b.html">') == []
