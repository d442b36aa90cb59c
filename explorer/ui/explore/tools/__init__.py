"""The tools around the pad, by their names in an address, in the order in which they stand there."""

from explorer.ui.explore.tools import (
    attributes,
    copying,
    grid,
    interpolate,
    own_image,
    sample,
    select,
    take,
    traverse,
)

TOOLS = {
    "traverse": traverse.TOOL,
    "grid": grid.TOOL,
    "interpolate": interpolate.TOOL,
    "sample": sample.TOOL,
    "attributes": attributes.TOOL,
    "own": own_image.TOOL,
    "copying": copying.TOOL,
    "select": select.TOOL,
    "take": take.TOOL,
}
