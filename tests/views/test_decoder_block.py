"""Which decoders a browser gets; what it computes is tested in tests/live."""

import pytest

from explorer.specs import RunSpec
from explorer.views.decoder_block import decoder_block
from tests.live.network_cases import model_with_weights


@pytest.mark.parametrize(
    "spec, shape",
    [
        (RunSpec(network="gru"), (1, 28, 28)),
        (RunSpec(width=3000, depth=1), (3, 64, 64)),
        (RunSpec(network="conv", width=128), (3, 64, 64)),
    ],
)
def test_what_is_too_much_for_a_browser_is_left_to_the_server(spec, shape):
    _, weights = model_with_weights(spec, shape)
    assert decoder_block("d", spec, shape, {0.0: weights}) is None
