// Package live runs programmes of live subtitles in this process: it is the local subtitle.Service.
//
//	client ─Ingest─► decoder ─► tape ─feed─► Hearing ─► policy ─► writer ─Append─► Log
//	                             ▲  60 s           hypotheses        │ acknowledged
//	                             └── commit ◄── words are final ◄────┤
//	                                                                 ▼
//	                                       recent events ─► readers (a slow one reads the Log)
//
// A programme is one goroutine that writes all its events, one that feeds the recogniser, and readers that pull: nobody
// waits for a reader. The tape is the programme's timeline in samples; it keeps what the recogniser has not committed, at most
// 60 s, so that a new recogniser can hear it again, and it holds back a client that is 10 s ahead of it.
//
// A lost source cuts the tape: the recogniser is flushed there, and the timeline goes on with the next sample that is received. A
// failing recogniser is replaced and hears the tape again from the last commit. What could not be kept is told by a status event
// "gap" with its times. docs/format/events.md lists the status events.
package live
