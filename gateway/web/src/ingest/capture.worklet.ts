/** Collects the first channel in blocks of 100 ms of 16-bit samples and posts them to the page. */
class Capture extends AudioWorkletProcessor {
  #block = new Int16Array(Math.round(sampleRate / 10));
  #filled = 0;

  process(inputs: Float32Array[][]): boolean {
    const channels = inputs[0] ?? [];
    const first = channels[0];
    if (!first) return true;
    for (let i = 0; i < first.length; i++) {
      let sum = 0;
      for (const c of channels) sum += c[i] ?? 0;
      const x = Math.max(-1, Math.min(1, sum / channels.length));
      this.#block[this.#filled++] = Math.round(x * 32767);
      if (this.#filled === this.#block.length) {
        this.port.postMessage(this.#block, [this.#block.buffer]);
        this.#block = new Int16Array(Math.round(sampleRate / 10));
        this.#filled = 0;
      }
    }
    return true;
  }
}

registerProcessor("capture", Capture);
