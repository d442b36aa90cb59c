"""What the experiments of the playground say, how fast it learns, and how much memory it takes:
`python -m tests.benchmarks.playground [--speed | --minutes N] [EXPERIMENT ...]`.
"""

import argparse
import json
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from explorer.export.playground.content import fields, images_block, playground_content
from explorer.export.playground.presets import PRESETS, Preset
from explorer.latent.gap_map import build_gap_map
from explorer.live.bundle import FOLDER
from explorer.live.page import build_page
from tests.benchmarks.playground_memory import measure_memory
from tests.browser.launch import chromium_or_exit

# The epochs at which an experiment is measured, and which settings are then changed.
STAGES: dict[str, list[tuple[int, dict]]] = {
    "gaps": [(60, {})],
    "collapse": [(10, {"beta": 1.0}), (15, {}), (40, {})],
    "warm-up": [(60, {}), (120, {})],
    "learning-rate": [(2, {}), (10, {"lr": 0.002}), (60, {})],
    "line": [(40, {})],
    "width": [(40, {})],
}
# Trains in Node, and prints what is measured at each stage.
TRAIN = """
import fs from "node:fs";
const [folder, block, stages] = JSON.parse(process.argv[1]);
const load = (path) => import(`${folder}/${path}.js`), { parseBlock } = await load("core/block");
const { TrainingSession } = await load("core/playground/session"), { readImageSet, toSessionImages } = await load("figures/playground/image_sets");
const { toTrainerSettings } = await load("figures/playground/settings");
let last;
const session = new TrainingSession((message) => (last = message));
session.receive(toSessionImages(readImageSet(parseBlock(new Uint8Array(fs.readFileSync(block))))));
session.receive({ type: "open", settings: toTrainerSettings(stages[0].values), generation: 1 });
for (const { epochs, values } of stages) {
  session.receive({ type: "change", settings: toTrainerSettings(values) });
  session.receive({ type: "run", isRunning: true, speed: "full" });
  while (session.isRunning && session.epochs < epochs - 1e-9) session.runSlice(0);
  session.receive({ type: "run", isRunning: false, speed: "full" });
  session.receive({ type: "measure" });
  console.log(JSON.stringify({ epochs, models: last.models.map(({ test, mu, logvar }) => ({ test, mu: [...mu], logvar: logvar && [...logvar] })) }));
}
"""
FRAMES = """() => new Promise((done) => {
  let frames = 0;
  const start = performance.now(), count = () => {
    frames++;
    if (performance.now() - start > 4000) done((1000 * frames) / (performance.now() - start));
    else requestAnimationFrame(count);
  };
  requestAnimationFrame(count);
})"""
NO_WORKER = "globalThis.Worker = class { constructor() { throw new Error('forbidden'); } }"


def measure_preset(preset: Preset) -> None:
    """Train with the settings of an experiment, and print the figures on test images at its stages."""
    values = {field.name: field.default for field in fields()} | preset.settings
    stages, changed = [], dict(values)
    for epochs, changes in STAGES[preset.name]:
        stages.append({"epochs": epochs, "values": dict(changed)})
        changed |= changes
    with TemporaryDirectory() as folder:
        block = Path(folder, "images")
        block.write_bytes(images_block(values["dataset"]).content)
        argument = json.dumps([FOLDER.as_uri(), str(block), stages])
        command = ["node", "--input-type=module", "-e", TRAIN, argument]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    for line in done.stdout.splitlines():
        state = json.loads(line)
        for side, model in zip(("left", "right"), state["models"]):
            print(f"{preset.name}, epoch {state['epochs']}, {side}: {_describe(model, values['latent_dim'])}")


def _describe(model: dict, latent_dim: int) -> str:
    test, mu = model["test"], np.array(model["mu"], np.float32).reshape(-1, latent_dim)
    logvar = model["logvar"] and np.array(model["logvar"], np.float32).reshape(mu.shape)
    n_codes, gaps = len(np.unique(mu, axis=0)), ""
    if latent_dim == 2 and n_codes == len(mu):
        gaps = f", gap {build_gap_map(mu, logvar).estimate}"
    return (
        f"distortion {test['distortion']:.1f}, rate {test['rate']:.2f}, total"
        f" {test['distortion'] + test['rate']:.1f}, {test['active_units']} active dimensions, {n_codes}"
        f" different codes from {mu.min():.1f} to {mu.max():.1f}{gaps}"
    )


def measure_speed() -> None:
    """Print epochs and painted frames a second in Chromium: with a worker, without, and as on a phone."""
    with TemporaryDirectory() as folder, chromium_or_exit() as browser:
        file = Path(folder, "playground.html")
        file.write_text(build_page(playground_content()), encoding="utf-8")
        for name, script, throttling, size in (
            ("a worker", "", 1, (1440, 900)),
            ("the page", NO_WORKER, 1, (1440, 900)),
            ("the page, 4 times slower", NO_WORKER, 4, (390, 844)),
        ):
            page = browser.new_page(viewport={"width": size[0], "height": size[1]})
            page.add_init_script(script)
            session = page.context.new_cdp_session(page)
            session.send("Emulation.setCPUThrottlingRate", {"rate": throttling})
            page.goto(file.as_uri())
            page.get_by_test_id("play").click()
            page.wait_for_timeout(4000)  # until the code is compiled
            frames = page.evaluate(FRAMES)
            memory = page.evaluate("performance.memory.usedJSHeapSize / 1e6")
            print(
                f"{name}: {frames:.0f} frames a second, {memory:.0f} MB,"
                f" {page.get_by_test_id('training-status').inner_text()}"
            )
            page.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="EXPERIMENT", help=f"of {', '.join(STAGES)}")
    parser.add_argument("--speed", action="store_true", help="measure the speed instead")
    parser.add_argument("--minutes", type=float, help="measure the memory instead, for so long")
    args = parser.parse_args()
    if args.speed:
        return measure_speed()
    if args.minutes:
        return measure_memory(args.minutes)
    for preset in PRESETS:
        if not args.names or preset.name in args.names:
            measure_preset(preset)


if __name__ == "__main__":
    main()
