#!/bin/sh
# Makes the sounds of this folder: a tone of 440 Hz, half of full scale, 1 s long (needs ffmpeg with libopus; made with 5.1.9).
set -e
tone="-hide_banner -loglevel error -y -fflags +bitexact -f lavfi -i aevalsrc=0.5*sin(2*PI*440*t):s=48000:d=1 -flags:a +bitexact"
ffmpeg $tone -c:a libopus -b:a 48k tone.opus
ffmpeg $tone -c:a libopus -b:a 16k -application voip -frame_duration 60 tone.voip.opus
ffmpeg $tone -ac 2 -c:a libopus -b:a 64k tone.webm
ffmpeg $tone -ac 2 -c:a libopus -b:a 64k -f webm -live 1 pipe:1 | cat > tone.live.webm
ffmpeg $tone -c:a libvorbis tone.vorbis.webm
