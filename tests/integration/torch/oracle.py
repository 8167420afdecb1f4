"""What PyTorch makes of the cases that the tests send: a JSON request a line on stdin, a JSON answer a line on stdout."""

import json
import math
import sys

import torch
from torch import nn
from torch.nn import functional as F

torch.set_num_threads(1)


def tensor(given, grad=False):
    kind = {"float32": torch.float32, "int32": torch.int64, "int64": torch.int64, "bool": torch.bool}[given["dtype"]]
    made = torch.tensor(given["data"], dtype=kind).reshape(given["shape"])
    return made.requires_grad_(True) if grad else made


def answer(value):
    return {"shape": list(value.shape), "data": value.detach().to(torch.float64).flatten().tolist()}


class RmsNorm(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(size))

    def forward(self, x):
        return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + 1e-6) * self.weight


class Rotary(nn.Module):
    """Attention to itself whose queries and keys are turned by their positions, halves of a head paired."""

    def __init__(self, size, heads, causal):
        super().__init__()
        self.in_proj_weight = nn.Parameter(torch.zeros(3 * size, size))
        self.in_proj_bias = nn.Parameter(torch.zeros(3 * size))
        self.out_proj = nn.Linear(size, size)
        self.heads, self.causal = heads, causal

    def forward(self, x):
        n, t, size = x.shape
        d = size // self.heads
        q, k, v = (
            part.reshape(n, t, self.heads, d).transpose(1, 2)
            for part in F.linear(x, self.in_proj_weight, self.in_proj_bias).chunk(3, -1)
        )
        rate = 10000.0 ** (-torch.arange(0, d, 2, dtype=torch.float32) / d)
        angle = torch.arange(t, dtype=torch.float32)[:, None] * rate
        turn = torch.polar(torch.ones_like(angle), angle)

        def turned(value):
            first, second = value.chunk(2, -1)
            both = torch.view_as_real(torch.complex(first, second) * turn)
            return torch.cat([both[..., 0], both[..., 1]], -1)

        scores = turned(q) @ turned(k).transpose(-1, -2) / math.sqrt(d)
        if self.causal:
            scores = scores.masked_fill(torch.ones(t, t).triu(1).bool(), -math.inf)
        return self.out_proj((scores.softmax(-1) @ v).transpose(1, 2).reshape(n, t, size))


class Lora(nn.Module):
    def __init__(self, inputs, outputs, rank, scale):
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(outputs, inputs))
        self.bias = nn.Parameter(torch.zeros(outputs))
        self.lora_A = nn.Parameter(torch.zeros(rank, inputs))
        self.lora_B = nn.Parameter(torch.zeros(outputs, rank))
        self.scale = scale

    def forward(self, x):
        return F.linear(x, self.weight, self.bias) + self.scale * F.linear(F.linear(x, self.lora_A), self.lora_B)


class Residual(nn.Module):
    def __init__(self, inner, shortcut=None):
        super().__init__()
        self.inner = made(inner)
        self.shortcut = shortcut and made(shortcut)

    def forward(self, x):
        return (self.shortcut(x) if self.shortcut else x) + self.inner(x)


class Sequential(nn.Module):
    def __init__(self, *layers):
        super().__init__()
        self.layers = nn.ModuleList([made(layer) for layer in layers])

    def forward(self, x):
        for layer in self.layers:
            x = layer(x)
        return x


own = {"RmsNorm": RmsNorm, "Rotary": Rotary, "Lora": Lora, "Residual": Residual, "Sequential": Sequential}


def made(spec):
    return (own.get(spec["kind"]) or getattr(nn, spec["kind"]))(*spec.get("args", []), **spec.get("options", {}))


def causal(length):
    return torch.ones(length, length).triu(1).bool()


