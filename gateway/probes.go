package gateway

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/dauys/dauys/fault"
	"github.com/dauys/dauys/gateway/reply"
)

// readyTimeout bounds asking the parts.
const readyTimeout = 2 * time.Second

// probes adds /healthz (the process runs), /readyz (its parts answer) and /metrics.
func (s *Server) probes(mux *http.ServeMux) {
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		reply.JSON(w, http.StatusOK, map[string]string{"status": "ok"})
	})
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), readyTimeout)
		defer cancel()
		if err := s.ready(ctx); err != nil {
			reply.Refuse(w, http.StatusServiceUnavailable, fault.Unavailable, reply.Text(r, s.cfg.Logger, err))
			return
		}
		reply.JSON(w, http.StatusOK, map[string]string{"status": "ready"})
	})
	if s.cfg.Gatherer != nil {
		mux.Handle("GET /metrics", promhttp.HandlerFor(s.cfg.Gatherer, promhttp.HandlerOpts{}))
	}
}

// ready asks each part something small.
func (s *Server) ready(ctx context.Context) error {
	if s.cfg.Recognizer != nil {
		models, err := s.cfg.Recognizer.Models(ctx)
		if err != nil {
			return fmt.Errorf("recogniser: %w", err)
		}
		if len(models) == 0 {
			return fault.Errorf("gateway.ready", fault.Unavailable, "no recognition model is installed: dauys models pull")
		}
	}
	if s.cfg.Subtitles != nil {
		if _, err := s.cfg.Subtitles.List(ctx); err != nil {
			return fmt.Errorf("subtitles: %w", err)
		}
	}
	return nil
}

// count keeps the gateway's own metrics.
func count(reg prometheus.Registerer, next http.Handler) (http.Handler, error) {
	if reg == nil {
		return next, nil
	}
	requests := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "dauys_http_requests_total", Help: "Requests answered, WebSockets when they end.",
	}, []string{"code", "method"})
	open := prometheus.NewGauge(prometheus.GaugeOpts{Name: "dauys_http_requests_open", Help: "Requests and WebSockets in progress."})
	for _, c := range []prometheus.Collector{requests, open} {
		if err := reg.Register(c); err != nil {
			return nil, err
		}
	}
	return promhttp.InstrumentHandlerInFlight(open, promhttp.InstrumentHandlerCounter(requests, next)), nil
}

// recovering turns a panic into an internal failure that the log explains.
func recovering(log *slog.Logger, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			p := recover()
			if p == nil {
				return
			}
			if err, ok := p.(error); ok && errors.Is(err, http.ErrAbortHandler) {
				panic(p) // net/http's own way to drop a connection
			}
			log.Error("request panicked", "op", r.Method+" "+r.Pattern, "err", fmt.Sprint(p), "stack", string(debug.Stack()))
			reply.Refuse(w, http.StatusInternalServerError, fault.Internal, "internal error: the server's log has the cause")
		}()
		next.ServeHTTP(w, r)
	})
}
