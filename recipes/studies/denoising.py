"""Denoising at sigma 25: a small network, with and without an adversary, against non-local means.

The network is trained on GCompris' photos, first on the mean absolute difference alone (alpha0) and then against a
discriminator; it is judged on parts of scikit-image's photos, which no training set holds. Non-local means is
scikit-image's, told the true deviation of the noise, by the same code on the same images (`pip install
'ganzoo[studies]'`).

Command: ganzoo study denoising --jobs 2
"""

import operator

from ganzoo.study import Arm, Study, classical, held

PATH = ("alpha0", "alpha50", "pairs")


def study() -> Study:
    return Study(
        arms=(
            *classical("denoise_lite_photos", "input", "non_local_means"),
            Arm("gan", "denoise_lite_photos"),
        ),
        columns=tuple(f"{kind}24_{view}" for view in reversed(PATH) for kind in ("psnr", "patches")),
        seeds=2,
        protocol="Gaussian noise of deviation 25 of 255, rounded and clipped; 24 parts of 192x192 of five photos of "
        "scikit-image, none trained on; psnr in dB, patches is the sliced Wasserstein distance of 7x7 patches to the "
        "true images'. input: the noisy images themselves.",
        claims=(
            held(
                "the network of fidelity (alpha0) has more PSNR than non-local means",
                operator.gt,
                ("gan", "psnr24_alpha0"),
                ("non_local_means", "psnr24_pairs"),
            ),
            held(
                "the final network is within 1 dB of non-local means",
                lambda ours, classical: ours >= classical - 1.0,
                ("gan", "psnr24_pairs"),
                ("non_local_means", "psnr24_pairs"),
            ),
            held(
                "and its patches are at 0.8 of non-local means' distance or less",
                lambda ours, classical: ours <= 0.8 * classical,
                ("gan", "patches24_pairs"),
                ("non_local_means", "patches24_pairs"),
            ),
        ),
    )
