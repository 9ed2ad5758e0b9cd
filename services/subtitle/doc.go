// Package subtitle carries live subtitles over the network: [Server] adapts a subtitle.Service to its proto, [Client] is a
// subtitle.Service again. Nothing is decided here.
//
// A source survives a broken connection: the server keeps it attached for a few seconds, the client comes back with the
// same session and sends again what was not acknowledged. A reader survives it too: the client subscribes again after
// the last event that it has.
package subtitle
