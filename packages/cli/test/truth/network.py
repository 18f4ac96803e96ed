"""The layers of an experiment in PyTorch, in float64 and at rest: evaluate.py measures with them what a trained network says."""

import torch
import torch.nn.functional as F

ACTIVATIONS = {
    "relu": lambda x, o: F.relu(x),
    "leaky-relu": lambda x, o: F.leaky_relu(x, o["slope"]),
    "sigmoid": lambda x, o: torch.sigmoid(x),
    "tanh": lambda x, o: torch.tanh(x),
    "elu": lambda x, o: F.elu(x, o["alpha"]),
    "selu": lambda x, o: F.selu(x),
    "gelu": lambda x, o: F.gelu(x, approximate=o["approximate"]),
    "silu": lambda x, o: F.silu(x),
    "mish": lambda x, o: F.mish(x),
    "softplus": lambda x, o: F.softplus(x, beta=o["beta"], threshold=700),
    "hard-swish": lambda x, o: F.hardswish(x),
    "softmax": lambda x, o: F.softmax(x, dim=-1),
    # At rest they change nothing.
    "dropout": lambda x, o: x,
    "dropout2d": lambda x, o: x,
    # Shapes: x (N, …).
    "flatten": lambda x, o: x.flatten(1),
    "reshape": lambda x, o: x.reshape(len(x), *o["shape"]),
    "permute": lambda x, o: x.permute(0, *(axis + 1 for axis in o["axes"])),
    "global-average-pool1d": lambda x, o: x.mean(1),
    "global-average-pool2d": lambda x, o: x.mean((1, 2)),
}


def both(value):
    return (value, value) if isinstance(value, int) else tuple(value)


def channels_last(function):
    return lambda x: function(x.movedim(-1, 1)).movedim(1, -1)


