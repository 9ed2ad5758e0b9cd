// Package lag measures live subtitles as a viewer sees them: how long words take to the screen, how often shown words change, and
// whether anything is lost. It is a pure function of the events, each with the moment when it arrived, and of the words that were
// spoken, each with the moment when it ended; both on the clock of the audio, whose zero is the first sample's moment.
//
//	partial lag = first event that shows word k as it stands in the final text - end of word k in the audio
//	final lag   = first event with stable > k                                  - end of word k in the audio
//	changed     = shown words later replaced or removed at their position / words of the final text
//	lost        = words of a final event that are missing or different later, and spoken words that are in no final
//
// Words are compared without case and punctuation; changes of those alone are counted apart. The spoken words come from elsewhere
// (a transcript with times, an alignment of the finished recording) and are matched to the final text by least edits, so only
// words that both have are measured: Report.Matched says how many.
package lag
