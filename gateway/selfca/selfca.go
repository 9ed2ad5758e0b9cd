// Package selfca makes a certificate authority of one's own and server certificates under it, for `--tls auto`: browsers give
// microphones to secure pages only, and a closed network has no public authority to ask.
//
// The authority is made once and kept in a folder (ca.pem, ca-key.pem); people import ca.pem after comparing its
// fingerprint with the one that the server prints. A server certificate is made at each start and never stored.
package selfca

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/dauys/dauys/fault"
)

// How long certificates hold: browsers refuse server certificates of more than 398 days.
const (
	authorityYears = 10
	serverDays     = 397
	backdated      = time.Hour // clocks differ
)

// Authority signs server certificates.
type Authority struct {
	File string // ca.pem
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

// Open reads the authority from a folder, or makes it there.
func Open(folder string, now time.Time) (*Authority, error) {
	const op fault.Op = "selfca.Open"
	a := &Authority{File: filepath.Join(folder, "ca.pem")}
	keyFile := filepath.Join(folder, "ca-key.pem")
	cert, certErr := os.ReadFile(a.File)
	key, keyErr := os.ReadFile(keyFile)
	switch {
	case certErr == nil && keyErr == nil:
		if err := a.parse(cert, key); err != nil {
			return nil, fault.Errorf(op, fault.Corrupt, "%s: %w: remove ca.pem and ca-key.pem to make a new authority", folder, err)
		}
		if now.After(a.cert.NotAfter) {
			return nil, fault.Errorf(op, fault.Invalid, "%s has expired: remove ca.pem and ca-key.pem to make a new authority", a.File)
		}
		return a, nil
	case errors.Is(certErr, fs.ErrNotExist) && errors.Is(keyErr, fs.ErrNotExist):
		if err := a.create(folder, keyFile, now); err != nil {
			return nil, fault.E(op, fault.Other, err)
		}
		return a, nil
	}
	return nil, fault.E(op, fault.Other, errors.Join(certErr, keyErr))
}

func (a *Authority) parse(cert, key []byte) (err error) {
	certBlock, _ := pem.Decode(cert)
	keyBlock, _ := pem.Decode(key)
	if certBlock == nil || keyBlock == nil {
		return errors.New("no PEM block")
	}
	if a.cert, err = x509.ParseCertificate(certBlock.Bytes); err != nil {
		return err
	}
	if a.key, err = x509.ParseECPrivateKey(keyBlock.Bytes); err != nil {
		return err
	}
	if !a.key.PublicKey.Equal(a.cert.PublicKey) {
		return errors.New("key and certificate do not belong together")
	}
	return nil
}

func (a *Authority) create(folder, keyFile string, now time.Time) (err error) {
	if a.key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader); err != nil {
		return err
	}
	host, _ := os.Hostname() // a name for people only
	template := &x509.Certificate{
		Subject:   pkix.Name{CommonName: "Dauys authority of " + host, Organization: []string{"Dauys"}},
		NotBefore: now.Add(-backdated), NotAfter: now.AddDate(authorityYears, 0, 0),
		IsCA: true, BasicConstraintsValid: true, MaxPathLenZero: true,
		KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
	}
	der, err := a.sign(template, template, a.key)
	if err != nil {
		return err
	}
	if a.cert, err = x509.ParseCertificate(der); err != nil {
		return err
	}
	key, err := x509.MarshalECPrivateKey(a.key)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	if err := os.WriteFile(keyFile, pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: key}), 0o600); err != nil {
		return err
	}
	return os.WriteFile(a.File, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o644)
}

// sign makes a certificate with a random serial number.
func (a *Authority) sign(template, parent *x509.Certificate, key *ecdsa.PrivateKey) ([]byte, error) {
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127))
	if err != nil {
		return nil, err
	}
	template.SerialNumber = serial
	return x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, a.key)
}

// Issue makes a server certificate for host names and IP addresses.
func (a *Authority) Issue(hosts []string, now time.Time) (tls.Certificate, error) {
	const op fault.Op = "selfca.Issue"
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, fault.E(op, fault.Internal, err)
	}
	end := now.AddDate(0, 0, serverDays)
	if end.After(a.cert.NotAfter) {
		end = a.cert.NotAfter
	}
	template := &x509.Certificate{
		Subject:   pkix.Name{CommonName: "Dauys", Organization: []string{"Dauys"}},
		NotBefore: now.Add(-backdated), NotAfter: end,
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	for _, h := range hosts {
		if ip := net.ParseIP(h); ip != nil {
			template.IPAddresses = append(template.IPAddresses, ip)
		} else if h != "" {
			template.DNSNames = append(template.DNSNames, h)
		}
	}
	der, err := a.sign(template, a.cert, key)
	if err != nil {
		return tls.Certificate{}, fault.E(op, fault.Internal, err)
	}
	return tls.Certificate{Certificate: [][]byte{der, a.cert.Raw}, PrivateKey: key}, nil
}

// Fingerprint is the SHA-256 of the authority's certificate, as browsers show it.
func (a *Authority) Fingerprint() string {
	sum := sha256.Sum256(a.cert.Raw)
	parts := make([]string, len(sum))
	for i, b := range sum {
		parts[i] = fmt.Sprintf("%02X", b)
	}
	return strings.Join(parts, ":")
}

// Pool trusts this authority alone: for service clients.
func (a *Authority) Pool() *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(a.cert)
	return pool
}

// LocalHosts names this machine: loopback, its host name and the addresses of its network cards.
func LocalHosts() []string {
	hosts := []string{"localhost", "127.0.0.1", "::1"}
	if name, err := os.Hostname(); err == nil {
		hosts = append(hosts, name)
	}
	addresses, err := net.InterfaceAddrs()
	if err != nil {
		return hosts
	}
	for _, a := range addresses {
		if n, ok := a.(*net.IPNet); ok && !n.IP.IsLoopback() && !n.IP.IsLinkLocalUnicast() {
			hosts = append(hosts, n.IP.String())
		}
	}
	return hosts
}
