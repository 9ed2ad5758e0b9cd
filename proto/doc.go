// Package proto holds the contracts of the services; the generated code lies beside each .proto file.
//
// The comments in the .proto files are the manual of the network API. The schema of the annotations (buf/validate) is in
// third_party. The generators are pinned in tools.mod:
//
//	go generate ./proto
package proto

//go:generate go run ../third_party/export ../third_party
//go:generate sh -c "cd .. && go tool -modfile=tools.mod buf lint && go tool -modfile=tools.mod buf generate"
