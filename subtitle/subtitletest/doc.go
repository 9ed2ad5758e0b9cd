// Package subtitletest is the contract of subtitle.Service: the local service and the remote client both pass [Run]. It also
// has a recogniser that needs no model: [Listener] reads words out of the samples themselves, which [Say] put there. Sample value n/32768
// means that word n of the vocabulary is being spoken, 0 is silence; so words survive any cutting, resending and resampling-free
// transport, and a test can tell exactly what was lost or heard twice.
package subtitletest
