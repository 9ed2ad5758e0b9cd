package subtitletest

import (
	"fmt"
	"strings"
	"time"

	"github.com/dauys/dauys/fault"
	"github.com/dauys/dauys/subtitle"
)

func (f *fixture) created() {
	spec := subtitle.Spec{Title: "Жаңалықтар", Language: "kk", Model: "m", Prompt: "p", HotWords: []string{"Абай"}}
	p, err := f.service.Create(f.Context(), spec)
	f.must(err)
	if p.ID == "" || p.State != subtitle.StateWaiting || p.Spec.Title != spec.Title || p.Spec.Source != subtitle.SourceWebSocket {
		f.Errorf("created: %+v", p)
	}
	got, err := f.service.Get(f.Context(), p.ID)
	f.must(err)
	if got.ID != p.ID || got.Spec.Prompt != "p" || len(got.Spec.HotWords) != 1 || !got.Created.Equal(p.Created) {
		f.Errorf("got: %+v", got)
	}
	other := f.create()
	all, err := f.service.List(f.Context())
	f.must(err)
	if len(all) != 2 || all[0].ID == all[1].ID || all[0].ID != other && all[1].ID != other {
		f.Errorf("listed: %+v", all)
	}
}

func (f *fixture) spoken() {
	const text = "We are here today. The roads are open, ... and nobody came"
	id := f.speak(text)
	events := f.all(f.subscribe(id, 0))
	f.same(Finals(events), strings.ReplaceAll(text, "... ", ""))
	if last := events[len(events)-1]; last.Type != subtitle.EventEnd {
		f.Errorf("the last event is %+v", last)
	}
	for i, e := range events {
		if e.Seq != int64(i)+1 || e.Time.IsZero() {
			f.Errorf("event %d has seq %d, time %v", i, e.Seq, e.Time)
		}
		if e.Type == subtitle.EventSegment && (e.Language != "kk" || e.SourceLanguage != "kk" || e.End <= e.Start) {
			f.Errorf("segment %+v", e)
		}
	}
	p, err := f.service.Get(f.Context(), id)
	f.must(err)
	if p.State != subtitle.StateEnded || p.Ended.IsZero() || p.Received != 5400*time.Millisecond || p.LastSeq != int64(len(events)) {
		f.Errorf("ended programme: %+v", p)
	}
}

func (f *fixture) grows() {
	id := f.speak(numbers(1, 60))
	seen := map[string]subtitle.Event{}
	for _, e := range f.all(f.subscribe(id, 0)) {
		if e.Type != subtitle.EventSegment {
			continue
		}
		old := seen[e.Segment]
		words := strings.Fields(e.Text)
		if e.Revision != old.Revision+1 || e.Stable < old.Stable || old.Final || len(words) != len(e.Words) {
			f.Errorf("after %+v came %+v", old, e)
		}
		for i, w := range strings.Fields(old.Text)[:old.Stable] {
			if words[i] != w {
				f.Errorf("stable word %q became %q", w, words[i])
			}
		}
		seen[e.Segment] = e
	}
	if len(seen) < 3 {
		f.Errorf("24 s of speech made %d segments", len(seen))
	}
}

func (f *fixture) resumes() {
	id := f.create()
	r := f.subscribe(id, 0)
	in := f.ingest(id)
	f.say(in, "We are here today. ... And")
	got := f.until(r, func(e subtitle.Event) bool { return e.Final })
	r.Close()
	f.say(in, "the roads are open.")
	f.must(in.End(f.Context()))
	got = append(got, f.all(f.subscribe(id, got[len(got)-1].Seq))...)
	for i, e := range got {
		if e.Seq != int64(i)+1 {
			f.Fatalf("event %d has seq %d", i, e.Seq)
		}
	}
	f.same(Finals(got), "We are here today. And the roads are open.")
	if rest := f.all(f.subscribe(id, got[len(got)-1].Seq)); len(rest) != 0 {
		f.Errorf("after the end there is %+v", rest)
	}
}

