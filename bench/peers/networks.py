"""
The networks of Table 1 in PyTorch: how their layers move, and what EP takes differences of. A state lists the layers, next to the input first.

Two forms of each. `Layered` and `Convolutional` are written as well as we know how; `below`, what the input drives the first layer by, is
computed once per phase. The `Published` forms go about it as the authors' program does (github.com/ernoult/updatesEPgradientsBPTT), in words of our
own: the input's product at every step, products and sums as separate operations, the activation spelt out and evaluated wherever it is needed.
"""
import torch
import torch.nn.functional as F


class Layered:
    """Fully connected: u_l is driven by W_l u_{l-1} + b_l and by W_{l+1} transposed, u_{l+1}."""

    def __init__(self, config, x):
        self.shapes = [(n,) for n in config["sizes"][1:]]
        self.depth, self.x = len(self.shapes), x
        self.energy, self.eps = config["kind"] == "energy-based", config["epsilon"]

    @staticmethod
    def rho(s):
        return torch.sigmoid(4 * s - 2)

    def input(self, theta):
        return F.linear(self.x, theta["W1"], theta["b1"])

    def drives(self, theta, u, below):
        parts = [below, *(F.linear(u[l - 1], theta[f"W{l + 1}"], theta[f"b{l + 1}"]) for l in range(1, self.depth))]
        return [torch.addmm(d, u[l + 1], theta[f"W{l + 2}"]) if l + 1 < self.depth else d for l, d in enumerate(parts)]

    def moved(self, theta, s, below):
        if self.energy:
            u = [self.rho(sl) for sl in s]
            targets = [4 * ul * (1 - ul) * d for ul, d in zip(u, self.drives(theta, u, below))]
        else:
            targets = [self.rho(d) for d in self.drives(theta, s, below)]
        return targets if self.eps == 1 else [torch.lerp(sl, target, self.eps) for sl, target in zip(s, targets)]

    def activated(self, s):
        return [self.rho(sl) for sl in s] if self.energy else s

    def difference(self, theta, u, v, scale):
        """The rule at u less the rule at v, summed over the batch, times a number."""
        moved = [(ul - vl) * scale for ul, vl in zip(u, v)]
        found = {"W1": moved[0].T @ self.x}
        for l in range(1, self.depth + 1):
            if l > 1:
                # u_l u_{l-1} - v_l v_{l-1}, as one product of twice as many rows.
                left, right = torch.cat([u[l - 1] * scale, v[l - 1] * -scale]), torch.cat([u[l - 2], v[l - 2]])
                found[f"W{l}"] = left.T @ right
            found[f"b{l}"] = moved[l - 1].sum(0)
        return found


class PublishedLayered(Layered):
    @staticmethod
    def rho(s):
        return 1 / (1 + torch.exp(-(4 * (s - 0.5))))

    def moved(self, theta, s, below):
        rho = self.rho if self.energy else lambda u: u
        moved = []
        for l, sl in enumerate(s):
            drive = self.input(theta) if l == 0 else F.linear(rho(s[l - 1]), theta[f"W{l + 1}"], theta[f"b{l + 1}"])
            if l + 1 < self.depth:
                drive = drive + torch.mm(rho(s[l + 1]), theta[f"W{l + 2}"])
            target = 4 * self.rho(sl) * (1 - self.rho(sl)) * drive if self.energy else self.rho(drive)
            moved.append(sl + self.eps * (-sl + target))
        return moved


class Convolutional:
    """Two convolutions with 2x2 max-pooling and a dense layer on top; maxima are taken where the current state has them."""

    def __init__(self, config, x):
        self.shapes = [tuple(shape) for shape in config["maps"][1:]]
        self.x = x

    def pooled(self, theta, l, image):
        return F.max_pool2d(F.conv2d(image, theta[f"W{l}"], theta[f"b{l}"]), 2, return_indices=True)

    def input(self, theta):
        return self.pooled(theta, 1, self.x)[0]

    def moved(self, theta, s, below):
        first, second, output = s
        onto, where = self.pooled(theta, 2, first)
        back = F.conv_transpose2d(F.max_unpool2d(second, where, 2), theta["W2"])
        drives = [
            (self.input(theta) if below is None else below) + back,
            onto + (output @ theta["W3"]).view_as(second),
            F.linear(second.flatten(1), theta["W3"], theta["b3"]),
        ]
        return [d.clamp(0, 1) for d in drives]

    def activated(self, s):
        return s

    def rule(self, theta, u):
        first, second, output = u
        where = self.pooled(theta, 2, first)[1]
        return {
            "W2": torch.nn.grad.conv2d_weight(first, theta["W2"].shape, F.max_unpool2d(second, where, 2)),
            "W3": output.T @ second.flatten(1),
        }

    def difference(self, theta, u, v, scale):
        after, before = self.rule(theta, u), self.rule(theta, v)
        moved = [(ul - vl) * scale for ul, vl in zip(u, v)]
        unpooled = F.max_unpool2d(moved[0], self.pooled(theta, 1, self.x)[1], 2)
        return {
            **{name: (after[name] - before[name]) * scale for name in after},
            "W1": torch.nn.grad.conv2d_weight(self.x, theta["W1"].shape, unpooled),
            "b1": moved[0].sum((0, 2, 3)), "b2": moved[1].sum((0, 2, 3)), "b3": moved[2].sum(0),
        }


class PublishedConvolutional(Convolutional):
    def moved(self, theta, s, below):
        return [sl + (-sl + target) for sl, target in zip(s, super().moved(theta, s, None))]