def call(model, spec, x, extra):
    kind = spec["kind"]
    if kind in ("RNN", "LSTM", "GRU"):
        packed = x
        if "lengths" in extra:
            packed = nn.utils.rnn.pack_padded_sequence(x, extra["lengths"], batch_first=True, enforce_sorted=False)
        outputs, state = model(packed)
        if "lengths" in extra:
            outputs, _ = nn.utils.rnn.pad_packed_sequence(outputs, batch_first=True, total_length=x.shape[1])
        if not spec.get("last"):
            return outputs
        h = state[0] if kind == "LSTM" else state
        return torch.cat(list(h[-2:] if model.bidirectional else h[-1:]), -1)
    if kind == "MultiheadAttention":
        memory = extra.get("memory", x)
        mask = extra.get("mask")
        if spec.get("causal"):
            mask = causal(x.shape[1])
        elif mask is not None and mask.dtype == torch.bool:
            mask = ~mask
        return model(x, memory, memory, attn_mask=mask, need_weights=False)[0]
    if kind == "TransformerEncoderLayer":
        return model(x, src_mask=causal(x.shape[1]) if spec.get("causal") else None)
    if kind == "TransformerDecoderLayer":
        return model(x, extra["memory"], tgt_mask=causal(x.shape[1]))
    return model(x)


def module(request):
    spec = request["module"]
    model = made(spec)
    state = {name: tensor(value) for name, value in request["state"].items()}
    missing, unexpected = model.load_state_dict(state, strict=False)
    missing = [name for name in missing if not name.endswith("num_batches_tracked")]
    if missing or unexpected:
        raise ValueError(f"names differ: {missing} missing, {unexpected} unexpected")
    model.train(request["training"])
    floats = request["x"]["dtype"] == "float32"
    x = tensor(request["x"], floats)
    extra = {name: tensor(value, value["dtype"] == "float32" and name == "memory") for name, value in request["extra"].items()}
    out = call(model, spec, x, extra)
    (out * tensor(request["weights"])).sum().backward()
    return {
        "out": answer(out),
        "dx": answer(x.grad) if floats else None,
        "dmemory": answer(extra["memory"].grad) if "memory" in extra else None,
        "gradients": {name: answer(p.grad) for name, p in model.named_parameters()},
        "buffers": {name: answer(b) for name, b in model.named_buffers() if not name.endswith("num_batches_tracked")},
    }


def contrastive(pairs, alike, margin):
    # the distance of PyTorch's pairwise_distance has a small number added to each difference; this one has none
    d = (pairs[:, 0] - pairs[:, 1]).pow(2).sum(-1).sqrt()
    return (alike * d.pow(2) + (1 - alike) * (margin - d).clamp(min=0).pow(2)).mean() / 2


def classes_second(x):
    return x.movedim(-1, 1) if x.dim() > 2 else x


losses = {
    "crossEntropy": lambda x, y, o: F.cross_entropy(
        classes_second(x),
        classes_second(y) if y.dtype.is_floating_point else y,
        weight=torch.tensor(o["classWeights"]) if "classWeights" in o else None,
        ignore_index=o.get("ignoreIndex", -100),
        label_smoothing=o.get("labelSmoothing", 0.0),
    ),
    "binaryCrossEntropy": lambda x, y, o: (
        F.binary_cross_entropy_with_logits(x, y, pos_weight=torch.tensor(o.get("positiveWeight", 1.0)))
        if o.get("logits", True)
        else F.binary_cross_entropy(x, y)
    ),
    "meanSquaredError": lambda x, y, o: F.mse_loss(x, y),
    "meanAbsoluteError": lambda x, y, o: F.l1_loss(x, y),
    "huber": lambda x, y, o: F.huber_loss(x, y, delta=o.get("delta", 1.0)),
    "klDivergence": lambda x, y, o: F.kl_div(x.log_softmax(-1), y, reduction="none").sum(-1).mean(),
    "cosineDistance": lambda x, y, o: (1 - F.cosine_similarity(x, y, dim=-1)).mean(),
    "cosineEmbedding": lambda x, y, o: F.cosine_embedding_loss(x[:, 0], x[:, 1], 2 * y - 1, margin=o.get("margin", 0.0)),
    "contrastive": lambda x, y, o: contrastive(x, y, o.get("margin", 1.0)),
    "ctc": lambda x, y, o: F.ctc_loss(
        x.log_softmax(-1).transpose(0, 1),
        y.clamp(min=0),
        torch.full((x.shape[0],), x.shape[1]),
        (y >= 0).sum(-1),
        blank=o.get("blank", 0),
        zero_infinity=True,
    ),
}


