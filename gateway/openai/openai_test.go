package openai

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/dauys/dauys/asr"
	"github.com/dauys/dauys/audio"
	"github.com/dauys/dauys/fault"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// scripted hears two sentences in any recording and remembers what it was asked.
type scripted struct {
	asr.Recognizer
	opts   asr.Options
	frames int
}

func (s *scripted) Models(context.Context) ([]asr.ModelInfo, error) {
	return []asr.ModelInfo{{ID: "whisper-base", Family: "whisper", Languages: []string{"en"}, Default: true, Note: "its Kazakh is hardly usable"}}, nil
}

func (s *scripted) Recognize(_ context.Context, src audio.Source, opts asr.Options) (*asr.Transcript, error) {
	s.opts = opts
	switch opts.Model {
	case "":
	case "full":
		return nil, fault.Errorf("scripted", fault.Exhausted, "no slot is free: try later")
	case "broken":
		return nil, errors.New("/secret")
	default:
		return nil, fault.Errorf("scripted", fault.NotFound, "model %s: dauys models pull %s", opts.Model, opts.Model)
	}
	buf := make([]float32, 4096)
	for {
		n, err := src.Read(buf)
		s.frames += n
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
	}
	second := time.Second
	words := func(at time.Duration, texts ...string) (out []asr.Word) {
		for i, w := range texts {
			out = append(out, asr.Word{Text: w, Start: at + time.Duration(i)*second, End: at + time.Duration(i+1)*second, Confidence: 0.9})
		}
		return out
	}
	return &asr.Transcript{Model: "whisper-base", Language: "kk", Duration: 6 * second, Segments: []asr.Segment{
		{Start: 0, End: 2 * second, Text: "Сәлеметсіз бе.", Language: "kk", Words: words(0, "Сәлеметсіз", "бе."), Tokens: []int32{1, 2}, AvgLogProb: -0.2},
		{Start: 4 * second, End: 6 * second, Text: "Рахмет сізге.", Language: "kk", Words: words(4*second, "Рахмет", "сізге.")},
	}}, nil
}

// recording is one second of 16 kHz sound as a WAV file.
func recording() []byte {
	var b bytes.Buffer
	const bytesOfSound = 32000
	b.WriteString("RIFF")
	_ = binary.Write(&b, binary.LittleEndian, uint32(36+bytesOfSound))
	b.WriteString("WAVEfmt ")
	for _, v := range []any{uint32(16), uint16(1), uint16(1), uint32(16000), uint32(32000), uint16(2), uint16(16)} {
		_ = binary.Write(&b, binary.LittleEndian, v)
	}
	b.WriteString("data")
	_ = binary.Write(&b, binary.LittleEndian, uint32(bytesOfSound))
	b.Write(make([]byte, bytesOfSound))
	return b.Bytes()
}

// post sends a form; fields are names and values, the recording comes last.
func post(t *testing.T, rec *scripted, sound []byte, fields ...string) *httptest.ResponseRecorder {
	t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for i := 0; i < len(fields); i += 2 {
		if err := form.WriteField(fields[i], fields[i+1]); err != nil {
			t.Fatal(err)
		}
	}
	if sound != nil {
		w, err := form.CreateFormFile("file", "speech.wav")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(sound); err != nil {
			t.Fatal(err)
		}
	}
	if err := form.Close(); err != nil {
		t.Fatal(err)
	}
	return serve(t, rec, "POST", "/v1/audio/transcriptions", form.FormDataContentType(), &body)
}

func serve(t *testing.T, rec *scripted, method, path, media string, body io.Reader) *httptest.ResponseRecorder {
	t.Helper()
	dir := t.TempDir()
	mux := http.NewServeMux()
	Routes(mux, Config{Recognizer: rec, Logger: slog.New(slog.DiscardHandler), MaxUpload: 100_000, TempDir: dir})
	r := httptest.NewRequest(method, path, body)
	r.Header.Set("Content-Type", media)
	w := httptest.NewRecorder()
	mux.ServeHTTP(w, r)
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("uploads left behind: %v, %v", left, err)
	}
	return w
}

