"""What every reference needs: the example's own split, and the line that says what was measured."""
import json
import os
import platform
import sys
import time

import numpy as np
import torch

name, folder = sys.argv[1], sys.argv[2]
extra = {}
if os.path.exists(f"{folder}/extra.json"):
    with open(f"{folder}/extra.json") as file:
        extra = json.load(file)
torch.set_num_threads(int(os.environ.get("CAPSTAN_THREADS", "2")))


def part(which):
    """Samples and labels of 'train', 'test' and the like, as arrays."""
    with open(f"{folder}/{which}.json") as file:
        layout = json.load(file)
    return tuple(
        np.fromfile(f"{folder}/{which}.{kind}", dtype=layout[kind]["type"]).reshape(layout[kind]["shape"])
        for kind in ("samples", "labels")
    )


def parameters(model):
    return sum(p.numel() for p in model.parameters() if p.requires_grad)


def batches(count, size):
    """A new order every epoch; the last batch may be smaller."""
    return torch.randperm(count).split(size)


class Clock:
    """Seconds inside `with` blocks: training without validation."""

    seconds = 0.0

    def __enter__(self):
        self.began = time.perf_counter()

    def __exit__(self, *_):
        self.seconds += time.perf_counter() - self.began


said = 0.0


def say(what, figures, **software):
    """One line for each thing measured, as soon as it is; what else is printed goes to stderr."""
    global said
    figures = {**figures, "processorSeconds": time.process_time() - said}
    said = time.process_time()
    versions = {"python": platform.python_version(), "torch": torch.__version__, **software}
    print(json.dumps({"what": what, "figures": figures, "software": versions}))
