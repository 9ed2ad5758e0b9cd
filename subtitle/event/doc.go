// Package event is the wire form of subtitle events: one JSON object an event, as WebSocket clients, data channels, the
// command line (JSON lines) and the event log carry it. docs/format/events.md is its table of fields.
//
// Times are whole milliseconds, so [Round] an event before it is numbered where reading back must give the same value.
package event
