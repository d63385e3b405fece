"""Several threads at once, and Ctrl-C."""

import os
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from numdiff import Function, derivative, gradient, jacobian

THREADS = 8
REPETITIONS = 40


@pytest.fixture
def rapid_switching():
    """Let threads take turns as often as they can."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(interval)


def at_once(work):
    """work(0), ..., work(7) in threads that start together."""
    barrier = threading.Barrier(THREADS, timeout=60)

    def start(number):
        barrier.wait()
        return work(number)

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(start, range(THREADS)))


def several_outputs(x):
    return np.stack([x[0] * x[1], x[1] / x[2], x[0] + x[2] * x[2]])


def one_output(x):
    return x[0] * x[1] / (1.0 + x[2] * x[2])


def number(t):
    return t * t / (1.0 + t)


def points(thread):
    return np.array([1.0 + thread, 2.0, 0.5 * thread - 3.25])


WORK = {
    "derivative": (number, lambda f, x: derivative(f, x, method="central")),
    "second-derivative": (number, lambda f, x: derivative(f, x, order=2, method="central")),
    "gradient": (one_output, lambda f, x: gradient(f, x, method="central")),
    "gradient-forward": (one_output, lambda f, x: gradient(f, x, method="forward")),
    "gradient-in-bounds": (one_output, lambda f, x: gradient(f, x, method="central", bounds=(x, 100.0))),
    "gradient-float32": (one_output, lambda f, x: gradient(f, x.astype(np.float32), method="central")),
    "jacobian": (several_outputs, lambda f, x: jacobian(f, x, method="central")),
    "adaptive-derivative": (number, lambda f, x: derivative(f, x, method="richardson")),
    "adaptive-gradient": (one_output, lambda f, x: gradient(f, x, method="richardson")),
    "adaptive-jacobian": (several_outputs, lambda f, x: jacobian(f, x, method="richardson")),
}


@pytest.mark.usefixtures("rapid_switching")
@pytest.mark.parametrize("vectorized", [False, True], ids=["one-point", "vectorized"])
@pytest.mark.parametrize(("f", "differentiate"), WORK.values(), ids=WORK)
def test_threads_share_a_function(f, differentiate, vectorized):
    alone = Function(f, vectorized)
    expected = [differentiate(alone, points(thread)).tobytes() for thread in range(THREADS)]
    shared = Function(f, vectorized)

    def work(thread):
        return {differentiate(shared, points(thread)).tobytes() for _ in range(REPETITIONS)}

    assert at_once(work) == [{answer} for answer in expected]
    assert shared.nfev == REPETITIONS * alone.nfev


@pytest.mark.usefixtures("rapid_switching")
def test_threads_share_the_array():
    """Large enough for several buffers."""
    x = np.linspace(0.5, 1.5, 1100)
    untouched = x.copy()

    def f(x):
        return x[0] * x[-1] + x[500]

    expected = gradient(f, x, method="central").tobytes()
    assert at_once(lambda thread: gradient(f, x, method="central").tobytes()) == [expected] * THREADS
    assert x.tobytes() == untouched.tobytes()


def test_all_threads_are_inside_f_together():
    """Each waits within f for all the others: nothing of one call is in the way of another."""
    inside = threading.Barrier(THREADS, timeout=60)
    seen = threading.local()

    def f(x):
        if not hasattr(seen, "kept"):
            seen.kept = x
            inside.wait()
        out = several_outputs(x)
        x.fill(np.nan)
        return out

    answers = at_once(lambda thread: jacobian(f, points(thread), method="central").tobytes())
    assert answers == [jacobian(several_outputs, points(t), method="central").tobytes() for t in range(THREADS)]


def test_vectorized_threads_are_inside_f_together():
    inside = threading.Barrier(THREADS, timeout=60)

    def f(x):
        out = several_outputs(x)
        if x.shape[-1] > 1:
            inside.wait()
        x.fill(np.nan)
        return out

    answers = at_once(lambda t: jacobian(f, points(t), method="central", vectorized=True).tobytes())
    assert answers == [jacobian(several_outputs, points(t), method="central").tobytes() for t in range(THREADS)]


def test_results_count_their_own_points():
    shared = Function(several_outputs)
    results = at_once(lambda t: [jacobian(shared, points(t), method="central", full_output=True) for _ in range(50)])
    assert {result.nfev for thread in results for result in thread} == {6}
    assert shared.nfev == THREADS * 50 * 6


@pytest.mark.usefixtures("rapid_switching")
def test_an_exception_in_one_thread_is_its_own():
    class Unexpected(Exception):
        pass

    def f(x):
        if x[0] > 7.5:
            raise Unexpected
        return one_output(x)

    def work(thread):
        answers = []
        for _ in range(REPETITIONS):
            try:
                answers.append(gradient(shared, points(thread), method="central").tobytes())
            except Unexpected:
                answers.append(None)
        return set(answers)

    shared = Function(f)
    expected = [{gradient(one_output, points(t), method="central").tobytes()} for t in range(THREADS - 1)]
    assert at_once(work) == [*expected, {None}]


@pytest.mark.usefixtures("rapid_switching")
def test_error_state_of_numpy_is_of_each_thread():
    """One thread is at displaced points, where numpy is silent, while another is not."""

    def f(x):
        time.sleep(0)
        return np.log(x).sum()

    def work(thread):
        with np.errstate(invalid="raise" if thread % 2 else "ignore"):
            own = np.geterr()
            states = []
            for _ in range(REPETITIONS):
                gradient(f, [1e-9, 1.0 + thread], method="central")
                states.append(np.geterr() == own)
        return all(states)

    assert all(at_once(work))


# ---------------------------------------------------------------------------- Ctrl-C

# Each takes many times longer than the test waits. A C function never runs the interpreter's loop, where
# Python looks for signals.
LONG_RUNS = """
import functools, operator, signal, sys, time, types
import numpy as np
import numdiff

