"""The DCGAN step of `ganzoo bench dcgan_fashion_mnist`, written in PyTorch, on random data: ms a step.

    python tests/bench_torch.py [--size 28] [--channels 1] [--width 64] [--batch 64] [--bf16] [--steps 20]

PyTorch is not a dependency of ganzoo: run this in an environment of its own. The same networks, losses, optimizers and
average as ganzoo's, all threads, the better of both memory layouts; fakes are made anew for G's step, as ganzoo does.
"""

import argparse
import contextlib
import copy
import json
import statistics
import time

import torch
from torch import nn
from torch.nn import functional


def sides(size):
    maps = [size]
    while maps[-1] > 4:
        maps.append(-(-maps[-1] // 2))
    return maps


class Crop(nn.Module):
    def __init__(self, side):
        super().__init__()
        self.side = side

    def forward(self, x):
        return x[:, :, : self.side, : self.side]


def generator(size, channels, width, z_dim):
    maps = sides(size)
    layers = [nn.ConvTranspose2d(z_dim, width * 2 ** (len(maps) - 2), 4, bias=False)]
    for stage in reversed(range(len(maps) - 1)):
        filters = width * 2**stage
        layers += [nn.BatchNorm2d(filters), nn.ReLU(True)]
        layers.append(nn.ConvTranspose2d(filters, filters // 2 if stage else channels, 4, 2, 1, bias=not stage))
        if maps[stage] < 2 * maps[stage + 1]:
            layers.append(Crop(maps[stage]))
    return nn.Sequential(*layers, nn.Tanh())


def discriminator(size, channels, width):
    maps = sides(size)
    layers = []
    for stage in range(len(maps) - 1):
        filters = width * 2**stage
        layers.append(nn.ZeroPad2d((1, 1 + maps[stage] % 2) * 2))
        layers.append(nn.Conv2d(filters // 2 if stage else channels, filters, 4, 2, bias=not stage))
        layers += [nn.BatchNorm2d(filters)] if stage else []
        layers.append(nn.LeakyReLU(0.2, True))
    return nn.Sequential(*layers, nn.Conv2d(width * 2 ** (len(maps) - 2), 1, 4), nn.Flatten(0))


def measure(options, layout):
    device = "cuda" if torch.cuda.is_available() else "cpu"
    place = {"device": device, "memory_format": layout}
    torch.manual_seed(0)
    g = generator(options.size, options.channels, options.width, 100).to(**place)
    d = discriminator(options.size, options.channels, options.width).to(**place)
    average = copy.deepcopy(g)
    g_adam, d_adam = (torch.optim.Adam(net.parameters(), 2e-4, (0.5, 0.999)) for net in (g, d))
    real = torch.rand(options.batch, options.channels, options.size, options.size).mul(2).sub(1).to(**place)
    precise = contextlib.nullcontext()

    def low():
        return torch.autocast(device, torch.bfloat16) if options.bf16 else precise

    def noise():
        return torch.rand(options.batch, 100, 1, 1, device=device) * 2 - 1

    def step():
        with low():
            with torch.no_grad():
                fake = g(noise())
            loss = functional.softplus(-d(real).float()).mean() + functional.softplus(d(fake).float()).mean()
        d_adam.zero_grad()
        loss.backward()
        d_adam.step()
        with low():
            loss = functional.softplus(-d(g(noise())).float()).mean()
        g_adam.zero_grad()
        loss.backward()
        g_adam.step()
        with torch.no_grad():
            torch._foreach_lerp_(list(average.parameters()), list(g.parameters()), 0.01)
        return loss

    step()
    times = []
    for _ in range(5):
        start = time.perf_counter()
        for _ in range(options.steps):
            loss = step()
        loss.item()
        times.append((time.perf_counter() - start) / options.steps)
    return 1000 * statistics.median(times)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    for name, default in (("size", 28), ("channels", 1), ("width", 64), ("batch", 64), ("steps", 20)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--bf16", action="store_true")
    options = parser.parse_args()
    layouts = {"contiguous": torch.contiguous_format, "channels_last": torch.channels_last}
    times = {name: measure(options, layout) for name, layout in layouts.items()}
    print(
        json.dumps(
            {
                "torch": torch.__version__,
                "threads": torch.get_num_threads(),
                **vars(options),
                "ms_per_step": times,
                "best_ms_per_step": min(times.values()),
            }
        )
    )
