"""The package sets as builders of TensorFlow Datasets, one package folder each as TFDS wants it.

    from ganzoo.data.mnist.mnist_dataset_builder import Builder
    Builder(data_dir=...).download_and_prepare()

The builders are not registered: TFDS has an `mnist` of its own.
"""

import tensorflow_datasets as tfds

from ganzoo.data import pixels
from ganzoo.data.sets import PackageSet


class PackageBuilder(tfds.core.GeneratorBasedBuilder, skip_registration=True):
    """Base of the builders; a subclass says which set."""

    VERSION = tfds.core.Version("1.0.0")
    SET: PackageSet

    def _info(self) -> tfds.core.DatasetInfo:
        height, width = self.SET.size or (None, None)
        labels = {"label": tfds.features.ClassLabel(names=list(self.SET.class_names))} if self.SET.class_names else {}
        return tfds.core.DatasetInfo(
            builder=self,
            description=f"{self.SET.name} from {self.SET.archive.package} {self.SET.archive.version}.",
            features=tfds.features.FeaturesDict(
                {"image": tfds.features.Image(shape=(height, width, self.SET.channels)), **labels}
            ),
            supervised_keys=("image", "label") if labels else None,
            citation=self.SET.citation,
            license=self.SET.licence,
        )

    def _split_generators(self, dl_manager):
        self.SET.prepare()
        return {split: self._generate_examples(split) for split in self.SET.splits}

    def _generate_examples(self, split: str):
        for index, item in enumerate(self.SET.read(self.SET.folder, split)):
            image = pixels.picture(item.image)
            label = {"label": item.label} if self.SET.class_names else {}
            yield index, {"image": pixels.fit(image, None, self.SET.channels), **label}
