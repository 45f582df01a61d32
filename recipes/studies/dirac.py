"""Does the smallest game converge as computed by hand? The Dirac-GAN with every loss and penalty.

One weight each, data at 0 (Mescheder et al. 2018, arXiv 1801.04406, section 2). The measured rate is the slope of the
log distance from the equilibrium over the later half of 1,000 alternating steps of size 0.1 of `GAN.train_step` itself;
beside it stands the log spectral radius of the map that such a step is near the equilibrium (derived in
ganzoo/models/points/dirac.py). WGAN with a clipped critic and WGAN-GP do not come to the equilibrium and have no rate:
what is shown for them is how far from it they still are at the end. Their critic's slope is clipped at, or drawn to,
0.3; a weak penalty cycles, a strong one rests beside the equilibrium.

Command: ganzoo study dirac
"""

from ganzoo.study import Arm, Claim, Study

RATE, GAMMA, STEPS = 0.1, 0.3, 1000
WITHIN = 0.005
SLOPE = 0.3

# loss, slope a of its linearisation, penalties, sum of their gammas
LINEAR = {
    "minimax": ("minimax", 0.5, ()),
    "non_saturating": ("non_saturating", 0.5, ()),
    "non_saturating_r1": ("non_saturating", 0.5, (("R1", GAMMA),)),
    "non_saturating_r2": ("non_saturating", 0.5, (("R2", GAMMA),)),
    "non_saturating_r1_r2": ("non_saturating", 0.5, (("R1", GAMMA), ("R2", GAMMA))),
    "non_saturating_r1_overdamped": ("non_saturating", 0.5, (("R1", 2.0),)),
    "relativistic": ("relativistic", 0.5, ()),
    "relativistic_r1_r2": ("relativistic", 0.5, (("R1", GAMMA), ("R2", GAMMA))),
    "least_squares": ("least_squares", 1.0, ()),
    "hinge": ("hinge", 1.0, ()),
    "hinge_r1": ("hinge", 1.0, (("R1", GAMMA),)),
    "wasserstein": ("wasserstein", 1.0, ()),
    "wasserstein_r1": ("wasserstein", 1.0, (("R1", GAMMA),)),
}
# clip of psi, weight of the penalty, distance at which the game rests (None: it cycles)
RESTLESS = {"wgan_clip": (SLOPE, 0.0, None), "wgan_gp": (None, 0.25, None), "wgan_gp_strong": (None, 1.0, 2 * SLOPE)}
START = {"theta": 1.0, "psi": 0.1}


def update_map(rate: float, slope: float, gamma: float = 0.0):
    """The matrix of one alternating step on (psi, theta); h, a and c of `ganzoo.models.points.dirac`."""
    import numpy as np

    kept = 1 - rate * gamma
    return np.array([[kept, -rate * slope], [rate * slope * kept, 1 - (rate * slope) ** 2]])


def log_radius(rate: float, slope: float, gamma: float = 0.0) -> float:
    """Log of the spectral radius of `update_map`: how the log of the distance changes in a step, in the long run."""
    import numpy as np

    return float(np.log(np.abs(np.linalg.eigvals(update_map(rate, slope, gamma))).max()))


def study() -> Study:
    return Study(
        arms=(*(_linear(name) for name in LINEAR), *(_restless(name) for name in RESTLESS)),
        columns=("rate", "distance"),
        seeds=1,
        protocol="the Dirac-GAN, 1,000 alternating steps of gradient descent at 0.1 through `GAN.train_step`: change "
        "of the log distance from the equilibrium a step, and the distance at the end relative to the start.",
        reference="computed",
        claims=(
            Claim(f"every measured rate is within {WITHIN} of the computed one", _agree),
            Claim("R1, R2 and both converge with every loss that they are added to", _converge),
            Claim("WGAN with a clipped critic and WGAN-GP, weak or strong, do not converge to the equilibrium", _stay),
        ),
        plotted="distance from the equilibrium relative to the start",
        scale="log",
    )


def _linear(name: str) -> Arm:
    _, slope, penalties = LINEAR[name]
    computed = log_radius(RATE, slope, sum(gamma for _, gamma in penalties))
    return Arm(name, paper={"rate": (round(computed, 5) + 0.0, None)}, play=_Linear(name))


def _restless(name: str) -> Arm:
    import math

    rest = RESTLESS[name][-1]
    computed = {} if rest is None else {"distance": (round(rest / math.hypot(*START.values()), 5), None)}
    return Arm(name, paper=computed, play=_Restless(name))


class _Linear:
    def __init__(self, name: str):
        self.name = name

    def __call__(self, seed: int) -> dict:
        from ganzoo import losses, regularizers
        from ganzoo.models.points import dirac

        loss, slope, penalties = LINEAR[self.name]
        # With a = -1, b = c = 1 the least squares have the linearisation of the header; 0, 1, 1 have none.
        adversarial = losses.least_squares(-1.0, 1.0, 1.0) if loss == "least_squares" else getattr(losses, loss)
        chosen = tuple(getattr(regularizers, kind)(gamma=gamma) for kind, gamma in penalties)
        computed = log_radius(RATE, slope, sum(gamma for _, gamma in penalties))
        return _played(dirac.Dirac(), adversarial, chosen, computed)


class _Restless:
    def __init__(self, name: str):
        self.name = name

    def __call__(self, seed: int) -> dict:
        from ganzoo import losses, regularizers
        from ganzoo.models.points import dirac

        clip, weight, _ = RESTLESS[self.name]
        penalties = (regularizers.GradientPenalty(weight=weight, target=SLOPE),) if weight else ()
        return _played(dirac.Dirac(**START, clip=clip), losses.wasserstein, penalties, None)


def _played(nets, adversarial, penalties, computed: float | None) -> dict:
    import time

    import numpy as np

    from ganzoo import results, schedules
    from ganzoo.data.points import PointSpec
    from ganzoo.models.points import dirac

    began = time.perf_counter()
    model = nets.build(PointSpec(1))
    rate = schedules.SGD(RATE)
    model.compile(rate.build(1), rate.build(1), adversarial, regularizers=penalties, jit_compile=False)
    path = dirac.play(model, STEPS)
    distance = np.linalg.norm(path, axis=1) / np.hypot(nets.theta, nets.psi)
    final = {"distance": {"value": float(distance[-1])}}
    if computed is not None:
        final = {"rate": {"value": dirac.measured_rate(path), "computed": computed}} | final
    return results.of_play(
        final,
        images=STEPS,
        series=[[step + 1, float(distance[step])] for step in range(9, STEPS, 10)],
        seconds=time.perf_counter() - began,
    )


def _agree(arms) -> bool | None:
    rates = [row["final"]["rate"] for name in LINEAR for row in arms[name]]
    return all(abs(rate["value"] - rate["computed"]) <= WITHIN for rate in rates) if rates else None


def _converge(arms) -> bool | None:
    rows = [row for name, (_, _, penalties) in LINEAR.items() if penalties for row in arms[name]]
    return all(row["final"]["distance"]["value"] < 0.01 for row in rows) if rows else None


def _stay(arms) -> bool | None:
    rows = [row for name in RESTLESS for row in arms[name]]
    return all(row["final"]["distance"]["value"] > 0.1 for row in rows) if rows else None
