// Reads tar archives with archive/tar and prints what it makes of them, one JSON object a line: the vectors in
// go-tar.jsonl, made with Go 1.26.8 from the archives that `goCorpus` and `pythonCorpus` name in corpora.ts. Text has one
// character a byte; times are nanoseconds; contents above 1 GiB are not read.
//
//	go run go-tar.go FILE... >go-tar.jsonl
package main

import (
	"archive/tar"
	"bytes"
	"compress/bzip2"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"math/big"
	"os"
	"path/filepath"
	"strings"
)

type entry struct {
	Path   string            `json:"path"`
	Type   string            `json:"type"`
	Mode   int64             `json:"mode"`
	Uid    int               `json:"uid"`
	Gid    int               `json:"gid"`
	User   string            `json:"userName"`
	Group  string            `json:"groupName"`
	Mtime  string            `json:"mtime"`
	Link   string            `json:"linkTarget"`
	Major  int64             `json:"major"`
	Minor  int64             `json:"minor"`
	Size   int64             `json:"size"`
	Xattrs map[string]string `json:"xattrs"`
	Sha256 string            `json:"sha256"`
}

type verdict struct {
	File    string  `json:"file"`
	Sha256  string  `json:"sha256"`
	Entries []entry `json:"entries"`
	Error   string  `json:"error"`
}

func main() {
	encoder := json.NewEncoder(os.Stdout)
	encoder.SetEscapeHTML(false)
	for _, path := range os.Args[1:] {
		raw, err := os.ReadFile(path)
		if err != nil {
			panic(err)
		}
		encoder.Encode(read(filepath.Base(path), raw))
	}
}

func read(name string, raw []byte) verdict {
	var input io.Reader = bytes.NewReader(raw)
	if plain, isEncoded := strings.CutSuffix(name, ".base64"); isEncoded {
		name, input = plain, base64.NewDecoder(base64.StdEncoding, input)
	}
	if plain, isCompressed := strings.CutSuffix(name, ".bz2"); isCompressed {
		name, input = plain, bzip2.NewReader(input)
	}
	archive, err := io.ReadAll(input)
	if err != nil {
		panic(err)
	}
	found := verdict{name, fmt.Sprintf("%x", sha256.Sum256(archive)), []entry{}, ""}
	reader := tar.NewReader(bytes.NewReader(archive))
	for {
		header, err := reader.Next()
		if err == io.EOF {
			return found
		}
		if err != nil {
			found.Error = err.Error()
			return found
		}
		one := entry{latin1(header.Name), string(rune(header.Typeflag)), header.Mode, header.Uid, header.Gid,
			latin1(header.Uname), latin1(header.Gname), nanoseconds(header), latin1(header.Linkname),
			header.Devmajor, header.Devminor, header.Size, map[string]string{}, ""}
		for key, value := range header.PAXRecords {
			if name, isXattr := strings.CutPrefix(key, "SCHILY.xattr."); isXattr {
				one.Xattrs[latin1(name)] = latin1(value)
			}
		}
		hash := sha256.New()
		if header.Size > 1<<30 {
			one.Sha256 = ""
		} else if _, err := io.Copy(hash, reader); err != nil {
			one.Sha256 = err.Error()
		} else {
			one.Sha256 = hex.EncodeToString(hash.Sum(nil))
		}
		found.Entries = append(found.Entries, one)
	}
}

func latin1(text string) string {
	runes := make([]rune, len(text))
	for index := range len(text) {
		runes[index] = rune(text[index])
	}
	return string(runes)
}

func nanoseconds(header *tar.Header) string {
	total := new(big.Int).Mul(big.NewInt(header.ModTime.Unix()), big.NewInt(1_000_000_000))
	return fmt.Sprint(total.Add(total, big.NewInt(int64(header.ModTime.Nanosecond()))))
}
