"""Writes modules-torch.json: outputs and gradients of PyTorch's modules for parameters and inputs made of sines."""
import json, math, torch
from torch import nn

def sines(shape, scale, k):
    n = math.prod(shape)
    return torch.tensor([scale * math.sin(k * (i + 1)) for i in range(n)], dtype=torch.float64).reshape(shape)

def flat(t):
    return [float(f"{v:.7g}") for v in t.detach().flatten().tolist()]

cases = {}

def case(name, module, shape, memory=None, call=None, tokens=None):
    module = module.double().train()
    names = sorted(n for n, _ in module.named_parameters())
    parameters = dict(module.named_parameters())
    with torch.no_grad():
        for j, n in enumerate(names):
            parameters[n].copy_(sines(list(parameters[n].shape), 0.5, 0.7 + 0.13 * j))
    if tokens is None:
        x = sines(shape, 1, 0.37).requires_grad_()
    else:
        x = torch.tensor(tokens)
    inputs = [x] if memory is None else [x, sines(memory, 1, 0.53).requires_grad_()]
    out = (call or (lambda m, *a: m(*a)))(module, *inputs)
    (out * sines(list(out.shape), 1, 0.91)).sum().backward()
    cases[name] = {
        "shape": list(x.shape),
        **({"memory": memory} if memory else {}),
        **({"tokens": x.flatten().tolist()} if tokens else {"dx": flat(x.grad)}),
        "outShape": list(out.shape),
        "out": flat(out),
        "gradients": {n: flat(parameters[n].grad) for n in names},
    }
    buffers = {n: flat(b) for n, b in module.named_buffers() if b.dtype == torch.float64}
    if buffers:
        cases[name]["buffers"] = buffers
        cases[name]["evaluated"] = flat(module.eval()(x))

def causal(n):
    return torch.triu(torch.full((n, n), float("-inf"), dtype=torch.float64), diagonal=1)

first = lambda m, *a: m(*a)[0]
case("conv1d", nn.Conv1d(3, 4, 3, stride=2, padding=1), [2, 3, 7])
case("conv2d", nn.Conv2d(4, 4, 3, padding=2, dilation=2, groups=2), [2, 4, 5, 4])
case("conv3d", nn.Conv3d(2, 2, 2), [1, 2, 3, 4, 3])
case("convTransposed1d", nn.ConvTranspose1d(4, 2, 3, stride=2, padding=1, output_padding=1), [2, 4, 5])
case("convTransposed2d", nn.ConvTranspose2d(4, 4, 3, stride=2, groups=2), [1, 4, 3, 3])
case("convTransposed3d", nn.ConvTranspose3d(2, 1, 2), [1, 2, 2, 3, 2])
case("avgPool2d", nn.AvgPool2d(3, stride=2, padding=1), [1, 2, 5, 5])
case("gelu", nn.GELU(), [2, 5])
case("silu", nn.SiLU(), [2, 5])
case("layerNorm", nn.LayerNorm([3, 5]), [2, 4, 3, 5])
case("groupNorm", nn.GroupNorm(2, 4), [2, 4, 3, 3])
case("batchNorm", nn.BatchNorm1d(3), [4, 3, 5])
case("embedding", nn.Embedding(6, 4), None, tokens=[[1, 5, 1], [0, 2, 5]])
case("lstm", nn.LSTM(3, 4, num_layers=2, batch_first=True), [2, 5, 3], call=first)
case("gru", nn.GRU(3, 4, num_layers=2, batch_first=True), [2, 5, 3], call=first)
case("rnn", nn.RNN(3, 4, batch_first=True), [2, 5, 3], call=first)
attention = lambda m, x, y: m(x, y, y, need_weights=False)[0]
case("attention", nn.MultiheadAttention(8, 2, batch_first=True), [2, 3, 8],
     call=lambda m, x: m(x, x, x, attn_mask=causal(3), need_weights=False)[0])
case("attention to a memory", nn.MultiheadAttention(8, 2, batch_first=True), [2, 3, 8], memory=[2, 5, 8], call=attention)
case("transformerEncoder", nn.TransformerEncoderLayer(8, 2, 12, dropout=0, batch_first=True), [2, 3, 8])
case("transformerEncoder, causal, norms first", nn.TransformerEncoderLayer(8, 2, 12, dropout=0, activation="gelu",
     norm_first=True, batch_first=True), [2, 3, 8], call=lambda m, x: m(x, src_mask=causal(3)))
case("transformerDecoder", nn.TransformerDecoderLayer(8, 2, 12, dropout=0, batch_first=True), [2, 3, 8], memory=[2, 4, 8],
     call=lambda m, x, y: m(x, y, tgt_mask=causal(3)))

with open(__file__.replace("modules_torch.py", "modules-torch.json"), "w") as file:
    json.dump({"torch": torch.__version__.split("+")[0], "cases": cases}, file, separators=(",", ":"))
    file.write("\n")