# what is started in the background by a shell inherits that SIGINT is ignored, and Python leaves it so
signal.signal(signal.SIGINT, signal.default_int_handler)

def slow(x):
    time.sleep(1e-4)
    return x[0] * x[-1]

def busy(x):
    return x[0] * x[-1]

def outputs(x):
    return x[:3] * x[-1]

n = 200_000
x = np.linspace(1.0, 2.0, n)
RUNS = {
    "gradient": lambda: numdiff.gradient(busy, x, method="central"),
    "sleeping-gradient": lambda: numdiff.gradient(slow, x, method="forward"),
    "jacobian": lambda: numdiff.jacobian(outputs, x, method="central"),
    "gradient-of-ufunc": lambda: numdiff.gradient(np.add.reduce, x, method="central"),
    "jacobian-of-ufunc": lambda: numdiff.jacobian(
        functools.partial(np.add.reduce, axis=1), x.reshape(4, -1), method="central"),
    "gradient-of-norm": lambda: numdiff.gradient(np.linalg.norm, x, method="forward"),
    "gradient-of-bound-c-function": lambda: numdiff.gradient(
        types.MethodType(operator.matmul, x), x, method="forward"),
    "derivative-of-ufunc": lambda: numdiff.derivative(np.arctanh, np.full(4_000_000, 0.5), method="central"),
    "vectorized-ufunc": lambda: numdiff.gradient(
        functools.partial(np.add.reduce, axis=0), x[:60_000], method="central", vectorized=True),
    "vectorized-python": lambda: numdiff.gradient(
        lambda b: b[0] * b[1], x[:60_000], method="central", vectorized=True),
    "adaptive-gradient": lambda: numdiff.gradient(busy, x, method="richardson"),
    "adaptive-jacobian": lambda: numdiff.jacobian(outputs, x, method="richardson"),
    "adaptive-ufunc": lambda: numdiff.gradient(np.add.reduce, x, method="richardson"),
    "adaptive-derivative-of-ufunc": lambda: numdiff.derivative(
        np.exp, np.linspace(0.0, 1.0, 1_000_000), method="richardson"),
    "adaptive-vectorized": lambda: numdiff.derivative(
        np.exp, np.linspace(0.0, 1.0, 2_000_000), method="richardson", vectorized=True),
}

def usable(function):
    computed = numdiff.gradient(function, [1.0, 2.0], method="central")
    return np.allclose(computed, [2.0, 1.0]) and np.geterr() == ERRORS

ERRORS = np.geterr()
function = numdiff.Function(busy)
for line in sys.stdin:
    try:
        print("running", flush=True)
        RUNS[line.strip()]()
        print("finished", flush=True)
    except KeyboardInterrupt:
        print("interrupted", usable(function), flush=True)
"""


@pytest.fixture(scope="module")
def interpreter():
    with subprocess.Popen(
        [sys.executable, "-c", LONG_RUNS], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield process
        process.kill()


RUNS = [
    "gradient",
    "sleeping-gradient",
    "jacobian",
    "gradient-of-ufunc",
    "jacobian-of-ufunc",
    "gradient-of-norm",
    "gradient-of-bound-c-function",
    "derivative-of-ufunc",
    "vectorized-ufunc",
    "vectorized-python",
    "adaptive-gradient",
    "adaptive-jacobian",
    "adaptive-ufunc",
    "adaptive-derivative-of-ufunc",
    "adaptive-vectorized",
]


@pytest.mark.skipif(os.name != "posix", reason="Windows has no SIGINT for one process")
@pytest.mark.parametrize("run", RUNS)
def test_interrupt(interpreter, run):
    import signal

    print(run, file=interpreter.stdin, flush=True)
    assert interpreter.stdout.readline() == "running\n"
    time.sleep(0.2)
    started = time.perf_counter()
    interpreter.send_signal(signal.SIGINT)
    assert interpreter.stdout.readline() == "interrupted True\n"
    assert time.perf_counter() - started < 1.5


def test_interrupt_raised_by_f():
    """As by a debugger, or by a notebook's kernel."""
    calls = []

    def f(x):
        calls.append(1)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return one_output(x)

    function = Function(f)
    with pytest.raises(KeyboardInterrupt):
        gradient(function, points(0), method="central")
    assert len(calls) == function.nfev == 3
    expected = gradient(one_output, points(0), method="central")
    assert gradient(function, points(0), method="central").tobytes() == expected.tobytes()
