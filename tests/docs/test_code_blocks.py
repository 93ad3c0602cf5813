"""Each block of Python in the manual runs: those of a page one after another, as somebody would who types them.

The fast tests interpret, the slow ones compile. README.md runs for 100 s and is for the compiler only.
"""

import re
from pathlib import Path

import pytest

import bouton as bt

ROOT = Path(__file__).parents[2]
LONG = {"README.md"}
SHOWS = {"getting-started.md"}
"""Pages whose blocks of text are what their programs print."""
LANGUAGES = {"python", "text", ""}
"""What blocks of code may be called; anything else would be a block that nobody runs."""


def blocks(text: str) -> list[tuple[str, int, list[str]]]:
    """The language, the line and the lines of each fenced block."""
    found: list[tuple[str, int, list[str]]] = []
    fence = ""
    for number, line in enumerate(text.splitlines(), start=1):
        if fence:
            if line.strip() == fence:
                fence = ""
            else:
                found[-1][2].append(line)
        elif opened := re.match(r"\s*(`{3,}|~{3,}|:{3,})(.*)", line):
            fence = opened[1]
            found.append((opened[2].strip(), number, []))
    assert not fence, f"the block of line {found[-1][1]} never ends"
    return found


def program(text: str) -> str:
    """The blocks of Python in the lines in which they stand, so that errors have the page's line."""
    lines = [""] * len(text.splitlines())
    for language, number, block in blocks(text):
        if language == "python":
            lines[number : number + len(block)] = block
    return "\n".join(lines)


def said(text: str) -> list[str]:
    """What a page says that its program prints: the blocks of text."""
    return ["\n".join(block) for language, _, block in blocks(text) if language == "text"]


def pages() -> list[Path]:
    return [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def programs(*, long: bool) -> list[object]:
    with_code = [path for path in pages() if program(path.read_text("utf-8")).strip()]
    return [pytest.param(path, id=path.name) for path in with_code if long or path.name not in LONG]


def run(path: Path) -> None:
    exec(compile(program(path.read_text("utf-8")), str(path), "exec"), {"__name__": "page"})


@pytest.fixture(autouse=True)
def _somewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages may write files."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MPLBACKEND", "agg")


@pytest.mark.parametrize("path", programs(long=False))
def test_blocks_run_interpreted(path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setitem(bt.Simulation.__init__.__kwdefaults__, "backend", "reference")
    run(path)
    if path.name in SHOWS:
        printed, shown = capsys.readouterr().out, said(path.read_text("utf-8"))
        assert shown
        assert [block for block in shown if block not in printed] == []


@pytest.mark.slow
@pytest.mark.parametrize("path", programs(long=True))
def test_blocks_run_compiled(path: Path) -> None:
    run(path)


@pytest.mark.parametrize("path", pages(), ids=lambda path: path.name)
def test_no_block_goes_by_another_name(path: Path) -> None:
    languages = {language for language, _, _ in blocks(path.read_text("utf-8")) if not language.startswith("{")}
    assert languages <= LANGUAGES


def test_the_pages_with_code_are_found() -> None:
    names = {path.values[0].name for path in programs(long=True)}  # type: ignore[attr-defined]  # ParameterSet
    assert {"README.md", "getting-started.md", "concepts.md", "rules.md", "protocols.md", "coming-from.md"} <= names


def test_a_block_that_fails_is_noticed_at_its_line(tmp_path: Path) -> None:
    """The guard itself."""
    page = tmp_path / "page.md"
    page.write_text("# A page\n\n```python\na = 1\n```\n\n```text\nnot python\n```\n\n```python\nassert a == 2\n```\n", "utf-8")
    with pytest.raises(AssertionError) as caught:
        run(page)
    assert caught.traceback[-1].lineno + 1 == 12
    page.write_text("```python\nnever = 1\n", "utf-8")
    with pytest.raises(AssertionError, match="line 1 never ends"):
        run(page)
