"""Live plots in a plain page without a server: where they draw, how they are updated, heard, dragged and saved."""

import base64
import io
import re
import shutil
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from explorer.figures.palette import RAMPS
from explorer.live.bundle import FOLDER, join_modules
from tests.browser import accessibility
from tests.browser.plot_page import THEMES, density, example_plots, write_page
from tests.browser.plot_values import path_points, read_axes
from tests.conftest import ROOT

SIZES = {"laptop": (1280, 900), "phone": (390, 844)}
SVG = "{http://www.w3.org/2000/svg}"
LINE = {"title": "T", "description": "D", "x": {"domain": [0, 10]}, "y": {"domain": [0, 1]}}


@pytest.fixture
def open_plots(browser, tmp_path):
    """Yield a function that opens a page with plots. At the end, no page may have reported an error."""
    contexts, errors = [], []

    def open_plots(
        plots: dict, theme="light", size="laptop", before="", touch=False, column=420, **module: str
    ) -> Page:
        width, height = SIZES.get(size, size)
        contexts.append(browser.new_context(viewport={"width": width, "height": height}, has_touch=touch))
        accessibility.prepare(contexts[-1])
        page = contexts[-1].new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda m: errors.append(m.text) if m.type == "error" else None)
        if before:
            page.add_init_script(before)
        page.goto(write_page(tmp_path / f"plots-{len(contexts)}.html", plots, theme, column, **module))
        page.wait_for_function("globalThis.isReady")
        return page

    yield open_plots
    for context in contexts:
        context.close()
    assert not errors


def part_path(page: Page, plot: str, part: str, i: int = 0) -> str:
    return page.evaluate(
        "([plot, part, i]) => plots[plot].parts.find(({ name }) => name === part).drawing.elements[i].getAttribute('d')",
        [plot, part, i],
    )