func TestResponseFormats(t *testing.T) {
	for _, c := range []struct {
		format, media, want string
	}{
		{"", "application/json", `{"text":"Сәлеметсіз бе. Рахмет сізге."}`},
		{"json", "application/json", `{"text":"Сәлеметсіз бе. Рахмет сізге."}`},
		{"text", "text/plain; charset=utf-8", "Сәлеметсіз бе. Рахмет сізге."},
		{"srt", "application/x-subrip; charset=utf-8", "1\n00:00:00,000 --> 00:00:02,000\nСәлеметсіз бе.\n\n2\n00:00:04,000 --> 00:00:06,000\nРахмет сізге."},
		{"vtt", "text/vtt; charset=utf-8", "WEBVTT"},
		{"verbose_json", "application/json", `"language":"kazakh","duration":6,"text":"Сәлеметсіз бе. Рахмет сізге.","segments":[{"id":0,"seek":0,"start":0,"end":2,"text":"Сәлеметсіз бе.","tokens":[1,2],"temperature":0,"avg_logprob":-0.2`},
	} {
		t.Run(c.format, func(t *testing.T) {
			rec := &scripted{}
			var fields []string
			if c.format != "" {
				fields = []string{"response_format", c.format}
			}
			w := post(t, rec, recording(), append(fields, "model", "whisper-1", "language", "kk", "prompt", "news", "temperature", "0.2")...)
			if w.Code != 200 || w.Header().Get("Content-Type") != c.media || !strings.Contains(w.Body.String(), c.want) {
				t.Errorf("%d %s\n%s", w.Code, w.Header().Get("Content-Type"), w.Body)
			}
			if rec.frames != 16000 || rec.opts.Prompt != "news" || len(rec.opts.Languages) != 1 {
				t.Errorf("the recogniser got %d frames and %+v", rec.frames, rec.opts)
			}
		})
	}
}

func TestWordsAreGivenWhereAskedFor(t *testing.T) {
	w := post(t, &scripted{}, recording(), "response_format", "verbose_json", "timestamp_granularities[]", "word")
	if s := w.Body.String(); !strings.Contains(s, `"words":[{"word":"Сәлеметсіз","start":0,"end":1}`) || strings.Contains(s, `"segments"`) {
		t.Error(s)
	}
	w = post(t, &scripted{}, recording(), "response_format", "verbose_json", "timestamp_granularities[]", "word", "timestamp_granularities[]", "segment")
	if s := w.Body.String(); !strings.Contains(s, `"words"`) || !strings.Contains(s, `"segments"`) {
		t.Error(s)
	}
}

