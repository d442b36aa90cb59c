"""The documentation: its links lead somewhere, and what commands write of it is up to date."""

import re
from collections import Counter
from pathlib import Path

import pytest

from docs import architecture, command_line
from tests.conftest import ROOT

PAGES = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    ROOT / "CHANGELOG.md",
    ROOT / "trained/README.md",
    *sorted(ROOT.glob("docs/*.md")),
]
MAX_WORDS, MAX_PICTURES = 700, 4  # of README.md
COMMANDS = (
    "pip install -r requirements.txt && streamlit run app.py",
    "pip install -r requirements.txt && pytest",
)


def text_of(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def links(text: str) -> list[str]:
    """Return the targets of the links and pictures, without those in code."""
    prose = re.sub(r"^```.*?^```|`[^`\n]*`", "", text, flags=re.M | re.S)
    return re.findall(r"\]\(([^()\s]+)\)", prose)


def anchors(text: str) -> set[str]:
    """Return the anchors of the headings, as GitHub makes them: equal headings are numbered."""
    seen, results = Counter(), set()
    for heading in re.findall(r"^#+ (.+)$", re.sub(r"^```.*?^```", "", text, flags=re.M | re.S), re.M):
        anchor = re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
        results.add(f"{anchor}-{seen[anchor]}" if seen[anchor] else anchor)
        seen[anchor] += 1
    return results


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_to_files_and_headings(page):
    missing = []
    for link in links(text_of(page)):
        if re.match(r"https?://", link):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        if not target.exists() or (anchor and anchor not in anchors(text_of(target))):
            missing.append(link)
    assert not missing


def test_every_page_can_be_reached_from_the_readme():
    reached, pending = set(), [ROOT / "README.md"]
    while pending:
        page = pending.pop()
        reached.add(page)
        targets = {
            (page.parent / link.partition("#")[0]).resolve()
            for link in links(text_of(page))
            if ":" not in link
        }
        pending += [target for target in targets - reached if target.suffix == ".md"]
    assert reached >= set(PAGES)


def test_links_and_anchors_are_found_as_github_makes_them():
    text = "# A: b's `c` (d)\n\n## e–f\n## e–f\n[x](y.md#z) `[no](n)`\n```\n# no\n[no](n)\n```\n![p](q.png)\n"
    assert links(text) == ["y.md#z", "q.png"] and anchors(text) == {"a-bs-c-d", "ef", "ef-1"}


def test_the_readme_is_short_and_begins_with_the_command():
    text = text_of(ROOT / "README.md")
    assert len(text.split()) <= MAX_WORDS and text.count("![") <= MAX_PICTURES
    assert re.findall(r"^```\n(pip .+)\n```$", text, re.M) == list(COMMANDS)


def test_the_reference_of_the_commands_is_up_to_date():
    text = text_of(command_line.PAGE)
    assert text == command_line.page(text), "Run python -m docs.command_line."


def test_the_picture_of_the_imports_is_up_to_date():
    assert text_of(architecture.PICTURE) == architecture.draw(), "Run python -m docs.architecture."


def test_the_picture_leaves_out_imports_that_also_lead_over_another_part():
    imports = {"top": {"middle", "low"}, "middle": {"low"}, "low": set()}
    assert architecture.direct_imports(imports) == {"top": {"middle"}, "middle": {"low"}, "low": set()}
    assert architecture.find_levels(imports) == [["low"], ["middle"], ["top"]]
    with pytest.raises(ValueError, match="cycle"):
        architecture.find_levels({"a": {"b"}, "b": {"a"}})


def test_architecture_names_every_part():
    text = text_of(ROOT / "docs/architecture.md")
    parts = [
        p.name for p in (ROOT / "explorer").iterdir() if p.suffix == ".py" or (p / "__init__.py").exists()
    ]
    named = [part for part in parts if not part.startswith("__")]
    assert len(named) > 15 and not [part for part in named if part not in text]
