"""SimpleCNN on MNIST in PyTorch (CPU): seconds an epoch, one JSON line per epoch on stdout.

usage: simplecnn_torch.py IMAGES LABELS EPOCHS STEPS THREADS  (STEPS 0: the whole epoch)
A line on stdin starts the next epoch, so that two programs can take turns on one machine.
"""
import json
import resource
import sys
import time

import torch
from torch import nn


class SimpleCNN(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 32, 3)
        self.fc1 = nn.Linear(32 * 13 * 13, 10)

    def forward(self, x):
        x = nn.functional.max_pool2d(torch.relu(self.conv1(x)), 2)
        return self.fc1(x.flatten(1))


def idx(path, header):
    with open(path, "rb") as file:
        return torch.frombuffer(bytearray(file.read()[header:]), dtype=torch.uint8)


images, labels, epochs, steps, threads = sys.argv[1:]
torch.set_num_threads(int(threads))
torch.manual_seed(1)
x = (idx(images, 16).float() / 255).view(-1, 1, 28, 28)
y = idx(labels, 8).long()
model = SimpleCNN()
optimiser = torch.optim.Adam(model.parameters(), lr=1e-3)
criterion = nn.CrossEntropyLoss()
print(json.dumps({"ready": torch.__version__}), flush=True)
for epoch in range(int(epochs)):
    sys.stdin.readline()
    began = time.perf_counter()
    batches = torch.randperm(len(x)).split(64)[: int(steps) or None]
    for batch in batches:
        optimiser.zero_grad()
        loss = criterion(model(x[batch]), y[batch])
        loss.backward()
        optimiser.step()
    seconds = time.perf_counter() - began
    print(json.dumps({"seconds": seconds, "steps": len(batches), "loss": loss.item(), "peakMiB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}), flush=True)
