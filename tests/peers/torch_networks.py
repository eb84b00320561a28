"""How fast PyTorch trains the networks that `fairway bench` trains, on the CPU.

    python torch_networks.py [autoencoder|dec|way|gru|mlp ...] [--threads 2] [--epochs 7]

Layers, losses, batches, dropout, clipping and Adam are ours; samples are random numbers of the same
widths, as many as `fairway bench autoencoder way` takes. Each network is written as a good user of
PyTorch would write it: `nn.GRU` over all steps at once, `scaled_dot_product_attention`, fused Adam.

One epoch warms up, several follow; medians of them are printed as JSON. `cpu_s` is the CPU time of
all threads in an epoch: where others load the machine, that is the figure to compare. `parameters`
leaves the head of arrivals out, as `fairway describe way --ports N` does.
"""

import argparse
import json
import math
import os
import statistics
import sys
import time
from collections.abc import Callable

os.environ.setdefault("OMP_WAIT_POLICY", "passive")  # Waiting threads shall not count as work.

import torch
import torch.nn.functional as F
from torch import Tensor, nn

Loss = Callable[[Tensor], Tensor]  # Of the samples with these numbers.

STEPS, MESSAGES, FEATURES, KINDS = 40, 8, 17, 10  # Of a voyage, as src/cli/bench/way.rs makes them.
SIZES = {"tiny": (32, 2, 4, 2), "small": (64, 2, 4, 2), "base": (128, 4, 8, 4)}
QUANTILES = (0.1, 0.5, 0.9)
DROPOUT, MESSAGES_MEAN, HIDDEN_SHARE = 0.1, 6.0, 0.05


def count(net: nn.Module) -> int:
    return sum(p.numel() for p in net.parameters())


def dense(*widths: int) -> nn.Sequential:
    """Layers of these widths, ReLU between them."""
    layers: list[nn.Module] = []
    for a, b in zip(widths, widths[1:]):
        layers += [nn.Linear(a, b), nn.ReLU()]
    return nn.Sequential(*layers[:-1])


def measure(
    net: nn.Module,
    loss: Loss,
    n: int,
    batch: int,
    epochs: int,
    rate: float,
    clip: float = 0.0,
    before: Callable[[], None] = lambda: None,
) -> dict[str, object]:
    """Trains `epochs` times through `n` samples; `before` is what each epoch begins with."""
    optimizer = torch.optim.Adam(net.parameters(), lr=rate, fused=True)
    walls, cpus = [], []
    net.train()
    for epoch in range(epochs + 1):
        wall, cpu = time.perf_counter(), time.process_time()
        before()
        for places in torch.randperm(n).split(batch):
            optimizer.zero_grad()
            cost = loss(places)
            cost.backward()
            if clip > 0.0:
                nn.utils.clip_grad_norm_(net.parameters(), clip)
            optimizer.step()
        if not math.isfinite(cost.item()):
            sys.exit("the loss is no number")
        if epoch > 0:  # The first warms up.
            walls.append(time.perf_counter() - wall)
            cpus.append(time.process_time() - cpu)
    wall, cpu = statistics.median(walls), statistics.median(cpus)
    return {
        "samples_per_s": round(n / wall, 1),
        "epoch_ms": round(1e3 * wall, 1),
        "cpu_s": round(cpu, 4),
        "cpu_ms_per_sample": round(1e3 * cpu / n, 4),
        "least_cpu_s": round(min(cpus), 4),
        "n": n,
        "batch": batch,
    }


# The autoencoder and deep embedded clustering: src/cli/bench/network.rs.

WIDTHS, N_SAMPLES, CLUSTERS = (200, 500, 500, 2000, 10), 2048, 8


def autoencoder(epochs: int) -> dict[str, object]:
    x = torch.randn(N_SAMPLES, WIDTHS[0])
    net = nn.Sequential(dense(*WIDTHS), dense(*WIDTHS[::-1]))
    loss = lambda places: F.mse_loss(net(x[places]), x[places])
    told = measure(net, loss, N_SAMPLES, 256, epochs, 1e-3)
    return {"network": "autoencoder", "parameters": count(net), **told}


