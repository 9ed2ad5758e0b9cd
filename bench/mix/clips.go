package mix

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/dauys/dauys/audio"
	"github.com/dauys/dauys/audio/mono16k"
	"github.com/dauys/dauys/audio/opus"
	"github.com/dauys/dauys/audio/wav"
	"github.com/dauys/dauys/demo"
	"github.com/dauys/dauys/fault"
)

// chosen tells which rows of transcripts.tsv are in the recording: whole sentences in a clean voice. The Kazakh clips are
// left out, because the default model hardly hears Kazakh, and the stereo one, because two people speak at once.
func chosen(path string) bool {
	name := filepath.Base(path)
	return strings.HasPrefix(name, "LJ001-") || name == "jfk.wav" || strings.Contains(name, "austen") || name == "test_sound_ru.wav"
}

// fromData reads the clips of a data folder, in the order of its transcripts.tsv.
func fromData(ctx context.Context, dir string) ([]sound, error) {
	table, err := os.ReadFile(filepath.Join(dir, "transcripts.tsv"))
	if errors.Is(err, os.ErrNotExist) {
		return nil, fault.Errorf("mix.New", fault.NotFound,
			"%s holds no reference recordings (no transcripts.tsv): name the folder that does, or leave it out to use the demonstration", dir)
	}
	if err != nil {
		return nil, err
	}
	var all []sound
	for line := range strings.Lines(string(table)) {
		column := strings.Split(strings.TrimRight(line, "\r\n"), "\t") // path, lang, kind, text_from, text
		if len(column) != 5 || !chosen(column[0]) {
			continue
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		samples, err := readWAV(filepath.Join(dir, filepath.FromSlash(column[0])))
		if err != nil {
			return nil, err
		}
		name := strings.TrimSuffix(filepath.Base(column[0]), ".wav")
		all = append(all, sound{name: name, language: column[1], text: column[4], samples: samples})
	}
	if len(all) == 0 {
		return nil, fault.Errorf("mix.New", fault.NotFound, "%s: its transcripts.tsv names none of the clips that benchmarks use", dir)
	}
	return all, nil
}

// fromDemo reads the recording that is part of the program.
func fromDemo(context.Context, string) ([]sound, error) {
	var ogg opus.Ogg
	decoded, err := ogg.Append(nil, demo.Recording)
	if err == nil {
		decoded, err = ogg.Flush(decoded)
	}
	if err != nil {
		return nil, err
	}
	format, _ := ogg.Format()
	c, err := mono16k.NewConverter(format)
	if err != nil {
		return nil, err
	}
	samples := c.Flush(c.Append(nil, decoded))
	return []sound{{name: "demo", language: "en", text: strings.Join(strings.Fields(demo.Text), " "), samples: samples}}, nil
}

func readWAV(path string) ([]float32, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	r, err := wav.NewReader(f)
	if err != nil {
		return nil, err
	}
	return mono(r)
}

// mono reads all of a sound, at 16 kHz.
func mono(src audio.Source) ([]float32, error) {
	m, err := mono16k.New(src)
	if err != nil {
		return nil, err
	}
	var all []float32
	block := make([]float32, 4096)
	for {
		n, err := m.Read(block)
		all = append(all, block[:n]...)
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err != nil {
			return nil, err
		}
	}
}
