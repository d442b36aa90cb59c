"""The state that a latent pad receives, with the images that its browser cannot decode."""

from explorer.store.run import Run
from explorer.ui.components.pad_position import PadPosition
from explorer.views.run_view import RunView
from explorer.views.served_images import served_images


def pad_state(runs: list[Run], position: PadPosition) -> dict:
    """Return the state of the pad of these runs, as JSON values."""
    rows = {row for row in position.walk_rows if row is not None}
    codes = {row: [RunView(run).frame_codes(row).tolist() for run in runs] for row in sorted(rows)}
    state = {"values": position.values, "row": position.row} | ({"row_codes": codes} if codes else {})
    if any(RunView(run).decoder_block is None for run in runs):
        values = position.preview or position.image_values(has_film=any(run.spec.rungs for run in runs))
        state["server_images"] = served_images(runs, position.names, values)
    return state