class Clustering(nn.Module):
    """The encoder and the centers of clusters among embeddings."""

    def __init__(self) -> None:
        super().__init__()
        self.encoder = dense(*WIDTHS)
        self.centers = nn.Parameter(torch.randn(CLUSTERS, WIDTHS[-1]))

    def log_q(self, x: Tensor) -> Tensor:
        d2 = (self.encoder(x)[:, None] - self.centers).pow(2).sum(2)
        return F.log_softmax(-torch.log1p(d2), 1)  # One degree of freedom.


def dec(epochs: int) -> dict[str, object]:
    """Each epoch: P anew from all samples, then as many steps as there are batches."""
    x, net, p = torch.randn(N_SAMPLES, WIDTHS[0]), Clustering(), torch.empty(N_SAMPLES, CLUSTERS)

    def sharpen() -> None:
        with torch.inference_mode():
            q = torch.cat([net.log_q(piece) for piece in x.split(512)]).exp()
            raw = q**2 / q.sum(0)
            p.copy_(raw / raw.sum(1, keepdim=True))

    loss = lambda places: F.kl_div(net.log_q(x[places]), p[places], reduction="batchmean")
    told = measure(net, loss, N_SAMPLES, 256, epochs, 1e-4, before=sharpen)
    return {"network": "dec", "parameters": count(net), **told}


# Destinations: src/learn/way.


