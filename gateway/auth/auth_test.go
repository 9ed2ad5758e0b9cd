package auth

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/dauys/dauys/fault"
)

// ask sends a request through a guard and gives the answer.
func ask(c Config, method, target string, headers ...string) *http.Response {
	r := httptest.NewRequest(method, target, nil)
	for i := 0; i < len(headers); i += 2 {
		if headers[i] == "Host" {
			r.Host = headers[i+1]
			continue
		}
		r.Header.Add(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	c.Guard(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) })).ServeHTTP(w, r)
	return w.Result()
}

const served = http.StatusTeapot

func TestHostAndOrigin(t *testing.T) {
	loopback, public := Config{}, Config{Public: true, Insecure: true, Hosts: []string{"studio.example"}, Origins: []string{"https://page.example"}}
	for _, c := range []struct {
		name    string
		config  Config
		method  string
		headers []string
		want    int
	}{
		{"loopback by name", loopback, "GET", []string{"Host", "localhost:8080"}, served},
		{"loopback by IPv4", loopback, "GET", []string{"Host", "127.0.0.1:8080"}, served},
		{"loopback by IPv6", loopback, "GET", []string{"Host", "[::1]:8080"}, served},
		{"rebound name", loopback, "GET", []string{"Host", "evil.example:8080"}, 403},
		{"other address on loopback", loopback, "GET", []string{"Host", "10.0.0.1"}, 403},
		{"no host", loopback, "GET", []string{"Host", ""}, 403},
		{"program without origin", loopback, "POST", []string{"Host", "localhost:8080"}, served},
		{"own page", loopback, "POST", []string{"Host", "localhost:8080", "Origin", "http://localhost:8080"}, served},
		{"other port of the machine", loopback, "POST", []string{"Host", "localhost:8080", "Origin", "http://localhost:3000"}, 403},
		{"other page", loopback, "POST", []string{"Host", "localhost:8080", "Origin", "https://evil.example"}, 403},
		{"sandboxed page", loopback, "POST", []string{"Host", "localhost:8080", "Origin", "null"}, 403},
		{"two origins", loopback, "POST", []string{"Host", "localhost:8080", "Origin", "http://localhost:8080", "Origin", "https://evil.example"}, 403},
		{"other page deletes", loopback, "DELETE", []string{"Host", "localhost:8080", "Origin", "https://evil.example"}, 403},
		{"other page's socket", loopback, "GET", []string{"Host", "localhost:8080", "Origin", "https://evil.example", "Upgrade", "websocket"}, 403},
		{"own socket", loopback, "GET", []string{"Host", "localhost:8080", "Origin", "http://localhost:8080", "Upgrade", "websocket"}, served},
		{"cross-site form without origin", loopback, "POST", []string{"Host", "localhost:8080", "Sec-Fetch-Site", "cross-site"}, 403},
		{"public by address", public, "GET", []string{"Host", "10.0.0.1"}, served},
		{"public by configured name", public, "GET", []string{"Host", "Studio.example:443"}, served},
		{"public by another name", public, "GET", []string{"Host", "evil.example"}, 403},
		{"configured page", public, "POST", []string{"Host", "studio.example", "Origin", "https://page.example"}, served},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := ask(c.config, c.method, "/v1/programmes", c.headers...).StatusCode; got != c.want {
				t.Errorf("status %d, want %d", got, c.want)
			}
		})
	}
}

func TestKeys(t *testing.T) {
	key, hash := NewKey()
	c := Config{Public: true, Keys: []Hash{HashOf("another"), hash}}
	for _, row := range []struct {
		name, path string
		headers    []string
		want       int
	}{
		{"no key", "/v1/programmes", nil, 401},
		{"wrong key", "/v1/programmes", []string{"Authorization", "Bearer dk_wrong"}, 401},
		{"the hash is no key", "/v1/programmes", []string{"X-API-Key", hash.String()}, 401},
		{"bearer", "/v1/programmes", []string{"Authorization", "Bearer " + key}, served},
		{"header", "/v1/programmes", []string{"X-API-Key", key}, served},
		{"cookie", "/v1/programmes", []string{"Cookie", Cookie + "=" + key}, served},
		{"a service under its own name", "/dauys.asr.v1.RecognizerService/Stream", []string{"Host", "asr:8080", "X-API-Key", key}, served},
		{"metrics", "/metrics", nil, 401},
		{"health", "/healthz", nil, served},
		{"page", "/", nil, served},
		{"page's files", "/assets/index.js", nil, served},
		{"page with a wrong key", "/?key=dk_wrong", nil, served},
	} {
		t.Run(row.name, func(t *testing.T) {
			headers := append([]string{"Host", "10.0.0.1"}, row.headers...)
			if got := ask(c, "GET", row.path, headers...).StatusCode; got != row.want {
				t.Errorf("status %d, want %d", got, row.want)
			}
		})
	}
}

func TestKeyInThePagesAddressBecomesACookie(t *testing.T) {
	key, hash := NewKey()
	res := ask(Config{Public: true, Keys: []Hash{hash}}, "GET", "/p/x1?big=1&key="+key, "Host", "10.0.0.1")
	if res.StatusCode != http.StatusSeeOther || res.Header.Get("Location") != "/p/x1?big=1" {
		t.Errorf("%d to %s", res.StatusCode, res.Header.Get("Location"))
	}
	cookies := res.Cookies()
	if len(cookies) != 1 || cookies[0].Value != key || !cookies[0].HttpOnly || cookies[0].SameSite != http.SameSiteStrictMode {
		t.Errorf("cookies %v", cookies)
	}
}

func TestPublicWithoutKeysIsRefusedUnlessInsecure(t *testing.T) {
	if err := (Config{Public: true}).Check(); fault.KindOf(err) != fault.Invalid || !strings.Contains(err.Error(), "--insecure") {
		t.Error(err)
	}
	for _, c := range []Config{{}, {Public: true, Insecure: true}, {Public: true, Keys: []Hash{{}}}} {
		if err := c.Check(); err != nil {
			t.Error(err)
		}
	}
}

func TestHashesAreReadBack(t *testing.T) {
	_, hash := NewKey()
	if got, err := ParseHash(hash.String()); err != nil || got != hash {
		t.Error(got, err)
	}
	for _, bad := range []string{"", "abc", hash.String() + "00", strings.Repeat("g", 64)} {
		if _, err := ParseHash(bad); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%q: %v", bad, err)
		}
	}
}
