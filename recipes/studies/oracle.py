"""Does SeqGAN write better than maximum likelihood does, or only less diversely?

The synthetic oracle of Yu et al. 2017 (this project's draw of it). All games of policy gradients start from one network
that learned the likelihood. Two controls: the same reward for every token, whatever D thinks, and the reward less its
average at each place. Every network is sampled at the temperatures 1, 0.9 and 0.8, and two costs are told together, for
either alone is bought with the other.

Command: ganzoo study oracle --jobs 2
"""

import operator

from ganzoo.study import Arm, Study, held

COLUMNS = tuple(f"{kind}5k_t{view}" for view in (100, 90, 80) for kind in ("nlltest", "nlloracle"))
GAME = "seqgan_from_mle_oracle"


def study() -> Study:
    return Study(
        arms=(
            Arm("mle", "mle_oracle", seeds=1),
            Arm("seqgan", GAME, after="mle"),
            Arm("constant reward", GAME, ("model.reward=constant",), after="mle"),
            Arm("reward less its average", GAME, ("model.baseline=true",), after="mle"),
        ),
        columns=COLUMNS,
        plane=tuple(zip(COLUMNS[::2], COLUMNS[1::2], strict=True)),
        seeds=3,
        protocol="nlloracle: nats a token of 5,000 written sequences under the oracle, whose own cost 5.73 (entropy); "
        "nlltest: nats a token of 5,000 held-out sequences under the writer at the same temperature (t80 = 0.8). Both "
        "are lower for better writers. seqgan and the controls start from seed 0 of mle, 500 updates of D, and have "
        "40 updates of the writer.",
        claims=(
            held(
                "SeqGAN's sequences are likelier to the oracle than those of maximum likelihood",
                operator.lt,
                ("seqgan", "nlloracle5k_t100"),
                ("mle", "nlloracle5k_t100"),
            ),
            held(
                "but no likelier than those of maximum likelihood at the temperature 0.8",
                operator.ge,
                ("seqgan", "nlloracle5k_t100"),
                ("mle", "nlloracle5k_t80"),
            ),
            held(
                "a constant reward, without D, does at least as much",
                lambda control, gan: control <= gan + 0.02,
                ("constant reward", "nlloracle5k_t100"),
                ("seqgan", "nlloracle5k_t100"),
            ),
            held(
                "SeqGAN finds held-out sequences no likelier than maximum likelihood does",
                operator.ge,
                ("seqgan", "nlltest5k_t100"),
                ("mle", "nlltest5k_t100"),
            ),
        ),
    )
