// Package gateway is the face of the suite: one listener with the page, REST, WebSockets, OpenAI's API, health checks and
// metrics, and the services of this process where they are asked for from other machines. It works on subtitle.Service
// and asr.Recognizer, local or remote, and knows no model and no store.
//
//	HTTP/1.1, HTTP/2 (h2c or TLS) ──► guard (Host, Origin, key) ──► routes
//	                                                                ├─ /  /p/{id}  /assets/   page
//	                                                                ├─ /v1/programmes...      rest, ws
//	                                                                ├─ /v1/audio  /v1/models  openai
//	                                                                ├─ /dauys.*/              services (Connect)
//	                                                                └─ /healthz /readyz /metrics
package gateway
