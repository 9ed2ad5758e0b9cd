package captions

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/dauys/dauys/subtitle/cue"
)

func TestEveryFormatWritesItsFile(t *testing.T) {
	cues := []cue.Cue{{Start: time.Second, End: 2 * time.Second, Lines: []string{"Сәлем"}}}
	for name, want := range map[string]string{"srt": "1\n00:00:01,000 -->", "vtt": "WEBVTT\n", "ttml": `xml:lang="kk"`} {
		format, ok := Find(name)
		var out bytes.Buffer
		if !ok || format.Media == "" || format.Write(&out, cues, "kk") != nil || !strings.Contains(out.String(), want) || !strings.Contains(out.String(), "Сәлем") {
			t.Errorf("%s: %v\n%s", name, ok, &out)
		}
	}
	if _, ok := Find("doc"); ok {
		t.Error("there is no such format")
	}
}
