// Writes a zTOC by SOCI's own builder, and reads files through a zTOC it is given.
//
//	soci build LAYER OUT SPAN TOOL | soci read LAYER ZTOC EVERY
package main

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"os"
	"strconv"

	"github.com/awslabs/soci-snapshotter/ztoc"
)

func main() {
	log.SetFlags(0)
	words := os.Args[1:]
	switch {
	case len(words) == 5 && words[0] == "build":
		build(words[1], words[2], number(words[3]), words[4])
	case len(words) == 4 && words[0] == "read":
		read(words[1], words[2], int(number(words[3])))
	default:
		log.Fatal("build LAYER OUT SPAN TOOL | read LAYER ZTOC EVERY")
	}
}

func build(layer, output string, span int64, tool string) {
	made, err := ztoc.NewBuilder(tool).BuildZtoc(layer, span)
	check(err)
	reader, _, err := ztoc.Marshal(made)
	check(err)
	bytes, err := io.ReadAll(reader)
	check(err)
	check(os.WriteFile(output, bytes, 0o644))
}

type row struct {
	Name   string `json:"name"`
	Type   string `json:"type"`
	Sha256 string `json:"sha256,omitempty"`
}

// Every entry of the table, and the content of every so many files.
func read(layer, name string, every int) {
	file, err := os.Open(name)
	check(err)
	table, err := ztoc.Unmarshal(file)
	check(err)
	blob, err := os.Open(layer)
	check(err)
	info, err := blob.Stat()
	check(err)
	section := io.NewSectionReader(blob, 0, info.Size())
	out := json.NewEncoder(os.Stdout)
	for index, entry := range table.FileMetadata {
		one := row{Name: entry.Name, Type: entry.Type}
		if entry.Type == "reg" && entry.UncompressedSize > 0 && index%every == 0 {
			content, err := table.ExtractFile(section, entry.Name)
			check(err)
			one.Sha256 = fmt.Sprintf("%x", sha256.Sum256(content))
		}
		check(out.Encode(one))
	}
}

func number(word string) int64 {
	value, err := strconv.ParseInt(word, 10, 64)
	check(err)
	return value
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
