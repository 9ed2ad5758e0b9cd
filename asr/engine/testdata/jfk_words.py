#!/usr/bin/env python3
"""Makes jfk.words.tsv: the word times that faster-whisper 1.2.1 (ctranslate2 4.8.5, float32) finds in jfk.wav.

jfk_words.py MODEL_DIR jfk.wav > jfk.words.tsv      MODEL_DIR: Systran/faster-whisper-base
"""
import sys
from faster_whisper import WhisperModel

model = WhisperModel(sys.argv[1], device="cpu", compute_type="float32", cpu_threads=2)
segments, _ = model.transcribe(sys.argv[2], language="en", beam_size=1, temperature=0, word_timestamps=True)
print("# start end word")
for s in segments:
    for w in s.words:
        print(f"{w.start:.2f}\t{w.end:.2f}\t{w.word.strip()}\t{w.probability:.3f}")