func (f *fixture) tail() {
	var sentences []string
	for n := range 30 {
		sentences = append(sentences, fmt.Sprintf("This is sentence%d.", n))
	}
	id := f.create()
	in := f.ingest(id)
	watch := f.subscribe(id, 0)
	f.say(in, strings.Join(sentences, " ")+" ...")
	f.until(watch, func(e subtitle.Event) bool { return e.Final && strings.Contains(e.Text, "sentence29") })
	live := f.subscribe(id, subtitle.Tail)
	f.say(in, "More to come.")
	f.must(in.End(f.Context()))
	f.same(Finals(f.all(live)), strings.Join(sentences[10:], " ")+" More to come.")
	f.same(Finals(f.all(f.subscribe(id, subtitle.Tail))), strings.Join(sentences[11:], " ")+" More to come.")
}

func (f *fixture) second() {
	id := f.create()
	in := f.ingest(id)
	_, err := f.service.Ingest(f.Context(), id, Format)
	f.kind(err, fault.Exists)
	f.say(in, "still here now.")
	f.must(in.End(f.Context()))
	f.same(Finals(f.all(f.subscribe(id, 0))), "still here now.")
}

func (f *fixture) lost() {
	id := f.create()
	r := f.subscribe(id, 0)
	first := f.ingest(id)
	f.say(first, "before it broke")
	f.must(first.Close())
	before := f.until(r, isStatus("gap"))
	gap := before[len(before)-1]
	if gap.Start != 1200*time.Millisecond || gap.End != gap.Start {
		f.Errorf("gap: %+v", gap)
	}
	second := f.ingest(id)
	if got := second.Received(); got != gap.Start {
		f.Errorf("the timeline goes on at %v, not at %v", got, gap.Start)
	}
	f.say(second, "and after it")
	f.must(second.End(f.Context()))
	events := append(before, f.all(r)...)
	f.same(Finals(events), "before it broke and after it")
	for _, e := range events {
		if e.Final && strings.HasPrefix(e.Text, "and") && e.Start != gap.Start {
			f.Errorf("the first word after the gap begins at %v", e.Start)
		}
	}
}

func (f *fixture) unknown() {
	_, err := f.service.Get(f.Context(), "absent")
	f.kind(err, fault.NotFound)
	_, err = f.service.Ingest(f.Context(), "absent", Format)
	f.kind(err, fault.NotFound)
	f.kind(f.service.Delete(f.Context(), "absent"), fault.NotFound)
	r, err := f.service.Subscribe(f.Context(), "absent", 0)
	if err == nil { // a remote reader may know only when it reads
		_, err = r.Next(f.Context())
		r.Close()
	}
	f.kind(err, fault.NotFound)
}

func (f *fixture) wrong() {
	for _, spec := range []subtitle.Spec{
		{Language: "xx"}, {Source: "tape"}, {Source: subtitle.SourceURL}, {Source: subtitle.SourceWebSocket, URL: "https://a.example/"},
	} {
		_, err := f.service.Create(f.Context(), spec)
		f.kind(err, fault.Invalid)
	}
}

func (f *fixture) slots() {
	ids := make([]string, Slots)
	for i := range ids {
		ids[i] = f.create()
	}
	_, err := f.service.Create(f.Context(), subtitle.Spec{})
	f.kind(err, fault.Exhausted)
	in := f.ingest(ids[0])
	f.must(in.End(f.Context()))
	f.all(f.subscribe(ids[0], 0))
	f.must(f.service.Delete(f.Context(), ids[1]))
	f.create()
}

func (f *fixture) after() {
	id := f.speak("all is said.")
	_, err := f.service.Ingest(f.Context(), id, Format)
	f.kind(err, fault.Invalid)
}

func (f *fixture) deleted() {
	id := f.create()
	r := f.subscribe(id, 0)
	in := f.ingest(id)
	f.say(in, "soon gone now.")
	f.must(f.service.Delete(f.Context(), id))
	for {
		if _, err := r.Next(f.Context()); err != nil {
			break
		}
	}
	_, err := f.service.Get(f.Context(), id)
	f.kind(err, fault.NotFound)
	if err := in.Write(f.Context(), f.listener.Say("too late")); err == nil {
		f.Error("a deleted programme takes sound")
	}
}
