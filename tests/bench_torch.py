"""The same games in PyTorch, to be timed beside ours: `python tests/bench_torch.py dcgan_fashion_mnist [--bfloat16]`.

Runs in an environment that has PyTorch and needs nothing of ganzoo, on its GPU where it has one; `tests/bench_peer.py`
calls it. Networks, losses, penalties and optimizers are those of the recipe of that name, written as a PyTorch user
would: the weights' counts must be equal. What our step logs besides the losses (norms of gradients and updates) has no
counterpart here. Prints one JSON object: milliseconds a step, the median of repeats, in the better memory layout.
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

BATCH = {"dcgan_fashion_mnist": 64, "dcgan_celeba": 64, "wgan_gp_lite_fashion_mnist": 64, "stylegan2_tiny_emoji": 32}
DEVICE = "cuda" if torch.cuda.is_available() else "cpu"


class DCGAN:
    def __init__(self, size: int, channels: int, width: int, rates: tuple[float, float]):
        sides = [size]
        while sides[-1] > 4:
            sides.append(-(-sides[-1] // 2))
        top = width * 2 ** (len(sides) - 2)
        layers = [nn.Linear(100, 16 * top, bias=False), nn.Unflatten(1, (top, 4, 4)), nn.BatchNorm2d(top), nn.ReLU()]
        wide = top
        for stage in reversed(range(1, len(sides) - 1)):
            thin = width * 2 ** (stage - 1)
            layers.append(nn.ConvTranspose2d(wide, thin, 4, 2, 1, bias=False))
            if sides[stage + 1] * 2 > sides[stage]:
                layers.append(Crop(sides[stage]))
            layers += [nn.BatchNorm2d(thin), nn.ReLU()]
            wide = thin
        self.g = nn.Sequential(*layers, nn.ConvTranspose2d(wide, channels, 4, 2, 1), nn.Tanh())
        layers, wide = [], channels
        for stage in range(len(sides) - 1):
            thin = width * 2**stage
            # 'same' of an odd side pads one more behind, as TensorFlow does.
            layers.append(nn.ZeroPad2d(1) if sides[stage] % 2 == 0 else nn.ZeroPad2d((1, 2, 1, 2)))
            layers.append(nn.Conv2d(wide, thin, 4, 2, bias=stage == 0))
            layers += [nn.BatchNorm2d(thin)] if stage else []
            layers.append(nn.LeakyReLU(0.2))
            wide = thin
        self.d = nn.Sequential(*layers, nn.Flatten(), nn.Linear(16 * wide, 1))
        self.shape, self.z, self.d_steps = (channels, size, size), (100,), 1
        self.adams = [
            torch.optim.Adam(net.parameters(), rate, (0.5, 0.999))
            for net, rate in zip((self.d, self.g), rates, strict=True)
        ]

    def draw(self, batch):
        return torch.rand(batch, *self.z) * 2 - 1

    def fake(self, batch):
        return self.g(self.draw(batch)).float()

    def d_loss(self, real, step):
        with torch.no_grad():
            fake = self.fake(len(real))
        return functional.softplus(-self.d(real).float()).mean() + functional.softplus(self.d(fake).float()).mean()

    def g_loss(self, real, step):
        return functional.softplus(-self.d(self.fake(len(real))).float()).mean()


class Crop(nn.Module):
    def __init__(self, side):
        super().__init__()
        self.side = side

    def forward(self, x):
        return x[:, :, : self.side, : self.side]


class WGANGP(DCGAN):
    def __init__(self, channels: int, width: int):
        grid = [nn.Linear(128, 49 * width), nn.Unflatten(1, (width, 7, 7))]
        self.g = nn.Sequential(
            *grid,
            Up(width),
            Up(width),
            nn.BatchNorm2d(width),
            nn.ReLU(),
            nn.Conv2d(width, channels, 3, 1, 1),
            nn.Tanh(),
        )
        body = [Down(channels, width, first=True), Down(width, width), Same(width), Same(width), nn.ReLU()]
        self.d = nn.Sequential(*body, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(width, 1))
        self.shape, self.z, self.d_steps = (channels, 28, 28), (128,), 5
        self.adams = [torch.optim.Adam(net.parameters(), 2e-4, (0.0, 0.9)) for net in (self.d, self.g)]

    def draw(self, batch):
        return torch.randn(batch, *self.z)

    def d_loss(self, real, step):
        with torch.no_grad():
            fake = self.fake(len(real))
        loss = self.d(fake).float().mean() - self.d(real).float().mean()
        share = torch.rand(len(real), 1, 1, 1)
        mixed = (real + share * (fake - real)).requires_grad_()
        (slope,) = torch.autograd.grad(self.d(mixed).float().sum(), mixed, create_graph=True)
        norm = (slope.float().square().sum((1, 2, 3)) + 1e-12).sqrt()
        return loss + 10 * (norm - 1).square().mean()

    def g_loss(self, real, step):
        return -self.d(self.fake(len(real))).float().mean()


class Up(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.norms = nn.ModuleList([nn.BatchNorm2d(width), nn.BatchNorm2d(width)])
        self.convs = nn.ModuleList([nn.Conv2d(width, width, 3, 1, 1), nn.Conv2d(width, width, 3, 1, 1)])
        self.shortcut = nn.Conv2d(width, width, 1)

    def forward(self, x):
        y = self.convs[0](functional.interpolate(functional.relu(self.norms[0](x)), scale_factor=2))
        y = self.convs[1](functional.relu(self.norms[1](y)))
        return y + functional.interpolate(self.shortcut(x), scale_factor=2)


class Down(nn.Module):
    def __init__(self, given, width, first=False):
        super().__init__()
        self.first = first
        self.convs = nn.ModuleList([nn.Conv2d(given, width, 3, 1, 1), nn.Conv2d(width, width, 3, 1, 1)])
        self.shortcut = nn.Conv2d(given, width, 1)

    def forward(self, x):
        y = self.convs[0](x if self.first else functional.relu(x))
        y = functional.avg_pool2d(self.convs[1](functional.relu(y)), 2)
        return y + self.shortcut(functional.avg_pool2d(x, 2))


class Same(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.convs = nn.ModuleList([nn.Conv2d(width, width, 3, 1, 1), nn.Conv2d(width, width, 3, 1, 1)])

    def forward(self, x):
        return x + self.convs[1](functional.relu(self.convs[0](functional.relu(x))))


def binomial(x, up: bool = False, pad: int = 1, gain: float = 1.0):
    """The filter [1, 3, 3, 1] on both axes as a depth-wise convolution; up: after zeros between the values."""
    taps = torch.tensor([1.0, 3.0, 3.0, 1.0], dtype=x.dtype)
    kernel = (torch.outer(taps, taps) / 64 * gain).expand(x.shape[1], 1, 4, 4)
    if up:
        return functional.conv_transpose2d(x, kernel, stride=2, padding=1, groups=x.shape[1])
    return functional.conv2d(functional.pad(x, (pad,) * 4), kernel, groups=x.shape[1])


def lrelu(x):
    return functional.leaky_relu(x, 0.2) * 2**0.5


class Dense(nn.Module):
    def __init__(self, given, units, act=False, rate=1.0, bias=0.0):
        super().__init__()
        self.kernel = nn.Parameter(torch.randn(units, given) / rate)
        self.bias = nn.Parameter(torch.full((units,), bias / rate))
        self.act, self.rate = act, rate

    def forward(self, x):
        y = functional.linear(x, self.kernel * (self.rate / self.kernel.shape[1] ** 0.5), self.bias * self.rate)
        return lrelu(y) if self.act else y


class Conv(nn.Module):
    def __init__(self, given, filters, size, act=True, gain=1.0, bias=True, down=False):
        super().__init__()
        self.kernel = nn.Parameter(torch.randn(filters, given, size, size))
        self.bias = nn.Parameter(torch.zeros(filters)) if bias else None
        self.scale, self.act, self.gain, self.down, self.size = (given * size**2) ** -0.5, act, gain, down, size

    def forward(self, x):
        kernel = self.kernel * self.scale
        if self.down:
            x = binomial(x, pad=2 if self.size == 3 else 1)
        y = functional.conv2d(x, kernel, self.bias, 2 if self.down else 1, 0 if self.down else self.size // 2)
        return (lrelu(y) if self.act else y) * self.gain


class Modulated(nn.Module):
    def __init__(self, given, filters, size, w, up=False, demodulate=True, noisy=True):
        super().__init__()
        self.style, self.up, self.demodulate = Dense(w, given, bias=1.0), up, demodulate
        self.kernel = nn.Parameter(torch.randn(filters, given, size, size))
        self.bias = nn.Parameter(torch.zeros(filters, 1, 1))
        self.strength = nn.Parameter(torch.zeros(())) if noisy else None
        self.scale = (given * size**2) ** -0.5

    def forward(self, x, w):
        style, kernel = self.style(w), self.kernel * self.scale
        y = x * style[:, :, None, None]
        if self.up:
            y = binomial(functional.conv_transpose2d(y, kernel.transpose(0, 1), stride=2), gain=4.0)
        else:
            y = functional.conv2d(y, kernel, padding=kernel.shape[-1] // 2)
        if self.demodulate:
            norm = style.square() @ kernel.square().sum((2, 3)).T + 1e-8
            y = y * norm.rsqrt()[:, :, None, None]
        if self.strength is not None:
            y = y + self.strength * torch.randn(len(y), 1, *y.shape[2:])
        y = y + self.bias
        return lrelu(y) if self.demodulate else y


class Synthesis(nn.Module):
    def __init__(self, widths, channels, w_dim):
        super().__init__()
        self.start = nn.Parameter(torch.randn(widths[0], 4, 4))
        depth = range(1, len(widths))
        self.ups = nn.ModuleList([Modulated(widths[i - 1], widths[i], 3, w_dim, up=True) for i in depth])
        self.convs = nn.ModuleList([Modulated(width, width, 3, w_dim) for width in widths])
        self.rgbs = nn.ModuleList([Modulated(width, channels, 1, w_dim, False, False, False) for width in widths])
        self.mapping = nn.Sequential(*(Dense(w_dim, w_dim, act=True, rate=0.01) for _ in range(2)))

    def map(self, z):
        return self.mapping(z * (z.square().mean(1, keepdim=True) + 1e-8).rsqrt())

    def forward(self, w):
        x = self.start.expand(len(w), -1, -1, -1)
        layer, image = 0, None
        for stage, (conv, rgb) in enumerate(zip(self.convs, self.rgbs, strict=True)):
            if stage:
                x = self.ups[stage - 1](x, w[:, layer])
                layer += 1
            x = conv(x, w[:, layer])
            layer += 1
            coloured = rgb(x, w[:, layer])
            image = coloured if image is None else binomial(image, up=True, gain=4.0) + coloured
        return image


class Residual(nn.Module):
    def __init__(self, given, filters):
        super().__init__()
        self.body = nn.Sequential(Conv(given, given, 3), Conv(given, filters, 3, gain=0.5**0.5, down=True))
        self.shortcut = Conv(given, filters, 1, act=False, gain=0.5**0.5, bias=False, down=True)

    def forward(self, x):
        return self.body(x) + self.shortcut(x)


class Deviation(nn.Module):
    def forward(self, x):
        members = x.reshape(4, len(x) // 4, -1)
        value = (members.var(0, unbiased=False) + 1e-8).sqrt().mean(1).repeat(4)
        return torch.cat([x, value[:, None, None, None].expand(-1, 1, *x.shape[2:])], 1)


class StyleGAN2(WGANGP):
    def __init__(self, widths: list[int], channels: int, w_dim: int, gamma: float):
        self.g = Synthesis(widths, channels, w_dim)
        blocks = [Residual(widths[i], widths[i - 1]) for i in reversed(range(1, len(widths)))]
        wide = widths[0]
        end = [Deviation(), Conv(wide + 1, wide, 3), nn.Flatten(), Dense(16 * wide, wide, act=True), Dense(wide, 1)]
        self.d = nn.Sequential(Conv(channels, widths[-1], 1), *blocks, *end)
        side = 4 * 2 ** (len(widths) - 1)
        self.shape, self.z, self.d_steps, self.gamma = (channels, side, side), (w_dim,), 1, gamma
        self.layers = 2 * len(widths)
        self.average = torch.zeros(w_dim)
        self.adams = [torch.optim.Adam(net.parameters(), 0.0025, (0.0, 0.99)) for net in (self.d, self.g)]

    def fake(self, batch):
        w, other = self.g.map(self.draw(batch)), self.g.map(self.draw(batch))
        self.average = torch.lerp(self.average, w.detach().float().mean(0), 0.002)
        return self.g(self.mixed(w, other)).float()

    def mixed(self, w, other):
        cutoff = torch.randint(1, self.layers, ())
        late = torch.arange(self.layers) >= cutoff
        return torch.where(late[None, :, None], other[:, None], w[:, None])

    def d_loss(self, real, step):
        with torch.no_grad():
            fake = self.fake(len(real))
        loss = functional.softplus(self.d(fake).float()).mean() + functional.softplus(-self.d(real).float()).mean()
        if step % 16:
            return loss
        real = real.detach().requires_grad_()
        (slope,) = torch.autograd.grad(self.d(real).float().sum(), real, create_graph=True)
        return loss + 16 * self.gamma / 2 * slope.float().square().sum((1, 2, 3)).mean()

    def g_loss(self, real, step):
        return functional.softplus(-self.d(self.fake(len(real))).float()).mean()


MAKE = {
    "dcgan_fashion_mnist": lambda: DCGAN(28, 1, 32, (1e-3, 2e-3)),
    "dcgan_celeba": lambda: DCGAN(64, 3, 64, (2e-4, 2e-4)),
    "wgan_gp_lite_fashion_mnist": lambda: WGANGP(1, 32),
    "stylegan2_tiny_emoji": lambda: StyleGAN2([128, 128, 64, 32], 4, 128, 0.1),
}


def play(game, real, average, step: int, low: contextlib.AbstractContextManager):
    """One step: D's updates, then G's, then the average of the weights."""
    turns = [(game.d_loss, game.adams[0])] * game.d_steps + [(game.g_loss, game.adams[1])]
    for loss, adam in turns:
        game.d.requires_grad_(adam is game.adams[0])
        adam.zero_grad(set_to_none=True)
        with low():
            total = loss(real, step)
        total.backward()
        adam.step()
    torch._foreach_lerp_(list(average.parameters()), list(game.g.parameters()), 0.01)


def measure(name: str, layout: torch.memory_format, bfloat16: bool, steps: int, repeats: int) -> dict:
    torch.manual_seed(0)
    game = MAKE[name]()
    for net in (game.d, game.g):
        net.to(memory_format=layout)
    average = copy.deepcopy(game.g).requires_grad_(False)
    real = (torch.rand(BATCH[name], *game.shape) * 2 - 1).to(memory_format=layout)
    low = (lambda: torch.autocast(DEVICE, torch.bfloat16)) if bfloat16 else contextlib.nullcontext
    for step in range(3):
        play(game, real, average, step, low)
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        for step in range(steps):
            play(game, real, average, step, low)
        if DEVICE == "cuda":
            torch.cuda.synchronize()
        times.append((time.perf_counter() - start) / steps * 1000)
    counts = {side: sum(weight.numel() for weight in net.parameters()) for side, net in (("d", game.d), ("g", game.g))}
    return {
        "ms_per_step": statistics.median(times),
        "ms_per_step_min": min(times),
        "ms_per_step_max": max(times),
        "parameters": counts,
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("recipe", choices=sorted(MAKE))
    parser.add_argument("--bfloat16", action="store_true")
    parser.add_argument("--steps", type=int, default=16)
    parser.add_argument("--repeats", type=int, default=5)
    options = parser.parse_args()
    torch.set_default_device(DEVICE)
    layouts = {"contiguous": torch.contiguous_format, "channels_last": torch.channels_last}
    found = {
        name: measure(options.recipe, layout, options.bfloat16, options.steps, options.repeats)
        for name, layout in layouts.items()
    }
    best = min(found, key=lambda name: found[name]["ms_per_step"])
    report = found[best] | {"layout": best, "other_layout_ms": max(each["ms_per_step"] for each in found.values())}
    print(json.dumps({"recipe": options.recipe, "batch": BATCH[options.recipe], "torch": torch.__version__} | report))


if __name__ == "__main__":
    main()
