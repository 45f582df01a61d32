"""Where do games with and without a phase of likelihood stand beside maximum likelihood, on a small oracle?

500 tokens, so that the light games of RelGAN and ScratchGAN are played within minutes. Both costs are told together and
at three temperatures: a point is better than another only where it is better in both.

Command: ganzoo study small_oracle --jobs 2
"""

import operator

from ganzoo.recipes.text.relgan_lite_oracle import LEARNING
from ganzoo.study import Arm, Claim, Study, held, values

COLUMNS = tuple(f"{kind}5k_t{view}" for view in (100, 90, 80) for kind in ("nlloracle", "nlltest"))
GAMES = {"relgan": "relgan_lite_oracle", "scratchgan": "scratchgan_lite_oracle"}
PHASE = "relgan, likelihood alone"


def study() -> Study:
    return Study(
        arms=(
            Arm("mle", "mle_lite_oracle"),
            *(Arm(name, recipe) for name, recipe in GAMES.items()),
            Arm(PHASE, GAMES["relgan"], (f"train.images={LEARNING}",)),
        ),
        columns=COLUMNS,
        plane=tuple(zip(COLUMNS[1::2], COLUMNS[::2], strict=True)),
        seeds=1,
        protocol="nlloracle: nats a token of 5,000 written sequences under the oracle, whose own cost 3.88 (entropy; "
        "the file has it as the floor, and as the ceiling the cost of the writer before its first step); nlltest: nats "
        "a token of 5,000 held-out sequences under the writer at the same temperature (t80 = 0.8). Both are lower for "
        "better writers.",
        claims=(
            *(
                Claim(
                    f"{name} writes likelier sequences than before its first step",
                    lambda arms, name=name: _learned(arms[name]),
                )
                for name in GAMES
            ),
            *(
                held(
                    f"{name} finds held-out sequences no likelier than maximum likelihood does",
                    operator.ge,
                    (name, "nlltest5k_t100"),
                    ("mle", "nlltest5k_t100"),
                )
                for name in GAMES
            ),
            *(
                held(
                    f"relgan's game makes {what} likelier than its phase of likelihood did",
                    operator.lt,
                    ("relgan", column),
                    (PHASE, column),
                )
                for what, column in (("its sequences", "nlloracle5k_t100"), ("held-out sequences", "nlltest5k_t100"))
            ),
        ),
    )


def _learned(rows: list[dict]) -> bool | None:
    if not values(rows, "nlloracle5k_t100"):
        return None
    cells = [row["final"]["nlloracle5k_t100"] for row in rows]
    return all(cell["value"] < cell["ceiling"] for cell in cells)
