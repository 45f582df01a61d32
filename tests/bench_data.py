"""How fast batches come: `python tests/bench_data.py [--batch 64]`, images a second, median of five runs.

Measures the bundled 28x28 images from memory, with and without flips, the same images at 64x64x3, and a file of
records of these. Needs the machine to itself.
"""

import argparse
import pathlib
import statistics
import tempfile
import time

from ganzoo import data
from ganzoo.data import images, records
from ganzoo.recipe import Data


def speed(images, batch: int, count: int = 60_000) -> float:
    """Images a second of the stream, once it runs."""
    runs = []
    for _ in range(5):
        batches = iter(images.stream(batch, seed=0))
        for _ in range(50):
            next(batches)
        begin = time.perf_counter()
        for _ in range(count // batch):
            next(batches)
        runs.append(count / (time.perf_counter() - begin))
    return statistics.median(runs)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--batch", type=int, default=64)
    batch = parser.parse_args().batch
    small = data.open(Data(name="fashion_mnist"))
    flipped = data.open(Data(name="fashion_mnist", flip=True))
    large = data.open(Data(name="fashion_mnist", size=64, channels=3))
    print(f"28x28x1 from memory        {speed(small, batch):9,.0f} images/s")
    print(f"28x28x1 from memory, flips {speed(flipped, batch):9,.0f} images/s")
    print(f"64x64x3 from memory        {speed(large, batch):9,.0f} images/s")
    with tempfile.TemporaryDirectory() as folder:
        rows = zip(large.images, large.labels, strict=True)
        written = records.write(rows, pathlib.Path(folder) / "records", [])
        filed = images.ImageSet("records", written, large.labels, large.class_names)
        print(f"64x64x3 from a file        {speed(filed, batch):9,.0f} images/s")


if __name__ == "__main__":
    main()
