"""A static site: its pages and their addresses, what is left out, and how it replaces an older one."""

import gzip
import json
import re
import zipfile
from html.parser import HTMLParser
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest

from explorer.errors import UserError
from explorer.export.contents import comparison_content, lesson_content, run_content
from explorer.export.site import build, parts, preview
from explorer.export.site.build import build_site
from explorer.export.site.folder import MARK_FILE
from explorer.export.site.frame import NO_ICON, POLICY
from explorer.export.site.preview import DETAILS, LADDER_SIDE, N_RUNGS, with_coarse_decoders, with_previews
from explorer.live.block import read_block
from explorer.live.bundle import FOLDER
from explorer.registry import LESSONS
from explorer.store.catalogue import find_run
from explorer.store.ownership import private_name
from explorer.views.page_texts import PAGE_TITLES
from tests.conftest import refused
from tests.site_bytes import read_site_bytes

RUNS, PAIR_PAGE = ("tiny-ae", "tiny-ladder"), "compare/tiny-ae/tiny-ladder.html"
LARGE_LESSONS = ["autoencoder", "features", "kl_weight", "objectives", "gaps", "closing_gap"]
PAGES = {
    *(
        "index.html",
        "playground.html",
        "library.html",
        "credits.html",
        "learn/kl.html",
        PAIR_PAGE,
        "hand-in.html",
    ),
    *(f"explore/{name}.html" for name in RUNS),
}


class Reader(HTMLParser):
    """What a page links to and loads, its headings, its policy, and the texts of its navigation."""

    def __init__(self, text: str):
        super().__init__()
        self.addresses, self.headings, self.policy, self.navigation, self.inside = [], [], "", [], []
        self.inline = [], []  # scripts without an address that are no data, and styles
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        named = dict(attributes)
        self.addresses += [named[name] for name in ("href", "src") if name in named]
        self.inside.append(tag)
        if tag == "h1":
            self.headings.append(tag)
        if named.get("http-equiv") == "Content-Security-Policy":
            self.policy = named["content"]
        if tag == "script" and "src" not in named and named.get("type") != "application/json":
            self.inline[0].append(attributes)
        if tag == "style" or "style" in named or any(name.startswith("on") for name in named):
            self.inline[1].append(attributes)

    def handle_endtag(self, tag):
        while self.inside and self.inside.pop() != tag:
            pass

    def handle_data(self, data):
        if "nav" in self.inside and "details" not in self.inside:
            self.navigation.append(data)


def read_site(folder: Path) -> dict[str, bytes]:
    return {
        p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()
    }


@pytest.fixture(scope="module")
def site(trained_runs, tmp_path_factory):
    """Write a site of two runs and a lesson, and return its folder, its zip file and the report."""
    folder = tmp_path_factory.mktemp("site")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EXPLORER_RUNS", str(trained_runs))
        steps = []
        report = build_site(
            folder / "site",
            folder / "site.zip",
            runs=[find_run(name) for name in RUNS],
            lessons=["kl"],
            on_progress=lambda done, total: steps.append((done, total)),
        )
    assert steps == [(i, 4) for i in range(1, 5)]
    return folder / "site", folder / "site.zip", report


def test_every_address_is_relative_and_leads_to_a_file(site):
    folder, _, report = site
    files = read_site(folder)
    assert {path for path in files if path.endswith(".html")} == PAGES and report.pages == len(PAGES)
    reached = {MARK_FILE, "index.html"}
    for path in PAGES:
        text = files[path].decode()
        page, home = Reader(text), folder / path
        data = re.search(r'<script type="application/json" id="figure">(.*?)</script>', text)
        blocks = re.findall(r'"([^"]*/?blocks/\w+\.js)"', data[1]) if data else []
        for address in [*page.addresses, *blocks]:
            if address not in ("#main", NO_ICON):
                target = (home.parent / address).resolve()
                assert target.is_file() and ":" not in address, address
                reached.add(target.relative_to(folder.resolve()).as_posix())
        assert page.policy == POLICY and len(page.headings) == 1 and page.inline == ([], [])
        on_site = [title for name, title in PAGE_TITLES.items() if name not in ("train", "images")]
        assert [text for text in page.navigation if text.strip()][: len(on_site) + 1] == [*on_site, "Credits"]
    assert reached == set(files)  # nothing is there for nobody


