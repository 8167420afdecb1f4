"""The texts' references in PyTorch: the same layers, optimiser, batch and epochs as the examples."""
import math
import sys

import torch
from torch import nn
from torch.nn import functional as F
from torch.nn.utils.rnn import pack_padded_sequence

from split import Clock, batches, extra, name, parameters, part, say


def rotated(x):
    """Positions turn queries and keys (Su et al., 2021), halves of a head paired: [N, heads, T, d]."""
    t, d = x.shape[-2:]
    angle = torch.arange(t)[:, None] / 10_000 ** (torch.arange(0, d, 2) / d)
    cos, sin = torch.cos(angle).repeat(1, 2), torch.sin(angle).repeat(1, 2)
    first, second = x.chunk(2, -1)
    return x * cos + torch.cat([-second, first], -1) * sin


class Attention(nn.Module):
    def __init__(self, size, heads, causal, dropout):
        super().__init__()
        inner = nn.MultiheadAttention(size, heads)  # for its initialisation
        self.in_proj_weight, self.in_proj_bias = inner.in_proj_weight, inner.in_proj_bias
        self.out_proj, self.adapter = inner.out_proj, None
        self.heads, self.causal, self.dropout = heads, causal, nn.Dropout(dropout)

    def project(self, x):
        return self.adapter(x) if self.adapter else F.linear(x, self.in_proj_weight, self.in_proj_bias)

    def forward(self, x, words):
        n, t, size = x.shape
        q, k, v = self.project(x).chunk(3, -1)
        q, k, v = [p.view(n, t, self.heads, -1).transpose(1, 2) for p in (q, k, v)]
        scores = rotated(q) @ rotated(k).transpose(-1, -2) / math.sqrt(size / self.heads)
        if self.causal:
            scores = scores + torch.full((t, t), -1e9).triu(1)
        if words is not None:
            scores = scores.masked_fill(~words[:, None, None], -1e9)
        seen = self.dropout(scores.softmax(-1)) @ v
        return self.out_proj(seen.transpose(1, 2).reshape(n, t, size))


class Block(nn.Module):
    def __init__(self, size, heads, hidden, activation, causal=False, dropout=0.0):
        super().__init__()
        self.self_attn = Attention(size, heads, causal, dropout)
        self.linear1, self.linear2 = nn.Linear(size, hidden), nn.Linear(hidden, size)
        self.norm1, self.norm2 = nn.LayerNorm(size), nn.LayerNorm(size)
        self.activation, self.dropout = activation, nn.Dropout(dropout)

    def forward(self, x, words=None):
        x = x + self.dropout(self.self_attn(self.norm1(x), words))
        return x + self.dropout(self.linear2(self.dropout(self.activation(self.linear1(self.norm2(x))))))


class AttentionSentiment(nn.Module):
    def __init__(self, vocabulary):
        super().__init__()
        self.words = nn.Embedding(vocabulary, 32)
        self.block = Block(32, 2, 64, F.relu, dropout=0.1)
        self.norm, self.head = nn.LayerNorm(32), nn.Linear(32, 2)

    def forward(self, x):
        word = x > 0
        read = self.block(self.words(x), word) * word[..., None]
        return self.head(self.norm(read.sum(1) / word.sum(1, keepdim=True)))


class GruSentiment(nn.Module):
    def __init__(self, vocabulary):
        super().__init__()
        self.words, self.gru = nn.Embedding(vocabulary, 64), nn.GRU(64, 64, batch_first=True)
        self.dropout, self.head = nn.Dropout(0.2), nn.Linear(64, 2)

    def forward(self, x):
        packed = pack_padded_sequence(self.words(x), (x > 0).sum(1), batch_first=True, enforce_sorted=False)
        return self.head(self.dropout(self.gru(packed)[1][0]))


class Gpt(nn.Module):
    def __init__(self, vocabulary, layers, size=128):
        super().__init__()
        self.characters = nn.Embedding(vocabulary, size)
        self.blocks = nn.Sequential(*[Block(size, 4, 4 * size, F.gelu, causal=True) for _ in range(layers)])
        self.norm, self.head = nn.LayerNorm(size), nn.Linear(size, vocabulary)

    def forward(self, x):
        return self.head(self.norm(self.blocks(self.characters(x))))


class Lora(nn.Module):
    """y + alpha / rank B A x, with alpha twice the rank (Hu et al., 2022)."""

    def __init__(self, linear, rank):
        super().__init__()
        self.linear = linear
        self.a = nn.Parameter(torch.empty(rank, linear.in_features).uniform_(-1, 1) / math.sqrt(linear.in_features))
        self.b = nn.Parameter(torch.zeros(linear.out_features, rank))

    def forward(self, x):
        return self.linear(x) + 2 * F.linear(F.linear(x, self.a), self.b)


