"""How many of Stacked-MNIST's thousand modes do tiny networks find? PacGAN's table 3 and R3GAN's ablation, shortened.

The paper trains 500,000 steps, fifty times; here 5,000 steps, three times, fit two cores. Absolute values are far
below the paper's and are not to be compared; what must show is the order: PacGAN above the plain GAN.

Command: ganzoo study stacked_mnist --jobs 2
"""

from ganzoo.study import Arm, Study, more


def study() -> Study:
    return Study(
        arms=(
            # Lin et al. 2018, arXiv 1712.04086, table 3, D = 1/4 G, their implementation: modes and KL ± standard error
            Arm("dcgan", "dcgan_stacked_mnist", paper={"modes25600": (78.5, 17.56), "rkl25600": (5.21, 0.19)}),
            Arm("pacgan2", "pacgan_stacked_mnist", paper={"modes25600": (484.5, 32.99), "rkl25600": (2.61, 0.22)}),
            Arm("relativistic_r1_r2", "relativistic_stacked_mnist"),
        ),
        columns=("modes25600", "rkl25600"),
        seeds=3,
        protocol="Stacked-MNIST with the unrolled GAN's tiny networks (D a quarter of G), shortened (5,000 steps for "
        "500,000): modes of 1,000 that 25,600 samples hit by our own classifier of digits, reverse KL in nats (noise "
        "0.0195).",
        source="Lin et al. 2018, arXiv 1712.04086, table 3 (fifty trials of 500,000 steps)",
        claims=(
            more("PacGAN finds more modes than the plain GAN", "pacgan2", "dcgan", "modes25600"),
            more("its reverse KL is lower", "dcgan", "pacgan2", "rkl25600"),
            more(
                "the relativistic game with R1 and R2 finds more modes than the plain GAN",
                "relativistic_r1_r2",
                "dcgan",
                "modes25600",
            ),
        ),
    )