def pixels_of(png: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB")).astype(int)


def saved_png(page: Page, plot: str, scale: float) -> np.ndarray:
    text = page.evaluate(
        """([plot, scale]) => plots[plot].toPNG(scale).then((blob) => new Promise((done) => {
            const reader = new FileReader();
            reader.onload = () => done(reader.result.split(",")[1]);
            reader.readAsDataURL(blob);
        }))""",
        [plot, scale],
    )
    return pixels_of(base64.b64decode(text))


@pytest.mark.parametrize("size", SIZES)
def test_parts_are_drawn_where_their_values_are(open_plots, size):
    plots = example_plots()
    page = open_plots(plots, size=size)
    for plot, part in (("curves", "total"), ("density", "prior p(z)"), ("weights", "rate")):
        values = plots[plot][1][part]
        expected = read_axes(page.evaluate, plot).pixels(values["x"], values["y"])
        assert np.abs(path_points(part_path(page, plot, part)) - expected).max() < 0.06
    values = plots["curves"][1]["95% interval"]
    upper, lower = (
        read_axes(page.evaluate, "curves").pixels(values["x"], values[edge]) for edge in ("high", "low")
    )
    found = path_points(part_path(page, "curves", "95% interval"))
    assert np.abs(found - np.concatenate([upper, lower[::-1]])).max() < 0.06
    values, axes = plots["bars"][1]["PCA"], read_axes(page.evaluate, "bars")
    corners = np.array(
        re.findall(r"M([\d.]+) ([\d.]+)V([\d.]+)H([\d.]+)", part_path(page, "bars", "PCA")), float
    )
    half = values["width"] / 2
    assert np.abs(corners[:, [0, 2]] - axes.pixels(values["x"] - half, values["y"])).max() < 0.06
    assert np.abs(corners[:, [3, 1]] - axes.pixels(values["x"] + half, 0 * values["x"])).max() < 0.06
    values, axes = plots["codes"][1], read_axes(page.evaluate, "codes")
    assert axes.width / np.ptp(axes.x) == pytest.approx(axes.height / np.ptp(axes.y))  # to scale
    circles = np.array(re.findall(r"M(-?[\d.]+) (-?[\d.]+)a", part_path(page, "codes", "codes")), float) + [
        3.5,
        0,
    ]
    first = values["codes"]["group"] == 0
    expected = axes.pixels(values["codes"]["x"][first], values["codes"]["y"][first])
    assert np.abs(circles - expected).max() < 0.06
    centre, radii, angle = page.evaluate(
        """(() => { const e = plots.codes.parts[1].drawing.elements[1], [x, y, angle] = e.getAttribute("transform").match(/-?[\\d.]+/g).map(Number);
        return [[x, y], [+e.getAttribute("rx"), +e.getAttribute("ry")], angle]; })()"""
    )
    scale = axes.width / np.ptp(axes.x)
    values, vectors = np.linalg.eigh(np.array(values["posterior"]["covariance"]))
    assert np.abs(np.array(centre) - axes.pixels([0.5], [-0.3])[0]).max() < 0.02
    assert radii == pytest.approx(2 * scale * np.sqrt(values[::-1]), abs=0.02)
    assert np.tan(np.radians(-angle)) == pytest.approx(vectors[1, 1] / vectors[0, 1], rel=1e-3)


def test_a_heat_map_has_the_colours_of_its_values(open_plots):
    plots = example_plots()
    page = open_plots({"surface": plots["surface"]})
    axes, values = read_axes(page.evaluate, "surface"), plots["surface"][1]["KL"]
    found = np.array(
        page.evaluate(
            """([left, top, width, height, n]) => { const ctx = plots.surface.box.canvas.getContext("2d"), ratio = devicePixelRatio;
            return Array.from({ length: n * n }, (_, i) => [...ctx.getImageData(ratio * (left + ((i % n) + 0.5) * width / n), ratio * (top + height - (Math.floor(i / n) + 0.5) * height / n), 1, 1).data]); }""",
            [axes.left, axes.top, axes.width, axes.height, values["shape"][0]],
        )
    )
    shares = (values["values"] - values["values"].min()) / np.ptp(values["values"])
    stops = np.array([[int(c[i : i + 2], 16) for i in (1, 3, 5)] for c in RAMPS["sequential"]])
    expected = np.stack(
        [np.interp(shares, np.linspace(0, 1, len(stops)), stops[:, c]) for c in range(3)], axis=1
    )
    assert np.abs(found[:, :3] - expected).max() <= 2 and (found[:, 3] == 255).all()


def test_an_update_changes_attributes_and_creates_no_element(open_plots):
    page = open_plots(example_plots())
    changes = page.evaluate(
        """new Promise((done) => {
        const seen = { childList: 0, attributes: 0 };
        new MutationObserver((records) => records.forEach(({ type }) => seen[type]++)).observe(document.querySelector("main"), { subtree: true, childList: true, attributes: true, characterData: false });
        const x = Array.from({ length: 40 }, (_, i) => i + 1);
        let t = 0;
        const step = () => {
            t++;
            plots.curves.update({ total: { x, y: x.map((v) => 100 + 40 * Math.sin(v / 5 + t / 7)) }, distortion: { x, y: x.map((v) => 100 + t * v / 10) }, best: { x: 1 + t, label: `epoch ${t}` } });
            plots.weights.update({ present: { x: 10 ** (t / 20 - 2), label: `${t}` } }, { y: [0.01, 100 + t] });
            plots.codes.update({ posterior: { mean: [t / 30, 0], covariance: [[1, t / 40], [t / 40, 1.8]] } });
            plots.density.update({ mean: { x: t / 20, y: 0.5 }, note: { x: 0, y: 0.9, text: `t = ${t}` } });
            plots.surface.update({ here: { x: t / 30, y: 1 } });
            t < 30 ? requestAnimationFrame(step) : setTimeout(() => done(seen), 50);
        };
        step();
    })"""
    )
    assert changes["childList"] == 0 and changes["attributes"] > 200


def test_many_points_are_painted_on_the_canvas(open_plots):
    rng = np.random.default_rng(1)
    values = {"x": rng.uniform(0, 10, 3000), "y": rng.uniform(0, 1, 3000)}
    scatter = LINE | {"parts": [{"kind": "scatter", "name": "p", "colour": "#ff0000", "opacity": 1}]}
    page = open_plots({"p": (scatter, {"p": values})})
    assert not part_path(page, "p", "p")
    axes = read_axes(page.evaluate, "p")
    inside = [(x, y) for x, y in axes.pixels(values["x"], values["y"]).tolist()][:50]
    found = page.evaluate(
        "points => { const ctx = plots.p.box.canvas.getContext('2d'); return points.map(([x, y]) => [...ctx.getImageData(x, y, 1, 1).data]); }",
        inside,
    )
    assert all(colour == [255, 0, 0, 255] for colour in found)
    assert "<image" in page.evaluate("plots.p.toSVG()")


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("name", example_plots())
def test_a_saved_svg_looks_as_on_the_page(open_plots, tmp_path, theme, name):
    page = open_plots({name: example_plots()[name]}, theme)
    shown = pixels_of(page.locator(".plot-box").screenshot())
    text = page.evaluate(f"plots[{name!r}].toSVG()")
    root = ElementTree.fromstring(text)
    assert root.find(f"{SVG}title").text == example_plots()[name][0]["title"]
    assert root.find(f"{SVG}desc").text and "var(" not in text and "class=" not in text
    assert "currentColor" not in text and "color-mix" not in text and "color(" not in text
    (tmp_path / "saved.svg").write_text(text, encoding="utf-8")
    page.goto((tmp_path / "saved.svg").as_uri())
    height, width = shown.shape[:2]
    saved = pixels_of(page.screenshot(clip={"x": 12, "y": 12, "width": width, "height": height}))
    assert (np.abs(saved - shown).max(axis=2) > 40).mean() < 0.002


def test_a_saved_png_looks_as_the_svg_and_is_so_many_times_as_large(open_plots, tmp_path):
    page = open_plots({"surface": example_plots()["surface"]})
    once, twice, text = (
        saved_png(page, "surface", 1),
        saved_png(page, "surface", 2),
        page.evaluate("plots.surface.toSVG()"),
    )
    assert twice.shape[:2] == tuple(2 * n for n in once.shape[:2])
    (tmp_path / "saved.svg").write_text(text, encoding="utf-8")
    page.goto((tmp_path / "saved.svg").as_uri())
    height, width = once.shape[:2]
    drawn = pixels_of(page.screenshot(clip={"x": 0, "y": 0, "width": width, "height": height}))
    assert (np.abs(drawn - once).max(axis=2) > 40).mean() < 0.004


def test_buttons_save_files_and_show_the_values(open_plots):
    plots = example_plots()
    page = open_plots({"curves": plots["curves"]})
    for kind in ("PNG", "SVG"):
        with page.expect_download() as download:
            page.get_by_role("button", name=f"Save {kind}").click()
        assert download.value.suggested_filename == f"Distortion and total loss.{kind.lower()}"
    button = page.get_by_role("button", name="Values")
    button.click()
    expect(button).to_have_attribute("aria-expanded", "true")
    table = page.get_by_role("table", name="total")
    values = plots["curves"][1]["total"]
    cells = [float(text) for text in table.locator("tbody td").all_inner_texts()]
    assert cells == pytest.approx(values["y"], rel=1e-3)
    page.evaluate("plots.curves.update({ total: { x: [1, 2], y: [3, null] } })")
    expect(table.locator("tbody td")).to_have_text(["3", "–"])  # after a rest of the hand
    button.click()
    expect(table).to_be_hidden()


def test_of_many_ticks_those_with_room_are_named_up_to_the_last(open_plots):
    ticks = [{"value": i, "label": f"t{i}"} for i in range(64)]
    x = {"domain": [-1, 64], "ticks": ticks}
    bars = {"x": list(range(64)), "y": [0.5] * 64}
    page = open_plots({"many": (LINE | {"x": x, "parts": [{"kind": "bars", "name": "a"}]}, {"a": bars})})
    texts = page.locator(".plot-tick.plot-middle").filter(visible=True).all_text_contents()
    numbers = [int(text[1:]) for text in texts]
    assert numbers[0] == 0 and len(numbers) > 5
    stride = numbers[1]
    assert numbers == list(range(0, 64, stride))


def test_pointer_and_keys_read_the_values_out(open_plots):
    plots = example_plots()
    page = open_plots(plots)
    values, axes = plots["curves"][1], read_axes(page.evaluate, "curves")
    drawing = page.get_by_role("img", name="Distortion and total loss")
    box, (px, py) = drawing.bounding_box(), axes.pixels([17.3], [100])[0]
    page.mouse.move(box["x"] + px, box["y"] + py)
    readout = page.locator(".plot-values").first
    shown = readout.inner_text().replace("\n", " ")
    assert shown.startswith("epoch 17") and f"{values['total']['y'][16]:.1f}" in shown
    assert f"{values['distortion']['y'][16]:.1f}" in shown
    page.mouse.move(5, 5)
    expect(readout).to_be_hidden()
    page.evaluate("addEventListener('keydown', ({ key }) => (globalThis.heard ??= []).push(key))")
    drawing.focus()
    for key in ("Home", "ArrowRight", "Shift+ArrowRight", "ArrowLeft"):
        page.keyboard.press(key)
    status = page.locator(".plot [role=status]")
    expect(status.first).to_contain_text("epoch 6: 95% interval")
    expect(status.first).to_contain_text(f"total {values['total']['y'][5]:.0f}")
    assert page.evaluate("globalThis.heard") in (None, ["Shift"])
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement === document.body") and readout.is_hidden()
    page.get_by_role("img", name="KL divergence from the prior").focus()
    for key in ("End", "ArrowLeft", "ArrowDown"):
        page.keyboard.press(key)
    cell = plots["surface"][1]["KL"]["values"].reshape(30, 30)[-2, -2]
    expect(status.nth(3)).to_have_text(f"mean μ 2.70, log variance s 2.70: KL, nats {cell:.2f}")


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("theme", THEMES)
def test_axe_finds_nothing(open_plots, theme, size):
    page = open_plots(example_plots(), theme, size)
    page.get_by_role("button", name="Values").first.click()
    page.locator(".plot-drawing").first.focus()
    page.keyboard.press("Home")
    assert not accessibility.violations(page)


@pytest.mark.parametrize("width", [320, 390, 768, 1920])
def test_texts_are_large_enough_inside_and_apart(open_plots, width):
    page = open_plots(example_plots(), size=(width, 900), column=420 if width < 1920 else 1500)
    texts = page.evaluate(
        """[...document.querySelectorAll(".plot-drawing")].map((svg) => { const outer = svg.getBoundingClientRect();
        return [...svg.querySelectorAll("text")].filter((e) => e.textContent && !e.closest("[display=none]")).map((e) => {
            const { left, right, top, bottom } = e.getBoundingClientRect();
            return { text: e.textContent, kind: e.getAttribute("class"), size: parseFloat(getComputedStyle(e).fontSize), box: [left - outer.left, top - outer.top, right - outer.left, bottom - outer.top], inside: left >= outer.left - 1 && right <= outer.right + 1 && top >= outer.top - 1 && bottom <= outer.bottom + 1 };
        }); })"""
    )
    assert len(texts) == len(example_plots()) and page.evaluate(
        "document.documentElement.scrollWidth <= innerWidth"
    )
    for plot in texts:
        assert not [text for text in plot if text["size"] < 12 or not text["inside"]]
        boxes = [(t["text"], t["box"]) for t in plot if t["kind"] != "plot-label"]
        crossing = [
            (a, b)
            for i, (a, (l0, t0, r0, b0)) in enumerate(boxes)
            for b, (l1, t1, r1, b1) in boxes[:i]
            if min(r0, r1) - max(l0, l1) > 0.5 and min(b0, b1) - max(t0, t1) > 3
        ]
        assert not crossing
    assert (max(text["size"] for plot in texts for text in plot if "tick" in text["kind"]) > 14) == (
        width == 1920
    )


def test_values_that_do_not_match_are_said_and_change_nothing(open_plots):
    page = open_plots({"curves": example_plots()["curves"]})
    before = part_path(page, "curves", "total")
    says = "values => { try { plots.curves.update(values); } catch (error) { return error.message; } }"
    for values, sentence in (
        ({"totl": {"x": [], "y": []}}, 'The plot "Distortion and total loss" has no part called "totl".'),
        ({"total": {"x": [1], "y": [2, 3]}}, 'The part "total" has 1 values x, but 2 values y.'),
        ({"distortion": {"x": [1], "y": [2]}, "best": {}}, 'The marker "best" needs x, y or both.'),
    ):
        assert page.evaluate(says, values) == sentence
    assert part_path(page, "curves", "total") == before
    for changes, sentence in (
        ({"parts": [{"kind": "line", "name": "a", "colour": "pink"}]}, 'There is no colour named "pink".'),
        ({"buttons": ["pdf"]}, 'There is no button "pdf", only values, png, svg.'),
    ):
        declaration = LINE | {"parts": [{"kind": "line", "name": "a"}]} | changes
        says = "declaration => { try { addPlot('q', declaration); } catch (error) { return error.message; } }"
        assert page.evaluate(says, declaration) == sentence


def test_a_curve_without_a_label_is_drawn_but_not_read_out(open_plots):
    curves = [{"kind": "line", "name": "a"}, {"kind": "line", "name": "b", "label": ""}]
    values = {name: {"x": [0, 5, 10], "y": [0, y, 1]} for name, y in (("a", 0.25), ("b", 0.75))}
    page = open_plots({"p": (LINE | {"parts": curves}, values)})
    assert part_path(page, "p", "b").count("L") == 2
    page.get_by_role("img", name="T").focus()
    for key in ("Home", "ArrowRight"):
        page.keyboard.press(key)
    expect(page.locator(".plot [role=status]")).to_have_text("x 5: a 0.250")


def test_neighbouring_points_do_not_hide_each_other(open_plots):
    values = {"p": {"x": np.linspace(4.9, 5.1, 200), "y": np.full(200, 0.5)}}
    scatter = {"kind": "scatter", "name": "p", "colour": "#ff0000", "opacity": 1, "radius": 2}
    page = open_plots({"p": (LINE | {"parts": [scatter]}, values)})
    [(px, py)] = read_axes(page.evaluate, "p").pixels([5], [0.5]).tolist()
    box = page.get_by_role("img", name="T").bounding_box()
    clip = {"x": round(box["x"] + px), "y": round(box["y"] + py), "width": 1, "height": 1}
    assert pixels_of(page.screenshot(clip=clip)).ravel().tolist() == [255, 0, 0]


def test_the_axes_of_plots_begin_at_the_same_place(open_plots):
    line, other = LINE | {"parts": [{"kind": "line", "name": "a"}]}, {"domain": [0, 100_000]}
    plots = {"p": line | {"minLeft": 90}, "q": line | {"minLeft": 90, "y": other}, "r": line}
    page = open_plots({name: (plot, {"a": {"x": [1], "y": [1]}}) for name, plot in plots.items()})
    lefts = [page.evaluate(f"plots.{name}.box.frame.box.left") for name in plots]
    assert lefts[:2] == [90, 90] and lefts[2] < 40


def test_bars_are_as_opaque_as_declared_and_their_table_names_their_axes(open_plots):
    bars = {"kind": "bars", "name": "b", "fill": "solid", "opacity": 0.3, "horizontal": True}
    declaration = LINE | {"parts": [bars], "x": {"title": "across"}, "y": {"title": "up"}}
    page = open_plots({"p": (declaration, {"b": {"x": [0.5], "base": [2], "y": [7], "width": 1}})})
    assert page.locator(".plot-bars").get_attribute("fill-opacity") == "0.3"
    page.get_by_role("button", name="Values").click()
    cells = [
        page.get_by_role("table").locator(f"{tag}").all_inner_texts() for tag in ("thead th", "tbody tr")
    ]
    assert cells[0][:2] == ["up", "across"] and cells[1][0].split() == ["0.5000", "7", "2"]


def test_what_is_not_finite_leaves_a_gap_and_null_hides_a_part(open_plots):
    line = LINE | {"parts": [{"kind": "line", "name": "a"}, {"kind": "bars", "name": "b"}]}
    values = {"a": {"x": [0, 1, 2, 3], "y": [0, None, 0.5, 1]}, "b": {"x": [1, 2], "y": [None, 1]}}
    page = open_plots({"p": (line, values)})
    assert [part_path(page, "p", part).count("M") for part in "ab"] == [2, 1]
    assert page.evaluate("plots.p.update({ a: { x: [0, 1], y: [NaN, Infinity] } })") is None
    assert part_path(page, "p", "a") == ""
    page.evaluate("plots.p.update({ b: null })")
    assert page.evaluate("getComputedStyle(plots.p.parts[1].drawing.elements[0]).display") == "none"
    page.evaluate("plots.p.update({ b: { x: [1], y: [1] } })")
    assert page.evaluate("getComputedStyle(plots.p.parts[1].drawing.elements[0]).display") == "inline"


def test_groups_radii_texts_and_a_fading_heat_map(open_plots):
    groups = [{"label": "first", "colour": "#123456"}, {"label": "second", "colour": "#654321"}]
    parts = [
        {"kind": "heatMap", "name": "shade", "label": "", "colour": "#0000ff", "ramp": "opacity"},
        {"kind": "bars", "name": "bars", "groups": groups},
        {"kind": "scatter", "name": "points", "label": ""},
    ]
    values = {
        "shade": {"values": [0, 0, 1, None], "shape": [1, 4], "bounds": [0, 0, 10, 0.2]},
        "bars": {"x": [1, 3, 5], "y": [0.5, 0.5, 0.5], "group": [0, 1, 1]},
        "points": {"x": [2, 8], "y": [0.9, 0.9], "radius": [4, 20], "text": ["a", "b"]},
    }
    page = open_plots({"p": (LINE | {"parts": parts, "toScale": False}, values)})
    assert [part_path(page, "p", "bars", i).count("M") for i in (0, 1)] == [1, 2]
    assert page.locator(".plot-bars").evaluate_all("all => all.map((e) => e.getAttribute('fill'))") == [
        group["colour"] for group in groups
    ]
    legend = page.locator(".plot-legend").all_text_contents()
    assert legend == ["first", "second"] and not page.locator(".plot-ramp").count()
    assert [f"a{radius} {radius}" in part_path(page, "p", "points") for radius in (4, 20, 3.5)] == [
        *(True, True, False)
    ]
    axes = read_axes(page.evaluate, "p")
    texts = page.locator(".plot-label:visible").evaluate_all(
        "all => all.map((e) => [e.textContent, Number(e.getAttribute('x')), Number(e.getAttribute('y'))])"
    )
    assert [text for text, *_ in texts] == ["a", "b"]
    assert np.abs(np.array([place for _, *place in texts]) - axes.pixels([2, 8], [0.9, 0.9])).max() < 0.06
    read = """places => { const canvas = plots.p.box.canvas, ratio = canvas.width / plots.p.box.frame.width;
        return places.map(([x, y]) => [...canvas.getContext("2d").getImageData(x * ratio, y * ratio, 1, 1).data]); }"""
    places = axes.pixels([3.75, 6.25, 8.75], [0.1, 0.1, 0.1]).tolist()
    assert page.evaluate(read, places) == [[0, 0, 0, 0], [0, 0, 255, 255], [0, 0, 0, 0]]
    page.evaluate("values => plots.p.update({ points: values })", values["points"] | {"text": ["c", "d"]})
    assert page.locator(".plot-label:visible").all_text_contents() == ["c", "d"]
    page.evaluate("plots.p.update({ points: null })")
    assert not page.locator(".plot-label:visible").count()
    page.evaluate("values => plots.p.update({ points: values })", values["points"])
    assert page.locator(".plot-label:visible").all_text_contents() == ["a", "b"]
    page.get_by_role("button", name="Values").click()
    assert page.get_by_role("cell", name="b", exact=True).count() == 1
    says = "values => { try { plots.p.update(values); } catch (error) { return error.message; } }"
    sentence = 'The values text of the part "points" must be a list of a text for each point.'
    assert page.evaluate(says, {"points": {"x": [1], "y": [1], "text": []}}) == sentence


def test_a_plot_follows_the_width_of_its_container(open_plots):
    for before in ("", "delete globalThis.ResizeObserver"):
        page = open_plots({"curves": example_plots()["curves"]}, before=before)
        for width in (1000, 360):
            page.set_viewport_size({"width": width, "height": 700})
            page.wait_for_function("width => plots.curves.box.frame.width === width", arg=width - 32)
            values, axes = example_plots()["curves"][1]["total"], read_axes(page.evaluate, "curves")
            found = path_points(part_path(page, "curves", "total"))
            assert np.abs(found - axes.pixels(values["x"], values["y"])).max() < 0.06
        page.evaluate("plots.curves.close()")
        assert not page.locator(".plot").count()


DRAG = """() => { globalThis.seen = []; globalThis.released = 0; globalThis.frames = 0;
    const count = () => { frames++; requestAnimationFrame(count); };
    requestAnimationFrame(count);
    addPlot("drag", { title: "Drag", description: "D", x: { domain: [-4, 4], title: "z" }, y: { domain: [0, 1], title: "density" }, parts: [{ kind: "marker", name: "m", label: "μ", draggable: true }, { kind: "marker", name: "v", label: "line", draggable: true }] },
        { m: { x: 0, y: 0.5 }, v: { x: 2 } }, { onMove: (point) => seen.push([null, point]), onMarkerMove: (name, point) => { seen.push([name, point]); plots.drag.update({ [name]: point }); }, onRelease: () => released++ }); }"""


def open_drag(open_plots, touch=False) -> tuple[Page, dict]:
    page = open_plots({}, touch=touch)
    page.evaluate(DRAG)
    return page, page.locator(".plot-box").bounding_box()


def test_the_hand_moves_a_value_at_most_once_a_frame(open_plots):
    page, box = open_drag(open_plots)
    axes = read_axes(page.evaluate, "drag")
    places = axes.pixels(np.linspace(-3, 1.5, 60), np.full(60, 0.2)) + [box["x"], box["y"]]
    page.mouse.move(*places[0])
    page.mouse.down()
    start = page.evaluate("frames")
    for place in places[1:]:
        page.mouse.move(*place)
    page.mouse.move(box["x"] + 5000, places[0][1])  # outside: the value stays at the end of the axis
    page.mouse.up()
    seen, frames = page.evaluate("[seen, frames]")
    assert seen[0][0] is None and seen[0][1]["x"] == pytest.approx(-3, abs=0.02)
    assert seen[-1][1]["x"] == pytest.approx(4) and seen[0][1]["y"] == pytest.approx(0.2, abs=0.01)
    assert 3 < len(seen) <= frames - start + 3 and page.evaluate("released") == 1
    assert page.evaluate("getComputedStyle(plots.drag.box.svg).touchAction") == "pinch-zoom"


def test_a_marker_is_dragged_by_pointer_and_moved_by_keys(open_plots):
    page, box = open_drag(open_plots)
    axes = read_axes(page.evaluate, "drag")
    start, end = axes.pixels([0, -2], [0.5, 0.8]) + [box["x"], box["y"]]
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(*end, steps=8)
    page.mouse.up()
    name, point = page.evaluate("seen.at(-1)")
    assert name == "m" and point == pytest.approx({"x": -2, "y": 0.8}, abs=0.02)
    handle = page.get_by_role("slider", name="μ")
    expect(handle).to_have_attribute("aria-valuetext", "z −2; density 0.800")
    handle.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowDown")
    name, point = page.evaluate("seen.at(-1)")
    assert name == "m" and point == pytest.approx({"x": -1.92, "y": 0.75}, abs=0.02)
    line = page.get_by_role("slider", name="line")
    expect(line).to_have_attribute("aria-valuetext", "z 2")
    line.focus()
    page.keyboard.press("ArrowRight")
    name, point = page.evaluate("seen.at(-1)")
    assert name == "v" and point == pytest.approx({"x": 2.08}) and page.evaluate("released") >= 3
    assert not accessibility.violations(page)


def test_a_finger_moves_a_value(open_plots):
    page, box = open_drag(open_plots, touch=True)
    axes = read_axes(page.evaluate, "drag")
    devtools = page.context.new_cdp_session(page)
    for kind, x in (("touchStart", -3), ("touchMove", -2), ("touchMove", -1), ("touchEnd", None)):
        points = [] if x is None else [axes.pixels([x], [0.2])[0] + [box["x"], box["y"]]]
        devtools.send(
            "Input.dispatchTouchEvent",
            {"type": kind, "touchPoints": [{"x": float(p[0]), "y": float(p[1])} for p in points]},
        )
    page.wait_for_function("released === 1")
    assert page.evaluate("seen.at(-1)[1].x") == pytest.approx(-1, abs=0.03)


def test_the_example_of_the_documentation_follows_the_hand(open_plots, tmp_path):
    text = (ROOT / "docs/live-plots.md").read_text(encoding="utf-8")
    path, code = re.search(r"`explorer/live/([^`]+)`:\n\n```js\n(.*?)^```", text, re.M | re.S).groups()
    shutil.copytree(FOLDER, tmp_path / "live")
    (tmp_path / "live" / path).write_text(code, encoding="utf-8")
    script = join_modules(path, folder=tmp_path / "live")
    page = open_plots(
        {}, script=script, start="plots.example = openGaussian(document.querySelector('main'), palette);"
    )
    axes, box = read_axes(page.evaluate, "example"), page.locator(".plot-box").bounding_box()
    handle = page.get_by_role("slider", name="μ").bounding_box()
    target = axes.pixels([-2], [0.4])[0] + [box["x"], box["y"]]
    page.mouse.move(handle["x"] + handle["width"] / 2, handle["y"] + handle["height"] / 2)
    page.mouse.down()
    page.mouse.move(*target, steps=5)
    page.mouse.up()
    z = np.linspace(-4, 4, 201)
    found = path_points(part_path(page, "example", "posterior"))
    assert np.abs(found - axes.pixels(z, density(z, -2))).max() < 2
    assert not accessibility.violations(page)


def test_the_documentation_names_every_kind_of_part():
    text = (ROOT / "docs/live-plots.md").read_text(encoding="utf-8")
    kinds = (FOLDER / "core/plot_values.js").read_text(encoding="utf-8")
    named = re.findall(r"^  (\w+): \{.*\},$", kinds.partition("PLOT_KINDS")[2], re.M)
    assert (
        len(named) == 8
        and re.findall(r"^\| `(\w+)` \| `\{", text.partition("## The parts")[2], re.M) == named
    )
