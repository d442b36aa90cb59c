"""How fast a step of training could be: ours beside the same step compiled, written out by hand, and its
products alone.

What is far from its target and close to these is not slow for want of care.
"""

import shutil
import time
from dataclasses import replace

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits
from torch.utils._python_dispatch import TorchDispatchMode

from explorer.data import load_dataset
from explorer.device import Device, choose_device
from explorer.memory import tune_for_training
from explorer.models.autoencoder import Autoencoder, build_autoencoder
from explorer.objectives.distortion import build_likelihood
from explorer.objectives.rate import kl_per_dimension
from explorer.specs import RunSpec
from explorer.training.adam import Adam
from explorer.training.arithmetic import matmul_settings
from explorer.training.update import Update
from tests.benchmarks.rivals import alone
from tests.benchmarks.table import Row, say
from tests.benchmarks.trainer import CONV, MLP, named

PART = "floor"
OURS = "ours"
COMPILED = "compiled by torch"
BY_HAND = "written out by hand, without autograd"
PRODUCTS = "its matrix products alone"
CASES = (
    (MLP, 128, ">= 60"),
    (MLP, 512, ">= 60"),
    (CONV, 128, None),
)  # what share of products is asked of float32
MULTIPLYING = ("addmm", "mm", "convolution", "convolution_backward")
STEPS, TURNS = 60, 9


def measure(rounds: int) -> list[Row]:
    rows = []
    for base, batch_size, goal in CASES:
        device, spec = choose_device(base.network), replace(base, batch_size=batch_size)
        for settings in (
            [replace(device, bf16=bf16) for bf16 in {False, device.bf16}] if device.name == "cpu" else []
        ):
            timings = []
            what = (
                f"a step of {named(spec)}, batch {batch_size},"
                f" {'bfloat16' if settings.bf16 else 'float32 by oneDNN'}"
            )
            for _ in range(rounds):
                timings.append(alone(turns, spec, settings))
                say(f"{what}, us: " + ", ".join(f"{name} {us:,.0f}" for name, us in timings[-1].items()))
            took = {name: tuple(one[name] for one in timings) for name in timings[0]}
            rows += [
                Row(PART, what, "us", took[OURS], name, took[name], less_is_better=True)
                for name in took
                if name != OURS
            ]
            rows.append(
                Row(
                    PART,
                    f"{what}: share of matrix products",
                    "%",
                    tuple(100 * np.divide(took[PRODUCTS], took[OURS])),
                    asked=None if settings.bf16 else goal,
                )
            )
    return rows


def turns(spec: RunSpec, device: Device) -> dict[str, float]:
    """Return the microseconds per step of each implementation, medians over alternating rounds, in a process
    of its own.
    """
    tune_for_training()
    torch.manual_seed(0)
    data = load_dataset(spec.dataset, spec.image_size, spec.colour)
    x = torch.from_numpy(data.x[data.train])
    model = build_autoencoder(spec, data.shape)
    ours = update_of(spec, model, x, device)
    ways = {OURS: ours} | ({BY_HAND: ByHand(model, x, spec, device)} if spec.network == "mlp" else {})
    if shutil.which("g++"):
        ways[COMPILED] = compiled(update_of(spec, build_autoencoder(spec, data.shape), x, device))
    with matmul_settings(device, device.threads):
        for way in 5 * tuple(ways.values()):
            way(torch.arange(spec.batch_size), spec.lr, 1.0)
        if BY_HAND in ways:
            # Both give the same result.
            torch.testing.assert_close(ways[BY_HAND].sums, ours.sums, rtol=0.02, atol=0)
        ways[PRODUCTS] = Products(ours, torch.arange(spec.batch_size))
        took = {name: [] for name in ways}
        for _ in range(TURNS):
            for name, way in ways.items():
                batches = torch.randint(len(x), (STEPS, spec.batch_size))
                start = time.perf_counter()
                for rows in batches:
                    way(rows, spec.lr, 1.0)
                took[name].append((time.perf_counter() - start) / STEPS * 1e6)
    # The first turn is left out, because libraries choose their algorithms in it.
    return {name: float(np.median(us[1:])) for name, us in took.items()}


def update_of(spec: RunSpec, model: Autoencoder, x: Tensor, device: Device) -> Update:
    autocast = torch.autocast(device.name, torch.bfloat16, enabled=device.bf16)
    return Update(
        model,
        build_likelihood(spec),
        x,
        Adam(model.parameters(), spec.lr),
        torch.Generator().manual_seed(0),
        autocast,
        None,
    )


