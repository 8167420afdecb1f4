"""Writes event files by a real TensorBoard writer: scalars, hyperparameters, a histogram and a picture."""
import sys
import numpy
from tensorboardX import SummaryWriter

root = sys.argv[1]
for name, scale in (("a", 1.0), ("nested/b", 2.0)):
    writer = SummaryWriter(f"{root}/{name}")
    for step in range(100):
        writer.add_scalar("train/loss", scale / (step + 1), step)
    writer.add_scalar("odd", float("nan"), 0)
    writer.add_histogram("weights", numpy.arange(100.0), 1)
    writer.add_image("picture", numpy.zeros((3, 4, 4), dtype=numpy.uint8), 1)
    writer.add_text("note", "hello", 1)
    writer.add_hparams({"lr": 0.1, "optimizer": "adam", "nesterov": True}, {"final": scale}, name="trial")
    writer.close()
