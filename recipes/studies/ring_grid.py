"""Which games find all modes of a ring of 8 and a grid of 25 Gaussians? PacGAN's table 1, shortened and narrowed.

The paper trains networks of 400 and 200 x 5 units for 400,000 simultaneous steps, ten times. Here a quarter of those
widths and 40,000 alternating steps, five times, fit two cores (full widths would take five hours at 40,000 steps); the
exact experiment is the recipes pacgan_table1_ring8 and pacgan_table1_grid25, for a GPU. So the paper's values stand
beside ours for orientation: no agreement within standard errors is claimed.

Command: ganzoo study ring_grid --jobs 2
"""

from ganzoo.study import Arm, Study, more

PAPER = {  # Lin et al. 2018, arXiv 1712.04086, table 1: modes, share of high quality, reverse KL; ± standard error
    "gan_ring8": ((6.3, 0.5), (0.982, 0.002), (0.45, 0.09)),
    "pacgan_ring8": ((7.9, 0.1), (0.956, 0.02), (0.07, 0.03)),
    "gan_grid25": ((17.3, 0.8), (0.948, 0.007), (0.70, 0.07)),
    "pacgan_grid25": ((23.8, 0.7), (0.913, 0.008), (0.13, 0.04)),
}
GAMES = ("gan", "pacgan", "wgan_gp", "sngan", "relativistic")


def study() -> Study:
    return Study(
        arms=tuple(_arm(game, data) for data in ("ring8", "grid25") for game in GAMES),
        columns=("modes2500", "hq2500", "rkl2500"),
        seeds=5,
        protocol="PacGAN's ring of 8 and grid of 25, shortened (40,000 steps for 400,000) and narrowed (a quarter of "
        "the widths): modes hit by 2,500 samples, their share within three deviations, reverse KL in nats (noise of a "
        "perfect sampler 0.0014 and 0.0048).",
        source="Lin et al. 2018, arXiv 1712.04086, table 1 (ten trials, full length and width)",
        claims=tuple(
            claim
            for data in ("ring8", "grid25")
            for claim in (
                more(f"PacGAN finds more modes than GAN on {data}", f"pacgan_{data}", f"gan_{data}", "modes2500"),
                more(f"its reverse KL is lower on {data}", f"gan_{data}", f"pacgan_{data}", "rkl2500"),
                more(
                    f"the relativistic game with R1 and R2 finds more modes than GAN on {data}",
                    f"relativistic_{data}",
                    f"gan_{data}",
                    "modes2500",
                ),
            )
        ),
    )


def _arm(game: str, data: str) -> Arm:
    name = f"{game}_{data}"
    paper = dict(zip(("modes2500", "hq2500", "rkl2500"), PAPER.get(name, ()), strict=False))
    return Arm(name, recipe=name, paper=paper)
