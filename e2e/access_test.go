package e2e

import (
	"crypto/tls"
	"crypto/x509"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/gorilla/websocket"
)

// TestOtherPagesAndNamesAreRefused: a page elsewhere may neither change anything nor open a socket, and may not rebind its
// own name to this server.
func TestOtherPagesAndNamesAreRefused(t *testing.T) {
	p := serve(t, "all")
	made := p.create(t, "websocket")
	for _, tt := range []struct{ name, header, value string }{
		{"another page", "Origin", "https://evil.example"},
		{"a page of another port", "Origin", "http://127.0.0.1:1"},
		{"a page without a name", "Origin", "null"},
		{"a rebound name", "Host", "evil.example"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := request(t, http.MethodPost, p.url+"/v1/programmes", "application/json", []byte(`{}`))
			if tt.header == "Host" {
				r.Host = tt.value
			} else {
				r.Header.Set(tt.header, tt.value)
			}
			if a := do(t, client, r); a.StatusCode != http.StatusForbidden || a.code(t) != "denied" {
				t.Errorf("POST: status %d, %s", a.StatusCode, a.body)
			}
			for _, path := range []string{made.IngestURL, made.EventsURL} {
				if got := refused(t, p.socket(path), http.Header{tt.header: {tt.value}}); got != http.StatusForbidden {
					t.Errorf("%s: status %d", path, got)
				}
			}
		})
	}
	t.Run("its own page", func(t *testing.T) {
		dial(t, p.socket(made.EventsURL), http.Header{"Origin": {p.url}})
	})
}

var (
	keyLine = regexp.MustCompile(`^API key, shown once: (\S+)$`)
	caLine  = regexp.MustCompile(`^certificate authority: (\S+)$`)
)

// TestOffLoopbackNeedsTLSAndAKey serves all interfaces with the program's own authority; the client trusts only that.
func TestOffLoopbackNeedsTLSAndAKey(t *testing.T) {
	data := t.TempDir()
	p := serve(t, "all", "--listen", "0.0.0.0:0", "--tls", "auto", "--data", data)
	key, ca := p.find(keyLine), p.find(caLine)
	if key == nil || ca == nil || !strings.HasPrefix(p.url, "https://") {
		t.Fatalf("no key or no authority:\n%s", p.text())
	}
	pem, err := os.ReadFile(ca[1])
	if err != nil {
		t.Fatal(err)
	}
	trusted := &tls.Config{RootCAs: x509.NewCertPool(), MinVersion: tls.VersionTLS12}
	if !trusted.RootCAs.AppendCertsFromPEM(pem) {
		t.Fatalf("%s holds no certificate", ca[1])
	}
	secure := &http.Client{Timeout: hung, Transport: &http.Transport{TLSClientConfig: trusted}}
	defer secure.CloseIdleConnections()
	for _, tt := range []struct {
		name, header, key string
		status            int
	}{
		{"no key", "X-API-Key", "", http.StatusUnauthorized},
		{"a wrong key", "X-API-Key", "dk_wrong", http.StatusUnauthorized},
		{"the key", "X-API-Key", key[1], http.StatusOK},
		{"the key as a bearer", "Authorization", "Bearer " + key[1], http.StatusOK},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := request(t, http.MethodGet, p.url+"/v1/programmes", "", nil)
			r.Header.Set(tt.header, tt.key)
			if a := do(t, secure, r); a.StatusCode != tt.status {
				t.Errorf("status %d, %s", a.StatusCode, a.body)
			}
			dialer := websocket.Dialer{TLSClientConfig: trusted}
			conn, res, err := dialer.DialContext(t.Context(), p.socket("/v1/programmes/none/events"), r.Header)
			if err == nil {
				conn.Close()
			}
			if want := map[int]int{http.StatusOK: http.StatusNotFound}[tt.status]; res == nil || want != 0 && res.StatusCode != want || want == 0 && res.StatusCode != tt.status {
				t.Errorf("events: %v, %v", res, err)
			}
		})
	}
	t.Run("the key is kept as a hash", func(t *testing.T) {
		text, err := os.ReadFile(filepath.Join(data, "keys"))
		if err != nil || strings.Contains(string(text), key[1]) {
			t.Errorf("keys holds %q, %v", text, err)
		}
		p.kill()
		again := serve(t, "all", "--listen", "0.0.0.0:0", "--tls", "auto", "--data", data)
		if again.find(keyLine) != nil {
			t.Error("the key is shown twice")
		}
		r := request(t, http.MethodGet, again.url+"/v1/programmes", "", nil)
		r.Header.Set("X-API-Key", key[1])
		if a := do(t, secure, r); a.StatusCode != http.StatusOK {
			t.Errorf("the key does not open it after a restart: status %d", a.StatusCode)
		}
	})
}

func TestInsecureSaysSo(t *testing.T) {
	p := serve(t, "all", "--listen", "0.0.0.0:0", "--insecure")
	if a := p.get(t, "/"); !strings.Contains(string(a.body), "--insecure") {
		t.Errorf("the page does not warn: %s", a.body)
	}
	if a := p.get(t, "/v1/programmes"); a.StatusCode != http.StatusOK {
		t.Errorf("status %d", a.StatusCode)
	}
}
