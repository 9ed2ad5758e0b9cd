#!/usr/bin/env python3
"""Makes speech.wav, the golden probabilities of Silero VAD with onnxruntime, and golden spans with faster-whisper.

    generate.py SHARED GGML        SHARED: the folder with data/models and data/speech; GGML: ggml-silero-v6.2.0.bin

The reference program is silero_vad.onnx (16 kHz branch), run as snakers4/silero-vad src/silero_vad/utils_vad.py does:
frames of 512 samples, each with the 64 samples before it. The other two files hold other values of the same tensors; they
replace the ONNX file's bytes, so that onnxruntime computes the golden for them too.
"""
import json, struct, subprocess, sys, wave
import faster_whisper, faster_whisper.vad
import numpy as np
import onnxruntime as ort

SHARED, GGML = sys.argv[1:3]
ONNX = open(f"{SHARED}/data/models/silero_vad.onnx", "rb").read()
ORDER = ["stft", "conv1.weight", "conv1.bias", "conv2.weight", "conv2.bias", "conv3.weight", "conv3.bias", "conv4.weight",
         "conv4.bias", "weight_ih", "weight_hh", "bias_ih", "bias_hh", "final.weight", "final.bias"]


def ggml(path):
    """Tensors of the file, f16 widened to f32, by ORDER's names."""
    d, p, out = open(path, "rb").read(), 0, {}
    def i():
        nonlocal p
        v = struct.unpack_from("<i", d, p)[0]
        p += 4
        return v
    i(); n = i(); p += n + 4 * 5; n = i(); p += 12 * n + 16  # name, version and window, layers, LSTM and output
    while p < len(d):
        rank, length, half = i(), i(), i()
        n = int(np.prod([i() for _ in range(rank)])); name = d[p:p + length].decode(); p += length
        a = np.frombuffer(d, "<f2" if half else "<f4", n, p); p += a.nbytes
        out[name] = a.astype("<f4")
    names = ["_model.stft.forward_basis_buffer"]
    names += [f"_model.encoder.{k}.reparam_conv.{w}" for k in range(4) for w in ("weight", "bias")]
    names += [f"_model.decoder.rnn.{w}" for w in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")]
    names += ["_model.decoder.decoder.2.weight", "_model.decoder.decoder.2.bias"]
    return {k: out[n] for k, n in zip(ORDER, names)}


def safetensors(path):
    f = open(path, "rb")
    h = json.loads(f.read(struct.unpack("<Q", f.read(8))[0]))
    body = f.read()
    get = lambda n: np.frombuffer(body[slice(*h[n]["data_offsets"])], "<f4")
    names = ["stft_conv.weight"] + [f"conv{k}.{w}" for k in (1, 2, 3, 4) for w in ("weight", "bias")]
    names += [f"lstm_cell.{w}" for w in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")]
    names += ["final_conv.weight", "final_conv.bias"]
    return {k: get(n) for k, n in zip(ORDER, names)}


def raw(name):
    """The raw_data of the 16 kHz branch's Constant with this output: behind the output (2) comes its TensorProto."""
    output = "If_0_then_branch__Inline_0__" + name
    at = ONNX.index(b"\x12" + bytes([len(output)]) + output.encode() + b'"\x08Constant')
    at = ONNX.index(b"B" + bytes([len(name)]) + name.encode() + b"J", at) + 2 + len(name) + 1
    n, shift = 0, 0
    while True:
        b = ONNX[at]; at += 1
        n |= (b & 127) << shift; shift += 7
        if b < 128:
            return at, n


def patched(tensors):
    names = ["stft.forward_basis_buffer"]
    names += [f"encoder.{k}.reparam_conv.{w}" for k in range(4) for w in ("weight", "bias")]
    names += [f"decoder.rnn.{w}" for w in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")]
    names += ["decoder.decoder.2.weight", "decoder.decoder.2.bias"]
    out = bytearray(ONNX)
    for key, name in zip(ORDER, names):
        at, n = raw(name)
        assert n == tensors[key].nbytes, (key, n, tensors[key].nbytes)
        out[at:at + n] = tensors[key].tobytes()
    return bytes(out)


def probabilities(model, samples):
    session = ort.InferenceSession(model)
    state, context, out = np.zeros((2, 1, 128), "f4"), np.zeros(64, "f4"), []
    for at in range(0, len(samples) - 511, 512):
        frame = samples[at:at + 512]
        p, state = session.run(None, {"input": np.concatenate([context, frame])[None], "state": state, "sr": np.array(16000)})
        context = frame[-64:]
        out.append(p[0, 0])
    return out


def read(path):
    with wave.open(path) as w:
        assert w.getframerate() == 16000 and w.getnchannels() == 1
        return np.frombuffer(w.readframes(w.getnframes()), "<i2").astype("f4") / 32768


def synthesise(path):
    """Two phrases with a pause, over faint noise: ours, made by espeak-ng."""
    parts = []
    for voice, text in (("kk", "Сәлеметсіз бе"), ("en", "good evening and welcome")):
        subprocess.run(["espeak-ng", "-v", voice, "-w", "/tmp/part.wav", text], check=True)
        pcm = subprocess.run(["sox", "-D", "/tmp/part.wav", "-r", "16000", "-b", "16", "-e", "signed", "-t", "raw", "-"],
                             check=True, capture_output=True).stdout
        parts += [np.zeros(11200), np.frombuffer(pcm, "<i2") * 0.5]
    x = np.concatenate(parts + [np.zeros(8000)])
    x += np.random.default_rng(1).normal(0, 40, len(x))
    with wave.open(path, "wb") as w:
        w.setnchannels(1); w.setsampwidth(2); w.setframerate(16000)
        w.writeframes(np.clip(np.round(x), -32768, 32767).astype("<i2").tobytes())


synthesise("speech.wav")
for sound, path in (("speech", "speech.wav"), ("jfk", f"{SHARED}/data/speech/en/jfk.wav")):
    samples = read(path)
    columns = [probabilities(m, samples) for m in (
        ONNX, patched(ggml(GGML)), patched(safetensors(f"{SHARED}/data/models/silero_vad_16k.safetensors")))]
    with open(f"{sound}.probabilities.tsv", "w") as f:
        f.write(f"# onnxruntime {ort.__version__}, numpy {np.__version__}; one frame of 512 samples a line\nonnx\tggml\tsafetensors\n")
        for row in zip(*columns):
            f.write("\t".join(f"{p:.7f}" for p in row) + "\n")


def spans(script, **options):
    """What faster-whisper makes of probabilities (digit + 0.3) / 10, its model replaced by them."""
    faster_whisper.vad.get_vad_model = lambda: lambda audio: [(int(d) + 0.3) / 10 for d in script]
    found = faster_whisper.vad.get_speech_timestamps(np.zeros(512 * len(script), "f4"), **options)
    return " ".join(f"{s['start']}-{s['end']}" for s in found)


# Slow noise through a sigmoid: speech, pauses and doubt of all lengths. The end is silence, which Segmenter.Flush leaves out.
noise = np.random.default_rng(7).normal(0, 1, 1500)
slow = np.array([noise[max(0, i - 12):i + 1].mean() for i in range(1500)]) * 9 + noise * 0.7
script = "".join(str(int(d)) for d in np.clip(10 / (1 + np.exp(-slow)), 0, 9)) + "0" * 80
with open("spans.tsv", "w") as f:
    f.write(f"# faster-whisper {faster_whisper.__version__}, get_speech_timestamps\n{script}\nsilence_ms\tspeech_ms\tpad_ms\tspans\n")
    for silence, speech, pad in ((100, 250, 30), (500, 100, 200), (2000, 0, 400), (160, 0, 0)):
        f.write(f"{silence}\t{speech}\t{pad}\t" + spans(script, min_silence_duration_ms=silence,
                min_speech_duration_ms=speech, speech_pad_ms=pad) + "\n")
