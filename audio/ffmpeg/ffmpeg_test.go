package ffmpeg

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/dauys/dauys/audio"
	"github.com/dauys/dauys/fault"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// make1 makes a file with the program itself.
func make1(t *testing.T, name string, args ...string) string {
	t.Helper()
	program, err := Find()
	if err != nil {
		if os.Getenv("DAUYS_REQUIRE") != "" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	path := filepath.Join(t.TempDir(), name)
	if out, err := exec.Command(program, append(append([]string{"-nostdin", "-loglevel", "error"}, args...), path)...).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return path
}

const tone = "aevalsrc=0.5*sin(2*PI*440*t):s=22050:d=1"

func count(t *testing.T, s audio.Source) (frames int, err error) {
	t.Helper()
	p := make([]float32, 1000*s.Format().Channels)
	for {
		n, err := s.Read(p)
		frames += n / s.Format().Channels
		if errors.Is(err, io.EOF) {
			return frames, nil
		}
		if err != nil {
			return frames, err
		}
	}
}

func TestReadsTheSoundOfAVideo(t *testing.T) {
	path := make1(t, "a b's 100%.mkv", "-f", "lavfi", "-i", "testsrc=d=1", "-f", "lavfi", "-i", tone, "-c:a", "pcm_s16le", "-c:v", "mpeg4")
	s, err := File(t.Context(), path, filepath.Base(path))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if n, err := count(t, s); n != 22050 || err != nil || s.Format() != (audio.Format{RateHz: 22050, Channels: 1}) {
		t.Errorf("%d frames of %v, %v", n, s.Format(), err)
	}
}

func TestWhatHasNoSoundSaysSo(t *testing.T) {
	silentVideo := make1(t, "v.mp4", "-f", "lavfi", "-i", "testsrc=d=1", "-c:v", "mpeg4")
	dir := filepath.Dir(silentVideo)
	write := func(name, content string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	sound := make1(t, "s.ts", "-f", "lavfi", "-i", tone, "-c:a", "mp2")
	for _, c := range []struct {
		name, path, want string
		kind             fault.Kind
	}{
		{"video without sound", silentVideo, "holds no sound", fault.Unsupported},
		{"text", write("a.mp4", "hello, this is text"), "ffmpeg cannot read", fault.Corrupt},
		{"nothing", write("b.mp4", ""), "ffmpeg cannot read", fault.Corrupt},
		{"no file", filepath.Join(dir, "absent.mp4"), "no such file", fault.NotFound},
		{"playlist of another file", write("c.m3u8", "#EXTM3U\n#EXTINF:1,\n"+sound+"\n#EXT-X-ENDLIST\n"), "ffmpeg cannot read", fault.Corrupt},
		{"list of files", write("d.ffconcat", "ffconcat version 1.0\nfile "+sound+"\n"), "ffmpeg cannot read", fault.Corrupt},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := File(t.Context(), c.path, filepath.Base(c.path))
			if fault.KindOf(err) != c.kind || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("%v: %v", fault.KindOf(err), err)
			}
		})
	}
}

func TestCloseAndCancelEndAProgramThatIsStillRunning(t *testing.T) {
	path := make1(t, "long.mka", "-f", "lavfi", "-i", "anullsrc=r=8000:cl=mono", "-t", "3600", "-c:a", "pcm_s16le")
	s, err := File(t.Context(), path, filepath.Base(path))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	if s, err = File(ctx, path, filepath.Base(path)); err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	cancel()
	if _, err := count(t, s); fault.KindOf(err) != fault.Canceled {
		t.Errorf("after cancelling: %v", err)
	}
}

func TestAddressesReachPublicHostsOnly(t *testing.T) {
	sound := make1(t, "s.wav", "-f", "lavfi", "-i", tone)
	server := httptest.NewServer(http.FileServer(http.Dir(filepath.Dir(sound))))
	defer server.Close()
	s, err := URL(t.Context(), server.URL+"/s.wav", true)
	if err != nil {
		t.Fatal(err)
	}
	if n, err := count(t, s); n != 22050 || err != nil {
		t.Errorf("%d frames, %v", n, err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if _, err := URL(t.Context(), server.URL+"/s.wav", false); fault.KindOf(err) != fault.Denied || !strings.Contains(err.Error(), "private network") {
		t.Errorf("private address: %v", err)
	}
	for address, kind := range map[string]fault.Kind{
		"rtmp://127.0.0.1/live": fault.Denied, "srt://[::1]:9000": fault.Denied, "file:///etc/passwd": fault.Invalid, "concat:a|b": fault.Invalid,
		"pipe://0": fault.Unsupported, "ftp://example.org/a": fault.Unsupported, "a.wav": fault.Invalid,
	} {
		if _, err := URL(t.Context(), address, false); fault.KindOf(err) != kind {
			t.Errorf("%s: %v", address, err)
		}
	}
}

func TestPlaylistFromTheNetworkCannotNameFiles(t *testing.T) {
	sound := make1(t, "s.ts", "-f", "lavfi", "-i", tone, "-c:a", "mp2")
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile://"+sound+"\n#EXT-X-ENDLIST\n")
	}))
	defer server.Close()
	s, err := URL(t.Context(), server.URL+"/live.m3u8", true)
	if err == nil {
		defer s.Close()
		t.Error("the playlist reached a file")
	}
}
