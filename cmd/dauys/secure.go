package main

import (
	"bufio"
	"crypto/tls"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/dauys/dauys/fault"
	"github.com/dauys/dauys/gateway/auth"
	"github.com/dauys/dauys/gateway/selfca"
)

// certificates gives the TLS configuration, nil for none.
func (s *server) certificates() (*tls.Config, error) {
	const op fault.Op = "serve.certificates"
	c := s.cmd
	switch {
	case c.TLSCert != "" && c.TLSKey != "":
		pair, err := tls.LoadX509KeyPair(c.TLSCert, c.TLSKey)
		if err != nil {
			return nil, fault.E(op, fault.Invalid, err)
		}
		return &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}, nil
	case c.TLSCert != "" || c.TLSKey != "":
		return nil, usageError{errors.New("--tls-cert and --tls-key go together")}
	case c.TLS != "auto":
		return nil, nil
	}
	folder := filepath.Join(c.Data, "tls")
	ca, err := selfca.Open(folder, time.Now())
	if err != nil {
		return nil, err
	}
	pair, err := ca.Issue(append(selfca.LocalHosts(), c.Hosts...), time.Now())
	if err != nil {
		return nil, err
	}
	fmt.Fprintf(s.env.err, "certificate authority: %s\nSHA-256 fingerprint: %s (compare it when you import the file into a browser)\n",
		filepath.Join(folder, "ca.pem"), ca.Fingerprint())
	return &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}, nil
}

// keys gives the hashes of the API keys in <data>/keys, a line each. Off loopback the first start makes a key and shows it
// once; only its hash is kept.
func (s *server) keys() ([]auth.Hash, error) {
	const op fault.Op = "serve.keys"
	host, _, err := net.SplitHostPort(s.cmd.Listen)
	if ip := net.ParseIP(host); err != nil || host == "localhost" || ip != nil && ip.IsLoopback() || s.cmd.Insecure {
		return nil, nil // the gateway checks the address
	}
	path := filepath.Join(s.cmd.Data, "keys")
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		key, hash := auth.NewKey()
		if err := os.MkdirAll(s.cmd.Data, 0o750); err != nil {
			return nil, fault.E(op, fault.Other, err)
		}
		if err := os.WriteFile(path, []byte(hash.String()+" made at the first start\n"), 0o600); err != nil {
			return nil, fault.E(op, fault.Other, err)
		}
		fmt.Fprintf(s.env.err, "API key, shown once: %s\n", key)
		return []auth.Hash{hash}, nil
	}
	if err != nil {
		return nil, fault.E(op, fault.Other, err)
	}
	var hashes []auth.Hash
	for lines := bufio.NewScanner(strings.NewReader(string(text))); lines.Scan(); {
		word, _, _ := strings.Cut(strings.TrimSpace(lines.Text()), " ")
		if word == "" || strings.HasPrefix(word, "#") {
			continue
		}
		h, err := auth.ParseHash(word)
		if err != nil {
			return nil, fault.Errorf(op, fault.Corrupt, "%s: %w", path, err)
		}
		hashes = append(hashes, h)
	}
	return hashes, nil
}
