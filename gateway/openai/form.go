package openai

import (
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"github.com/dauys/dauys/fault"
)

// maxField bounds a form field that is not the recording; maxFields how many may come.
const (
	maxField  = 64 << 10
	maxFields = 64
)

// form is the body of POST /v1/audio/transcriptions.
type form struct {
	file     *os.File // the recording, spooled; unlinked already
	name     string   // what the client called it
	model    string
	language string
	prompt   string
	format   string // json text srt vtt verbose_json
	words    bool   // timestamp_granularities[] has word
	segments bool   // ... has segment, or nothing was asked for
}

// paramError says which parameter is wrong.
type paramError struct {
	param string
	err   error
}

func (e *paramError) Error() string { return e.param + ": " + e.err.Error() }
func (e *paramError) Unwrap() error { return e.err }

func paramOf(err error) string {
	var p *paramError
	if errors.As(err, &p) {
		return p.param
	}
	return ""
}

func wrong(param, format string, args ...any) error {
	return fault.E("openai.form", fault.Invalid, &paramError{param, fmt.Errorf(format, args...)})
}

func (f *form) close() {
	if f.file != nil {
		_ = f.file.Close()
	}
}

// readForm reads the body; the recording goes to a temporary file. The caller closes the form, also after an error.
func (h *handler) readForm(w http.ResponseWriter, r *http.Request) (*form, error) {
	const op fault.Op = "openai.form"
	f := &form{format: "json"}
	if media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || media != "multipart/form-data" {
		return f, fault.Errorf(op, fault.Unsupported, "body: send multipart/form-data with the fields file and model")
	}
	r.Body = http.MaxBytesReader(w, r.Body, h.MaxUpload+maxFields*maxField)
	parts, err := r.MultipartReader()
	if err != nil {
		return f, fault.Errorf(op, fault.Invalid, "body: %w", err)
	}
	var granularities []string
	for n := 0; ; n++ {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err == nil && n == maxFields {
			err = fmt.Errorf("more than %d fields", maxFields)
		}
		if err != nil {
			return f, fault.Errorf(op, fault.Invalid, "body: %w", err)
		}
		if granularity, err := f.take(h, part); err != nil {
			return f, err
		} else if granularity != "" {
			granularities = append(granularities, granularity)
		}
	}
	return f, f.check(granularities)
}

// take reads one field.
func (f *form) take(h *handler, part *multipart.Part) (granularity string, err error) {
	name := part.FormName()
	if name == "file" {
		if f.file != nil {
			return "", wrong("file", "one recording a request, please")
		}
		f.name = filepath.Base(part.FileName())
		f.file, err = spool(h.TempDir, part, h.MaxUpload)
		return "", err
	}
	b, err := io.ReadAll(io.LimitReader(part, maxField+1))
	if err != nil {
		return "", fault.Errorf("openai.form", fault.Invalid, "body: %w", err)
	}
	if len(b) > maxField {
		return "", wrong(name, "more than %d bytes", maxField)
	}
	value := string(b)
	switch name {
	case "model":
		f.model = value
	case "language":
		f.language = value
	case "prompt":
		f.prompt = value
	case "response_format":
		f.format = value
	case "timestamp_granularities[]", "timestamp_granularities":
		return value, nil
	case "temperature": // checked, then left to the fallback rules, which raise it where a window fails
		if t, err := strconv.ParseFloat(value, 64); err != nil || !(t >= 0 && t <= 1) {
			return "", wrong(name, "%q: a number from 0 to 1", value)
		}
	}
	return "", nil // newer clients may send more
}

// spool copies the recording into a file that vanishes with its last handle.
func spool(dir string, from io.Reader, limit int64) (_ *os.File, err error) {
	const op fault.Op = "openai.spool"
	file, err := os.CreateTemp(dir, "dauys-upload-*")
	if err != nil {
		return nil, fault.E(op, fault.Internal, err)
	}
	defer func() {
		if err != nil {
			_ = file.Close()
		}
	}()
	if err := os.Remove(file.Name()); err != nil {
		return nil, fault.E(op, fault.Internal, err)
	}
	n, err := io.Copy(diskWriter{file}, io.LimitReader(from, limit+1))
	var disk *diskError
	switch {
	case errors.As(err, &disk):
		return nil, fault.E(op, fault.Exhausted, fmt.Errorf("the server cannot store the recording (%w): try later", disk.err))
	case err != nil:
		return nil, fault.Errorf(op, fault.Invalid, "body: %w", err)
	case n > limit:
		return nil, fault.E(op, fault.Invalid, &paramError{"file", &http.MaxBytesError{Limit: limit}})
	case n == 0:
		return nil, wrong("file", "the recording is empty")
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return nil, fault.E(op, fault.Internal, err)
	}
	return file, nil
}

// diskWriter tells the disk's failures from the network's.
type diskWriter struct{ file *os.File }

func (d diskWriter) Write(p []byte) (int, error) {
	n, err := d.file.Write(p)
	if err != nil {
		var path *os.PathError
		if errors.As(err, &path) {
			err = path.Err // not where the file is
		}
		return n, &diskError{err}
	}
	return n, nil
}

type diskError struct{ err error }

func (e *diskError) Error() string { return e.err.Error() }

// check looks at the fields together.
func (f *form) check(granularities []string) error {
	if f.file == nil {
		return wrong("file", "there is none: send the recording as the form's file")
	}
	if !slices.Contains([]string{"json", "text", "srt", "vtt", "verbose_json"}, f.format) {
		return wrong("response_format", "%q: use json, text, srt, vtt or verbose_json", f.format)
	}
	if len(granularities) > 0 && f.format != "verbose_json" {
		return wrong("timestamp_granularities", "needs response_format verbose_json")
	}
	f.segments = len(granularities) == 0
	for _, g := range granularities {
		switch g {
		case "word":
			f.words = true
		case "segment":
			f.segments = true
		default:
			return wrong("timestamp_granularities", "%q: use word or segment", g)
		}
	}
	return nil
}
