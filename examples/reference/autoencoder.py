"""The autoencoder's references: principal components (scikit-learn), and the same autoencoder in PyTorch."""
import time

import numpy as np
import sklearn
import torch
from sklearn.decomposition import PCA
from torch import nn
from torch.nn import functional as F

from split import Clock, batches, parameters, part, say

train, test = [part(which)[0].reshape(-1, 784).astype(np.float32) / 255 for which in ("train", "test")]

began = time.perf_counter()
pca = PCA(32, svd_solver="full").fit(train)
seconds = time.perf_counter() - began
error = float(np.mean((pca.inverse_transform(pca.transform(test)) - test) ** 2))
components = {"squaredError": error, "seconds": seconds, "parameters": 32 * 784 + 784}
say("scikit-learn PCA, 32 components", components, scikit_learn=sklearn.__version__)

torch.manual_seed(1)
x, tx = torch.from_numpy(train), torch.from_numpy(test)
model = nn.Sequential(
    *[nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 32)],
    *[nn.Linear(32, 256), nn.ReLU(), nn.Linear(256, 784), nn.Sigmoid()],
)
optimiser = torch.optim.Adam(model.parameters(), lr=1e-3)
clock = Clock()
for epoch in range(15):
    with clock:
        for index in batches(len(x), 128):
            optimiser.zero_grad()
            F.mse_loss(model(x[index]), x[index]).backward()
            optimiser.step()
with torch.no_grad():
    error = F.mse_loss(model(tx), tx).item()
say(
    f"PyTorch {torch.__version__} CPU",
    {"squaredError": error, "seconds": clock.seconds, "parameters": parameters(model)},
)
