"""Metrics of clips: how what moves moves, whether it stays what it is, and whether its frames look real.

`speed500_track` is the mean way of the centre of what is shown (`centres`) from frame to frame in pixels,
`jerk500_track` the median of its change, `frozen500_track` the share of clips that stand still (`STILL`),
`loops500_track` the share that come back to where they began, `identity500_digits` the share of frames in which a
network for digits finds the clip's commonest digit, `variety500_digits` how many digits there are among clips,
`framekd500_pixels` the kernel distance of frames in small. `videofd500_transnetv2` and `videokd500_transnetv2` are the
Frechet and the kernel distance of whole clips in the features of `metrics.transnetv2`, the latter the one for few
clips. Every result has four calibration rows: the same of real clips (also its floor), of real clips with their frames
shuffled, of real first frames that stand still, and of frames of other clips each; where there are too few, of half of
the clips, with a warning. Speed and jerk are right when they are the reals', neither lower nor higher.
"""

from collections.abc import Callable, Sequence

import numpy as np

from ganzoo.errors import BadInput

STILL = 0.25  # pixels a frame
NEAR = 1.0  # pixels between first and last frame, for a clip that has moved further than `AWAY` between
AWAY = 3.0
SEED = 0  # of the calibration rows
SMALL = 8  # side of the frames that `framekd` compares


def centres(clips: np.ndarray) -> np.ndarray:
    """float64 [N, T, 2]: row and column of the centre of what each frame shows. clips: uint8 [N, T, H, W, C].

    Pixels weigh by how far they are from the clip's background, the median of the outermost pixels of its frames.
    """
    edges = (clips[:, :, 0], clips[:, :, -1], clips[:, :, 1:-1, 0], clips[:, :, 1:-1, -1])
    ground = np.median(np.concatenate(edges, axis=2), axis=(1, 2))
    shown = np.abs(clips - ground[:, None, None, None]).mean(-1)
    weight = shown.sum((2, 3)) + 1e-9
    rows, columns = (np.arange(side) for side in shown.shape[2:])
    return np.stack([(shown.sum(3) * rows).sum(2) / weight, (shown.sum(2) * columns).sum(2) / weight], axis=-1)


class VideoKind:
    """A kind of this module: `measure(clips)` -> a value. VIEWS: what may end a name of it."""

    LEAST = 2
    HIGHER = False
    VIEWS = ("track",)

    @classmethod
    def check(cls, shape: tuple[int, ...]) -> None:
        """Refuse clips [T, H, W, C] that it cannot measure, with BadInput."""

    @classmethod
    def measure(cls, clips: np.ndarray, reals: np.ndarray) -> float:
        raise NotImplementedError


class Speed(VideoKind):
    """Mean way of the centre of what is shown from frame to frame, pixels."""

    @classmethod
    def measure(cls, clips, reals):
        return np.linalg.norm(np.diff(centres(clips), axis=1), axis=2).mean()


class Jerk(VideoKind):
    """Median change of that way, pixels a frame and frame."""

    @classmethod
    def check(cls, shape):
        if shape[0] < 3:
            raise BadInput(f"metrics: jerk is of clips of 3 frames or more, not {shape[0]}")

    @classmethod
    def measure(cls, clips, reals):
        return np.median(np.linalg.norm(np.diff(centres(clips), 2, axis=1), axis=2))


class Frozen(VideoKind):
    """Share of clips whose mean way is below `STILL`."""

    @classmethod
    def measure(cls, clips, reals):
        return (np.linalg.norm(np.diff(centres(clips), axis=1), axis=2).mean(1) < STILL).mean()


class Loops(VideoKind):
    """Share of clips that end within `NEAR` of where they began and were further than `AWAY` between."""

    @classmethod
    def measure(cls, clips, reals):
        far = np.linalg.norm(centres(clips) - centres(clips)[:, :1], axis=2)
        return ((far[:, -1] < NEAR) & (far.max(1) > AWAY)).mean()


class Identity(VideoKind):
    """Mean share of a clip's frames in which the LeNet of `metrics.digits` finds the digit that it finds in most of
    them: about 0.3 of frames that have nothing to do with each other."""

    HIGHER = True
    VIEWS = ("digits",)

    @classmethod
    def check(cls, shape):
        if shape[3] != 1 or shape[1] != shape[2]:
            raise BadInput(f"metrics: identity is of grey square frames, not {list(shape[1:])}")

    @classmethod
    def measure(cls, clips, reals):
        digits = classes(clips)
        return np.mean([np.bincount(each).max() / len(each) for each in digits])


class Variety(Identity):
    """How many digits there are among clips, each by its commonest one: exp of the entropy of their shares. A generator
    that draws one digit only has perfect identity and a variety of 1."""

    @classmethod
    def measure(cls, clips, reals):
        commonest = [np.bincount(each, minlength=10).argmax() for each in classes(clips)]
        shares = np.bincount(commonest) / len(commonest)
        return np.exp(-np.sum(shares * np.log(np.maximum(shares, 1e-12))))


class FrameDistance(VideoKind):
    """Kernel distance of one frame of each clip, in small, to one of each real one: `kernel.KernelDistance`."""

    VIEWS = ("pixels",)

    @classmethod
    def measure(cls, clips, reals):
        sets = []
        for some in (clips, reals):
            frames = some[np.arange(len(some)), np.arange(len(some)) % some.shape[1]]
            sets.append(_small(frames))
        return _kernel(*sets)


class ClipDistance(VideoKind):
    """Frechet distance of clips in 512 features of TransNet V2; biased upwards for few clips, as such distances are."""

    LEAST = 100
    VIEWS = ("transnetv2",)

    @classmethod
    def measure(cls, clips, reals):
        from ganzoo.metrics import frechet, transnetv2

        found = [transnetv2.features(some).astype(np.float64) for some in (clips, reals)]
        return frechet.distance(*(part for each in found for part in (each.mean(0), np.cov(each, rowvar=False))))


