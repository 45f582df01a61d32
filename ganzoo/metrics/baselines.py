"""What a sceptic would try first: upscaling without a network. uint8 [N, H, W, C] -> uint8 [N, scale H, scale W, C].

Bicubic and Lanczos (three lobes) are MATLAB's imresize in float64, see `degradations.bicubic`. The baselines of
denoising and inpainting are no dependencies of this package. scikit-image has non-local means
(`skimage.restoration.denoise_nl_means`) and biharmonic inpainting (`skimage.restoration.inpaint_biharmonic`); OpenCV
has Telea's inpainting (`cv2.inpaint` with `cv2.INPAINT_TELEA`) and a non-local means of its own
(`cv2.fastNlMeansDenoisingColored`), whose results differ from scikit-image's.
"""

import numpy as np

from ganzoo.degradations import bicubic as imresize


def nearest(images: np.ndarray, scale: int) -> np.ndarray:
    """Every pixel `scale` times along both axes."""
    return images.repeat(scale, axis=1).repeat(scale, axis=2)


def bicubic(images: np.ndarray, scale: int) -> np.ndarray:
    return _resized(images, scale, imresize.CUBIC)


def lanczos(images: np.ndarray, scale: int) -> np.ndarray:
    return _resized(images, scale, imresize.LANCZOS)


UPSCALERS = {"nearest": nearest, "bicubic": bicubic, "lanczos": lanczos}


def _resized(images: np.ndarray, scale: int, kernel: imresize.Kernel) -> np.ndarray:
    down, right = (imresize.matrix(side, side * scale, kernel) for side in images.shape[1:3])
    found = np.empty([len(images), len(down), len(right), images.shape[-1]], np.uint8)
    for image, result in zip(images, found, strict=True):
        values = np.einsum("qw,pwc->pqc", right, np.tensordot(down, image.astype(np.float64), 1))
        result[:] = np.floor(np.clip(values, 0, 255) + 0.5)
    return found
