"""A residual CNN on CIFAR-10 in PyTorch (CPU): seconds for some steps, one JSON line per round on stdout.

usage: resnet_torch.py SAMPLES LABELS WEIGHTS ROUNDS STEPS BATCH WIDTHS BLOCKS THREADS
SAMPLES and LABELS are raw bytes ([n, 3, 32, 32] and [n]); WEIGHTS holds the initial parameters as raw floats, in the
order of parameters(). A line on stdin starts the next round, so that two programs can take turns on one machine.
Batches are the pictures in their order, as in the program that this is compared with.
"""
import json
import resource
import sys
import time

import torch
from torch import nn


def norm_conv(inputs, outputs, kernel, stride):
    return nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, bias=False), nn.BatchNorm2d(outputs)


class Block(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.inner = nn.Sequential(
            *norm_conv(inputs, outputs, 3, stride), nn.ReLU(inplace=True), *norm_conv(outputs, outputs, 3, 1)
        )
        same = stride == 1 and inputs == outputs
        self.shortcut = nn.Identity() if same else nn.Sequential(*norm_conv(inputs, outputs, 1, stride))

    def forward(self, x):
        return torch.relu_(self.shortcut(x) + self.inner(x))


class ResNet(nn.Module):
    def __init__(self, widths, blocks):
        super().__init__()
        self.stem = nn.Sequential(*norm_conv(3, widths[0], 3, 1), nn.ReLU(inplace=True))
        before = [widths[0], *widths]
        self.stages = nn.Sequential(
            *(
                Block(before[i] if j == 0 else width, width, 2 if i > 0 and j == 0 else 1)
                for i, width in enumerate(widths)
                for j in range(blocks)
            )
        )
        self.head = nn.Linear(widths[-1], 10)

    def forward(self, x):
        return self.head(self.stages(self.stem(x)).mean((2, 3)))


def bytes_of(path):
    with open(path, "rb") as file:
        return torch.frombuffer(bytearray(file.read()), dtype=torch.uint8)


def load(model, path):
    with open(path, "rb") as file:
        floats = torch.frombuffer(bytearray(file.read()), dtype=torch.float32)
    parts = floats.split([p.numel() for p in model.parameters()])
    with torch.no_grad():
        for p, part in zip(model.parameters(), parts):
            p.copy_(part.view_as(p))


def main():
    samples, labels, weights, rounds, steps, batch, widths, blocks, threads = sys.argv[1:]
    steps, batch = int(steps), int(batch)
    torch.set_num_threads(int(threads))
    x = bytes_of(samples).view(-1, 3, 32, 32)
    y = bytes_of(labels)
    model = ResNet([int(w) for w in widths.split(",")], int(blocks))
    load(model, weights)
    optimiser = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9, weight_decay=5e-4)
    criterion = nn.CrossEntropyLoss()
    print(json.dumps({"ready": torch.__version__}), flush=True)
    at = 0
    for _ in range(int(rounds)):
        sys.stdin.readline()
        began = time.perf_counter()
        for _ in range(steps):
            rows = slice(at, at + batch)
            at = (at + batch) % (len(x) - batch + 1)
            optimiser.zero_grad()
            loss = criterion(model(x[rows].float() / 255), y[rows].long())
            loss.backward()
            optimiser.step()
        seconds = time.perf_counter() - began
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(json.dumps({"seconds": seconds, "loss": loss.item(), "peakMiB": peak}), flush=True)


main()