def compiled(update: Update):
    """Compile forward and backward with torch.compile, which needs a C++ compiler. Adam stays fused, which is
    faster than compiled.
    """

    def loss_of(x: Tensor, eps: Tensor, beta: float) -> tuple[Tensor, Tensor]:
        x = x / 255
        with update.autocast:
            posterior = update.model.encode(x)
            x_logits = update.model.decode(posterior.sample(eps))
        sums = torch.stack(
            [update.likelihood.distortion(x_logits, x).sum(), kl_per_dimension(posterior).sum()]
        )
        return (sums[0] + beta * sums[1]) / len(x), sums.detach()

    loss_of = torch.compile(loss_of)

    def step(rows: Tensor, lr: float, beta: float) -> None:
        update.optimizer.param_groups[0]["lr"] = lr
        eps = torch.randn(len(rows), update.model.decoder[0].in_features, generator=update.rng)
        loss, sums = loss_of(update.x.index_select(0, rows), eps, beta)
        update.optimizer.zero_grad()
        loss.backward()
        update.optimizer.step()
        update.sums += sums

    return step


class ByHand:
    """Update's step for an mlp VAE of one hidden layer: each operation once, none for autograd, modules,
    autocast or an optimizer.
    """

    def __init__(self, model: Autoencoder, x: Tensor, spec: RunSpec, device: Device):
        self.x, self.rng, self.sums = x.flatten(1), torch.Generator().manual_seed(0), torch.zeros(2)
        self.kind = torch.bfloat16 if device.bf16 else torch.float32
        self.weights = [p.detach().clone() for p in model.parameters()]
        self.m, self.v = ([torch.zeros_like(w) for w in self.weights] for _ in range(2))
        self.stepwise = [torch.zeros(()) for _ in self.weights]
        self.used = [w.to(self.kind) for w in self.weights]

    @torch.inference_mode()
    def __call__(self, rows: Tensor, lr: float, beta: float) -> None:
        w1, b1, w2, b2, w3, b3, w4, b4 = self.used
        x = self.x.index_select(0, rows) / 255
        x_used = x.to(self.kind)
        hidden = torch.addmm(b1, x_used, w1.T).relu_()
        mu, logvar = torch.addmm(b2, hidden, w2.T).float().chunk(2, 1)
        spread = torch.exp(0.5 * logvar)
        noise = spread * torch.randn(mu.shape, generator=self.rng)
        z = (mu + noise).to(self.kind)
        up = torch.addmm(b3, z, w3.T).relu_()
        x_logits = torch.addmm(b4, up, w4.T).float()
        rate = 0.5 * (mu.square() + spread.square() - logvar - 1).sum()
        self.sums += torch.stack([binary_cross_entropy_with_logits(x_logits, x, reduction="sum"), rate])
        d_logits = ((x_logits.sigmoid_() - x) / len(x)).to(self.kind)
        d_up = torch.ops.aten.threshold_backward(d_logits @ w4, up, 0)
        d_z = (d_up @ w3).float()
        weight = beta / len(x)
        d_statistics = torch.cat(
            [d_z + weight * mu, 0.5 * (d_z * noise + weight * (spread.square() - 1))], 1
        ).to(self.kind)
        d_hidden = torch.ops.aten.threshold_backward(d_statistics @ w2, hidden, 0)
        layers = (d_hidden, x_used), (d_statistics, hidden), (d_up, z), (d_logits, up)
        gradients = [g.float() for d, into in layers for g in (d.T @ into, d.sum(0))]
        torch._foreach_add_(self.stepwise, 1)
        torch._fused_adam_(
            self.weights,
            gradients,
            self.m,
            self.v,
            [],
            self.stepwise,
            lr=lr,
            beta1=0.9,
            beta2=0.999,
            weight_decay=0.0,
            eps=1e-8,
            amsgrad=False,
            maximize=False,
        )
        if self.kind != torch.float32:
            torch._foreach_copy_(self.used, self.weights)


class Products(TorchDispatchMode):
    """A step's matrix products and convolutions, of both directions, back to back."""

    def __init__(self, update: Update, rows: Tensor):
        super().__init__()
        self.calls = []
        with self:
            update(rows, 1e-3, 1.0)

    def __torch_dispatch__(self, op, types, args=(), kwargs=None):
        if op.overloadpacket.__name__ in MULTIPLYING:
            self.calls.append((op, args))
        return op(*args, **(kwargs or {}))

    @torch.inference_mode()
    def __call__(self, rows: Tensor, lr: float, beta: float) -> None:
        for op, args in self.calls:
            op(*args)
