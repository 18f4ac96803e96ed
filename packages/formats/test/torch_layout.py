"""Builds each exported network from PyTorch's modules, loads its state dict, and prints the largest difference.

    python3 torch_layout.py FOLDER     reads NAME.safetensors and NAME.json (images, outputs); prints NAME and it
"""
import json, pathlib, struct, sys
import torch
from torch import nn
from torch.nn import functional as F

def load(path):
    data = path.read_bytes()
    start = 8 + struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8:start])
    metadata = header.pop("__metadata__")
    read = lambda e: torch.frombuffer(bytearray(data[start:])[slice(*e["data_offsets"])], dtype=torch.float32)
    return {name: read(e).reshape(e["shape"]) for name, e in header.items()}, metadata

class Function(nn.Module):
    def __init__(self, f):
        super().__init__()
        self.forward = f

class ChannelsLast(nn.Module):
    """A module of PyTorch that takes (N, C, …), for (N, …, C)."""
    def __init__(self, module):
        super().__init__()
        self.module = module
    def forward(self, x):
        return self.module(x.movedim(-1, 1)).movedim(1, -1)

class Recurrent(nn.Module):
    def __init__(self, module, sequences):
        super().__init__()
        self.module, self.sequences = module, sequences
    def forward(self, x):
        y, _ = self.module(x)
        return y if self.sequences else y[:, -1]

class Attention(nn.Module):
    def __init__(self, module, causal):
        super().__init__()
        self.module, self.causal = module, causal
    def forward(self, x):
        mask = torch.triu(torch.full((x.shape[1],) * 2, -torch.inf), 1) if self.causal else None
        return self.module(x, x, x, attn_mask=mask, need_weights=False)[0]

class Transformer(nn.Module):
    def __init__(self, module, causal):
        super().__init__()
        self.module, self.causal = module, causal
    def forward(self, x):
        mask = torch.triu(torch.full((x.shape[1],) * 2, -torch.inf), 1) if self.causal else None
        return self.module(x, mask)

class Patches(nn.Module):
    def __init__(self, module):
        super().__init__()
        self.module = module
    def forward(self, x):
        return self.module(x.movedim(-1, 1)).flatten(2).transpose(1, 2)

class Add(nn.Module):
    def __init__(self, shape):
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(shape))
    def forward(self, x):
        return x + self.weight

class RmsNorm(nn.Module):
    def __init__(self, size, eps, affine):
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(size)) if affine else None
    def forward(self, x):
        y = x / (x.square().mean(-1, keepdim=True) + self.eps).sqrt()
        return y if self.weight is None else y * self.weight

class Residual(nn.Module):
    def __init__(self, layers, shortcut):
        super().__init__()
        self.layers, self.shortcut = layers, shortcut
    def forward(self, x):
        return self.layers(x) + (x if self.shortcut is None else self.shortcut(x))

class Parallel(nn.Module):
    def __init__(self, branches, join):
        super().__init__()
        self.branches, self.join = nn.ModuleList(branches), join
    def forward(self, x):
        outputs = [branch(x) for branch in self.branches]
        return torch.cat(outputs, -1) if self.join == "concatenate" else sum(outputs)

class Repeated(nn.Module):
    def __init__(self, layers):
        super().__init__()
        self.layers = layers
    def forward(self, x):
        return self.layers(x)

def both(value):
    return tuple(value) if isinstance(value, list) else (value, value)

