"""Makes the goldens of this folder with faster-whisper's feature extractor (run: python gen.py; needs faster-whisper 1.2.1).

The sound is computed, not recorded: the Go test makes the same samples. One second: a chirp, a tone that starts late, noise.
"""
import importlib.metadata

import numpy as np
from faster_whisper.feature_extractor import FeatureExtractor

assert importlib.metadata.version("faster-whisper") == "1.2.1"


def sound(n):
    out, state = np.zeros(n, dtype=np.float32), 1
    for i in range(n):
        t = i / 16000
        state = (state * 1664525 + 1013904223) % (1 << 32)
        noise = (state >> 8) / (1 << 24) - 0.5
        out[i] = 0.3 * np.sin(2 * np.pi * (200 + 3000 * t) * t) + 0.01 * noise
        if i > n // 2:
            out[i] += 0.2 * np.sin(2 * np.pi * 5000 * t)
    return out


for bins in (80, 128):
    for n in (16000, 1234, 150):
        # As transcribe() calls it: 160 samples of silence after the sound; the window is cut one frame short and padded with 0.0.
        mel = FeatureExtractor(feature_size=bins)(sound(n))[:, :-1]
        padded = np.zeros((bins, 110), dtype=np.float32)
        padded[:, : mel.shape[1]] = mel
        np.save(f"padmel.{bins}.{n}.npy", padded)
