// Makes the UnixFS blocks of a directory by the library of Kubo and prints one row of JSON a block.
//
//	unixfs DIRECTORY v0|v1
package main

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"log"
	"os"
	"path/filepath"

	chunker "github.com/ipfs/boxo/chunker"
	"github.com/ipfs/boxo/ipld/merkledag"
	"github.com/ipfs/boxo/ipld/unixfs"
	"github.com/ipfs/boxo/ipld/unixfs/importer/balanced"
	"github.com/ipfs/boxo/ipld/unixfs/importer/helpers"
	unixfsio "github.com/ipfs/boxo/ipld/unixfs/io"
	"github.com/ipfs/go-cid"
	format "github.com/ipfs/go-ipld-format"
)

// Blocks in memory.
type store map[cid.Cid]format.Node

func (s store) Add(_ context.Context, node format.Node) error {
	s[node.Cid()] = node
	return nil
}

func (s store) AddMany(ctx context.Context, nodes []format.Node) error {
	for _, node := range nodes {
		s[node.Cid()] = node
	}
	return nil
}

func (s store) Get(_ context.Context, id cid.Cid) (format.Node, error) {
	if node, ok := s[id]; ok {
		return node, nil
	}
	return nil, format.ErrNotFound{Cid: id}
}

func (s store) GetMany(ctx context.Context, ids []cid.Cid) <-chan *format.NodeOption {
	out := make(chan *format.NodeOption, len(ids))
	for _, id := range ids {
		node, err := s.Get(ctx, id)
		out <- &format.NodeOption{Node: node, Err: err}
	}
	close(out)
	return out
}

func (s store) Remove(_ context.Context, id cid.Cid) error {
	delete(s, id)
	return nil
}

func (s store) RemoveMany(_ context.Context, ids []cid.Cid) error {
	for _, id := range ids {
		delete(s, id)
	}
	return nil
}

type row struct {
	Cid  string `json:"cid"`
	Kind string `json:"kind"`
	// Bytes of the block, and of a leaf the sha256 of its content and how long that is.
	Size    int    `json:"size"`
	Content string `json:"content,omitempty"`
	Length  int    `json:"length,omitempty"`
}

func main() {
	log.SetFlags(0)
	if len(os.Args) != 3 {
		log.Fatal("a directory, and v0 or v1")
	}
	profile := map[string]unixfsio.UnixFSProfile{"v0": unixfsio.UnixFS_v0_2015, "v1": unixfsio.UnixFS_v1_2025}[os.Args[2]]
	profile.ApplyGlobals()
	blocks := store{}
	root := add(blocks, profile, profile.CidBuilder(), os.Args[1])
	check(blocks.Add(context.Background(), root))
	out := json.NewEncoder(os.Stdout)
	check(out.Encode(row{Cid: root.Cid().String(), Kind: "root"}))
	for id, node := range blocks {
		check(out.Encode(describe(id, node)))
	}
}

func add(blocks store, profile unixfsio.UnixFSProfile, builder cid.Builder, path string) format.Node {
	info, err := os.Lstat(path)
	check(err)
	switch {
	case info.Mode()&os.ModeSymlink != 0:
		target, err := os.Readlink(path)
		check(err)
		data, err := unixfs.SymlinkData(target)
		check(err)
		node := merkledag.NodeWithData(data)
		check(node.SetCidBuilder(builder))
		return node
	case info.IsDir():
		directory, err := unixfsio.NewDirectory(blocks, unixfsio.WithCidBuilder(builder))
		check(err)
		entries, err := os.ReadDir(path)
		check(err)
		for _, entry := range entries {
			node := add(blocks, profile, builder, filepath.Join(path, entry.Name()))
			if node == nil {
				continue
			}
			check(blocks.Add(context.Background(), node))
			check(directory.AddChild(context.Background(), entry.Name(), node))
		}
		node, err := directory.GetNode()
		check(err)
		return node
	case info.Mode().IsRegular():
		file, err := os.Open(path)
		check(err)
		defer file.Close()
		parameters := helpers.DagBuilderParams{
			Maxlinks: profile.FileDAGWidth, RawLeaves: profile.RawLeaves, CidBuilder: builder, Dagserv: blocks,
		}
		helper, err := parameters.New(chunker.NewSizeSplitter(file, profile.ChunkSize))
		check(err)
		node, err := balanced.Layout(helper)
		check(err)
		return node
	}
	// UnixFS has no devices and no fifos.
	return nil
}

func describe(id cid.Cid, node format.Node) row {
	one := row{Cid: id.String(), Size: len(node.RawData())}
	leaf := func(content []byte) {
		one.Kind, one.Length = "leaf", len(content)
		one.Content = fmt.Sprintf("%x", sha256.Sum256(content))
	}
	switch node := node.(type) {
	case *merkledag.RawNode:
		leaf(node.RawData())
	case *merkledag.ProtoNode:
		data, err := unixfs.FSNodeFromBytes(node.Data())
		check(err)
		switch {
		case data.Type() == unixfs.TSymlink:
			one.Kind = "symlink"
		case data.IsDir():
			one.Kind = "directory"
		case len(node.Links()) == 0:
			leaf(data.Data())
		default:
			one.Kind = "file"
		}
	}
	return one
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