def around(padding, size, kernel, stride):
    """Zeros left, right, above and below; "same" as TensorFlow: an odd one to the right and below."""
    if padding == "valid":
        return [0] * 4
    if padding != "same":
        return [padding] * 4
    totals = [max((-(-n // s) - 1) * s + k - n, 0) for n, k, s in zip(size, kernel, stride)]
    return [part for total in reversed(totals) for part in (total // 2, total - total // 2)]


class Network:
    """The layers of `spec`, with the weights `weights`, name → tensor."""

    def __init__(self, layers, weights):
        self.layers, self.weights = layers, weights

    def __call__(self, x):
        self.penalty = 0.0
        return self.chain(self.layers, x, "layers.")

    def chain(self, layers, x, prefix):
        for k, layer in enumerate(layers):
            x = self.layer(layer, x, f"{prefix}{k}.")
        return x

    def layer(self, o, x, prefix):
        kind = o["type"]
        if kind in ACTIVATIONS:
            return ACTIVATIONS[kind](x, o)
        get = lambda name: self.weights.get(prefix + name)
        self.penalize(o.get("regularizer"), prefix, "weight")
        self.penalize(o.get("recurrentRegularizer"), prefix, "recurrentWeight")
        return getattr(self, kind.replace("-", "_"))(o, x, get, prefix)

    def penalize(self, regularizer, prefix, ending):
        if regularizer is None:
            return
        for name, w in self.weights.items():
            if name.startswith(prefix) and name.split(".")[-1] == ending and "norm" not in name:
                self.penalty += regularizer["l1"] * w.abs().sum() + regularizer["l2"] * (w * w).sum()

    def dense(self, o, x, get, prefix):
        return F.linear(x, get("weight").T, get("bias"))

    def conv2d(self, o, x, get, prefix):
        kernel, stride, dilation = both(o["kernelSize"]), both(o["stride"]), both(o["dilation"])
        reach = [(k - 1) * d + 1 for k, d in zip(kernel, dilation)]
        zeros = around(o["padding"], x.shape[1:3], reach, stride)
        weight = get("weight").permute(3, 2, 0, 1)
        return channels_last(lambda x: F.conv2d(F.pad(x, zeros), weight, get("bias"), stride, 0, dilation, o["groups"]))(x)

    def max_pool2d(self, o, x, get, prefix):
        size = both(o["poolSize"])
        stride = both(o.get("stride", size))
        zeros = around(o["padding"], x.shape[1:3], size, stride)
        return channels_last(lambda x: F.max_pool2d(F.pad(x, zeros, value=-torch.inf), size, stride))(x)

    def average_pool2d(self, o, x, get, prefix):
        size = both(o["poolSize"])
        stride = both(o.get("stride", size))
        zeros = around(o["padding"], x.shape[1:3], size, stride)
        mean = lambda x: F.avg_pool2d(F.pad(x, zeros), size, stride)
        one = torch.ones_like(x)
        share = torch.ones_like(channels_last(mean)(x)) if o["countIncludePad"] else channels_last(mean)(one)
        return channels_last(mean)(x) / share

    def pad(self, o, x, get, prefix):
        (top, bottom), (left, right) = map(both, both(o["padding"]))
        return channels_last(lambda x: F.pad(x, [left, right, top, bottom]))(x)

    def batch_norm(self, o, x, get, prefix):
        run = lambda x: F.batch_norm(
            x, get("runningMean"), get("runningVariance"), get("weight"), get("bias"), False, 0, o["epsilon"]
        )
        return channels_last(run)(x)

    def group_norm(self, o, x, get, prefix):
        return channels_last(lambda x: F.group_norm(x, o["groups"], get("weight"), get("bias"), o["epsilon"]))(x)

    def layer_norm(self, o, x, get, prefix):
        return F.layer_norm(x, x.shape[-o["axes"] :], get("weight"), get("bias"), o["epsilon"])

    def rms_norm(self, o, x, get, prefix):
        weight = get("weight") if o["affine"] else 1
        return weight * x / torch.sqrt((x * x).mean(-1, keepdim=True) + o["epsilon"])

    def prelu(self, o, x, get, prefix):
        return channels_last(lambda x: F.prelu(x, get("slope")))(x)

    def recurrent(self, o, x, get, Module, gates):
        """Our layout is W (D, G·U), U (U, G·U), the sum of PyTorch's two biases, for gru c = b_hn."""
        U = o["units"]
        module = Module(x.shape[-1], U, batch_first=True).double()
        bias = get("bias") if o["bias"] else torch.zeros(gates * U, dtype=torch.float64)
        with torch.no_grad():
            module.weight_ih_l0.copy_(get("weight").T)
            module.weight_hh_l0.copy_(get("recurrentWeight").T)
            module.bias_ih_l0.copy_(bias)
            module.bias_hh_l0.zero_()
            if o["type"] == "gru" and o["bias"]:
                module.bias_hh_l0[2 * U :] = get("candidateBias")
            if o["type"] == "lstm":
                module.bias_hh_l0[U : 2 * U] = o["forgetBias"]
        y = module(x)[0]
        return y if o["returnSequences"] else y[:, -1]

    def simple_rnn(self, o, x, get, prefix):
        return self.recurrent(o, x, get, torch.nn.RNN, 1)

    def lstm(self, o, x, get, prefix):
        return self.recurrent(o, x, get, torch.nn.LSTM, 4)

    def gru(self, o, x, get, prefix):
        return self.recurrent(o, x, get, torch.nn.GRU, 3)

    def multi_head_attention(self, o, x, get, prefix):
        """softmax(q·kᵀ / √d)·v for each head."""
        N, T, D = x.shape
        heads = lambda y: y.reshape(N, T, o["heads"], D // o["heads"]).transpose(1, 2)
        q, k, v = map(heads, F.linear(x, get("qkv.weight").T, get("qkv.bias")).chunk(3, -1))
        scores = q @ k.transpose(-1, -2) / (D // o["heads"]) ** 0.5
        if o["causal"]:
            scores = scores.masked_fill(torch.ones(T, T).triu(1).bool(), -torch.inf)
        y = (scores.softmax(-1) @ v).transpose(1, 2).reshape(N, T, D)
        return F.linear(y, get("output.weight").T, get("output.bias"))

    def transformer_encoder(self, o, x, get, prefix):
        norm = lambda x, k: F.layer_norm(x, x.shape[-1:], get(f"norm{k}.weight"), get(f"norm{k}.bias"))
        attend = lambda x: self.multi_head_attention(o, x, lambda name: get(f"attention.{name}"), prefix)
        dense = lambda x, name: F.linear(x, get(f"{name}.weight").T, get(f"{name}.bias"))
        activation = {"relu": F.relu, "gelu": F.gelu}[o["activation"]]
        feed = lambda x: dense(activation(dense(x, "expand")), "contract")
        if o["normalize"] == "before":
            x = x + attend(norm(x, 1))
            return x + feed(norm(x, 2))
        x = norm(x + attend(x), 1)
        return norm(x + feed(x), 2)

    def patch_embedding(self, o, x, get, prefix):
        P, C = o["patchSize"], x.shape[-1]
        kernel = get("weight").reshape(P, P, C, o["units"]).permute(3, 2, 0, 1)
        return F.conv2d(x.movedim(-1, 1), kernel, get("bias"), P).flatten(2).transpose(1, 2)

    def position_embedding(self, o, x, get, prefix):
        return x + get("weight")

    def residual(self, o, x, get, prefix):
        past = self.chain(o["shortcut"], x, f"{prefix}shortcut.") if "shortcut" in o else x
        return past + self.chain(o["layers"], x, f"{prefix}layers.")

    def parallel(self, o, x, get, prefix):
        parts = [self.chain(branch, x, f"{prefix}branches.{k}.") for k, branch in enumerate(o["branches"])]
        return sum(parts) if o["join"] == "add" else torch.cat(parts, -1)

    def repeat(self, o, x, get, prefix):
        for k in range(o["times"]):
            x = self.chain(o["layers"], x, f"{prefix}{k}.layers.")
        return x
