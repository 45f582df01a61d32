"""Tensors from a PyTorch file without PyTorch: `torch.save`'s format, and that before 1.6.

A pickle can run anything, so this reader resolves only the names that a dictionary of tensors needs and refuses every
other. A file is a zip of a pickle data.pkl of the object and of little-endian storages data/KEY, all in one folder of
any name. Before 1.6 it was five pickles (magic number, version, the writer's machine, the object, the keys of its
storages) and then the storages in the order of their keys: for each an int64 length and its data.
"""

import collections
import pathlib
import pickle
import zipfile
import zlib
from typing import BinaryIO

import numpy as np

from ganzoo.errors import BadInput

MAGIC = 0x1950A86A20F9469CFC6C
VERSION = 1001
STORAGES = {"FloatStorage": np.dtype("<f4"), "HalfStorage": np.dtype("<f2"), "LongStorage": np.dtype("<i8")}


def load(path: pathlib.Path) -> dict[str, np.ndarray]:
    """The tensors of a state dict by their names. Raises BadInput for any other kind of file."""
    try:
        with path.open("rb") as file:
            if zipfile.is_zipfile(file):
                return _load_zip(file)
            file.seek(0)
            return _load(file)
    except (
        OSError,
        ArithmeticError,
        AttributeError,
        EOFError,
        LookupError,
        TypeError,
        ValueError,
        pickle.UnpicklingError,
        zipfile.BadZipFile,
        zlib.error,
    ) as error:
        # What a damaged pickle raises depends on where the damage is.
        raise BadInput(f"metrics: {path} is not a readable state dict of PyTorch: {error}") from error


def _load_zip(file: BinaryIO) -> dict[str, np.ndarray]:
    with zipfile.ZipFile(file) as archive:
        pickles = [name for name in archive.namelist() if name.split("/")[1:] == ["data.pkl"]]
        if len(pickles) != 1:
            raise ValueError(f"it is a zip with {len(pickles)} files data.pkl")
        reader = _Unpickler(archive.open(pickles[0]))
        tensors = reader.load()
        for key, (dtype, size) in reader.storages.items():
            content = archive.read(f"{pickles[0].removesuffix('.pkl')}/{key}")
            if len(content) != size * dtype.itemsize:
                raise ValueError(f"storage {key} has another length than the {size} announced")
            reader.storages[key] = np.frombuffer(content, dtype, size)
    return {name: tensor.view(reader.storages) for name, tensor in tensors.items()}


def _load(file: BinaryIO) -> dict[str, np.ndarray]:
    if _Unpickler(file).load() != MAGIC or _Unpickler(file).load() != VERSION:
        raise ValueError("its first numbers are not those of torch.save")
    _Unpickler(file).load()  # the writer's machine
    reader = _Unpickler(file)
    tensors = reader.load()
    for key in _Unpickler(file).load():
        dtype, size = reader.storages[key]
        if int.from_bytes(file.read(8), "little") != size:
            raise ValueError(f"storage {key} has another length than the {size} announced")
        reader.storages[key] = np.frombuffer(file.read(size * dtype.itemsize), dtype, size)
    return {name: tensor.view(reader.storages) for name, tensor in tensors.items()}


class _Tensor:
    """What `torch._utils._rebuild_tensor_v2` is called with; the arguments after the strides concern gradients."""

    def __init__(self, storage: str, offset: int, shape: tuple, strides: tuple, *gradients):
        self.storage, self.offset, self.shape, self.strides = storage, offset, shape, strides

    def view(self, storages: dict[str, np.ndarray]) -> np.ndarray:
        values = storages[self.storage]
        last = self.offset + sum(stride * (side - 1) for stride, side in zip(self.strides, self.shape, strict=True))
        if self.offset < 0 or min(self.strides, default=0) < 0 or last >= len(values):
            raise ValueError(f"a tensor of shape {self.shape} reaches outside its storage of {len(values)}")
        strides = [stride * values.itemsize for stride in self.strides]
        return np.lib.stride_tricks.as_strided(values[self.offset :], self.shape, strides, writeable=False).copy()


class _Unpickler(pickle.Unpickler):
    """Knows tensors, ordered dictionaries and nothing else."""

    def __init__(self, file: BinaryIO):
        super().__init__(file)
        self.storages = {}  # (dtype, length) by key

    def find_class(self, module: str, name: str):
        if (module, name) == ("collections", "OrderedDict"):
            return collections.OrderedDict
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return _Tensor
        if module == "torch" and name in STORAGES:
            return STORAGES[name]
        raise pickle.UnpicklingError(f"{module}.{name} is not part of a tensor")

    def persistent_load(self, identity: tuple) -> str:
        kind, dtype, key, _, size, *view = identity  # a view of a storage was known before 1.6 only
        if kind != "storage" or not isinstance(dtype, np.dtype) or view not in ([], [None]):
            raise pickle.UnpicklingError(f"{identity} is not a plain storage")
        self.storages[key] = (dtype, size)
        return key
