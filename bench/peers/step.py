"""
A training step of the fully connected networks of Table 1 in PyTorch, for bench/step.mjs: on request, one line of JSON each.

    python3 step.py CONFIG.json          {"kind", "sizes", "T", "K", "beta", "epsilon", "rates", "batch", "method", "hoisted", "tensors"}

`tensors` lists names, shapes and files of float32 numbers: x, y, W1, b1, ... Commands on standard input:

    threads N       take N threads
    gradient FILE   write the step's gradients, in the order of the tensors after x and y, as float32
    run N           N steps, each from the parameters that the one before left: {"ms": [...]}

With `hoisted` the product of the static input is computed once per phase, otherwise at every step, as the published program does.
"""
import json
import sys
import time

import numpy
import torch

config = json.load(open(sys.argv[1]))
T, K, beta, eps = config["T"], config["K"], config["beta"], config["epsilon"]
L = len(config["sizes"]) - 1
energy = config["kind"] == "energy-based"
tensors = {
    t["name"]: torch.from_numpy(numpy.fromfile(t["file"], dtype=numpy.float32).reshape(t["shape"])) for t in config["tensors"]
}
x, y = tensors.pop("x"), tensors.pop("y")
names = list(tensors)
rates = {name: config["rates"][int(name[1:]) - 1] for name in names}


def rho(s):
    return torch.sigmoid(4 * s - 2)


def drives(theta, u, still):
    """The drive of each layer; u lists the layers after their activation, u[0] the first hidden one."""
    parts = []
    for l in range(1, L + 1):
        if l == 1:
            d = still if still is not None else x @ theta["W1"].T + theta["b1"]
        else:
            d = u[l - 2] @ theta[f"W{l}"].T + theta[f"b{l}"]
        if l < L:
            d = d + u[l] @ theta[f"W{l + 1}"]
        parts.append(d)
    return parts


def step(theta, s, still, nudged):
    if energy:
        u = [rho(sl) for sl in s]
        moved = [(1 - eps) * sl + eps * (4 * ul * (1 - ul)) * d for sl, ul, d in zip(s, u, drives(theta, u, still))]
    else:
        moved = [rho(d) for d in drives(theta, s, still)]
        if eps != 1:
            moved = [(1 - eps) * sl + eps * m for sl, m in zip(s, moved)]
    if nudged:
        moved[-1] = moved[-1] - beta * (s[-1] - y)
    return [m.clamp(0, 1) for m in moved] if energy else moved


def zeros():
    return [torch.zeros(config["batch"], n) for n in config["sizes"][1:]]


def input_of(theta):
    return x @ theta["W1"].T + theta["b1"] if config["hoisted"] else None


def contrast(at_end, at_rest):
    """Mean gradient of the cost from the two states."""
    u = [[x] + ([rho(sl) for sl in s] if energy else s) for s in (at_end, at_rest)]
    scale = (1 if eps == 1 and not energy else eps) / (beta * config["batch"])
    gradient = {}
    for l in range(1, L + 1):
        gradient[f"W{l}"] = (u[1][l].T @ u[1][l - 1] - u[0][l].T @ u[0][l - 1]) * scale
        gradient[f"b{l}"] = (u[1][l] - u[0][l]).sum(0) * scale
    return gradient


def by_ep(theta):
    with torch.no_grad():
        still = input_of(theta)
        s = zeros()
        for _ in range(T):
            s = step(theta, s, still, False)
        rest = s
        for _ in range(K):
            s = step(theta, s, still, True)
        return contrast(s, rest)


def by_bptt(theta):
    with torch.no_grad():
        still = input_of(theta)
        s = zeros()
        for _ in range(T - K):
            s = step(theta, s, still, False)
    leaves = {name: p.detach().requires_grad_() for name, p in theta.items()}
    still = input_of(leaves)
    for _ in range(K):
        s = step(leaves, s, still, False)
    cost = 0.5 * ((s[-1] - y) ** 2).sum() / config["batch"]
    cost.backward()
    return {name: p.grad for name, p in leaves.items()}


gradient_of = by_bptt if config["method"] == "bptt" else by_ep


def update(theta):
    gradient = gradient_of(theta)
    with torch.no_grad():
        return {name: theta[name] - rates[name] * gradient[name] for name in names}


print(json.dumps({"torch": torch.__version__, "blas": "MKL" if torch.backends.mkl.is_available() else "OpenBLAS or other"}), flush=True)
for line in sys.stdin:
    command, argument = line.split()
    if command == "threads":
        torch.set_num_threads(int(argument))
        print("{}", flush=True)
    elif command == "gradient":
        gradient = gradient_of(tensors)
        numpy.concatenate([gradient[name].detach().numpy().ravel() for name in names]).astype(numpy.float32).tofile(argument)
        print("{}", flush=True)
    else:
        theta, times = tensors, []
        for _ in range(int(argument)):
            start = time.perf_counter()
            theta = update(theta)
            times.append(1000 * (time.perf_counter() - start))
        print(json.dumps({"ms": times}), flush=True)
