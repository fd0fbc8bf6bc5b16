// Writes layers as containers/storage does, and unpacks what it is given by the partial pull of containers/storage.
//
//	zstd-chunked write TAR OUT [LEVEL] | zstd-chunked read BLOB ANNOTATIONS DIRECTORY
//
// ANNOTATIONS is a file of JSON.
package main

import (
	"context"
	"encoding/json"
	"io"
	"log"
	"os"
	"strconv"

	digest "github.com/opencontainers/go-digest"
	"go.podman.io/storage"
	graphdriver "go.podman.io/storage/drivers"
	"go.podman.io/storage/pkg/archive"
	"go.podman.io/storage/pkg/chunked"
	"go.podman.io/storage/pkg/chunked/compressor"
)

func main() {
	log.SetFlags(0)
	words := os.Args[1:]
	switch {
	case len(words) >= 3 && words[0] == "write":
		write(words[1], words[2], words[3:])
	case len(words) == 4 && words[0] == "read":
		read(words[1], words[2], words[3])
	default:
		log.Fatal("write TAR OUT [LEVEL] | read BLOB ANNOTATIONS DIRECTORY")
	}
}

func write(tar, output string, rest []string) {
	var level *int
	if len(rest) > 0 {
		number, err := strconv.Atoi(rest[0])
		check(err)
		level = &number
	}
	in, err := os.Open(tar)
	check(err)
	out, err := os.Create(output)
	check(err)
	annotations := map[string]string{}
	writer, err := compressor.ZstdCompressor(out, annotations, level)
	check(err)
	_, err = io.Copy(writer, in)
	check(err)
	check(writer.Close())
	check(out.Close())
	check(json.NewEncoder(os.Stdout).Encode(annotations))
}

// What the partial pull asks of a store: that there are no other layers, and where files of a moment go.
type emptyStore struct {
	storage.Store
	options map[string]string
}

func (s emptyStore) PullOptions() map[string]string           { return s.options }
func (s emptyStore) GraphDriver() (graphdriver.Driver, error) { return driver{}, nil }
func (s emptyStore) RunRoot() string                          { return os.TempDir() }
func (s emptyStore) Layers() ([]storage.Layer, error)         { return nil, nil }

// It is asked whether it supports partial pulls, and nothing else.
type driver struct{ graphdriver.DriverWithDiffer }

type blob struct{ file *os.File }

func (b blob) GetBlobAt(parts []chunked.ImageSourceChunk) (chan io.ReadCloser, chan error, error) {
	streams, errs := make(chan io.ReadCloser), make(chan error)
	go func() {
		defer close(streams)
		defer close(errs)
		for _, part := range parts {
			streams <- io.NopCloser(io.NewSectionReader(b.file, int64(part.Offset), int64(part.Length)))
		}
	}()
	return streams, errs, nil
}

func read(name, annotationsName, directory string) {
	text, err := os.ReadFile(annotationsName)
	check(err)
	annotations := map[string]string{}
	check(json.Unmarshal(text, &annotations))
	file, err := os.Open(name)
	check(err)
	info, err := file.Stat()
	check(err)
	digester := digest.Canonical.Digester()
	_, err = io.Copy(digester.Hash(), file)
	check(err)
	store := emptyStore{options: map[string]string{"enable_partial_images": "true"}}
	differ, err := chunked.NewDiffer(context.Background(), store, digester.Digest(), info.Size(), annotations, blob{file})
	check(err)
	check(os.MkdirAll(directory, 0o755))
	_, err = differ.ApplyDiff(directory, &archive.TarOptions{}, &graphdriver.DifferOptions{StagingDirectory: os.TempDir()})
	check(err)
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
