// Package policy decides what a viewer sees when: from a recogniser's hypotheses it makes segments whose words become
// stable one by one. It is pure: the same hypotheses give the same segments, there is no clock, no goroutine and no I/O,
// so that its rules stand in testdata/*.script, one file a rule, in the language of testdata/README.md.
//
// A hypothesis is everything that was heard since the last commit. Its words fall in three parts:
//
//	| settled words of the open segment | words agreed now | grey words |
//	  found again by alignment            become settled     shown, may change
//
// Two rules of agreement can be chosen. [LocalAgreement] (LocalAgreement-2 of Liu et al. 2020, as in Macháček et al. 2023,
// "Turning Whisper into Real-Time Transcription System") settles the words in which two hypotheses in a row agree. [AlignAtt] (Papi
// et al. 2023, "AlignAtt") settles the words that the recogniser's attention places well before the newest audio.
// Either way a word is settled when the recogniser says that speech paused, and when it has waited for Force.
//
// Settled words keep their shown form, whatever later hypotheses make of them. Words are compared without case and
// punctuation, so that "Hello" and "hello," agree. A segment is closed at a sentence's end, a pause or its length limit; then the
// recogniser is told to drop that audio ([Commit]). Words that it hears again at that border are removed.
package policy
