package transport

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"go.uber.org/goleak"

	"github.com/dauys/dauys/fault"
	"github.com/dauys/dauys/internal/memhttp"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func get(t *testing.T, c *Client) (string, error) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, c.Base+"/", nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := c.Do(req)
	if err != nil {
		return "", err
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	return string(body), err
}

func echo(w http.ResponseWriter, r *http.Request) {
	_, _ = io.WriteString(w, r.Proto+" "+r.Header.Get("Authorization"))
}

func TestPlainPeerIsSpokenToInHTTP2(t *testing.T) {
	server := &http.Server{Handler: http.HandlerFunc(echo)}
	Serve(server)
	mem := memhttp.Start(server)
	defer mem.Close()
	c, err := New(Config{URL: memhttp.URL + "/", Key: "secret", Dial: mem.Dial})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if body, err := get(t, c); err != nil || body != "HTTP/2.0 Bearer secret" {
		t.Errorf("%q, %v", body, err)
	}
}

func TestTLSPeerIsSpokenToInHTTP2(t *testing.T) {
	server := httptest.NewUnstartedServer(http.HandlerFunc(echo))
	server.EnableHTTP2 = true
	server.StartTLS()
	defer server.Close()
	c, err := New(Config{URL: server.URL, CA: server.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if body, err := get(t, c); err != nil || body != "HTTP/2.0 " {
		t.Errorf("%q, %v", body, err)
	}
}

func TestPeerThatAnswersHTTP1IsNamed(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(echo)) // HTTP/1.1 only: refuses the preface with a status line
	defer server.Close()
	c, err := New(Config{URL: server.URL})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	_, err = get(t, c)
	var wrong *WrongProtocolError
	if !errors.As(err, &wrong) || wrong.URL != server.URL {
		t.Errorf("error %v does not say that the peer answers HTTP/1.1", err)
	}
}

func TestAddressMustBeAnHTTPOne(t *testing.T) {
	for _, url := range []string{"", "localhost:8080", "ftp://host", "http://", "http://a b"} {
		if _, err := New(Config{URL: url}); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%q: %v", url, err)
		}
	}
}
