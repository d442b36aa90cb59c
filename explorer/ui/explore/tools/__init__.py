"""The tools beside the pad, by their names in an address, in their order on the page."""

from explorer.ui.explore.tools import (
    attributes,
    copying,
    export,
    grid,
    interpolate,
    own_image,
    sample,
    select,
    traverse,
)

EXPORT = "take"  # its name in addresses
TOOLS = {
    "traverse": traverse.TOOL,
    "grid": grid.TOOL,
    "interpolate": interpolate.TOOL,
    "sample": sample.TOOL,
    "attributes": attributes.TOOL,
    "own": own_image.TOOL,
    "copying": copying.TOOL,
    "select": select.TOOL,
    EXPORT: export.TOOL,
}
