// Package natslog keeps subtitle events in NATS JetStream: by default in a server inside this process that listens on no port
// and stores in a folder, or in an outside server or cluster.
//
// There is one stream with a subject a programme. A message is one append, so that an append is all or nothing:
//
//	subject  dauys.subtitle.<programme>
//	headers  Dauys-First, Dauys-Last      sequences of its first and last event
//	body     one JSON event a line (docs/format/events.md)
//
// Fencing: a message is published with the stream sequence that its subject must be at (Nats-Expected-Last-Subject-Sequence), which the
// writer knows together with the event sequence it means. An append whose acknowledgement was lost may be tried again: a newest
// message with the same body is that append.
package natslog
