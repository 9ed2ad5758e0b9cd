#!/bin/sh
# Makes the sounds of this folder: a tone of 440 Hz, half of full scale, 1 s long (needs ffmpeg with libmp3lame; made with 5.1.9).
set -e
make() { rate=$1; shift; ffmpeg -hide_banner -loglevel error -y -f lavfi -i "aevalsrc=0.5*sin(2*PI*440*t):s=$rate:d=1" -c:a libmp3lame "$@"; }
make 44100 -b:a 64k tone.44100.mp3
make 24000 -ac 2 -b:a 48k -id3v2_version 3 -metadata title=tone tone.24000.stereo.mp3
make 48000 -b:a 64k -write_xing 0 tone.48000.notag.mp3
make 11025 -b:a 16k tone.11025.mp3
