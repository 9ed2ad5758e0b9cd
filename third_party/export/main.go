// Command export writes the proto source of buf/validate beside the licence that it came with.
//
// The annotations of protovalidate reach us as a Go module without its .proto file. Its compiled descriptor holds the
// whole schema; this program prints that as source again, without comments and without the CEL text of the built-in rules
// (the runtime has them; the compiler of our protos needs names and numbers only).
//
//	go run ./third_party/export third_party
package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"

	"buf.build/gen/go/bufbuild/protovalidate/protocolbuffers/go/buf/validate"
	"google.golang.org/protobuf/reflect/protodesc"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: export FOLDER")
		os.Exit(2)
	}
	if err := export(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "export:", err)
		os.Exit(1)
	}
}

func export(folder string) error {
	var out bytes.Buffer
	file := protodesc.ToFileDescriptorProto(validate.File_buf_validate_validate_proto)
	printFile(&out, file)
	path := filepath.Join(folder, filepath.FromSlash(file.GetName()))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, out.Bytes(), 0o644)
}
