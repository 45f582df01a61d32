"""Does the diagnosis name what was provoked, and keep silent where nothing was?

DCGAN on the common small backbone, 96,000 reals, three seeds, spoilt in four ways: learning rates 10,000 times too
high, a D with two steps at two hundred times G's rate for one of G, the minimax loss with a D of two steps at ten times
G's rate, and a hundred training images. A case counts as named where the last state of every seed is one that was
expected of it before the first run.

The strong D was provoked anew after one run: two steps at ten times G's rate left the non-saturating game healthy
(seed 0: `fd10k_lenet` 91.7 where the unspoilt game had 53.3), so that there was nothing to name.

Command: ganzoo study diagnosis --jobs 2
"""

from ganzoo import diagnosis
from ganzoo.study import Arm, Claim, Study

STRONG = ("game.d_steps=2", "train.steps_per_execution=1", "game.d_optimizer.learning_rate=2e-3")
# arm: (recipe, what spoils it, states that are right)
CASES = {
    "healthy": ("dcgan_small", (), (diagnosis.HEALTHY,)),
    "rates_too_high": (
        "dcgan_small",
        ("game.d_optimizer.learning_rate=2.0", "game.g_optimizer.learning_rate=2.0"),
        (diagnosis.DIVERGENCE,),
    ),
    # With the non-saturating loss a gradient reaches G however certain D is: what shows is that G does not spread.
    "strong_d": (
        "dcgan_small",
        (*STRONG, "game.g_optimizer.learning_rate=1e-5"),
        (diagnosis.VANISHING, diagnosis.COLLAPSE),
    ),
    "minimax_perfect_d": ("minimax_small", STRONG, (diagnosis.VANISHING,)),
    "hundred_images": ("dcgan_small", ("data.held_out=9_900",), (diagnosis.OVERFITTING,)),
}


def study() -> Study:
    return Study(
        arms=tuple(Arm(name, recipe, spoilt) for name, (recipe, spoilt, _) in CASES.items()),
        columns=("fd10k_lenet",),
        seeds=3,
        protocol="DCGAN's networks at width 16 on 96,000 reals of Fashion-MNIST's 10,000-image split, as it is and "
        "spoilt in four ways; the state is that of the last tick, by the thresholds of `ganzoo/diagnosis.py`.",
        claims=tuple(_named(name, allowed) for name, (_, _, allowed) in CASES.items()),
    )


def _named(arm: str, allowed: tuple[str, ...]) -> Claim:
    def holds(rows):
        return all(row["state"] in allowed for row in rows[arm]) if rows[arm] else None

    return Claim(f"{arm} is named {' or '.join(allowed)}", holds)
