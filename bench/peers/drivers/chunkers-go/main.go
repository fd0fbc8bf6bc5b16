// Cuts a file by a chunker of a Go library and prints the length of each chunk, one a line.
//
//	chunkers FILE restic POLYNOMIAL MIN BITS MAX | max MIN MAX | simple-max MIN MAX | repmax MIN HORIZON |
//	  simple-repmax MIN HORIZON | buildbarn-fast NORMAL | plakar-v1 MIN NORMAL MAX | plakar-gear
package main

import (
	"bufio"
	"errors"
	"io"
	"log"
	"os"
	"strconv"

	plakar "github.com/PlakarKorp/go-cdc-chunkers"
	plakarfast "github.com/PlakarKorp/go-cdc-chunkers/chunkers/fastcdc"
	"github.com/buildbarn/go-cdc"
	restic "github.com/restic/chunker"
)

// The gear table that FastCDC implementations share.
var gearTable = &cdc.FastContentDefinedChunkerGearTable

func main() {
	log.SetFlags(0)
	if len(os.Args) < 3 {
		log.Fatal("a file, a chunker, and its sizes")
	}
	if os.Args[2] == "plakar-gear" {
		for _, entry := range plakarfast.G {
			os.Stdout.WriteString(strconv.FormatUint(entry, 10) + "\n")
		}
		return
	}
	file, err := os.Open(os.Args[1])
	check(err)
	next := open(os.Args[2], file, os.Args[3:])
	out := bufio.NewWriter(os.Stdout)
	for {
		length, err := next()
		if errors.Is(err, io.EOF) && length == 0 {
			break
		}
		if err != nil && !errors.Is(err, io.EOF) {
			log.Fatal(err)
		}
		out.WriteString(strconv.Itoa(length))
		out.WriteByte('\n')
		if err != nil {
			break
		}
	}
	check(out.Flush())
}

func open(name string, file io.Reader, words []string) func() (int, error) {
	number := func(index int) int {
		if index >= len(words) {
			log.Fatalf("%s: too few sizes", name)
		}
		value, err := strconv.ParseUint(words[index], 0, 63)
		check(err)
		return int(value)
	}
	switch name {
	case "restic":
		chunker := restic.NewWithBoundaries(file, restic.Pol(number(0)), uint(number(1)), uint(number(3)))
		chunker.SetAverageBits(number(2))
		buffer := make([]byte, number(3))
		return func() (int, error) {
			chunk, err := chunker.Next(buffer)
			return int(chunk.Length), err
		}
	case "max":
		return bazel(cdc.NewMaxContentDefinedChunker(gearTable, number(0), number(1)), file)
	case "simple-max":
		return bazel(cdc.NewSimpleMaxContentDefinedChunker(gearTable, number(0), number(1)), file)
	case "repmax":
		return bazel(cdc.NewRepMaxContentDefinedChunker(gearTable, number(0), number(1)), file)
	case "simple-repmax":
		return bazel(cdc.NewSimpleRepMaxContentDefinedChunker(gearTable, number(0), number(1)), file)
	case "buildbarn-fast":
		return bazel(cdc.NewFastContentDefinedChunker(gearTable, number(0)), file)
	case "plakar-v1":
		options := &plakar.ChunkerOpts{MinSize: number(0), NormalSize: number(1), MaxSize: number(2)}
		chunker, err := plakar.NewChunker("fastcdc-v1.0.0", file, options)
		check(err)
		return func() (int, error) {
			chunk, err := chunker.Next()
			return len(chunk), err
		}
	}
	log.Fatalf("unknown: %s", name)
	return nil
}

func bazel(chunker cdc.ContentDefinedChunker, file io.Reader) func() (int, error) {
	peeker := bufio.NewReaderSize(file, chunker.GetMaximumPeekSizeBytes())
	reader := chunker.NewChunkReader(peeker)
	return func() (int, error) {
		chunk, err := reader.ReadNextChunk()
		return len(chunk), err
	}
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
