package live

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/dauys/dauys/fault"
	"github.com/dauys/dauys/subtitle"
)

// check completes and checks what a programme was asked to be.
func (s *Service) check(spec subtitle.Spec) (subtitle.Spec, error) {
	if spec.Language == "" {
		spec.Language = "auto"
	}
	if spec.Source == "" {
		spec.Source = subtitle.SourceWebSocket
	}
	if !slices.Contains([]string{"auto", "kk", "ru", "en"}, spec.Language) {
		return spec, fmt.Errorf("language %q: it is kk, ru, en or auto", spec.Language)
	}
	switch spec.Source {
	case subtitle.SourceWebSocket, subtitle.SourceDemo:
		if spec.URL != "" {
			return spec, fmt.Errorf("a url goes with source kind %q, not with %q", subtitle.SourceURL, spec.Source)
		}
	case subtitle.SourceURL:
		if spec.URL == "" {
			return spec, fmt.Errorf("source kind %q needs a url", spec.Source)
		}
	default:
		return spec, fmt.Errorf("source kind %q: it is %s, %s or %s", spec.Source,
			subtitle.SourceWebSocket, subtitle.SourceURL, subtitle.SourceDemo)
	}
	if spec.Source != subtitle.SourceWebSocket && s.cfg.Open == nil {
		return spec, fault.Errorf("live.check", fault.Unsupported, "this server cannot open a source of kind %q", spec.Source)
	}
	return spec, nil
}

// recover takes up the programmes that a stopped or crashed service left: they wait for their source again.
func (s *Service) recover(ctx context.Context) error {
	const op fault.Op = "live.New"
	all, err := s.cfg.Registry.List(ctx)
	if err != nil {
		return fault.E(op, fault.Other, err)
	}
	for _, info := range all {
		if info.State == subtitle.StateEnded {
			continue
		}
		if err := s.resume(ctx, info); err != nil {
			return fault.E(op, fault.Other, err)
		}
	}
	return nil
}

// resume runs a programme again. Segments that were open are closed as they were shown, so that nothing seen is lost.
func (s *Service) resume(ctx context.Context, info subtitle.Programme) error {
	last, err := s.cfg.Log.Last(ctx, info.ID)
	if err != nil {
		return err
	}
	events, err := archive(ctx, s.cfg.Log, info.ID, last, tailSize)
	if err != nil {
		return err
	}
	first := 1
	for _, e := range events {
		info.Received = max(info.Received, e.End)
		first = max(first, segmentNumber(e.Segment)+1)
	}
	if len(events) > 0 && events[len(events)-1].Type == subtitle.EventEnd {
		info.State, info.Ended = subtitle.StateEnded, events[len(events)-1].Time
		return s.cfg.Registry.Put(ctx, info)
	}
	p, err := newProgramme(&s.cfg, info, first, last)
	if err != nil {
		return err
	}
	at := info.Received
	left := append(unfinished(events), subtitle.Event{
		Type: subtitle.EventStatus, Code: "restarted", Start: at, End: at,
		Message: "the server was started again; sound that was sent meanwhile is missing here",
	})
	if info.Spec.Source == subtitle.SourceDemo || s.admit(p) != nil {
		defer p.cancel()
		if err := p.writer.append(ctx, append(left, subtitle.Event{Type: subtitle.EventEnd})...); err != nil {
			return err
		}
		p.save(subtitle.StateEnded)
		return nil
	}
	if err := p.writer.append(ctx, left...); err != nil {
		s.drop(p)
		return err
	}
	s.start(p)
	return nil
}

// unfinished gives final events for the segments that events leave open.
func unfinished(events []subtitle.Event) []subtitle.Event {
	var open []subtitle.Event
	for _, e := range events {
		if e.Segment == "" {
			continue
		}
		open = slices.DeleteFunc(open, func(o subtitle.Event) bool {
			return o.Segment == e.Segment && o.Language == e.Language
		})
		if e.Type == subtitle.EventSegment && !e.Final {
			open = append(open, e)
		}
	}
	for i := range open {
		e := &open[i]
		e.Revision, e.Final, e.Time = e.Revision+1, true, time.Time{}
		e.Words = slices.Clone(e.Words)
		for w := range e.Words {
			e.Words[w].Final = true
		}
		e.Stable = len(e.Words)
	}
	return open
}
