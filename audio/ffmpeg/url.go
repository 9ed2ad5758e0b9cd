package ffmpeg

import (
	"context"
	"errors"
	"net/url"
	"os"
	"slices"
	"strings"

	"github.com/dauys/dauys/audio/ffmpeg/egress"
	"github.com/dauys/dauys/fault"
)

// protocols that the program may use for an address, by its scheme. Playlists reach no further than the scheme's own list.
var protocols = map[string]string{
	"http":  "http,https,tcp,tls,httpproxy,crypto",
	"https": "http,https,tcp,tls,httpproxy,crypto",
	"rtmp":  "rtmp,tcp",
	"rtmps": "rtmps,tcp,tls",
	"rtsp":  "rtsp,rtp,tcp,udp",
	"srt":   "srt",
	"udp":   "udp",
}

// stall is after how many microseconds without a byte the program gives an address up.
const stall = "30000000"

// URL reads an address: http(s) with HLS, rtmp(s), rtsp, srt, udp. Private and link-local hosts are refused unless private is set; http and https go
// through a proxy that looks at every connection, redirects and playlists included.
func URL(ctx context.Context, address string, private bool) (*Source, error) {
	const op fault.Op = "ffmpeg.URL"
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return nil, fault.Errorf(op, fault.Invalid, "the address cannot be read: give scheme://host/path")
	}
	allowed, ok := protocols[u.Scheme]
	if !ok {
		return nil, fault.Errorf(op, fault.Unsupported, "scheme %.20q: http, https, rtmp, rtmps, rtsp, srt and udp are supported", u.Scheme)
	}
	input := []string{"-protocol_whitelist", allowed, "-format_whitelist", fileFormats + ",hls,rtsp"}
	environment := slices.DeleteFunc(os.Environ(), func(v string) bool {
		name, _, _ := strings.Cut(strings.ToLower(v), "=")
		return name == "no_proxy" || name == "http_proxy" && !private
	})
	var proxy *egress.Proxy
	if !private { // for a clear message; the proxy checks again, at each connection
		if err := egress.Check(ctx, u.Hostname()); err != nil {
			return nil, fault.E(op, fault.Other, err)
		}
	}
	switch {
	case private:
	case u.Scheme == "http" || u.Scheme == "https":
		if proxy, err = egress.Start(egress.Public); err != nil {
			return nil, err
		}
		environment = append(environment, "http_proxy="+proxy.URL())
		input = append(input, "-rw_timeout", stall)
	}
	s, err := open(ctx, u.Redacted(), environment, append(input, "-i", address)...)
	if err != nil && proxy != nil {
		return nil, errors.Join(err, proxy.Close())
	}
	if err != nil {
		return nil, err
	}
	s.proxy = proxy
	return s, nil
}
