"""Makes tokens.tsv and words.json (run: python gen.py SHARED MODELS; needs tokenizers 0.23.3 and faster-whisper 1.2.1).

tokens.tsv: the tokens of each text as Hugging Face's tokenizers gives them, as a hash (32-bit little-endian ids, -1 after each line).
words.json: how faster-whisper's port of openai/whisper cuts some texts into words, and its non-speech tokens.
"""
import hashlib
import importlib.metadata
import json
import struct
import sys

import tokenizers
from faster_whisper.tokenizer import Tokenizer

assert tokenizers.__version__ == "0.23.3" and importlib.metadata.version("faster-whisper") == "1.2.1"
shared, models = sys.argv[1], sys.argv[2]


def load(model):
    """The multilingual file lacks the merge of a space with t (it has a token that no merge makes), so " the" falls apart. OpenAI's own
    tokenizer has it; here it is put back at its place, by ids the first."""
    file = json.load(open(f"{models}/{model}/tokenizer.json", encoding="utf-8"))
    merges = file["model"]["merges"]
    if "\u0120 t" not in merges:
        assert file["model"]["vocab"]["\u0120t"] == 256
        merges.insert(0, "\u0120 t")
    return tokenizers.Tokenizer.from_str(json.dumps(file))


with open("tokens.tsv", "w") as out:
    out.write("model\ttext\ttokens\tsha256\n")
    for model in ("whisper-base", "whisper-tiny.en"):
        hf = load(model)
        for name in ("ntrex.dev.eng", "ntrex.dev.kaz", "ntrex.dev.rus", "kaz_Cyrl-rus.kaz_Cyrl"):
            digest, count = hashlib.sha256(), 0
            for line in open(f"{shared}/data/text/{name}", encoding="utf-8", newline="\n").read().split("\n"):
                ids = hf.encode(line, add_special_tokens=False).ids
                count += len(ids)
                digest.update(struct.pack(f"<{len(ids) + 1}i", *ids, -1))
            out.write(f"{model}\t{name}\t{count}\t{digest.hexdigest()}\n")

texts = {
    "en": " And so, my fellow Americans: ask not what your country can do for you -- it's (really) 100% \"simple\".",
    "ru": " Добрый день, уважаемые коллеги! Сегодня 12-е число, т.е. среда…",
    "kk": " Сәлеметсіз бе? Қазақстан Республикасының Үкіметі «жаңа» заң қабылдады.",
    "ja": "これは日本語の音声です。😀",
}
cases = []
for model, multilingual in (("whisper-base", True), ("whisper-tiny.en", False)):
    hf = load(model)
    nonspeech = None
    for language, text in texts.items():
        t = Tokenizer(hf, multilingual, "transcribe" if multilingual else None, language if multilingual else None)
        t.language_code = language
        nonspeech = list(t.non_speech_tokens)
        ids = t.encode(text)
        for cut in (ids, ids[1:-1], ids[: len(ids) // 2]):
            words, tokens = t.split_to_word_tokens(list(cut))
            cases.append({"model": model, "language": language, "tokens": cut, "words": words, "split": tokens})
    cases.append({"model": model, "nonspeech": nonspeech})
json.dump(cases, open("words.json", "w"), ensure_ascii=False, indent=0)