def test_the_zip_file_contains_the_folder(site):
    folder, file, report = site
    with zipfile.ZipFile(file) as archive:
        content = {name: archive.read(name) for name in archive.namelist()}
    assert content == read_site(folder)
    assert report.bytes == sum(map(len, content.values()))


def test_a_lesson_has_its_formulas_as_mathml(site):
    assert "\\u003cmath" in (site[0] / "learn/kl.html").read_text(encoding="utf-8")


def test_a_grid_stands_in_for_a_large_decoder_alone_and_a_map_has_fewer_points(monkeypatch):
    for name in ("N_POINTS", "N_FILM_POINTS"):
        monkeypatch.setattr(preview, name, 100)
    runs = [find_run(name) for name in ("digits-ae-2d", "digits-ladder-2d")]
    whole = comparison_content(*runs)
    shown = with_previews(whole, runs)
    (small, large), (ae, ladder) = whole.blocks["sides"], shown.blocks["sides"]
    metadata, tensors = read_block(ladder["decoder"])
    assert metadata["is_grid"] and tensors["differences"].shape == (N_RUNGS, 1, LADDER_SIDE, LADDER_SIDE, 64)
    assert len(ladder["decoder"].content) < len(large["decoder"].content) / 4
    assert ae["decoder"] is small["decoder"]
    assert shown.later["sides"] == whole.blocks["sides"]
    for first, side in zip((ae, ladder), (small, large)):
        (about, tensors), (about_whole, all_tensors) = read_block(first["map"]), read_block(side["map"])
        assert about == about_whole and set(tensors) == set(all_tensors) - set(DETAILS)
        for axis, name in ((1, "positions"), (0, "labels")):
            assert np.array_equal(tensors[name], all_tensors[name].take(range(100), axis))
    assert shown.later["images"] is whole.later["images"]
    assert with_previews(alone := run_content(runs[0]), runs[:1]) is alone


def test_a_decoder_of_few_bits_stands_in_for_one_of_many_dimensions_and_in_lessons():
    run = find_run("faces-vae-12d")
    whole = run_content(run)
    shown = with_previews(whole, [run])
    [first], [side] = shown.blocks["sides"], whole.blocks["sides"]
    assert read_block(first["decoder"])[0]["is_coarse"] and "codes" not in first
    assert len(gzip.compress(first["decoder"].content)) < len(gzip.compress(side["decoder"].content)) / 2
    assert shown.later["sides"] == whole.blocks["sides"]
    lesson = lesson_content("elbo")
    shown = with_coarse_decoders(lesson)
    assert read_block(shown.blocks["decoder"])[0]["is_coarse"]
    assert shown.blocks["evidence"] is lesson.blocks["evidence"]
    assert list(shown.later) == ["decoder", *lesson.later]  # the exact decoder arrives before other images
    assert shown.later["decoder"] is lesson.blocks["decoder"]
    assert with_coarse_decoders(other := lesson_content("kl")) is other


@pytest.mark.parametrize("name", LESSONS)
def test_every_lesson_takes_the_exact_decoder_when_it_arrives(name):
    figure, receives = import_module(f"explorer.lessons.{name}.lesson").LESSON.figure, "  receive({ "
    source = (FOLDER / figure.module).read_text(encoding="utf-8")
    is_small = name == "codebook"
    assert "Network(this.blocks.decoder)" not in source or receives in source or is_small


