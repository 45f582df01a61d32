"""Data sets that packages of Debian, npm and PyPI carry."""

from typing import TYPE_CHECKING

from ganzoo.data import fashion_mnist
from ganzoo.data.sets import PackageSet
from ganzoo.errors import BadInput
from ganzoo.recipe import Data

if TYPE_CHECKING:
    from ganzoo.data.source import Source

SETS: dict[str, PackageSet] = {module.SET.name: module.SET for module in (fashion_mnist,)}


def find(name: str) -> PackageSet:
    """The package set of that name. Raises BadInput."""
    if name not in SETS:
        raise BadInput(f"data.name: no package set {name!r}; allowed: {', '.join(SETS)}")
    return SETS[name]


def open(data: Data) -> "Source":
    """A split of the package set of that name, fetched first where it is not in the cache."""
    from ganzoo.data.source import check_split

    found = find(data.name)
    check_split(data, found.splits)
    found.prepare()
    return found.read(found.folder, data.split)