def same(size, stride, dilation):
    """TensorFlow's padding "same", which PyTorch has for a stride of 1 alone: padded by hand."""
    def padded(x):
        pads = []
        for extent, k, s, d in reversed(list(zip(x.shape[1:3], both(size), both(stride), both(dilation)))):
            zeros = max(0, (-(-extent // s) - 1) * s + (k - 1) * d + 1 - extent)
            pads += [zeros // 2, zeros - zeros // 2]
        return F.pad(x.movedim(-1, 1), pads).movedim(1, -1)
    return padded

class Padded(nn.Module):
    def __init__(self, pad, module):
        super().__init__()
        self.pad, self.module = pad, module
    def forward(self, x):
        return self.module(self.pad(x))

def layer(spec, shape):
    """The module of a layer for inputs (N, …shape)."""
    o = dict(spec)
    match o["type"]:
        case "flatten": return nn.Flatten()
        case "reshape": return nn.Unflatten(1, o["shape"]) if len(shape) == 1 else nn.Sequential(nn.Flatten(), nn.Unflatten(1, o["shape"]))
        case "relu": return nn.ReLU()
        case "tanh": return nn.Tanh()
        case "sigmoid": return nn.Sigmoid()
        case "dense": return nn.Linear(shape[0], o["units"], o["bias"])
        case "conv2d":
            options = dict(stride=both(o["stride"]), dilation=both(o["dilation"]), groups=o["groups"], bias=o["bias"])
            number = o["padding"] if isinstance(o["padding"], int) else 0
            module = ChannelsLast(nn.Conv2d(shape[2], o["filters"], both(o["kernelSize"]), padding=number, **options))
            return Padded(same(o["kernelSize"], o["stride"], o["dilation"]), module) if o["padding"] == "same" else module
        case "batch-norm":
            module = (nn.BatchNorm1d, nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d)[len(shape) - 1]
            module = module(shape[-1], o["epsilon"], affine=o["affine"])
            return module if len(shape) == 1 else ChannelsLast(module)
        case "group-norm": return ChannelsLast(nn.GroupNorm(o["groups"], shape[-1], o["epsilon"], o["affine"]))
        case "layer-norm": return nn.LayerNorm(shape[-o["axes"]:], o["epsilon"], o["affine"])
        case "rms-norm": return RmsNorm(shape[-1], o["epsilon"], o["affine"])
        case "prelu":
            module = nn.PReLU(shape[-1] if o["perChannel"] else 1)
            return module if len(shape) == 1 else ChannelsLast(module)
        case "lstm" | "gru" | "simple-rnn":
            module = {"lstm": nn.LSTM, "gru": nn.GRU, "simple-rnn": nn.RNN}[o["type"]]
            bias = o["bias"] or o.get("forgetBias", 0) != 0
            return Recurrent(module(shape[1], o["units"], bias=bias, batch_first=True), o["returnSequences"])
        case "multi-head-attention":
            return Attention(nn.MultiheadAttention(shape[1], o["heads"], bias=o["bias"], batch_first=True), o["causal"])
        case "transformer-encoder":
            options = dict(dropout=0, activation=o["activation"], norm_first=o["normalize"] == "before", batch_first=True)
            return Transformer(nn.TransformerEncoderLayer(shape[1], o["heads"], o["hiddenUnits"], **options), o["causal"])
        case "patch-embedding": return Patches(nn.Conv2d(shape[2], o["units"], o["patchSize"], o["patchSize"], bias=o["bias"]))
        case "position-embedding": return Add(shape)
        case "residual":
            return Residual(sequential(o["layers"], shape), sequential(o["shortcut"], shape) if "shortcut" in o else None)
        case "parallel": return Parallel([sequential(b, shape) for b in o["branches"]], o["join"])
        case "repeat":
            times = []
            for _ in range(o["times"]):
                times.append(Repeated(sequential(o["layers"], shape)))
                shape = shape_after(times[-1], shape)
            return nn.Sequential(*times)
        case "max-pool2d": # for the branches of `parallel`
            module = ChannelsLast(nn.MaxPool2d(both(o["poolSize"]), both(o.get("stride", o["poolSize"]))))
            low = lambda x: F.pad(x.movedim(-1, 1), (1, 1, 1, 1), value=-torch.inf).movedim(1, -1)
            return Padded(low, module) if o["padding"] == "same" and o["poolSize"] == 3 else module
    raise ValueError(o["type"])

def shape_after(module, shape):
    module.eval()
    with torch.no_grad():
        return list(module(torch.zeros(2, *shape)).shape[1:])

def sequential(specs, shape):
    modules = []
    for spec in specs:
        modules.append(layer(spec, shape))
        shape = shape_after(modules[-1], shape)
    return nn.Sequential(*modules)

class Network(nn.Module):
    def __init__(self, spec, shape):
        super().__init__()
        self.layers = sequential(spec["model"]["layers"], shape)

for file in sorted(pathlib.Path(sys.argv[1]).glob("*.safetensors")):
    tensors, metadata = load(file)
    network = Network(json.loads(metadata["spec"]), json.loads(metadata["inputShape"]))
    # The adapters above hold their module as `module`, which a user's own network would not.
    names = {name.replace(".module", ""): name for name in network.state_dict()}
    network.load_state_dict({names[name]: tensor for name, tensor in tensors.items()}, strict=False)
    missing = {n for n in names if not n.endswith("num_batches_tracked")} - set(tensors)
    assert not missing, missing
    network.eval()
    norm = json.loads(metadata["normalization"])
    case = json.loads(file.with_suffix(".json").read_text())
    images = torch.tensor(case["images"], dtype=torch.float32).reshape(case["shape"])
    with torch.no_grad():
        outputs = network.layers((images - norm["mean"]) / norm["deviation"])
    expected = torch.tensor(case["outputs"]).reshape(outputs.shape)
    difference = (outputs - expected).abs().max() / expected.abs().max().clamp(min=1)
    print(json.dumps([file.stem, difference.item()]))
