"""Fits the polynomials of tensor/kernel/vmath: minimax in relative error, by Lawson's reweighted least squares.

Run: python3 coefficients.py (numpy, scipy); paste the lists into coefficients.go. Lowest power first.
"""
import numpy as np
from scipy import special


def minimax(x, basis, target, weight, rounds=400):
    w = np.ones_like(x)
    best, coef = np.inf, None
    for _ in range(rounds):
        s = np.sqrt(w) * weight
        c, *_ = np.linalg.lstsq(basis * s[:, None], target * s, rcond=None)
        err = np.abs((basis @ c - target) * weight)
        if err.max() < best:
            best, coef = err.max(), c
        w = w * (err + 1e-3 * err.max())
        w /= w.sum()
    return coef, best


def powers(x, n):
    return np.stack([x**i for i in range(n)], axis=1)


def nodes(a, b, n=4000):
    return (a + b) / 2 + (b - a) / 2 * np.cos(np.pi * (np.arange(n) + 0.5) / n)


def show(name, c, err):
    print(f"var {name} = []float32{{ // relative error {err:.1e}")
    for v in c:
        print(f"\t{np.float32(v)!r},".replace("np.float32(", "").replace(")", ""))
    print("}\n")


# e**r = 1 + r + r²·expTail(r) for |r| <= ln2/2
r = nodes(-0.3475, 0.3475)
r = r[np.abs(r) > 1e-3]
c, e = minimax(r, powers(r, 5), (np.expm1(r) - r) / r**2, r**2)
show("expTail", c, e)

# ln(1+f) = f - f²/2 + f³·logTail(f) for sqrt(1/2) <= 1+f < sqrt(2)
f = nodes(np.sqrt(0.5) - 1, np.sqrt(2) - 1)
f = f[np.abs(f) > 1e-3]
c, e = minimax(f, powers(f, 9), (np.log1p(f) - f + f**2 / 2) / f**3, f**3 / np.log1p(f))
show("logTail", c, e)

# Φ(-a) = exp(-a²/2)·t·normalTail(t), t = 1/(1+p·a), for 0 <= a <= 13
a = np.concatenate([nodes(0, 6), nodes(5.9, 13.05, 1000)])
exact = special.erfcx(a / np.sqrt(2)) / 2  # Φ(-a)·exp(a²/2)
best = None
for p in np.arange(0.2, 0.5, 0.01):
    t = 1 / (1 + p * a)
    c, e = minimax(a, powers(t, 8) * t[:, None], exact, 1 / exact, 60)
    if best is None or e * np.abs(c).max() < best[1] * np.abs(best[2]).max():
        best = (p, e, c)
p = best[0]
t = 1 / (1 + p * a)
c, e = minimax(a, powers(t, 8) * t[:, None], exact, 1 / exact)
print(f"const normalScale = {p:.2f}")
show("normalTail", c, e)
