package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestServeFailsWithOneLine: what cannot work ends with exit status 1 and one line that says what, where and what to do.
func TestServeFailsWithOneLine(t *testing.T) {
	taken := serve(t, "all")
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name string
		args []string
		want []string
	}{
		{"port in use", []string{"all", "--listen", strings.TrimPrefix(taken.url, "http://")}, []string{"in use", "--listen"}},
		{"no address", []string{"all", "--listen", "nonsense"}, []string{"nonsense"}},
		{"off loopback", []string{"all", "--listen", "0.0.0.0:0"}, []string{"TLS", "--tls auto", "--insecure"}},
		{"data folder is a file", []string{"all", "--data", file}, []string{file}},
		{"data folder cannot be made", []string{"all", "--data", "/proc/dauys"}, []string{"/proc/dauys"}},
		{"data folder in use", []string{"all", "--data", taken.data}, []string{taken.data, "another"}},
		{"missing model", []string{"all", "--model", "whisper-giant"}, []string{"whisper-giant"}},
		{"missing certificate", []string{"all", "--tls-cert", "none.pem", "--tls-key", "none.key"}, []string{"none.pem"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			args := append([]string{"serve"}, tt.args...)
			if !has(args, "--data") {
				args = append(args, "--data", t.TempDir())
			}
			if !has(args, "--listen") {
				args = append(args, "--listen", "127.0.0.1:0")
			}
			p := start(t, args...)
			code := p.exit()
			if code != 1 || strings.Count(p.text(), "\n") > 0 {
				t.Errorf("exit status %d, not one line but %q", code, p.text())
			}
			for _, want := range tt.want {
				if !strings.Contains(p.text(), want) {
					t.Errorf("%q does not name %q", p.text(), want)
				}
			}
		})
	}
	t.Run("model is not installed", func(t *testing.T) {
		p := launch(t, exec.Command(dauys(t), "--models", t.TempDir(), "serve", "--listen", "127.0.0.1:0", "--data", t.TempDir()), "serve without models")
		if code := p.exit(); code != 1 || !strings.Contains(p.text(), "dauys models pull whisper-base") {
			t.Errorf("exit status %d: %q", code, p.text())
		}
	})
}