class Attention(nn.Module):
    """Every step of a voyage attends to its steps up to itself. `[voyage, step, d]`"""

    def __init__(self, d: int, heads: int) -> None:
        super().__init__()
        self.heads, self.all, self.out = heads, nn.Linear(d, 3 * d), nn.Linear(d, d)

    def forward(self, x: Tensor) -> Tensor:
        n, k, d = x.shape
        q, key, value = self.all(x).view(n, k, 3, self.heads, d // self.heads).permute(2, 0, 3, 1, 4)
        mixed = F.scaled_dot_product_attention(q, key, value, is_causal=True)
        return self.out(mixed.transpose(1, 2).reshape(n, k, d))


class ChannelAttention(nn.Module):
    """One channel of several by multi-head channel attention. `[channel, voyage, step, d]`"""

    def __init__(self, d: int, heads: int, channels: int = 4) -> None:
        super().__init__()
        narrow = channels // 2
        even = lambda *shape: nn.Parameter(torch.empty(*shape).uniform_(-0.7, 0.7))
        self.heads, self.out = heads, nn.Linear(d, d)
        self.squeeze, self.squeeze_bias = even(heads, channels, narrow), even(heads, 1, narrow)
        self.widen, self.widen_bias = even(heads, narrow, channels), even(heads, 1, channels)

    def forward(self, x: Tensor) -> Tensor:
        channels, d = x.shape[0], x.shape[-1]
        split = x.reshape(channels, -1, self.heads, d // self.heads)
        both = torch.cat([split.mean(3), split.amax(3)], 1).permute(2, 1, 0)  # [head, 2n, channel]
        thin = torch.baddbmm(self.squeeze_bias, both, self.squeeze).relu()
        mean, most = torch.baddbmm(self.widen_bias, thin, self.widen).chunk(2, 1)
        shares = torch.sigmoid(mean + most).permute(2, 1, 0).unsqueeze(3)
        return self.out((split * shares).amax(0).reshape(x.shape[1:]))


class Block(nn.Module):
    """A layer of WAY, or with one channel of a Transformer decoder."""

    def __init__(self, d: int, heads: int, widening: int, channels: int) -> None:
        super().__init__()
        self.channels = ChannelAttention(d, heads) if channels > 1 else None
        self.steps, self.feed = Attention(d, heads), dense(d, widening * d, d)
        self.norms = nn.ModuleList(nn.LayerNorm(d) for _ in range(3 if channels > 1 else 2))
        self.drop = nn.Dropout(DROPOUT)

    def forward(self, x: Tensor, is_last: bool) -> Tensor:  # [channel, voyage, step, d]
        one = x[0]
        if self.channels is not None:
            one = self.norms[2](one + self.drop(self.channels(x)))
        one = self.norms[0](one + self.drop(self.steps(one)))[None]
        x = one if is_last else torch.cat([one, x[1:]])
        return self.norms[1](x + self.drop(self.feed(x)))


class Destination(nn.Module):
    """WAY, or with `cells` a Transformer decoder over looked-up cells."""

    def __init__(self, size: str, ports: int, cells: int = 0) -> None:
        super().__init__()
        d, layers, heads, widening = SIZES[size]
        self.d, self.cells = d, nn.Embedding(cells + 1, d) if cells else None
        if not cells:
            self.local = nn.GRU(FEATURES, d, layers, batch_first=True, dropout=DROPOUT)
            self.departure, self.kind = nn.Embedding(ports + 1, d), nn.Embedding(KINDS, d)
        channels = 1 if cells else 4
        self.blocks = nn.ModuleList(Block(d, heads, widening, channels) for _ in range(layers))
        self.drop, self.ports = nn.Dropout(DROPOUT), nn.Linear(d, ports)
        self.arrival = nn.Linear(d, len(QUANTILES))

    def waves(self, at: Tensor, base: float) -> Tensor:
        """Positions or moments as sines and cosines. `[...] -> [..., d]`"""
        turns = at.unsqueeze(-1) / base ** (torch.arange(0, self.d, 2) / self.d)
        return torch.stack([turns.sin(), turns.cos()], -1).flatten(-2)

    def space(self, centers: Tensor) -> Tensor:
        """The spatial encoding of longitudes and latitudes, radians. `[..., 2] -> [..., d]`"""
        n = torch.arange(1, self.d // 4 + 1)
        lon, lat = centers[..., :1] * n, centers[..., 1:] * n
        size = 0.55 * centers[..., 1:].cos()
        groups = torch.stack([size * lon.cos(), size * lon.sin(), lat.sin(), lat.cos()], -1)
        return (groups * (math.sqrt(self.d / 4) / n**1.25).unsqueeze(-1)).flatten(-2)

    def forward(self, batch: dict[str, Tensor]) -> tuple[Tensor, Tensor]:
        n, k = batch["days"].shape
        if self.cells is not None:
            x = (self.cells(batch["cells"]) + self.waves(torch.arange(k).float(), 1e4))[None]
        else:
            states, _ = self.local(batch["messages"].flatten(0, 1))  # [voyage * step, message, d]
            ends = states[torch.arange(n * k), batch["lengths"].flatten() - 1].view(n, k, self.d)
            known = [ends, *(table(batch[key])[:, None].expand(n, k, self.d)
                             for table, key in ((self.departure, "from"), (self.kind, "kind")))]
            times = self.waves(batch["days"], 1e3)
            x = torch.stack([self.space(batch["centers"]), *(channel + times for channel in known)])
        x = self.drop(x)
        for at, block in enumerate(self.blocks):
            x = block(x, at + 1 == len(self.blocks))
        return self.ports(x[0]), self.arrival(x[0])


def voyages(n: int, ports: int, cells: int) -> dict[str, Tensor]:
    days = torch.arange(STEPS).float().expand(n, STEPS) * 0.2
    return {
        "days": days, "days_left": (STEPS * 0.2 - days) / 4.1,
        "centers": torch.rand(n, STEPS, 2) * 2.0 - 1.0,
        "messages": torch.rand(n, STEPS, MESSAGES, FEATURES),
        "cells": torch.randint(cells + 1, (n, STEPS)), "from": torch.randint(ports, (n,)),
        "to": torch.randint(ports, (n,)), "kind": torch.zeros(n, dtype=torch.long),
    }


def destination(size: str, n: int, ports: int, cells: int, epochs: int) -> dict[str, object]:
    data, net = voyages(n, ports, cells), Destination(size, ports, cells)
    slopes = 2.0 * torch.tensor(QUANTILES)

    def loss(places: Tensor) -> Tensor:
        batch = {key: values[places] for key, values in data.items()}
        # As many messages as are drawn of a step, and so many read: those behind are cut off.
        drawn = torch.poisson(torch.full((len(places), STEPS), MESSAGES_MEAN)).clamp(1, MESSAGES)
        batch["lengths"] = drawn.long()
        batch["messages"] = batch["messages"][:, :, : int(drawn.max())]
        batch["from"] = batch["from"].where(torch.rand(len(places)) >= HIDDEN_SHARE, ports)
        logits, days = net(batch)
        truth = batch["to"][:, None].expand(-1, STEPS)
        late = batch["days_left"][..., None] - days
        arrival = (late * slopes + 2.0 * F.relu(-late)).sum(2).mean()
        return F.cross_entropy(logits.flatten(0, 1), truth.flatten()) + arrival

    told = measure(net, loss, n, 64, epochs, 3e-3, clip=5.0)
    net.eval()
    one = {key: values[:1] for key, values in data.items()}
    one["lengths"] = torch.full((1, STEPS), 6)
    one["messages"] = one["messages"][:, :, :6]
    times = []
    with torch.inference_mode():
        for _ in range(60):
            start = time.perf_counter()
            logits, days = net(one)
            logits.softmax(-1), days.sort(-1)
            times.append(1e3 * (time.perf_counter() - start))
    name = f"decoder {size}" if cells else f"way {size}"
    return {
        "network": name, "parameters": count(net) - count(net.arrival), **told,
        "ship_ms": round(statistics.median(times[10:]), 3), "ship_ms_least": round(min(times), 3),
    }


# Path prediction: src/predict/network, in the sizes of its defaults.

N_WINDOWS, REPORTS, REPORT, BESIDE, PLACES, COMPONENTS = 12_000, 10, 6, 60, 4, 3


class Path(nn.Module):
    """Gated units over a window's reports, what stands beside, a mixture for each time ahead."""

    def __init__(self) -> None:
        super().__init__()
        self.cells = nn.GRU(REPORT, 32, batch_first=True)
        self.layers = dense(32 + BESIDE, 64, PLACES * COMPONENTS * 6)

    def forward(self, reports: Tensor, beside: Tensor) -> Tensor:
        state = self.cells(reports)[1][-1]
        return self.layers(torch.cat([state, beside], 1)).view(-1, PLACES, COMPONENTS, 6)


def surprise(out: Tensor, truth: Tensor) -> Tensor:
    """The mean negative logarithm of the density of mixtures at true places."""
    share, mx, my, log_x, log_y, raw = out.unbind(-1)
    log_x, log_y = log_x.clamp(-7, 7), log_y.clamp(-7, 7)
    x, y = (truth[..., :1] - mx) * (-log_x).exp(), (truth[..., 1:] - my) * (-log_y).exp()
    rho = 0.99 * raw.tanh()
    one = 1.0 - rho**2
    logs = -0.5 * (x**2 + y**2 - 2.0 * rho * x * y) / one - log_x - log_y - 0.5 * one.log()
    return -(F.log_softmax(share, 2) + logs).logsumexp(2).sub(math.log(math.tau)).mean()


def gru(epochs: int) -> dict[str, object]:
    reports, beside = torch.randn(N_WINDOWS, REPORTS, REPORT), torch.randn(N_WINDOWS, BESIDE)
    truth, net = torch.randn(N_WINDOWS, PLACES, 2), Path()
    loss = lambda places: surprise(net(reports[places], beside[places]), truth[places])
    told = measure(net, loss, N_WINDOWS, 128, epochs, 3e-3, clip=2.0)
    return {"network": "gru", "parameters": count(net), **told}


def mlp(epochs: int) -> dict[str, object]:
    x, y, net = torch.randn(N_WINDOWS, 24), torch.randn(N_WINDOWS, 8), dense(24, 64, 64, 8)
    loss = lambda places: F.mse_loss(net(x[places]), y[places])
    told = measure(net, loss, N_WINDOWS, 128, epochs, 2e-3, clip=2.0)
    return {"network": "mlp", "parameters": count(net), **told}


def main() -> None:
    names = ("autoencoder", "dec", "way", "gru", "mlp")
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", help=f"{', '.join(names)}; all where none is named")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--epochs", type=int, default=7, help="epochs whose median counts")
    parser.add_argument("--ports", type=int, default=150)
    parser.add_argument("--cells", type=int, default=2000, help="cells that the decoder looks up")
    told = parser.parse_args()
    if unknown := set(told.names) - set(names):
        parser.error(f"there is no network {', '.join(sorted(unknown))}")
    torch.set_num_threads(told.threads)
    torch.manual_seed(7)
    rows = []
    for name in told.names or names:
        if name == "way":
            for size, n, cells in (("tiny", 512, 0), ("small", 256, 0), ("base", 64, 0),
                                   ("base", 64, told.cells)):
                rows.append(destination(size, n, told.ports, cells, told.epochs))
        else:
            rows.append({"autoencoder": autoencoder, "dec": dec, "gru": gru, "mlp": mlp}[name](told.epochs))
    head = {"torch": torch.__version__, "threads": torch.get_num_threads(),
            "vector_units": torch.backends.cpu.get_cpu_capability()}
    print(json.dumps({**head, "networks": rows}, indent=1))


if __name__ == "__main__":
    main()
