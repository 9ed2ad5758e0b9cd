// Package ws is the gateway's WebSockets: a programme's sound comes in (ingest), its events go out (events). The wire
// contract is docs/format/http.md; the JSON of an event is docs/format/events.md.
//
// A programme's events are read once through subtitle.Service.Subscribe, whatever the number of viewers, and fanned out
// from memory ([Hub]). A viewer is a place in the log, not a queue: one that falls behind what memory holds reads the
// log itself until it has caught up, one that stops reading is disconnected and comes back with after=SEQ. So nothing is
// missed, nothing comes twice, and no viewer costs another one anything.
package ws
