"""The pictures' references in PyTorch: the same layers, optimiser, batch and epochs as the examples."""
import sys

import torch
from torch import nn
from torch.nn import functional as F

from split import Clock, batches, name, parameters, part, say


def simplecnn():
    return nn.Sequential(nn.Conv2d(1, 32, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(32 * 13 * 13, 10))


def conv(inputs, outputs, kernel, stride=1):
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, bias=False), nn.BatchNorm2d(outputs)
    )


class Block(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.inner = nn.Sequential(conv(inputs, outputs, 3, stride), nn.ReLU(), conv(outputs, outputs, 3))
        self.shortcut = nn.Identity() if inputs == outputs else conv(inputs, outputs, 1, stride)

    def forward(self, x):
        return F.relu(self.shortcut(x) + self.inner(x))


def resnet():
    return nn.Sequential(
        conv(3, 16, 3),
        nn.ReLU(),
        Block(16, 16, 1),
        Block(16, 32, 2),
        Block(32, 64, 2),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(64, 10),
    )


def accuracy(model, x, y):
    model.eval()
    right = 0
    with torch.no_grad():
        for i in range(0, len(x), 500):
            right += (model(x[i : i + 500].float() / 255).argmax(1) == y[i : i + 500]).sum().item()
    model.train()
    return right / len(x)


torch.manual_seed(1)
(x, y), (tx, ty) = [[torch.from_numpy(v) for v in part(which)] for which in ("train", "test")]
y, ty = y.long(), ty.long()
residual = name == "resnet-cifar10"
model = resnet() if residual else simplecnn()
epochs, size = (1, 64) if residual else (5, 64)
schedule = None
if residual:
    steps = -(-len(x) // size) * epochs
    optimiser = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9, nesterov=True, weight_decay=5e-4)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, max_lr=0.1, total_steps=steps, cycle_momentum=False)
else:
    optimiser = torch.optim.Adam(model.parameters(), lr=1e-3)
clock = Clock()
for epoch in range(epochs):
    with clock:
        for index in batches(len(x), size):
            pictures = x[index].float() / 255
            if residual:
                mirrored = torch.rand(len(index)) < 0.5
                pictures[mirrored] = pictures[mirrored].flip(3)
            optimiser.zero_grad()
            F.cross_entropy(model(pictures), y[index]).backward()
            optimiser.step()
            if schedule:
                schedule.step()
    print(epoch + 1, accuracy(model, tx, ty), f"{clock.seconds:.0f} s", file=sys.stderr, flush=True)
say(
    f"PyTorch {torch.__version__} CPU",
    {"accuracy": accuracy(model, tx, ty), "seconds": clock.seconds, "parameters": parameters(model)},
)
