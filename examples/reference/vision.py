"""The pictures' references in PyTorch: the same layers, optimiser, batch and epochs as the examples."""
import sys

import torch
from torch import nn
from torch.nn import functional as F

from split import Clock, batches, name, parameters, part, say


def simplecnn():
    return nn.Sequential(nn.Conv2d(1, 32, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(32 * 13 * 13, 10))


def accuracy(model, x, y):
    model.eval()
    with torch.no_grad():
        right = sum((model(x[i : i + 500].float() / 255).argmax(1) == y[i : i + 500]).sum().item() for i in range(0, len(x), 500))
    model.train()
    return right / len(x)


torch.manual_seed(1)
(x, y), (tx, ty) = [[torch.from_numpy(v) for v in part(which)] for which in ("train", "test")]
y, ty = y.long(), ty.long()
model = simplecnn()
epochs, size = 5, 64
optimiser = torch.optim.Adam(model.parameters(), lr=1e-3)
clock = Clock()
for epoch in range(epochs):
    with clock:
        for index in batches(len(x), size):
            optimiser.zero_grad()
            F.cross_entropy(model(x[index].float() / 255), y[index]).backward()
            optimiser.step()
    print(epoch + 1, accuracy(model, tx, ty), file=sys.stderr, flush=True)
say(
    f"PyTorch {torch.__version__} CPU, the same model",
    {"accuracy": accuracy(model, tx, ty), "seconds": clock.seconds, "parameters": parameters(model)},
)
