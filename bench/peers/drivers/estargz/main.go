// Writes eStargz blobs by the library of their owner, and reads back whole what it is given.
//
//	estargz build TAR OUT | estargz lossless TAR OUT | estargz read BLOB TOC-DIGEST
package main

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"os"
	"path"

	"github.com/containerd/stargz-snapshotter/estargz"
	digest "github.com/opencontainers/go-digest"
)

func main() {
	log.SetFlags(0)
	if len(os.Args) != 4 {
		log.Fatal("three arguments: what to do, input, and output or digest")
	}
	file, err := os.Open(os.Args[2])
	check(err)
	info, err := file.Stat()
	check(err)
	section := io.NewSectionReader(file, 0, info.Size())
	switch os.Args[1] {
	case "build":
		build(section, os.Args[3])
	case "lossless":
		lossless(section, os.Args[3])
	case "read":
		read(section, digest.Digest(os.Args[3]))
	default:
		log.Fatalf("unknown: %s", os.Args[1])
	}
}

// As ctr-remote does: entries sorted, a landmark added. One worker, since the number of them decides the frames.
func build(section *io.SectionReader, name string) {
	blob, err := estargz.Build(section, estargz.WithParallelism(1))
	check(err)
	out, err := os.Create(name)
	check(err)
	_, err = io.Copy(out, blob)
	check(err)
	check(blob.Close())
	check(out.Close())
	print(blob.TOCDigest(), blob.DiffID().String())
}

// The tar is kept byte for byte.
func lossless(section *io.SectionReader, name string) {
	out, err := os.Create(name)
	check(err)
	writer := estargz.NewWriter(out)
	check(writer.AppendTarLossLess(section))
	toc, err := writer.Close()
	check(err)
	check(out.Close())
	print(toc, writer.DiffID())
}

func print(toc digest.Digest, diffID string) {
	check(json.NewEncoder(os.Stdout).Encode(map[string]string{"toc": toc.String(), "diffId": diffID}))
}

type row struct {
	Name   string `json:"name"`
	Type   string `json:"type"`
	Size   int64  `json:"size,omitempty"`
	Link   string `json:"link,omitempty"`
	Sha256 string `json:"sha256,omitempty"`
}

// Every content through the reader of the library; each chunk is checked by the verifier of the table.
func read(section *io.SectionReader, wanted digest.Digest) {
	reader, err := estargz.Open(section)
	check(err)
	verifier, err := reader.VerifyTOC(wanted)
	check(err)
	root, ok := reader.Lookup("")
	if !ok {
		log.Fatal("no root")
	}
	out := json.NewEncoder(os.Stdout)
	var walk func(name string, entry *estargz.TOCEntry)
	walk = func(name string, entry *estargz.TOCEntry) {
		one := row{Name: name, Type: entry.Type, Size: entry.Size, Link: entry.LinkName}
		if entry.Type == "reg" {
			content, err := reader.OpenFile(name)
			check(err)
			hash := sha256.New()
			for at := int64(0); at < entry.Size; {
				chunk, ok := reader.ChunkEntryForOffset(name, at)
				if !ok {
					log.Fatalf("%s: no chunk at %d", name, at)
				}
				check1, err := verifier.Verifier(chunk)
				check(err)
				_, err = io.Copy(io.MultiWriter(hash, check1), io.NewSectionReader(content, at, chunk.ChunkSize))
				check(err)
				if !check1.Verified() {
					log.Fatalf("%s: chunk at %d is not what its digest says", name, at)
				}
				at += chunk.ChunkSize
			}
			one.Sha256 = fmt.Sprintf("%x", hash.Sum(nil))
		}
		check(out.Encode(one))
		entry.ForeachChild(func(base string, child *estargz.TOCEntry) bool {
			walk(path.Join(name, base), child)
			return true
		})
	}
	walk("", root)
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
