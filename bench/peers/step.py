"""
A training step of a network of Table 1 in PyTorch, for bench/step.mjs: a line of JSON for each line.

    python3 step.py CONFIG.json     {"kind", "sizes", "maps", "T", "K", "beta", "epsilon", "rates", "batch", "method", "hoisted", "parameters", "x", "y", "cores"}

`parameters`, `x` and `y` name files of doubles; x and y hold many mini-batches, which are taken in turn. Commands on standard input:

    threads B,P     B threads for the matrix products of the BLAS, P for everything else
    check N         fails where a large product keeps more than N threads busy
    gradient FILE   the mean gradient of the first mini-batch, in the order of the parameters, as doubles, computed in single precision:
                    {"steps"}, how many it took
    double FILE     the same, computed in double precision
    run N           N steps, each from the parameters that the one before left: {"ms"}, for all of them
    memory 0        {"peakMb"} of the process so far

With `hoisted` the step is written as well as we know how, the product of the static input once per phase; without, as the published program goes about it:
see networks.py, and for BPTT on fully connected networks the graph of all T steps is recorded and cut K before the end, the input's gradient with it.
"""
import ctypes
import json
import os
import re
import resource
import sys
import time

import numpy
import torch

from networks import Convolutional, Layered, PublishedConvolutional, PublishedLayered

config = json.load(open(sys.argv[1]))
T, K, beta, eps, batch = config["T"], config["K"], config["beta"], config["epsilon"], config["batch"]
energy, hoisted = config["kind"] == "energy-based", config["hoisted"]
forms = (Convolutional, PublishedConvolutional) if config["kind"] == "convolutional" else (Layered, PublishedLayered)
Network = forms[0 if hoisted else 1]


def read(entry):
    return torch.from_numpy(numpy.fromfile(entry["file"], dtype=numpy.float64).reshape(entry["shape"]))


parameters = {entry["name"]: read(entry) for entry in config["parameters"]}
names = list(parameters)
rates = {name: config["rates"][int(name[1:]) - 1] for name in names}
xs, ys = read(config["x"]), read(config["y"])


taken = 0


def step(network, theta, s, y, below, nudged):
    global taken
    taken += 1
    moved = network.moved(theta, s, below)
    if nudged:
        moved[-1] = moved[-1] - beta * (s[-1] - y)
    return [m.clamp(0, 1) for m in moved] if energy else moved


def zeros(network, x):
    return [torch.zeros(batch, *shape, dtype=x.dtype) for shape in network.shapes]


def by_ep(theta, x, y):
    with torch.no_grad():
        network = Network(config, x)
        below = network.input(theta) if hoisted else None
        s = zeros(network, x)
        for _ in range(T):
            s = step(network, theta, s, y, below, False)
        rest = s
        for _ in range(K):
            s = step(network, theta, s, y, below, True)
        scale = eps / (beta * batch)
        return network.difference(theta, network.activated(rest), network.activated(s), scale)


def by_bptt(theta, x, y):
    # Leaves of a graph that share the parameters' memory.
    leaves = {name: p.detach().requires_grad_() for name, p in theta.items()}
    whole = not hoisted and Network is PublishedLayered
    x = x.detach()
    network = Network(config, x)
    s = zeros(network, x)
    with torch.set_grad_enabled(whole):
        below = network.input(leaves) if hoisted else None
        for _ in range(T - K):
            s = step(network, leaves, s, y, below, False)
    if whole:
        s = [sl.detach().requires_grad_() for sl in s]
        x.requires_grad_()
    below = network.input(leaves) if hoisted else None
    for _ in range(K):
        s = step(network, leaves, s, y, below, False)
    cost = 0.5 * ((s[-1] - y) ** 2).sum() / batch
    cost.backward()
    return {name: p.grad for name, p in leaves.items()}


gradient_of = by_bptt if config["method"] == "bptt" else by_ep
single = {name: p.float() for name, p in parameters.items()}
singles, targets = xs.float(), ys.float()
theta, done = single, 0


def gradient(file, dtype):
    global taken
    taken = 0
    at = {name: p.to(dtype) for name, p in parameters.items()}
    found = gradient_of(at, xs[0].to(dtype), ys[0].to(dtype))
    numpy.concatenate([found[name].detach().double().numpy().ravel() for name in names]).tofile(file)
    return {"steps": taken}


def run(count):
    global done
    start = time.perf_counter()
    for _ in range(count):
        i = done % len(xs)
        found = gradient_of(theta, singles[i], targets[i])
        for name in names:
            theta[name].sub_(found[name], alpha=rates[name])
        done += 1
    return {"ms": 1000 * (time.perf_counter() - start)}


def open_blas():
    """The library that computes matrix products, if it is OpenBLAS, whose threads PyTorch does not set."""
    for path in sorted(set(re.findall(r"/\S*blas\S*", open("/proc/self/maps").read()))):
        library = ctypes.CDLL(path)
        if hasattr(library, "openblas_set_num_threads"):
            library.openblas_get_config.restype = library.openblas_get_corename.restype = ctypes.c_char_p
            return library
    return None


torch.ones(64, 64) @ torch.ones(64, 64)
blas = open_blas() if os.path.exists("/proc/self/maps") else None


def busy():
    """Processor time over time of a large product: how many threads it keeps busy at most."""
    a = torch.ones(768, 768)
    a @ a
    wall, cpu = time.perf_counter(), time.process_time()
    for _ in range(3):
        a @ a
    return (time.process_time() - cpu) / (time.perf_counter() - wall)


def threads(argument):
    of_blas, of_rest = (int(n) for n in argument.split(","))
    torch.set_num_threads(of_rest)
    if blas is not None:
        blas.openblas_set_num_threads(of_blas)
        assert blas.openblas_get_num_threads() == of_blas
    return {}


def check(argument):
    # Idle threads of a pool look for work a while; after that they are asleep.
    time.sleep(0.2)
    allowed, ratio = int(argument), busy()
    assert ratio < allowed + 0.3, f"asked for {allowed} threads, {ratio:.2f} were busy"
    return {"busy": ratio}


print(json.dumps({
    "torch": torch.__version__, "numpy": numpy.__version__, "cores": os.cpu_count(),
    "blas": "MKL" if torch.backends.mkl.is_available() else "unknown" if blas is None else blas.openblas_get_config().decode(),
    "core": None if blas is None else blas.openblas_get_corename().decode(), "settable": blas is not None,
    "environment": {name: value for name, value in os.environ.items() if re.match(r"OPENBLAS_|OMP_|MKL_|GOTO_", name)},
}), flush=True)
answers = {
    "threads": threads, "check": check, "gradient": lambda file: gradient(file, torch.float32), "double": lambda file: gradient(file, torch.float64), "run": lambda n: run(int(n)),
    "memory": lambda _: {"peakMb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024},
}
for line in sys.stdin:
    command, argument = line.split()
    print(json.dumps(answers[command](argument)), flush=True)