@pytest.mark.slow
def test_the_largest_pages_of_the_included_runs_have_their_first_images_early(tmp_path):
    """Compare with what arrives in 3 s on 1.6 Mbit/s and 300 ms, from hosts that send gzip and others.
    `python -m tests.benchmarks.site_bytes` does so for all pages.
    """
    runs = [find_run(f"{name}-16d") for name in ("mnist-ae", "mnist-ladder", "fashion-mnist-vae")]
    build_site(tmp_path / "site", runs=[*runs, find_run("mnist-vae-conv-2d")], lessons=LARGE_LESSONS)
    pages = read_site_bytes(tmp_path / "site")
    sizes = {page.path: max(page.compressed, page.plain) for page in pages}
    lessons = {f"learn/{name}.html" for name in LARGE_LESSONS}
    assert lessons | {"compare/mnist-ae-16d/mnist-ladder-16d.html"} <= sizes.keys()
    assert 300_000 < max(sizes.values()) < 400_000


def test_what_can_not_be_shown_is_listed_and_private_runs_are_not(runs_folder, tmp_path, monkeypatch):
    private = private_name("0" * 20, "tiny-ae")
    (runs_folder / "tiny-ae").rename(runs_folder / private)
    runs = [find_run(private), find_run("tiny-vae"), find_run("tiny-vae-6d")]
    whole = parts.run_content

    def run_content(run):
        if run.name == "tiny-vae-6d":
            raise UserError("No browser can decode it.")
        return whole(run)

    monkeypatch.setattr(parts, "run_content", run_content)
    report = build_site(tmp_path / "site", runs=runs, lessons=[])
    assert report.left_out == ["The run tiny-vae-6d is left out. No browser can decode it."]
    library = (tmp_path / "site/library.html").read_text(encoding="utf-8")
    assert report.left_out[0] in library and "tiny-vae" in library
    assert not any(
        b"private" in content or b"0" * 20 in content for content in read_site(tmp_path / "site").values()
    )


def test_a_site_replaces_a_site_and_nothing_else(runs_folder, tmp_path, monkeypatch):
    runs = [find_run("tiny-vae")]
    notes, site = tmp_path / "notes", tmp_path / "site"
    notes.mkdir()
    (notes / "mine.txt").write_text("mine", encoding="utf-8")
    for folder, sentence in ((notes, "not a site of this app"), (notes / "mine.txt", "is a file")):
        with pytest.raises(UserError, match=sentence):
            build_site(folder, runs=runs, lessons=[])
    site.mkdir()  # an empty folder may become one
    build_site(site, runs=runs, lessons=[])
    (site / "old.html").write_text("old", encoding="utf-8")
    before = read_site(site)

    def fails(*_):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(build, "write_zip", fails)
        with pytest.raises(UserError, match="No space left"):
            build_site(site, tmp_path / "site.zip", runs=runs, lessons=[])
    assert read_site(site) == before
    build_site(site, runs=runs, lessons=[])
    assert "old.html" not in read_site(site)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["notes", "runs", "site"]


def test_the_command_line_writes_a_site(explorer_in_process, tmp_path, monkeypatch):
    def missing(name):
        raise UserError("A run is missing.")

    monkeypatch.setattr(parts, "lesson_content", missing)
    monkeypatch.setattr(build, "list_runs", lambda: ([find_run("tiny-vae")], ["Run broken is damaged."]))
    done = explorer_in_process("site", tmp_path / "site", "--zip", tmp_path / "site.zip", "--json")
    report = json.loads(done.stdout)
    assert report["pages"] == 5 and len(report["left_out"]) == len(LESSONS) + 1
    done = explorer_in_process("site", tmp_path / "site")
    assert "5 pages" in done.stdout and "Run broken is damaged." in done.stderr
    monkeypatch.setattr(build, "list_runs", lambda: ([], []))
    assert "There is no run to show" in refused(explorer_in_process("site", tmp_path / "other"))
    assert not (tmp_path / "other").exists()
