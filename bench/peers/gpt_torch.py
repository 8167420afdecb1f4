"""A GPT in PyTorch (CPU): seconds for some training steps, one JSON line a round on stdout.

usage: gpt_torch.py LAYERS HEADS WIDTH BLOCK BATCH STEPS ROUNDS THREADS
A line on stdin starts the next round, so that two programs can take turns on one machine.
"""
import json
import math
import resource
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F

layers, heads, width, block, batch, steps, rounds, threads = map(int, sys.argv[1:])
vocabulary = 65
torch.set_num_threads(threads)
torch.manual_seed(1)


class Attention(nn.Module):
    def __init__(self):
        super().__init__()
        self.qkv = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)
        self.register_buffer("mask", torch.tril(torch.ones(block, block)).bool().logical_not()[None, None])

    def forward(self, x):
        n, t, c = x.shape
        q, k, v = (p.view(n, t, heads, c // heads).transpose(1, 2) for p in self.qkv(x).split(width, 2))
        scores = (q @ k.transpose(-2, -1)) * (1 / math.sqrt(c // heads))
        weights = F.softmax(scores.masked_fill(self.mask, float("-inf")), dim=-1)
        return self.out((weights @ v).transpose(1, 2).reshape(n, t, c))


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.attention = Attention()
        self.linear1, self.linear2 = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def forward(self, x):
        x = x + self.attention(self.norm1(x))
        return x + self.linear2(F.gelu(self.linear1(self.norm2(x))))


class Gpt(nn.Module):
    def __init__(self):
        super().__init__()
        self.wte = nn.Embedding(vocabulary, width)
        self.wpe = nn.Parameter(torch.randn(block, width) * 0.02)
        self.h = nn.Sequential(*(Block() for _ in range(layers)))
        self.norm = nn.LayerNorm(width)
        self.head = nn.Linear(width, vocabulary, bias=False)

    def forward(self, tokens):
        return self.head(self.norm(self.h(self.wte(tokens) + self.wpe)))


model = Gpt()
optimiser = torch.optim.AdamW(model.parameters(), lr=1e-3)
tokens = torch.randint(0, vocabulary, (4096, block + 1))
print(json.dumps({"ready": torch.__version__, "parameters": sum(p.numel() for p in model.parameters())}), flush=True)
for _ in range(rounds):
    sys.stdin.readline()
    began = time.perf_counter()
    for _ in range(steps):
        rows = tokens[torch.randint(0, len(tokens), (batch,))]
        loss = F.cross_entropy(model(rows[:, :-1]).view(-1, vocabulary), rows[:, 1:].reshape(-1))
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        optimiser.step()
    seconds = time.perf_counter() - began
    print(json.dumps({"seconds": seconds, "loss": loss.item(), "peakMiB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}), flush=True)
