package whisper_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/dauys/dauys/asr/whisper"
	"github.com/dauys/dauys/fault"
	"github.com/dauys/dauys/tensor/nn"
	"github.com/dauys/dauys/tensor/null"
)

// sizes are those of the published models (openai/whisper model-card.md; HF config.json of turbo and distil).
var sizes = map[string]whisper.Config{
	"tiny.en":        {Mels: 80, Width: 384, Heads: 6, FeedWidth: 1536, Encoders: 4, Decoders: 4, Vocabulary: 51864},
	"base":           {Mels: 80, Width: 512, Heads: 8, FeedWidth: 2048, Encoders: 6, Decoders: 6, Vocabulary: 51865},
	"small":          {Mels: 80, Width: 768, Heads: 12, FeedWidth: 3072, Encoders: 12, Decoders: 12, Vocabulary: 51865},
	"medium":         {Mels: 80, Width: 1024, Heads: 16, FeedWidth: 4096, Encoders: 24, Decoders: 24, Vocabulary: 51865},
	"large-v2":       {Mels: 80, Width: 1280, Heads: 20, FeedWidth: 5120, Encoders: 32, Decoders: 32, Vocabulary: 51865},
	"large-v3":       {Mels: 128, Width: 1280, Heads: 20, FeedWidth: 5120, Encoders: 32, Decoders: 32, Vocabulary: 51866},
	"large-v3-turbo": {Mels: 128, Width: 1280, Heads: 20, FeedWidth: 5120, Encoders: 32, Decoders: 4, Vocabulary: 51866},
}

// shapesOf gives the weights of a size by name.
func shapesOf(c whisper.Config) whisper.Shapes {
	shapes := map[string][]int{}
	for f := range nn.Walk(whisper.New(c)) {
		shapes[f.Path] = (*f.Param).Shape
	}
	return func(name string) ([]int, bool) { s, ok := shapes[name]; return s, ok }
}

func TestEverySizeIsRecognisedAndCompiles(t *testing.T) {
	for name, want := range sizes {
		t.Run(name, func(t *testing.T) {
			want.AudioLen, want.TextLen = 1500, 448
			got, err := whisper.ParseConfig(shapesOf(want))
			if err != nil {
				t.Fatal(err)
			}
			if len(got.AlignmentHeads) != want.Heads*(want.Decoders-want.Decoders/2) {
				t.Errorf("%d alignment heads: want all of the upper half", len(got.AlignmentHeads))
			}
			heads := got.AlignmentHeads
			if got.AlignmentHeads = nil; fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("got %+v, want %+v", got, want)
			}
			got.AlignmentHeads = heads
			p, err := whisper.NewPrograms(whisper.ProgramsConfig{Model: whisper.New(got), Device: null.Device{}})
			if err != nil {
				t.Fatal(err)
			}
			if err := p.Check(); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestSettingsOfEverySpelling(t *testing.T) {
	base := sizes["base"]
	base.AudioLen, base.TextLen = 1500, 448
	for _, c := range []struct {
		name  string
		files []string
		check func(whisper.Config) bool
	}{
		{
			"CTranslate2",
			[]string{`{"alignment_heads": [[3, 1]], "lang_ids": [1], "suppress_ids": [1, 2], "suppress_ids_begin": [220, 50257]}`},
			func(c whisper.Config) bool {
				return len(c.AlignmentHeads) == 1 && slices.Equal(c.Suppress, []int32{1, 2}) && slices.Equal(c.SuppressFirst, []int32{220, 50257})
			},
		},
		{"Hugging Face: generation_config.json follows config.json", []string{
			`{"decoder_attention_heads": 16, "d_model": 512, "suppress_tokens": [9], "begin_suppress_tokens": [220]}`,
			`{"alignment_heads": [[5, 1], [5, 2]], "suppress_tokens": [7, 8]}`,
		}, func(c whisper.Config) bool {
			return c.Heads == 16 && len(c.AlignmentHeads) == 2 && slices.Equal(c.Suppress, []int32{7, 8}) && slices.Equal(c.SuppressFirst, []int32{220})
		}},
		{"OpenAI", []string{`{"n_mels": 80, "n_audio_head": 8, "n_text_head": 8}`}, func(c whisper.Config) bool { return c.Heads == 8 }},
		{"-1 means the default", []string{`{"suppress_ids": [-1]}`}, func(c whisper.Config) bool { return len(c.Suppress) == 0 }},
	} {
		t.Run(c.name, func(t *testing.T) {
			var files [][]byte
			for _, f := range c.files {
				files = append(files, []byte(f))
			}
			got, err := whisper.ParseConfig(shapesOf(base), files...)
			if err != nil || !c.check(got) {
				t.Fatalf("%v: %+v", err, got)
			}
		})
	}
}

func TestSettingsThatDoNotFitAreRefused(t *testing.T) {
	base := sizes["base"]
	base.AudioLen, base.TextLen = 1500, 448
	for _, file := range []string{`{`, `[]`, `{"alignment_heads": [[6, 0]]}`, `{"alignment_heads": [[0, -1]]}`, `{"decoder_attention_heads": 7}`} {
		if _, err := whisper.ParseConfig(shapesOf(base), []byte(file)); fault.KindOf(err) != fault.Corrupt {
			t.Errorf("%s: %v, want corrupt", file, err)
		}
	}
	none := func(string) ([]int, bool) { return nil, false }
	if _, err := whisper.ParseConfig(none); fault.KindOf(err) != fault.Corrupt || !strings.Contains(err.Error(), "conv1") {
		t.Errorf("no weights: %v", err)
	}
}

func FuzzSettings(f *testing.F) {
	f.Add([]byte(`{"alignment_heads": [[3, 1]], "suppress_ids": [1]}`))
	f.Add([]byte(`{"decoder_attention_heads": 8}`))
	base := sizes["base"]
	base.AudioLen, base.TextLen = 1500, 448
	shapes := shapesOf(base)
	f.Fuzz(func(t *testing.T, file []byte) {
		c, err := whisper.ParseConfig(shapes, file)
		if err != nil {
			return
		}
		for _, h := range c.AlignmentHeads {
			if h[0] < 0 || h[0] >= c.Decoders || h[1] < 0 || h[1] >= c.Heads {
				t.Fatalf("alignment head %v was let through", h)
			}
		}
	})
}
