"""Packaging of ganzoo; tool settings live in pyproject.toml."""

import pathlib

import setuptools

setuptools.setup(
    name="ganzoo",
    version="0.1.0",
    description="A model zoo of GANs for TensorFlow and Keras 3: train, resume, judge, export.",
    long_description=pathlib.Path(__file__).with_name("README.md").read_text(encoding="utf-8"),
    long_description_content_type="text/markdown",
    license="Apache-2.0",
    license_files=["LICENSE"],
    python_requires=">=3.11",
    packages=[
        *setuptools.find_packages(include=["ganzoo", "ganzoo.*"]),
        *(f"ganzoo.{package}" for package in ["recipes", *setuptools.find_packages(include=["recipes.*"])]),
    ],
    # Recipes stand at the top level, where a reader looks for them, and are always imported as ganzoo.recipes.
    package_dir={"ganzoo.recipes": "recipes"},
    package_data={
        "ganzoo.data": ["files/*"],
        "ganzoo.metrics": ["files/*"],
        "ganzoo.recipes": ["results/*.json"],
    },
    install_requires=[
        "tensorflow>=2.21,<2.22",
        "keras>=3.15,<3.16",
        "numpy>=2.0,<3",
        "scipy>=1.14,<2",
        "pillow>=11",
        "tensorboard>=2.20,<2.22",
        "tensorflow-datasets>=4.9.9,<5",
        "importlib_resources>=6.4",  # tensorflow-datasets imports it and does not declare it
        "click>=8.1,<9",
        "matplotlib>=3.9",
        "rich>=13.7",
    ],
    extras_require={
        "gpu": ["tensorflow[and-cuda]>=2.21,<2.22"],
        "test": [
            "pytest>=8",
            "pytest-xdist>=3.6",
            "scikit-learn>=1.6",
            "imageio-ffmpeg>=0.5",
            "nltk>=3.9",  # BLEU is compared with its
            "tensorflow-serving-api>=2.19,<2.22",
        ],
        "dev": ["ruff>=0.9"],
        "movies": ["imageio-ffmpeg>=0.5"],  # MP4 files
        "records": ["array-record>=0.8"],  # sets above 2 GB, see ganzoo/data
        "studies": ["scikit-image>=0.24", "opencv-python-headless>=4.10"],  # classical methods to compare with
        "openmoji": ["resvg-py>=0.1"],  # draws OpenMoji's SVG files
    },
    entry_points={"console_scripts": ["ganzoo = ganzoo.cli:app"]},
)
