"""The types of a network: encoder, decoder = build(shape, n_out, latent_dim, width, depth).

The encoder maps x [B, C, H, W] to n_out numbers for each image, [B, n_out]; the decoder maps z
[B, latent_dim] to x_logits [B, C, H, W].
"""

from torch import nn

EncoderDecoder = tuple[nn.Module, nn.Module]
ImageShape = tuple[int, int, int]  # C, H, W
