"""What every network builder returns: encoder, decoder = builder(shape, n_out, latent_dim, width, depth).

The encoder takes x [B, C, H, W] to n_out numbers an image; the decoder takes z [B, latent_dim] to x_logits
[B, C, H, W].
"""

from torch import nn

Pair = tuple[nn.Module, nn.Module]
Shape = tuple[int, int, int]  # C, H, W
