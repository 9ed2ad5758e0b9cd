#!/bin/sh
# Makes the sounds of this folder: a tone of 440 Hz, half of full scale (needs ffmpeg; made with 5.1.9).
set -e
make() { ffmpeg -hide_banner -loglevel error -y -f lavfi -i "aevalsrc=$1:s=$2:d=0.2" -fflags +bitexact -flags:a +bitexact -c:a flac -sample_fmt "$3" "$4"; }
make '0.5*sin(2*PI*440*t)' 8000 s16 tone.16.flac
make '0.5*sin(2*PI*440*t)|0.25*sin(2*PI*440*t)' 44100 s32 tone.24.stereo.flac
