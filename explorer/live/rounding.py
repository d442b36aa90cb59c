"""Round the weights of fully connected layers to 8 bits or fewer, so that the outputs of a network hardly
change.

The columns of a weight matrix are rounded one after the other. The error of each is compensated by the
columns that are not rounded yet, as far as the inputs of the layer allow (Frantar et al., 2023, "GPTQ"; it is
Babai's nearest-plane algorithm, 1986). The inputs of the last layer of a decoder of two-dimensional codes lie
on a surface, so the remaining error is about a tenth of that of plain rounding.
"""

import numpy as np

LARGEST = 127  # of the integers of a row
SCALE_LEVELS = 8  # steps of a scale between two powers of 2: a scale has 4 binary digits, so products have 11
SMALLEST_SCALE = 2.0**-24  # the smallest float16
RIDGE = 1e-5  # of the mean square of the inputs


def round_network(
    layers: list[tuple[np.ndarray, np.ndarray]], inputs: np.ndarray, largest: int = LARGEST
) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return the weights [n_out, n_in] and biases [n_out] of layers that are separated by ReLU, rounded in
    all layers but the first, so that the outputs for inputs [n, n_in] hardly change.

    Every row of a rounded matrix contains integers from -largest to largest, times a scale. All results are
    float16 numbers, in float32.
    """
    weight, bias = layers[0]
    rounded = [(weight, bias)]
    exact = inputs = _relu(inputs @ weight.T + bias)
    for weight, bias in layers[1:]:
        target = exact @ weight.T.astype(np.float64) + bias
        rounded.append(round_layer(weight, bias, inputs, target, largest))
        exact, inputs = _relu(target), _relu(inputs @ rounded[-1][0].T + rounded[-1][1])
    return rounded


def round_layer(
    weight: np.ndarray, bias: np.ndarray, inputs: np.ndarray, target: np.ndarray, largest: int = LARGEST
) -> tuple[np.ndarray, np.ndarray]:
    """Return a rounded weight matrix [n_out, n_in] and a bias [n_out] with which the outputs for inputs
    [n, n_in] are near a target [n, n_out].
    """
    x = np.concatenate([inputs, np.ones((len(inputs), 1))], 1).astype(np.float64)
    products = x.T @ x / len(x)
    products[np.diag_indices_from(products)] += RIDGE * np.mean(np.square(x))
    unrounded = np.concatenate([weight, bias[:, None]], 1).astype(np.float64)
    unrounded += np.linalg.solve(products, x.T @ (target - x @ unrounded.T) / len(x)).T
    n_in = weight.shape[1]
    order = np.append(np.argsort(-np.diag(products)[:n_in]), n_in)  # the bias is last, and is not rounded
    rows = unrounded[:, order]
    factor = np.linalg.cholesky(np.linalg.inv(products[np.ix_(order, order)])).T
    scale = choose_scale(np.abs(rows[:, :n_in]).max(1), largest)
    for j in range(n_in):
        column = np.clip(np.rint(rows[:, j] / scale), -largest, largest) * scale
        rows[:, j + 1 :] -= np.outer((rows[:, j] - column) / factor[j, j], factor[j, j + 1 :])
        rows[:, j] = column
    result = np.empty_like(rows)
    result[:, order] = rows
    return result[:, :n_in].astype(np.float32), result[:, n_in].astype(np.float16).astype(np.float32)


def choose_scale(reach: np.ndarray, largest: int) -> np.ndarray:
    """Return the step of each row with this largest absolute value, rounded up to 4 binary digits."""
    least = np.maximum(reach / largest, SMALLEST_SCALE)
    power = 2.0 ** np.floor(np.log2(least)) / SCALE_LEVELS
    return np.maximum(np.ceil(least / power) * power, SMALLEST_SCALE)


def _relu(x: np.ndarray) -> np.ndarray:
    return np.maximum(x, 0)
