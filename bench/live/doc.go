// Package live measures live subtitles of one stream: the whole pipeline, from samples to events, at the pace of real time.
//
//	mix ──at its own pace──► Ingest ► decoder ► tape ► recogniser stream ► policy ► log ► Subscribe ► arrivals ─┐
//	each clip ──afterwards──► Recognize (beam 5, word times) ► when each word ended ──────────────────────────────┴► lag
//
// What is measured is defined in subtitle/lag. When a word ended is not written in the reference texts: it is taken from an
// independent transcription of each clip on its own, after the live run, and its words are matched to the live text by least edits.
// That transcription errs like any; the report says how many words of the live text it matched. Word errors are counted against the reference texts.
//
// Several policies run one after another on the same sound. CPU time and memory are those of this process.
package live