def loss(request):
    x = tensor(request["x"], True)
    value = losses[request["loss"]](x, tensor(request["y"]), request["options"])
    value.backward()
    return {"loss": answer(value), "dx": answer(x.grad)}


class Lion(torch.optim.Optimizer):
    """Chen et al., 2023, algorithm 2."""

    def __init__(self, params, lr=1e-4, betas=(0.9, 0.99), weight_decay=0.0):
        super().__init__(params, {"lr": lr, "betas": betas, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            first, second = group["betas"]
            for p in group["params"]:
                m = self.state[p].setdefault("m", torch.zeros_like(p))
                p.mul_(1 - group["lr"] * group["weight_decay"])
                p.add_(torch.sign(first * m + (1 - first) * p.grad), alpha=-group["lr"])
                m.mul_(second).add_(p.grad, alpha=1 - second)


def optimiser(request):
    model = made(request["module"])
    model.load_state_dict({name: tensor(value) for name, value in request["state"].items()})
    names = dict(model.named_parameters())
    chosen = [name for group in request["groups"] for name in group["names"]]
    groups = [{**group["options"], "params": [names[n] for n in group["names"]]} for group in request["groups"]]
    rest = [p for n, p in names.items() if n not in chosen]
    kind = Lion if request["kind"] == "Lion" else getattr(torch.optim, request["kind"])
    steps = kind([*groups, {"params": rest}] if groups else rest, **request["options"])
    x, y = tensor(request["x"]), tensor(request["y"])
    rates = request.get("rates")
    average = {name: p.detach().clone() for name, p in names.items()} if "ema" in request else {}
    found = []
    for i, at in enumerate(request["batches"]):
        if rates:
            for group in steps.param_groups:
                group["lr"] = rates[i]
        value = F.mse_loss(model(x[at]), y[at])
        steps.zero_grad()
        value.backward()
        found.append(value.item())
        if "value" in request["clip"]:
            nn.utils.clip_grad_value_(names.values(), request["clip"]["value"])
        if "norm" in request["clip"]:
            nn.utils.clip_grad_norm_(names.values(), request["clip"]["norm"])
        steps.step()
        for name in average:
            average[name].mul_(request["ema"]).add_(names[name].detach(), alpha=1 - request["ema"])
    return {
        "losses": found,
        "state": {name: answer(p) for name, p in names.items()},
        "average": {name: answer(p) for name, p in average.items()},
    }


def schedule(request):
    p = nn.Parameter(torch.zeros(1))
    steps = torch.optim.SGD([p], lr=request["rate"])
    options = request["options"]
    if request["kind"] == "WarmUp":
        made_of = torch.optim.lr_scheduler.LambdaLR(steps, lambda i: min(1.0, (i + 1) / (options["steps"] + 1)))
    else:
        made_of = getattr(torch.optim.lr_scheduler, request["kind"])(steps, **options)
    rates = []
    for i in range(request["count"]):
        rates.append(steps.param_groups[0]["lr"])
        steps.step()
        made_of.step(*([request["losses"][i]] if "losses" in request else []))
    return {"rates": rates}


jobs = {"module": module, "loss": loss, "optimiser": optimiser, "schedule": schedule}

for line in sys.stdin:
    asked = json.loads(line)
    try:
        result = jobs[asked["job"]](asked)
    except Exception as error:  # the test that asked shows it
        result = {"error": f"{type(error).__name__}: {error}"}
    print(json.dumps(result), flush=True)
