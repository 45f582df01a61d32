"""Every game of the zoo on one small backbone, at an equal number of reals: what does the game alone change?

Fashion-MNIST's 10,000-image split, DCGAN's networks at width 16, 96,000 reals, three seeds (one of the games that came
later), rates as in the papers and none tuned: a table of games under one small budget, not of what each can reach.
Games with five steps of D to one of G move G a fifth as often.

Command: ganzoo study fashion --jobs 2
"""

from ganzoo.study import Arm, Study, more

GAMES = (
    "gan",
    "minimax",
    "dcgan",
    "lsgan",
    "wgan",
    "wgan_gp",
    "dragan",
    "sngan",
    "relativistic",
    "pacgan",
    "minibatch",
    "unrolled",
    "mode_seeking",
    "cgan_concatenation",
    "cgan_projection",
    "acgan",
)
LATER = (  # with one seed
    "lecam",
    "bcr",
    "zcr",
    "top_k",
    "wgan_div",
    "diffaugment",
    "infogan",
    "reacgan",
    "cr",
    "apa",
)


def study() -> Study:
    return Study(
        arms=tuple(Arm(game, f"{game}_small", seeds=None if game in GAMES else 1) for game in (*GAMES, *LATER)),
        columns=("fd10k_lenet", "precision5k_lenet", "recall5k_lenet"),
        seeds=3,
        protocol="every game on DCGAN's networks at width 16 (`gan`: two perceptrons), 96,000 reals of "
        "Fashion-MNIST's 10,000-image split, paper rates, none tuned. fd10k_lenet is the Fréchet distance of 10,000 "
        "samples to the 10,000 images (floor 0.24), precision and recall those of 5,000 in the same features.",
        claims=(
            more("the minimax loss of 2014 does worse than the non-saturating one", "minimax", "dcgan", "fd10k_lenet"),
            more(
                "telling the class helps: the concatenating cGAN is better than DCGAN",
                "dcgan",
                "cgan_concatenation",
                "fd10k_lenet",
            ),
            more(
                "the relativistic game with R1 and R2 has more recall than DCGAN",
                "relativistic",
                "dcgan",
                "recall5k_lenet",
            ),
        ),
    )