def projection(attention):
    """Attention's joint projection of queries, keys and values as a layer."""
    size = attention.in_proj_weight.shape[1]
    linear = nn.Linear(size, 3 * size)
    linear.weight, linear.bias = attention.in_proj_weight, attention.in_proj_bias
    return linear


def add_lora(model, rank):
    for p in model.parameters():
        p.requires_grad = False
    for block in model.blocks:
        block.self_attn.adapter = Lora(projection(block.self_attn), rank)
        block.linear1, block.linear2 = Lora(block.linear1, rank), Lora(block.linear2, rank)
        block.self_attn.out_proj = Lora(block.self_attn.out_proj, rank)


def groups(model, decay):
    """Norms, biases and the GPT's embedding do not decay."""
    free, kept = [], []
    for key, p in model.named_parameters():
        if p.requires_grad:
            (free if "norm" in key or key.endswith("bias") or key.startswith("characters") else kept).append(p)
    return [{"params": kept, "weight_decay": decay}, {"params": free, "weight_decay": 0.0}]


def measure(model, x, y, size=100):
    """Mean cross-entropy in nats, and the share of right answers."""
    model.eval()
    loss = right = 0
    with torch.no_grad():
        for i in range(0, len(x), size):
            scores, wanted = model(x[i : i + size]), y[i : i + size].flatten()
            scores = scores.view(-1, scores.shape[-1])
            loss += F.cross_entropy(scores, wanted, reduction="sum").item()
            right += (scores.argmax(1) == wanted).sum().item()
    model.train()
    return loss / y.numel(), right / y.numel()


def train(model, data, test, optimiser, epochs, size, rate=None, clip=None):
    """Trains; `rate` gives the learning rate of each step."""
    (x, y), clock, step = data, Clock(), 0
    steps = epochs * -(-len(x) // size)
    for epoch in range(epochs):
        with clock:
            for index in batches(len(x), size):
                for group in optimiser.param_groups if rate else []:
                    group["lr"] = rate(step, steps)
                scores = model(x[index])
                optimiser.zero_grad()
                F.cross_entropy(scores.view(-1, scores.shape[-1]), y[index].flatten()).backward()
                if clip:
                    nn.utils.clip_grad_norm_([p for p in model.parameters() if p.requires_grad], clip)
                optimiser.step()
                step += 1
        print(epoch + 1, measure(model, *test), f"{clock.seconds:.0f} s", file=sys.stderr, flush=True)
    return clock.seconds


def warm_cosine(peak):
    """Fifty steps up, then along half a cosine to a tenth."""

    def rate(step, steps):
        if step < 50:
            return peak * (step + 1) / 51
        low = peak / 10
        return low + (peak - low) * (1 + math.cos(math.pi * (step - 50) / (steps - 50))) / 2

    return rate


def tensors(which):
    x, y = part(which)
    return torch.from_numpy(x).long(), torch.from_numpy(y).long()


def train_gpt(model, prefix="", size=32, rate=2e-3):
    optimiser = torch.optim.AdamW(groups(model, 0.1), lr=rate)
    data, test = tensors(f"{prefix}train"), tensors(f"{prefix}test")
    return train(model, data, test, optimiser, 1, size, warm_cosine(rate), 1)


def imdb():
    data, test = tensors("train"), tensors("test")
    if name == "imdb-attention":
        model = AttentionSentiment(extra["vocabulary"])
        optimiser, clip = torch.optim.AdamW(groups(model, 0.01), lr=1e-3), None
    else:
        model = GruSentiment(extra["vocabulary"])
        optimiser, clip = torch.optim.Adam(model.parameters(), lr=2e-3), 1
    seconds = train(model, data, test, optimiser, 2, 64, clip=clip)
    return {"accuracy": measure(model, *test)[1], "seconds": seconds, "parameters": parameters(model)}


def gpt():
    model = Gpt(extra["vocabulary"], 2)
    seconds = train_gpt(model, size=16, rate=3e-3)
    bits = measure(model, *tensors("test"))[0] / math.log(2)
    return {"bitsPerCharacter": bits, "seconds": seconds, "parameters": parameters(model)}


def lora():
    model = Gpt(extra["vocabulary"], 2)
    train_gpt(model, "base-")
    add_lora(model, 8)
    before = measure(model, *tensors("test"))[0] / math.log(2)
    seconds = train_gpt(model)
    after = measure(model, *tensors("test"))[0] / math.log(2)
    every = sum(p.numel() for p in model.parameters())
    return {
        "bitsBefore": before,
        "bitsAfter": after,
        "seconds": seconds,
        "trainable": parameters(model),
        "parameters": every,
    }


torch.manual_seed(1)
measured = {
    "imdb-attention": imdb,
    "imdb-gru": imdb,
    "char-gpt": gpt,
    "char-gpt-songci": gpt,
    "lora": lora,
}[name]()
say(f"PyTorch {torch.__version__} CPU", measured)