class ClipKernelDistance(VideoKind):
    """Kernel distance of clips in the same features: `kernel.KernelDistance`."""

    VIEWS = ("transnetv2",)

    @classmethod
    def measure(cls, clips, reals):
        from ganzoo.metrics import transnetv2

        return _kernel(*map(transnetv2.features, (clips, reals)))


def _kernel(features: np.ndarray, others: np.ndarray) -> float:
    """The kernel distance of two sets of features float32 [N, F]."""
    from ganzoo.metrics import kernel

    sets = []
    for each in (features, others):
        sets.append(kernel.KernelDistance(each.shape[1]))
        sets[-1].update(each)
    return sets[0].to(sets[1])["value"]


def classes(clips: np.ndarray) -> np.ndarray:
    """int64 [N, T]: the digit of each frame, cut out around its centre of what is shown and shown at 28x28."""
    import PIL.Image

    from ganzoo.metrics import digits

    count, frames, height = clips.shape[:3]
    side = height // 2
    corners = np.clip(np.rint(centres(clips) - (side - 1) / 2).astype(int), 0, height - side).reshape(-1, 2)
    shown = np.stack(
        [
            np.asarray(PIL.Image.fromarray(frame[top : top + side, left : left + side, 0]).resize((28, 28)))
            for frame, (top, left) in zip(clips.reshape(-1, *clips.shape[2:]), corners, strict=True)
        ]
    )
    return digits.read(shown[..., None]).reshape(count, frames)


def _small(frames: np.ndarray) -> np.ndarray:
    """uint8 [N, H, W, C] -> float32 [N, SMALL * SMALL * C] in [0, 1], the means of blocks."""
    height, width = (side // SMALL * SMALL for side in frames.shape[1:3])
    blocks = frames[:, :height, :width].reshape(len(frames), SMALL, height // SMALL, SMALL, width // SMALL, -1)
    return (blocks.mean((2, 4)) / 255).reshape(len(frames), -1).astype(np.float32)


KINDS = {
    "speed": Speed,
    "jerk": Jerk,
    "frozen": Frozen,
    "loops": Loops,
    "identity": Identity,
    "variety": Variety,
    "framekd": FrameDistance,
    "videofd": ClipDistance,
    "videokd": ClipKernelDistance,
}


def calibration(reals: np.ndarray) -> dict[str, np.ndarray]:
    """uint8 [N, T, H, W, C] each: real clips, shuffled in time, standing still, of independent frames."""
    random, (count, frames) = np.random.default_rng(SEED), reals.shape[:2]
    mixed = np.stack([random.permutation(frames) for _ in range(count)])
    others = np.stack([random.permutation(count) for _ in range(frames)], axis=1)
    rows = np.arange(count)[:, None]
    return {
        "real": reals,
        "shuffled": reals[rows, mixed],
        "static": np.repeat(reals[:, :1], frames, axis=1),
        "independent": reals[others, np.arange(frames)],
    }


def check(names: Sequence[str], reals) -> None:
    """Refuse, with BadInput, names that these clips cannot have. reals: the `data.video.VideoSet` of the training."""
    from ganzoo.metrics.protocol import parse

    for protocol in map(parse, names):
        kind = KINDS.get(protocol.kind)
        if kind is None:
            raise BadInput(f"metrics: {protocol.name} is not of clips; of those there are {', '.join(KINDS)}")
        kind.check(reals.spec.shape)
        half = halves(reals, protocol.count)[1]
        if half < kind.LEAST:
            raise BadInput(
                f"metrics: {protocol.name} needs {kind.LEAST} or more real clips, and for its floor as many of other "
                f"films; {reals.name} has {half} on the smaller side"
            )


def halves(reals, count: int) -> tuple[int, int]:
    """(first clip of the second half, clips on either side) of real clips that are compared with each other, `count`
    where there are as many; no film is on both sides. reals: a `data.video.VideoSet`."""
    sources = np.arange(len(reals)) if reals.sources is None else reals.sources
    edges = np.flatnonzero(np.diff(sources)) + 1
    if not len(edges):
        return len(reals), 0
    sides = np.minimum(np.minimum(edges, len(reals) - edges), count)
    return int(edges[sides.argmax()]), int(sides.max())


def evaluate(names: Sequence[str], film: Callable[[int], np.ndarray], reals) -> dict[str, dict]:
    """Every metric of `names`, which `check` has passed, by its name: a result as of `metrics.evaluate`, with "rows",
    the calibration. film: count -> uint8 [count, T, H, W, C] of a generator."""
    from ganzoo.metrics.protocol import parse

    results, made = {}, {}
    for protocol in map(parse, names):
        count, kind = protocol.count, KINDS[protocol.kind]
        first, half = halves(reals, count)
        if count not in made:
            truth, others = np.arange(min(count, len(reals))), np.arange(first, first + half)
            made[count] = film(count), reals.read(truth), calibration(reals.read(others))
        clips, truth, rows = made[count]
        found = {name: round(float(kind.measure(each, truth[:half])), 6) for name, each in rows.items()}
        few = f"{protocol.name}: {reals.name} has {len(reals)} clips, so the floor is of {half} against {half}"
        results[protocol.name] = {
            "value": float(kind.measure(clips, truth)),
            "floor": found["real"],
            "ceiling": None,
            "rows": found,
            "count": count,
            "reals": reals.name,
            "reals_count": len(truth),
            "floor_count": half,
            "extractor": protocol.extractor,
            "weights": "",
            "warnings": [few] if half < count else [],
        }
    return results
