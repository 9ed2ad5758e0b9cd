package egress

import (
	"crypto/tls"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"testing"

	"go.uber.org/goleak"

	"github.com/dauys/dauys/fault"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestOnlyOpenInternetIsPublic(t *testing.T) {
	for address, want := range map[string]bool{
		"93.184.216.34": true, "2606:2800:220:1::1": true,
		"127.0.0.1": false, "::1": false, "10.1.2.3": false, "172.16.0.1": false, "192.168.1.1": false, "169.254.169.254": false,
		"100.64.0.1": false, "0.0.0.0": false, "0.1.2.3": false, "::": false, "fe80::1": false, "fd00::1": false, "224.0.0.1": false, "ff02::1": false,
		"255.255.255.255": false, "::ffff:10.0.0.1": false, "::ffff:127.0.0.1": false, "64:ff9b::a00:1": false,
	} {
		if got := Public(netip.MustParseAddr(address)); got != want {
			t.Errorf("%s: %v", address, got)
		}
	}
}

// get asks for an address through a proxy that allows what allow says.
func get(t *testing.T, allow func(netip.Addr) bool, address string) (status int, body string) {
	t.Helper()
	p, err := Start(allow)
	if err != nil {
		t.Fatal(err)
	}
	proxy, err := url.Parse(p.URL())
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{Proxy: http.ProxyURL(proxy), TLSClientConfig: &tls.Config{InsecureSkipVerify: true}} // the test's own server
	client := &http.Client{Transport: transport}
	r, err := client.Get(address)
	if err == nil {
		b, _ := io.ReadAll(r.Body)
		status, body = r.StatusCode, string(b)
		_ = r.Body.Close()
	}
	transport.CloseIdleConnections()
	if err := p.Close(); err != nil {
		t.Error(err)
	}
	return status, body
}

func TestProxyCarriesWhatIsAllowedAndRefusesTheRest(t *testing.T) {
	hello := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "hello") })
	plain, secure := httptest.NewServer(hello), httptest.NewTLSServer(hello)
	defer plain.Close()
	defer secure.Close()
	anyone := func(netip.Addr) bool { return true }
	for _, address := range []string{plain.URL, secure.URL} {
		if status, body := get(t, anyone, address); status != http.StatusOK || body != "hello" {
			t.Errorf("%s, allowed: %d %q", address, status, body)
		}
		if status, body := get(t, Public, address); status == http.StatusOK || body == "hello" {
			t.Errorf("%s, refused: %d %q", address, status, body)
		}
	}
}

func TestHostsInsideAreRefused(t *testing.T) {
	for _, host := range []string{"127.0.0.1", "[::1]", "10.0.0.1", "localhost"} {
		if err := Check(t.Context(), host); fault.KindOf(err) != fault.Denied {
			t.Errorf("%s: %v", host, err)
		}
	}
}
