#!/bin/sh
# Makes demo.ogg: speech that this project synthesised itself, from demo.txt.
#   generate.sh VOICE.onnx      needs piper (PyPI piper-tts 1.3.0), ffmpeg with libopus
# Voice: en_US joe medium (rhasspy/piper-voices, CC0), see models.md of the voice. Each line is a sentence; an empty line is a pause.
set -eu
voice=$1
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
n=100
while IFS= read -r line; do
  n=$((n + 1))
  if [ -z "$line" ]; then
    ffmpeg -nostdin -loglevel error -f lavfi -i anullsrc=r=22050:cl=mono -t 1.6 "$work/$n.wav"
  else
    printf '%s\n' "$line" | piper --model "$voice" --sentence-silence 0.35 --output_file "$work/$n.wav" 2>/dev/null
  fi
  printf "file '%s'\n" "$work/$n.wav" >>"$work/list"
done <"$here/demo.txt"
ffmpeg -nostdin -loglevel error -y -f concat -safe 0 -i "$work/list" -ar 48000 -ac 1 -c:a libopus -b:a 32k \
  -metadata title="Dauys demonstration" \
  -metadata comment="synthetic speech; digitalsourcetype=http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia" \
  "$here/demo.ogg"
