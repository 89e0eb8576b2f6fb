"""Samples: two frames of one clip, and the neighbour of the second."""

from collections.abc import Iterator, Sequence
from itertools import islice

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.utils.data import Dataset, DistributedSampler, Sampler

from reenact.train.augmentation import Augmentation, Change
from reenact.train.frames import Reel

Batch = dict[str, Tensor]
"""`source`, `driving`, `neighbour`: (n, 3, s, s) float32 RGB in [0, 1]."""
STILL = Augmentation(
    mirror=0, time_flip=0, rotation_degrees=0, scale=(1, 1), shift=0, brightness=0, contrast=0,
    saturation=0, hue=0, blur=0, compression=0,
)  # fmt: skip
"""Changes nothing."""


class Pairs(Dataset[Batch]):
    """Random pairs. A sample depends on nothing but the seed and its number.

    An epoch has each clip `repeats` times; number `e · len + i` is sample i of epoch e, so that
    the dataset need not be told the epoch and its copies in other processes agree.

    Args:
        reels: What to take frames from.
        repeats: Samples per clip and epoch.
        seed: Of the choice of frames and of the augmentation.
        augmentation: None for frames as they are.
    """

    def __init__(
        self,
        reels: Sequence[Reel],
        *,
        repeats: int = 75,
        seed: int = 0,
        augmentation: Augmentation | None = None,
    ) -> None:
        self._reels, self._repeats, self._seed = tuple(reels), repeats, seed
        self._augmentation = augmentation or STILL

    def __len__(self) -> int:
        return len(self._reels) * self._repeats

    def __getitem__(self, number: int) -> Batch:
        """Sample `number`, of any epoch: tensors (3, s, s)."""
        rng = np.random.default_rng([self._seed, number])
        reel = self._reels[number % len(self._reels)]
        change = self._augmentation.draw(rng)
        early, late = sorted(rng.choice(reel.count, 2, replace=False).tolist())
        source, driving = (late, early) if change.reversed else (early, late)
        neighbour = driving + 1 if change.reversed else driving - 1
        frames = reel.frames()
        places = {"source": source, "driving": driving, "neighbour": neighbour}
        return {name: _prepared(frames[place], change) for name, place in places.items()}


class Order(Sampler[list[int]]):
    """Which samples make which batch, for one of several processes, without end.

    Shuffled anew each epoch and divided among the processes by torch's `DistributedSampler`.

    Args:
        pairs: The data.
        batch_size: Of one process.
        seed: Of the order.
        rank: Of this process.
        processes: How many there are.
        start: Batches that an earlier run has used up.

    Raises:
        ValueError: An epoch does not fill one batch.
    """

    def __init__(
        self,
        pairs: Pairs,
        batch_size: int,
        *,
        seed: int = 0,
        rank: int = 0,
        processes: int = 1,
        start: int = 0,
    ) -> None:
        self._pairs, self._batch_size, self._start = pairs, batch_size, start
        self._inner = DistributedSampler(
            pairs, processes, rank, shuffle=True, seed=seed, drop_last=True
        )
        self._batches = len(self._inner) // batch_size
        if not self._batches:
            raise ValueError(f"{len(self._inner)} samples do not fill a batch of {batch_size}")

    def __iter__(self) -> Iterator[list[int]]:
        epoch, skipped = divmod(self._start, self._batches)
        while True:
            self._inner.set_epoch(epoch)
            indices = iter(self._inner)
            for batch in range(self._batches):
                chosen = list(islice(indices, self._batch_size))
                if batch >= skipped:
                    yield [epoch * len(self._pairs) + index for index in chosen]
            epoch, skipped = epoch + 1, 0


def to_tensor(frame: NDArray[np.uint8]) -> Tensor:
    """(s, s, 3) uint8 to (3, s, s) float32 in [0, 1]."""
    return torch.from_numpy(np.ascontiguousarray(frame.transpose(2, 0, 1))).float() / 255


def to_frame(picture: Tensor) -> NDArray[np.uint8]:
    """(3, s, s) in [0, 1] to (s, s, 3) uint8."""
    values = (picture.detach().float().clamp(0, 1) * 255).round().to(torch.uint8)
    return np.ascontiguousarray(values.cpu().numpy().transpose(1, 2, 0))


def _prepared(frame: NDArray[np.uint8], change: Change) -> Tensor:
    return to_tensor(change.apply(np.asarray(frame)))
