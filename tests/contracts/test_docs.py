"""What the docs state is what the code says: generated parts, trees, links and names of files."""

import re
import runpy
from pathlib import Path

import pytest

import sentigate

ROOT = Path(__file__).parents[2]
PACKAGE = Path(sentigate.__file__).parent
READMES = ["README.md", "README.zh-CN.md"]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("examples/*.md")])
LINK = re.compile(
    r"\]\((?!https?://|#|mailto:)([^)#]+)[^)]*\)|(?:src|srcset)=\"(?!https?:)([^\"]+)\""
)


@pytest.fixture(scope="module")
def generator():
    return runpy.run_path(str(ROOT / "scripts" / "generate_docs.py"))


GENERATED = [
    *(f"docs/{name}.md" for name in ("cli", "python", "configuration", "pretraining", "serving")),
    "ARCHITECTURE.md",
]


@pytest.mark.parametrize("page", GENERATED)
def test_generated_parts_are_up_to_date(generator, page):
    file = ROOT / page
    wanted = generator["rendered"](file)
    assert file.read_text("utf-8") == wanted, "run: python scripts/generate_docs.py"


def test_every_command_and_setting_is_described(generator):
    assert all("Example" in section for section in generator["cli_help"]().split("\n## ")[1:])
    assert "|  |" not in generator["settings"]()
    assert ": ?" not in generator["modules"]()
    assert "\n    ?" not in generator["reference"]()


@pytest.mark.parametrize("readme", READMES)
def test_the_tree_shows_the_packages(readme):
    tree = re.search(r"src/sentigate/\n((?:  .*\n)+)", (ROOT / readme).read_text("utf-8"))
    assert tree
    shown = {name for line in tree[1].splitlines() for name in _names(line)}
    packages = {f"{folder.name}/" for folder in PACKAGE.glob("[!_]*/") if folder.is_dir()}
    files = {file.name for file in PACKAGE.glob("[!_]*.py")}
    assert shown == packages | files


def _names(line):
    """The names at the head of a tree's line, before two spaces and what they are for."""
    return line.strip().split("  ")[0].split()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page):
    targets = [first or second for first, second in LINK.findall(page.read_text("utf-8"))]
    assert [target for target in targets if not (page.parent / target).exists()] == []


def test_every_guide_is_listed_once():
    listed = re.findall(r"^\| \[([^]]+)\]", (ROOT / "docs" / "README.md").read_text("utf-8"), re.M)
    assert sorted(listed) == sorted(p.name for p in ROOT.glob("docs/*.md") if p.name != "README.md")


def test_contributing_stays_short():
    assert len((ROOT / "CONTRIBUTING.md").read_text("utf-8").splitlines()) < 50
