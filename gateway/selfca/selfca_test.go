package selfca

import (
	"crypto/x509"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/dauys/dauys/fault"
)

var now = time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)

func TestIssuedCertificateIsTrustedThroughTheAuthority(t *testing.T) {
	a, err := Open(filepath.Join(t.TempDir(), "tls"), now)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := a.Issue([]string{"studio.local", "10.1.2.3"}, now)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(cert.Certificate[0])
	if err != nil {
		t.Fatal(err)
	}
	for host, ok := range map[string]bool{"studio.local": true, "10.1.2.3": true, "other.local": false} {
		_, err := leaf.Verify(x509.VerifyOptions{Roots: a.Pool(), DNSName: host, CurrentTime: now})
		if (err == nil) != ok {
			t.Errorf("%s: %v", host, err)
		}
	}
}

func TestAuthorityIsKept(t *testing.T) {
	dir := t.TempDir()
	first, err := Open(dir, now)
	if err != nil {
		t.Fatal(err)
	}
	second, err := Open(dir, now)
	if err != nil || first.Fingerprint() != second.Fingerprint() {
		t.Errorf("fingerprints differ, %v", err)
	}
	if got := len(strings.Split(first.Fingerprint(), ":")); got != 32 {
		t.Errorf("fingerprint of %d bytes", got)
	}
	if st, err := os.Stat(filepath.Join(dir, "ca-key.pem")); err != nil || st.Mode().Perm() != 0o600 {
		t.Errorf("key file: %v, %v", st.Mode(), err)
	}
}

func TestDamagedOrExpiredAuthorityIsNamed(t *testing.T) {
	dir := t.TempDir()
	if _, err := Open(dir, now); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(dir, now.AddDate(11, 0, 0)); fault.KindOf(err) != fault.Invalid {
		t.Errorf("expired: %v", err)
	}
	if err := os.WriteFile(filepath.Join(dir, "ca.pem"), []byte("junk"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(dir, now); fault.KindOf(err) != fault.Corrupt || !strings.Contains(err.Error(), dir) {
		t.Errorf("damaged: %v", err)
	}
	if err := os.Remove(filepath.Join(dir, "ca.pem")); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(dir, now); fault.KindOf(err) != fault.NotFound {
		t.Errorf("half missing: %v", err)
	}
}

func TestLocalHostsNameLoopback(t *testing.T) {
	if hosts := strings.Join(LocalHosts(), " "); !strings.HasPrefix(hosts, "localhost 127.0.0.1 ::1") {
		t.Error(hosts)
	}
}
