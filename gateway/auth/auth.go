// Package auth decides who may talk to the gateway.
//
//   - Host: on loopback only names of this machine are served, elsewhere IP addresses and configured names, so that a web page
//     cannot rebind its own name to us.
//   - Origin: a request that changes something, and every WebSocket, must come from our own page or from a configured one;
//     programs that are not browsers send no Origin.
//   - Keys: off loopback every request but health checks and the page's files needs an API key, unless the operator
//     said --insecure. Keys are random, so a plain SHA-256 of them is kept.
package auth

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/dauys/dauys/fault"
	"github.com/dauys/dauys/gateway/reply"
)

// Cookie carries the key of a browser; /?key=... sets it.
const Cookie = "dauys_key"

// Config of the guard. The zero value serves loopback names without keys.
type Config struct {
	Public   bool     // the listener is not on loopback
	Insecure bool     // --insecure: no keys off loopback
	Keys     []Hash   // who may talk to us off loopback
	Hosts    []string // further names under which we are reached, without port
	Origins  []string // further pages that may use us, as https://host[:port]
}

// Hash is the SHA-256 of an API key.
type Hash [sha256.Size]byte

// NewKey makes a key and its hash.
func NewKey() (string, Hash) {
	var b [24]byte
	_, _ = rand.Read(b[:]) // never fails (crypto/rand)
	key := "dk_" + base64.RawURLEncoding.EncodeToString(b[:])
	return key, HashOf(key)
}

// HashOf is the hash of a key.
func HashOf(key string) Hash { return sha256.Sum256([]byte(key)) }

// String is the hash in hexadecimal digits, as key files hold it.
func (h Hash) String() string { return hex.EncodeToString(h[:]) }

// ParseHash reads what String wrote.
func ParseHash(s string) (h Hash, err error) {
	b, err := hex.DecodeString(s)
	if err != nil || len(b) != len(h) {
		return h, fault.Errorf("auth.ParseHash", fault.Invalid, "key hash of %d characters: 64 hexadecimal digits are expected", len(s))
	}
	return Hash(b), nil
}

// Check refuses a configuration that would serve strangers.
func (c Config) Check() error {
	if c.Public && !c.Insecure && len(c.Keys) == 0 {
		return fault.Errorf("auth.Check", fault.Invalid, "the address is not on loopback and no API key is configured: give one, or --insecure to serve everybody")
	}
	return nil
}

// Guard wraps the gateway's handler.
func (c Config) Guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !c.hostAllowed(r.Host) && !c.trusted(r) {
			reply.Refuse(w, http.StatusForbidden, fault.Denied, "host "+r.Host+" is not served here: configure it, or use the address that the server printed")
			return
		}
		if needsOrigin(r) && !c.originAllowed(r) {
			reply.Refuse(w, http.StatusForbidden, fault.Denied, "origin "+r.Header.Get("Origin")+" may not use this server")
			return
		}
		if c.login(w, r) {
			return
		}
		if c.needsKey(r) && !c.known(keyOf(r)) {
			w.Header().Set("WWW-Authenticate", "Bearer")
			reply.Refuse(w, http.StatusUnauthorized, fault.Unauthenticated, "an API key is needed: Authorization: Bearer KEY, X-API-Key: KEY, or open /?key=KEY in the browser once")
			return
		}
		next.ServeHTTP(w, r)
	})
}

// hostAllowed checks the Host header.
func (c Config) hostAllowed(hostport string) bool {
	host := hostport
	if h, _, err := net.SplitHostPort(hostport); err == nil {
		host = h
	}
	host = strings.ToLower(strings.TrimSuffix(strings.Trim(host, "[]"), "."))
	ip := net.ParseIP(host)
	switch {
	case host == "localhost" || strings.HasSuffix(host, ".localhost"):
		return true
	case ip != nil && (ip.IsLoopback() || c.Public):
		return true
	}
	return slices.ContainsFunc(c.Hosts, func(known string) bool { return strings.EqualFold(known, host) })
}

// trusted: who knows a key is no rebound page, whatever name it reached us by (a service's name in a cluster).
func (c Config) trusted(r *http.Request) bool {
	return c.Public && !c.Insecure && c.known(keyOf(r))
}

// needsOrigin: reading by GET cannot be seen by another page (there is no CORS); all else could do harm.
func needsOrigin(r *http.Request) bool {
	safe := r.Method == http.MethodGet || r.Method == http.MethodHead || r.Method == http.MethodOptions
	return !safe || r.Header.Get("Upgrade") != ""
}

// originAllowed checks the Origin header against the address of the request.
func (c Config) originAllowed(r *http.Request) bool {
	origins := r.Header.Values("Origin")
	if len(origins) == 0 {
		return r.Header.Get("Sec-Fetch-Site") == "" || r.Header.Get("Sec-Fetch-Site") == "same-origin" || r.Header.Get("Sec-Fetch-Site") == "none"
	}
	origin := origins[0]
	if slices.Contains(c.Origins, origin) {
		return true
	}
	u, err := url.Parse(origin)
	scheme := "http"
	if r.TLS != nil {
		scheme = "https"
	}
	return err == nil && len(origins) == 1 && u.Scheme == scheme && strings.EqualFold(u.Host, r.Host)
}

// needsKey: health checks and the page's files tell nothing that is worth a key.
func (c Config) needsKey(r *http.Request) bool {
	if !c.Public || c.Insecure {
		return false
	}
	switch p := r.URL.Path; {
	case p == "/healthz", p == "/readyz", strings.HasPrefix(p, "/grpc.health.v1.Health/"):
		return false
	case p == "/", strings.HasPrefix(p, "/p/"), strings.HasPrefix(p, "/assets/"), p == "/icon.svg":
		return false
	}
	return true
}

// keyOf finds the key of a request.
func keyOf(r *http.Request) string {
	if key, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok {
		return strings.TrimSpace(key)
	}
	if key := r.Header.Get("X-API-Key"); key != "" {
		return key
	}
	if cookie, err := r.Cookie(Cookie); err == nil {
		return cookie.Value
	}
	return ""
}

// known compares in constant time.
func (c Config) known(key string) bool {
	hash := HashOf(key)
	found := 0
	for _, k := range c.Keys {
		found |= subtle.ConstantTimeCompare(hash[:], k[:])
	}
	return key != "" && found == 1
}

// login turns a key in a page's address into a cookie and gets it out of the address: GET /?key=KEY or /p/{id}?key=KEY.
func (c Config) login(w http.ResponseWriter, r *http.Request) bool {
	key := r.URL.Query().Get("key")
	page := r.URL.Path == "/" || strings.HasPrefix(r.URL.Path, "/p/")
	if key == "" || r.Method != http.MethodGet || !page || !c.known(key) {
		return false
	}
	query := r.URL.Query()
	query.Del("key")
	to := url.URL{Path: r.URL.Path, RawQuery: query.Encode()}
	http.SetCookie(w, &http.Cookie{
		Name: Cookie, Value: key, Path: "/", HttpOnly: true, Secure: r.TLS != nil, SameSite: http.SameSiteStrictMode,
	})
	w.Header().Set("Referrer-Policy", "no-referrer")
	http.Redirect(w, r, to.RequestURI(), http.StatusSeeOther)
	return true
}
