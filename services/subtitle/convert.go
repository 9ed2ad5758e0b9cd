package subtitle

import (
	"math"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/dauys/dauys/fault"
	subtitlev1 "github.com/dauys/dauys/proto/dauys/subtitle/v1"
	"github.com/dauys/dauys/subtitle"
)

func toMS(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

func fromMS(ms float64) time.Duration {
	return time.Duration(math.Round(ms * float64(time.Millisecond)))
}

func toTime(t time.Time) *timestamppb.Timestamp {
	if t.IsZero() {
		return nil
	}
	return timestamppb.New(t)
}

func fromTime(t *timestamppb.Timestamp) time.Time {
	if t == nil {
		return time.Time{}
	}
	return t.AsTime()
}

var sources = map[subtitle.SourceKind]subtitlev1.SourceKind{
	"":                       subtitlev1.SourceKind_SOURCE_KIND_UNSPECIFIED,
	subtitle.SourceWebSocket: subtitlev1.SourceKind_SOURCE_KIND_WEBSOCKET,
	subtitle.SourceURL:       subtitlev1.SourceKind_SOURCE_KIND_URL,
	subtitle.SourceDemo:      subtitlev1.SourceKind_SOURCE_KIND_DEMO,
}

var states = map[subtitle.State]subtitlev1.State{
	subtitle.StateWaiting: subtitlev1.State_STATE_WAITING,
	subtitle.StateLive:    subtitlev1.State_STATE_LIVE,
	subtitle.StateEnded:   subtitlev1.State_STATE_ENDED,
}

// keyOf finds the key of a value in a table of names.
func keyOf[K, V comparable](table map[K]V, value V) (key K) {
	for k, v := range table {
		if v == value {
			return k
		}
	}
	return key
}

func specToProto(s subtitle.Spec) (*subtitlev1.Spec, error) {
	source, ok := sources[s.Source]
	if !ok {
		return nil, fault.Errorf("subtitle.Create", fault.Invalid, "source %q: use websocket, url or demo", s.Source)
	}
	return &subtitlev1.Spec{
		Title: s.Title, Language: s.Language, Source: source, Url: s.URL, Model: s.Model,
		Prompt: s.Prompt, HotWords: s.HotWords, FinalOnly: s.FinalOnly,
	}, nil
}

func specFromProto(s *subtitlev1.Spec) subtitle.Spec {
	return subtitle.Spec{
		Title: s.GetTitle(), Language: s.GetLanguage(), Source: keyOf(sources, s.GetSource()), URL: s.GetUrl(),
		Model: s.GetModel(), Prompt: s.GetPrompt(), HotWords: s.GetHotWords(), FinalOnly: s.GetFinalOnly(),
	}
}

func programmeToProto(p *subtitle.Programme) (*subtitlev1.Programme, error) {
	spec, err := specToProto(p.Spec)
	if err != nil {
		return nil, fault.E("subtitle.programme", fault.Internal, err)
	}
	return &subtitlev1.Programme{
		Id: p.ID, Spec: spec, State: states[p.State], Created: toTime(p.Created), Ended: toTime(p.Ended),
		ReceivedMs: toMS(p.Received), LastSeq: uint32(p.LastSeq),
	}, nil
}

func programmeFromProto(p *subtitlev1.Programme) *subtitle.Programme {
	return &subtitle.Programme{
		ID: p.GetId(), Spec: specFromProto(p.GetSpec()), State: keyOf(states, p.GetState()),
		Created: fromTime(p.GetCreated()), Ended: fromTime(p.GetEnded()),
		Received: fromMS(p.GetReceivedMs()), LastSeq: int64(p.GetLastSeq()),
	}
}

func eventToProto(e subtitle.Event) *subtitlev1.Event {
	out := &subtitlev1.Event{
		Seq: uint32(e.Seq), Type: string(e.Type), Segment: e.Segment, Revision: uint32(e.Revision), Language: e.Language,
		SourceLanguage: e.SourceLanguage, Text: e.Text, Stable: uint32(e.Stable), StartMs: toMS(e.Start), EndMs: toMS(e.End),
		Final: e.Final, SourceRevision: uint32(e.SourceRevision), Speaker: e.Speaker, Time: toTime(e.Time),
		Code: e.Code, Message: e.Message,
	}
	for _, w := range e.Words {
		out.Words = append(out.Words, &subtitlev1.Word{
			Text: w.Text, StartMs: toMS(w.Start), EndMs: toMS(w.End), Confidence: w.Confidence, Final: w.Final,
		})
	}
	return out
}

func eventFromProto(e *subtitlev1.Event) subtitle.Event {
	out := subtitle.Event{
		Seq: int64(e.GetSeq()), Type: subtitle.EventType(e.GetType()), Segment: e.GetSegment(), Revision: int(e.GetRevision()),
		Language: e.GetLanguage(), SourceLanguage: e.GetSourceLanguage(), Text: e.GetText(), Stable: int(e.GetStable()),
		Start: fromMS(e.GetStartMs()), End: fromMS(e.GetEndMs()), Final: e.GetFinal(),
		SourceRevision: int(e.GetSourceRevision()), Speaker: e.GetSpeaker(), Time: fromTime(e.GetTime()),
		Code: e.GetCode(), Message: e.GetMessage(),
	}
	for _, w := range e.GetWords() {
		out.Words = append(out.Words, subtitle.Word{
			Text: w.GetText(), Start: fromMS(w.GetStartMs()), End: fromMS(w.GetEndMs()), Confidence: w.GetConfidence(), Final: w.GetFinal(),
		})
	}
	return out
}