func TestFailuresHaveOpenAIsShape(t *testing.T) {
	many := make([]string, 0, 2*maxFields+2)
	for range maxFields + 1 {
		many = append(many, "x", "y")
	}
	for _, c := range []struct {
		name   string
		sound  []byte
		fields []string
		status int
		code   string
		kind   string
		param  string
	}{
		{"no file", nil, []string{"model", "whisper-1"}, 400, "invalid", "invalid_request_error", "file"},
		{"empty file", []byte{}, nil, 400, "invalid", "invalid_request_error", "file"},
		{"too large", make([]byte, 100_001), nil, 413, "invalid", "invalid_request_error", "file"},
		{"text called wav", []byte("this is no sound at all, it is text"), nil, 415, "", "invalid_request_error", ""},
		{"truncated header", recording()[:30], nil, 422, "", "invalid_request_error", ""},
		{"unknown format", recording(), []string{"response_format", "doc"}, 400, "invalid", "invalid_request_error", "response_format"},
		{"unknown granularity", recording(), []string{"response_format", "verbose_json", "timestamp_granularities[]", "year"}, 400, "invalid", "invalid_request_error", "timestamp_granularities"},
		{"granularity without verbose", recording(), []string{"timestamp_granularities[]", "word"}, 400, "invalid", "invalid_request_error", "timestamp_granularities"},
		{"temperature is no number", recording(), []string{"temperature", "hot"}, 400, "invalid", "invalid_request_error", "temperature"},
		{"huge field", recording(), []string{"prompt", strings.Repeat("a", maxField+1)}, 400, "invalid", "invalid_request_error", "prompt"},
		{"too many fields", recording(), many, 400, "invalid", "invalid_request_error", ""},
		{"unknown model", recording(), []string{"model", "absent"}, 404, "not_found", "invalid_request_error", ""},
		{"no slot", recording(), []string{"model", "full"}, 503, "exhausted", "rate_limit_error", ""},
		{"defect", recording(), []string{"model", "broken"}, 500, "other", "server_error", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := post(t, &scripted{}, c.sound, c.fields...)
			var f failure
			if err := json.Unmarshal(w.Body.Bytes(), &f); err != nil {
				t.Fatalf("%v in %s", err, w.Body)
			}
			param := ""
			if f.Error.Param != nil {
				param = *f.Error.Param
			}
			if c.code == "" { // the decoder's own kinds: any refusal of the input
				if w.Code < 400 || w.Code >= 500 || f.Error.Code == "" {
					t.Errorf("%d %+v", w.Code, f.Error)
				}
				return
			}
			if w.Code != c.status || f.Error.Code != c.code || f.Error.Type != c.kind || param != c.param || f.Error.Message == "" {
				t.Errorf("%d %+v", w.Code, f.Error)
			}
			if strings.Contains(w.Body.String(), "secret") {
				t.Error("an internal cause was sent")
			}
			if c.status == 503 && w.Header().Get("Retry-After") == "" {
				t.Error("no Retry-After")
			}
		})
	}
}

func TestOtherBodiesAreRefused(t *testing.T) {
	if w := serve(t, &scripted{}, "POST", "/v1/audio/transcriptions", "application/json", strings.NewReader(`{}`)); w.Code != 415 {
		t.Errorf("JSON: %d %s", w.Code, w.Body)
	}
	if w := serve(t, &scripted{}, "POST", "/v1/audio/transcriptions", "multipart/form-data; boundary=x", strings.NewReader("--x\r\nbroken")); w.Code != 400 {
		t.Errorf("broken form: %d %s", w.Code, w.Body)
	}
}

func TestModelsAreListed(t *testing.T) {
	w := serve(t, &scripted{}, "GET", "/v1/models", "", nil)
	if want := `{"object":"list","data":[{"id":"whisper-base","object":"model","created":0,"owned_by":"dauys"`; !strings.HasPrefix(w.Body.String(), want) {
		t.Error(w.Body)
	}
	if w := serve(t, &scripted{}, "GET", "/v1/models/whisper-base", "", nil); w.Code != 200 {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if w := serve(t, &scripted{}, "GET", "/v1/models/absent", "", nil); w.Code != 404 {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

func FuzzForm(f *testing.F) {
	f.Add([]byte("--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.wav\"\r\n\r\nabc\r\n--x--\r\n"))
	f.Add([]byte("--x\r\nContent-Disposition: form-data; name=\"response_format\"\r\n\r\nsrt\r\n--x--\r\n"))
	f.Add([]byte("--x--"))
	f.Fuzz(func(t *testing.T, body []byte) {
		h := &handler{Config{MaxUpload: 1000, TempDir: t.TempDir()}}
		r := httptest.NewRequest("POST", "/v1/audio/transcriptions", bytes.NewReader(body))
		r.Header.Set("Content-Type", "multipart/form-data; boundary=x")
		form, err := h.readForm(httptest.NewRecorder(), r)
		defer form.close()
		if err != nil && fault.KindOf(err) != fault.Invalid {
			t.Errorf("kind %v: %v", fault.KindOf(err), err)
		}
	})
}
