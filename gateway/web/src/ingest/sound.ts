import workletURL from "./capture.worklet.ts?worker&url";

/** A running source of 16 kHz mono samples. */
export interface Sound {
  stop(): void;
}

const rateHz = 16000;

export { rateHz };

type Sink = (samples: Int16Array<ArrayBuffer>) => void;

/** Listens to the microphone. Rejects when the browser or the person refuses it. */
export async function microphone(sink: Sink): Promise<Sound> {
  const stream = await navigator.mediaDevices.getUserMedia({
    audio: { channelCount: 1, echoCancellation: false, noiseSuppression: false, autoGainControl: true },
  });
  const context = new AudioContext({ sampleRate: rateHz });
  const node = await capture(context, sink);
  context.createMediaStreamSource(stream).connect(node);
  return {
    stop() {
      for (const t of stream.getTracks()) t.stop();
      close(context);
    },
  };
}

/** Plays a file aloud and listens to it at its own pace. ended is called at its end. */
export async function playFile(file: File, sink: Sink, ended: () => void): Promise<Sound> {
  const audio = new Audio();
  const url = URL.createObjectURL(file);
  audio.src = url;
  const context = new AudioContext({ sampleRate: rateHz });
  const node = await capture(context, sink);
  const source = context.createMediaElementSource(audio);
  source.connect(node);
  source.connect(context.destination);
  const stop = () => {
    audio.pause();
    URL.revokeObjectURL(url);
    close(context);
  };
  audio.onended = ended;
  try {
    await audio.play();
  } catch (err) {
    stop();
    throw err;
  }
  return { stop };
}

/** Sounds may be stopped more than once. */
function close(context: AudioContext): void {
  if (context.state !== "closed") void context.close();
}

async function capture(context: AudioContext, sink: Sink): Promise<AudioWorkletNode> {
  await context.audioWorklet.addModule(workletURL);
  const node = new AudioWorkletNode(context, "capture", { numberOfOutputs: 0 });
  node.port.onmessage = (m: MessageEvent<Int16Array<ArrayBuffer>>) => sink(m.data);
  return node;
}
