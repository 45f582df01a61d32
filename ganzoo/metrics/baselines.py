"""What a sceptic would try first: restoring without a network. Images are uint8 [N, H, W, C] throughout.

Upscaling, (images, scale) -> uint8 [N, scale H, scale W, C]: bicubic and Lanczos (three lobes) are MATLAB's imresize in
float64, see `degradations.bicubic`.

Denoising, (images, deviations) -> images, deviations float [N] of the noise of each image in levels of 255: non-local
means (Buades et al. 2005) as scikit-image's `denoise_nl_means` has them in its fast mode, told the deviation: patches
of 5x5 pixels within 6, h = 0.8 deviations.

Inpainting, (images, masks) -> images, masks uint8 [N, H, W, 1], above 0 in the hole, outside of which an image stays as
it is: the mean colour of what is known; what is known about the hole, grown into it as `degradations.masks.grown` does
(Gortler et al. 1996); Telea 2004 as OpenCV's `inpaint` has it, with a radius of 3 pixels; biharmonic
functions (Damelin and Hoang 2018) as scikit-image's `inpaint_biharmonic` has them.

scikit-image and OpenCV are no dependencies: where one is missing, BadInput says what installs it.
"""

import importlib
from types import ModuleType

import numpy as np

from ganzoo.degradations import bicubic as imresize
from ganzoo.degradations.masks import grown
from ganzoo.errors import BadInput

PATCH, DISTANCE, STRENGTH = 5, 6, 0.8  # of non-local means: pixels, pixels, deviations
RADIUS = 3  # pixels: of Telea


def nearest(images: np.ndarray, scale: int) -> np.ndarray:
    """Every pixel `scale` times along both axes."""
    return images.repeat(scale, axis=1).repeat(scale, axis=2)


def bicubic(images: np.ndarray, scale: int) -> np.ndarray:
    return _resized(images, scale, imresize.CUBIC)


def lanczos(images: np.ndarray, scale: int) -> np.ndarray:
    return _resized(images, scale, imresize.LANCZOS)


def unchanged(images: np.ndarray, deviations: np.ndarray) -> np.ndarray:
    """The images as they were spoilt."""
    return images


def non_local_means(images: np.ndarray, deviations: np.ndarray) -> np.ndarray:
    denoise = _package("skimage.restoration", "non_local_means", "scikit-image").denoise_nl_means
    found = np.empty_like(images)
    for image, deviation, result in zip(images, deviations, found, strict=True):
        # At a deviation of 0 every weight would be 0 / 0.
        result[:] = (
            image
            if not deviation
            else _rounded(
                255
                * denoise(
                    image / 255,
                    patch_size=PATCH,
                    patch_distance=DISTANCE,
                    h=STRENGTH * deviation / 255,
                    sigma=deviation / 255,
                    fast_mode=True,
                    channel_axis=-1,
                )
            )
        )
    return found


def mean(images: np.ndarray, masks: np.ndarray) -> np.ndarray:
    """The mean colour of what is known of each image; of nothing, black."""
    known = masks == 0
    sums = (images * known).sum(axis=(1, 2), keepdims=True, dtype=np.float64)
    return np.where(known, images, _rounded(sums / np.maximum(known.sum(axis=(1, 2), keepdims=True), 1)))


def surroundings(images: np.ndarray, masks: np.ndarray) -> np.ndarray:
    found = images.copy()
    for image, mask, result in zip(images, masks, found, strict=True):
        weight = np.float32(mask == 0)[None]
        result[:] = _rounded(np.float64(grown(image * weight, weight))[0])
    return np.where(masks > 0, found, images)


def telea(images: np.ndarray, masks: np.ndarray) -> np.ndarray:
    cv2 = _package("cv2", "telea", "OpenCV")
    found = images.copy()
    for image, mask, result in zip(images, masks, found, strict=True):
        hole = np.uint8(mask[..., 0] > 0)
        # OpenCV takes one channel or three: alpha goes by itself.
        for part in (slice(0, 3), slice(3, 4)):
            if (given := image[..., part]).shape[-1]:
                made = cv2.inpaint(np.ascontiguousarray(given), hole, RADIUS, cv2.INPAINT_TELEA)
                result[..., part] = made.reshape(given.shape)
    return np.where(masks > 0, found, images)


def biharmonic(images: np.ndarray, masks: np.ndarray) -> np.ndarray:
    inpaint = _package("skimage.restoration", "biharmonic", "scikit-image").inpaint_biharmonic
    found = images.copy()
    for image, mask, result in zip(images, masks, found, strict=True):
        result[:] = _rounded(255 * inpaint(image / 255, mask[..., 0] > 0, channel_axis=-1))
    return np.where(masks > 0, found, images)


UPSCALERS = {"nearest": nearest, "bicubic": bicubic, "lanczos": lanczos}
DENOISERS = {"input": unchanged, "non_local_means": non_local_means}
INPAINTERS = {"mean": mean, "surroundings": surroundings, "telea": telea, "biharmonic": biharmonic}
PLAIN = (*UPSCALERS, "input", "mean", "surroundings")  # which need no other package


def _package(module: str, name: str, package: str) -> ModuleType:
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise BadInput(f"baseline: {name} needs {package}; pip install 'ganzoo[studies]'") from error


def _rounded(values: np.ndarray) -> np.ndarray:
    return np.uint8(np.floor(np.clip(values, 0, 255) + 0.5))


def _resized(images: np.ndarray, scale: int, kernel: imresize.Kernel) -> np.ndarray:
    down, right = (imresize.matrix(side, side * scale, kernel) for side in images.shape[1:3])
    found = np.empty([len(images), len(down), len(right), images.shape[-1]], np.uint8)
    for image, result in zip(images, found, strict=True):
        values = np.einsum("qw,pwc->pqc", right, np.tensordot(down, image.astype(np.float64), 1))
        result[:] = _rounded(values)
    return found
