"""Models of pythae (Chadebec, Vincent and Allassonnière, NeurIPS 2022) with its default networks, by their
model_config.json.
"""

import json
from collections.abc import Iterable
from typing import Any

from explorer.errors import CorruptFile, UserError, corrupt_file_errors
from explorer.names import sanitize

CONFIG_FILE, WEIGHTS_FILE, PICKLE = "model_config.json", "model.safetensors", "model.pt"
CONVERSION = (  # lines of Python that convert PICKLE to WEIGHTS_FILE
    "from safetensors.torch import save_file",
    "save_file(torch.load('model.pt', weights_only=True)['model_state_dict'], 'model.safetensors')",
)
LIKELIHOODS = {"bce": "bernoulli"}  # by the reconstruction loss; of any other loss learned-gaussian
HELP = "docs/own-models.md shows how."


def read_config(content: bytes, names: Iterable[str], has_layers: bool = False) -> tuple[dict[str, Any], str]:
    """Return the description of the layers (explorer.chains.described), and the name of the likelihood, of a
    model with this configuration and weights of these names; no description if it is known already
    (has_layers). Raises UserError for other networks than the default ones, and for models with further
    parts, such as flows or a codebook.
    """
    try:
        with corrupt_file_errors("it is not the configuration of a model"):
            config = json.loads(content)
            name, sizes = str(config["name"]).removesuffix("Config"), config["input_dim"]
            is_default = config["uses_default_encoder"] and config["uses_default_decoder"]
            shape = [int(n) for n in sizes] if isinstance(sizes, list) else []
            loss = str(config.get("reconstruction_loss", "mse"))
    except CorruptFile as error:
        raise UserError(f"{CONFIG_FILE} can't be used: {error}. Save the model with pythae again.") from error
    likelihood = LIKELIHOODS.get(loss, "learned-gaussian")
    if has_layers:
        return {}, likelihood
    if not is_default:
        raise UserError(
            "This pythae model has networks of its own, which are Python code: list their layers in a JSON"
            f" file, and add --layers FILE. {HELP}"
        )
    parts = {name.rpartition(".")[0] for name in names}
    expected = {"encoder.layers.0.0", "encoder.embedding", "decoder.layers.0.0", "decoder.layers.1.0"}
    if not expected <= parts or parts - expected - {"encoder.log_var"}:
        other = min(parts - expected - {"encoder.log_var"}, default="") or min(expected - parts)
        raise UserError(
            f"A pythae model of the kind {sanitize(name)} cannot be imported, because {sanitize(other)!r} is"
            " not a part of pythae's AE or VAE: list the layers of its encoder and decoder in a JSON"
            f" file, and add --layers FILE. {HELP}"
        )
    heads = ["encoder.embedding", *(["encoder.log_var"] if "encoder.log_var" in parts else [])]
    image = [{"layer": "Unflatten", "shape": shape}] if len(shape) == 3 else []
    description = {
        "encoder": [
            "Flatten",
            {"layer": "Linear", "weights": "encoder.layers.0.0"},
            "ReLU",
            {"layer": "Linear", "weights": heads},
        ],
        "decoder": ["Linear", "ReLU", "Linear", "Sigmoid", *image],
    }
    return description, likelihood
